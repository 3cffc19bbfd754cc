"""The trained arrays: load, save, score.

A model is a directory of plain numbers: ``model.safetensors`` (arrays), ``model.json`` (what they
are) and ``README.md`` (the model card). Nothing in it is executed, and no version of scikit-learn
is needed to read it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from threadpoolctl import ThreadpoolController

from cleaner.convolutions import Convolutions
from cleaner.errors import ModelError
from cleaner.storage import FORMS, Array, Floats, stepped, unstepped
from cleaner.trees import Trees
from cleaner.windows import Windows

FORMAT = 10
"""Raised when the layout of the files, or the meaning of a feature, changes."""

ARRAYS, FACTS = "model.safetensors", "model.json"
MAX_BYTES, MAX_FACTS = 64 << 20, 4 << 20
"""No model of ours is near this; larger files are not of one."""

LARGEST_KEPT = 31 << 20
"""Bytes; glibc keeps blocks below 32 MiB."""

REMEDY = "train it again with `cleaner train LABELLED... -o DIRECTORY`"


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[object]:
    """A context in which matrix products use one thread.

    On products as small as ours a second one only waits: it halves the lines per CPU second.
    """
    return _threads().limit(limits=1, user_api="blas")


def keep_heap() -> None:
    """Have memory that one batch gives back serve the next, where the C library is glibc.

    Its ``malloc`` takes the largest block given back so far, up to 32 MB, for what a program may
    ask for again. Without this the arrays of every batch come from the system page by page, all
    zeros, which is an eighth of the time. The block is never written to, so it takes no memory.
    """
    np.empty(LARGEST_KEPT, np.uint8)


@dataclass(frozen=True)
class Network:
    """Small neural networks over the same columns, averaged, and trees beside them.

    Networks see slopes and carry over to sites unlike those of the training; trees see borders and
    exceptions: together they are right more often than either (log-loss on HTML lines of other
    sites .177, networks alone .20, trees alone .195).

    ``weights[i]`` has shape (members, in, out) and ``biases[i]`` (members, 1, out); the last layer
    has one output, the log-odds. Inputs are standardised with ``center`` and ``scale`` and clipped
    at ``CLIP`` standard deviations, so that no line is further out than training ever went.
    """

    CLIP = 5.0

    columns: tuple[str, ...]
    center: Floats
    scale: Floats
    weights: tuple[Floats, ...] = ()
    """Layers that read a line by itself; a network may have none."""
    biases: tuple[Floats, ...] = ()
    convolutions: tuple[Convolutions, ...] = ()
    """What read the lines around as well; then rows are the lines of whole documents."""
    trees: Trees | None = None
    """What is added to the networks' log-odds."""

    def stacked(self, columns: Mapping[str, Floats]) -> Floats:
        """The columns that the network reads, shape (columns, rows).

        Raises ``ModelError`` for a column that the network reads and this version does not know.
        """
        if missing := [name for name in self.columns if name not in columns]:
            message = f"it reads features that this version lacks: {', '.join(missing)}"
            raise ModelError(message)
        # As `np.stack` does, without a new shape for each of hundreds of columns.
        joined = np.concatenate([columns[name] for name in self.columns])
        return joined.reshape(len(self.columns), -1)

    def standardised(self, stacked: Floats) -> Floats:
        """The inputs of the first layer, shape (rows, columns), from ``stacked()`` columns."""
        inputs = stacked - self.center[:, None]
        inputs *= self.scale[:, None]  # in place: copies of so many columns are half of the cost
        np.clip(inputs, -self.CLIP, self.CLIP, out=inputs)
        return inputs.T.astype(np.float32, copy=False)

    def __call__(self, columns: Mapping[str, Floats], windows: Windows | None = None) -> Floats:
        """Log-odds for each row.

        ``windows`` says where documents begin among the rows; without it all rows are one, which
        makes no difference to a network without convolutions. Raises ``ModelError`` for a column
        that the network reads and this version does not know.
        """
        return self.opinions(columns, windows).sum(axis=1)

    def opinions(self, columns: Mapping[str, Floats], windows: Windows | None = None) -> Floats:
        """Log-odds by the networks, averaged, and by the trees, if any; they are to be added.

        Shape (rows, 1 or 2).
        """
        stacked = self.stacked(columns)
        inputs = self.standardised(stacked)
        averaged = []
        if self.weights:
            hidden = inputs[None]
            for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
                hidden = hidden @ weight
                hidden += bias
                np.maximum(hidden, 0, out=hidden)
            averaged.append((hidden @ self.weights[-1] + self.biases[-1])[..., 0].mean(axis=0))
        rows = Windows([stacked.shape[1]]) if windows is None else windows
        averaged += [convolutions(inputs, rows) for convolutions in self.convolutions]
        logits = [np.mean(averaged, axis=0)]
        if self.trees is not None:
            logits.append(self.trees(stacked))
        return np.stack(logits, axis=1)

    def scaled(self, slopes: Floats, shift: np.float32) -> Network:
        """The networks and trees whose opinions are these times ``slopes``, ``shift`` more in all.

        ``slopes`` has shape (opinions,).
        """
        weights, biases = list(self.weights), list(self.biases)
        weights[-1:] = [last * slopes[0] for last in weights[-1:]]
        biases[-1:] = [last * slopes[0] + shift for last in biases[-1:]]
        return replace(
            self,
            weights=tuple(weights),
            biases=tuple(biases),
            convolutions=tuple(one.scaled(slopes[0], shift) for one in self.convolutions),
            trees=self.trees and self.trees.scaled(slopes[1]),
        )

    def arrays(self) -> dict[str, Array]:
        """Everything but the column names, by name; layers as bytes, which is enough."""
        found: dict[str, Array] = {"center": self.center, "scale": self.scale}
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            found |= stepped(f"weight{number}", weight, axis=-2)
            found[f"bias{number}"] = bias.astype(np.float16)
        for number, convolutions in enumerate(self.convolutions):
            arrays = convolutions.arrays()
            found |= {f"around{number}/{name}": array for name, array in arrays.items()}
        if self.trees is not None:
            found |= self.trees.arrays()
        return found

    @classmethod
    def of(cls, columns: Sequence[str], arrays: Mapping[str, Array]) -> Network:
        """The network that ``arrays()`` described.

        Raises ``ValueError`` where the arrays do not fit together.
        """
        depth = sum(name.startswith("bias") for name in arrays)
        around = sum(name.endswith("/near") for name in arrays)
        network = cls(
            tuple(columns),
            arrays["center"],
            arrays["scale"],
            tuple(unstepped(f"weight{i}", arrays, axis=-2) for i in range(depth)),
            tuple(arrays[f"bias{i}"].astype(np.float32) for i in range(depth)),
            tuple(
                Convolutions.of(_under(arrays, f"around{number}/"), len(columns))
                for number in range(around)
            ),
            Trees.of(arrays, len(columns)) if "leaf" in arrays else None,
        )
        network.check()
        return network

    def check(self) -> None:
        """Raise ``ValueError`` unless the shapes fit together."""
        width = len(self.columns)
        if self.center.shape != (width,) or self.scale.shape != (width,):
            message = f"standardisation has shape {self.center.shape}, not ({width},)"
            raise ValueError(message)
        for weight, bias in zip(self.weights, self.biases, strict=True):
            members, size, out = weight.shape
            if size != width or bias.shape != (members, 1, out):
                message = f"layer of shape {weight.shape} behind {width} columns"
                raise ValueError(message)
            width = out
        if self.weights and width != 1:
            message = f"the last layer has {width} outputs, not 1"
            raise ValueError(message)
        if not self.weights and not self.convolutions:
            message = "no network"
            raise ValueError(message)


@dataclass(frozen=True)
class Model:
    """Everything that was learnt.

    ``arrays`` by name (token weights, language table, stop words), ``networks`` by what they
    decide, ``facts`` as in ``model.json``: names, seeds, versions, scores.
    """

    arrays: Mapping[str, Array]
    networks: Mapping[str, Network]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def save(self, directory: Path) -> None:
        """Write the model's two files into ``directory``, which is made where it is missing."""
        directory.mkdir(parents=True, exist_ok=True)
        arrays = {name: np.ascontiguousarray(array) for name, array in self.arrays.items()}
        for name in arrays.keys() & FORMS.keys():
            arrays |= FORMS[name].stored(name, arrays[name])
        for name, network in self.networks.items():
            arrays |= {f"{name}/{key}": value for key, value in network.arrays().items()}
        columns = {name: list(network.columns) for name, network in self.networks.items()}
        facts = {"format": FORMAT, **self.facts, "columns": columns}
        text = json.dumps(facts, indent=1, ensure_ascii=False, sort_keys=True)
        _write(directory / ARRAYS, save(dict(sorted(arrays.items()))))
        _write(directory / FACTS, f"{text}\n".encode())

    @classmethod
    def load(cls, directory: Path) -> Model:
        """The model in ``directory``.

        Raises ``ModelError``, which says what is wrong and how to mend it, where the directory
        holds no model, a damaged one, or one made for another version of this package.
        """
        facts = _read_facts(directory)
        arrays = _read_arrays(directory)
        try:
            networks = {
                name: Network.of(columns, _under(arrays, f"{name}/"))
                for name, columns in facts["columns"].items()
            }
            plain = {name: array for name, array in arrays.items() if "/" not in name}
            for name in plain.keys() & FORMS.keys():
                plain[name] = FORMS[name].restored(name, arrays)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise unusable(directory, f"its arrays do not fit together ({error})") from error
        return cls(plain, networks, facts)


def _write(path: Path, content: bytes) -> None:
    """Write beside and rename, so that no half-written model is ever found under its name."""
    beside = path.with_name(f"{path.name}.partial")
    beside.write_bytes(content)
    beside.replace(path)


def _under(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {key.removeprefix(prefix): a for key, a in arrays.items() if key.startswith(prefix)}


def unusable(directory: Path, why: str) -> ModelError:
    """The error that says why a model cannot be used, and what to do."""
    return ModelError(f"{directory}: not a usable model: {why}; {REMEDY}")


def _found(directory: Path, name: str, limit: int) -> Path:
    """The file of this name; raises ``ModelError`` unless it is one of the directory's own."""
    path = directory / name
    if not path.exists():
        raise unusable(directory, f"there is no {name}")
    if not path.resolve().is_relative_to(directory.resolve()):
        raise unusable(directory, f"{name} is a link that leads out of the folder; copy the file")
    if not path.is_file():
        raise unusable(directory, f"{name} is no file")
    if path.stat().st_size > limit:
        raise unusable(directory, f"{name} is larger than {limit >> 20} MiB")
    return path


def _read_facts(directory: Path) -> dict[str, Any]:
    path = _found(directory, FACTS, MAX_FACTS)
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise unusable(directory, f"{FACTS} cannot be read ({error})") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        found = facts.get("format") if isinstance(facts, dict) else type(facts).__name__
        raise unusable(directory, f"its format is {found!r}, this version reads {FORMAT}")
    return facts


def _read_arrays(directory: Path) -> dict[str, Array]:
    path = _found(directory, ARRAYS, MAX_BYTES)
    try:
        arrays: dict[str, Array] = load_file(path)
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        raise unusable(directory, f"{ARRAYS} cannot be read ({error})") from error
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise unusable(directory, f"array {name!r} holds numbers that are not finite")
    return arrays
