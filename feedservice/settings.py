"""Settings: the only reader of the environment. Each is in `docs/settings.md`; a test says so."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from feedservice.domain import git_host, smtp, source_address
from feedservice.domain.absolute_urls import is_base_url
from feedservice.domain.errors import SettingsError
from feedservice.i18n import LANGUAGES, Message, _

_PREFIX = "FEEDSERVICE_"
CDNS = ("plain", "varnish", "fastly", "cloudflare", "webhook")
"""What may stand in front; the first one is told of no change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can set, each by ``FEEDSERVICE_<NAME>``.

    Attributes:
        content: the content folder; ``content`` in the working directory where nothing is said, a
            folder in ``state`` where there is a ``source``.
        source: where content comes from that is not in a folder: the address of a Git repository
            or of a prefix in an object store.
        source_every: seconds between two looks at the source where no webhook asks for one; 0 for
            as many as suit it.
        state: the folder for index, lock and logs; the user's local state directory, one folder a
            site.
        database: an SQLAlchemy URL; SQLite in ``state`` where nothing is said.
        replica: answer from the database alone: without content, and without a writer.
        media: where replicas find media: a folder or a prefix of an object store into which the
            writer puts them, or an address to which they send readers.
        base_url: goes before site.yaml's.
        max_age: seconds that feeds and pages may be kept (Cache-Control).
        poll: look at the folder ten times a second instead of asking the system (network file
            systems).
        rescan: seconds between full scans.
        cache: megabytes of prepared answers that each worker keeps; 0 keeps none.
        feed_files: a folder for feeds as files, which nginx sends itself; none without.
        pictures: megabytes of smaller pictures that are kept in ``state``.
        access_log: write a line of JSON for each request to standard output.
        operators: networks from which /readyz and /metrics may be asked; this machine where nothing
            is said.
        preview_secret_file: a file with the secret of previews that are shared; none are without.
        secrets: a folder with a file for each secret that others are told by their names.
        smtp: who sends mail, as `domain.smtp.read_server` reads it; it holds no password.
        links: folders beside the content folder into which links in it are followed.
        webhook_secret_file: a file with the secret of webhooks; none are taken without.
        cdn: what stands in front: one of `CDNS`; empty for nothing, or what is told nothing.
        cdn_max_age: seconds for which it may keep answers.
        cdn_purge: the addresses that it is told changes at.
        cdn_token: what proves to it that it is told by us.
        cdn_token_file: the file that says so instead, read each time.
        indieauth: the metadata of an IndieAuth server whose tokens are taken; none without.
        desk: the repository that editors write to at /desk (`domain.git_host`); none without.
        lang: what commands speak, ``ar`` or ``en``; the locale's or the site's where nothing is
            said.
    """

    content: Path = Path("content")
    source: str = field(default="", repr=False)
    source_every: int = 0
    state: Path = Path()
    database: str = field(default="", repr=False)
    replica: bool = False
    media: str = ""
    base_url: str = ""
    max_age: int = 300
    poll: bool = False
    rescan: int = 60
    cache: int = 48
    feed_files: Path | None = None
    pictures: int = 4096
    access_log: bool = False
    operators: tuple[IPv4Network | IPv6Network, ...] = ()
    preview_secret_file: Path | None = None
    secrets: Path | None = None
    smtp: str = ""
    links: tuple[Path, ...] = ()
    webhook_secret_file: Path | None = None
    indieauth: str = ""
    cdn: str = ""
    cdn_max_age: int = 60
    cdn_purge: tuple[str, ...] = field(default=(), repr=False)
    cdn_token: str = field(default="", repr=False)
    cdn_token_file: Path | None = None
    desk: str = ""
    lang: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Return the settings that an environment holds.

        Raises:
            SettingsError: a name is unknown or a value is bad; the message says what is accepted.
        """
        known = {_PREFIX + field.name.upper(): field.name for field in fields(cls)}
        given: dict[str, str] = {}
        for name, value in environ.items():
            if not name.startswith(_PREFIX) or name.startswith(_PREFIX + "TESTS_"):
                continue
            if name not in known:
                raise SettingsError(
                    _(
                        "the setting {name} is unknown. Known: {known}",
                        name=name,
                        known=tuple(sorted(known)),
                    )
                )
            if value:
                given[known[name]] = value
        database = given.get("database", "")
        is_replica = _replica(given.get("replica", "0"), database)
        source = "" if is_replica else _source(given.get("source", ""))
        content = Path(given.get("content", "content")).absolute()
        apart = source_address.without_secret(database if is_replica else source)
        apart = apart.partition("?")[0] if is_replica else apart
        named = Path("/", apart) if apart else content
        state = Path(given["state"]).absolute() if "state" in given else _default_state(named)
        if source:
            content = state / "source" / "content"
        return cls(
            content=content,
            source=source,
            source_every=_number("source_every", given.get("source_every", "0"), 0, 86_400),
            state=state,
            database=database or f"sqlite:///{state / 'index.sqlite3'}",
            replica=is_replica,
            media=_media(given.get("media", ""), content, source),
            base_url=_url("base_url", given.get("base_url", "")),
            max_age=_number("max_age", given.get("max_age", "300"), 0, 86_400),
            poll=_flag("poll", given.get("poll", "0")),
            rescan=_number("rescan", given.get("rescan", "60"), 1, 86_400),
            cache=_number("cache", given.get("cache", "48"), 0, 65_536),
            feed_files=_file(given.get("feed_files", "")),
            pictures=_number("pictures", given.get("pictures", "4096"), 1, 1_048_576),
            access_log=_flag("access_log", given.get("access_log", "0")),
            operators=_networks("operators", given.get("operators", "127.0.0.0/8,::1/128")),
            preview_secret_file=_file(given.get("preview_secret_file", "")),
            secrets=_file(given.get("secrets", "")),
            smtp=_mail_server(given.get("smtp", "")),
            links=tuple(Path(part).absolute() for part in _parts(given.get("links", ""))),
            webhook_secret_file=_file(given.get("webhook_secret_file", "")),
            indieauth=_https("indieauth", given.get("indieauth", "")),
            **_cdn(given),
            desk=_desk(given.get("desk", "")),
            lang=_language("lang", given.get("lang", "")),
        )

    def as_env(self) -> dict[str, str]:
        """Return the environment that gives these settings to another process."""
        return {
            _PREFIX + field.name.upper(): _text(getattr(self, field.name)) for field in fields(self)
        }


def spoken(environ: Mapping[str, str]) -> str:
    """Return the language that an environment asks for: ``ar``, ``en``, or nothing.

    FEEDSERVICE_LANG goes before the locale (LC_ALL, LC_MESSAGES, LANG: POSIX.1-2017 §8.2).
    """
    locale = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    asked = (environ.get(f"{_PREFIX}LANG", ""), re.split("[_.@]", locale)[0])
    return next((language for language in asked if language in LANGUAGES), "")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        is_paths = any(isinstance(each, Path) for each in value)
        return (os.pathsep if is_paths else ",").join(map(str, value))
    return str(int(value)) if isinstance(value, bool) else str(value)


def _https(name: str, value: str) -> str:
    is_here = urlsplit(value).hostname in ("localhost", "127.0.0.1", "::1")
    if value and not (is_base_url(value) and (is_here or value.startswith("https://"))):
        raise _refused(name, value, _("an address that begins with https://"))
    return value


def _source(value: str) -> str:
    if not value or source_address.is_source(value):
        return value
    raise _refused("source", value, source_address.SOURCES)


def _desk(value: str) -> str:
    try:
        if value:
            git_host.GitHost.read(value)
    except ValueError as error:
        raise _refused("desk", value, git_host.REPOSITORIES) from error
    return value


def _file(value: str) -> Path | None:
    return Path(value).absolute() if value else None


def _mail_server(value: str) -> str:
    try:
        if value:
            smtp.read_server(value)
    except ValueError:
        # Without the value: whoever wrote a password into it shall not read it in a log.
        raise SettingsError(smtp.REFUSED) from None
    return value


def _parts(value: str) -> list[str]:
    return [part for part in value.split(os.pathsep) if part]


def _default_state(content: Path) -> Path:
    """One folder a site, told apart by where its content lies."""
    digest = hashlib.blake2b(str(content.resolve()).encode(), digest_size=6).hexdigest()
    import platformdirs  # noqa: PLC0415 - for who does not say where

    states = Path(platformdirs.user_state_dir("feedservice", appauthor=False))
    return states / f"{content.parent.name}-{digest}"


def _url(name: str, value: str) -> str:
    if value and not is_base_url(value):
        raise _refused(name, value, _("an absolute http(s) URL without a query"))
    return value.rstrip("/")


def _media(value: str, content: Path, source: str) -> str:
    is_apart = source_address.is_apart(value, source)
    if value.startswith("/"):
        ends = {os.path.realpath(each) for each in (value, content)}
        is_apart = os.path.commonpath(ends) not in ends
    if value and not ((source_address.is_place(value) and is_apart) or is_base_url(value)):
        raise _refused("media", value, source_address.PLACES)
    return value.rstrip("/")


def _number(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
        accepted = _("a number from {least} to {most}", least=least, most=most)
        raise _refused(name, value, accepted)
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise _refused(name, value, _("0 or 1"))
    return value == "1"


def _replica(value: str, database: str) -> bool:
    is_replica = _flag("replica", value)
    if is_replica and (not database or database.startswith("sqlite")):
        raise SettingsError(
            _(
                "a replica reads a database that other machines can reach. Set {setting} to its "
                "address: {example}",
                setting="FEEDSERVICE_DATABASE",
                example="postgresql+psycopg://name:password@host/database",
            )
        )
    return is_replica


def _language(name: str, value: str) -> str:
    if value and value not in LANGUAGES:
        raise _refused(name, value, _("ar or en"))
    return value


def _cdn(given: Mapping[str, str]) -> dict[str, Any]:
    """Settings of what stands in front; no message shows an address or a token: they are secret."""
    name = given.get("cdn", "")
    if name and name not in CDNS:
        raise _refused("cdn", name, _("one of {names}", names=CDNS))
    addresses = tuple(part.strip() for part in given.get("cdn_purge", "").split(",") if part)
    is_told = name not in ("", CDNS[0])
    if bool(addresses) != is_told or not all(map(is_base_url, addresses)):
        accepted = _(
            "absolute http(s) URLs, where FEEDSERVICE_CDN is one of {names}, and nothing else",
            names=CDNS[1:],
        )
        raise _refused("cdn_purge", "…" if addresses else "", accepted)
    token = given.get("cdn_token", "")
    if not re.fullmatch(r"[!-~]*", token):
        raise _refused("cdn_token", "…", _("ASCII characters without spaces"))
    usual = "86400" if is_told else "60"
    return {
        "cdn": name,
        "cdn_max_age": _number("cdn_max_age", given.get("cdn_max_age", usual), 1, 2_592_000),
        "cdn_purge": addresses,
        "cdn_token": token,
        "cdn_token_file": _file(given.get("cdn_token_file", "")),
    }


def _networks(name: str, value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in value.split(","))
    except ValueError as error:
        accepted = _("addresses or networks with commas between them, such as 127.0.0.1,10.0.0.0/8")
        raise _refused(name, value, accepted) from error


def _refused(name: str, value: str, accepted: Message) -> SettingsError:
    scheme, slashes, rest = value.partition("//")  # before an @ stands what could be a secret
    setting = f"{_PREFIX}{name.upper()}={scheme + slashes + rest.rpartition('@')[2]!r}"
    return SettingsError(
        _("{setting} is not accepted. Accepted: {accepted}", setting=setting, accepted=accepted)
    )
