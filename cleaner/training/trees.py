"""Boosted trees, grown by CatBoost, as plain arrays.

CatBoost is needed to grow them, not to use them: it grows the oblivious kind, which arrays alone
can answer (``cleaner.trees``), and which carries over to new sites better than leaf-wise trees of
the same size (LightGBM: +.004 F1 of text lines where this kind gains +.012).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.characters import Bools, Floats
from cleaner.extras import missing
from cleaner.trees import Trees

DRAWN_COLUMNS = 30
"""Columns that a level chooses from, drawn anew for each."""

NEVER_ABOVE = np.finfo(np.float32).max
"""The border of a level that a tree does not have."""


def grown(inputs: Floats, target: Bools, count: int, seed: int) -> Trees:
    """Trees that tell the rows of ``inputs``, shape (rows, columns), on ``target`` from the others.

    Raises ``CleanerError`` where CatBoost is not installed.
    """
    try:
        from catboost import CatBoostClassifier  # noqa: PLC0415 - an extra
    except ImportError as error:
        library = "catboost"
        raise missing(library, "to grow decision trees", "train") from error
    if not np.ptp(inputs, axis=0).any():
        return _the_share_of(target)
    booster = CatBoostClassifier(
        iterations=count,
        depth=7,
        learning_rate=0.12,
        l2_leaf_reg=10,
        border_count=32,
        rsm=min(1.0, DRAWN_COLUMNS / inputs.shape[1]),
        bootstrap_type="Bernoulli",
        subsample=0.7,
        boosting_type="Plain",
        random_seed=seed,
        thread_count=2,  # a fixed number, because sums depend on it
        allow_writing_files=False,
        verbose=False,
    )
    booster.fit(inputs, target)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        booster.save_model(str(path), format="json")
        return _read(json.loads(path.read_text(encoding="utf-8")))


def _the_share_of(target: Bools) -> Trees:
    """A tree that gives every row the log-odds of the target; for rows that are all alike."""
    share = (target.sum() + 1) / (len(target) + 2)
    leaf = np.full((1, 2), np.log(share / (1 - share)), np.float32)
    return Trees(np.zeros((1, 1), np.int16), np.zeros((1, 1), np.float32), leaf)


def _read(written: dict[str, Any]) -> Trees:
    """The trees of a CatBoost model in its own JSON; its bias goes to the first tree's leaves."""
    trees = [tree for tree in written["oblivious_trees"] if tree["splits"]]
    levels = max(len(tree["splits"]) for tree in trees)
    column = np.zeros((len(trees), levels), np.int16)
    border = np.full((len(trees), levels), NEVER_ABOVE)
    leaf = np.zeros((len(trees), 1 << levels), np.float32)
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"]):
            column[number, level] = split["float_feature_index"]
            border[number, level] = split["border"]
        leaf[number, : len(tree["leaf_values"])] = tree["leaf_values"]
    scale, (bias,) = written["scale_and_bias"]
    leaf *= scale
    leaf[0] += bias
    return Trees(column, border, leaf)
