"""Which folder each collection of Astro is in, as its configuration plainly says. Pure.

``src/content.config.ts`` is a program, which is never run: text between quotation marks is read,
and constants that are nothing else. What is computed is not known.
"""

import posixpath
import re

_TEXT_OR_COMMENT = re.compile(
    r"""("(?:[^"\\\n]|\\.)*+"? | '(?:[^'\\\n]|\\.)*+'? | `(?:[^`\\]|\\.)*+`?)
    | (?:(?<=[(,=:?&|])|(?<=[(,=:?&|][ ])) /(?![*/])
      (?: \\. | \[(?:\\.|[^]\\\n]){0,200}+\] | [^/\\[\n] ){1,300}+ /
    | //[^\n]*+ | /\*(?:[^*]|\*(?!/))*+(?:\*/)?""",
    re.VERBOSE | re.DOTALL,
)
"""One that ends nowhere ends with its line or the program, so that nothing is read twice. Regular
expressions are none of both, and may hold what looks like either."""
_CONSTANT = re.compile(r"""\bconst\s++(\w++)\s*+=\s*+(["'`])([^"'`\n$]{1,200}+)\2""")
_DEFINED = re.compile(r"\b(\w++)\s*+[=:]\s*+defineCollection\b")
_BASE = re.compile(
    r"""\bglob\(\s*+\{ (?: (?!\bbase\s*+:|\bglob\() [^\n;] | \n ){0,400}
    \bbase\s*+:\s*+ (?: (["'`]) ([^"'`\n]{1,200}+) \1 | (\w++) )""",
    re.VERBOSE,
)
_EXPORTED = re.compile(r"\bcollections\s*+=\s*+\{([^{}]*+)\}")
_NAME = re.compile(r"""["']?([\w-]++)["']?(?:\s*+:\s*+(\w++))?""")
_INSERTED = re.compile(r"\$\{(\w++)\}")
_TOO_WIDE = frozenset((".", "src", "src/content", "src/data", "src/pages"))


def bases_of(program: str) -> dict[str, str]:
    """Return the name of the collection of each folder that the text of a configuration names.

    A folder of several collections, which their patterns tell apart, is left out.
    """
    program = _TEXT_OR_COMMENT.sub(lambda found: found[1] or "", program)
    known = {match[1]: match[3] for match in _CONSTANT.finditer(program)}
    exported = _EXPORTED.search(program)
    names = {
        variable or name: name
        for name, variable in (_NAME.findall(exported[1]) if exported else ())
    }
    found: dict[str, set[str]] = {}
    defined = list(_DEFINED.finditer(program))
    for each, after in zip(defined, [*defined[1:], None], strict=False):
        end = after.start() if after else len(program)
        said = _BASE.search(program, each.end(), end)
        written = (said[2] or known.get(said[3], "")) if said else ""
        base = posixpath.normpath(_INSERTED.sub(lambda name: known.get(name[1], "$"), written))
        if base not in _TOO_WIDE and "$" not in base and not base.startswith(("..", "/")):
            found.setdefault(base, set()).add(names.get(each[1]) or each[1])
    return {base: min(names) for base, names in found.items() if len(names) == 1}
