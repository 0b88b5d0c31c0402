"""What operators and their machines ask: whether the process lives, and whether it has answers."""

from flask import Blueprint, Response, request

from feedservice.http.cache import DEGRADED
from feedservice.web.respond import PLAIN, ContractResponse
from feedservice.web.services import services

METRICS = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""
RETRY_AFTER = "5"
"""Seconds; an index of ten thousand articles is filled in about as many."""


def health_blueprint() -> Blueprint:
    """Return the routes of the operators."""
    blueprint = Blueprint("health", __name__)
    blueprint.add_url_rule("/healthz", endpoint="alive", view_func=_alive)
    blueprint.add_url_rule("/readyz", endpoint="ready", view_func=_ready)
    blueprint.add_url_rule("/metrics", endpoint="metrics", view_func=_metrics)
    return blueprint


def _alive() -> Response:
    return _say("ok")


def _ready() -> Response:
    # Kept answers are answers, where the index itself has none.
    is_degraded = request.environ.get(DEGRADED)
    state = "degraded" if is_degraded and is_degraded() else services().publisher.state()
    response = _say(state)
    if state == "filling":
        response.status_code = 503
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _metrics() -> Response:
    return ContractResponse(
        services().scrape(), headers={"Cache-Control": "no-store"}, content_type=METRICS
    )


def _say(word: str) -> Response:
    return ContractResponse(word, headers={"Cache-Control": "no-store"}, content_type=PLAIN)
