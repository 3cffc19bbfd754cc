"""What the README tells people to type is true."""

from __future__ import annotations

import doctest
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from cleaner import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
CLEAN, TEST = (block.strip() for block in BLOCKS[:2])
COMMANDS = [
    shlex.split(line, comments=True)
    for block in BLOCKS[2:]
    for line in block.splitlines()
    if line.startswith("cleaner ")
]


def steps(command: str) -> list[list[str]]:
    """The commands that are joined by ``&&``."""
    return [shlex.split(step) for step in command.split("&&")]


@pytest.mark.parametrize("command", [CLEAN, TEST])
def test_a_set_up_is_one_line_that_makes_its_own_environment(command):
    assert "\n" not in command
    make, install, *_ = steps(command)
    assert make == ["python3", "-m", "venv", ".venv"]
    assert install[:2] == [".venv/bin/pip", "install"]
    assert all(step[0].startswith(".venv/bin/") for step in steps(command)[1:])


def test_the_first_command_cleans_the_fixtures():
    *_, clean = steps(CLEAN)
    assert clean[0].removeprefix(".venv/bin/") in PROJECT["scripts"]
    options = cli.parser().parse_args(clean[1:])
    assert (options.run, options.paths, options.output) == (cli.clean, ["fixtures"], "cleaned")
    assert list((ROOT / "fixtures").rglob("*.txt"))


def test_the_second_command_runs_the_tests():
    _, install, run = steps(TEST)
    (extra,) = re.findall(r"\.\[(\w+)\]", " ".join(install))
    assert any(x.startswith("pytest") for x in PROJECT["optional-dependencies"][extra])
    assert run == [".venv/bin/python", "-m", "pytest"]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_understood(words):
    cli.parser().parse_args(words[1 : words.index("<")] if "<" in words else words[1:])


def test_every_verb_is_shown():
    shown = {words[1] for words in COMMANDS}
    assert shown == {"clean", "sites", "explain", "review", "train", "evaluate"}


def test_the_examples_for_python_run(monkeypatch):
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(
        README.replace("```\n", "\n"), {}, "README", None, 0
    )
    assert example.examples
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example)
    assert runner.failures == 0


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert all((ROOT / link).exists() for link in links)


def test_options_in_the_text_exist():
    spelled = set(re.findall(r"`[^`]*?(--[a-z-]+)", README)) - {"--world-size"}
    known = {
        word
        for action in cli.parser()._subparsers._group_actions
        for verb in action.choices.values()
        for option in verb._actions
        for word in option.option_strings
    }
    assert spelled <= known


def test_there_is_a_place_for_numbers():
    assert re.search(r"<!-- numbers: begin -->\n.+\n<!-- numbers: end -->", README, re.DOTALL)
