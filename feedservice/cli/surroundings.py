"""Where a command is called: which content folder is meant, and which language is spoken.

click asks gettext for its own words, and gettext asks LANGUAGE: there the choice is kept.
"""

import gettext
import os
import re
from collections.abc import Sequence
from copy import copy
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import click

from feedservice.content.file_types import SITE
from feedservice.i18n import LANGUAGES, Message, render, supported
from feedservice.settings import spoken

_LANGUAGE = re.compile(r"^language:\s*[\"']?([A-Za-z-]+)", re.IGNORECASE | re.MULTILINE)
ASKED = "feedservice.lang"
"""What --lang said, in the context of a command."""
AnyCommand = TypeVar("AnyCommand", bound=click.Command)


def content_folder(given: Path | None = None) -> Path:
    """Return the content folder that is meant.

    That is ``given``, else FEEDSERVICE_CONTENT, else the folder with site.yaml that the working
    directory is or lies in, else ``content`` in the working directory.
    """
    named = given or os.environ.get("FEEDSERVICE_CONTENT")
    if named:
        return Path(named).absolute()
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if is_site(each)), here / "content")


def is_site(folder: Path) -> bool:
    """Whether a folder holds site.yaml."""
    return os.path.isfile(folder / SITE)  # where Path.is_file raises, nobody may look


def choose_language(arguments: Sequence[str]) -> None:
    """Decide in which language this process speaks to whoever called it.

    ``--lang`` goes before FEEDSERVICE_LANG, and that before the locale; where none of them is a
    language of ours, the site's is spoken, and English where there is no site.

    Args:
        arguments: of the command line; click reads them later, and complains in this language.
    """
    asked = _option(arguments, "--lang")
    if asked not in LANGUAGES:
        asked = spoken(os.environ) or _site_language(_option(arguments, "--content", "--into"))
    os.environ["LANGUAGE"] = supported(asked)
    gettext.bindtextdomain("click", str(Path(__file__).parents[1] / "locale"))
    gettext.textdomain("click")


def language() -> str:
    """Return the language that was chosen."""
    return supported(os.environ.get("LANGUAGE", ""))


def language_of(site_language: str) -> str:
    """Return the language of a report on a site: the site's, unless another was asked for."""
    asked = click.get_current_context().meta.get(ASKED)
    return asked or os.environ.get("FEEDSERVICE_LANG") or supported(site_language)


def in_its_language(command: AnyCommand) -> AnyCommand:
    """Return a command whose help is in the language that was chosen."""
    told = copy(command)
    told.help = _said(command.help)
    told.params = [copy(each) for each in command.params]
    for option in told.params:
        if isinstance(option, click.Option):
            option.help = _said(option.help)
            if isinstance(option.show_default, str):
                option.show_default = _said(option.show_default)
    return told


def _said(text: str | None) -> str | None:
    return render(Message(text), language()) if text else text


def _option(arguments: Sequence[str], *names: str) -> str:
    found = ""
    for word, following in pairwise((*arguments, "")):
        name, sign, value = word.partition("=")
        if name in names:
            found = value if sign else following
    return found


def _site_language(given: str) -> str:
    """The language of the site, also where its file cannot be used: that has to be told, too."""
    try:
        with open(content_folder(Path(given) if given else None) / SITE, "rb") as file:
            text = file.read(65_536).decode(errors="replace")
    except (OSError, ValueError):
        return ""
    named = _LANGUAGE.search(text)
    return named[1] if named else "ar"
