import pytest

from feedservice.domain.own_addresses import OwnAddresses

OWN = OwnAddresses("https://news.example/ar", "http://127.0.0.1:8700", "https://news.example")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://news.example/ar/articles/a", "/articles/a"), ("https://news.example/ar", "/"), ("https://news.example", "/"),
        ("https://news.example/articles/a?x=1#b", "/articles/a?x=1#b"), ("HTTP://NEWS.example:80/media/a.png", None),
        ("http://NEWS.example:80/media/a.png", "/media/a.png"), ("http://127.0.0.1:8700/articles/a", "/articles/a"),
        ("http://127.0.0.1:8701/articles/a", None), ("https://news.example/arabic", "/arabic"),
        ("https://news.example.org/a", None), ("https://other.example/a", None), ("https://news.example:x/", None),
        ("/articles/a", None), ("mailto:a@news.example", None), ("", None), ("https://" + "a" * 600, None),
    ],
)  # fmt: skip
def test_an_address_below_any_base_is_the_sites_own(url: str, path: str | None) -> None:
    assert OWN.path_of(url) == path
    assert OWN.at_present(url) == (url if path is None else f"https://news.example/ar{path}")


def test_without_a_base_nothing_is_its_own() -> None:
    assert OwnAddresses().path_of("https://news.example/") is None
