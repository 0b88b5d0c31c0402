"""A message → its receiver: secrets are read when they are needed, and nobody is told them."""

import asyncio
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import aiosmtplib

from feedservice.domain.model import Site
from feedservice.domain.receivers import Kind, Receiver, is_address, is_token, secret_name
from feedservice.domain.smtp import MailServer, read_server
from feedservice.index.notices import Letter
from feedservice.service import sending
from feedservice.service.alerts import shapes
from feedservice.service.backoff import Failure
from feedservice.system.secret_file import read_secret

DEADLINE = 30.0
"""Seconds in which a mail is taken, whatever a server does meanwhile."""
PASSWORD = "smtp"  # noqa: S105 - the name of the secret # nosec B105
Send = Callable[[Receiver, Letter, Site], Failure | None]


class Sender:
    """Sends messages.

    Args:
        secrets: the folder that has a file for each secret.
        smtp: who sends mail; see `domain.smtp`.
    """

    def __init__(self, secrets: Path | None, smtp: str) -> None:
        self._secrets = secrets
        self._server = read_server(smtp) if smtp else None

    def __call__(self, receiver: Receiver, letter: Letter, site: Site) -> Failure | None:
        """Send a message; why it was not taken, or None. No reason names a secret."""
        try:
            address, token = self._value(receiver.address), self._value(receiver.token)
        except (OSError, ValueError) as error:
            return Failure(reason=str(error))
        if not is_address(receiver.kind, address) or (token and not is_token(token)):
            return Failure(reason="its secret is not what it should be")
        if receiver.kind is Kind.MAIL:
            return self._mail(address, letter, site)
        url, document = shapes.request(receiver.kind, address, token, letter, site)
        send = partial(sending.post, url, document=document)
        return sending.failure_of(send, is_secret=True)

    def _mail(self, to: str, letter: Letter, site: Site) -> Failure | None:
        server = self._server
        if server is None:
            return Failure(reason="FEEDSERVICE_SMTP names no mail server")
        try:
            password = self._secret(PASSWORD) if server.user else ""
        except (OSError, ValueError) as error:
            return Failure(reason=str(error))
        message = shapes.mail(letter, site, server.sender, to)
        try:
            asyncio.run(_mail(server, password, message, to))
        except aiosmtplib.SMTPResponseException as error:
            return Failure(reason=f"the mail server answers {error.code}")
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Failure(reason=type(error).__name__)
        return None

    def _value(self, written: str) -> str:
        name = secret_name(written)
        return self._secret(name) if name else written

    def _secret(self, name: str) -> str:
        """Raises OSError or ValueError with a reason that names it, and says nothing of it."""
        if self._secrets is None:
            raise ValueError(f"FEEDSERVICE_SECRETS names no folder with the secret {name}")
        try:
            return read_secret(self._secrets / name, least=1).decode("ascii")
        except OSError as error:
            raise OSError(f"the secret {name} cannot be read ({error.strerror})") from None
        except ValueError:
            raise ValueError(f"the secret {name} is empty, too long or no ASCII") from None


async def _mail(server: MailServer, password: str, message: EmailMessage, to: str) -> None:
    is_open = server.has_tls or server.is_here
    async with asyncio.timeout(DEADLINE):
        await aiosmtplib.send(
            message,
            sender=server.sender,
            recipients=[to],
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=password or None,
            local_hostname=server.sender.rpartition("@")[2],
            timeout=DEADLINE,
            use_tls=server.has_tls,
            start_tls=not is_open,
        )
