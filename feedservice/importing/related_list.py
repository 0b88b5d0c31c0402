"""The list of related links at the end of a foreign body, which is made anew here. Pure."""

import re

from feedservice.importing.foreign_entry import Link
from feedservice.importing.markdown import plain_text

_RELATED_LIST = re.compile(
    r"""
    <h2>[^<]*</h2> \s*+ <ul>
    ( (?: \s*+ <li><a\ href="[^"]*">[^<]*</a></li> )++ )   # nothing but links
    \s*+ </ul> \s*+
    ( (?: </div> \s*+ )?+ ) $                              # at the end of the body
    """,
    re.VERBOSE,
)


def without(html: str, related: tuple[Link, ...]) -> str:
    """Return a body without a list at its end that repeats the related links."""
    links = _RELATED_LIST.search(html) if related else None
    if not links:
        return html
    listed = {plain_text(href) for href in re.findall(r'href="([^"]*)"', links[1])}
    is_repeated = listed <= {link.url for link in related}
    return html[: links.start()] + links[2] if is_repeated else html
