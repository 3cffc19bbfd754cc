"""Columns of a batch to columns: for whatever library passes batches on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast, overload

import numpy as np

from cleaner.batch.journal import digest
from cleaner.batch.records import Detail, Recipe
from cleaner.errors import Misuse, SourceError
from cleaner.page import Settings
from cleaner.pipelines.documents import Cleaned, Document, cleaned, nothing, texts

Columns = dict[str, Any]
"""Names to columns of one length: a dictionary, or what `datasets` passes in its place."""

Column = Sequence[Any]
"""A list, an array, or a series of pandas or polars."""

ERROR = "clean_error"
"""The column that says why a document could not be cleaned."""


class BatchCleaner:
    """Cleans the texts of a batch; for ``datasets.map``, ``map_batches``, pandas and polars.

    Called with a dictionary of columns it gives one with clean text in ``text_key``, and beside it
    ``title``, ``language``, what ``detail`` says of the lines, and ``clean_error``. A column that
    the batch has already stays, and ours is then called ``clean_title`` and so on. A text that
    cannot be read becomes empty, and the reason stands in ``clean_error``: one bad document must
    not end a run of millions.

    Called with a single column it gives the clean texts, as a column of the same kind; a text that
    cannot be read raises ``SourceError``, as there is no place for the reason.

    What is missing stays missing. ``settings`` and ``model`` are those of ``Cleaner``; the model is
    loaded in the process that cleans, when it first does.

    >>> clean = BatchCleaner()
    >>> news = "The ferry left for the islands in the afternoon, and nobody was left behind."
    >>> clean({"n": [1], "text": [news]})["language"]
    ['en']
    >>> clean([news, None]) == [news, None]
    True
    """

    def __init__(
        self,
        *,
        text_key: str = "text",
        settings: Settings = Settings(),
        model: str | None = None,
        detail: Detail = "none",
    ) -> None:
        self.text_key = text_key
        self.recipe = Recipe(settings, model, detail=detail)
        self.digest = digest(self.recipe)
        """Stands for model and version, so that a cache of results keyed on this object, as that of
        Hugging Face datasets is, does not outlive them."""

    @overload
    def __call__(self, batch: Columns) -> Columns: ...

    @overload
    def __call__(self, batch: Column) -> Column: ...

    def __call__(self, batch: Columns | Column) -> Columns | Column:
        """The batch with clean text, as the class describes."""
        return self._columns(batch) if isinstance(batch, Mapping) else self._column(batch)

    def _columns(self, batch: Columns) -> Columns:
        if self.text_key not in batch:
            message = f"no column {self.text_key!r}; the batch has {', '.join(map(repr, batch))}"
            raise Misuse(message)
        given = texts(batch[self.text_key])
        beside = frozenset(batch)
        done = self._cleaned(given, beside)
        found = {
            name: [result.found[name] for result in done]
            for name in nothing(self.recipe, beside).found
        }
        errors = [result.error for result in done]
        # The operator leaves alone the columns that `datasets` decodes only when they are read.
        return batch | {self.text_key: _clean(given, done), **found, ERROR: errors}

    def _column(self, column: Column) -> Column:
        given = texts(column)
        done = self._cleaned(given, frozenset())
        for number, result in enumerate(done):
            if result.error:
                message = f"row {number}: {result.error}"
                raise SourceError(message)
        return like(column, _clean(given, done))

    def _cleaned(
        self, given: Sequence[str | bytes | None], beside: Collection[str]
    ) -> list[Cleaned]:
        """What became of each text; of one that is missing, nothing."""
        documents = [Document(source, beside) for source in given if source is not None]
        results = iter(cleaned(self.recipe, documents))
        blank = nothing(self.recipe, beside)
        return [blank if source is None else next(results) for source in given]


def _clean(given: Sequence[object], done: Sequence[Cleaned]) -> list[str | None]:
    pairs = zip(given, done, strict=True)
    return [None if source is None else result.text for source, result in pairs]


def like(column: Column, values: list[str | None]) -> Column:
    """``values`` as a column of the kind of ``column``, with its name and index.

    >>> like(np.array(["a"]), ["b"])
    array(['b'], dtype=object)
    """
    kind: Any = type(column)
    series: Any = column
    match kind.__module__.partition(".")[0]:
        case "pandas":
            made = kind(values, index=series.index, name=series.name)
        case "polars":
            made = kind(series.name, values)
        case "numpy":
            made = np.array(values, dtype=object)
        case _:
            made = values
    return cast("Column", made)
