"""Networks of random weights, for the tests."""

from __future__ import annotations

import numpy as np

from cleaner.convolutions import Convolutions, shapes
from cleaner.trees import Trees


def convolutions(blocks: int, width: int, inputs: int = 3, seed: int = 0) -> Convolutions:
    """Convolutions of random weights."""
    rng = np.random.default_rng(seed)
    drawn = {
        name: rng.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in shapes(inputs, blocks, width).items()
    }
    return Convolutions(**drawn)


def tree() -> Trees:
    """A tree of one level, over the first of its columns."""
    column, border = np.zeros((1, 1), np.int16), np.zeros((1, 1), np.float32)
    return Trees(column, border, np.array([[-1, 1]], np.float32))
