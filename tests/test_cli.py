"""The command, through its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner import cli

TEXT = (
    "The harbour reopens\n\nShare\n"
    "The council reopened the harbour on Monday after two months of work, and the first ferry "
    "left for the islands in the afternoon.\n"
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder to work in, with pages to clean."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "one.txt").write_text(TEXT)
    (tmp_path / "in" / "deep" / "two.html").write_text(f"<p>{TEXT}</p>")
    (tmp_path / "r.jsonl").write_text(json.dumps({"id": "a", "text": TEXT, "n": 1}) + "\n")
    return tmp_path


def run(*arguments: str, feed: bytes = b"", **rest) -> subprocess.CompletedProcess[bytes]:
    """A real process."""
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *arguments],
        input=feed,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | rest,
    )


def test_a_folder(home, capsys):
    assert cli.main(["clean", "in", "-o", "out", "--workers", "0"]) == 0
    found = sorted(x.relative_to("out").as_posix() for x in Path("out").rglob("*.txt"))
    assert found == ["deep/two.txt", "one.txt"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "2 cleaned" in err


def test_quiet_and_verbose(home, capsys):
    cli.main(["clean", "in", "-o", "out", "--workers", "0", "-q"])
    assert capsys.readouterr() == ("", "")
    cli.main(["clean", "in", "-o", "out2", "--workers", "0", "-v"])
    assert "in/one.txt: " in capsys.readouterr().err


def test_a_file_to_standard_output(home, capfdbinary):
    assert cli.main(["clean", "in/one.txt"]) == 0
    out, err = capfdbinary.readouterr()
    assert out
    assert err == b""


def test_a_record_to_standard_output(home, capfdbinary):
    assert cli.main(["clean", "in/one.txt", "--to", "jsonl"]) == 0
    row = json.loads(capfdbinary.readouterr().out)
    assert list(row) == ["id", "text", "title", "language", "removed", "lines"]
    assert row["id"] == "one.txt"


def test_records_to_standard_output(home, capfdbinary):
    assert cli.main(["clean", "r.jsonl", "--no-lines"]) == 0
    row = json.loads(capfdbinary.readouterr().out)
    assert (row["id"], row["n"]) == ("a", 1)
    assert "lines" not in row


def test_standard_input(home):
    direct = run("clean", "in/one.txt")
    piped = run("clean", "-", feed=TEXT.encode())
    assert (piped.returncode, piped.stdout) == (0, direct.stdout)
    assert run("explain", "-", feed=TEXT.encode()).returncode == 0


def test_dry_run(home, capsys):
    (home / "in" / "one.md").write_text(TEXT)
    assert cli.main(["clean", "in", "nowhere", "-o", "out", "--dry-run"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == ["in/deep/two.html -> out/deep/two.txt", "in/one.md -> out/one.txt"]
    assert "in/one.txt: another input" in err
    assert "nowhere: no such file" in err
    assert not Path("out").exists()
    assert cli.main(["clean", "in/one.txt", "--dry-run"]) == 0
    assert cli.main(["clean", "in", "-o", "all.jsonl", "--dry-run"]) == 1


FAILING = [
    (["clean", "nowhere.txt"], "nowhere.txt: no such file"),
    (["clean", "nowhere.txt", "-o", "out", "--workers", "0"], "nowhere.txt: no such file"),
    (["clean", "image.txt"], "image.txt: looks like a PNG image"),
    (["clean", "in/one.txt", "--max-size", "1k", "--model", "nowhere"], "nowhere: not a usable"),
    (["clean", "in/one.txt", "--max-size", "10"], "over the limit"),
    (["clean", "in", "-o", "out", "--model", "nowhere", "--workers", "1"], "nowhere: not a usable"),
    (["explain", "nowhere.txt"], "nowhere.txt: No such file"),
    (["explain", "image.txt"], "image.txt: looks like a PNG image"),
    (["explain", "in"], "in: Is a directory"),
    (["review", "--export", "reviewed.jsonl"], "labels.sqlite: no such file"),
    (["train", "nowhere", "-o", "mine"], "nowhere"),
    (["train", "nowhere", "-o", "mine", "--from-scratch"], "nowhere"),
    (["train", "in", "-o", "mine"], "in: no pairs in it"),
    (["train", "r.jsonl", "-o", "mine"], "r.jsonl, line 1: 'lines' is missing"),
    (["evaluate", "nowhere"], "nowhere"),
    (["evaluate", "nowhere", "--compare", "default", "mine"], "nowhere"),
]


@pytest.mark.parametrize(("arguments", "message"), FAILING, ids=lambda x: " ".join(x)[:40])
def test_what_fails_is_named(home, capfd, arguments, message):
    (home / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert cli.main(arguments) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert message in err


MISUSED = [
    (["clean", "in"], "say where to with -o"),
    (["clean", "in/one.txt", "r.jsonl"], "2 inputs do not go to standard output"),
    (["clean", "in/one.txt", "--to", "parquet"], "say where to with -o"),
    (["clean", "r.jsonl", "--to", "text"], "say where to with -o"),
    (["clean", "in", "-o", "in"], "both input and output"),
    (["clean", "in", "-o", "all.txt"], "can hold one document"),
    (["clean", "in", "-o", "out", "--to", "pdf"], "invalid choice"),
    (["clean", "in", "-o", "out", "--rank", "2", "--world-size", "2"], "rank 2"),
    (["clean", "in", "-o", "out", "--workers", "-3"], "below 0"),
    (["clean", "in", "-o", "out", "--max-size", "much"], "is no size"),
    (["clean", "in/one.txt", "--language", "klingon"], "klingon"),
    (["clean", "in", "-o", "out", "--language", "klingon", "--workers", "1"], "klingon"),
    (["explain", "in/one.txt", "--language", "klingon"], "klingon"),
    (["review"], "nothing to review"),
    (["train", "in"], "--output"),
    (["train", "in", "-o", "mine", "--model", "old", "--from-scratch"], "not allowed with"),
    (["evaluate", "in", "--compare", "default"], "expected 2 arguments"),
    (["evaluate", "in", "--model", "mine", "--compare", "default", "mine"], "not allowed with"),
    (["polish"], "invalid choice"),
    ([], "VERB"),
]


@pytest.mark.parametrize(("arguments", "message"), MISUSED, ids=lambda x: " ".join(x)[:40])
def test_misuse(home, capfd, arguments, message):
    try:
        status = cli.main(arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    assert message in capfd.readouterr().err


def test_explain(home, capsys, monkeypatch):
    assert cli.main(["explain", "in/one.txt"]) == 0
    plain = capsys.readouterr().out
    assert "\x1b" not in plain
    assert [line.split()[0] for line in plain.splitlines()[4:]] == ["1", "3", "4"]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    cli.main(["explain", "in/one.txt"])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    cli.main(["explain", "in/one.txt"])
    assert capsys.readouterr().out == plain


def test_explain_draws_a_page(home, capsys):
    assert (
        cli.main(["explain", "in/one.txt", "in/deep/two.html", "nowhere", "--html", "report.html"])
        == 1
    )
    assert capsys.readouterr().out == ""
    drawn = Path("report.html").read_text("utf-8")
    assert "in/one.txt" in drawn
    assert "in/deep/two.html" in drawn


LABELLED = {
    "id": "a",
    "lines": [
        {"text": "Share", "label": "junk"},
        {"text": TEXT.split("\n")[-2], "label": "article"},
    ],
}


def test_a_model_that_became_worse_is_not_written(home, capsys, monkeypatch):
    """It is refused with status 1, and what was left out is named."""
    unlabelled = {"id": "b", "lines": [{"text": "Home", "label": "junk", "weight": 0}]}
    records = [json.dumps(record) for record in (LABELLED, unlabelled)]
    (home / "labelled.jsonl").write_text("\n".join(records))
    monkeypatch.setattr("cleaner.training.compare.NEGLIGIBLE", -1)  # nothing is good enough
    assert cli.main(["train", "labelled.jsonl", "-o", "mine"]) == 1
    out, err = capsys.readouterr()
    assert "| regression set |" in out
    assert "labelled.jsonl, line 2: page 'b' is left out" in err
    assert "mine: not written, the old model stays" in err
    assert not Path("mine").exists()
    assert cli.main(["train", "labelled.jsonl", "-o", "mine", "--force"]) == 0
    assert "wrote mine" in capsys.readouterr().out
    assert cli.main(["evaluate", "labelled.jsonl", "--compare", "default", "mine"]) == 0
    assert "lines on which they differ" in capsys.readouterr().out


def test_help_names_every_verb_and_version_is_the_package_s(capsys):
    for arguments in (["--help"], ["--version"]):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        assert stop.value.code == 0
    out = capsys.readouterr().out
    assert all(verb in out for verb in ("clean", "sites", "explain", "train", "evaluate", "review"))
    assert out.splitlines()[-1].startswith("cleaner ")


HEAVY = {
    "numpy",
    "lxml",
    "bs4",
    "langdetect",
    "sklearn",
    "tqdm",
    "pyarrow",
    "fsspec",
    "safetensors",
}


def test_help_imports_nothing_heavy():
    program = (
        "import sys; sys.argv = ['cleaner', '--help']\n"
        "from cleaner.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert not HEAVY & set(told.stderr.decode().split())


def test_cleaning_does_not_import_scikit_learn(home):
    program = (
        "import sys\n"
        "from cleaner.cli import main\n"
        "main(['clean', 'in/one.txt'])\n"
        "assert not {'sklearn', 'trafilatura', 'scipy', 'pyarrow'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_a_reader_that_leaves_early(home):
    (home / "many.jsonl").write_text((home / "r.jsonl").read_text() * 3000)
    told = subprocess.run(
        f"{sys.executable} -m cleaner clean many.jsonl | head -c 50; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert told.stdout.splitlines()[-1].endswith(b"141")
    assert told.stderr == b""
