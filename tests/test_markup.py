"""What an HTML page's tree says of its lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import PAGES
from rows import facts_of

from cleaner import Line
from cleaner.features import TOKEN_BUCKETS, Batch
from cleaner.html import read
from cleaner.markup import GROUPS, LEVELS, TAGS, company, markup_facts, markup_tokens, tree
from cleaner.page import Block
from cleaner.split import split

NAMES = st.sampled_from(["", "main-content", "nav menu", "sharebar", "comment-list", "css-1a2b3c"])
TAG = st.sampled_from(["div", "p", "ul", "li", "h1", "h2", "nav", "article", "custom-tag", ""])


@st.composite
def pages(draw: st.DrawFn) -> list[Line]:
    """Lines below a random tree; the lines of one element stand next to each other."""
    lines: list[Line] = []

    def fill(block: Block, depth: int) -> None:
        for _ in range(draw(st.integers(1, 3))):
            if depth < 4 and draw(st.booleans()):
                fill(Block(draw(TAG), draw(NAMES), block), depth + 1)
            else:
                text = draw(st.sampled_from(["Home", "It rained all night in the valley.", "12"]))
                linked = draw(st.sampled_from([0.0, 0.5, 1.0]))
                lines.append(Line(text, len(lines) + 1, block=block, linked=linked))

    fill(Block("body"), 0)
    return lines


def around(line: Line) -> list[Block]:
    """The elements around a line, from the innermost."""
    found = []
    block = line.block
    while block is not None:
        found.append(block)
        block = block.parent
    return found


def levels(line: Line) -> list[Block]:
    """The element at every level; the root is its own parent."""
    chain = around(line)
    return (chain + [chain[-1]] * LEVELS)[:LEVELS]


def below(lines: Sequence[Line], block: Block) -> list[int]:
    """The lines below an element."""
    return [i for i, line in enumerate(lines) if any(block is other for other in around(line))]


def line(text: str, *path: tuple[str, str]) -> Line:
    """A line below elements given as tag and names, from the outermost."""
    block = None
    for tag, names in path:
        block = Block(tag, names, block)
    return Line(text, 1, block=block)


def own(lines: Sequence[Line]) -> dict[str, np.ndarray]:
    """The facts of the markup alone."""
    batch = Batch.of([lines])
    length = batch.characters.length.astype(np.float32)
    return dict(markup_facts(batch, tree(lines), length))


@given(pages())
def test_the_lines_below_an_element_stand_together(lines):
    found = tree(lines)
    for number, line in enumerate(lines):
        at = found.leaf[number]
        for block in levels(line):
            inside = below(lines, block)
            assert (found.begin[at], found.end[at]) == (inside[0], inside[-1] + 1)
            at = found.parent[at]
        assert found.depth[found.leaf[number]] == len(around(line)) - 1


@given(pages(), st.randoms(use_true_random=False))
def test_company_is_the_mean_below_each_element(lines, random):
    """Against a plain loop: weighed by length, by lines, and without the line itself."""
    probability = np.array([random.random() for _ in lines], np.float32)
    length = np.array([random.randint(1, 300) for _ in lines], np.float32)
    found = company(Batch.of([lines]), tree(lines), probability, length)
    for number, line in enumerate(lines):
        for level, block in enumerate(levels(line)):
            inside = below(lines, block)
            others = [i for i in inside if i != number]
            mean = np.average(probability[inside], weights=length[inside])
            alone = sum(probability[others] * length[others]) / max(sum(length[others]), 1)
            assert found[f"company {level}"][number] == pytest.approx(mean, abs=1e-3)
            assert found[f"company by lines {level}"][number] == pytest.approx(
                probability[inside].mean(), abs=1e-3
            )
            assert found[f"company of others {level}"][number] == pytest.approx(alone, abs=1e-3)


@given(pages())
def test_tags_of_a_line_and_around_it(lines):
    found = own(lines)
    for number, line in enumerate(lines):
        tags = [block.tag for block in around(line)]
        for tag in TAGS:
            assert found[f"is <{tag}>"][number] == (tags[0] == tag)
            assert found[f"in <{tag}>"][number] == (tag in tags)


NAMED = [
    # names, groups they mean, groups they do not
    ("main-nav", {"navigation", "content"}, {"comment", "share"}),
    ("comment-list", {"comment", "list"}, {"navigation", "article"}),
    ("share-buttons", {"share", "button"}, {"author"}),
    ("related-articles", {"related", "article"}, {"share"}),
    ("site-footer", {"foot"}, {"head"}),
    ("cookie-banner", {"cookie", "head"}, {"author"}),
    ("article-body", {"article", "content"}, {"navigation"}),
    ("author-bio", {"author"}, {"content"}),
    ("newsletter-signup", {"newsletter"}, {"comment"}),
    ("SHARE", {"share"}, set()),
    ("", set(), set(GROUPS)),
    ("css-1a2b3c", set(), {"article", "content"}),
]


@pytest.mark.parametrize(("names", "meant", "not_meant"), NAMED, ids=[row[0] for row in NAMED])
def test_what_names_mean(names, meant, not_meant):
    found = own([line("It rained.", ("body", ""), ("div", names), ("p", ""))])
    for group in meant:
        assert found[f"near {group}"][0] == found[f"around {group}"][0] == 1, group
    for group in not_meant:
        assert found[f"near {group}"][0] == 0, group


def test_names_further_out_are_around_but_not_near():
    deep = [("div", "comments"), ("div", ""), ("div", ""), ("div", ""), ("p", "")]
    found = own([line("It rained.", *deep)])
    assert found["near comment"][0] == 0
    assert found["around comment"][0] == 1


def test_links_and_headings():
    body = Block("body")
    rows = [("h1", 0.0), ("p", 0.0), ("li", 1.0), ("h2", 0.0), ("p", 0.5)]
    lines = [
        Line("It rained.", number, block=Block(tag, parent=body), linked=linked)
        for number, (tag, linked) in enumerate(rows, start=1)
    ]
    found = own(lines)
    assert found["linked"].tolist() == [0, 0, 1, 0, 0.5]
    assert found["linked in document"] == pytest.approx([0.3] * 5)
    assert found["linked 0"] == pytest.approx([0, 0, 1, 0, 0.5])
    assert found["linked 1"] == pytest.approx([0.3] * 5)
    assert np.expm1(found["since h1"]) == pytest.approx([5, 1, 2, 3, 4], abs=1e-4)
    assert np.expm1(found["until heading"]) == pytest.approx([3, 2, 1, 5, 5], abs=1e-4)
    assert found["h1 before"].tolist() == [0, 1, 1, 1, 1]
    assert found["<p> in document"] == pytest.approx([0.4] * 5)
    assert np.expm1(found["twins"]) == pytest.approx([1, 2, 1, 1, 2], abs=1e-4)


def test_lines_of_text_have_no_elements(cleaner):
    """Text can be asked too: it says nothing, and says it the same for every line."""
    found = facts_of(cleaner, split("It rained.\nHome\nShare"))["markup"]
    bits = [column for name, column in found.items() if name.startswith(("is <", "in <", "near "))]
    assert not np.any(bits)


HTML = st.lists(
    st.sampled_from(
        [
            *(
                "<p>It rained all night.",
                "<nav><a href=/>Home</a></nav>",
                "</div>",
                "<h1>Rain</h1>",
            ),
            *("<div class='share bar'>Share", "<ul><li>One<li>Two</ul>", "<br>", "text", "<table>"),
            *(
                "<td>3<td>4",
                "<article id=main>",
                "</article>",
                "<script>x</script>",
                "<h1>Rain</h1>",
            ),
        ]
    ),
    min_size=1,
    max_size=12,
).map(lambda parts: read("<html><body>" + "".join(parts) + "</body></html>").lines)
DOCUMENTS = HTML.filter(len)


@given(DOCUMENTS, st.lists(DOCUMENTS, max_size=2), st.lists(DOCUMENTS, max_size=2))
@settings(max_examples=20)
def test_a_documents_facts_do_not_depend_on_its_batch(cleaner, document, before, behind):
    alone = facts_of(cleaner, document)
    batch = facts_of(cleaner, *before, document, *behind)
    start = sum(map(len, before))
    mine = slice(start, start + len(document))
    for reader, columns in alone.items():
        assert list(batch[reader]) == list(columns)
        for name, column in columns.items():
            assert column.dtype == np.float32
            assert np.isfinite(column).all(), name
            assert batch[reader][name][mine] == pytest.approx(column, abs=1e-4), name


def test_nor_do_those_of_real_pages(cleaner):
    documents = [read(path.read_text("utf-8")).lines for path in sorted(PAGES.glob("*.html"))]
    batch = facts_of(cleaner, *documents)["markup"]
    start = 0
    for document in documents:
        for name, column in facts_of(cleaner, document)["markup"].items():
            mine = batch[name][start : start + len(document)]
            assert mine == pytest.approx(column, abs=1e-4), name
        start += len(document)


def test_tokens_are_those_of_names_tags_and_the_heading_above():
    """Equal places have equal tokens; another class, tag or heading makes others."""
    path = [("body", ""), ("div", "story text"), ("p", "lead")]
    lines = [
        line("One", *path),
        line("Two", *path),
        line("Three", *path[:2], ("p", "tail")),
        line("Four", *path[:2], ("li", "lead")),
    ]
    batch = Batch.of([[text] for text in lines])
    found = markup_tokens(batch, tree(lines))
    of = [sorted(found.bucket[found.line == number].tolist()) for number in range(4)]
    assert ((found.bucket >= 0) & (found.bucket < TOKEN_BUCKETS)).all()
    assert of[0] == of[1]
    assert of[2] != of[0] != of[3]
    assert set(of[0]) & set(of[2]), "what is alike stays alike"


def test_a_heading_speaks_for_what_stands_below_it_on_its_page_only():
    body = Block("body")
    lines = [
        Line("Related", 1, block=Block("h2", parent=body)),
        Line("It rained.", 2, block=Block("p", parent=body)),
    ]
    other = [Line("It rained.", 1, block=Block("p", parent=Block("body")))]
    batch = Batch.of([lines, other])
    found = markup_tokens(batch, tree(batch.lines))
    sizes = np.bincount(found.line, minlength=3).tolist()
    assert sizes[1] == sizes[2] + 1
