"""The benchmark of memory, on a few small files."""

from __future__ import annotations

import re
import sys

import pytest
from benchmarking import run


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_told_and_nothing_is_left(tmp_path):
    told = run("memory", "files", str(tmp_path), "--count", "60")
    assert re.findall(r"^## .+$", told, re.MULTILINE) == [
        "## 60 files",
        "## again, all of them done",
    ]
    assert len(re.findall(r"^documents +60 cleaned", told, re.MULTILINE)) == 2
    assert re.search(r"at the highest [1-9]\d* MB in the parent, [1-9]\d* MB in a worker", told)
    assert not list(tmp_path.iterdir())
