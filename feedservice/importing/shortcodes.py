"""What generators and WordPress put between marks of their own: found and replaced. Pure.

Whatever a stranger wrote is read in linear time: an end is looked for once, never again from each
beginning.
"""

import re
from collections.abc import Callable

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


_COMMENT = re.compile("<!--"), re.compile("-->")


def without_comments(html: str) -> str:
    """Return HTML without its comments."""
    return replace_between(html, *_COMMENT, lambda *_: "")
