"""reStructuredText → HTML and metadata, as docutils reads it. Pure: the only door to docutils.

Nothing that a text names is opened: ``include``, ``raw`` and files of tables are off, and a picture
is never embedded. What docutils does not understand stays in the text as it was written, and is
told with its line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from pkgutil import iter_modules
from typing import Any

from docutils import languages, nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.body import CodeBlock
from docutils.parsers.rst.directives.images import Figure
from docutils.readers import standalone
from docutils.transforms import references
from docutils.writers import html5_polyglot

from feedservice.importing.front_matter import FrontMatterError
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.words_lost import Written

MAX_CHARACTERS = 256 * 1024
MAX_PARAGRAPH = 10_000
"""Characters without an empty line: the end of what nothing closes is looked for in all of them."""
_SETTINGS = {
    "_disable_config": True,
    "raw_enabled": False,
    "file_insertion_enabled": False,
    "halt_level": 5,
    "report_level": 5,
    "warning_stream": False,
    "initial_header_level": 2,
    "line_length_limit": MAX_PARAGRAPH,
    "math_output": "LaTeX",
    "smart_quotes": False,
    "syntax_highlight": "none",
    "toc_backlinks": False,
}
_LANGUAGES = frozenset(each.name for each in iter_modules(languages.__path__))
_BROKEN = (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
_WARNING = 2
_LISTS = (nodes.bullet_list, nodes.enumerated_list)
_UNSHOWN = (nodes.comment, nodes.substitution_definition, nodes.raw, nodes.label)
_APART = (nodes.title, nodes.docinfo)
"""Of the document itself: no part of its body."""
_SINGLE = (nodes.list_item, nodes.entry, nodes.definition, nodes.field_body)


@dataclass(frozen=True, slots=True)
class Rest:
    """A text of reStructuredText.

    Attributes:
        title: of the document, plain.
        fields: of its docinfo, by names in lower case.
        remarks: on what was not understood.
    """

    title: str
    fields: dict[str, str]
    remarks: tuple[Remark, ...]
    _document: Any

    @property
    def written(self) -> Written:
        """The text of all that is shown, as HTML."""
        blocks = (each for each in self._document if not isinstance(each, _APART))
        texts = (text for block in blocks for text in block.findall(nodes.Text))
        shown = (each.astext() for each in texts if not isinstance(each.parent, _UNSHOWN))
        return Written(text=escape(" ".join(shown)))

    def html(self, address: Callable[[str], str] = str) -> str:
        """Return the body as HTML; ``address`` is handed each address as it was written."""
        for node in self._document.findall(nodes.Element):
            for key in ("refuri", "uri"):
                if key in node:
                    node[key] = address(node[key])
        writer = html5_polyglot.Writer()
        writer.translator_class = _Translator
        settings = {**_SETTINGS, "language_code": self._document.settings.language_code}
        try:
            publish_from_doctree(self._document, writer=writer, settings_overrides=settings)
        except _BROKEN as error:
            raise FrontMatterError(f"reStructuredText: {error}") from error
        return str(writer.parts["body"])


def read(
    text: str, path: str, language: str = "en", *, above: int = 0, has_title: bool = True
) -> Rest:
    """Read a text.

    Args:
        text: all of it.
        path: of its file.
        language: of what docutils says itself (names of admonitions).
        above: lines of the file before the text.
        has_title: whether a heading that stands alone above all is the title.

    Raises:
        FrontMatterError: it is too long, or docutils cannot read it at all.
    """
    paragraph = max(map(len, text.split("\n\n")))
    for size, limit in ((len(text), MAX_CHARACTERS), (paragraph, MAX_PARAGRAPH)):
        if size > limit:
            raise FrontMatterError(f"more than {limit} characters")
    settings = {**_SETTINGS, "language_code": _known(language), "doctitle_xform": has_title}
    try:
        document = publish_doctree(
            text, source_path=path, reader=_Reader(), settings_overrides=settings
        )
    except _BROKEN as error:
        raise FrontMatterError(f"reStructuredText: {error}") from error
    remarks = _told(document, path, above)
    fields = _fields(document)
    _settle(document)
    return Rest(str(document.get("title", "")), fields, remarks, document)


def _known(language: str) -> str:
    """A language of docutils, which would import any module that is called like one."""
    whole = language.lower().replace("-", "_")
    return next((each for each in (whole, whole.partition("_")[0]) if each in _LANGUAGES), "en")


class _Substitutions(references.Substitutions):  # type: ignore[misc]
    """Puts in place what substitutions say, unless that multiplies a text."""

    def apply(self) -> None:
        """Do it.

        Raises:
            ValueError: a text would be longer than `MAX_CHARACTERS`.
        """
        named, names = self.document.substitution_defs, self.document.substitution_names

        @cache
        def size(name: str) -> int:
            said = named.get(names.get(name.lower(), name))
            return 1 + (len(said.astext()) + total(said) if said is not None else 0)

        def total(node: Any) -> int:
            found = node.findall(nodes.substitution_reference)
            return sum(size(each["refname"]) for each in found)

        if total(self.document) > MAX_CHARACTERS:
            raise ValueError("its substitutions multiply it")
        super().apply()


class _Reader(standalone.Reader):  # type: ignore[misc]
    def get_transforms(self) -> list[Any]:
        usual = super().get_transforms()
        return [_Substitutions if each is references.Substitutions else each for each in usual]


def _told(document: Any, path: str, above: int) -> tuple[Remark, ...]:
    messages = (
        *document.findall(nodes.system_message),
        *document.parse_messages,
        *document.transform_messages,
    )
    told = {
        (each["line"] + above, each[0].astext()): None
        for each in messages
        if each["level"] >= _WARNING and "line" in each and len(each)
    }
    return tuple(
        remark("markup-unread", f"{path}:{line}", value=said) for line, said in sorted(told)
    )


def _fields(document: Any) -> dict[str, str]:
    """What Pelican takes for metadata: the fields of the docinfo."""
    fields: dict[str, str] = {}
    for docinfo in document.findall(nodes.docinfo):
        for each in docinfo.children:
            name, value = each.tagname, each
            if isinstance(each, nodes.field):
                name, value = each[0].astext(), each[1]
            names = [part.astext() for part in value] if name == "authors" else [value.astext()]
            fields[name.lower()] = "; ".join(names)
    return fields


def _settle(document: Any) -> None:
    """Leave in a document what an article shows: no messages, no table of contents."""
    for node in list(document.findall(nodes.system_message)):
        at = node.parent.index(node)
        node.parent[at : at + 1] = list(node.findall(nodes.literal_block))
    for node in list(document.findall(nodes.problematic)):
        node.parent[node.parent.index(node)] = nodes.Text(node.astext())
    for node in list(document.findall(nodes.topic)):
        if "contents" in node["classes"]:
            node.parent.remove(node)
    for node in document.findall(nodes.image):
        for key in ("loading", "scale"):  # would open the picture
            node.attributes.pop(key, None)


class _Translator(html5_polyglot.HTMLTranslator):  # type: ignore[misc]
    """Writes notes as every renderer of notes does, and no paragraph that stands alone."""

    def visit_section(self, _node: Any) -> None:
        """Begin what its heading says."""
        self.section_level += 1

    def depart_section(self, _node: Any) -> None:
        """End it."""
        self.section_level -= 1

    def visit_paragraph(self, node: Any) -> None:
        """Begin a paragraph."""
        if not _is_all(node):
            super().visit_paragraph(node)

    def depart_paragraph(self, node: Any) -> None:
        """End it."""
        if not _is_all(node):
            super().depart_paragraph(node)

    def visit_footnote_reference(self, node: Any) -> None:
        """Begin the number of a note."""
        href = f"#{node.get('refid', '')}"
        self.body.append("<sup>")
        self.body.append(self.starttag(node, "a", "", href=href, role="doc-noteref"))

    def depart_footnote_reference(self, _node: Any) -> None:
        """End it."""
        self.body.append("</a></sup>")

    def visit_footnote(self, node: Any) -> None:
        """Begin a note, and with the first of several their list."""
        if not isinstance(_beside(node, -1), nodes.footnote):
            self.body.append('<section role="doc-endnotes"><ol>')
        label = node[0].astext()
        value = {"value": label} if label.isdecimal() else {}
        self.body.append(self.starttag(node, "li", "", **value))

    def depart_footnote(self, node: Any) -> None:
        """End a note with the way back, and with the last of several their list."""
        for each in node["backrefs"][:1]:
            self.body.append(f' <a href="#{each}" role="doc-backlink">↩</a>')
        self.body.append("</li>")
        if not isinstance(_beside(node, 1), nodes.footnote):
            self.body.append("</ol></section>")

    def visit_label(self, node: Any) -> None:
        """Pass over the number of a note, which its list counts; a citation's is shown."""
        if isinstance(node.parent, nodes.footnote):
            raise nodes.SkipNode
        self.body.append(f"<p>[{self.encode(node.astext())}]</p>")
        raise nodes.SkipNode


def _is_all(paragraph: Any) -> bool:
    """Whether a paragraph is all that its item or cell has, but for lists below it."""
    others = (each for each in paragraph.parent if each is not paragraph)
    return isinstance(paragraph.parent, _SINGLE) and all(isinstance(e, _LISTS) for e in others)


def _beside(node: Any, step: int) -> Any:
    at = node.parent.index(node) + step
    return node.parent[at] if 0 <= at < len(node.parent) else None


class _AnyOption(dict[str, Callable[[Any], Any]]):
    """Options of a program's own directive: all are taken, few mean anything here."""

    def __missing__(self, _name: str) -> Callable[[Any], Any]:
        return directives.unchanged  # type: ignore[no-any-return]


class _Code(CodeBlock):  # type: ignore[misc]
    """Code, with the options that Pelican's and Nikola's ``code-block`` have besides."""

    option_spec = _AnyOption(CodeBlock.option_spec)


class _Picture(Figure):  # type: ignore[misc]
    """Nikola's ``thumbnail``."""

    option_spec = _AnyOption(Figure.option_spec)


class _Frame(Directive):  # type: ignore[misc]
    """A recording of another site: a link to its page, as an embedded frame becomes."""

    required_arguments = 1
    optional_arguments = 20
    option_spec = _AnyOption()
    has_content = True

    def run(self) -> list[Any]:
        """Return the link."""
        url = _PAGES[self.name] + self.arguments[0]
        return [nodes.paragraph("", "", nodes.reference(url, url, refuri=url))]


_PAGES = {
    "youtube": "https://www.youtube.com/watch?v=",
    "vimeo": "https://vimeo.com/",
    "gist": "https://gist.github.com/",
    "media": "",
}
_DIRECTIVES = {"code": _Code, "code-block": _Code, "sourcecode": _Code, "thumbnail": _Picture}
for _name, _kind in (*_DIRECTIVES.items(), *((name, _Frame) for name in _PAGES)):
    directives.register_directive(_name, _kind)
