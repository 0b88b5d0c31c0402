"""A small real site for the web suite, and an opener of media that remembers what it opened."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import factories
from feedservice.domain.headline import Status
from feedservice.domain.model import Author, Category, Correction, Media, Related, Site
from feedservice.index.writer import IndexWriter

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
        "redirects": (
            ("/old", "/categories/field"),
            ("/قديم", "/tags/داريا"),
            ("/away", "https://other.example/خبر"),
        ),
    }
    return Site(**{**values, **overrides})  # type: ignore[arg-type]


IMAGE = Media(
    src="media/daraya.png",
    media_type="image/png",
    width=800,
    height=450,
    alt='منظر "عام" من داريا',
    caption="داريا في الشتاء",
    credit="تصوير: المكتب",
)
OPERATION = factories.article(
    "daraya-operation",
    title="عملية <داريا> & ما بعدها",
    summary="جملة أولى عن العملية.",
    published=datetime(2025, 12, 21, 11, 30, tzinfo=UTC),
    updated=datetime(2025, 12, 22, 6, 0, tzinfo=UTC),
    authors=(Author(slug="desk", name="رئيس التحرير"),),
    tags=("داريا",),
    aliases=("old-slug",),
    image=IMAGE,
    views=1234,
    html=f"<p>نص <strong>المقال</strong>، <a {factories.inside('article', 'en')}>وآخر</a>: "
    'href="/x".</p>' + "<p>فقرة طويلة عن العملية وما تلاها في المدينة وما حولها.</p>" * 20,
    related=(
        Related(slug="en"),
        Related(url="https://other.example/x", title="صفحة في موقع آخر"),
        Related(slug="b"),
    ),
    translations=(("en", "en"),),
    corrections=(Correction(date=datetime(2025, 12, 22, tzinfo=UTC), note="صُحّح عدد الموقوفين"),),
    media=(
        Media(src="media/interview.mp3", media_type="audio/mpeg", length=1_400_000),
        Media(src="media/clip.mp4", media_type="video/mp4"),
        Media(src="media/report.pdf", media_type="application/pdf", length=2100),
    ),
)
ARTICLES = (
    OPERATION,
    factories.article(
        "en",
        title="The Lafarge trial",
        summary="In English.",
        lang="en",
        published=datetime(2025, 12, 20, tzinfo=UTC),
        categories=(),
    ),
    factories.article(
        "b",
        title="مقال ثان",
        summary="ملخصه.",
        published=datetime(2025, 12, 1, tzinfo=UTC),
        categories=("economy",),
        image=Media(src="media/b.png", media_type="image/png"),
        views=7,
    ),
    factories.article(
        "withdrawn",
        published=datetime(2025, 11, 1, tzinfo=UTC),
        updated=datetime(2025, 11, 2, tzinfo=UTC),
        categories=("economy",),
        status=Status.WITHDRAWN,
    ),
)


def build(index: IndexWriter) -> None:
    """Fill an index with the site; all of it last changed at `CHANGED`."""
    index.prepare()
    index.put_site(site(limit=2), (), CHANGED - timedelta(days=1))
    factories.fill(index, *ARTICLES, now=CHANGED)
    index.mark_filled()


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
