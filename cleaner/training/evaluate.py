"""How right the labels are: by line, by character, by document, beside doing nothing.

Lines of weight 0 (no label can be trusted) count nowhere. A document's word-F1 compares the words
kept with those of its gold text, as bags; where both are empty it is 1.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cleaner.characters import Bools, Floats
from cleaner.page import Label
from cleaner.training.align import tokens
from cleaner.training.samples import Sample

C4_WORDS = 5
C4_ENDS = tuple(".!?\"”'。！？…")
"""The C4 corpus kept lines of five words and more that end in terminal punctuation (Raffel et al.
2020)."""

Labels = Sequence[Label]


def keep_everything(sample: Sample) -> Labels:
    """What doing nothing amounts to."""
    return (Label.ARTICLE,) * len(sample.lines)


def c4_rule(sample: Sample) -> Labels:
    """The line rule of the C4 corpus, a word of an unspaced script being a character."""
    return tuple(
        Label.ARTICLE
        if len(tokens(line.text)) >= C4_WORDS and line.text.endswith(C4_ENDS)
        else Label.JUNK
        for line in sample.lines
    )


BASELINES: Mapping[str, Callable[[Sample], Labels]] = {
    "keep everything": keep_everything,
    "C4 rule": c4_rule,
}


@dataclass
class Tally:
    """Counts of true and given labels, and document scores.

    >>> tally = Tally()
    >>> tally.lines[Label.ARTICLE, Label.ARTICLE] += 3
    >>> tally.lines[Label.JUNK, Label.ARTICLE] += 1
    >>> tally.scores(Label.ARTICLE)
    (0.75, 1.0, 0.8571428571428571)
    """

    lines: Counter[tuple[Label, Label]] = field(default_factory=Counter)
    """(true label, given label) -> lines."""
    characters: Counter[tuple[Label, Label]] = field(default_factory=Counter)
    documents: list[float] = field(default_factory=list)
    """Word-F1 of each document."""

    def add(self, sample: Sample, given: Labels) -> None:
        """Count one page."""
        for line, true, label, weight in zip(
            sample.lines, sample.labels, given, sample.weights, strict=True
        ):
            if weight > 0:
                self.lines[true, label] += 1
                self.characters[true, label] += len(line.text)
        self.documents.append(word_f1(sample, given))

    def scores(self, label: Label, *, by: str = "lines") -> tuple[float, float, float]:
        """Precision, recall and F1 of a label, by ``"lines"`` or ``"characters"``."""
        counts: Counter[tuple[Label, Label]] = getattr(self, by)
        hits = counts[label, label]
        given = sum(count for (_, says), count in counts.items() if says is label)
        true = sum(count for (is_, _), count in counts.items() if is_ is label)
        return (
            hits / given if given else 0.0,
            hits / true if true else 0.0,
            2 * hits / (given + true) if given + true else 0.0,
        )

    def macro_f1(self) -> float:
        """The mean F1 of the labels that occur."""
        occurring = [label for label in Label if any(true is label for true, _ in self.lines)]
        return float(np.mean([self.scores(label)[2] for label in occurring])) if occurring else 0.0

    def word_f1(self) -> float:
        """The mean word-F1 of the documents."""
        return float(np.mean(self.documents)) if self.documents else 0.0


def word_f1(sample: Sample, given: Labels) -> float:
    """Bag-of-words F1 of the kept lines against the page's gold text."""
    kept = _bag(
        line.text for line, label in zip(sample.lines, given, strict=True) if label is Label.ARTICLE
    )
    gold = _bag([sample.gold] if sample.gold else _gold_lines(sample))
    if not kept and not gold:
        return 1.0
    shared = sum((kept & gold).values())
    return 2 * shared / (kept.total() + gold.total())


def _gold_lines(sample: Sample) -> Iterator[str]:
    for line, label in zip(sample.lines, sample.labels, strict=True):
        if label is Label.ARTICLE:
            yield line.text


def _bag(texts: Iterable[str]) -> Counter[str]:
    return Counter(token for text in texts for token in tokens(text))


@dataclass(frozen=True)
class Reliability:
    """Lines by how probable they were said to be article text, and how many of them are.

    Each field has one entry for each tenth of probability.
    """

    lines: Sequence[int]
    said: Sequence[float]
    """Mean probability."""
    true: Sequence[float]
    """Share that is article text."""

    @property
    def error(self) -> float:
        """The expected calibration error: the mean difference of what was said and what is so."""
        off = np.abs(np.subtract(self.said, self.true))
        return float(np.average(off, weights=self.lines)) if sum(self.lines) else 0.0

    def table(self) -> str:
        """A Markdown table with a bar for what is so."""
        rows = [
            f"| {said:.2f} | {true:.2f} | {lines:,} | `{'#' * round(40 * true):40}` |"
            for lines, said, true in zip(self.lines, self.said, self.true, strict=True)
        ]
        return "\n".join(["| said | is so | lines | |", "|--:|--:|--:|---|", *rows])


def reliability(probability: Floats, truth: Bools) -> Reliability:
    """How well probabilities, one a line, agree with the truth.

    >>> found = reliability(np.array([0.1, 0.95, 0.97]), np.array([False, True, True]))
    >>> round(found.error, 3)
    0.06
    """
    tenth = np.minimum((probability * TENTHS).astype(np.int64), TENTHS - 1)
    lines = np.bincount(tenth, minlength=TENTHS)
    count = np.maximum(lines, 1)
    said = np.bincount(tenth, weights=probability, minlength=TENTHS) / count
    true = np.bincount(tenth, weights=truth, minlength=TENTHS) / count
    return Reliability(lines.tolist(), said.round(4).tolist(), true.round(4).tolist())


TENTHS = 10

Group = Callable[[Sample], str]

GROUPS: Mapping[str, Group] = {
    "all": lambda _: "all",
    "collection": lambda sample: sample.id.split("/")[0] if "/" in sample.id else "given",
    "page type": lambda sample: sample.kind,
    "rendering": lambda sample: sample.rendering,
    "language": lambda sample: sample.language or "unknown",
}


def tallies(
    judged: Iterable[tuple[Sample, Labels]], group: Group = GROUPS["all"]
) -> dict[str, Tally]:
    """A tally for each group of pages, in order of appearance."""
    found: dict[str, Tally] = defaultdict(Tally)
    for sample, given in judged:
        found[group(sample)].add(sample, given)
    return dict(found)


def table(rows: Mapping[str, Tally], heading: str = "") -> str:
    """The tallies as a Markdown table."""
    lines = [
        f"| {heading} | lines | article P / R / F1 | junk F1 | spam F1 | macro F1 "
        "| documents | word-F1 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, tally in rows.items():
        precision, recall, f1 = tally.scores(Label.ARTICLE)
        junk, spam = tally.scores(Label.JUNK)[2], tally.scores(Label.SPAM)[2]
        lines.append(
            f"| {name} | {tally.lines.total():,} | {precision:.3f} / {recall:.3f} / {f1:.3f} "
            f"| {junk:.3f} | {spam:.3f} | {tally.macro_f1():.3f} "
            f"| {len(tally.documents):,} | {tally.word_f1():.4f} |"
        )
    return "\n".join(lines)
