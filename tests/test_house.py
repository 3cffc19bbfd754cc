"""Who may import whom, read from the imports themselves."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "cleaner"
WAY = ("characters", "windows", "decode", "encoding", "split", "html", "language", "features")
CORE = ("page", "errors", *WAY, "model", "judge", "stitch", "cleaner")
"""The modules from a source to a page; what does not exist is passed over."""

SHELL = ("training", "batch", "review", "pipelines", "cli")
"""What cleaning never needs."""

DOORS = {
    "langdetect": {"language", "training.sources"},
    "lxml": {"html", "training.sources", "training.renderings"},
    "safetensors": {"model"},
    "sklearn": {"training.fit", "training.learn", "pipelines"},
}
"""Third parties, and the only modules that know them."""


def modules() -> dict[str, Path]:
    """All modules of the package, by their name within it."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imports(path: Path) -> set[str]:
    """The names of all modules that a module imports, at its top or within."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def present(names: tuple[str, ...]) -> list[str]:
    """Those of the modules that exist."""
    return [name for name in names if name in modules()]


@pytest.mark.parametrize("name", ["page", "errors"])
def test_the_nouns_import_the_standard_library_only(name):
    roots = {imported.split(".")[0] for imported in imports(modules()[name])}
    assert roots <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("name", present(CORE))
def test_cleaning_does_not_know_the_shell(name):
    found = imports(modules()[name])
    assert not [x for x in found for shell in SHELL if x.startswith(f"cleaner.{shell}")]


def test_text_markup_language_and_features_do_not_know_each_other():
    apart = ("split", "html", "language", "features")
    for name in present(apart):
        others = {f"cleaner.{other}" for other in apart if other != name}
        assert not imports(modules()[name]) & others, name


def test_features_see_no_label():
    assert "cleaner.page.Label" not in imports(modules()["features"])


@pytest.mark.parametrize("third_party", DOORS)
def test_one_third_party_one_door(third_party):
    knowing = {
        name
        for name, path in modules().items()
        if any(found.split(".")[0] == third_party for found in imports(path))
    }
    assert knowing <= DOORS[third_party]


@pytest.mark.parametrize("name", present(CORE))
def test_the_library_reads_no_environment_and_opens_no_network(name):
    roots = {found.split(".")[0] for found in imports(modules()[name])}
    assert not roots & {"os", "socket", "urllib", "http", "requests", "subprocess"}
