from hypothesis import given
from hypothesis import strategies as st

from factories import article, moment
from feedservice.domain.identity import Claims, decide


def claims(
    path: str, day: int = 1, identity: str = "", slug: str = "", aliases: tuple[str, ...] = ()
) -> Claims:
    return Claims(
        path=path,
        published=moment(f"2025-01-{day:02d}"),
        id=identity or path,
        slug=slug or path,
        aliases=aliases,
    )


def test_the_earlier_date_stays_then_the_path() -> None:
    lost = decide([claims("b", 2, slug="s"), claims("c", 1, slug="s"), claims("a", 2, slug="s")])
    assert {path: problem.facts["other"] for path, problem in lost.items()} == {"a": "c", "b": "c"}
    assert set(decide([claims("b", slug="s"), claims("a", slug="s")])) == {"b"}


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


@given(CLAIMANTS, st.randoms())
def test_no_two_survivors_share_a_claim_whatever_the_order(
    claimants: list[Claims], order: object
) -> None:
    lost = decide(claimants)
    held = [
        claim
        for each in claimants
        if each.path not in lost
        for claim in {claim for claim, _ in each.each()}
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
    assert (lost["b"].code, lost["b"].facts) == ("id-duplicate", {"value": "i", "other": "a"})


def test_the_claims_of_an_article_are_its_id_slug_and_aliases() -> None:
    found = Claims.of(article("x", aliases=("y",)))
    assert [(claim.value, code) for claim, code in found.each()] == [
        ("tag:news.example,2025:x", "id-duplicate"),
        ("x", "slug-duplicate"),
        ("y", "alias-duplicate"),
    ]
