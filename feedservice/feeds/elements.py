"""Elements of entries as text, byte for byte as lxml writes them, indented. Pure.

An entry is some twenty small elements: a tree of them takes four times as long as their text.
"""

from collections.abc import Iterable, Iterator, Sequence

from feedservice.feeds.feed import Attachment, Item, Link

_FORBIDDEN = bytes({*range(32)} - {*b"\t\n\r"})
_NO_CHARACTERS = ("\ufffe", "\uffff")


def leaf(tag: str, text: str = "", named: str = "") -> str:
    """Return an element without others in it; ``named`` is made by `attribute`."""
    if not text:
        return f"<{tag}{named}/>"
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text.replace("\r", "&#13;")
    return f"<{tag}{named}>{text}</{tag}>"


def attribute(name: str, value: str) -> str:
    """Return an attribute with the space before it; nothing where it has no value."""
    if not value:
        return ""
    if "&" in value or "<" in value or ">" in value or '"' in value:
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        value = value.replace('"', "&quot;")
    if not value.isprintable():
        value = value.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
    return f' {name}="{value}"'


def attributes(named: dict[str, str]) -> str:
    """Return several of them."""
    return "".join([attribute(name, value) for name, value in named.items()])


def parent(tag: str, children: Sequence[str], named: str = "") -> Iterator[str]:
    """Yield the lines of an element with others in it, or of an empty one."""
    if not children:
        yield f"<{tag}{named}/>"
        return
    yield f"<{tag}{named}>"
    yield from (f"  {line}" for line in children)
    yield f"</{tag}>"


def written(tag: str, lines: Iterable[str], indent: str, language: str) -> bytes:
    """Return an element with others in it as it stands in a document.

    Raises:
        ValueError: there is a character that XML has no way to write (XML 1.0 §2.2).
    """
    begin = f"{indent}<{tag}{attribute('xml:lang', language)}>"
    text = f"\n{indent}  ".join((begin, *lines)) + f"\n{indent}</{tag}>\n"
    made = text.encode()
    is_forbidden = len(made.translate(None, _FORBIDDEN)) != len(made)
    if is_forbidden or any(each in text for each in _NO_CHARACTERS):
        raise ValueError("a character that XML forbids")
    return made


def number(value: int) -> str:
    """Return the digits of a size, or nothing where it is unknown (0)."""
    return str(value) if value else ""


def related_links(tag: str, links: Sequence[Link]) -> list[str]:
    """Return a ``rel=related`` link for each page (RFC 4287 §4.2.7), in RSS an ``atom:link``."""
    return [
        f'<{tag} rel="related" type="text/html"{attribute("hreflang", link.language)}'
        f"{attribute('title', link.title)}{attribute('href', link.url)}/>"
        for link in links
    ]


def media(item: Item, attachment: Attachment, medium: str = "") -> Iterator[str]:
    """Yield a ``media:content`` (Media RSS 1.5.1), and a ``media:thumbnail`` of a picture.

    ``media:description`` is what FreshRSS prints below a picture, and where Mastodon puts the
    alternative text: it holds the caption, else the alternative text. The alternative text of a
    picture with a caption is its ``media:title``, which FreshRSS makes the ``title`` of the
    ``img``. But feedparser, and readers built on it, take a ``media:description`` for the full text
    or summary of an item without one: there the title holds what it would.

    Args:
        item: whose it is; its summary and full text stand before.
        attachment: the file.
        medium: image, audio, video or document; taken from the media type where it is empty.
    """
    kind = attachment.media_type.partition("/")[0]
    medium = medium or (kind if kind in ("image", "audio", "video") else "document")
    size = {"width": number(attachment.width), "height": number(attachment.height)}
    length = number(attachment.length)
    url, media_type = attachment.url, attachment.media_type
    title = attachment.alt if attachment.caption else ""
    description = attachment.caption or attachment.alt
    if not (item.summary and item.html):
        title, description = description, ""
    told = [leaf("media:title", title, ' type="plain"')] if title else []
    if description:
        told.append(leaf("media:description", description, ' type="plain"'))
    if attachment.credit:
        told.append(leaf("media:credit", attachment.credit))
    named = {"url": url, "type": media_type, "fileSize": length, "medium": medium, **size}
    yield from parent("media:content", told, attributes(named))
    if medium == "image":
        yield leaf("media:thumbnail", named=attributes({"url": url, **size}))
