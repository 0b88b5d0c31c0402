"""A file that is sent → where it is to lie in media/: by its digest, and its bytes' type."""

import hashlib
from io import BytesIO

from feedservice.content import pictures
from feedservice.content.file_types import HEAD, media_type, suffix_of
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.i18n import _
from feedservice.importing.media import kind_of
from feedservice.micropub.actions import Refused
from feedservice.system.worker import tell

FOLDER = "media/uploads/"


def upload(data: bytes, name: str) -> str:
    """Return where a file of media/ is to lie: by its digest, and by the type that it is of.

    Args:
        data: its bytes.
        name: as it was called: tells the type where its bytes tell none.
    """
    tell(name[:200])
    suffix = suffix_of(name)
    kind = media_type(data[:HEAD], "") or kind_of(data, suffix)
    if kind.startswith("image/"):
        found = pictures.measured(BytesIO(data))
        if not found.width:
            raise Refused.invalid(_("the picture cannot be read: JPEG, PNG, GIF, WebP or AVIF"))
        if found.width * found.height > pictures.MAX_PIXELS:
            raise Refused.invalid(
                _("the picture has more than {limit} pixels", limit=pictures.MAX_PIXELS)
            )
    if not kind:
        raise Refused.invalid(_("files of this type are not published: {value}", value=name[:100]))
    if MEDIA_TYPES.get(suffix) != kind:
        suffix = next(each for each, its in MEDIA_TYPES.items() if its == kind)
    return f"{FOLDER}{hashlib.sha256(data).hexdigest()[:32]}{suffix}"
