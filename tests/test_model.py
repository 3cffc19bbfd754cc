"""Models on disk: what is saved comes back, and nothing else is let in."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import convolutions, tree
from safetensors.numpy import load_file, save_file

from cleaner import Cleaner, ModelError
from cleaner.cleaner import default_model
from cleaner.model import ARRAYS, FACTS, MAX_BYTES, MAX_FACTS, Model, Network
from cleaner.storage import deflated
from cleaner.windows import Windows

REMEDY = "cleaner train"
TEXT = "The old bridge was closed on Friday."


def network(*sizes: int, members: int = 2, seed: int = 0) -> Network:
    """A network of random weights with layers of these sizes."""
    rng = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    layers = list(pairwise(sizes))
    return Network(
        tuple(f"fact {i}" for i in range(sizes[0])),
        some(sizes[0]),
        np.abs(some(sizes[0])),
        tuple(some(members, *layer) for layer in layers),
        tuple(some(members, 1, out) for _, out in layers),
    )


def model() -> Model:
    """A small model of three networks."""
    arrays = {
        "numbers": np.arange(6, dtype=np.float16).reshape(2, 3),
        "flags": np.array([True, False]),
        "hashes": np.array([1, 1 << 63], np.uint64),
    }
    networks = {
        "wide": network(3, 4, 1),
        "plain": network(2, 1, members=1),
        "far": replace(
            network(3, 4, 1), convolutions=(convolutions(2, 4), convolutions(2, 4, seed=1))
        ),
    }
    return Model(arrays, networks, {"languages": ["de", "zh-cn"], "note": "größer"})


def test_what_is_saved_comes_back(tmp_path):
    saved = model()
    saved.save(tmp_path / "new" / "folder")
    loaded = Model.load(tmp_path / "new" / "folder")
    assert set(loaded.arrays) == set(saved.arrays)
    for name, array in saved.arrays.items():
        assert loaded.arrays[name].dtype == array.dtype
        assert np.array_equal(loaded.arrays[name], array)
    assert {name: loaded.facts[name] for name in saved.facts} == saved.facts
    for name, one in saved.networks.items():
        other = loaded.networks[name]
        assert other.columns == one.columns
        for key, array in one.arrays().items():
            assert np.array_equal(other.arrays()[key], array)


def test_a_model_saved_twice_is_the_same_bytes(tmp_path):
    saved = model()
    saved.save(tmp_path / "one")
    turned = Model(
        dict(reversed(saved.arrays.items())),
        dict(reversed(saved.networks.items())),
        dict(reversed(saved.facts.items())),
    )
    turned.save(tmp_path / "two")
    Model.load(tmp_path / "one").save(tmp_path / "three")
    for file in (ARRAYS, FACTS):
        content = (tmp_path / "one" / file).read_bytes()
        assert (tmp_path / "two" / file).read_bytes() == content
        assert (tmp_path / "three" / file).read_bytes() == content


def test_arrays_may_lie_in_memory_as_they_like(tmp_path):
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    Model({"turned": turned}, {}).save(tmp_path)
    assert np.array_equal(Model.load(tmp_path).arrays["turned"], turned)


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 5), st.integers(0, 100))
def test_a_network_is_the_mean_of_its_members(width, members, rows, seed):
    """Against plain loops: standardise, clip, layers with ReLU between, mean of log-odds."""
    learnt = network(width, 3, 1, members=members, seed=seed)
    rng = np.random.default_rng(seed)
    columns = {name: rng.normal(0, 9, rows).astype(np.float32) for name in learnt.columns}
    expected = []
    for row in range(rows):
        values = np.array([columns[name][row] for name in learnt.columns], np.float64)
        inputs = np.clip((values - learnt.center) * learnt.scale, -Network.CLIP, Network.CLIP)
        logits = []
        for member in range(members):
            hidden = np.maximum(inputs @ learnt.weights[0][member] + learnt.biases[0][member], 0)
            logits.append((hidden @ learnt.weights[1][member] + learnt.biases[1][member]).item())
        expected.append(np.mean(logits))
    assert learnt(columns) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_a_network_with_convolutions_reads_documents():
    """They are averaged with the others; a line in another document is none of its lines."""
    plain = network(3, 4, 1)
    around = (convolutions(2, 4), convolutions(2, 4, seed=1))
    far = replace(plain, convolutions=around)
    alone = [replace(far, weights=(), biases=(), convolutions=(one,)) for one in around]
    rng = np.random.default_rng(2)
    columns = {name: rng.normal(0, 1, 6).astype(np.float32) for name in far.columns}
    apart = [
        far({name: column[part] for name, column in columns.items()})
        for part in (slice(0, 2), slice(2, 6))
    ]
    assert far(columns, Windows([2, 4])) == pytest.approx(np.concatenate(apart), abs=1e-4)
    assert far(columns) != pytest.approx(np.concatenate(apart), abs=1e-3)
    expected = np.mean([found(columns) for found in (plain, *alone)], axis=0)
    assert far(columns) == pytest.approx(expected, abs=1e-4)


def test_opinions_are_scaled():
    found = replace(network(3, 4, 1), convolutions=(convolutions(2, 4),), trees=tree())
    columns = {name: np.linspace(-2, 2, 5, dtype=np.float32) for name in found.columns}
    scaled = found.scaled(np.array([2, 3], np.float32), np.float32(4))
    expected = found.opinions(columns) * [2, 3] + [4, 0]
    assert scaled.opinions(columns) == pytest.approx(expected, rel=1e-4)


def test_columns_that_a_network_does_not_read_do_not_matter():
    learnt = network(2, 1)
    columns = {name: np.ones(3, np.float32) for name in learnt.columns}
    more = {"another": np.zeros(3, np.float32), **dict(reversed(columns.items()))}
    assert learnt(more).tolist() == learnt(columns).tolist()


def test_a_column_that_is_missing():
    with pytest.raises(ModelError, match=r"fact 1"):
        network(2, 1)({"fact 0": np.ones(3, np.float32)})


# -- models that must be refused -----------------------------------------------------------------


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the shipped model, to be damaged."""
    directory = tmp_path / "the model"
    directory.mkdir()
    for file in (ARRAYS, FACTS):
        shutil.copy(default_model() / file, directory)
    return directory


def assert_refused(directory: Path) -> None:
    """Whoever uses the model is told which one is unusable and what to do."""
    with pytest.raises(ModelError) as error:
        Cleaner(model=directory).clean(TEXT)
    assert str(directory) in str(error.value)
    assert REMEDY in str(error.value)


def truncated(file: str, size: int) -> Callable[[Path], None]:
    """Cut a file down to its first bytes."""
    return lambda directory: (
        (directory / file).write_bytes((directory / file).read_bytes()[:size]) and None
    )


def written(file: str, content: bytes) -> Callable[[Path], None]:
    """Write something else into a file."""
    return lambda directory: (directory / file).write_bytes(content) and None


def missing(file: str) -> Callable[[Path], None]:
    """Remove a file."""
    return lambda directory: (directory / file).unlink()


def facts(change: Callable[[dict], object]) -> Callable[[Path], None]:
    """Change what ``model.json`` says."""

    def damage(directory: Path) -> None:
        found = json.loads((directory / FACTS).read_text("utf-8"))
        change(found)
        (directory / FACTS).write_text(json.dumps(found), "utf-8")

    return damage


def arrays(change: Callable[[dict], object]) -> Callable[[Path], None]:
    """Change the arrays."""

    def damage(directory: Path) -> None:
        found = load_file(directory / ARRAYS)
        change(found)
        save_file(found, directory / ARRAYS)

    return damage


def longer(directory: Path) -> None:
    """A file of zeros that is larger than any model."""
    with (directory / ARRAYS).open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)


def large(directory: Path) -> None:
    """Facts that would take all memory."""
    with (directory / FACTS).open("ab") as stream:
        stream.truncate(MAX_FACTS + 1)


def linked(file: str, target: str) -> Callable[[Path], None]:
    """Put a link in the place of a file."""

    def damage(directory: Path) -> None:
        (directory / file).unlink()
        (directory / file).symlink_to(target)

    return damage


def moved_out(file: str) -> Callable[[Path], None]:
    """Put a link in the place of a file, to the very file, elsewhere."""

    def damage(directory: Path) -> None:
        (directory / file).rename(directory.parent / file)
        (directory / file).symlink_to(f"../{file}")

    return damage


def piped(directory: Path) -> None:
    """A pipe that nobody writes to: reading it would wait for ever."""
    (directory / FACTS).unlink()
    os.mkfifo(directory / FACTS)


def like(name: str, shape: tuple[int, ...]) -> Callable[[dict], None]:
    """Say of a compressed array that it has another shape."""

    def change(found: dict) -> None:
        found[f"{name}/like"] = np.zeros((0, *shape), found[f"{name}/like"].dtype)

    return change


def poisoned(name: str, value: float) -> Callable[[dict], None]:
    """Put a number that is none into an array."""

    def change(found: dict) -> None:
        found[name] = found[name].copy()
        found[name].flat[0] = value

    return change


def renamed(found: dict) -> None:
    """A model that reads a fact of a later version."""
    found["columns"]["article"][0] = "a fact of the future"


DAMAGED = {
    "no facts": missing(FACTS),
    "no arrays": missing(ARRAYS),
    "facts are cut off": truncated(FACTS, 100),
    "facts are empty": written(FACTS, b""),
    "facts are not UTF-8": written(FACTS, b"\xff\xfe{}"),
    "facts are a list": written(FACTS, b"[]"),
    "facts are nested without end": written(FACTS, b"[" * 100_000),
    "arrays are cut off": truncated(ARRAYS, 100_000),
    "arrays are cut off in their header": truncated(ARRAYS, 20),
    "arrays are empty": written(ARRAYS, b""),
    "arrays are something else": written(ARRAYS, b"PK\x03\x04" + b"x" * 100),
    "arrays are larger than any model": longer,
    "facts are larger than any model's": large,
    "arrays are elsewhere": moved_out(ARRAYS),
    "facts are elsewhere": moved_out(FACTS),
    "facts are without end": linked(FACTS, "/dev/zero"),
    "facts lead nowhere": linked(FACTS, "nowhere"),
    "facts lead to themselves": linked(FACTS, FACTS),
    "arrays are a folder": linked(ARRAYS, "."),
    "facts are a pipe": piped,
    "the header promises more than there is": written(ARRAYS, b"\xff" * 8 + b"{}"),
    "no format": facts(lambda found: found.pop("format")),
    "the format of a later version": facts(lambda found: found.update(format=99)),
    "no columns": facts(lambda found: found.pop("columns")),
    "columns are a list": facts(lambda found: found.update(columns=["a", "b"])),
    "columns of a network are a number": facts(lambda found: found["columns"].update(article=3)),
    "a column too many": facts(lambda found: found["columns"]["article"].append("place")),
    "a column too few": facts(lambda found: found["columns"]["spam"].pop()),
    "a column that this version lacks": facts(renamed),
    "a network too few": facts(lambda found: found["columns"].pop("join")),
    "no languages": facts(lambda found: found.pop("languages")),
    "a language too few": facts(lambda found: found["languages"].pop()),
    "no token weights": arrays(lambda found: found.pop("token_weights")),
    "no language table": arrays(lambda found: found.pop("language_table")),
    "no stop words": arrays(lambda found: found.pop("stop_words")),
    "no first layer": arrays(lambda found: found.pop("host/weight0")),
    "no biases": arrays(lambda found: found.pop("host/bias1")),
    "no standardisation": arrays(lambda found: found.pop("article/center")),
    "no bytes of the convolutions' second layers": arrays(
        lambda found: found.pop("article/around0/mixed")
    ),
    "convolutions without their steps": arrays(
        lambda found: found.pop("article/around0/near/step")
    ),
    "convolutions a block too few": arrays(
        lambda found: found.update(
            {"article/around0/near": found["article/around0/near"][1:].copy()}
        )
    ),
    "convolutions that are a number": arrays(
        lambda found: found.update({"article/around0/near": np.zeros((), np.int8)})
    ),
    "token weights of another size": arrays(
        lambda found: found.update(token_weights=found["token_weights"][:100])
    ),
    "a language table of another size": arrays(
        lambda found: found.update(language_table=found["language_table"][:-1].copy())
    ),
    "a language table of another shape": arrays(like("language_table", (100, 55))),
    "a language table without its shape": arrays(lambda found: found.pop("language_table/like")),
    "a language table that is no stream": arrays(poisoned("language_table", 255)),
    "a shape of billions": arrays(like("language_table", (1 << 40,))),
    "no formulas": arrays(lambda found: found.pop("formula_steps")),
    "formulas of another size": arrays(like("formula_hashes", (3,))),
    "formulas that break off": arrays(
        lambda found: found.update(formula_hashes=found["formula_hashes"][:-9].copy())
    ),
    "signposts to fewer places": arrays(
        lambda found: found.update(
            deflated("signpost_steps", np.ones((found["signpost_steps/like"].shape[1], 3), np.int8))
        )
    ),
    "slogans of another size": arrays(
        lambda found: found.update(slogan_steps=found["slogan_steps"][:-1].copy())
    ),
    "slogans of another type": arrays(
        lambda found: found.update(slogan_hashes=found["slogan_hashes"].astype(np.float32))
    ),
    "stop words of other languages": arrays(like("stop_word_members", (1, 7))),
    "a layer of another shape": arrays(
        lambda found: found.update({"host/weight1": found["host/weight1"][:, :-1].copy()})
    ),
    "steps of a layer too few": arrays(
        lambda found: found.update(
            {"host/weight0/step": found["host/weight0/step"][:, :, :-1].copy()}
        )
    ),
    "a layer without members": arrays(
        lambda found: found.update({"host/weight0": found["host/weight0"][0].copy()})
    ),
    "a last layer of two outputs": arrays(
        lambda found: found.update(
            {
                "reasons/weight0": np.repeat(found["reasons/weight0"], 2, axis=2),
                "reasons/bias0": np.repeat(found["reasons/bias0"], 2, axis=2),
            }
        )
    ),
    "NaN among the weights": arrays(poisoned("host/weight0/step", np.nan)),
    "NaN among the borders of trees": arrays(poisoned("article/border", np.nan)),
    "infinity among the steps of leaves": arrays(poisoned("article/leaf/step", np.inf)),
    "trees without a step": arrays(lambda found: found.pop("article/leaf/step")),
    "trees without borders": arrays(lambda found: found.pop("article/border")),
    "fewer leaves than levels ask for": arrays(
        lambda found: found.update({"article/leaf": found["article/leaf"][:, :-1].copy()})
    ),
    "trees of which some have no leaves": arrays(
        lambda found: found.update({"article/leaf": found["article/leaf"][:-1].copy()})
    ),
    "trees of more levels than a byte has bits": arrays(
        lambda found: found.update(
            {f"article/{x}": np.tile(found[f"article/{x}"], 3) for x in ("column", "border")}
        )
    ),
    "trees of no level": arrays(
        lambda found: found.update(
            {f"article/{x}": found[f"article/{x}"][:, :0].copy() for x in ("column", "border")}
        )
    ),
    "trees that read beyond the columns": arrays(poisoned("article/column", 30_000)),
    "trees that read before the columns": arrays(poisoned("article/column", -1)),
    "trees that read half a column": arrays(
        lambda found: found.update(
            {"article/column": found["article/column"].astype(np.float32) + 0.5}
        )
    ),
    "infinity in the step of the token weights": arrays(poisoned("token_weights/step", np.inf)),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_model_is_refused(copy, damage):
    damage(copy)
    assert_refused(copy)


def test_the_copy_that_is_damaged_is_a_usable_model(copy):
    assert Cleaner(model=copy).clean(TEXT) == Cleaner().clean(TEXT)


def test_a_folder_that_does_not_exist(tmp_path):
    assert_refused(tmp_path / "nothing here")


def test_a_file_instead_of_a_folder(tmp_path):
    (tmp_path / "file").write_text("text")
    assert_refused(tmp_path / "file")


class Bomb:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return (Path.touch, (self.trace,))


def test_nothing_in_a_model_is_executed(copy, tmp_path):
    """A pickle under the name of the arrays is refused, not opened."""
    trace = tmp_path / "executed"
    planted = pickle.dumps(Bomb(trace))
    pickle.loads(planted)
    assert trace.exists(), "the pickle would work"
    trace.unlink()
    (copy / ARRAYS).write_bytes(planted)
    assert_refused(copy)
    assert not trace.exists()


def test_nor_are_files_that_lie_beside(copy, tmp_path):
    trace = tmp_path / "executed"
    for name in ("model.pkl", "model.joblib", "model.npz"):
        (copy / name).write_bytes(pickle.dumps(Bomb(trace)))
    Cleaner(model=copy).clean(TEXT)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("change", "comment"),
    [
        (lambda n: replace(n, columns=n.columns[:-1]), "a column too few"),
        (lambda n: replace(n, center=n.center[:-1]), "a centre too few"),
        (lambda n: replace(n, scale=n.scale[:-1]), "a scale too few"),
        (lambda n: replace(n, biases=n.biases[:-1]), "a bias too few"),
        (lambda n: replace(n, weights=n.weights[:1], biases=n.biases[:1]), "no last layer"),
        (lambda n: replace(n, weights=(), biases=()), "no layer at all"),
        (lambda n: replace(n, weights=n.weights[::-1]), "layers in the wrong order"),
    ],
)
def test_shapes_that_do_not_fit(change, comment):
    network(3, 4, 1).check()
    with pytest.raises(ValueError, match=r"."):
        change(network(3, 4, 1)).check()


def test_the_shipped_model_is_small_and_complete():
    shipped = Model.load(default_model())
    assert (default_model() / ARRAYS).stat().st_size < 3_000_000
    assert {"article", "spam", "join", "title", "host", "reasons"} <= set(shipped.networks)
    assert len(shipped.networks["reasons"].weights) == 1, "reasons are read from a linear model"


def test_the_shipped_model_says_where_it_comes_from():
    facts = Model.load(default_model()).facts
    known = {"languages", "labels", "scikit-learn", "seed", "data", "pages", "lines"}
    assert known <= set(facts)
    card = (default_model() / "README.md").read_text("utf-8")
    assert facts["data"] in card, "the card is not that of this model"
