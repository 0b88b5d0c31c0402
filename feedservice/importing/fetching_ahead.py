"""Which files of other hosts an entry will want, found before it is its turn. Pure."""

from feedservice.importing import markdown_links, raw_html
from feedservice.importing.addresses import is_http, join
from feedservice.importing.foreign_entry import ForeignEntry


def wanted(entry: ForeignEntry) -> list[str]:
    """Return the http addresses of pictures and recordings that an entry shows."""
    found: list[str] = [entry.image.src] if entry.image else []
    found += entry.media

    def noted(kind: str, address: str) -> str:
        if kind == "src":
            found.append(address)
        return address

    if entry.html is None:
        markdown_links.rewrite(entry.markdown or "", noted)
    else:
        raw_html.rewrite(entry.html, noted)
    return [each for each in (join(entry.base, src) for src in found) if is_http(each)]
