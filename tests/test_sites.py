"""What a site repeats: counting, forgetting, keeping, and what it changes for a page."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT

from cleaner import Cleaner, CleanerError, Label, Line, sites
from cleaner.sites import SiteCount, SiteMemory, fingerprint, is_memory

SITE = "courier.example"
BODY = "The {} of the parish was opened on Monday after {} months of work, and everybody came."


def counted(*documents: list[str], site: str = SITE) -> SiteCount:
    count = SiteCount()
    for document in documents:
        count.add(site, document)
    return count


def article(name: str, *around: str) -> list[str]:
    return [*around, BODY.format(name, len(name))]


def pages_of(memory: SiteMemory, *texts: str, site: str = SITE) -> list[int]:
    return memory.repeats(site, texts).pages.tolist()


# -- fingerprints --------------------------------------------------------------------------------

ALIKE = [
    ("Read more", "READ  MORE", "case and white space"),
    ("Page 3 of 12", "Page 10 of 9", "figures"),
    ("2 months ago", "14\u00a0months ago", "a no-break space"),
]
APART = [
    ("Read more", "Read more.", "punctuation"),
    ("3 May", "3 June", "words"),
    ("", "Read", "nothing"),
]


@pytest.mark.parametrize(("one", "other", "why"), ALIKE)
def test_alike(one, other, why):
    assert fingerprint(SITE, one) == fingerprint(SITE, other), why


@pytest.mark.parametrize(("one", "other", "why"), APART)
def test_apart(one, other, why):
    assert fingerprint(SITE, one) != fingerprint(SITE, other), why


@pytest.mark.parametrize("text", ["", "12.30", "-", "4 x", "★★★★☆", "| 3 | 5 |"])
def test_figures_and_signs_are_shared_by_chance(text):
    assert fingerprint(SITE, text) is None
    memory = counted(article("mill", text), article("bridge", text)).memory()
    assert pages_of(memory, text) == [0]


def test_lone_surrogates_are_hashed_like_anything_else():
    assert fingerprint(SITE, "odd \ud800 text") is not None


# -- counting ------------------------------------------------------------------------------------


def test_lines_are_counted_by_document_and_site():
    count = counted(
        article("mill", "Menu", "Menu"), article("bridge", "Menu", "Share"), article("school")
    )
    count.add("other.example", article("mill", "Menu"))
    memory = count.memory()
    found = memory.repeats(SITE, ["menu", "Share", "Menu", "Contact"])
    assert found.pages.tolist() == [2, 1, 2, 0]
    assert found.seen.tolist() == [3] * 4
    assert found.own.tolist() == [2, 1, 2, 1]
    assert pages_of(memory, "Menu", site="other.example") == [1]
    assert memory.repeats("third.example", ["Menu"]).seen.tolist() == [0]


def test_a_copy_is_no_second_witness():
    count = SiteCount()
    assert count.add(SITE, article("mill", "Menu"))
    assert not count.add(SITE, article("mill", "Menu"))
    assert not count.add(SITE, article("mill", "Menu", "Other teasers stand here", "3 views"))
    assert pages_of(count.memory(), BODY.format("mill", 4), "Menu") == [1, 1]


def test_a_short_article_under_a_long_menu_is_no_copy():
    menu = [f"Section {'abcdefghij'[i % 10]} of {'klmnopqrst'[i // 10]}" for i in range(60)]
    count = counted(article("mill", *menu))
    assert count.add(SITE, article("bridge", *menu))


def test_a_document_without_words_is_not_counted():
    assert not SiteCount().add(SITE, [])
    assert not SiteCount().add(SITE, ["1", "-"])


@given(st.lists(st.lists(st.text("abc ", max_size=4), max_size=6), max_size=8))
def test_no_line_stands_on_more_pages_than_the_site_has(documents):
    memory = counted(*documents).memory()
    for document in documents:
        found = memory.repeats(SITE, document)
        assert (found.pages <= found.seen).all()
        assert (found.seen <= len(documents)).all()


def test_what_is_forgotten_was_on_fewest_pages(monkeypatch):
    monkeypatch.setattr(sites, "CAPACITY", 100)
    count = SiteCount()
    for number in range(500):
        name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        count.add(SITE, article(name, "Menu", "All our videos"))
    memory = count.memory()
    assert len(memory) <= 100
    assert pages_of(memory, "Menu", "All our videos") == [500, 500]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5), max_size=40))
def test_forgetting_only_ever_counts_too_few(letters):
    documents = [[f"line {letter}{letter}" for letter in page] for page in letters]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sites, "CAPACITY", 6)
        memory = counted(*documents).memory()
    assert len(memory) <= 6
    for document in documents:
        found = memory.repeats(SITE, document)
        holding = [sum(text in other for other in documents) for text in document]
        assert (found.pages <= np.minimum(holding, found.seen)).all()


TRUST = [
    ([2, 2, 2, 2], 1.0, "a menu, though only two pages have it"),
    ([1, 1, 2, 1, 1], 0.0, "a heading that another article has too"),
    ([1, 1, 9, 1, 1], 1.0, "what is printed alone inside many articles"),
    ([1, 1, 5, 1, 1], 0.125, "or inside some"),
    ([2, 2, 3, 1, 1], 0.125, "the end of a run"),
    ([2] * 20 + [1] * 20, 1.0, "the middle of one"),
    ([0, 2, 1], 0.0, "a figure, and few lines"),
]


@pytest.mark.parametrize(("pages", "expected", "why"), TRUST, ids=[x[2] for x in TRUST])
def test_how_far_what_repeats_is_the_site_s(pages, expected, why):
    """Of the line in the middle, or the eleventh."""
    found = sites.trust(np.array(pages, np.int64))
    assert found[min(len(pages) // 2, 10)] == pytest.approx(expected, abs=0.01), why


def test_nothing_to_trust():
    assert sites.trust(np.array([], np.int64)).tolist() == []


# -- keeping -------------------------------------------------------------------------------------


@pytest.fixture
def memory():
    return counted(article("mill", "Menu"), article("bridge", "Menu")).memory()


def test_what_is_saved_is_loaded(memory, tmp_path):
    path = tmp_path / "x.sites"
    memory.save(path)
    assert is_memory(path)
    loaded = SiteMemory.load(path)
    assert loaded.keys.tolist() == memory.keys.tolist()
    assert loaded.pages.tolist() == memory.pages.tolist()
    assert loaded.digest == memory.digest
    assert [x.name for x in tmp_path.iterdir()] == ["x.sites"]


def test_nothing_is_remembered_of_nothing(tmp_path):
    path = tmp_path / "x.sites"
    SiteCount().memory().save(path)
    loaded = SiteMemory.load(path)
    assert len(loaded) == 0
    assert pages_of(loaded, "Menu") == [0]


def test_memories_add_up(memory):
    other = counted(article("school", "Menu")).memory()
    count = SiteCount()
    count.merge(memory)
    count.merge(other)
    found = count.memory().repeats(SITE, ["Menu", BODY.format("school", 6)])
    assert found.pages.tolist() == [3, 1]
    assert found.seen.tolist() == [3, 3]


def test_the_order_of_documents_does_not_change_what_is_saved():
    documents = [article("mill", "Menu"), article("bridge", "Menu"), article("school", "Share")]
    assert counted(*documents).memory().digest == counted(*documents[::-1]).memory().digest


DAMAGES = [
    (lambda data: b"", "it is not one", "empty"),
    (lambda data: b"Menu\nHome\n", "it is not one", "a text file"),
    (lambda data: b'{"id": 1}\n', "it is not one", "JSON of another kind"),
    (lambda data: b"[" * 900 + b"\n", "it is not one", "JSON too deep to read"),
    (lambda data: data[:-1], "damaged", "cut off"),
    (lambda data: data + b"x", "damaged", "something behind it"),
    (lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:], "damaged", "a flipped bit"),
    (lambda data: data.replace(b'"format": 1', b'"format": 9'), "format is 9", "a later format"),
    (lambda data: data.replace(b'"entries": ', b'"entries": 1'), "entries", "another size"),
]


@pytest.mark.parametrize(("damage", "reason", "why"), DAMAGES, ids=[x[2] for x in DAMAGES])
def test_damaged_files_are_refused(damage, reason, why, memory, tmp_path):
    path = tmp_path / "x.sites"
    memory.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CleanerError, match=reason) as refused:
        SiteMemory.load(path)
    assert "cleaner sites" in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CleanerError, match=r"gone\.sites.*No such file"):
        SiteMemory.load(tmp_path / "gone.sites")
    assert not is_memory(tmp_path / "gone.sites")


def test_a_file_that_cannot_be_written_is_named(memory, tmp_path):
    with pytest.raises(CleanerError, match="cannot be written: No such file"):
        memory.save(tmp_path / "nowhere" / "x.sites")


HOSTS = [
    ("https://www.example.org/a?b", "example.org", "www is not told apart"),
    ("HTTP://EXAMPLE.org:80/", "example.org", "case and port"),
    ("https://ann.blogs.example/1", "ann.blogs.example", "each host is a site"),
    ("common-crawl", "", "no address"),
    ("example.org/rain", "", "no scheme"),
    ("http://[half/", "", "broken brackets"),
]


@pytest.mark.parametrize(("address", "site", "why"), HOSTS)
def test_the_site_of_an_address(address, site, why):
    assert sites.host(address) == site, why


# -- what it changes -----------------------------------------------------------------------------

COURIER = json.loads((ROOT / "fixtures" / "sites" / "courier.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def remembering() -> Cleaner:
    """The cleaner as it comes, with the memory of the written site."""
    count = counted(*([text for text, _ in page["lines"]] for page in COURIER))
    return Cleaner(sites=count.memory())


def judged(cleaner: Cleaner, page: dict, site: str = SITE):
    lines = [Line(text, number) for number, (text, _) in enumerate(page["lines"], start=1)]
    return cleaner.clean_lines(lines, site).verdicts


def kept(cleaner: Cleaner, page: dict, label: str, site: str = SITE) -> list[str]:
    verdicts = zip(judged(cleaner, page, site), page["lines"], strict=True)
    return [text for found, (text, true) in verdicts if found.label == "article" and true == label]


@pytest.mark.parametrize("page", COURIER, ids=[page["comment"] for page in COURIER])
def test_no_article_line_is_lost_to_the_site(page, cleaner, remembering):
    """Not to a refrain, a title shared by two parts, a recurring heading or a second copy."""
    assert kept(remembering, page, "article") == kept(cleaner, page, "article")


ASIDE = 60
"""Characters of a line that is no menu entry."""


def test_junk_inside_the_articles_is_caught(cleaner, remembering):
    """The written site prints three sentences inside its articles, one of them on nearly all."""
    before, after = Counter(), Counter()
    for page in COURIER:
        last = max(i for i, (_, label) in enumerate(page["lines"]) if label == "article")
        asides = {x for x, label in page["lines"][:last] if label == "junk" and len(x) > ASIDE}
        before.update(asides & set(kept(cleaner, page, "junk")))
        after.update(asides & set(kept(remembering, page, "junk")))
    (often, pages), *_ = before.most_common(1)
    assert pages >= 10
    assert after[often] == 0
    assert all(after[line] <= before[line] for line in before)


def test_the_reason_names_the_site(remembering):
    reasons = {
        verdict.line.text[:11]: verdict.reason
        for verdict in judged(remembering, COURIER[0])
        if verdict.label is Label.JUNK
    }
    assert reasons["The Courier"] == "the site repeats it on 10 of 11 pages"


def test_another_site_is_not_touched(cleaner, remembering):
    for page in COURIER[:3]:
        assert judged(remembering, page, "other.example") == judged(cleaner, page)
        assert judged(remembering, page, "") == judged(cleaner, page)


def test_sites_are_said_beside_the_sources(remembering):
    texts = ["\n".join(text for text, _ in page["lines"]) for page in COURIER[:3]]
    named = [SITE, "", SITE]
    together = [page.text for page in remembering.clean_many(texts, named)]
    one_by_one = [remembering.clean(*pair).text for pair in zip(texts, named, strict=True)]
    assert together == one_by_one
    assert together != [page.text for page in remembering.clean_many(texts)]
    with pytest.raises(ValueError, match="shorter"):
        list(remembering.clean_many(texts, named[:2]))


def test_html_is_judged_with_the_memory_too(cleaner, remembering):
    lines = COURIER[0]["lines"]
    source = "<html><body>" + "".join(f"<p>{text}</p>" for text, _ in lines) + "</body></html>"
    promise = next(text for text, _ in lines if text.startswith("The Courier"))
    assert promise in cleaner.clean(source, SITE).text
    assert promise not in remembering.clean(source, SITE).text


def test_a_long_document_is_judged_in_parts(remembering, monkeypatch):
    monkeypatch.setattr("cleaner.cleaner.LONGEST", 7)
    found = judged(remembering, COURIER[0])
    assert len(found) == len(COURIER[0]["lines"])
    assert any("the site repeats it" in verdict.reason for verdict in found)


def test_memory_arrays_are_plain_numbers(memory):
    assert (memory.keys.dtype, memory.pages.dtype) == (np.uint64, np.uint32)
    assert (np.diff(memory.keys.astype(np.float64)) >= 0).all()
