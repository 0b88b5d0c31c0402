import pytest

from factories import NOW, site
from feedservice.content import article as article_file
from feedservice.content.site_rules import Facts, check
from feedservice.domain.model import Severity

SITE = site()
MEDIA = {"media/a.png": True, "media/a.html": False}


def facts(**files: tuple[str, str]) -> Facts:
    """A site of files below field/: further lines of front matter, and the body."""
    articles, texts = {}, {}
    for name, (front, body) in files.items():
        path = f"field/{name}.md"
        text = f"---\ntitle: عنوان\ndate: 2025-12-20\nsummary: ملخص\n{front}\n---\n\n{body}\n"
        article, problems = article_file.read(text, path, SITE, NOW)
        assert article, problems
        articles[path], texts[path] = article, text
    return Facts(articles=articles, texts=texts, media=MEDIA)


def told(**files: tuple[str, str]) -> list[tuple[str, str, int, int]]:
    return [
        (p.code, p.path.removeprefix("field/"), p.line, p.column) for p in check(facts(**files))
    ]


GOOD = ("", "نص")


@pytest.mark.parametrize(
    ("front", "body", "expected"),
    [
        ("related: [b]", "[x](b.md) [y](/articles/b) [z](b) ![](media/a.png)", []),
        (
            "related: [old]\ntranslations: {en: b}",
            "[x](../field/b.md) [y](https://news.example/articles/old)",
            [],
        ),
        (
            "image: {src: media/a.png, alt: و}\nmedia: [media/a.png, 'https://x.example/a.mp3']",
            "نص",
            [],
        ),
        ("related: [a]", "[x](a.md)", []),
        ("related: [none]", "نص", [("related-unknown", 5, 10)]),
        ("translations: {en: b, fr: none}", "نص", [("translation-unknown", 5, 27)]),
        ("image: {src: media/no.png, alt: و}", "نص", [("image-missing", 5, 14)]),
        ("image: {src: media/a.html, alt: و}", "نص", [("media-type", 5, 14)]),
        ("media: [media/no.mp3]", "نص", [("media-missing", 5, 8)]),
        ("media: [media/a.html]", "نص", [("media-type", 5, 8)]),
        ("", "نص\n\nنص [x](none.md)", [("link-broken", 10, 8)]),
        ("", "نص\n[x](/articles/none)", [("link-broken", 9, 15)]),
        ("", "نص\n![](media/no.png)", [("media-missing", 9, 11)]),
        ("", "نص\n![](media/a.html)", [("media-type", 9, 11)]),
        ("", "[x](none.md) [y](none.md)", [("link-broken", 8, 5)]),
    ],
)
def test_what_leads_nowhere_is_a_warning_at_its_place(
    front: str, body: str, expected: list[tuple[str, int, int]]
) -> None:
    found = told(a=(front, body), b=("aliases: [old]", "نص"))
    assert found == [(code, "a.md", line, column) for code, line, column in expected]


def test_a_warning_names_the_nearest_where_one_is_near() -> None:
    near, far = check(
        facts(daraya=GOOD, a=("related: [daraja]", "نص"), b=("related: [xyzxyz]", "نص"))
    )
    assert (near.facts, far.facts) == (
        {"value": "daraja", "nearest": "daraya"},
        {"value": "xyzxyz"},
    )
    assert near.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("id: tag:x,2025:a", ("id-duplicate", "b.md", 5, 5)),
        ("slug: a", ("slug-duplicate", "b.md", 5, 7)),
        ("aliases: [x, a]", ("alias-duplicate", "b.md", 5, 10)),
    ],
)
def test_two_claims_are_an_error_at_the_key_of_the_loser(
    front: str, expected: tuple[str, str, int, int]
) -> None:
    problems = check(facts(a=("id: tag:x,2025:a", "نص"), b=(front, "نص")))
    assert [(p.code, p.path.removeprefix("field/"), p.line, p.column) for p in problems] == [
        expected
    ]
    assert (problems[0].severity, problems[0].facts["other"]) == (Severity.ERROR, "field/a.md")


def test_problems_come_by_path_and_line() -> None:
    front = "related: [x1]\nimage: {src: media/no.png, alt: و}"
    found = told(b=(front, "[x](none.md)"), a=(front, "[x](none.md)"))
    assert found == sorted(found, key=lambda each: each[1:])
    assert len(found) == 6
