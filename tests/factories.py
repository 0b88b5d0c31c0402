"""Plain functions that make what tests talk about."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from feedservice.domain import urls
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.internal_links import Kind, Target, placeholder
from feedservice.domain.label_slugs import label_slug
from feedservice.domain.model import Article, Author, Category, Problem, Site, Tag
from feedservice.domain.route import Route
from feedservice.domain.routes import parse
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds.formats import FORMATS
from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot
from feedservice.index.writer import IndexWriter

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)

SITE_YAML = """\
title: صحيفة الاختبار
description: موقع للاختبار
base_url: https://news.example
id: tag:news.example,2025
timezone: Asia/Damascus
categories:
  - {slug: field, name: ميداني, description: على الأرض, aliases: [ميدان]}
  - {slug: economy, name: اقتصاد}
  - {slug: heritage, name: تراث}
authors:
  - {slug: desk, name: هيئة التحرير, email: desk@news.example}
"""


def at(
    page: str, query: Iterable[tuple[str, str]] = (), format_: str = "html", period: str = ""
) -> Route:
    """The route of a list, its page decoded; whoever answers it knows the site."""
    path = f"{page.rstrip('/')}/archive/{period}" if period else page
    path = path if format_ == "html" else urls.feed_path(path, f".{format_}")
    return parse(path, urlencode(list(query)), None, FORMATS)


def moment(text: str) -> datetime:
    """A moment in UTC from ISO text without a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def site(**overrides: object) -> Site:
    """The site that `SITE_YAML` describes."""
    given: dict[str, object] = {
        "title": "صحيفة الاختبار",
        "description": "موقع للاختبار",
        "base_url": "https://news.example",
        "id": "tag:news.example,2025",
        "timezone": "Asia/Damascus",
        "categories": (
            Category(slug="field", name="ميداني", description="على الأرض", aliases=("ميدان",)),
            Category(slug="economy", name="اقتصاد"),
            Category(slug="heritage", name="تراث"),
        ),
        "authors": (Author(slug="desk", name="هيئة التحرير", email="desk@news.example"),),
    }
    return Site(**{**given, **overrides})  # type: ignore[arg-type]


def article(slug: str = "a", **overrides: object) -> Article:
    """A published article; ``tags`` may be given as labels."""
    tags = overrides.pop("tags", ())
    given: dict[str, object] = {
        "path": f"field/{slug}.md",
        "slug": slug,
        "id": f"tag:news.example,2025:{slug}",
        "title": f"عنوان {slug}",
        "published": moment("2026-01-01"),
        "categories": ("field",),
        "tags": tuple(Tag(slug=label_slug(Taxonomy.TAG, label), label=label) for label in tags),  # type: ignore[attr-defined]
        "summary": f"ملخص {slug}",
        "html": f"<p>نص {slug}</p>",
        "text": f"نص {slug}",
    }
    return Article(**{**given, **overrides})  # type: ignore[arg-type]


def inside(kind: Kind, name: str, fragment: str = "", attribute: str = "href") -> str:
    """What a tag of a body has where it points inside the site."""
    return placeholder(attribute, Target(kind, name), fragment)


def state(path: str, digest: str = "d") -> FileState:
    """A file as it was read."""
    return FileState(path=path, size=1, mtime_ns=1, digest=digest, key="k")


def reading(found: Article, problems: tuple[Problem, ...] = ()) -> Reading:
    """A good reading."""
    return Reading(
        state=state(found.path), article=found, problems=problems, text=f"نص {found.path}"
    )


def broken(path: str) -> Reading:
    """A reading of a file that cannot be used."""
    problem = Problem(path=path, line=3, code="date-impossible", facts={"value": "x"})
    return Reading(state=state(path, "b"), article=None, problems=(problem,))


def fill(index: IndexWriter, *articles: Article, now: datetime = NOW) -> frozenset[tuple[str, str]]:
    """Write articles; the lists that were touched."""
    return index.write([reading(each) for each in articles], (), now)


class _Questions:
    """Asks each question in a snapshot of its own."""

    def __init__(self, index: IndexReader, now: datetime) -> None:
        self._index = index
        self._now = now

    def __getattr__(self, question: str) -> Callable[..., object]:
        def ask(*args: object, **options: object) -> object:
            with self._index.snapshot(self._now) as view:
                return getattr(view, question)(*args, **options)  # type: ignore[no-any-return]

        return ask


def states_of(index: IndexWriter) -> dict[str, FileState]:
    """Every file that was read, by path."""
    return {state.path: state for state in index.states()}


def snapshot(index: IndexReader, now: datetime = NOW) -> Snapshot:
    """What can be asked of an index at a moment, whatever it is then."""
    return _Questions(index, now)  # type: ignore[return-value]


def slugs(found: Iterable[Article]) -> list[str]:
    """What articles are called, in their order."""
    return [each.slug for each in found]


def write_article(root: Path, path: str, body: str = "نص المقال.", **front: str) -> Path:
    """Write an article file; ``id`` is made from its name unless given."""
    name = Path(path).stem
    given = {
        "title": f"عنوان {name}",
        "date": "2026-01-01 09:00",
        "id": f"tag:news.example,2025:{name}",
        "summary": f"ملخص {name}",
    }
    fields = {**given, **front}
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(f"{key}: {value}" for key, value in fields.items())
    file.write_text(f"---\n{lines}\n---\n\n{body}\n", encoding="utf-8")
    return file


class FixedClock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Seconds:
    """Monotonic seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now
