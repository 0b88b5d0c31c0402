"""A child that calls functions, and may die of one."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from subprocess import PIPE

import pytest

from feedservice.system import worker
from feedservice.system.child_process import begin_worker, hand
from feedservice.system.worker import Died, Worker
from waiting import PATIENCE


@pytest.fixture
def child() -> Iterator[Worker]:
    child = Worker()
    yield child
    child.close()


def call(child: Worker, function: object, *given: object) -> object:
    child.begin(function, *given)  # type: ignore[arg-type]
    return child.result()


def test_it_calls_one_function_after_another_in_one_process(child: Worker) -> None:
    first = call(child, os.getpid)
    assert first != os.getpid()
    assert call(child, os.getpid) == first
    assert call(child, sorted, [3, 1, 2]) == [1, 2, 3]


def test_a_terminals_interrupt_is_not_for_it_even_as_it_starts(child: Worker) -> None:
    child.start()
    assert child._child
    os.kill(child._child.pid, signal.SIGINT)
    pid = call(child, os.getpid)
    assert pid == child._child.pid
    os.kill(child._child.pid, signal.SIGINT)
    assert call(child, os.getpid) == pid


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_nor_is_it_for_the_processes_of_a_pool(method: str) -> None:
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context, initializer=begin_worker) as pool:
        future = hand(pool, os.getpid)
        (pid,) = pool._processes
        os.kill(pid, signal.SIGINT)
        assert future.result(PATIENCE) == pid


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_its_death_is_told_and_the_next_call_goes_to_another(
    child: Worker, number: signal.Signals
) -> None:
    pid = call(child, os.getpid)
    with pytest.raises(Died) as died:
        call(child, signal.raise_signal, number)
    assert (died.value.why, died.value.is_late) == (number.name, False)
    assert call(child, os.getpid) != pid


def test_a_fault_in_a_function_ends_it_too(child: Worker) -> None:
    with pytest.raises(Died, match="exit code 1"):
        call(child, int, "x")


def test_it_works_where_it_may_not_give_way(child: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_more: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "nice", refuse)
    child._start(worker._Copy)
    assert call(child, sorted, [3, 1, 2]) == [1, 2, 3]


def test_it_is_started_again_where_it_died_while_it_had_nothing_to_do(child: Worker) -> None:
    pid = call(child, os.getpid)
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert call(child, os.getpid) != pid


def test_more_memory_than_it_may_have_is_refused(child: Worker) -> None:
    with pytest.raises(Died):
        call(child, bytearray, worker.MEMORY)
    assert call(child, len, "x") == 1


def test_what_it_prints_is_no_answer(child: Worker) -> None:
    assert call(child, print, "x" * 100) is None


def test_it_ends_when_it_is_closed_and_a_large_answer_is_whole(child: Worker) -> None:
    pid = call(child, os.getpid)
    assert isinstance(pid, int)
    assert call(child, bytes, 3_000_000) == bytes(3_000_000)
    child.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_piece_of_work_that_takes_too_long_is_ended_wherever_it_is(
    child: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    # One call of a C function that would take years, which no handler in Python could end.
    child.begin(
        exec,
        f"""
import re
from feedservice.system import worker
worker.SECONDS = 0.2
worker.tell("first")
worker.tell("second")
re.match(r"(a+)+$", {"a" * 60 + "b"!r})
""",
    )
    with pytest.raises(Died) as died:
        child.result()
    assert (died.value.at, died.value.is_late) == ("second", True)
    assert time.monotonic() - began < 60


def test_a_piece_that_was_done_is_not_blamed_for_what_comes_after_it(child: Worker) -> None:
    call(child, worker.tell, "done")
    with pytest.raises(Died) as died:
        call(child, signal.raise_signal, signal.SIGSEGV)
    assert died.value.at == ""


def test_names_of_all_kinds_are_told_whole(child: Worker) -> None:
    for name in ("a" * 5000, "field/خبر.md", "\udcff.md"):
        child.begin(
            exec,
            f"from feedservice.system import worker; worker.tell({'x' * 6000!r});"
            f"worker.tell({name!r}); import os; os.abort()",
        )
        with pytest.raises(Died) as died:
            child.result()
        assert died.value.at == name


def test_one_that_was_stopped_is_ended_whether_it_works_or_waits(
    child: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = call(child, os.getpid)
    assert isinstance(pid, int)
    monkeypatch.setattr(worker, "STUCK", 0.2)
    with pytest.raises(Died, match="SIGKILL"):
        call(child, signal.raise_signal, signal.SIGSTOP)
    monkeypatch.undo()
    pid = call(child, os.getpid)
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(worker, "STUCK", 0.2)
    with pytest.raises(Died, match="SIGKILL"):
        call(child, len, bytes(3_000_000))
    monkeypatch.undo()
    assert call(child, len, bytes(3_000_000)) == 3_000_000


def test_telling_is_for_a_child_alone() -> None:
    worker.tell("x")
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_where_its_parent_was_ended_while_it_worked_it_ends_without_a_word() -> None:
    code = "import os; from feedservice.system.worker import serve; serve(0, os.memfd_create('n'))"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert child.stdin
    assert child.stdout
    child.stdout.close()
    _, said = child.communicate(pickle.dumps((len, ("x",))))
    assert (child.returncode, said) == (0, b"")
