"""The commands of editors: check, new, init, schema."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from factories import write_article
from feedservice.publishing.shared_preview import PreviewLinks
from poison import poisonable

Command = Callable[..., Any]


def test_check_tells_place_and_remedy_and_exits_with_one(content: Path, command: Command) -> None:
    write_article(content, "field/a.md", date="31/02/2026")
    done = command("check", content)
    assert done.status == 1
    assert "field/a.md:3:7: خطأ [date-impossible]" in done.stdout
    assert "2025-12-20 14:30" in done.stdout
    assert "there is no such date" in command("check", "--lang", "en", content).stdout


@pytest.mark.usefixtures(poisonable.__name__)
def test_check_tells_a_file_that_ends_the_copy_of_it_that_reads_and_checks_the_others(
    content: Path, process: Command
) -> None:
    write_article(content, "field/a.md")
    write_article(content, "field/b.md", body="POISON-COPY")
    write_article(content, "field/c.md", title="")
    done = process("check", "--format", "json", content)
    told = {problem["path"]: problem["code"] for problem in json.loads(done.stdout)}
    assert told == {"field/b.md": "reading-died", "field/c.md": "title-missing"}
    assert done.status == 1


def test_check_marks_the_place_in_the_line_for_a_terminal_and_for_a_pipe(
    content: Path, command: Command, environment: None
) -> None:
    file = write_article(content, "field/a.md", date="31/02/2026")
    assert "\n    date: ‹31/02/2026›\n" in command("check", file).stdout
    ours, its = os.openpty()
    arguments = [sys.executable, "-m", "feedservice", "check", str(file)]
    with subprocess.Popen(arguments, stdout=its, stdin=its, env=os.environ) as process:
        os.close(its)
        shown = b""
        while part := read_terminal(ours):
            shown += part
    os.close(ours)
    assert process.returncode == 1
    assert "date: \x1b[7m31/02/2026\x1b[27m" in shown.decode()
    assert "\u20662025-12-20 14:30\u2069" in shown.decode()


def read_terminal(ours: int) -> bytes:
    """What a terminal was sent; nothing once nobody has it open (EIO on Linux)."""
    try:
        return os.read(ours, 65536)
    except OSError:
        return b""


def test_check_fixes_what_is_safe_and_shows_it(content: Path, command: Command) -> None:
    file = write_article(content, "field/a.md", date="٢٠ كانون الأول ٢٠٢٥   # متى")
    shown = command("check", "--fix", "--dry-run", content)
    assert "+date: 2025-12-20   # متى" in shown.stdout
    assert "كانون" in file.read_text(encoding="utf-8")
    assert command("check", "--fix", content).status == 0
    assert "date: 2025-12-20   # متى" in file.read_text(encoding="utf-8")
    assert [path.name for path in file.parent.iterdir()] == ["a.md"]


@pytest.mark.usefixtures("environment")
def test_check_fixes_all_though_nobody_reads_what_it_prints(content: Path) -> None:
    """As behind ``| head``, which ends once it has its lines."""
    files = [write_article(content, f"field/a{n}.md", date="٢٠ كانون الأول ٢٠٢٥") for n in range(3)]
    ours, its = os.pipe()
    os.close(ours)
    with os.fdopen(its, "wb") as closed:
        subprocess.run(
            [sys.executable, "-m", "feedservice", "check", "--fix", str(content)],
            stdout=closed,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )
    assert ["كانون" in file.read_text(encoding="utf-8") for file in files] == [False] * 3


def test_check_speaks_to_programs(content: Path, command: Command) -> None:
    write_article(content, "field/a.md", date="31/02/2026")
    done = command("check", "--format", "json", "--lang", "en", content)
    assert (json.loads(done.stdout)[0]["code"], done.status) == ("date-impossible", 1)
    github = command("check", "--format", "github", content)
    assert github.stdout.startswith("::error file=")


def test_a_new_site_passes_check_and_has_an_article(tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "new"
    assert command("init", folder).status == 0
    assert command("check", folder).status == 0
    assert command("init", folder).status == 2


def test_questions_that_are_not_answered_write_nothing_and_say_so(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("en\n"))
    done = command("init", tmp_path / "new", "--lang", "en")
    assert (done.status, (tmp_path / "new").exists()) == (130, False)
    assert done.stderr.endswith("interrupted; nothing was written\n")


class Terminal(io.StringIO):
    """A person who answers, and leaves."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_new_article_lies_in_its_category(content: Path, command: Command) -> None:
    assert command("new", "خبر", "--category", "field").status == 0
    (file,) = (content / "field").iterdir()
    assert "title: خبر" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [("--category", "field"), ("--page", "--slug", "about")])
def test_new_says_when_readers_will_see_what_it_wrote(
    kind: tuple[str, ...], command: Command
) -> None:
    draft = command("new", "خبر", *kind, "--lang", "en").stderr
    assert draft == "a draft: delete its line status: draft to publish it\n"
    kind = ("--page", "--slug", "team") if "--page" in kind else kind
    published = command("new", "آخر", *kind, "--publish", "--lang", "en").stderr
    assert published.startswith("readers see it as soon as it has text")


def test_schemas_are_printed_and_wired(content: Path, command: Command) -> None:
    printed = json.loads(command("schema", "site").stdout)
    assert set(printed["required"]) == {"title", "base_url", "id"}
    command("schema", "--write", content)
    wired = json.loads((content / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert all((content / path).is_file() for path in wired["yaml.schemas"])


@pytest.mark.parametrize("options", [("--fix", "--dry-run"), ("--format", "github"), ()])
def test_the_name_of_a_file_begins_no_line_of_its_own(
    command: Command, content: Path, options: tuple[str, ...]
) -> None:
    """GitHub obeys a line that begins with two colons."""
    write_article(content, "field/a\n::error file=ok.md::forged\x1b[2J.md", title="أ\u202eب")
    done = command("check", content, "--lang", "en", *options)
    assert "forged" in done.stdout
    assert "\x1b" not in done.stdout
    assert not re.search("^::error file=ok", done.stdout, re.MULTILINE)


def test_what_site_yaml_takes_from_readers_is_told_by_check_and_status_and_kept_by_fix(
    content: Path, process: Command, command: Command
) -> None:
    site = content / "site.yaml"
    write_article(content, "field/a.md", author="هيئة التحرير")
    process("index")
    text = site.read_text(encoding="utf-8")
    site.write_text(text.replace("slug: field", "slug: ground"), encoding="utf-8")
    done = command("check", content, "--lang", "en")
    assert done.status == 1
    assert "[category-gone]" in done.stdout
    assert "aliases: [ميدان, field]" in done.stdout
    told = json.loads(process("status", "--format", "json").stdout)
    assert [(each["path"], each["code"], each["stays"]) for each in told["broken"]] == [
        ("site.yaml", "category-gone", None)
    ]
    assert "site.yaml" in process("status").stdout
    site.write_text(text.replace("هيئة التحرير", "مكتب التحرير"), encoding="utf-8")
    process("index")
    done = command("check", content, "--lang", "en")
    assert ("[name-changed]" in done.stdout, done.status) == (True, 0)
    shown = command("check", "--fix", site)
    assert "aliases: [هيئة التحرير]" in shown.stdout
    assert "aliases: [هيئة التحرير]}" in site.read_text(encoding="utf-8")
    process("index")
    assert command("check", content, "--lang", "en").stdout == "errors: 0, warnings: 0\n"


def test_check_says_that_it_could_fix_some_of_it(content: Path, command: Command) -> None:
    file = write_article(content, "field/a.md", date="31/02/2026")
    assert "--fix" not in command("check", content).stderr
    file.write_text(file.read_text("utf-8").replace("\ndate:", "\n\tdate:"), encoding="utf-8")
    assert "check --fix" in command("check", content).stderr
    assert "check --fix" not in command("check", "--fix", content).stderr


def test_a_link_is_told_unless_a_setting_names_where_it_leads(
    content: Path, tmp_path: Path, process: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(tmp_path / "shared", "texts/x.md", category="field")
    (content / "texts").symlink_to(tmp_path / "shared" / "texts")
    told = process("check")
    assert (told.status, "FEEDSERVICE_LINKS" in told.stdout) == (0, True)
    monkeypatch.setenv("FEEDSERVICE_LINKS", str(tmp_path / "shared"))
    told = process("check")
    assert (told.status, "FEEDSERVICE_LINKS" in told.stdout) == (0, False)
    assert process("check", content / "texts" / "x.md").status == 0


def test_the_address_of_a_shared_preview_is_printed(
    content: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_article(content, "field/plan.md", status="draft")
    told = command("preview", file, "--share")
    assert told.status == 2
    assert "openssl rand" in told.stderr
    secret = content.parent / "secret"
    monkeypatch.setenv("FEEDSERVICE_PREVIEW_SECRET_FILE", str(secret))
    assert str(secret) in command("preview", file, "--share").stderr
    secret.write_text("short\n")
    assert command("preview", file, "--share").status == 2
    secret.write_text("a secret of more than thirty-two bytes\n")
    assert command("preview", "--share").status == 2
    told = command("preview", file, "--share", "--days", "2")
    assert told.status == 0
    base, _mark, token = told.stdout.strip().rpartition("/preview/")
    assert base == "https://news.example"
    links = PreviewLinks(secret.read_bytes().strip())
    slug, until = links.read(token, datetime.now(UTC) + timedelta(days=1.9))
    assert slug == "plan"
    assert until < datetime.now(UTC) + timedelta(days=2.1)
