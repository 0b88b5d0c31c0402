"""markdownify, taught what of HTML our Markdown has no sign for. The only door to it. Pure."""

from collections.abc import Callable
from html import escape

from bs4.element import NavigableString, PageElement, Tag
from markdownify import MarkdownConverter

_INLINE = frozenset(
    "abbr bdi bdo cite dfn ins kbd mark q ruby rp rt samp small span sub sup time u var wbr".split()
)


class Converter(MarkdownConverter):
    """markdownify, taught what of HTML our Markdown has no sign for."""

    def __init__(self) -> None:
        super().__init__(
            heading_style="ATX", bullets="-", escape_misc=True, newline_style="BACKSLASH"
        )

    def get_conv_fn(self, tag_name: str) -> Callable[..., str] | None:
        """Leave inline elements without a sign of their own as HTML."""
        if tag_name in _INLINE:
            return _as_html
        found: Callable[..., str] | None = super().get_conv_fn(tag_name)  # type: ignore[misc]
        return _flanked(found) if found and tag_name in ("strong", "em", "del") else found


def _as_html(el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG001 - markdownify's
    attributes = "".join(f' {name}="{escape(str(value))}"' for name, value in el.attrs.items())
    return f"<{el.name}{attributes}>{text}</{el.name}>"


def _flanked(convert: Callable[..., str]) -> Callable[..., str]:
    """A sign of emphasis beside punctuation inside a word does not count (CommonMark §6.2)."""

    def converted(el: Tag, text: str, parent_tags: set[str]) -> str:
        inner = el.get_text()
        if inner and inner.strip() == inner:
            before, after = _neighbour(el.previous_sibling, -1), _neighbour(el.next_sibling, 0)
            is_inside_before = before.isalnum() and not inner[0].isalnum()
            is_inside_after = after.isalnum() and not inner[-1].isalnum()
            if is_inside_before or is_inside_after:
                return f"<{el.name}>{text}</{el.name}>"
        return convert(el, text, parent_tags)

    return converted


def _neighbour(node: PageElement | None, at: int) -> str:
    text = node.get_text() if isinstance(node, (Tag, NavigableString)) else ""
    return text[at] if text else " "
