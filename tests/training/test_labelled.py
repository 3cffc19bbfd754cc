"""All labelled pages together: what contradicts itself is named, and so is what cannot teach."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner import Label, SampleError
from cleaner.training.labelled import check_kinds, collect

RAIN = {"text": "It will rain.", "label": "article"}
HOME = {"text": "Home", "label": "junk"}
UNSAID = {"weight": 0}


def written(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def page(*lines: dict, name: str = "rain") -> dict:
    return {"id": name, "lines": list(lines)}


def test_pages_of_all_files(tmp_path):
    first = written(tmp_path / "a.jsonl", page(HOME, RAIN), page(HOME, RAIN, name="sun"))
    second = written(tmp_path / "b.jsonl", page(HOME, RAIN, name="fog"))
    found = collect([first, second])
    assert [sample.id for sample in found.samples] == ["rain", "sun", "fog"]
    assert found.places == [f"{first}, line 1", f"{first}, line 2", f"{second}, line 1"]
    assert not found.notes


CONTRADICTIONS = [
    ("the same page", page(HOME, RAIN), page(HOME, {**RAIN, "label": "spam"})),
    (
        "a page that has changed since",
        page(HOME, RAIN),
        page({**HOME, "label": "article"}, {"text": "It will snow.", "label": "article"}),
    ),
]


@pytest.mark.parametrize(
    ("one", "other"), [row[1:] for row in CONTRADICTIONS], ids=[row[0] for row in CONTRADICTIONS]
)
@pytest.mark.parametrize("together", [True, False])
def test_one_line_with_two_labels_is_an_error(tmp_path, one, other, together):
    """In one file or in two: both places are named."""
    if together:
        paths = [written(tmp_path / "a.jsonl", one, other)]
        places = [f"{paths[0]}, line 1", f"{paths[0]}, line 2"]
    else:
        paths = [written(tmp_path / "a.jsonl", one), written(tmp_path / "b.jsonl", other)]
        places = [f"{path}, line 1" for path in paths]
    with pytest.raises(SampleError) as caught:
        collect(paths)
    assert all(place in str(caught.value) for place in places)
    assert "page 'rain'" in str(caught.value)
    assert "keep one of the two" in str(caught.value)


def test_one_name_for_two_pages_is_none(tmp_path):
    """Two folders may each have an ``index.txt``."""
    other = page(HOME, {"text": "It will snow.", "label": "junk"})
    path = written(tmp_path / "a.jsonl", page(HOME, RAIN), other)
    assert len(collect([path]).samples) == 2


def test_a_page_that_comes_twice_is_taken_once(tmp_path):
    """As when a review was exported twice: a line has the label that somebody gave it."""
    early = written(tmp_path / "a.jsonl", page(HOME, {**RAIN, "label": "junk", **UNSAID}))
    late = written(tmp_path / "b.jsonl", page({**HOME, "label": "spam", **UNSAID}, RAIN))
    (sample,) = collect([early, late]).samples
    assert sample.labels == (Label.JUNK, Label.ARTICLE)
    assert sample.weights == (1, 1)


def test_the_same_line_twice_on_a_page_may_be_this_and_that(tmp_path):
    """The headline, and a copy of it above the menu."""
    lines = [{"text": "Rain", "label": "junk"}, {"text": "Rain", "label": "article"}, RAIN]
    (sample,) = collect([written(tmp_path / "a.jsonl", page(*lines))]).samples
    assert sample.labels[:2] == (Label.JUNK, Label.ARTICLE)


def test_what_teaches_nothing_is_named(tmp_path):
    path = written(
        tmp_path / "a.jsonl",
        page(HOME, RAIN),
        page({**HOME, **UNSAID}, {**RAIN, **UNSAID}, name="unseen"),
        page({"text": "***", "label": "junk"}, name="stars"),
    )
    found = collect([path])
    assert [sample.id for sample in found.samples] == ["rain", "stars"]
    assert found.notes == [
        f"{path}, line 2: page 'unseen' is left out: every line of it has weight 0",
        f"{path}, line 3: page 'stars' holds no words and teaches next to nothing",
    ]


def test_notes_of_pairs_come_along(tmp_path):
    for name, text in (("a.txt", "Home\nIt rains.\n"), ("b.txt", "Home\n")):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "a.clean.txt").write_text("It rains.\n", "utf-8")
    found = collect([tmp_path])
    assert len(found.samples) == 1
    assert found.notes == [f"{tmp_path / 'b.txt'}: left out: there is no b.clean.txt beside it"]


def test_nothing_that_counts_is_an_error(tmp_path):
    path = written(tmp_path / "a.jsonl", page({**RAIN, **UNSAID}))
    with pytest.raises(SampleError, match=r"nothing is labelled: .*a\.jsonl, line 1"):
        collect([path])


ONE_KIND = [
    ("only article text", page(RAIN), "only article is labelled"),
    ("only junk", page(HOME), "only junk is labelled"),
    ("nothing that is article", page(HOME, {**RAIN, "label": "spam"}), "only junk and spam"),
    ("the other kind does not count", page(HOME, {**RAIN, **UNSAID}), "only junk is labelled"),
]


@pytest.mark.parametrize(
    ("record", "message"), [row[1:] for row in ONE_KIND], ids=[row[0] for row in ONE_KIND]
)
def test_labels_of_one_kind_are_an_error(tmp_path, record, message):
    path = written(tmp_path / "a.jsonl", record)
    with pytest.raises(SampleError) as caught:
        check_kinds(collect([path]))
    assert str(caught.value).startswith(f"{path}, line 1: {message}")


@pytest.mark.parametrize("other", [HOME, {"text": "买彩票", "label": "spam"}])
def test_two_kinds_are_none(tmp_path, other):
    check_kinds(collect([written(tmp_path / "a.jsonl", page(RAIN, other))]))


def test_of_many_places_a_few_are_named(tmp_path):
    path = written(tmp_path / "a.jsonl", *(page(HOME, name=str(n)) for n in range(9)))
    with pytest.raises(SampleError, match=r"line 5, \.\.\.: only junk"):
        check_kinds(collect([path]))
