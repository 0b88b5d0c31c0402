"""The words that a source shows and its article does not: a multiset against a multiset. Pure.

Both sides are taken apart alike, so that what only a sign of Markdown, an entity, an invisible
character or a tatweel tells apart is the same. Knows nothing of what was left out on purpose but
what no browser shows and what has a remark of its own.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape

from feedservice.content import markup
from feedservice.content.html_tags import attributes, tags
from feedservice.domain.text import clean
from feedservice.importing.dialects import ATTRIBUTES

_MOST = 6
"""Words that a remark repeats."""
_NEAR = 200
"""Letters between two words that a result parts or joins otherwise."""
_HIDDEN = re.compile(
    r"""
    <!--(?:-?>|.*?(?:-->|\Z))           # what follows one that nothing closes is told otherwise
    | <!(?:doctype\b|\[)[^>]{0,300}+>       # unbounded, each of many would go to the end
    | <(audio|button|canvas|iframe|math|noscript|object|script|select|style|svg|template|textarea
       |title|video) (?=[\s/>]) .*? (?:</\1\s*+>|\Z)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""What is not shown, or is told by its name."""
_TAG = tags(r"[a-z][^\s/<>]*+")
_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q ruby s samp
    small span strike strong sub sup time tt u var wbr
    """.split()
)
_SHORTCODE = re.compile(
    r"""
    \{\{ [^{}]*+ \}\} | \{% [^%]*+ %\}                      # of generators
    | \[/?+ (?: (?:wp_)?+caption | embed | gallery | playlist | audio | video | (?:source)?+code
      | youtube | vimeo | tweet | twitter | soundcloud | instagram | facebook | dailymotion
      | googlemaps | tiktok | spotify | slideshare | ted | pinterest | gist | wpvideo
      | contact-form(?:-7)?+ | contact-field | gravityforms?+ | wpforms | ninja_forms?+
      | formidable | fluentform | forminator_form | mc4wp_form
      ) (?: [\s=/] [^\[\]]*+ )?+ \] (?!\()                   # of WordPress; no label of a link
    """,
    re.VERBOSE,
)
_DIALECT = re.compile(
    rf"{ATTRIBUTES}|\[(?:x\](?<=[*+.)-] \[x\])(?= )|(?:TOC|\[toc\]|\[_TOC_\])\])|!!! *+[\w-]++",
    re.IGNORECASE,
)
"""Lists of attributes, a table of contents, the kind of an admonition, a task that is done."""
_TARGET = re.compile(r"\]\(\s*+(?:<[^<>\n]*+>|[^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)")
"""The address of a link; its title and what stands behind it are not of it."""
_DEFINITION = re.compile(r"^[ ]{0,3}\[(?!\^)[^\[\]\n]++\]:[ \t]*+\S++", re.MULTILINE)
"""The address of a link, apart from its words."""
_URL = re.compile(r"https?://[!#-&*-;=?-Z\\^-~]++")
_JOINING = "*_~`\\\\\u00ad\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff"
"""What joins letters, or is not seen; in a class of characters."""
_SIGNS = re.compile(f"[{_JOINING}]++")
_MARKS = re.compile(rf"[{_JOINING}\[\]()#>|!-]++")
"""Those, and what Markdown puts beside words."""
_WORD = re.compile("[\\w\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]++")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A body as its source has it.

    Attributes:
        text: HTML or Markdown, with marks of the source's own.
        line: of the file, where it begins; 0 where that says nothing.
    """

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LostWords:
    """Words that did not come: how many, the first of them, and the line of that in the source."""

    count: int
    first: str
    line: int


def lost_words(source: str, markdown: str, *, is_html: bool) -> LostWords | None:
    """Return the words of a body that its article lacks; None where it has them all.

    Args:
        source: the body as its source has it.
        markdown: the body that is written.
        is_html: whether the source is HTML, in which brackets are text.
    """
    source_shown = _shown(source, is_html=is_html, put=_space)
    shown = _text(_without_tags(_TARGET.sub(" ", _DEFINITION.sub(" ", markdown)), _space))
    # Nearly always all is there, as far as white space tells: a fifth of what letters cost.
    between, between_ours = (_MARKS.sub("", each).split() for each in (source_shown, shown))
    if between == between_ours or Counter(between) <= Counter(between_ours):
        return None
    said, known = _words(source_shown), _words(shown)
    has = Counter(known)
    if Counter(said) <= has:
        return None
    # Signs of Markdown in code are text: what is rendered tells.
    try:
        rendered = _words(clean(markup.render(markdown, path="x/x.md", base_urls=()).text))
    except markup.MarkupError:
        rendered = []
    has |= Counter(rendered)
    missing = _parted(
        _without(said, has),
        _without(known if len(known) > len(rendered) else rendered, Counter(said)),
    )
    if not missing:
        return None
    in_lines = _SIGNS.sub("", _shown(source, is_html=is_html, put=_lines))
    return LostWords(
        count=len(missing),
        first=" ".join(missing[:_MOST]) + (" …" if len(missing) > _MOST else ""),
        line=_line(in_lines, missing[0], has[missing[0]]),
    )


def _without(words: Iterable[str], taken: Counter[str]) -> list[str]:
    """The words, in their order, that are more than another text has."""
    left = Counter(taken)
    missing: list[str] = []
    for word in words:
        if left[word] > 0:
            left[word] -= 1
        else:
            missing.append(word)
    return missing


def _parted(missing: list[str], added: list[str]) -> list[str]:
    """The missing words but those that are there with other spaces: in one word, or in two."""
    letters, at = "".join(added), 0
    lost: list[str] = []
    for word in missing:
        found = letters.find(word, at, at + len(word) + _NEAR)
        if found < 0:
            lost.append(word)
        else:
            at = found + len(word)
    return lost


def _line(shown: str, word: str, times: int) -> int:
    """The line of a text in which a word is once more than so many times."""
    places = (each.start() for each in _WORD.finditer(shown) if each[0] == word)
    at = next((place for number, place in enumerate(places) if number >= times), 0)
    return shown.count("\n", 0, at)


def _words(shown: str) -> list[str]:
    return _WORD.findall(_SIGNS.sub("", shown))


def _space(_taken: str) -> str:
    return " "


def _lines(taken: str) -> str:
    return "\n" * taken.count("\n") or " "


def _shown(source: str, *, is_html: bool, put: Callable[[str], str]) -> str:
    """What is seen of a source; ``put`` says what stands in place of what is taken out."""

    def taken(match: re.Match[str]) -> str:
        return put(match[0])

    text = _without_tags(_HIDDEN.sub(taken, source), put)
    if "{" in text or "[" in text:
        text = _SHORTCODE.sub(taken, text)
    if not is_html:
        text = _TARGET.sub(taken, _DIALECT.sub(taken, _DEFINITION.sub(taken, text)))
    text = _text(text)
    return _URL.sub(" ", text) if "://" in text else text


def _without_tags(text: str, put: Callable[[str], str]) -> str:
    """What is between tags, and what stands for pictures."""
    alts: set[str] = set()

    def tag(match: re.Match[str]) -> str:
        name = match[2].lower()
        if name == "img":
            alt = attributes(match[3]).get("alt", "")
            if alt not in alts:  # a picture that waits for a script stands there twice
                alts.add(alt)
                return f" {alt}{put(match[0])}"
        return "" if name in _INLINE else put(match[0])

    return _TAG.sub(tag, text) if "<" in text else text


def _text(text: str) -> str:
    return clean(unescape(text) if "&" in text else text)
