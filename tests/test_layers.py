"""Who may import whom: the plan of the house, read from the imports themselves.

A new module must be put into `LAYERS`, which is a decision about where it stands: it may import
what stands above it, and only what its row names.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1] / "cleaner"


class Row(NamedTuple):
    """What a module, or a part of many modules, may import of ours and of others'."""

    ours: str = ""
    others: str = ""


LAYERS = {
    "errors": Row(),
    "extras": Row("errors"),
    "page": Row(),
    "version": Row(),
    "encoding": Row(),
    "decode": Row("encoding errors", "bs4"),
    "split": Row("page"),
    "elements": Row(),
    "sniff": Row("elements"),
    "html": Row("elements page sniff", "lxml"),
    "characters": Row(others="numpy"),
    "windows": Row("characters", "numpy"),
    "language": Row("characters windows", "langdetect numpy"),
    "lexicon": Row("characters", "numpy"),
    "features": Row("characters page windows", "numpy"),
    "context": Row("characters features windows", "numpy"),
    "markup": Row("characters context features page", "numpy"),
    "storage": Row(others="numpy"),
    "trees": Row("storage", "numpy"),
    "convolutions": Row("storage windows", "numpy"),
    "model": Row("convolutions errors storage trees windows", "numpy safetensors threadpoolctl"),
    "sites": Row("errors", "numpy"),
    "judge": Row("characters page sites windows", "numpy"),
    "stitch": Row("page"),
    "cleaner": Row(
        "characters context decode errors features html judge language lexicon markup model page "
        "sites sniff split stitch windows",
        "numpy",
    ),
    # -- above this line is what cleaning needs; below, what stands on it --
    "inline": Row("html sniff"),
    "markdown": Row("decode elements inline page"),
    "metadata": Row("decode page sniff", "trafilatura"),
    "training": Row(
        "characters cleaner context convolutions decode errors extras features html judge language "
        "lexicon markup model page split storage trees windows",
        "catboost courlan dateparser inscriptis langdetect lxml numpy resiliparse scipy sklearn "
        "threadpoolctl trafilatura",
    ),
    "batch": Row(
        "cleaner decode errors extras markdown metadata page sites version",
        "fastwarc fsspec pyarrow ray zstandard",
    ),
    "pipelines": Row("batch errors extras page", "datatrove numpy sklearn"),
    "review": Row("cleaner decode errors features page stitch training", "numpy starlette uvicorn"),
    "terminal": Row("batch page", "tqdm"),
    "cli": Row("batch cleaner errors page review terminal training version"),
    "__main__": Row("cli"),
    "": Row("cleaner errors page"),
}
"""In order: each row may name only rows above it. The empty name is the package itself."""

CORE = tuple(LAYERS)[: tuple(LAYERS).index("inline")]

STRANGERS = ("split", "html", "language", "features")
"""These do not know each other."""

DOORS = {
    # The only modules that import a library; without an entry, the one row that names it.
    "catboost": {"training.trees"},
    "fastwarc": {"batch.warc"},
    "fsspec": {"batch.folders"},
    "pyarrow": {"batch.parquet"},
    "starlette": {"review.app", "review.guard"},
    "zstandard": {"batch.compression"},
}

VAGUE = {"utils", "util", "helpers", "common", "base", "core", "manager", "misc"}

OUTSPOKEN = {"cli", "terminal", "__main__", "training.__main__"}
"""What may print, end the program or read the environment."""


def modules() -> dict[str, ast.Module]:
    """Every module of the package, parsed, by its name within it."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        found[name.removesuffix("__init__").removesuffix(".")] = ast.parse(path.read_text("utf-8"))
    return found


MODULES = modules()


def row(module: str) -> str:
    """The row of a module: its own, or that of its part."""
    return module.partition(".")[0]


def imports(module: str) -> set[str]:
    """The full names of all that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def ours(module: str) -> set[str]:
    """The rows that a module imports."""
    inside = (name.split(".") for name in imports(module) if name.split(".")[0] == "cleaner")
    return {parts[1] if parts[1] in LAYERS else "" for parts in inside} - {row(module)}


def others(module: str) -> set[str]:
    """The libraries that a module imports."""
    tops = {name.partition(".")[0] for name in imports(module)}
    return tops - sys.stdlib_module_names - {"cleaner"}


def test_every_module_has_a_row():
    assert {row(module) for module in MODULES} <= set(LAYERS)


def test_the_table_itself_has_an_order():
    above: set[str] = set()
    for name, (wanted, _) in LAYERS.items():
        assert set(wanted.split()) <= above, name
        above.add(name)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_what_its_row_names(module):
    allowed = LAYERS[row(module)]
    assert ours(module) <= set(allowed.ours.split())
    assert others(module) <= set(allowed.others.split())


@pytest.mark.parametrize("module", [module for module in MODULES if row(module) in CORE])
def test_cleaning_needs_nothing_of_what_stands_on_it(module):
    assert ours(module) <= set(CORE)
    assert not others(module) & {"sklearn", "scipy", "trafilatura", "pyarrow"}


@pytest.mark.parametrize("module", STRANGERS)
def test_strangers_do_not_know_each_other(module):
    assert not ours(module) & set(STRANGERS)


def test_one_library_has_one_door():
    for library in {x for module in MODULES for x in others(module)} - {"numpy"}:
        found = {module for module in MODULES if library in others(module)}
        outside = {module for module in found if row(module) != "training"}
        if library in DOORS:
            assert found == DOORS[library], library
        else:
            assert len(outside) <= 1, library


def test_names_say_what_a_module_is_about():
    assert not {name.rpartition(".")[2] for name in MODULES} & VAGUE


@pytest.mark.parametrize("module", [module for module in MODULES if module not in OUTSPOKEN])
def test_the_library_does_not_print_or_exit_or_read_the_environment(module):
    names = {node.id for node in ast.walk(MODULES[module]) if isinstance(node, ast.Name)}
    attributes = {
        node.attr for node in ast.walk(MODULES[module]) if isinstance(node, ast.Attribute)
    }
    assert not names & {"print", "input", "exit", "quit", "breakpoint"}
    assert not attributes & {"environ", "getenv", "exit"}
