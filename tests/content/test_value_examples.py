"""The example that is told of a value in the wrong shape has the right one."""

import pytest

from factories import SITE_YAML
from feedservice.content import frontmatter
from feedservice.content.front_matter_model import FrontMatter
from feedservice.content.messages import describe
from feedservice.content.page import PageFront
from feedservice.content.shapes import Strict, fit, keys_of
from feedservice.content.site import SiteFile
from feedservice.content.site import read as read_site
from feedservice.content.value_examples import example
from feedservice.domain.model import Problem

MODELS = (FrontMatter, PageFront, SiteFile)


def told_of(model: type[Strict], fields: dict[str, object]) -> set[str | int]:
    """The keys in which a model finds faults."""
    return {fault.place[0] for fault in fit(model, fields)[1]}


@pytest.mark.parametrize(
    ("model", "key"), [(model, key) for model in MODELS for key in keys_of(model)]
)
def test_an_example_has_the_shape_of_its_key(model: type[Strict], key: str) -> None:
    fields = frontmatter.parse(example(key) + "\n", "a.md").plain()
    assert fields.keys() == {key}
    assert key not in told_of(model, fields)


@pytest.mark.parametrize(
    "key", "feed former_urls hubs icon language logo menu notify slugs theme timezone".split()
)
def test_an_example_of_site_yaml_is_good_in_itself(key: str) -> None:
    others = [line for line in SITE_YAML.splitlines() if not line.startswith(f"{key}:")]
    site, problems = read_site("\n".join([*others, example(key)]) + "\n")
    assert site, problems


@pytest.mark.parametrize("language", ["ar", "en"])
def test_it_is_told_on_a_row_of_its_own(language: str) -> None:
    told = describe(Problem(path="a", code="value-shape", facts={"key": "tags"}), language)[1]
    assert told.splitlines()[1:] == ["tags: […, …]"]
