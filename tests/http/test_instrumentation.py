"""What is told of each request."""

from typing import Any

import pytest

from feedservice.http.cache import STATUS
from feedservice.http.instrumentation import Instrumented
from wsgi import ask


def instrumented(parts: Any, told: list[tuple[str, int]]) -> Instrumented:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        if isinstance(parts, Exception):
            raise parts
        environ[STATUS] = "206 Partial Content"
        start_response("206 Partial Content", [])
        return parts

    return Instrumented(
        app, [lambda environ, status, length, seconds: told.append((status, length))]
    )  # type: ignore[arg-type]


def test_a_whole_answer_is_told() -> None:
    told: list[tuple[str, int]] = []
    assert ask(instrumented([b"abc", b"de"], told)).body == b"abcde"
    assert told == [("206 Partial Content", 5)]


def test_a_stream_is_told_when_it_ends_with_the_bytes_that_left() -> None:
    told: list[tuple[str, int]] = []
    closed: list[int] = []

    class Stream:
        def __iter__(self) -> Any:
            yield from (b"abc", b"de", b"f")

        def close(self) -> None:
            closed.append(1)

    app = instrumented(Stream(), told)
    body = app({"REQUEST_METHOD": "GET"}, lambda *_: None)  # type: ignore[arg-type,return-value]
    assert next(iter(body)) == b"abc"
    assert told == []
    body.close()  # type: ignore[attr-defined]
    assert (told, closed) == ([("206 Partial Content", 3)], [1])


def test_a_fault_is_told_and_goes_on() -> None:
    told: list[tuple[str, int]] = []
    with pytest.raises(OSError, match="disk"):
        ask(instrumented(OSError("disk"), told))
    assert told == [("500", 0)]


def test_an_observer_that_fails_costs_no_answer_and_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the log is full")

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ[STATUS] = "200 OK"
        start_response("200 OK", [])
        return [b"x"]

    instrumented = Instrumented(app, [fail])  # type: ignore[arg-type]
    assert [ask(instrumented).body for _ in range(3)] == [b"x"] * 3
    assert len(caplog.records) == 1
