import tracemalloc
from collections.abc import Collection
from difflib import get_close_matches
from itertools import product

import pytest

from factories import site
from feedservice.domain import near_names
from feedservice.domain.model import Author, Category
from feedservice.domain.taxonomy import (
    find_author,
    find_category,
    nearest_author,
    nearest_category,
)
from feedservice.domain.text import slugify

SITE = site(
    categories=(
        Category(slug="field", name="ميداني", aliases=("ميدان", "الجبهة الأولى")),
        Category(slug="human-rights", name="حقوق الإنسان"),
        Category(slug="economy", name="اقتصاد", aliases=("field",)),
    ),
    authors=(Author(slug="desk", name="هيئة التحرير"), Author(slug="amal-ali", name="أمل علي")),
)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("field", "field"), ("Field", "field"), (" ميداني ", "field"), ("مَيْدانى", "field"), ("ميـــدان", "field"),
        ("الجبهه الاولي", "field"), ("حقوق الانسان", "human-rights"), ("human rights", "human-rights"),
        ("حقوق  الإنسان", "human-rights"), ("\u200eاقتصاد\u200f", "economy"), ("\ufeffمي\u200dداني", "field"), ("سياسة", None), ("", None),
    ],
)  # fmt: skip
def test_a_category_is_found_by_slug_name_and_alias_however_they_are_spelt(
    typed: str, slug: str | None
) -> None:
    assert find_category(typed, SITE) == slug


def test_of_two_categories_with_one_name_the_first_answers() -> None:
    assert find_category("field", SITE) == "field"


def test_a_slug_and_a_name_go_before_an_alias_of_whatever_stands_above() -> None:
    first = Category(slug="news", name="أخبار", aliases=("sport", "تقنية"))
    found = site(
        categories=(
            first,
            Category(slug="sport", name="رياضة"),
            Category(slug="tech", name="تقنية"),
        )
    )
    assert [find_category(name, found) for name in ("sport", "تقنية", "news")] == [
        "sport", "tech", "news"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "slug"), [("desk", "desk"), ("هيئه التحرير", "desk"), ("أمل  علي", "amal-ali")]
)
def test_an_author_is_found_by_slug_and_name(typed: str, slug: str) -> None:
    found = find_author(typed, SITE)
    assert found
    assert found.slug == slug


def test_an_author_whom_nobody_declared_is_not_found() -> None:
    assert find_author("ضيف", SITE) is None


@pytest.mark.parametrize(
    ("typed", "slug"),
    [("feild", "field"), ("إقتصد", "economy"), ("حقوق", "human-rights"), ("xyz", ""), ("", "")],
)
def test_the_nearest_category_is_offered_where_one_is_near(typed: str, slug: str) -> None:
    assert nearest_category(typed, SITE) == slug


def test_another_site_has_other_names() -> None:
    assert find_category("heritage", site()) == "heritage"
    assert find_category("heritage", SITE) is None


def test_long_names_are_not_remembered() -> None:
    tracemalloc.start()
    for number in range(20):
        assert slugify(f"{number} " + "a" * 10_000).startswith(f"{number}-a")
        assert find_category("ب" * 10_000 + str(number), SITE) is None
    assert tracemalloc.get_traced_memory()[0] < 100_000
    tracemalloc.stop()


def test_of_many_authors_only_a_few_are_compared_with_a_misspelt_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []

    def counted(word: str, others: Collection[str], n: int, cutoff: float) -> list[str]:
        compared.append(len(others))
        return get_close_matches(word, others, n, cutoff)

    monkeypatch.setattr(near_names, "get_close_matches", counted)
    names = ("".join(letters) for letters in product("bdfklmrs", "aeiou", "bdfklmrs", "aeiou"))
    known = site(authors=tuple(Author(slug=f"{name}-karam", name=name) for name in names))

    assert nearest_author("dabi karamm", known) == "dabi-karam"
    assert max(compared) < 100
