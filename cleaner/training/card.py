"""The model card: what a model was trained on, how right it is, what it is known to get wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from cleaner.page import Label
from cleaner.training.evaluate import BASELINES, GROUPS, Labels, table, tallies
from cleaner.training.samples import Sample
