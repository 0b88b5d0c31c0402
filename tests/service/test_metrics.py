"""What operators are told, read back by Prometheus' own parser."""

import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from feedservice.domain.model import Problem, Severity, Template
from feedservice.service.metrics import Metrics


def read(text: bytes) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(text.decode())
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in families
        for s in family.samples
    }


def value(text: bytes, name: str, **labels: str) -> float | None:
    return read(text).get((name, frozenset(labels.items())))


def nothing() -> Mapping[tuple[str, str, str], Mapping[str, float]]:
    return {}


def test_answers_are_counted_by_route_format_and_status() -> None:
    metrics = Metrics()
    for _ in range(3):
        metrics.answered("category", "rss", "200", "hit", 1000, 0.00005)
    metrics.answered("category", "rss", "304", "miss", 0, 0.02)
    told = metrics.text(nothing)
    requests = "feedservice_http_requests_total"
    assert value(told, requests, route="category", format="rss", status="200") == 3
    assert value(told, requests, route="category", format="rss", status="304") == 1
    assert value(told, "feedservice_http_response_body_bytes_total", route="category") == 3000
    assert value(told, "feedservice_cache_answers_total", how="hit") == 3
    assert value(told, "feedservice_cache_answers_total", how="miss") == 1


def test_durations_are_a_histogram() -> None:
    metrics = Metrics()
    for seconds in (0.00005, 0.02, 0.02, 99):
        metrics.answered("site", "rss", "200", "hit", 1, seconds)
    told, name = metrics.text(nothing), "feedservice_http_request_duration_seconds"
    buckets = {
        le: value(told, f"{name}_bucket", route="site", le=le)
        for le in ("0.0001", "0.01", "0.025", "2.5", "+Inf")
    }
    assert buckets == {"0.0001": 1, "0.01": 1, "0.025": 3, "2.5": 3, "+Inf": 4}
    assert value(told, f"{name}_count", route="site") == 4
    assert value(told, f"{name}_sum", route="site") == 99.04005


def test_no_answer_is_lost_that_threads_count_while_counts_are_written(tmp_path: Path) -> None:
    metrics, threads, each = Metrics(tmp_path), 4, 5_000

    def count() -> None:
        for _ in range(each):
            metrics.answered("site", "rss", "200", "hit", 10, 0.002)

    counting = [threading.Thread(target=count) for _ in range(threads)]
    for thread in counting:
        thread.start()
    while any(thread.is_alive() for thread in counting):
        metrics.flush()
    told, requests = metrics.text(nothing), "feedservice_http_requests_total"
    assert value(told, requests, route="site", format="rss", status="200") == threads * each
    assert (
        value(told, "feedservice_http_response_body_bytes_total", route="site")
        == threads * each * 10
    )


def test_documents_and_lags_are_counted() -> None:
    metrics = Metrics()
    metrics.rendered("atom")
    metrics.published([0.15])
    told = metrics.text(nothing)
    assert value(told, "feedservice_renders_total", format="atom") == 1
    assert value(told, "feedservice_publish_lag_seconds_bucket", le="0.2") == 1
    assert value(told, "feedservice_publish_lag_seconds_bucket", le="0.1") == 0


def test_what_stands_elsewhere_is_asked_at_each_scrape() -> None:
    counted = {"published": 1.0}
    metrics = Metrics()
    gauges = {
        ("articles", "Articles by state.", "state"): counted,
        ("outbox_pings", "Waiting.", ""): {"": 7.0},
    }
    assert value(metrics.text(lambda: gauges), "feedservice_articles", state="published") == 1
    counted["published"] = 2
    told = metrics.text(lambda: gauges)
    assert value(told, "feedservice_articles", state="published") == 2
    assert value(told, "feedservice_outbox_pings") == 7


def test_a_site_that_nobody_asked_has_metrics_too() -> None:
    assert b"# TYPE feedservice_http_requests_total counter" in Metrics().text(nothing).replace(
        b"# TYPE feedservice_http_requests counter",
        b"# TYPE feedservice_http_requests_total counter",
    )


def test_a_thread_that_the_system_refuses_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    metrics = Metrics()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        metrics.answered("list", "rss", "200", "hit", 10, 0.1)
    assert metrics._flusher is None
    metrics.answered("list", "rss", "200", "hit", 10, 0.1)
    assert metrics._flusher


def test_where_files_cannot_be_written_counting_goes_on_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "metrics"
    folder.write_text("a file in the place of the folder")
    metrics = Metrics(folder)
    for number in (1, 2, 3):
        metrics.published([0.1])
        told = metrics.text(nothing)
        assert value(told, "feedservice_publish_lag_seconds_count") == number
    assert caplog.text.count("cannot be written") == 1
    folder.unlink()
    metrics.published([0.1])
    assert value(Metrics(folder).text(nothing), "feedservice_publish_lag_seconds_count") == 4


def test_a_damaged_file_of_another_process_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1-a.json").write_text('[["renders", "rss", 2]')
    (tmp_path / "2-b.json").write_text('[["renders", "rss", 2]]')
    assert value(Metrics(tmp_path).text(nothing), "feedservice_renders_total", format="rss") == 2


def test_no_count_is_mapped_into_memory_that_a_full_disk_cannot_back(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    metrics.published([0.1])
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()


COUNT = """
import sys
from pathlib import Path
from feedservice.service.metrics import Metrics
metrics = Metrics(Path(sys.argv[1]))
for _ in range(5):
    metrics.answered("site", "rss", "200", "hit", 10, 0.01)
metrics.rendered("rss")
print(metrics.text(dict).decode())
"""


def test_counts_of_several_processes_add_up_and_outlive_them(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        done = subprocess.run(
            [sys.executable, "-c", COUNT, str(tmp_path)],
            capture_output=True,
            check=True,
        )
        told = done.stdout
        assert (
            value(told, "feedservice_http_requests_total", route="site", format="rss", status="200")
            == 5 * number
        )
        assert value(told, "feedservice_renders_total", format="rss") == number
        assert (
            value(told, "feedservice_http_request_duration_seconds_count", route="site")
            == 5 * number
        )


def test_faults_of_templates_are_known_to_all_until_the_templates_change(tmp_path: Path) -> None:
    templates = (Template(name="list.html", text="{{ 1 // 0 }}"),)
    fault = Problem(path="templates/list.html", line=3, code="template-bad", facts={"value": "x"})
    for _ in range(2):
        Metrics(tmp_path).template_failed(templates, fault)
    (told,) = Metrics(tmp_path).template_faults(templates)
    assert (told.path, told.line, told.code, told.facts) == (
        "templates/list.html", 3, "template-bad", {"value": "x"},
    )  # fmt: skip
    assert told.severity is Severity.WARNING
    mended = (Template(name="list.html", text="{{ 1 }}"),)
    assert not Metrics(tmp_path).template_faults(mended)
    assert not Metrics(tmp_path).template_faults(())
    assert b"template" not in Metrics(tmp_path).text(nothing)
