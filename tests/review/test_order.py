"""What teaches most comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.review.order import DOUBT, ENOUGH, Candidate, doubt, order, value

SURE, UNSURE, OPEN = [0.99] * 9, [0.75] * 9, [0.5] * 9

CASES = [
    ([("a", "x", SURE), ("b", "y", OPEN)], {}, "ba", "the uncertain one first"),
    ([("a", "x", SURE), ("b", "x", UNSURE), ("c", "x", OPEN)], {}, "cba", "within a site too"),
    ([("a", "x", OPEN), ("b", "x", OPEN), ("c", "y", UNSURE)], {}, "acb", "a new site goes before"),
    ([("a", "x", OPEN), ("b", "y", UNSURE)], {"x": 1}, "ba", "what is reviewed makes a site known"),
    ([("a", "x", OPEN), ("b", "y", SURE)], {"x": 3}, "ab", "a new site that teaches nothing waits"),
    ([("a", "x", []), ("b", "y", OPEN)], {}, "ba", "nothing left to label"),
    ([("a", "x", OPEN), ("b", "y", OPEN), ("c", "z", OPEN)], {}, "abc", "ties stay as they came"),
    ([("a", "x", OPEN * 9), ("b", "y", OPEN * 90)], {}, "ab", "no more than ENOUGH lines count"),
    ([], {}, "", "no document"),
]


@pytest.mark.parametrize(
    ("candidates", "reviewed", "expected", "comment"), CASES, ids=[case[-1] for case in CASES]
)
def test_cases(candidates, reviewed, expected, comment):
    found = order([Candidate(*candidate) for candidate in candidates], reviewed)
    assert "".join(found) == expected, comment


def test_uncertain_is_what_lies_between_one_fifth_and_four():
    assert all(doubt(probability) >= DOUBT for probability in (0.21, 0.5, 0.79))
    assert all(doubt(probability) < DOUBT for probability in (0.0, 0.19, 0.81, 1.0))


@given(st.floats(0, 1))
def test_doubt_is_bits_and_blind_to_the_side(probability):
    assert 0 <= doubt(probability) <= 1
    assert doubt(probability) == pytest.approx(doubt(1 - probability))


@given(st.lists(st.floats(0, 1)))
def test_a_document_teaches_what_its_most_doubtful_lines_do(probabilities):
    assert 0 <= value(probabilities) <= ENOUGH
    assert value(probabilities) <= value([*probabilities, 0.5])


@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.lists(st.floats(0, 1), max_size=4))),
    st.dictionaries(st.sampled_from("xyz"), st.integers(0, 9)),
)
def test_every_document_comes_once(pages, reviewed):
    candidates = [Candidate(str(i), site, p) for i, (site, p) in enumerate(pages)]
    assert sorted(order(candidates, reviewed)) == sorted(c.key for c in candidates)
