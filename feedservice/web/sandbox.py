"""Templates of a content folder, which may ask for what ours are given and for no more. Bounded.

Jinja's sandbox keeps a template from what is private, and bounds no work. Here each turn of a loop,
each call and each character that is made is counted, what makes much of little is left out, and a
page that would take too much is ours instead.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import wraps
from types import BuiltinMethodType, MappingProxyType
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, PackageLoader, PrefixLoader, TemplateNotFound, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from feedservice.domain.templates import FILTERS, FOLDER, OURS

STEPS = 200_000
"""Turns of loops, calls and values that are shown, of one page."""
CHARACTERS = 20_000_000
"""That are read and made for one page."""
LONGEST = 4_000_000
"""Characters of one value."""
SECONDS = 1.0
"""Of processor time."""

_NUMBER = 2**64
_METHODS: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        str: frozenset(
            "capitalize casefold count endswith find isalpha isdigit isspace lower lstrip "
            "partition removeprefix removesuffix rfind rpartition rsplit rstrip split startswith "
            "strip title upper".split()
        ),
        dict: frozenset(("get", "items", "keys", "values")),
        tuple: frozenset(("count", "index")),
        list: frozenset(("count", "index")),
    }
)


class Exceeded(SecurityError):
    """A template asks for more work than a page may take."""


class _Budget:
    """What is left for one page."""

    def __init__(self) -> None:
        self._steps, self._characters = STEPS, CHARACTERS
        self._end = time.thread_time() + SECONDS

    def wait(self, seconds: float) -> None:
        """Leave out processor time that went to something else."""
        self._end += seconds

    def spend(self, characters: int) -> None:
        self._steps -= 1
        self._characters -= characters
        is_late = self._steps % 64 == 0 and time.thread_time() > self._end
        if self._steps < 0 or self._characters < 0 or is_late:
            raise Exceeded("the page takes too much work")


_budget: ContextVar[_Budget | None] = ContextVar("budget", default=None)


def _spend(characters: int = 0) -> None:
    budget = _budget.get()
    if budget:
        budget.spend(characters)


def _weighed(value: Any) -> Any:
    """Count a value with all that is in it, before something reads it or is made of it."""
    left, pending = LONGEST, [value]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            left -= len(each)
        elif isinstance(each, dict):
            pending += [*each.keys(), *each.values()]
        elif isinstance(each, (list, tuple, set, frozenset)):
            pending += each
        left -= 20
        if left < 0 or len(pending) > LONGEST // 20:
            raise Exceeded("a value is too large")
    _spend(LONGEST - left)
    return value


class _Counted(NodeTransformer):
    """Has whatever makes much of little counted."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - as jinja2 calls it
        fixed = sum(len(each.data) for each in node.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.iter = _filter(node.iter, "-counted", nodes.Const(fixed))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes), "join")

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.filter = _filter(node.filter, "-weighed")
        return node

    def visit_List(self, node: nodes.List | nodes.Dict | nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        is_target = isinstance(node, nodes.Tuple) and node.ctx != "load"
        return node if is_target else _filter(node, "-weighed")

    visit_Dict = visit_Tuple = visit_List  # noqa: N815


def _filter(node: Any, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None)


class SiteEnvironment(ImmutableSandboxedEnvironment):
    """The templates of one site, and ours where it has none of that name.

    Args:
        templates: text by name.
        filters: of ours.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%", "//"})

    def __init__(
        self,
        templates: Mapping[str, str],
        filters: Mapping[str, Callable[..., Any]],
        **options: Any,
    ) -> None:
        ours = PackageLoader("feedservice.web")
        loader = ChoiceLoader([_SiteLoader(templates), ours, PrefixLoader({OURS: ours})])
        super().__init__(loader=loader, finalize=_weighed, cache_size=64, **options)
        self._compiled: set[str] = set()
        self.globals = {"range": _range, "namespace": Namespace, "dict": dict}
        usual = {"join": _join, "replace": _replace}
        known = {**self.filters, **filters, **usual}
        ours_too = FILTERS | (filters.keys() - self.filters.keys())
        self.filters = {name: _bounded(known[name]) for name in ours_too}
        self.filters |= {"-counted": _counted, "-weighed": _weighed}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        found: nodes.Template = _Counted().visit(super()._parse(source, name, filename))
        return found

    def _load_template(self, name: str, globals: Any) -> Any:  # noqa: A002 - as jinja2 calls it
        _spend(20_000)  # about as many as the largest of ours has
        begun = time.thread_time()
        found = super()._load_template(name, globals)
        budget = _budget.get()
        # The first page compiles what it is made of: a second of a busy machine's, if cold.
        if budget and name not in self._compiled:
            self._compiled.add(name)
            budget.wait(time.thread_time() - begun)
        return found

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        its = getattr(obj, "__self__", None) if isinstance(obj, BuiltinMethodType) else None
        _weighed((its, args, kwargs))
        return _weighed(super().call(context, obj, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002
        """Have ``str.format`` asked for as any method is, and so refused."""
        return

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call it: no method that makes much of little."""
        if isinstance(obj, BuiltinMethodType):
            kind = str if isinstance(obj.__self__, str) else type(obj.__self__)
            return obj.__name__ in _METHODS.get(kind, ())
        is_markup = isinstance(getattr(obj, "__self__", None), Markup)
        return super().is_safe_callable(obj) and (
            not is_markup or obj.__name__ in (*_METHODS[str], "striptags", "unescape")
        )

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate with numbers that stay small; add texts and lists."""
        is_small = all(
            isinstance(each, (int, float)) and abs(each) < _NUMBER for each in (left, right)
        )
        if is_small and operator != "**":
            return super().call_binop(context, operator, left, right)
        if operator == "+" and not any(isinstance(each, (int, float)) for each in (left, right)):
            return _weighed(super().call_binop(context, operator, left, right))
        raise Exceeded(f"{operator} is for numbers that are not large")


class _SiteLoader(BaseLoader):
    """Calls templates as editors call their files, in what is told of their faults."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = templates

    def get_source(
        self,
        environment: Any,  # noqa: ARG002
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._templates:
            raise TemplateNotFound(template)
        return self._templates[template], f"{FOLDER}/{template}", lambda: True


def render(environment: SiteEnvironment, name: str, values: Mapping[str, object]) -> str:
    """Return a page.

    Raises:
        Exceeded: it would take too much.
        Exception: whatever a template does wrong.
    """
    token = _budget.set(_Budget())
    try:
        parts = []
        for part in environment.get_template(name).generate(values):
            _spend(len(part))
            parts.append(part)
        return "".join(parts)
    finally:
        _budget.reset(token)


def _bounded(made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that counts what it is given and what it makes; jinja2's mark comes along."""

    @wraps(made)
    def counted(*args: Any, **options: Any) -> Any:
        _weighed([args, options])
        return _weighed(made(*args, **options))

    return counted


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > STEPS:
        raise Exceeded("range has too many numbers")
    return found


def _counted(items: Iterable[Any], fixed: int) -> Iterator[Any]:
    for item in items:
        _spend(fixed)
        yield item


def _join(items: Iterable[Any], separator: Any = "") -> str:
    parts = _weighed(list(_counted(items, 0)))
    if len(parts) * len(separator) > LONGEST:
        raise Exceeded("a value is too large")
    if any(hasattr(each, "__html__") for each in (separator, *parts)):
        return escape(separator).join(parts)
    return str(separator).join(map(str, parts))


def _replace(text: Any, old: str, new: str) -> str:
    text, old = text if isinstance(text, str) else str(text), str(old)
    if text.count(old) * len(new) > LONGEST:
        raise Exceeded("a value is too large")
    made: str = text.replace(old, escape(new) if isinstance(text, Markup) else new)
    return made
