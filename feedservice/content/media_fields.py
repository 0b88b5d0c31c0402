"""``image`` and ``media`` of an article → `Media`, not measured yet. Pure."""

from feedservice.content import labels
from feedservice.content.field_reader import FieldReader
from feedservice.content.front_matter_model import ImageField, MediaField
from feedservice.domain.model import Media
from feedservice.domain.text import one_line


def image(value: str | ImageField, reader: FieldReader) -> Media | None:
    """Return the picture of an article, if it names one; faults are told to ``reader``."""
    if not value:
        return None
    field = ImageField(src=value) if isinstance(value, str) else value
    src = reader.src(one_line(field.src), "image", "src")
    if not src:
        return None
    if not field.alt.strip():
        reader.warn("image-alt-missing", "image")
    return Media(
        src=src,
        alt=one_line(field.alt),
        caption=one_line(field.caption),
        credit=one_line(field.credit),
    )


def media(items: list[str | MediaField], reader: FieldReader) -> tuple[Media, ...]:
    """Return the recordings and documents of an article; faults are told to ``reader``."""
    fields = [
        (n, MediaField(src=item) if isinstance(item, str) else item)
        for n, item in labels.separated_addresses(items)
    ]
    read = (
        Media(
            src=reader.src(one_line(field.src), "media", n),
            media_type=reader.media_type(field.type, "media", n, "type"),
        )
        for n, field in fields
    )
    return tuple(each for each in read if each.src)
