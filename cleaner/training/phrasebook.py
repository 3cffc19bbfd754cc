"""Sentences, phrases, spam, quotations and pages in many languages, with their blanks filled.

The written material ships with the package (``training/material``); whole sentences come from a
folder of ``LANG.txt.gz`` files that the caller names.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from cleaner.training.almanac import month_names
from cleaner.training.samples import Sample, read_samples

Texts = Mapping[str, Sequence[str]]
"""Category -> texts."""

SAME = {"nb": "no", "nn": "no", "zh": "zh-cn"}
"""Names of languages in the sentence files that differ from the detector's."""

WRITTEN = "written"
"""How the written pages were rendered: as somebody imagined that scrapers would."""

UNSPACED_LANGUAGES = frozenset({"zh-cn", "zh-tw", "ja", "th"})

_BLANK = re.compile(r"\{(?!title)(\w+)\}")
"""A blank; titles are the page's to fill."""

_NAMES = {
    "latin": (
        ("Anna", "Marek", "Lucía", "Jonas", "Ines", "Pavel", "Maya", "Tom", "Elif", "Noor"),
        ("Berg", "Novak", "Silva", "Hansen", "Moreau", "Keller", "Okafor", "Demir", "Ruiz", "Lane"),
        (" ",),
    ),
    "cyrillic": (
        ("Анна", "Олег", "Ирина", "Павел", "Мария", "Иван"),
        ("Соколова", "Орлов", "Лесная", "Петренко", "Димитрова", "Ковач"),
        (" ",),
    ),
    "han": (("李", "王", "陈", "張", "林", "周"), ("晓明", "文", "佳慧", "志强", "雅婷"), ("",)),
    "kana": (("山田", "佐藤", "高橋", "伊藤", "森"), ("健太", "美咲", "直樹", "ゆり", "翔"), ("",)),
    "hangul": (("김", "이", "박", "최", "정"), ("민준", "서연", "지훈", "하은", "도윤"), ("",)),
    "arabic": (("سامي", "ليلى", "نادر", "مريم"), ("الحداد", "صالح", "كريمي", "منصور"), (" ",)),
    "hebrew": (("נועה", "איתי", "יעל", "עומר"), ("לוי", "ברק", "שגב", "אלון"), (" ",)),
    "greek": (("Μαρία", "Νίκος", "Ελένη", "Γιώργος"), ("Παππάς", "Δήμου", "Ρήγας"), (" ",)),
    "devanagari": (("अनिता", "राजेश", "मीना", "संजय"), ("शर्मा", "वर्मा", "जोशी", "यादव"), (" ",)),
    "bengali": (("রফিক", "শিউলি", "তানভীর"), ("হোসেন", "আক্তার", "রায়"), (" ",)),
    "thai": (("สมชาย", "กานดา", "วีระ", "มาลี"), ("ใจดี", "ทองสุข", "ศรีวงศ์"), (" ",)),
    "tamil": (("கவிதா", "முருகன்", "செல்வி"), ("ராஜன்", "குமார்", "வேலன்"), (" ",)),
    "georgian": (("ნინო", "გიორგი", "თამარ"), ("ლომიძე", "ბერიძე", "მაისურაძე"), (" ",)),
}
_NAME_SCRIPTS = {
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "kk", "be"), "cyrillic"),
    **dict.fromkeys(("zh-cn", "zh-tw"), "han"),
    **dict.fromkeys(("ar", "fa", "ur"), "arabic"),
    **dict.fromkeys(("hi", "mr", "ne"), "devanagari"),
    "ja": "kana",
    "ko": "hangul",
    "he": "hebrew",
    "el": "greek",
    "bn": "bengali",
    "th": "thai",
    "ta": "tamil",
    "ka": "georgian",
}
_PLAIN_BLANKS: Mapping[str, tuple[str, ...]] = {
    "city": ("Lisboa", "Graz", "Kotor", "Leeds", "Turku", "Split", "Gdynia", "Izmir"),
    "site": ("Nordblick", "The Ledger", "Portal24", "dailyriver.example", "Kurier", "Infoweb"),
    "agency": ("AP", "AFP", "Reuters", "dpa", "EFE", "Getty Images"),
    "topic": ("Energy", "Handball", "Klima", "Budget", "Museum", "Tech"),
    "url": ("https://news.example/2024/a", "www.portal.example", "example.com/top"),
    "handle": ("@profit_24", "vip8899", "@best.deal", "wx_6688"),
    "product": ("Solara X2", "Lumo", "Aero 5", "Vitapur"),
    "price": ("19,99", "249", "1.299", "59.00"),
}


_MONTHS: Mapping[str, Sequence[str]] = {
    language: names.split()
    for language, names in {
        "en": "January February March April May June July August September October November Dec",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre dic",
        "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro",
        "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre",
        "nl": "januari februari maart april mei juni juli augustus september oktober november",
        "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października",
        "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
        "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада",
        "el": "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Οκτωβρίου",
        "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        "he": "בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר",
        "fa": "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
        "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
        "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
        "sv": "januari februari mars april maj juni juli augusti september oktober november december",
        "hu": "január február március április május június július augusztus szeptember október",
        "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie",
    }.items()
}
"""Genitive where dates use it. Other languages have what dateparser knows."""


def fill(text: str, language: str, rng: random.Random) -> str:
    """The text with its ``{blanks}`` filled with something plausible.

    >>> fill("Page {n}", "en", random.Random(1))
    'Page 5'

    Beside a day, a number is a month.
    """
    if "{day}" in text:
        text = text.replace("{n}", str(rng.randint(1, 12)))
    return _BLANK.sub(lambda blank: _filling(blank[1], language, rng), text)


def _filling(blank: str, language: str, rng: random.Random) -> str:
    if blank == "name":
        first, last, gap = _NAMES[_NAME_SCRIPTS.get(language, "latin")]
        names = [rng.choice(first), rng.choice(last)]
        return gap[0].join(names)
    if blank == "month":
        months = _MONTHS.get(language) or month_names(language)
        return rng.choice(months or [str(rng.randint(1, 12))])
    if blank in _FIGURES:
        return _FIGURES[blank](rng)
    return rng.choice(_names().get(language, {}).get(blank) or _PLAIN_BLANKS.get(blank, ("",)))


_FIGURES: Mapping[str, Callable[[random.Random], str]] = {
    "n": lambda rng: str(rng.choice((2, 3, 5, 7, 9, 12, 15, 23, 48, 120, 1304))),
    "day": lambda rng: str(rng.randint(1, 28)),
    "year": lambda rng: str(rng.randint(2008, 2026)),
    "time": lambda rng: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}",
}


def sentences_of(sentences: Mapping[str, Sequence[str]], language: str) -> Sequence[str]:
    """The sentences of a language; those of Chinese are all under one name.

    >>> sentences_of({"zh-cn": ["你好。"]}, "zh-tw"), sentences_of({}, "en")
    (['你好。'], ())
    """
    return sentences.get("zh-cn" if language == "zh-tw" else language, ())


class Phrasebook:
    """All the written material, and the sentences of ``folder`` (publisher's layout, see README)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def phrases(self) -> Mapping[str, Texts]:
        """Interface phrases by language and category."""
        return _written("phrases")

    @cached_property
    def spam(self) -> Mapping[str, Texts]:
        """Spam lines by language and category."""
        return _written("spam")

    @cached_property
    def quotes(self) -> Mapping[str, Texts]:
        """Quotations, titles and bibliography entries by language and category."""
        return _written("quotes")

    @cached_property
    def pages(self) -> Sequence[Sample]:
        """Whole pages that were written with a label for every line."""
        return tuple(read_samples(Path(str(_MATERIAL / "pages"))))

    @cached_property
    def sentences(self) -> Mapping[str, Sequence[str]]:
        """Whole sentences by language, under the detector's names."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.folder.glob("*.txt.gz")):
            language = path.name.removesuffix(".txt.gz")
            with gzip.open(path, "rt", encoding="utf-8") as stream:
                lines = [line.strip() for line in stream if line.strip()]
            found.setdefault(SAME.get(language, language), []).extend(lines)
        return found


@cache
def _names() -> Mapping[str, Texts]:
    """Sites and cities by language: a masthead in the page's own language and script."""
    return _written("names")


_MATERIAL = files("cleaner.training") / "material"


def _written(kind: str) -> Mapping[str, Texts]:
    folder = _MATERIAL / kind
    paths = sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else []
    return {
        path.name.removesuffix(".json"): json.loads(path.read_text("utf-8"))
        for path in paths
        if path.name.endswith(".json")
    }
