"""The part of a web page that is its article, as the site wrote it. Pure.

The only door to trafilatura, which tells the text of an article from what stands around it; its
functions that ask the network are not used. What it gives has no captions, frames or direction of
words, so it only says which text is meant: what holds that text is taken from the page itself.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction, extract, load_html
from trafilatura.settings import Document

_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 li blockquote pre td th dt dd figcaption".split())
_MEDIA = frozenset("img iframe video audio embed object".split())
_NEVER = frozenset(
    "script style noscript template form button nav svg input select textarea link meta".split()
)
_SURE = 16
"""Letters of a text that is hardly twice on a page by chance."""
_NEAR = 200
"""Letters that may lie between two texts of an article, as they are asked for."""
_MOST = 0.7
"""Of the article's letters, that are found again, else the extractor's own HTML is taken."""


@dataclass(slots=True, kw_only=True)
class MainText:
    """The article of a page.

    Attributes:
        html: its body.
        count: letters and digits of it; linked: those of its links.
        document: what trafilatura found out about it.
        left_out: texts within it that trafilatura takes for no part of it.
        picture: the picture above its text, with its alternative text and caption.
    """

    html: str = ""
    count: int
    linked: int
    document: Document
    left_out: list[str] = field(default_factory=list)
    picture: tuple[str, str, str] = ("", "", "")


def parsed(html: str) -> HtmlElement | None:
    """Return a page as a tree; None where it is none."""
    return load_html(html)


def read(html: str, tree: HtmlElement, url: str, title: str) -> MainText | None:
    """Return the article of a page; None where there is none.

    Args:
        html: the page.
        tree: what `parsed` made of it; it is changed.
        url: its address.
        title: of the article, which the body does not repeat.
    """
    document = bare_extraction(
        tree,
        url=url,
        include_comments=False,
        include_formatting=True,
        include_links=True,
        include_images=True,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if not isinstance(document, Document) or document.body is None:
        return None
    meant = _Meant(letters("".join(document.body.itertext())))
    if not meant.text:
        return None
    places = _places_of(tree)
    links = filter(meant.holds, map(places.of, tree.iter("a")))
    found = MainText(document=document, count=len(meant.text), linked=sum(map(len, links)))
    titles = {letters(title), letters(document.title or "")}
    meant.restart()
    part = _holding(tree, places, meant)
    meant.restart()
    if part is not None:
        _prune(part, places, meant, titles, found)
        if len(_places_of(part).text) >= _MOST * len(meant.text):
            found.picture = found.picture if found.picture[0] else _picture_above(part)
            part.tail = None
            found.html = etree.tostring(part, encoding="unicode", method="html")
            return found
    found.left_out.clear()
    found.html = (
        extract(
            html,
            url=url,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_links=True,
            include_images=True,
        )
        or ""
    )
    return found


def letters(text: str) -> str:
    """Return the letters and digits of a text alone: what two ways to write it have in common."""
    return "".join(filter(str.isalnum, text))


class _Meant:
    """The letters of the article; mostly they are asked for in their order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._at = 0

    def holds(self, text: str) -> bool:
        """Whether a text is of it; a short one, which may be anywhere by chance, close ahead."""
        found = self.text.find(text, self._at, self._at + len(text) + _NEAR)
        if found < 0 and len(text) >= _SURE:
            found = self.text.find(text)
        if found >= 0:
            self._at = found + len(text)
        return found >= 0

    def restart(self) -> None:
        """Ask from the beginning again."""
        self._at = 0


@dataclass(slots=True)
class _Places:
    """The letters of a tree in one text, and where each element's begin and end."""

    text: str = ""
    by_element: dict[HtmlElement, tuple[int, int]] = field(default_factory=dict)

    def of(self, element: HtmlElement) -> str:
        start, end = self.by_element[element]
        return self.text[start:end]


def _places_of(tree: HtmlElement) -> _Places:
    found, at, parts = _Places(), 0, list[str]()
    begun: dict[HtmlElement, int] = {}
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            begun[element] = at
            text = "" if element.tag in _NEVER else element.text
        else:
            found.by_element[element] = (begun.pop(element), at)
            text = "" if element is tree else element.tail
        if text:
            parts.append(letters(text))
            at += len(parts[-1])
    found.text = "".join(parts)
    return found


def _holding(tree: HtmlElement, places: _Places, meant: _Meant) -> HtmlElement | None:
    """The smallest element that holds every block of the article that is on the page once."""
    blocks = [each for each in tree.iter(*_BLOCKS) if len(places.of(each)) >= _SURE]
    spans = {places.by_element[each] for each in blocks}
    times = Counter(places.text[start:end] for start, end in spans)
    common: list[HtmlElement] = []
    for element in blocks:
        text = places.of(element)
        if times[text] == 1 and meant.holds(text):
            above = [*element.iterancestors()][::-1]
            pairs = zip(common or above, above, strict=False)
            common = [ours for ours, theirs in pairs if ours is theirs]
    return common[-1] if common else None


def _prune(
    part: HtmlElement, places: _Places, meant: _Meant, titles: set[str], found: MainText
) -> None:
    """Take away what is not of the article; pictures and frames stay where its text has begun."""
    has_begun = _is_meant(part, meant, found)
    pending = list(part)[::-1]
    while pending:
        element = pending.pop()
        text = places.of(element)
        is_figure = element.tag == "figure" and any(True for _each in element.iter(*_MEDIA))
        if element.tag in _NEVER or (text and text in titles):
            element.drop_tree()
        elif not has_begun and (is_figure or not text):
            found.picture = found.picture if found.picture[0] else _picture(element)
            element.drop_tree()
        elif is_figure or not text:
            continue  # with its caption
        elif meant.holds(text):
            has_begun = True
        elif element.tag not in _BLOCKS and len(element):
            has_begun = _is_meant(element, meant, found) or has_begun
            pending += list(element)[::-1]
        else:
            found.left_out.append(" ".join(element.text_content().split()))
            element.drop_tree()


def _is_meant(element: HtmlElement, meant: _Meant, found: MainText) -> bool:
    """Take out what stands between an element's children and is not meant; whether any is."""
    is_any = False
    for each, name in _between(element):
        text = letters(getattr(each, name) or "")
        if text and meant.holds(text):
            is_any = True
        elif text:
            found.left_out.append(" ".join(getattr(each, name).split()))
            setattr(each, name, None)
    return is_any


def _between(element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    yield element, "text"
    for child in element:
        yield child, "tail"


def _picture_above(part: HtmlElement) -> tuple[str, str, str]:
    """The picture between the title of an article and its text, where the page has both in one."""
    holder = next(part.iterancestors("article", "main"), None)
    found = ("", "", "")
    for element in () if holder is None else holder.iter():
        if element is part:
            break
        if element.tag == "figure":
            found = _picture(element)
    return found


def _picture(element: HtmlElement) -> tuple[str, str, str]:
    image = next(element.iter("img"), None)
    if image is None or not (image.get("src") or "").strip():
        return "", "", ""
    caption = next(element.iter("figcaption"), None)
    said = "" if caption is None else " ".join(caption.text_content().split())
    return image.get("src").strip(), image.get("alt") or "", said
