"""How arrays lie on disk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cleaner.storage import FORMS, packed, stepped, unpacked, unstepped


@given(
    arrays(np.float32, array_shapes(min_dims=2), elements=st.floats(-9, 9, width=32)),
    st.sampled_from([None, 0, -1]),
)
def test_bytes_are_within_half_a_step(values, axis):
    stored = stepped("x", values, axis)
    assert stored["x"].dtype == np.int8
    again = unstepped("x", stored, axis)
    assert (np.abs(again - values) <= stored["x/step"] * 0.501).all()


def test_values_of_nothing_but_zero_have_a_step_all_the_same():
    stored = stepped("x", np.zeros(3, np.float32))
    assert not stored["x"].any()
    assert stored["x/step"] > 0


@pytest.mark.parametrize("axis", [None, -1])
@pytest.mark.parametrize("shape", [(1, 3), (2, 3), (3,), ()])
def test_steps_that_are_not_of_the_values(shape, axis):
    stored = {"x": np.zeros((2, 3), np.int8), "x/step": np.ones(shape, np.float32)}
    with pytest.raises(ValueError, match="steps of shape"):
        unstepped("x", stored, axis)


def test_values_of_too_few_axes():
    with pytest.raises(ValueError, match="axis"):
        unstepped("x", stepped("x", np.ones(3, np.float32)), -2)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("language_table", np.array([[0, 3], [0, 0], [-1, 0]], np.int8)),
        ("stop_word_members", np.zeros((4, 2), np.uint8)),
        ("language_normal", np.array([7, 1, 2, 0], np.uint16)),
        ("formula_hashes", np.array([5, 1 << 20, (1 << 32) - 1], np.uint32)),
    ],
)
def test_what_was_stored_comes_back(name, array):
    again = FORMS[name].restored(name, FORMS[name].stored(name, array))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)


def test_many_hashes_that_share_an_upper_half():
    hashes = np.arange(1000, dtype=np.uint32)
    stored = FORMS["formula_hashes"].stored("x", hashes)
    assert np.array_equal(FORMS["formula_hashes"].restored("x", stored), hashes)


@pytest.mark.parametrize("shape", [(3, 9), (-1, 2)])
def test_a_shape_that_does_not_fit_the_bits(shape):
    stored = packed("x", np.ones((2, 2), np.int8))
    with pytest.raises(ValueError, match="bits"):
        unpacked("x", {**stored, "x/shape": np.array(shape)})
