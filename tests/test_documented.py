"""Nothing that people can type or catch is undocumented: verbs, options, statuses, errors."""

from __future__ import annotations

import argparse
import inspect
import re
import tomllib

import pytest
from places import ROOT

import cleaner
from cleaner import cli, errors

REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
VERBS: dict[str, argparse.ArgumentParser] = cli.parser()._subparsers._group_actions[0].choices
SHARED = "Options of deciding"


def section(title: str) -> str:
    """What the reference says under a heading."""
    found = re.search(rf"^#+ {title}$(.*?)(?=^#)", REFERENCE + "\n#", re.MULTILINE | re.DOTALL)
    assert found, f"docs/reference.md has no heading {title!r}"
    return found[1]


def options(verb: str) -> set[str]:
    """The options of a verb, spelt out."""
    spelt = {word for action in VERBS[verb]._actions for word in action.option_strings}
    return {word for word in spelt if word.startswith("--")} - {"--help"}


def documented(verb: str) -> set[str]:
    """The options that the reference names for a verb."""
    text = section(verb)
    if SHARED.lower() in text.lower() or verb == "clean":
        text += section(SHARED)
    return set(re.findall(r"`[^`]*?(--[a-z-]+)", text))


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_documented_and_no_other(verb):
    others = {word for name in VERBS for word in options(name)} - options(verb)
    assert options(verb) <= documented(verb)
    assert not documented(verb) & others - {"--site-memory"}


def test_no_option_is_documented_that_does_not_exist():
    known = {word for verb in VERBS for word in options(verb)} | {"--help"}
    assert set(re.findall(r"--[a-z][a-z-]+", REFERENCE)) <= known


@pytest.mark.parametrize("verb", VERBS)
def test_help_explains_every_option(verb):
    """What a letter or the name alone says needs no more words; all else has some."""
    plain = {"help", "output", "labels"}
    bare = {x.dest for x in VERBS[verb]._actions if not x.help} - plain
    assert not bare


def test_every_error_is_documented():
    raised = {
        name
        for name, found in vars(errors).items()
        if inspect.isclass(found) and issubclass(found, errors.CleanerError)
    }
    assert raised == set(re.findall(r"^\| `(\w+)`", section("Errors"), re.MULTILINE))
    assert all(name in (errors.__doc__ or "") for name in raised)


def test_every_status_is_documented():
    statuses = {cli.ALL_WELL, cli.SOME_FAILED, cli.USAGE, cli.INTERRUPTED, cli.BROKEN_PIPE}
    assert statuses == set(map(int, re.findall(r"^\| (\d+) \|", section("Exit status"), re.M)))


@pytest.mark.parametrize("name", cleaner.__all__)
def test_every_public_name_has_a_docstring(name):
    found = getattr(cleaner, name)
    assert inspect.getdoc(found)
    for member, value in inspect.getmembers(found, inspect.isfunction):
        if not member.startswith("_") and value.__module__.startswith("cleaner"):
            assert inspect.getdoc(value), f"{name}.{member}"


def test_every_dependency_is_justified():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"]]
    for name in sorted(extras.keys() - {"all", "bench", "dev", "test"}):
        wanted += extras[name]
    names = {re.match(r"[\w.-]+", x)[0] for x in wanted if not x.startswith("cleaner[")}
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert {name for name in names if not re.search(rf"^\|.*\b{name}\b.*\|", told, re.M)} == set()


@pytest.mark.parametrize("file", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.stem)
def test_links_lead_somewhere(file):
    for target in re.findall(r"\]\(([^)#:\s]*)(?:#[^)]*)?\)", file.read_text("utf-8")):
        assert not target or (file.parent / target).exists(), target
