"""What generators and WordPress put between marks of their own: found and replaced. Pure.

Whatever a stranger wrote is read in linear time: an end is looked for once, never again from each
beginning.
"""

import re
from collections.abc import Callable

from feedservice.importing.remarks import Remark, remark
from feedservice.importing.words_lost import Written

_MAX_SEARCHES = 100
"""Of what stands further up than what was told before, or nowhere."""
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
    """Tells what stays in the body of a file as it was, each with its line.

    Args:
        path: of the file.
        text: all of it.
        body: what follows its front matter.

    Attributes:
        written: that body, and its line.
    """

    def __init__(self, path: str, text: str, body: str) -> None:
        self.remarks: list[Remark] = []
        self._path = path
        self._body = body
        self.written = Written(text=body, line=text.count("\n") - body.count("\n") + 1)
        self._at, self._line = 0, self.written.line
        self._searches = 0

    def tell(self, code: str, value: str, whole: str) -> None:
        """Add a remark about ``whole``, as it stands in the body."""
        line = f":{self._line}" if self._found(whole) else ""
        self.remarks.append(remark(code, self._path + line, value=value))

    def _found(self, whole: str) -> bool:
        """Go to the next place of a text; mostly they are asked for in their order."""
        if self._searches == _MAX_SEARCHES:
            return False
        at = self._body.find(whole, self._at)
        if at < 0:
            self._searches += 1
            at = self._body.find(whole)
            if at < 0:
                return False
            self._at, self._line = 0, self.written.line
        self._line += self._body.count("\n", self._at, at)
        self._at = at + 1
        return True


_COMMENT = re.compile("<!--"), re.compile("-->")


def without_comments(html: str) -> str:
    """Return HTML without its comments."""
    return replace_between(html, *_COMMENT, lambda *_: "")
