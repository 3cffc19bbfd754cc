"""Benchmarks as a user runs them."""

from __future__ import annotations

import subprocess
import sys

from places import ROOT


def run(module: str, *words: str) -> str:
    """What a benchmark prints."""
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
