"""How arrays lie on disk: as bytes, without their zeros, in halves.

Each form is a pair of functions: one makes of an array those that are stored, by name, the other
makes it again of all that a model stores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

MOST_STEPS = 127
"""The greatest number a byte with a sign holds on either side of 0."""


def stepped(name: str, values: Floats, axis: int | None = None) -> dict[str, Array]:
    """Values as whole numbers of steps, and the step; 127 steps are the greatest of the values.

    With ``axis``, those along it have a step of their own. The step has as many axes as the values.

    >>> {name: array.tolist() for name, array in stepped("x", np.array([-2, 0.5, 4])).items()}
    {'x': [-64, 16, 127], 'x/step': [0.031496062874794006]}
    >>> stepped("x", np.array([[1, 10], [0, 5]], np.float32), axis=0)["x"].tolist()
    [[127, 127], [0, 64]]
    """
    greatest = np.abs(values).max(axis=axis, initial=1e-6, keepdims=True)
    step = (greatest / MOST_STEPS).astype(np.float32)
    return {name: np.rint(values / step).astype(np.int8), f"{name}/step": step}


def unstepped(name: str, arrays: Mapping[str, Array], axis: int | None = None) -> Floats:
    """The values that ``stepped`` was given, within half a step.

    Raises ``ValueError`` where the step is not that of the values.

    >>> unstepped("x", stepped("x", np.array([-2, 0.5, 4], np.float32))).round(1).tolist()
    [-2.0, 0.5, 4.0]
    """
    values, step = arrays[name], arrays[f"{name}/step"]
    if step.shape != values.any(axis=axis, keepdims=True).shape:
        message = f"{name} of shape {values.shape} with steps of shape {step.shape}"
        raise ValueError(message)
    return (values * step).astype(np.float32, copy=False)


def packed(name: str, array: Array) -> dict[str, Array]:
    """An array that is mostly zeros, as arrays that are not."""
    filled = array != 0
    return {
        name: array[filled],
        f"{name}/shape": np.array(array.shape, np.int64),
        f"{name}/filled": np.packbits(filled),
    }


def unpacked(name: str, arrays: Mapping[str, Array]) -> Array:
    """The array that ``packed`` was given.

    Raises ``ValueError`` where its parts do not fit together.

    >>> unpacked("x", packed("x", np.array([[0, 0, 3], [1, 0, 0]]))).tolist()
    [[0, 0, 3], [1, 0, 0]]
    """
    values, shape = arrays[name], tuple(arrays[f"{name}/shape"].tolist())
    size = math.prod(shape)
    bits = arrays[f"{name}/filled"]
    if not 0 <= size <= 8 * len(bits):
        message = f"{8 * len(bits)} bits for an array of shape {shape}"
        raise ValueError(message)
    filled = np.unpackbits(bits, count=size).astype(np.bool_)
    array = np.zeros(size, values.dtype)
    array[filled] = values
    return array.reshape(shape)


def halved(name: str, hashes: Array) -> dict[str, Array]:
    """Hashes of 32 bits in order, as their lower halves and how many share each upper half."""
    upper = (hashes >> np.uint32(16)).astype(np.int64)
    shared = np.bincount(upper, minlength=1 << 16)
    shared = shared.astype(np.min_scalar_type(shared.max()))
    return {name: hashes.astype(np.uint16), f"{name}/shared": shared}


def joined(name: str, arrays: Mapping[str, Array]) -> Array:
    """The hashes that ``halved`` was given.

    Raises ``ValueError`` or ``TypeError`` where its parts do not fit together.

    >>> hashes = np.array([7, 1 << 16, (1 << 16) + 2, (1 << 32) - 1], np.uint32)
    >>> np.array_equal(joined("x", halved("x", hashes)), hashes)
    True
    """
    upper = np.repeat(np.arange(1 << 16, dtype=np.uint32), arrays[f"{name}/shared"])
    return upper << np.uint32(16) | arrays[name]


def moved(name: str, codes: Array) -> dict[str, Array]:
    """Codes that mostly stand for themselves, as how far the others are from doing so."""
    return packed(name, codes - np.arange(len(codes), dtype=codes.dtype))


def unmoved(name: str, arrays: Mapping[str, Array]) -> Array:
    """The codes that ``moved`` was given.

    Raises ``ValueError`` where its parts do not fit together.

    >>> unmoved("x", moved("x", np.array([0, 0, 2, 7], np.uint16))).tolist()
    [0, 0, 2, 7]
    """
    distance = unpacked(name, arrays)
    return distance + np.arange(len(distance), dtype=distance.dtype)


class Form(NamedTuple):
    """How an array lies on disk: as other arrays, from which it is made again."""

    stored: Callable[[str, Array], dict[str, Array]]
    restored: Callable[[str, Mapping[str, Array]], Array]


FORMS: Mapping[str, Form] = {
    "token_weights": Form(stepped, unstepped),
    "markup_weights": Form(stepped, unstepped),
    # Mostly zeros, as languages share few n-grams: 1.8 MB in .4; and few words.
    "language_table": Form(packed, unpacked),
    "stop_word_members": Form(packed, unpacked),
    # Most characters are normal as they are: 131 kB in 49.
    "language_normal": Form(moved, unmoved),
    # In order: .5 MB in .32 for 126,000.
    "formula_hashes": Form(halved, joined),
}
"""The arrays that do not lie on disk as they are."""
