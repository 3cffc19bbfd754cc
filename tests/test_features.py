"""A batch of documents as numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rows import facts, facts_of, rivals
from sentences import SENTENCES

from cleaner import Cleaner, Line, judge
from cleaner.context import fact_kind
from cleaner.features import (
    TOKEN_BUCKETS,
    Batch,
    Columns,
    StopWords,
    effective_length,
    token_logits,
    tokens,
)
from cleaner.language import Languages
from cleaner.split import split

PIECES = [
    *SENTENCES.values(),
    *("Home", "Login", "Read more", "Share", "3 comments", "12:45", "2 May 2024", "-", "|", "..."),
    *("By Jane Doe", "https://example.org/a", "write to a@example.org", "SALE -20 % NOW!", "(see"),
    *("page 7 of 12)", "“He said so.”", "• first", "1.", "一", "العربية", "👍", "€ 9.99", "infor-"),
]
LINES = st.one_of(
    st.sampled_from(PIECES),
    st.text(max_size=50),
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.just(""),
)
DOCUMENTS = st.lists(LINES, min_size=1, max_size=12).map("\n".join).map(split).filter(len)
"""Documents as a reader would meet them: real lines, blank ones, and anything a str can hold."""


def assert_equal(one: Columns, other: Columns, lines: slice = slice(None)) -> None:
    """Both have the same columns, ``other`` those of ``one`` on ``lines``."""
    assert list(one) == list(other)
    for name, column in one.items():
        assert other[name][lines] == pytest.approx(column, abs=1e-4), name


def text_facts(cleaner: Cleaner, *texts: str) -> Columns:
    """The own facts of the lines of one document."""
    lines = [Line(text, number) for number, text in enumerate(texts, start=1)]
    return facts_of(cleaner, lines)["own"]


@given(DOCUMENTS, st.lists(DOCUMENTS, max_size=3), st.lists(DOCUMENTS, max_size=3))
@settings(max_examples=40)
@example(split("Rain fell.\nHome"), [], [split("Home\nThe rain fell again.")])
def test_a_documents_facts_do_not_depend_on_its_batch(cleaner, document, before, behind):
    """What a page is cleaned to must not depend on which pages came with it."""
    alone = facts_of(cleaner, document)
    batch = facts_of(cleaner, *before, document, *behind)
    start = sum(map(len, before))
    for reader, columns in alone.items():
        assert_equal(columns, batch[reader], slice(start, start + len(document)))


def test_nor_do_those_of_real_pages(cleaner, clean_texts):
    documents = [split(text) for text in list(clean_texts.values())[::2]]
    batch = facts_of(cleaner, *documents)
    start = 0
    for document in documents:
        alone = facts_of(cleaner, document)
        for reader, columns in alone.items():
            assert_equal(columns, batch[reader], slice(start, start + len(document)))
        start += len(document)


@given(st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_facts_are_finite_for_any_text(cleaner, documents):
    size = sum(map(len, documents))
    for columns in facts_of(cleaner, *documents).values():
        for name, column in columns.items():
            assert column.dtype == np.float32, name
            assert column.shape == (size,), name
            assert np.isfinite(column).all(), name


def test_facts_stay_finite_on_a_very_long_line(cleaner):
    for columns in facts(
        [split("word " * 200_000)], cleaner.languages, cleaner.stop_words
    ).values():
        assert all(np.isfinite(column).all() for column in columns.values())


@pytest.fixture(scope="module")
def some(cleaner) -> Mapping[str, Columns]:
    """All facts of a small document."""
    return facts_of(cleaner, split("One.\n\nTwo"))


def test_no_two_facts_share_a_name(some):
    """The article model reads own facts and context side by side: one must not hide another."""
    assert not set(some["own"]) & set(some["context"])


def test_nor_do_those_of_text_and_markup(some):
    assert not (set(some["own"]) | set(some["context"])) & set(some["markup"])


def test_the_shipped_model_reads_facts_that_exist(cleaner, some):
    text = set(some["own"]) | set(some["context"])
    known = {
        "article": text,
        "reasons": text,
        "title": text,
        "spam": set(some["spam"]),
        "join": set(some["join"]),
        "markup": text | set(some["markup"]),
        "host": set(rivals(cleaner.languages, [SENTENCES["en"]]).columns),
    }
    for name, network in cleaner.model.networks.items():
        assert set(network.columns) <= known[name], name


def test_every_fact_of_the_article_model_has_a_kind_that_can_be_named(cleaner, some):
    for name in (*some["own"], *some["context"]):
        assert fact_kind(name) in judge.REASONS, name


def test_a_neighbours_fact_is_named_so(some):
    for name in some["context"]:
        if name.endswith(("-1", "+1")):
            assert fact_kind(name) == "neighbours", name


@given(st.permutations(range(10)))
@settings(max_examples=5)
def test_spam_facts_do_not_know_a_language_by_its_number(cleaner, clean_texts, head):
    """In a table in another order, every language has another number, and every fact stays."""
    languages, stop_words = cleaner.languages, cleaner.stop_words
    order = [*range(len(head), len(languages.names)), *head]
    turned = Languages(
        [languages.names[i] for i in order],
        languages.table[:, order],
        languages.normal,
        languages.alien[:, order],
    )
    turned_words = StopWords(stop_words.hashes, stop_words.members[:, order])
    documents = [split(text) for text in list(clean_texts.values())[:10]]
    one = facts(documents, languages, stop_words)
    other = facts(documents, turned, turned_words)
    for reader, columns in one.items():
        assert_equal(columns, other[reader])


SWAPS = [("en", "de"), ("fr", "ru"), ("es", "pl"), ("zh-cn", "en")]


@pytest.mark.parametrize(("host", "guest"), SWAPS)
def test_spam_facts_see_the_foreign_line_whichever_language_it_is_in(cleaner, host, guest):
    for home, away in ((host, guest), (guest, host)):
        text = "\n".join([*[SENTENCES[home]] * 4, SENTENCES[away]])
        found = facts_of(cleaner, split(text))["spam"]
        assert found["mismatch"][-1] > 0.6
        assert found["mismatch"][:-1].max() < 0.5
        assert found["own_share"].argmin() == 4


OWN = [
    # fact, lines that have it, lines that have not
    (
        "ends_sentence",
        ["It rained.", "Really?", "他来了。", "He said “no.”", "(Yes.)"],
        ["Home", "a,"],
    ),
    ("ends_ellipsis", ["Read more...", "and then…"], ["The end.", "Stop"]),
    ("ends_comma", ["first,", "namely:", "第一、"], ["first.", "first"]),
    ("ends_colon", ["namely:", "如下\uff1a"], ["namely", "12:45"]),
    ("ends_question", ["Why?", "为什么\uff1f", "لماذا؟"], ["Why.", "Why"]),
    ("ends_letter", ["France", "دولة", "中"], ["France.", "2024"]),
    ("ends_digit", ["2 months ago 15", "٣"], ["fifteen", "15 %"]),
    ("ends_bracket", ["(maybe)", "“so”"], ["(maybe", "so."]),
    ("ends_hyphen", ["infor-"], ["1992-", "-", "so –"]),
    ("ends_opening", ["as (", "for $"], ["as", "for)"]),
    ("ends_separator", ["Home |", "next →", "-"], ["Home", "next."]),
    ("starts_upper", ["France", "Élan"], ["france", "2 men", "“France”"]),
    ("starts_lower", ["arrest in", "état"], ["Arrest", "中"]),
    ("starts_digit", ["2 months ago", "٣ كتب"], ["two months"]),
    ("starts_quote", ["“So,”", "«Oui»", '"No"'], ["(So)", "So"]),
    ("starts_bullet", ["• milk", "- milk", "– milk"], ["milk", "* "]),
    ("starts_bracket", ["(see below)", "[1]"], ["see (below)"]),
    ("starts_closing", [", he said", ". Then", ") and"], ["he said,", "(so)"]),
    ("year", ["in 1999", "© 2024 Example", "2 May 2031"], ["1850", "20240", "12 345"]),
    ("time", ["at 12:45", "9:05 am"], ["12.45", "note: 7", "12:"]),
    ("date", ["2024-10-31", "31.10.2024", "12/05"], ["31 October", "3, 10", "10-"]),
    ("url", ["https://example.org", "see http://a.b/c now"], ["example", "http:", "a: //b"]),
    ("domain", ["example.org", "mail@example.org"], ["The end. New", "3.5", "U.S. troops"]),
    ("letterless", ["12:45", "***", "👍"], ["a", "中", "12 km"]),
]


@pytest.mark.parametrize(
    ("fact", "line"), [(fact, line) for fact, lines, _ in OWN for line in lines]
)
def test_what_a_line_has(cleaner, fact, line):
    found = text_facts(cleaner, "Before it", line, "behind it")[fact]
    assert found[1] == 1


@pytest.mark.parametrize(
    ("fact", "line"), [(fact, line) for fact, _, lines in OWN for line in lines]
)
def test_what_a_line_has_not(cleaner, fact, line):
    found = text_facts(cleaner, "Before it", line, "behind it")[fact]
    assert found[1] == 0


def test_counts_and_shares(cleaner):
    found = text_facts(cleaner, "The US and EU agreed on 12 rules, 3 dates; more (soon).")
    assert np.expm1(found["log_words"][0]) == pytest.approx(12, abs=1e-4)
    assert np.expm1(found["log_characters"][0]) == pytest.approx(55, abs=1e-3)
    assert np.expm1(found["numbers"][0]) == pytest.approx(2, abs=1e-4)
    assert np.expm1(found["commas"][0]) == pytest.approx(2, abs=1e-4)
    assert np.expm1(found["brackets"][0]) == pytest.approx(2, abs=1e-4)
    assert found["bracket_balance"][0] == 0
    assert found["share_digits"][0] == pytest.approx(3 / 55)
    assert found["capitalised"][0] == pytest.approx(3 / 12)
    assert found["shouted"][0] == pytest.approx(2 / 12)


def test_copies_of_a_line_are_counted_in_its_document_only(cleaner):
    documents = [split("Home\nNews\nHOME\nHome"), split("Home")]
    found = facts_of(cleaner, *documents)["own"]
    assert np.expm1(found["copies"]) == pytest.approx([2, 0, 2, 2, 0], abs=1e-4)
    assert np.expm1(found["copies_before"]) == pytest.approx([0, 0, 1, 2, 0], abs=1e-4)
    assert np.expm1(found["copies_after"]) == pytest.approx([2, 0, 1, 0, 0], abs=1e-4)


def test_words_that_stand_elsewhere(cleaner):
    """Shares of a line's words of more than three letters that other lines of the page have."""
    found = text_facts(
        cleaner, "harbour bridge closed", "bridge opens", "the cat", "Harbour BRIDGE"
    )
    assert found["words_elsewhere"] == pytest.approx([2 / 3, 1 / 2, 0, 1])
    assert found["words_in_prose"].tolist() == [0, 0, 0, 0]


def test_words_that_stand_in_prose(cleaner):
    prose = "The harbour bridge was closed on Monday because a storm had torn off two of its signs."
    found = text_facts(cleaner, "bridge signs", prose, "weather")
    assert found["words_in_prose"][[0, 2]].tolist() == [1, 0]
    assert found["words_in_prose"][1] == 0, "a line does not lend its words to itself"


@given(st.lists(st.text("abc ", max_size=30), min_size=1, max_size=8))
def test_words_elsewhere_against_a_plain_loop(cleaner, texts):
    lines = [Line(text.strip() or "-", number) for number, text in enumerate(texts, start=1)]
    rare = [[w for w in text.split() if len(w) > 3 or len(w) == 1] for text in texts]
    found = facts_of(cleaner, lines)["own"]["words_elsewhere"]
    for number, mine in enumerate(rare):
        others = set().union(*rare[:number], *rare[number + 1 :])
        expected = sum(word in others for word in mine) / max(len(mine), 1)
        assert found[number] == pytest.approx(expected, abs=1e-4)


def test_places(cleaner):
    found = text_facts(cleaner, *["short"] * 3, SENTENCES["en"], *["short"] * 4)
    assert np.expm1(found["index"]) == pytest.approx(np.arange(8), abs=1e-3)
    assert np.expm1(found["index_from_end"]) == pytest.approx(np.arange(8)[::-1], abs=1e-3)
    assert np.expm1(found["until_long"][:4]) == pytest.approx([3, 2, 1, 8], abs=1e-3)
    assert np.expm1(found["since_long"][3:]) == pytest.approx([8, 1, 2, 3, 4], abs=1e-3)
    assert found["prose_before"].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_blank_lines(cleaner):
    found = facts_of(cleaner, split("One\n\nTwo\nThree"))["own"]
    assert found["blank_before"].tolist() == [0, 1, 0]
    assert found["blank_after"].tolist() == [1, 0, 0]
    assert found["document_blanks"] == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    "language", ["en", "de", "fr", "es", "ru", "ar", "hi", "tr", "id", "zh-cn"]
)
def test_prose_has_stop_words_of_its_language(cleaner, language):
    found = text_facts(cleaner, *[SENTENCES[language]] * 3)
    assert found["stop_words"][0] > 0.05
    assert found["stop_words_own"][0] == found["stop_words"][0] <= found["stop_words_any"][0]


def test_a_foreign_line_has_stop_words_of_its_own_language_only(cleaner):
    found = text_facts(cleaner, *[SENTENCES["en"]] * 3, SENTENCES["fr"])
    assert found["stop_words_own"][3] > 0.2 > found["stop_words"][3]


def test_wide_characters_count_more():
    batch = Batch.of([[Line("abcdefgh", 1), Line("一二三四五六七八", 2)]])
    latin, han = effective_length(batch.characters)
    assert latin == 8 < han


def test_token_weights_add_up():
    """The root of the number of tokens divides their sum."""
    batch = Batch.of([[Line("harbour bridge", 1)]])
    found = tokens(batch)
    weights = np.zeros(TOKEN_BUCKETS, np.float32)
    weights[found.bucket[0]] = 3
    logit, known = token_logits(found, weights, 1)
    hits = (found.bucket == found.bucket[0]).sum()
    assert logit[0] == pytest.approx(3 * hits / np.sqrt(len(found.bucket)))
    assert 0 < known[0] < 1


def test_what_has_no_weight_is_not_known():
    batch = Batch.of([[Line("harbour bridge", 1), Line("***", 2)]])
    found = tokens(batch)
    logit, known = token_logits(found, np.zeros(TOKEN_BUCKETS, np.float32), 2)
    assert known.tolist() == logit.tolist() == [0, 0]
    _, known = token_logits(found, np.ones(TOKEN_BUCKETS, np.float32), 2)
    assert known[0] == 1


def test_equal_lines_have_equal_tokens_wherever_they_stand():
    texts = ["Read more", "The bridge was closed.", "Read more", "12 May 2024", "READ MORE"]
    batch = Batch.of([[Line(text, i)] for i, text in enumerate(texts, start=1)])
    found = tokens(batch)
    of = [sorted(found.bucket[found.line == i].tolist()) for i in range(len(texts))]
    assert of[0] == of[2] != of[1]
    assert set(of[0]) & set(of[4]), "words are the same in capitals"


def test_brackets_and_pieces_at_a_boundary(cleaner):
    found = facts_of(cleaner, split("as (he\nsaid) to\nher"))["join"]
    assert found["open brackets"].tolist() == [0, 1, 0]
    assert found["starts_lower+0"].tolist() == [1, 1, 1]
    assert found["starts_lower+1"].tolist() == [1, 1, 0]
