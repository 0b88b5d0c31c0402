import pytest

from feedservice.authoring.fix_site import fixed
from feedservice.content import site as site_file
from feedservice.domain.model import Problem, Severity

HEAD = "title: ص # نصها\nbase_url: https://a.example\nid: tag:a.example,2025\n"


def problem(line: int, paste: str, code: str = "name-changed") -> Problem:
    return Problem(
        path="site.yaml", line=line, code=code, facts={"paste": paste}, severity=Severity.WARNING
    )


@pytest.mark.parametrize(
    ("authors", "line", "paste", "wanted"),
    [
        ("  - slug: salma\n    name: سلمى  # تكتب\n    url: https://s.example\n", 6, "aliases: [سلمي]",
         "  - slug: salma\n    name: سلمى  # تكتب\n    aliases: [سلمي]\n    url: https://s.example\n"),
        ("- slug: salma\n  name: سلمى", 6, "aliases: [سلمي]", "- slug: salma\n  name: سلمى\n  aliases: [سلمي]\n"),
        ("  - name: سلمى\n    # رمزها\n    slug: salma\n", 5, "aliases: [س]", "  - name: سلمى\n    aliases: [س]\n    # رمزها\n    slug: salma\n"),
        ("  - slug: salma\n    name: سلمى\n    aliases: [أ]\n", 6, "aliases: [أ, ب]", "  - slug: salma\n    name: سلمى\n    aliases: [أ, ب]\n"),
        ("  - slug: salma\n    aliases:\n      - أ\n      - ب\n    name: سلمى\n", 9, "aliases: [أ, ب, ج]",
         "  - slug: salma\n    aliases: [أ, ب, ج]\n    name: سلمى\n"),
        ("  - slug: salma\n    aliases: أ، ب\n    name: سلمى\n", 7, "aliases: [أ, ب, ج]", "  - slug: salma\n    aliases: [أ, ب, ج]\n    name: سلمى\n"),
        ("  - open\n  - {slug: salma, name: سلمى}  # هي\n", 6, "aliases: [أ]", "  - open\n  - {slug: salma, name: سلمى, aliases: [أ]}  # هي\n"),
    ],
)  # fmt: skip
def test_a_dropped_name_is_kept_beside_the_present_one(
    authors: str, line: int, paste: str, wanted: str
) -> None:
    made = fixed(f"{HEAD}authors:\n{authors}", [problem(line, paste)])
    assert made == f"{HEAD}authors:\n{wanted}"
    assert site_file.read(made)[0]


@pytest.mark.parametrize(
    ("tail", "wanted"),
    [
        ("", "former_urls: [https://b.example]"),
        ("former_urls: https://c.example\n", "former_urls: [https://c.example, https://b.example]"),
        ("former_urls: []\n", "former_urls: [https://b.example]"),
    ],
)
def test_an_earlier_address_is_kept(tail: str, wanted: str) -> None:
    made = fixed(HEAD + tail, [problem(2, wanted, "base-url-changed")])
    assert wanted in made.splitlines()
    assert made.startswith("title: ص # نصها\nbase_url: https://a.example\n")


@pytest.mark.parametrize(
    ("authors", "line"),
    [
        ("  - slug: salma\n    name: سلمى\n    aliases: [أ]  # قديم\n", 6),
        ("  - slug: salma\n    name: سلمى\n    aliases:\n      - أ  # قديم\n", 6),
        ('  - slug: salma\n    name: "سلمى\n      الحلبي"\n', 6),
        ("  - {slug: salma,\n     name: سلمى}\n", 6),
    ],
)
def test_what_cannot_be_written_without_loss_is_left_to_the_editor(authors: str, line: int) -> None:
    text = f"{HEAD}authors:\n{authors}"
    assert fixed(text, [problem(line, "aliases: [أ, ب]")]) == text


def test_several_are_kept_at_once_and_other_problems_change_nothing() -> None:
    text = f"{HEAD}categories:\n  - slug: a\n    name: أ\n  - slug: b\n    name: ب\n"
    told = [
        problem(6, "aliases: [ا]"),
        problem(8, "aliases: [با]"),
        problem(5, "aliases: [x]", "category-gone"),
    ]
    assert fixed(text, told) == (
        f"{HEAD}categories:\n  - slug: a\n    name: أ\n    aliases: [ا]\n  - slug: b\n    name: ب\n    aliases: [با]\n"
    )
