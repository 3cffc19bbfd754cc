"""Where the written pages lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "fixtures" / "pages"
LANGUAGES = ROOT / "benchmarks" / "languages"
CLEAN_SUFFIX = ".clean.txt"
