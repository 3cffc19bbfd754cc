"""A network that reads a line together with the lines around it.

A line of a comment or of a teaser often looks like one of an article; what stands above and below
tells. Every block of layers looks twice as far as the one before, so that few of them see dozens of
lines, at a cost that does not depend on how long a document is (van den Oord et al. 2016, "WaveNet:
a generative model for raw audio"; Bai et al. 2018, "An empirical evaluation of generic
convolutional and recurrent networks for sequence modeling").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cleaner.storage import Array, Floats, stepped, unstepped
from cleaner.windows import Windows


@dataclass(frozen=True)
class Convolutions:
    """A layer that reads the inputs of a line, blocks that read the lines around, a layer behind.

    A block has two layers, and what it makes of its input is added to it. The first layer of block
    ``i`` reads a line, that ``2 ** i`` lines before it and that as many behind, of the same
    document; the second what the first one says.
    """

    enter: Floats
    """Shape (inputs, width)."""
    enter_bias: Floats
    """Shape (width,)."""
    near: Floats
    """Shape (blocks, 3 * width, width)."""
    near_bias: Floats
    """Shape (blocks, width)."""
    mixed: Floats
    """Shape (blocks, width, width)."""
    mixed_bias: Floats
    """Shape (blocks, width)."""
    leave: Floats
    """Shape (width,)."""
    leave_bias: Floats
    """Shape (1,)."""

    def __call__(self, inputs: Floats, windows: Windows) -> Floats:
        """The log-odds of every line; ``inputs`` has shape (lines, inputs).

        Lines outside the document count as zeros:

        >>> one, zero = np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32)
        >>> near = np.array([[[1], [0], [10]]], np.float32)
        >>> sums = Convolutions(one, zero[0], near, zero, one[None], zero, one[0], zero[0])
        >>> sums(np.array([[1], [2], [3]], np.float32), Windows([3])).tolist()
        [21.0, 33.0, 5.0]
        """
        hidden = inputs @ self.enter
        hidden += self.enter_bias
        np.maximum(hidden, 0, out=hidden)
        for block in range(len(self.near)):
            answer = surrounded(hidden, windows, 1 << block) @ self.near[block]
            answer += self.near_bias[block]
            np.maximum(answer, 0, out=answer)
            answer = answer @ self.mixed[block]
            answer += self.mixed_bias[block]
            answer += hidden
            hidden = answer
        return np.maximum(hidden, 0, out=hidden) @ self.leave + self.leave_bias

    def scaled(self, slope: np.float32, shift: np.float32) -> Convolutions:
        """The network whose log-odds are these times ``slope``, and ``shift`` more."""
        return replace(self, leave=self.leave * slope, leave_bias=self.leave_bias * slope + shift)

    def arrays(self) -> dict[str, Array]:
        """Everything by name; the large layers as bytes, which is enough."""
        found: dict[str, Array] = {
            name: array.astype(np.float16) for name, array in vars(self).items()
        }
        for name in LARGE:
            found |= stepped(name, vars(self)[name], axis=-2)
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, Array], inputs: int) -> Convolutions:
        """The network that ``arrays()`` described, over so many inputs.

        Raises ``ValueError`` where the arrays do not fit together.
        """
        blocks, width = arrays["near_bias"].shape
        expected = shapes(inputs, blocks, width)
        for name, shape in expected.items():
            if arrays[name].shape != shape:
                message = f"{name} of shape {arrays[name].shape}, not {shape}"
                raise ValueError(message)
        large = {name: unstepped(name, arrays, axis=-2) for name in LARGE}
        return cls(**{name: arrays[name].astype(np.float32) for name in expected} | large)


LARGE = ("enter", "near", "mixed")
"""The layers that have more than a line of weights."""


def shapes(inputs: int, blocks: int, width: int) -> dict[str, tuple[int, ...]]:
    """The shape of every array of a network, in order."""
    return {
        "enter": (inputs, width),
        "enter_bias": (width,),
        "near": (blocks, 3 * width, width),
        "near_bias": (blocks, width),
        "mixed": (blocks, width, width),
        "mixed_bias": (blocks, width),
        "leave": (width,),
        "leave_bias": (1,),
    }


def surrounded(hidden: Floats, windows: Windows, reach: int) -> Floats:
    """The hidden values of the line ``reach`` before, of each line and of that ``reach`` behind.

    Shape (lines, 3 * width).
    """
    before, after = windows.shifted(hidden, -reach), windows.shifted(hidden, reach)
    return np.concatenate((before, hidden, after), axis=1)
