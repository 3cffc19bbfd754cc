"""Labelled data: what is written is read back, and what is wrong is named with its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import SampleError
from cleaner.page import Label, Line
from cleaner.training.samples import (
    Finding,
    Sample,
    findings,
    read_samples,
    site_of,
    write_samples,
)

RAIN = {"text": "It will rain.", "label": "article"}
HOME = {"text": "Home", "label": "junk"}


def written(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def sample() -> Sample:
    return Sample(
        id="rain:soup",
        lines=(Line("Home", 1), Line("It will", 3, blank_before=True), Line("rain.", 4)),
        labels=(Label.JUNK, Label.ARTICLE, Label.ARTICLE),
        weights=(1.0, 0.3, 0.0),
        site="example.org",
        language="en",
        kind="forum",
        rendering="soup",
        joins=(False, None, True),
        gold="It will rain.",
        title="It will",
    )


@pytest.mark.parametrize("name", ["pages.jsonl", "pages.jsonl.gz"])
def test_what_is_written_is_read_back(tmp_path: Path, sample: Sample, name: str) -> None:
    path = tmp_path / name
    assert write_samples(path, [sample]) == 1
    assert list(read_samples(path)) == [sample]
    assert [p.name for p in tmp_path.iterdir()] == [name]


TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip).filter(bool)


@given(st.lists(st.tuples(TEXT, st.sampled_from(Label), st.floats(0, 1)), min_size=1))
def test_any_lines_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, Label, float]]
) -> None:
    texts, labels, weights = zip(*entries, strict=True)
    lines = tuple(Line(text, number) for number, text in enumerate(texts, start=1))
    sample = Sample("one", lines, labels, weights, site="one")
    path = tmp_path_factory.mktemp("samples") / "pages.jsonl"
    write_samples(path, [sample])
    assert list(read_samples(path)) == [sample]


def test_an_unfinished_file_does_not_take_the_name(tmp_path: Path, sample: Sample) -> None:
    def broken():
        yield sample
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_samples(tmp_path / "pages.jsonl", broken())
    assert not (tmp_path / "pages.jsonl").exists()


def test_the_least_a_page_needs(tmp_path: Path) -> None:
    path = written(tmp_path / "pages.jsonl", {"id": "rain", "lines": [HOME, RAIN]})
    (sample,) = read_samples(path)
    assert sample.labels == (Label.JUNK, Label.ARTICLE)
    assert sample.weights == (1.0, 1.0)
    assert (sample.site, sample.kind, sample.rendering) == ("rain", "article", "given")
    assert (sample.joins, sample.language, sample.gold, sample.title) == ((), None, "", "")


def test_the_site_is_the_registered_domain_of_the_source(tmp_path: Path) -> None:
    record = {"id": "rain", "source": "https://news.example.co.uk/rain", "lines": [RAIN]}
    (sample,) = read_samples(written(tmp_path / "pages.jsonl", record))
    assert sample.site == "example.co.uk"


BROKEN = [
    ("not JSON", '{"id": "rain", "lines": [', "line 1: not valid JSON"),
    ("not an object", "[1, 2]", "line 1: expected"),
    ("a page without lines", '{"id": "rain", "lines": []}', "line 1: a page without lines"),
    ("no id", '{"lines": [{"text": "a", "label": "junk"}]}', "line 1: 'id' is missing"),
    ("no label", '{"id": "rain", "lines": [{"text": "a"}]}', "line 1: 'label' is missing"),
    (
        "an unknown label",
        '{"id": "rain", "lines": [{"text": "a", "label": "good"}]}',
        "line 1: text line 1: unknown label 'good'; use one of: article, junk, spam",
    ),
    (
        "a label that is no word",
        '{"id": "rain", "lines": [{"text": "a", "label": 1}]}',
        "line 1: text line 1: unknown label 1",
    ),
    (
        "a blank line",
        '{"id": "rain", "lines": [{"text": " ", "label": "junk"}]}',
        "line 1: text line 1 is blank",
    ),
    ("lines of plain text", '{"id": "rain", "lines": ["a"]}', "line 1: expected"),
    (
        "a weight that is no number",
        '{"id": "rain", "lines": [{"text": "a", "label": "junk", "weight": "much"}]}',
        "line 1: could not convert",
    ),
    (
        "one line of the source with two labels",
        '{"id": "rain", "lines": [{"text": "a", "label": "junk", "number": 4},'
        ' {"text": "a", "label": "article", "number": 4}]}',
        "line 1: text line 2: line number 4 is labelled 'article', but 'junk' before",
    ),
    *(
        (
            f"a weight of {weight}",
            f'{{"id": "rain", "lines": [{{"text": "a", "label": "junk", "weight": {weight}}}]}}',
            "line 1: text line 1: weight",
        )
        for weight in ("-1", "NaN", "Infinity")
    ),
    ("an empty file", "", "no pages in it"),
]


@pytest.mark.parametrize(
    ("content", "message"), [c[1:] for c in BROKEN], ids=[c[0] for c in BROKEN]
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SampleError) as caught:
        list(read_samples(path))
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_the_line_with_the_error_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "pages.jsonl", {"id": "a", "lines": [RAIN]}, {"id": "b"})
    pages = read_samples(path)
    assert next(pages).id == "a"
    with pytest.raises(SampleError, match="line 2"):
        next(pages)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="no such file or folder"):
        list(read_samples(tmp_path / "pages.jsonl"))


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"{}" * 99)[:-9]])
def test_a_damaged_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pages.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(SampleError, match="cannot be read"):
        list(read_samples(path))


SCRAPED = "Home\n\nThe river rose by two metres during the night.\n\nShare\n"
CLEAN = "The river rose by two metres during the night.\n"


def test_a_pair_is_aligned(tmp_path: Path) -> None:
    (tmp_path / "flood.txt").write_text(SCRAPED, encoding="utf-8")
    (tmp_path / "flood.clean.txt").write_text(CLEAN, encoding="utf-8")
    (sample,) = read_samples(tmp_path)
    assert sample.id == sample.site == "flood"
    assert sample.labels == (Label.JUNK, Label.ARTICLE, Label.JUNK)
    assert [line.number for line in sample.lines] == [1, 3, 5]
    assert sample.gold == CLEAN


BROKEN_PAIRS = [
    ("an empty folder", {}, "no pairs in it"),
    ("an orphan", {"flood.clean.txt": CLEAN}, "there is no flood.txt or flood.html"),
    ("nothing scraped", {"flood.txt": "\n", "flood.clean.txt": CLEAN}, "flood.txt: no text in it"),
    (
        "another page's clean text",
        {"flood.txt": SCRAPED, "flood.clean.txt": "Nobody was hurt when the storm came back."},
        "flood.clean.txt, line 1: only 0% of its words",
    ),
]


@pytest.mark.parametrize(
    ("files", "message"), [c[1:] for c in BROKEN_PAIRS], ids=[c[0] for c in BROKEN_PAIRS]
)
def test_what_is_wrong_with_pairs(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(SampleError) as caught:
        list(read_samples(tmp_path))
    assert message in str(caught.value)


def test_pairs_are_read_in_any_encoding(tmp_path: Path) -> None:
    (tmp_path / "flood.txt").write_bytes("Menü\nÜber Nacht stieg der Fluss.".encode("latin-1"))
    (tmp_path / "flood.clean.txt").write_text("Über Nacht stieg der Fluss.", encoding="utf-8")
    (sample,) = read_samples(tmp_path)
    assert [line.text for line in sample.lines] == ["Menü", "Über Nacht stieg der Fluss."]
    assert sample.labels == (Label.JUNK, Label.ARTICLE)


def test_a_pair_may_be_html(tmp_path: Path) -> None:
    page = "<html><body><nav>Menu</nav><p>The river rose by a metre.</p></body></html>"
    (tmp_path / "flood.html").write_text(page, encoding="utf-8")
    (tmp_path / "flood.clean.txt").write_text("The river rose by a metre.", encoding="utf-8")
    (sample,) = read_samples(tmp_path)
    assert sample.labels == (Label.JUNK, Label.ARTICLE)


def test_an_empty_pair_teaches_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    (tmp_path / "empty.clean.txt").write_text("", encoding="utf-8")
    assert list(read_samples(tmp_path)) == []
    (found,) = findings(tmp_path)
    assert found == Finding(str(tmp_path / "empty.txt"), note="left out: there is no text in it")


def test_a_scraped_page_that_nobody_corrected_is_named(tmp_path: Path) -> None:
    """Thirty scraped pages of which five were corrected are a folder that people have."""
    for name in ("flood.txt", "storm.txt"):
        (tmp_path / name).write_text(SCRAPED, encoding="utf-8")
    (tmp_path / "flood.clean.txt").write_text(CLEAN, encoding="utf-8")
    assert [sample.id for sample in read_samples(tmp_path)] == ["flood"]
    *_, found = findings(tmp_path)
    assert found.where == str(tmp_path / "storm.txt")
    assert "no storm.clean.txt" in found.note


def test_wanted_lines_that_were_never_scraped_are_named(tmp_path: Path) -> None:
    (tmp_path / "flood.txt").write_text(SCRAPED, encoding="utf-8")
    wanted = f"{CLEAN}\nA boat was found.\n"
    (tmp_path / "flood.clean.txt").write_text(wanted, encoding="utf-8")
    (found,) = findings(tmp_path)
    assert found.sample
    assert found.where == f"{tmp_path / 'flood.clean.txt'}, line 3"
    assert "1 line(s) of it do not stand in flood.txt" in found.note


def test_a_folder_may_hold_what_a_review_exported(tmp_path: Path, sample: Sample) -> None:
    write_samples(tmp_path / "monday.jsonl", [sample])
    write_samples(tmp_path / "tuesday.jsonl.gz", [sample])
    assert list(read_samples(tmp_path)) == [sample, sample]
    (tmp_path / "flood.txt").write_text(SCRAPED, encoding="utf-8")
    (tmp_path / "flood.clean.txt").write_text(CLEAN, encoding="utf-8")
    assert [found.id for found in read_samples(tmp_path)] == ["rain:soup", "rain:soup", "flood"]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.co.uk/a", "example.co.uk"),
        ("http://user.blogspot.com/a", "user.blogspot.com"),
        ("http://127.0.0.1/a", "fallback"),
        ("page.html", "fallback"),
        ("", "fallback"),
    ],
)
def test_site_of(url: str, site: str) -> None:
    assert site_of(url, "fallback") == site
