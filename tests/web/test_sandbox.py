"""What a template of a content folder cannot do, whoever wrote it."""

import time

import pytest
from jinja2 import TemplateError

import web_site
from feedservice.web.render import View
from feedservice.web.sandbox import SiteEnvironment, render

SITE = web_site.site()
FAULTS = (
    TemplateError,
    AssertionError,
    TypeError,
    ArithmeticError,
    RecursionError,
    SyntaxError,
    ValueError,
)
VALUES = {"site": SITE, "view": View(SITE, "ar", "UTC", "rtl"), "listing": None}
OURS = dict.fromkeys(
    "as_json direction format_label isolated marked open_graph_locale render told".split(),
    str,
)


def made(text: str) -> str:
    options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    return render(SiteEnvironment({"list.html": text}, OURS, **options), "list.html", VALUES)


BAD = {
    "secret": "{{ view.__class__.__mro__ }}",
    "globals": "{{ view.href.__globals__.x }}",
    "init": "{{ site.__init__.__globals__['os'] }}",
    "subclasses": "{{ ''.__class__.__base__.__subclasses__() }}",
    "attr": "{{ site|attr('__class__') }}",
    "wide": "{{ '{:>1000000000}'.format(1) }}",
    "wide markup": "{{ ('{:>1000000000}'|safe).format(1) }}",
    "format": "{{ '{0.__class__}'.format(site) }}",
    "format map": "{{ '{a.__class__}'.format_map({'a': site}) }}",
    "config": "{{ config.SECRET_KEY.x }}",
    "request": "{{ request.environ }}",
    "url_for": "{{ url_for('x') }}",
    "import": "{% import 'os' as os %}",
    "up": "{% include '../../site.yaml' %}",
    "absolute": "{% include '/etc/passwd' %}",
    "range": "{% for i in range(10**9) %}{% endfor %}",
    "range many": "{% for i in range(1000000000) %}{% endfor %}",
    "nested": "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "nested texts": "{% set s = 'a'.ljust(9) %}{% for a in site.title %}{% for b in range(99999) %}"
    "{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
    "output": "{% for i in range(90000) %}" + "x" * 1000 + "{% endfor %}",
    "output kept": "{% set x %}{% for i in range(90000) %}"
    + "x" * 1000
    + "{% endfor %}{% endset %}",
    "times": "{{ 'x' * 1000000000 }}",
    "list times": "{% for i in [1] * 1000000000 %}{% endfor %}",
    "power": "{{ 9 ** 999999999 }}",
    "squares": "{% set x = 99999999999 %}" + "{% set x = x * x %}" * 60 + "{{ x }}",
    "percent": "{{ '%1000000000d' % 1 }}",
    "ljust": "{{ 'x'.ljust(1000000000) }}",
    "zfill": "{{ ('1'|safe).zfill(1000000000) }}",
    "bytes": "{{ (5).to_bytes(1000000000, 'big') }}",
    "center": "{{ 'x'|center(1000000000) }}",
    "doubled": "{% set x = 'xxxxxxxx' %}" + "{% set x = x ~ x %}" * 60,
    "added": "{% set x = 'xxxxxxxx' %}" + "{% set x = x + x %}" * 60,
    "block doubled": "{% set x = 'xxxxxxxx' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60,
    "lists": "{% set x = [1, 2] %}" + "{% set x = [x, x] %}" * 60 + "{{ x }}",
    "equal": "{% set x = [1] %}{% set y = [1] %}"
    + "{% set x = [x, x] %}{% set y = [y, y] %}" * 60
    + "{{ x == y }}",
    "replaced": "{% set x = 'xxxxxxxxxx'|replace('x', 'xxxxxxxxxx') %}"
    + "{% set x = x|replace('x', x) %}" * 9,
    "joined": "{% set x = 'xxxxxxxxxx' %}" + "{% set x = [x, x, x, x]|join(x) %}" * 40,
    "cut": "{% set x = 'x y ' %}"
    + "{% set x = x ~ x %}" * 16
    + "{{ x.split()|map('truncate', 1, true, x)|list }}",
    "itself": "{% include 'list.html' %}{% include 'list.html' %}",
    "extends itself": "{% extends 'list.html' %}",
    "macro": "{% macro f(n) %}{{ f(n - 1) }}{{ f(n - 1) }}{% endmacro %}{{ f(90) }}",
    "macro tree": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}"
    "{{ f(60) }}",
    "block": "{% block a %}{{ self.a() }}{{ self.a() }}{% endblock %}",
    "loop": "{% for i in [1] recursive %}{{ loop([1]) }}{{ loop([1]) }}{% endfor %}",
    "lipsum": "{{ lipsum(100000) }}",
    "missing": "{{ listing.nothing.at.all }}",
    "divided": "{{ 1 // 0 }}",
    "syntax": "{% if %}",
    "deep": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "blocks": "{% for i in [1] %}" * 60 + "{% endfor %}" * 60,
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_harm_fails_at_once(name: str) -> None:
    begun = time.process_time()
    with pytest.raises(FAULTS):
        made(BAD[name])
    assert time.process_time() - begun < 10, "bounded, on whatever machine"


def test_what_ours_do_others_may() -> None:
    text = (
        "{% macro f(n) %}{% if n %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}"
        "{% set ns = namespace(n=1) %}{% for i in range(1, 4) %}{% set ns.n = ns.n * i %}{% endfor %}"
        "{{ ns.n }}{{ {'a': 1}.get('a') }}{{ 'a,b'.split(',')|join('-') }}{{ 7 % 4 + 7 // 4 }}"
        "{% set a, b = 1, 'x' %}{{ a }}{{ b|upper }}{{ ['<', '>'|safe]|join }}{{ none }}"
    )
    assert made(text) == "32161a-b41X&lt;>None"
