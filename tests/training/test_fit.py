"""Arrays to networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny import JUNK, PAGES, sample

from cleaner.errors import SampleError
from cleaner.features import Batch, sigmoid, tokens
from cleaner.model import Network
from cleaner.page import Label, Line
from cleaner.training import fit
from cleaner.training.corpus import build
from cleaner.training.excerpts import RENDERING as EXCERPT
from cleaner.training.fit import (
    Design,
    Recipe,
    Task,
    calibration,
    crossed,
    headlines,
    networks,
    stand_in,
    token_weights,
)
from cleaner.windows import Windows

RECIPE = Recipe(folds=2, members=2, hidden=(8,), epochs=80, rows=3000, trees=20)


@pytest.fixture(scope="module")
def task() -> Task:
    """Something easy: the target is whether one fact is larger than the other."""
    rng = np.random.default_rng(0)
    facts = {name: rng.normal(3, 5, 3000).astype(np.float32) for name in ("one", "other")}
    target = facts["one"] > facts["other"]
    return Task(facts, target, np.ones(3000, np.float32))


def network(task: Task, recipe: Recipe) -> Network:
    """The one network of a task."""
    return networks([task], recipe)[0]


def right(logit: np.ndarray, task: Task) -> float:
    """The share of rows that were told right."""
    return float(((logit > 0) == task.target).mean())


def test_a_network_learns(task):
    learnt = network(task, RECIPE)
    assert learnt.columns == ("one", "other")
    assert learnt.weights[0].shape == (2, 2, 8)
    assert right(learnt(task.facts), task) > 0.95


def test_the_same_seed_gives_the_same_network(task):
    one, other = network(task, RECIPE), network(task, RECIPE)
    for name, array in one.arrays().items():
        assert np.array_equal(array, other.arrays()[name])


def test_members_differ(task):
    weights = network(task, RECIPE).weights[0]
    assert not np.array_equal(weights[0], weights[1])


def test_rows_without_weight_are_not_learnt_from(task):
    """Wrong labels on half of the rows do no harm where those rows have no weight."""
    lies = np.arange(3000) < 1500
    wrong = Task(task.facts, task.target ^ lies, task.weight)
    assert right(network(wrong.within(~lies), RECIPE)(task.facts), task) > 0.9


def test_out_of_fold_log_odds_come_from_networks_that_left_the_row_out(task, monkeypatch):
    """Each fold is judged by a network without weight on it; the last network has seen all."""
    seen = []

    def remember(given: list[Task], recipe: Recipe):
        seen.extend(task.weight for task in given)
        return networks(given, replace(recipe, epochs=1))

    monkeypatch.setattr(fit, "networks", remember)
    fold = np.arange(3000) % 3
    crossed(task, fold, RECIPE)
    without = [(weight > 0).tolist() for weight in seen]
    for left_out in range(3):
        assert (fold != left_out).tolist() in without
    assert [True] * len(fold) in without


def test_rows_that_are_all_alike_teach_nothing(task):
    """Then what was learnt before serves; where nothing was, it must be said."""
    alike = replace(task, target=np.zeros(3000, bool))
    fold = np.arange(3000) % 3
    before = network(task, RECIPE)
    learnt, logit = crossed(alike, fold, RECIPE, before)
    assert learnt is before
    assert logit.tolist() == before(task.facts).tolist()
    with pytest.raises(SampleError, match="alike"):
        crossed(alike, fold, RECIPE)


def test_crossed_predictions_are_as_right_as_the_network(task):
    _, logit = crossed(task, np.arange(3000) % 2, RECIPE)
    assert right(logit, task) > 0.95


def test_calibrated_log_odds_mean_what_they_say():
    """Log-odds that are four times too sure, and shifted, come back to what is true."""
    rng = np.random.default_rng(1)
    true = rng.normal(0, 2, 20_000).astype(np.float32)
    target = rng.random(20_000) < sigmoid(true)
    opinions = (4 * true + 3)[:, None]
    (slope,), shift = calibration(opinions, target, np.ones(20_000, np.float32))
    assert slope == pytest.approx(1 / 4, rel=0.05)
    assert shift == pytest.approx(-3 / 4, abs=0.1)


def test_two_opinions_are_weighed_by_what_each_knows():
    """One sees half of the truth, the other the other half: together they are sure."""
    halves = np.random.default_rng(2).normal(0, 2, (20_000, 2)).astype(np.float32)
    target = np.random.default_rng(3).random(20_000) < sigmoid(2 * halves[:, 0] + halves[:, 1])
    slopes, shift = calibration(halves, target, np.ones(20_000, np.float32))
    assert slopes == pytest.approx([2, 1], rel=0.1)
    assert shift == pytest.approx(0, abs=0.1)


def test_a_network_reads_the_lines_around(task):
    """The target is the line before, and nothing of the line itself tells it."""
    windows = Windows([30] * 100)
    facts = {"own": np.random.default_rng(0).normal(0, 1, 3000).astype(np.float32)}
    target = windows.neighbour(facts["own"], -1) > 0
    told = Task(facts, target, task.weight, windows, Design(8))
    alone = replace(told, windows=None)
    recipe = replace(RECIPE, blocks=1, passes=30, trees=0)
    fold = windows.document % 2
    assert right(crossed(told, fold, recipe)[1], told) > 0.9
    assert right(crossed(alone, fold, recipe)[1], told) < 0.6


def test_without_trees_there_is_one_opinion(task):
    alone = network(task, replace(RECIPE, trees=0))
    assert alone.trees is None
    assert alone.opinions(task.facts).shape == (3000, 1)


def test_the_stand_in_pulls_where_its_teacher_does(task):
    """Linear, of the same inputs, and mostly of the same mind."""
    teacher = network(task, RECIPE)
    linear = stand_in(teacher, task.facts, teacher(task.facts), 0)
    assert linear.columns == teacher.columns
    assert [weight.shape for weight in linear.weights] == [(1, 2, 1)]
    linear.check()
    assert right(linear(task.facts), task) > 0.9
    assert linear.weights[0][0, 0, 0] > 0 > linear.weights[0][0, 1, 0]


def test_tokens_of_few_sites_do_not_count(base):
    rare = "Zwiebelkuchen"
    first, *others = PAGES
    marked = replace(
        first,
        lines=(*first.lines, Line(rare, 99)),
        labels=(*first.labels, Label.JUNK),
        weights=(*first.weights, 1.0),
        joins=(*first.joins, None),
    )
    corpus = build([marked, *others], base)
    rows = np.ones(len(corpus), bool)
    weights = token_weights(corpus, rows, corpus.weights, Recipe(least_sites=3))
    found = tokens(Batch.of([[Line(rare, 1), Line(JUNK[0], 2)]]))
    of_rare, of_common = (found.bucket[(found.line == line)] for line in (0, 1))
    assert not weights[np.setdiff1d(of_rare, of_common)][:2].any()
    assert (weights[of_common] < 0).any()


HEADED = [
    ("Home", Label.JUNK, None),
    ("Rain in May", Label.JUNK, None),
    ("Weather", Label.ARTICLE, None),
    ("Rain in May", Label.ARTICLE, None),
    (
        "It rained for a week, and nobody in the whole of the village had an umbrella.",
        Label.ARTICLE,
        None,
    ),
    ("Cheap watches", Label.SPAM, None),
]


@pytest.mark.parametrize(
    ("title", "target", "counted"),
    [
        ("", [2], [0, 1, 2, 3, 4, 5]),
        ("Rain in May", [3], [0, 2, 3, 4, 5]),
        ("Home", [0], [0, 1, 2, 3, 4, 5]),
        ("Torn over two lines", [2], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_the_headline_is_what_is_known_to_be_or_the_first_short_line(base, title, target, counted):
    """A copy of it in a menu is neither right nor wrong."""
    page = replace(sample("headed", HEADED), title=title)
    corpus = build([page], base)
    found, weight = headlines(corpus, corpus.own)
    assert np.flatnonzero(found).tolist() == target
    assert np.flatnonzero(weight).tolist() == counted


def test_excerpts_have_no_headline(base):
    page = replace(sample("headed", HEADED), title="Rain in May", rendering=EXCERPT)
    corpus = build([page], base)
    assert not any(each.any() for each in headlines(corpus, corpus.own))


def test_trees_have_no_part_in_a_contest(task):
    """One line of each document is on target: the one with the greatest fact."""
    windows = Windows([30] * 100)
    greatest = np.maximum.reduceat(task.facts["one"], windows.first[:-1])[windows.document]
    design = Design(8, readers=2, contest=True)
    rivals = Task(task.facts, task.facts["one"] == greatest, task.weight, windows, design)
    learnt = network(rivals, replace(RECIPE, blocks=1, passes=30))
    assert learnt.trees is None
    assert len(learnt.convolutions) == 2
    first, other = learnt.convolutions
    assert not np.array_equal(first.enter, other.enter)
