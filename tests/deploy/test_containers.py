"""The Containerfile and compose.yaml: what they name is there, and nobody is root. Nothing is built."""

import re
from collections.abc import Iterator
from typing import Any

import click
import pytest
import yaml

from feedservice.cli.main import group
from feedservice.settings import Settings
from nginx_process import ROOT, Script

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"] == "feedservice"}


def stages() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each stage by its name, and its instructions."""
    for stage in re.split("^FROM ", CONTAINERFILE, flags=re.MULTILINE)[1:]:
        name = re.match(r"\S+(?: AS (\w+))?\n", stage)
        assert name
        yield name[1] or "service", re.findall("^([A-Z]+) +(.*)$", stage, re.MULTILINE)


def test_what_is_copied_is_there_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        source
        for _, told in stages()
        for instruction, given in told
        if instruction == "COPY" and not given.startswith("--from")
        for source in given.split()[:-1]
    ]
    assert len(copied) > 5
    assert [each for each in copied if not (ROOT / each).exists()] == []
    assert [each for each in copied if not each.startswith(tuple(let_through))] == []
    assert "*" in ignored


def test_what_is_installed_has_hashes_and_is_all_that_a_machine_among_several_needs() -> None:
    install = next(g for _, told in stages() for i, g in told if i == "RUN" and "--require" in g)
    locks = re.findall("--requirement ([a-z.-]+)", install)
    assert "--require-hashes" in install
    pinned = "".join((ROOT / lock).read_text(encoding="utf-8") for lock in locks)
    assert {"psycopg", "psycopg-binary", "obstore"} <= set(
        re.findall("^([a-z-]+)==", pinned, re.MULTILINE)
    )
    tested = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    machines = (ROOT / "requirements-machines.lock").read_text(encoding="utf-8")
    pins = re.findall("^[a-z-]+==[0-9.]+", machines, re.MULTILINE)
    base = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert [pin for pin in pins if pin not in tested + base and "tzdata" not in pin] == []


@pytest.mark.parametrize("name", ["front", "service"])
def test_nobody_is_root_in_an_image(name: str) -> None:
    instructions = dict(stages())[name]
    assert [given for each, given in instructions if each == "USER"][-1:] not in (
        [],
        ["root"],
        ["0"],
    )


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root_and_nothing_else_than_what_is_named_is_written_to(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] not in ("root", "0", 0)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["healthcheck"]["test"][0] == "CMD"
    named = {volume.partition(":")[0] for volume in service.get("volumes", ())}
    assert named <= set(COMPOSE["volumes"])
    if service.get("build"):
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        assert service["build"].get("target", "service") in dict(stages())


@pytest.mark.parametrize("name", OURS)
def test_its_settings_and_options_are_ours(name: str) -> None:
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    known = set(re.findall("^([A-Z_]+)=", example, re.MULTILINE))
    text = " ".join(OURS[name]["environment"].values())
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= known
    filled = re.sub(r"\$\{FEEDSERVICE_SOURCE[^}]*\}", "git+https://git.example/a.git", text)
    filled = re.sub(r"\$\{[^}]*\}", "secret", filled)
    given = Settings.from_env(dict(zip(OURS[name]["environment"], filled.split(), strict=True)))
    assert given.database.endswith("@database/feedservice")
    assert bool(given.source) == (name == "writer")
    mounted = next(each for each in OURS[name]["volumes"] if each.startswith("media:"))
    assert mounted == f"media:{given.media}{'' if name == 'writer' else ':ro'}"
    said = next(given for each, given in dict(stages())["service"] if each == "CMD")
    command = OURS[name].get("command", yaml.safe_load(said))
    serve = group.get_command(click.Context(group), command[0])
    assert serve
    asked = serve.make_context("serve", command[1:]).params
    assert (asked["host"], asked["replica"]) == ("0.0.0.0", name != "writer")


def test_what_nginx_passes_on_goes_to_the_addresses_of_compose() -> None:
    script = (DEPLOY / "nginx" / "several.sed").read_text(encoding="utf-8")
    at = {name: each["networks"]["inside"]["ipv4_address"] for name, each in OURS.items()}
    assert set(re.findall(r"server ([0-9.]+):8000", script)) == set(at.values())
    written = script.partition("upstream feedservice_writer")[2]
    assert at["writer"] in written.splitlines()[1]


def test_a_health_check_asks_whether_it_has_answers(script: Script) -> None:
    ((_python, _c, program),) = {tuple(each["healthcheck"]["test"][1:]) for each in OURS.values()}
    asked = program.replace("127.0.0.1:8000", f"127.0.0.1:{script.port}")
    exec(asked)
    assert script.targets() == ["/readyz"]
    script.status = 503
    with pytest.raises(OSError, match="503"):
        exec(asked)
