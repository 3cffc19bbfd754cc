"""The step, in a pipeline that datatrove runs."""

from __future__ import annotations

import gzip
import json

import pytest

pytest.importorskip("datatrove", reason="the extra `datatrove` is not installed")

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from cleaner.pipelines import DocumentCleaner

from .conftest import ARTICLE, MENU, TEXTS

ROWS = [
    {"id": f"d{i}", "text": text, "url": f"https://site.example/{i}", "language": "theirs"}
    for i, text in enumerate(TEXTS)
    if text  # datatrove's reader leaves out documents without any
]


def lines(folder) -> dict[str, dict]:
    rows = [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    return {row["id"]: row for row in rows}


def test_a_pipeline_keeps_metadata_and_says_why_documents_are_gone(tmp_path, pages, clean):
    (tmp_path / "in").mkdir()
    for task in range(2):
        rows = (json.dumps(row) + "\n" for row in ROWS[task::2])
        (tmp_path / "in" / f"{task}.jsonl").write_text("".join(rows))
    step = DocumentCleaner(exclusion_writer=JsonlWriter(str(tmp_path / "gone")), batch_size=2)
    executor = LocalPipelineExecutor(
        [JsonlReader(str(tmp_path / "in")), step, JsonlWriter(str(tmp_path / "out"))],
        tasks=2,
        logging_dir=str(tmp_path / "log"),
    )
    executor.run()
    kept, gone = lines(tmp_path / "out"), lines(tmp_path / "gone")
    assert {name: row["text"] for name, row in kept.items()} == {
        f"d{i}": text for i, text in enumerate(clean) if text
    }
    assert set(kept) | set(gone) == {row["id"] for row in ROWS}
    assert (
        kept["d0"]["metadata"].items()
        >= {
            "url": "https://site.example/0",
            "language": "theirs",
            "clean_language": "en",
            "title": pages[0].title,
        }.items()
    )
    assert gone["d1"]["text"] == MENU
    assert gone["d1"]["metadata"]["filter_reason"] == "nothing_left"
    assert gone["d1"]["metadata"]["url"] == "https://site.example/1"
    assert "dropped_nothing_left" in (tmp_path / "log" / "stats.json").read_text()


def test_what_cannot_be_cleaned_is_excluded_with_the_reason():
    step = DocumentCleaner()
    large = Document("x" * 30_000_000, "large", metadata={"url": "here"})
    fine = Document(ARTICLE, "fine")
    assert step.filter_batch([large, fine]) == [(False, "failed"), True]
    assert "over the limit" in large.metadata["clean_error"]
    assert large.metadata["url"] == "here"
    assert fine.text != ARTICLE


def test_one_by_one_is_the_same(clean):
    document = Document(ARTICLE, "a")
    assert DocumentCleaner().filter(document) is True
    assert document.text == clean[0]


def test_metadata_of_any_name_stay(pages):
    document = Document(ARTICLE, "a", metadata={"text": "raw", "id": 7, "title": "T"})
    DocumentCleaner().filter(document)
    assert document.metadata.items() >= {"text": "raw", "id": 7, "title": "T"}.items()
    assert document.metadata["clean_title"] == pages[0].title
