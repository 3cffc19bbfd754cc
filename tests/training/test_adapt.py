"""What corrected pages add to a model, and what they leave as it is."""

from __future__ import annotations

from dataclasses import replace

import courier
import numpy as np
import pytest
from tiny import SPAM, sample

from cleaner import Cleaner, Label, ModelError
from cleaner.features import TOKEN_BUCKETS, Batch
from cleaner.page import Block, Line
from cleaner.training.adapt import (
    ENOUGH,
    HOLD,
    PENALTY,
    Lessons,
    adapted,
    corrected,
    correction,
    lessons,
    with_model,
    written,
)
from cleaner.training.learn import digest

A, J, S = Label.ARTICLE, Label.JUNK, Label.SPAM

SOME, OTHERS = courier.site()


@pytest.fixture(scope="module")
def found(cleaner) -> Lessons:
    """What five pages of a site teach the shipped model."""
    return lessons(cleaner, SOME)


@pytest.fixture(scope="module")
def taught(cleaner) -> Cleaner:
    """The shipped cleaner, taught by five pages of a site."""
    return with_model(cleaner, adapted(cleaner, SOME))


def test_every_line_is_a_lesson(found):
    labels = [label for page in SOME for label in page.labels]
    assert found.target.tolist() == [label is A for label in labels]
    assert found.inputs.shape == (len(labels), TOKEN_BUCKETS)
    assert np.bincount(found.page).tolist() == [len(page.lines) for page in SOME]


def test_lessons_of_some_pages(found):
    part = found.of([1, 3])
    assert set(part.page.tolist()) == {1, 3}
    assert len(part.target) == part.inputs.shape[0] == len(SOME[1].lines) + len(SOME[3].lines)


def test_the_offset_is_what_the_model_thinks(cleaner, found):
    """Where it is right only so far, where it is unsure or wrong at least so far wrong."""
    scores = cleaner.score(Batch.of([SOME[0].lines]))
    inside = found.page == 0
    article = found.target[inside]
    assert (found.offset[inside][article] <= ENOUGH).all()
    assert (found.offset[inside][~article] >= -ENOUGH).all()
    notices = [i for i, line in enumerate(SOME[0].lines) if courier.is_notice(line)]
    odds = np.log(scores.article / (1 - scores.article))[notices]
    wanted = np.maximum(odds, np.clip(2 * odds + ENOUGH, -ENOUGH, ENOUGH))
    assert found.offset[inside][notices] == pytest.approx(wanted, abs=0.1)


def test_lines_of_weight_zero_teach_nothing(cleaner, found):
    masked = replace(SOME[0], weights=(0.0, *SOME[0].weights[1:]))
    assert len(lessons(cleaner, [masked]).target) == len(SOME[0].lines) - 1
    nothing = replace(SOME[0], weights=(0.0,) * len(SOME[0].lines))
    assert not correction(lessons(cleaner, [nothing])).any()


def test_lines_of_long_pages_count_less(cleaner):
    long = replace(
        SOME[0],
        lines=SOME[0].lines * 20,
        labels=SOME[0].labels * 20,
        weights=SOME[0].weights * 20,
    )
    assert lessons(cleaner, [long]).weight.max() < 0.5
    assert lessons(cleaner, [SOME[0]]).weight.max() == 1


def test_spam_in_a_foreign_language_teaches_no_words(cleaner):
    """That in the page's own language is junk."""
    prose = [(text, A, None) for text in ("It rained all night on the old harbour wall.",) * 8]
    own = ("Win a new telephone today by clicking on this line.", S, None)
    chinese = (SPAM[2], S, None)
    page = sample("one", [*prose, own, chinese])
    taught = lessons(cleaner, [page])
    assert taught.target.tolist() == [True] * 8 + [False]


def test_a_correction_is_where_its_gradient_is_nought(found):
    weights = correction(found).astype(np.float64)
    margin = np.where(found.target, 1, -1) * (found.offset + found.inputs @ weights)
    pull = found.weight * np.where(found.target, 1, -1) / (1 + np.exp(margin))
    slope = PENALTY * weights - found.inputs.T @ pull
    slope += HOLD * (written().T @ (written() @ weights))
    assert np.abs(slope[weights != 0]).max() < 0.02


def test_it_speaks_only_of_tokens_it_has_met(found):
    weights = correction(found)
    assert set(np.flatnonzero(weights)) <= set(found.inputs.indices.tolist())


def test_it_is_held_still_on_what_everybody_writes(found):
    """Words of the notices move far more than texts that ship with the package."""
    weights = correction(found)
    notices = np.array([courier.is_notice(line) for page in SOME for line in page.lines])
    assert (found.inputs @ weights)[notices].mean() < -3
    moved = np.abs(written() @ weights)
    assert np.quantile(moved, 0.99) < 1


def test_the_same_pages_give_the_same_correction(found):
    assert np.array_equal(correction(found), correction(found))


def test_everything_else_stays_as_it_was(cleaner, taught):
    old, new = cleaner.model, taught.model
    assert new.networks == old.networks
    assert set(new.arrays) - set(old.arrays) == {"correction_weights"}
    assert all(new.arrays[name] is array for name, array in old.arrays.items())
    assert new.facts["retrained"] == [{"pages": len(SOME), "data": digest(SOME)}]


def test_corrections_add_up(cleaner, found, taught):
    twice = corrected(taught.model, found)
    once = taught.model.arrays["correction_weights"].astype(np.float32)
    wanted = once + correction(found)
    assert twice.arrays["correction_weights"] == pytest.approx(wanted, abs=1e-2)
    again = adapted(taught, OTHERS[:2])
    assert [made["pages"] for made in again.facts["retrained"]] == [len(SOME), 2]


def test_it_comes_back_from_the_disk(taught, tmp_path):
    taught.model.save(tmp_path)
    source = courier.scraped(OTHERS[0])
    assert Cleaner(model=tmp_path).clean(source) == taught.clean(source)


def test_a_correction_of_another_shape_is_refused(taught, tmp_path):
    short = {**taught.model.arrays, "correction_weights": np.zeros(7, np.float16)}
    replace(taught.model, arrays=short).save(tmp_path)
    with pytest.raises(ModelError, match="correction_weights"):
        Cleaner(model=tmp_path)


def wrong(cleaner: Cleaner, pages, written=courier.scraped) -> tuple[list[str], list[str]]:
    """Article lines that are lost, and others that are kept."""
    lost, kept = [], []
    for page in pages:
        verdicts = cleaner.clean(written(page)).verdicts
        for verdict, true in zip(verdicts, page.labels, strict=True):
            if (true is A) is not (verdict.label is A):
                (lost if true is A else kept).append(verdict.line.text)
    return lost, kept


def test_the_shipped_model_keeps_the_notices(cleaner):
    """Else there would be nothing to learn, and the site would have to be written anew."""
    _, kept = wrong(cleaner, OTHERS)
    notices = [text for text in kept if courier.is_notice(Line(text, 1))]
    assert len(notices) > len(OTHERS)


def test_five_corrected_pages_clean_the_other_twenty_five(cleaner, taught):
    lost, kept = wrong(taught, OTHERS)
    assert not kept
    assert set(lost) <= set(wrong(cleaner, OTHERS)[0])


def as_html(page) -> str:
    """The page as its site would send it."""
    parts = []
    for line, label in zip(page.lines, page.labels, strict=True):
        if label is J and not courier.is_notice(line):
            parts.append(f'<ul><li><a href="/x">{line.text}</a></li></ul>')
        elif label is A and "<h1>" not in "".join(parts):
            parts.append(f"<h1>{line.text}</h1>")
        else:
            parts.append(f"<p>{line.text}</p>")
    return f"<html><body><div>{''.join(parts)}</div></body></html>"


def test_what_was_learnt_from_text_holds_for_html(cleaner, taught):
    lost, kept = wrong(cleaner, OTHERS, as_html)
    lost_now, kept_now = wrong(taught, OTHERS, as_html)
    assert len(kept_now) < len(kept) / 10
    assert len(lost_now) <= len(lost) + 2


def test_lines_of_html_can_teach(cleaner):
    """A pair may be a page of HTML: its lines know the elements around them."""
    body = Block("body")
    pages = [
        replace(
            page, lines=tuple(replace(line, block=Block("p", parent=body)) for line in page.lines)
        )
        for page in SOME
    ]
    taught = with_model(cleaner, adapted(cleaner, pages))
    _, kept = wrong(cleaner, OTHERS, as_html)
    assert len(wrong(taught, OTHERS, as_html)[1]) < len(kept) / 10


def test_the_reason_names_the_words(cleaner, taught):
    """What decides is said: what was learnt are words."""
    notices = [
        v for v in taught.clean(courier.scraped(OTHERS[0])).verdicts if courier.is_notice(v.line)
    ]
    assert {verdict.reason for verdict in notices} == {"its words are those of page furniture"}
