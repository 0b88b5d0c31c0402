"""A Git repository as a source, asked as git's own servers are: what is there, and what is never done."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedservice.domain.errors import SourceUnavailable
from feedservice.ingest.sources import git
from feedservice.ingest.sources.git import GitRepository, address
from feedservice.ingest.sources.mirror import Mirror
from git_server import GitServer, Repository, git_over_http, repository

pytestmark = pytest.mark.system

FILES = {
    "site.yaml": "title: موقع\n",
    "field/خبر.md": "نص\n",
    "media/x.bin": bytes(range(256)) * 500,
}


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    return repository(tmp_path / "served" / "site", FILES)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with git_over_http(tmp_path / "served") as running:
        yield running


def source(url: str, tmp_path: Path) -> GitRepository:
    return GitRepository(address(url), tmp_path / "state" / "repository.git")


def mirrored(found: GitRepository, tmp_path: Path) -> dict[str, bytes]:
    mirror = Mirror(tmp_path / "state")
    mirror.follow(found)
    return {
        path.relative_to(mirror.content).as_posix(): path.read_bytes()
        for path in mirror.content.rglob("*")
        if path.is_file()
    }


def as_bytes(files: dict[str, str | bytes]) -> dict[str, bytes]:
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}


def test_a_repository_over_http_is_followed_from_commit_to_commit(
    origin: Repository, server: GitServer, tmp_path: Path
) -> None:
    server.password = "desk:s3cret/="
    url = f"git+http://desk:s3cret%2F%3D@127.0.0.1:{server.port}/site"
    found = source(url, tmp_path)
    assert mirrored(found, tmp_path) == as_bytes(FILES)
    first = found.look().generation
    second = origin.commit({"field/new.md": "جديد", "field/خبر.md": "نص آخر"})
    origin.git("mv", "media/x.bin", "media/y.bin")
    third = origin.commit()
    assert mirrored(found, tmp_path).keys() == {
        "site.yaml", "field/خبر.md", "field/new.md", "media/y.bin",
    }  # fmt: skip
    assert found.look().generation == third
    assert [found.contains(third, each) for each in (first, second, third)] == [True, True, True]
    assert found.contains(first, third) is False
    assert found.contains(third, "0" * 40) is None
    assert not any("s3cret" in each for each in server.asked)


def test_a_server_that_is_away_or_lets_nobody_in_is_told_without_the_password(
    origin: Repository, server: GitServer, tmp_path: Path
) -> None:
    found = source(f"git+http://desk:s3cret@127.0.0.1:{server.port}/site", tmp_path)
    mirrored(found, tmp_path)
    for server.is_away, server.password in ((True, ""), (False, "another")):
        with pytest.raises(SourceUnavailable) as refused:
            found.look()
        assert "s3cret" not in str(refused.value)
    server.is_away, server.password = False, ""
    origin.commit({"field/b.md": "b"})
    assert "field/b.md" in mirrored(found, tmp_path)


def test_no_password_is_in_the_command_line_of_git(tmp_path: Path) -> None:
    where = address("git+https://desk:s3cret@git.example/site.git#main:content")
    assert (where.url, where.branch, where.folder) == (
        "https://git.example/site.git", "main", "content",
    )  # fmt: skip
    assert "s3cret" not in repr(where)
    made = GitRepository(where, tmp_path)
    assert "s3cret" not in " ".join(made._command("fetch", where.url))
    kept = address("git+ssh://git@git.example:22/site.git")
    assert (kept.url, kept.secret) == ("ssh://git@git.example:22/site.git", "")


def test_a_branch_and_a_folder_of_it_are_the_site(origin: Repository, tmp_path: Path) -> None:
    origin.git("checkout", "--quiet", "-b", "web")
    origin.commit({"sites/news/site.yaml": "title: y\n", "sites/news/a.md": "a"})
    origin.git("checkout", "--quiet", "main")
    found = source(f"{origin.url}#web:sites/news", tmp_path)
    assert mirrored(found, tmp_path) == {"site.yaml": b"title: y\n", "a.md": b"a"}
    for missing in ("#gone", "#web:gone"):
        with pytest.raises(SourceUnavailable, match="git: fatal"):
            source(origin.url + missing, tmp_path / missing).look()


def test_a_history_that_was_rewritten_is_switched_to(origin: Repository, tmp_path: Path) -> None:
    found = source(origin.url, tmp_path)
    before = found.look().generation
    mirrored(found, tmp_path)
    origin.git("checkout", "--quiet", "--orphan", "anew")
    origin.git("rm", "--quiet", "--force", "-r", "media")
    origin.commit({"field/other.md": "آخر"})
    origin.git("branch", "--quiet", "--force", "main")
    after = origin.git("rev-parse", "HEAD")
    origin.git("checkout", "--quiet", "main")
    assert mirrored(found, tmp_path).keys() == {"site.yaml", "field/خبر.md", "field/other.md"}
    assert found.look().generation == after
    assert found.contains(after, before) is not True


def test_a_long_history_is_kept_in_part(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "DEPTH", 3)
    commits = [origin.commit({"field/a.md": str(number)}) for number in range(6)]
    found = source(origin.url, tmp_path)
    assert found.look().generation == commits[-1]
    assert found.contains(commits[-1], commits[-2]) is True
    assert found.contains(commits[-1], commits[0]) is None
    found.look_back(commits[0])
    assert found.contains(commits[-1], commits[0]) is True
    found.look()
    assert found.contains(commits[-1], commits[0]) is True

    monkeypatch.setattr(found, "_fetch", lambda: pytest.fail("all of it was fetched already"))
    found.look_back("0" * 40)
    assert found.contains(commits[-1], "0" * 40) is None


def test_what_git_has_beside_files_is_neither_run_nor_followed(
    origin: Repository, tmp_path: Path
) -> None:
    run = tmp_path / "ran"
    inner = repository(tmp_path / "inner", {"secret.md": "x"})
    head = inner.git("rev-parse", "HEAD")
    origin.write(
        {
            ".gitattributes": "*.md filter=evil text eol=crlf\n",
            ".gitmodules": f'[submodule "m"]\n path = module\n url = {inner.url}\n',
            ".githooks/post-checkout": f"#!/bin/sh\ntouch {run}\n",
            "media/big.jpg": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
        }
    )
    (origin.folder / "field" / "link.md").symlink_to("خبر.md")
    (origin.folder / "field" / "out.md").symlink_to("../../../../../../etc/passwd")
    origin.git("add", "--all")
    origin.git("update-index", "--add", "--cacheinfo", f"160000,{head},module")
    origin.git("commit", "--quiet", "--message", "x")
    found = source(origin.url, tmp_path)
    files = mirrored(found, tmp_path)
    assert files["field/خبر.md"] == "نص\n".encode()
    assert files["media/big.jpg"].startswith(b"version https://git-lfs")
    content = tmp_path / "state" / "content"
    assert os.readlink(content / "field" / "link.md") == "خبر.md"
    assert (content / "field" / "out.md").is_symlink()
    assert not (content / "module").exists()
    assert not [*content.glob(".*")]
    assert not run.exists()
    assert [str(each) for each in found.look().left_out] == [
        "module is a submodule: it is not followed"
    ]


def test_what_changed_is_listed_as_all_of_it_would_be(origin: Repository, tmp_path: Path) -> None:
    found = source(origin.url, tmp_path)
    mirrored(found, tmp_path)
    head = origin.git("rev-parse", "HEAD")
    for number, commands in enumerate(
        (
            ("update-index --add --replace --cacheinfo 160000,HEAD,module", "mv media/x.bin y.bin"),
            (
                "rm -q --cached module",
                f"update-index --add --replace --cacheinfo 160000,{head},y.bin/m",
            ),
            ("rm -q -r --cached y.bin/m", "rm -q field/خبر.md"),
            ("reset -q --hard HEAD~2",),
        )
    ):
        for command in commands:
            origin.git(*command.replace("HEAD,", f"{head},").split())
        origin.write({f"field/.hidden{number}": "x", f"field/{number}.md": str(number)})
        (origin.folder / "media" / f"link{number}").symlink_to("nowhere")
        origin.git("add", "field", "media")
        origin.git("commit", "--quiet", "--message", "x")
        anew = source(origin.url, tmp_path / str(number)).look()
        seen = found.look()
        assert (seen.files, set(map(str, seen.left_out))) == (
            anew.files,
            set(map(str, anew.left_out)),
        )
        mirrored(found, tmp_path)


def test_a_pull_of_one_file_asks_as_much_of_a_large_repository_as_of_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = GitRepository._git
    asked: list[tuple[str, int]] = []

    def asking(self: GitRepository, *given: str, **named: Any) -> bytes:
        told = ask(self, *given, **named)
        asked.append((given[0], len(told)))
        return told

    def cost(count: int) -> tuple[list[tuple[str, int]], int]:
        """What git is asked, what it prints of it, and by how many bytes the note grows."""
        files = {f"field/{number}.md": str(number) for number in range(count)}
        large = repository(tmp_path / str(count) / "served", {"site.yaml": "a", **files})
        found = source(large.url, tmp_path / str(count))
        mirror = Mirror(tmp_path / str(count) / "state")
        mirror.follow(found)
        note = tmp_path / str(count) / "state" / "manifest.json"
        before = note.stat().st_size
        large.commit({"field/1.md": "other"})
        asked.clear()
        followed, told = mirror.follow(found), [*asked]
        assert (followed.written, followed.removed) == (1, 0)
        assert Mirror(tmp_path / str(count) / "state").kept().files == found.look().files
        return told, note.stat().st_size - before

    monkeypatch.setattr(GitRepository, "_git", asking)
    assert cost(3) == cost(300)


def test_names_that_no_repository_should_have_are_left_out(
    origin: Repository, tmp_path: Path
) -> None:
    blob = origin.git("hash-object", "-w", "--stdin", stdin=b"x")
    site = origin.git("rev-parse", "HEAD:site.yaml")

    def tree(*entries: tuple[str, str, str]) -> str:
        raw = b"".join(
            f"{mode} {name}\0".encode() + bytes.fromhex(each) for mode, name, each in entries
        )
        return origin.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)

    climbing = tree(("100644", "evil.md", blob))
    hostile = tree(
        ("40000", "..", climbing), ("100644", "a\\b.md", blob), ("100644", "site.yaml", site)
    )
    commit = origin.git("commit-tree", hostile, "-m", "x")
    origin.git("update-ref", "refs/heads/evil", commit)
    found = source(f"{origin.url}#evil", tmp_path)
    assert mirrored(found, tmp_path).keys() == {"site.yaml", "a\\b.md"}
    assert not (tmp_path / "state" / "evil.md").exists()


@pytest.mark.parametrize("damage", ["locked", "emptied", "gone"])
def test_a_store_of_objects_that_is_locked_or_damaged_is_made_good(
    origin: Repository, tmp_path: Path, damage: str
) -> None:
    mirrored(source(origin.url, tmp_path), tmp_path)
    store = tmp_path / "state" / "repository.git"
    if damage == "locked":
        (store / "shallow.lock").touch()
    elif damage == "emptied":
        for each in (store / "objects").rglob("*"):
            if each.is_file():
                each.chmod(0o600)
                each.write_bytes(b"")
    else:
        shutil.rmtree(store)
    origin.commit({"field/b.md": "b"})
    found = source(origin.url, tmp_path)
    assert mirrored(found, tmp_path)["field/b.md"] == b"b"


def test_a_server_that_says_nothing_ends(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "FETCH", 0.0)
    with pytest.raises(SourceUnavailable, match="longer than 0 seconds"):
        source(origin.url, tmp_path).look()


def test_who_changed_a_file_last_is_known_as_far_as_the_past_is_kept(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin.write({"field/b.md": "ب\n"})
    origin.git("add", "--all")
    origin.git("commit", "--quiet", "--author", "سلمى <s@x.example>", "--message", "تحرير")
    found = source(origin.url, tmp_path)
    found.look()
    assert found.author_of("field/b.md") == "سلمى"
    assert found.author_of("field/خبر.md") == "محررة"
    assert found.author_of("field/:(top)*.md") == ""
    monkeypatch.setattr(git, "DEPTH", 1)
    cut = source(origin.url, tmp_path / "cut")
    cut.look()
    assert cut.author_of("field/خبر.md") == "", "everything seems to be of the last commit"


def test_a_repository_of_this_machine_may_be_somebody_elses(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "_PASSED_ON", (*git._PASSED_ON, "GIT_TEST_ASSUME_DIFFERENT_OWNER"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own, of its tests
    found = source(f"file://{origin.folder}", tmp_path)
    assert mirrored(found, tmp_path) == as_bytes(FILES)


def test_no_program_that_a_repository_of_this_machine_names_is_run(
    origin: Repository, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "evil",
        "remote.evil.promisor": "true",
        "remote.evil.url": repository(tmp_path / "other", FILES).url,
        "remote.evil.uploadpack": f"touch {ran}; git-upload-pack",
        "uploadpack.packObjectsHook": f"touch {ran};",
        "core.fsmonitor": f"touch {ran};",
    }.items():
        origin.git("config", name, value)
    missing = origin.git("rev-parse", "HEAD:media/x.bin")
    (origin.folder / ".git" / "objects" / missing[:2] / missing[2:]).unlink()
    with pytest.raises(SourceUnavailable):
        source(origin.url, tmp_path).look()
    assert not ran.exists()
