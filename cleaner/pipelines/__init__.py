"""The cleaner inside other people's pipelines.

``TextCleaner`` is a transformer for scikit-learn, ``BatchCleaner`` a callable for Hugging Face
datasets, Ray Data, pandas and polars, ``DocumentCleaner`` a step for datatrove. Each is imported
when it is first asked for, and so is the library that it stands in. What they have in common is in
`documents`: the model is loaded once in each process, and never pickled.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.pipelines.columns import BatchCleaner
    from cleaner.pipelines.datatrove import DocumentCleaner
    from cleaner.pipelines.sklearn import TextCleaner

__all__ = ["BatchCleaner", "DocumentCleaner", "TextCleaner"]

_PLACES = {"BatchCleaner": "columns", "DocumentCleaner": "datatrove", "TextCleaner": "sklearn"}


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name in _PLACES:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
