"""What ``cleaner train`` and ``cleaner evaluate`` do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.cleaner import Cleaner
from cleaner.errors import SampleError
from cleaner.page import Label
from cleaner.training.card import write_card, write_retrained_card
from cleaner.training.compare import Match, differences, side_by_side
from cleaner.training.evaluate import BASELINES, GROUPS, Labels, Tally, table, tallies
from cleaner.training.fit import Recipe
from cleaner.training.groundwork import Groundwork
from cleaner.training.labelled import Labelled, check_kinds, collect
from cleaner.training.learn import model_from
from cleaner.training.retrain import Trial, labels_of, retrained
from cleaner.training.samples import Sample

LEAST_SITES = 5
"""Sites below which nothing can be left out to measure on."""

SHIPPED = "default"
"""What the model that comes along is called where two are compared."""

EXAMPLES = 20
"""Lines that are shown of a model that was refused."""


@dataclass(frozen=True)
class Outcome:
    """What a command has to say."""

    report: str
    """Markdown."""
    notes: Sequence[str] = ()
    """Labelled things that were left out, each with its place and the reason."""
    refusal: str = ""
    """Why nothing was written."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How to retrain."""

    model: Path | None = None
    """What to start from; the model that comes along where none is named."""
    force: bool = False
    """Write the new model even where it is worse."""


def train(labelled: Sequence[Path], output: Path, choice: Choice = Choice()) -> Outcome:
    """Add labelled pages to what a model learnt; written to ``output`` unless it became worse.

    Raises ``SampleError`` for samples that cannot be used.
    """
    pages = collect(labelled)
    check_kinds(pages)
    trial = retrained(Cleaner(model=choice.model), pages.samples)
    report = f"{_counted(pages.samples)}\n\n{side_by_side(trial.matches)}"
    if trial.worse and not choice.force:
        examples = "\n".join(_examples(trial))
        return Outcome(f"{report}\n\n{examples}", pages.notes, _refusal(trial, output))
    trial.model.save(output)
    write_retrained_card(output, report)
    return Outcome(f"{report}\n\nwrote {output}", pages.notes)


def train_from_scratch(labelled: Sequence[Path], output: Path, seed: int = 0) -> Outcome:
    """Learn a model from labelled pages alone and write it to ``output``.

    The language table comes from the shipped model. Raises ``SampleError`` for samples that cannot
    be used.
    """
    pages = collect(labelled)
    check(pages)
    samples = pages.samples
    learnt = model_from(samples, Groundwork.of(Cleaner()), recipe_for(samples, seed))
    learnt.model.save(output)
    write_card(output, learnt, samples)
    return Outcome(report(list(zip(samples, learnt.judged.labels, strict=True))), pages.notes)


def evaluate(labelled: Sequence[Path], model: Path | None = None) -> Outcome:
    """How right a model is on labelled pages, beside doing nothing and the C4 rule."""
    pages = collect(labelled)
    return Outcome(_judged_report(pages.samples, _labels(model, pages.samples)), pages.notes)


def compare(labelled: Sequence[Path], old: Path, new: Path) -> Outcome:
    """How right two models are on labelled pages, side by side, and each line they disagree on."""
    pages = collect(labelled)
    given = [_labels(model, pages.samples) for model in (old, new)]
    match = Match("all", pages.samples, *given)
    parts = [
        f"## {name}\n\n{_judged_report(pages.samples, labels)}"
        for name, labels in zip((old, new), given, strict=True)
    ]
    found = list(differences(match))
    heading = f"## {len(found)} lines on which they differ"
    return Outcome(
        "\n\n".join([*parts, side_by_side([match]), heading, "\n".join(found)]), pages.notes
    )


def _labels(model: Path | None, samples: Sequence[Sample]) -> list[Labels]:
    shipped = model is None or (str(model) == SHIPPED and not model.exists())
    cleaner = Cleaner(model=None if shipped else model)
    return [labels_of(cleaner, sample) for sample in samples]


def _judged_report(samples: Sequence[Sample], given: Sequence[Labels]) -> str:
    return report(list(zip(samples, given, strict=True)))


def _counted(samples: Sequence[Sample]) -> str:
    counted = [
        label
        for sample in samples
        for label, weight in zip(sample.labels, sample.weights, strict=True)
        if weight
    ]
    article, sites = counted.count(Label.ARTICLE), len({sample.site for sample in samples})
    of_sites = f" of {sites} site(s)" if sites < len(samples) else ""
    return (
        f"Learnt from {len(samples)} page(s){of_sites}: {article} article lines, "
        f"{len(counted) - article} others."
    )


def _refusal(trial: Trial, output: Path) -> str:
    where = "; ".join(
        f"{match.name}: {match.gain[0]:+.4f} word-F1 "
        f"(95 % interval {match.gain[1]:+.4f} to {match.gain[2]:+.4f})"
        for match in trial.worse
    )
    return (
        f"{output}: not written, the old model stays: the new one is worse on {where}. Look at the "
        "labels of the lines above, correct more pages, or write it all the same with --force"
    )


def _examples(trial: Trial) -> Iterator[str]:
    """Lines that the new model gets wrong and the old one does not."""
    for match in trial.worse:
        lost = [line for line in differences(match) if line.startswith("-")]
        yield f"{match.name}: {len(lost)} lines that the old model has right"
        yield from lost[:EXAMPLES]


def check(pages: Labelled) -> None:
    """Raise ``SampleError`` unless a model can be learnt from the samples alone."""
    check_kinds(pages)
    sites = {sample.site for sample in pages.samples}
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
