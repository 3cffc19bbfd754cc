"""What ``cleaner train`` and ``cleaner evaluate`` do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cleaner.cleaner import Cleaner
from cleaner.errors import SampleError
from cleaner.page import Label
from cleaner.training.card import write_card
from cleaner.training.evaluate import BASELINES, GROUPS, Labels, Tally, table, tallies
from cleaner.training.fit import Recipe
from cleaner.training.learn import Base, model_from
from cleaner.training.samples import Sample, read_samples

LEAST_SITES = 5
"""Sites below which nothing can be left out to measure on."""


def train(labelled: Sequence[Path], output: Path, seed: int = 0) -> str:
    """Learn a model from labelled pages, write it to ``output``, return its scores as Markdown.

    The language table comes from the shipped model. Raises ``SampleError`` for samples that cannot
    be used.
    """
    samples = list(read_all(labelled))
    check(samples)
    shipped = Cleaner()
    base = Base(shipped.languages, shipped.stop_words, shipped.model.networks)
    learnt = model_from(samples, base, recipe_for(samples, seed))
    learnt.model.save(output)
    write_card(output, learnt, samples)
    return report(list(zip(samples, learnt.judged.labels, strict=True)))


def evaluate(labelled: Sequence[Path], model: Path | None = None) -> str:
    """How right a model is on labelled pages, beside doing nothing and the C4 rule, as Markdown."""
    samples = list(read_all(labelled))
    cleaner = Cleaner(model=model)
    given = [labels_of(cleaner, sample) for sample in samples]
    return report(list(zip(samples, given, strict=True)))


def read_all(labelled: Sequence[Path]) -> Iterator[Sample]:
    """The labelled pages of all files and folders."""
    for path in labelled:
        yield from read_samples(path)


def check(samples: Sequence[Sample]) -> None:
    """Raise ``SampleError`` unless something can be learnt from the samples."""
    found = {label for sample in samples for label in sample.labels}
    if not {Label.ARTICLE, Label.JUNK} <= found:
        message = (
            f"only {', '.join(sorted(found)) or 'nothing'} is labelled; "
            "a model needs article lines and junk lines to tell apart"
        )
        raise SampleError(message)
    sites = {sample.site for sample in samples}
    if len(sites) < LEAST_SITES:
        message = (
            f"the samples are of {len(sites)} site(s); at least {LEAST_SITES} are needed, so that "
            "one can be left out to measure on (name a page's site by 'source': its address)"
        )
        raise SampleError(message)


def recipe_for(samples: Sequence[Sample], seed: int) -> Recipe:
    """The shipped model's recipe; with few sites, tokens of a single site may count."""
    sites = len({sample.site for sample in samples})
    return Recipe(seed=seed, least_sites=min(3, 1 + sites // 20))


def labels_of(cleaner: Cleaner, sample: Sample) -> Labels:
    """The labels a cleaner gives a page's lines."""
    page = cleaner.clean_lines(sample.lines)
    return tuple(verdict.label for verdict in page.verdicts)


def report(judged: Sequence[tuple[Sample, Labels]]) -> str:
    """Scores in all, by label, and by language where there are several, as Markdown."""
    rows = {"this model": tallies(judged)["all"]}
    for name, rule in BASELINES.items():
        rows[name] = tallies((sample, rule(sample)) for sample, _ in judged)["all"]
    parts = [table(rows), by_label(rows["this model"])]
    languages = tallies(judged, GROUPS["language"])
    if len(languages) > 1:
        parts.append(table(languages, "language"))
    return "\n\n".join(parts)


def by_label(tally: Tally) -> str:
    """Precision, recall and F1 of every label by line and by character, as a Markdown table."""
    lines = ["| label | by line P / R / F1 | by character P / R / F1 |", "|---|--:|--:|"]
    for label in Label:
        cells = [
            " / ".join(f"{value:.3f}" for value in tally.scores(label, by=by))
            for by in ("lines", "characters")
        ]
        lines.append(f"| {label} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)
