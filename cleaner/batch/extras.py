"""What to say when a library that comes with an extra is not installed."""

from __future__ import annotations

from cleaner.errors import CleanerError


def missing(library: str, purpose: str) -> CleanerError:
    """The error to raise; it names the extra that brings ``library``.

    >>> str(missing("pyarrow", "to read Parquet"))
    "pyarrow is needed to read Parquet: install it with pip install 'cleaner[batch]'"
    """
    message = f"{library} is needed {purpose}: install it with pip install 'cleaner[batch]'"
    return CleanerError(message)
