"""What to say when a library that comes with an extra is not installed."""

from __future__ import annotations

from cleaner.errors import ExtraError


def missing(library: str, purpose: str, extra: str) -> ExtraError:
    """The error to raise; it names the extra that brings ``library``.

    >>> print(missing("pyarrow", "to read it", "batch"))
    pyarrow is needed to read it: pip install 'cleaner[batch]'
    """
    message = f"{library} is needed {purpose}: pip install 'cleaner[{extra}]'"
    return ExtraError(message, name=library)
