import json
from typing import Any

import pytest

from feedservice.micropub.actions import Kind, Refused, from_form, from_json, ignored


def sent(**asked: Any) -> bytes:
    return json.dumps(asked).encode()


def test_a_form_and_json_say_the_same() -> None:
    form = from_form(
        [("h", "entry"), ("content", "نص"), ("category[]", "أ"), ("category[]", "ب"), ("name", "ع"),
         ("access_token", "secret"), ("in-reply-to", "https://x.example/"), ("foo[bar]", "x")]
    )  # fmt: skip
    said = from_json(
        sent(
            type=["h-entry"],
            properties={
                "content": ["نص"],
                "category": ["أ", "ب"],
                "name": ["ع"],
                "in-reply-to": ["https://x.example/"],
                "foo[bar]": ["x"],
            },
        )
    )
    assert form == said
    assert form.kind is Kind.CREATE
    assert ignored(form) == ("foo[bar]", "in-reply-to")


def test_what_is_to_be_done_with_an_entry() -> None:
    url = "https://news.example/articles/a"
    for kind in (Kind.DELETE, Kind.UNDELETE):
        assert from_form([("action", kind), ("url", url)]) == from_json(sent(action=kind, url=url))
    update = from_json(
        sent(
            action="update",
            url=url,
            replace={"name": ["ب"]},
            add={"category": ["ج"]},
            delete=["summary"],
        )
    )
    assert update.properties == {"name": ("ب",)}
    assert update.added == {"category": ("ج",)}
    assert update.removed == {"summary": ()}
    assert from_json(sent(action="update", url=url, delete={"category": ["ج"]})).removed == {
        "category": ("ج",)
    }


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"1", b'"a"', b"{", b"\xff", "{}".encode("utf-16"), b"[" * 10**6,
        sent(type=["h-event"], properties={}), sent(type=["h-entry"], properties=[]),
        sent(type="h-entry", properties={"name": "a"}), sent(properties={"name": [1]}),
        sent(properties={"name": ["a"] * 1001}), sent(properties={"name": [["a"]]}),
        sent(action="publish", url="x"), sent(action="create", url="x"), sent(action="delete"),
        sent(action="delete", url=["x"]), sent(action="update", url="x"),
        sent(action="update", url="x", replace={"name": "a"}), sent(action="update", url="x", add=["a"]),
        sent(action="update", url="x", delete={"category": "a"}), sent(action="update", url="x", delete="a"),
        sent(action="update", url="x", delete={"category": []}), sent(action="update", replace={"name": ["a"]}),
    ],
)  # fmt: skip
def test_what_says_nothing_that_can_be_done_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as told:
        from_json(data)
    assert (told.value.status, told.value.error) == (400, "invalid_request")


@pytest.mark.parametrize(
    "pairs",
    [[("h", "event")], [("action", "update"), ("url", "x")], [("action", "delete")], [("action", "")]],
)  # fmt: skip
def test_a_form_that_says_nothing_that_can_be_done_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(Refused):
        from_form(pairs)
