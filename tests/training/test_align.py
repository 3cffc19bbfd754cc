"""Alignment: a table of cases, and properties that hold for any text."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.page import Label
from cleaner.training.align import align, longest_increasing, match, tokens, words

BODY = "The river rose by two metres during the night and flooded the lower part of the old town."
SECOND = (
    "Firemen carried nine people out of their houses, and the bridge stays closed until Friday."
)


@dataclass(frozen=True)
class Case:
    """Scraped lines, each with the first letter of its label (``?`` = masked), and the gold."""

    why: str
    lines: list[tuple[str, str]]
    gold: str
    title: str = ""
    standfirst: str = ""


CASES = [
    Case("menus around a body", [("Home", "j"), (BODY, "a"), ("Imprint", "j")], BODY),
    Case(
        "a paragraph torn at its links, down to single words",
        [("The river", "a"), ("rose", "a"), ("by two metres", "a"), (BODY[29:], "a")],
        BODY,
    ),
    Case(
        "a word of the body in a menu is not the body",
        [("night", "j"), ("town", "j"), (BODY, "a"), ("river", "j")],
        BODY,
    ),
    Case(
        "a short heading that is a whole gold line",
        [("Share", "j"), (BODY, "a"), ("Help", "a"), (SECOND, "a")],
        f"{BODY}\nHelp\n{SECOND}",
    ),
    Case(
        "short list items, numbered in the gold only or on the page only",
        [(BODY, "a"), ("Find it", "a"), ("2. Fix it", "a"), (SECOND, "a"), ("3. Leave", "j")],
        f"{BODY}\n1. Find it\nFix it\n{SECOND}",
    ),
    Case(
        "a paragraph with residue glued to its end",
        [(f"{BODY} Read more", "a"), (SECOND, "a")],
        f"{BODY}\n{SECOND}",
    ),
    Case(
        "body text printed twice, as in pull quotes",
        [(BODY, "a"), (SECOND, "a"), (BODY, "a")],
        f"{BODY}\n{SECOND}",
    ),
    Case("moved behind the rest", [(SECOND, "a"), (BODY, "a")], f"{BODY}\n{SECOND}"),
    Case(
        "the headline beside the body, though the gold leaves it out",
        [("Flood in town", "?"), ("Home", "j"), ("Flood in town", "a"), (BODY, "a")],
        BODY,
        "Flood in town",
    ),
    Case(
        "the headline again below the body",
        [("Flood in town", "a"), (BODY, "a"), ("Flood in town", "?")],
        f"Flood in town\n{BODY}",
        "Flood in town",
    ),
    Case(
        "a headline on two lines, its title with the site's name",
        [("Flood in", "a"), ("the old town", "a"), (BODY, "a")],
        BODY,
        "Flood in the old town | Daily News",
    ),
    Case(
        "a headline of one word beside the body",
        [("Flood", "a"), ("by Ann Example", "j"), (BODY, "a")],
        BODY,
        "Flood",
    ),
    Case(
        "a menu entry like a headline of one word",
        [("Flood", "j"), *[(f"Menu {n}", "j") for n in range(9)], (BODY, "a")],
        BODY,
        "Flood",
    ),
    Case(
        "the standfirst, in teaser and head, though the gold leaves it out",
        [
            ("Nine people were carried out of their houses", "?"),
            ("Flood in town", "a"),
            ("Nine people were carried out of their houses", "a"),
            (BODY, "a"),
        ],
        BODY,
        "Flood in town",
        "Nine people were carried out of their houses.",
    ),
    Case(
        "metadata that cut the standfirst short",
        [(SECOND, "a"), (BODY, "a")],
        BODY,
        standfirst=f"{SECOND[:76]}...",
    ),
    Case(
        "a standfirst that is the beginning of the body",
        [("Home", "j"), (BODY, "a"), (SECOND, "a")],
        f"{BODY}\n{SECOND}",
        standfirst=BODY,
    ),
    Case("a headline without a body says nothing", [("Flood in town", "j")], "", "Flood in town"),
    Case("separators are junk, other marks follow the text", [(BODY, "a"), ("|", "j")], BODY),
    Case("a lost bracket", [(BODY, "a"), (").", "a"), (SECOND, "a")], f"{BODY}\n{SECOND}"),
    Case("soft hyphens", [("The riv\u00ader rose by two me\u00adtres", "a")], BODY),
    Case(
        "Chinese: a character is a token, two of them are no evidence",
        [("首页", "j"), ("新闻", "j"), ("昨天夜里河水上涨两米,淹没了老城区的新闻大楼。", "a")],
        "昨天夜里河水上涨两米，淹没了老城区的新闻大楼。",
    ),
    Case("nothing is wanted", [("Home", "j"), (BODY, "j")], ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_case(case: Case) -> None:
    aligned = align([text for text, _ in case.lines], case.gold, case.title, [case.standfirst])
    seen = [
        label.value[0] if weight else "?"
        for label, weight in zip(aligned.labels, aligned.weights, strict=True)
    ]
    assert seen == [letter for _, letter in case.lines]


def test_half_found_lines_are_doubtful() -> None:
    half = "the river rose by two metres last Monday says our weather expert"
    aligned = align([half, SECOND], f"{BODY}\n{SECOND}")
    assert aligned.labels[0] is Label.JUNK
    assert 0 < aligned.weights[0] < 1


def test_what_half_repeats_the_body_elsewhere_is_junk() -> None:
    teaser = "the river rose by two metres last Monday says our weather expert"
    aligned = align([BODY, SECOND, teaser], f"{BODY}\n{SECOND}")
    assert (aligned.labels[2], aligned.weights[2]) == (Label.JUNK, 1)


def test_lines_without_words_weigh_little() -> None:
    aligned = align([BODY, "***", SECOND], f"{BODY}\n{SECOND}")
    assert aligned.labels[1] is Label.JUNK
    assert 0 < aligned.weights[1] < 0.3


def test_endless_repetition_ends() -> None:
    endless = "a " * 20_000
    assert len(align([f"b {endless}", endless], f"c {endless}").labels) == 2


def test_coverage_is_the_share_of_gold_tokens_found() -> None:
    assert align([BODY], f"{BODY}\n{BODY.upper()}").coverage == pytest.approx(0.5)
    assert align(["Home"], BODY).coverage == 0
    assert align([], "").coverage == 1


VOCABULARY = st.sampled_from(["a", "b", "c", "d", "e", "rain", "river", "河", "水"])
TEXTS = st.lists(st.lists(VOCABULARY, max_size=9).map(" ".join), max_size=12)


@given(TEXTS, TEXTS, st.lists(VOCABULARY, max_size=4).map(" ".join))
def test_any_input_gets_a_label_and_a_weight_a_line(
    lines: list[str], gold: list[str], title: str
) -> None:
    aligned = align(lines, "\n".join(gold), title)
    assert len(aligned.labels) == len(aligned.weights) == len(lines)
    assert set(aligned.labels) <= {Label.ARTICLE, Label.JUNK}
    assert all(0 <= weight <= 1 for weight in aligned.weights)
    assert 0 <= aligned.coverage <= 1


@given(TEXTS, st.text())
def test_the_same_input_gets_the_same_answer(lines: list[str], gold: str) -> None:
    assert align(lines, gold) == align(lines, gold)


@given(st.lists(st.integers(0, 10**6).map(str), unique=True, min_size=8, max_size=60))
def test_text_of_distinct_words_is_found_whole(run: list[str]) -> None:
    """However it is broken into lines."""
    lines = [" ".join(run[at : at + 4]) for at in range(0, len(run), 4)]
    aligned = align(["Home", *lines, "Share"], " ".join(run))
    assert aligned.coverage == 1
    assert aligned.labels == (Label.JUNK, *[Label.ARTICLE] * len(lines), Label.JUNK)


@given(st.lists(VOCABULARY), st.lists(VOCABULARY))
def test_matches_pair_equal_tokens_in_order(left: list[str], right: list[str]) -> None:
    found = match(left, right)
    pairs = [(ours, theirs) for ours, theirs in enumerate(found) if theirs >= 0]
    assert all(left[ours] == right[theirs] for ours, theirs in pairs)
    assert [theirs for _, theirs in pairs] == sorted({theirs for _, theirs in pairs})


@given(st.lists(st.integers(0, 30), max_size=12))
def test_longest_increasing_is_longest(values: list[int]) -> None:
    chosen = longest_increasing(list(enumerate(values)))
    assert all(pair in set(enumerate(values)) for pair in chosen)
    assert [v for _, v in chosen] == sorted({v for _, v in chosen})
    best = [1] * len(values)
    for at, value in enumerate(values):
        best[at] += max((best[k] for k in range(at) if values[k] < value), default=0)
    assert len(chosen) == max(best, default=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr O'Brien's 3.5 m", ["mr", "o", "brien", "s", "3", "5", "m"]),
        ("Wetter\u00advorhersage", ["wettervorhersage"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("ฝนตก", ["ฝ", "น", "ต", "ก"]),
        ("GPT模型v4", ["gpt", "模", "型", "v4"]),
        ("- | ·", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_words_of_wide_scripts_are_two_characters() -> None:
    assert words(tokens("a river 河水")) == 3
