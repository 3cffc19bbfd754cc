"""A retrained model is tried before it is adopted, and none gets worse unseen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import courier
import pytest
from places import ROOT

from cleaner import Cleaner, Label, SampleError
from cleaner.training import commands, regression
from cleaner.training.adapt import with_model
from cleaner.training.commands import Choice
from cleaner.training.regression import regression_set
from cleaner.training.retrain import Trial, against_regression, folded, labels_of, retrained
from cleaner.training.samples import Sample, write_samples

SOME, OTHERS = courier.site()


@pytest.fixture(scope="module")
def trial(cleaner) -> Trial:
    """The shipped model, taught by five pages of one site."""
    return retrained(cleaner, SOME)


def test_the_pages_learnt_from_are_tried_as_if_they_were_new(trial):
    new, regressions = trial.matches
    assert (new.name, regressions.name) == ("new pages", "regression set")
    assert list(new.samples) == SOME
    assert new.gain[1] > 0.1
    assert new.wrong(new.new)[0] <= new.wrong(new.old)[0]
    assert not trial.worse


def test_the_regression_set_hardly_moves(trial):
    """Five pages of one site say nothing about other sites."""
    *_, found = trial.matches
    assert abs(found.gain[0]) < 0.01
    moved = sum(old != new for old, new in zip(*found.scores, strict=True))
    assert moved < len(found.samples) / 4


def test_what_is_adopted_learnt_from_all_pages(cleaner, trial):
    taught = with_model(cleaner, trial.model)
    assert labels_of(taught, SOME[0]) == SOME[0].labels
    assert trial.model.facts["retrained"][0]["pages"] == len(SOME)


def test_whole_sites_are_left_out_too(cleaner):
    pages = [replace(page, site=f"{n % 2}.example") for n, page in enumerate(SOME)]
    names = [match.name for match in retrained(cleaner, pages).matches]
    assert names == ["new pages", "pages of a new site", "regression set"]


def test_where_every_page_is_a_site_that_says_it_all(cleaner):
    """So it is with pairs."""
    pages = [replace(page, site=page.id) for page in SOME]
    assert [match.name for match in retrained(cleaner, pages).matches] == [
        "new pages",
        "regression set",
    ]


def test_of_one_page_nothing_can_be_left_out(cleaner):
    assert [match.name for match in retrained(cleaner, SOME[:1]).matches] == ["regression set"]


def test_groups_are_dealt_out_evenly():
    found = folded([f"site-{n // 2}" for n in range(40)])
    assert all(found[n] == found[n + 1] for n in range(0, 40, 2))
    assert {found.count(number) for number in range(5)} == {8}


def test_the_regression_set_is_the_fixtures():
    pages = regression_set()
    names = {path.name.partition(".")[0] for path in (ROOT / "fixtures" / "pages").iterdir()}
    assert {page.id for page in pages if "/" not in page.id} == names - {"empty"}
    assert {page.id.split("/")[0] for page in pages if "/" in page.id} == {
        "in-the-wild",
        "negative",
    }
    assert len({page.id for page in pages}) == len(pages)


def test_a_wheel_has_the_regression_set_inside(monkeypatch, tmp_path):
    """There the fixtures lie in the package, not beside it."""
    package = tmp_path / "cleaner"
    (package / "fixtures").mkdir(parents=True)
    monkeypatch.setattr(regression, "__file__", str(package / "training" / "regression.py"))
    assert regression.fixtures() == package / "fixtures"
    (package / "fixtures").rmdir()
    assert regression.fixtures() == tmp_path / "fixtures"


def test_a_model_is_as_good_as_itself(cleaner):
    found = against_regression(cleaner, cleaner)
    assert found.gain == (0, 0, 0)
    assert not found.is_worse


def perverse(page: Sample) -> Sample:
    """A page whose labels say the reverse of what is true."""
    swapped = {Label.ARTICLE: Label.JUNK, Label.JUNK: Label.ARTICLE}
    return replace(page, labels=tuple(swapped[label] for label in page.labels))


@pytest.fixture(scope="module")
def misled(cleaner) -> list[Sample]:
    """Labelled pages that would ruin any model: what is prose elsewhere is called junk."""
    pages = [page for page in regression_set() if len(page.lines) > 20 and page.site == page.id]
    return [
        perverse(replace(page, labels=labels_of_kind(page), id=f"misled-{page.id}", gold=""))
        for page in pages[:25]
    ]


def labels_of_kind(page: Sample) -> tuple[Label, ...]:
    """The page's labels with spam called junk."""
    return tuple(Label.JUNK if label is Label.SPAM else label for label in page.labels)


def test_a_worse_model_is_refused(misled, tmp_path):
    write_samples(tmp_path / "misled.jsonl", misled)
    out = tmp_path / "model"
    told = commands.train([tmp_path / "misled.jsonl"], out)
    assert "regression set" in told.refusal
    assert "--force" in told.refusal
    assert not out.exists()
    assert "lines that the old model has right" in told.report
    told = commands.train([tmp_path / "misled.jsonl"], out, Choice(force=True))
    assert not told.refusal
    assert Cleaner(model=out)


def test_a_better_one_is_written_with_its_card(tmp_path):
    write_samples(tmp_path / "some.jsonl", SOME)
    told = commands.train([tmp_path / "some.jsonl"], tmp_path / "model")
    assert not told.refusal
    assert told.report.endswith(f"wrote {tmp_path / 'model'}")
    card = (tmp_path / "model" / "README.md").read_text("utf-8")
    assert "| regression set |" in card
    again = commands.train(
        [tmp_path / "some.jsonl"], tmp_path / "again", Choice(model=tmp_path / "model")
    )
    assert not again.refusal
    assert len(Cleaner(model=tmp_path / "again").model.facts["retrained"]) == 2


def test_samples_of_one_kind_are_refused(tmp_path):
    prose = replace(SOME[0], labels=(Label.ARTICLE,) * len(SOME[0].lines))
    write_samples(tmp_path / "prose.jsonl", [prose])
    with pytest.raises(SampleError, match=r"prose\.jsonl, line 1: only article"):
        commands.train([tmp_path / "prose.jsonl"], tmp_path / "model")
    assert commands.evaluate([tmp_path / "prose.jsonl"]).report


def test_two_models_are_compared(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_samples(Path("some.jsonl"), SOME)
    write_samples(Path("others.jsonl"), OTHERS)
    commands.train([Path("some.jsonl")], Path("mine"))
    told = commands.compare([Path("others.jsonl")], Path(commands.SHIPPED), Path("mine"))
    assert "## default" in told.report
    assert "## mine" in told.report
    notices = sum(courier.is_notice(line) for page in OTHERS for line in page.lines)
    better = [line for line in told.report.splitlines() if line.startswith("+ ")]
    assert len(better) >= notices / 2
    assert any("article -> junk: This story is free to read" in line for line in better)
