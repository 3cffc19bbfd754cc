"""The transformer, in scikit-learn's own hands."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

from cleaner import Cleaner, Settings
from cleaner.errors import Misuse, ModelError, SourceError
from cleaner.pipelines import TextCleaner

from .conftest import ARTICLE, IMAGE, MENU, TEXTS


def series(values):
    return pytest.importorskip("pandas", reason="pandas is not installed").Series(values)


def polars_series(values):
    return pytest.importorskip("polars", reason="polars is not installed").Series(values)


KINDS = {
    "a list": list,
    "a tuple": tuple,
    "an array of objects": lambda values: np.array(values, dtype=object),
    "an array of strings": np.array,
    "a series of pandas": series,
    "a series of polars": polars_series,
    "bytes": lambda values: [value.encode() for value in values],
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_column_becomes_an_array_of_texts(clean, kind):
    made = TextCleaner().fit_transform(KINDS[kind](TEXTS))
    assert isinstance(made, np.ndarray)
    assert made.tolist() == clean


def test_no_document_is_an_empty_array():
    assert TextCleaner().fit_transform([]).shape == (0,)


def test_parameters_are_got_set_and_copied():
    given = {"language": "en", "favor": "recall", "mode": "trim", "model": None}
    transformer = TextCleaner(**given)
    assert transformer.get_params() == given
    assert clone(transformer).get_params() == given
    assert transformer.set_params(favor="precision").favor == "precision"
    assert TextCleaner().get_params() == TextCleaner().fit(TEXTS).get_params()


@pytest.mark.parametrize("settings", [Settings(mode="trim"), Settings("en", "precision")], ids=str)
def test_parameters_decide(settings):
    texts = [f"{ARTICLE}\n{MENU}\n{ARTICLE}", *TEXTS]
    expected = [page.text for page in Cleaner(settings).clean_many(texts)]
    given = {name: getattr(settings, name) for name in ("language", "favor", "mode")}
    assert TextCleaner(**given).transform(texts).tolist() == expected


def test_a_pipeline_is_fitted_and_searched_in_two_processes():
    texts, labels = [ARTICLE, MENU] * 6, [1, 0] * 6
    pipeline = make_pipeline(TextCleaner(), CountVectorizer(), LogisticRegression())
    search = GridSearchCV(pipeline, {"textcleaner__mode": ["filter", "trim"]}, cv=2, n_jobs=2)
    assert search.fit(texts, labels).predict([ARTICLE, MENU]).tolist() == [1, 0]


def test_a_pickle_holds_no_model_and_works_elsewhere(tmp_path, clean):
    stored = pickle.dumps(TextCleaner(favor="recall").fit(TEXTS))
    assert len(stored) < 1000
    (tmp_path / "pickle").write_bytes(stored)
    code = (
        "import pickle, sys; transformer = pickle.load(open(sys.argv[1], 'rb')); "
        "sys.stdout.write(transformer.transform([sys.argv[2]])[0])"
    )
    run = [sys.executable, "-c", code, str(tmp_path / "pickle"), ARTICLE]
    told = subprocess.run(
        run, capture_output=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert told.stdout.decode() == TextCleaner(favor="recall").transform([ARTICLE])[0]


def test_the_model_is_loaded_when_it_is_needed(tmp_path):
    transformer = TextCleaner(model=str(tmp_path))
    with pytest.raises(ModelError):
        transformer.fit(TEXTS)


MISTAKES = {
    "a lone text": (ARTICLE, Misuse, "received str, not one column"),
    "two dimensions": (np.array([[ARTICLE]]), Misuse, "received ndarray, not one column"),
    "no text": ([ARTICLE, 7], Misuse, "row 1 holds int, not text"),
    "nothing": ([ARTICLE, None], Misuse, "row 1 is missing"),
    "not a number": ([float("nan")], Misuse, "row 0 is missing"),
    "an image": ([ARTICLE.encode(), IMAGE], SourceError, "row 1: looks like a PNG image"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    column, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        TextCleaner().transform(column)


@pytest.mark.parametrize(
    "wrong", [{"favor": "speed"}, {"mode": "all"}, {"language": "klingon"}], ids=str
)
def test_parameters_that_make_no_sense(wrong):
    with pytest.raises(Misuse, match=next(iter(wrong.values()))):
        TextCleaner(**wrong).fit(TEXTS)


EXPECTED = [
    # what scikit-learn checks of every estimator; the rest feeds numbers, and skips those for text
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
]


@pytest.mark.parametrize("check", EXPECTED, ids=lambda check: check.__name__)
def test_what_scikit_learn_expects(check):
    check("TextCleaner", TextCleaner())
