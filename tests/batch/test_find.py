"""Paths to inputs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cleaner.batch.find import Input, find
from cleaner.batch.formats import Kind
from cleaner.batch.records import Failure

TREE = {
    "one.txt": Kind.DOCUMENT,
    "TWO.HTM": Kind.DOCUMENT,
    "a/three.xhtml": Kind.DOCUMENT,
    "a/b/four.md": Kind.DOCUMENT,
    "a/five.html": Kind.DOCUMENT,
    "r/six.jsonl": Kind.JSONL,
    "r/seven.jsonl.gz": Kind.JSONL,
    "r/eight.jsonl.zst": Kind.JSONL,
    "r/nine.parquet": Kind.PARQUET,
    "w/ten.warc": Kind.WARC,
    "w/eleven.warc.gz": Kind.WARC,
    "w/twelve.wet.gz": Kind.WARC,
}
PASSED_OVER = [
    ("photo.png", "another kind of file"),
    ("archive.txt.gz", "a compressed document"),
    (".hidden.txt", "a hidden file"),
    (".git/config.txt", "a hidden folder"),
    ("_cleaner/errors.jsonl", "what an earlier run left"),
]


@pytest.fixture
def tree(tmp_path):
    for name in [*TREE, *(name for name, _ in PASSED_OVER)]:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    return tmp_path / "in"


def names(found) -> list[str]:
    return [x.name for x in found if isinstance(x, Input)]


def failures(found) -> list[Failure]:
    return [x for x in found if isinstance(x, Failure)]


def test_a_folder_gives_what_it_holds_by_suffix(tree):
    found = list(find([str(tree)]))
    assert {x.name: x.kind for x in found} == TREE
    assert names(found) == names(find([str(tree)])), "in the same order each time"
    assert all(x.size == 4 and x.changed for x in found)


def test_a_named_file_is_taken_whatever_it_is_called(tree):
    found = list(find([str(tree / "photo.png"), str(tree / ".hidden.txt")]))
    assert names(found) == ["photo.png", ".hidden.txt"]


def test_a_pattern_keeps_the_path_below_what_it_spells_out(tree):
    assert names(find([str(tree / "*" / "*.html")])) == ["a/five.html"]
    assert names(find([str(tree / "a" / "**" / "*.md")])) == ["b/four.md"]


def test_brackets_in_a_name_that_exists_are_no_pattern(tmp_path):
    (tmp_path / "[draft].txt").write_text("x")
    assert names(find([str(tmp_path / "[draft].txt")])) == ["[draft].txt"]


def test_what_is_not_there_is_a_failure_and_the_rest_goes_on(tree):
    found = list(find([str(tree / "none.txt"), str(tree / "*.nothing"), str(tree / "one.txt")]))
    assert names(found) == ["one.txt"]
    assert [x.reason for x in failures(found)] == [
        "no such file or folder",
        "no file matches this pattern",
    ]


def test_a_folder_without_anything_to_clean(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"x")
    (failure,) = find([str(tmp_path)])
    assert "nothing to clean" in failure.reason
    assert ".txt" in failure.reason


def test_links_that_lead_nowhere_or_round(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "page.txt").write_text("x")
    (tmp_path / "a" / "b" / "round").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "a" / "itself.txt").symlink_to(tmp_path / "a" / "itself.txt")
    (tmp_path / "a" / "fine.txt").symlink_to(tmp_path / "a" / "page.txt")
    found = list(find([str(tmp_path / "a")]))
    assert names(found) == ["fine.txt", "page.txt"]
    reasons = {Path(x.origin).name: x.reason for x in failures(found)}
    assert "a loop" in reasons["round"]
    assert "No such file" in reasons["dangling.txt"]
    assert "symbolic links" in reasons["itself.txt"]


def test_the_output_is_no_input(tree):
    (tree / "out").mkdir()
    (tree / "out" / "old.txt").write_text("x")
    assert "out/old.txt" in names(find([str(tree)]))
    assert "out/old.txt" not in names(find([str(tree)], output=str(tree / "out")))
    pattern = str(tree / "**" / "*.txt")
    assert "out/old.txt" not in names(find([pattern], output=str(tree / "out")))


def test_an_output_file_is_no_input(tree):
    for name in ("all.jsonl", "all-00001-of-00003.jsonl", "all-old.jsonl", "a/all.jsonl"):
        (tree / name).write_text("{}")
    others = ["a/all.jsonl", "all-old.jsonl"]
    for path in (str(tree), str(tree / "**" / "*.jsonl")):
        found = names(find([path], output=str(tree / "all.jsonl")))
        assert [name for name in found if "all" in name] == others


def test_an_output_that_comes_to_be_while_inputs_are_found_is_no_input(tree):
    found = find([str(tree)], output=str(tree / "z"))
    first = next(found)
    (tree / "z").mkdir()
    (tree / "z" / "one.txt").write_text("x")
    assert names([first, *found]) == names(find([str(tree)], output=str(tree / "z")))
    assert "z/one.txt" in names(find([str(tree)]))


def test_what_a_run_keeps_for_itself_is_no_input(tree):
    before = names(find([str(tree)]))
    for folder in ("_cleaner", "all.jsonl.cleaner/parts"):
        (tree / folder).mkdir(parents=True, exist_ok=True)
        (tree / folder / "journal.jsonl").write_text("{}")
    assert names(find([str(tree)])) == before
    kept = [name for name in before if name.endswith(".jsonl")]
    assert names(find([str(tree / "**" / "*.jsonl")])) == kept


def test_pipes_in_a_folder_are_passed_over(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "page.txt").write_text("x")
    assert names(find([str(tmp_path)])) == ["page.txt"]


def test_an_unreadable_folder_is_named(tree):
    (tree / "a").chmod(0)
    try:
        if os.access(tree / "a", os.R_OK):
            pytest.skip("this user may read everything")
        found = list(find([str(tree)]))
    finally:
        (tree / "a").chmod(0o755)
    assert [x.reason for x in failures(found)] == ["Permission denied"]


def test_names_that_are_no_unicode(tmp_path):
    name = b"caf\xe9.txt"
    (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    assert names(find([str(tmp_path)])) == [os.fsdecode(name)]
