"""What operators see of a running service: metrics over all workers, and the access log."""

import json
import time
from functools import partial

import pytest
from prometheus_client.parser import text_string_to_metric_families

from factories import write_article
from service_process import Site
from waiting import comes_true

Counts = dict[tuple[str, frozenset[tuple[str, str]]], float]


def metrics(site: Site) -> Counts:
    families = text_string_to_metric_families(site.get("/metrics")[1].decode())
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in families
        for s in family.samples
    }


def value(site: Site, name: str, **labels: str) -> float:
    return metrics(site).get((name, frozenset(labels.items())), 0)


def grown(site: Site, before: Counts, name: str, **labels: str) -> float:
    return value(site, name, **labels) - before.get((name, frozenset(labels.items())), 0)


def read_all(site: Site) -> None:
    """Wait until the service has read what other tests saved in the folder that all share."""
    title = f"نهاية {time.monotonic_ns()}"
    write_article(site.content, "field/read-all.md", title=title)
    assert site.until(lambda: site.shows(title))


@pytest.mark.parametrize("server", ["granian", "gunicorn, preloaded"])
def test_requests_are_counted_over_all_workers_whoever_is_asked(
    services: dict[str, Site], server: str
) -> None:
    site = services[server]
    write_article(site.content, "field/counted.md", tags="[عداد]")
    path = "/tags/%D8%B9%D8%AF%D8%A7%D8%AF"
    assert site.until(lambda: site.get("/articles/counted")[0] == 200)
    since = partial(grown, site, metrics(site))
    asked = 40
    for _ in range(asked):
        assert site.get(f"{path}.atom")[0] == 200
    assert site.get("/no-such-thing")[0] == 404
    counted = "feedservice_http_requests_total"
    assert site.until(lambda: since(counted, route="tag", format="atom", status="200") == asked)
    assert site.until(lambda: since(counted, route="other", format="", status="404") == 1)
    # At least: another test's requests may have been written down after `since` began.
    assert since("feedservice_http_request_duration_seconds_count", route="tag") >= asked
    assert since("feedservice_http_response_body_bytes_total", route="tag") > asked * 500
    # Nearly all; what other tests saved may come in between, and then it is rendered anew.
    assert since("feedservice_cache_answers_total", how="hit") >= asked / 2
    assert 1 <= since("feedservice_renders_total", format="atom") <= asked / 2


@pytest.mark.parametrize("server", ["granian", "gunicorn, preloaded"])
def test_articles_problems_and_lags_are_told(services: dict[str, Site], server: str) -> None:
    site = services[server]
    name = server.partition(",")[0]
    read_all(site)
    since = partial(grown, site, metrics(site))
    write_article(site.content, f"field/{name}.md", title=f"منشور {name}")
    assert site.until(lambda: site.shows(f"منشور {name}"))
    # At least: that of what `read_all` waited for is told a moment after readers can see it.
    assert site.until(lambda: since("feedservice_publish_lag_seconds_count") >= 1)
    write_article(site.content, f"field/{name}-draft.md", status="draft")
    write_article(site.content, f"field/{name}-broken.md", date="31/02/2026")
    assert site.until(lambda: since("feedservice_articles", state="draft") == 1)
    assert site.until(lambda: since("feedservice_problems", severity="error") == 1)
    assert since("feedservice_articles", state="published") == 1
    assert value(site, "feedservice_outbox_pings") == 0


def test_nothing_is_warned_of_that_is_meant(services: dict[str, Site]) -> None:
    assert "Python threads" not in services["granian"].log()


def test_requests_are_logged_in_lines_of_json(services: dict[str, Site]) -> None:
    site = services["granian"]
    write_article(site.content, "field/logged.md", tags="[سجل]")
    assert site.until(lambda: site.get("/articles/logged")[0] == 200)
    site.get("/tags/%D8%B3%D8%AC%D9%84.rss?utm_source=x")

    def lines() -> list[dict[str, object]]:
        logged = [json.loads(line) for line in site.log().splitlines() if line.startswith("{")]
        return [line for line in logged if line["path"] == "/tags/سجل.rss"]

    assert comes_true(lambda: bool(lines()))
    (line,) = lines()
    assert (line["status"], line["query"], line["cache"]) == (200, "utm_source=x", "miss")
