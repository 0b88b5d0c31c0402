"""What is wrong with the form of front matter or site.yaml, in words, and the remedy. Pure."""

from types import MappingProxyType

from feedservice.i18n import _

FRONT_MATTER = MappingProxyType(
    {
        "order-bad": (
            _("order {value!r} is not a number"),
            _("Write a number from 0 to 9999: pages with smaller ones come first"),
        ),
        "front-matter-missing": (
            _("the file does not begin with front matter"),
            _("Make the first line ---, then title and date, then ---"),
        ),
        "front-matter-open": (
            _("the front matter is not closed"),
            _("Add a line with only --- after the last key"),
        ),
        "yaml": (
            _("the line cannot be understood from here on"),
            _('Put the value in quotes: "…", and look at the line before'),
        ),
        "yaml-quote": (
            _("the quote that is opened here is not closed"),
            _("Close the quote at the end of the value"),
        ),
        "yaml-bracket": (
            _("the bracket that is opened here is not closed"),
            _("Close it at the end of the line"),
        ),
        "yaml-colon": (
            _("the value contains a colon followed by a space"),
            _('Put the whole value in quotes: "…"'),
        ),
        "yaml-no-colon": (
            _("the line has no key that is followed by a colon and a space"),
            _("Write each line like this: title: The title"),
        ),
        "yaml-indent": (
            _("the line begins with spaces, so that it belongs to the line above"),
            _("Delete the spaces at its beginning"),
        ),
        "yaml-align": (
            _("the line belongs with the one above, and does not begin below its key"),
            _("Write as many spaces before it as stand before that key"),
        ),
        "yaml-tab": (_("the line begins with a tab"), _("Delete the tab")),
        "yaml-size": (
            _("the front matter is too large ({value}; the limit is {limit})"),
            _("Move long text to the body"),
        ),
        "yaml-depth": (
            _("lists are nested deeper than {limit}"),
            _("Write one line or a plain list"),
        ),
        "yaml-anchor": (
            _("anchors and aliases (& and *) are not accepted"),
            _("Write the value out, or put it in quotes"),
        ),
        "yaml-tag": (
            _("the YAML tag {value} is not accepted"),
            _("Remove the ! before the value, or put the value in quotes"),
        ),
        "yaml-documents": (
            _("there is more than one YAML document"),
            _("Keep one front matter between two --- lines"),
        ),
        "yaml-key": (
            _("a key is not plain text"),
            _("Write the key as one word followed by a colon"),
        ),
        "yaml-no-mapping": (
            _("the front matter is not a list of keys and values"),
            _("Write each line like this: title: The title"),
        ),
    }
)
