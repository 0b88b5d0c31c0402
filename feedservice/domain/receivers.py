"""Who is told when something is wrong, as site.yaml names them; what an address may be. Pure."""

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from feedservice.domain.absolute_urls import is_url

SECRET = "secret:"  # noqa: S105 - what a name begins with, and no secret # nosec B105
"""Before the name of a secret that stands for an address or a token."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,63}")
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}")
_MAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"
)
"""A dot-atom and a host (RFC 5321 §4.1.2): ASCII, and nothing that a header could be made of."""


class Kind(StrEnum):
    """By what somebody is told."""

    WEBHOOK = "webhook"
    SLACK = "slack"
    MATTERMOST = "mattermost"
    TELEGRAM = "telegram"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody who is told.

    Attributes:
        kind: how.
        address: a URL, a chat of Telegram, a mail address, or the name of a secret behind `SECRET`.
        token: of a bot of Telegram, or the name of a secret.
    """

    kind: Kind
    address: str = field(repr=False)
    token: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """What tells it from others: no secret, and the same while a secret's value changes."""
        written = "\n".join((self.kind, self.address, self.token))
        return f"{self.kind}-{hashlib.blake2b(written.encode(), digest_size=8).hexdigest()}"

    @property
    def label(self) -> str:
        """What logs call it: of an address that may be a secret, its host alone."""
        is_told = self.kind in (Kind.TELEGRAM, Kind.MAIL) or self.address.startswith(SECRET)
        return f"{self.kind} {self.address if is_told else urlsplit(self.address).hostname}"


def secret_name(value: str) -> str:
    """Return the name of the secret that stands for a value; empty where none does."""
    name = value.removeprefix(SECRET)
    return name if name != value and _NAME.fullmatch(name) else ""


def is_address(kind: Kind, value: str) -> bool:
    """Whether ``value`` can be an address of that kind."""
    return _ADDRESSES[kind](value)


def is_token(value: str) -> bool:
    """Whether ``value`` can be the token of a bot of Telegram."""
    return _TOKEN.fullmatch(value) is not None


def is_mail(value: str) -> bool:
    """Whether ``value`` is a mail address of at most 254 characters (RFC 5321 §4.5.3.1.3)."""
    return len(value) <= 254 and _MAIL.fullmatch(value) is not None


def _is_web(value: str) -> bool:
    return value.isascii() and len(value) <= 2000 and is_url(value)


def _is_chat(value: str) -> bool:
    return _CHAT.fullmatch(value) is not None


_ADDRESSES = MappingProxyType(
    {
        Kind.WEBHOOK: _is_web,
        Kind.SLACK: _is_web,
        Kind.MATTERMOST: _is_web,
        Kind.TELEGRAM: _is_chat,
        Kind.MAIL: is_mail,
    }
)
