"""Layers of a network that read a line together with the lines around it.

A line of a comment or of a teaser often looks like one of an article; what stands above and below
tells. Every block of layers looks twice as far as the one before, so that few of them see dozens of
lines, at a cost that does not depend on how long a document is (van den Oord et al. 2016, "WaveNet:
a generative model for raw audio"; Bai et al. 2018, "An empirical evaluation of generic
convolutional and recurrent networks for sequence modeling").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cleaner.trees import Array, Floats, in_bytes
from cleaner.windows import Windows


@dataclass(frozen=True)
class Convolutions:
    """Blocks of two layers; what a block makes of its input is added to it.

    The first layer of block ``i`` reads a line, that ``2 ** i`` lines before it and that as many
    behind, of the same document; the second what the first one says. ``near`` has shape (blocks,
    3 * width, width), ``mixed`` (blocks, width, width), their biases (blocks, width).
    """

    near: Floats
    near_bias: Floats
    mixed: Floats
    mixed_bias: Floats

    def __call__(self, hidden: Floats, windows: Windows) -> Floats:
        """What the blocks make of every line's hidden values, shape (lines, width).

        Lines outside the document count as zeros:

        >>> block = np.array([[[1], [0], [10]]], np.float32)
        >>> zero = np.zeros((1, 1), np.float32)
        >>> sums = Convolutions(block, zero, np.ones((1, 1, 1), np.float32), zero)
        >>> sums(np.array([[1], [2], [3]], np.float32), Windows([3])).ravel().tolist()
        [21.0, 33.0, 5.0]
        """
        for block in range(len(self.near)):
            answer = surrounded(hidden, windows, 1 << block) @ self.near[block]
            answer += self.near_bias[block]
            np.maximum(answer, 0, out=answer)
            answer = answer @ self.mixed[block]
            answer += self.mixed_bias[block]
            answer += hidden
            hidden = answer
        return np.maximum(hidden, 0, out=hidden)

    def arrays(self) -> dict[str, Array]:
        """Everything by name; layers as bytes, each with its step, which is enough."""
        layers = {"near": self.near, "mixed": self.mixed}
        found: dict[str, Array] = {
            "near_bias": self.near_bias.astype(np.float16),
            "mixed_bias": self.mixed_bias.astype(np.float16),
        }
        for name, layer in layers.items():
            steps = [in_bytes(block) for block in layer]
            found[name] = np.stack([values for values, _ in steps])
            found[f"{name} step"] = np.concatenate([step for _, step in steps])
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, Array], width: int) -> Convolutions:
        """The blocks that ``arrays()`` described, over so many hidden values.

        Raises ``ValueError`` where the arrays do not fit together.
        """
        shapes = {
            "near": (3 * width, width),
            "mixed": (width, width),
            "near_bias": (width,),
            "mixed_bias": (width,),
            "near step": (),
            "mixed step": (),
        }
        blocks = len(arrays["near"])
        for name, shape in shapes.items():
            if arrays[name].shape != (blocks, *shape):
                message = f"{name} of shape {arrays[name].shape} behind {width} hidden values"
                raise ValueError(message)
        near, mixed = (
            arrays[name] * arrays[f"{name} step"].astype(np.float32)[:, None, None]
            for name in ("near", "mixed")
        )
        return cls(
            near,
            arrays["near_bias"].astype(np.float32),
            mixed,
            arrays["mixed_bias"].astype(np.float32),
        )


def surrounded(hidden: Floats, windows: Windows, reach: int) -> Floats:
    """The hidden values of the line ``reach`` before, of each line and of that ``reach`` behind.

    Shape (lines, 3 * width).
    """
    before, after = windows.shifted(hidden, -reach), windows.shifted(hidden, reach)
    return np.concatenate((before, hidden, after), axis=1)
