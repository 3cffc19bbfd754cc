"""Sums over the lines around a line, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.windows import ALL, Windows

SIZES = st.lists(st.integers(0, 7), max_size=6)
REACH = st.sampled_from([-1, 0, 1, 2, 5, ALL])


@st.composite
def columns(draw: st.DrawFn) -> tuple[Windows, np.ndarray, np.ndarray, np.ndarray]:
    """Documents of random sizes with values, weights and marks for their lines."""
    windows = Windows(draw(SIZES))
    size = len(windows)

    def some(elements: st.SearchStrategy) -> list:
        return draw(st.lists(elements, min_size=size, max_size=size))

    values = np.array(some(st.floats(-100, 100, width=32)), np.float32)
    weights = np.array(some(st.sampled_from([0.0, 0.5, 1.0, 80.0])), np.float32)
    return windows, values, weights, np.array(some(st.booleans()), np.bool_)


def documents(windows: Windows) -> list[range]:
    """The lines of every document."""
    first = windows.first.tolist()
    return [range(first[i], first[i + 1]) for i in range(len(first) - 1)]


def around(document: range, line: int, before: int, after: int) -> list[int]:
    """The lines of a document from ``before`` lines back to ``after`` lines on."""
    return [other for other in document if line - before <= other <= line + after]


def looped(windows: Windows, of_line) -> list[float]:
    """What a function of a document and a line says of every line, in order."""
    return [of_line(document, line) for document in documents(windows) for line in document]


@given(columns())
def test_places(drawn):
    windows, *_ = drawn
    assert len(windows) == sum(map(len, documents(windows)))
    numbers = [i for i, document in enumerate(documents(windows)) for _ in document]
    assert windows.document.tolist() == numbers
    assert windows.start.tolist() == looped(windows, lambda document, _: document.start)
    assert windows.stop.tolist() == looped(windows, lambda document, _: document.stop)


@given(columns(), st.integers(-4, 4), st.sampled_from([0.0, -4.0]))
def test_neighbours(drawn, offset, missing):
    windows, values, *_ = drawn

    def plain(document: range, line: int) -> float:
        return values[line + offset] if line + offset in document else missing

    assert windows.neighbour(values, offset, missing).tolist() == looped(windows, plain)


@given(columns(), REACH, REACH)
def test_sums(drawn, before, after):
    windows, values, *_ = drawn

    def plain(document: range, line: int) -> float:
        return sum(float(values[other]) for other in around(document, line, before, after))

    found = windows.sum(values, before, after)
    assert found.tolist() == pytest.approx(looped(windows, plain), abs=1e-4)


def test_a_window_may_begin_beyond_the_document():
    windows = Windows([2, 2])
    values = np.array([1, 2, 4, 8], np.float32)
    assert windows.sum(values, -2, 3).tolist() == [0.0, 0.0, 0.0, 0.0]
    assert windows.sum(values, 3, -2).tolist() == [0.0, 0.0, 0.0, 0.0]


@given(columns(), REACH, REACH)
def test_means(drawn, before, after):
    windows, values, *_ = drawn

    def plain(document: range, line: int) -> float:
        inside = around(document, line, before, after)
        return sum(float(values[other]) for other in inside) / max(len(inside), 1)

    found = windows.mean(values, before, after)
    assert found.tolist() == pytest.approx(looped(windows, plain), abs=1e-4)


@given(columns(), REACH, REACH)
def test_weighted_means(drawn, before, after):
    windows, values, weights, _ = drawn

    def plain(document: range, line: int) -> float:
        inside = around(document, line, before, after)
        mass = sum(float(weights[other]) for other in inside)
        return sum(float(values[o] * weights[o]) for o in inside) / mass if mass else 0.0

    found = windows.mean(values, before, after, weights)
    assert found.tolist() == pytest.approx(looped(windows, plain), rel=1e-5, abs=1e-3)


@given(columns())
def test_totals(drawn):
    windows, values, *_ = drawn

    def plain(document: range, _: int) -> float:
        return sum(float(values[other]) for other in document)

    assert windows.total(values).tolist() == pytest.approx(looped(windows, plain), abs=1e-4)


@given(columns())
def test_sums_before(drawn):
    windows, values, *_ = drawn

    def plain(document: range, line: int) -> float:
        return sum(float(values[other]) for other in document if other < line)

    assert windows.before(values).tolist() == pytest.approx(looped(windows, plain), abs=1e-4)


@given(columns())
def test_since_and_until(drawn):
    windows, _, _, marks = drawn

    def since(document: range, line: int) -> int:
        behind = [line - other for other in document if other < line and marks[other]]
        return min(behind, default=len(document))

    def until(document: range, line: int) -> int:
        ahead = [other - line for other in document if other > line and marks[other]]
        return min(ahead, default=len(document))

    assert windows.since(marks).tolist() == looped(windows, since)
    assert windows.until(marks).tolist() == looped(windows, until)


@given(columns(), st.integers(0, 3), st.integers(0, 3))
def test_what_stands_in_other_documents_does_not_matter(drawn, before, after):
    """All but one document are filled with other values; that one's sums stay the same."""
    windows, values, _, marks = drawn
    for document in documents(windows):
        inside = np.isin(np.arange(len(windows)), document)
        other = np.where(inside, values, np.float32(7777))
        other_marks = np.where(inside, marks, True)
        for one, two in (
            (windows.sum(values, before, after), windows.sum(other, before, after)),
            (windows.mean(values, before, ALL), windows.mean(other, before, ALL)),
            (windows.total(values), windows.total(other)),
            (windows.before(values), windows.before(other)),
            (windows.neighbour(values, after - before), windows.neighbour(other, after - before)),
            (windows.since(marks), windows.since(other_marks)),
            (windows.until(marks), windows.until(other_marks)),
        ):
            assert one[inside].tolist() == pytest.approx(two[inside].tolist(), abs=1e-3)


def test_small_values_keep_their_digits_behind_large_documents():
    """Running sums over a batch must not swallow a small document at its end."""
    windows = Windows([4000, 3])
    values = np.concatenate((np.full(4000, 1500), [0.25, 0.5, 0.125])).astype(np.float32)
    assert windows.sum(values, 1, 1)[-3:].tolist() == [0.75, 0.875, 0.625]
    assert windows.total(values)[-1] == 0.875
    assert windows.before(values)[-3:].tolist() == [0.0, 0.25, 0.75]


@pytest.mark.parametrize("sizes", [[], [0], [0, 0, 0]], ids=str)
def test_no_lines(sizes):
    windows = Windows(sizes)
    nothing = np.zeros(0, np.float32)
    assert len(windows) == 0
    for found in (
        windows.sum(nothing, 1, 1),
        windows.mean(nothing, 1, 1),
        windows.total(nothing),
        windows.before(nothing),
        windows.neighbour(nothing, 1),
        windows.since(nothing.astype(bool)),
        windows.until(nothing.astype(bool)),
    ):
        assert found.shape == (0,)


def test_a_run_is_the_same_among_many_documents():
    """Sums over a training corpus must still tell lines apart: once they could not, and two of
    five runs began before their document."""
    rng = np.random.default_rng(0)
    score = rng.normal(0, 300, (20_000, 40)).astype(np.float32)
    begin, end = Windows([40] * len(score)).best_run(score.ravel())
    for number in (0, 7, 9_999, 19_999):
        alone = Windows([40]).best_run(score[number])
        inside = slice(number * 40, number * 40 + 1)
        assert begin[inside] - number * 40 == alone[0][0]
        assert end[inside] - number * 40 == alone[1][0]
    assert (begin >= np.repeat(np.arange(len(score)) * 40, 40)).all()
