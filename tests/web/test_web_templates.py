"""Templates of a content folder: what they may do, and that no page is lost by what they do."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jinja2 import Environment, meta

import feedservice
import web_site
from feedservice.domain.model import Problem, Site, Template
from feedservice.domain.templates import FILTERS
from feedservice.feeds.page import ArticlePage, Listing
from feedservice.index.writer import IndexWriter
from feedservice.web import overrides, sandbox
from feedservice.web.render import View
from web_site import NOW

ClientOf = Callable[..., FlaskClient]
Dress = Callable[..., FlaskClient]


@pytest.fixture
def dress(client_of: ClientOf, written: IndexWriter) -> Dress:
    """Give the site templates, by their names with _ for the dot."""

    def dressed(**texts: str) -> FlaskClient:
        templates = tuple(
            Template(name=f"{name}.html", text=text) for name, text in sorted(texts.items())
        )
        written.put_site(web_site.site(templates=templates), (), NOW)
        overrides._environment.cache_clear()
        return client_of(written)

    return dressed


def test_a_template_takes_the_place_of_ours_and_may_build_upon_it(dress: Dress) -> None:
    client = dress(
        article='{% extends "ours/article.html" %}'
        "{% block content %}<p>إعلان {{ site.title }}</p>{{ super() }}{% endblock %}",
        error="<h1>{{ status }}</h1>",
    )
    page = client.get("/articles/daraya-operation").text
    assert "<p>إعلان موقع الأخبار</p>" in page
    assert "عملية &lt;داريا&gt;" in page, "super, and values are escaped"
    assert client.get("/nowhere").text == "<h1>404</h1>"
    assert "إعلان" not in client.get("/").text


def test_what_it_takes_to_compile_templates_is_no_work_of_the_first_page(
    dress: Dress, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, slow = sandbox.SiteEnvironment._parse, [1.1 * sandbox.SECONDS]

    def parse(*given: Any) -> Any:
        end = time.thread_time() + (slow.pop() if slow else 0)
        while time.thread_time() < end:
            pass
        return read(*given)

    monkeypatch.setattr(sandbox.SiteEnvironment, "_parse", parse)
    client = dress(
        article='{% extends "ours/article.html" %}'
        "{% block content %}{% for n in range(99) %}{{ n }}{% endfor %}إعلان{% endblock %}"
    )
    assert "إعلان" in client.get("/articles/daraya-operation").text
    assert slow == []


def test_every_page_is_the_same_by_a_template_that_only_extends_ours(
    dress: Dress,
) -> None:
    paths = (
        "/", "/categories/field", "/search?q=داريا", "/articles/daraya-operation", "/feeds", "/tags", "/archive", "/archive/2025-12", "/subscribe", "/nowhere",
        "/?limit=x",
    )  # fmt: skip
    plain = dress()
    ours = {path: plain.get(path).text for path in paths}
    dressed = dress(base='{% extends "ours/base.html" %}')
    for path, page in ours.items():
        assert dressed.get(path).text == page, path


def test_names_of_a_template_are_its_own_where_it_builds_upon_ours(dress: Dress) -> None:
    own = (
        '{% extends "ours/article.html" %}'
        "{% macro links(items) %}MINE:{% for i in items %}{{ i.text }}{% endfor %}{% endmacro %}"
        '{% set footer = "FOOT" %}'
        "{% block content %}{{ links(article.tags) }} {{ footer }}"
        "{% for item in menu %}[{{ item.label }}]{% endfor %}{% endblock %}"
    )
    page = dress(article=own).get("/articles/daraya-operation").text
    assert "MINE:داريا" in page
    assert "FOOT[الرئيسية]" in page


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_only_a_page_that_fails_is_ours_whichever_is_asked_for_first(
    order: tuple[int, int], dress: Dress
) -> None:
    paths = "/categories/field", "/"
    ours = dress().get(paths[0]).text
    head, card = "<meta name=own>", "<p>OWN</p>"
    client = dress(
        icons=head,
        parts="{% macro card(card, heading='h2', eager=false) %}<p>OWN</p>{% endmacro %}"
        "{% macro discovery(x) %}{% endmacro %}{% macro subscribe(x, y) %}{% endmacro %}",
        list='{% if listing.title %}{{ 1 // 0 }}{% endif %}{% extends "ours/list.html" %}',
    )
    pages = {n: client.get(paths[n]).text for n in order}
    assert pages[0] == ours
    assert head in pages[1]
    assert card in pages[1]
    assert "<article" not in pages[1]
    assert head in client.get("/subscribe").text


def test_a_template_of_its_own_in_the_head_is_made_for_each_page(dress: Dress) -> None:
    client = dress(icons="<meta name=of-{{ 'article' if article else 'list' }}>")
    assert "<meta name=of-list>" in client.get("/").text
    assert "<meta name=of-article>" in client.get("/articles/daraya-operation").text


@pytest.mark.parametrize("text", ["{{ 9 ** 9 }}", "{% if %}", "{% include 'nothing.html' %}"])
def test_where_a_template_fails_pages_are_ours_and_the_log_says_so(
    text: str, dress: Dress, caplog: pytest.LogCaptureFixture
) -> None:
    ours = dress().get("/").text
    with caplog.at_level(logging.WARNING):
        answer = dress(list=text).get("/")
    assert answer.status_code == 200
    assert answer.text == ours
    assert "templates/list.html:1: " in caplog.text


def test_a_fault_is_told_where_it_is_and_once_until_the_templates_change(
    dress: Dress, caplog: pytest.LogCaptureFixture
) -> None:
    bad = "\n\n{{ 1 // 0 }}"
    client = dress(list=bad)
    for path in ("/", "/categories/field", "/tags/داريا"):
        client.get(path)
    told = caplog.text.count("templates/list.html:3: ZeroDivisionError")
    assert told == 1, "whoever asks for many pages fills no log"
    dress(list=bad, page="").get("/")
    assert caplog.text.count("templates/list.html:3: ") == 2


def test_a_fault_is_handed_on_as_a_problem_of_its_file(
    client_of: ClientOf, written: IndexWriter
) -> None:
    templates = (Template(name="list.html", text="\n{{ 1 // 0 }}"),)
    written.put_site(web_site.site(templates=templates), (), NOW)
    overrides._environment.cache_clear()
    told: list[tuple[tuple[Template, ...], Problem]] = []
    client_of(written, template_failed=lambda *each: told.append(each)).get("/")
    ((whose, problem),) = told
    assert whose == templates
    assert (problem.path, problem.line, problem.code) == ("templates/list.html", 2, "template-bad")
    assert problem.facts["value"].startswith("ZeroDivisionError")


def test_a_loop_over_what_is_given_has_its_length(dress: Dress) -> None:
    text = "{% for c in site.categories %}{{ loop.index }}/{{ loop.length }}{{ loop.last }} {% endfor %}"
    assert dress(list=text).get("/").text == "1/2False 2/2True "


def test_what_is_marked_as_safe_is_and_the_rest_is_not(dress: Dress) -> None:
    text = "{{ '<b>' ~ ('<i>'|safe) }}{{ ['<', 'x'|safe]|join(', ') }}{{ '<u>'|replace('u', '<') }}"
    assert dress(list=text).get("/").text == "&lt;b&gt;<i>&lt;, x&lt;&lt;&gt;"


TEMPLATES = Path(feedservice.__file__).parent / "web" / "templates"
PROMISED = (Path(__file__).parent.parent.parent / "docs" / "templates.md").read_text()


def rows(head: str) -> dict[str, str]:
    """A table of the docs: what its first column names, and the rest of each row."""
    table = PROMISED.partition(f"| {head} |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `([^`]+)` \|(.*)$", table, re.MULTILINE))


def test_what_the_docs_promise_is_there() -> None:
    environment = Environment()
    environment.filters |= dict.fromkeys(FILTERS, str)
    blocks = re.findall(r"\{% block (\w+)", (TEMPLATES / "base.html").read_text())
    assert sorted(blocks) == sorted(rows("block"))
    for name, row in rows("template").items():
        text = (TEMPLATES / name).read_text()
        used = meta.find_undeclared_variables(environment.parse(text))
        own = set(re.findall("`([^`]+)`", row.rpartition("|")[0].rpartition("|")[2]))
        assert own <= used, name
    for noun, kind in (("site", Site), ("listing", Listing), ("article", ArticlePage)):
        start = f"`{noun}` | " if noun == "site" else f"`{noun}` has "
        said = PROMISED.partition(start)[2].partition("; " if noun != "site" else "(")[0]
        assert set(re.findall("`([a-z_]+)`", said)) <= {each.name for each in fields(kind)}, noun
    called = set(re.findall(r"`view\.(\w+)\(", PROMISED))
    assert called
    assert all(hasattr(View, name) for name in called)
