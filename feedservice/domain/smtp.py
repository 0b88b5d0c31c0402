"""A mail server's address as a setting has it: ``smtp://user@host:587?from=desk@example.org``."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from feedservice.domain.receivers import is_mail
from feedservice.i18n import _

SMTP_PORT, TLS_PORT = 587, 465
"""Of submission (RFC 6409), and of it within TLS (RFC 8314 §3.3)."""
REFUSED = _(
    "FEEDSERVICE_SMTP is not accepted. Accepted: an address such as "
    "smtp://user@mail.example:587?from=news@example.org, or smtps:// for TLS from the "
    "beginning. The password is the secret `smtp`, a file in FEEDSERVICE_SECRETS"
)
"""What is told of a bad address."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Who sends mail for us.

    Attributes:
        host, port: where it listens.
        user: by whom it knows us, or empty.
        sender: the address that mail comes from.
        has_tls: the connection begins with TLS; else it is begun by STARTTLS (RFC 3207).
    """

    host: str
    port: int
    user: str
    sender: str
    has_tls: bool

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, so that nobody between could listen."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return f".{self.host}".lower().endswith(".localhost")


def read_server(url: str) -> MailServer:
    """Return the server of an address.

    Raises:
        ValueError: it is none, or holds a password.
    """
    if len(url) > 1000 or not url.isascii() or not url.isprintable():
        raise ValueError("no address")
    parts = urlsplit(url)
    asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
    user = unquote(parts.username or "")
    (sender,) = asked.pop("from", [user])
    is_known = parts.scheme in ("smtp", "smtps") and parts.path in ("", "/")
    is_more = bool(asked or parts.fragment or parts.password is not None)
    if not is_known or is_more or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("no address of a mail server")
    if not is_mail(sender) or not (user.isascii() and user.isprintable()):
        raise ValueError("nobody to send from")
    has_tls = parts.scheme == "smtps"
    port = parts.port or (TLS_PORT if has_tls else SMTP_PORT)
    return MailServer(
        host=parts.hostname or "", port=port, user=user, sender=sender, has_tls=has_tls
    )
