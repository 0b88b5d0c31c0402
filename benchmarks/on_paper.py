"""What many subscribers ask of many machines, reckoned: requests, bytes, purges, processor.

Nothing is measured here. Every assumption is an option; what was measured elsewhere is its default.
"""

import argparse
from dataclasses import dataclass, fields

MONTH = 30 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """The assumptions.

    Attributes:
        subscribers: feed readers, each with one feed.
        minutes: between two polls of one of them.
        peak: how many times as many come at full hours.
        regions: each with a shield of the CDN.
        unconditional: share of polls without a validator.
        changed: share of the others that find something new.
        feed_kb, unchanged_kb: an answer, compressed, with its headers: 200 and 304.
        articles: published or edited a day.
        lists: that show each of them.
        variants: formats times content codings of a list.
        rate_200, rate_304: requests a second that one core of nginx answers from what it keeps.
        render_ms: processor time in which the application makes one list.
        terabyte: price of a terabyte that leaves the CDN.
    """

    subscribers: float = 10_000_000
    minutes: float = 30
    peak: float = 4
    regions: float = 3
    unconditional: float = 0.33
    changed: float = 0.18
    feed_kb: float = 45
    unchanged_kb: float = 0.6
    articles: float = 240
    lists: float = 5.5
    variants: float = 6
    rate_200: float = 26_806
    rate_304: float = 56_537
    render_ms: float = 30
    terabyte: float = 20


def reckoned(given: Assumed) -> list[tuple[str, str]]:
    """Return what follows, a row each: what it is, and how much."""
    polls = given.subscribers / (given.minutes * 60)
    whole = given.unconditional + (1 - given.unconditional) * given.changed
    answers, unchanged = polls * whole, polls * (1 - whole)
    bytes_a_second = (answers * given.feed_kb + unchanged * given.unchanged_kb) * 1000
    purges = given.articles * given.lists
    origin = purges * given.variants * given.regions
    cores = answers / given.rate_200 + unchanged / given.rate_304
    month = bytes_a_second * MONTH / 1e12
    return [
        ("polls", f"{polls:,.0f}/s, at full hours {polls * given.peak:,.0f}/s"),
        ("of them answered 200", f"{whole:.0%}, {answers:,.0f}/s"),
        ("sent", f"{bytes_a_second * 8 / 1e9:.1f} Gbit/s, {month:,.0f} TB a month"),
        ("the same, priced", f"{month * given.terabyte:,.0f} a month"),
        ("cores of nginx, had it to answer all of them", f"{cores * given.peak:.1f} at full hours"),
        ("lists purged", f"{purges:,.0f} a day"),
        ("asked of the application then", f"{origin:,.0f} a day, {origin / 86_400:.2f}/s"),
        (
            "its processor time for them",
            f"{purges * given.variants * given.render_ms / 1000 / 86_400:.2%} of one core",
        ),
    ]


def main() -> None:
    """Print what follows from the assumptions of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.on_paper", description=__doc__)
    for each in fields(Assumed):
        name = "--" + each.name.replace("_", "-")
        parser.add_argument(name, type=float, default=each.default, help="%(default)s")
    given = Assumed(**vars(parser.parse_args()))
    for what, how_much in reckoned(given):
        print(f"| {what} | {how_much} |")


if __name__ == "__main__":
    main()
