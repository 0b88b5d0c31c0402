"""A message as each receiver takes it: what is sent, and where. Pure."""

import html
import json
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

from feedservice.domain.incidents import FILE, Notice, kind_of
from feedservice.domain.model import Site
from feedservice.domain.receivers import Kind
from feedservice.domain.text import one_line, truncate
from feedservice.i18n import render
from feedservice.index.notices import Letter
from feedservice.service.alerts import wording
from feedservice.service.alerts.wording import Style, described, languages, path_of, summary

TELEGRAM = "https://api.telegram.org"

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>])")
_JOINER = "\u2060"
"""Between a sign and what follows, which it would call otherwise: it is seen by nobody."""


def _plain_slack(text: str) -> str:
    return html.escape(text, quote=False)


def _plain_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text).replace("@", f"@{_JOINER}")


def _markdown_code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"


def _html_code(text: str) -> str:
    return f"<code>{html.escape(text, quote=False)}</code>"


STYLES = MappingProxyType(
    {
        Kind.WEBHOOK: Style(limit=16_000),
        # Three signs make its marks (Slack, "Formatting text"); all others are off by `mrkdwn`.
        Kind.SLACK: Style(limit=12_000, escape=_plain_slack, code=_plain_slack),
        Kind.MATTERMOST: Style(limit=12_000, escape=_plain_markdown, code=_markdown_code),
        # Of 4096 characters, in which its own marks do not count; code is no link: `a.md` is one.
        Kind.TELEGRAM: Style(limit=4_000, escape=_plain_slack, code=_html_code),
        Kind.MAIL: Style(limit=60_000),
    }
)


def request(kind: Kind, address: str, token: str, letter: Letter, site: Site) -> tuple[str, bytes]:
    """Return where to send what, for every kind but mail.

    Args:
        kind: of the receiver.
        address: a URL; for Telegram a chat.
        token: of Telegram's bot.
        letter: what is told.
        site: of which.
    """
    said = wording.text(letter, site, STYLES[kind])
    documents: dict[Kind, dict[str, Any]] = {
        Kind.SLACK: {
            "text": said,
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        },
        Kind.MATTERMOST: {"text": said, "props": {"disable_group_highlight": True}},
        Kind.TELEGRAM: {
            "chat_id": address,
            "text": said,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        },
    }
    document = documents.get(kind) or _document(letter, site, said)
    url = f"{TELEGRAM}/bot{token}/sendMessage" if kind is Kind.TELEGRAM else address
    return url, json.dumps(document, ensure_ascii=False).encode()


def mail(letter: Letter, site: Site, sender: str, to: str) -> EmailMessage:
    """Return a mail that nobody answers (RFC 3834 §5), and whose id stays the same.

    Nothing of a stranger's reaches a header but the title of the site, in one line.
    """
    title, said = truncate(site.title, wording.MAX_TITLE), languages(site)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = one_line(f"[{title}] {summary(letter, said[0])}")
    message["Date"] = format_datetime(_moment(letter))
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    text = wording.text(letter, site, STYLES[Kind.MAIL])
    message.set_content(text, cte="base64")  # where a server speaks seven bits
    message["Content-Language"] = ", ".join(said)
    return message


def _document(letter: Letter, site: Site, said: str) -> dict[str, Any]:
    return {
        "id": letter.id,
        "moment": _moment(letter).isoformat(),
        "site": {"id": site.id, "title": site.title, "base_url": site.base_url},
        "summary": {language: summary(letter, language) for language in languages(site)},
        "text": said,
        "files": {news.value: count for news, count in letter.files.items()},
        "notices": [_told(notice, site) for notice in letter.notices],
    }


def _told(notice: Notice, site: Site) -> dict[str, Any]:
    kind, name = kind_of(notice.subject), notice.subject.partition(":")[2]
    told: dict[str, Any] = {"kind": kind.rstrip(":"), "news": notice.news.value}
    problem = notice.problem
    if kind != FILE:
        message = wording.sentence(notice)
        said = {language: render(message, language) for language in languages(site)}
        return told | {"name": name, "reason": notice.reason, "message": said}
    told |= {"path": path_of(notice), "author": notice.author}
    if problem is None:
        return told
    both = {language: described(problem, language, isolated=False) for language in languages(site)}
    return told | {
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "message": {language: wrong for language, (wrong, _) in both.items()},
        "remedy": {language: remedy for language, (_, remedy) in both.items()},
    }


def _moment(letter: Letter) -> datetime:
    return datetime.fromtimestamp(letter.moment, UTC)
