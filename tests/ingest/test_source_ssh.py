"""A Git repository over SSH, as OpenSSH's own sshd serves it: keys and hosts are the user's."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feedservice.domain.errors import SourceUnavailable
from feedservice.ingest.sources.git import GitRepository, address
from feedservice.ingest.sources.git_writing import GitWriting
from feedservice.ingest.sources.mirror import Mirror
from feedservice.ingest.sources.source_store import Author
from git_server import Repository, repository
from nginx_process import require
from ssh_server import SshServer, git_over_ssh, made_key, ssh_agent

pytestmark = pytest.mark.system

Configured = Callable[..., None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with git_over_ssh(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    found = repository(tmp_path / "اصل", {"site.yaml": "a", "field/a.md": "قديم"})
    found.git("config", "receive.denyCurrentBranch", "ignore")
    return found


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configured:
    """Gives ssh another ~/.ssh/config than that of whoever runs the tests."""

    ssh = require("ssh", "openssh-client")

    def configure(known_hosts: str, *lines: str) -> None:
        (tmp_path / "known_hosts").write_text(known_hosts, encoding="ascii")
        given = (f"UserKnownHostsFile {tmp_path}/known_hosts", "GlobalKnownHostsFile none", *lines)
        (tmp_path / "config").write_text("\n".join(given) + "\n", encoding="utf-8")
        program = tmp_path / "bin" / "ssh"
        program.parent.mkdir(exist_ok=True)
        script = f'#!/bin/sh\nexec {ssh} -F {tmp_path}/config "$@"\n'
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)

    return configure


def followed(url: str, tmp_path: Path) -> dict[str, str]:
    mirror = Mirror(tmp_path / "state")
    mirror.follow(GitRepository(address(url), tmp_path / "state" / "repository.git"))
    paths = (path for path in mirror.content.rglob("*") if path.is_file())
    return {str(path.relative_to(mirror.content)): path.read_text("utf-8") for path in paths}


def test_a_repository_over_ssh_is_followed_and_written_to_by_the_key_of_the_user(
    server: SshServer, origin: Repository, configured: Configured, tmp_path: Path
) -> None:
    configured(server.known_hosts(), f"IdentityFile {server.key}", "IdentitiesOnly yes")
    url = server.url(origin.folder)
    assert followed(url, tmp_path) == {"site.yaml": "a", "field/a.md": "قديم"}
    origin.commit({"field/a.md": "جديد"})
    assert followed(f"{url}#main", tmp_path)["field/a.md"] == "جديد"
    writing = GitWriting(address(url), tmp_path / "writing.git")
    writing.put("field/b.md", b"x", None, Author("desk", "desk@news.example"))
    assert origin.git("show", "main:field/b.md") == "x"


def test_a_key_may_be_an_agents(
    server: SshServer,
    origin: Repository,
    configured: Configured,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configured(server.known_hosts(), "IdentityFile none")
    with ssh_agent(tmp_path, server.key) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
        assert followed(server.url(origin.folder), tmp_path)["site.yaml"] == "a"


def test_a_host_that_is_not_known_or_another_and_a_key_that_lets_nobody_in_are_told(
    server: SshServer, origin: Repository, configured: Configured, tmp_path: Path
) -> None:
    key = f"IdentityFile {server.key}"
    url = server.url(origin.folder)
    configured(server.known_hosts(), key)
    before = followed(url, tmp_path)
    made_key(tmp_path / "other")
    other = server.known_hosts().partition(" ")[0] + " " + (tmp_path / "other.pub").read_text()
    for known_hosts, line, told in (
        ("", key, "Host key verification failed"),
        (other, key, "Host key verification failed"),
        (server.known_hosts(), f"IdentityFile {tmp_path}/other", "Permission denied"),
    ):
        configured(known_hosts, line, "IdentitiesOnly yes")
        origin.commit({"field/a.md": told})
        with pytest.raises(SourceUnavailable, match=told):
            followed(url, tmp_path)
        assert (tmp_path / "known_hosts").read_text() == known_hosts
    configured(server.known_hosts(), key)
    assert followed(url, tmp_path) != before
