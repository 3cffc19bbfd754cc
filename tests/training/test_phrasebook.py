"""The written material, and its blanks."""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

import places
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import weighed

from cleaner import Label
from cleaner.training.madeup import ARTICLE_PHRASES
from cleaner.training.phrasebook import SAME, UNSPACED_LANGUAGES, Phrasebook, fill
from cleaner.training.samples import Sample, read_samples

KINDS = ("phrases", "spam", "quotes", "names")
BLANKS = {
    "phrases": {
        *("agency", "city", "day", "month", "n", "name", "site", "time", "title", "topic"),
        *("url", "year"),
    },
    "spam": {
        *("city", "handle", "month", "n", "name", "price", "product", "site", "url", "year"),
    },
    "quotes": set(),
    "names": set(),
}
"""The blanks a text of each kind may have."""

LEAST = {"phrases": 6, "spam": 8, "quotes": 6, "names": 5}
"""Texts in the smallest category of each kind."""


@cache
def material(kind: str) -> dict[str, dict[str, list[str]]]:
    """The material of a kind, by language, as it is written."""
    folder = files("cleaner.training") / "material" / kind
    return {
        path.name.removesuffix(".json"): json.loads(path.read_text("utf-8"))
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".json")
    }


FILES = [(kind, language) for kind in KINDS for language in material(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_language_has_the_same_categories(kind):
    first, *others = material(kind).values()
    assert len(others) > 40
    for texts in others:
        assert list(texts) == list(first)


@pytest.mark.parametrize(("kind", "language"), FILES)
def test_a_file_is_well_formed(kind, language):
    for category, texts in material(kind)[language].items():
        assert len(texts) >= LEAST[kind], category
        assert len(set(texts)) == len(texts), category
        for text in texts:
            assert text.split("\n") == [text.strip()], text
            assert text, category
            assert unicodedata.is_normalized("NFC", text), text
            assert set(re.findall(r"\{([^{}]*)\}", text)) <= BLANKS[kind], text
            assert not set("{}") & set(re.sub(r"\{\w+\}", "", text)), text


@pytest.mark.parametrize(("kind", "language"), FILES)
def test_every_blank_can_be_filled(kind, language):
    rng = random.Random(0)
    for texts in material(kind)[language].values():
        for text in texts:
            filled = fill(text, language, rng)
            assert "{" not in filled.replace("{title}", "")
            assert len(filled) > len(re.sub(r"\{\w+\}", "", text)) or "{" not in text


@pytest.mark.parametrize(("kind", "language"), [x for x in FILES if x[0] != "names"])
def test_a_file_is_in_its_language(languages, kind, language):
    """As far as the table knows the language, a sister language being near enough."""
    language = SAME.get(language, language)
    if language not in languages.names:
        pytest.skip(f"the language table does not know {language}")
    lines = [re.sub(r"\{\w+\}", "", t) for ts in material(kind)[language].values() for t in ts]
    found = weighed(languages, lines)
    assert languages.near[languages.names.index(language), found.document[0]]


@pytest.mark.parametrize("kind", ["phrases", "spam", "quotes"])
def test_the_phrasebook_reads_them_all(kind, tmp_path):
    assert getattr(Phrasebook(tmp_path), kind) == material(kind)


def test_articles_have_phrases_of_their_own():
    for language, texts in material("phrases").items():
        assert set(ARTICLE_PHRASES) <= set(texts), language
        assert not [t for name in ARTICLE_PHRASES for t in texts[name] if "{title}" in t]


@given(st.text(max_size=30), st.sampled_from(["en", "zh-cn", "ar", "xx"]))
def test_text_without_blanks_stays(text, language):
    text = text.replace("{", "(")
    assert fill(text, language, random.Random(0)) == text


def test_the_same_blanks_are_filled_the_same_way():
    text = "{name}, {city}, {day}. {month} {year}, {time}, {n}, {price}"
    one, other = (fill(text, "de", random.Random(7)) for _ in range(2))
    assert one == other != fill(text, "de", random.Random(8))


def test_a_title_is_left_for_the_page():
    assert fill("Read also: {title}", "en", random.Random(0)) == "Read also: {title}"


@pytest.mark.parametrize("language", ["en", "ru", "ar", "zh-cn", "fi"])
def test_names_are_in_the_script_of_the_language(language):
    scripts = {"en": "LATIN", "ru": "CYRILLIC", "ar": "ARABIC", "zh-cn": "CJK", "fi": "LATIN"}
    for seed in range(20):
        name = fill("{name}", language, random.Random(seed))
        letters = [letter for letter in name if letter.isalpha()]
        assert all(unicodedata.name(letter).startswith(scripts[language]) for letter in letters)
        assert (" " in name) == (language not in UNSPACED_LANGUAGES)


def test_months_have_names_where_they_are_known():
    assert fill("{month}", "de", random.Random(1)).isalpha()
    assert fill("{month}", "xx", random.Random(1)).isdigit()


def write(path: Path, text: str) -> None:
    """Write a compressed file of sentences."""
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write(text)


def test_sentences_come_from_the_folder_under_the_detectors_names(tmp_path):
    write(tmp_path / "de.txt.gz", "Es regnet.\n\n  Es schneit. \n")
    write(tmp_path / "nb.txt.gz", "Det regner.\n")
    write(tmp_path / "nn.txt.gz", "Det regnar.\n")
    write(tmp_path / "zh.txt.gz", "下雨了。\n")
    (tmp_path / "README.md").write_text("no sentences")
    assert Phrasebook(tmp_path).sentences == {
        "de": ["Es regnet.", "Es schneit."],
        "no": ["Det regner.", "Det regnar."],
        "zh-cn": ["下雨了。"],
    }


def test_a_folder_without_sentences(tmp_path):
    assert Phrasebook(tmp_path).sentences == {}


@pytest.mark.parametrize("blank", ["site", "city"])
def test_sites_and_cities_are_those_of_the_language(blank):
    for language, names in material("names").items():
        assert fill(f"{{{blank}}}", language, random.Random(0)) in names[blank]


def test_months_of_any_language_have_their_names():
    months = {fill("{month}", "th", random.Random(seed)) for seed in range(40)}
    assert {"มกราคม", "กันยายน"} <= months


PAGES = Phrasebook(Path()).pages


def test_written_pages_hold_an_article_each_but_for_a_few_walls_and_hubs():
    assert len({page.id for page in PAGES}) == len(PAGES) > 500
    assert {page.rendering for page in PAGES} == {"written"}
    bare = [page.id for page in PAGES if page.labels.count(Label.ARTICLE) < 3]
    assert len(bare) < len(PAGES) / 200, bare
    assert all(re.search(r"wall$|hub|boerse$", name) for name in bare), bare
    for page in PAGES:
        assert page.id.split("/")[:2] == ["written", page.language], page.id


def test_written_pages_are_of_many_kinds_and_some_have_spam():
    assert len({page.language for page in PAGES}) > 20
    assert {page.kind for page in PAGES} > {"article", "forum", "product"}
    assert 0.2 < sum(Label.SPAM in page.labels for page in PAGES) / len(PAGES) < 0.6


def test_no_article_to_test_on_is_trained_on():
    assert not sentences_in(PAGES) & sentences_in(read_samples(places.PAGES))
    assert not sentences_in(PAGES) & sentences_in(read_samples(places.LANGUAGES))


def sentences_in(pages: Iterable[Sample]) -> set[str]:
    """The longer article lines of pages; buttons are alike everywhere."""
    return {
        line.text
        for page in pages
        for line, label in zip(page.lines, page.labels, strict=True)
        if label is Label.ARTICLE and len(line.text) > 30
    }
