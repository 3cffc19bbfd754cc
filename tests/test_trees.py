"""Trees as arrays: the leaf that arrays find is the one a walk would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.trees import CHUNK, MOST_LEVELS, Trees


def some_trees(seed: int, *, trees: int = 5, levels: int = 3, columns: int = 4) -> Trees:
    """Trees of random questions and leaves."""
    rng = np.random.default_rng(seed)
    return Trees(
        rng.integers(0, columns, (trees, levels)).astype(np.int16),
        rng.normal(size=(trees, levels)).astype(np.float32),
        rng.normal(size=(trees, 1 << levels)).astype(np.float32),
    )


def walked(trees: Trees, row: np.ndarray) -> float:
    """The sum of the trees for one row, question by question."""
    total = 0.0
    for column, border, leaf in zip(trees.column, trees.border, trees.leaf, strict=True):
        number = sum(
            1 << level
            for level, (c, b) in enumerate(zip(column, border, strict=True))
            if row[c] > b
        )
        total += leaf[number]
    return total


@given(
    seed=st.integers(0, 1000),
    rows=st.sampled_from([0, 1, 7, CHUNK, 2 * CHUNK + 3]),
    levels=st.integers(1, MOST_LEVELS),
)
def test_arrays_find_the_leaf_that_a_walk_finds(seed, rows, levels):
    trees = some_trees(seed, levels=levels)
    columns = np.random.default_rng(seed + 1).normal(size=(4, rows)).astype(np.float32)
    found = trees(columns)
    assert found.shape == (rows,)
    assert np.allclose(found, [walked(trees, row) for row in columns.T], atol=1e-4)


def test_what_is_stored_is_what_was_meant_within_half_a_step():
    trees = some_trees(3)
    read = Trees.of(trees.arrays(), columns=4)
    step = np.abs(trees.leaf).max() / 127
    assert np.array_equal(read.column, trees.column)
    assert np.array_equal(read.border, trees.border)
    assert np.abs(read.leaf - trees.leaf).max() <= step / 2 + 1e-6
    again = Trees.of(read.arrays(), columns=4)
    assert np.allclose(again.leaf, read.leaf, atol=1e-6)


def test_scaled_trees_say_the_same_louder():
    columns = np.random.default_rng(0).normal(size=(4, 9)).astype(np.float32)
    trees = some_trees(1)
    assert np.allclose(trees.scaled(np.float32(3))(columns), 3 * trees(columns), atol=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        {"column": np.zeros((5, 2), np.int16)},  # fewer levels than borders
        {"column": np.zeros(5, np.int16)},  # no levels at all
        {"column": np.full((5, 3), 4, np.int16)},  # a column that is not there
        {"column": np.full((5, 3), -1, np.int16)},  # one counted from the end
        {"column": np.zeros((5, 3), np.float32)},  # no whole numbers
        {"leaf": np.zeros((5, 4), np.int8)},  # too few leaves
        {"leaf": np.zeros((4, 8), np.int8)},  # those of fewer trees
        {"leaf/step": np.ones(2, np.float32)},  # two steps
        {"column": np.zeros((5, 9), np.int16), "border": np.zeros((5, 9), np.float32)},  # too deep
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(change):
    with pytest.raises(ValueError, match=r"trees|leaf"):
        Trees.of({**some_trees(0).arrays(), **change}, columns=4)
