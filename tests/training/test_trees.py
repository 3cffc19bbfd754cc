"""Grown trees: they learn what one border cannot say, and arrays answer as CatBoost does."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from cleaner.errors import CleanerError
from cleaner.training.trees import NEVER_ABOVE, grown


@pytest.fixture(scope="module")
def rows():
    """Rows of which those with two columns of the same sign are wanted: no line divides them."""
    inputs = np.random.default_rng(0).normal(size=(3000, 6)).astype(np.float32)
    return inputs, inputs[:, 1] * inputs[:, 4] > 0


def test_they_learn_what_no_line_divides(rows):
    inputs, target = rows
    trees = grown(inputs[:2000], target[:2000], 40, seed=0)
    right = (trees(inputs[2000:].T) > 0) == target[2000:]
    assert right.mean() > 0.93


def test_the_same_seed_grows_the_same_trees(rows):
    inputs, target = rows
    one, other = (grown(inputs, target, 5, seed=3).arrays() for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_columns_that_are_always_alike_are_not_asked(rows):
    inputs, target = rows
    trees = grown(np.hstack([np.ones_like(inputs), inputs]), target, 5, seed=0)
    asked = trees.column[trees.border < NEVER_ABOVE]
    assert asked.min() >= inputs.shape[1]


def test_inputs_that_tell_nothing_give_the_share_of_the_target():
    target = np.arange(400) % 4 == 0
    trees = grown(np.ones((400, 2), np.float32), target, 5, seed=0)
    assert np.allclose(trees(np.ones((2, 3), np.float32)), np.log(1 / 3), atol=0.1)


def test_without_catboost_the_error_names_the_extra(monkeypatch, rows):
    monkeypatch.setitem(sys.modules, "catboost", None)
    with pytest.raises(CleanerError, match="train"):
        grown(*rows, 5, seed=0)
