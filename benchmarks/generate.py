"""Writes a content folder of any size: the same articles for the same number, on every machine.

Dates and lists are written in the form that other generators read too, so that a peer is given the
very same files. The text is made-up Arabic whose words vary, so that compressing and comparing it
cost what they cost for articles.

python -m benchmarks.generate DIR COUNT
"""

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

SITE = """\
title: موقع القياس
base_url: http://127.0.0.1:8000
id: tag:bench.example,2025
timezone: UTC
feed: {limit: 50}
categories:
"""
NOUNS = (
    "علم معرفة مدينة كتاب طريق بيت نهر جبل بحر سماء أرض قمر شمس ليل نهار صباح مساء شجر حجر قلم ورق باب جسر سوق ميناء "
    "حقل بستان مدرسة مكتبة متحف معرض مصنع قطار مطر ريح غيم زيتون قمح خبز ماء نحاس حرير خزف خشب صوت لون ضوء ظل خبر رأي"
).split()
VERBS = "كتب قرأ سافر عاد وصل بنى زرع حصد رسم علّم شرح وصف جمع وزّع فتح أغلق صنع نقل درس بحث وجد ترك حفظ نشر".split()
PARTICLES = (
    "في من إلى على عن مع بين حول خلال منذ حتى ثم لكن أيضًا كذلك وهكذا بعد قبل كل بعض غير".split()
)
AUTHORS = ("هيئة التحرير", "قسم الميدان", "قسم الاقتصاد", "قسم التراث", "قسم العلوم")
TAGS = ("تراث", "لغة", "صحة", "تقنية", "ماء", "زراعة", "تعليم", "كتب", "مدن", "حرف")
FIRST = datetime(2015, 1, 1, tzinfo=UTC)


def sentences(count: int = 5_000) -> tuple[str, ...]:
    """Return sentences of 8 to 18 words, of which all articles are made."""
    source = random.Random(0)
    nouns = [
        f"{a}{noun}{z}"
        for noun in NOUNS
        for a in ("", "ال", "وال", "بال", "لل")
        for z in ("", "ها")
    ]
    verbs = [
        f"{a}{verb}{z}"
        for verb in VERBS
        for a in ("", "و", "ف", "سي", "قد ")
        for z in ("", "وا", "ت")
    ]
    kinds = (nouns, verbs, PARTICLES)

    def words() -> str:
        return " ".join(
            source.choice(source.choices(kinds, (5, 3, 2))[0]) for _ in range(source.randint(8, 18))
        )

    return tuple(f"{words()}." for _ in range(count))


def article(number: int, pool: Sequence[str]) -> str:
    """Return the text of one article of some 3 KB, made of sentences of ``pool``."""
    source = random.Random(number)
    date = FIRST + timedelta(minutes=37 * number)
    tags = ", ".join(source.sample(TAGS, 2))
    paragraphs = [" ".join(source.choices(pool, k=3)) for _ in range(7)]
    paragraphs[3] = "## عنوان فرعي\n\n" + paragraphs[3]
    body = "\n\n".join(paragraphs)
    return (
        f"---\ntitle: مقال رقم {number} {source.choice(NOUNS)}\ndate: {date:%Y-%m-%dT%H:%M:%SZ}\n"
        f"id: tag:bench.example,2025:{number}\ntags: [{tags}]\nauthor: {AUTHORS[number % len(AUTHORS)]}\n"
        f"summary: {source.choice(pool)}\n---\n\n{body}\n"
    )


def generate(folder: Path, count: int, categories: int = 20) -> None:
    """Write ``count`` articles in ``categories`` categories below ``folder``."""
    slugs = [f"section-{n}" for n in range(categories)]
    rows = "".join(f"  - {{slug: {slug}, name: قسم {n}}}\n" for n, slug in enumerate(slugs))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(SITE + rows, encoding="utf-8")
    for slug in slugs:
        (folder / slug).mkdir(exist_ok=True)
    pool = sentences()
    for number in range(count):
        slug = slugs[number % categories]
        (folder / slug / f"{number:07d}.md").write_text(article(number, pool), encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
