"""The same feed gives the same bytes on every machine, in every thread, kept or fresh."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

import feed_factories as make
from feedservice.feeds.feed import Link
from feedservice.feeds.formats import FORMATS, Entries, Format

PROGRAM = """
import locale
from hashlib import sha256
import feed_factories as make
from feedservice.feeds import _feedgen
from feedservice.feeds.formats import FORMATS
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
_feedgen.__version__ = "0.0.0"
print(*(sha256(form.render(make.full_feed())).hexdigest() for form in FORMATS.values()))
"""
TESTS = Path(__file__).parents[1]
every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "ar_SY.UTF-8", "TZ": "Asia/Damascus", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "C", "TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"},
    ],
)
def test_another_locale_zone_and_hash_seed_change_no_byte(environment: dict[str, str]) -> None:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=os.environ | environment | {"PYTHONPATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.split() == [
        sha256(form.render(make.full_feed())).hexdigest() for form in FORMATS.values()
    ]


@every_format
def test_threads_that_share_what_is_kept_make_the_same_bytes(form: Format) -> None:
    entries = Entries()
    with ThreadPoolExecutor(8) as pool:
        documents = set(
            pool.map(lambda _: form.render(make.full_feed(), entries=entries), range(64))
        )
    assert documents == {form.render(make.full_feed())}


@every_format
def test_a_kept_entry_is_made_once(form: Format) -> None:
    made = []

    def entry(item, language):
        made.append(item.id)
        return form.entry(item, language)

    counting = replace(form, entry=entry)
    entries = Entries()
    first = counting.render(make.full_feed(), entries=entries)
    assert (
        counting.render(make.full_feed(), entries=entries) == first == form.render(make.full_feed())
    )
    assert made == [item.id for item in make.full_feed().items]


@every_format
def test_a_kept_entry_is_made_anew_when_a_related_title_changes(form: Format) -> None:
    entries = Entries()
    form.render(make.feed(make.full_item()), entries=entries)
    changed = make.feed(
        make.full_item(related=(Link(url=f"{make.BASE}/articles/two", title="عنوان مصحّح"),))
    )
    document = form.render(changed, entries=entries)
    assert "عنوان مصحّح" in document.decode()
    assert document == form.render(changed)


@every_format
def test_a_kept_entry_names_its_language_in_each_feed_that_has_another(form: Format) -> None:
    entries = Entries()
    for language in ("ar", "en", "ar"):
        feed = make.feed(make.english_item(), language=language)
        assert form.render(feed, entries=entries) == form.render(feed)


@every_format
def test_no_more_is_kept_than_there_is_room_for(form: Format) -> None:
    entries = Entries(budget=50_000)
    for number in range(50):
        form.render(replace(make.full_feed(), language=f"x-{number}"), entries=entries)
    assert 0 < entries.size <= 50_000
