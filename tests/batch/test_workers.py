"""Processes that are killed, hang and fail, and the documents that must not be lost with them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from cleaner.batch.chunks import chunked, mark
from cleaner.batch.records import (
    Chunk,
    Done,
    Failure,
    Limits,
    Recipe,
    Record,
    Stored,
    Tally,
)
from cleaner.batch.workers import ATTEMPTS, in_process, in_workers
from cleaner.errors import Misuse, ModelError
from cleaner.page import Settings

RECIPE = Recipe(limits=Limits(seconds=2))


def records(count: int, **special: str) -> list[Record]:
    """Documents ``0`` to ``count``, of which some have a special source."""
    return [Record(str(i), special.get(f"d{i}", "fine"), "in") for i in range(count)]


def acting(recipe, entries):
    """What the sources say: stands for a document that does this to the program that reads it."""
    return [_acted(entry) for entry in entries]


def _acted(record):
    if record.source == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if record.source == "exits":
        os._exit(3)
    if record.source == "hangs":
        time.sleep(1000)
    if record.source.startswith("dies once "):
        trace = Path(record.source.removeprefix("dies once "))
        if not trace.exists():
            trace.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if record.source == "slow":
        time.sleep(0.3)
    return Done(record, str(os.getpid()).encode(), Tally(documents=1))


def nothing(outcomes):
    return outcomes


def run(entries, *, workers=2, size=4, recipe=RECIPE):
    """Outcomes in order, from chunks of ``size``."""
    chunks = [Chunk(tuple(entries[i : i + size]), nothing) for i in range(0, len(entries), size)]
    results = list(in_workers(chunks, recipe, workers, acting))
    assert [chunk for chunk, _ in results] == chunks
    return [outcome for _, outcomes in results for outcome in outcomes]


def places(outcomes) -> list[str]:
    return [x.record.id if isinstance(x, Done) else x.id for x in outcomes]


def failures(outcomes) -> dict[str, str]:
    return {x.id: x.reason for x in outcomes if isinstance(x, Failure)}


def test_outcomes_come_in_order_whoever_is_slow():
    outcomes = run(records(40, d0="slow", d9="slow"))
    assert places(outcomes) == [str(i) for i in range(40)]
    assert not failures(outcomes)
    assert len({x.payload for x in outcomes}) == 2, "both workers had something to do"


@pytest.mark.parametrize("end", ["dies", "exits"])
def test_a_document_that_kills_is_named_and_all_others_are_done(end):
    outcomes = run(records(30, d5=end))
    assert places(outcomes) == [str(i) for i in range(30)]
    assert failures(outcomes) == {
        "5": f"ended the worker process {ATTEMPTS} times (crash, or out of memory)"
    }


def test_a_document_that_hangs_is_named_and_all_others_are_done():
    outcomes = run(records(30, d7="hangs", d8="hangs"))
    assert places(outcomes) == [str(i) for i in range(30)]
    assert failures(outcomes) == dict.fromkeys("78", "took longer than 2 s (see --max-seconds)")


def test_a_kill_from_outside_costs_no_document(tmp_path):
    outcomes = run(records(30, d7=f"dies once {tmp_path / 'trace'}"), size=30)
    assert places(outcomes) == [str(i) for i in range(30)]
    assert not failures(outcomes)


def test_killing_all_workers_again_and_again():
    entries = records(120)
    chunks = [Chunk(tuple(entries[i : i + 6]), nothing) for i in range(0, 120, 6)]
    outcomes = []
    for number, (_, cleaned) in enumerate(in_workers(chunks, RECIPE, 2, acting)):
        outcomes += cleaned
        if number % 3 == 0:
            for child in multiprocessing.active_children():
                child.kill()
    assert places(outcomes) == [str(i) for i in range(120)]
    assert not failures(outcomes)


def test_all_workers_are_gone_afterwards():
    run(records(8))
    for _ in range(50):
        if not multiprocessing.active_children():
            return
        time.sleep(0.1)
    pytest.fail("workers are still there")


def test_no_more_is_read_ahead_than_keeps_the_workers_busy():
    read = 0

    def chunks():
        nonlocal read
        for record in records(100):
            read += 1
            yield Chunk((record,), nothing)

    results = in_workers(chunks(), RECIPE, 1, acting)
    next(results)
    assert read <= 6
    results.close()


def test_marks_come_between_what_they_divide():
    seen = []
    chunks = [
        *chunked(records(3), nothing),
        mark(lambda: seen.append("mark") or []),
        *chunked(records(2), nothing),
    ]
    for chunk, outcomes in in_workers(chunks, RECIPE, 2, acting):
        chunk.take(outcomes)
        seen.append(len(outcomes))
    assert seen == [3, "mark", 0, 2]


def test_a_model_that_cannot_be_used_stops_the_run(tmp_path):
    chunk = Chunk((Record("a", "text", "in"),), nothing)
    with pytest.raises(ModelError, match=r"model\.json"):
        list(in_workers([chunk], Recipe(model=str(tmp_path)), 2))


def test_settings_that_make_no_sense_stop_the_run():
    chunk = Chunk((Record("a", "text", "in"),), nothing)
    recipe = Recipe(Settings(language="klingon"))
    with pytest.raises(Misuse, match="klingon"):
        list(in_workers([chunk], recipe, 1))
    with pytest.raises(Misuse, match="klingon"):
        list(in_process([chunk], recipe))


def test_a_pipe_that_nobody_writes_to_is_given_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    pipe = Record("pipe", Stored(str(tmp_path / "pipe"), 0), "pipe")
    chunk = Chunk((pipe, Record("a", "", "in")), nothing)
    ((_, (failure, done)),) = in_workers([chunk], Recipe(limits=Limits(seconds=1)), 1)
    assert "took longer" in failure.reason
    assert isinstance(done, Done)
