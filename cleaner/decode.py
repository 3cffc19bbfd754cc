"""Bytes to text: whatever a scraper saved, as the characters that its author wrote.

The order is that of trust: a byte-order mark, valid UTF-8, wide encodings and escape sequences,
UTF-8 with faults, a declaration that its own bytes do not belie, and last the most plausible
reading (`cleaner.encoding`). A wrong guess garbles a whole document and a stray character harms one
word, so faulty bytes become U+FFFD rather than change the encoding. Binary files are refused.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter

from cleaner.encoding import LANGUAGES, likeliest, likelihood, telling
from cleaner.errors import SourceError


def decode(source: bytes) -> str:
    r"""The text of ``source`` without byte-order mark and NUL, its lines ended by ``\n``.

    Raises `SourceError` where the bytes are no text; the message says what they look like.

    >>> decode(b"\xef\xbb\xbfOne\r\nTwo")
    'One\nTwo'
    >>> decode("Grüße aus Köln".encode("cp1252"))
    'Grüße aus Köln'
    """
    refuse_known_binary(source)
    text = _read(source)
    refuse_unreadable(text)
    text = _with_unix_ends(text)
    # Decoders send NUL for NUL alone, and no lone surrogates; a str is slow to search for either.
    return text.replace("\x00", "") if b"\x00" in source else text


def mend(text: str) -> str:
    r"""``text`` as the later steps expect it: no NUL, no lone surrogate, lines ended by ``\n``.

    >>> mend("broken \ud83d emoji\x00\r")
    'broken � emoji\n'
    """
    if not text.isascii():
        text = _without_lone_surrogates(text)
    return _with_unix_ends(text).replace("\x00", "")


def _with_unix_ends(text: str) -> str:
    """``text`` without byte-order mark, its lines ended by line feeds."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _without_lone_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


# -- which encoding ------------------------------------------------------------------------------

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it starts with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}

CONTROLS = bytes({*range(32), 0x7F} - set(b"\t\n\v\f\r\x1b"))
WIDE_SHARE = 0.02
"""Least share of control bytes in UTF-16; its text in any script holds spaces or line ends."""

LAST_SCRIPT = 0x20
"""Upper byte of the last code points, U+20FF, that alphabets use; East Asian text has many more."""


def _read(source: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if source.startswith(mark):
            return source[len(mark) :].decode(encoding, "replace")
    seven_bit = _wide(source) or _escaped(source)
    if seven_bit:
        return source.decode(seven_bit, "replace")
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        faulty = _is_faulty_utf8(source, error)
    encoding = "utf-8" if faulty else _declared(source) or likeliest(source)
    if encoding == "utf-8":
        source = _stray_bytes_as_utf8(source)
    return source.decode(encoding, "replace")


def _wide(source: bytes) -> str | None:
    """UTF-16 or UTF-32 that lacks its mark: every second byte names one of few scripts."""
    sample = source[:4096]
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    if controls <= WIDE_SHARE * len(sample):
        return None
    for encoding in ("utf-32-le", "utf-32-be"):
        if _is_valid(sample[: len(sample) // 4 * 4], encoding):
            return encoding
    for encoding, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        commonest = Counter(sample[high::2]).most_common(2)
        covered = sum(count for _, count in commonest)
        if 2 * covered >= 0.9 * len(sample) and max(commonest)[0] <= LAST_SCRIPT:
            return encoding
    return None


def _escaped(source: bytes) -> str | None:
    """The 7-bit encodings that change alphabets by escape sequences."""
    if b"\x1b" not in source or b"\x1b$" not in source:  # one byte is found 10 times as fast
        return None
    found = (x for x in ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr") if _is_valid(source, x))
    return next(found, None)


def _is_valid(source: bytes, encoding: str) -> bool:
    try:
        source.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


_STRAY = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_STRAY_MARK = re.compile(rb"(?<![\x80-\xff])[\x80-\x9f](?![\x80-\xff])")


def _is_faulty_utf8(source: bytes, error: UnicodeDecodeError) -> bool:
    """Whether UTF-8 was cut off at its end, or holds few faults among much that is right.

    Stray quotation marks and dashes of Windows-1252 are no faults: they are known by sight.
    """
    if error.reason == "unexpected end of data" and not source[: error.start].isascii():
        return True
    text = source.decode("utf-8", "replace")
    broken = text.count("\ufffd") - source.count(b"\xef\xbf\xbd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return sound > 0 and sound >= 4 * (broken - len(_STRAY_MARK.findall(source)))


def _stray_bytes_as_utf8(source: bytes) -> bytes:
    """``source`` with its single bytes of Windows-1252, as pasting leaves them, made UTF-8."""
    return _STRAY.sub(lambda byte: byte[0].decode("cp1252", "replace").encode(), source)


SUPERSETS = {
    # What a label means on the web (https://encoding.spec.whatwg.org/#names-and-labels).
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
NO_DECLARATION = re.compile(r"utf|idna|punycode|escape|undefined|mbcs|oem")
"""Codecs that a document cannot be in: ruled out by its bytes so far, or none of the web's."""

ASCII = bytes(range(0x80))

BELIED = 1.5
"""Mean advantage, in nats a byte, at which another reading overrules a declaration."""


def _declared(source: bytes) -> str | None:
    """The encoding that an HTML or XML document names, if its bytes do not belie it."""
    from bs4.dammit import EncodingDetector  # noqa: PLC0415 - 0.1 s that UTF-8 need not pay

    label = EncodingDetector.find_declared_encoding(source, is_html=True)
    try:
        name = codecs.lookup(label or "undefined").name
        "".encode(SUPERSETS.get(name, name))
    except (LookupError, UnicodeError):
        return None
    if NO_DECLARATION.search(name):
        return None
    declared = SUPERSETS.get(name, name)
    sample = telling(source)
    foreign = len(sample.translate(None, ASCII))
    best = max(likelihood(sample, encoding) for encoding in LANGUAGES)
    margin = max(12.0, BELIED * foreign)
    return declared if best - likelihood(sample, declared) < margin else None


# -- what is no text -----------------------------------------------------------------------------

SIGNATURES = {
    rb"%PDF-": "a PDF document",
    rb"\x89PNG\r\n": "a PNG image",
    rb"\xff\xd8\xff": "a JPEG image",
    rb"GIF8[79]a": "a GIF image",
    rb"II\*\x00|MM\x00\*": "a TIFF image",
    rb"RIFF.{4}WEBP": "a WebP image",
    rb"RIFF.{4}(WAVE|AVI )|ID3[\x02-\x04]|OggS\x00|fLaC\x00|\x00{3}.ftyp": "a recording",
    rb"\x1f\x8b": "a gzip archive",
    rb"PK(\x03\x04|\x05\x06)": "a zip archive or an office document",
    rb"BZh[1-9]1AY&SY": "a bzip2 archive",
    rb"\xfd7zXZ\x00": "an xz archive",
    rb"\x28\xb5\x2f\xfd": "a zstandard archive",
    rb"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    rb"Rar!\x1a\x07": "a RAR archive",
    rb".{257}ustar[\x00 ]": "a tar archive",
    rb"SQLite format 3\x00": "an SQLite database",
    rb"PAR1\x15": "a Parquet file",
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old office document",
    rb"\{\\rtf": "an RTF document",
    rb"\x7fELF|MZ\x90\x00|\xca\xfe\xba\xbe|\x00asm": "a program",
    rb"wOF[F2]|\x00\x01\x00{3}": "a font",
}
_SIGNATURE = re.compile(b"|".join(b"(?:%b)" % signature for signature in SIGNATURES), re.DOTALL)


def refuse_known_binary(source: bytes) -> None:
    """Raise `SourceError` where the first bytes are those of a well-known kind of file.

    >>> refuse_known_binary(b"%PDF-1.7 ...")
    Traceback (most recent call last):
    cleaner.errors.SourceError: looks like a PDF document, not text: convert or unpack it first
    """
    if not _SIGNATURE.match(source):
        return
    for signature, kind in SIGNATURES.items():
        if re.match(signature, source, re.DOTALL):
            raise _no_text(kind)


WRITTEN = bytes({*range(32, 127)} | set(b"\t\n\v\f\r\x1b\x1c\x1d\x1e\x1f"))
"""ASCII that people write: most of most files, and dropped at once."""


def refuse_unreadable(text: str) -> None:
    """Raise `SourceError` where too much of ``text`` is what nobody writes.

    Random bytes are 12 % control characters in any single-byte encoding; the few NULs that a
    faulty program leaves in text are forgiven.
    """
    sample = text[:65_536]
    encoded = sample.encode("utf-8", "surrogatepass").translate(None, WRITTEN)
    rest = encoded.decode("utf-8", "surrogatepass")
    if rest.isprintable() and "\ufffd" not in rest:
        return
    counts = Counter(rest)
    nulls = counts.pop("\x00", 0)
    unwritten = sum(n for character, n in counts.items() if _is_unwritten(character))
    if nulls > 0.3 * len(sample) or (unwritten > 3 and unwritten > 0.1 * len(sample)):
        kind = "binary data"
        raise _no_text(kind)


def _is_unwritten(character: str) -> bool:
    """Whether ``character`` is a control code, unassigned or broken (private ones are icons)."""
    if character in "\t\n\v\f\r\x1b\x1c\x1d\x1e\x1f\x85":
        return False
    return character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cn", "Cs"}


def _no_text(kind: str) -> SourceError:
    message = f"looks like {kind}, not text: convert or unpack it first"
    return SourceError(message)
