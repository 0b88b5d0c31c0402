"""Every `Problem` in words: what is wrong and what to write instead. Pure, but for the catalogue
that the package brings.

The English texts stand here and are the keys of gettext's catalogue ``locale/ar.po``. They are
filled in with the problem's facts; a sentence of a remedy that names a fact that nobody knows is
left out.
"""

from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from babel.messages.pofile import read_po

from feedservice.domain.model import Problem
from feedservice.domain.text import truncate

LANGUAGES = ("ar", "en")
MAX_FACT = 300
"""Characters of a fact that a message repeats."""


class Wording(NamedTuple):
    """What is wrong, and the remedy, in English."""

    wrong: str
    remedy: str


WORDINGS = MappingProxyType({
    'file-empty': Wording('the file is empty', 'Write front matter between two --- lines and then the text, or delete the file'),
    'file-size': Wording('the file has more than {limit} bytes', 'Split the article, or move pictures to media/'),
    'file-unreadable': Wording('the file cannot be read: {value}', "Mend the file's permissions"),
    'encoding': Wording('the file is not UTF-8 (it seems to be {value})', 'Save it as UTF-8 in the editor'),
    'nul': Wording('the file holds a NUL character', 'Delete it, or save the file again as UTF-8'),
    'front-matter-missing': Wording('the file does not begin with front matter', 'Make the first line ---, then title and date, then ---'),
    'front-matter-open': Wording('the front matter is not closed', 'Add a line with only --- after the last key'),
    'yaml': Wording('the front matter cannot be read: {value}', 'Look at this line and the one before: colons, spaces, quotes'),
    'yaml-colon': Wording('the value holds a colon followed by a space', 'Put the whole value in quotes: "…"'),
    'yaml-tab': Wording('the line begins with a tab', 'Use spaces instead'),
    'yaml-size': Wording('the front matter is too large ({value}; the limit is {limit})', 'Move long text to the body'),
    'yaml-depth': Wording('lists nested deeper than {limit}', 'Write one line or a plain list'),
    'yaml-anchor': Wording('anchors and aliases (& and *) are not accepted', 'Write the value out, or put it in quotes'),
    'yaml-tag': Wording('the YAML tag {value} is not accepted', 'Remove the ! before the value, or put the value in quotes'),
    'yaml-documents': Wording('more than one YAML document', 'Keep one front matter between two --- lines'),
    'yaml-key': Wording('a key is no plain text', 'Write the key as one word followed by a colon'),
    'yaml-no-mapping': Wording('the front matter is no list of keys and values', 'Write each line like this: title: The title'),
    'key-duplicate': Wording('the key {key} stands twice (first on line {other})', 'Delete one of them'),
    'key-unknown': Wording('the key {key} is unknown', 'Nearest known key: {nearest}. Known: {known}'),
    'key-missing': Wording('the key {key} is missing', 'Add a line: {key}: …'),
    'value-shape': Wording('the value of {key} has not the expected shape', 'See {key} in the guide to writing articles'),
    'title-missing': Wording('the title is empty', 'Write the title after title:'),
    'title-markup': Wording('the title holds HTML: {value}', 'A title is plain text: delete what stands between < and >'),
    'bidi-control': Wording('invisible characters turn the writing direction (left out when published)', 'Delete them, or type the line again'),
    'slug-empty': Wording('nothing of {value!r} can stand in an address', 'Write a slug of letters and digits'),
    'body-empty': Wording('there is no text below the front matter', 'Write the article after the second --- line'),
    'id-missing': Wording('there is no id; {value} serves while the file keeps its name', 'Add the line: id: {value}'),
    "summary-missing": Wording("there is no summary; the first paragraph serves", "Add the line: summary: one or two sentences"),
    'status-unknown': Wording('the status {value!r} is unknown', 'Accepted: {known}'),
    'category-unknown': Wording('the category {value!r} is unknown', 'Write a category of site.yaml. Nearest: {nearest}. Known: {known}'),
    'folder-unknown': Wording('the folder {value!r} is no known category', 'Nearest: {nearest}. Move the file, add the category to site.yaml, or write category:'),
    'tag-empty': Wording('the tag {value!r} has no letters', 'Write a word, or delete it'),
    'author-empty': Wording('the author {value!r} has no letters', 'Write a name, or delete it'),
    'lang-bad': Wording('the language {value!r} is no language tag', 'Write for example: ar or en'),
    'views-bad': Wording('views {value!r} is no number', 'Write digits only'),
    'url-bad': Wording('{value!r} is no complete address', 'Write an address that begins with https://'),
    'date-ambiguous': Wording('the date {value!r} can be read as {first} or {second}', 'Write for example: 2025-12-20 14:30'),
    'date-impossible': Wording('there is no such date as {value!r}', 'Write for example: 2025-12-20 14:30'),
    'date-unreadable': Wording('the date {value!r} is not understood', 'Write for example: 2025-12-20 14:30'),
    'date-range': Wording('the year of {value!r} lies outside 1900 to 2100 (a Hijri year?)', 'Write the Gregorian date, for example: 2025-12-20'),
    'date-gap': Wording('the hour of {value!r} does not exist: clocks went forward', 'Write a later hour'),
    'date-zone': Wording('the zone in {value!r} is unknown', 'Write the offset in digits, for example: 2025-12-20 14:30+03:00'),
    'withdrawn-updated': Wording('the article is withdrawn, but nothing says when', 'Add updated: with the moment of withdrawal'),
    'updated-before-date': Wording('updated lies before date', 'Mend one of them'),
    'updated-future': Wording('updated lies in the future', 'Write a moment that has passed, or delete updated'),
    'expires-before-date': Wording('expires lies before date', 'Make expires later than date'),
    'image-alt-missing': Wording('the picture has no description', 'Write: image: {{src: …, alt: what the picture shows}}'),
    'media-outside': Wording('{value!r} does not lie in media/', 'Put the file into media/ and write media/name'),
    "image-missing": Wording("the picture {value} is not there; the article is published without it", "Upload the picture to media/, or mend the name"),
    'media-missing': Wording('the file {value} is not there; the article is published without it', 'Upload the file, or mend the name'),
    'media-type': Wording('the type of {value} is not allowed; the article is published without it', 'Use a picture, audio, video or PDF'),
    'link-scheme': Wording('the link {value!r} is of a kind that is not allowed, and was left out', 'Write an address that begins with https:// or mailto:'),
    'link-unserved': Wording('the file {value!r} is not below media/, so it is not published', 'Move it into media/, and write media/ before its name'),
    'link-outside': Wording('the link {value!r} leads out of the content folder, and was left out', 'Write a path inside the folder'),
    'link-broken': Wording('the link {value!r} leads to no article', 'Mend the name. Nearest: {nearest}'),
    'related-unknown': Wording('no article is called {value!r} (related)', 'Write the slug of another article. Nearest: {nearest}'),
    'translation-unknown': Wording('no article is called {value!r} (translations)', 'Write the slug of another article. Nearest: {nearest}'),
    'html-nesting': Wording('HTML is nested deeper than {limit}', 'Simplify the HTML'),
    'id-duplicate': Wording('the id {value} is taken by {other}', 'Change the id in one of the files'),
    'slug-duplicate': Wording('the slug {value} is taken by {other}', 'Write another slug in one of the files'),
    'alias-duplicate': Wording('the alias {value} is taken by {other}', 'Delete it from aliases in one of the files'),
    'site-missing': Wording('there is no site.yaml in the content folder', 'Add site.yaml with title, base_url and id'),
    'site-id': Wording('the site id {value!r} is no tag URI', 'Write for example: tag:news.example,2025'),
    'site-slug-duplicate': Wording('the slug {value} stands twice', 'Write another slug'),
    'zone-unknown': Wording('the time zone {value!r} is unknown', 'Write for example: Asia/Damascus. Nearest: {nearest}'),
    'limit-bad': Wording('limit {value!r} is not accepted', 'Write a number from 1 to 100'),
    'content-bad': Wording('content {value!r} is not accepted', 'Write full or summary'),
    'redirect-bad': Wording('the redirect {value!r} is not accepted', 'Write an old path that begins with / and then the new one'),
})  # fmt: skip


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def describe(problem: Problem, language: str) -> tuple[str, str]:
    """Return what is wrong and the remedy, in Arabic where ``language`` is Arabic, else in
    English.
    """
    words = WORDINGS[problem.code]
    texts = catalogue() if language.partition("-")[0].lower() == "ar" else {}
    wrong, remedy = (texts.get(text, text) for text in words)
    facts = _Facts((name, truncate(value, MAX_FACT)) for name, value in problem.facts.items())
    return wrong.format_map(facts), _without_unknown(remedy, facts).format_map(facts)


@lru_cache(maxsize=1)
def catalogue() -> dict[str, str]:
    """Return the Arabic texts by the English ones."""
    with (files("feedservice") / "locale" / "ar.po").open("rb") as file:
        return {
            str(message.id): str(message.string)
            for message in read_po(file, locale="ar")
            if message.id
        }


def _without_unknown(remedy: str, facts: _Facts) -> str:
    sentences = remedy.split(". ")
    kept = [
        sentence
        for sentence in sentences
        if not any(
            "{" + name + "}" in sentence and name not in facts for name in ("nearest", "known")
        )
    ]
    return ". ".join(kept)
