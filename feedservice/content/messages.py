"""Every `Problem` in words: what is wrong and what to write instead, in Arabic and English. Pure.

The texts are filled in with the problem's facts; a fact that a problem lacks is written as ``?``.
"""

from types import MappingProxyType
from typing import NamedTuple

from feedservice.model import Problem


class Wording(NamedTuple):
    """What is wrong and the remedy, in both languages."""

    wrong_ar: str
    remedy_ar: str
    wrong_en: str
    remedy_en: str


_PLAIN_DATE_AR = "اكتب مثلًا: 2025-12-20 14:30"
_PLAIN_DATE_EN = "Write for example: 2025-12-20 14:30"

WORDINGS = MappingProxyType({
    # The file.
    "file-empty": Wording("الملف فارغ", "اكتب مقدمة بين سطرين من --- ثم نص المقال، أو احذف الملف", "the file is empty", "Write front matter between two --- lines and then the text, or delete the file"),
    "file-size": Wording("حجم الملف {value} بايت، والحد {limit}", "قسّم المقال أو انقل الصور إلى media/", "the file has {value} bytes; the limit is {limit}", "Split the article, or move pictures to media/"),
    "file-unreadable": Wording("تعذّرت قراءة الملف: {value}", "صحّح أذونات الملف", "the file cannot be read: {value}", "Mend the file's permissions"),
    "encoding": Wording("الملف ليس بترميز UTF-8 (يبدو أنه {value})", "احفظه من المحرّر بترميز UTF-8", "the file is not UTF-8 (it seems to be {value})", "Save it as UTF-8 in the editor"),
    "nul": Wording("في الملف محرف صفري (NUL)", "احذف المحرف، أو احفظ الملف من جديد بترميز UTF-8", "the file holds a NUL character", "Delete it, or save the file again as UTF-8"),
    "front-matter-missing": Wording("لا يبدأ الملف بمقدمة", "اجعل السطر الأول --- وتحته title و date ثم ---", "the file does not begin with front matter", "Make the first line ---, then title and date, then ---"),
    "front-matter-open": Wording("المقدمة غير مغلقة", "أضف سطرًا فيه --- وحدها بعد آخر مفتاح", "the front matter is not closed", "Add a line with only --- after the last key"),
    # YAML.
    "yaml": Wording("لا تُقرأ المقدمة: {value}", "راجع هذا السطر والذي قبله: النقطتان والمسافات وعلامات التنصيص", "the front matter cannot be read: {value}", "Look at this line and the one before: colons, spaces, quotes"),
    "yaml-colon": Wording("في القيمة نقطتان تتبعهما مسافة", 'ضع القيمة كلها بين علامتي تنصيص: "…"', "the value holds a colon followed by a space", 'Put the whole value in quotes: "…"'),
    "yaml-tab": Wording("السطر يبدأ بمسافة جدولة (Tab)", "استبدل بها مسافات عادية", "the line begins with a tab", "Use spaces instead"),
    "yaml-size": Wording("المقدمة أكبر من المسموح ({value}، والحد {limit})", "انقل النص الطويل إلى متن المقال", "the front matter is too large ({value}; the limit is {limit})", "Move long text to the body"),
    "yaml-depth": Wording("قوائم متداخلة أكثر من {limit} مستويات", "اكتب القيمة في سطر واحد أو قائمة بسيطة", "lists nested deeper than {limit}", "Write one line or a plain list"),
    "yaml-anchor": Wording("علامتا & و * (المراسي) غير مقبولتين في بداية القيمة", "اكتب القيمة كاملة، أو ضعها بين علامتي تنصيص", "anchors and aliases (& and *) are not accepted", "Write the value out, or put it in quotes"),
    "yaml-tag": Wording("الوسم {value} غير مقبول", "احذف علامة ! من بداية القيمة، أو ضع القيمة بين علامتي تنصيص", "the YAML tag {value} is not accepted", "Remove the ! before the value, or put the value in quotes"),
    "yaml-documents": Wording("في المقدمة أكثر من وثيقة YAML", "أبقِ مقدمة واحدة بين سطرين من ---", "more than one YAML document", "Keep one front matter between two --- lines"),
    "yaml-key": Wording("المفتاح ليس نصًّا بسيطًا", "اكتب المفتاح كلمة واحدة تتبعها نقطتان", "a key is no plain text", "Write the key as one word followed by a colon"),
    "yaml-no-mapping": Wording("المقدمة ليست أزواجًا من مفتاح وقيمة", "اكتب كل سطر هكذا: title: عنوان المقال", "the front matter is no list of keys and values", "Write each line like this: title: The title"),
    "key-duplicate": Wording("المفتاح {key} مكتوب مرتين (أولهما في السطر {other})", "احذف أحدهما", "the key {key} stands twice (first on line {other})", "Delete one of them"),
    "key-unknown": Wording("المفتاح {key} غير معروف", "الأقرب إليه: {nearest}. المعروف: {known}", "the key {key} is unknown", "Nearest known key: {nearest}. Known: {known}"),
    "key-missing": Wording("المفتاح {key} ناقص", "أضف سطرًا: {key}: …", "the key {key} is missing", "Add a line: {key}: …"),
    "value-shape": Wording("قيمة {key} ليست بالشكل المتوقع", "انظر شكل {key} في دليل كتابة المقالات", "the value of {key} has not the expected shape", "See {key} in the guide to writing articles"),
    # The article.
    "title-missing": Wording("العنوان فارغ", "اكتب عنوان المقال بعد title:", "the title is empty", "Write the title after title:"),
    "title-markup": Wording("في العنوان وسم HTML: {value}", "العنوان نص فقط: احذف ما بين < و >", "the title holds HTML: {value}", "A title is plain text: delete what stands between < and >"),
    "bidi-control": Wording("في النص محارف خفية تقلب اتجاه الكتابة (حُذفت عند النشر)", "احذفها، أو أعد كتابة السطر", "invisible characters turn the writing direction (left out when published)", "Delete them, or type the line again"),
    "slug-empty": Wording("لا يبقى من «{value}» حروف تصلح عنوانًا", "اكتب slug من حروف وأرقام", "nothing of {value!r} can stand in an address", "Write a slug of letters and digits"),
    "body-empty": Wording("لا نص تحت المقدمة", "اكتب نص المقال بعد سطر --- الثاني", "there is no text below the front matter", "Write the article after the second --- line"),
    "id-missing": Wording("لا معرّف id؛ سيُستعمل {value} ما دام اسم الملف كما هو", "أضف السطر: id: {value}", "there is no id; {value} serves while the file keeps its name", "Add the line: id: {value}"),
    "status-unknown": Wording("الحالة «{value}» غير معروفة", "المقبول: {known}", "the status {value!r} is unknown", "Accepted: {known}"),
    "category-unknown": Wording("التصنيف «{value}» غير معروف", "الأقرب: {nearest}. المعروف: {known}", "the category {value!r} is unknown", "Nearest: {nearest}. Known: {known}"),
    "folder-unknown": Wording("المجلد «{value}» ليس تصنيفًا معروفًا", "الأقرب: {nearest}. انقل الملف، أو أضف التصنيف إلى site.yaml، أو اكتب category:", "the folder {value!r} is no known category", "Nearest: {nearest}. Move the file, add the category to site.yaml, or write category:"),
    "tag-empty": Wording("الوسم «{value}» بلا حروف", "اكتب كلمة، أو احذفه", "the tag {value!r} has no letters", "Write a word, or delete it"),
    "author-empty": Wording("اسم الكاتب «{value}» بلا حروف", "اكتب اسمًا، أو احذفه", "the author {value!r} has no letters", "Write a name, or delete it"),
    "lang-bad": Wording("رمز اللغة «{value}» غير صحيح", "اكتب مثلًا: ar أو en", "the language {value!r} is no language tag", "Write for example: ar or en"),
    "views-bad": Wording("رقم القراءات «{value}» ليس عددًا", "اكتب أرقامًا فقط", "views {value!r} is no number", "Write digits only"),
    "url-bad": Wording("العنوان «{value}» ليس رابطًا كاملًا", "اكتب رابطًا يبدأ بـ https://", "{value!r} is no complete address", "Write an address that begins with https://"),
    # Dates.
    "date-ambiguous": Wording("التاريخ «{value}» يُقرأ على وجهين: {first} أو {second}", _PLAIN_DATE_AR, "the date {value!r} can be read as {first} or {second}", _PLAIN_DATE_EN),
    "date-impossible": Wording("لا وجود للتاريخ «{value}»", _PLAIN_DATE_AR, "there is no such date as {value!r}", _PLAIN_DATE_EN),
    "date-unreadable": Wording("لم يُفهم التاريخ «{value}»", _PLAIN_DATE_AR, "the date {value!r} is not understood", _PLAIN_DATE_EN),
    "date-range": Wording("سنة التاريخ «{value}» خارج 1900–2100 (هل هي هجرية؟)", "اكتب التاريخ الميلادي، مثلًا: 2025-12-20", "the year of {value!r} lies outside 1900 to 2100 (a Hijri year?)", "Write the Gregorian date, for example: 2025-12-20"),
    "date-gap": Wording("الساعة في «{value}» لا وجود لها: قُدّمت الساعة في تلك الليلة", "اكتب ساعة بعدها", "the hour of {value!r} does not exist: clocks went forward", "Write a later hour"),
    "date-zone": Wording("المنطقة الزمنية في «{value}» غير معروفة", "اكتب الفرق رقمًا، مثلًا: 2025-12-20 14:30+03:00", "the zone in {value!r} is unknown", "Write the offset in digits, for example: 2025-12-20 14:30+03:00"),
    "withdrawn-updated": Wording("المقال مسحوب بلا وقت للسحب", "أضف updated: وقت السحب", "the article is withdrawn, but nothing says when", "Add updated: with the moment of withdrawal"),
    "updated-before-date": Wording("updated قبل date", "صحّح أحدهما", "updated lies before date", "Mend one of them"),
    "updated-future": Wording("updated في المستقبل", "اكتب وقتًا مضى، أو احذف updated", "updated lies in the future", "Write a moment that has passed, or delete updated"),
    "expires-before-date": Wording("expires قبل date", "اجعل expires بعد date", "expires lies before date", "Make expires later than date"),
    # Links and media.
    "image-alt-missing": Wording("لا وصف للصورة", "اكتب: image: {{src: …, alt: وصف ما في الصورة}}", "the picture has no description", "Write: image: {{src: …, alt: what the picture shows}}"),
    "media-outside": Wording("«{value}» ليس في مجلد media/", "ضع الملف في media/ واكتب media/الاسم", "{value!r} does not lie in media/", "Put the file into media/ and write media/name"),
    "media-missing": Wording("الملف {value} غير موجود؛ نُشر المقال بدونه", "ارفع الملف، أو صحّح الاسم", "the file {value} is not there; the article is published without it", "Upload the file, or mend the name"),
    "media-type": Wording("نوع الملف {value} غير مسموح؛ نُشر المقال بدونه", "استعمل صورة أو صوتًا أو فيديو أو PDF", "the type of {value} is not allowed; the article is published without it", "Use a picture, audio, video or PDF"),
    "link-scheme": Wording("الرابط «{value}» من نوع غير مسموح، وقد حُذف", "اكتب رابطًا يبدأ بـ https:// أو mailto:", "the link {value!r} is of a kind that is not allowed, and was left out", "Write an address that begins with https:// or mailto:"),
    "link-outside": Wording("الرابط «{value}» يخرج من مجلد المحتوى، وقد حُذف", "اكتب مسارًا داخل المجلد", "the link {value!r} leads out of the content folder, and was left out", "Write a path inside the folder"),
    "link-broken": Wording("الرابط «{value}» لا يصل إلى مقال", "صحّح اسم الملف أو المقال. الأقرب: {nearest}", "the link {value!r} leads to no article", "Mend the name. Nearest: {nearest}"),
    "related-unknown": Wording("لا مقال باسم «{value}» في related", "الأقرب: {nearest}", "no article is called {value!r} (related)", "Nearest: {nearest}"),
    "translation-unknown": Wording("لا مقال باسم «{value}» في translations", "الأقرب: {nearest}", "no article is called {value!r} (translations)", "Nearest: {nearest}"),
    "html-nesting": Wording("وسوم HTML متداخلة أكثر من {limit}", "بسّط الوسوم", "HTML is nested deeper than {limit}", "Simplify the HTML"),
    # Identity.
    "id-duplicate": Wording("المعرّف {value} مستعمل في {other}", "غيّر id في أحد الملفين", "the id {value} is taken by {other}", "Change the id in one of the files"),
    "slug-duplicate": Wording("الاسم {value} مستعمل في {other}", "اكتب slug آخر في أحد الملفين", "the slug {value} is taken by {other}", "Write another slug in one of the files"),
    "alias-duplicate": Wording("الاسم القديم {value} مستعمل في {other}", "احذفه من aliases في أحد الملفين", "the alias {value} is taken by {other}", "Delete it from aliases in one of the files"),
    # site.yaml.
    "site-missing": Wording("لا ملف site.yaml في مجلد المحتوى", "أضف site.yaml وفيه title و base_url و id", "there is no site.yaml in the content folder", "Add site.yaml with title, base_url and id"),
    "site-id": Wording("معرّف الموقع «{value}» ليس بصيغة tag:", "اكتب مثلًا: tag:news.example,2025", "the site id {value!r} is no tag URI", "Write for example: tag:news.example,2025"),
    "site-slug-duplicate": Wording("الاسم {value} مكرّر", "اكتب slug آخر", "the slug {value} stands twice", "Write another slug"),
    "zone-unknown": Wording("المنطقة الزمنية «{value}» غير معروفة", "الأقرب: {nearest}", "the time zone {value!r} is unknown", "Nearest: {nearest}"),
    "limit-bad": Wording("limit «{value}» غير مقبول", "اكتب عددًا من 1 إلى 100", "limit {value!r} is not accepted", "Write a number from 1 to 100"),
    "content-bad": Wording("content «{value}» غير مقبول", "اكتب full أو summary", "content {value!r} is not accepted", "Write full or summary"),
    "redirect-bad": Wording("التحويل «{value}» غير مقبول", "اكتب مسارًا قديمًا يبدأ بـ / ثم المسار الجديد", "the redirect {value!r} is not accepted", "Write an old path that begins with / and then the new one"),
})  # fmt: skip


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def describe(problem: Problem, language: str) -> tuple[str, str]:
    """Return what is wrong and the remedy in ``language`` (``ar``, else English)."""
    words = WORDINGS[problem.code]
    arabic = language.partition("-")[0].lower() == "ar"
    wrong, remedy = (words.wrong_ar, words.remedy_ar) if arabic else (words.wrong_en, words.remedy_en)
    facts = _Facts(problem.facts)
    return wrong.format_map(facts), _without_unknown(remedy, facts).format_map(facts)


def _without_unknown(remedy: str, facts: _Facts) -> str:
    """A sentence of the remedy that names a fact that nobody knows (no near name, say) is left out."""
    if "{nearest}" not in remedy and "{known}" not in remedy:
        return remedy
    sentences = remedy.split(". ")
    kept = [
        sentence
        for sentence in sentences
        if not any("{" + name + "}" in sentence and name not in facts for name in ("nearest", "known"))
    ]
    return ". ".join(kept)
