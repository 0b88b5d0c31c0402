"""Writes a content folder of any size: the same articles for the same number, on every machine."""

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

SITE = """\
title: موقع القياس
base_url: http://127.0.0.1:8000
id: tag:bench.example,2025
timezone: UTC
categories:
"""
WORDS = (
    "العلم المعرفة المدينة الكتاب الطريق البيت النهر الجبل البحر السماء الأرض القمر الشمس الليل النهار الصباح المساء "
    "كتب قرأ سافر عاد وصل بنى زرع حصد رسم تعلّم شرح وصف جمع وزّع فتح أغلق كبير صغير جديد قديم جميل بعيد قريب واسع "
    "في من إلى على عن مع بين حول خلال منذ حتى ثم لكن أيضًا كذلك وهكذا"
).split()
TAGS = ("تراث", "لغة", "صحة", "تقنية", "ماء", "زراعة", "تعليم", "كتب", "مدن", "حرف")


def sentence(source: random.Random) -> str:
    """Return one sentence of 8 to 18 words."""
    return " ".join(source.choice(WORDS) for _ in range(source.randint(8, 18))) + "."


def article(number: int) -> str:
    """Return the text of one article of some 3 KB."""
    source = random.Random(number)
    date = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=37 * number)
    tags = "، ".join(source.sample(TAGS, 2))
    paragraphs = [" ".join(sentence(source) for _ in range(3)) for _ in range(6)]
    paragraphs[3] = "## عنوان فرعي\n\n" + paragraphs[3]
    body = "\n\n".join(paragraphs)
    return (
        f"---\ntitle: مقال رقم {number} {source.choice(WORDS)}\ndate: {date:%Y-%m-%d %H:%M}\n"
        f"id: tag:bench.example,2025:{number}\ntags: [{tags}]\nauthor: هيئة التحرير\n"
        f"summary: {sentence(source)}\n---\n\n{body}\n"
    )


def generate(folder: Path, count: int, categories: int = 20) -> None:
    """Write ``count`` articles in ``categories`` categories below ``folder``."""
    slugs = [f"section-{n}" for n in range(categories)]
    rows = "".join(f"  - {{slug: {slug}, name: قسم {n}}}\n" for n, slug in enumerate(slugs))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(SITE + rows, encoding="utf-8")
    for slug in slugs:
        (folder / slug).mkdir(exist_ok=True)
    for number in range(count):
        slug = slugs[number % categories]
        (folder / slug / f"{number:07d}.md").write_text(article(number), encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
