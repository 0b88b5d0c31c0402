"""Who may write from elsewhere: secrets, known by their digests alone. Pure.

A secret is 256 random bits, so that one round of SHA-256 keeps it: a slow hash is for what people
choose, which can be guessed; nobody goes through 2^256 of these.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

SCOPES = ("create", "update", "delete", "undelete", "media")
"""What a token may allow."""
MAX_TOKENS = 100
MAX_NAME = 100
"""Characters of a token's name."""
MAX_SECRET = 4096
"""Characters of what may be a secret: those of others are long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a secret.

    Attributes:
        name: by which people know it; each is another.
        digest: SHA-256 of the secret, in hexadecimal.
        scopes: of `SCOPES`.
        author: slug or name of who writes with it; may be empty.
        made: when.
    """

    name: str
    digest: str
    scopes: tuple[str, ...]
    author: str
    made: datetime


def new(name: str, scopes: tuple[str, ...], author: str, now: datetime) -> tuple[Token, str]:
    """Return a new token and its secret, which nothing else tells."""
    secret = secrets.token_urlsafe(32)
    token = Token(name=name, digest=digest_of(secret), scopes=scopes, author=author, made=now)
    return token, secret


def find(secret: str, known: Iterable[Token]) -> Token | None:
    """Return the token of a secret, in the same time whichever it is."""
    if len(secret) > MAX_SECRET:
        return None
    digest, found = digest_of(secret), None
    for token in known:
        if hmac.compare_digest(token.digest, digest):
            found = token
    return found


def dump(known: Iterable[Token]) -> bytes:
    """Return tokens as `parse` takes them."""
    told = [
        {
            "name": token.name,
            "digest": token.digest,
            "scope": " ".join(token.scopes),
            "author": token.author,
            "made": token.made.isoformat(),
        }
        for token in known
    ]
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def parse(data: bytes) -> tuple[Token, ...]:
    """Return the tokens that a file holds.

    Raises:
        ValueError: it is damaged.
    """
    try:
        return tuple(
            Token(
                name=str(each["name"]),
                digest=str(each["digest"]),
                scopes=tuple(str(each["scope"]).split()),
                author=str(each["author"]),
                made=datetime.fromisoformat(each["made"]),
            )
            for each in json.loads(data)
        )
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no list of tokens: {error!r}") from error


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
