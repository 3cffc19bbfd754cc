"""Labelled pages as arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import PAGES, PROSE, sample

from cleaner.characters import Floats
from cleaner.features import TOKEN_BUCKETS, Batch, token_logits, tokens
from cleaner.language import NEVER
from cleaner.page import Label
from cleaner.training import fit
from cleaner.training.corpus import CHUNK, LABELS, Corpus, build, folds, site_counts
from cleaner.training.fit import FirstStage, Recipe, fold_of

UNKNOWN = np.full((len(PAGES), 55), NEVER)
"""No odds of the tiny pages' languages: each is in the one that most of its prose is in."""


@pytest.fixture(scope="module")
def corpus(base) -> Corpus:
    """The tiny pages as arrays."""
    return build(PAGES, base)


def test_one_row_a_line_in_order(corpus):
    lines = [line for page in PAGES for line in page.lines]
    assert len(corpus) == len(lines) == corpus.tokens.shape[0]
    assert corpus.windows.first.tolist() == np.cumsum([0, *[len(p.lines) for p in PAGES]]).tolist()
    own, language = corpus.facts(UNKNOWN)
    for columns in (own, language, corpus.own):
        assert {len(column) for column in columns.values()} == {len(lines)}
    characters = np.expm1(own["log_characters"])
    assert characters == pytest.approx([len(line.text) for line in lines], rel=1e-4)


def test_labels_weights_joins_and_sites(corpus):
    labels = [label for page in PAGES for label in page.labels]
    assert [LABELS[i] for i in corpus.labels] == labels
    assert corpus.weights.tolist() == [1.0] * len(labels)
    joins = [join for page in PAGES for join in page.joins]
    assert corpus.joins.tolist() == [-1 if join is None else int(join) for join in joins]
    sizes = [len(page.lines) for page in PAGES]
    assert corpus.site.tolist() == np.repeat(range(len(PAGES)), sizes).tolist()


def test_pages_of_one_site_share_its_number(base):
    pages = [replace(page, site=site) for page, site in zip(PAGES, "abca", strict=False)]
    found = build(pages, base)
    firsts = found.windows.first[:-1]
    assert found.site[firsts].tolist() == [0, 1, 2, 0]


def test_joins_that_nobody_knows(base):
    found = build([replace(PAGES[0], joins=())], base)
    assert set(found.joins.tolist()) == {-1}


def test_facts_do_not_depend_on_how_pages_are_chunked(base):
    """More pages than are turned into arrays at a time, and a page alone, give the same rows."""
    many = [PAGES[i % len(PAGES)] for i in range(CHUNK + 10)]
    together = build(many, base)
    own, language = together.facts(np.full((len(many), 55), NEVER))
    for number in (0, CHUNK - 1, CHUNK, CHUNK + 9):
        alone = build([many[number]], base)
        mine = slice(*together.windows.first[number : number + 2].tolist())
        assert (together.tokens[mine] != alone.tokens).nnz == 0
        for columns, single in zip((own, language), alone.facts(UNKNOWN[:1]), strict=True):
            for name, column in single.items():
                assert columns[name][mine] == pytest.approx(column, abs=1e-4), name


def test_the_languages_a_page_could_be_in_do_not_depend_on_chunks_either(base):
    many = [PAGES[i % len(PAGES)] for i in range(CHUNK + 10)]
    together = build(many, base)
    found = together.rivals(np.full(len(together), 0.5, np.float32))
    for number in (0, CHUNK - 1, CHUNK, CHUNK + 9):
        corpus = build([many[number]], base)
        alone = corpus.rivals(np.full(len(corpus), 0.5, np.float32))
        mine = found.document == number
        assert found.language[mine].tolist() == alone.language.tolist()
        for name, column in alone.columns.items():
            assert found.columns[name][mine] == pytest.approx(column, abs=1e-4), name


def test_training_reads_of_tokens_what_cleaning_reads(base):
    """The first stage's log-odds, and the share of words it knows, are the same on both ways.

    Lines that say a word twice, and lines of words it does not know, are where they could part.
    """
    rows = [(text, Label.JUNK, None) for text in ("Read more more more", *PROSE, "***", "Zzz zzz")]
    pages = [sample("one", rows)]
    rng = np.random.default_rng(3)
    weights = rng.normal(size=TOKEN_BUCKETS) * (rng.random(TOKEN_BUCKETS) > 0.3)
    batch = Batch.of([pages[0].lines])
    logit, known = token_logits(tokens(batch), weights.astype(np.float32), len(batch))
    corpus = build(pages, base)
    training = out_of_fold(corpus, weights.astype(np.float32))
    assert training.logit == pytest.approx(logit, abs=1e-4)
    assert training.known == pytest.approx(known, abs=1e-4)


def out_of_fold(corpus: Corpus, weights: Floats) -> FirstStage:
    """The first stage of a corpus if these token weights had been learnt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "token_weights", lambda *_: weights)
        return fit.first_stage(corpus, np.zeros(len(corpus), int), corpus.weights, Recipe())


SITES = st.lists(st.sampled_from([f"site{i}.example" for i in range(12)]), min_size=1, max_size=40)


@given(SITES, st.integers(1, 8))
def test_folds_never_split_a_site(sites, count):
    found = folds(sites, count)
    assert ((found >= 0) & (found < count)).all()
    for site in set(sites):
        assert len({int(f) for f, s in zip(found, sites, strict=True) if s == site}) == 1


@given(SITES, SITES)
def test_a_sites_fold_does_not_depend_on_the_other_sites(one, other):
    assert folds([*one, *other], 5).tolist() == [*folds(one, 5), *folds(other, 5)]


def test_folds_are_of_like_size():
    counts = np.bincount(folds([f"site{i}.example" for i in range(1000)], 5))
    assert counts.min() > 150


def test_lines_are_in_the_fold_of_their_site(corpus):
    fold = fold_of(corpus, 3)
    for page, start, stop in zip(
        PAGES, corpus.windows.first[:-1], corpus.windows.first[1:], strict=True
    ):
        assert set(fold[start:stop].tolist()) == {int(folds([page.site], 3)[0])}


def test_on_how_many_sites_a_token_was_seen(corpus):
    """Against a plain loop over sets."""
    counts = site_counts(corpus.tokens, corpus.site)
    seen: dict[int, set[int]] = {}
    rows = corpus.tokens.tocoo()
    for line, bucket in zip(rows.row.tolist(), rows.col.tolist(), strict=True):
        seen.setdefault(bucket, set()).add(int(corpus.site[line]))
    assert counts.shape == (TOKEN_BUCKETS,)
    assert {b: n for b, n in enumerate(counts.tolist()) if n} == {
        bucket: len(sites) for bucket, sites in seen.items()
    }


def test_no_lines_are_on_no_site(corpus):
    assert not site_counts(corpus.tokens[:0], corpus.site[:0]).any()
