"""Frames of other sites → the page that each shows, so that a link can stand in its place. Pure.

The one table of them, for what editors paste and for what is imported. Nobody is asked: what a page
is called by its frame's address is known beforehand.
"""

import re
from html import escape
from urllib.parse import unquote

from feedservice.domain.patterns import rare
from feedservice.domain.text import truncate

_SERVICES = tuple(
    (name, rare(rf"https?://(?:www\.|m\.)?{pattern}", re.IGNORECASE), page)
    for name, pattern, page in (
        ("YouTube", r"youtube(?:-nocookie)?\.com/embed/videoseries\?(?:[^?#]*&)?"
         r"list=(?P<id>[\w-]+)",
         "https://www.youtube.com/playlist?list={id}"),
        ("YouTube", r"youtube(?:-nocookie)?\.com/(?:embed|v|shorts|live)/(?P<id>[\w-]+)",
         "https://www.youtube.com/watch?v={id}"),
        ("YouTube", r"(?:youtube\.com/watch\?(?:[^?#]*&)?v=|youtu\.be/)(?P<id>[\w-]+)",
         "https://www.youtube.com/watch?v={id}"),
        ("Vimeo", r"vimeo\.com/moogaloop\.swf\?(?:[^?#]*&)?clip_id=(?P<id>\d+)",
         "https://vimeo.com/{id}"),
        ("Vimeo", r"(?:player\.)?vimeo\.com/(?:video/)?(?P<id>\d+)", "https://vimeo.com/{id}"),
        ("Dailymotion", r"dailymotion\.com/embed/video/(?P<id>\w+)",
         "https://www.dailymotion.com/video/{id}"),
        ("TikTok", r"tiktok\.com/(?:embed(?:/v2)?|player/v1)/(?P<id>\d+)",
         "https://www.tiktok.com/@/video/{id}"),
        ("X", r"platform\.(?:twitter|x)\.com/embed/\w+\.html\?(?:[^?#]*&)?id=(?P<id>\d+)",
         "https://x.com/i/status/{id}"),
        ("X", r"twitframe\.com/show\?(?:[^?#]*&)?url=(?P<url>[^&]+)", "{url}"),
        ("X", r"(?P<url>(?:twitter|x)\.com/\w+/status/\d+)", "https://{url}"),
        ("Telegram", r"(?:t\.me|telegram\.me)/(?P<id>\w+/\d+)", "https://t.me/{id}"),
        ("Facebook", r"facebook\.com/plugins/\w+\.php\?(?:[^?#]*&)?href=(?P<url>[^&]+)", "{url}"),
        ("Facebook", r"(?P<url>facebook\.com/(?!plugins/).+)", "https://www.{url}"),
        ("Instagram", r"instagram\.com/(?P<id>(?:p|reel|tv)/[\w-]+)",
         "https://www.instagram.com/{id}/"),
        ("SoundCloud", r"w\.soundcloud\.com/player/?\?(?:[^?#]*&)?url="
         r"(?P<url>https?(?::|%3A)(?://|%2F%2F)soundcloud[^&]+)",
         "{url}"),
        ("SoundCloud", r"(?P<url>w\.soundcloud\.com/player/?\?.+)", "https://{url}"),
        ("Spotify", r"open\.spotify\.com/embed(?:-podcast)?/(?P<id>\w+/\w+)",
         "https://open.spotify.com/{id}"),
        ("Google Maps", r"google\.[a-z.]+/maps/embed\?pb="
         r"[^?#]*?!2d(?P<lon>-?[\d.]+)!3d(?P<lat>-?[\d.]+)",
         "https://www.google.com/maps?q={lat},{lon}"),
        ("Google Maps", r"google\.[a-z.]+/maps/embed/v1/\w+\?(?:[^?#]*&)?q=(?P<q>[^&]+)",
         "https://www.google.com/maps?q={q}"),
        ("Google Maps", r"(?:maps\.google|google)\.[a-z.]+/maps\?(?:[^?#]*&)?q=(?P<q>[^&]+)",
         "https://www.google.com/maps?q={q}"),
        ("OpenStreetMap", r"openstreetmap\.org/export/embed\.html\?(?:[^?#]*&)?marker="
         r"(?P<lat>-?[\d.]+)(?:,|%2C)(?P<lon>-?[\d.]+)",
         "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}"),
    )
)  # fmt: skip
"""Service, address of a frame, address of its page; the first that fits."""
_WIDGETS = rare(
    r"(?:https?:)?//(?:platform\.(?:twitter|x)\.com|(?:www\.)?(?:instagram|tiktok)\.com"
    r"|connect\.facebook\.net|telegram\.org/js|w\.soundcloud\.com/player/api"
    r"|player\.vimeo\.com/api|(?:www\.)?youtube\.com/(?:iframe|player)_api)",
    re.IGNORECASE,
)
MAX_ADDRESS = 2000
"""Characters: a longer one is no address of a frame."""


def page_of(frame: str) -> tuple[str, str]:
    """Return the address of the page that a frame shows, and the service's name; else as it is.

    >>> page_of("//www.youtube.com/embed/AbC?rel=0")
    ('https://www.youtube.com/watch?v=AbC', 'YouTube')
    """
    url = f"https:{frame}" if frame.startswith("//") else frame
    for name, pattern, page in _SERVICES if len(url) < MAX_ADDRESS else ():
        found = pattern.match(url)
        if found:
            given = found.groupdict()
            if "url" in given:
                given["url"] = unquote(given["url"])
            return page.format(**given), name
    return url, ""


def is_widget(script: str) -> bool:
    """Whether a script only dresses up what stands beside it, so that nothing is lost with it."""
    return _WIDGETS.match(script) is not None


def card(frame: str, title: str = "") -> str:
    """Return what stands in a frame's place: a link to its page, with title and service."""
    page, service = page_of(frame)
    shown = truncate(title or page.partition("://")[2] or page, 80)
    label = " — ".join(filter(None, (shown, service)))
    return f'<figure><a href="{escape(page)}">{escape(label)}</a></figure>'
