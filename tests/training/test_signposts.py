"""What words tell of the lines around theirs, learnt."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import PROSE, sample

from cleaner.characters import Bools, Characters, Floats
from cleaner.lexicon import SIGNPOSTS, signposts
from cleaner.page import Label
from cleaner.training.corpus import LABELS, Corpus, build
from cleaner.training.samples import Sample
from cleaner.training.signposts import LEAST_SITES, Signposts

BEHIND, BEFORE = "signpost_behind_3", "signpost_before_3"
SITES = 8 * LEAST_SITES
HEADINGS = ("Comments", "Echo")


def page(number: int, heading: str) -> Sample:
    """An article, and behind a heading what its readers say in words as good as its own."""
    prose = [PROSE[(number + i) % len(PROSE)] for i in range(8)]
    rows = [
        ("Home", Label.JUNK, None),
        *((text, Label.ARTICLE, False) for text in prose[:4]),
        (heading, Label.JUNK, None),
        *((text, Label.JUNK, None) for text in prose[4:]),
    ]
    return sample(f"sign/{number}", rows, site=f"sign-{number}.example")


@pytest.fixture(scope="module")
def corpus(base) -> Corpus:
    """Pages of as many sites, by turns with one heading and the other, and some with a third."""
    pages = [page(number, HEADINGS[number % 2]) for number in range(SITES)]
    rare = [page(SITES + number, "Opinions") for number in range(LEAST_SITES - 1)]
    return build([*pages, *rare], base)


@pytest.fixture(scope="module")
def learnt(corpus) -> Signposts:
    """What all lines teach; sites are in two folds by turns, as their headings are."""
    return Signposts.of(corpus, *everything(corpus), corpus.site % 2)


def everything(corpus: Corpus) -> tuple[Floats, Bools]:
    """All lines counted alike; the headline is the first line behind the menu."""
    index = corpus.windows.index - corpus.windows.start
    return np.ones(len(corpus), np.float32), index == 1


def told(found: Signposts, line: str) -> dict[str, float]:
    """What the lexicon tells of a line."""
    columns = signposts(Characters([line]), found.lexicon)
    return {name: float(column[0]) for name, column in columns.items()}


def test_words_point_to_the_lines_around(learnt):
    assert told(learnt, "Comments")[BEHIND] < -0.5
    assert told(learnt, "Comments")[BEFORE] > 0.5
    assert told(learnt, "home")[BEHIND] > 0.5
    assert list(told(learnt, "Home")) == list(SIGNPOSTS)


def test_words_point_to_the_headline(learnt):
    home, heading = told(learnt, "home"), told(learnt, "Comments")
    assert home["signpost_headline_behind_2"] > 0.5 > heading["signpost_headline_behind_2"]
    assert heading["signpost_headline_before_6"] > 0.5 > home["signpost_headline_before_6"]
    assert max(home["signpost_headline"], heading["signpost_headline"]) < 0.5


def test_without_headlines_nothing_points_to_them(corpus):
    weight, headline = everything(corpus)
    found = Signposts.of(corpus, weight, headline & False, corpus.site % 2)
    where = [name for name, value in told(found, "Comments").items() if value]
    assert where == [name for name, post in SIGNPOSTS.items() if not post.headline]


def test_words_of_few_sites_point_nowhere(learnt):
    assert not any(told(learnt, "Opinions").values())


def test_a_line_is_told_of_by_other_folds(corpus, learnt):
    """No site of the other fold has its heading."""
    found = learnt.unseen(corpus.words, corpus.site % 2)
    headings = [line.text in HEADINGS for page in corpus.samples for line in page.lines]
    home = corpus.windows.first[:-1]
    for name, column in found.items():
        assert column.shape == (len(corpus),)
        assert not column[headings].any(), name
    assert (found[BEHIND][home] > 0.5).all()


def test_lines_without_weight_neither_teach_nor_are_looked_at(corpus):
    """Of comments that do not count nothing is learnt, and headings point to nothing else."""
    index = corpus.windows.index - corpus.windows.start
    weight = np.where(index > 5, 0, 1).astype(np.float32)
    found = Signposts.of(corpus, weight, index == 1, corpus.site % 2)
    assert corpus.labels[index == 5].tolist() == [LABELS.index(Label.JUNK)] * len(corpus.samples)
    alone = told(found, "Comments")[BEHIND]
    assert alone == pytest.approx(told(found, "Echo")[BEHIND], abs=0.1)
    assert told(found, "Comments")[BEFORE] > 0.5


def test_a_handful_of_pages_has_none(base):
    corpus = build([page(number, "Comments") for number in range(2)], base)
    found = Signposts.of(corpus, *everything(corpus), corpus.site % 2)
    assert len(found.lexicon.hashes) == 0
    assert not any(column.any() for column in found.unseen(corpus.words, corpus.site % 2).values())
