"""What is said when a library that comes with an extra is not there."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from cleaner import cli
from cleaner.errors import CleanerError, ExtraError

EXTRAS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))[
    "project"
]["optional-dependencies"]


class Case(NamedTuple):
    """A command, the library that it finds missing, and the extra that brings it."""

    source: str
    output: str
    library: str
    extra: str


CASES = [
    Case("in.jsonl.zst", "out", "zstandard", "batch"),
    Case("in.parquet", "out", "pyarrow", "batch"),
    Case("in.warc", "out", "fastwarc", "warc"),
    Case("in.txt", "s3://bucket/out", "fsspec", "batch"),
    Case("in.txt", "s3://bucket/out", "s3fs", "s3"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.library)
def test_the_extra_is_named(tmp_path, monkeypatch, capsys, case):
    monkeypatch.chdir(tmp_path)
    (tmp_path / case.source).write_bytes(b"text")
    for name in [name for name in sys.modules if name.partition(".")[0] == case.library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, case.library, None)
    assert cli.main(["clean", case.source, "-o", case.output, "--workers", "0"]) == 1
    assert f"pip install 'cleaner[{case.extra}]'" in capsys.readouterr().err
    assert any(needed.startswith(case.library) for needed in brought_by(case.extra))


def brought_by(extra: str) -> set[str]:
    """What an extra installs, with what it takes from other extras."""
    needed = set()
    for entry in EXTRAS[extra]:
        if entry.startswith("cleaner["):
            for other in entry.removeprefix("cleaner[").removesuffix("]").split(","):
                needed |= brought_by(other)
        else:
            needed.add(entry)
    return needed


def test_all_brings_what_each_extra_brings():
    for_users = set(EXTRAS) - {"all", "bench", "dev", "test"}
    assert brought_by("all") == set().union(*map(brought_by, for_users))


def test_the_error_is_one_of_ours_and_one_of_import():
    assert issubclass(ExtraError, CleanerError)
    assert issubclass(ExtraError, ImportError)
