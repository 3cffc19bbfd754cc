"""Bytes to text: real encodings, faults, declarations, and what is no text."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.decode import decode, mend
from cleaner.errors import SourceError

SENTENCES = {
    "en": "The weather “improved” on Sunday – so they said.",
    "de": "Die Behörde prüft, ob größere Straßen für Fußgänger gesperrt werden müssen.",
    "fr": "L'été dernier, les élèves ont découvert un château très ancien près de la forêt.",
    "es": "¿Qué pasó ayer en la montaña? El niño comió pan y después se quedó dormido.",
    "pt": "A população não está satisfeita com as eleições e pede mudanças já amanhã.",
    "sv": "Många människor åker till skärgården på sommaren för att äta färsk fisk.",
    "is": "Það er ekki öllum gefið að þekkja hvert fjall á Íslandi með nafni sínu.",
    "pl": "Wczoraj wieczorem źle się czułem, więc poszedłem do łóżka przed dziesiątą.",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy, zatímco déšť bubnoval na střechu.",
    "hu": "Az öreg tölgyfák között hűvös szél fújt, és a gyerekek örültek az első őszi esőnek.",
    "lt": "Šiandien mieste žmonės džiaugėsi gražiu oru ir ėjo į parką prie upės.",
    "tr": "Dün akşam İstanbul'da güçlü bir yağmur yağdı, çocuklar sığınacak yer aradı.",
    "el": "Η βροχή σταμάτησε το πρωί και οι άνθρωποι βγήκαν πάλι στους δρόμους της πόλης.",
    "ru": "Вчера вечером в городе прошёл сильный дождь, и улицы опустели раньше обычного.",
    "uk": "Учора ввечері в місті пройшов сильний дощ, і вулиці спорожніли раніше, ніж їх чекали.",
    "bg": "Снощи в града валя силен дъжд и улиците се изпразниха по-рано от обикновено.",
    "he": "אתמול בערב ירד גשם חזק בעיר והרחובות התרוקנו מוקדם מהרגיל.",
    "ar": "هطل المطر مساء أمس بغزارة في المدينة وخلت الشوارع من الناس قبل الموعد المعتاد.",
    "fa": "دیشب باران شدیدی در شهر بارید و خیابان‌ها زودتر از همیشه خلوت شد.",
    "th": "เมื่อคืนนี้ฝนตกหนักในเมือง และถนนก็ว่างเปล่าเร็วกว่าปกติ",
    "vi": "Đêm qua trời mưa to ở thành phố và mọi người về nhà sớm hơn thường lệ.",
    "ja": "昨日の夜、町では強い雨が降って、通りはいつもより早く静かになりました。",
    "zh-cn": "昨天晚上城里下了一场大雨，街上的人比平时更早地回家了。",
    "zh-tw": "昨天晚上城裡下了一場大雨，街上的人比平時更早地回家了。",
    "ko": "어젯밤 도시에는 비가 많이 내려서 거리가 평소보다 일찍 한산해졌습니다.",
    "hi": "कल रात शहर में तेज़ बारिश हुई और सड़कें जल्दी खाली हो गईं।",
}

ENCODINGS = {
    "cp1252": ("en", "de", "fr", "es", "pt", "sv", "is"),
    "iso-8859-1": ("de", "fr", "es", "pt", "sv", "is"),
    "iso-8859-15": ("de", "fr", "es"),
    "mac-roman": ("fr", "es"),
    "cp1250": ("pl", "cs", "hu"),
    "iso-8859-2": ("pl", "cs", "hu"),
    "cp1257": ("lt",),
    "iso-8859-13": ("lt",),
    "cp1254": ("tr",),
    "iso-8859-9": ("tr",),
    "cp1253": ("el",),
    "iso-8859-7": ("el",),
    "cp1251": ("ru", "uk", "bg"),
    "koi8-r": ("ru", "bg"),
    "koi8-u": ("uk",),
    "iso-8859-5": ("ru", "bg"),
    "cp866": ("ru",),
    "mac-cyrillic": ("ru", "uk"),
    "cp1255": ("he",),
    "iso-8859-8": ("he",),
    "cp1256": ("ar", "fa"),
    "iso-8859-6": ("ar",),
    "cp874": ("th",),
    "tis-620": ("th",),
    "cp1258": ("vi",),
    "shift_jis": ("ja",),
    "euc-jp": ("ja",),
    "iso-2022-jp": ("ja",),
    "gb2312": ("zh-cn",),
    "gbk": ("zh-cn", "zh-tw"),
    "gb18030": ("zh-cn", "zh-tw"),
    "big5": ("zh-tw",),
    "euc-kr": ("ko",),
    "cp949": ("ko",),
    "utf-8": tuple(SENTENCES),
    "utf-8-sig": tuple(SENTENCES),
    "utf-16": tuple(SENTENCES),
    "utf-16-le": tuple(SENTENCES),
    "utf-16-be": tuple(SENTENCES),
    "utf-32": ("en", "ru", "zh-cn"),
    "utf-32-le": ("en", "ru", "zh-cn"),
    "utf-32-be": ("en", "ru", "zh-cn"),
}
PAIRS = [(encoding, language) for encoding, known in ENCODINGS.items() for language in known]


def written(language: str, encoding: str) -> str:
    """The sentence as far as the encoding can write it: ISO 8859 has no curly quotation marks."""
    return SENTENCES[language].encode(encoding, "ignore").decode(encoding)


@pytest.mark.parametrize(("encoding", "language"), PAIRS)
def test_a_single_sentence(encoding, language):
    text = written(language, encoding)
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(("encoding", "language"), PAIRS)
def test_a_long_text_behind_a_long_plain_start(encoding, language):
    text = "Menu\nHome\nContact\n" * 400 + (written(language, encoding) + "\n") * 200
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(("encoding", "language"), PAIRS)
def test_windows_and_mac_line_ends(encoding, language):
    text = written(language, encoding)
    source = f"{text}\r\n{text}\r{text}\n"
    assert decode(source.encode(encoding)) == f"{text}\n{text}\n{text}\n"


WORDS = [
    ("Привет", "cp1251", "one Russian word"),
    ("שלום", "cp1255", "one Hebrew word"),
    ("中文", "gb18030", "two Chinese characters"),
    ("あ", "shift_jis", "one kana"),
    ("한국", "euc-kr", "two syllables"),
    ("café", "cp1252", "one accent"),
    ("naïve", "cp1252", "one accent within a word"),
]


@pytest.mark.parametrize(("text", "encoding", "comment"), WORDS, ids=[case[2] for case in WORDS])
def test_a_word(text, encoding, comment):
    assert decode(text.encode(encoding)) == text, comment


DECLARED = [
    ("iso-8859-1", "cp1252", "en", "on the web the label means Windows-1252"),
    ("gb2312", "gb18030", "zh-tw", "and this one GB18030"),
    ("shift_jis", "cp932", "ja", "and this one Windows-31J"),
    ("x-sjis", "cp932", "ja", "an alias that Python does not know"),
    ("windows-1250", "cp1250", "cs", "right"),
    ("koi8-r", "koi8-r", "ru", "right"),
    ("utf-8", "cp1251", "ru", "wrong: the bytes are no UTF-8"),
    ("iso-8859-1", "cp1251", "ru", "wrong, though every byte is allowed"),
    ("windows-1251", "utf-8", "ru", "wrong: valid UTF-8 is never an accident"),
    ("windows-1252", "iso-8859-2", "pl", "wrong: superscripts within words"),
    ("iso-8859-1", "shift_jis", "ja", "wrong"),
    ("big5", "gb18030", "zh-cn", "wrong"),
    ("utf-16", "cp1252", "fr", "impossible: the declaration itself is ASCII"),
    ("punycode", "cp1252", "fr", "a codec, but no document's"),
    ("base64", "cp1252", "fr", "a codec, but not of text"),
    ("no-such-thing", "cp1252", "fr", "unknown"),
]


@pytest.mark.parametrize(("label", "encoding", "language", "comment"), DECLARED)
@pytest.mark.parametrize(
    "template",
    [
        '<html><head><meta charset="{}"></head><body><p>{}</p></body></html>',
        '<meta http-equiv="Content-Type" content="text/html; charset={}">\n<p>{}</p>',
        '<?xml version="1.0" encoding="{}"?>\n<p>{}</p>',
    ],
)
def test_declared(template, label, encoding, language, comment):
    text = template.format(label, written(language, encoding))
    assert decode(text.encode(encoding)) == text, comment


FAULTS = [
    ("café 中文".encode()[:-1], "café 中�", "UTF-8 cut off within a character"),
    (b"it\x92s na\xc3\xafve, \x93yes\x94", "it’s naïve, “yes”", "Windows quotation marks in UTF-8"),
    ("Köln liegt am Rhein".encode() * 9 + b"\xff", "Köln liegt am Rhein" * 9 + "ÿ", "a stray byte"),
    ("Привет, мир! ".encode("cp1251") * 9 + b"\x98", "Привет, мир! " * 9 + "�", "unassigned there"),
    (
        "中文网页".encode("gb18030") * 9 + b"\xd6",
        "中文网页" * 9 + "�",
        "cut off within a character",
    ),
    (b"\xff\xfeA\x00\x42", "A�", "UTF-16 cut off within a character"),
    (b"\xff\xfe", "", "a byte-order mark and nothing else"),
    (b"one\x00 two", "one two", "NUL in text"),
    (b"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m", "escape sequences are text"),
    (b"", "", "nothing"),
    (b"\n\n\n", "\n\n\n", "blank lines"),
    (b"RIFF RAFF, the song", "RIFF RAFF, the song", "starts like a film, and is none"),
    (b"The ftyp box is the first", "The ftyp box is the first", "the same"),
    ("\ue000 icon font \uf025".encode(), "\ue000 icon font \uf025", "private characters are icons"),
]


@pytest.mark.parametrize(("source", "text", "comment"), FAULTS, ids=[case[2] for case in FAULTS])
def test_faults(source, text, comment):
    assert decode(source) == text, comment


def binary_files(folder) -> dict[str, bytes]:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a.txt", "hello")
    with sqlite3.connect(folder / "a.sqlite") as database:
        database.execute("create table t (x)")
    database.close()
    return {
        "PDF": b"%PDF-1.7\n1 0 obj",
        "PNG": b"\x89PNG\r\n\x1a\n" + bytes(20),
        "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF",
        "gzip": gzip.compress(b"hello"),
        "zip": (folder / "a.zip").read_bytes(),
        "SQLite": (folder / "a.sqlite").read_bytes(),
        "RTF": b"{\\rtf1\\ansi hello}",
        "tar": b"a.txt".ljust(257, b"\x00") + b"ustar\x0000",
        "zstandard": b"\x28\xb5\x2f\xfd\x04\x00",
        "binary data": zlib.compress(bytes(range(256)) * 40, level=0)[2:],
    }


def test_binary_files_are_named(tmp_path):
    for kind, source in binary_files(tmp_path).items():
        with pytest.raises(SourceError, match=kind):
            decode(source)


@pytest.mark.parametrize("source", [bytes(1000), bytes(range(256)) * 10, b"\x01\x02\x03\x04\x05"])
def test_control_characters_are_no_text(source):
    with pytest.raises(SourceError, match="binary data"):
        decode(source)


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(source):
    try:
        text = decode(source)
    except SourceError:
        return
    assert mend(text) == text


@given(st.text(max_size=200))
def test_valid_text_comes_back_from_utf8(text):
    try:
        decoded = decode(b"\xef\xbb\xbf" + text.encode())
    except SourceError:
        return
    assert decoded == mend(text)


@given(st.text(alphabet=st.characters(codec=None, categories=None), max_size=200))
def test_mended_text_can_be_written(text):
    mended = mend(text)
    mended.encode()
    assert "\x00" not in mended
    assert "\r" not in mended
    assert mend(mended) == mended.removeprefix("\ufeff")


def test_surrogate_pairs_are_joined_and_lone_ones_replaced():
    assert mend("\ud83d\ude00 \ud83d") == "😀 �"
