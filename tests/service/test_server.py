"""The server outlives its workers, and runs no code from where it was started."""

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
from granian.constants import Interfaces

from factories import write_article
from feedservice.domain.errors import CommandError, PortTaken
from feedservice.http.admission import STREAMS
from feedservice.service import answering, listening, server, supervisor
from feedservice.service.keeper import Succession
from feedservice.service.listening import listen
from feedservice.service.wiring_web import LANES
from feedservice.system import child_process
from feedservice.web.intake import AT_ONCE, WAITING
from service_process import (
    ROOT,
    SERVERS,
    Site,
    assert_ended,
    free_port,
    serving,
    started,
    wait_for,
)
from waiting import PATIENCE, comes_true


def test_a_worker_that_is_killed_again_and_again_takes_no_other_with_it(
    services: dict[str, Site],
) -> None:
    site = services["granian"]
    write_article(site.content, "field/lasting.md", title="يبقى")
    assert site.until(lambda: site.shows("يبقى"))
    victim, healthy = sorted(site.workers())
    for _ in range(3):
        os.kill(victim, signal.SIGKILL)
        gone = {victim}
        assert comes_true(lambda gone=gone: len(set(site.workers()) - gone) == 2)
        (victim,) = set(site.workers()) - {healthy}
    assert healthy in site.workers()
    assert site.process.poll() is None
    assert site.until(lambda: site.shows("يبقى"))


def test_nothing_that_lies_beside_the_articles_is_run(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md", title="الأول")
    ran = tmp_path / "ran"
    for name in ("yaml", "babel", "flask", "msgspec"):
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
    monkeypatch.setattr(listening, "STALLED", 1.0)
    with (
        listen("127.0.0.1", free_port()) as ours,
        socket.create_connection(ours.getsockname()),  # reads nothing
        ours.accept()[0] as accepted,
    ):
        accepted.settimeout(PATIENCE)
        with pytest.raises(TimeoutError) as ended:
            accepted.sendall(bytes(1 << 28))
    assert ended.value.errno == errno.ETIMEDOUT  # of the kernel, not of this test


def test_a_worker_has_threads_for_all_that_is_let_in_and_for_kept_answers() -> None:
    assert sum(map(sum, LANES.values())) + STREAMS < answering.MAKING
    assert AT_ONCE + WAITING + 1 < answering.TAKING


def test_a_port_on_which_somebody_answers_is_not_shared_and_another_is_named() -> None:
    port = free_port()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(PortTaken, match=str(port)) as caught:
            listen("127.0.0.1", port, patience=0)
        named = int(str(caught.value).rpartition("=")[2])
        assert named > port
        listen("127.0.0.1", named, patience=0).close()
    listen("127.0.0.1", port, patience=0).close()


def test_a_port_that_is_given_back_meanwhile_is_waited_for() -> None:
    port = free_port()
    other = socket.create_server(("127.0.0.1", port))
    threading.Timer(0.3, other.close).start()
    listen("127.0.0.1", port, patience=PATIENCE).close()


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "a" * 64, "\ud800"])
def test_an_address_that_is_not_of_this_machine_is_refused_in_words(host: str) -> None:
    with pytest.raises(CommandError, match=re.escape(host)):
        listen(host, 8000, patience=0)


def test_workers_that_die_at_their_start_are_slowed_down_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    # Not of all who sleep: a thread of an earlier test may.
    monkeypatch.setattr(child_process, "time", SimpleNamespace(sleep=pauses.append))
    starts = server._Respawns()
    for number in range(child_process.BURST):
        starts[number % 2] = 100 + number / 10
    assert pauses == []
    starts[0] = 102.0
    assert pauses == [child_process.PAUSE]
    for number in range(2 * child_process.BURST):
        starts[0] = 200 + number * child_process.WITHIN / child_process.BURST
    assert pauses == [child_process.PAUSE]


def hold(site: Site, held: ExitStack, request: bytes, begun: bytes) -> None:
    """Send a part of a request, or all of it, and read the beginning of its answer."""
    connection = held.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", int(site.url.rpartition(":")[2])))
    connection.sendall(request)
    assert connection.recv(1024)[: len(begun)] == begun if begun else True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_ends_by_itself_whatever_clients_hold_open(
    content: Path, tmp_path: Path, how: signal.Signals
) -> None:
    write_article(content, "field/a.md")
    (content / "media").mkdir()
    with (content / "media" / "big.mp4").open("wb") as big:
        big.write(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41")
        big.truncate(64 << 20)  # more than all buffers hold
    with started(content, tmp_path / "state", "granian") as site, ExitStack() as held:
        wait_for(site)
        for _ in range(4):
            hold(site, held, b"", b"")
            hold(site, held, b"GET /feed.rss HT", b"")
            hold(site, held, b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200")
            hold(site, held, b"GET /media/big.mp4 HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200")
        os.killpg(site.process.pid, how)  # as a terminal does
        site.process.wait(PATIENCE)
    assert_ended(site, "granian")
    told = site.log()
    assert "kill" not in told.lower(), told
    assert "Traceback" not in told, told
    assert not re.search("WARNING|ERROR", told), told  # of a first start and its end


SLOW_START = """
import os, signal, sys, time
from feedservice.service import server
from feedservice.service.keeper import Succession
from feedservice.service.listening import listen

def load(*given):
    print(os.getpid(), flush=True)
    while signal.SIGTERM not in signal.sigpending():
        time.sleep(0.01)
    return whole(*given)

whole, server.load_worker = server.load_worker, load
server.serve(listen("127.0.0.1", int(sys.argv[1])), 1)
"""


@pytest.mark.parametrize("died", [0, 1], ids=["first", "in the place of one that died"])
def test_a_worker_that_is_told_to_end_while_it_begins_ends(
    content: Path, tmp_path: Path, died: int
) -> None:
    surroundings = {"FEEDSERVICE_CONTENT": str(content), "FEEDSERVICE_STATE": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_START, str(free_port())],
        env={**os.environ, "PYTHONPATH": str(ROOT), **surroundings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        for _ in range(died):
            os.kill(int(process.stdout.readline()), signal.SIGKILL)
            assert "Unexpected exit" in process.stdout.readline()
        assert int(process.stdout.readline())
        process.terminate()
        said = process.communicate(timeout=PATIENCE)[0]
    assert (process.returncode, said) == (0, "")


SIGNALS = """
import signal
from feedservice.service.server import _Wake

told = _Wake()
signal.signal(signal.SIGALRM, lambda *_: told.set())
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for _ in range(1000):
    told.wait()
    told.clear()
signal.setitimer(signal.ITIMER_REAL, 0)
"""


def test_signals_that_come_amid_a_wait_do_not_end_it_for_ever() -> None:
    program = [sys.executable, "-c", SIGNALS]
    subprocess.run(program, env={"PYTHONPATH": str(ROOT)}, check=True, timeout=PATIENCE)


ELSEWHERE = """
import signal, threading
from feedservice.service.server import _Wake

def take():
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

told = _Wake()
signal.signal(signal.SIGTERM, lambda *_: told.set())
threading.Timer(0.2, take).start()
told.wait()
"""


def test_a_signal_that_another_thread_takes_is_heeded() -> None:
    """As after Ctrl-Z: the system gives what came meanwhile to whichever thread goes on first."""
    program = [sys.executable, "-c", ELSEWHERE]
    subprocess.run(program, env={"PYTHONPATH": str(ROOT)}, check=True, timeout=PATIENCE)


def test_what_comes_just_before_workers_are_replaced_is_not_forgotten() -> None:
    with listen("127.0.0.1", free_port()) as ours:
        made = server._Server(ours, list, Succession(), interface=Interfaces.WSGI)
        made._respawn_workers([], None, None)
        assert not made.main_loop_interrupt.is_set()
        made.interrupt_children.append(1)
        made._respawn_workers([], None, None)
        assert made.main_loop_interrupt.is_set()
        made.main_loop_interrupt.clear()
        made.interrupt_children.clear()
        made.interrupt_signal = True
        made._respawn_workers([0], None, None)  # there is none, and none is begun
        assert made.main_loop_interrupt.is_set()


def test_what_is_killed_while_it_starts_leaves_nobody_who_keeps_the_port(
    content: Path, tmp_path: Path
) -> None:
    port = free_port()
    with started(content, tmp_path / "state", "granian", port) as site:
        assert comes_true(lambda: len(site.processes()) > 1)  # who reads site.yaml
        site.process.kill()
        site.process.wait(PATIENCE)
    listen("127.0.0.1", port, patience=PATIENCE).close()
    assert comes_true(lambda: not site.processes())


def test_what_a_stop_may_wait_for_is_two_seconds() -> None:
    assert server.GRACE + supervisor.STOP_WITHIN <= 2


def test_who_connects_while_no_worker_lives_is_answered_by_the_next(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SERVERS, "granian", ["-m", "feedservice", "serve", "--port"])
    write_article(content, "field/a.md", title="يبقى")
    with serving(content, tmp_path / "state", "granian") as site:
        for _ in range(3):
            (worker,) = site.workers()
            os.kill(worker, signal.SIGKILL)
            assert comes_true(lambda worker=worker: worker not in site.workers())
            assert site.shows("يبقى", "/feed.rss")


def state_of(process: int) -> str:
    """As proc_pid_stat(5) has it, Z where nobody has asked how it ended; "" where it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def test_who_asks_when_the_server_died_is_answered_by_its_workers_until_others_are_there(
    services: dict[str, Site],
) -> None:
    site = services["granian"]
    write_article(site.content, "field/lasting.md", title="يبقى")
    assert site.until(lambda: site.shows("يبقى"))
    assert comes_true(lambda: len(site.workers()) == 2)
    before = site.workers()
    (server,) = site.servers()
    os.kill(site.process.pid, signal.SIGSTOP)  # so that no other begins
    try:
        os.kill(server, signal.SIGKILL)
        assert comes_true(lambda: state_of(server) == "Z")
        assert site.until(lambda: site.shows("يبقى"))
        assert "" not in map(state_of, before)
    finally:
        os.kill(site.process.pid, signal.SIGCONT)
    assert comes_true(lambda: len(site.workers()) == 2)
    assert comes_true(lambda: not any(map(state_of, before)))
    assert site.until(lambda: site.shows("يبقى"))


def test_workers_whose_server_died_end_with_who_kept_it(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md")
    with started(content, tmp_path / "state", "granian") as site:
        wait_for(site)
        (server,) = site.servers()
        os.kill(site.process.pid, signal.SIGSTOP)
        os.kill(server, signal.SIGKILL)
        assert comes_true(lambda: state_of(server) == "Z")
        os.kill(site.process.pid, signal.SIGKILL)
        assert comes_true(lambda: not site.processes())


KEPT = """
import os, signal
from feedservice.service.keeper import Keeper

def serve(is_first, succession):
    def take_over(*_):
        print("takes over", flush=True)
        succession.take_over()
    signal.signal(signal.SIGUSR1, take_over)
    if is_first and not os.fork():
        succession.wait()
        print("is followed", flush=True)
        os._exit(0)
    print(os.getpid(), flush=True)
    while True:
        signal.pause()

Keeper(serve, list).run()
"""


def test_workers_answer_on_though_the_next_server_dies_before_it_has_its_own() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEPT],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        for _ in range(3):
            os.kill(int(process.stdout.readline()), signal.SIGKILL)
        os.kill(int(process.stdout.readline()), signal.SIGUSR1)
        assert process.stdout.readline() == "takes over\n"
        assert process.stdout.readline() == "is followed\n"
        process.terminate()
        assert process.communicate(timeout=PATIENCE)[0] == ""


def test_a_server_that_somebody_ends_is_begun_again(services: dict[str, Site]) -> None:
    site = services["granian"]
    for how in (signal.SIGTERM, signal.SIGKILL):
        (server,) = site.servers()
        os.kill(server, how)
        none = ([server], [site.process.pid])
        assert comes_true(lambda none=none: site.servers() not in none)
        assert site.get("/feed.rss")[0] == 200
    assert site.process.poll() is None
