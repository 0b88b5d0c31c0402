"""What generators and WordPress put between marks of their own: found and replaced. Pure.

Whatever a stranger wrote is read in linear time: an end is looked for once, never again from each
beginning.
"""

import re
from collections.abc import Callable

from feedservice.importing.remarks import Remark, remark

_MAX_PLACED = 100
"""Remarks of one file that say their line."""
_ATTRIBUTE = re.compile(
    r"""
    (?<![\w-]) ([\w-]++)          # a name, from its first letter
    \s*+ = \s*+
    (?: "((?:[^"\\]|\\.)*+)"      # a value in double quotes, with escapes,
      | '([^']*+)' | `([^`]*+)`   # in others without,
      | ([^\s"'`\]]++)            # or bare
    )
    """,
    re.VERBOSE,
)


def replace_between(
    text: str,
    begin: re.Pattern[str],
    end: re.Pattern[str],
    change: Callable[[re.Match[str], str], str],
) -> str:
    """Return ``text`` with each ``begin … end`` replaced.

    Args:
        text: where they are.
        begin: matches what begins one.
        end: matches what ends it: the first after the beginning.
        change: takes the beginning and what is between, and returns what goes in place of all.
    """
    parts: list[str] = []
    at = 0
    while (opening := begin.search(text, at)) and (closing := end.search(text, opening.end())):
        parts += (
            text[at : opening.start()],
            change(opening, text[opening.end() : closing.start()]),
        )
        at = closing.end()
    return "".join((*parts, text[at:]))


def fenced(opening: re.Match[str], code: str) -> str:
    """Return code between ``highlight`` marks as a fenced block of Markdown."""
    return f"\n```{opening[1]}\n{code}\n```\n"


def attributes(text: str) -> dict[str, str]:
    """Return what ``name="value"`` pairs of a shortcode say."""
    return {
        match[1]: "".join(filter(None, match.groups()[1:])) for match in _ATTRIBUTE.finditer(text)
    }


class Unknown:
    """Tells what stays in the body of a file as it was, with its line.

    Args:
        path: of the file.
        text: all of it.
        body: what follows its front matter.
    """

    def __init__(self, path: str, text: str, body: str) -> None:
        self.remarks: list[Remark] = []
        self._path = path
        self._body = body
        self._above = text.count("\n") - body.count("\n") + 1

    def tell(self, code: str, value: str, whole: str) -> None:
        """Add a remark about ``whole``, as it stands in the body."""
        # Looked for from the beginning each time: of many that nobody will read one by one, not.
        at = self._body.find(whole) if len(self.remarks) < _MAX_PLACED else -1
        line = f":{self._above + self._body.count(chr(10), 0, at)}" if at >= 0 else ""
        self.remarks.append(remark(code, self._path + line, value=value))


_COMMENT = re.compile("<!--"), re.compile("-->")


def without_comments(html: str) -> str:
    """Return HTML without its comments."""
    return replace_between(html, *_COMMENT, lambda *_: "")
