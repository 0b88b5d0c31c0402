"""Times `feedservice import` of a WordPress export, and what memory it takes, beside feedparser
reading the same file.

python -m benchmarks.importing [COUNT]

feedparser builds every item in memory and converts nothing; the import reads the file twice, makes
Markdown of each body, proves that it comes back as the same HTML, and writes a file for each. A
tenth of the posts shows how memory grows.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.generate import NOUNS, SITE, TAGS, sentences

POOL = sentences()
HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>أرشيف</title><link>https://old.example</link><wp:wxr_version>1.2</wp:wxr_version>
"""


def post(number: int, count: int) -> str:
    """Return one item of some 4 KB: paragraphs, a list, a link to another post, a figure now and
    then.
    """
    source = random.Random(number)
    day, month, year = number % 28 + 1, number // 28 % 12 + 1, 2010 + number // 336 % 15
    other = source.randrange(count)
    paragraphs = [f"<p>{' '.join(source.choice(POOL) for _ in range(3))}</p>" for _ in range(6)]
    paragraphs[1] += (
        f'<p>{source.choice(POOL)} <a href="{link(other)}">{source.choice(NOUNS)}</a> و<strong>مهم</strong>.</p>'
    )
    paragraphs[3] += (
        f"<h2>عنوان فرعي</h2><ul><li>{source.choice(POOL)}</li><li>{source.choice(POOL)}</li></ul>"
    )
    if number % 5 == 0:
        paragraphs[4] += (
            f'<figure><img src="https://old.example/{number}.jpg" alt="صورة"><figcaption>شرح</figcaption></figure>'
        )
    tag = source.choice(TAGS)
    return (
        f"<item><title>مقال رقم {number} {source.choice(NOUNS)}</title><link>{link(number)}</link>"
        f'<guid isPermaLink="false">https://old.example/?p={number}</guid><dc:creator>desk</dc:creator>'
        f"<content:encoded><![CDATA[{chr(10).join(paragraphs)}]]></content:encoded>"
        f"<excerpt:encoded><![CDATA[{source.choice(POOL)}]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>"
        f"<wp:post_date>{year}-{month:02d}-{day:02d} 10:00:00</wp:post_date>"
        f"<wp:post_date_gmt>{year}-{month:02d}-{day:02d} 07:00:00</wp:post_date_gmt>"
        f"<wp:post_name>post-{number}</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f'<category domain="category" nicename="section-{number % 20}"><![CDATA[قسم {number % 20}]]></category>'
        f'<category domain="post_tag" nicename="t"><![CDATA[{tag}]]></category></item>\n'
    )


def link(number: int) -> str:
    """Return the old address of a post."""
    return f"https://old.example/2015/05/{number % 28 + 1:02d}/post-{number}/"


def generate(path: Path, count: int) -> None:
    """Write an export of ``count`` posts."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        stream.writelines(post(number, count) for number in range(count))
        stream.write("</channel></rss>\n")


def measured(command: Sequence[str]) -> tuple[float, float]:
    """Run a command; return seconds of the processor (a busy machine changes little) and peak
    memory in MiB.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command}: {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def run(scratch: Path, count: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return seconds and memory of the import and of feedparser, over an export of ``count``
    posts.
    """
    export, content = scratch / f"{count}.xml", scratch / f"content-{count}"
    generate(export, count)
    content.mkdir()
    (content / "site.yaml").write_text(SITE.replace("categories:\n", ""), encoding="utf-8")
    print(f"{count} posts, {export.stat().st_size / 1e6:.0f} MB")
    command = [
        sys.executable,
        "-m",
        "feedservice",
        "import",
        str(export),
        "--content",
        str(content),
        "--no-media",
        "--write",
    ]
    ours = measured(command)
    written = sum(1 for _ in content.rglob("*.md"))
    assert written == count, f"{written} files"
    peer = measured(
        [
            sys.executable,
            "-c",
            "import feedparser, sys; assert feedparser.parse(sys.argv[1]).entries",
            str(export),
        ]
    )
    return ours, peer


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as scratch:
        for number in (count // 10, count):
            (seconds, memory), (peer_seconds, peer_memory) = run(Path(scratch), number)
            print(
                f"  feedservice import  {seconds:7.2f} s  {memory:7.0f} MiB   {1000 * seconds / number:.2f} ms a post"
            )
            print(f"  feedparser alone    {peer_seconds:7.2f} s  {peer_memory:7.0f} MiB")
            print(
                f"  ratio               {seconds / peer_seconds:7.2f}    {memory / peer_memory:7.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
