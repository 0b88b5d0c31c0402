import pytest

from factories import SITE_YAML, site
from feedservice.content import messages
from feedservice.content import site as site_file


def test_a_good_file_is_read_whole() -> None:
    found, problems = site_file.read(SITE_YAML)
    assert problems == ()
    assert found == site()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("title: صحيفة الاختبار\n", "", "key-missing", 1),
        ("title: صحيفة الاختبار", 'title: ""', "key-missing", 1),
        ("id: tag:news.example,2025", "id: news", "site-id", 4),
        ("https://news.example", "news.example", "url-bad", 3),
        ("https://news.example", "https://news.example/?x=1", "url-bad", 3),
        ("Asia/Damascus", "Asia/Damascs", "zone-unknown", 5),
        ("description: موقع", "descripton: موقع", "key-unknown", 2),
        ("slug: economy", "slug: field", "site-slug-duplicate", 8),
        ("{slug: economy, name: اقتصاد}", "{slug: economy}", "key-missing", 8),
        ("id: tag:news", "feed: {limit: 101}\nid: tag:news", "limit-bad", 4),
        ("id: tag:news", "feed: {content: half}\nid: tag:news", "content-bad", 4),
        ("id: tag:news", "hubs: [hub]\nid: tag:news", "url-bad", 4),
        ("id: tag:news", "redirects: {old: /new}\nid: tag:news", "redirect-bad", 4),
        ("id: tag:news", "icon: ../x.png\nid: tag:news", "media-outside", 4),
        ("id: tag:news", "language: عربي\nid: tag:news", "lang-bad", 4),
        ("title: صحيفة", "title: &x صحيفة", "yaml-anchor", 1),
    ],
)
def test_each_bad_value_is_told_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in SITE_YAML
    found, problems = site_file.read(SITE_YAML.replace(old, new, 1))
    assert found is None
    assert (code, line) in {(problem.code, problem.line) for problem in problems}


def test_an_unknown_zone_names_the_nearest() -> None:
    _, problems = site_file.read(SITE_YAML.replace("Asia/Damascus", "Asia/Damascs"))
    assert "Asia/Damascus" in messages.describe(problems[0], "ar")[1]
