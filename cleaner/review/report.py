"""A page to look at: what a run kept and removed, and why.

One file that opens without a network and runs no code: its own styles, charts as SVG, and a policy
that forbids everything else.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from itertools import groupby, pairwise
from math import sqrt
from pathlib import Path

import numpy as np

from cleaner.cleaner import Cleaner
from cleaner.features import Batch
from cleaner.page import Label, Page, Verdict

HERE = Path(__file__).parent

MOST_COLUMNS = 180
"""Columns of a chart; in longer documents neighbouring lines share one."""

MOST_OPEN = 3
"""Documents that are unfolded when the page opens; of more, none is."""

LONGEST = 5000
"""Characters of a line that are shown."""

EXAMPLE = 80
"""Characters of a line that is given as an example."""

LEAST_LETTERS = 20
"""Letters, weighed by what their script tells, from which a line's language is drawn."""

OTHERS = 4
"""Foreign languages of a document that have a colour of their own, but for the last."""

CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
"""What would move or hide the text around it, or is no text at all; it is written out."""


Box = tuple[float, float, float, float]
"""Left, top, width and height of a bar, in the units of its chart."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A document and what is drawn of it."""

    id: str
    page: Page
    languages: Sequence[str | None]
    """Of every line, ``None`` where it is too short to tell."""


@dataclass(frozen=True, slots=True)
class Column:
    """Neighbouring lines, drawn as one."""

    verdicts: Sequence[Verdict]
    languages: Sequence[str | None]

    @property
    def length(self) -> float:
        """Characters of a line, in the mean."""
        return sum(len(verdict.line.text) for verdict in self.verdicts) / len(self.verdicts)

    @property
    def language(self) -> str | None:
        """The language of most lines that have one."""
        known = Counter(language for language in self.languages if language)
        return known.most_common(1)[0][0] if known else None


def html(pages: Iterable[tuple[str, Page]], cleaner: Cleaner) -> str:
    """The report on a run: pairs of id and page, as ``cleaner`` made them.

    >>> cleaner = Cleaner()
    >>> report = html([("rain.txt", cleaner.clean("It <b>rained</b> all day."))], cleaner)
    >>> "It &lt;b&gt;rained" in report, "<script" in report
    (True, False)
    """
    chapters = [Chapter(name, page, _languages(page, cleaner)) for name, page in pages]
    style = "".join((HERE / name).read_text() for name in ("static/palette.css", "report.css"))
    digest = b64encode(sha256(style.encode()).digest()).decode()
    unfolded = len(chapters) <= MOST_OPEN
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        '<meta http-equiv="Content-Security-Policy" ',
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'\">\n",
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>What was cleaned</title>\n<style>{style}</style>\n</head>\n<body>\n",
        _overview(chapters),
        *(_chapter(chapter, unfolded=unfolded) for chapter in chapters),
        "</body>\n</html>\n",
    ]
    return "".join(parts)


# -- the whole run -------------------------------------------------------------------------------


def _overview(chapters: Sequence[Chapter]) -> str:
    verdicts = [verdict for chapter in chapters for verdict in chapter.page.verdicts]
    languages = Counter(chapter.page.language or "unknown" for chapter in chapters)
    return (
        "<header>\n<h1>What was cleaned</h1>\n"
        f"<p>{_count(len(chapters), 'document')}. {_balance(verdicts)}</p>\n"
        f"{_shares(verdicts)}\n{_reasons(verdicts)}\n"
        f"<p>Languages of the articles: {_listed(languages)}.</p>\n"
        "<fieldset><legend>Lines</legend>"
        '<label><input type="radio" name="only" checked> all</label>'
        '<label><input type="radio" name="only" id="only-removed"> removed</label>'
        '<label><input type="radio" name="only" id="only-kept"> kept</label></fieldset>\n'
        "</header>\n"
    )


def _balance(verdicts: Sequence[Verdict]) -> str:
    """What became of lines, in words."""
    labels = Counter(verdict.label for verdict in verdicts)
    size = sum(len(verdict.line.text) for verdict in verdicts)
    kept = sum(len(v.line.text) for v in verdicts if v.label is Label.ARTICLE)
    return (
        f"Of {_count(len(verdicts), 'line')}, {labels[Label.ARTICLE]:,} are article, "
        f"{labels[Label.JUNK]:,} junk and {labels[Label.SPAM]:,} spam; "
        f"{kept / max(size, 1):.0%} of the characters stay."
    )


def _shares(verdicts: Sequence[Verdict]) -> str:
    """A bar of the characters under each label."""
    sizes = Counter[Label]()
    for verdict in verdicts:
        sizes[verdict.label] += len(verdict.line.text)
    total = max(sizes.total(), 1)
    bars, begin = "", 0.0
    for label in Label:
        width = 100 * sizes[label] / total
        bars += _bar((begin, 0, width, 1), label, f"{label}: {sizes[label]:,} characters")
        begin += width
    return _svg("shares", 100, 1, "Characters by label", bars)


def _reasons(verdicts: Sequence[Verdict]) -> str:
    """What was removed, by reason, the commonest first."""
    removed = [verdict for verdict in verdicts if verdict.label is not Label.ARTICLE]
    if not removed:
        return "<p>Nothing was removed.</p>"
    texts = defaultdict[tuple[Label, str], Counter[str]](Counter)
    for verdict in removed:
        texts[verdict.label, verdict.reason][verdict.line.text[:EXAMPLE]] += 1
    most = max(found.total() for found in texts.values())
    rows = "".join(
        f'<tr data-label="{label}"><td>{label}</td><td>{_text(reason)}</td>'
        f"<td>{found.total():,}</td>"
        f"<td>{_svg('bar', most, 1, '', _bar((0, 0, found.total(), 1), label))}</td>"
        f'<td class="example"><bdi>{_text(found.most_common(1)[0][0])}</bdi></td></tr>\n'
        for (label, reason), found in sorted(texts.items(), key=lambda x: -x[1].total())
    )
    return (
        "<table>\n<caption>What was removed, by reason</caption>\n<thead><tr><th>Label</th>"
        "<th>Reason</th><th>Lines</th><th></th><th>For example</th></tr></thead>\n"
        f"<tbody>{rows}</tbody>\n</table>"
    )


# -- one document --------------------------------------------------------------------------------


def _chapter(chapter: Chapter, *, unfolded: bool) -> str:
    page = chapter.page
    title = page.title or (page.verdicts[0].line.text if page.verdicts else "No text")
    columns = _columns(chapter)
    lines = "".join(_line(verdict) for verdict in page.verdicts)
    lang = f' lang="{_text(page.language)}"' if page.language else ""
    return (
        f"<details{' open' if unfolded else ''}>\n"
        f"<summary><h2><bdi>{_text(title[:LONGEST])}</bdi></h2>"
        f"{_shares(page.verdicts)}<p><bdi>{_text(chapter.id)}</bdi></p></summary>\n"
        f"<p>{_balance(page.verdicts)}</p>\n"
        f"{_lengths(columns)}\n{_tongues(columns, page.language)}\n"
        f"<ol{lang}>\n{lines}</ol>\n</details>\n"
    )


def _columns(chapter: Chapter) -> list[Column]:
    size = len(chapter.page.verdicts)
    count = min(size, MOST_COLUMNS)
    edges = [size * i // count for i in range(count + 1)] if count else []
    return [
        Column(chapter.page.verdicts[begin:end], chapter.languages[begin:end])
        for begin, end in pairwise(edges)
    ]


def _lengths(columns: Sequence[Column]) -> str:
    """How long the lines are along the page, in the colours of their labels.

    The height grows with the root of the length, or titles would vanish beside paragraphs.
    """
    most = max((sqrt(column.length) for column in columns), default=1) or 1
    bars = "".join(
        bar
        for left, column in enumerate(columns)
        for bar in _stack(left, column, sqrt(column.length) / most)
    )
    return _svg("lengths", len(columns), 1, "Length and label of the lines, in order", bars)


def _stack(left: int, column: Column, height: float) -> Iterable[str]:
    lines = Counter(verdict.label for verdict in column.verdicts)
    top = 1 - height
    for label in reversed(Label):
        if lines[label]:
            part = height * lines[label] / len(column.verdicts)
            said = f"{_span(column.verdicts)}: {label}, {column.length:.0f} characters"
            yield _bar((left, top, 1, part), label, said)
            top += part


def _tongues(columns: Sequence[Column], own: str | None) -> str:
    """Which language the lines are in along the page, and what the colours mean."""
    found = Counter(language for column in columns for language in column.languages if language)
    ranked = [language for language, _ in found.most_common() if language != own]
    colours = {language: f"other-{min(i, OTHERS)}" for i, language in enumerate(ranked, start=1)}
    if own:
        colours[own] = "own"
    bars, left = "", 0
    for language, run in groupby(columns, key=lambda column: column.language):
        width = len(list(run))
        if language:
            bars += _bar((left, 0, width, 1), colours[language], language)
        left += width
    keys = "".join(
        f"<li>{_svg('key', 1, 1, '', _bar((0, 0, 1, 1), colours[language]))}{_text(language)} "
        f"{_count(count, 'line')}</li>"
        for language, count in found.most_common()
    )
    strip = _svg("tongues", len(columns), 1, "Languages of the lines, in order", bars)
    return f'{strip}\n<ul class="keys">{keys}</ul>'


def _line(verdict: Verdict) -> str:
    line = verdict.line
    more = len(line.text) - LONGEST
    rest = f" <i>… {more:,} more characters</i>" if more > 0 else ""
    apart = ' class="apart"' if line.blank_before else ""
    return (
        f'<li data-label="{verdict.label}"{apart}><span class="number">{line.number}</span>'
        f'<span class="text" dir="auto">{_text(line.text[:LONGEST])}{rest}</span>'
        f'<span class="label">{verdict.label}</span>'
        f'<span class="probability">{verdict.probability:.0%}</span>'
        f'<span class="reason">{_text(verdict.reason)}</span></li>\n'
    )


def _languages(page: Page, cleaner: Cleaner) -> list[str | None]:
    """The language of every line; one that is near the document's counts as the document's."""
    if not page.verdicts:
        return []
    lines = [verdict.line for verdict in page.verdicts]
    evidence = cleaner.score(Batch.of([lines])).language
    kin = cleaner.languages.near[evidence.document, evidence.best]
    found = np.where(kin, evidence.document, evidence.best).tolist()
    told = (np.expm1(evidence.columns["log_information"]) >= LEAST_LETTERS).tolist()
    names = cleaner.languages.names
    return [names[i] if clear else None for i, clear in zip(found, told, strict=True)]


# -- marks ---------------------------------------------------------------------------------------


def _text(text: str) -> str:
    r"""Text as HTML that shows it and does nothing.

    >>> _text("<b>\x07\u202e")
    '&lt;b&gt;<i>U+0007</i><i>U+202E</i>'
    """
    return CONTROL.sub(lambda found: f"<i>U+{ord(found[0]):04X}</i>", escape(text))


def _svg(name: str, width: float, height: float, title: str, marks: str) -> str:
    said = f'role="img" aria-label="{title}"' if title else 'aria-hidden="true"'
    return (
        f'<svg class="{name}" viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="none" '
        f"{said}>{marks}</svg>"
    )


def _bar(box: Box, colour: str, said: str = "") -> str:
    left, top, width, height = box
    title = f"<title>{_text(said)}</title>" if said else ""
    return (
        f'<rect class="{colour}" x="{left:.4g}" y="{top:.4g}" width="{width:.4g}" '
        f'height="{height:.4g}">{title}</rect>'
    )


def _count(number: int, noun: str) -> str:
    """A number of things.

    >>> _count(1, "line"), _count(1200, "line")
    ('1 line', '1,200 lines')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _span(verdicts: Sequence[Verdict]) -> str:
    first, last = verdicts[0].line.number, verdicts[-1].line.number
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{_text(name)} {count:,}" for name, count in counts.most_common()) or "none"
