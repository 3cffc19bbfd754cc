"""Web pages are found in every layout, with what is right; scores are F1 of bags of words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import webpages
from places import ROOT
from webpages import SENTENCE


def said(code: str, *words: str) -> object:
    """What a program prints as JSON; beside these tests, ``benchmarks`` would be their folder."""
    program = f"import json, sys; from pathlib import Path; print(json.dumps({code}))"
    program = f"from benchmarks.webpages import pages, score; {program}"
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)


def pages(folder: Path) -> list[dict[str, object]]:
    """The pages of a folder."""
    code = "[{**vars(x), 'path': '', 'segments': vars(x.segments) if x.segments else None}"
    return said(f"{code} for x in pages(Path(sys.argv[1]))]", str(folder))


@pytest.mark.parametrize(
    ("layout", "found"),
    [
        pytest.param(
            webpages.wcxb,
            [
                {"id": "0000", "kind": "article", "site": "example.org"},
                {"id": "0001", "kind": "collection", "site": "example.net"},
            ],
            id="WCXB: types by their later names, no page whose text was forgotten",
        ),
        pytest.param(
            webpages.article_extraction_benchmark,
            [{"id": "ab", "kind": "article", "site": "example.org", "gold": SENTENCE}],
            id="article-extraction-benchmark",
        ),
        pytest.param(
            webpages.readability_pages,
            [{"id": "001", "kind": "article", "site": "", "gold": f"Rain\n\n{SENTENCE.strip()}"}],
            id="Readability.js: the text of the expected HTML",
        ),
        pytest.param(
            webpages.trafilatura_evaluation,
            [
                {
                    "id": "rain.html",
                    "kind": "en",
                    "site": "example.org",
                    "gold": "",
                    "segments": {
                        "wanted": [SENTENCE.strip()],
                        "unwanted": ["Sport"],
                        "comments": [],
                    },
                }
            ],
            id="trafilatura's evaluation: segments, no page that was not saved",
        ),
    ],
)
def test_a_layout(tmp_path, layout, found):
    given = pages(layout(tmp_path))
    assert len(given) == len(found)
    for page, expected in zip(given, found, strict=True):
        assert {key: page[key] for key in expected} == expected


def test_a_folder_without_pages(tmp_path):
    assert pages(tmp_path) == []


def test_scores():
    cases = [("", ""), ("a", ""), ("", "a"), ("A b", "a, b."), ("a a", "a")]
    found = said(f"[score(text, gold)[2] for text, gold in {cases!r}]")
    assert found == pytest.approx([1, 0, 0, 1, 2 / 3])
