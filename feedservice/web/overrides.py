"""Pages by the templates of a content folder; where one of them fails, by ours, and it is told."""

import logging
import traceback
from collections.abc import Mapping
from functools import lru_cache

from flask import current_app
from jinja2 import TemplateSyntaxError

from feedservice.domain.model import Problem, Severity, Template
from feedservice.domain.templates import FOLDER
from feedservice.web.sandbox import SiteEnvironment, render
from feedservice.web.services import services

log = logging.getLogger(__name__)


def overridden(
    templates: tuple[Template, ...], name: str, values: Mapping[str, object]
) -> str | None:
    """Return a page by a site's own templates; None where they fail: told once a place."""
    environment, told = _environment(templates)
    try:
        return render(environment, name, values)
    # Whatever they do, readers get a page: ours.
    except Exception as error:  # noqa: BLE001
        path, line = place = _place(error)
        if place not in told:
            told.add(place)
            wrong = f"{type(error).__name__}: {error}"[:300]
            log.warning("%s:%s: %s; pages use ours", path, line, wrong)
            services().template_failed(
                templates,
                Problem(
                    path=path,
                    line=line,
                    code="template-bad",
                    facts={"value": wrong},
                    severity=Severity.WARNING,
                ),
            )
        return None


@lru_cache(2)
def _environment(templates: tuple[Template, ...]) -> tuple[SiteEnvironment, set[tuple[str, int]]]:
    """The templates of a site, ready, and at which of their places a fault was told."""
    ours = current_app.jinja_env.filters
    options = current_app.jinja_options
    return SiteEnvironment({each.name: each.text for each in templates}, ours, **options), set()


def _place(error: Exception) -> tuple[str, int]:
    """The file and line of a fault, the innermost that an editor wrote."""
    if isinstance(error, TemplateSyntaxError):
        return str(error.filename or error.name), error.lineno
    own = [
        (frame.filename, frame.lineno or 1)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{FOLDER}/")
    ]
    return own[-1] if own else (FOLDER, 1)
