"""What operators and their machines ask: whether the process lives, and whether it has answers."""

from flask import Response, request

from feedservice.domain.routes import Route
from feedservice.http.cache import DEGRADED
from feedservice.web.respond import PLAIN, ContractResponse
from feedservice.web.services import services

METRICS = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""
RETRY_AFTER = "5"
"""Seconds; an index of ten thousand articles is filled in about as many."""


def answer(route: Route) -> Response:
    """Say whether the process lives (/healthz, which asks nobody), or has answers (/readyz)."""
    if route.name == "healthz":
        return _say("ok")
    # Kept answers are answers, where the index itself has none.
    is_degraded = request.environ.get(DEGRADED)
    state = "degraded" if is_degraded and is_degraded() else services().publisher.state()
    response = _say(state)
    if state == "filling":
        response.status_code = 503
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def metrics(_route: Route) -> Response:
    """Tell what there is to measure."""
    return ContractResponse(
        services().scrape(), headers={"Cache-Control": "no-store"}, content_type=METRICS
    )


def _say(word: str) -> Response:
    return ContractResponse(word, headers={"Cache-Control": "no-store"}, content_type=PLAIN)
