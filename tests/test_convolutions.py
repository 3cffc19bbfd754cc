"""Layers that read the lines around."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.convolutions import Convolutions
from cleaner.windows import Windows


def blocks(count: int, width: int, seed: int = 0) -> Convolutions:
    rng = np.random.default_rng(seed)
    shapes = (3 * width, width), (width,), (width, width), (width,)
    return Convolutions(*(rng.normal(0, 0.5, (count, *s)).astype(np.float32) for s in shapes))


def by_hand(found: Convolutions, hidden: np.ndarray) -> np.ndarray:
    """What the blocks make of one document, line by line."""
    nothing = np.zeros(hidden.shape[1])
    for block in range(len(found.near)):
        reach, answers = 1 << block, []
        for line in range(len(hidden)):
            around = [
                hidden[place] if 0 <= place < len(hidden) else nothing
                for place in (line - reach, line, line + reach)
            ]
            first = np.concatenate(around) @ found.near[block] + found.near_bias[block]
            second = np.maximum(first, 0) @ found.mixed[block] + found.mixed_bias[block]
            answers.append(hidden[line] + second)
        hidden = np.array(answers)
    return np.maximum(hidden, 0)


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 9), st.integers(0, 100))
def test_against_plain_loops(count, width, lines, seed):
    found = blocks(count, width, seed)
    hidden = np.random.default_rng(seed).normal(0, 1, (lines, width)).astype(np.float32)
    expected = by_hand(found, hidden)
    assert found(hidden, Windows([lines])) == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_a_document_does_not_see_its_neighbours():
    found, rng = blocks(4, 3), np.random.default_rng(1)
    hidden = rng.normal(0, 1, (12, 3)).astype(np.float32)
    together = found(hidden, Windows([5, 0, 7]))
    apart = [found(hidden[:5], Windows([5])), found(hidden[5:], Windows([7]))]
    assert together == pytest.approx(np.concatenate(apart), abs=1e-5)


def test_its_input_stays_as_it_was():
    hidden = np.full((3, 2), -1, np.float32)
    blocks(2, 2)(hidden, Windows([3]))
    assert (hidden == -1).all()


def test_bytes_on_disk_are_enough():
    found = blocks(3, 16)
    stored = Convolutions.of(found.arrays(), 16)
    hidden = np.random.default_rng(2).normal(0, 1, (40, 16)).astype(np.float32)
    exact, rounded = found(hidden, Windows([40])), stored(hidden, Windows([40]))
    assert np.corrcoef(exact.ravel(), rounded.ravel())[0, 1] > 0.999


@pytest.mark.parametrize(
    "name", ["near", "mixed", "near_bias", "mixed_bias", "near step", "mixed step"]
)
def test_shapes_that_do_not_fit(name):
    arrays = {**blocks(3, 4).arrays()}
    arrays[name] = arrays[name][:2]
    with pytest.raises(ValueError, match="of shape"):
        Convolutions.of(arrays, 4)
    with pytest.raises(ValueError, match="of shape"):
        Convolutions.of(blocks(3, 4).arrays(), 5)
