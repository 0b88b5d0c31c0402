"""nginx before the real service, which puts down its feeds as files: who asks sees what the service
answers, and sees a save as soon as it does without files."""

import gzip
import json
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import factories
from factories import write_article
from feedservice.clock import utc_now
from feedservice.http.encodings import DECODERS
from nginx_process import Answer, Both, Server, nginx_in_front_of
from service_process import free_port, serving
from waiting import comes_true

pytestmark = pytest.mark.system

FEED = "/news/feed.rss"
TAG = "/news/tags/%D9%85%D8%A7%D8%A1.atom"
TEXT = "نص طويل يتكرر حتى يستحق الضغط. " * 40
OF_A_FILE = {"etag", "link", "last-modified"}
"""What is nginx's own of a file, and what it cannot know."""
HOP = {"server", "date", "connection", "transfer-encoding", "keep-alive", "content-length"}


class Files(Both):
    """A service whose feeds lie as files."""

    def file(self, path: str = "news/feed.rss", coding: str = "identity") -> Path:
        return self.nginx.folder / "feeds" / coding / path

    def from_file(self, target: str, headers: dict[str, str] | None = None) -> Answer:
        """What nginx answers once the feed is a file; ours has 32 digits in its tag."""
        got: list[Answer] = []

        def is_from_file() -> bool:
            got[:] = [self.nginx.ask(target, headers)]
            return len(got[0].header("etag")) < 32

        assert comes_true(is_from_file), got
        return got[0]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Files]:
    """A site below a path of its host, asked directly and through nginx."""
    content = tmp_path / "content"
    content.mkdir()
    yaml = factories.SITE_YAML.replace("https://news.example\n", "https://news.example/news\n")
    (content / "site.yaml").write_text(yaml + "hubs: [https://hub.example/]\n", encoding="utf-8")
    write_article(content, "field/a.md", tags="[ماء]", body=TEXT)
    port = free_port()
    put = {"FEEDSERVICE_FEED_FILES": str(tmp_path / "nginx" / "feeds")}
    with (
        serving(content, tmp_path / "state", "granian", port, **put) as site,
        nginx_in_front_of(port, tmp_path / "nginx") as nginx,
    ):
        yield Files(direct=Server(port=port), nginx=nginx, content=content, site=site)


def test_a_file_says_what_the_service_says(both: Files) -> None:
    for path in (FEED, "/news/feed.json", TAG):
        for coding in DECODERS:
            asked = {"Accept-Encoding": coding}
            sent, direct = both.from_file(path, asked), both.direct.ask(path, asked)
            assert (sent.status, sent.body) == (direct.status, direct.body)
            assert sent.header("content-encoding") == coding.replace("identity", "")
            apart = HOP | OF_A_FILE
            said, told = (
                sorted(pair for pair in each.headers if pair[0] not in apart)
                for each in (sent, direct)
            )
            assert said == told


def test_who_was_answered_by_one_is_known_to_the_other_for_what_they_have_in_common(
    both: Files,
) -> None:
    ours = both.direct.ask(FEED, {"Accept-Encoding": "gzip"})
    sent = both.from_file(FEED, {"Accept-Encoding": "gzip"})
    validators = [
        {"If-None-Match": ours.header("etag")},
        {"If-None-Match": ours.header("etag"), "If-Modified-Since": ours.header("last-modified")},
        {"If-None-Match": sent.header("etag")},
        {"If-None-Match": sent.header("etag"), "If-Modified-Since": sent.header("last-modified")},
        {"If-Modified-Since": sent.header("last-modified")},
    ]
    for given in validators:
        for method in ("GET", "HEAD"):
            answer = both.nginx.ask(FEED, {"Accept-Encoding": "gzip", **given}, method=method)
            assert (answer.status, answer.body, answer.header("content-encoding")) == (304, b"", "")


def test_a_save_is_seen_and_the_feed_is_a_file_again_with_another_tag(both: Files) -> None:
    before = both.from_file(FEED, {"Accept-Encoding": "gzip"})
    write_article(both.content, "field/new.md", title="خبر وصل الآن")

    def is_seen() -> bool:
        told = {"Accept-Encoding": "gzip", "If-None-Match": before.header("etag")}
        answer = both.nginx.ask(FEED, told)
        return answer.status == 200 and "خبر وصل الآن" in gzip.decompress(answer.body).decode()

    assert comes_true(is_seen)
    after = both.from_file(FEED, {"Accept-Encoding": "gzip"})
    assert after.header("etag") != before.header("etag")
    assert "خبر وصل الآن" in gzip.decompress(after.body).decode()


def test_a_day_on_which_an_article_is_to_appear_has_files_too(both: Files) -> None:
    later = (utc_now() + timedelta(hours=3)).isoformat(timespec="seconds")
    write_article(both.content, "field/later.md", title="خبر لم يحن وقته", date=later)
    cut = lambda: "=86400" not in both.direct.ask(FEED).header("cache-control")  # noqa: E731
    assert comes_true(cut)
    sent = both.from_file(FEED)
    assert sent.header("cache-control") == "max-age=300, stale-while-revalidate=60"
    assert sent.body == both.direct.ask(FEED).body
    assert "لم يحن وقته" not in sent.body.decode()


def test_what_expires_is_in_no_file_any_more(both: Files) -> None:
    soon = (utc_now() + timedelta(seconds=6)).isoformat(timespec="seconds")
    write_article(both.content, "field/short.md", title="خبر قصير العمر", expires=soon)
    seen = lambda: "خبر قصير العمر" in both.nginx.ask(FEED).body.decode()  # noqa: E731
    assert comes_true(seen)
    assert comes_true(lambda: not seen())
    assert "خبر قصير العمر" not in both.from_file(FEED).body.decode()


def test_a_service_that_ends_leaves_no_file_and_what_was_kept_is_answered(both: Files) -> None:
    sent = both.from_file(FEED)
    both.site.process.send_signal(signal.SIGTERM)
    both.site.process.wait()
    assert not both.file().exists()
    assert comes_true(lambda: both.nginx.ask(FEED).header("etag") != sent.header("etag"))
    assert both.nginx.ask(FEED).body == sent.body, "what was kept"


def test_the_log_tells_what_was_sent_from_a_file(both: Files) -> None:
    both.from_file(TAG, {"User-Agent": "reader"})
    assert comes_true(lambda: '"kept":"FILE"' in both.nginx.log())
    line = next(each for each in both.nginx.log().splitlines() if '"FILE"' in each)
    told = json.loads(line)
    assert (told["address"], told["status"], told["agent"]) == (
        "/news/tags/ماء.atom",
        200,
        "reader",
    )
