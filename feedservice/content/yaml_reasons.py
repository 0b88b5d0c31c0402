"""What libyaml says of front matter, so that it can be told in other languages. Pure."""

from types import MappingProxyType

from feedservice.i18n import _

_LIBYAML = (
    _("could not find expected ':'"),
    _("did not find expected key"),
    _("did not find expected '-' indicator"),
    _("did not find expected ',' or ']'"),
    _("did not find expected ',' or '}}'"),
    _("did not find expected node content"),
    _("did not find expected <document start>"),
    _("did not find expected comment or line break"),
    _("block sequence entries are not allowed in this context"),
    _("mapping keys are not allowed in this context"),
    _("found character that cannot start any token"),
    _("found a tab character that violates indentation"),
    _("found unexpected end of stream"),
    _("found unexpected document indicator"),
    _("found unknown escape character"),
)
REASONS = MappingProxyType({str(reason): reason for reason in _LIBYAML})
"""What libyaml says of front matter that it cannot read, by its own English."""
