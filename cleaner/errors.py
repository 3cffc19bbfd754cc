"""The errors a caller may want to catch.

::

    CleanerError
    ├── SourceError   a document that cannot be read as text: binary, too large, missing
    ├── SampleError   labelled data that cannot be used: file and line are named
    ├── ModelError    a model directory that is missing, damaged or does not fit this version
    ├── ExtraError    a library that is not installed, also an ``ImportError``: its extra is named
    └── Misuse        a request that makes no sense, also a ``ValueError``: what would is said

A page on which nothing is article text is no error: it is a ``Page`` whose text is empty.
"""


class CleanerError(Exception):
    """Anything this package raises on purpose."""


class SourceError(CleanerError):
    """A document that cannot be read as text; the message says why and what to do."""


class SampleError(CleanerError):
    """Labelled data that cannot be used; the message names the file and the line."""


class ModelError(CleanerError):
    """A model directory that cannot be used; the message names the command that mends it."""


class ExtraError(CleanerError, ImportError):
    """A library that is not installed; the message names the extra that brings it."""


class Misuse(CleanerError, ValueError):  # noqa: N818 - says what is wrong better than "Error"
    """What was asked for makes no sense; the message says what would."""
