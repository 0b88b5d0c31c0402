"""Bare WSGI: a small application that tests change, and a client that asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from werkzeug.http import http_date

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

START = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Got:
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    app: "WSGIApplication",
    path: str = "/",
    method: str = "GET",
    query: str = "",
    **headers: str | None,
) -> Got:
    """Ask, with headers written as ``If_None_Match``; None leaves one out."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "x",
    }
    environ |= {
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    environ |= {
        f"HTTP_{name.upper()}": value for name, value in headers.items() if value is not None
    }
    told: list[Any] = []
    body = app(
        environ, lambda status, given, *_: told.append((status, given)) or (lambda data: None)
    )  # type: ignore[arg-type,return-value]
    data = b"".join(body)
    if close := getattr(body, "close", None):
        close()
    (status, given) = told[-1]
    names = [name for name, _ in given if name != "Link"]
    assert len(names) == len(set(names)), names
    links = ", ".join(value for name, value in given if name == "Link")
    return Got(int(status[:3]), {**dict(given), "Link": links} if links else dict(given), data)


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Page:
    """What lives at an address, from ``since`` until ``until``; before that it is 404, after it
    410."""

    body: bytes
    modified: datetime | None = None
    since: datetime = START - timedelta(days=1)
    until: datetime | None = None


@dataclass
class Pages:
    """An application over pages: answers plain GETs as the cache expects it, and counts them."""

    clock: Clock
    pages: dict[str, Page] = field(default_factory=dict)
    revision: int = 1
    asked: list[str] = field(default_factory=list)
    fault: Callable[[], None] | None = None
    seen: list[dict[str, Any]] = field(default_factory=list)

    def put(self, path: str, body: bytes, **facts: Any) -> None:
        """Write a page, which moves the revision."""
        self.pages[path] = Page(body, **facts)
        self.revision += 1

    def ask_revision(self) -> int:
        return self.revision

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen.append(environ)
        self.asked.append(environ["PATH_INFO"])
        if self.fault:
            self.fault()
        now = self.clock()
        page = self.pages.get(environ["PATH_INFO"])
        moments = [
            m for each in self.pages.values() for m in (each.since, each.until) if m and m > now
        ]
        expires = [("Expires", http_date(min(moments)))] if moments else []
        if page is None or now < page.since:
            start_response("404 NOT FOUND", [("Content-Type", "text/plain"), *expires])
            return [b"no"]
        if page.until and now >= page.until:
            start_response("410 GONE", [("Content-Type", "text/plain"), *expires])
            return [b"gone"]
        modified = [("Last-Modified", http_date(page.modified))] if page.modified else []
        start_response(
            "200 OK",
            [
                ("Content-Type", "text/plain"),
                ("Cache-Control", "max-age=300"),
                ("Vary", "Accept-Encoding"),
                ("Access-Control-Allow-Origin", "*"),
                ("Link", "<x>"),
                ("ETag", f'"{blake2b(page.body, digest_size=8).hexdigest()}"'),
                *modified,
                *expires,
            ],
        )
        return [page.body[:5], page.body[5:]]
