"""What measures: the generated site, processes, wrk's words, our nginx configuration made to fit.
Nothing is timed."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import generate, load, processes
from benchmarks.peers import nginx
from benchmarks.processes import Unmeasurable
from feedservice.authoring import check
from waiting import comes_true

# A server, and a child of its own that ignores the polite signal.
FAMILY = """
import http.server, subprocess, sys
subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('child', flush=True); time.sleep(60)"])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def test_generated_articles_are_without_fault(tmp_path: Path) -> None:
    generate.generate(tmp_path / "site", 60)
    problems, _, _ = check.check([tmp_path / "site"], datetime(2026, 1, 1, tzinfo=UTC))
    # It is for a trial only, which the generated site.yaml says.
    assert {each.code for each in problems} == {"base-url-local", "site-id-example"}
    assert len(list((tmp_path / "site").glob("*/*.md"))) == 60


def test_the_same_number_gives_the_same_articles(tmp_path: Path) -> None:
    for name, count in (("one", 25), ("two", 30)):
        generate.generate(tmp_path / name, count)
    for path in (tmp_path / "one").glob("*/*.md"):
        assert (
            path.read_bytes()
            == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()
        )


def test_what_was_started_is_ended_with_its_children_when_a_measurement_fails(
    tmp_path: Path,
) -> None:
    port, log = processes.free_port(), tmp_path / "log"
    family: list[int] = []

    def measure() -> None:
        with processes.running((sys.executable, "-c", FAMILY, str(port)), log) as process:
            processes.wait_for(process, port, "/", log)
            assert comes_true(lambda: "child" in log.read_text())
            family.extend((process.pid, *processes.descendants(process.pid)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        measure()
    assert len(family) == 2
    assert not any(processes.command_line(pid) for pid in family)


def test_a_server_that_does_not_come_up_is_told_with_its_own_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        processes.running(
            (sys.executable, "-c", "raise SystemExit('no such setting')"), log
        ) as process,
        pytest.raises(Unmeasurable, match="no such setting"),
    ):
        processes.wait_for(process, processes.free_port(), "/", log)


def test_a_missing_program_is_named_with_its_package() -> None:
    with pytest.raises(Unmeasurable, match="apt-get install its-package"):
        processes.tool("no-such-program", "its-package")


def test_memory_and_processor_time_are_those_of_the_process() -> None:
    assert 1 < processes.memory(os.getpid()) < 10_000
    assert processes.cpu_seconds([os.getpid()]) > 0
    done = subprocess.run([sys.executable, "-c", ""], check=True)
    assert done.returncode == 0


WRK = """\
Running 3s test @ http://127.0.0.1:8000/feed.rss
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.10ms  200.00us   9.00ms   90.00%
  30000 requests in 3.00s, 1.50MB read
Requests/sec:  10000.00
Transfer/sec:      0.50MB
"""


def test_what_wrk_prints_is_read() -> None:
    assert load.parse(WRK) == (30000, 3.0, 1.5 * 2**20)


@pytest.mark.parametrize(
    "trouble",
    ["  Non-2xx or 3xx responses: 12", "  Socket errors: connect 0, read 3, write 0, timeout 0"],
)
def test_a_run_with_errors_is_no_measurement(trouble: str) -> None:
    with pytest.raises(Unmeasurable, match="wrk"):
        load.parse(WRK.replace("Requests/sec", f"{trouble}\nRequests/sec"))


OURS = """\
proxy_cache_path /run/nginx-feedservice levels=1:2;
root /run/feedservice;
upstream feedservice { server 127.0.0.1:8000; }
listen 80 default_server;      #plain
listen [::]:80 default_server; #plain
listen 127.0.0.1:8081;
access_log /var/log/nginx/feedservice.log;
"""


def test_our_configuration_is_changed_where_a_site_may_change_it() -> None:
    text = nginx.adapt(
        OURS, Path("/scratch"), port=1111, itself=2222, upstream=3333, feeds=Path("/feeds")
    )
    assert "root /feeds;" in text
    assert "listen 127.0.0.1:1111 default_server;" in text
    assert "server 127.0.0.1:3333;" in text
    assert "listen 127.0.0.1:2222;" in text
    assert "/scratch/access.log" in text
    assert not any(word in text for word in ("8000", "8081", "[::]", "/run/", "/var/"))


def test_a_configuration_that_lost_a_value_is_told() -> None:
    with pytest.raises(Unmeasurable, match=r"127\.0\.0\.1:8081"):
        nginx.adapt(
            OURS.replace("8081", "8082"),
            Path("/scratch"),
            port=1,
            itself=2,
            upstream=3,
            feeds=Path("/feeds"),
        )


@pytest.mark.skipif(not nginx.OURS.is_file(), reason="the configuration is not delivered yet")
def test_our_configuration_can_be_measured() -> None:
    text = nginx.adapt(
        nginx.OURS.read_text(encoding="utf-8"),
        Path("/scratch"),
        port=1,
        itself=2,
        upstream=3,
        feeds=Path("/feeds"),
    )
    assert "127.0.0.1:3" in text
