"""Learns a network that reads the lines around, by gradient descent.

Written out here because nothing that does it is small: the layers are seven matrix products deep,
and a library for such networks would be the largest thing that training needs, by far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cleaner.characters import Bools, Floats, Ints
from cleaner.convolutions import Convolutions, shapes, surrounded
from cleaner.features import sigmoid
from cleaner.windows import Windows

BATCH_LINES = 3000
"""Lines of a step. Of 6,000 log-loss is .161 where it is .158 so."""

LEAST_BATCHES = 10
"""Steps of a pass, at least: a handful of pages is read in smaller batches."""

START = 1 / 3
"""Variance of a layer's first weights, times its inputs. With 2, as is usual behind rectifiers, the
network learns pages by heart: log-loss on other sites .161 instead of .154."""

WARMING = 0.15
"""Share of the steps in which they grow; then they shrink to nothing."""

LARGEST_ODDS = 60
"""Log-odds beyond which no network goes; below them, negative, are lines out of the contest."""

KEPT, KEPT_SQUARES = np.float32(0.9), np.float32(0.999)
"""How much of the gradients' running means each step keeps (Kingma & Ba 2015, "Adam")."""


@dataclass(frozen=True)
class Lessons:
    """Documents to learn from; one entry a line."""

    inputs: Callable[[Ints], Floats]
    """The standardised inputs of the lines asked for, shape (lines, columns)."""
    target: Bools
    weight: Floats
    windows: Windows
    contest: bool = False
    """Whether one line of a document is on target at most, so that lines rival each other."""


@dataclass(frozen=True)
class Plan:
    """How long and how hard to learn."""

    width: int
    blocks: int
    lines: int
    """Lines read in all, again and again."""
    rate: float = 3e-3
    """Length of the longest steps."""
    dropped: float = 0.2
    """Share of a block's inputs that a step does without."""
    decay: float = 0.02
    """How hard weights are held down."""
    seed: int = 0


def learn_convolutions(lessons: Lessons, plan: Plan) -> Convolutions:
    """The network that tells the lines on target from the others.

    Lines count by their weight. Documents are drawn by the root of their lines' mean weight, and
    their lines count by what is left of it: drawn by the weight itself, the few that weigh most
    are learnt by heart; all alike, most of the time goes into archives.
    """
    rng = np.random.default_rng(plan.seed)
    columns = lessons.inputs(np.zeros(1, np.intp)).shape[1]
    network = _first_weights(columns, plan, rng)
    descents = [_Descent(array, plan.decay) for array in vars(network).values()]
    done = 0
    for batch in _batches(lessons, plan, rng):
        done += len(batch.weight)
        rate = plan.rate * _pace(done / plan.lines)
        gradients = _gradients(network, batch, np.float32(plan.dropped), rng)
        for descent, gradient in zip(descents, gradients.values(), strict=True):
            descent.step(gradient, rate)
    return network


class _Descent:
    """Follows the gradients of an array, which it changes, by Adam with decoupled decay."""

    def __init__(self, weights: Floats, decay: float) -> None:
        self.weights, self.decay, self.steps = weights, np.float32(decay), 0
        self.mean, self.square = np.zeros_like(weights), np.zeros_like(weights)

    def step(self, gradient: Floats, rate: float) -> None:
        self.steps += 1
        self.mean += (1 - KEPT) * (gradient - self.mean)
        self.square += (1 - KEPT_SQUARES) * (gradient * gradient - self.square)
        way = self.mean / (1 - KEPT**self.steps)
        way /= np.sqrt(self.square / (1 - KEPT_SQUARES**self.steps)) + np.float32(1e-8)
        self.weights -= np.float32(rate) * (way + self.decay * self.weights)


@dataclass(frozen=True)
class _Batch:
    """The lines of a step."""

    inputs: Floats
    target: Bools
    weight: Floats
    """What each counts; one on average."""
    windows: Windows
    contest: bool = False


def _first_weights(columns: int, plan: Plan, rng: np.random.Generator) -> Convolutions:
    """Layers of small random weights, and biases of none."""

    def weights(name: str, shape: tuple[int, ...]) -> Floats:
        if name.endswith("bias"):
            return np.zeros(shape, np.float32)
        inputs = shape[-2:][0]
        return rng.standard_normal(shape, np.float32) * np.float32(np.sqrt(START / inputs))

    wanted = shapes(columns, plan.blocks, plan.width)
    return Convolutions(**{name: weights(name, shape) for name, shape in wanted.items()})


def _batches(lessons: Lessons, plan: Plan, rng: np.random.Generator) -> Iterator[_Batch]:
    """The steps, until enough lines have been read."""
    windows = lessons.windows
    mean = np.add.reduceat(lessons.weight, windows.first[:-1]) / windows.sizes
    root = np.sqrt(mean.astype(np.float64))
    chance = root / root.sum()
    left = lessons.weight / np.maximum(root, 1e-9)[windows.document]
    left /= (chance * np.add.reduceat(left, windows.first[:-1])).sum() / (chance @ windows.sizes)
    lines = max(1, min(BATCH_LINES, len(windows) // LEAST_BATCHES))
    done = 0
    while done < plan.lines:
        drawn = rng.choice(len(chance), size=lines, p=chance)
        drawn = drawn[: np.searchsorted(np.cumsum(windows.sizes[drawn]), lines) + 1]
        rows, inside = windows.taken(drawn)
        weight = left[rows].astype(np.float32)
        target = lessons.target[rows]
        yield _Batch(lessons.inputs(rows), target, weight, inside, lessons.contest)
        done += len(rows)


def _pace(done: float) -> float:
    """The length of a step, 0 to 1, when so much of all lines has been read."""
    if done < WARMING:
        return done / WARMING
    return float(0.5 + 0.5 * np.cos(np.pi * min((done - WARMING) / (1 - WARMING), 1)))


def _gradients(
    network: Convolutions, batch: _Batch, dropped: np.float32, rng: np.random.Generator
) -> dict[str, Floats]:
    """How the mean loss grows with every weight, by the names of the network's arrays.

    No longer, all in all, than 1.
    """
    entered = np.maximum(batch.inputs @ network.enter + network.enter_bias, 0)
    hidden, seen = entered, []
    for block in range(len(network.near)):
        kept = (rng.random(hidden.shape, np.float32) > dropped) / (1 - dropped)
        around = surrounded(hidden * kept, batch.windows, 1 << block)
        answer = np.maximum(around @ network.near[block] + network.near_bias[block], 0)
        seen.append((kept, around, answer))
        hidden = hidden + answer @ network.mixed[block] + network.mixed_bias[block]
    last = np.maximum(hidden, 0)
    wrong = _surplus(last @ network.leave + network.leave_bias, batch)
    found = {name: np.zeros_like(array) for name, array in vars(network).items()}
    found["leave"][:] = last.T @ wrong
    found["leave_bias"][:] = wrong.sum()
    back = wrong[:, None] * network.leave * (hidden > 0)
    for block, (kept, around, answer) in reversed(list(enumerate(seen))):
        found["mixed"][block] = answer.T @ back
        found["mixed_bias"][block] = back.sum(axis=0)
        inner = (back @ network.mixed[block].T) * (answer > 0)
        found["near"][block] = around.T @ inner
        found["near_bias"][block] = inner.sum(axis=0)
        before, here, after = np.split(inner @ network.near[block].T, 3, axis=1)
        # What a line gave to the line behind it comes back from there.
        here = here + batch.windows.shifted(before, 1 << block)
        here += batch.windows.shifted(after, -(1 << block))
        back = back + here * kept
    back = back * (entered > 0)
    found["enter"][:] = batch.inputs.T @ back
    found["enter_bias"][:] = back.sum(axis=0)
    length = np.sqrt(sum(float(np.vdot(x, x)) for x in found.values()))
    return {name: x * np.float32(1 / max(length, 1)) for name, x in found.items()}


def _surplus(logit: Floats, batch: _Batch) -> Floats:
    """How the mean loss grows with every line's log-odds.

    The loss is the log-loss of every line by itself; in a contest, that of every document: how
    unlikely it was that one of its lines on target is the one, or none where none is, if all lines
    that count, and none, share the odds.
    """
    if not batch.contest:
        return (sigmoid(logit) - batch.target) * batch.weight / np.float32(len(logit))
    windows, counts = batch.windows, batch.weight > 0
    wanted = batch.target & counts
    said, right = _shares(logit, counts, windows, 1), _shares(logit, wanted, windows, 0)
    lines = np.maximum(windows.total(counts.astype(np.float32)), 1)
    wrong = (said - right) * windows.total(batch.weight) / lines / len(windows.sizes)
    return wrong.astype(np.float32, copy=False)


def _shares(logit: Floats, among: Bools, windows: Windows, none: int) -> Floats:
    """The probability that each of some lines is the one, with ``none`` chances of even odds that
    no line is; 0 for the other lines.
    """
    odds = np.where(among, logit, np.float32(-LARGEST_ODDS))
    best = np.maximum.reduceat(odds, windows.first[:-1])[windows.document]
    best = np.maximum(best, 0) if none else best
    odds = np.exp(odds - best) * among
    all_odds = windows.total(odds) + np.float32(none) * np.exp(-best)
    return odds / np.maximum(all_odds, np.float32(1e-9))
