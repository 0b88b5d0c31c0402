"""``notify`` of site.yaml → `Receiver`. Pure."""

from collections.abc import Iterator, Sequence

from feedservice.content.field_reader import FieldReader
from feedservice.content.invisible import bare, trimmed
from feedservice.content.shapes import Strict
from feedservice.domain.receivers import Kind, Receiver, is_address, is_token, secret_name
from feedservice.domain.text import one_line

_OPEN = (Kind.SLACK, Kind.MATTERMOST)
"""Whose addresses are secrets: who has one may write there."""


class NotifyField(Strict):
    """Somebody who is told when something is wrong."""

    to: str
    address: str
    token: str = ""


def read_notify(items: Sequence[NotifyField], reader: FieldReader) -> tuple[Receiver, ...]:
    """Return who is told, each once; reports what cannot be used, and repeats no secret.

    Args:
        items: as site.yaml has them.
        reader: of the file.
    """
    return tuple(dict.fromkeys(_receivers(items, reader)))


def _receivers(items: Sequence[NotifyField], reader: FieldReader) -> Iterator[Receiver]:
    kinds = {str(kind): kind for kind in Kind}
    for n, item in enumerate(items):
        kind = kinds.get(bare(item.to).lower())
        if kind is None:
            reader.report("notify-to", "notify", n, "to", value=item.to)
            continue
        address, token = trimmed(one_line(item.address)), bare(item.token)
        if not (secret_name(address) or is_address(kind, address)):
            reader.report("notify-address", "notify", n, "address", value=kind)
        elif kind in _OPEN and not secret_name(address):
            reader.warn("notify-open", "notify", n, "address", value=kind)
        is_bot, is_named = kind is Kind.TELEGRAM, bool(secret_name(token))
        if is_bot != bool(token) or not (is_named or is_token(token) or not is_bot):
            reader.report("notify-token", "notify", n, "token" if token else "to", value=kind)
        elif is_bot and not is_named:
            reader.warn("notify-open", "notify", n, "token", value=kind)
        yield Receiver(kind=kind, address=address, token=token)
