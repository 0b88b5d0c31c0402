"""Site → OpenSearch description: by it browsers offer to search the site. Pure."""

from lxml import etree

from feedservice.domain import urls
from feedservice.domain.model import Site
from feedservice.domain.text import truncate
from feedservice.feeds.formats import FORMATS

MEDIA_TYPE = "application/opensearchdescription+xml; charset=utf-8"
_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
_TERMS = "?q={searchTerms}"
_SHORT_NAME, _LONG_NAME, _DESCRIPTION = 16, 48, 1024
"""Characters that the specification allows."""


def render(site: Site) -> bytes:
    """Return the description of a site's search (OpenSearch 1.1, draft 6 §4)."""
    root = etree.Element("OpenSearchDescription", nsmap={None: _NAMESPACE})

    def add(name: str, text: str = "", **attributes: str) -> None:
        etree.SubElement(root, name, attributes).text = text or None

    add("ShortName", truncate(site.title, _SHORT_NAME))
    add("LongName", truncate(site.title, _LONG_NAME))
    add("Description", truncate(site.description or site.title, _DESCRIPTION))
    page = urls.absolute(site.base_url, "/search")
    add("Url", type="text/html", template=page + _TERMS)
    for form in FORMATS.values():
        add("Url", type=form.media_type, template=urls.feed_path(page + _TERMS, form.suffix))
    own = urls.absolute(site.base_url, "/opensearch.xml")
    add("Url", type=MEDIA_TYPE.partition(";")[0], rel="self", template=own)
    if site.icon:
        add("Image", urls.file_url(site, site.icon))
    add("Language", site.language)
    add("InputEncoding", "UTF-8")
    add("OutputEncoding", "UTF-8")
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return found
