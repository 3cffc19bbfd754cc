"""The line benchmark and the ways to beat on it, on a few made-up pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import tiny
from benchmarking import run

from cleaner.training.samples import read_samples, write_samples


@pytest.fixture
def lines(tmp_path) -> Path:
    """Pages of forty sites."""
    path = tmp_path / "lines.jsonl.gz"
    write_samples(path, (tiny.page(number) for number in range(40)))
    return path


def test_true_labels_score_one(lines, tmp_path):
    """Of the pages that are scored; whoever labels the others too loses nothing."""
    labels = tmp_path / "labels.jsonl"
    rows = [{"id": x.id, "labels": x.labels} for x in read_samples(lines)]
    labels.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    told = run("lines", "score", str(lines), str(labels))
    (mine,) = re.findall(r"^\| these labels \| (\d+) .* \| (\d+) \| ([\d.]+) \|$", told, re.M)
    assert 0 < int(mine[1]) < 40
    assert float(mine[2]) == 1
    assert "| doing nothing |" in told


@pytest.mark.slow
def test_a_table_is_printed_and_written(lines, tmp_path):
    for library in ("datatrove", "spacy", "justext", "fasttext"):
        pytest.importorskip(library, reason=f"{library} is not installed")
    kept = tmp_path / "kept"
    words = ("-o", str(tmp_path / "results"), "--pages", "3", "--kept", str(kept))
    told = run("text", str(lines), *words)
    assert told == (tmp_path / "results.md").read_text("utf-8")
    assert len(re.findall(r"^\| \w.* \| (?:[01]\.\d{3} \| ){5}", told, re.M)) == 9
    assert "saw these pages" in told
    assert len(list(kept.glob("*/*.json"))) == 9
