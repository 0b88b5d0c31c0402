"""What is sent to each receiver: in two languages, bounded, and text whatever a stranger wrote."""

import html
import json
import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from factories import NOW, site
from feedservice.domain.incidents import FILE, HUB, SOURCE, News, Notice
from feedservice.domain.model import Problem
from feedservice.domain.receivers import Kind
from feedservice.index.notices import LISTED, Letter
from feedservice.service.alerts import shapes

CHATS = (Kind.SLACK, Kind.MATTERMOST, Kind.TELEGRAM)
NASTY = (
    "field/<!channel> <b>@here</b> *x* `y` [z](https://evil.example)\r\nBcc: a@b.example\u202e.md"
)
WORST = "&<>*_`@\u202e" * 300


def held(path: str = "field/a.md", value: str = "05/01/2024", author: str = "سلمى") -> Notice:
    facts = {"value": value, "first": "2024-01-05", "second": "2024-05-01"}
    problem = Problem(path=path, line=3, column=7, code="date-ambiguous", facts=facts)
    return Notice(subject=f"{FILE}{path}", news=News.WRONG, problem=problem, author=author)


def letter(*notices: Notice, **files: int) -> Letter:
    counts = {News(name): count for name, count in files.items()} or {News.WRONG: len(notices)}
    moment = int(NOW.timestamp())
    return Letter(id="0123abcd", moment=moment, notices=notices[:LISTED], files=counts)


def sent(kind: Kind, what: Letter, address: str = "https://chat.example/x") -> dict[str, Any]:
    _, document = shapes.request(kind, address, "1:token", what, site())
    found: dict[str, Any] = json.loads(document)
    return found


def bare(text: str) -> str:
    return re.sub("[\u200e\u2066-\u2069]", "", text)


def test_a_program_is_told_all_in_both_languages() -> None:
    gone = Notice(subject=f"{FILE}field/b.md", news=News.OVER)
    hub = Notice(subject=f"{HUB}https://hub.example/", news=News.GIVEN_UP, reason="status 410")
    found = sent(Kind.WEBHOOK, letter(hub, held(), gone, wrong=1, over=1))
    assert (found["id"], found["moment"]) == ("0123abcd", NOW.isoformat())
    assert found["site"]["base_url"] == "https://news.example"
    assert found["files"] == {"wrong": 1, "over": 1}
    told = {each["kind"] + " " + each["news"]: each for each in found["notices"]}
    file = told["file wrong"]
    assert (file["path"], file["line"], file["column"]) == ("field/a.md", 3, 7)
    assert (file["code"], file["author"]) == ("date-ambiguous", "سلمى")
    assert "05/01/2024" in file["message"]["ar"]
    assert "2024-01-05" in file["message"]["en"]
    assert file["remedy"]["en"].startswith("Write for example")
    assert told["file over"]["path"] == "field/b.md"
    assert told["hub given-up"]["message"]["en"].endswith("status 410")
    assert list(found["summary"]) == ["ar", "en"]


@pytest.mark.parametrize("kind", CHATS)
def test_a_chat_is_told_place_fault_and_remedy_in_the_sites_language_first(kind: Kind) -> None:
    text = bare(html.unescape(sent(kind, letter(held()))["text"]))
    english = text.index("1 file")
    assert text.startswith("صحيفة الاختبار")
    for part in (text[:english], text[english:]):
        assert "field/a.md:3:7" in part
        assert "سلمى" in part
        assert "05/01/2024" in part
        assert "2024-05-01" in part.replace("\\", "")
    assert "held back" in text[english:]


def test_telegram_is_told_by_its_bot() -> None:
    url, document = shapes.request(Kind.TELEGRAM, "-100", "1:token", letter(held()), site())
    assert url == "https://api.telegram.org/bot1:token/sendMessage"
    assert json.loads(document)["chat_id"] == "-100"
    assert b"token" not in document


def test_no_name_is_a_mark_of_slack_or_telegram() -> None:
    for kind in (Kind.SLACK, Kind.TELEGRAM):
        text = sent(kind, letter(held(NASTY, NASTY, NASTY)))["text"]
        left = text.replace("<code>", "").replace("</code>", "")
        assert set("<>") & set(left) == set()
        assert not re.search("&(?!amp;|lt;|gt;)", left)
        assert "\u202e" not in text


def test_no_name_is_a_mark_of_mattermost() -> None:
    text = sent(Kind.MATTERMOST, letter(held(NASTY, NASTY, NASTY)))["text"]
    outside = re.sub("`[^`\n]*`", "", text)
    assert not re.search(r"(?<!\\)[*_\[\]<>`]", outside)
    assert not re.search("@(?!\u2060)", outside)
    assert "[z](" not in outside


@pytest.mark.parametrize(
    ("kind", "most"), [(Kind.SLACK, 12_000), (Kind.MATTERMOST, 12_000), (Kind.TELEGRAM, 4096)]
)
def test_a_message_is_bounded_and_says_how_many_it_leaves_out(kind: Kind, most: int) -> None:
    notices = [held(f"field/{n}.md", WORST, WORST) for n in range(60)]
    text = sent(kind, letter(*notices, wrong=60))["text"]
    assert len(text) <= most
    assert re.search(r"\d+ more: feedservice status", bare(text).replace("\\", ""))
    source = Notice(subject=f"{SOURCE}{WORST}", news=News.WRONG, reason=WORST)
    assert len(sent(kind, letter(*[source] * 50))["text"]) <= most


@pytest.mark.parametrize("path", ["a" * 5000, WORST, NASTY])
def test_whatever_one_file_is_called_it_is_named(path: str) -> None:
    for kind in CHATS:
        assert "•" in sent(kind, letter(held(path, WORST, WORST)))["text"]


def test_a_program_is_told_what_is_bounded() -> None:
    notices = [held(f"field/{n}.md", WORST, WORST) for n in range(60)]
    _, document = shapes.request(Kind.WEBHOOK, "https://x.example", "", letter(*notices), site())
    assert len(document) < 500_000


def test_a_mail_has_what_mail_needs_and_one_id() -> None:
    made = shapes.mail(letter(held()), site(), "news@news.example", "desk@news.example")
    again = shapes.mail(letter(held()), site(), "news@news.example", "desk@news.example")
    found = message_from_bytes(made.as_bytes(), policy=default)
    assert found["Message-ID"] == again["Message-ID"] == "<0123abcd@news.example>"
    assert (found["From"], found["To"]) == ("news@news.example", "desk@news.example")
    assert bare(found["Subject"]).startswith("[صحيفة الاختبار] ")
    assert found["Date"].datetime == NOW
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Content-Language"] == "ar, en"
    text = bare(found.get_body().get_content())
    assert "field/a.md:3:7" in text
    assert made.as_bytes().isascii()


@pytest.mark.parametrize(
    "title", ["a\r\nBcc: b@c.example", "أ\nب" * 200, "\u2028Bcc: x", "=?utf-8?q?=0ABcc?="]
)
def test_nothing_of_a_strangers_becomes_a_header(title: str) -> None:
    hub = Notice(subject=f"{HUB}x\r\nBcc: a@b.example", news=News.GIVEN_UP, reason="y\nCc: z")
    for what in (letter(hub), letter(held(NASTY, NASTY, NASTY))):
        named = replace(site(), title=title)
        made = shapes.mail(what, named, "news@news.example", "desk@news.example")
        found = message_from_bytes(made.as_bytes(), policy=default)
        assert {"bcc", "cc"} & {name.lower() for name in found} == set()
        assert found["To"] == "desk@news.example"
        assert all(len(line) < 998 for line in made.as_bytes().splitlines())


def test_a_rule_that_is_known_no_more_is_told_by_its_name() -> None:
    problem = Problem(path="field/a.md", code="of-another-release")
    notice = replace(held(), problem=problem)
    found = sent(Kind.WEBHOOK, letter(notice))
    assert found["notices"][0]["message"]["ar"] == "of-another-release"
    assert "of-another-release" in found["text"]
