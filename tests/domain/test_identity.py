import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import NOW, article, moment
from feedservice.domain.identity import Claim, Claims, another_id, decide, each_claim


def claims(
    path: str,
    day: int = 1,
    identity: str = "",
    slug: str = "",
    aliases: tuple[str, ...] = (),
    is_public: bool = True,
) -> Claims:
    return Claims(
        path=path,
        published=moment(f"2025-01-{day:02d}"),
        is_public=is_public,
        id=identity or path,
        slug=slug or path,
        aliases=aliases,
    )


CLAIMANTS = st.lists(
    st.builds(
        claims,
        st.sampled_from("abcdef"),
        st.integers(1, 3),
        st.sampled_from("xyzst"),
        st.sampled_from("stuvw"),
        st.lists(st.sampled_from("stuvw"), max_size=2, unique=True).map(tuple),
    ),
    max_size=6,
    unique_by=lambda each: each.path,
)
CLAIMANTS_AND_HOLDERS = st.tuples(
    CLAIMANTS,
    st.dictionaries(
        st.builds(Claim, st.sampled_from(["id", "name"]), st.sampled_from("xyzstuvw")),
        st.sampled_from("abcdef"),
        max_size=4,
    ),
)


def test_the_earlier_date_stays_then_the_path() -> None:
    lost = decide([claims("b", 2, slug="s"), claims("c", 1, slug="s"), claims("a", 2, slug="s")])
    assert {path: problem.facts["other"] for path, problem in lost.items()} == {"a": "c", "b": "c"}
    assert set(decide([claims("b", slug="s"), claims("a", slug="s")])) == {"b"}


def test_what_is_not_public_takes_nothing_from_what_is() -> None:
    hidden = claims("a", 1, slug="s", is_public=False)
    assert set(decide([hidden, claims("b", 2, slug="s")])) == {"a"}


def test_of_two_of_one_date_the_shorter_path_stays() -> None:
    copy = claims("field/daraya (1).md", slug="s")
    assert set(decide([copy, claims("field/daraya.md", slug="s")])) == {"field/daraya (1).md"}


HELD = {Claim("name", "s"): "b"}


def test_who_held_it_and_is_public_keeps_it_from_an_earlier_newcomer() -> None:
    newcomer = claims("a", 1, aliases=("s",))
    assert decide([newcomer, claims("b", 2, slug="s")], HELD)["a"].code == "alias-duplicate"


def test_a_holder_that_is_not_public_or_claims_it_no_more_holds_nothing() -> None:
    newcomer = claims("a", 3, slug="s")
    assert set(decide([newcomer, claims("b", 2, slug="s", is_public=False)], HELD)) == {"b"}
    assert decide([newcomer, claims("b", 2, slug="t")], HELD) == {}


def test_two_holders_that_claim_each_others_names_are_not_both_lost() -> None:
    held = {Claim("name", "s"): "a", Claim("name", "t"): "b"}
    both = [claims("a", 1, slug="s", aliases=("t",)), claims("b", 2, slug="t", aliases=("s",))]
    assert set(decide(both, held)) == {"a"}


@given(CLAIMANTS_AND_HOLDERS)
def test_survivors_share_nothing_whoever_held_what(
    given_claims: tuple[list[Claims], dict[Claim, str]],
) -> None:
    claimants, holders = given_claims
    lost = decide(claimants, holders)
    kept = [each for each in claimants if each.path not in lost]
    held = [claim for each in kept for claim in {claim for claim, _ in each_claim(each)}]
    assert len(held) == len(set(held))
    assert kept or not claimants


@pytest.mark.parametrize(
    ("taken", "path", "new"),
    [
        ("tag:news.example,2025:a", "f/a - Copy.md", "tag:news.example,2025:a-copy"),
        ("tag:news.example,2025:a", "g/a.md", "tag:news.example,2025:a-a"),
        ("https://old.example/?p=7", "f/b.md", "https://old.example/?p=7-b"),
    ],
)
def test_another_id_is_made_of_the_name_of_the_file(taken: str, path: str, new: str) -> None:
    assert another_id(taken, path) == new


def test_copies_of_one_name_in_several_folders_are_given_ids_of_their_own() -> None:
    identity = "tag:news.example,2025:a"
    copies = [claims(f"{folder}/a.md", n, identity=identity) for n, folder in enumerate("xyz", 1)]
    lost = decide(copies)
    assert {path: problem.facts["new"] for path, problem in lost.items()} == {
        "y/a.md": f"{identity}-a",
        "z/a.md": f"{identity}-a-2",
    }


def test_no_id_is_given_that_another_file_has() -> None:
    identity = "tag:news.example,2025:a"
    there = [
        claims("x/a.md", 1, identity=identity),
        claims("x/a-copy.md", 2, identity=identity),
        claims("y/b.md", 3, identity=f"{identity}-copy"),
    ]
    assert decide(there)["x/a-copy.md"].facts["new"] == f"{identity}-copy-2"


def test_an_alias_and_a_slug_are_one_namespace() -> None:
    assert (
        decide([claims("a", 1, slug="s"), claims("b", 2, aliases=("s",))])["b"].code
        == "alias-duplicate"
    )


def test_an_id_may_equal_a_slug() -> None:
    assert decide([claims("a", identity="x"), claims("b", slug="x")]) == {}


def test_the_other_claims_of_a_loser_knock_out_nobody() -> None:
    lost = decide(
        [
            claims("a", 1, slug="s"),
            claims("b", 2, slug="s", aliases=("t",)),
            claims("c", 3, slug="t"),
        ]
    )
    assert set(lost) == {"b"}


@given(CLAIMANTS, st.randoms())
def test_no_two_survivors_share_a_claim_whatever_the_order(
    claimants: list[Claims], order: object
) -> None:
    lost = decide(claimants)
    held = [
        claim
        for each in claimants
        if each.path not in lost
        for claim in {claim for claim, _ in each_claim(each)}
    ]
    assert len(held) == len(set(held))
    for path, problem in lost.items():
        assert problem.facts["other"] not in lost
        assert problem.path == path
    order.shuffle(claimants)  # type: ignore[attr-defined]
    assert decide(claimants) == lost


def test_an_article_may_name_its_own_slug_as_an_alias() -> None:
    assert decide([claims("a", slug="s", aliases=("s", "s"))]) == {}


def test_the_first_of_several_lost_claims_is_told() -> None:
    lost = decide(
        [
            claims("a", 1, identity="i", slug="s"),
            claims("b", 2, identity="i", slug="s", aliases=("s",)),
        ]
    )
    assert (lost["b"].code, lost["b"].facts) == (
        "id-duplicate",
        {"value": "i", "other": "a", "new": "i-b"},
    )


def test_the_claims_of_an_article_are_its_id_slug_and_aliases() -> None:
    found = each_claim(Claims.of(article("x", aliases=("y",)), NOW))
    assert [(claim.value, code) for claim, code in found] == [
        ("tag:news.example,2025:x", "id-duplicate"),
        ("x", "slug-duplicate"),
        ("y", "alias-duplicate"),
    ]
