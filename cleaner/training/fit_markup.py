"""What HTML adds: token weights over names and tags, and a network that reads the tree as well.

The text stages are taken as they were learnt, each page's by models that never saw its site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from cleaner.cleaner import sigmoid
from cleaner.characters import Floats, Ints
from cleaner.features import TOKEN_BUCKETS, Batch, Columns, context
from cleaner.markup import markup_context, markup_tokens, tree
from cleaner.model import Network
from cleaner.training.corpus import Corpus, chunks, joined
from cleaner.training.fit import (
    ARTICLE,
    Recipe,
    Task,
    crossed,
    fold_of,
    line_logits,
    token_weights,
)
from cleaner.windows import Windows
