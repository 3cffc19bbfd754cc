"""What ``docs/retrain.md`` tells people to type runs, and does what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from cleaner import cli

TUTORIAL = (ROOT / "docs" / "retrain.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"^```sh\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]

KEPT_NOTICES = ("hundred years ago this week", "joined the Courier", "on page two")
"""What the paper says of itself: the shipped model leaves all of it on each page."""
NOTICES = ("free to read", *KEPT_NOTICES)


def run(words: list[str]) -> int:
    """The exit status of a command of the tutorial, typed where the tests are."""
    program, *rest = words
    if program == "cleaner":
        return cli.main(rest)
    script = [sys.executable, str(ROOT / rest[0]), *rest[1:]]
    return subprocess.run(
        script, check=False, cwd=Path.cwd(), env={"PYTHONPATH": str(ROOT)}
    ).returncode


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Path:
    """A folder in which the whole tutorial was typed."""
    folder = tmp_path_factory.mktemp("tutorial")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for words in COMMANDS:
            assert run(words) == 0, words
    return folder


def test_the_tutorial_runs(told):
    assert [words[1] for words in COMMANDS if words[0] == "cleaner"] == [
        "clean",
        "train",
        "clean",
        "evaluate",
    ]
    assert (told / "models" / "courier" / "model.json").exists()


def test_the_notices_are_gone_and_the_stories_are_not(told):
    for page in sorted((told / "after").glob("*.txt")):
        text = page.read_text("utf-8")
        before = (told / "before" / page.name).read_text("utf-8")
        assert all(notice in before for notice in KEPT_NOTICES), page.name
        assert not any(notice in text for notice in NOTICES), page.name
        assert text.count("\n\n") >= 7


def test_other_commands_of_the_tutorial_are_understood():
    indented = re.findall(r"^    cleaner (.*)$", TUTORIAL, re.MULTILINE)
    for words in indented:
        cli.parser().parse_args(shlex.split(words))
