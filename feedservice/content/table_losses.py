"""Cells of a Markdown table beyond its head, which no reader sees. Pure."""

from collections.abc import Iterator

from feedservice.content.html_losses import Loss
from feedservice.content.markdown_events import Events, named


def cells_lost(markdown: str, events: Events) -> Iterator[Loss]:
    """Yield what each row has beyond the columns of its table's head (GFM §4.10).

    Args:
        markdown: clean text.
        events: how the library reads it.
    """
    data = markdown.encode()
    last = 0
    for event, place in events:
        kind, name, _ = named(event)
        if kind == "End" and name == "TableCell":
            last = place["end"]
        elif kind == "End" and name == "TableRow":
            begin, end = place["start"], place["end"]
            lost = data[max(last, begin) : end].decode().strip("| \t\n")
            if lost:
                yield Loss("table-cells", lost[:60], data[begin:end].decode().rstrip("\n"))
