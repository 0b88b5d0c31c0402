"""The labels that a program offers to who writes."""

from factories import NOW, article, fill, site
from feedservice.domain.model import Category
from feedservice.index.writer import IndexWriter
from feedservice.publishing.names import categories_and_tags


def test_each_name_is_offered_once(index: IndexWriter) -> None:
    """A tag that a category is called by would be taken for that one."""
    categories = (
        Category(slug="field", name="ميداني"),
        Category(slug="water", name="المياه", aliases=("ماء",)),
        Category(slug="rivers", name="المياه"),
    )
    index.put_site(site(categories=categories), (), NOW)
    fill(
        index,
        article("a", tags=["ماء", "ميدانى", "water", "نهر"]),
        article("b", tags=["نهر", "سدّ"]),
    )
    with index.snapshot(NOW) as view:
        assert categories_and_tags(view) == ["ميداني", "المياه", "نهر", "سدّ"]
