"""The one door for what is sent to the site: bounded before a byte of it is read, never kept.

A kind of address has one `Intake`, or none: then nothing is there. What is refused is told as JSON
in the form that OAuth and Micropub have for it (RFC 6749 §5.2, Micropub §3.8).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Request, Response, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout

from feedservice.domain.errors import IndexUnavailable, NotFound
from feedservice.domain.route import Kind, Route
from feedservice.http.admission import Busy, Slots
from feedservice.http.timed_body import TimedBody
from feedservice.i18n import Message, _, render
from feedservice.web.errors import site_language
from feedservice.web.respond import RETRY_AFTER, ContractResponse

AT_ONCE, WAITING = 3, 2
"""Requests whose bodies are read at once, and that wait for that: a slow body holds a thread, for
as long as `http.timed_body` lets it."""


class Refused(Exception):
    """What was sent is not taken.

    Args:
        status: of the answer, from 400.
        error: for programs, such as ``invalid_request``.
        description: for people: what is wrong, and what to do.
        headers: of the answer, besides.
    """

    def __init__(
        self,
        status: int,
        error: str,
        description: Message,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What takes what is sent to addresses of one kind.

    Attributes:
        answer: answers a request, of which no byte was read; may raise `Refused`.
        limit: bytes of a body, above which it is refused with 413, whether its length is told or
            not.
        methods: those that are answered, beside OPTIONS.
        closed: what refuses whatever comes now, as though nothing were there; None for nothing.
        headers: of every answer.
    """

    answer: Callable[[Request], Response]
    limit: int
    methods: tuple[str, ...] = ("POST",)
    closed: Callable[[], Refused | None] = lambda: None
    headers: Mapping[str, str] = field(default_factory=dict)


class Door:
    """Lets in what an intake takes.

    Args:
        intakes: by kind of address.
    """

    def __init__(self, intakes: Mapping[Kind, Intake]) -> None:
        self._intakes = intakes
        self._slots = Slots(AT_ONCE, WAITING)

    def answer(self, route: Route) -> Response:
        """Answer the request of this moment.

        Raises:
            NotFound: nothing is taken there.
        """
        intake = self._intakes.get(route.kind)
        if intake is None:
            raise NotFound(route.path)
        try:
            response = self._let_in(intake)
        except Refused as refused:
            response = _tell(refused)
        except Busy:
            response = _tell(_away(_("too much is being sent at this moment: try again later")))
        except IndexUnavailable:
            response = _tell(_away(_("the site is being prepared: try again later")))
        except RequestEntityTooLarge:
            response = _tell(_too_large(intake))
        except RequestTimeout:
            slow = _("it is sent too slowly: try again over a better connection")
            response = _tell(Refused(408, "invalid_request", slow, {"Connection": "close"}))
        except HTTPException as error:  # of what reads forms
            unread = _("what was sent cannot be read")
            response = _tell(Refused(error.code or 400, "invalid_request", unread))
        except Exception:
            current_app.logger.exception("%r", f"{request.method} {request.path}"[:300])
            recorded = _("something went wrong here, and was recorded")
            response = _tell(Refused(500, "server_error", recorded))
        response.headers.update(intake.headers)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _let_in(self, intake: Intake) -> Response:
        if refused := intake.closed():
            raise refused
        allowed = ", ".join((*intake.methods, "OPTIONS"))
        if request.method == "OPTIONS":
            response = ContractResponse(status=204, headers={"Allow": allowed})
            del response.headers["Content-Type"]
            return response
        if request.method not in intake.methods:
            told = _("this address answers {methods}", methods=allowed)
            raise Refused(405, "invalid_request", told, {"Allow": allowed})
        if (request.content_length or 0) > intake.limit:
            raise _too_large(intake)
        request.max_content_length = intake.limit
        with self._slots.take():
            request.environ["wsgi.input"] = TimedBody(request.environ["wsgi.input"])
            return intake.answer(request)


def _too_large(intake: Intake) -> Refused:
    told = _("it is too large: {limit} bytes at most are taken here", limit=intake.limit)
    return Refused(413, "invalid_request", told)


def _away(told: Message) -> Refused:
    return Refused(503, "temporarily_unavailable", told, {"Retry-After": RETRY_AFTER})


def _tell(refused: Refused) -> Response:
    language = site_language()
    told = {"error": refused.error, "error_description": render(refused.description, language)}
    return ContractResponse(
        json.dumps(told, ensure_ascii=False),
        refused.status,
        refused.headers,
        content_type="application/json; charset=utf-8",
    )
