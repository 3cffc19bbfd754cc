"""The benchmark of extractors: both layouts are read, and the tables say what was measured."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "html.py"


@pytest.fixture(scope="module")
def bench():
    found = importlib.util.spec_from_file_location("bench_html", SCRIPT)
    module = importlib.util.module_from_spec(found)
    sys.modules["bench_html"] = module
    found.loader.exec_module(module)
    return module


SENTENCE = "The river rose by two metres overnight, the town hall said on Friday. "
PAGE = f"<html><nav><a href=/>Home</a></nav><h1>Rain</h1><p>{SENTENCE * 3}</p></html>"


@pytest.fixture
def wcxb(tmp_path):
    (tmp_path / "html").mkdir()
    (tmp_path / "ground-truth").mkdir()
    for number, kind in enumerate(("article", "category")):
        name = f"000{number}"
        (tmp_path / "html" / f"{name}.html.gz").write_bytes(gzip.compress(PAGE.encode()))
        told = {"ground_truth": {"main_content": f"Rain {SENTENCE * 3}"}}
        told["_internal"] = {"page_type": {"primary": kind}}
        (tmp_path / "ground-truth" / f"{name}.json").write_text(json.dumps(told))
    return tmp_path


def test_pages_in_the_layout_of_wcxb(bench, wcxb):
    assert [(page.id, page.kind) for page in bench.pages(wcxb)] == [
        ("0000", "article"),
        ("0001", "collection"),
    ]


def test_pages_in_the_layout_of_article_extraction_benchmark(bench, tmp_path):
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "ab.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    told = {"ab": {"articleBody": SENTENCE, "url": "https://example.org"}}
    (tmp_path / "ground-truth.json").write_text(json.dumps(told))
    (page,) = bench.pages(tmp_path)
    assert (page.id, page.gold, page.read().decode()) == ("ab", SENTENCE, PAGE)


@pytest.mark.parametrize(
    ("text", "gold", "f1"),
    [("", "", 1), ("a", "", 0), ("", "a", 0), ("A b", "a, b.", 1), ("a a", "a", 2 / 3)],
)
def test_score(bench, text, gold, f1):
    assert bench.score(text, gold)[2] == pytest.approx(f1)


def test_a_run_writes_its_tables(wcxb, tmp_path):
    held = tmp_path / "held.jsonl"
    rows = ({"id": f"000{number}", "text": SENTENCE} for number in range(2))
    held.write_text("\n".join(map(json.dumps, rows)))
    command = [sys.executable, "-m", "benchmarks.html", str(wcxb), "-o", str(tmp_path / "found")]
    command += ["--extractors", "cleaner", "--held-out", str(held)]
    subprocess.run(command, cwd=SCRIPT.parents[1], check=True, capture_output=True)
    written = (tmp_path / "found.md").read_text()
    assert "| cleaner, out of fold | 1.000 | 0.3" in written
    assert "article (1) | collection (1)" in written
    assert "| segmentation |" in written
    assert len((tmp_path / "found.jsonl").read_text().splitlines()) == 2
