"""What is told of each request."""

from typing import Any

import pytest

from feedservice.http.cache import STATUS
from feedservice.web.observed import Observed, route_of
from wsgi import ask


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", ("site", "html")), ("/feed.rss", ("site", "rss")), ("/feed.json", ("site", "json")),
        ("/categories/field", ("category", "html")), ("/categories/field.atom", ("category", "atom")),
        ("/tags/داريا.rss", ("tag", "rss")), ("/authors/desk", ("author", "html")), ("/search.rss", ("search", "rss")),
        ("/articles/v1.2", ("article", "html")), ("/articles/a", ("article", "html")), ("/feeds", ("feeds", "html")),
        ("/feeds.opml", ("feeds", "opml")), ("/archive/2025-12.rss", ("archive", "rss")),
        ("/categories/field/archive/2025-12-05.json", ("archive", "json")), ("/sitemap.xml", ("sitemap", "xml")),
        ("/sitemap-2025-12.xml", ("sitemap", "xml")), ("/robots.txt", ("robots", "txt")), ("/media/a.png", ("media", "")),
        ("/static/abc/style.css", ("static", "css")), ("/healthz", ("health", "")), ("/readyz", ("health", "")),
        ("/metrics", ("metrics", "")), ("/wp-login.php", ("other", "")), ("/x/archive/y.exe", ("other", "")),
    ],
)  # fmt: skip
def test_an_address_has_one_of_few_routes_and_formats(path: str, route: tuple[str, str]) -> None:
    assert route_of(path) == route


def observed(parts: Any, told: list[tuple[str, int]]) -> Observed:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        if isinstance(parts, Exception):
            raise parts
        environ[STATUS] = "206 Partial Content"
        start_response("206 Partial Content", [])
        return parts

    return Observed(app, [lambda environ, status, length, seconds: told.append((status, length))])  # type: ignore[arg-type]


def test_a_whole_answer_is_told() -> None:
    told: list[tuple[str, int]] = []
    assert ask(observed([b"abc", b"de"], told)).body == b"abcde"
    assert told == [("206 Partial Content", 5)]


def test_a_stream_is_told_when_it_ends_with_the_bytes_that_left() -> None:
    told: list[tuple[str, int]] = []
    closed: list[int] = []

    class Stream:
        def __iter__(self) -> Any:
            yield from (b"abc", b"de", b"f")

        def close(self) -> None:
            closed.append(1)

    app = observed(Stream(), told)
    body = app({"REQUEST_METHOD": "GET"}, lambda *_: None)  # type: ignore[arg-type,return-value]
    assert next(iter(body)) == b"abc"
    assert told == []
    body.close()  # type: ignore[attr-defined]
    assert (told, closed) == ([("206 Partial Content", 3)], [1])


def test_a_fault_is_told_and_goes_on() -> None:
    told: list[tuple[str, int]] = []
    with pytest.raises(OSError, match="disk"):
        ask(observed(OSError("disk"), told))
    assert told == [("500", 0)]


def test_an_observer_that_fails_costs_no_answer_and_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the log is full")

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ[STATUS] = "200 OK"
        start_response("200 OK", [])
        return [b"x"]

    observed = Observed(app, [fail])  # type: ignore[arg-type]
    assert [ask(observed).body for _ in range(3)] == [b"x"] * 3
    assert len(caplog.records) == 1


def test_a_long_path_has_a_route_too() -> None:
    assert route_of("/categories/" + "a" * 5000) == ("other", "")
