"""A step for datatrove's pipelines; its only door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cleaner.batch.records import Recipe
from cleaner.extras import missing
from cleaner.page import Settings
from cleaner.pipelines.documents import Cleaned, Document, cleaned

try:
    from datatrove.pipeline.filters.base_filter import BaseFilter
except ImportError as error:
    problem = missing("datatrove", "for its pipelines", "datatrove")
    raise problem from error

if TYPE_CHECKING:
    from datatrove.data import Document as Passage
    from datatrove.pipeline.writers.disk_base import DiskWriter

BATCH = 128
"""Documents cleaned together, as in a chunk of the local run."""

NOTHING_LEFT, FAILED = "nothing_left", "failed"
"""Why a document is excluded: datatrove counts each reason, so there are two and no more."""


class DocumentCleaner(BaseFilter):  # type: ignore[misc]
    """Replaces each document's text by its clean text, and drops those of which nothing is left.

    ``Document.metadata`` stays; ``title`` and ``language`` come to it, called ``clean_title`` and
    ``clean_language`` where it has such. What is dropped goes to ``exclusion_writer`` with its text
    as it was and with ``filter_reason``: ``nothing_left``, or ``failed``, and why in
    ``clean_error``.

    ``settings`` and ``model`` are those of ``Cleaner``.
    """

    name = "🧹 Cleaner"

    def __init__(
        self,
        settings: Settings = Settings(),
        *,
        model: str | None = None,
        exclusion_writer: DiskWriter | None = None,
        batch_size: int = BATCH,
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.recipe = Recipe(settings, model, detail="none")

    def filter(self, doc: Passage) -> bool | tuple[bool, str]:
        """Whether anything is left of a document, which is cleaned by that."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: Sequence[Passage]) -> list[bool | tuple[bool, str]]:
        """Whether anything is left of each document; they are cleaned by that."""
        results = cleaned(self.recipe, [Document(x.text, x.metadata) for x in batch])
        return [self._kept(*pair) for pair in zip(batch, results, strict=True)]

    def _kept(self, passage: Passage, result: Cleaned) -> bool | tuple[bool, str]:
        if result.error:
            passage.metadata["clean_error"] = result.error
            return False, FAILED
        for label in ("article", "junk", "spam"):
            self.stat_update(f"{label}_lines", value=getattr(result.tally, label))
        if not result.text:
            return False, NOTHING_LEFT
        passage.text = result.text
        passage.metadata |= result.found
        return True
