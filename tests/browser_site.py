"""Articles that ask much of a page, beside the sample site's, and the pages that browsers look at."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from factories import write_article

ROOT = Path(__file__).parent.parent
Visit = Callable[..., Page]
"""Opens a page: the path, ``width`` in pixels, and what else `Page.emulate_media` takes."""
PAGES = {
    "front": "/",
    "category": "/categories/technology",
    "tag": "/tags/لغة",
    "author": "/authors/desk",
    "older": "/?before=2026-09-15T00:00:00Z,screen-eyes",
    "search": "/search?q=الأسواق",
    "nothing-found": "/search?q=qwertz",
    "feeds": "/feeds",
    "article": "/articles/asking",
    "english": "/articles/english",
    "hostile": "/articles/long",
    "not-found": "/nothing",
    "refused": "/?limit=many",
}
"""A page of each template, and of each kind of list."""

LATIN = "لغة HTML الإصدار 5.2، والأمر `git commit -m 'a'` يسجّل، و`print(\"x\")` يطبع (RFC 9110)."
ASKING = f"""{LATIN}

{"جملة طويلة من كلمات عربية مألوفة يقرؤها القارئ على مهل حتى يبلغ آخر السطر ثم يعود إلى أوله. " * 12}

## جدول وشيفرة

| العمود الأول | السعر | ملاحظة |
|---|---:|:---:|
| تفاح | 1,200 | طازج |
| برتقال | 90 | من الساحل |

فقرة بعد الجدول، فيها مساحة 120 م<sup>2</sup> وحاشية[^1] وماء H<sub>2</sub>O.

```
if x == 1:
    print("مرحبا", x)   # تعليق
# سطر عربي كله
```

- بند أول
- بند ثان

1. أول
2. ثان

> اقتباس من سطر واحد.

[^1]: نص الحاشية.
"""
WIDE = (
    "| "
    + " | ".join(f"عمود {n}" for n in range(12))
    + " |\n"
    + "|---" * 12
    + "|\n"
    + "| 123456 " * 12
    + "|\n"
)
ENGLISH = (
    'The reporter said: "It works (mostly), doesn\'t it?" – and left. '
    "A long paragraph of ordinary English words follows, so that a line is filled to its end. "
) * 8


def write_asking(root: Path) -> None:
    """What no sample article holds: long names, wide tables, code, another script."""
    Image.new("RGB", (1600, 900), "teal").save(root / "media" / "wide.png")
    write_article(
        root, "technology/asking.md", ASKING + "\n" + WIDE, title="مقال فيه كل شيء: شيفرة `x+1` وجدول", date="2026-10-20",
        tags="[تجربة, C++]", image="{src: media/wide.png, alt: لون, caption: شرح الصورة, credit: المصوّر}", author="desk",
    )  # fmt: skip
    write_article(
        root, "technology/english.md", ENGLISH, title="An English article", lang="en", date="2026-10-19",
        summary="In English: with (punctuation).",
    )  # fmt: skip
    write_article(
        root, "technology/long.md", f"{'https://example.org/' + 'a' * 120}\n\n{'كلمةطويلةجدا' * 20}",
        title="عنوانطويلبلامسافات" * 8, date="2026-10-18", tags=f"[{'وسمطويل' * 6}]",
    )  # fmt: skip
