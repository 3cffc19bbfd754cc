"""Decision trees that ask the same question of all nodes of a level, so that arrays can ask it.

A level of such an *oblivious* tree is one column and one border; the answers of all levels are the
bits of the leaf's number. Hundreds of trees are a few comparisons of whole arrays, 1 microsecond a
line, where trees of the usual kind would have to be walked node by node (Dorogush et al. 2018,
"CatBoost: gradient boosting with categorical features support").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.storage import Array, Floats, stepped, unstepped

Ints = npt.NDArray[np.intp]

CHUNK = 256
"""Rows answered at a time: their columns stay in the processor's cache."""

MOST_LEVELS = 8
"""The number of a leaf is a byte."""


@dataclass(frozen=True)
class Trees:
    """Trees whose leaves are summed to log-odds.

    ``column`` and ``border`` have shape (trees, levels): level ``i`` asks whether the column is
    above the border, and the answer is bit ``i`` of the leaf's number. ``leaf`` has shape
    (trees, 2 ** levels).

    >>> one = Trees(np.array([[0]]), np.array([[0.5]], np.float32), np.array([[-1, 2]], np.float32))
    >>> one(np.array([[0.0, 0.5, 0.6]], np.float32)).tolist()
    [-1.0, -1.0, 2.0]
    """

    column: npt.NDArray[np.integer[Any]]
    border: Floats
    leaf: Floats

    def __call__(self, columns: Floats) -> Floats:
        """The sum of the trees for each row of ``columns``, which has shape (columns, rows)."""
        rows = columns.shape[1]
        total = np.empty(rows, np.float32)
        first = np.arange(len(self.leaf))[:, None] * self.leaf.shape[1]
        for begin in range(0, rows, CHUNK):
            inside = slice(begin, begin + CHUNK)
            index = self._numbers(columns[:, inside]).astype(np.intp)
            index += first
            # "wrap" never wraps here; it takes a fifth less time than to check every index.
            total[inside] = self.leaf.take(index, mode="wrap").sum(axis=0)
        return total

    def _numbers(self, columns: Floats) -> npt.NDArray[np.uint8]:
        """The leaf that each row reaches in each tree, shape (trees, rows)."""
        column, border, asked = self._questions
        answers = (columns.take(column, axis=0) > border).view(np.uint8)
        numbers = np.zeros((len(self.leaf), columns.shape[1]), np.uint8)
        for question in asked[::-1]:
            numbers += numbers  # a shift by one bit, for which bytes have no fast instruction
            numbers |= answers.take(question, axis=0)
        return numbers

    @cached_property
    def _questions(self) -> tuple[Ints, Floats, Ints]:
        """The questions that differ, and which of them each level of each tree asks.

        Trees share half of their questions, each of which is to be asked once: its column and its
        border, shapes (questions,) and (questions, 1); and its index, shape (levels, trees).
        """
        column, border = self.column.T.ravel(), self.border.T.ravel()
        order = np.lexsort((border, column))
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (np.diff(column[order]) != 0) | (np.diff(border[order]) != 0)
        asked = np.empty_like(order)
        asked[order] = np.cumsum(fresh) - 1
        first = order[fresh]
        return column[first].astype(np.intp), border[first, None], asked.reshape(-1, len(self.leaf))

    def scaled(self, factor: np.float32) -> Trees:
        """The same trees, their sum multiplied by ``factor``."""
        return replace(self, leaf=self.leaf * factor)

    def arrays(self) -> dict[str, Array]:
        """Everything by name; leaves as bytes, which is enough for a sum of hundreds."""
        return {
            "column": self.column.astype(np.int16),
            "border": self.border,
            **stepped("leaf", self.leaf),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, Array], columns: int) -> Trees:
        """The trees that ``arrays()`` described, over so many columns.

        Raises ``ValueError`` where the arrays do not fit together.
        """
        column, border, leaf = arrays["column"], arrays["border"], arrays["leaf"]
        levels = column.shape[1] if column.ndim == 2 else 0
        if (
            column.shape != border.shape
            or not 0 < levels <= MOST_LEVELS
            or leaf.shape != (len(column), 1 << levels)
        ):
            message = f"trees of shapes {column.shape}, {border.shape} and {leaf.shape}"
            raise ValueError(message)
        if column.dtype.kind != "i" or column.min() < 0 or column.max() >= columns:
            message = f"trees read columns that are not among the {columns}"
            raise ValueError(message)
        return cls(column, border.astype(np.float32), unstepped("leaf", arrays))
