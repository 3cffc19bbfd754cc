"""The same bytes come out whatever the process is like: hash seed, locale, number of workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from places import CLEAN_SUFFIX, PAGES, ROOT

WAYS = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "any hash seed": {"PYTHONHASHSEED": "random"},
    "locale C": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a far time zone": {"TZ": "Pacific/Kiritimati"},
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    """Some written pages."""
    folder = tmp_path_factory.mktemp("in")
    pages = [path for path in sorted(PAGES.iterdir()) if not path.name.endswith(CLEAN_SUFFIX)]
    for path in pages[::6]:
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def cleaned(sources: Path, output: Path, workers: int, **environment: str) -> dict[str, bytes]:
    """Every file that ``cleaner clean`` writes, by name."""
    words = ["clean", str(sources), "-o", str(output), "--to", "jsonl", "--workers", str(workers)]
    environment = {name: value for name, value in os.environ.items() if name != "LC_ALL"} | {
        "PYTHONPATH": str(ROOT),
        **environment,
    }
    subprocess.run(
        [sys.executable, "-m", "cleaner", *words, "--quiet"], check=True, env=environment
    )
    return {path.name: path.read_bytes() for path in sorted(output.glob("*.jsonl"))}


@pytest.fixture(scope="module")
def expected(sources, tmp_path_factory) -> dict[str, bytes]:
    """What one worker in the environment of the tests writes."""
    return cleaned(sources, tmp_path_factory.mktemp("out"), workers=1)


def test_there_is_something_to_compare(sources, expected):
    assert len(expected) == len(list(sources.iterdir())) > 5
    assert all(expected.values())


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_environment_does_not_matter(sources, expected, tmp_path, way):
    assert cleaned(sources, tmp_path, 1, **WAYS[way]) == expected


@pytest.mark.slow
def test_nor_does_the_number_of_workers(sources, expected, tmp_path):
    assert cleaned(sources, tmp_path, workers=2) == expected
