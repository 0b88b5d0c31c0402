"""A change through a real Varnish that may keep answers for a day: seen at once, whatever fails."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from factories import SITE_YAML, write_article
from service_process import ROOT, Site, free_port, serving
from varnish_process import Varnish, varnish_in_front_of
from waiting import comes_true

LISTS = ("/feed.atom", "/categories/field.rss", "/categories/economy.json", "/tags/ماء.atom")
PAGES = ("/", "/categories/economy", "/articles/field-1", "/articles/economy-1", "/feeds.opml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A service behind Varnish; what starts it once more is given the same settings."""

    content: Path
    state: Path
    port: int
    varnish: Varnish
    settings: dict[str, str]

    def shows(self, text: str, path: str) -> bool:
        return text.encode() in self.varnish.ask(quoted(path)).body

    def ask_all(self) -> None:
        """Varnish takes a service that starts, or a busy one, for ill until it is asked again."""
        for path in (*LISTS, *PAGES):
            assert comes_true(lambda path=path: self.varnish.ask(quoted(path)).status == 200), path

    def asked_of_the_origin(self) -> list[str]:
        """What came through Varnish since the service began, in order."""
        log = self.state.with_suffix(".log").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        return [line["path"] for line in lines if line["path"] not in ("/healthz", "/metrics")]


def quoted(path: str) -> str:
    return path.replace("ماء", "%D9%85%D8%A7%D8%A1")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("behind")
    content, port = folder / "content", free_port()
    content.mkdir()
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    for section in ("field", "economy"):
        for n in range(3):
            tags = "[ماء]" if section == "field" else "[نار]"
            write_article(content, f"{section}/{section}-{n}.md", tags=tags)
    with varnish_in_front_of(port, folder / "varnish") as varnish:
        settings = {
            "FEEDSERVICE_CDN": "varnish",
            "FEEDSERVICE_CDN_PURGE": f"http://127.0.0.1:{varnish.port}/",
            "FEEDSERVICE_ACCESS_LOG": "1",
        }
        yield Behind(
            content=content,
            state=folder / "state",
            port=port,
            varnish=varnish,
            settings=settings,
        )


@pytest.fixture(scope="module")
def service(behind: Behind) -> Iterator[Site]:
    with serving(behind.content, behind.state, "granian", behind.port, **behind.settings) as site:
        assert comes_true(lambda: waiting(site) == 0)  # of its first start
        yield site


def measured(site: Site, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)", site.get("/metrics")[1].decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def waiting(site: Site) -> float:
    return measured(site, "feedservice_outbox_purges")


def failed(site: Site) -> float:
    return measured(site, 'feedservice_cdn_purges_total{outcome="failed"}')


def test_a_change_is_seen_at_once_and_costs_the_origin_the_lists_that_show_it(
    behind: Behind, service: Site
) -> None:
    behind.ask_all()
    behind.ask_all()
    before = len(behind.asked_of_the_origin())
    write_article(behind.content, "field/field-1.md", title="مصحّح", tags="[ماء]")
    assert comes_true(lambda: behind.shows("مصحّح", "/categories/field.rss"))
    behind.ask_all()
    assert comes_true(lambda: waiting(service) == 0)
    behind.ask_all()
    asked = set(behind.asked_of_the_origin()[before:])
    shown_in = {*LISTS, *PAGES} - {"/categories/economy.json", "/categories/economy"}
    assert asked == shown_in - {"/articles/economy-1"}
    assert behind.shows("مصحّح", "/articles/field-1")


def test_a_cdn_that_hangs_is_told_once_it_answers_again(behind: Behind, service: Site) -> None:
    behind.ask_all()
    before = failed(service)
    behind.varnish.signal(signal.SIGSTOP)
    try:
        write_article(behind.content, "economy/economy-2.md", title="متأخّر", tags="[نار]")
        assert comes_true(lambda: failed(service) > before)
        assert waiting(service) > 0
    finally:
        behind.varnish.signal(signal.SIGCONT)
    assert comes_true(lambda: behind.shows("متأخّر", "/categories/economy.json"))
    assert comes_true(lambda: waiting(service) == 0)


def test_what_was_committed_and_not_told_is_told_after_a_restart(
    behind: Behind, service: Site
) -> None:
    """`index` commits and tells nobody: as a writer does that dies after its commit."""
    behind.ask_all()
    for writer in service.writers():
        os.kill(writer, signal.SIGSTOP)
    try:
        write_article(behind.content, "economy/economy-1.md", title="بعد الموت", tags="[نار]")
    finally:
        for writer in service.writers():
            os.kill(writer, signal.SIGKILL)
    environment = {**os.environ, **behind.settings}
    environment |= {"FEEDSERVICE_STATE": str(behind.state)}
    command = [sys.executable, "-m", "feedservice", "index", "--content", str(behind.content)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert comes_true(lambda: behind.shows("بعد الموت", "/articles/economy-1"))
    assert comes_true(lambda: waiting(service) == 0)
