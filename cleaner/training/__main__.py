"""Train the shipped model: ``python -m cleaner.training DATA -o models/default``."""

from __future__ import annotations

import argparse
import json
import logging
import random
from collections.abc import Sequence
from pathlib import Path

from cleaner.training.card import write_card
from cleaner.training.evaluate import Labels
from cleaner.training.excerpts import excerpts
from cleaner.training.fit import Recipe
from cleaner.training.foreign import Foreigner
from cleaner.training.furniture import Furnisher
from cleaner.training.gather import gather, gather_markup
from cleaner.training.groundwork import Groundwork
from cleaner.training.learn import model_from
from cleaner.training.madeup import made_up
from cleaner.training.phrasebook import Phrasebook
from cleaner.training.samples import Sample

MADE_UP_PAGES = 36
"""Made-up pages in every language."""

UNSEEN = frozenset({"el", "fi", "hu"})
"""Languages whose spam is left out of training, to measure on."""

LAYOUTS = range(15, 130)
"""Lines of a page that lends its layout to made-up ones."""

_log = logging.getLogger("cleaner.training")


def main() -> None:
    """Read the collections, train, measure out of fold, write model and card."""
    parser = argparse.ArgumentParser(prog="python -m cleaner.training", description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds the public collections")
    parser.add_argument("-o", "--output", type=Path, required=True, help="model directory to write")
    parser.add_argument("--keep", type=Path, default=Path(".training"), help="rendered pages")
    parser.add_argument("--labels", type=Path, help="JSON lines to write: labels out of fold")
    parser.add_argument("--members", type=int, default=Recipe().members, help="networks averaged")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    phrasebook = Phrasebook(options.data / "sentences")
    base = Groundwork.made(phrasebook, UNSEEN)
    samples = list(gather(options.data, options.keep))
    samples += made_up(phrasebook, layouts(samples), MADE_UP_PAGES)
    samples += phrasebook.pages
    furnisher = Furnisher(phrasebook)
    samples += [*excerpts(samples), *furnisher.pages(samples), *furnisher.threads()]
    foreigner = Foreigner(phrasebook, base.languages, UNSEEN)
    samples = [foreigner.visit(sample) for sample in samples]
    _log.info("%d pages, %d lines", len(samples), sum(len(sample.lines) for sample in samples))
    markup = list(gather_markup(options.data, options.keep))
    recipe = Recipe(members=options.members)
    learnt = model_from(samples, base, recipe, markup)
    learnt.model.save(options.output)
    write_card(options.output, learnt, samples, markup)
    if options.labels:
        write_labels(options.labels, samples, learnt.judged.labels)
    _log.info("wrote %s", options.output)


def write_labels(path: Path, samples: Sequence[Sample], judged: Sequence[Labels]) -> None:
    """Write the labels given to each page, with its id, as JSON lines."""
    with path.open("w", encoding="utf-8") as stream:
        for sample, labels in zip(samples, judged, strict=True):
            stream.write(f"{json.dumps({'id': sample.id, 'labels': labels})}\n")


def layouts(samples: Sequence[Sample]) -> list[Sample]:
    """Article pages of ordinary length, in an order that does not favour one collection."""
    fit = [
        sample
        for sample in samples
        if sample.kind == "article"
        and len(sample.lines) in LAYOUTS
        and sample.rendering not in ("trafilatura", "recall", "main")
    ]
    random.Random(0).shuffle(fit)  # noqa: S311
    return fit


if __name__ == "__main__":
    main()
