"""The model card."""

from __future__ import annotations

import numpy as np
from tiny import PAGES

from cleaner import Label
from cleaner.model import Model
from cleaner.training.card import CARD, write_card
from cleaner.training.evaluate import BASELINES, reliability
from cleaner.training.learn import Judged, Learnt

FACTS = {
    "pages": 1234,
    "lines": 56789,
    "html pages": 0,
    "seed": 7,
    "data": "feedbeef",
    "scikit-learn": "1.9.9",
    "catboost": "1.9.8",
}
SURE = reliability(np.array([0.05, 0.95]), np.array([False, True]))


def written(tmp_path) -> str:
    """The card of a model that labels everything article."""
    judged = Judged([(Label.ARTICLE,) * len(page.lines) for page in PAGES], SURE)
    write_card(tmp_path, Learnt(Model({}, {}, FACTS), judged, None), PAGES)
    return (tmp_path / CARD).read_text("utf-8")


def test_it_says_what_the_model_was_made_of(tmp_path):
    card = written(tmp_path)
    for fact in (
        "1,234 pages",
        "56,789 lines",
        "seed 7",
        "`feedbeef`",
        "scikit-learn 1.9.9, CatBoost 1.9.8",
    ):
        assert fact in card


def test_it_shows_the_scores_beside_those_of_simple_rules(tmp_path):
    rows = {
        line.split("|")[1].strip(): line for line in written(tmp_path).splitlines() if "|" in line
    }
    assert rows["this model"].replace("this model", "keep everything") == rows["keep everything"]
    assert set(BASELINES) <= set(rows)
    assert {"tiny", "article", "given", "en"} <= set(rows), (
        "by collection, type, rendering, language"
    )


def test_it_does_not_hide_weaknesses(tmp_path):
    assert "## Known weaknesses" in written(tmp_path)


def test_pages_as_html_are_scored_apart(tmp_path):
    assert "## HTML" not in written(tmp_path)
    judged = Judged([page.labels for page in PAGES], SURE)
    learnt = Learnt(Model({}, {}, FACTS), judged, judged)
    write_card(tmp_path, learnt, PAGES, PAGES)
    assert "## HTML" in (tmp_path / CARD).read_text("utf-8")


def test_it_shows_whether_probabilities_mean_what_they_say(tmp_path):
    card = written(tmp_path)
    assert "expected calibration error 0.050" in card
    assert f"| 0.95 | 1.00 | 1 | `{'#' * 40}` |" in card
