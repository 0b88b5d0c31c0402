"""Where a reader passes an article on by one link: the one table. Pure."""

from typing import NamedTuple
from urllib.parse import quote

from feedservice.i18n import Message, _


class Way(NamedTuple):
    """``address`` holds ``{url}`` and ``{title}``, both as they stand within a query."""

    name: Message
    address: str


WAYS = (
    Way(_("E-mail"), "mailto:?subject={title}&body={url}"),
    Way(_("WhatsApp"), "https://wa.me/?text={title}%0A{url}"),
    Way(_("Telegram"), "https://t.me/share/url?url={url}&text={title}"),
    Way(_("X"), "https://x.com/intent/post?url={url}&text={title}"),
    Way(_("Facebook"), "https://www.facebook.com/sharer/sharer.php?u={url}"),
)


def links(url: str, title: str) -> list[tuple[Message, str]]:
    """Return name and address of each way to pass on the page at ``url``, which is absolute."""
    values = {"url": quote(url, safe=""), "title": quote(title, safe="")}
    return [(way.name, way.address.format(**values)) for way in WAYS]
