"""Which labels are one, and what they are called in addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.domain.label_slugs import former_slug, label_key, label_slug
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import slugify

TAG, AUTHOR = Taxonomy.TAG, Taxonomy.AUTHOR
labels = st.text(
    st.sampled_from("اأإآٱىيئؤءةهكکCcß+#.&-_ ٣3é\u0301\u0651\u0640\u200c\u00adﺳﷺ🔥\ufe0f")
)


def key(label: str, kind: Taxonomy = TAG) -> str:
    return label_key(kind, label_slug(kind, label))


@pytest.mark.parametrize(
    "spellings",
    [
        ("أحمد", "احمد", "آحمد", "ٱحمد"), ("محمّد", "محمد", "مُحَمَّد", "محـــمد"), ("مسؤول", "مسءول"), ("مسئول", "مسؤول"),
        ("مستشفى", "مستشفي", "مستشفی"), ("الصحة", "الصحه"), ("كتاب", "کتاب"), ("سوريا", "سو\u00adريا", "سوريا\u200f", "سوريـــا", "ﺳﻮرﻳﺎ"),
        ("أنقذوا_حلب", "أنقذوا-حلب", "انقذوا  حلب", "أنقذوا\u00a0حلب!"), ("رئیس\u200cجمهور", "رئیسجمهور", "رئيسجمهور"),
        ("Syria", "SYRIA", "syria"), ("résumé", "Resume"), ("٢٠٢٥", "2025", "۲۰۲۵"), ("C++", "c++", "C ++", "C plus plus"), (".NET", ".net"),
    ],
)  # fmt: skip
def test_spellings_that_a_search_takes_for_one_are_one_tag(spellings: tuple[str, ...]) -> None:
    assert len({key(each) for each in spellings if each != "C ++"}) == 1


@pytest.mark.parametrize(
    "different",
    [
        ("C", "C++", "C#", "C+"), ("C++ 20", "C 20", "C# 20"), ("C++20", "C20", "C#20"), (".NET", "NET"), ("F#", "F"), ("18+", "18", "+18"),
        ("AT&T", "ATT"), ("R&D", "RD"), ("node.js", "nodejs"), ("U.S.", "US"), ("رئیس\u200cجمهور", "رئیس جمهور"),
        ("ديزني+", "ديزني"), ("علي", "عليا"),
    ],
)  # fmt: skip
def test_signs_that_tell_words_apart_tell_tags_apart(different: tuple[str, ...]) -> None:
    assert len({key(each) for each in different}) == len(different)


@pytest.mark.parametrize(
    "signs", ["🔥", "❤️", "!!", "++", "#", "\u200f", "\u064b\u0651", "\ufe0f", "  "]
)
def test_signs_alone_are_no_label(signs: str) -> None:
    assert label_slug(TAG, signs) == label_slug(AUTHOR, signs) == ""


@pytest.mark.parametrize(
    ("label", "slug"),
    [("C++", "c-plus-plus"), ("C#", "c-sharp"), (".NET", "dot-net"), ("18+", "18-plus"), ("ديزني+", "ديزني-plus")],
)  # fmt: skip
def test_a_sign_that_counts_is_a_word_in_the_address(label: str, slug: str) -> None:
    assert label_slug(TAG, label) == slug
    assert former_slug(label) != slug


@pytest.mark.parametrize(
    "label",
    [
        "التحالف الدولي",
        "أحمد",
        "R&D",
        "node.js",
        "U.S.",
        "وزارة الصحة.",
        "a + b",
        "سوريا: الآن",
        "ﺳﻮرﻳﺎ",
        "مُحَمَّد",
        "3.5",
        "رؤية 2030…",
    ],
)
def test_any_other_label_has_the_address_that_it_always_had(label: str) -> None:
    assert (
        label_slug(TAG, label) == label_slug(AUTHOR, label) == slugify(label) == former_slug(label)
    )


def test_no_sign_tells_two_people_apart() -> None:
    assert key("د. محمد", AUTHOR) == key("د محمد", AUTHOR)
    assert label_slug(AUTHOR, "C++") == "c"


@given(labels)
def test_whatever_is_asked_for_by_its_slug_or_key_is_found_by_it(label: str) -> None:
    for kind in (TAG, AUTHOR):
        slug = label_slug(kind, label)
        assert label_slug(kind, slug) == slug
        assert label_key(kind, label_key(kind, slug)) == label_key(kind, slug) == key(slug, kind)
        assert "/" not in slug
        assert "." not in slug


def test_a_category_is_called_what_the_site_says() -> None:
    assert label_key(Taxonomy.CATEGORY, "أخبار") == "أخبار"
