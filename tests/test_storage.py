"""How arrays lie on disk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cleaner.storage import FORMS, Array, deflated, gaps, inflated, stepped, ungapped, unstepped


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
        ("signpost_hashes", np.zeros(0, np.uint32)),
        ("signpost_steps", np.zeros((0, 9), np.int8)),
    ],
)
def test_what_was_stored_comes_back(name, array):
    again = FORMS[name].restored(name, FORMS[name].stored(name, array))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)


@given(arrays(st.sampled_from([np.int8, np.uint16, np.uint32]), array_shapes()))
def test_whatever_is_compressed_comes_back(array):
    again = inflated("x", deflated("x", array))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)


@given(arrays(st.sampled_from([np.uint16, np.uint32]), array_shapes(max_dims=1)))
def test_numbers_in_any_order_come_back_from_their_gaps(array):
    again = ungapped("x", gaps("x", array))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)


def test_what_repeats_takes_less_room():
    stored = deflated("x", np.zeros((300, 300), np.int16))
    assert stored["x"].nbytes < 1000


def stored() -> dict[str, Array]:
    return deflated("x", np.arange(100, dtype=np.uint32))


@pytest.mark.parametrize(
    ("part", "wrong", "why"),
    [
        ("x", stored()["x"][:-9], "does not hold"),
        ("x", np.zeros(9, np.uint8), "cannot be decompressed"),
        ("x/like", np.zeros((0, 99), np.uint32), "does not hold"),
        ("x/like", np.zeros((0, 101), np.uint32), "does not hold"),
        ("x/like", np.zeros((0, 1 << 40), np.uint32), "would hold"),
    ],
)
def test_parts_that_do_not_fit(part, wrong, why):
    with pytest.raises(ValueError, match=why):
        inflated("x", {**stored(), part: wrong})
