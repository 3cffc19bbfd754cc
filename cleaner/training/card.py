"""The model card: what a model was trained on, how right it is, what it is known to get wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cleaner.model import Model
from cleaner.training.evaluate import BASELINES, GROUPS, Reliability, table, tallies
from cleaner.training.learn import Learnt
from cleaner.training.samples import Sample

CARD = "README.md"

INTRODUCTION = """\
# Model card

Marks every line of a scraped page as article, junk or foreign spam. Linear weights over hashed
tokens and a lexicon of what many sites print alike, then a small network, which reads the lines
around as well, and decision trees over facts of a line and its surroundings; spam is told by a
network and trees of its own from relative language evidence and the words that spam is made of.
See `docs/how-it-decides.md`.

## Data

Trained on public collections (read by path, none of their text is in here): WCXB v1.0 development
pages (CC-BY-4.0), trafilatura's evaluation pages and htmldate's test pages (Apache-2.0, judged line
by line for this project after the labelling guide; the few that were not, labelled by trafilatura
where its output is likely right), the Chinese Web Content Extraction Dataset (MIT), Readability.js
test pages (Apache-2.0), sentences of lingua's test data (Leipzig corpora, CC-BY), and phrases,
spam, quotations and whole pages with a label on every line ("written" below, in 40 languages)
written for this project. As text, half of WCXB's pages were judged as well; as HTML, its gold text
is what counts. Pages were judged and written by a language model that had the labelling guide;
none is at work when lines are cleaned. Pages were rendered as nine scrapers would write them; of
articles, excerpts were taken, and short pages printed with written phrases, or the furniture of a
written page, around and between their paragraphs ("furnished" below); foreign lines were put into
half of all. Phrases and furniture are the same in every fold: scores on made-up, furnished and
written pages flatter.
"""

WEAKNESSES = """\
## Known weaknesses

* Forum, listing, collection and product pages: what counts as their content is a choice of the
  gold text, and scores are far below those of articles.
* Short lines before the first paragraph, and list items and table cells under ten letters, are
  lost more often than others.
* Comments, author notes and teasers in good prose between or right behind paragraphs survive.
* A single short foreign line in the same script is often not noticed; a bibliography in a foreign
  language can be taken for spam.
* Labels outside English are those of German and a few other languages' judged pages, or of made-up
  and written ones; scores on these flatter.
"""


def write_card(
    directory: Path, learnt: Learnt, samples: Sequence[Sample], markup: Sequence[Sample] = ()
) -> None:
    """Write the card of a model beside it, with its scores out of fold."""
    pairs = list(zip(samples, learnt.judged.labels, strict=True))
    facts = learnt.model.facts
    parts = [
        INTRODUCTION,
        f"{facts['pages']:,} pages, {facts['lines']:,} lines, {facts['html pages']:,} HTML pages, "
        f"{_facts_read(learnt.model)}, seed {facts['seed']}, data digest `{facts['data']}`, "
        f"scikit-learn {facts['scikit-learn']}, CatBoost {facts['catboost']}.\n",
        "## Scores\n\nOut of fold: no page is judged by a model that saw its site. Word-F1 is the "
        "mean over documents.\n",
        table(
            {
                "this model": tallies(pairs)["all"],
                **{
                    name: tallies((sample, rule(sample)) for sample in samples)["all"]
                    for name, rule in BASELINES.items()
                },
            }
        ),
    ]
    for heading in ("collection", "page type", "rendering", "language"):
        parts += [f"\n### By {heading}\n", table(tallies(pairs, GROUPS[heading]), heading)]
    parts.append(_calibration("Calibration", learnt.judged.reliability))
    if learnt.judged_markup:
        trees = list(zip(markup, learnt.judged_markup.labels, strict=True))
        parts.append("\n## HTML pages\n")
        for heading in ("collection", "page type", "language"):
            parts += [table(tallies(trees, GROUPS[heading]), heading), ""]
        parts.append(_calibration("Calibration of HTML", learnt.judged_markup.reliability))
    parts += ["", WEAKNESSES]
    (directory / CARD).write_text("\n".join(parts), encoding="utf-8")


def _facts_read(model: Model) -> str:
    """How many facts of a line the networks read."""
    names = {"article": "of a line", "markup": "of a line of HTML", "spam": "to tell spam"}
    return ", ".join(
        f"{len(model.networks[name].columns)} facts {what}"
        for name, what in names.items()
        if name in model.networks
    )


def _calibration(heading: str, found: Reliability) -> str:
    return (
        f"\n### {heading}\n\nOf lines said to be article text with a probability, how many are: "
        f"expected calibration error {found.error:.3f}.\n\n{found.table()}\n"
    )


RETRAINED = """\
# Model card

The model that it was retrained from, with a correction learnt from a user's own pages: a weight
for every token, added to the log-odds of article text. Everything else is that model's.
`model.json` says under `retrained` how many pages were added, and a digest of them. See
`docs/retrain.md`.

## Old and new

`new pages` and `pages of a new site` are judged by models that learnt nothing from them; the
regression set, which nothing learns from, by the model that is here.
"""


def write_retrained_card(directory: Path, report: str) -> None:
    """Write the card of a retrained model beside it."""
    (directory / CARD).write_text(f"{RETRAINED}\n{report}\n", encoding="utf-8")
