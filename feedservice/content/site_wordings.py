"""What can be wrong with site.yaml, in words, and the remedy: see `messages`. Pure."""

from types import MappingProxyType

from feedservice.i18n import _

SITE = MappingProxyType(
    {
        "site-missing": (
            _("there is no site.yaml in the content folder"),
            _("Add site.yaml with title, base_url and id"),
        ),
        "site-id": (
            _("the site id {value!r} is not a tag URI"),
            _("Write for example: tag:news.example,2025"),
        ),
        "site-id-example": (
            _("the site id {value!r} is an example"),
            _("Before anybody subscribes, write a host of your own: readers keep ids for ever"),
        ),
        "base-url-local": (
            _("base_url {value!r} is this machine: nobody else can open what begins with it"),
            _("Before you publish, write the public address, for example: https://news.example"),
        ),
        "slugs-bad": (
            _("slugs {value!r} is not accepted"),
            _("Write latin, or delete the line"),
        ),
        "accent-bad": (
            _("the accent {value!r} is not a colour"),
            _('Write six hexadecimal digits in quotes, for example: accent: "#8a2b1c"'),
        ),
        "accent-faint": (
            _(
                "the accent {value!r} is too light to be read on our paper: its contrast is "
                "{other}, and text needs {limit}"
            ),
            _("Write the nearest shade that can be read, or a darker one; pages use it meanwhile"),
        ),
        "font-bad": (_("font {value!r} is not known"), _("Write naskh, kufi or sans")),
        "notify-to": (
            _("{value!r} in notify is no way to tell somebody"),
            _("Write webhook, slack, mattermost, telegram or mail"),
        ),
        "notify-address": (
            _("the address of {value} in notify is not accepted"),
            _(
                "For webhook, slack and mattermost write an address that begins with https://, "
                "for telegram a chat such as -1001234567890 or @newsroom, for mail a mail "
                "address; or secret: and the name of a secret"
            ),
        ),
        "notify-token": (
            _("the token of {value} in notify is not accepted"),
            _(
                "For telegram, and for nothing else, write as token: secret: and the name of a "
                "secret, which holds the token of its bot"
            ),
        ),
        "notify-open": (
            _("whoever can read site.yaml can write where {value} in notify leads"),
            _(
                "Put it into a file of the folder that FEEDSERVICE_SECRETS names, and write here "
                "secret: and the name of that file"
            ),
        ),
        "menu-target": (
            _("{value!r} in menu leads nowhere"),
            _(
                "Write label and target: the name of a category, a path of the site such as "
                "/pages/about, or an address that begins with https://"
            ),
        ),
        "menu-category": (
            _("{value!r} in menu is no category, and is left out"),
            _("Write a category of this file, or delete the line"),
        ),
        "template-bad": (
            _("the template cannot be used: {value}"),
            _("Mend this line; pages use ours meanwhile"),
        ),
        "template-name": (
            _("{value!r} is not the name of a template"),
            _("Write small Latin letters, digits, - and _, then .html: article.html for example"),
        ),
        "template-large": (
            _("the template is beyond a limit: {limit}"),
            _("A template has at most 65536 characters, and templates/ at most 32 of them"),
        ),
        "feed-type-bad": (
            _("type {value!r} is not accepted"),
            _("Write `xml`, or `feed`"),
        ),
        "site-slug-duplicate": (_("the slug {value} appears twice"), _("Write another slug")),
        "name-shared": (
            _("{value!r} leads to {other}, which is called so, too"),
            _("Write another name here, or delete it in one of both"),
        ),
        "category-gone": (
            _("the category {value} is not in site.yaml any more, and {other} still uses it"),
            _(
                "The last good site.yaml stays until the slug is in the aliases of the category "
                "that took its place, its articles are in another or withdrawn, or redirects says "
                "where its page leads"
            ),
        ),
        "author-gone": (
            _("the author {value} is not in site.yaml any more, and {other} still uses it"),
            _(
                "The last good site.yaml stays until the slug is in the aliases of the author who "
                "has it now, the articles name another, or redirects says where its page leads"
            ),
        ),
        "page-gone": (
            _("{value} answers no more, and readers may follow its feeds"),
            _(
                "Add the slug to the aliases of what took its place, or say in redirects where "
                "the page leads"
            ),
        ),
        "name-changed": (
            _("{other} was called {value}, and articles may still say so"),
            _("Keep the earlier name in aliases: check --fix writes it there"),
        ),
        "base-url-changed": (
            _("the site was at {value}, and articles may still name that address"),
            _("Keep it in former_urls, and links and pictures follow: check --fix writes it there"),
        ),
        "zone-unknown": (
            _("the time zone {value!r} is unknown"),
            _("Write for example: Asia/Damascus"),
        ),
        "limit-bad": (_("limit {value!r} is not accepted"), _("Write a number from 1 to 100")),
        "content-bad": (_("content {value!r} is not accepted"), _("Write full or summary")),
        "redirect-bad": (
            _("the redirect {value!r} is not accepted"),
            _("Write an old path that begins with / and then the new one"),
        ),
        "redirect-circle": (
            _("the redirect {value!r} leads back to where it begins"),
            _("Let it lead to a page that is there, or delete the line"),
        ),
        "redirect-taken": (
            _("the redirect {value!r} is never followed: this site has a page at its address"),
            _("Delete the line"),
        ),
    }
)
