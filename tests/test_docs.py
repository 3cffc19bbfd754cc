"""What the documentation shows, done as it is shown.

Each section of a file in ``docs/`` (what stands under one ``#`` or ``##``) is run in an empty
folder that holds the ``fixtures`` of a fresh clone, from its first block to its last:

* ``python``: with prompts (``>>>``) as a doctest, else as a program; what one block defines the
  next ones of the section know.
* ``console``: the commands after ``$``. They must succeed, and where lines follow, print just that.
* ``sh``: as one script, which must succeed.

A block of these that cannot be run has the reason in a comment on the line above it, as in
``<!-- not run: starts a server -->``. A section that needs a library which comes with an extra says
so with ``<!-- needs: ray -->``, and is skipped where that is not installed. In what is printed,
``...`` stands for anything.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import pytest
from places import ROOT

DOCS = ROOT / "docs"
RUNNABLE = {"python", "console", "sh"}
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
HEADING = re.compile(r"##? (.+)")
FENCE = re.compile(r"(```+)(\w*)")
COMMENT = re.compile(r"<!-- (not run|needs): (.+) -->")


@dataclass
class Block:
    """Lines between fences."""

    language: str
    line: int
    """Where in the file its first line stands, from 0."""

    code: str


@dataclass
class Section:
    """What stands under a heading."""

    file: Path
    title: str
    needs: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.file.relative_to(DOCS)}: {self.title}"


def sections(file: Path, text: str) -> Iterator[Section]:
    """The sections of a file, with the blocks that are to be run."""
    section = Section(file, "(top)")
    lines = text.splitlines()
    number, note = 0, None
    while number < len(lines):
        line = lines[number]
        number += 1
        if found := FENCE.match(line):
            code = list(takewhile(lambda x, end=found[1]: x.rstrip() != end, lines[number:]))
            if found[2] in RUNNABLE and note is None:
                section.blocks.append(Block(found[2], number, "\n".join(code) + "\n"))
            number += len(code) + 1
        elif found := HEADING.fullmatch(line):
            yield section
            section = Section(file, found[1])
        note = None
        if (said := COMMENT.fullmatch(line)) and said[1] == "not run":
            note = said[2]
        elif said:
            section.needs.append(said[2])
    yield section


SECTIONS = [
    section
    for file in sorted(DOCS.rglob("*.md"))
    for section in sections(file, file.read_text("utf-8"))
    if section.blocks
]


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder to work in, as a reader of the documentation has it: with commands and fixtures."""
    shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")
    commands = tmp_path / ".bin"
    commands.mkdir()
    for name, call in (("cleaner", "-m cleaner"), ("python", "")):
        script = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {call} "$@"\n'
        (commands / name).write_text(script)
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(commands), prepend=os.pathsep)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_what_a_section_shows(clone, section):
    for library in section.needs:
        pytest.importorskip(library, reason=f"{library} is not installed")
    run(section)


def run(section: Section) -> None:
    """Run the blocks of a section; an error tells the line of the documentation."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in section.blocks:
        if block.language == "sh":
            execute(block.code, section)
        elif block.language == "console":
            converse(block, section)
        elif block.code.startswith(">>> "):
            names = interact(block, names, section)
        else:
            code = compile("\n" * block.line + block.code, section.file, "exec")
            exec(code, names)


def execute(script: str, section: Section) -> str:
    """What a script prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{section}: {script}\n{done.stderr}"
    return done.stdout


def converse(block: Block, section: Section) -> None:
    """Run the commands of a block, and compare what they print where that is shown."""
    for command in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
        spoken = re.match(r"(?:.*\\\n)*.*\n", command)[0]
        shown = command.removeprefix(spoken)
        told = execute(spoken, section)
        agrees = doctest.OutputChecker().check_output(shown, told, OPTIONS)
        assert not shown.strip() or agrees, f"{section}: {spoken}prints\n{told}"


def interact(block: Block, names: dict[str, object], section: Section) -> dict[str, object]:
    """The names that are known after a conversation with Python."""
    test = doctest.DocTestParser().get_doctest(
        block.code, names, str(section), str(section.file), block.line
    )
    said: list[str] = []
    doctest.DocTestRunner(verbose=False, optionflags=OPTIONS).run(
        test, out=said.append, clear_globs=False
    )
    assert not said, "".join(said)
    return test.globs


# -- the reader of documentation itself ----------------------------------------------------------

EXAMPLE = """\
# One

```python
x = 1
```

    $ not a block

```json
{"not": "run"}
```

```console
$ echo \\
  two words
two   words
$ test -d fixtures
$ seq 3
1
...
```

## Two
<!-- needs: ray -->

<!-- not run: for no reason -->
```python
this is no Python
```

```python
>>> x = 2
>>> x + 1
3
```

```sh
cleaner --version
```
"""


def found() -> list[Section]:
    return [x for x in sections(DOCS / "example.md", EXAMPLE) if x.blocks]


def test_blocks_are_found():
    one, two = found()
    assert [block.language for block in one.blocks] == ["python", "console"]
    assert [block.language for block in two.blocks] == ["python", "sh"]
    assert (one.title, one.needs, two.title, two.needs) == ("One", [], "Two", ["ray"])


@pytest.mark.parametrize("number", [0, 1])
def test_true_examples_pass(clone, number):
    run(found()[number])


FALSE = {
    "a result": "```python\n>>> 1 + 1\n3\n```\n",
    "what is printed": "```console\n$ echo one\ntwo\n```\n",
    "a command": "```console\n$ cleaner clean nowhere.txt\n```\n",
    "a script": "```sh\nfalse\ntrue\n```\n",
    "a program": "```python\nassert False\n```\n",
    "a comment too far above": "<!-- not run: far -->\n\n```python\nassert False\n```\n",
}


@pytest.mark.parametrize("name", FALSE)
def test_false_examples_fail(clone, name):
    (section,) = (x for x in sections(DOCS / "false.md", FALSE[name]) if x.blocks)
    with pytest.raises(AssertionError):
        run(section)
