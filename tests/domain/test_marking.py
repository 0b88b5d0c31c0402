"""Words that a search means, marked in the spelling of a text."""

import random

from effort import rounds
from feedservice.domain.marking import LENGTH, Words
from feedservice.domain.text import tokens

WRITTEN = (
    *("ماء", "بيت", "البيت،", "«بَيْتٌ»", "ـبـــيـت", "بي\u200cت", "ﺑﻴﺖ", "آية", "ءاية", "قرآن", "قُرءَان", "جزءًا"),
    *("الرحمٰن", "الرحمن", "Café", "cafe\u0301", "CAFÉ", "ﷲ", "الله", "١٢", "12", "۱۲", "a_b", "C++", "🙂", "ß", "SS"),
)  # fmt: skip
SIGNS = "ابتيهةىآأإءؤئ\u064b\u0652\u0670\u0640\u0654\u06d6\u200faBé_-،."


def test_a_word_is_marked_where_to_fold_each_word_of_a_text_would_find_it() -> None:
    source = random.Random(14)
    made = [
        "".join(source.choices(SIGNS, k=source.randint(1, 7))) for _ in range(rounds(4000, 400))
    ]
    for written in (*WRITTEN, *made):
        for query in {*tokens(written), source.choice(made)}:
            meant = set(" ".join(tokens(query)).split())
            its = set(" ".join(tokens(written)).split())
            marked = [part for part, is_meant in Words(query).marked(f"x {written} y") if is_meant]
            assert bool(marked) == bool(meant & its - {"x", "y"}), (written, query)


def test_a_word_is_found_in_all_ways_of_writing_it() -> None:
    text = " ".join(WRITTEN)
    marked = [part for part, is_meant in Words("بيت قران").marked(text) if is_meant]
    assert marked == ["بيت", "البيت", "بَيْتٌ", "ـبـــيـت", "بي\u200cت", "ﺑﻴﺖ", "قرآن", "قُرءَان"]


def test_an_excerpt_has_the_most_of_the_words_and_of_those_parts_the_first() -> None:
    gap = " كلام" * 60
    text = f"بيت{gap} نهر{gap} نهر ماء بيت{gap} بيت ماء نهر قمر{gap}"
    for query, shown in (
        ("نهر", "نهر"),
        ("بيت نهر", "نهر ماء بيت"),
        ("قمر نهر بيت", "بيت ماء نهر قمر"),
    ):
        excerpt = "".join(part for part, _ in Words(query).excerpt(text))
        assert shown in excerpt
        assert len(excerpt) < 2 * LENGTH
    assert Words("شمس").excerpt(text) == ()
