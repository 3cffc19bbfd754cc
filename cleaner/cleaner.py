"""The way of the data, from a source to a clean page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise
from pathlib import Path

import numpy as np

from cleaner import judge, stitch
from cleaner.characters import Bools, Floats, Ints
from cleaner.decode import decode
from cleaner.features import (
    Batch,
    Columns,
    StopWords,
    context,
    effective_length,
    fact_kind,
    join_facts,
    own_facts,
    spam_facts,
    token_logits,
    tokens,
)
from cleaner.language import Evidence, Languages, Tongues, candidates, evidence, tongues
from cleaner.model import Model
from cleaner.page import Line, Page, Settings, Verdict
from cleaner.split import split
from cleaner.windows import Windows

BATCH_LINES = 4000
"""Lines scored at a time: enough to make the fixed cost of a batch small, few enough to fit the
processor's cache."""

MAX_TITLE = 200
"""Characters beyond which a first line is no headline."""

CERTAIN = 0.3
"""Share of a document's prose that a language must have to be named as the document's."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of every line of a batch."""

    facts: Columns
    """Everything the article network read."""
    language: Evidence
    article: Floats
    """Probability of article text, spam aside."""
    spam: Floats


class Cleaner:
    """Tells article text from junk and foreign spam, line by line.

    ``model`` is the directory of a model; by default the one that comes with the package. Raises
    ``ModelError`` where it cannot be used. A cleaner holds no state between documents: what comes
    out for a source depends on nothing else.

    >>> Cleaner().clean("Rain is expected in the north tomorrow, forecasters said.").language
    'en'
    """

    def __init__(self, settings: Settings = Settings(), model: str | Path | None = None) -> None:
        self.settings = settings
        self.model = Model.load(Path(model) if model is not None else default_model())
        arrays, facts = self.model.arrays, self.model.facts
        self.languages = Languages(
            facts["languages"],
            arrays["language_table"],
            arrays["language_normal"],
            arrays["language_alien"],
        )
        self.stop_words = StopWords(arrays["stop_words"], arrays["stop_word_members"])
        if settings.language is not None and settings.language not in self.languages.names:
            known = ", ".join(self.languages.names)
            message = f"unknown language {settings.language!r}; use one of: {known}"
            raise ValueError(message)

    def clean(self, source: str | bytes) -> Page:
        """The page that a document's source, text or HTML, holds.

        Raises ``SourceError`` for bytes that are no text.
        """
        return next(self.clean_many((source,)))

    def clean_many(self, sources: Iterable[str | bytes]) -> Iterator[Page]:
        """The pages of many documents, in order; faster than one by one.

        Documents are read ahead until a batch of lines is full.
        """
        waiting: list[tuple[Line, ...]] = []
        size = 0
        for source in sources:
            waiting.append(read(source))
            size += len(waiting[-1])
            if size >= BATCH_LINES:
                yield from self._pages(waiting)
                waiting, size = [], 0
        yield from self._pages(waiting)

    def clean_lines(self, lines: Sequence[Line]) -> Page:
        """The page that these lines make; for sources that come in lines already."""
        return next(self._pages((lines,)))

    def score(self, batch: Batch) -> Scores:
        """What the model says of every line of a batch."""
        characters, windows = batch.characters, batch.windows
        logit, known = token_logits(tokens(batch), self.model.arrays["token_weights"], len(batch))
        tongue = tongues(self.languages, characters)
        host = self._hosts(tongue, windows, sigmoid(logit))
        language = evidence(self.languages, characters, tongue, windows, host)
        own = own_facts(batch, self.stop_words, language.document, language.best)
        facts = {**own, **context(windows, logit, known, own)}
        foreign = spam_facts(windows, language.columns, facts)
        article = self.model.networks["article"](facts)
        return Scores(
            facts, language, sigmoid(article), sigmoid(self.model.networks["spam"](foreign))
        )

    def _hosts(self, tongue: Tongues, windows: Windows, article: Floats) -> Ints:
        """The language of each document: what the caller says, else what speaks for itself."""
        documents = len(windows.first) - 1
        if self.settings.language is not None:
            return np.full(documents, self.languages.names.index(self.settings.language))
        rivals = candidates(tongue, windows, article)
        return rivals.chosen(self.model.networks["host"](rivals.columns), documents)

    def _pages(self, documents: Sequence[Sequence[Line]]) -> Iterator[Page]:
        filled = [lines for lines in documents if lines]
        judged = self._judged(filled) if filled else iter(())
        for lines in documents:
            yield next(judged) if lines else Page()

    def _judged(self, documents: Sequence[Sequence[Line]]) -> Iterator[Page]:
        batch = Batch.of(documents)
        scores = self.score(batch)
        case = judge.Case(
            batch.windows,
            scores.article,
            scores.spam,
            weight=effective_length(batch.characters),
            information=np.expm1(scores.language.columns["log_information"]),
        )
        article, spam = judge.labels(case, self.settings)
        verdicts = [
            Verdict(line, *found)
            for line, found in zip(
                batch.lines,
                judge.verdicts(case, article, spam, self._pull(scores.facts)),
                strict=True,
            )
        ]
        joined = self._joined(batch, article, scores.facts)
        for begin, end in pairwise(batch.windows.first.tolist()):
            inside = slice(begin, end)
            kept = list(compress(batch.lines[inside], article[inside]))
            goes_on = list(compress(joined[inside], article[inside]))
            yield Page(
                tuple(verdicts[inside]),
                tuple(stitch.paragraphs(kept, goes_on)),
                self._language(scores.language, begin),
                title(kept),
            )

    def _pull(self, facts: Columns) -> Mapping[str, Floats]:
        """How far each kind of fact draws every line towards article, by a linear stand-in."""
        stand_in = self.model.networks["reasons"]
        parts = stand_in.standardised(facts) * stand_in.weights[0][0, :, 0]
        kinds = np.array([fact_kind(column) for column in stand_in.columns])
        return {kind: parts[:, kinds == kind].sum(axis=1) for kind in np.unique(kinds).tolist()}

    def _joined(self, batch: Batch, article: Bools, facts: Columns) -> Sequence[bool]:
        """Whether each line, if kept, goes on with the kept line before it."""
        joined = np.zeros(len(batch), np.bool_)
        kept = np.flatnonzero(article)
        if not len(kept):
            return joined.tolist()
        document = batch.windows.document[kept]
        windows = Windows(np.bincount(document, minlength=len(batch.windows.first) - 1))
        own = {name: column[kept] for name, column in facts.items()}
        own["gap"] = np.concatenate(([0], np.diff(kept) > 1)).astype(np.float32)
        network = self.model.networks["join"]
        sure = sigmoid(network(join_facts(windows, own))) >= stitch.JOIN_CUT
        joined[kept] = sure & (np.arange(len(kept)) > windows.start)
        return joined.tolist()

    def _language(self, evidence: Evidence, line: int) -> str | None:
        if self.settings.language is not None:
            return self.settings.language
        if evidence.certain[line] < CERTAIN:
            return None
        return self.languages.names[evidence.document[line]]


def read(source: str | bytes) -> tuple[Line, ...]:
    """The lines of a source."""
    return split(decode(source) if isinstance(source, bytes) else source)


def sigmoid(logit: Floats) -> Floats:
    """The probability that log-odds stand for."""
    probability = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return probability.astype(np.float32, copy=False)


def title(kept: Sequence[Line]) -> str | None:
    """The first kept line, where it looks like a headline."""
    return kept[0].text if kept and len(kept[0].text) <= MAX_TITLE else None


def default_model() -> Path:
    """Where the model that comes with the package lies: in a wheel inside it, else beside it."""
    package = Path(__file__).parent
    inside = package / "models" / "default"
    return inside if inside.is_dir() else package.parent / "models" / "default"
