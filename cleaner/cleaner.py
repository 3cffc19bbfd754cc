"""The way of the data, from a source to a clean page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress, pairwise, repeat
from pathlib import Path

import numpy as np

from cleaner import html, judge, stitch
from cleaner.characters import SCRIPT_NAMES, Floats
from cleaner.context import context, fact_kind, join_facts, spam_facts, surroundings
from cleaner.decode import decode, mend
from cleaner.errors import ModelError
from cleaner.features import (
    TITLE,
    TOKEN_BUCKETS,
    Batch,
    Columns,
    StopWords,
    Tokens,
    effective_length,
    joined_tokens,
    own_facts,
    sigmoid,
    stop_word_facts,
    token_logits,
    tokens,
)
from cleaner.language import (
    BUCKETS,
    NEVER,
    Evidence,
    Languages,
    Tongues,
    candidates,
    evidence,
    plainly_home,
    tongues,
)
from cleaner.lexicon import SIGNPOSTS, Lexicon, dates, formulas, signposts, slogans
from cleaner.markup import markup_context, markup_tokens, tree
from cleaner.model import Model, keep_heap, one_thread, unusable
from cleaner.page import Block, Label, Line, Page, Settings, Verdict
from cleaner.sites import Repeats, SiteMemory
from cleaner.sniff import looks_like_html
from cleaner.split import split
from cleaner.windows import Windows

BATCH_LINES = 3000
"""Lines scored at a time: enough to make the fixed cost of a batch small, few enough to fit the
processor's cache."""

LONGEST = 8_000
"""Lines of a document that are judged together: facts of one line take 4 kB, and a file of millions
of lines must not take gigabytes. What stands further off decides nothing about a line."""

NETWORKS = ("article", "host", "join", "reasons", "spam", "title")
"""What every model decides with; ``markup`` besides where it was taught HTML."""

LEXICONS: Mapping[str, tuple[int, ...]] = {
    "calendar": (),
    "formula": (),
    "signpost": (len(SIGNPOSTS),),
    "slogan": (),
}
"""What every model looks up stretches of words in, with the shape of what it says of each."""

CERTAIN = 0.3
"""Share of a document's prose that a language must have to be named as the document's."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source in lines."""

    lines: tuple[Line, ...]
    title: str | None = None
    """What the source itself names as its title."""
    markup: bool = False
    """Whether the lines come from HTML."""
    site: str = ""
    """What a site memory knows its site by."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of every line of a batch."""

    facts: Columns
    """Everything the article network read."""
    language: Evidence
    article: Floats
    """Probability of article text, spam aside."""
    spam: Floats
    title: Floats
    """Probability of being the page's headline."""
    join: Floats
    """Probability of going on with the paragraph of the line before."""
    correction: Floats
    """What retraining on a user's own pages added to the log-odds of article text."""


class Cleaner:
    """Tells article text from junk and foreign spam, line by line.

    ``model`` is the directory of a model; by default the one that comes with the package. Raises
    ``ModelError`` where it cannot be used. ``sites`` remembers what sites repeat, for sources whose
    site is named. A cleaner holds no state between documents: what comes out for a source depends
    on nothing else.

    >>> Cleaner().clean("Rain is expected in the north tomorrow, forecasters said.").language
    'en'
    """

    def __init__(
        self,
        settings: Settings = Settings(),
        model: str | Path | None = None,
        sites: SiteMemory | None = None,
    ) -> None:
        keep_heap()
        self.settings = settings
        self.sites = sites
        directory = Path(model) if model is not None else default_model()
        self.model = Model.load(directory)
        check(self.model, directory)
        arrays = self.model.arrays
        self.languages = Languages(
            self.model.facts["languages"],
            arrays["language_table"],
            arrays["language_normal"],
            arrays["language_alien"],
        )
        self.stop_words = StopWords.of(arrays, len(self.languages.names))
        self.calendar = Lexicon.under("calendar", arrays)
        self.slogans = Lexicon.under("slogan", arrays)
        self.formulas = Lexicon.under("formula", arrays)
        self.signposts = Lexicon.under("signpost", arrays)
        if settings.language is not None and settings.language not in self.languages.names:
            known = ", ".join(self.languages.names)
            message = f"unknown language {settings.language!r}; use one of: {known}"
            raise ValueError(message)
        try:
            self._try()
        except ModelError as error:
            raise unusable(directory, str(error)) from error

    def _try(self) -> None:
        """Clean a line of text and one of HTML: a model that cannot is refused at once."""
        self.clean_lines((Line("?", 1),))
        if "markup" in self.model.networks:
            next(self._pages([Document((Line("?", 1, block=Block("p")),), markup=True)]))

    def clean(self, source: str | bytes, site: str = "") -> Page:
        """The page that a document's source, text or HTML, holds.

        ``site`` is what the cleaner's site memory knows its site by, such as ``example.org``.
        Raises ``SourceError`` for bytes that are no text.
        """
        return next(self.clean_many((source,), (site,)))

    def clean_many(
        self, sources: Iterable[str | bytes], sites: Iterable[str] | None = None
    ) -> Iterator[Page]:
        """The pages of many documents, in order; faster than one by one.

        ``sites`` names the site of each. Documents are read ahead until a batch of lines is full.
        """
        waiting: list[Document] = []
        size = 0
        named = repeat("") if sites is None else sites
        for source, site in zip(sources, named, strict=sites is not None):
            waiting.append(replace(read(source), site=site))
            size += len(waiting[-1].lines)
            if size >= BATCH_LINES:
                yield from self._pages(waiting)
                waiting, size = [], 0
        yield from self._pages(waiting)

    def clean_lines(self, lines: Sequence[Line], site: str = "") -> Page:
        """The page that these lines make; for sources that come in lines already."""
        return next(self._pages([Document(tuple(lines), site=site)]))

    def score(self, batch: Batch) -> Scores:
        """What the model says of every line of a batch, of text or of HTML pages."""
        characters, windows, networks = batch.characters, batch.windows, self.model.networks
        found = tokens(batch)
        logit, known = token_logits(found, self.model.arrays["token_weights"], len(batch))
        tongue = tongues(self.languages, characters)
        looks = {
            **own_facts(batch),
            **dates(characters, self.calendar),
            **slogans(characters, self.slogans),
        }
        odds = self._odds(tongue, windows, sigmoid(logit), looks)
        language = evidence(self.languages, characters, tongue, windows, odds)
        words = stop_word_facts(batch, self.stop_words, language.document, language.best)
        lexical = formulas(characters, self.formulas) | signposts(characters, self.signposts)
        own = {**looks, **words, **lexical}
        facts = {**own, **surroundings(windows, own), **context(windows, logit, known, own)}
        foreign = spam_facts(windows, language.columns, facts)
        if batch.lines[0].block is None or "markup" not in networks:
            article = networks["article"](facts, windows)
            join = sigmoid(networks["join"](join_facts(windows, own), windows))
        else:
            around = tree(batch.lines)
            marks = joined_tokens(found, markup_tokens(batch, around))
            logit, known = token_logits(marks, self.model.arrays["markup_weights"], len(batch))
            facts |= markup_context(batch, around, logit, known, own)
            article = networks["markup"](facts, windows)
            join = np.zeros(len(batch), np.float32)
        correction = self._correction(found, len(batch))
        title = sigmoid(networks["title"](facts, windows) + np.minimum(correction, 0))
        article, spam = sigmoid(article + correction), sigmoid(networks["spam"](foreign, windows))
        return Scores(facts, language, article, spam, title, join, correction)

    def _correction(self, found: Tokens, lines: int) -> Floats:
        """What the words of every line add to its log-odds; nothing in a model as it was shipped.

        It is added behind the networks, not to what they read, so it moves no other line; and
        what it draws away from article text is drawn away from being a headline too.
        """
        weights = self.model.arrays.get("correction_weights")
        if weights is None:
            return np.zeros(lines, np.float32)
        return token_logits(found, weights, lines)[0]

    def _odds(self, tongue: Tongues, windows: Windows, article: Floats, own: Columns) -> Floats:
        """How likely each language is each document's; only one where the caller says which."""
        documents, languages = len(windows.first) - 1, len(self.languages.names)
        if self.settings.language is not None:
            odds = np.full((documents, languages), NEVER)
            odds[:, self.languages.names.index(self.settings.language)] = -NEVER
            return odds
        rivals = candidates(tongue, windows, article, own)
        return rivals.odds(self.model.networks["host"](rivals.columns), documents, languages)

    def _pages(self, documents: Sequence[Document]) -> Iterator[Page]:
        """The pages of documents that are judged together, text and HTML each in one batch."""
        pages: dict[int, Page] = {}
        for number, document in enumerate(documents):
            if len(document.lines) > LONGEST:
                pages[number] = _joined([next(self._judged([part])) for part in _parts(document)])
        for markup in (False, True):
            numbers = [
                number
                for number, document in enumerate(documents)
                if 0 < len(document.lines) <= LONGEST and document.markup is markup
            ]
            chosen = [documents[number] for number in numbers]
            pages |= zip(numbers, self._judged(chosen) if chosen else (), strict=True)
        for number in range(len(documents)):
            yield pages.get(number, Page())

    def _judged(self, documents: Sequence[Document]) -> Iterator[Page]:
        batch = Batch.of([document.lines for document in documents])
        with one_thread():
            scores = self.score(batch)
            pull = self._pull(scores)
        length = effective_length(batch.characters)
        case = judge.Case(
            batch.windows,
            scores.article,
            scores.spam,
            weight=length,
            title=np.where(length < TITLE, scores.title, 0),
            join=scores.join,
            information=np.expm1(scores.language.columns["log_information"]),
            home=plainly_home(scores.language.columns),
            wordless=scores.facts["log_words"] == 0,
            markup=documents[0].markup,
            repeats=self._repeats(documents),
        )
        article, spam = judge.labels(case, self.settings)
        verdicts = list(map(Verdict, batch.lines, *judge.verdicts(case, article, spam, pull)))
        joined = (case.join >= stitch.JOIN_CUT) & np.concatenate(([False], article[:-1]))
        headline = judge.headlines(case, article) & article
        bounds = pairwise(batch.windows.first.tolist())
        for document, (begin, end) in zip(documents, bounds, strict=True):
            inside = slice(begin, end)
            kept = list(compress(batch.lines[inside], article[inside]))
            titles = [line.text for line in compress(batch.lines[inside], headline[inside])]
            page = Page(
                tuple(verdicts[inside]),
                tuple(stitch.paragraphs(kept, compress(joined[inside].tolist(), article[inside]))),
                self._language(scores.language, begin),
                _title(document, titles) if kept else None,
            )
            torn = (case.join[inside] >= stitch.JOIN_CUT).tolist()
            spared = self.settings.most_removed < 1 and page.removed > self.settings.most_removed
            yield _untouched(page, torn) if spared else page

    def _repeats(self, documents: Sequence[Document]) -> Repeats | None:
        """How the lines of documents repeat over their sites, where that is remembered."""
        if self.sites is None:
            return None
        return Repeats.joined(
            [self.sites.repeats(x.site, [line.text for line in x.lines]) for x in documents]
        )

    def _pull(self, scores: Scores) -> Mapping[str, Floats]:
        """How far each kind of fact draws every line towards article, by a linear stand-in."""
        stand_in = self.model.networks["reasons"]
        parts = stand_in.standardised(stand_in.stacked(scores.facts)) * stand_in.weights[0][0, :, 0]
        kinds = np.array([fact_kind(column) for column in stand_in.columns])
        pull = {kind: parts[:, kinds == kind].sum(axis=1) for kind in sorted(set(kinds.tolist()))}
        return {**pull, "words": pull["words"] + scores.correction}

    def _language(self, evidence: Evidence, line: int) -> str | None:
        if self.settings.language is not None:
            return self.settings.language
        if evidence.certain[line] < CERTAIN:
            return None
        return self.languages.names[evidence.document[line]]


def read(source: str | bytes) -> Document:
    """The lines of a source, which is told to be text or HTML by its content."""
    text = decode(source) if isinstance(source, bytes) else mend(source)
    if not looks_like_html(text):
        return Document(split(text))
    page = html.read(text)
    return Document(page.lines, page.og_title or page.title, markup=True)


def _parts(document: Document) -> Iterator[Document]:
    """The document in pieces that are judged one by one."""
    for begin in range(0, len(document.lines), LONGEST):
        yield replace(document, lines=document.lines[begin : begin + LONGEST])


def _joined(pages: Sequence[Page]) -> Page:
    """Pages of one document as one page; its language and title are those of the first piece."""
    return Page(
        tuple(verdict for page in pages for verdict in page.verdicts),
        tuple(paragraph for page in pages for paragraph in page.paragraphs),
        pages[0].language,
        pages[0].title,
    )


def _untouched(page: Page, joined: Sequence[bool]) -> Page:
    """The page with all its lines, because too many would have gone."""
    reason = f"left as it was: {page.removed:.0%} would have gone"
    verdicts = tuple(replace(v, label=Label.ARTICLE, reason=reason) for v in page.verdicts)
    lines = [verdict.line for verdict in verdicts]
    return replace(page, verdicts=verdicts, paragraphs=tuple(stitch.paragraphs(lines, joined)))


def _title(document: Document, headline: Sequence[str]) -> str | None:
    """What the source names as its title, as a line of its own says it, else the headline.

    ``<title>`` often has the site's name behind a bar; the page's heading does not.
    """
    declared = document.title or ""
    said = [line.text for line in document.lines if line.text in declared]
    longest = max(said, key=len, default="")
    if len(longest) > len(declared) / 3:
        return longest
    return declared or next(iter(headline), None)


def check(model: Model, directory: Path) -> None:
    """Raise ``ModelError`` unless the model holds all that cleaning needs, in the right shapes."""
    names = model.facts.get("languages")
    size = len(names) if isinstance(names, list) else 0
    words = len(model.arrays.get("stop_words", ()))
    shapes = {
        "token_weights": (TOKEN_BUCKETS,),
        "language_table": (BUCKETS, size),
        "language_normal": (1 << 16,),
        "language_alien": (len(SCRIPT_NAMES), size),
        "stop_words": (words,),
        "stop_word_members": (words, -(-size // 8)),
    }
    missing = [name for name in NETWORKS if name not in model.networks]
    if "markup" in model.networks:
        shapes["markup_weights"] = (TOKEN_BUCKETS,)
    if "correction_weights" in model.arrays:
        shapes["correction_weights"] = (TOKEN_BUCKETS,)
    wrong = [
        name
        for name, shape in shapes.items()
        if name not in model.arrays or model.arrays[name].shape != shape or 0 in shape
    ]
    wrong += [name for name, of in LEXICONS.items() if not Lexicon.fits(name, model.arrays, of)]
    if missing or wrong:
        what = ", ".join([*missing, *wrong])
        raise unusable(directory, f"missing, or of another shape than this version reads: {what}")


def default_model() -> Path:
    """Where the model that comes with the package lies: in a wheel inside it, else beside it."""
    package = Path(__file__).parent
    inside = package / "models" / "default"
    return inside if inside.is_dir() else package.parent / "models" / "default"
