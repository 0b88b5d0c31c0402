"""What can be wrong with the text of an article, in words: see `messages`. Pure."""

from types import MappingProxyType

from feedservice.i18n import _

BODY = MappingProxyType(
    {
        "link-scheme": (
            _("the link {value!r} is of a kind that is not allowed; it was removed"),
            _("Write an address that begins with https:// or mailto:"),
        ),
        "link-unserved": (
            _("the file {value!r} is not in media/, so it is not published"),
            _("Move it to media/, and write media/ before its name"),
        ),
        "link-outside": (
            _("the link {value!r} leads out of the content folder; it was removed"),
            _("Write a path inside the folder"),
        ),
        "link-empty": (
            _("a link has no address; readers see its words only"),
            _("Write its address in ( ), or delete the signs around the words"),
        ),
        "table-cells": (
            _("the cells {value!r} are beyond the head of their table; readers do not see them"),
            _("Add cells to the head and the line below; a bar within words takes a backslash"),
        ),
        "link-broken": (
            _("the link {value!r} does not lead to an article"),
            _("Correct the name"),
        ),
        "link-nowhere": (
            _("the link {value!r} leads to nothing on this site"),
            _("Correct the address, or delete the link"),
        ),
        "html-removed": (
            _("the element {value} was removed; readers do not see what it shows"),
            _("Put a picture from media/, a table or a link in its place"),
        ),
        "html-open": (
            _("{value} is not closed: nothing that follows it is shown"),
            _("Close it, or delete it"),
        ),
        "code-open": (
            _("the code that begins with {value} is not ended: all that follows is shown as code"),
            _("Write a line of {value} behind the code, or delete this one"),
        ),
        "frame-linked": (
            _("the frame of {value} is shown as a link"),
            _("Nothing to do if that is enough; else put a picture from media/ beside it"),
        ),
        "picture-source": (
            _("the picture {value!r} has no address that can be shown"),
            _("Upload it to media/ and write its name there, for example media/name.jpg"),
        ),
        "picture-local": (
            _("the picture {value!r} is on one computer only; readers do not see it"),
            _("Upload it to media/ and write its name there, for example media/name.jpg"),
        ),
        "picture-alt-missing": (
            _("the picture {value} in the text has no description"),
            _("Write what it shows between the square brackets"),
        ),
        "shortcode": (
            _("{value!r} is a sign of another program; readers see it as it stands"),
            _("Write a link, a picture or text in its place"),
        ),
        "link-shown": (
            _("the signs at {value!r} are shown as they stand: they make no link"),
            _("Write the words in [ ] and right behind them, without a space, the address in ( )"),
        ),
        "footnote-missing": (
            _("the note {value} has no text"),
            _("Add a line that begins with {value}: and the text"),
        ),
        "fragment-unknown": (
            _("the link {value!r} leads to no heading or name in this article"),
            _("Write # and the heading, or give the place a name: <a id=name></a>"),
        ),
        "anchor-unknown": (
            _("the link {value!r} leads to no heading or name in that article"),
            _("Write # and a heading of that article"),
        ),
        "marks-shown": (
            _("the signs at {value!r} are shown as they stand: they do not enclose words"),
            _("Write **words** without spaces inside the stars, and close what you opened"),
        ),
        "html-nesting": (_("HTML is nested deeper than {limit}"), _("Simplify the HTML")),
    }
)
