"""The whole service, by real processes: what a newsroom switches on."""

import os
import signal
from pathlib import Path

from test_operating import value

from factories import write_article
from service_process import Site, free_port, serving, started, wait_for
from waiting import comes_true


def lag(services: dict[str, Site], title: str, *, shown: bool = True) -> list[str]:
    """The servers of which a worker does not come to show a title, or to hide it."""
    return [
        server
        for server, site in services.items()
        if not site.until(lambda site=site: site.shows(title) == shown)
    ]


def test_what_editors_do_shows_in_every_worker_of_every_server(services: dict[str, Site]) -> None:
    content = services["granian"].content
    one = dict.fromkeys(services, 1)
    assert comes_true(lambda: {name: len(site.writers()) for name, site in services.items()} == one)
    file = write_article(content, "field/b.md", title="جديد")
    assert lag(services, "جديد") == []
    write_article(content, "field/b.md", title="مكسور", date="31/02/2026")
    write_article(content, "field/c.md", title="بعده")
    assert lag(services, "بعده") == []
    assert lag(services, "جديد") == []
    file.rename(content / "field" / "d.md")
    write_article(content, "field/d.md", title="مصلح", id="tag:news.example,2025:b")
    assert lag(services, "مصلح") == []
    assert lag(services, "جديد", shown=False) == []
    (content / "field" / "d.md").unlink()
    assert lag(services, "مصلح", shown=False) == []


def test_services_over_the_same_content_give_the_same_bytes(services: dict[str, Site]) -> None:
    content = services["granian"].content
    for name in "xyz":
        write_article(content, f"economy/{name}.md", title=f"سواء {name}", tags="[ماء]")
    for path in (
        "/categories/economy.rss",
        "/categories/economy.atom",
        "/tags/%D9%85%D8%A7%D8%A1.json",
        "/articles/x",
    ):
        for site in services.values():
            assert site.until(lambda site=site, path=path: site.shows("سواء x", path))
        answers = {site.get(path) for site in services.values()}
        assert len(answers) == 1, path
        assert answers.pop()[0] == 200


def test_another_writer_takes_over_when_one_dies(services: dict[str, Site]) -> None:
    site = services["granian"]
    assert comes_true(lambda: len(site.writers()) == 1)
    first, *_ = site.writers()
    os.kill(first, signal.SIGKILL)
    write_article(site.content, "field/after.md", title="بعد الموت")
    assert site.until(lambda: site.shows("بعد الموت"))
    # Supervisors may have started several at once; those that did not get the lock end.
    assert comes_true(lambda: len(site.writers()) == 1)
    assert site.writers() != [first]


def test_nothing_outlives_a_server_that_is_killed_outright_and_the_next_counts_from_nothing(
    content: Path, tmp_path: Path
) -> None:
    state, port = tmp_path / "state", free_port()
    answered = ("feedservice_http_requests_total", {"route": "site", "format": "json"})

    def is_counted(site: Site) -> bool:
        return value(site, answered[0], **answered[1], status="200") == 1

    with started(content, state, "granian", port) as site:
        wait_for(site)
        site.get("/feed.json")
        assert comes_true(lambda: is_counted(site))
        os.kill(site.process.pid, signal.SIGKILL)
        assert comes_true(lambda: not site.get("/healthz")[0] and not site.processes())
    with serving(content, state, "granian", port) as site:
        site.get("/feed.json")
        assert comes_true(lambda: is_counted(site))


def test_a_server_that_ends_amid_a_large_batch_goes_on_when_started_again_and_answers_meanwhile(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md", title="الأول")
    aside, state = tmp_path / "aside", tmp_path / "state"
    for number in range(1600):  # more than one process reads alone
        write_article(aside, f"heritage/{number:04d}.md")
    with serving(content, state, "granian") as site:
        (aside / "heritage").rename(content / "heritage")
        assert comes_true(lambda: bool(site.processes(b"worker.serve(10,"))), "nothing reads beside"
    with started(content, state, "granian") as site:
        assert comes_true(lambda: site.get("/feed.rss")[0] == 200)
        answers = []

        def is_done() -> bool:
            answers.append(site.get("/categories/field.rss"))
            return site.get("/articles/1599")[0] == 200

        assert comes_true(is_done)
        assert {status for status, *_ in answers} == {200}
        assert all("الأول".encode() in body for _, body, _ in answers)
