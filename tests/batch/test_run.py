"""Whole runs: what is written where, what a stopped run leaves, and how the next goes on."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.batch import shards
from cleaner.batch.find import find
from cleaner.batch.folders import LocalFolder
from cleaner.batch.records import Limits, Recipe
from cleaner.batch.run import clean
from cleaner.batch.task import Task, planned
from cleaner.errors import CleanerError, Misuse
from cleaner.page import Settings

from .conftest import article, cleaned


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(home, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def tree(folder) -> dict[str, bytes]:
    """The output, without what the run keeps for itself."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        name: path.read_bytes()
        for path in files
        if not (name := path.relative_to(folder).as_posix()).startswith("_cleaner/")
    }


def task(*paths, output="out", workers=0, **rest) -> Task:
    return Task(paths or ("in",), output, workers=workers, **rest)


def lines(path) -> list[dict]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


PAGES = {f"in/{'abc'[i % 3]}/{i:03}.{'txt' if i % 2 else 'html'}": article(i) for i in range(30)}
EXPECTED = {
    name[3:].rpartition(".")[0] + ".txt": cleaned(text).encode() for name, text in PAGES.items()
}
ROWS = [{"id": f"r{i}", "text": article(i), "n": i} for i in range(30)]


def json_lines(rows) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


# -- what is written where -----------------------------------------------------------------------


@pytest.mark.parametrize("workers", [0, 2])
def test_a_tree_becomes_the_same_tree(home, watcher, workers):
    write(home, PAGES)
    report = clean(task(workers=workers), watcher)
    assert tree(home / "out") == EXPECTED
    assert report.tally.documents == len(PAGES)
    assert report.tally.failures == 0
    assert report.tally.words >= report.tally.words_kept > 0
    told = json.loads((home / "out/_cleaner/report.json").read_text())
    assert told["tally"]["documents"] == len(PAGES)
    assert watcher.position == sum(len(text) for text in PAGES.values())


def test_each_kind_of_input_keeps_its_form(home, watcher):
    write(home, {"in/a.txt": article(1), "in/r.jsonl.gz": gzip.compress(json_lines(ROWS))})
    pq.write_table(pa.Table.from_pylist(ROWS), home / "in/t.parquet")
    clean(task(), watcher)
    assert sorted(tree(home / "out")) == ["a.txt", "r.jsonl.gz", "t.parquet"]
    written = [
        json.loads(x) for x in gzip.decompress((home / "out/r.jsonl.gz").read_bytes()).splitlines()
    ]
    assert [row["n"] for row in written] == list(range(30))
    assert [row["text"] + "\n" for row in written] == [cleaned(row["text"]) for row in ROWS]
    assert pq.read_table(home / "out/t.parquet").column("n").to_pylist() == list(range(30))


def test_a_record_of_json(home, watcher):
    write(home, {"in/a/page.html": article(1)})
    clean(task(form="jsonl"), watcher)
    (row,) = lines(home / "out/a/page.jsonl")
    assert list(row) == ["id", "text", "title", "language", "removed", "lines"]
    assert row["id"] == "a/page.html"
    assert row["text"] + "\n" == cleaned(article(1))
    assert [line["number"] for line in row["lines"]] == [1, 3, 4, 5, 6]
    assert set(row["lines"][0]) == {"number", "text", "label", "probability", "reason"}


def test_records_tell_what_a_page_says_of_itself(home, watcher):
    page = "<html lang=en><title>Rain</title><meta name=author content='Ann Lee'><p>x</html>"
    rows = [{"id": 1, "text": page}, {"id": 2, "text": article(1), "metadata": "theirs"}]
    write(home, {"in/r.jsonl": json_lines(rows)})
    clean(task(recipe=Recipe(metadata=True, detail="none")), watcher)
    told, untold = lines(home / "out/r.jsonl")
    nothing = dict.fromkeys(("title", "author", "date", "site", "language"))
    assert told["title"] == "Rain"
    assert told["metadata"] == nothing | {"title": "Rain", "author": "Ann Lee", "language": "en"}
    assert untold["metadata"] == "theirs"
    assert untold["clean_metadata"] == nothing


def test_markdown_files_and_records(home, watcher):
    page = (
        "<html><h1>Rain</h1>" + "<p>The <b>river</b> rose by two metres overnight, they said." * 4
    )
    write(home, {"in/a/page.html": page, "in/r.jsonl": json_lines([{"id": "x", "text": page}])})
    clean(task(form="markdown"), watcher)
    text = (home / "out/a/page.md").read_text()
    assert "The **river** rose" in text
    assert (home / "out/r.jsonl/x.md").read_text() == text
    clean(task(form="jsonl", output="records", recipe=Recipe(style="markdown")), watcher)
    assert lines(home / "records/r.jsonl")[0]["text"] + "\n" == text


def test_parallel_lists_have_an_entry_for_each_line_of_the_source(home, watcher):
    write(home, {"in/r.jsonl": json_lines(ROWS[:1])})
    clean(task(recipe=Recipe(detail="scores")), watcher)
    (row,) = lines(home / "out/r.jsonl")
    assert len(row["line_labels"]) == len(row["line_quality"]) == 6
    assert row["line_labels"][1] is row["line_quality"][1] is None, "the blank line"
    assert "lines" not in row


def test_columns_pass_through_even_under_our_names(home, watcher):
    row = {"id": 7, "text": article(1), "title": ["theirs"], "n": 10**30, "x": {"y": None}}
    write(home, {"in/r.jsonl": json_lines([row])})
    clean(task(recipe=Recipe(detail="none")), watcher)
    (written,) = lines(home / "out/r.jsonl")
    assert {k: written[k] for k in ("id", "title", "n", "x")} == {
        k: row[k] for k in ("id", "title", "n", "x")
    }
    assert set(written) == {*row, "clean_title", "language", "removed"}


def test_records_as_text_files_stay_in_their_folder(home, watcher):
    rows = [{"id": x, "text": article(1)} for x in ("../../evil", "/etc/x", "fine", "fine")]
    write(home, {"in/r.jsonl": json_lines(rows)})
    clean(task(form="text"), watcher)
    assert len(tree(home / "out")) == 3
    assert all(name.startswith("r.jsonl/") for name in tree(home / "out"))
    assert sorted(x.name for x in home.iterdir()) == ["in", "out"]
    assert "has this id already" in watcher.failures["in/r.jsonl: fine"]


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz", "all.jsonl.zst", "all.parquet"])
@pytest.mark.parametrize("workers", [0, 2])
def test_all_in_one_file(home, watcher, monkeypatch, name, workers):
    monkeypatch.setattr(shards, "PART_DOCUMENTS", 7)
    write(home, PAGES)
    clean(task(output=name, workers=workers), watcher)
    data = (home / name).read_bytes()
    if name.endswith(".parquet"):
        rows = pq.read_table(home / name).to_pylist()
    else:
        if name.endswith(".gz"):
            data = gzip.decompress(data)
        elif name.endswith(".zst"):
            data = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
        rows = [json.loads(line) for line in data.splitlines()]
    assert [row["id"] for row in rows] == sorted(name[3:] for name in PAGES)
    assert rows[0]["text"] + "\n" == cleaned(PAGES["in/a/000.html"])
    assert sorted(x.name for x in (home / f"{name}.cleaner").iterdir()) == [
        "journal.jsonl",
        "report.json",
    ]


def test_parquet_keeps_the_types_of_columns(home, watcher):
    table = pa.table(
        {
            "text": pa.array([article(1), article(2)], pa.large_string()),
            "n": pa.array([1, None], pa.uint8()),
            "when": pa.array([0, 1], pa.timestamp("ms", "UTC")),
            "tags": pa.array([[], None], pa.list_(pa.string())),
        }
    )
    (home / "in").mkdir()
    pq.write_table(table, home / "in/t.parquet")
    clean(task(), watcher)
    written = pq.read_table(home / "out/t.parquet")
    for name in ("n", "when", "tags"):
        assert written.column(name).combine_chunks().equals(table.column(name).combine_chunks())
        assert written.schema.field(name).type == table.schema.field(name).type


def test_records_that_fit_no_parquet_type_are_an_error_that_names_the_column(home, watcher):
    rows = [{"text": article(1), "n": 1}, {"text": article(2), "n": "two"}]
    write(home, {"in/r.jsonl": json_lines(rows)})
    report = clean(task(form="parquet"), watcher)
    assert report.tally.failures == 1
    assert tree(home / "out") == {}
    (reason,) = watcher.failures.values()
    assert "column 'n'" in reason


def test_an_empty_input_is_an_empty_output(home, watcher):
    write(home, {"in/a.txt": b"", "in/b.jsonl": b"", "in/c.html": b"  \n \n"})
    report = clean(task(), watcher)
    assert tree(home / "out") == {"a.txt": b"", "b.jsonl": b"", "c.txt": b""}
    assert (report.tally.documents, report.tally.empty, report.tally.failures) == (2, 2, 0)


def test_one_document_into_a_named_file(home, watcher):
    write(home, {"in/a.txt": article(1)})
    report = clean(task("in/a.txt", output="clean.txt"), watcher)
    assert (home / "clean.txt").read_text() == cleaned(article(1))
    assert report.tally.documents == 1
    assert sorted(x.name for x in home.iterdir()) == ["clean.txt", "in"], "and nothing beside it"


def test_output_inside_the_input_is_not_cleaned_again(home, watcher):
    write(home, {"in/a.txt": article(1)})
    for _ in range(2):
        clean(task(output="in/out"), watcher)
    assert sorted(tree(home / "in/out")) == ["a.txt"]


def test_an_output_file_inside_the_input_is_not_cleaned_again(home, watcher):
    write(home, {"in/a.txt": article(1), "in/b/c.txt": article(2)})
    for _ in range(2):
        report = clean(task(output="in/all.jsonl"), watcher)
        assert report.tally.documents == 2
        assert [row["id"] for row in lines(home / "in/all.jsonl")] == ["a.txt", "b/c.txt"]
    assert not watcher.failures


def test_shares_make_up_the_whole(home, watcher):
    write(home, PAGES)
    for rank in range(3):
        clean(task(rank=rank, world_size=3), watcher)
    assert tree(home / "out") == EXPECTED
    for rank in range(3):
        clean(task(output="all.jsonl", rank=rank, world_size=3), watcher)
    names = [f"all-{rank:05}-of-00003.jsonl" for rank in range(3)]
    assert sorted(row["id"] for name in names for row in lines(home / name)) == sorted(
        x[3:] for x in PAGES
    )


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [0, 2])
def test_bad_inputs_are_named_and_the_others_go_on(home, watcher, workers):
    bad = {
        "in/bad/image.txt": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "in/bad/large.txt": b"x" * 60_000,
        "in/bad/twin.html": article(1),
        "in/bad/twin.txt": article(2),
        "in/bad/cut.jsonl.gz": gzip.compress(json_lines(ROWS))[:-30],
        "in/bad/no.parquet": b"PAR1 is how such a file begins, and nothing else is right",
    }
    write(home, PAGES | bad)
    limits = Recipe(limits=Limits(bytes=50_000))
    report = clean(task("in", "nowhere", workers=workers, recipe=limits), watcher)
    reasons = {
        "in/bad/image.txt": "PNG image",
        "in/bad/large.txt": "over the limit",
        "in/bad/twin.txt": "another input is written to",
        "in/bad/cut.jsonl.gz": "ended before",
        "in/bad/no.parquet": "damaged Parquet file",
        "nowhere": "no such file",
    }
    assert set(watcher.failures) == set(reasons)
    assert all(reason in watcher.failures[name] for name, reason in reasons.items())
    assert report.tally.failures == len(reasons)
    assert EXPECTED.items() <= tree(home / "out").items()
    noted = {(row["origin"], row["reason"]) for row in lines(home / "out/_cleaner/errors.jsonl")}
    assert noted == set(watcher.failures.items())


def test_what_failed_is_tried_again_and_what_was_kept_is_reported_again(home, watcher):
    write(home, {"in/a.txt": b"%PDF-1.7", "in/r.jsonl": b'{"text": "fine"}\n{"broken\n'})
    first = clean(task(), watcher)
    assert first.tally.failures == 2
    write(home, {"in/a.txt": article(1)})
    again = clean(task(), watcher)
    assert again.tally.failures == 1, "the broken line, remembered"
    assert again.tally.documents == 2
    (error,) = lines(home / "out/_cleaner/errors.jsonl")
    assert error["id"] == "line 2"


def test_a_failed_document_leaves_the_existing_output_alone(home, watcher):
    write(home, {"in/a.txt": b"%PDF-1.7", "out/a.txt": "from before"})
    clean(task(), watcher)
    assert (home / "out/a.txt").read_text() == "from before"


def test_a_folder_in_the_way_of_a_file(home, watcher):
    write(home, {"in/a.txt": article(1), "in/b.txt": article(2), "out/a.txt/x": "in the way"})
    report = clean(task(), watcher)
    assert report.tally.failures == 1
    assert "cannot be written" in watcher.failures["in/a.txt"]
    assert (home / "out/b.txt").read_text() == cleaned(article(2))


def test_a_full_disk_stops_the_run_and_the_next_goes_on(home, watcher, monkeypatch):

    write(home, PAGES)
    left = 10
    whole = LocalFolder.write

    def write_until_full(self, name, data):
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        whole(self, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(LocalFolder, "write", write_until_full)
        with pytest.raises(CleanerError, match="No space left on device; what is finished is kept"):
            clean(task(), watcher)
    report = clean(task(), watcher)
    assert report.earlier.documents == 10
    assert tree(home / "out") == EXPECTED


MISUSES = [
    ({"output": "in"}, "both input and output"),
    ({"rank": 3, "world_size": 3}, "rank 3"),
    ({"workers": -1}, "workers"),
    ({"output": "all.parquet", "form": "jsonl"}, "is not a name for"),
    ({"output": "in/b/mine.jsonl"}, "may be one of the inputs in in"),
]


@pytest.mark.parametrize(("wrong", "message"), MISUSES)
def test_misuse(home, wrong, message):
    write(home, PAGES | {"in/b/mine.jsonl": "{}"})
    with pytest.raises(Misuse, match=message):
        task(**wrong)


def test_two_documents_do_not_go_into_one_text_file(home, watcher):
    write(home, PAGES)
    with pytest.raises(Misuse, match="can hold one document"):
        clean(task(output="all.txt"), watcher)


# -- going on ------------------------------------------------------------------------------------


def test_a_second_run_does_nothing(home, watcher):
    write(home, PAGES | {"in/r.jsonl": json_lines(ROWS)})
    first = clean(task(), watcher)
    times = {path: path.stat().st_mtime_ns for path in (home / "out").rglob("*.*")}
    second = clean(task(), watcher)
    assert second.tally == second.earlier == first.tally
    output = [path for path in times if "_cleaner" not in path.parts]
    assert all(path.stat().st_mtime_ns == times[path] for path in output)


def test_what_changed_is_done_again(home, watcher):
    write(home, PAGES)
    clean(task(), watcher)
    write(home, {"in/a/000.html": article(99)})
    (home / "out/b/001.txt").unlink()
    report = clean(task(), watcher)
    assert report.tally.documents - report.earlier.documents == 2
    assert report.tally.documents == len(PAGES), "and what was lost is not counted twice"
    assert tree(home / "out") == EXPECTED | {"a/000.txt": cleaned(article(99)).encode()}


def test_other_settings_do_all_again(home, watcher):

    write(home, PAGES)
    clean(task(), watcher)
    report = clean(task(recipe=Recipe(Settings(favor="recall"))), watcher)
    assert report.earlier.documents == 0


def test_a_torn_journal_is_read_as_far_as_it_goes(home, watcher):
    write(home, PAGES)
    clean(task(), watcher)
    journal = home / "out/_cleaner/journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-25])
    report = clean(task(), watcher)
    assert report.earlier.documents == len(PAGES) - 1
    assert report.tally.documents == len(PAGES)
    assert clean(task(), watcher).earlier.documents == len(PAGES)


def started(*arguments) -> subprocess.Popen:
    # A shell that runs the tests in the background has them ignore Ctrl-C, and children inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "-m", "cleaner", "clean", *arguments, "--workers", "2"],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


def wait_for(condition) -> None:
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


MANY = {f"in/{i % 7}/{i:04}.txt": article(i) * 4 for i in range(600)}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_goes_on_with_nothing_lost_or_twice(home, watcher, how):
    write(home, MANY)
    journal = home / "out/_cleaner/journal.jsonl"
    process = started("in", "-o", "out")
    wait_for(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 100)
    process.send_signal(how)
    _, told = process.communicate()
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert b"Traceback" not in told
    wait_for(lambda: group_is_gone(process.pid))
    done = len(tree(home / "out"))
    assert 100 <= done < len(MANY)
    report = clean(task(workers=2), watcher)
    assert done - 1 <= report.earlier.documents <= done, "the last may lack its line in the journal"
    assert report.tally.documents == len(MANY)
    clean(task(output="again", workers=2), watcher)
    assert tree(home / "out") == tree(home / "again")
    assert not list((home / "out").rglob("*.tmp"))


@pytest.mark.parametrize("name", ["all.jsonl.gz", "all.parquet"])
def test_a_file_of_records_comes_out_the_same_after_a_kill(home, watcher, name):
    rows = [{"id": str(i), "text": text} for i, text in enumerate(MANY.values())] * 4
    write(home, {"in/r.jsonl": json_lines(rows)})
    parts = home / f"out.{name}.cleaner/parts/out.{name}"
    process = started("in/r.jsonl", "-o", f"out.{name}")
    # Where the second part stands, the journal knows the first.
    wait_for(lambda: parts.is_dir() and len(list(parts.iterdir())) > 1)
    process.kill()
    process.communicate()
    assert not (home / f"out.{name}").exists()
    report = clean(task("in/r.jsonl", output=f"out.{name}", workers=2), watcher)
    assert report.earlier.documents >= 1000
    assert report.tally.documents == len(rows)
    clean(task("in/r.jsonl", output=name, workers=1), watcher)
    assert (home / name).read_bytes() == (home / f"out.{name}").read_bytes()


def test_planning_reads_nothing(home):
    write(home, PAGES)
    assert len(list(planned(task()))) == len(PAGES) == len(list(find(["in"])))
