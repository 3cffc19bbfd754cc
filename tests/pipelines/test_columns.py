"""One callable, in the hands of every library that passes batches to it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from cleaner import Settings
from cleaner.errors import Misuse, SourceError
from cleaner.pipelines import BatchCleaner

from .conftest import ARTICLE, IMAGE, MENU, TEXTS

ROWS = [{"n": i, "text": text} for i, text in enumerate(TEXTS)]
OURS = ["title", "language", "removed", "clean_error"]


def columns(**more) -> dict[str, list]:
    return {"n": list(range(len(TEXTS))), "text": TEXTS, **more}


# -- a dictionary of columns ---------------------------------------------------------------------


def test_a_batch_keeps_its_columns_and_gains_ours(pages, clean):
    given = columns()
    made = BatchCleaner()(given)
    assert list(made) == ["n", "text", *OURS]
    assert made["text"] == clean
    assert made["n"] == given["n"]
    assert made["language"] == [page.language or "" for page in pages]
    assert made["title"] == [page.title or "" for page in pages]
    assert made["clean_error"] == [""] * len(TEXTS)
    assert given == columns(), "the batch that was given stays as it was"


def test_a_column_that_is_there_already_is_not_overwritten(pages):
    titles = ["their own title"] * len(TEXTS)
    made = BatchCleaner()(columns(title=titles))
    assert made["title"] == titles
    assert made["clean_title"] == [page.title or "" for page in pages]


@pytest.mark.parametrize("key", ["content", "id", "text", "title"])
def test_the_text_may_have_any_name(clean, key):
    made = BatchCleaner(text_key=key)({"body": ["another"] * len(TEXTS), key: TEXTS})
    assert made[key] == clean
    assert made["body"] == ["another"] * len(TEXTS)
    assert list(made)[:2] == ["body", key]


def test_lines_on_request():
    made = BatchCleaner(detail="scores")(columns())
    assert [label is None for label in made["line_labels"][0]] == [False, True, *[False] * 4]
    assert made["line_labels"][3] == made["line_quality"][3] == []
    assert BatchCleaner(detail="lines")(columns())["lines"][0][0]["number"] == 1


def test_a_document_that_cannot_be_read_says_so_and_the_others_go_on(clean):
    made = BatchCleaner()({"text": [ARTICLE.encode(), IMAGE, None, MENU]})
    assert made["text"] == [clean[0], "", None, ""]
    assert [bool(error) for error in made["clean_error"]] == [False, True, False, False]
    assert "PNG image" in made["clean_error"][1]


def test_nothing_is_nothing():
    assert BatchCleaner()({"text": []}) == {"text": [], **{name: [] for name in OURS}}


# -- a single column -----------------------------------------------------------------------------


def test_a_column_becomes_a_column_of_its_kind(clean):
    assert BatchCleaner()(TEXTS) == clean
    assert BatchCleaner()(tuple(TEXTS)) == clean
    made = BatchCleaner()(np.array(TEXTS))
    assert isinstance(made, np.ndarray)
    assert made.tolist() == clean


@pytest.mark.parametrize("dtype", [None, "object", "string", "category"])
def test_pandas(clean, dtype):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"text": [*TEXTS, None]}, index=list("uvwxyz")).astype(dtype or {})
    frame["clean"] = BatchCleaner()(frame["text"])
    assert frame["clean"].tolist()[:-1] == clean
    assert frame["clean"].isna().tolist() == [False] * len(TEXTS) + [True]
    assert BatchCleaner()(frame["text"]).name == "text"
    with pytest.raises(Misuse, match="received DataFrame, not one column"):
        BatchCleaner()(frame)


def test_polars(clean):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.DataFrame({"text": [*TEXTS, None]})
    made = frame.with_columns(clean=BatchCleaner()(frame["text"]))
    assert made["clean"].to_list() == [*clean, None]
    lazy = frame.lazy().with_columns(
        polars.col("text").map_batches(BatchCleaner(), return_dtype=polars.String)
    )
    assert lazy.collect()["text"].to_list() == [*clean, None]
    with pytest.raises(Misuse, match="received DataFrame, not one column"):
        BatchCleaner()(frame)


MISTAKES = {
    "a lone text": (ARTICLE, Misuse, "received str"),
    "a number among texts": ([ARTICLE, 7], Misuse, "row 1 holds int"),
    "a number among texts of a batch": ({"text": [7]}, Misuse, "row 0 holds int"),
    "no such column": ({"body": TEXTS}, Misuse, "no column 'text'; the batch has 'body'"),
    "an image among texts": ([ARTICLE, IMAGE], SourceError, "row 1: looks like a PNG image"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    batch, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        BatchCleaner()(batch)


# -- other people's loops ------------------------------------------------------------------------


def test_a_pickle_holds_no_model(clean):
    cleaner = BatchCleaner()
    cleaner(TEXTS)
    stored = pickle.dumps(cleaner)
    assert len(stored) < 1000
    assert pickle.loads(stored)(TEXTS) == clean


def test_another_model_is_another_digest(tmp_path):
    assert BatchCleaner().digest == BatchCleaner().digest
    assert BatchCleaner().digest != BatchCleaner(model=str(tmp_path)).digest
    assert BatchCleaner().digest != BatchCleaner(settings=Settings(mode="trim")).digest


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("processes", [None, 2])
def test_hugging_face_datasets(tmp_path, clean, processes):
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    datasets.disable_progress_bars()
    dataset = datasets.Dataset.from_list(ROWS)
    made = dataset.map(BatchCleaner(), batched=True, batch_size=2, num_proc=processes)
    assert made.column_names == ["n", "text", *OURS]
    assert list(made["text"]) == clean
    streamed = dataset.to_iterable_dataset().map(BatchCleaner(), batched=True)
    assert [row["text"] for row in streamed] == clean


@pytest.mark.filterwarnings("default")
def test_hugging_face_datasets_know_results_again_but_not_those_of_other_settings(tmp_path):
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    datasets.disable_progress_bars()
    path = tmp_path / "rows"
    datasets.Dataset.from_list(ROWS).save_to_disk(path)
    made = [
        datasets.load_from_disk(path).map(cleaner, batched=True)._fingerprint
        for cleaner in (
            BatchCleaner(),
            BatchCleaner(),
            BatchCleaner(text_key="text", detail="scores"),
        )
    ]
    assert made[0] == made[1] != made[2]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_ray_data(clean):
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    try:
        dataset = ray.data.from_items(ROWS)
        actors = ray.data.ActorPoolStrategy(size=1)
        by_class = dataset.map_batches(
            BatchCleaner, fn_constructor_kwargs={"text_key": "text"}, compute=actors, batch_size=2
        )
        by_object = dataset.map_batches(BatchCleaner(), batch_size=2)
        for made in (by_class, by_object):
            rows = sorted(made.take_all(), key=lambda row: row["n"])
            assert list(rows[0]) == ["n", "text", *OURS]
            assert [row["text"] for row in rows] == clean
    finally:
        ray.shutdown()
