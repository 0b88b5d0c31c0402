"""A Git repository that is written to: a commit for each file, never over another's."""

from pathlib import Path

import pytest

from feedservice.domain.errors import Changed, SourceUnavailable
from feedservice.i18n import _
from feedservice.ingest.sources.git import address
from feedservice.ingest.sources.git_writing import GitWriting
from feedservice.ingest.sources.source_store import Author, SourceStore
from git_server import Repository, repository

pytestmark = pytest.mark.system

SAMIRA = Author("سميرة <x>", "samira@news.example")


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    found = repository(tmp_path / "served" / "site", {"site.yaml": "a", "field/a.md": "قديم"})
    found.git("config", "receive.denyCurrentBranch", "ignore")
    return found


def writing(origin: Repository, tmp_path: Path, fragment: str = "") -> GitWriting:
    where = address(f"{origin.url}{fragment}")
    return GitWriting(where, tmp_path / "state" / "writing.git")


def test_a_file_is_a_commit_of_its_author_and_over_what_was_read_alone(
    origin: Repository, tmp_path: Path
) -> None:
    found = writing(origin, tmp_path)
    found.put("field/خبر.md", "نص\n".encode(), None, SAMIRA)
    found.put("field/a.md", b"new", "قديم".encode(), SAMIRA)
    told = origin.git("log", "-1", "--format=%an %ae %s", "HEAD")
    assert told.strip() == "سميرة x samira@news.example field/a.md"
    assert origin.git("show", "HEAD:field/خبر.md") == "نص"
    assert origin.git("show", "HEAD:field/a.md") == "new"
    assert origin.git("show", "HEAD:site.yaml") == "a"
    head = origin.git("rev-parse", "HEAD")
    for path, before in (("field/a.md", None), ("field/a.md", b"other"), ("field/none.md", b"x")):
        with pytest.raises(Changed):
            found.put(path, b"mine", before, SAMIRA)
    assert origin.git("rev-parse", "HEAD") == head


def test_who_is_overtaken_by_another_push_writes_anew_unless_it_was_the_same_file(
    origin: Repository, tmp_path: Path
) -> None:
    overtaking = [{"field/b.md": "another's"}, {"field/a.md": "another's"}]

    class Slow(GitWriting):
        def _push(self, commit: str) -> None:
            if overtaking:
                origin.git("reset", "-q", "--hard")
                origin.commit(overtaking.pop(0))
            super()._push(commit)

    found = Slow(address(origin.url), tmp_path / "state" / "writing.git")
    with pytest.raises(Changed):
        found.put("field/a.md", b"mine", "قديم".encode(), SAMIRA)
    found.put("field/c.md", b"mine", None, SAMIRA)
    shown = {path: origin.git("show", f"HEAD:field/{path}.md") for path in "abc"}
    assert shown == {"a": "another's", "b": "another's", "c": "mine"}


def test_a_push_whose_answer_was_lost_is_no_second_one(origin: Repository, tmp_path: Path) -> None:
    class Lossy(GitWriting):
        def _push(self, commit: str) -> None:
            super()._push(commit)
            raise SourceUnavailable(_("git: the line went dead"))

    Lossy(address(origin.url), tmp_path / "writing.git").put("field/b.md", b"x", None, SAMIRA)
    head = origin.git("rev-parse", "HEAD")
    writing(origin, tmp_path).put("field/b.md", b"x", None, SAMIRA)
    assert origin.git("show", "HEAD:field/b.md") == "x"
    assert origin.git("rev-parse", "HEAD") == head


def test_a_folder_of_a_branch_is_written_to(origin: Repository, tmp_path: Path) -> None:
    origin.git("branch", "news")
    found = writing(origin, tmp_path, "#news:site")
    found.put("field/a.md", b"there", None, SAMIRA)
    assert origin.git("show", "news:site/field/a.md") == "there"
    assert origin.git("show", "news:field/a.md") == "قديم"


def test_a_repository_that_takes_nothing_is_told_at_once(
    origin: Repository, tmp_path: Path
) -> None:
    hook = Path(origin.folder) / ".git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho no >&2; exit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SourceUnavailable):
        writing(origin, tmp_path).put("field/b.md", b"x", None, SAMIRA)
    hook.unlink()
    asked: list[str] = []
    store = SourceStore(
        writing(origin, tmp_path).put,
        lambda name: Author(name, ""),
        lambda: asked.append("hook"),
        lambda path, data: asked.append(path) or len(asked) > 2,  # type: ignore[func-returns-value]
    )
    store.put("field/b.md", b"x", None, "samira")
    assert asked == ["hook", "field/b.md", "field/b.md"]
