"""Text to lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.split import INVISIBLE, split

CASES = [
    ("", [], "nothing"),
    ("\n\n \t\n", [], "only blank lines"),
    ("One", [(1, "One", False)], "no line end at the end"),
    ("One\nTwo\n", [(1, "One", False), (2, "Two", False)], "neighbours"),
    ("\n\nOne\n\nTwo", [(3, "One", False), (5, "Two", True)], "no line stands before the first"),
    (
        "One\r\nTwo\rThree",
        [(1, "One", False), (2, "Two", False), (3, "Three", False)],
        "Windows, Mac",
    ),
    (
        "One\u2028Two\u2029Three",
        [(1, "One", False), (2, "Two", False), (3, "Three", False)],
        "Unicode's",
    ),
    (
        "One\x0bTwo\x0cThree",
        [(1, "One", False), (2, "Two", False), (3, "Three", False)],
        "VT and FF",
    ),
    ("\u00a0One\u3000", [(1, "One", False)], "no-break and ideographic space"),
    ("\ufeff\u200b One \u200b", [(1, "One", False)], "zero width at the edges, space between"),
    (
        "One\n\u200b\u00a0\u200e\nTwo",
        [(1, "One", False), (3, "Two", True)],
        "an invisible line is blank",
    ),
    ("non\u200bbreaking", [(1, "non\u200bbreaking", False)], "zero width within a line stays"),
    ("-\n|", [(1, "-", False), (2, "|", False)], "separators are lines"),
]


@pytest.mark.parametrize(("text", "expected", "comment"), CASES, ids=[case[2] for case in CASES])
def test_cases(text, expected, comment):
    assert [(x.number, x.text, x.blank_before) for x in split(text)] == expected, comment


@given(st.text())
def test_numbers_lead_back_to_the_source(text):
    source = text.splitlines()
    for line in split(text):
        assert line.text in source[line.number - 1]


@given(st.text(alphabet=st.sampled_from("ab \n\r\x0b\x85\u2028\u00a0" + INVISIBLE)))
def test_every_visible_line_is_there_once_and_in_order(text):
    visible = [
        x for x in text.splitlines() if any(not c.isspace() and c not in INVISIBLE for c in x)
    ]
    lines = split(text)
    assert len(lines) == len(visible)
    assert all(line.text in raw for line, raw in zip(lines, visible, strict=True))
    numbers = [line.number for line in lines]
    assert numbers == sorted(set(numbers))


def test_a_million_empty_lines_and_a_line_of_ten_megabytes():
    assert split("\n" * 1_000_000) == ()
    assert len(split("word " * 2_000_000)) == 1
