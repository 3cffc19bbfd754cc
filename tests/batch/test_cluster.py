"""Runs on a real Ray of this machine: the same output as the local run, whatever is killed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.batch.cluster import Hand, shared_out
from cleaner.batch.folders import LocalFolder
from cleaner.batch.records import Limits, Recipe
from cleaner.batch.run import clean
from cleaner.batch.session import Session
from cleaner.batch.shards import PART_DOCUMENTS
from cleaner.batch.task import Task, planned
from cleaner.errors import CleanerError, ExtraError, Misuse, ModelError

from .conftest import Watcher, article

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def ray():
    """Ray with two processes."""
    found = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    found.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield found
    found.shutdown()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


ROWS = [{"id": f"r{i}", "text": article(i), "n": i} for i in range(1200)]
JSON_LINES = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


def write(home: Path, *, bad: bool) -> None:
    """Inputs of every kind in the folder ``in``."""
    for i in range(60):
        path = home / "in" / "abc"[i % 3] / f"{i:03}.{'txt' if i % 2 else 'html'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(i))
    for i in range(4):
        (home / f"in/{i}.jsonl.zst").write_bytes(zstandard.compress(JSON_LINES))
    pq.write_table(pa.Table.from_pylist(ROWS[:500]), home / "in/t.parquet")
    if bad:
        (home / "in/a/image.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
        (home / "in/a/000.md").write_text("has the name of another")
        (home / "in/cut.jsonl.gz").write_bytes(gzip.compress(JSON_LINES)[:-30])
        (home / "in/broken.jsonl").write_bytes(b'{"text": "fine"}\n{"broken\n')


def tree(folder: Path) -> dict[str, bytes]:
    """The output, without what the run keeps for itself."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        name: path.read_bytes()
        for path in files
        if not (name := path.relative_to(folder).as_posix()).startswith("_cleaner/")
    }


def errors(folder: Path) -> set[tuple[str, str]]:
    path = folder / "_cleaner/errors.jsonl"
    rows = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
    return {(row["origin"], row["reason"]) for row in rows}


def on_ray(*paths, output="out", workers=2, **rest) -> Task:
    return Task(paths or ("in",), output, engine="ray", workers=workers, **rest)


def here(*paths, output="out", **rest) -> Task:
    return Task(paths or ("in",), output, workers=2, **rest)


@pytest.mark.parametrize("form", [None, "text"])
def test_the_same_as_the_local_run(home, watcher, ray, form):
    write(home, bad=True)
    expected = clean(here(output="local", form=form), Watcher())
    report = clean(on_ray(form=form), watcher)
    assert tree(home / "out") == tree(home / "local")
    assert errors(home / "out") == errors(home / "local")
    assert report.tally == expected.tally
    assert len(watcher.failures) == report.tally.failures == 4
    assert not (home / "out/_cleaner/jobs").exists()
    again = clean(on_ray(form=form), Watcher())
    assert again.tally == report.tally
    assert again.earlier.documents == report.tally.documents
    assert errors(home / "out") == errors(home / "local")


def test_either_engine_goes_on_for_the_other(home, watcher, ray):
    write(home, bad=False)
    whole = clean(here(), Watcher())
    expected = tree(home / "out")
    (home / "out/a/003.txt").unlink()
    (home / "out/1.jsonl.zst").unlink()
    mended = clean(on_ray(), watcher)
    assert mended.tally == whole.tally
    assert mended.tally.documents - mended.earlier.documents == 1 + len(ROWS)
    assert tree(home / "out") == expected
    for task in (here(), on_ray()):
        repeated = clean(task, Watcher())
        assert repeated.tally == repeated.earlier == whole.tally


def ray_processes() -> list[int]:
    """The processes of the Ray that this process started which do the cleaning."""
    parents, hands = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            number = int(folder.name)
            parents[number] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if b"Hand" in (folder / "cmdline").read_bytes().partition(b"\x00")[0]:
                hands.append(number)
        except OSError:
            continue

    def is_ours(number: int) -> bool:
        while number > 1 and number != os.getpid():
            number = parents.get(number, 0)
        return number == os.getpid()

    return [number for number in hands if is_ours(number)]


@dataclass
class Killer(Watcher):
    """Kills a process of Ray each time that something is done, up to ``left`` times."""

    left: int = 0
    killed: list[int] = field(default_factory=list)

    def moved(self, tally, position):
        super().moved(tally, position)
        for number in ray_processes()[: 1 if self.left else 0]:
            os.kill(number, signal.SIGKILL)
            self.killed.append(number)
            self.left -= 1


def test_killed_processes_of_ray_cost_no_document(home, ray):
    write(home, bad=False)
    killer = Killer(left=4)
    report = clean(on_ray(), killer)
    assert len(set(killer.killed)) >= 2
    expected = clean(here(output="local"), Watcher())
    assert report.tally == expected.tally
    assert tree(home / "out") == tree(home / "local")


def test_a_document_that_hangs_is_named_and_the_others_are_done(home, watcher, ray):
    write(home, bad=False)
    os.mkfifo(home / "pipe.txt")
    recipe = Recipe(limits=Limits(seconds=2))
    report = clean(on_ray("in", "pipe.txt", recipe=recipe), watcher)
    assert watcher.failures == {"pipe.txt": "took longer than 2 s (see --max-seconds)"}
    assert report.tally.documents == 60 + 4 * len(ROWS) + 500


def test_a_run_whose_driver_was_killed_goes_on(home, watcher):
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    write(home, bad=False)
    journal = home / "out/_cleaner/journal.jsonl"
    driver = subprocess.Popen(
        [sys.executable, "-m", "cleaner", "clean", "in", "-o", "out", "--engine", "ray"],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    limit = time.monotonic() + 600
    while not journal.exists() or not journal.read_bytes():
        assert driver.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.01)
    driver.kill()
    driver.communicate()
    report = clean(here(), watcher)
    assert 0 < report.earlier.documents < report.tally.documents
    assert report.tally == clean(here(output="local"), Watcher()).tally
    assert tree(home / "out") == tree(home / "local")


# -- without Ray ---------------------------------------------------------------------------------


def test_documents_share_a_job_and_each_file_of_records_has_its_own(home):
    (home / "in").mkdir()
    for i in range(PART_DOCUMENTS + 5):
        (home / f"in/{i}.txt").write_text("text")
    (home / "in/r.jsonl").write_bytes(JSON_LINES)
    session = Session.begin(LocalFolder(home / "out"), "_cleaner", Recipe())
    jobs = list(shared_out(planned(here()), session))
    assert sorted(len(job.targets) for job in jobs) == [1, 5, PART_DOCUMENTS]
    assert len({job.key for job in jobs}) == 3


MISUSES = [
    ({"output": "all.jsonl"}, "name a folder instead of all.jsonl"),
    ({"workers": 0}, "Ray needs workers"),
    ({"paths": ("-",)}, "standard input"),
]


@pytest.mark.parametrize(("wrong", "message"), MISUSES)
def test_misuse(wrong, message):
    with pytest.raises(Misuse, match=message):
        Task(**{"paths": ("in",), "output": "out", "engine": "ray"} | wrong)


def test_without_ray_its_extra_is_named(home, watcher, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExtraError, match=r"pip install 'cleaner\[ray\]'"):
        clean(on_ray(), watcher)


def test_a_ray_that_does_not_start_is_named(home, watcher, monkeypatch):
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    write(home, bad=False)

    def timed_out(**_):
        message = "the node timed out during startup"
        raise Exception(message)

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", timed_out)
    with pytest.raises(CleanerError, match="Ray cannot start: the node timed out"):
        clean(on_ray(), watcher)


def test_a_machine_with_another_model_is_refused(home):
    with pytest.raises(ModelError, match="another version of cleaner"):
        Hand(on_ray(), "_cleaner", "the digest of another model", str(home))
