"""Folders of web pages as public collections lay them out, made up."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

SENTENCE = "The river rose by two metres overnight, the town hall said on Friday. "
MENU = "<nav><a href=/>Home</a><a href=/sport>Sport</a></nav>"
PAGE = f"<html><body>{MENU}<h1>Rain</h1><p>{SENTENCE * 3}</p><p>{SENTENCE}</p></body></html>"
SITES = ("one.example.org", "two.example.net")


def saved(path: Path, page: str = PAGE) -> None:
    """A compressed page."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(page.encode()))


def wcxb(folder: Path) -> Path:
    """Two pages of two sites, and one whose text was forgotten."""
    truths = [
        ("article", f"Rain {SENTENCE * 4}"),
        ("category", f"Rain {SENTENCE}"),
        ("forum", None),
    ]
    (folder / "dev" / "ground-truth").mkdir(parents=True)
    for number, (kind, gold) in enumerate(truths):
        name = f"000{number}"
        saved(folder / "dev" / "html" / f"{name}.html.gz")
        told = {"with": [SENTENCE.strip()]} | ({"main_content": gold} if gold else {})
        record = {"ground_truth": told, "_internal": {"page_type": {"primary": kind}}}
        (folder / "dev" / "ground-truth" / f"{name}.json").write_text(json.dumps(record))
    domains = {f"000{number}": {"domain": site} for number, site in enumerate(SITES)}
    (folder / "metadata.json").write_text(json.dumps({"files": domains}))
    return folder / "dev"


def article_extraction_benchmark(folder: Path) -> Path:
    """One page."""
    saved(folder / "html" / "ab.html.gz")
    told = {"ab": {"articleBody": SENTENCE, "url": "https://www.example.org/rain"}}
    (folder / "ground-truth.json").write_text(json.dumps(told))
    return folder


def readability_pages(folder: Path) -> Path:
    """One page."""
    saved(folder / "001.html.gz")
    saved(folder / "001.expected.html.gz", f"<div><h1>Rain</h1><p>{SENTENCE}</p></div>")
    return folder


def trafilatura_evaluation(folder: Path) -> Path:
    """One page, and one that nobody saved."""
    saved(folder / "html" / "rain.html.gz")
    told = {"with": [SENTENCE], "without": ["Sport"], "comments": []}
    entries = {
        "https://www.example.org/rain": {"file": "rain.html", **told},
        "https://www.example.org/gone": {"file": "gone.html", **told},
    }
    (folder / "evaldata.json").write_text(json.dumps(entries))
    return folder
