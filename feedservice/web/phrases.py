"""What pages say: the interface's words in Arabic and English, and dates and numbers as a language
writes them. Pure.

Arabic wherever the site's language is Arabic, else English: a newsroom in another language reads
the better-known one.
"""

from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language. ``titles`` and ``texts`` are of the error pages, by status."""

    language: str
    skip: str
    home: str
    sections: str
    search: str
    search_for: str
    search_hint: str
    latest: str
    empty: str
    no_results: str
    more: str
    subscribe: str
    feeds: str
    feeds_help: str
    feeds_list: str
    kinds: tuple[tuple[str, str], ...]
    articles: str
    opml: str
    views: str
    published: str
    updated: str
    by: str
    tags: str
    attachments: str
    download: str
    related: str
    corrections: str
    translations: str
    back: str
    accepted: str
    comma: str
    titles: tuple[tuple[int, str], ...]
    texts: tuple[tuple[int, str], ...]

    def kind(self, name: str) -> str:
        """Return the heading of a kind of list."""
        return dict(self.kinds).get(name, name)

    def title(self, status: int) -> str:
        """Return the heading of an error page."""
        return dict(self.titles).get(status) or dict(self.titles)[500]

    def text(self, status: int) -> str:
        """Return the sentence of an error page."""
        return dict(self.texts).get(status) or dict(self.texts)[500]


ARABIC = Words(
    language="ar",
    skip="إلى المحتوى",
    home="الرئيسية",
    sections="الأقسام",
    search="بحث",
    search_for="ابحث في الموقع",
    search_hint="اكتب كلمة أو أكثر في خانة البحث.",
    latest="أحدث المقالات",
    empty="لا مقالات هنا بعد.",
    no_results="لم يُعثر على مقالات.",
    more="المزيد",
    subscribe="اشترك في هذه القائمة",
    feeds="الخلاصات",
    feeds_help="انسخ رابط الخلاصة التي تريدها إلى قارئ خلاصات لتصلك المقالات الجديدة فور نشرها. "
    "إن لم تعرف أي صيغة تختار فخذ Atom؛ ولاستيراد القوائم كلها دفعة واحدة نزّل ملف OPML وافتحه في قارئك.",
    feeds_list="القائمة",
    kinds=(("site", "الموقع"), ("category", "الأقسام"), ("author", "الكتّاب"), ("tag", "الوسوم")),
    articles="المقالات",
    opml="كل الخلاصات في ملف OPML",
    views="عدد القراءات",
    published="نُشر",
    updated="حُدّث",
    by="بقلم",
    tags="وسوم",
    attachments="مرفقات",
    download="تنزيل",
    related="مقالات ذات صلة",
    corrections="تصويبات",
    translations="بلغات أخرى",
    back="إلى الصفحة الرئيسية",
    accepted="المقبول",
    comma="، ",
    titles=(
        (301, "انتقلت الصفحة"),
        (400, "قيمة غير مقبولة في العنوان"),
        (404, "الصفحة غير موجودة"),
        (405, "الطريقة غير مسموحة"),
        (410, "لم تعد هذه الصفحة متاحة"),
        (416, "المدى المطلوب خارج الملف"),
        (500, "حدث خطأ في الخادم"),
        (503, "الموقع قيد التجهيز"),
    ),
    texts=(
        (301, "تجدها في عنوانها الجديد:"),
        (400, "لا يمكن قراءة هذا العنوان."),
        (404, "لا شيء منشور في هذا العنوان. ربما تغيّر، أو فيه خطأ في الكتابة."),
        (405, "هذا العنوان للقراءة فقط: GET وHEAD وOPTIONS."),
        (410, "سُحب ما كان هنا أو انتهت مدة نشره."),
        (416, "لا يحوي الملف ما طُلب منه."),
        (500, "سُجّل الخطأ. حاول مرة أخرى بعد قليل."),
        (503, "حاول مرة أخرى بعد ثوانٍ."),
    ),
)

ENGLISH = Words(
    language="en",
    skip="Skip to content",
    home="Home",
    sections="Sections",
    search="Search",
    search_for="Search this site",
    search_hint="Type one or more words into the search field.",
    latest="Latest articles",
    empty="No articles here yet.",
    no_results="No articles were found.",
    more="More",
    subscribe="Subscribe to this list",
    feeds="Feeds",
    feeds_help="Copy the address of a feed into a feed reader, and new articles reach you as they are published. "
    "If you don't know which format to choose, take Atom; to import all lists at once, open the OPML file in your "
    "reader.",
    feeds_list="List",
    kinds=(("site", "Site"), ("category", "Sections"), ("author", "Authors"), ("tag", "Tags")),
    articles="Articles",
    opml="All feeds in one OPML file",
    views="Reads",
    published="Published",
    updated="Updated",
    by="By",
    tags="Tags",
    attachments="Attachments",
    download="Download",
    related="Related articles",
    corrections="Corrections",
    translations="In other languages",
    back="To the front page",
    accepted="Accepted",
    comma=", ",
    titles=(
        (301, "This page has moved"),
        (400, "A value in the address is not accepted"),
        (404, "Page not found"),
        (405, "Method not allowed"),
        (410, "This page is no longer available"),
        (416, "The range is outside the file"),
        (500, "Something went wrong on the server"),
        (503, "The site is being prepared"),
    ),
    texts=(
        (301, "You find it at its new address:"),
        (400, "This address cannot be read."),
        (
            404,
            "Nothing is published at this address. It may have changed, or there is a typing error in it.",
        ),
        (405, "This address can only be read: GET, HEAD and OPTIONS."),
        (410, "What was here has been withdrawn or has expired."),
        (416, "The file does not have what was asked of it."),
        (500, "The error has been recorded. Try again in a moment."),
        (503, "Try again in a few seconds."),
    ),
)


def words(language: str) -> Words:
    """Return the interface's words for a language tag."""
    return ARABIC if language.lower().split("-")[0] == "ar" else ENGLISH


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """Return CLDR's locale for a language tag; ``ar`` alone writes its months as in Syria (كانون
    الأول).
    """
    if language.lower() == "ar":
        return Locale("ar", "SY")
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def format_moment(moment: datetime, language: str, zone: str) -> str:
    """Return a date as a language writes it, in ``zone``, with the time of day unless that is
    midnight.
    """
    local = moment.astimezone(ZoneInfo(zone))
    day = format_date(local.date(), format="long", locale=locale(language))
    return day if local.time() == time() else f"{day}{words(language).comma}{local:%H:%M}"


def format_day(moment: datetime, language: str, zone: str) -> str:
    """Return a date as a language writes it, in ``zone``, without the time of day."""
    return format_date(
        moment.astimezone(ZoneInfo(zone)).date(), format="long", locale=locale(language)
    )


def format_number(number: int, language: str) -> str:
    """Return a whole number with the language's separators, in the same digits as its dates."""
    return format_decimal(number, locale=locale(language))


def format_size(length: int, language: str) -> str:
    """Return a file's size, such as ``1.4 MB``."""
    unit, power = next(
        ((unit, power) for unit, power in (("MB", 2), ("KB", 1)) if length >= 1000**power), ("B", 0)
    )
    names = {"MB": "م.ب", "KB": "ك.ب", "B": "بايت"} if words(language).language == "ar" else {}
    figure = format_decimal(
        round(length / 1000**power, 1 if power == 2 else 0), locale=locale(language)
    )
    return f"{figure} {names.get(unit, unit)}"
