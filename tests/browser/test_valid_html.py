"""Every kind of page is valid HTML: W3C's own checker, which asks nobody, finds nothing."""

import json
import os
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from browser_site import PAGES, ROOT
from nginx_process import require

CHECKER = ROOT / "tests" / "js" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
OF_FEEDS = "Bad value “feed:http://"
"""It knows feed: as a scheme with a host; readers of feeds know it before a whole address."""


def html(url: str) -> bytes:
    try:
        with urlopen(url) as answer:
            return answer.read()  # type: ignore[no-any-return]
    except HTTPError as answer:
        return answer.read()


def test_the_checker_finds_nothing(address: str, dressed_address: str, tmp_path: Path) -> None:
    if not CHECKER.exists():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("vnu-jar is not there: npm ci --prefix tests/js")
        pytest.skip("needs vnu-jar: npm ci --prefix tests/js")
    asked = {name: address + path for name, path in PAGES.items()}
    asked |= {f"dressed-{name}": dressed_address + PAGES[name] for name in ("front", "about")}
    for name, url in asked.items():
        (tmp_path / f"{name}.html").write_bytes(html(quote(url, safe="/:?=&,%")))
    # One tier of its compiler: half of the processor time for some dozens of pages.
    java = [require("java", "default-jre-headless"), "-Xss2m", "-XX:TieredStopAtLevel=1"]
    checking = [*java, "-jar", CHECKER, "--stdout", "--format", "json", *tmp_path.glob("*.html")]
    done = subprocess.run(checking, capture_output=True, check=False)
    told = json.loads(done.stdout)["messages"]
    found = [
        f"{each['url'].rpartition('/')[2]}:{each.get('lastLine')}: {each['message']}"
        for each in told
        if each["type"] != "info" and not each["message"].startswith(OF_FEEDS)
    ]
    assert len(asked) > 20
    assert not found
