"""What an HTML page's tree says of its lines: tags, names, links, and the company a line keeps.

Text facts hold for HTML lines as for any others; these come on top. The lines below one element
stand next to each other, so whatever is summed over an element is a difference of running sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from cleaner.characters import Bools, Characters, Floats, Hashes, Ints, Kind, Words, mixed
from cleaner.context import context, signed_log
from cleaner.features import TOKEN_BUCKETS, Batch, Columns, Tokens, sigmoid
from cleaner.page import Block, Line

GROUPS: dict[str, str] = {
    "navigation": "nav menu crumb topbar toolbar skip",
    "head": "^head$ ^header$ masthead banner hero",
    "foot": "foot colophon copyright legal imprint impressum",
    "side": "side rail widget secondary complementary",
    "comment": "comment disqus respond reply discussion komment coment",
    "share": "share social sharing facebook twitter whatsapp follow addtoany bookmark",
    "related": (
        "relat recirc similar morefrom moreon morestories morenews also further onward upnext"
    ),
    "recommend": "recommend suggest taboola outbrain promo discover popular trending most latest",
    "advert": "^ad$ ^ads$ advert sponsor banner dfp adslot adunit affiliat commercial anzeige",
    "teaser": "teaser card tile promo thumb excerpt summaryitem headlinelist feed listing",
    "content": "content body text story entry main prose copy",
    "article": "article post story news blog single hentry artikel nota noticia",
    "author": "author byline bio contributor writer profile avatar vcard autor auteur",
    "meta": "meta date time publish posted info kicker category eyebrow",
    "caption": "caption credit figure image photo gallery slide media bild legend",
    "title": "title headline heading titulo titel",
    "standfirst": "lead lede intro standfirst subtitle subhead dek deck excerpt abstract",
    "tags": "^tag$ ^tags$ taglist tagcloud taglinks topic keyword label category categories",
    "newsletter": "newsletter subscri signup optin mailchimp emailform emailcapture",
    "account": "login signin account register usermenu paywall regwall premium member",
    "cookie": "cookie consent gdpr cmp privacy onetrust didomi",
    "modal": "modal popup overlay dialog lightbox toast tooltip alert notice notification",
    "search": "search filter sort facet suche",
    "pager": "pager pagination paging next prev loadmore infinite",
    "contents": "toc tableof contents anchor jump outline",
    "tabs": "tab$ tabs$ tabpanel$ tablist$ accordion collaps expand toggle carousel slider swiper",
    "list": "list item$ items$ grid row archive loop collection",
    "product": "product price cart shop sku buy offer rating review stars wishlist stock",
    "forum": "forum thread topic message bbp postbody cooked signature quote",
    "faq": "faq question answer qa$",
    "rich": "rich wysiwyg markdown rte prose cms editor blockcontent paragraph",
    "specification": "spec attribute detail feature parameter dimension description",
    "hidden": "hidden hide invisible screenreader visually offscreen print",
    "language": "^lang language locale translat country",
    "button": "btn button cta action",
    "code": "code highlight syntax snippet terminal console",
    "summary": "summary keypoints takeaway highlights ataglance bullet",
    "correction": "disclaimer correction note$ footnote reference citation source",
}
"""What the words in classes and ids stand for, told by letters that a word holds, ``^`` being its
begin and ``$`` its end: measured to be worth .02 F1 over hashed words."""

TAGS = (
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr"),
    *("article", "main", "header", "footer", "nav", "aside", "form", "section", "blockquote"),
    *("figure", "figcaption", "details", "summary", "pre", "code", "button", "label", "noscript"),
    *(
        "address",
        "dialog",
        "a",
        "fieldset",
        "caption",
        "div",
        "span",
        "td",
        "th",
        "json-ld",
        "meta",
    ),
)
"""Elements whose presence around a line is a fact of its own."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

LEVELS = 5
"""Elements around a line, from its own outwards, over which the first stage is averaged."""

HEARTS = (0.5, 0.8)
"""Shares of a page's article text that an element must hold to be its heart."""

MOST_STEPS = 8
"""Elements outwards from a line that are looked at for one around a heart."""

Bits = npt.NDArray[np.uint64]
Trie = dict[str, Any]
"""By the next letter another trie, and below the empty string the groups of what ends here."""

_TAG_BITS = {tag: 1 << index for index, tag in enumerate(TAGS)}
_MOST_WORDS = 12
"""Words of one element's names that are read: framework classes come by the dozen."""
_LEAST_LETTERS, _MOST_LETTERS = 2, 24
"""Of a piece of a name that is asked which groups it belongs to."""


def _trie(groups: Iterable[str]) -> Trie:
    """The letters that tell groups, each group with a bit of its own."""
    root: Trie = {}
    for index, stems in enumerate(groups):
        for stem in stems.split():
            node = root
            for letter in stem:
                node = node.setdefault(letter, {})
            node[""] = node.get("", 0) | 1 << index
    return root


_STEMS = _trie(GROUPS.values())


@lru_cache(maxsize=1 << 16)
def _groups_of(part: str) -> int:
    """The groups that a part of a name belongs to, as bits.

    >>> [name for index, name in enumerate(GROUPS) if _groups_of("subheadline") >> index & 1]
    ['title', 'standfirst']
    """
    word, bits = f"^{part}$", 0
    for begin in range(len(word)):
        node = _STEMS
        for letter in word[begin:]:
            if letter not in node:
                break
            node = node[letter]
            bits |= node.get("", 0)
    return bits


def _read_names(names: Sequence[str]) -> tuple[Bits, Hashes, Ints]:
    """The groups that elements' names belong to, the hashes of their words, and each one's count.

    All names of a batch are read at once: that takes half as long as one by one, and most of a
    page's names are its own.

    >>> groups, words, count = _read_names(["newsItem", "", "HTMLBox item"])
    >>> words.tolist() == [crc32(word) for word in (b"news", b"item", b"html", b"box", b"item")]
    True
    >>> count.tolist()
    [2, 0, 3]
    """
    # Only letters of ASCII make words. Some names are megabytes: their first 1,500 are read.
    characters = Characters([name.encode("ascii", "replace").decode() for name in names])
    owner, words = _meanings(characters, _words(characters), _hash_of)
    count = np.bincount(owner, minlength=len(names))
    owner, bits = _meanings(characters, _parts(characters), _groups_of)
    groups = np.zeros(len(names), np.uint64)
    np.bitwise_or.at(groups, owner, bits)
    return groups, words, count


def _words(names: Characters) -> Words:
    """Runs of letters, parted before a capital that a small letter precedes or follows."""
    upper, lower = names.kind == Kind.UPPER, names.kind == Kind.LOWER
    letter = upper | lower
    begins, ends = letter.copy(), letter.copy()
    begins[1:-1] &= ~letter[:-2] | (upper[1:-1] & (lower[:-2] | lower[2:]))
    ends[:-1] &= ~letter[1:] | begins[1:]
    start, end = np.flatnonzero(begins), np.flatnonzero(ends) + 1
    return Words(names.spans(start, end), names.line[start], start, end)


def _parts(names: Characters) -> Words:
    """Pieces of names between hyphens and the like; those with digits are made by machines."""
    words = names.words
    size = words.end - words.start
    digits = np.cumsum(names.kind == Kind.NUMBER)
    plain = digits[words.end - 1] == digits[words.start - 1]
    chosen = np.flatnonzero(plain & (size >= _LEAST_LETTERS) & (size <= _MOST_LETTERS))
    return Words(words.hash[chosen], words.line[chosen], words.start[chosen], words.end[chosen])


def _meanings(
    names: Characters, words: Words, meaning: Callable[[str], int]
) -> tuple[Ints, Hashes]:
    """What the first different words of all names mean, and which names each stands in.

    Each word that occurs is asked for once, in lower case.
    """
    key = mixed(words.hash + words.line.astype(np.uint64) * _SALTS["own"])
    first = np.sort(np.unique(key, return_index=True)[1])
    owner = words.line[first]
    first = first[np.arange(len(first)) - np.searchsorted(owner, owner) < _MOST_WORDS]
    _, example, which = np.unique(words.hash[first], return_index=True, return_inverse=True)
    text = names.folded.astype(np.uint8).tobytes().decode()
    start, end = words.start[first[example]].tolist(), words.end[first[example]].tolist()
    told = [meaning(text[b:e]) for b, e in zip(start, end, strict=True)]
    return words.line[first], np.array(told, np.uint64)[which]


def _hash_of(word: str) -> int:
    return crc32(word.encode())


@dataclass(frozen=True, slots=True)
class Tree:
    """The elements around the lines of a batch; parents come before their children."""

    leaf: Ints
    """The innermost element of each line."""
    parent: Ints
    """Each element's parent; a root is its own."""
    begin: Ints
    """First line below each element."""
    end: Ints
    """The line behind the last one below each element."""
    depth: Ints
    tag_hash: Ints
    groups: Bits
    """The groups each element's names belong to."""
    groups_around: Bits
    """Those of the element and of all around it."""
    tag: Bits
    tags_around: Bits
    name: Ints
    """Which of the names that occur each element's are."""
    words: Hashes
    """Hashes of the words in the names that occur, end to end."""
    count: Ints
    """How many of them each of these names has."""


def tree(lines: Sequence[Line]) -> Tree:
    """The elements around lines; a line without one stands in an element of its own."""
    blocks, parents, begin, leaf = _elements(lines)
    end = _ends(parents, leaf)
    parent = np.array(parents, np.int64)
    tags, tag = _indexed([block.tag for block in blocks])
    names, name = _indexed([block.names for block in blocks])
    groups_of_names, words, count = _read_names(names)
    groups = groups_of_names[name]
    tag_bits = np.array([_TAG_BITS.get(word, 0) for word in tags], np.uint64)[tag]
    depth, groups_around, tags_around = _down(parent, groups, tag_bits)
    return Tree(
        leaf=np.array(leaf, np.int64),
        parent=parent,
        begin=np.array(begin, np.int64),
        end=np.array(end, np.int64),
        depth=depth,
        tag_hash=np.array([crc32(word.encode()) for word in tags], np.int64)[tag],
        groups=groups,
        groups_around=groups_around,
        tag=tag_bits,
        tags_around=tags_around,
        name=name,
        words=words,
        count=count,
    )


def _elements(lines: Sequence[Line]) -> tuple[list[Block], list[int], list[int], list[int]]:
    """The blocks around lines, the parent and first line of each, and each line's innermost."""
    known: dict[Block, int] = {}
    blocks: list[Block] = []
    parent: list[int] = []
    begin: list[int] = []
    leaf: list[int] = []
    for number, line in enumerate(lines):
        around: Block | None = line.block or Block("")
        chain = []
        while around is not None and around not in known:
            chain.append(around)
            around = around.parent
        at = len(blocks) if around is None else known[around]
        while chain:
            parent.append(at)
            begin.append(number)
            at = len(blocks)
            known[chain[-1]] = at
            blocks.append(chain.pop())
        leaf.append(at)
    return blocks, parent, begin, leaf


def _ends(parent: Sequence[int], leaf: Sequence[int]) -> list[int]:
    """The line behind the last one below each element."""
    end = [0] * len(parent)
    for number, at in enumerate(leaf):
        end[at] = number + 1
    for at in range(len(end) - 1, -1, -1):
        end[parent[at]] = max(end[parent[at]], end[at])
    return end


def _indexed(words: Sequence[str]) -> tuple[list[str], Ints]:
    """The words that occur, and for each word given its index among them."""
    index: dict[str, int] = {}
    numbers = [index.setdefault(word, len(index)) for word in words]
    return list(index), np.array(numbers, np.int64)


def _down(parent: Ints, *bits: Bits) -> tuple[Ints, Bits, Bits]:
    """The depth of each element, and its bits with those of all around it.

    Each round looks twice as far out as the one before, so a page nested 100,000 deep takes 17.
    """
    depth = (parent != np.arange(len(parent))).astype(np.int64)
    first, second = bits
    while True:
        further = parent[parent]
        depth, first, second = depth + depth[parent], first | first[parent], second | second[parent]
        if np.array_equal(further, parent):
            return depth, first, second
        parent = further


_SALTS = {
    name: np.uint64((0xD1B54A32D192ED03 * (index + 1)) % (1 << 64))
    for index, name in enumerate(
        ("own", "parent", "grandparent", "further", "path", "short path", "heading", "signature")
    )
}


def markup_tokens(batch: Batch, found: Tree) -> Tokens:
    """Hashed names of the elements around every line, tag paths, and the heading above."""
    lines = np.arange(len(batch))
    own, parent = found.leaf, found.parent[found.leaf]
    grandparent = found.parent[parent]
    parts: list[tuple[Ints, Hashes]] = []
    first = np.cumsum(found.count) - found.count
    for name, level in (
        ("own", own),
        ("parent", parent),
        ("grandparent", grandparent),
        ("further", found.parent[grandparent]),
    ):
        count = found.count[found.name[level]]
        line = np.repeat(lines, count)
        offset = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
        word = first[found.name[level]][line] + offset
        parts.append((line, mixed(found.words[word] ^ _SALTS[name])))
    tags = found.tag_hash.astype(np.uint64)
    short = tags[own] * np.uint64(31) + tags[parent] * np.uint64(17)
    parts.append((lines, mixed(short ^ _SALTS["short path"])))
    parts.append((lines, mixed((short + tags[grandparent] * np.uint64(7)) ^ _SALTS["path"])))
    heading, above = _heading_above(batch, found)
    parts.append((above, mixed(heading ^ _SALTS["heading"])))
    hashes = np.concatenate([hashed for _, hashed in parts])
    bucket = (hashes % np.uint64(TOKEN_BUCKETS)).astype(np.int64)
    return Tokens(np.concatenate([line for line, _ in parts]), bucket)


def _heading_above(batch: Batch, found: Tree) -> tuple[Hashes, Ints]:
    """The text of the last heading before each line, hashed, and the lines that have one."""
    bits = sum(_TAG_BITS[tag] for tag in HEADINGS)
    is_heading = (found.tag[found.leaf] & np.uint64(bits)) != 0
    index = np.arange(len(batch))
    last = np.maximum.accumulate(np.where(is_heading, index, -1))
    has = (last >= batch.windows.start) & ~is_heading
    characters = batch.characters
    whole = characters.spans(characters.first[last[has]], characters.end[last[has]])
    return whole, index[has]


def markup_facts(batch: Batch, found: Tree, length: Floats) -> Columns:
    """Tags, names and links of every line and of the elements around it."""
    leaf, parent = found.leaf, found.parent[found.leaf]
    groups, tags = found.groups, found.tag
    near = groups[leaf] | groups[parent] | groups[found.parent[parent]]
    facts: dict[str, npt.NDArray[np.floating[Any]]] = {}
    facts |= _bits([f"near {name}" for name in GROUPS], near)
    facts |= _bits([f"around {name}" for name in GROUPS], found.groups_around[leaf])
    facts |= _bits([f"is <{tag}>" for tag in TAGS], tags[leaf])
    facts |= _bits([f"in <{tag}>" for tag in TAGS], found.tags_around[leaf])
    windows = batch.windows
    linked = np.fromiter((line.linked for line in batch.lines), np.float32, len(batch))
    facts["linked"] = linked
    facts["depth"] = np.log1p(found.depth[found.leaf]).astype(np.float32)
    for level, element in enumerate(_levels(found)):
        mass = _below(found, length, element)
        facts[f"linked {level}"] = _below(found, length * linked, element) / np.maximum(mass, 1)
        facts[f"mass {level}"] = np.log1p(mass)
        facts[f"lines {level}"] = np.log1p((found.end - found.begin)[element]).astype(np.float32)
        facts[f"share {level}"] = mass / np.maximum(windows.total(length), 1)
    for offset in (-2, -1, 1, 2):
        facts[f"linked{offset:+d}"] = windows.neighbour(linked, offset)
    facts["linked in document"] = windows.mean(linked, 1 << 30, 1 << 30, length)
    for tag in ("p", "li", "h2"):
        facts[f"<{tag}> in document"] = windows.mean(facts[f"is <{tag}>"], 1 << 30, 1 << 30)
    h1 = facts["is <h1>"] > 0
    heading = np.any([facts[f"is <{tag}>"] > 0 for tag in sorted(HEADINGS)], axis=0)
    for name, marks in (("h1", h1), ("heading", heading)):
        facts[f"since {name}"] = np.log1p(windows.since(marks))
        facts[f"until {name}"] = np.log1p(windows.until(marks))
    facts["h1 before"] = windows.before(h1.astype(np.float32))
    facts["twins"] = np.log1p(_twins(batch, found))
    return {name: column.astype(np.float32, copy=False) for name, column in facts.items()}


def _bits(names: Sequence[str], bits: Bits) -> Columns:
    """The bits of every line as columns; the lowest has the first name."""
    each = np.uint64(1) << np.arange(len(names), dtype=np.uint64)
    return dict(zip(names, ((bits & each[:, None]) != 0).astype(np.float32), strict=True))


def _levels(found: Tree) -> list[Ints]:
    """For each line its element, its parent, and so on."""
    levels = [found.leaf]
    for _ in range(LEVELS - 1):
        levels.append(found.parent[levels[-1]])
    return levels


def _below(found: Tree, values: Floats, element: Ints) -> Floats:
    """Sums of ``values`` over the lines below an element."""
    sums = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    return (sums[found.end[element]] - sums[found.begin[element]]).astype(np.float32)


def _twins(batch: Batch, found: Tree) -> Floats:
    """How many lines of the page stand in elements of the same tag and names."""
    stop = np.cumsum(found.count)
    place = np.arange(len(found.words)) - np.repeat(stop - found.count, found.count)
    hashed = mixed(found.words + place.astype(np.uint64) * _SALTS["signature"])
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(hashed)))
    names = (sums[stop] - sums[stop - found.count]).astype(np.int64)
    signature = found.tag_hash * 1_000_000_007 + names[found.name]
    key = signature[found.leaf] * 1_000_003 + batch.windows.document
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    return count[inverse].astype(np.float32)


def company(batch: Batch, found: Tree, probability: Floats, length: Floats) -> Columns:
    """What the first stage thinks, on average, of the lines below the elements around a line.

    The strongest facts of all: where a line's siblings are article text, it is too.
    """
    facts: dict[str, npt.NDArray[np.floating[Any]]] = {}
    for level, element in enumerate(_levels(found)):
        mass = np.maximum(_below(found, length, element), 1)
        count = (found.end - found.begin)[element]
        facts[f"company {level}"] = _below(found, length * probability, element) / mass
        facts[f"company by lines {level}"] = _below(found, probability, element) / np.maximum(
            count, 1
        )
        others = np.maximum(_below(found, length, element) - length, 1)
        alone = _below(found, length * probability, element) - length * probability
        facts[f"company of others {level}"] = alone / others
    return {name: column.astype(np.float32, copy=False) for name, column in facts.items()}


def hearts(batch: Batch, found: Tree, expected: Floats, length: Floats) -> Columns:
    """Where each line stands to the innermost element that holds most of the page's article text.

    ``expected`` is the length of article text that the first stage expects of each line. Worth
    .010 F1 over all page types: a line that looks like the article but stands outside is a teaser.
    """
    windows, index = batch.windows, np.arange(len(batch))
    total = windows.total(expected)
    below, size = _sums_below(found, expected), _sums_below(found, length)
    facts: dict[str, npt.NDArray[np.floating[Any]]] = {
        "expected length": np.log1p(total),
        "best probability": np.maximum.reduceat(
            expected / np.maximum(length, 1), windows.first[:-1]
        )[windows.document],
    }
    for level, element in enumerate(_levels(found)):
        facts[f"share of article {level}"] = below[element] / np.maximum(total, 1e-6)
    for share in HEARTS:
        heart = _innermost(batch, found, below >= share * total[found.begin])[windows.document]
        known = heart >= 0
        begin = np.where(known, found.begin[heart], windows.start)
        end = np.where(known, found.end[heart], windows.stop)
        depth = found.depth[found.leaf] - np.where(known, found.depth[heart], 0)
        purity = below[heart] / np.maximum(size[heart], 1)
        inside = (index >= begin) & (index < end)
        facts |= {
            f"in heart {share}": inside.astype(np.float32),
            f"from start of heart {share}": signed_log(index - begin),
            f"to end of heart {share}": signed_log(end - 1 - index),
            f"place in heart {share}": np.clip((index - begin) / (end - begin), -1, 2),
            f"heart's share of article {share}": np.where(known, below[heart], 0)
            / np.maximum(total, 1e-6),
            f"heart's purity {share}": np.where(known, purity, 0),
            f"heart's share of page {share}": np.where(known, size[heart], 0)
            / np.maximum(windows.total(length), 1),
            f"depth below heart {share}": np.clip(depth, -10, 20),
            f"steps to heart {share}": _steps(found, begin, end),
            f"child of heart {share}": (found.parent[found.leaf] == heart).astype(np.float32),
        }
    return {name: column.astype(np.float32, copy=False) for name, column in facts.items()}


def _sums_below(found: Tree, values: Floats) -> Floats:
    """Sums of ``values`` over the lines below every element."""
    return _below(found, values, np.arange(len(found.begin)))


def _innermost(batch: Batch, found: Tree, fit: Bools) -> Ints:
    """The deepest of the fit elements of each document, -1 where there is none.

    Elements that hold more than half of something stand inside one another; of equals in depth,
    the last is taken.
    """
    result = np.full(len(batch.windows.first) - 1, -1)
    chosen = np.flatnonzero(fit)
    order = np.argsort(found.depth[chosen], kind="stable")
    result[batch.windows.document[found.begin[chosen[order]]]] = chosen[order]
    return result


def _steps(found: Tree, begin: Ints, end: Ints) -> Floats:
    """How many elements lie between each line and one around it that holds all of a range."""
    steps = np.full(len(begin), MOST_STEPS, np.float32)
    element = found.leaf
    for step in range(MOST_STEPS):
        holds = (found.begin[element] <= begin) & (found.end[element] >= end)
        steps[holds & (steps == MOST_STEPS)] = step
        element = found.parent[element]
    return steps


def markup_context(
    batch: Batch, found: Tree, logit: Floats, known: Floats, own: Columns
) -> Columns:
    """What the markup's first stage says of a line, of those around it, and of its elements."""
    length = np.expm1(own["log_effective_length"])
    probability = sigmoid(logit)
    around = context(batch.windows, logit, known, own)
    return {
        **markup_facts(batch, found, length),
        **{f"markup {name}": column for name, column in around.items()},
        **company(batch, found, probability, length),
        **hearts(batch, found, probability * length, length),
    }
