"""Pages and reports as words for people; tqdm's only door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, TextIO

from cleaner.page import Label, Page, Verdict

if TYPE_CHECKING:
    from tqdm import tqdm

    from cleaner.batch.records import Outcome, Tally
    from cleaner.batch.run import Report

COLOURS = {Label.ARTICLE: "\x1b[32m", Label.JUNK: "\x1b[2m", Label.SPAM: "\x1b[31m"}
PLAIN = "\x1b[0m"

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""``text`` in one line, without anything that would steer a terminal.

    Scraped text can hold sequences that move the cursor, recolour or retitle the window, and marks
    that reorder what is read.

    >>> visible("red \x1b[31malert\x1b[0m\x07\ttab \u202egnp.exe")
    'red alert tab gnp.exe'
    """
    return _CONTROL.sub("", _ESCAPE.sub("", text).replace("\t", " "))


def explained(page: Page, *, colour: bool) -> Iterator[str]:
    """A page in lines: what it is, then each source line with its label, probability and reason."""
    widest = len(str(page.verdicts[-1].line.number)) if page.verdicts else 1
    reasons = max((len(verdict.reason) for verdict in page.verdicts), default=0)
    yield f"title      {visible(page.title) if page.title else '(none)'}"
    yield f"language   {page.language or '(cannot be told)'}"
    yield f"lines      {len(page.kept)} of {len(page.verdicts)} kept"
    yield ""
    for verdict in page.verdicts:
        line = _explained(verdict, widest, reasons)
        yield f"{COLOURS[verdict.label]}{line}{PLAIN}" if colour else line


def _explained(verdict: Verdict, widest: int, reasons: int) -> str:
    return (
        f"{verdict.line.number:>{widest}}  {verdict.label:<7}  {verdict.probability:.2f}  "
        f"{visible(verdict.reason):<{reasons}}  {visible(verdict.line.text)}"
    )


def summary(report: Report) -> str:
    """A table of what came of a run.

    >>> from cleaner.batch.records import Tally
    >>> from cleaner.batch.run import Report
    >>> tally = Tally(9, 1, 80, 100, 20, words=2000, words_kept=1500, failures=1)
    >>> print(summary(Report(tally, Tally(4), 2.5, "out/_cleaner")))
    documents  9 cleaned (4 of them earlier), 1 without any article text, 1 failed
    lines      80 of 200 kept; removed: 100 junk, 20 spam
    words      1,500 of 2,000 kept; removed: 25.0 %
    time       2.5 s (2 documents/s)
    details    out/_cleaner
    """
    tally, earlier = report.tally, report.earlier
    lines = tally.article + tally.junk + tally.spam
    fresh = tally.documents - earlier.documents
    table = {
        "documents": f"{tally.documents:,} cleaned"
        + (f" ({earlier.documents:,} of them earlier)" if earlier.documents else "")
        + (f", {tally.empty:,} without any article text" if tally.empty else "")
        + (f", {tally.skipped:,} entries skipped as no text" if tally.skipped else "")
        + (f", {tally.failures:,} failed" if tally.failures else ""),
        "lines": f"{tally.article:,} of {lines:,} kept; "
        f"removed: {tally.junk:,} junk, {tally.spam:,} spam",
        "words": f"{tally.words_kept:,} of {tally.words:,} kept; "
        f"removed: {removed(tally):.1%}".replace("%", " %"),
        "time": f"{report.seconds:.1f} s ({fresh / max(report.seconds, 1e-9):,.0f} documents/s)",
        "details": report.folder,
    }
    return "\n".join(f"{name:<9}  {value}" for name, value in table.items() if value)


def removed(tally: Tally) -> float:
    """Share of the words that were removed."""
    return 1 - tally.words_kept / tally.words if tally.words else 0.0


class Watch:
    """Shows on ``stream`` how a run goes: what failed, every document if ``names``, and a bar.

    The bar needs a terminal, and ``size``, which counts the bytes of the inputs.
    """

    def __init__(
        self, stream: TextIO, size: Callable[[], int] | None = None, *, names: bool = False
    ) -> None:
        self._stream = stream
        self._size = size
        self._names = names
        self._bar: tqdm[NoReturn] | None = None

    def __enter__(self) -> Self:
        if self._size and self._stream.isatty():
            from tqdm import tqdm  # noqa: PLC0415 - 50 ms that a pipe need not pay

            total = self._size() or None
            self._bar = tqdm(total=total, unit="B", unit_scale=True, file=self._stream, leave=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def saw(self, outcome: Outcome) -> None:
        """Name what failed, and what was cleaned where that is wanted."""
        if outcome.tally.failures:
            self.say(f"cleaner: {outcome}")
        elif self._names and outcome.tally.documents:
            lines = outcome.tally
            total = lines.article + lines.junk + lines.spam
            self.say(f"{outcome}: {lines.article} of {total} lines kept")

    def moved(self, tally: Tally, position: int) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.set_postfix_str(
                f"{tally.documents:,} documents, {removed(tally):.0%} of words removed, "
                f"{tally.failures:,} failed",
                refresh=False,
            )
            self._bar.update(position - self._bar.n)

    def say(self, message: str) -> None:
        """A line above the bar."""
        if self._bar is not None:
            self._bar.clear()
        print(visible(message), file=self._stream)
        if self._bar is not None:
            self._bar.refresh()
