"""Where the public collections are: tests that need one skip where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the collections: ``CLEANER_DATA``, else ``../shared/data``."""
    folder = Path(os.environ.get("CLEANER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data at {folder}; set CLEANER_DATA to the folder of the collections")
    return folder
