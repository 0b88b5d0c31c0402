import hashlib
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from factories import NOW
from feedservice.domain.errors import UsageError
from feedservice.micropub import tokens
from feedservice.micropub.token_file import NAME, TokenFile
from feedservice.micropub.tokens import Token


def made(name: str = "phone") -> tuple[Token, str]:
    return tokens.new(name, ("create",), "desk", NOW)


def test_a_token_is_found_by_its_secret_alone_and_the_file_tells_no_secret(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "state")
    (one, secret), (other, its) = made("one"), made("two")
    file.add(one)
    file.add(other)
    known = file.read()
    assert known == (one, other)
    assert tokens.find(secret, known) == one
    assert tokens.find(its, known) == other
    assert tokens.find(secret[:-1], known) is None
    assert tokens.find(one.digest, known) is None
    assert tokens.find("", known) is None
    assert tokens.find("\udcff" * 10**6, known) is None
    text = (tmp_path / "state" / NAME).read_text()
    assert secret not in text
    assert hashlib.sha256(secret.encode()).hexdigest() in text
    assert len(secret) * 6 >= 256


def test_the_file_is_its_owners_alone_from_its_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    written = os.fsync

    def look(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        written(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    state = tmp_path / "state"
    TokenFile(state).add(made()[0])
    assert modes == [0o600]
    assert stat.S_IMODE((state / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_names_are_told_apart_and_tokens_are_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = TokenFile(tmp_path)
    file.add(made()[0])
    with pytest.raises(UsageError, match="already"):
        file.add(made()[0])
    with pytest.raises(UsageError, match="Known: phone"):
        file.revoke("laptop")
    monkeypatch.setattr(tokens, "MAX_TOKENS", 1)
    with pytest.raises(UsageError, match="revoke one"):
        file.add(made("laptop")[0])


@pytest.mark.parametrize("data", [b"", b"{}x", b"[1]", b'[{"name": "a"}]', b"[" * 10**5, b"\xff"])
def test_a_damaged_file_is_told_and_kept(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    file = TokenFile(tmp_path)
    with pytest.raises(UsageError, match="damaged"):
        file.read()
    with pytest.raises(UsageError, match="damaged"):
        file.add(made()[0])
    assert (tmp_path / NAME).read_bytes() == data


def test_the_last_use_is_known_without_a_write_for_each(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    token, _secret = made()
    file.add(token)
    assert file.last_use(token) is None
    file.note_use(token, NOW)
    file.note_use(token, NOW + timedelta(minutes=4))
    assert file.last_use(token) == NOW
    file.note_use(token, NOW + timedelta(minutes=6))
    assert file.last_use(token) == NOW + timedelta(minutes=6)
    file.revoke(token.name)
    assert file.last_use(token) is None
    assert file.read() == ()
