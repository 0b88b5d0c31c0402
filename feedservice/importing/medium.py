"""An export of Medium (zip: HTML of each story, marked as an h-entry) → entries. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lxml import etree, html

from feedservice.domain.headline import Status
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry, Person
from feedservice.importing.remarks import Remark, remark

_FILE = re.compile(r"posts/[^/]+\.html|(?:\d{4}-\d\d-\d\d|draft)_[^/]+\.html")
"""A story; exports of 2017 have them in no folder."""
_NUMBER = re.compile(r"-([0-9a-f]{8,12})\.html$")
_PARSER = html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)


def is_export(paths: Iterable[str], read: Callable[[str], bytes | None]) -> bool:
    """Whether files are an export of Medium: its first story says so."""
    story = next(filter(_FILE.fullmatch, paths), "")
    return bool(story) and b"h-entry" in (read(story) or b"")


def entries_of(
    paths: Iterable[str], read: Callable[[str], bytes | None]
) -> Iterator[ForeignEntry | Remark]:
    """Yield the entry of each story; ``read`` gives the files."""
    for path in filter(_FILE.fullmatch, paths):
        data = read(path)
        try:
            page = html.document_fromstring(
                (data or b"").decode("utf-8", "replace"), parser=_PARSER
            )
        except (etree.ParserError, ValueError):
            yield remark("file-unreadable", path)
            continue
        yield _entry(path, page)


def _entry(path: str, page: Any) -> ForeignEntry:
    body = _first(page, "e-content")
    title = _text(page, "p-name")
    inner = ""
    if body is not None:
        for heading in body.xpath(".//*[contains(@class, 'graf--title')]")[:1]:
            if _words(heading) == title:
                heading.drop_tree()
        _forget_unshown(body)
        inner = "".join(
            (body.text or "", *(html.tostring(each, encoding="unicode") for each in body))
        )
    canonical, moment, author = (
        _first(page, each) for each in ("p-canonical", "dt-published", "p-author")
    )
    number = _NUMBER.search(path)
    url = (canonical.get("href") if canonical is not None else "") or ""
    published = moment_of(moment.get("datetime") or "") if moment is not None else None
    subtitle = _text(page, "p-summary")
    return ForeignEntry(
        place=path,
        id=f"https://medium.com/p/{number[1]}" if number and published else "",
        url=url,
        title=title,
        html=inner,
        base=url,
        published=published,
        summary=subtitle,
        known_as=tuple(filter(None, (url, f"https://medium.com/p/{number[1]}" if number else ""))),
        authors=(Person(name=_words(author), url=author.get("href") or ""),)
        if author is not None
        else (),
        status=Status.PUBLISHED if published else Status.DRAFT,
    )


def _forget_unshown(body: Any) -> None:
    """Take off what readers never saw: the first part's rule, names that no link leads to.

    Nor a card's second link, which held its picture as a background.
    """
    for link in body.xpath(".//a[contains(@class, 'mixtapeImage')]"):
        if not len(link) and not _words(link):
            link.drop_tree()
    for rule in body.xpath(".//*[contains(@class, 'section--first')]//hr")[:1]:
        rule.drop_tree()
    led_to = {address[1:] for address in body.xpath(".//a/@href") if address.startswith("#")}
    for each in body.xpath(".//*[@id]"):
        if each.get("id") not in led_to:
            del each.attrib["id"]


def _first(page: Any, name: str) -> Any:
    found = page.xpath(
        "//*[contains(concat(' ', normalize-space(@class), ' '), $name)]", name=f" {name} "
    )
    return found[0] if found else None


def _text(page: Any, name: str) -> str:
    element = _first(page, name)
    return _words(element) if element is not None else ""


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())
