"""The server outlives its workers, and runs no code from where it was started."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from factories import write_article
from feedservice.domain.errors import CommandError
from feedservice.http.admission import STREAMS
from feedservice.service import server
from feedservice.service.wiring_web import LANES
from service_process import ROOT, Site, free_port, wait_for
from waiting import PATIENCE, comes_true


def workers(site: Site) -> set[int]:
    """The processes that the server started, but its writer and helpers of multiprocessing."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status = (path / "stat").read_text().rpartition(")")[2].split()
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        is_child = int(status[1]) == site.process.pid and status[0] != "Z"
        if is_child and b"--watch" not in command and b"resource_tracker" not in command:
            found.add(int(path.name))
    return found


def test_a_worker_that_is_killed_again_and_again_takes_no_other_with_it(
    services: dict[str, Site],
) -> None:
    site = services["granian"]
    write_article(site.content, "field/lasting.md", title="يبقى")
    assert site.until(lambda: site.shows("يبقى"))
    victim, healthy = sorted(workers(site))
    for _ in range(3):
        os.kill(victim, signal.SIGKILL)
        gone = {victim}
        assert comes_true(lambda gone=gone: len(workers(site) - gone) == 2)
        (victim,) = workers(site) - {healthy}
    assert healthy in workers(site)
    assert site.process.poll() is None
    assert site.until(lambda: site.shows("يبقى"))


def test_nothing_that_lies_beside_the_articles_is_run(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md", title="الأول")
    ran = tmp_path / "ran"
    for name in ("yaml", "babel", "flask", "pydantic"):
        code = f"open({str(ran)!r}, 'a').write({name!r})\nraise ImportError({name!r})\n"
        (content / f"{name}.py").write_text(code, encoding="utf-8")
    state = tmp_path / "state"
    port = free_port()
    environment = {
        **os.environ,
        "FEEDSERVICE_CONTENT": str(content),
        "FEEDSERVICE_STATE": str(state),
        "PYTHONPATH": str(ROOT),
    }
    # As an editor would: the command from where the articles are.
    code = "import sys; sys.path.remove(''); from feedservice.cli.main import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", str(port)]
    log = state.with_suffix(".log")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, cwd=content, env=environment, stdout=output, stderr=output
        ) as process,
    ):
        try:
            wait_for(Site(content, state, process, port))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    assert not ran.exists()


def test_connections_inherit_that_a_stalled_send_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "STALLED", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.end_stalled_sends()
        with (
            socket.create_connection(listening.getsockname()),  # reads nothing
            listening.accept()[0] as ours,
        ):
            ours.settimeout(PATIENCE)
            with pytest.raises(TimeoutError) as ended:
                ours.sendall(bytes(1 << 28))
    assert ended.value.errno == errno.ETIMEDOUT  # of the kernel, not of this test


def test_a_worker_has_threads_for_all_that_is_let_in_and_for_kept_answers() -> None:
    assert sum(map(sum, LANES.values())) + STREAMS < server.THREADS


def test_a_port_on_which_somebody_answers_is_not_shared_and_another_is_named() -> None:
    port = free_port()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(CommandError, match=str(port)) as caught:
            server.ensure_free("127.0.0.1", port, patience=0)
        named = int(str(caught.value).rpartition(" ")[2])
        assert named > port
        server.ensure_free("127.0.0.1", named, patience=0)
    server.ensure_free("127.0.0.1", port, patience=0)


def test_a_port_that_is_given_back_meanwhile_is_waited_for() -> None:
    port = free_port()
    other = socket.create_server(("127.0.0.1", port))
    threading.Timer(0.3, other.close).start()
    server.ensure_free("127.0.0.1", port, patience=PATIENCE)


def test_an_address_that_is_not_of_this_machine_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match=r"192\.0\.2\.1"):
        server.ensure_free("192.0.2.1", 8000, patience=0)
