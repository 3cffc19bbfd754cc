"""Probabilities and language evidence to labels, with the reason.

Which lines to keep is decided for a page at once: the set whose expected F1 is best, given the
probabilities, weighed by length. On a page of sure lines this is a cut near one half; on a page of
doubts it is lower, because then a lost line costs more than a kept one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cleaner.characters import Bools, Floats
from cleaner.page import Label, Settings
from cleaner.sites import Repeats
from cleaner.windows import Windows

CUTS: Mapping[str, tuple[float, float]] = {
    "recall": (0.10, 0.30),
    "balance": (0.35, 0.50),
    "precision": (0.50, 0.75),
}
"""Where a page's cut may lie, lowest and highest, for each ``Settings.favor``."""

SPAM_CUT = 0.65
"""Spam probability from which a line is spam. Out of fold, spam F1 is .962 here and .964 at .5, but
article lines taken for spam are .10 % and .14 %."""

QUOTED_CUT = 0.8
"""Spam probability from which even a line alone between article lines is spam. At .9 a twelfth more
spam stays, and .09 % of article lines are taken for it."""

TITLE_CUT = 0.15
"""Probability from which a page's likeliest headline is kept, whatever else speaks against it. Out
of fold, the title is right on .801 of WCXB's pages and .790 of judged ones here, on .795 and .787
at .2, on .804 and .796 at .1."""

LEAST_TITLE = 0.04
"""Probability from which the likeliest of the kept lines is named as the page's title."""

DOUBT = 0.2
"""How far a page's cut lies below half of its best expected F1, where that F1 is 0."""

LEAST_CUT, BEYOND = 0.05, 2.0
"""Where no cut lies below; and above all probabilities, for a page of which nothing is kept."""

MARKUP_RELIEF = 0.2
"""For HTML: what counts as content on listings and shops is less sure, and elements tell more; with
lower cuts listings and collections gain, and articles lose nothing."""

HOLLOW = 0.5
"""For HTML: how much of what speaks against each line speaks against there being any article text.
Shops and applications are often shells that only scripts would fill. Half, because lines err
together: word-F1 on WCXB is .870 without, .872 with all of it, .875 with half, .874 with a quarter.
Text that somebody has kept as such gains nothing."""

SHELL = 10
"""Lines of the smallest shell: fewer are a fragment that somebody cleans for its text. One page of
WCXB's 1,494 is a shell of fewer."""

MARKUP_SHIFT = 0.9
"""For HTML: log-odds added to what is said of a line. Its network weighs a line by its share of the
page's words, which is right to decide by, but a line drawn at random is likelier to be kept:
expected calibration error .050 without, .007 with. To decide by shifted odds costs .004 F1."""

CHAIN_CUT = 0.4
"""Join probability from which pieces are judged together. Out of fold no score changes by more than
.0005 between .3 and .6; a piece that is torn off and lost costs more than a line that is dragged
along."""

SITE_PULL = 10.0
"""Log-odds by which the site draws a line away from article that stands on all of its many pages.
On 545,000 lines of pages that share a host, out of fold, it takes away 5,800 of 70,700 junk lines
that would stay and 570 of 143,800 article lines; 7 takes 4,900 and 430, 14 takes 6,600 and 720. How
far it is believed of each line is told in `cleaner.sites`."""

SITE_LENGTH = 42
"""Effective length from which that is believed in full. Of lines that two pages share the model
is too sure by 1 in log-odds at a length of 15, by 2.5 at 30, by 3.5 beyond 80; not below 10."""

SITE_PAGES = 20
"""Documents from which it is their number that tells, not their share: the note on an author
stands on a few of a site's pages, but on many. The sites measured have 2 to 13 pages."""

LEAST_INFORMATION = 12
"""Letters below which a lone line is too short to be called foreign by itself."""


@dataclass(frozen=True)
class Case:
    """What is known of every line of a batch when it is judged; one entry a line."""

    windows: Windows
    article: Floats
    """Probability of article text, spam aside."""
    spam: Floats
    weight: Floats
    """What the line counts for in the page's F1: its effective length."""
    title: Floats
    """Probability of being the page's headline."""
    join: Floats
    """Probability that the line goes on with the paragraph of the line before."""
    information: Floats
    """Letters, weighed by what their script tells."""
    home: Bools
    """Without doubt in the language of its document, so no spam."""
    wordless: Bools
    """Neither letters nor digits: a separator, which is junk wherever it stands."""
    markup: bool = False
    """Whether the documents are HTML."""
    repeats: Repeats | None = None
    """How the lines repeat over their sites, where a site memory tells."""

    @cached_property
    def evidence(self) -> Floats:
        """Probability of article text, spam aside, with what is known of the site."""
        if self.repeats is None:
            return self.article
        odds = self.article * np.exp(self.site_pull)
        return (odds / (1 - self.article + odds)).astype(np.float32)

    @cached_property
    def site_pull(self) -> Floats:
        """How far its site draws each line away from article, in log-odds: 0 or below.

        In proportion to the share of the site's pages that hold the line, its own page not counted;
        less where the line is short, where it is a piece of a sentence, as ``and`` torn out by two
        links, where its own page repeats it: refrains, headings such as *Pros* under every item,
        and where the lines around it do not repeat.

        A page's headline is kept whatever its site repeats (see ``headlines``), as the parts of a
        series may share it, and other pages link to it.
        """
        repeats = self.repeats
        if repeats is None:
            return np.zeros_like(self.article)
        others = np.maximum(repeats.pages - 1, 0)
        share = np.minimum(others / np.clip(repeats.seen, 1, SITE_PAGES), 1)
        length = np.minimum(self.weight / SITE_LENGTH, 1)
        loose = (1 - self.join) * (1 - self.windows.neighbour(self.join, 1))
        pull = -SITE_PULL * share * length * loose * repeats.trust / np.maximum(repeats.own, 1)
        return pull.astype(np.float32)

    @cached_property
    def together(self) -> Floats:
        """Evidence with the pieces of one sentence brought to their mean, weighed by length.

        A link's text torn out of its sentence looks like a menu entry; its sentence does not.
        """
        windows = self.windows
        alone = (self.join < CHAIN_CUT) | (np.arange(len(windows)) == windows.start)
        chain = np.cumsum(alone) - 1
        mass = np.bincount(chain, weights=self.weight)
        mean = np.bincount(chain, weights=self.weight * self.evidence) / np.maximum(mass, 1e-6)
        return mean[chain].astype(np.float32)


def labels(case: Case, settings: Settings) -> tuple[Bools, Bools]:
    """Which lines are article and which are spam; the others are junk."""
    foreign = _foreign(case)
    probability = np.where(foreign, np.float32(0), case.together)
    article = probability >= _cuts(case, probability, settings)
    article |= headlines(case, article) & ~foreign
    if settings.mode == "trim":
        article = _between(case.windows, article)
    return article, foreign & ~article & ~case.wordless


def probabilities(case: Case) -> Floats:
    """The probability that each line is article text, all that is known considered."""
    article = case.together
    if case.markup:
        odds = article * np.float32(np.exp(MARKUP_SHIFT))
        article = (odds / (1 - article + odds)).astype(np.float32)
    return article * (1 - case.spam)


def headlines(case: Case, article: Bools) -> Bools:
    """Each page's headline: its likeliest line, if it is likely or is kept anyway.

    A page without article text below it has no headline either.
    """
    windows = case.windows
    chance = np.where(article | (case.title >= TITLE_CUT), case.title, np.float32(0))
    best = np.maximum.reduceat(chance, windows.first[:-1])[windows.document]
    others = windows.total(article.astype(np.float32)) - article > 0
    chosen = (chance == best) & (best >= LEAST_TITLE) & others
    return chosen & (windows.before(chosen.astype(np.float32)) == 0)


def _foreign(case: Case) -> Bools:
    """Lines sure to be spam; short and letterless ones are what the run around them is."""
    windows, sure = case.windows, (case.spam >= SPAM_CUT) & ~case.home
    sure &= ~_quoted(case, sure)
    short = case.information < LEAST_INFORMATION
    marks = sure.astype(np.float32)
    around = (windows.neighbour(marks, -1) > 0) & (windows.neighbour(marks, 1) > 0)
    near = windows.sum(marks, 2, 2) - marks > 0
    lone = sure & short & ~near
    inherited = ~sure & around & (case.information < LEAST_INFORMATION / 2)
    return (sure & ~lone) | inherited


def _quoted(case: Case, sure: Bools) -> Bools:
    """Foreign lines that stand alone between article lines: likelier a quotation than spam."""
    windows, marks = case.windows, sure.astype(np.float32)
    alone = windows.sum(marks, 2, 2) - marks == 0
    between = (windows.neighbour(case.article, -1) > 0.5) & (
        windows.neighbour(case.article, 1) > 0.5
    )
    return sure & alone & between & (case.spam < QUOTED_CUT)


def _cuts(case: Case, probability: Floats, settings: Settings) -> Floats:
    """The probability from which a line of its page is kept: half of the best expected F1.

    The set of lines that maximises expected F1 is a cut at F*/2, F* being the F1 it reaches
    (Lipton et al. 2014, "Optimal thresholding of classifiers to maximize F1 measure"). That holds
    where lines err one by one; the lines of a doubtful page err together, so its cut is lower yet.
    """
    windows, (low, high) = case.windows, CUTS[settings.favor]
    order = np.lexsort((-probability, windows.document))
    weight = case.weight[order].astype(np.float64)
    hits = np.cumsum(weight * probability[order])
    mass = np.cumsum(weight)
    first = windows.first[:-1]
    base = np.maximum(windows.first[:-1] - 1, 0)
    hits -= np.where(first > 0, hits[base], 0)[windows.document]
    mass -= np.where(first > 0, mass[base], 0)[windows.document]
    total = hits[np.maximum(windows.stop - 1, 0)]
    expected = 2 * hits / np.maximum(mass + total, 1e-9)
    best = np.maximum.reduceat(expected, first)[windows.document]
    low = max(low - MARKUP_RELIEF, LEAST_CUT) if case.markup else low
    cut = np.clip(best / 2 - DOUBT * (1 - best), low, high).astype(np.float32)
    if case.markup and settings.favor != "recall":
        shell = windows.total(np.ones_like(probability)) >= SHELL
        cut[shell & (_hollow(windows, probability) > best)] = BEYOND
    return cut


def _hollow(windows: Windows, probability: Floats) -> Floats:
    """The probability that a page holds no article text, which is its F1 if all of it goes."""
    absent = np.log1p(-np.minimum(probability, np.float32(0.999)))
    return np.exp(HOLLOW * windows.total(absent))


def _between(windows: Windows, article: Bools) -> Bools:
    """All lines from each document's first article line to its last."""
    marks = article.astype(np.float32)
    return (windows.sum(marks, 1 << 30, 0) > 0) & (windows.sum(marks, 0, 1 << 30) > 0)


REASONS: Mapping[str, tuple[str, str]] = {
    "words": ("its words are those of articles", "its words are those of page furniture"),
    "form": ("it has the form of prose", "it has the form of a label, not of prose"),
    "neighbours": ("it stands among article lines", "it stands among junk"),
    "place": ("it stands where articles do", "it stands away from the article"),
    "figures": ("its figures are those of a text", "it holds a date, a count or an address"),
    "repetition": ("its words recur in the text", "the page repeats it, or its words are no topic"),
    "markup": ("it stands in an element of the text", "it stands in an element of page furniture"),
}
"""What decided, by the kind of fact: for article lines, and for junk."""

FOREIGN = {
    True: "its language or script is foreign to the article",
    False: "it stands in a run of foreign lines",
}
"""Why a line is spam: by itself, or not."""

SITE = "the site repeats it on {} of {} pages"
"""Why a line is junk that its site draws away from article harder than anything else."""


def verdicts(
    case: Case, article: Bools, spam: Bools, pull: Mapping[str, Floats]
) -> tuple[list[Label], list[float], list[str]]:
    """Label, probability of article, and reason of every line.

    ``pull`` says how far each kind of fact drew the line towards article.
    """
    strength = np.stack(list(pull.values()))
    said = np.array([REASONS[kind] for kind in pull], np.object_)
    of_article, of_junk = said[strength.argmax(axis=0), 0], said[strength.argmin(axis=0), 1]
    of_spam = np.where(case.spam >= SPAM_CUT, FOREIGN[True], FOREIGN[False])
    for line, of_site in _site_reasons(case, strength.min(axis=0)).items():
        of_junk[line] = of_site
    reason = np.where(article, of_article, np.where(spam, of_spam, of_junk))
    label = _LABELS[np.where(article, 0, np.where(spam, 1, 2))]
    return label.tolist(), probabilities(case).tolist(), reason.tolist()


_LABELS = np.array([Label.ARTICLE, Label.SPAM, Label.JUNK], np.object_)


def _site_reasons(case: Case, hardest: Floats) -> dict[int, str]:
    """The reason of each line that its site draws away from article harder than any fact."""
    if case.repeats is None:
        return {}
    pages, seen = case.repeats.pages, case.repeats.seen
    drawn = np.flatnonzero(case.site_pull < np.minimum(hardest, 0)).tolist()
    return {i: SITE.format(pages[i], seen[i]) for i in drawn}
