"""What each input becomes, and what it is called."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.batch.find import Input
from cleaner.batch.formats import Kind, kind
from cleaner.batch.records import Failure
from cleaner.batch.targets import LONGEST, Target, file_name, share, targets

CASES = [
    ("a/page.html", None, "a/page.txt", "text"),
    ("a/page.md", None, "a/page.txt", "text"),
    ("page.html", "jsonl", "page.jsonl", "jsonl"),
    ("page.txt", "parquet", "page.parquet", "parquet"),
    ("crawl.jsonl", None, "crawl.jsonl", "jsonl"),
    ("crawl.jsonl.gz", None, "crawl.jsonl.gz", "jsonl"),
    ("crawl.jsonl.zst", "parquet", "crawl.parquet", "parquet"),
    ("crawl.warc.gz", None, "crawl.jsonl.gz", "jsonl"),
    ("crawl.wet", None, "crawl.jsonl", "jsonl"),
    ("crawl.parquet", None, "crawl.parquet", "parquet"),
    ("crawl.parquet", "jsonl", "crawl.jsonl", "jsonl"),
    ("crawl.jsonl.gz", "text", "crawl.jsonl.gz", "text"),
    ("v1.2 notes.txt", None, "v1.2 notes.txt", "text"),
    ("README", None, "README.txt", "text"),
]


def given_input(name: str, path: str = "") -> Input:
    return Input(path or f"in/{name}", name, kind(name) or Kind.DOCUMENT)


@pytest.mark.parametrize(("name", "wanted", "becomes", "form"), CASES)
def test_names(name, wanted, becomes, form):
    (target,) = targets([given_input(name)], wanted, "out")
    assert (target.name, target.form) == (becomes, form)


def test_of_two_inputs_with_one_name_the_second_fails():
    found = [given_input("a.html"), given_input("a.txt"), given_input("b.txt")]
    first, second, third = targets(found, None, "out")
    assert isinstance(first, Target)
    assert isinstance(second, Failure)
    assert "a.txt" in second.reason
    assert isinstance(third, Target)


def test_an_input_that_would_overwrite_itself_fails(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    found = [given_input("a.txt", str(tmp_path / "a.txt"))]
    (failure,) = targets(found, None, str(tmp_path))
    assert "overwrite itself" in failure.reason


@given(st.lists(st.integers()), st.integers(1, 9))
def test_shares_are_all_of_it_and_nothing_twice(items, world_size):
    parts = [list(share(items, rank, world_size)) for rank in range(world_size)]
    assert sorted(x for part in parts for x in part) == sorted(items)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@given(st.text(max_size=300))
def test_a_file_name_stays_in_its_folder(identity):
    name = file_name(identity)
    assert PurePosixPath(name).name == name
    assert name not in {"", ".", ".."}
    assert not name.startswith(".")
    assert name.endswith(".txt")
    assert len(name.encode()) <= LONGEST + 20
    assert not set(name) & set('/\\:*?"<>|\x00\n')


@given(st.text(max_size=20), st.text(max_size=20))
def test_two_ids_are_two_files(one, other):
    if one != other:
        assert file_name(one) != file_name(other)


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "..",
    "",
    "C:\\x",
    "x" * 5000,
    "\x00",
    "~",
]


@pytest.mark.parametrize("identity", HOSTILE)
def test_hostile_ids(identity):
    assert "/" not in file_name(identity)
