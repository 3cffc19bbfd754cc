"""Clean article text from scraped files, decided line by line.

>>> from cleaner import Cleaner
>>> page = Cleaner().clean("The river rose by two metres overnight, the town hall said on Friday.")
>>> page.text
'The river rose by two metres overnight, the town hall said on Friday.'
"""

from typing import TYPE_CHECKING

from cleaner.errors import (
    CleanerError,
    ExtraError,
    Misuse,
    ModelError,
    SampleError,
    SourceError,
)
from cleaner.page import Label, Line, Page, Paragraph, Settings, Verdict

if TYPE_CHECKING:
    from cleaner.cleaner import Cleaner

__all__ = [
    "Cleaner",
    "CleanerError",
    "ExtraError",
    "Label",
    "Line",
    "Misuse",
    "ModelError",
    "Page",
    "Paragraph",
    "SampleError",
    "Settings",
    "SourceError",
    "Verdict",
]


def __getattr__(name: str) -> object:
    """Import ``Cleaner`` when it is first asked for: numpy takes longer to load than ``--help``."""
    if name == "Cleaner":
        from cleaner.cleaner import Cleaner  # noqa: PLC0415

        return Cleaner
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
