import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.domain import text

INVISIBLE = [char for char in map(chr, range(0x110000)) if text.INVISIBLE.fullmatch(char)]


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("التحالف الدولي", "التحالف-الدولي"),
        ("  RSS & Atom!", "rss-atom"),
        ("٢٠٢٥/١٢", "٢٠٢٥-١٢"),
        ("!!", ""),
        ("مَاء", "مَاء"),
        ("a_b", "a-b"),
    ],
)
def test_a_slug_is_letters_marks_and_digits(label: str, slug: str) -> None:
    assert text.slugify(label) == slug


@given(st.text(max_size=40))
def test_a_slug_is_its_own_slug(label: str) -> None:
    slug = text.slugify(label)
    assert text.slugify(slug) == slug


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أَحْمَد", "احمد"),
        ("مكتبـــة", "مكتبه"),
        ("هدى", "هدي"),
        ("١٢", "12"),
        ("۱۲", "12"),
        ("کتاب", "كتاب"),
        ("مسؤول", "مسءول"),
        ("CAFÉ", "cafe"),
        ("ﷲ", "الله"),
        ("ٱلۡكِتَـٰبُ", "الكتب"),
        ("لَهُۥ", "له"),
        ("بِهِۦ", "به"),
        ("ﻣﺤﻤﹼﺪ", "محمد"),
        ("\u0870لله", "الله"),
        ("𞤀𞤣\U0001e944𞤤", "𞤢𞤣𞤤"),
    ],
)
def test_folding_makes_spellings_equal(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("والمدرسة", "مدرس"),
        ("بالكتاب", "كتاب"),
        ("للماء", "ماء"),
        ("مكتبات", "مكتب"),
        ("ماء", "ماء"),
    ],
)
def test_a_stem_is_one_prefix_and_one_suffix_less(word: str, stem: str) -> None:
    assert list(text.tokens(word)) == [stem]


@given(st.text(alphabet="ابتثج َُِ .،!؟abc\u0301", max_size=120), st.integers(4, 60))
def test_a_cut_is_short_and_never_before_a_mark(given_: str, limit: int) -> None:
    whole = text.one_line(given_)
    cut = text.truncate(given_, limit)
    assert len(cut) <= limit
    if cut != whole:
        rest = whole[len(cut.removesuffix("…")) :]
        assert (
            not rest
            or unicodedata.category(rest[0])[0] != "M"
            or len(whole.split(" ", 1)[0]) > limit
        )


def test_a_cut_falls_after_a_sentence_else_after_a_word() -> None:
    assert text.truncate("جملة أولى هنا. جملة ثانية طويلة", 20) == "جملة أولى هنا."
    assert text.truncate("كلمة أخرى وكلمات كثيرة", 14) == "كلمة أخرى…"


@given(st.text(max_size=60))
def test_what_is_folded_stays_as_it_is(given_: str) -> None:
    folded = text.fold(given_)
    assert text.fold(folded) == folded


@given(st.text(max_size=60))
def test_what_is_clean_stays_as_it_is_and_is_composed(given_: str) -> None:
    cleaned = text.clean(given_)
    assert text.clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert text.strip_bidi(cleaned) == cleaned


@pytest.mark.parametrize(
    "char",
    [
        "\x00",
        "\x0b",
        "\x1f",
        "\ud800",
        "\ufdd0",
        "\ufdef",
        "\ufffe",
        "\uffff",
        "\U0001fffe",
        "\U0010ffff",
    ],
)
def test_what_xml_forbids_and_non_characters_are_removed(char: str) -> None:
    assert text.xml_legal(f"ا{char}ب") == "اب"


@pytest.mark.parametrize(
    "char",
    [
        "\t",
        "\n",
        "\r",
        "\ud7ff",
        "\ue000",
        "\ufdcf",
        "\ufdf0",
        "\ufffd",
        "\U00010000",
        "\U0001fffd",
        "\U0010fffd",
    ],
)
def test_what_xml_allows_stays(char: str) -> None:
    assert text.xml_legal(f"ا{char}ب") == f"ا{char}ب"


def test_direction_marks_stay_where_embeddings_go() -> None:
    assert text.strip_bidi("\u200e\u200f\u061c\u202a\u202e\u2066\u2069") == "\u200e\u200f\u061c"


def test_a_line_is_one_line() -> None:
    assert text.one_line(" سطر\n\tآخر\u00a0 ") == "سطر آخر"


@given(
    st.text()
    | st.text(alphabet="اأبةه \u064b\u0640\u0301\u0654\u200c\u00a8\ufdfa\u3000\u00a0\nABßé1٢-")
)
def test_tokens_are_those_of_the_whole_text_folded_at_once(typed: str) -> None:
    whole = [text.stem(word) for word in re.findall(r"[^\W_]+", text.fold(typed))]
    assert [token.partition(" ")[0] for token in text.tokens(typed)] == whole


ORDINARY = st.text(alphabet="اأبوىي \u0654\u064e\u0670\u06e5\u06e7\u0640ءهééa1-", max_size=30)


@given(st.text(max_size=30) | ORDINARY, st.data())
def test_what_nobody_sees_decides_nothing(typed: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(typed)))
    unseen = data.draw(st.sampled_from(INVISIBLE))
    pasted = typed[:place] + unseen + typed[place:]
    assert text.fold(pasted) == text.fold(typed)
    assert list(text.tokens(pasted)) == list(text.tokens(typed))


def test_what_unicode_formats_with_is_invisible_unless_it_is_seen() -> None:
    """Signs over numbers, ends of verses, hieroglyphs and annotations have a shape."""
    seen = {*map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD))}
    formats = {char for char in map(chr, range(0x110000)) if unicodedata.category(char) == "Cf"}
    shown = {char for char in formats if not text.INVISIBLE.fullmatch(char)}
    assert seen <= shown
    assert all(
        0xFFF9 <= ord(char) <= 0xFFFB or 0x13430 <= ord(char) <= 0x1343F for char in shown - seen
    )


def test_a_sign_at_the_end_of_a_verse_parts_words() -> None:
    assert list(text.tokens("نور\u06dd٢حمد")) == ["نور", "2حمد"]


@pytest.mark.parametrize(
    ("quranic", "modern"),
    [
        ("ٱلۡعَـٰلَمِين", "العالمين"),
        ("ٱلرَّحْمَـٰنِ", "الرحمن"),
        ("ٱلسَّمَـٰوَٰتِ", "السماوات"),
        ("ٱلسَّمَـٰوَٰتِ", "السموات"),
        ("هَـٰذَٰنِ", "هذان"),
        ("ٱلصَّلَوٰةَ", "الصلاة"),
        ("عَلَىٰ", "على"),
        ("هَدَىٰهُمْ", "هداهم"),
        ("إِبْرَٰهِـۧمَ", "إبراهيم"),
        ("ٱلنَّبِيِّـۧنَ", "النبيين"),
        ("دَاوُۥدَ", "داود"),
        ("يُحْىِۦ", "يحيي"),
        ("نُـۨجِى", "ننجي"),
        ("أُو۟لَـٰٓئِكَ", "أولئك"),
        ("قَالُوا۟", "قالوا"),
        ("ٱلْقُرْءَانِ", "القرآن"),
        ("ءَايَـٰتٍۢ", "آيات"),
        ("بِـَٔايَـٰتِنَا", "بآياتنا"),
        ("يَسْـَٔلُونَكَ", "يسألونك"),
        ("ٱلْأَفْـِٔدَةِ", "الأفئدة"),
        ("مَسْـُٔولًا", "مسؤولا"),
        ("اعلیٰ", "اعلی"),
    ],
)
def test_quranic_spelling_is_the_word_as_it_is_written_elsewhere(quranic: str, modern: str) -> None:
    (wanted,) = text.tokens(modern)
    (spellings,) = text.tokens(quranic)
    assert wanted in spellings.split()


@given(st.text(alphabet="ٰۥـٔوءاب", max_size=400))
def test_the_spellings_of_a_word_are_few(word: str) -> None:
    assert all(len(token.split()) <= 16 for token in text.tokens(word))


@given(st.text() | st.text(alphabet="اب \u064b\u200f\u202a\u2066\ufffe\ufdd0\x00\x85\u2028\n\t"))
def test_what_is_plain_loses_nothing(typed: str) -> None:
    if text.is_plain(typed):
        assert text._BIDI_CONTROLS.sub("", text._illegal().sub("", typed)) == typed


@pytest.mark.parametrize("again", ["\u0301\u0323", "\u0f73", "\u0f75", "\u0f81", "\uff9e\u302a"])
def test_a_run_of_marks_is_cut_however_it_is_written(again: str) -> None:
    """Some characters are no marks and are taken apart into marks."""
    assert len(text.nfc("a" + again * 500)) < 100
    assert len(text.fold("a" + again * 500)) < 100


def unlike_tokens(said: str) -> list[str]:
    return list(map(bytes.decode, text.unlike_tokens(map(str.encode, said.split()))))


def test_long_words_are_not_remembered() -> None:
    before = text._tokens_of.cache_info().currsize
    assert list(text.tokens("كلمة" * 500))
    assert unlike_tokens("كلمة" * 500)
    assert text._tokens_of.cache_info().currsize == before
    assert all(len(chunk.decode()) < text.LONG_NAME for chunk in text._apart)


@given(st.text(alphabet="ابةأـٰوىۥ\u064b\u200f.-_ 1") | st.text())
def test_unlike_tokens_are_the_tokens_each_once(said: str) -> None:
    every = " ".join(text.tokens(said)).split()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_MOST", 2)
        patch.setattr(text, "_apart", text._Apart())
        for _ in range(2):
            assert unlike_tokens(said) == [*dict.fromkeys(every)]
            assert max(len(text._apart), len(text._apart._before)) <= 2


@given(st.text(alphabet="ابةﷺٰوىۥ", max_size=60), st.sampled_from((1, 40, 700)))
def test_no_token_is_longer_than_a_database_takes(said: str, times: int) -> None:
    every = " ".join(text.tokens(said * times)).split()
    cut = dict.fromkeys(token[: text.LONGEST_TOKEN] for token in every)
    assert unlike_tokens(said * times) == [*cut]


def test_every_mark_is_among_those_that_are_looked_at() -> None:
    marks = [code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code)) == "Mn"]
    assert [code for code in marks if code < 0x10000] == list(map(ord, text._ALL_MARKS))
    assert [code for code in marks if code >= 0x10000 and text._FOLD.get(code, 0) is not None] == []
