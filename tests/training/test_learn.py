"""Labelled pages to a model, and the model at work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tiny import PAGES, SPAM, page

from cleaner import Cleaner, Label, SampleError
from cleaner.model import ARRAYS, Model
from cleaner.page import Block
from cleaner.training.fit import Recipe
from cleaner.training.learn import Learnt, digest, model_from, page_weight
from cleaner.training.samples import Sample

RECIPE = Recipe(folds=2, members=1, hidden=(8,), epochs=60, trees=20, token_epochs=3, least_sites=2)
"""Enough to learn twenty pages in a moment."""


@pytest.fixture(scope="module")
def learnt(base) -> Learnt:
    """A model of the tiny pages and the labels it gives them out of fold."""
    return model_from(PAGES, base, RECIPE)


@pytest.fixture(scope="module")
def trained(learnt, tmp_path_factory) -> Cleaner:
    """A cleaner that has learnt from the tiny pages only."""
    return cleaner_of(learnt, tmp_path_factory.mktemp("model"))


def cleaner_of(learnt: Learnt, directory: Path) -> Cleaner:
    """The cleaner that works with a learnt model, by way of the disk."""
    learnt.model.save(directory)
    return Cleaner(model=directory)


NEW = page(101)
"""A page of a site that is not among the tiny ones, with spam behind it."""


def test_a_trained_model_cleans(trained):
    found = trained.clean("\n".join(line.text for line in NEW.lines))
    assert found.language == "en"
    assert [verdict.label is Label.ARTICLE for verdict in found.verdicts] == [
        label is Label.ARTICLE for label in NEW.labels
    ]


def test_it_tells_spam(trained):
    found = trained.clean("\n".join(line.text for line in NEW.lines))
    spam = [verdict.line.text for verdict in found.verdicts if verdict.label is Label.SPAM]
    assert spam
    assert set(spam) <= set(SPAM)


def test_labels_out_of_fold_are_nearly_right(learnt):
    judged = learnt.judged.labels
    assert [len(labels) for labels in judged] == [len(page.lines) for page in PAGES]
    pairs = [
        (true is Label.ARTICLE, given is Label.ARTICLE)
        for page, labels in zip(PAGES, judged, strict=True)
        for true, given in zip(page.labels, labels, strict=True)
    ]
    assert sum(true is given for true, given in pairs) / len(pairs) > 0.9


def test_the_same_seed_gives_the_same_bytes(base, learnt, tmp_path):
    learnt.model.save(tmp_path / "one")
    model_from(PAGES, base, RECIPE).model.save(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_a_model_says_what_it_was_made_of(learnt):
    facts = learnt.model.facts
    assert facts["pages"] == len(PAGES)
    assert facts["lines"] == sum(len(page.lines) for page in PAGES)
    assert facts["labels"] == list(Label)
    assert facts["seed"] == RECIPE.seed
    assert facts["data"] == digest(PAGES)


def test_token_weights_are_bytes_on_disk_and_lose_nothing(learnt, tmp_path):
    learnt.model.save(tmp_path)
    assert load_file(tmp_path / ARRAYS)["token_weights/like"].dtype == np.int8
    weights = Model.load(tmp_path).arrays["token_weights"]
    assert np.allclose(weights, learnt.model.arrays["token_weights"], atol=1e-5)
    assert ((weights != 0) == (learnt.model.arrays["token_weights"] != 0)).all()


def without_joins(page: Sample) -> Sample:
    """What users write down: nothing is said of joins."""
    return replace(page, joins=())


def without_spam(page: Sample) -> Sample:
    """Nor need there be any spam."""
    return replace(page, labels=tuple(Label.JUNK if x is Label.SPAM else x for x in page.labels))


def of_one_site(page: Sample) -> Sample:
    """Nor more than one site."""
    return replace(page, site="only.example")


@pytest.mark.parametrize("change", [without_joins, without_spam, of_one_site])
def test_pages_that_lack_something_can_be_learnt_from(base, tmp_path, change):
    """What they cannot teach comes from the shipped model."""
    found = cleaner_of(model_from([change(page) for page in PAGES], base, RECIPE), tmp_path)
    page = found.clean("\n".join(line.text for line in NEW.lines))
    assert {Label.ARTICLE} < {verdict.label for verdict in page.verdicts}


@pytest.mark.parametrize("change", [without_joins, without_spam])
def test_or_it_is_said_that_they_lack_it(base, change):
    with pytest.raises(SampleError):
        model_from([change(page) for page in PAGES], replace(base, networks={}), RECIPE)


def test_pages_as_html_are_learnt_from_besides(base, tmp_path):
    """A page's elements tell what its words do not: buttons stand in ``nav``, prose in ``p``."""
    markup = [as_markup(page) for page in PAGES[::2]]
    learnt = model_from(PAGES, base, RECIPE, markup)
    assert learnt.model.facts["html pages"] == len(markup)
    assert [len(labels) for labels in learnt.judged_markup.labels] == [len(p.lines) for p in markup]
    html = "".join(
        f"<p>{line.text}</p>" if label is Label.ARTICLE else f"<nav>{line.text}</nav>"
        for line, label in zip(page(100).lines, page(100).labels, strict=True)
    )
    found = cleaner_of(learnt, tmp_path).clean(f"<html><body>{html}</body></html>")
    assert {verdict.line.block.tag for verdict in found.kept} == {"p"}
    assert {verdict.line.block.tag for verdict in found.dropped} == {"nav"}


def as_markup(page: Sample) -> Sample:
    """The page with its lines in elements."""
    body = Block("body")
    blocks = {Label.ARTICLE: "p", Label.JUNK: "nav", Label.SPAM: "nav"}
    return replace(
        page,
        rendering="html",
        joins=(),
        lines=tuple(
            replace(line, block=Block(blocks[label], parent=body))
            for line, label in zip(page.lines, page.labels, strict=True)
        ),
    )


def test_the_digest_is_that_of_texts_labels_and_weights():
    one = digest(PAGES)
    assert one == digest(list(PAGES))
    assert one != digest(PAGES[::-1])
    first, *others = PAGES
    swapped = (Label.ARTICLE, *first.labels[1:])
    assert one != digest([replace(first, labels=swapped), *others])
    assert one != digest([replace(first, weights=(0.5, *first.weights[1:])), *others])
    assert one == digest([replace(first, id="another"), *others])


def test_what_a_page_counts():
    article = PAGES[0]
    long = replace(article, lines=article.lines * 100)
    assert page_weight(long) < page_weight(article)
    assert page_weight(replace(article, kind="forum")) < page_weight(article)
    assert page_weight(replace(article, language="fi")) > page_weight(article)
    finnish = replace(article, language="fi")
    assert page_weight(replace(finnish, id="made-up/fi/1")) < page_weight(finnish)
    assert page_weight(replace(article, rendering="excerpt")) > page_weight(article)
