"""A transformer for scikit-learn's pipelines; its door outside of training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags

from cleaner.batch.records import Recipe
from cleaner.batch.work import cleaner
from cleaner.errors import Misuse, SourceError
from cleaner.page import Settings
from cleaner.pipelines.documents import Document, cleaned, texts


class TextCleaner(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Scraped texts to clean texts, in front of whatever learns from them.

    It learns nothing itself: ``fit`` only looks whether the parameters make sense. Takes a list, an
    array or a column of ``str`` or ``bytes``, text or HTML, and gives an array of ``str`` as long,
    empty where nothing is article text. Raises ``Misuse`` for missing values and ``SourceError``
    for bytes that are no text: fill or drop them first.

    The parameters are those of ``Settings``, and ``model`` the directory of a model. Copies and
    pickles hold no more than these; the model is loaded once in each process.

    >>> TextCleaner(favor="recall").fit_transform(["The ferry left for the islands at noon."])
    array(['The ferry left for the islands at noon.'], dtype=object)
    """

    def __init__(
        self,
        *,
        language: str | None = None,
        favor: Literal["balance", "precision", "recall"] = "balance",
        mode: Literal["filter", "trim"] = "filter",
        model: str | None = None,
    ) -> None:
        self.language = language
        self.favor = favor
        self.mode = mode
        self.model = model

    def fit(self, X: Iterable[object], y: object = None) -> Self:  # noqa: N803 - their name
        """Raise ``ModelError`` or ``Misuse`` where model or parameters cannot be used."""
        cleaner(self._recipe())
        return self

    def transform(self, X: Iterable[object]) -> NDArray[np.object_]:  # noqa: N803 - their name
        """The clean text of each document, in order."""
        given = texts(X)
        if None in given:
            message = f"row {given.index(None)} is missing: fill or drop it first"
            raise Misuse(message)
        done = cleaned(self._recipe(), [Document(source) for source in given if source is not None])
        for number, outcome in enumerate(done):
            if outcome.error:
                message = f"row {number}: {outcome.error}"
                raise SourceError(message)
        return np.array([outcome.text for outcome in done], dtype=object)

    def _recipe(self) -> Recipe:
        try:
            settings = Settings(self.language, self.favor, self.mode)
        except ValueError as error:
            raise Misuse(str(error)) from error
        return Recipe(settings, self.model, detail="none")

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Tags:
        tags: Any = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags
