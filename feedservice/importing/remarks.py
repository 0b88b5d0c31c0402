"""Every `Fault` in words, in Arabic and English: what could not be carried, and what to do. Pure.

A table of its own beside `content/messages.py`: those speak of files that editors keep, these of
sources read once.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import NamedTuple

from feedservice.domain.text import truncate
from feedservice.importing.foreign_entry import Fault

MAX_FACT = 160


class Wording(NamedTuple):
    """What is wrong and the remedy, in both languages."""

    wrong: str
    remedy: str
    wrong_ar: str
    remedy_ar: str


WORDINGS = MappingProxyType({
    "date-unreadable": Wording("its date cannot be read: it comes as a draft", "Write date: and delete status: in the file", "تاريخه غير مفهوم، فأُخذ مسودةً", "اكتب date في الملف واحذف status"),
    "date-from-updated": Wording("it has no date of publication: that of its update serves", "Mend date: in the file if that matters", "لا تاريخ نشر له، فأُخذ تاريخ تحديثه", "صحّح date في الملف إن لزم"),
    "entry-empty": Wording("it has neither title nor text: left out", "Nothing to do, unless the source lost it", "لا عنوان له ولا نص، فتُرك", "لا شيء، إلا إن فقده المصدر"),
    "entry-refused": Wording("what came of it is no good article ({value}): left out", "Mend the source, or write the article by hand", "لا يصلح ما نتج عنه مقالًا ({value})، فتُرك", "صحّح المصدر أو اكتب المقال بنفسك"),
    "address-query": Wording("old addresses like /?p=7 cannot be redirected: only paths can", "Redirect them in the web server in front, if readers have them", "لا تُحوّل العناوين القديمة مثل /?p=7: تُحوّل المسارات وحدها", "حوّلها في خادم الويب الأمامي إن كانت عند القراء"),
    "redirects-many": Wording("{count} old addresses are of no common make; site.yaml has no room for them", "Redirect them in the web server in front", "{count} من العناوين القديمة بلا نمط مشترك ولا يتسع لها site.yaml", "حوّلها في خادم الويب الأمامي"),
    "link-unknown": Wording("the link {value} leads to nothing that was imported", "Mend it in the file", "الرابط {value} لا يصل إلى شيء مما استُورد", "صحّحه في الملف"),
    "frame": Wording("an embedded frame became a link: {value}", "Nothing, or put a picture in its place", "صار الإطار المضمَّن رابطًا: {value}", "لا شيء، أو ضع صورة مكانه"),
    "html-dropped": Wording("elements that articles cannot have were left out: {value}", "Look at the article", "تُركت عناصر لا مكان لها في المقال: {value}", "راجع المقال"),
    "html-nesting": Wording("its HTML is nested too deep: only its text comes", "Look at the article", "عناصر HTML فيه متداخلة أكثر مما ينبغي، فأُخذ نصه وحده", "راجع المقال"),
    "media-remote": Wording("{value} stays where it is: {reason}", "Put the file into media/ and write its name in the article", "بقي {value} حيث هو: {reason}", "ضع الملف في media/ واكتب اسمه في المقال"),
    "media-missing": Wording("{value} is not in the source", "Put the file into media/ and write its name in the article", "{value} ليس في المصدر", "ضع الملف في media/ واكتب اسمه في المقال"),
    "source-broken": Wording("the source is not well formed; it was read as far as it can be ({value})", "Compare the number of entries with the source", "المصدر غير سليم البنية، وقُرئ ما أمكن ({value})", "قارن عدد المواد بالمصدر"),
    "page-unreachable": Wording("the next page of the feed could not be read: {value}", "Import again later: only what is new will be added", "تعذّرت قراءة الصفحة التالية من الخلاصة: {value}", "أعد الاستيراد لاحقًا: لا يُضاف إلا الجديد"),
    "pages-many": Wording("the feed has more than {limit} pages; the rest was not read", "Import the rest from its address: {value}", "للخلاصة أكثر من {limit} صفحة، ولم تُقرأ بقيتها", "استورد البقية من عنوانها: {value}"),
    "pages-loop": Wording("the feed's pages lead back to {value}; reading ended there", "Nothing to do", "تعود صفحات الخلاصة إلى {value} فانتهت القراءة هناك", "لا شيء"),
    "post-type": Wording("{count} items of the type {value} are no articles: left out", "Write pages by hand", "{count} من نوع {value} ليست مقالات، فتُركت", "اكتب الصفحات بنفسك"),
    "comments": Wording("{count} comments were left out: articles have none", "Nothing to do", "تُرك {count} من التعليقات: لا تعليقات للمقالات", "لا شيء"),
    "status-other": Wording("its status is {value}: it comes as a draft", "Delete status: in the file to publish it", "حالته {value}، فأُخذ مسودةً", "احذف status من الملف لنشره"),
    "password": Wording("it was protected by a password: it comes as a draft", "Delete status: in the file to publish it to everybody", "كان محميًا بكلمة مرور، فأُخذ مسودةً", "احذف status من الملف لنشره للجميع"),
    "trash": Wording("{count} posts in the trash were left out", "Nothing to do", "تُرك {count} من المهملات", "لا شيء"),
    "shortcode": Wording("the shortcode {value} is unknown: it stands in the text", "Write what it showed, in Markdown", "الرمز المختصر {value} غير معروف وبقي في النص", "اكتب ما كان يعرضه بصيغة Markdown"),
    "liquid": Wording("the Liquid tag {value} is unknown: it stands in the text", "Write what it showed, in Markdown", "وسم Liquid {value} غير معروف وبقي في النص", "اكتب ما كان يعرضه بصيغة Markdown"),
    "front-matter": Wording("its front matter cannot be read: {value}", "Mend it in the source and import again", "لا تُقرأ مقدمته: {value}", "صحّحها في المصدر ثم أعد الاستيراد"),
    "format-other": Wording("files of the kind {value} are not carried", "Convert it to Markdown (pandoc does) and import again", "لا تُستورد الملفات من نوع {value}", "حوّله إلى Markdown (بأداة pandoc مثلًا) ثم أعد الاستيراد"),
    "file-unreadable": Wording("it cannot be read: {value}", "Mend it in the source and import again", "تعذّرت قراءته: {value}", "صحّحه في المصدر ثم أعد الاستيراد"),
    "file-taken": Wording("a file of that name is there already: nothing was written", "Rename one of them and import again", "يوجد ملف بهذا الاسم، فلم يُكتب شيء", "غيّر اسم أحدهما ثم أعد الاستيراد"),
})  # fmt: skip
REASONS = MappingProxyType({
    "unasked": ("pictures were not asked for", "لم تُطلب الصور"),
    "type": ("its type is not allowed in media/", "نوعه غير مسموح في media/"),
    "size": ("it is too large", "حجمه كبير"),
    "address": ("its address is private or no http address", "عنوانه خاص أو ليس http"),
    "fetch": ("it could not be fetched", "تعذّر جلبه"),
})  # fmt: skip
"""Why a picture stays where it is."""


def describe(fault: Fault, language: str) -> tuple[str, str]:
    """Return what could not be carried and the remedy, in Arabic where ``language`` is Arabic, else
    in English.
    """
    words = WORDINGS[fault.what]
    arabic = language.startswith("ar")
    facts = {name: truncate(value, MAX_FACT) for name, value in fault.facts.items()}
    if "reason" in facts:
        facts["reason"] = REASONS[facts["reason"]][arabic]
    wrong, remedy = (words.wrong_ar, words.remedy_ar) if arabic else (words.wrong, words.remedy)
    return wrong.format_map(facts), remedy.format_map(facts)


def gathered(faults: Iterable[Fault], limit: int) -> tuple[list[Fault], int]:
    """Return each fault once, at most ``limit``, and how many more there were."""
    seen: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        seen.setdefault((fault.what, fault.place, fault.facts.get("value", "")), fault)
    kept = list(seen.values())
    return kept[:limit], max(len(kept) - limit, 0)
