"""What the training command writes beside the model."""

from __future__ import annotations

import json

import tiny

from cleaner.training.__main__ import write_labels


def test_labels_are_written_by_page(tmp_path):
    pages = [tiny.page(1), tiny.page(2)]
    write_labels(tmp_path / "labels.jsonl", pages, [page.labels for page in pages])
    rows = [json.loads(x) for x in (tmp_path / "labels.jsonl").read_text("utf-8").splitlines()]
    assert [(row["id"], tuple(row["labels"])) for row in rows] == [(x.id, x.labels) for x in pages]
