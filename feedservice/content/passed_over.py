"""Files that were meant as articles, by their name or their front matter, and are none."""

import posixpath
from collections import Counter
from collections.abc import Iterator

from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles
from feedservice.content.frontmatter import is_fence
from feedservice.content.seen import Walk
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem, Severity


def problems(files: ContentFiles, walk: Walk) -> Iterator[Problem]:
    """Yield a warning for each file of a walk that an editor would look for on the site in vain.

    So for what cannot be looked at, once for all of it that is in one folder. A file at the root or
    in media/ is one where it begins as an article does, another where its name nearly is an
    article's.
    """
    unknown = set(walk.unreadable).difference(walk.articles)
    folder_of = {each: posixpath.dirname(each) for each in unknown}
    many = {folder for folder, times in Counter(folder_of.values()).items() if times > 1}
    closed = {folder if folder in many else each for each, folder in folder_of.items()}
    yield from (_told(path, "folder-closed") for path in sorted(filter(None, closed)))
    yield from (_told(path, "file-twin") for path in sorted({*walk.twins}))
    for path in sorted(walk.passed_over):
        is_link = walk.passed_over[path]
        folder = posixpath.dirname(path)
        if is_link:
            yield _told(path, "file-link")
        elif not folder or folder.partition("/")[0] == "media":
            if _has_front_matter(files, path):
                yield _told(path, "file-place")
        else:
            name = posixpath.splitext(posixpath.basename(path))[0].removesuffix(".md")
            yield _told(path, "file-name", value=f"{name}.md")


def _told(path: str, code: str, **facts: str) -> Problem:
    return Problem(path=path, code=code, facts=facts, severity=Severity.WARNING)


def _has_front_matter(files: ContentFiles, path: str) -> bool:
    try:
        text = decode(files.read(path), path)
    except (OSError, ContentError):
        return False
    lines = text.lstrip().split("\n")
    return is_fence(lines[0]) and any(is_fence(line) for line in lines[1:])
