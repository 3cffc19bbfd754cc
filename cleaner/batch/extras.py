"""What to say when a library that comes with an extra is not installed."""

from __future__ import annotations

from cleaner.errors import CleanerError


def missing(library: str, purpose: str) -> CleanerError:
    """The error to raise; it names the extra that brings ``library``.

    >>> print(missing("pyarrow", "to read it"))
    pyarrow is needed to read it: install cleaner with its extra, as in pip install '.[batch]'
    """
    message = (
        f"{library} is needed {purpose}: "
        "install cleaner with its extra, as in pip install '.[batch]'"
    )
    return CleanerError(message)
