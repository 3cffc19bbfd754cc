"""What to say when a library that comes with an extra is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cleaner.errors import ExtraError


@contextmanager
def needed(library: str, purpose: str, extra: str) -> Iterator[None]:
    """A block that imports ``library``, and says which extra brings it where that is not there.

    >>> with needed("no_such_library", "for this example", "batch"):
    ...     import no_such_library
    Traceback (most recent call last):
        ...
    cleaner.errors.ExtraError: no_such_library is needed for this example: pip install ...
    """
    try:
        yield
    except ImportError as error:
        raise missing(library, purpose, extra) from error


def missing(library: str, purpose: str, extra: str) -> ExtraError:
    """The error to raise; it names the extra that brings ``library``.

    >>> print(missing("pyarrow", "to read it", "batch"))
    pyarrow is needed to read it: pip install 'cleaner[batch]'
    """
    message = f"{library} is needed {purpose}: pip install 'cleaner[{extra}]'"
    return ExtraError(message, name=library)
