"""Labels for lines, from the text that should remain of them.

People write down what a page's article *is*, not which lines of a scraped file hold it. Aligning
the two labels every line for nothing. The method is that of a ``diff`` for prose: token sequences
that occur once on either side anchor the alignment, the longest increasing run of anchors puts it
in order, and the gaps between anchors are searched again with shorter sequences.

What the alignment is unsure of gets a small weight, or none, rather than a guess.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise

from cleaner.page import Label

GRAM_SIZES = (6, 4, 3, 2)
"""Anchor lengths in tokens; long ones go first because they are almost never wrong."""

ARTICLE_SHARE = 0.6
"""A line with at least this share of its tokens in one place of the gold text is article."""

DOUBTFUL_SHARE = 0.35
"""From here up to ``ARTICLE_SHARE`` a line is junk at ``DOUBTFUL_WEIGHT`` only."""

REPEATED_SHARE = 0.75
"""What the second pass asks for, as it may look anywhere in the gold text: below this share, 180
lines of 36,000 on WCXB pages were headlines of other articles."""

DOUBTFUL_WEIGHT = 0.3
WORDLESS_WEIGHT = 0.1

SHORT = 3
"""Lines of up to this many words match by accident ("Share", "Home") and need more evidence."""

LONG = 6
"""Lines of at least this many words are looked for a second time, anywhere in the gold text."""

MANY = 50
"""More places than this of one gram are not looked at: "a a a a ..." has them without end."""

BODY = 12
"""The first article line of this many words is body text: the headline stands before it."""

HEADLINE = 16
"""A first gold line of more words than this is a paragraph, not a headline."""

NEAR = 5
"""A ``SHORT`` headline counts only when it stands at most this many lines above the body."""

_ALONE = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
_MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0980-\u0dff"
)
_WIDE = "\u0e00"
"""What starts the tokens of scripts written without spaces, and all that comes after it."""

_TOKEN = re.compile(rf"[{_ALONE}]|(?:[^\W_{_ALONE}]++[{_MARKS}]*+)++")
_SEPARATORS = re.compile(r"[\s\-–—|·•/\\_*»›>‹«<:=~+#]+")
_TITLE_SEPARATOR = re.compile(r"\s+[-–—·•»:]+\s+|\s*(?:[|_]+|--+)\s*")

Tokens = list[str]
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Alignment:
    """A label and a weight for every line, and how much of the gold text the lines hold."""

    labels: tuple[Label, ...]
    weights: tuple[float, ...]
    """0 = cannot say, 1 = as sure as the gold text is."""

    coverage: float
    """Share of the gold text's tokens found in the lines, 0 to 1; 1 for an empty gold text."""

    missing: tuple[int, ...] = ()
    """The lines of the gold text, counted from 1, most of whose tokens were not found."""


def align(
    lines: Sequence[str], gold: str, title: str = "", standfirsts: Sequence[str] = ()
) -> Alignment:
    """Return which ``lines`` belong to the ``gold`` text: article or junk.

    Gold texts often leave out what stands above the body. Of ``title`` and each of ``standfirsts``
    the last copy before the body is article even so; other copies get weight 0, as nobody can say
    which one the gold means.

    >>> page = ["Home", "Rain in the north", "Share", "It will rain all day.", "More rain"]
    >>> gold = "It will rain all day."
    >>> [label.value for label in align(page, gold).labels]
    ['junk', 'junk', 'junk', 'article', 'junk']
    """
    page = [tokens(line) for line in lines]
    wanted = _Gold([line for line in map(tokens, gold.splitlines()) if line])
    places = _find(page, wanted)
    shares = _shares(page, places, wanted)
    labels = [Label.ARTICLE if share >= ARTICLE_SHARE else Label.JUNK for share in shares]
    weights = [
        DOUBTFUL_WEIGHT if DOUBTFUL_SHARE <= share < ARTICLE_SHARE else 1.0 for share in shares
    ]
    for spellings in _headings(title, standfirsts, wanted):
        _settle_heading(spellings, page, labels, weights)
    _settle_wordless(lines, page, labels, weights)
    return Alignment(
        tuple(labels), tuple(weights), _coverage(places, wanted), tuple(_missing(places, gold))
    )


def tokens(text: str) -> Tokens:
    r"""Return the words of ``text`` in lower case, without punctuation and soft hyphens.

    Where a script writes no spaces (Han, kana, Thai, ...), every character is a token.

    >>> tokens("Do\xadnau: 3,5 Meter – 多瑙河")
    ['donau', '3', '5', 'meter', '多', '瑙', '河']
    """
    return _TOKEN.findall(text.replace("\u00ad", "").lower())


def words(line: Sequence[str]) -> float:
    """Return the length of a line of tokens in words; two characters of Han or Thai make one.

    >>> words(["a", "wide", "river"]), words(["多", "瑙", "河", "水"])
    (3, 2.0)
    """
    if max(line, default="") < _WIDE:
        return len(line)
    return len(line) - sum(word >= _WIDE for word in line) / 2


class _Gold:
    """The gold text as one run of tokens that remembers its lines."""

    def __init__(self, lines: list[Tokens]) -> None:
        self.lines = lines
        self.run = list(chain.from_iterable(lines))
        self.bounds = list(accumulate(map(len, lines), initial=0))
        self.spans = set(pairwise(self.bounds))
        # A list item is whole without its number.
        self.spans |= {(a + 1, b) for a, b in self.spans if b - a > 1 and self.run[a].isdigit()}


def _find(page: list[Tokens], gold: _Gold) -> list[list[int]]:
    """Return for each line the positions of its tokens in the gold run, ``NOWHERE`` where none."""
    found = match(list(chain.from_iterable(page)), gold.run)
    bounds = accumulate(map(len, page), initial=0)
    places = [found[start:stop] for start, stop in pairwise(bounds)]
    _find_repeated(page, gold, places)
    _grow(page, gold.run, places)
    return places


def match(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """Return for each token of ``left`` its position in ``right``, in increasing order, or -1.

    Anchors are grams that occur once in either gap, ordered by a longest increasing subsequence;
    gaps beside an anchor first shrink by the equal tokens next to it.

    >>> match("skip to text the rain in spain share".split(), "the rain in spain".split())
    [-1, -1, -1, 0, 1, 2, 3, -1]
    """
    found = [NOWHERE] * len(left)
    gaps = [(0, len(left), 0, len(right), 0)]
    while gaps:
        start, stop, low, high, level = gaps.pop()
        if start >= stop or low >= high or level == len(GRAM_SIZES):
            continue
        size = GRAM_SIZES[level]
        gap = start, stop, low, high
        for place, other in _anchors(left, right, gap, size):
            skip = max(0, start - place, low - other)
            found[place + skip : place + size] = range(other + skip, other + size)
            start, low = place + size, other + size
        gaps.extend(
            (*_shrink(left, right, found, smaller, gap[:2]), level + 1)
            for smaller in _gaps(found, gap)
        )
    return found


Gap = tuple[int, int, int, int]
"""Two stretches not yet aligned: from, to in the page; from, to in the gold text."""


def _anchors(
    left: Sequence[str], right: Sequence[str], gap: Gap, size: int
) -> list[tuple[int, int]]:
    """Return where the grams of ``size`` stand that occur once on either side, in order."""
    start, stop, low, high = gap
    ours = _unique_grams(left[start:stop], size)
    theirs = _unique_grams(right[low:high], size)
    pairs = [
        (start + place, low + theirs[gram])
        for gram, place in ours.items()
        if place != NOWHERE and theirs.get(gram, NOWHERE) != NOWHERE
    ]
    return longest_increasing(pairs)


def _unique_grams(run: Sequence[str], size: int) -> dict[tuple[str, ...], int]:
    """Return where each gram starts, ``NOWHERE`` for those that occur more than once."""
    places: dict[tuple[str, ...], int] = {}
    for place, gram in enumerate(_grams(run, size)):
        places[gram] = NOWHERE if gram in places else place
    return places


def longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of ``pairs`` whose second members rise, by patience sorting.

    The first members must rise already.

    >>> longest_increasing([(0, 7), (1, 2), (2, 3), (3, 9), (4, 5)])
    [(1, 2), (2, 3), (4, 5)]
    """
    tails: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tails, value)
        before.append(tops[pile - 1] if pile else NOWHERE)
        tails[pile : pile + 1] = [value]
        tops[pile : pile + 1] = [index]
    chosen = []
    index = tops[-1] if tops else NOWHERE
    while index != NOWHERE:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]


def _gaps(found: list[int], gap: Gap) -> Iterator[Gap]:
    """Yield what is still open between the aligned tokens of ``gap``."""
    start, stop, low, high = gap
    open_from, low_from = start, low
    for place in range(start, stop):
        if found[place] == NOWHERE:
            continue
        if open_from < place and low_from < found[place]:
            yield open_from, place, low_from, found[place]
        open_from, low_from = place + 1, found[place] + 1
    if open_from < stop and low_from < high:
        yield open_from, stop, low_from, high


def _shrink(
    left: Sequence[str], right: Sequence[str], found: list[int], gap: Gap, outer: tuple[int, int]
) -> Gap:
    """Align the equal tokens next to the anchors around ``gap``; return what stays open."""
    start, stop, low, high = gap
    after_anchor, before_anchor = start > outer[0], stop < outer[1]
    while after_anchor and start < stop and low < high and left[start] == right[low]:
        found[start] = low
        start, low = start + 1, low + 1
    while before_anchor and start < stop and low < high and left[stop - 1] == right[high - 1]:
        stop, high = stop - 1, high - 1
        found[stop] = high
    return start, stop, low, high


def _find_repeated(page: list[Tokens], gold: _Gold, places: list[list[int]]) -> None:
    """Look for long unmatched lines anywhere in the gold text: moved or printed twice."""
    missing = [
        number
        for number, line in enumerate(page)
        if words(line) >= LONG and _compact(places[number]) < ARTICLE_SHARE * len(line)
    ]
    if not missing:
        return
    size = GRAM_SIZES[1]
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, gram in enumerate(_grams(gold.run, size)):
        index[gram].append(place)
    for number in missing:
        again = _find_anywhere(page[number], index, size)
        if _compact(again) >= REPEATED_SHARE * len(again):
            places[number] = again


def _grams(run: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(run[k:] for k in range(size)), strict=False)


def _find_anywhere(line: Tokens, index: dict[tuple[str, ...], list[int]], size: int) -> list[int]:
    """Return the positions of the line's tokens around the place most of its grams point to."""
    hits = [
        (offset, place)
        for offset, gram in enumerate(_grams(line, size))
        for place in index.get(gram, ())[:MANY]
    ]
    found = [NOWHERE] * len(line)
    if not hits:
        return found
    ((best, _),) = Counter(place - offset for offset, place in hits).most_common(1)
    slack = 2 + len(line) // 4
    for offset, place in hits:
        if abs(place - offset - best) <= slack:
            found[offset : offset + size] = range(place, place + size)
    return found


def _grow(page: list[Tokens], run: Tokens, places: list[list[int]]) -> None:
    """Align whole lines that continue, in the gold text, where their neighbour ends or starts."""
    numbers = [number for number, line in enumerate(page) if line]
    for before, number in pairwise(numbers):
        start = places[before][-1] + 1
        if start and NOWHERE in places[number] and _stands_at(page[number], run, start):
            places[number] = list(range(start, start + len(page[number])))
    for after, number in pairwise(reversed(numbers)):
        start = places[after][0] - len(page[number])
        if start >= 0 and NOWHERE in places[number] and _stands_at(page[number], run, start):
            places[number] = list(range(start, start + len(page[number])))


def _stands_at(line: Tokens, run: Tokens, start: int) -> bool:
    return run[start : start + len(line)] == line


def _compact(places: list[int]) -> int:
    """Return how many tokens were found close together: within about the line's own length."""
    found = sorted(place for place in places if place != NOWHERE)
    if not found:
        return 0
    span = len(places) + len(places) // 2 + 3
    if found[-1] - found[0] <= span:
        return len(found)
    return max(bisect_right(found, place + span) - at for at, place in enumerate(found))


def _shares(page: list[Tokens], places: list[list[int]], gold: _Gold) -> list[float]:
    """Return for each line the share of its tokens that counts as found, 0 to 1."""
    shares = [_compact(own) / len(own) if own else 0.0 for own in places]
    numbers = [number for number, line in enumerate(page) if line]
    for before, number, after in zip([None, *numbers], numbers, [*numbers[1:], None], strict=False):
        if words(page[number]) <= SHORT:
            last = places[before][-1] if before is not None else NOWHERE
            first = places[after][0] if after is not None else NOWHERE
            own = _without_number(page[number], places[number])
            shares[number] = float(_holds(own, (last, first), gold))
    return shares


def _without_number(line: Tokens, places: list[int]) -> list[int]:
    """Return the places of a line's tokens, but of a list item's number that the gold has not."""
    numbered = len(line) > 1 and places[0] == NOWHERE and line[0].isdigit()
    return places[1:] if numbered else places


def _holds(own: list[int], beside: tuple[int, int], gold: _Gold) -> bool:
    """Say whether a short line was found for a reason: a whole gold line, or part of its context.

    ``beside`` are the positions of the last token before the line and the first token after it.
    """
    start, stop = own[0], own[-1] + 1
    if NOWHERE in own or stop - start != len(own):
        return False
    last, first = beside
    return (start, stop) in gold.spans or (start > 0 and last == start - 1) or first == stop


def _coverage(places: list[list[int]], gold: _Gold) -> float:
    used = set(chain.from_iterable(places)) - {NOWHERE}
    return len(used) / len(gold.run) if gold.run else 1.0


def _missing(places: list[list[int]], gold: str) -> Iterator[int]:
    used = set(chain.from_iterable(places)) - {NOWHERE}
    start = 0
    for number, line in enumerate(gold.splitlines(), start=1):
        stop = start + len(tokens(line))
        if sum(place in used for place in range(start, stop)) < ARTICLE_SHARE * (stop - start):
            yield number
        start = stop


def _headings(title: str, standfirsts: Sequence[str], gold: _Gold) -> Iterator[list[Tokens]]:
    """Yield what stands above a body, in its spellings: headline, standfirsts, first gold line."""
    if not gold.lines:
        return
    segments = [tokens(segment) for segment in _TITLE_SEPARATOR.split(title)]
    spellings = [spelling for spelling in (tokens(title), max(segments, key=words)) if spelling]
    if spellings:
        yield spellings
    for standfirst in map(tokens, standfirsts):
        if words(standfirst) >= LONG:
            yield [standfirst]
    first = gold.lines[0]
    if first not in spellings and words(first) <= HEADLINE:
        yield [first]


def _settle_heading(
    spellings: list[Tokens], page: list[Tokens], labels: list[Label], weights: list[float]
) -> None:
    """Make the last copy of a heading before the body article, and mask the other copies."""
    copies = [copy for spelling in spellings for copy in _copies(spelling, page)]
    inside = {number for copy in copies for number in copy}
    body = next(
        (
            number
            for number, label in enumerate(labels)
            if label is Label.ARTICLE and number not in inside and words(page[number]) >= BODY
        ),
        0,
    )
    before = [copy for copy in copies if copy.stop <= body]
    if not before:
        return
    chosen = max(before, key=lambda copy: (copy.stop, len(copy)))
    if words(spellings[0]) <= SHORT and chosen.stop < body - NEAR:
        return
    for number in inside:
        if number < body or words(page[number]) < BODY:
            weights[number] = 0.0
    for number in chosen:
        labels[number], weights[number] = Label.ARTICLE, 1.0


def _copies(heading: Tokens, page: list[Tokens]) -> Iterator[range]:
    """Yield the runs of lines that are, put together, the heading.

    Of a long heading it is enough that they begin with it: metadata cut standfirsts short, often
    inside their last word.
    """
    long = words(heading) >= BODY
    needed = heading[:-1] if long else heading
    for first, line in enumerate(page):
        if not line or line[: len(needed)] != needed[: len(line)]:
            continue
        run, stop = line, first + 1
        while stop < len(page) and len(run) < len(needed):
            run, stop = run + page[stop], stop + 1
        if run == heading or (long and run[: len(needed)] == needed):
            yield range(first, stop)


def _settle_wordless(
    lines: Sequence[str], page: list[Tokens], labels: list[Label], weights: list[float]
) -> None:
    """Give lines without words the label both neighbours share; separators are junk."""
    numbers = [number for number, line in enumerate(page) if line]
    for number, line in enumerate(lines):
        if page[number]:
            continue
        at = bisect_left(numbers, number)
        around = {labels[other] for other in numbers[max(at - 1, 0) : at + 1]}
        inside = around == {Label.ARTICLE} and not _SEPARATORS.fullmatch(line)
        labels[number] = Label.ARTICLE if inside else Label.JUNK
        weights[number] = WORDLESS_WEIGHT
