"""``notify`` of site.yaml: strict, and it says no secret again."""

import pytest

from factories import SITE_YAML
from feedservice.content import messages
from feedservice.content import site as site_file
from feedservice.domain.model import Problem
from feedservice.domain.receivers import Kind, Receiver
from feedservice.i18n import LANGUAGES

HOOK = "https://hooks.slack.example/services/T0/B0/SLACKKEY"
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


def read(*items: str) -> tuple[tuple[Receiver, ...] | None, tuple[Problem, ...]]:
    rows = "".join(f"  - {item}\n" for item in items)
    site, problems = site_file.read(f"{SITE_YAML}notify:\n{rows}")
    return site and site.notify, problems


def test_each_way_is_read_and_nobody_is_named_twice() -> None:
    found, problems = read(
        "{to: webhook, address: 'https://desk.example/hook?a=1'}",
        "{to: Slack, address: 'secret:chat'}",
        "{to: slack, address: 'secret:chat'}",
        "{to: telegram, address: -1001234567890, token: 'secret:bot.token'}",
        "{to: mail, address: desk+news@news.example}",
    )
    assert problems == ()
    assert found == (
        Receiver(kind=Kind.WEBHOOK, address="https://desk.example/hook?a=1"),
        Receiver(kind=Kind.SLACK, address="secret:chat"),
        Receiver(kind=Kind.TELEGRAM, address="-1001234567890", token="secret:bot.token"),
        Receiver(kind=Kind.MAIL, address="desk+news@news.example"),
    )


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("{to: pigeon, address: x}", "notify-to"),
        ("{to: '', address: x}", "notify-to"),
        ("{to: webhook, address: desk.example}", "notify-address"),
        ("{to: webhook, address: 'file:///etc/passwd'}", "notify-address"),
        ("{to: webhook, address: 'https://desk.example/\\r\\nX: y'}", "notify-address"),
        ("{to: webhook, address: 'https://أخبار.example/'}", "notify-address"),
        ("{to: slack, address: 'secret:../smtp'}", "notify-address"),
        ("{to: slack, address: 'secret:.hidden'}", "notify-address"),
        ("{to: slack, address: 'secret:'}", "notify-address"),
        ("{to: mail, address: desk}", "notify-address"),
        ("{to: mail, address: 'a@b.example, c@d.example'}", "notify-address"),
        ("{to: mail, address: 'a@b.example?bcc=c@d.example'}", "notify-address"),
        ('{to: mail, address: "a@b.example\\nBcc: c@d.example"}', "notify-address"),
        ("{to: telegram, address: 'a chat', token: 'secret:bot'}", "notify-address"),
        ("{to: telegram, address: '@desk'}", "notify-token"),
        ("{to: telegram, address: '@desk', token: 'abc/../x'}", "notify-token"),
        ("{to: mail, address: desk@news.example, token: 'secret:bot'}", "notify-token"),
        ("{to: mail}", "key-missing"),
        ("{to: mail, adress: desk@news.example}", "key-unknown"),
        ("{to: mail, address: [desk@news.example]}", "value-shape"),
        ("desk@news.example", "value-shape"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_with_its_place(item: str, code: str) -> None:
    found, problems = read("{to: webhook, address: 'https://desk.example/'}", item)
    assert found is None
    assert [(each.code, each.line) for each in problems] == [(code, 14)]


@pytest.mark.parametrize(
    "item",
    [
        f"{{to: slack, address: '{HOOK}'}}",
        f"{{to: mattermost, address: '{HOOK}'}}",
        f"{{to: telegram, address: '@desk', token: '{TOKEN}'}}",
    ],
)
def test_a_secret_in_the_folder_works_and_is_warned_of(item: str) -> None:
    found, problems = read(item)
    assert found
    assert [each.code for each in problems] == ["notify-open"]


@pytest.mark.parametrize(
    "item",
    [
        f"{{to: slack, address: '{HOOK}'}}",
        f"{{to: mail, address: '{HOOK}'}}",
        f"{{to: telegram, address: '@desk', token: '{TOKEN}'}}",
        f"{{to: telegram, address: '{TOKEN}'}}",
        f"{{to: webhook, address: '{HOOK}', token: '{TOKEN}'}}",
    ],
)
def test_no_secret_is_said_again(item: str) -> None:
    found, problems = read(item)
    said = [*map(repr, found or ()), *map(repr, problems)]
    for problem in problems:
        said += [text for language in LANGUAGES for text in messages.describe(problem, language)]
    labels = [each.label + each.key for each in found or ()]
    assert problems
    assert not any("SLACKKEY" in text or "AAHdq" in text for text in (*said, *labels))


def test_what_tells_receivers_apart_outlives_a_new_secret() -> None:
    (one, other), _ = read("{to: slack, address: 'secret:a'}", "{to: slack, address: 'secret:b'}")  # type: ignore[misc]
    assert one.key != other.key
    assert one.key == Receiver(kind=Kind.SLACK, address="secret:a").key
