"""The desk in Chromium: open the content folder, edit an article, write another with a picture, and
see both in the feed of `preview`.

A folder of the disk is given to a page only by a dialog that no test can answer, so Chromium's own
file system stands for it: what the desk writes there is put into the folder, byte for byte.
"""

import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from browser_site import ROOT
from service_process import free_port
from waiting import PATIENCE, comes_true

FILL = """async files => {
  const root = await navigator.storage.getDirectory();
  for (const [path, data] of files) {
    const folders = path.split("/"), name = folders.pop();
    let folder = root;
    for (const each of folders) folder = await folder.getDirectoryHandle(each, {create: true});
    const writer = await (await folder.getFileHandle(name, {create: true})).createWritable();
    await writer.write(Uint8Array.from(atob(data), each => each.charCodeAt(0)));
    await writer.close();
  }
  window.showDirectoryPicker = async () => root;
}"""
READ = """async () => {
  const found = {};
  const walk = async (folder, path) => {
    for await (const [name, each] of folder.entries()) {
      if (each.kind === "directory") await walk(each, `${path}${name}/`);
      else {
        const bytes = await (await each.getFile()).arrayBuffer();
        found[path + name] = new Uint8Array(bytes).toBase64();
      }
    }
  };
  await walk(await navigator.storage.getDirectory(), "");
  return found;
}"""
EDITED = """---
# ملاحظة المحرر: لا تُنشر قبل المراجعة
date: ٢٠ كانون الأول ٢٠٢٥   # كما كُتب
title: خبر قديم: له نقطتان
tags: داريا، سوريا
author: كاتب من خارج الصحيفة
category: [field, economy]
summary: ملخص يتغيّر
image:
  src: media/hills.png   # صورة الوكالة
  alt: تلال
expires: 2099-01-01 10:30

# تعليق قبل المعرّف
id: tag:rawaq.example,2025:old-news
views: 12
---

نص *كما هو* |  جدول  |
\tوسطر بمسافة.
"""
PAGE = """---
title: صفحة قديمة # عنوانها
order: 3
image: media/hills.png

# لا يُحذف
slug: old-page
---
نص.
"""


@dataclass
class Desk:
    """A page of the desk over a folder."""

    page: Page
    content: Path
    address: str
    told: list[str]

    def field(self, key: str) -> Locator:
        """A field of the form."""
        return self.page.locator(f'section[data-key-path="{key}"]')

    def save(self, collection: str = "articles") -> None:
        """Save, and put what was written into the folder."""
        self.page.get_by_role("button", name="حفظ").first.click()
        self.page.wait_for_url(re.compile(f"#/collections/{collection}$"))
        for path, data in self.page.evaluate(READ).items():
            file, read = self.content / path, base64.b64decode(data)
            if not file.exists() or file.read_bytes() != read:
                file.write_bytes(read)


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content, ignore=shutil.ignore_patterns(".*"))
    (content / "field" / "old-news.md").write_text(EDITED, encoding="utf-8")
    (content / "field" / "README.md").write_text(EDITED.replace("خبر قديم", "ليس مقالًا"))
    (content / "pages" / "old-page.md").write_text(PAGE, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "feedservice", "preview", str(content), "--no-browser"]
    with subprocess.Popen(
        [*command, "--port", str(port)],
        env={**os.environ, "FEEDSERVICE_STATE": str(tmp_path / "state")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            assert comes_true(lambda: bool(_got(f"{address}/desk")))
            # Fields out of sight are not made.
            context = browser.new_context(
                base_url=address,
                locale="ar",
                timezone_id="America/New_York",  # moments are the site's all the same
                viewport={"width": 1280, "height": 4000},
            )
            context.set_default_timeout(1000 * PATIENCE)
            page, told = context.new_page(), []
            page.on("request", lambda each: told.append(f"request {each.url}"))
            page.expose_function("violated", lambda what: told.append(f"violation {what}"))
            page.add_init_script(
                "addEventListener('securitypolicyviolation',"
                " e => violated(`${e.violatedDirective} ${e.blockedURI}`))"
            )
            page.goto("/desk")
            files = [
                (str(each.relative_to(content)), base64.b64encode(each.read_bytes()).decode())
                for each in content.rglob("*")
                if each.is_file()
            ]
            page.evaluate(FILL, files)
            page.locator(".buttons .primary").click()
            yield Desk(page, content, address, told)
            context.close()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def test_an_article_is_edited_and_another_written_with_a_picture(
    desk: Desk, tmp_path: Path
) -> None:
    page = desk.page
    page.get_by_text("خبر قديم: له نقطتان").first.click()
    assert not page.get_by_text("ليس مقالًا").count()
    assert desk.field("summary").evaluate("each => getComputedStyle(each).direction") == "rtl"
    desk.field("summary").locator("textarea").fill("ملخص آخر: تغيّر")
    desk.save()
    written = (desk.content / "field" / "old-news.md").read_text(encoding="utf-8")
    assert written == EDITED.replace("summary: ملخص يتغيّر", "summary: 'ملخص آخر: تغيّر'")

    before = set((desk.content / "field").iterdir())
    page.goto("/desk#/collections/articles/new")
    desk.field("title").locator("input").fill("مقال «من المكتب»: أول")
    desk.field("category").locator("[role=combobox]").click()
    page.locator("[role=option]", has_text="ميداني").click()
    desk.field("tags").locator("input").first.fill("داريا")
    desk.field("author").locator("[role=checkbox]").first.click()
    desk.field("image").locator("[role=checkbox]").first.click()
    picture = tmp_path / "من المكتب.png"
    picture.write_bytes((ROOT / "content" / "media" / "hills.png").read_bytes() + b"\0")
    desk.field("image.src").locator("input[type=file]").first.set_input_files(picture)
    desk.field("image.alt").locator("input").fill("تلال")
    desk.field("related").locator("[role=combobox]").click()
    page.keyboard.type("داريا")
    page.locator("[role=option]", has_text="تفكيك خلية في داريا").click()
    desk.field("status").locator("[role=radio][value=published]").click()
    desk.field("body").locator("textarea").fill("نص **أول**.\n\n## عنوان\n\nونص ثان.")
    began = time.monotonic()
    desk.save()
    [new] = set((desk.content / "field").iterdir()) - before
    text = new.read_text(encoding="utf-8")
    assert comes_true(lambda: "من المكتب" in _got(f"{desk.address}/categories/field.atom"))
    sys.stdout.write(f" save in the desk -> feed: {time.monotonic() - began:.2f} s\n")
    feed = _got(f"{desk.address}/categories/field.atom")
    assert "ملخص آخر: تغيّر" in feed
    assert "tag:rawaq.example,2025:" in text
    assert "related: [2025-12-21-daraya]" in text
    assert "src: media/من المكتب.png" in text
    assert (desk.content / "media" / "من المكتب.png").read_bytes() == picture.read_bytes()

    page.get_by_text("مقال «من المكتب»: أول").first.click()
    desk.field("summary").locator("textarea").fill("ملخص")
    desk.save()
    again = new.read_text(encoding="utf-8")
    assert again == text.replace("\n---\n", "\nsummary: ملخص\n---\n", 1)

    page.get_by_text("خبر قديم: له نقطتان").first.click()
    page.locator("button", has_text="more_vert").first.click()
    page.get_by_role("menuitem", name="تكرار").click()
    desk.field("title").locator("input").fill("نسخة من خبر")
    desk.save()
    [copy] = set((desk.content / "field").iterdir()) - before - {new}
    copied = copy.read_text(encoding="utf-8")
    assert "old-news" not in copied
    assert copied.count("\nid: tag:rawaq.example,2025:") == 1

    page.goto("/desk#/collections/pages")
    page.get_by_text("صفحة قديمة").first.click()
    desk.field("summary").locator("textarea").fill("ملخص")
    desk.save("pages")
    page_file = (desk.content / "pages" / "old-page.md").read_text(encoding="utf-8")
    assert page_file == PAGE.replace("slug: old-page\n", "slug: old-page\nsummary: ملخص\n")

    told = subprocess.run(
        [sys.executable, "-m", "feedservice", "check", str(new), str(copy), "--lang", "en"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert told.returncode == 0, told.stdout
    asked = {
        each
        for each in desk.told
        if not each.startswith((f"request {desk.address}/", "request blob:", "request data:"))
    }
    assert asked == set()


def _got(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""
