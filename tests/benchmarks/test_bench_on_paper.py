"""What is reckoned on paper follows from what is assumed."""

from dataclasses import replace

from benchmarks.on_paper import Assumed, reckoned


def test_half_as_many_subscribers_poll_and_cost_half_as_much() -> None:
    rows = dict(reckoned(Assumed(subscribers=3600, minutes=1, peak=2, unconditional=1, feed_kb=50)))
    assert rows["polls"] == "60/s, at full hours 120/s"
    assert rows["of them answered 200"] == "100%, 60/s"
    assert rows["sent"] == "0.0 Gbit/s, 8 TB a month"
    assert rows["the same, priced"] == "156 a month"


def test_what_the_application_is_asked_goes_by_changes_and_not_by_readers() -> None:
    few = Assumed(articles=10, lists=4, variants=6, regions=2, subscribers=10)
    asked = "asked of the application then"
    assert dict(reckoned(few))[asked] == "480 a day, 0.01/s"
    assert dict(reckoned(replace(few, subscribers=10**9)))[asked] == "480 a day, 0.01/s"
