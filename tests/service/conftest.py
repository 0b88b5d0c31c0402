"""Servers that many tests share."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from factories import SITE_YAML
from service_process import SERVERS, Site, assert_ended, started, wait_for


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    """One content folder, followed by every server that we name, each over a state of its own.

    Each test has articles of its own in it.
    """
    root = tmp_path_factory.mktemp("services")
    content = root / "content"
    content.mkdir()
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    with ExitStack() as stack:
        sites = {
            server: stack.enter_context(
                started(content, root / server, server, FEEDSERVICE_ACCESS_LOG="1")
            )
            for server in SERVERS
        }
        for site in sites.values():
            wait_for(site)
        yield sites
    for server, site in sites.items():
        assert_ended(site, server)
