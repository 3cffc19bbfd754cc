"""The written pages and lines that every new model is held against.

They are the project's fixtures as they lie in ``fixtures/``: a wheel carries the same files inside
the package. Nothing is ever trained on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from cleaner.page import Label, Line
from cleaner.training.samples import Sample, read_samples


def regression_set() -> list[Sample]:
    """The labelled pages and line cases, in order of their names.

    Labels of pages come from aligning them with their clean twins, which know no spam: what is
    removed from them is called junk.
    """
    folder = fixtures()
    return [*read_samples(folder / "pages"), *_line_cases(folder / "lines")]


def fixtures() -> Path:
    """Where the fixtures lie: in a wheel inside the package, else beside it."""
    package = Path(__file__).parents[1]
    inside = package / "fixtures"
    return inside if inside.is_dir() else package.parent / "fixtures"


def _line_cases(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text("utf-8"))):
            name = f"{path.stem}/{number}"
            yield Sample(
                id=name,
                lines=tuple(Line(text, n) for n, (text, _) in enumerate(case["lines"], start=1)),
                labels=tuple(Label(label) for _, label in case["lines"]),
                weights=(1.0,) * len(case["lines"]),
                site=name,
            )
