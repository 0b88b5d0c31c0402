"""OpenSSH's sshd on loopback, with keys of its own, and how whoever runs the tests gets in."""

import getpass
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from nginx_process import require
from service_process import free_port
from waiting import comes_true


@dataclass(frozen=True, slots=True, kw_only=True)
class SshServer:
    """What serves this machine's files over SSH to whoever has the key."""

    port: int
    folder: Path

    @property
    def key(self) -> Path:
        return self.folder / "user"

    def url(self, path: Path) -> str:
        return f"git+ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"

    def known_hosts(self) -> str:
        key = (self.folder / "host.pub").read_text(encoding="ascii")
        return f"[127.0.0.1]:{self.port} {key}"


@contextmanager
def git_over_ssh(folder: Path) -> Iterator[SshServer]:
    """Serve until the block ends."""
    sshd, port = require("sshd", "openssh-server"), free_port()
    for name in ("host", "user"):
        made_key(folder / name)
    (folder / "authorized").write_bytes((folder / "user.pub").read_bytes())
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nPasswordAuthentication no\n",
        encoding="utf-8",
    )
    with suppress(OSError):  # which Debian's service makes for an sshd that is root's
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = folder / "sshd.log"
    process = subprocess.Popen([sshd, "-D", "-f", folder / "sshd_config", "-E", log])
    try:
        assert comes_true(lambda: process.poll() is not None or is_open(port))
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield SshServer(port=port, folder=folder)
    finally:
        process.terminate()
        process.wait()


def made_key(path: Path) -> None:
    """Make a pair of keys."""
    command = [require("ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-f", path]
    subprocess.run(command, check=True)


def is_open(port: int) -> bool:
    """Whether a server greets there."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


@contextmanager
def ssh_agent(folder: Path, key: Path) -> Iterator[Path]:
    """Run an agent that has a key; give its socket."""
    path = folder / "agent"
    command = [require("ssh-agent", "openssh-client"), "-D", "-a", path]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        assert comes_true(path.exists)
        environment = {"SSH_AUTH_SOCK": str(path), "PATH": os.environ["PATH"]}
        subprocess.run(["ssh-add", "-q", key], env=environment, check=True)
        yield path
    finally:
        process.terminate()
        process.wait()
