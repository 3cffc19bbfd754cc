"""Labelled pages to a model, and the model at work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sentences import SENTENCES
from tiny import JUNK, PAGES, PROSE, SPAM, page

from cleaner import Cleaner, Label, SampleError
from cleaner.training.fit import Recipe
from cleaner.training.learn import digest, model_from, page_weight
from cleaner.training.stopwords import stop_words

RECIPE = Recipe(folds=2, members=1, hidden=(8,), epochs=60, token_epochs=3, least_sites=2)
"""Enough to learn twenty pages in a moment."""


@pytest.fixture(scope="module")
def learnt(languages):
    """A model of the tiny pages and the labels it gives them out of fold."""
    return learn(languages)


def learn(languages, pages=PAGES, recipe=RECIPE):
    """A model of these pages."""
    words = stop_words({code: [text] for code, text in SENTENCES.items()}, languages.names)
    return model_from(pages, languages, words, recipe)


@pytest.fixture(scope="module")
def trained(learnt, tmp_path_factory) -> Cleaner:
    """A cleaner that has learnt from the tiny pages only."""
    directory = tmp_path_factory.mktemp("model")
    model, _ = learnt
    model.save(directory)
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
    _, judged = learnt
    assert [len(labels) for labels in judged] == [len(page.lines) for page in PAGES]
    pairs = [
        (true is Label.ARTICLE, given is Label.ARTICLE)
        for page, labels in zip(PAGES, judged, strict=True)
        for true, given in zip(page.labels, labels, strict=True)
    ]
    assert sum(true is given for true, given in pairs) / len(pairs) > 0.9


def test_the_same_seed_gives_the_same_bytes(languages, learnt, tmp_path):
    learnt[0].save(tmp_path / "one")
    learn(languages)[0].save(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_a_model_says_what_it_was_made_of(learnt):
    facts = learnt[0].facts
    assert facts["pages"] == len(PAGES)
    assert facts["lines"] == sum(len(page.lines) for page in PAGES)
    assert facts["labels"] == list(Label)
    assert facts["seed"] == RECIPE.seed
    assert facts["data"] == digest(PAGES)


def test_token_weights_are_small_on_disk(learnt):
    assert learnt[0].arrays["token_weights"].dtype == np.float16


@pytest.mark.parametrize(
    ("change", "comment"),
    [
        (lambda page: replace(page, joins=()), "pages of users say nothing of joins"),
        (
            lambda page: replace(
                page, labels=tuple(Label.JUNK if x is Label.SPAM else x for x in page.labels)
            ),
            "nor need there be any spam",
        ),
    ],
)
def test_pages_that_lack_something_can_be_learnt_from(languages, tmp_path, change, comment):
    model, _ = learn(languages, [change(page) for page in PAGES])
    model.save(tmp_path)
    page = Cleaner(model=tmp_path).clean("\n".join([*JUNK[:3], PROSE[0], PROSE[1], *JUNK[3:6]]))
    assert PROSE[0] in page.text, comment


def test_pages_of_one_site_are_learnt_from_or_refused(languages):
    """They cannot be judged by a model that has not seen their site: this must be said, if so."""
    pages = [replace(page, site="only.example") for page in PAGES]
    try:
        model, _ = learn(languages, pages)
    except SampleError as error:
        assert "site" in str(error)  # noqa: PT017 - either answer will do
    else:
        assert set(model.networks) == {"article", "spam", "join", "reasons"}


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
    made_up = replace(article, language="fi", rendering="made-up")
    assert page_weight(made_up) < page_weight(article)
