"""Learning the layers that read the lines around."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from cleaner.convolutions import Convolutions
from cleaner.training.convolutions import (
    Lessons,
    Plan,
    _Batch,
    _batches,
    _first_weights,
    _gradients,
    learn_convolutions,
)
from cleaner.windows import Windows

PLAN = Plan(width=4, blocks=2, lines=20_000)


def lessons(sizes: list[int], seed: int = 0) -> Lessons:
    """Lines on target where the line two before has a first fact above 0."""
    rng = np.random.default_rng(seed)
    windows = Windows(sizes)
    facts = rng.normal(0, 1, (len(windows), 3)).astype(np.float32)
    target = windows.neighbour(facts[:, 0].copy(), -2) > 0
    return Lessons(lambda rows: facts[rows], target, np.ones(len(windows), np.float32), windows)


def everything(found: Lessons) -> _Batch:
    rows = np.arange(len(found.windows))
    return _Batch(found.inputs(rows), found.target, found.weight, found.windows)


def loss(network: Convolutions, batch: _Batch) -> float:
    logit = network(batch.inputs, batch.windows).astype(np.float64)
    if not batch.contest:
        sign = np.where(batch.target, -1, 1)
        return float((batch.weight * np.logaddexp(0, sign * logit)).mean())
    losses = []
    for begin, end in pairwise(batch.windows.first.tolist()):
        counted = [line for line in range(begin, end) if batch.weight[line] > 0]
        odds = np.exp(logit[counted])
        right = odds[batch.target[counted]].sum() or 1.0
        weight = batch.weight[counted].mean() if counted else 0.0
        losses.append(weight * np.log((1 + odds.sum()) / right))
    return float(np.mean(losses))


@pytest.mark.parametrize("contest", [False, True])
def test_gradients_are_those_of_the_loss(contest):
    """Against small steps in every direction; nothing is dropped, so that both see the same."""
    rng = np.random.default_rng(3)
    batch = everything(lessons([6, 1, 9, 2, 3]))
    weight = rng.uniform(0, 2, 21).astype(np.float32)
    weight[[2, 7, 16, 17]] = 0  # lines that do not count, and a document of them
    batch = replace(batch, weight=weight, contest=contest)
    assert (np.add.reduceat(batch.target & (weight > 0), batch.windows.first[:-1]) == 0).any()
    first = _first_weights(3, PLAN, rng)
    network = Convolutions(
        **{name: array + rng.normal(0, 0.1, array.shape) for name, array in vars(first).items()}
    )
    gradients = _gradients(network, batch, np.float32(0), rng)
    for name, array in vars(network).items():
        assert array.shape == gradients[name].shape
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + 1e-4
            above = loss(network, batch)
            array[place] = kept - 1e-4
            below = loss(network, batch)
            array[place] = kept
            assert gradients[name][place] == pytest.approx((above - below) / 2e-4, abs=2e-4)


def test_it_learns_what_stands_before():
    found = learn_convolutions(lessons([20] * 100), replace(PLAN, width=8, lines=200_000))
    batch = everything(lessons([20] * 50, seed=1))
    assert ((found(batch.inputs, batch.windows) > 0) == batch.target).mean() > 0.95


def test_lines_of_a_document_rival_each_other():
    """On target is the line with the greatest fact of its document, which no line shows alone."""
    windows = Windows([10] * 400)
    facts = np.random.default_rng(0).normal(0, 1, (len(windows), 1)).astype(np.float32)
    greatest = np.maximum.reduceat(facts[:, 0], windows.first[:-1])[windows.document]
    target = facts[:, 0] == greatest
    ones = np.ones(len(windows), np.float32)
    given = Lessons(lambda rows: facts[rows], target, ones, windows, contest=True)
    found = learn_convolutions(given, replace(PLAN, blocks=1, width=8, lines=200_000))
    logit = found(facts, windows)
    likeliest = np.maximum.reduceat(logit, windows.first[:-1])[windows.document]
    assert (target & (logit == likeliest)).sum() > 0.97 * 400


def test_the_same_seed_gives_the_same_network():
    given, short = lessons([10] * 20), replace(PLAN, lines=5000)
    one, same, other = (
        learn_convolutions(given, replace(short, seed=seed)).near for seed in (0, 0, 1)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_documents_are_drawn_by_the_root_of_their_weight():
    """And counted by what is left of it, so that all in all each line counts by its weight."""
    given = lessons([10] * 30)
    weight = np.repeat(np.array([0, 1, 16], np.float32), 100)
    plan = replace(PLAN, lines=300_000)
    drawn, counted = np.zeros(3), np.zeros(3)
    for batch in _batches(replace(given, weight=weight), plan, np.random.default_rng(0)):
        kind = np.where(batch.weight > 0, 1 + (batch.weight > 0.6), 0)
        drawn += np.bincount(kind, minlength=3)
        counted += np.bincount(kind, weights=batch.weight, minlength=3)
    assert drawn[2] / drawn[1] == pytest.approx(4, rel=0.1)
    assert counted[2] / counted[1] == pytest.approx(16, rel=0.1)
    assert drawn[0] == counted[0] == 0
    assert counted.sum() / drawn.sum() == pytest.approx(1, rel=0.05)
