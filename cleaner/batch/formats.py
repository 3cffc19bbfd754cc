"""Names to formats: what a file holds is told by its suffix, and so is what is written."""

from __future__ import annotations

from enum import StrEnum

from cleaner.batch.records import Form


class Kind(StrEnum):
    """What an input file holds."""

    DOCUMENT = "document"
    """One document, text or HTML; which of them is told by its content."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    WARC = "warc"


SUFFIXES = {
    ".txt": Kind.DOCUMENT,
    ".md": Kind.DOCUMENT,
    ".html": Kind.DOCUMENT,
    ".htm": Kind.DOCUMENT,
    ".xhtml": Kind.DOCUMENT,
    ".jsonl": Kind.JSONL,
    ".jsonl.gz": Kind.JSONL,
    ".jsonl.zst": Kind.JSONL,
    ".parquet": Kind.PARQUET,
    ".warc": Kind.WARC,
    ".warc.gz": Kind.WARC,
    ".wet": Kind.WARC,
    ".wet.gz": Kind.WARC,
}
ENDINGS: dict[Form, str] = {
    "text": ".txt",
    "markdown": ".md",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
}
COMPRESSIONS = (".gz", ".zst")


def suffix(name: str) -> str:
    """The suffix of ``name`` that decides, in lower case, with its compression.

    >>> suffix("news/2024.JSONL.gz"), suffix("page.htm"), suffix("v1.2.notes")
    ('.jsonl.gz', '.htm', '.notes')
    """
    _stem, *suffixes = name.lower().rpartition("/")[2].lstrip(".").split(".")
    count = 2 if name.lower().endswith(COMPRESSIONS) else 1
    return "".join(f".{suffix}" for suffix in suffixes[-count:])


def kind(name: str) -> Kind | None:
    """What the file called ``name`` holds; ``None`` where its suffix does not say."""
    return SUFFIXES.get(suffix(name))


def stem(name: str) -> str:
    """``name`` without the suffix that decides.

    >>> stem("news/2024.jsonl.gz"), stem("a.b.txt")
    ('news/2024', 'a.b')
    """
    return name[: len(name) - len(suffix(name))] if kind(name) else name


def form(name: str) -> Form | None:
    """The form in which a file called ``name`` is written; ``None`` for a folder.

    >>> form("all.jsonl.zst"), form("cleaned"), form("page.txt")
    ('jsonl', None, 'text')
    """
    by_suffix: dict[str, Form] = {
        ".txt": "text",
        ".md": "markdown",
        ".jsonl": "jsonl",
        ".jsonl.gz": "jsonl",
        ".jsonl.zst": "jsonl",
        ".parquet": "parquet",
    }
    return by_suffix.get(suffix(name))


def natural_form(name: str) -> Form:
    """The form that fits an input best: text for a document, records for records."""
    found = kind(name)
    if found in {Kind.JSONL, Kind.WARC}:
        return "jsonl"
    return "parquet" if found is Kind.PARQUET else "text"


def output_name(name: str, form: Form) -> str:
    """What an input called ``name`` is called in the output; compression stays.

    >>> output_name("a/page.html", "text"), output_name("crawl.warc.gz", "jsonl")
    ('a/page.txt', 'crawl.jsonl.gz')
    """
    compression = next((x for x in COMPRESSIONS if suffix(name).endswith(x)), "")
    endings = ENDINGS | {"jsonl": f".jsonl{compression}"}
    return stem(name) + endings[form]
