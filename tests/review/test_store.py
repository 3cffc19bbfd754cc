"""Nothing that was decided is lost, whoever decides and whatever breaks."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import SampleError
from cleaner.page import Label
from cleaner.review.documents import document
from cleaner.review.store import DONE, UNTOUCHED, WHOLE, Decision, Standing, Store, export
from cleaner.training.samples import read_samples

from .conftest import RAIN, SNOW, TIDE, made


def test_what_was_written_stands(store):
    assert store.standing(RAIN.key) == UNTOUCHED
    assert store.revision == 0
    store.write(RAIN, {4: "junk", 5: "article"}, "tab")
    store.write(RAIN, {5: "spam", WHOLE: DONE}, "tab")
    assert store.standing(RAIN.key) == Standing({4: Label.JUNK, 5: Label.SPAM}, done=True)
    assert store.revision == 4
    assert store.standing(SNOW.key) == UNTOUCHED


def test_what_was_taken_back_does_not_stand(store):
    store.write(RAIN, {4: "junk", WHOLE: DONE}, "tab")
    store.write(RAIN, {4: None, WHOLE: None}, "tab")
    assert store.standing(RAIN.key) == UNTOUCHED
    assert list(store.samples()) == []


def test_the_last_writer_of_a_line_wins_and_the_other_is_told(store):
    store.write(RAIN, {4: "junk"}, "one")
    store.write(RAIN, {4: "spam", 5: "article"}, "two")
    assert store.standing(RAIN.key).labels == {4: Label.SPAM, 5: Label.ARTICLE}
    assert store.since(0, besides="one") == [
        Decision(2, RAIN.key, 4, "spam"),
        Decision(3, RAIN.key, 5, "article"),
    ]
    assert store.since(2, besides="one") == [Decision(3, RAIN.key, 5, "article")]
    assert store.since(3) == []


def test_another_store_on_the_same_file_sees_it(store, tmp_path):
    with closing(Store(tmp_path / "labels.sqlite")) as other:
        store.write(RAIN, {4: "junk"}, "one")
        assert other.since(0, besides="two") == [Decision(1, RAIN.key, 4, "junk")]
        other.write(RAIN, {4: "spam"}, "two")
    assert store.standing(RAIN.key).labels == {4: Label.SPAM}


def test_two_programs_write_at_once(tmp_path):
    path = tmp_path / "labels.sqlite"
    Store(path).close()

    def write(tab: str) -> None:
        with closing(Store(path)) as store:
            for _ in range(50):
                store.write(RAIN, {4: "junk", 5: "spam"}, tab)

    threads = [Thread(target=write, args=(tab,)) for tab in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(Store(path)) as store:
        assert len(store.since(0, besides="one")) == len(store.since(0, besides="two")) == 100
        assert [decision.revision for decision in store.since(0)] == list(range(1, 201))


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_program_loses_nothing_that_it_saved(tmp_path):
    program = """
        import sys
        from pathlib import Path
        from cleaner.page import Label, Line, Page, Verdict
        from cleaner.review.documents import document
        from cleaner.review.store import Store

        lines = (Verdict(Line(str(n), n), Label.JUNK, 0.5, "") for n in range(1, 100_000))
        store, page = Store(Path(sys.argv[1])), document("a", Page(tuple(lines)))
        for number in range(1, 100_000):
            store.write(page, {number: "article"}, "tab")
            print(number, flush=True)
    """
    path = tmp_path / "labels.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(path)], stdout=subprocess.PIPE
    ) as process:
        said = [int(process.stdout.readline()) for _ in range(40)]
        os.kill(process.pid, signal.SIGKILL)
        said += [int(line) for line in process.stdout.read().splitlines()]
    with closing(Store(path)) as store:
        (standing,) = store.standings().values()
        assert set(said) <= set(standing.labels)
        assert len(standing.labels) <= len(said) + 1, "at most one was saved and not yet said"


def test_a_file_that_holds_something_else_is_refused(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text('{"id": "a"}\n' * 100)
    with pytest.raises(SampleError, match=r"labels\.jsonl: cannot hold labels .* name a new file"):
        Store(path)
    with pytest.raises(SampleError, match="cannot hold labels"):
        Store(tmp_path / "missing" / "labels.sqlite")


def test_the_log_only_grows(store, tmp_path):
    for choice in ("junk", None, "spam"):
        store.write(RAIN, {4: choice}, "tab")
    with closing(sqlite3.connect(tmp_path / "labels.sqlite")) as base:
        rows = base.execute("SELECT choice FROM decision ORDER BY revision").fetchall()
    assert rows == [("junk",), (None,), ("spam",)]


# -- export ----------------------------------------------------------------------------------------


def exported(store: Store, tmp_path):
    store.close()
    target = tmp_path / "labels.jsonl.gz"
    count = export(tmp_path / "labels.sqlite", target)
    samples = list(read_samples(target))
    assert len(samples) == count
    return samples


def test_a_done_document_teaches_all_its_lines(store, tmp_path):
    store.write(RAIN, {4: "junk", WHOLE: DONE}, "tab")
    (sample,) = exported(store, tmp_path)
    assert sample.id == "example.org/rain.txt"
    assert (sample.site, sample.language) == ("example.org", "en")
    assert [line.text for line in sample.lines] == [v.line.text for v in RAIN.page.verdicts]
    assert sample.labels == ("junk", "article", "article", "junk", "junk", "spam")
    assert set(sample.weights) == {1.0}


def test_of_other_documents_only_the_labelled_lines_count(store, tmp_path):
    store.write(RAIN, {4: "junk", 1: "junk"}, "tab")
    (sample,) = exported(store, tmp_path)
    assert sample.labels == ("junk", "article", "article", "junk", "junk", "spam")
    assert sample.weights == (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def test_documents_come_by_the_time_of_their_last_decision(store, tmp_path):
    for found in (RAIN, SNOW, TIDE, RAIN):
        store.write(found, {1: "junk"}, "tab")
    assert [s.id[12:16] for s in exported(store, tmp_path)] == ["snow", "tide", "rain"]


def test_of_a_file_that_changed_only_the_last_reading_is_given(store, tmp_path):
    changed = made(RAIN.id, ("Rain has fallen", "article", 0.9))
    store.write(RAIN, {1: "article"}, "tab")
    store.write(changed, {1: "junk"}, "tab")
    (sample,) = exported(store, tmp_path)
    assert sample.lines[0].text == "Rain has fallen"


def test_without_a_review_there_is_nothing_to_export(tmp_path):
    with pytest.raises(SampleError, match="no such file"):
        export(tmp_path / "missing.sqlite", tmp_path / "labels.jsonl")


LABELS = st.sampled_from([label.value for label in Label])
PAGES = st.lists(
    st.tuples(st.text(min_size=1).map(lambda x: f"x{x}x"), LABELS, st.floats(0, 1)), min_size=1
)


@given(PAGES, st.data())
def test_any_document_comes_back_as_it_was_labelled(tmp_path_factory, lines, data):
    folder = tmp_path_factory.mktemp("store")
    lines = [(text.encode(errors="replace").decode(), *rest) for text, *rest in lines]
    found = made("a", *lines, language=None)
    chosen = data.draw(st.dictionaries(st.integers(1, len(lines)), LABELS, min_size=1))
    with closing(Store(folder / "labels.sqlite")) as store:
        store.write(found, chosen, "tab")
        (kept,) = store.samples()
        (read,) = exported(store, folder)
    assert read == replace(kept, lines=read.lines)
    assert [(line.text, line.number) for line in read.lines] == [
        (v.line.text, v.line.number) for v in found.page.verdicts
    ]
    assert read.labels == tuple(
        chosen.get(n, found.page.verdicts[n - 1].label) for n in range(1, len(lines) + 1)
    )
    assert document("a", found.page).key == found.key
