"""Documents laid end to end, and what can be summed over the lines around a line.

Every sum over a window is a difference of two running sums, so its cost does not depend on the
window's width. No window reaches from one document into another.

``neighbour``, ``sum`` and ``mean`` take several columns at once, shape (columns, lines), as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cleaner.characters import Bools, Floats, Ints

ALL = 1 << 30
"""A reach beyond the end of any document."""


NEARLY = 1e-6
"""Sums that differ by less are alike: they are rounded."""


class Windows:
    """The places of lines in their documents.

    >>> windows = Windows([2, 3])
    >>> windows.document.tolist()
    [0, 0, 1, 1, 1]
    >>> values = np.array([1, 2, 3, 4, 5], np.float32)
    >>> windows.sum(values, 1, 1).tolist()
    [3.0, 3.0, 7.0, 12.0, 9.0]
    >>> windows.neighbour(values, 1).tolist()
    [2.0, 0.0, 4.0, 5.0, 0.0]
    """

    def __init__(self, sizes: Sequence[int] | Ints) -> None:
        self.first: Ints = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        """Index of each document's first line, and at the end the number of lines."""
        self._reaches: dict[tuple[int, int], tuple[Ints, Ints]] = {}
        self._neighbours: dict[int, tuple[Ints, Bools]] = {}

    def __len__(self) -> int:
        """The number of lines."""
        return int(self.first[-1])

    @cached_property
    def sizes(self) -> Ints:
        """Lines of each document."""
        return np.diff(self.first)

    @cached_property
    def index(self) -> Ints:
        """The index of each line."""
        return np.arange(len(self))

    @cached_property
    def document(self) -> Ints:
        """The document each line belongs to."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def start(self) -> Ints:
        """Index of the first line of each line's document."""
        return self.first[self.document]

    @cached_property
    def stop(self) -> Ints:
        """Index behind the last line of each line's document."""
        return self.first[self.document + 1]

    def neighbour(self, values: Floats, offset: int, missing: float = 0.0) -> Floats:
        """``values`` of the line ``offset`` further on; ``missing`` outside the document."""
        if offset not in self._neighbours:
            index = self.index + offset
            inside = (index >= self.start) & (index < self.stop)
            self._neighbours[offset] = np.where(inside, index, self.index), inside
        index, inside = self._neighbours[offset]
        return np.where(inside, values.take(index, axis=-1), np.float32(missing))

    def taken(self, documents: Ints) -> tuple[Ints, Windows]:
        """The lines of some documents, which may be named more than once, and their places.

        >>> rows, places = Windows([2, 1, 2]).taken(np.array([2, 0]))
        >>> rows.tolist(), places.sizes.tolist()
        ([3, 4, 0, 1], [2, 2])
        """
        places = Windows(self.sizes[documents])
        return places.index - places.start + self.first[documents][places.document], places

    def shifted(self, rows: Floats, offset: int) -> Floats:
        """Of each line the row of the line ``offset`` further on; zeros outside the document.

        ``rows`` has shape (lines, columns): whole rows are moved, for many columns at once.

        >>> Windows([2, 1]).shifted(np.array([[1], [2], [3]], np.float32), 1).ravel().tolist()
        [2.0, 0.0, 0.0]
        """
        moved = np.zeros_like(rows)
        if offset < 0:
            moved[-offset:] = rows[:offset]
            moved[self.index + offset < self.start] = 0
        else:
            moved[: max(len(rows) - offset, 0)] = rows[offset:]
            moved[self.index + offset >= self.stop] = 0
        return moved

    def sum(self, values: Floats, before: int, after: int) -> Floats:
        """Sums of ``values`` from ``before`` lines back to ``after`` lines on, both included."""
        low, high = self._reach(before, after)
        sums = _running(values)
        return (sums.take(high, axis=-1) - sums.take(low, axis=-1)).astype(np.float32)

    def _reach(self, before: int, after: int) -> tuple[Ints, Ints]:
        """The first line of each line's window, and the line behind the last one."""
        if (before, after) not in self._reaches:
            low = np.clip(self.index - before, self.start, self.stop)
            high = np.clip(self.index + after + 1, self.start, self.stop)
            self._reaches[before, after] = low, np.maximum(high, low)
        return self._reaches[before, after]

    def mean(self, values: Floats, before: int, after: int, weight: Floats | None = None) -> Floats:
        """Weighted means over a window; 0 where it holds no weight."""
        if weight is None:
            low, high = self._reach(before, after)
            sums, mass = self.sum(values, before, after), (high - low).astype(np.float32)
        else:
            sums, mass = self.sum(values * weight, before, after), self.sum(weight, before, after)
        mass = np.maximum(mass, np.float32(1e-6), dtype=np.float32)
        return sums / mass

    def total(self, values: Floats) -> Floats:
        """Sums over each line's document."""
        sums = _running(values)
        return (sums[self.stop] - sums[self.start]).astype(np.float32)

    def before(self, values: Floats) -> Floats:
        """Sums over the lines of the document before each line."""
        sums = _running(values)
        return (sums[:-1] - sums[self.start]).astype(np.float32)

    def since(self, marks: Bools) -> Floats:
        """Lines since the last marked line before each line; document length where none is."""
        index = self.index
        last = np.maximum.accumulate(np.where(marks, index, -1))
        last = np.concatenate(([-1], last[:-1])) if len(self) else last
        return np.where(last >= self.start, index - last, self.stop - self.start).astype(np.float32)

    def until(self, marks: Bools) -> Floats:
        """Lines until the next marked line behind each line; document length where none is."""
        index = self.index
        beyond = 1 << 40
        coming = np.minimum.accumulate(np.where(marks, index, beyond)[::-1])[::-1]
        coming = np.concatenate((coming[1:], [beyond])) if len(self) else coming
        return np.where(coming < self.stop, coming - index, self.stop - self.start).astype(
            np.float32
        )

    def between(self, values: Floats, begin: Ints, end: Ints) -> Floats:
        """Sums of ``values`` over the lines from ``begin`` to before ``end``, one pair a line."""
        sums = _running(values)
        return (sums[end] - sums[begin]).astype(np.float32)

    def best_run(self, score: Floats) -> tuple[Ints, Ints]:
        """Begin and end of the run of lines with the greatest sum, in each line's document.

        Of equal runs the first to end, and of those the shortest; never empty. One pair a line
        (Pasternack & Roth 2009, "Extracting article text from the web with maximum subsequence
        segmentation").

        >>> begin, end = Windows([5]).best_run(np.array([-1, 2, -1, 3, -4], np.float32))
        >>> int(begin[0]), int(end[0])
        (1, 4)
        """
        index, first = self.index, self.first[:-1][self.sizes > 0]
        sums = _running(score)
        before, after = sums[:-1] - sums[self.start], sums[1:] - sums[self.start]
        # Documents are set below one another, so that one running minimum serves all of them; no
        # lower than needed, as sums of a million documents must still tell their lines apart.
        drop = _running(np.abs(score))[self.start] + self.document
        lowest = np.minimum.accumulate(before - drop) + drop
        place = np.repeat(np.arange(len(first)), self.sizes[self.sizes > 0])
        gain = after - lowest
        best = np.maximum.reduceat(gain, first)[place]
        last = np.minimum.reduceat(np.where(gain >= best - NEARLY, index, len(self)), first)[place]
        fit = (before <= lowest[last] + NEARLY) & (index <= last)
        begin = np.maximum.reduceat(np.where(fit, index, -1), first)[place]
        return begin, last + 1


def _running(values: Floats) -> npt.NDArray[np.float64]:
    """The sums of the values before each line, and behind the last of all, along the last axis."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums
