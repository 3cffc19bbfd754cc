"""What ``cleaner train`` and ``cleaner evaluate`` do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from cleaner.cleaner import Cleaner, default_model
from cleaner.errors import SampleError
from cleaner.page import Settings
from cleaner.training.evaluate import BASELINES, GROUPS, Labels, table, tallies
from cleaner.training.fit import Recipe
from cleaner.training.learn import retrain
from cleaner.training.samples import Sample, read_samples

Say = Callable[[str], None]
"""Where messages for the user go."""
