"""A publisher and an opener of media with a small real shelf behind them."""

import hashlib
import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from feedservice.domain.errors import Gone, Moved, NotFound
from feedservice.domain.model import Author, Category, Correction, Media, Site
from feedservice.domain.routes import Kind, Route, resolve
from feedservice.domain.urls import canonical, feed_path
from feedservice.feeds.feed import Document, document
from feedservice.feeds.formats import FORMATS
from feedservice.feeds.page import Alternate, Anchor, ArticlePage, Card, FeedRow, Listing
from feedservice.feeds.titles import Channel
from feedservice.publishing.directory import Directory

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
CHANGED = datetime(2025, 12, 22, 7, 0, tzinfo=UTC)


def site(**overrides: object) -> Site:
    values: dict[str, object] = {
        "title": "موقع الأخبار",
        "base_url": "https://news.example",
        "id": "tag:news.example,2025",
        "description": "أخبار وتقارير",
        "timezone": "Asia/Damascus",
        "copyright": "© موقع الأخبار",
        "logo": "media/logo.png",
        "icon": "media/icon.png",
        "categories": (
            Category(slug="field", name="ميدان"),
            Category(slug="economy", name="اقتصاد"),
        ),
        "authors": (Author(slug="desk", name="رئيس التحرير"),),
        "hubs": ("https://hub.example/",),
    }
    return Site(**{**values, **overrides})  # type: ignore[arg-type]


def alternates(path: str) -> tuple[Alternate, ...]:
    return tuple(
        Alternate(
            path=feed_path(path, each.suffix),
            media_type=each.media_type,
            title=f"الخلاصة – {each.name}",
        )
        for each in FORMATS.values()
    )


IMAGE = Media(
    src="media/daraya.png",
    media_type="image/png",
    width=800,
    height=450,
    alt='منظر "عام" من داريا',
    caption="داريا في الشتاء",
    credit="تصوير: المكتب",
)
CARD = Card(
    path="/articles/daraya-operation",
    title="عملية <داريا> & ما بعدها",
    summary="جملة أولى عن العملية.",
    published=datetime(2025, 12, 21, 11, 30, tzinfo=UTC),
    updated=datetime(2025, 12, 22, 6, 0, tzinfo=UTC),
    categories=(Anchor(path="/categories/field", text="ميدان"),),
    authors=(Anchor(path="/authors/desk", text="رئيس التحرير"),),
    image=IMAGE,
    image_path="/media/daraya.png",
    views=1234,
)
ENGLISH_CARD = Card(
    path="/articles/en", title="The Lafarge trial", summary="In English.", language="en"
)
ARTICLE = ArticlePage(
    site=site(),
    card=CARD,
    canonical_url="https://news.example/articles/daraya-operation",
    image_url="https://news.example/media/daraya.png",
    html='<p>نص <strong>المقال</strong>، <a href="/articles/en">وآخر</a>: href="/x".</p>',
    tags=(Anchor(path="/tags/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7", text="داريا"),),
    related=(
        ENGLISH_CARD,
        Card(path="https://other.example/x", title="صفحة في موقع آخر", is_external=True),
        Card(
            path="/articles/b",
            title="مقال ثان",
            summary="ملخصه.",
            image_path="/media/b.png",
            views=7,
        ),
    ),
    translations=(Anchor(path="/articles/en", text="Daraya", language="en"),),
    corrections=(Correction(date=datetime(2025, 12, 22, tzinfo=UTC), note="صُحّح عدد الموقوفين"),),
    attachments=(
        (
            "/media/interview.mp3",
            Media(src="media/interview.mp3", media_type="audio/mpeg", length=1_400_000),
        ),
        ("/media/clip.mp4", Media(src="media/clip.mp4", media_type="video/mp4")),
        (
            "/media/report.pdf",
            Media(src="media/report.pdf", media_type="application/pdf", length=2100),
        ),
    ),
    alternates=alternates("/"),
    last_modified=CHANGED,
)


@dataclass
class FakePublisher:
    """Answers from what it holds, by the same addresses as the real one; ``broken`` is what its
    index raises."""

    site_: Site = field(default_factory=site)
    last_modified: datetime = CHANGED
    body: bytes = "<feed>خلاصة طويلة عن كل شيء </feed>".encode() * 40
    cards: tuple[Card, ...] = (CARD, ENGLISH_CARD)
    links: tuple[str, ...] = (
        '<https://news.example/feed.rss>; rel="self"',
        '<https://hub.example/>; rel="hub"',
    )
    state_: str = "ready"
    broken: Exception | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def known(self) -> tuple[int, Site]:
        self._fail()
        return hash((self.site_, self.last_modified, self.body, self.cards, self.links)), self.site_

    def site(self) -> Site:
        self._fail()
        return self.site_

    def good_until(self) -> datetime | None:
        return None

    def feed(self, route: Route, held: datetime | None = None) -> Document:
        self._channel(route)
        self.asked.append((route.path, route.format))
        return Document(
            body=self.body,
            media_type=FORMATS[route.format].content_type,
            etag=hashlib.blake2b(self.body, digest_size=16).hexdigest(),
            last_modified=self.last_modified,
            links=self.links,
        )

    def listing(self, route: Route) -> Listing:
        channel = self._channel(route)
        return Listing(
            site=self.site_,
            channel=channel,
            title=channel.title,
            description="وصف القائمة",
            canonical_url=self.site_.base_url + channel.path,
            cards=self.cards,
            alternates=alternates(channel.path),
            next_path="/?before=2025-12-01T00:00:00Z,x" if self.cards else "",
            query=channel.selection.q,
            last_modified=self.last_modified,
        )

    def article(self, slug: str) -> ArticlePage:
        self._fail()
        if slug == "old-slug":
            raise Moved("/articles/daraya-operation")
        if slug == "withdrawn":
            raise Gone(slug)
        if slug != "daraya-operation":
            raise NotFound(slug)
        return replace(ARTICLE, site=self.site_)

    def directory(self) -> Directory:
        self._fail()
        return Directory(site=self.site_, rows=self._rows(), good_until=None)

    def sitemap(self, name: str = "") -> Document:
        if name not in ("", "news", "2025-12"):
            raise NotFound(name)
        return document(f"<urlset>{name}</urlset>".encode(), "application/xml; charset=utf-8")

    def _rows(self) -> tuple[FeedRow, ...]:
        return (
            FeedRow(
                title="كل المقالات",
                description="",
                path="/",
                kind="site",
                alternates=alternates("/"),
                count=1500,
            ),
            *(
                FeedRow(
                    title=each.name,
                    description="",
                    path=path,
                    kind="category",
                    alternates=alternates(path),
                )
                for each in self.site_.categories
                for path in ["/categories/" + each.slug]
            ),
        )

    def opml(self) -> Document:
        self._fail()
        return Document(body=b"<opml/>", media_type="text/x-opml; charset=utf-8", etag="0p")

    def redirect(self, path: str) -> str | None:
        self._fail()
        return {
            "/old": "/categories/field",
            "/feed": "/feed.rss",
            "/قديم": "/tags/داريا",
            "/away": "https://other.example/خبر",
        }.get(path)

    def state(self) -> str:
        return self.state_

    def _channel(self, route: Route) -> Channel:
        self._fail()
        selection = resolve(route, self.site_, lambda slug: None)
        titles = {"field": "ميدان", "economy": "اقتصاد", "desk": "رئيس التحرير"}
        return Channel(
            path=canonical(selection),
            title="نتائج البحث"
            if route.kind is Kind.SEARCH
            else titles.get(route.name, route.name),
            selection=selection,
            narrowed=selection.is_narrowed,
        )

    def _fail(self) -> None:
        if self.broken:
            raise self.broken


@dataclass(frozen=True)
class Shelved:
    """A file of content/media/ that the opener has opened."""

    stream: io.BytesIO
    length: int
    media_type: str
    etag: str = "f11e"
    last_modified: datetime = CHANGED


def files() -> dict[str, tuple[bytes, str]]:
    return {
        "صورة.png": (b"\x89PNG" + bytes(range(200)), "image/png"),
        "a/sound.mp3": (b"0123456789", "audio/mpeg"),
        "drawing.svg": (b"<svg/>", "image/svg+xml"),
        "page.html": (b"<script>", "text/html"),
        "data.xml": (b"<x/>", "application/xml"),
        "run.js": (b"1", "text/javascript"),
        "table.csv": (b"a,b", "text/csv"),
        "empty.txt": (b"", "text/plain"),
    }


@dataclass
class Shelf:
    """An opener of media that remembers what it opened, so that a test can see it closed."""

    files: dict[str, tuple[bytes, str]] = field(default_factory=files)
    opened: list[Shelved] = field(default_factory=list)

    def __call__(self, name: str) -> Shelved | None:
        if name not in self.files:
            return None
        data, media_type = self.files[name]
        self.opened.append(Shelved(io.BytesIO(data), len(data), media_type))
        return self.opened[-1]
