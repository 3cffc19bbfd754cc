"""How arrays lie on disk: as bytes with a step, compressed, or both.

Each form is a pair of functions: one makes of an array those that are stored, by name, the other
makes it again of all that a model stores.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

MOST_BYTES = 64 << 20
"""No array of ours is near this; what would grow larger is not one of them."""

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


def deflated(name: str, array: Array) -> dict[str, Array]:
    """An array compressed, and one without rows that says of which shape and type it was.

    Of numbers of several bytes all first bytes come first, then all second ones: alike stand by
    alike.
    """
    planes = np.ascontiguousarray(array).view(np.uint8).reshape(-1, array.itemsize).T
    stream = zlib.compress(planes.tobytes(), 9)
    like = np.zeros((0, *array.shape), array.dtype)
    return {name: np.frombuffer(stream, np.uint8), f"{name}/like": like}


def inflated(name: str, arrays: Mapping[str, Array]) -> Array:
    """The array that ``deflated`` was given.

    Raises ``ValueError`` where its parts do not fit together.

    >>> inflated("x", deflated("x", np.array([[0, 0, 300], [1, 0, 0]]))).tolist()
    [[0, 0, 300], [1, 0, 0]]
    """
    like = arrays[f"{name}/like"]
    size = math.prod(like.shape[1:]) * like.itemsize
    if size > MOST_BYTES:
        message = f"{name} would hold {size:,} bytes"
        raise ValueError(message)
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(arrays[name].tobytes(), size + 1)
    except zlib.error as error:
        message = f"{name} cannot be decompressed ({error})"
        raise ValueError(message) from error
    if len(content) != size or not stream.eof:
        message = f"{name} does not hold the {size:,} bytes that it should"
        raise ValueError(message)
    planes = np.frombuffer(content, np.uint8).reshape(like.itemsize, -1)
    return np.ascontiguousarray(planes.T).view(like.dtype).reshape(like.shape[1:])


def squeezed(name: str, values: Floats) -> dict[str, Array]:
    """Values in steps, compressed."""
    stored = stepped(name, values)
    return stored | deflated(name, stored[name])


def unsqueezed(name: str, arrays: Mapping[str, Array]) -> Floats:
    """The values that ``squeezed`` was given, within half a step.

    Raises ``ValueError`` where its parts do not fit together.
    """
    return unstepped(name, {**arrays, name: inflated(name, arrays)})


def gaps(name: str, numbers: Array) -> dict[str, Array]:
    """Whole numbers, mostly in order, as how far each is from the one before, compressed."""
    return deflated(name, np.diff(numbers, prepend=numbers.dtype.type(0)))


def ungapped(name: str, arrays: Mapping[str, Array]) -> Array:
    """The numbers that ``gaps`` was given.

    Raises ``ValueError`` where its parts do not fit together.

    >>> ungapped("x", gaps("x", np.array([7, 9, 300, 0], np.uint16))).tolist()
    [7, 9, 300, 0]
    """
    distance = inflated(name, arrays)
    return np.cumsum(distance, dtype=distance.dtype)


class Form(NamedTuple):
    """How an array lies on disk: as other arrays, from which it is made again."""

    stored: Callable[[str, Array], dict[str, Array]]
    restored: Callable[[str, Mapping[str, Array]], Array]


FORMS: Mapping[str, Form] = {
    "token_weights": Form(squeezed, unsqueezed),
    "markup_weights": Form(squeezed, unsqueezed),
    # Mostly zeros, as languages share few n-grams: 1.8 MB in .3; and few words.
    "language_table": Form(deflated, inflated),
    "stop_word_members": Form(deflated, inflated),
    # Most characters are normal as they are: 131 kB in 24.
    "language_normal": Form(gaps, ungapped),
    # Hashes are in order, and most weights small: .6 MB of formulas in .35.
    **dict.fromkeys(("formula_hashes", "signpost_hashes", "slogan_hashes"), Form(gaps, ungapped)),
    **dict.fromkeys(("formula_steps", "signpost_steps", "slogan_steps"), Form(deflated, inflated)),
}
"""The arrays that do not lie on disk as they are."""
