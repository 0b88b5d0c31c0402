"""Which icons a site has, and where: what browsers and telephones ask for. Pure."""

from types import MappingProxyType

from feedservice.domain.model import Site

FAVICON, APPLE, MASKABLE = "favicon.ico", "apple-touch-icon.png", "icon-maskable.png"
SIZES = MappingProxyType(
    {FAVICON: 48, APPLE: 180, "icon-192.png": 192, "icon-512.png": 512, MASKABLE: 512}
)
"""The icons and their sides in pixels; each is at the root of the site."""
MANIFEST = "manifest.webmanifest"
"""What tells of them to who puts the site on a screen (W3C, Web Application Manifest)."""
_MADE_OF = (".png", ".jpg", ".jpeg", ".gif", ".webp")


def source(site: Site) -> str:
    """Return the picture of the site of which icons are made, ``media/…``, or an empty text."""
    return next((src for src in (site.icon, site.logo) if _is_usable(src)), "")


def _is_usable(src: str) -> bool:
    return src.startswith("media/") and src.lower().endswith(_MADE_OF)
