"""The benchmark of the batch run, on a few pages."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from places import PAGES, ROOT


@pytest.mark.slow
def test_a_table_is_printed_and_written(tmp_path):
    for library in ("datatrove", "orjson", "spacy"):
        pytest.importorskip(library, reason=f"{library} is not installed")
    words = [str(PAGES), "--lines", "300", "--pages", "3", "--table", str(tmp_path / "table.md")]
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.batch", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    assert told == (tmp_path / "table.md").read_text()
    assert len(re.findall(r"^\| .+ \| \d+\.\d \| \d[\d,]* \| \d+\.\d \|$", told, re.MULTILINE)) == 8
