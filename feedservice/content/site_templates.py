"""``templates/`` of a content folder → the site's own templates, and what is wrong with them.

They are only read here. What one does at work, `web.sandbox` bounds.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from feedservice.content.seen import UNREADABLE
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem, Severity, Template
from feedservice.domain.templates import FILTERS, FOLDER, MAX_LENGTH, MAX_TEMPLATES, NAME


def read_templates(
    texts: Mapping[str, str | ContentError], known: Iterable[Template] = ()
) -> tuple[tuple[Template, ...], tuple[Problem, ...]]:
    """Return the templates that can be used, and problems of the others, for which ours stand.

    Args:
        texts: by the name of each file, its text, or why it has none; so of the folder, by "".
        known: those that are in use, each of which stays while its file cannot be read.
    """
    templates: list[Template] = []
    problems: list[Problem] = []
    for name, text in sorted(texts.items()):
        fault = _fault(name, text, len(templates))
        if isinstance(fault, Problem):
            problems.append(fault)
            if fault.code == UNREADABLE:
                templates += [each for each in known if name in ("", each.name)]
        elif isinstance(text, str):
            templates.append(Template(name=name, text=text))
    return tuple(templates), tuple(problems)


def _fault(name: str, text: str | ContentError, count: int) -> Problem | None:
    path = f"{FOLDER}/{name}".rstrip("/")

    def problem(code: str, line: int = 1, **facts: str) -> Problem:
        warning = Severity.WARNING
        return Problem(path=path, line=line, code=code, facts=facts, severity=warning)

    if isinstance(text, ContentError):
        found = text.problem
        return problem(found.code, found.line, **found.facts)
    if not NAME.fullmatch(name) or name.startswith("preview_"):
        return problem("template-name", value=name)
    if len(text) > MAX_LENGTH or count == MAX_TEMPLATES:
        limit = MAX_LENGTH if len(text) > MAX_LENGTH else MAX_TEMPLATES
        return problem("template-large", limit=f"{limit}")
    fault = next(_syntax_faults(text), None)
    return problem("template-bad", fault[0], value=fault[1]) if fault else None


def _syntax_faults(text: str) -> Iterator[tuple[int, str]]:
    # Most sites have no templates.
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    environment: Any = SandboxedEnvironment()
    environment.filters = dict.fromkeys(FILTERS, str)
    try:
        environment.compile(text, raw=True)
    except TemplateSyntaxError as error:
        yield error.lineno, error.message or ""
    except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
        yield 1, type(error).__name__
