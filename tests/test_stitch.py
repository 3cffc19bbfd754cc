"""Kept lines to paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Line
from cleaner.stitch import glue, paragraphs

GLUED = [
    # left, right, together, comment
    ("arrest in", "France", "arrest in France", "words"),
    ("France", ", acknowledged", "France, acknowledged", "comma"),
    ("the platform", ".", "the platform.", "full stop alone"),
    ("Really", "?", "Really?", "question mark"),
    ("three", "; then", "three; then", "semicolon"),
    ("he said", "…", "he said…", "ellipsis"),
    ("the museum", ") and left", "the museum) and left", "closing bracket"),
    ("the museum (", "closed", "the museum (closed", "opening bracket"),
    ("see [", "1", "see [1", "opening square bracket"),
    ("the museum", "(closed)", "the museum (closed)", "a bracket that opens behind"),
    ("rose by 12", "%", "rose by 12%", "per cent"),
    ("costs $", "40", "costs $40", "dollar before the figure"),
    ("costs £", "40", "costs £40", "pound"),
    ("kostet 40", "€", "kostet 40 €", "euro behind the figure"),
    ("¿", "Quién", "¿Quién", "Spanish question"),
    ("dijo", "¿quién?", "dijo ¿quién?", "Spanish question begins"),
    ("he said “", "no", "he said “no", "curly quote opens"),
    ("he said “no", "” and left", "he said “no” and left", "curly quote closes"),
    ("he said", "“no”", "he said “no”", "curly quote begins the next piece"),
    ('he said "', "no", 'he said "no', "straight quote opens"),
    ('he said "no', '" and left', 'he said "no" and left', "straight quote closes"),
    ("he said", '"no"', 'he said "no"', "straight quote begins the next piece"),
    ("the “boss”", "left", "the “boss” left", "curly quote closed before"),
    ('the "boss"', "left", 'the "boss" left', "straight quote closed before"),
    ("sagte „", "nein", "sagte „nein", "German quote opens"),
    ("sagte „nein", "“ und ging", "sagte „nein“ und ging", "German quote closes"),
    ("„Nein“", "sagte er", "„Nein“ sagte er", "German quote closed before"),
    ("rief »", "halt", "rief »halt", "German book quote opens"),
    ("rief", "»halt«", "rief »halt«", "German book quote begins the next piece"),
    ("sade", "”nej”", "sade ”nej”", "Swedish quote begins the next piece"),
    ("a dit «", "non", "a dit «non", "guillemets open"),
    ("dijo", "«no»", "dijo «no»", "guillemets begin the next piece"),
    ("the campaign", "'s end", "the campaign's end", "straight apostrophe begins"),
    ("the campaign", "’s end", "the campaign’s end", "curly apostrophe begins"),
    ("l’", "Archivio", "l’Archivio", "curly apostrophe ends"),
    ("l'", "Archivio", "l'Archivio", "straight apostrophe ends"),
    ("the boys’", "room", "the boys’ room", "the apostrophe of a plural"),
    ("we don", "’t know", "we don’t know", "curly apostrophe of a contraction"),
    ("infor-", "mation", "information", "hyphenated at the line's end"),
    ("infor\u00ad", "mation", "information", "soft hyphen"),
    ("infor\u2010", "mation", "information", "Unicode's hyphen"),
    ("Jean-", "Luc", "Jean- Luc", "a capital goes on with no word"),
    ("1992 -", "present", "1992 - present", "a dash is no hyphen"),
    ("the town –", "once rich", "the town – once rich", "nor is a long one"),
    ("and/", "or", "and/or", "slash"),
    ("write to @", "harbour", "write to @harbour", "account"),
    ("under #", "harbour", "under #harbour", "tag"),
    ("他说", "今天", "他说今天", "Chinese"),
    ("他说", "，今天", "他说，今天", "Chinese comma"),
    ("他说", "“今天”", "他说“今天”", "Chinese quote"),
    ("“今天”", "他说", "“今天”他说", "Chinese quote closed before"),
    ("古い橋は", "修理される", "古い橋は修理される", "Japanese"),
    ("「はい」", "と言った", "「はい」と言った", "Japanese quote"),
    ("使用", "Python", "使用 Python", "Latin word in Chinese"),
    ("Python", "语言", "Python 语言", "Chinese behind a Latin word"),
    ("在2024", "年", "在2024 年", "Chinese behind a figure"),
    ("𠮷", "野家", "𠮷野家", "Han of the supplementary planes"),
    ("마을 사람들은", "말했다", "마을 사람들은 말했다", "Korean writes spaces"),
    ("قال", "، اليوم", "قال، اليوم", "Arabic comma"),
    ("لماذا", "؟", "لماذا؟", "Arabic question mark"),
    ("أهل", "القرية", "أهل القرية", "Arabic words"),
    ("पुल टूट गया", "।", "पुल टूट गया।", "danda"),
    ("גשר", "ישן", "גשר ישן", "Hebrew words"),
    ("старый", "мост", "старый мост", "Russian words"),
    ("สะพาน", "เก่า", "สะพาน เก่า", "Thai parts sentences by spaces"),
    ("7", "8", "7 8", "figures"),
    ("a", "b", "a b", "pieces of one letter"),
]


@pytest.mark.parametrize(
    ("left", "right", "together", "comment"), GLUED, ids=[row[-1] for row in GLUED]
)
def test_two_pieces_of_a_sentence(left, right, together, comment):
    assert glue(left, right) == together, comment


PIECE = st.text(min_size=1, max_size=12).filter(str.strip).map(str.strip)


@given(PIECE, PIECE)
def test_glue_loses_nothing_but_a_hyphen(left, right):
    glued = glue(left, right)
    assert glued in (left + right, f"{left} {right}", left[:-1] + right)
    if glued == left[:-1] + right:
        assert left[-1] in "-\u2010\u00ad"


@given(st.lists(st.tuples(PIECE, st.booleans()), max_size=12))
def test_every_line_is_in_one_paragraph_and_in_order(drawn):
    lines = [Line(text, number * 3) for number, (text, _) in enumerate(drawn, start=1)]
    made = list(paragraphs(lines, [joined for _, joined in drawn]))
    assert [number for p in made for number in p.numbers] == [line.number for line in lines]
    starts = [i for i, (_, joined) in enumerate(drawn) if not joined or i == 0]
    assert len(made) == len(starts)
    for paragraph in made:
        pieces = [line.text for line in lines if line.number in paragraph.numbers]
        glued = pieces[0]
        for piece in pieces[1:]:
            glued = glue(glued, piece)
        assert paragraph.text == glued


def test_no_lines_no_paragraphs():
    assert list(paragraphs([], [])) == []


def test_a_first_line_has_nothing_to_go_on_with():
    (only,) = paragraphs([Line("France", 7)], [True])
    assert only.text == "France"
    assert only.numbers == (7,)


def test_lines_and_joins_must_be_as_many():
    with pytest.raises(ValueError, match="zip"):
        list(paragraphs([Line("France", 1)], []))
