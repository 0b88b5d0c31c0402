"""A secret in a file of its own: not in the environment, which every child and crash report has."""

from pathlib import Path

LEAST, MOST = 32, 4096
"""Bytes."""


def read_secret(path: Path, least: int = LEAST) -> bytes:
    """Return the secret in a file, without white space around it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds fewer than ``least`` bytes, or more than `MOST`.
    """
    with path.open("rb") as file:
        secret = file.read(MOST + 1).strip()
    if not least <= len(secret) <= MOST:
        raise ValueError(len(secret))
    return secret
