"""The benchmark of extractors: what is compared is out of fold, and the tables say what it was."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import webpages
from benchmarking import run
from webpages import SENTENCE


def cells(table: str, row: str) -> list[str]:
    """The cells of a row of a Markdown table."""
    (found,) = re.findall(
        rf"^\| {re.escape(row)} \| (.*) \|$", table.partition("\n| F1 |")[0], re.M
    )
    return found.split(" | ")


@pytest.fixture
def wcxb(tmp_path) -> Path:
    return webpages.wcxb(tmp_path / "wcxb")


@pytest.fixture
def texts(tmp_path) -> Path:
    """Texts out of fold, of one of the two pages."""
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({"id": "0000", "text": SENTENCE}) + "\n")
    return path


def test_texts_out_of_fold_are_what_is_scored(wcxb, texts, tmp_path):
    words = ("--held-out", str(texts), "--extractors")
    told = run("html", str(wcxb), "-o", str(tmp_path / "found"), *words)
    assert told == (tmp_path / "found.md").read_text() + "\n"
    assert told.startswith("1 of 2 pages of dev.")
    assert cells(told, "cleaner, out of fold")[:3] == ["1.000", "0.245", "0.394 ± nan"]
    assert "| F1 | article (1) |" in told
    assert "| segmentation |" in told
    assert "in fold" not in told
    (row,) = map(json.loads, (tmp_path / "found.jsonl").read_text().splitlines())
    assert row == {"id": "0000", "cleaner, out of fold": pytest.approx(0.394, abs=0.001)}


def test_only_sites_are_looked_at_that_the_model_has_not_seen(wcxb, tmp_path):
    (tmp_path / "sites.json").write_text(json.dumps(["example.net"]))
    words = ("--unseen", str(tmp_path / "sites.json"), "--extractors")
    told = run("html", str(wcxb), "-o", str(tmp_path / "found"), *words)
    assert told.startswith("1 of 2 pages of dev.")
    assert cells(told, "cleaner, out of fold")
    assert "collection (1)" in told


def test_what_others_said_is_kept(wcxb, tmp_path):
    """A run with ``--kept`` reads it instead of asking again; scores that it cannot have made."""
    pytest.importorskip("trafilatura")
    words = ("--kept", str(tmp_path / "kept"), "--extractors", "trafilatura")
    run("html", str(wcxb), "-o", str(tmp_path / "found"), *words)
    kept = tmp_path / "kept" / "trafilatura.jsonl"
    cost, *rows = map(json.loads, kept.read_text().splitlines())
    assert cost["pages"] == len(rows) == 2
    rows = [{"id": row["id"], "text": "nothing of it"} for row in rows]
    kept.write_text("\n".join(map(json.dumps, [cost, *rows])))
    told = run("html", str(wcxb), "-o", str(tmp_path / "found"), *words)
    assert cells(told, "trafilatura")[:2] == ["0.000", "0.000"]
    assert cells(told, "cleaner, in fold")


def test_segments_are_counted(tmp_path):
    folder = webpages.trafilatura_evaluation(tmp_path)
    told = run("html", str(folder), "-o", str(tmp_path / "found"), "--extractors", "resiliparse")
    assert "| % kept | `with` (1) | `without` (1) | comments (0) |" in told
    assert re.search(r"^\| resiliparse \| 100.0 \| \d+\.0 \| nan \|", told, re.M)
    assert "| % kept: `with`, `without` | others (1) |" in told


def test_a_folder_without_pages(tmp_path):
    with pytest.raises(subprocess.CalledProcessError) as raised:
        run("html", str(tmp_path))
    assert "no pages" in raised.value.stderr


@pytest.mark.parametrize("module", ["extracted", "injected"])
def test_what_cleaning_does_to_pages_of_sites_not_seen(wcxb, tmp_path, module):
    (tmp_path / "sites.json").write_text(json.dumps(["example.org"]))
    words = ("--unseen", str(tmp_path / "sites.json"), "-o", str(tmp_path / "found"))
    told = run(module, str(wcxb), *words)
    assert told == (tmp_path / "found.md").read_text() + "\n"
    assert told.startswith("1 pages of dev, out of fold.")
    rows = re.findall(r"^\| (cleaner|trafilatura|resiliparse)\b.*; .* \|$", told, re.M)
    assert len(rows) >= 12
