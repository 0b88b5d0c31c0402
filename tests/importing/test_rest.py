"""reStructuredText of Pelican and Nikola: what docutils reads comes, what it does not is told, and
nothing that a text names is opened."""

import sys
from pathlib import Path

import pytest

from feedservice.importing import opening, rest
from feedservice.importing.front_matter import FrontMatterError
from feedservice.importing.import_report import ImportReport
from import_sources import Run

CONFIG = (
    "SITEURL = 'https://old.example'\nPATH = 'content'\nTIMEZONE = 'Asia/Amman'\n"
    "DEFAULT_LANG = 'ar'\n"
)
HEAD = "عنوان *مائل*\n############\n\n:date: 2024-05-01 10:00\n"


def brought(run: Run, root: Path, **files: str) -> ImportReport:
    (root / "content" / "field").mkdir(parents=True)
    (root / "pelicanconf.py").write_text(CONFIG, encoding="utf-8")
    for name, text in files.items():
        (root / "content" / "field" / f"{name}.rst").write_text(text, encoding="utf-8")
    return run(opening.open_folder(root, None, "UTC"), category="field")


def text_of(content: Path) -> str:
    (path,) = content.rglob("*/*.md")
    return path.read_text(encoding="utf-8")


def test_metadata_come_as_pelican_reads_them(run: Run, tmp_path: Path, content: Path) -> None:
    head = (
        f"{HEAD}:modified: 2024-05-02\n:slug: maa\n:tags: ماء، هواء\n:authors: فلان; فلانة\n"
        ":summary: ملخص **مهم**\n:status: draft\n:extra: x\n\nنص\n"
    )
    report = brought(run, tmp_path / "old", a=head)
    assert (report.found, report.count, report.drafts, report.unexplained) == (1, 1, 1, 0)
    text = text_of(content)
    assert "title: عنوان مائل\ndate: 2024-05-01 10:00\nupdated: 2024-05-02 00:00\n" in text
    assert "id: tag:old.example,2024-05-01:/maa.html\n" in text
    assert "tags: [ماء, هواء]\nauthor: [فلان, فلانة]\nsummary: ملخص مهم\n" in text
    assert [each.facts["value"] for each in report.remarks] == ["extra"]


def test_bodies_come_with_notes_code_tables_and_links(
    run: Run, tmp_path: Path, content: Path
) -> None:
    body = (
        "\nنص **مهم** [#n]_ و `آخر <{filename}/field/b.rst>`_ و |اسم|.\n\n"
        ".. |اسم| replace:: بديل\n\n* أ\n* ب\n\n.. code-block:: python\n   :linenos: table\n\n"
        "   print(1)\n\n=== ===\n أ   ب\n=== ===\n 1   2\n=== ===\n\n"
        ".. youtube:: abc\n\n.. contents::\n\nفصل\n====\n\nتتمة\n\n.. [#n] حاشية\n"
    )
    b = HEAD.replace("مائل", "ثان") + ":status: skip\n\nنص\n"
    report = brought(run, tmp_path / "old", a=f"{HEAD}{body}", b=b)
    assert (report.found, report.count, report.unexplained) == (2, 2, 0)
    (path,) = (each for each in (content / "field").glob("*.md") if "print" in each.read_text())
    text = path.read_text(encoding="utf-8")
    assert 'نص <strong>مهم</strong> <sup><a href="#n" id="footnote-reference-1"' in text
    assert "بديل" in text
    assert 'role="doc-backlink">↩</a>' in text
    assert "\n- أ\n- ب\n" in text
    assert "```\nprint(1)\n```" in text
    assert "| أ | ب |\n| --- | --- |\n| 1 | 2 |" in text
    assert "https://www.youtube.com/watch?v=abc" in text
    assert "\n## فصل\n" in text
    assert "{filename}" not in text


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (".. include:: {secret}", 7),
        (".. raw:: html\n   :file: {secret}", 7),
        (".. csv-table:: x\n   :file: {secret}", 7),
        (".. csv-table:: x\n   :url: file://{secret}", 7),
        (".. weather:: عمان\n\n   نص باق", 7),
        ("سطر\n\n:unknown:`نص باق`", 9),
    ],
)
def test_what_is_not_understood_or_not_safe_stays_as_written_and_is_told(
    run: Run, tmp_path: Path, content: Path, written: str, line: int
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("كلمة السر")
    told = brought(run, tmp_path / "old", a=f"{HEAD}\nقبل\n\n{written.format(secret=secret)}\n")
    text = text_of(content)
    assert "كلمة السر" not in text
    assert "قبل" in text
    assert ("نص باق" in text) == ("نص باق" in written)
    assert [(each.code, each.place) for each in told.remarks] == [
        ("markup-unread", f"content/field/a.rst:{line + 1}")
    ]


def test_a_picture_is_not_opened(run: Run, tmp_path: Path, content: Path) -> None:
    picture = tmp_path / "a.svg"
    picture.write_text("<svg>كلمة السر</svg>")
    body = f"\nنص\n\n.. image:: {picture}\n   :loading: embed\n   :scale: 50\n   :alt: صورة\n"
    brought(run, tmp_path / "old", a=HEAD + body)
    assert "السر" not in text_of(content)


def test_a_text_that_is_too_long_or_multiplies_itself_is_refused() -> None:
    nested = "".join(f".. |a{n}| replace:: {f'|a{n + 1}| ' * 9}\n" for n in range(30))
    circle = ".. |a0| replace:: |a1|\n.. |a1| replace:: |a0|\n"
    long = f".. |a0| replace:: {'x' * 9000}\n\n" + "|a0|\n\n" * 9000
    paragraph = "ا" * (rest.MAX_PARAGRAPH + 1)
    for text in ("ا\n\n" * rest.MAX_CHARACTERS, paragraph, nested, circle, long):
        with pytest.raises(FrontMatterError):
            rest.read(f"|a0|\n\n{text}", "a.rst")


def test_admonitions_are_called_as_in_the_language_of_the_site() -> None:
    text = "قبل\n\n.. note:: نص\n"
    for language, title in (("ar", "ملاحظة"), ("de-AT", "Bemerkung"), ("xx", "Note"), ("", "Note")):
        document = rest.read(text, "a.rst", language)
        assert f">{title}</p>" in document.html()
        assert document.remarks == ()


def test_no_module_is_imported_that_is_called_as_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zz_foreign.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    for language in ("zz_foreign", "ZZ-foreign", "-".join(f"a{n}" for n in range(40))):
        rest.read("نص\n", "a.rst", language).html()
    assert "zz_foreign" not in sys.modules


def test_nikolas_articles_keep_their_headings(run: Run, tmp_path: Path, content: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "conf.py").write_text(
        'BLOG_TITLE = "x"\nPOSTS = (("posts/*.rst", "news", "post.tmpl"),)\n', encoding="utf-8"
    )
    head = ".. title: ع\n.. slug: a\n.. date: 2024-05-01 10:00:00 UTC\n\n"
    text = f"{head}قبل\n\n.. TEASER_END\n\nفصل\n----\n\nبعد\n\n.. weather:: x\n"
    (tmp_path / "posts" / "a.rst").write_text(text, encoding="utf-8")
    report = run(opening.open_folder(tmp_path, None, "UTC"), category="field")
    assert (report.found, report.count, report.unexplained) == (1, 1, 0)
    assert "قبل\n\n## فصل\n\nبعد\n" in text_of(content)
    told = [each.place for each in report.remarks if each.code == "markup-unread"]
    assert told == ["posts/a.rst:14"]
