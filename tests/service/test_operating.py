"""What operators see of a running service: metrics over all workers, the access log, kept answers
in a failure."""

import json
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from factories import write_article
from service_process import Site, serving


def metrics(site: Site) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(site.get("/metrics")[1].decode())
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in families
        for s in family.samples
    }


def value(site: Site, name: str, **labels: str) -> float:
    return metrics(site).get((name, frozenset(labels.items())), 0)


@pytest.mark.parametrize("server", ["granian", "gunicorn, preloaded"])
def test_metrics_are_those_of_all_workers_whoever_is_asked(
    content: Path, tmp_path: Path, server: str
) -> None:
    write_article(content, "field/a.md")
    write_article(content, "field/b.md", status="draft")
    write_article(content, "field/c.md", date="31/02/2026")
    with serving(content, tmp_path / "state", server) as site:
        asked = 40
        for _ in range(asked):
            assert site.get("/categories/field.atom")[0] == 200
        assert site.get("/no-such-thing")[0] == 404
        counted = "feedservice_http_requests_total"
        assert site.until(
            lambda: value(site, counted, route="category", format="atom", status="200") == asked
        )
        assert value(site, counted, route="other", format="", status="404") == 1
        assert (
            value(site, "feedservice_http_request_duration_seconds_count", route="category")
            == asked
        )
        assert (
            value(site, "feedservice_http_response_body_bytes_total", route="category") > 40 * 500
        )
        assert value(site, "feedservice_cache_answers_total", how="hit") >= asked - 2
        assert 1 <= value(site, "feedservice_renders_total", format="atom") <= 2
        assert value(site, "feedservice_articles", state="published") == 1
        assert value(site, "feedservice_articles", state="draft") == 1
        assert value(site, "feedservice_problems", severity="error") == 1
        assert value(site, "feedservice_outbox_pings") == 0
        before = value(site, "feedservice_publish_lag_seconds_count")
        write_article(content, "field/d.md", title="بعد البدء")
        assert site.until(lambda: site.shows("بعد البدء"))
        assert value(site, "feedservice_publish_lag_seconds_count") == before + 1


def test_a_started_service_counts_from_nothing(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md")
    for _ in range(2):
        with serving(content, tmp_path / "state", "granian") as site:
            site.get("/feed.json")
            assert site.until(
                lambda site=site: (
                    value(
                        site,
                        "feedservice_http_requests_total",
                        route="site",
                        format="json",
                        status="200",
                    )
                    == 1
                )
            )


def test_requests_are_logged_in_lines_of_json(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDSERVICE_ACCESS_LOG", "1")
    write_article(content, "field/a.md", tags="[ماء]")
    state = tmp_path / "state"
    with serving(content, state, "granian") as site:
        site.get("/tags/%D9%85%D8%A7%D8%A1.rss?utm_source=x")
    lines = [
        line
        for line in state.with_suffix(".log").read_text(encoding="utf-8").splitlines()
        if line.startswith("{")
    ]
    (told,) = [each for each in map(json.loads, lines) if each["path"] == "/tags/ماء.rss"]
    assert (told["status"], told["query"], told["cache"]) == (200, "utm_source=x", "miss")
