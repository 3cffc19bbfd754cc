"""The first pass over documents, and runs that use what it found."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from places import ROOT

from cleaner import CleanerError, cli
from cleaner.batch.journal import digest
from cleaner.batch.records import Recipe, Record
from cleaner.batch.run import Task, clean
from cleaner.batch.survey import survey
from cleaner.sites import SiteMemory

PAGES = [
    [text for text, _ in page["lines"]]
    for page in json.loads((ROOT / "fixtures" / "sites" / "courier.json").read_text("utf-8"))
]
PROMISE = next(text for text in PAGES[0] if text.startswith("The Courier pays"))


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with the written site in it, once as files and once as records."""
    monkeypatch.chdir(tmp_path)
    Path("site").mkdir()
    rows = []
    for number, lines in enumerate(PAGES):
        Path("site", f"{number:02}.txt").write_text("\n".join(lines))
        rows.append({"url": f"https://www.courier.example/{number}", "text": "\n".join(lines)})
    Path("site.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def found(*paths: str, failed=None):
    return survey(paths, Recipe(), failed or pytest.fail)


SITES = [
    ({"url": "https://www.a.example/1"}, "x.jsonl", "a.example", "an address"),
    ({"url": None, "source": "https://b.example/"}, "x.jsonl", "b.example", "another column"),
    (
        {"source": "cc", "metadata": {"url": "http://c.example"}},
        "x.jsonl",
        "c.example",
        "datatrove",
    ),
    (
        {"url": "", "metadata": "none"},
        "s3://bucket/x.jsonl",
        "s3://bucket",
        "no address: the folder",
    ),
    ({}, "-", "", "standard input has no folder"),
]


@pytest.mark.parametrize(("columns", "origin", "site", "why"), SITES)
def test_the_site_of_a_record(columns, origin, site, why):
    assert Record("1", "", origin, columns).site == site, why


def test_the_site_of_a_file_is_its_folder_however_that_is_written(home):
    one, other = Record("1", "", "site/01.txt"), Record("1", "", "./site/../site/02.txt")
    assert one.site == other.site == str(home.resolve() / "site")


def test_a_folder_is_counted(home):
    result = found("site")
    assert (result.documents, result.copies, result.failures) == (11, 1, 0)
    repeats = result.memory.repeats(str(home.resolve() / "site"), [PROMISE])
    assert (repeats.pages.tolist(), repeats.seen.tolist()) == ([10], [11])


def test_records_are_counted_by_host(home):
    with gzip.open("more.jsonl.gz", "wb") as stream:
        stream.write(Path("site.jsonl").read_bytes())
    result = found("site.jsonl", "more.jsonl.gz")
    assert (result.documents, result.copies) == (11, 13)
    assert result.memory.repeats("courier.example", [PROMISE]).pages.tolist() == [10]


def test_memories_among_the_inputs_are_added(home):
    Path("a").mkdir()
    Path("b").mkdir()
    for number in range(len(PAGES)):
        folder = "a" if number < 6 else "b"
        row = Path("site.jsonl").read_text().splitlines()[number]
        Path(folder, f"{number}.jsonl").write_text(row)
    found("a").memory.save(Path("a.sites"))
    found("b").memory.save(Path("b.sites"))
    merged = found("a.sites", "b.sites")
    assert merged.documents == 0
    at_once = found("a", "b")
    assert merged.memory.digest == at_once.memory.digest
    assert found("a.sites", "b").memory.digest == at_once.memory.digest


def test_what_cannot_be_read_is_told_and_the_rest_counted(home):
    Path("site", "50.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    Path("rows.jsonl").write_text('{"id": 1}\n')
    told = []
    result = found("site", "rows.jsonl", "nowhere", failed=told.append)
    assert (result.documents, result.failures) == (11, 3)
    assert [str(x).split(":")[0] for x in told] == ["site/50.txt", "rows.jsonl", "nowhere"]


def test_a_damaged_memory_is_refused(home):
    found("site").memory.save(Path("x.sites"))
    Path("x.sites").write_bytes(Path("x.sites").read_bytes()[:-1])
    with pytest.raises(CleanerError, match="damaged"):
        found("x.sites")


# -- runs with a memory --------------------------------------------------------------------------


def texts(folder: str) -> str:
    return "".join(path.read_text() for path in sorted(Path(folder).glob("*.txt")))


def test_a_run_uses_it_in_this_process_and_in_workers(home, watcher):
    found("site").memory.save(Path("x.sites"))
    for workers in (0, 2):
        recipe = Recipe(site_memory="x.sites")
        report = clean(Task(("site",), f"out{workers}", recipe=recipe, workers=workers), watcher)
        assert report.tally.documents == 12
    clean(Task(("site",), "plain"), watcher)
    assert PROMISE in texts("plain")
    assert PROMISE not in texts("out0")
    assert texts("out0") == texts("out2")


def test_records_say_their_site(home, watcher):
    found("site.jsonl").memory.save(Path("x.sites"))
    recipe = Recipe(site_memory="x.sites")
    clean(Task(("site.jsonl",), "out.jsonl", recipe=recipe, workers=0), watcher)
    first = json.loads(Path("out.jsonl").read_text().splitlines()[0])
    reasons = {line["text"]: line["reason"] for line in first["lines"]}
    assert reasons[PROMISE] == "the site repeats it on 10 of 11 pages"


def test_another_memory_is_another_run(home):
    found("site").memory.save(Path("x.sites"))
    recipe = Recipe(site_memory="x.sites")
    first = digest(recipe)
    assert first != digest(Recipe())
    Path("x.sites").rename("y.sites")
    assert digest(Recipe(site_memory="y.sites")) == first
    found("site.jsonl").memory.save(Path("x.sites"))
    assert digest(recipe) != first


# -- the command ---------------------------------------------------------------------------------


def test_the_command(home, capsys):
    assert cli.main(["sites", "site", "-o", "x.sites"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("x.sites: 11 documents counted, 1 passed over as copies, 0 failed; ")
    words = ["clean", "site", "-o", "out", "--site-memory", "x.sites", "--workers", "0", "-q"]
    assert cli.main(words) == 0
    assert PROMISE not in texts("out")
    assert SiteMemory.load(Path("x.sites")).pages.max() == 11


MISTAKES = [
    (["clean", "site", "-o", "out", "--site-memory", "gone.sites"], "gone.sites: not a usable"),
    (["clean", "site/00.txt", "--site-memory", "site/00.txt"], "site/00.txt: not a usable"),
    (["sites", "site", "-o", "nowhere/x.sites"], "nowhere/x.sites: cannot be written"),
    (["sites", "nowhere", "-o", "x.sites"], "nowhere: no such file"),
]


@pytest.mark.parametrize(("words", "message"), MISTAKES)
def test_mistakes_are_named(words, message, home, capsys):
    assert cli.main(words) == 1
    assert message in capsys.readouterr().err
