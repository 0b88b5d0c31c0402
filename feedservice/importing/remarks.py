"""What an import could not carry as it was, and what to do about it, in words. Pure."""

from dataclasses import dataclass, field, replace
from types import MappingProxyType

from feedservice.content.body_wordings import BODY
from feedservice.domain.text import truncate
from feedservice.i18n import Message, _, ngettext, render

MAX_FACT = 160
"""Characters of a fact that a remark repeats."""

_NOTHING = _("Nothing to do")
_CORRECT = _("Correct it in the file")
_IN_SOURCE = _("Correct it in the source and import again")
_IN_MARKDOWN = _("Write what it showed, in Markdown")
_INTO_MEDIA = _("Put the file into media/ and write its name in the article")
_LOOK = _("Look at the article")
_IN_FRONT = _("Redirect them in the web server in front, if readers have them")
_REST = _("Import the rest from its address: {value}")
_BY_HAND = _("Write it by hand, if it was an article")
_AGAIN = _("Import again later: only what is new will be added")
_OTHER_HOST = _("Import that site by its own address, if it is yours")
_FEED_WINS = _("Import with --feed and the old feed: its ids win")
_UNLESS_ONE = _("Nothing to do, unless both are one article")
_IF_OTHER = _("Import with --feed and the old feed, if the site is another")
_NOT_DRAFT = _("Delete status: in the file to publish it")
WORDINGS = MappingProxyType(
    {
        "date-unreadable": (
            _("it has no date that can be read: it comes as a draft"),
            _("Write date: and delete status: in the file"),
        ),
        "date-from-updated": (
            _("it has no date of publication: the date of its update is used"),
            _("Correct date: in the file if that matters"),
        ),
        "entry-empty": (
            _("it has neither title nor text: left out"),
            _("Nothing to do, unless the source lost it"),
        ),
        "unshown": (_("no page shows the collection {value}: it comes as a draft"), _NOT_DRAFT),
        "page-empty": (_("it is a page without text: left out"), _NOTHING),
        "entry-refused": (
            _("what it would become is not a good article ({value}): left out"),
            _("Correct the source, or write the article by hand"),
        ),
        "entry-older": (
            ngettext(
                "{n} entry is an older version of another: left out",
                "{n} entries are older versions of others: left out",
                0,
            ),
            _NOTHING,
        ),
        "item-broken": (
            ngettext(
                "{n} item has neither number nor guid: left out",
                "{n} items have neither number nor guid: left out",
                0,
            ),
            _("Export again: the file may have broken off"),
        ),
        "id-twice": (_("another entry has its id, {value}: it comes as {id}"), _UNLESS_ONE),
        "key-unread": (
            ngettext(
                "the key {value} in {n} file was not carried",
                "the key {value} in {n} files was not carried",
                0,
            ),
            _("Write what it says into the articles, if readers saw it"),
        ),
        "feed-missing": (
            _("an entry of the old feed that is not in the source"),
            _("Subscribers keep it; import it from the feed if it should go on"),
        ),
        "feed-compared": (
            _("of {limit} entries of the old feed {value} have the same id here"),
            _NOTHING,
        ),
        "feed-id": (
            _("subscribers know it as {value}, here it would be {id}: they would see it again"),
            _FEED_WINS,
        ),
        "feed-address": (
            _("the old feed has another address of it: {value}; that leads here too"),
            _NOTHING,
        ),
        "day-unsure": (_("its address may have another day: {value} leads here too"), _FEED_WINS),
        "address-query": (
            _("old addresses whose query does not say which entry is meant were not redirected"),
            _("Write them into redirects of site.yaml, if readers have them"),
        ),
        "address-odd": (
            _("site.yaml cannot say its old address {value}, which is not redirected"),
            _IN_FRONT,
        ),
        "redirects-many": (
            ngettext(
                "{n} old address fits no pattern, and site.yaml has no room for it",
                "{n} old addresses fit no pattern, and site.yaml has no room for them",
                0,
            ),
            _IN_FRONT,
        ),
        "link-unknown": (_("the link {value} leads to nothing that was imported"), _CORRECT),
        "link-left-out": (_("the link {value} leads to an entry that was left out"), _CORRECT),
        "link-scheme": BODY["link-scheme"],
        "frame": (
            _("an embedded frame became a link: {value}"),
            _("Nothing, or put a picture in its place"),
        ),
        "html-dropped": (_("elements that articles cannot have were left out: {value}"), _LOOK),
        "words": (
            ngettext("{n} word did not come: {value}", "{n} words did not come: {value}", 0),
            _LOOK,
        ),
        "html-open": (_("{value} is not closed: what follows it may be lost"), _LOOK),
        "html-nesting": (_("its HTML is nested too deep: only its text comes"), _LOOK),
        "media-remote": (_("{value} stays where it is: {reason}"), _INTO_MEDIA),
        "media-missing": (_("{value} is not in the source"), _INTO_MEDIA),
        "source-broken": (
            _("the source is not well formed; it was read as far as possible ({value})"),
            _("Compare the number of entries with the source"),
        ),
        "encoding": (
            _("its encoding is not the one that it declares; it was read in another ({value})"),
            _("Look whether letters are right; else correct what it declares and import again"),
        ),
        "page": (
            _("it is a page beside the articles, and site.yaml has a category pages: left out"),
            _("Rename that category, or give the page a date in the source, and import again"),
        ),
        "pages-footer": (
            ngettext(
                "{n} page comes, and the footer of the site names it",
                "{n} pages come, and the footer of the site names them all",
                0,
            ),
            _("Write status: draft into those that nobody needs there, or a date for an article"),
        ),
        "list-text": (
            _("it is the text of a list, or what a program makes of one: left out"),
            _("Write it as description of the category in site.yaml, or as a page"),
        ),
        "not-shown": (
            _("the source does not show it by itself (headless, or not built): left out"),
            _NOTHING,
        ),
        "page-unreachable": (_("the next page of the feed could not be read: {value}"), _AGAIN),
        "pages-many": (_("the feed has more than {limit} pages; the rest was not read"), _REST),
        "feed-size": (
            _("the pages of the feed have more than {limit} bytes; the rest was not read"),
            _REST,
        ),
        "pages-loop": (_("the feed's pages lead back to {value}; reading ended there"), _NOTHING),
        "post-type": (
            ngettext(
                "{n} item of the type {value} is not an article: left out",
                "{n} items of the type {value} are not articles: left out",
                0,
            ),
            _("Write pages by hand"),
        ),
        "comments": (
            ngettext(
                "{n} comment was left out: articles have none",
                "{n} comments were left out: articles have none",
                0,
            ),
            _NOTHING,
        ),
        "members": (
            ngettext(
                "{n} member was left out: who subscribes is in no article",
                "{n} members were left out: who subscribes is in no article",
                0,
            ),
            _NOTHING,
        ),
        "members-only": (_("it was for members only: it comes as a draft"), _NOT_DRAFT),
        "status-other": (_("its status is {value}: it comes as a draft"), _NOT_DRAFT),
        "password": (_("it was protected by a password: it comes as a draft"), _NOT_DRAFT),
        "trash": (
            ngettext(
                "{n} post in the trash was left out", "{n} posts in the trash were left out", 0
            ),
            _NOTHING,
        ),
        "shortcode": (_("the shortcode {value} is unknown: it stays in the text"), _IN_MARKDOWN),
        "markup-unread": (
            _("reStructuredText that is not understood stays as it was written ({value})"),
            _IN_MARKDOWN,
        ),
        "liquid": (_("the Liquid tag {value} is unknown: it stays in the text"), _IN_MARKDOWN),
        "front-matter": (_("its front matter cannot be read: {value}"), _IN_SOURCE),
        "format-other": (
            _("files of the kind {value} are not carried"),
            _("Convert it to Markdown (pandoc does) and import again"),
        ),
        "site-guessed": (_("its texts say that the site is {value}: ids begin so"), _IF_OTHER),
        "site-left": (
            _("the extractor takes this for no part of the article, and left it out: {value}"),
            _LOOK,
        ),
        "site-list": (_("it is no article, as it says itself ({value}): left out"), _NOTHING),
        "site-empty": (_("no text of an article was found in it: left out"), _BY_HAND),
        "site-unread": (_("reading it took too long, or too much memory: left out"), _BY_HAND),
        "site-unfetched": (_("it could not be fetched ({value}): left out"), _AGAIN),
        "site-twice": (_("it is another address of {value}, and leads there"), _NOTHING),
        "site-elsewhere": (_("it lies at another host ({value}): left out"), _OTHER_HOST),
        "site-foreign": (
            ngettext(
                "{n} address that the site lists is of another host ({value}): left out",
                "{n} addresses that the site lists are of other hosts ({value}): left out",
                0,
            ),
            _OTHER_HOST,
        ),
        "site-long": (
            _("addresses of more than {limit} characters that the site lists: {n} left out"),
            _BY_HAND,
        ),
        "site-budget": (
            ngettext(
                "{n} page more than --pages allows: left out",
                "{n} pages more than --pages allows: left out",
                0,
            ),
            _("Import again for the next pages, with a larger --pages where no new one came"),
        ),
        "site-robots": (
            _("robots.txt of the old site forbids it: left out"),
            _("Allow feedservice-import in that robots.txt, and import again"),
        ),
        "site-robots-away": (
            _("robots.txt cannot be read, so no page of that host is asked for: {value}"),
            _AGAIN,
        ),
        "site-feed-only": (
            _("its page did not come, so it is as short as the site's feed has it"),
            _LOOK,
        ),
        "site-source": (_("a sitemap or feed of the site cannot be read: {value}"), _AGAIN),
        "file-unreadable": (_("it cannot be read"), _IN_SOURCE),
        "file-taken": (
            _("a file of that name is there already: nothing was written"),
            _("Rename one of them and import again"),
        ),
    }
)
"""By code: what could not be carried, and the remedy."""
LEFT_OUT = frozenset(
    """
    entry-empty entry-older entry-refused file-taken file-unreadable format-other front-matter
    item-broken list-text not-shown page page-empty post-type site-budget site-elsewhere site-empty
    site-foreign site-list site-long site-robots site-twice site-unfetched site-unread trash
    """.split()
)
"""Codes of what did not come: one entry, or as many as the fact ``n`` says."""
REASONS = MappingProxyType(
    {
        "unasked": _("pictures were not asked for"),
        "type": _("its type is not allowed in media/"),
        "size": _("it is too large"),
        "total": _("all pictures together are too large"),
        "address": _("its address is private, or not an http one"),
        "fetch": _("it could not be fetched"),
        "silent": _("its host did not answer several times, and is asked no more"),
    }
)
"""Why a file of another host stays where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What could not be carried as it was.

    Attributes:
        code: a key of `WORDINGS`, such as ``date-unreadable``.
        place: where in the source: a file with a line, an item's number and address.
        facts: what the message names.
    """

    code: str
    place: str
    facts: dict[str, str | int | Message] = field(default_factory=dict)


def remark(code: str, place: str, **facts: str | int | Message) -> Remark:
    """Return a remark of a kind that has words."""
    assert code in WORDINGS, code
    return Remark(code=code, place=place, facts=facts)


def left_out(noted: Remark) -> int:
    """Return how many entries did not come because of what is said."""
    return number(noted) if noted.code in LEFT_OUT else 0


def number(noted: Remark) -> int:
    """Return of how many something is said."""
    n = noted.facts.get("n", 1)
    return n if isinstance(n, int) else 1


def describe(noted: Remark, language: str) -> tuple[str, str]:
    """Return what could not be carried and the remedy, in a reader's language."""
    facts: dict[str, object] = {
        name: truncate(fact, MAX_FACT) if isinstance(fact, str) else fact
        for name, fact in noted.facts.items()
    }
    if noted.code == "media-remote":
        facts["reason"] = REASONS[str(noted.facts["reason"])]
    wrong, remedy = (_with(facts, message) for message in WORDINGS[noted.code])
    return render(wrong, language), render(remedy, language)


def _with(facts: dict[str, object], message: Message) -> Message:
    return replace(message, facts=facts)
