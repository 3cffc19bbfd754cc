"""Layers that read the lines around."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import convolutions

from cleaner.convolutions import Convolutions
from cleaner.windows import Windows


def facts(lines: int, inputs: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (lines, inputs)).astype(np.float32)


def by_hand(found: Convolutions, inputs: np.ndarray) -> np.ndarray:
    """What the network says of one document, line by line."""
    hidden = np.maximum(inputs @ found.enter + found.enter_bias, 0)
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
    return np.maximum(hidden, 0) @ found.leave + found.leave_bias


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 9), st.integers(0, 100))
def test_against_plain_loops(count, width, lines, seed):
    found, inputs = convolutions(count, width, seed=seed), facts(lines, seed=seed)
    expected = by_hand(found, inputs)
    assert found(inputs, Windows([lines])) == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_a_document_does_not_see_its_neighbours():
    found, inputs = convolutions(4, 3), facts(12)
    together = found(inputs, Windows([5, 0, 7]))
    apart = [found(inputs[:5], Windows([5])), found(inputs[5:], Windows([7]))]
    assert together == pytest.approx(np.concatenate(apart), abs=1e-5)


def test_its_input_stays_as_it_was():
    inputs = np.full((3, 3), -1, np.float32)
    convolutions(2, 2)(inputs, Windows([3]))
    assert (inputs == -1).all()


def test_log_odds_are_scaled():
    found, inputs, windows = convolutions(2, 3), facts(5), Windows([5])
    scaled = found.scaled(np.float32(2), np.float32(3))
    assert scaled(inputs, windows) == pytest.approx(2 * found(inputs, windows) + 3, abs=1e-4)


def test_bytes_on_disk_are_enough():
    found, inputs, windows = convolutions(3, 16), facts(40), Windows([40])
    stored = Convolutions.of(found.arrays(), 3)
    exact, rounded = found(inputs, windows), stored(inputs, windows)
    assert np.corrcoef(exact, rounded)[0, 1] > 0.999


@pytest.mark.parametrize("name", convolutions(3, 4).arrays())
def test_shapes_that_do_not_fit(name):
    arrays = convolutions(3, 4).arrays()
    wrong = {**arrays, name: np.concatenate((arrays[name], arrays[name]))}
    with pytest.raises(ValueError, match="of shape"):
        Convolutions.of(wrong, 3)
    with pytest.raises(ValueError, match="of shape"):
        Convolutions.of(arrays, 4)
