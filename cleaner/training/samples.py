"""Labelled pages: what one is, and how they are kept in files.

Two ways to write them down. *JSON lines*, one page a line (``.jsonl``, ``.jsonl.gz``), where every
text line has its label::

    {"id": "rain-1", "language": "en", "source": "https://example.org/rain",
     "lines": [{"text": "Home", "label": "junk"},
               {"text": "It will rain.", "label": "article", "blank_before": true}]}

Or a *folder of pairs*, where nobody labels a line: ``NAME.txt`` as scraped and
``NAME.clean.txt`` as it should read. The labels then come from aligning the two. A folder may hold
JSON lines as well, or instead.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from courlan import extract_domain

from cleaner.cleaner import read
from cleaner.decode import decode
from cleaner.errors import SampleError, SourceError
from cleaner.page import Label, Line
from cleaner.training.align import align

CLEAN_SUFFIX = ".clean.txt"
SCRAPED_SUFFIXES = (".txt", ".html", ".htm")
JSON_SUFFIXES = (".jsonl", ".jsonl.gz")

LEAST_COVERAGE = 0.5
"""A pair whose scraped file holds less of the clean text than this is taken for a mistake."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One page as one scraper would have written it, with a label and a weight for every line."""

    id: str
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    weights: tuple[float, ...]
    """How far to trust each label, 1 = fully, 0 = not at all."""

    site: str
    """Registered domain, or what stands for it: pages of one site are never split over folds."""

    language: str | None = None
    kind: str = "article"
    """Page type: article, forum, product, collection, listing, documentation or service."""

    rendering: str = "given"
    """Which scraper wrote the lines."""

    joins: tuple[bool | None, ...] = ()
    """Whether a line continues the previous line's paragraph, ``None`` where unknown; or empty."""

    gold: str = ""
    """The main text, where it is known beyond the lines."""

    title: str = ""
    """The headline, word for word as a line has it, where it is known which line that is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found where labelled pages are: a page, or what cannot teach, or both."""

    where: str
    """File, and line where that says more."""

    sample: Sample | None = None
    note: str = ""
    """What will not be learnt from, and why."""


def read_samples(path: Path) -> Iterator[Sample]:
    """Yield the labelled pages of a JSON-lines file or of a folder.

    Raises ``SampleError``, which names the file and the line, where something cannot be used.
    """
    for finding in findings(path):
        if finding.sample:
            yield finding.sample


def findings(path: Path) -> Iterator[Finding]:
    """Yield all that is found in a JSON-lines file or in a folder, and what of it is left out.

    Raises ``SampleError`` as ``read_samples`` does.
    """
    if path.is_dir():
        yield from _read_folder(path)
    elif path.is_file():
        yield from _read_json_lines(path)
    else:
        message = f"{path}: no such file or folder; give a .jsonl(.gz) file or a folder of pairs"
        raise SampleError(message)


def write_samples(path: Path, samples: Iterable[Sample]) -> int:
    """Write samples as JSON lines and return how many; ``.gz`` in the name compresses.

    The file appears under its name only when it is complete.
    """
    count = 0
    with _replacing(path) as stream:
        for sample in samples:
            count += 1
            json.dump(_to_record(sample), stream, ensure_ascii=False, separators=(",", ":"))
            stream.write("\n")
    return count


def site_of(url: str, default: str) -> str:
    """Return the registered domain of ``url``, ``default`` where it has none.

    The list of public suffixes is the one that comes with courlan; nothing is fetched.

    >>> site_of("https://news.example.co.uk/rain", "rain"), site_of("rain.html", "rain")
    ('example.co.uk', 'rain')
    """
    return extract_domain(url) or default if "://" in url else default


def _read_json_lines(path: Path) -> Iterator[Finding]:
    empty = True
    with _opened(path) as stream:
        for number, raw in enumerate(stream, start=1):
            if raw.strip():
                empty = False
                where = f"{path}, line {number}"
                yield Finding(where, _from_line(raw, where))
    if empty:
        message = f"{path}: no pages in it; write one JSON object a line, see the documentation"
        raise SampleError(message)


def _from_line(raw: str, where: str) -> Sample:
    """Return the sample written on one line of a file; ``where`` opens the error messages."""
    try:
        return _from_record(json.loads(raw))
    except json.JSONDecodeError as error:
        message = f"{where}: not valid JSON ({error}); write one page, as an object, on each line"
    except KeyError as error:
        message = (
            f"{where}: {error} is missing; a page needs 'id' and 'lines', a line 'text' and 'label'"
        )
    except (TypeError, AttributeError):
        message = f'{where}: expected {{"id": ..., "lines": [{{"text": ..., "label": ...}}]}}'
    except ValueError as error:
        message = f"{where}: {error}"
    raise SampleError(message)


def _from_record(record: dict[str, Any]) -> Sample:
    entries = record["lines"]
    if not entries:
        message = "a page without lines; leave it out"
        raise ValueError(message)
    identity = str(record["id"])
    _check_numbers(entries)
    return Sample(
        id=identity,
        lines=tuple(_line(entry, number) for number, entry in enumerate(entries, start=1)),
        labels=tuple(_label(entry["label"], number) for number, entry in enumerate(entries, 1)),
        weights=tuple(_weight(entry, number) for number, entry in enumerate(entries, start=1)),
        site=record.get("site") or site_of(record.get("source", ""), identity),
        language=record.get("language"),
        kind=record.get("kind", "article"),
        rendering=record.get("rendering", "given"),
        joins=_joins(entries),
        gold=record.get("gold", ""),
        title=record.get("title") or "",
    )


def _line(entry: dict[str, Any], number: int) -> Line:
    text = entry["text"].strip()
    if not text:
        message = f"text line {number} is blank; leave it out and set 'blank_before' on the next"
        raise ValueError(message)
    return Line(text, entry.get("number", number), bool(entry.get("blank_before", False)))


def _check_numbers(entries: list[dict[str, Any]]) -> None:
    """Raise ``ValueError`` where one line of the source has two labels."""
    labels: dict[object, str] = {}
    for number, entry in enumerate(entries, start=1):
        place = entry.get("number", number)
        if labels.setdefault(place, entry["label"]) != entry["label"]:
            message = (
                f"text line {number}: line number {place} is labelled {entry['label']!r}, but "
                f"{labels[place]!r} before; keep one of the two"
            )
            raise ValueError(message)


def _label(name: str, number: int) -> Label:
    if name not in set(Label):
        known = ", ".join(Label)
        message = f"text line {number}: unknown label {name!r}; use one of: {known}"
        raise ValueError(message)
    return Label(name)


def _weight(entry: dict[str, Any], number: int) -> float:
    weight = float(entry.get("weight", 1.0))
    if not 0 <= weight < math.inf:
        message = f"text line {number}: weight {weight} is none; write 0 (cannot say) to 1 (sure)"
        raise ValueError(message)
    return weight


def _joins(entries: list[dict[str, Any]]) -> tuple[bool | None, ...]:
    joins = tuple(entry.get("join") for entry in entries)
    return () if all(join is None for join in joins) else joins


def _to_record(sample: Sample) -> dict[str, Any]:
    joins = sample.joins or (None,) * len(sample.lines)
    entries = [
        _entry(line, label, weight) | ({} if join is None else {"join": join})
        for line, label, weight, join in zip(
            sample.lines, sample.labels, sample.weights, joins, strict=True
        )
    ]
    return {
        "id": sample.id,
        "site": sample.site,
        "language": sample.language,
        "kind": sample.kind,
        "rendering": sample.rendering,
        "gold": sample.gold,
        "title": sample.title,
        "lines": entries,
    }


def _entry(line: Line, label: Label, weight: float) -> dict[str, Any]:
    entry: dict[str, Any] = {"text": line.text, "label": label.value, "number": line.number}
    if line.blank_before:
        entry["blank_before"] = True
    if weight != 1.0:
        entry["weight"] = weight
    return entry


def _read_folder(folder: Path) -> Iterator[Finding]:
    exported = sorted(path for path in folder.iterdir() if path.name.endswith(JSON_SUFFIXES))
    clean = {p.name.removesuffix(CLEAN_SUFFIX): p for p in folder.glob(f"*{CLEAN_SUFFIX}")}
    if not exported and not clean:
        message = (
            f"{folder}: no pairs in it; put NAME.clean.txt, as wanted, beside NAME.txt "
            "(or labelled .jsonl files into the folder)"
        )
        raise SampleError(message)
    for path in exported:
        yield from _read_json_lines(path)
    for name, wanted in sorted(clean.items()):
        yield from _from_pair(name, _scraped(folder, name, wanted), wanted)
    for path in sorted(folder.iterdir()):
        if path.suffix in SCRAPED_SUFFIXES and not path.name.endswith(CLEAN_SUFFIX):
            name = path.name.removesuffix(path.suffix)
            if name not in clean:
                yield Finding(
                    str(path), note=f"left out: there is no {name}{CLEAN_SUFFIX} beside it"
                )


def _scraped(folder: Path, name: str, wanted: Path) -> Path:
    found = [path for suffix in SCRAPED_SUFFIXES if (path := folder / (name + suffix)).is_file()]
    if not found:
        beside = " or ".join(name + suffix for suffix in SCRAPED_SUFFIXES)
        message = f"{wanted}: there is no {beside} beside it; add it, or remove this file"
        raise SampleError(message)
    return found[0]


def _from_pair(name: str, scraped: Path, wanted: Path) -> Iterator[Finding]:
    """Yield the sample of a pair; none where both files are empty, from which nothing is learnt."""
    try:
        lines, gold = read(scraped.read_bytes()).lines, decode(wanted.read_bytes())
    except SourceError as error:
        message = f"{scraped}: {error}"
        raise SampleError(message) from error
    if not lines and not gold.strip():
        yield Finding(str(scraped), note="left out: there is no text in it")
        return
    if not lines:
        message = f"{scraped}: no text in it, but in {wanted.name}; mend or remove the pair"
        raise SampleError(message)
    aligned = align([line.text for line in lines], gold)
    first = next(iter(aligned.missing), 1)
    if aligned.coverage < LEAST_COVERAGE:
        message = (
            f"{wanted}, line {first}: only {aligned.coverage:.0%} of its words stand in "
            f"{scraped.name}; is it the clean text of another page?"
        )
        raise SampleError(message)
    note = ""
    if aligned.missing:
        note = (
            f"{len(aligned.missing)} line(s) of it do not stand in {scraped.name} and teach nothing"
        )
    yield Finding(
        f"{wanted}, line {first}" if note else str(scraped),
        Sample(name, lines, aligned.labels, aligned.weights, site=name, gold=gold),
        note,
    )


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """Open a text file, compressed or not; what cannot be read becomes a ``SampleError``."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig")
        ) as stream:
            yield stream
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        message = (
            f"{path}: cannot be read ({error}); write UTF-8 JSON lines, with .gz if compressed"
        )
        raise SampleError(message) from error


@contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """Open a file for writing that takes its name only when all went well."""
    partial = path.with_name(path.name + ".partial")
    with (
        gzip.open(partial, "wt", compresslevel=4, encoding="utf-8")
        if path.suffix == ".gz"
        else partial.open("w", encoding="utf-8")
    ) as stream:
        yield stream
    partial.replace(path)
