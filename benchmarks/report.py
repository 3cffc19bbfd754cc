"""What all benchmarks say of the machine they ran on, and how they draw quality over speed."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


def conditions(libraries: Iterable[str] = ()) -> str:
    """The date, the machine, and the versions of the libraries that were measured."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in libraries]
    machine = f"Python {platform.python_version()}, one of {os.cpu_count()} cores of {processor()}"
    return f"{datetime.now(UTC):%Y-%m-%d}. {'; '.join([machine, ', '.join(versions)])}."


def processor() -> str:
    """The name of the processor, as far as the system tells."""
    known = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.*)", known.read_text()) if known.is_file() else None
    return named[1] if named else platform.processor() or platform.machine()


def peak() -> float:
    """The most memory this process has held, in MB; getrusage would count its parent's too."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


@dataclass(frozen=True)
class Point:
    """A way of doing it, in a plot."""

    name: str
    speed: float
    quality: float
    error: float = 0.0
    ours: bool = False


def draw(points: Sequence[Point], path: Path, speed: str, quality: str) -> None:
    """Draw quality over speed, named as the last two say, where matplotlib is installed."""
    if not importlib.util.find_spec("matplotlib"):
        return
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "cleaner"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    for point in points:
        place, color = (point.speed, point.quality), "C0" if point.ours else "C7"
        axes.errorbar(*place, yerr=point.error or None, fmt="o", color=color)
        axes.annotate(
            point.name, place, xytext=(0, 8), textcoords="offset points", ha="center", fontsize=8
        )
    axes.set(xscale="log", xlabel=speed, ylabel=quality)
    axes.margins(x=0.25, y=0.15)
    axes.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})
