"""Foreign lines put into labelled pages."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentences import SENTENCES
from tiny import Book, page, sample

from cleaner import Label
from cleaner.training.foreign import QUOTE_SHARE, SPAM_SHARE, UNSURE, Foreigner
from cleaner.training.samples import Sample

GUESTS = ("de", "no", "da", "sv", "es", "pt", "ru", "uk", "zh-cn", "zh-tw", "ja", "tr", "hi", "nl")

BOOK = Book(
    sentences={code: [SENTENCES[code]] for code in GUESTS},
    spam={
        code: {"offers": [f"{SENTENCES[code]} {{n}} {{site}}"]} for code in GUESTS if code != "nl"
    },
    quotes={
        code: {
            "quote": [SENTENCES[code][:60]],
            "title": [SENTENCES[code][:30]],
            "bibliography": [f"Berg, A.: {SENTENCES[code][:40]}. {{year}}."],
            "phrase": [SENTENCES[code][:15]],
        }
        for code in GUESTS
    },
)
"""One sentence of every language, so that whatever is put in tells where it is from."""

NUMBERS = range(300)


@pytest.fixture(scope="module")
def foreigner(languages) -> Foreigner:
    """One that knows the sentences above, and spares Turkish."""
    return Foreigner(BOOK, languages, frozenset({"tr"}))


@pytest.fixture(scope="module")
def visits(foreigner) -> list[tuple[Sample, Sample]]:
    """Pages in English before and after a visit."""
    pages = [page(number) for number in NUMBERS]
    without_spam = [
        sample(p.id, [row for row in rows(p) if row[1] is not Label.SPAM]) for p in pages
    ]
    return [(before, foreigner.visit(before)) for before in without_spam]


def rows(of: Sample) -> list[tuple]:
    """Text, label and join of every line."""
    joins = of.joins or (None,) * len(of.lines)
    return list(zip([line.text for line in of.lines], of.labels, joins, strict=True))


def added(before: Sample, after: Sample) -> list[tuple]:
    """The rows that are new, given that the old ones are still there in order."""
    old = iter([*rows(before), None])
    awaited, new = next(old), []
    for row in rows(after):
        if row == awaited:
            awaited = next(old)
        else:
            new.append(row)
    assert awaited is None, "a line of the page is gone, out of order or labelled anew"
    return new


def guest_of(text: str) -> str | None:
    """The language a foreign line was taken from, by the beginning of its sentence."""
    bare = re.sub(r"^(Berg, A.: |[“«\"„])", "", text)[:5]
    return next((code for code in GUESTS if SENTENCES[code].startswith(bare)), None)


def test_what_belongs_to_a_line_stays_with_it(visits):
    for before, after in visits:
        assert len(after.lines) == len(after.labels) == len(after.weights) == len(after.joins)
        assert [line.number for line in after.lines] == list(range(1, len(after.lines) + 1))
        added(before, after)
        assert replace(after, lines=(), labels=(), weights=(), joins=()) == replace(
            before, lines=(), labels=(), weights=(), joins=()
        )


def test_many_pages_get_foreign_lines_and_many_stay_as_they_were(visits):
    spammed = sum(any(label is Label.SPAM for _, label, _ in added(*visit)) for visit in visits)
    quoted = sum(any(label is Label.ARTICLE for _, label, _ in added(*visit)) for visit in visits)
    untouched = sum(not added(*visit) for visit in visits)
    assert spammed / len(visits) == pytest.approx(SPAM_SHARE, abs=0.12)
    assert quoted / len(visits) == pytest.approx(QUOTE_SHARE, abs=0.1)
    assert untouched / len(visits) > 0.2


def test_they_stand_everywhere(visits):
    """At the start, at the end and in the middle, in runs and alone."""
    starts, ends, middles, alone, floods = 0, 0, 0, 0, 0
    for before, after in visits:
        spam = [label is Label.SPAM for label in after.labels]
        if any(spam):
            starts += spam[0]
            ends += spam[-1]
            middles += any(spam[1:-1]) and not spam[0] and not spam[-1]
            alone += sum(spam) == 1
            floods += sum(spam) > 0.6 * len(before.lines)
    assert min(starts, ends, middles, alone, floods) >= 5


def test_a_page_may_have_several_runs(visits):
    """Of two lines and more, so that no model learns that a page has one."""
    several = 0
    for _, after in visits:
        spam = [label is Label.SPAM for label in after.labels]
        runs = [len(list(run)) for is_spam, run in groupby(spam) if is_spam]
        several += sum(size > 1 for size in runs) > 1
    assert several >= 20


def test_spam_of_several_languages_is_mixed_or_in_their_order(visits):
    mixed, in_order = 0, 0
    for visit in visits:
        guests = [guest_of(text) for text, label, _ in added(*visit) if label is Label.SPAM]
        changes = [one != other for one, other in pairwise(filter(None, guests))]
        if len(changes) > 5 and any(changes):
            in_order += sum(changes) < len(set(guests))
            mixed += sum(changes) > len(changes) / 3
    assert min(mixed, in_order) >= 5


def test_the_same_page_gets_the_same_lines(foreigner, languages):
    again = Foreigner(BOOK, languages, frozenset({"tr"}))
    for number in (1, 2, 3):
        assert foreigner.visit(page(number)) == again.visit(page(number))


def test_another_rendering_gets_others(foreigner):
    visited = {
        tuple(line.text for line in foreigner.visit(replace(page(0), rendering=name)).lines)
        for name in "abcdefghij"
    }
    assert len(visited) > 3


def test_spared_languages_are_not_used(visits):
    for visit in visits:
        assert "tr" not in {guest_of(t) for t, label, _ in added(*visit) if label is Label.SPAM}


KIN = {
    "no": {"no", "da", "sv"},
    "da": {"no", "da", "sv"},
    "es": {"es", "pt"},
    "ru": {"ru", "uk"},
    "zh-tw": {"zh-tw", "zh-cn"},
    "hi": {"hi"},
    "de": {"de"},
    "nl": {"nl"},
    "en": set(),
}


@pytest.mark.parametrize("host", KIN)
def test_no_line_is_akin_to_its_host(foreigner, host):
    """Neither its own language nor one that a reader could take for it, as spam or as a quote."""
    for number in range(80):
        before = replace(page(2 * number), language=host)
        new = added(before, foreigner.visit(before))
        assert not {guest_of(text) for text, _, _ in new} & KIN[host]


def test_spam_of_which_nobody_can_tell_counts_little(visits):
    """Lines that the language table does not find foreign are not fully trusted."""
    weights = {
        weight
        for _, after in visits
        for label, weight in zip(after.labels, after.weights, strict=True)
        if label is Label.SPAM
    }
    assert weights == {1.0, UNSURE}


def test_a_spam_line_alone_is_plainly_foreign(visits):
    for before, after in visits:
        new = [
            (line, weight)
            for line, label, weight in zip(after.lines, after.labels, after.weights, strict=True)
            if label is Label.SPAM
        ]
        if len(new) == 1 and len(after.lines) == len(before.lines) + 1:
            assert new[0][1] == 1.0, new[0][0].text


def test_foreign_lines_continue_nothing(visits):
    for visit in visits:
        assert not any(join for _, _, join in added(*visit))


def test_quotes_stand_inside_or_right_behind_the_article(visits):
    for _, after in visits:
        labels = after.labels
        article = [i for i, label in enumerate(labels) if label is Label.ARTICLE]
        first = next(i for i in article if guest_of(after.lines[i].text) is None)
        assert article[0] == first, "a page does not begin with a quotation"


def test_every_blank_is_filled(visits):
    for visit in visits:
        assert not [text for text, _, _ in added(*visit) if "{" in text or "}" in text]


def test_a_page_whose_joins_are_unknown_stays_so(foreigner):
    before = replace(page(3), joins=())
    for number in range(20):
        assert foreigner.visit(replace(before, id=str(number))).joins == ()


@given(st.lists(st.sampled_from(list(Label)), min_size=1, max_size=6), st.text(max_size=3))
def test_any_page_can_be_visited(languages, labels, identity):
    foreigner = Foreigner(BOOK, languages, frozenset())
    before = sample(identity, [("A line of text.", label, None) for label in labels])
    after = foreigner.visit(before)
    assert len(after.lines) == len(after.labels) == len(after.weights) == len(after.joins)
    assert len(after.lines) >= len(before.lines)
