from factories import site
from feedservice.importing.numbered_posts import NumberedPosts
from feedservice.importing.redirect_rules import OldAddress


def test_numbers_of_another_blog_never_take_the_word_of_a_line_that_there_is() -> None:
    lines = (("/blog?p={id}", "/articles/p-{id}"), ("/of-before?p={id}", "/articles/p2-{id}"))
    posts = NumberedPosts(site(redirects=lines))
    for n in range(1, 6):
        for path in ("", "/blog", "/magazine"):
            assert posts.note(OldAddress(path=path, slug=f"khabar-{n}", query=f"p={n}"))
    assert posts.close({}, (), (), bool) == []
    assert dict(posts.redirects) == {
        "/?p={id}": "/articles/p3-{id}",
        "/blog?p={id}": "/articles/p-{id}",
        "/magazine?p={id}": "/articles/p4-{id}",
    }
