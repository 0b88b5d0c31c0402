"""Code that nothing ends, so that all that follows it is shown as code. Pure."""

import re
from collections.abc import Iterator

from feedservice.content.html_losses import Loss
from feedservice.content.markdown_events import Events, named

_FENCE = re.compile(rb"`{3,}|~{3,}")


def code_left_open(markdown: str, events: Events) -> Iterator[Loss]:
    """Yield the fenced code that goes on to the end of the body for want of a fence there.

    Args:
        markdown: clean text.
        events: how the library reads it.
    """
    data = markdown.encode()
    length = len(data.rstrip())
    last, fence = 0, None
    for event, place in events:
        kind, name, facts = named(event)
        start, end = place["start"], place["end"]
        if kind == "Text":
            last = end
        elif kind == "Start" and name == "CodeBlock":
            fence = _FENCE.match(data, start) if facts != "Indented" else None
            line_end = data.find(b"\n", start, end)
            last = end if line_end < 0 else line_end
        elif kind == "End" and name == "CodeBlock" and end >= length and fence:
            is_ended = data[last:end].strip(b" \t\n>")
            if not is_ended:
                yield Loss("code-open", fence[0].decode(), data[start:end].decode())
