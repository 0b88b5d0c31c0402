"""What an export asks for within a batch is what anybody is answered."""

from flask import Flask

from export_factories import NOW, Exported
from feedservice.exporting.wsgi_client import Answer, ask
from feedservice.service.wiring_export import FrozenApplication
from feedservice.web.alone import Alone


def answers(exported: Exported, app: Alone) -> dict[str, tuple[int, list[tuple[str, str]], bytes]]:
    found = {}
    for address in (*exported.records(), "/articles/none", "/feed.rss?limit=x", "/healthz"):
        path, _, query = address.partition("?")
        with ask(app, exported.settings.base_url, path, query) as answer:
            found[address] = told(answer)
    return found


def told(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status, list(answer.headers), b"".join(answer.blocks)


def test_a_batch_answers_each_address_as_it_is_answered_outside(
    below_a_path: Exported,
) -> None:
    app = FrozenApplication(below_a_path.settings, below_a_path.now)()
    outside = answers(below_a_path, app)
    with app.batch("one"):
        assert answers(below_a_path, app) == outside
    assert {status for status, _, _ in outside.values()} == {200, 301, 400, 404, 410}
    assert answers(below_a_path, app) == outside


def test_the_first_answer_of_a_process_may_be_one_of_a_batch(below_a_path: Exported) -> None:
    one, other = (FrozenApplication(below_a_path.settings, below_a_path.now)() for _ in range(2))
    with one.batch("one"), ask(one, below_a_path.settings.base_url, "/feed.rss") as answer:
        found = told(answer)
    with ask(other, below_a_path.settings.base_url, "/feed.rss") as answer:
        assert told(answer) == found


def test_what_is_kept_is_forgotten_between_batches_and_not_within_one() -> None:
    forgotten: list[str] = []
    app = Alone(Flask(__name__), lambda: NOW, lambda: forgotten.append("all"))
    for name in ("", "", "one", "one", "other"):
        with app.batch(name):
            pass
    assert len(forgotten) == 2
