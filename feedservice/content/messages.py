"""Every `Problem` in words: what is wrong with a file, and the remedy. Pure.

What the problem knows besides, the nearest and all known names, follows the remedy. A line to
paste stands on a row of its own: after the first line feed there is nothing but such rows.
"""

import re
from functools import reduce
from types import MappingProxyType

from feedservice.content.body_wordings import BODY
from feedservice.content.front_matter_wordings import FRONT_MATTER
from feedservice.content.site_wordings import SITE
from feedservice.content.value_examples import example
from feedservice.domain.errors import reason_of
from feedservice.domain.model import Problem
from feedservice.domain.text import strip_bidi, truncate
from feedservice.i18n import Message, _, render

_COMMA = re.compile("[,،] ")
MAX_FACT = 300
"""Characters of a fact that a message repeats."""
MAX_PASTED = 2000
"""Of one in a row to paste, where half a value is a wrong one."""

WORDINGS = MappingProxyType(
    {
        **FRONT_MATTER,
        **BODY,
        **SITE,
        "file-empty": (
            _("the file is empty"),
            _("Write front matter between two --- lines and then the text, or delete the file"),
        ),
        "file-name": (
            _("the file is not published: the name of an article ends in .md"),
            _("Rename it to {value}; if it is no article, begin its name with _"),
        ),
        "file-place": (
            _("the file is not published: articles lie in the folder of a category"),
            _("Move it to the folder of its category"),
        ),
        "file-link": (
            _("the file is not published: its link leads out of the folder, nowhere or in circles"),
            _("Put the file itself in its place, or let FEEDSERVICE_LINKS name the link's folder"),
        ),
        "file-twice": (
            _("the file is a second name of {other}: a link that leads to it"),
            _("Delete the link; another address of an article is one of its aliases"),
        ),
        "file-twin": (
            _("one more file or folder has this name in other code points (NFD); it is not read"),
            _("Give one of the two another name, or delete it"),
        ),
        "file-size": (
            _("the file has more than {limit} bytes"),
            _("Split the article, or move pictures to media/"),
        ),
        "file-unreadable": (
            _("the file cannot be read: {value}"),
            _("Change the file's permissions, or mend the disk or share that it is on"),
        ),
        "folder-closed": (
            _("it cannot be looked into; what is published of it stays as it is"),
            _("Change its permissions, or mend the disk or share that it is on"),
        ),
        "reading-died": (
            _("reading the file ended the program that read it ({value})"),
            _("Simplify the file, and save it: it is read again once it changes"),
        ),
        "reading-slow": (
            _("reading the file takes longer than {limit} seconds"),
            _("Shorten or simplify the file, and save it: it is read again once it changes"),
        ),
        "encoding": (
            _("the file is not UTF-8"),
            _("Save it as UTF-8 in the editor"),
        ),
        "nul": (
            _("the file contains a NUL character"),
            _("Delete it, or save the file again as UTF-8"),
        ),
        "key-duplicate": (
            _("the key {key} appears twice (first on line {other})"),
            _("Delete one of them"),
        ),
        "key-unknown": (
            _("the key {key} is unknown"),
            _("Correct the key, or delete the line"),
        ),
        "key-outside": (
            _("the key {key} belongs to {other}, and no spaces before it say so"),
            _("Write two spaces before {key}, as before all that belongs to {other}"),
        ),
        "key-missing": (_("the key {key} is missing"), _("Write the line: {key}: …")),
        "value-shape": (
            _("the value of {key} does not have the expected form"),
            _("Write for example:\n{example}"),
        ),
        "title-missing": (_("the title is empty"), _("Write the title after title:")),
        "title-markup": (
            _("the title contains HTML: {value}"),
            _("A title is plain text: delete what is between < and >"),
        ),
        "bidi-control": (
            _("invisible characters change the text direction (removed when published)"),
            _("Delete them, or type the line again"),
        ),
        "slug-empty": (
            _("{value!r} has no characters that can be used in an address"),
            _("Write a slug of letters and digits"),
        ),
        "name-long": (
            _("{value!r} is too long for the name of a file, which has {limit} bytes at most"),
            _("Shorten it to some twenty words, or write a slug of a few"),
        ),
        "body-empty": (
            _("there is no text below the front matter"),
            _("Write the article after the second --- line"),
        ),
        "id-missing": (
            _("there is no id; {value} is used while the file keeps its name"),
            _("Write the line:\nid: {value}"),
        ),
        "summary-missing": (
            _("there is no summary; the first paragraph is used"),
            _("Write the line: summary: one or two sentences"),
        ),
        "status-unknown": (_("the status {value!r} is unknown"), _("Write a known status")),
        "category-unknown": (
            _("the category {value!r} is unknown"),
            _("Write a category of site.yaml; an earlier name of one belongs in its aliases there"),
        ),
        "folder-unknown": (
            _("the folder {value!r} is not a known category"),
            _(
                "Rename the folder or move the file, write category:, or add the category to "
                "site.yaml; an earlier slug of one belongs in its aliases there"
            ),
        ),
        "tag-empty": (_("the tag {value!r} has no letters"), _("Write a word, or delete it")),
        "author-unknown": (
            _("the author {value!r} is not in site.yaml"),
            _("Correct the name, or add it to authors or to an author's aliases in site.yaml"),
        ),
        "author-empty": (_("the author {value!r} has no letters"), _("Write a name, or delete it")),
        "lang-bad": (
            _("the language {value!r} is not a language tag"),
            _("Write for example: ar or en"),
        ),
        "media-type-bad": (
            _("the type {value!r} is not a media type"),
            _("Write for example: audio/mpeg"),
        ),
        "views-bad": (_("views {value!r} is not a number"), _("Write digits only")),
        "url-bad": (
            _("{value!r} is not a complete address"),
            _("Write an address that begins with https://"),
        ),
        "date-ambiguous": (
            _("the date {value!r} can be read as {first} or {second}"),
            _("Write for example: 2025-12-20 14:30"),
        ),
        "date-impossible": (
            _("there is no such date as {value!r}"),
            _("Write for example: 2025-12-20 14:30"),
        ),
        "date-unreadable": (
            _("the date {value!r} is not understood"),
            _("Write for example: 2025-12-20 14:30"),
        ),
        "date-range": (
            _("the year of {value!r} is outside 1900 to 2100 (a Hijri year?)"),
            _("Write the Gregorian date, for example: 2025-12-20"),
        ),
        "date-gap": (
            _("the hour of {value!r} does not exist: clocks went forward"),
            _("Write a later hour"),
        ),
        "date-zone": (
            _("the time zone in {value!r} is unknown"),
            _("Write the offset in digits, for example: 2025-12-20 14:30+03:00"),
        ),
        "withdrawn-updated": (
            _("the article is withdrawn, but nothing says when"),
            _("Write the line, with the moment of withdrawal:\nupdated: {value}"),
        ),
        "reason-unused": (
            _("reason is shown to nobody: the article is not withdrawn"),
            _("Delete the line, or write status: withdrawn and when in updated"),
        ),
        "updated-before-date": (_("updated is before date"), _("Correct one of them")),
        "updated-future": (
            _("updated is in the future"),
            _("Write a time that has passed, or delete updated"),
        ),
        "expires-before-date": (_("expires is before date"), _("Make expires later than date")),
        "image-alt-missing": (
            _("the picture has no description"),
            _("Write: image: {{src: …, alt: what the picture shows}}"),
        ),
        "media-outside": (
            _("{value!r} is not in media/"),
            _("Move the file to media/ and write media/name"),
        ),
        "media-local": (
            _("{value!r} is a place on your own machine, which no reader can open"),
            _("Upload the file to media/, and write media/ and its name"),
        ),
        "image-missing": (
            _("the picture {value} does not exist; the article is published without it"),
            _("Upload the picture to media/, or correct the name"),
        ),
        "media-missing": (
            _("the file {value} does not exist; the article is published without it"),
            _("Upload the file, or correct the name"),
        ),
        "media-unreadable": (
            _("the file {value} cannot be read"),
            _("Change its permissions, or mend the disk or share that it is on"),
        ),
        "media-pointer": (
            _("the file {value} is only a pointer of Git LFS; the article is published without it"),
            _("Commit the file itself: git lfs untrack, then git add --renormalize"),
        ),
        "picture-harmful": (
            _("the picture {value} is damaged and was not measured"),
            _("Save the picture anew in a program for pictures"),
        ),
        "picture-large": (
            _("the picture {value} has more than {limit} MiB and was not measured"),
            _("Make the picture smaller"),
        ),
        "media-type": (
            _("the type of {value} is not allowed; the article is published without it"),
            _("Use a picture, audio, video or PDF"),
        ),
        "related-unknown": (
            _("related: there is no article named {value!r}"),
            _("Write the slug of another article"),
        ),
        "translation-unknown": (
            _("translations: there is no article named {value!r}"),
            _("Write the slug of another article"),
        ),
        "id-duplicate": (
            _("the id {value} belongs to {other}"),
            _("Write in this file:\nid: {new}"),
        ),
        "slug-duplicate": (
            _("the slug {value} belongs to {other}"),
            _("Write another slug in this file"),
        ),
        "slug-changed": (
            _("readers knew this article at {value}, which the file does not say"),
            _("Keep the earlier slug in aliases: check --fix writes it there"),
        ),
        "alias-duplicate": (
            _("the alias {value} belongs to {other}"),
            _("Delete it from the aliases of this file"),
        ),
    }
)


HINTS = MappingProxyType(
    {
        "encoding": _("It seems to be {encoding}"),
        "nearest": _("Nearest: {nearest}"),
        "known": _("Known: {known}"),
        "paste": _("The line as it should be:\n{paste}"),
    }
)
"""What is said after the remedy, where the problem has the fact."""
_TO_ADD = _("Or write into the file:\n{paste}")


def explain(problem: Problem) -> tuple[Message, Message]:
    """Return what is wrong and the remedy."""
    wrong, remedy = WORDINGS[problem.code]
    rows = remedy.text.partition("\n")[2]
    facts: dict[str, object] = {
        name: value
        if name == "paste"
        else truncate(value, MAX_PASTED if f"{{{name}}}" in rows else MAX_FACT)
        for name, value in problem.facts.items()
        if name != "paste" or len(value) <= MAX_FACT
    }
    if problem.code == "file-unreadable":
        facts["value"] = reason_of(problem.facts.get("errno") or problem.facts["value"])
    if problem.code == "value-shape":
        facts["example"] = example(str(facts["key"]))
    if "known" in facts:
        facts["known"] = tuple(_COMMA.split(str(facts["known"])))  # with the language's commas
    hints = [hint for name, hint in HINTS.items() if name in facts]
    if problem.code == "folder-unknown":  # no line of the file is wrong
        hints = [_TO_ADD if hint is HINTS["paste"] else hint for hint in hints]
    parts = [Message(each.text, facts) for each in (remedy, *hints)]
    return Message(wrong.text, facts), reduce(_followed, parts)


def describe(problem: Problem, language: str, *, isolated: bool = False) -> tuple[str, str]:
    """Return what is wrong and the remedy, in the catalogue's language for ``language``.

    Args:
        problem: what is told.
        language: the reader's (BCP 47).
        isolated: as in `i18n.render`; the rows to paste have no isolates.
    """
    wrong, remedy = (render(each, language, isolated=isolated) for each in explain(problem))
    told, *rows = remedy.split("\n")
    return wrong, "\n".join([told, *map(strip_bidi, rows)])


def _followed(first: Message, second: Message) -> Message:
    return Message("{first}. {second}", {"first": first, "second": second})
