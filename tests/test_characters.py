"""Characters, words and shapes as arrays."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.characters import (
    MAX_CHARACTERS,
    NO_SCRIPT,
    SCRIPT_NAMES,
    Characters,
    Kind,
    folded,
    is_letter,
    kinds,
    run_hashes,
    scripts,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
"""Anything a str can hold, lone surrogates and line ends too."""


def words_of(*texts: str) -> list[list[str]]:
    """The words of every text, as they are cut."""
    characters = Characters(texts)
    found: list[list[str]] = [[] for _ in texts]
    words = characters.words
    for line, start, end in zip(words.line, words.start, words.end, strict=True):
        codes = characters.code[start:end]
        found[line].append("".join(map(chr, codes.tolist())))
    return found


def hash_of(word: str, before: str = "", behind: str = "") -> int:
    """The hash of the only word of a line, or of the first behind ``before``."""
    characters = Characters(["some other line", before + word + behind])
    words = characters.words
    position = characters.first[1] + len(before)
    return int(words.hash[words.start == position].item())


WORDS = [
    ("Read more", ["Read", "more"], "words are parted by spaces"),
    ("  two  spaces ", ["two", "spaces"], "however many"),
    ("tab\tand\u00a0no-break", ["tab", "and", "no", "break"], "of any kind, and by hyphens"),
    ("it’s 3,5 metres", ["it", "s", "3", "5", "metres"], "by apostrophes, commas within numbers"),
    ("Covid19", ["Covid19"], "letters and digits make one word"),
    ("Größe naïve", ["Größe", "naïve"], "accents are letters"),
    ("nai\u0308ve", ["nai\u0308ve"], "combining accents do not part a word"),
    ("Москва и Київ", ["Москва", "и", "Київ"], "Cyrillic"),
    ("سلام عليكم", ["سلام", "عليكم"], "Arabic"),
    ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"], "vowel signs belong to the word"),
    ("대한민국 서울", ["대한민국", "서울"], "Korean writes spaces"),
    ("他说hello吗", ["他", "说", "hello", "吗"], "every Han character is a word, Latin runs stay"),
    ("カタカナ", ["カ", "タ", "カ", "ナ"], "kana one by one"),
    ("𠮷野家", ["𠮷", "野", "家"], "Han of the supplementary planes"),
    ("東京2024年", ["東", "京", "2024", "年"], "digits between Han are one word"),
    ("...!? — • |", [], "signs are no words"),
    ("😀👍", [], "nor are emoji"),
    ("", [], "nothing in an empty line"),
]


@pytest.mark.parametrize(("text", "expected", "comment"), WORDS, ids=[c[2] for c in WORDS])
def test_words(text, expected, comment):
    assert words_of("before", text, "behind") == [["before"], expected, ["behind"]], comment


def test_thai_has_as_many_words_as_characters():
    text = "ภาษาไทย"
    assert len(words_of(text)[0]) == len(text)


EQUAL = [
    ("Comments", "comments", "case"),
    ("ÉCOLE", "école", "case of accented letters"),
    ("МОСКВА", "москва", "case of Cyrillic"),
    ("ΑΘΗΝΑ", "αθηνα", "case of Greek"),
    ("2024", "1999", "digits"),
    ("٢٠٢٤", "2024", "digits of any script"),
    ("Page7", "page3", "digits within words"),
]
DIFFERENT = [
    ("stop", "pots", "the order of letters"),
    ("2024", "20241", "how many digits"),
    ("a", "aa", "repetition"),
    ("word", "words", "one letter more"),
    ("cafe", "café", "an accent"),
    ("𠮷", "野", "characters of different planes"),
]


@pytest.mark.parametrize(("one", "other", "comment"), EQUAL, ids=[c[2] for c in EQUAL])
def test_what_hashes_fold(one, other, comment):
    assert hash_of(one) == hash_of(other), comment


@pytest.mark.parametrize(("one", "other", "comment"), DIFFERENT, ids=[c[2] for c in DIFFERENT])
def test_what_hashes_tell_apart(one, other, comment):
    assert hash_of(one) != hash_of(other), comment


@given(
    st.text(st.characters(categories=("Ll", "Lu"), max_codepoint=0xFFFF), min_size=1, max_size=12),
    st.text(" .-x", max_size=30),
    st.text(" .-x", max_size=30),
)
def test_a_word_has_the_same_hash_wherever_it_stands(word, before, behind):
    assert hash_of(word) == hash_of(word, before + " ", " " + behind)


def test_different_words_have_different_hashes():
    names = [f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyz"]
    words = Characters([" ".join(names)[:MAX_CHARACTERS], *names]).words
    assert len(np.unique(words.hash[words.line > 0])) == len(names)


@given(st.lists(ANY_TEXT, max_size=6))
def test_lines_do_not_touch_each_other(texts):
    """What is known of a line is the same alone and among others."""
    together = Characters(texts)
    for number, text in enumerate(texts):
        alone = Characters([text])
        mine = together.words.line == number
        assert together.length[number] == alone.length[0] == len(text)
        assert together.kind_counts[number].tolist() == alone.kind_counts[0].tolist()
        letters = together.script_counts[number, NO_SCRIPT + 1 :]
        assert letters.tolist() == alone.script_counts[0, NO_SCRIPT + 1 :].tolist()
        assert together.words.hash[mine].tolist() == alone.words.hash.tolist()


@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_counts_are_those_of_a_plain_loop(texts):
    characters = Characters(texts)
    for number, text in enumerate(texts):
        loop = np.zeros(len(Kind), int)
        for character in text:
            loop[kinds()[ord(character)]] += 1
        assert characters.kind_counts[number].tolist() == loop.tolist()
        assert characters.kind_counts[number].sum() == len(text)


@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_words_are_letters_and_digits(texts):
    characters = Characters(texts)
    inside = np.zeros(len(characters.code), bool)
    for start, end in zip(characters.words.start, characters.words.end, strict=True):
        assert not inside[start:end].any(), "words overlap"
        inside[start:end] = True
    lettered = is_letter(characters.kind) | (characters.kind == Kind.NUMBER)
    assert inside.tolist() == lettered.tolist()


def test_no_lines():
    characters = Characters([])
    assert len(characters) == 0
    assert characters.kind_counts.shape == (0, len(Kind))
    assert characters.script_counts.shape == (0, len(SCRIPT_NAMES))
    assert len(characters.words.hash) == 0


def test_empty_lines():
    characters = Characters(["", "one", ""])
    assert characters.length.tolist() == [0, 3, 0]
    assert characters.words.line.tolist() == [1]
    assert characters.kind_counts.sum(axis=1).tolist() == [0, 3, 0]


def test_of_a_very_long_line_only_the_beginning_is_read():
    beginning = "word " * (MAX_CHARACTERS // 5)
    long, short = Characters([beginning + "x" * 1_000_000]), Characters([beginning])
    assert long.length.tolist() == [MAX_CHARACTERS]
    assert long.words.hash.tolist() == short.words.hash.tolist()


SIGNS = [
    ("a", Kind.LOWER, "lower case"),
    ("ß", Kind.LOWER, "lower case beyond ASCII"),
    ("A", Kind.UPPER, "upper case"),
    ("Я", Kind.UPPER, "upper case of another script"),
    ("中", Kind.LETTER, "Han has no case"),
    ("م", Kind.LETTER, "nor has Arabic"),
    ("\u0301", Kind.LETTER, "a combining accent goes with its letter"),
    ("𠮷", Kind.LETTER, "a letter of a supplementary plane"),
    ("7", Kind.NUMBER, "digit"),
    ("٣", Kind.NUMBER, "Arabic-Indic digit"),
    ("½", Kind.NUMBER, "fraction"),
    (" ", Kind.SPACE, "space"),
    ("\u00a0", Kind.SPACE, "no-break space"),
    ("\t", Kind.SPACE, "tab"),
    (".", Kind.STOP, "full stop"),
    ("。", Kind.STOP, "ideographic full stop"),
    ("?", Kind.STOP, "question mark"),
    ("\uff1f", Kind.STOP, "fullwidth question mark"),
    ("\uff01", Kind.STOP, "fullwidth exclamation mark"),
    ("؟", Kind.STOP, "Arabic question mark"),
    ("।", Kind.STOP, "danda"),
    ("…", Kind.STOP, "ellipsis"),
    (",", Kind.COMMA, "comma"),
    ("\uff0c", Kind.COMMA, "fullwidth comma"),
    ("،", Kind.COMMA, "Arabic comma"),
    (":", Kind.COMMA, "colon"),
    ("\uff1a", Kind.COMMA, "fullwidth colon"),
    ('"', Kind.QUOTE, "straight quote"),
    ("’", Kind.QUOTE, "apostrophe"),
    ("„", Kind.QUOTE, "low quote"),
    ("»", Kind.QUOTE, "guillemet"),
    ("「", Kind.QUOTE, "corner bracket"),
    ("(", Kind.OPEN, "opening bracket"),
    ("【", Kind.OPEN, "opening lenticular bracket"),
    (")", Kind.CLOSE, "closing bracket"),
    ("\uff09", Kind.CLOSE, "fullwidth closing bracket"),
    ("•", Kind.BULLET, "bullet"),
    ("►", Kind.BULLET, "pointer"),
    ("|", Kind.SEPARATOR, "bar"),
    ("→", Kind.SEPARATOR, "arrow"),
    ("/", Kind.SEPARATOR, "slash"),
    ("-", Kind.DASH, "hyphen"),
    ("—", Kind.DASH, "dash"),
    ("€", Kind.CURRENCY, "currency"),
    ("₹", Kind.CURRENCY, "currency of another country"),
    ("😀", Kind.SYMBOL, "emoji"),
    ("©", Kind.SYMBOL, "copyright sign"),
    ("@", Kind.PUNCTUATION, "other punctuation"),
]


@pytest.mark.parametrize(("sign", "kind", "comment"), SIGNS, ids=[c[2] for c in SIGNS])
def test_kinds_of_signs(sign, kind, comment):
    assert kinds()[ord(sign)] == kind, comment


SCRIPTS = [
    ("a", "latin", "ASCII"),
    ("ñ", "latin", "accented"),
    ("ạ", "latin", "Vietnamese"),
    ("я", "cyrillic", "Cyrillic"),
    ("λ", "greek", "Greek"),
    ("א", "hebrew", "Hebrew"),
    ("ش", "arabic", "Arabic"),
    ("ह", "devanagari", "Devanagari"),
    ("ক", "bengali", "Bengali"),
    ("த", "tamil", "Tamil"),
    ("ก", "thai", "Thai"),
    ("ქ", "georgian", "Georgian"),
    ("አ", "ethiopic", "Ethiopic"),
    ("あ", "kana", "hiragana"),
    ("ｱ", "kana", "halfwidth katakana"),
    ("한", "hangul", "Hangul"),
    ("漢", "han", "Han"),
    ("𠮷", "han", "Han of a supplementary plane"),
    ("Ⴀ", "georgian", "old Georgian capital"),
    ("ꦗ", "other", "Javanese: no script of its own here"),
    ("7", "none", "digits have none"),
    (".", "none", "nor have signs"),
    ("\u0301", "none", "a combining accent belongs to the letter before it"),
    ("😀", "none", "emoji"),
]


@pytest.mark.parametrize(("sign", "script", "comment"), SCRIPTS, ids=[c[2] for c in SCRIPTS])
def test_scripts(sign, script, comment):
    assert SCRIPT_NAMES[scripts()[ord(sign)]] == script, comment


def test_only_letters_have_a_script():
    lettered = is_letter(kinds())
    assert not (scripts()[~lettered] > 0).any()


def test_every_basic_letter_is_a_letter():
    """The tables against Unicode's own categories, in the basic plane."""
    for code in range(0x10000):
        if unicodedata.category(chr(code)).startswith("L"):
            assert is_letter(kinds()[code : code + 1]).all(), f"U+{code:04X}"


def test_folding_twice_changes_nothing():
    once = folded()
    assert (once[once] == once).all()


def shapes(*texts: str) -> tuple[list[int], list[int]]:
    """The shape of every text and its number of runs."""
    characters = Characters(texts)
    hashes, count = run_hashes(characters.kind[1:], characters.line[1:], len(texts))
    return hashes.tolist(), count.tolist()


def test_dates_of_one_form_have_one_shape():
    (one, other, different), _ = shapes("12 May 2024", "3 March 1999", "May 12, 2024")
    assert one == other != different


def test_the_shape_of_a_line_does_not_depend_on_the_lines_around_it():
    (alone,), _ = shapes("12 May 2024")
    (_, *among), _ = shapes("Home", "first", "12 May 2024", "behind")
    assert among[1] == alone


@given(st.lists(st.text("aB1 .", max_size=12), min_size=1, max_size=5))
def test_lines_have_equal_shapes_where_their_runs_are_equal(texts):
    def runs(text: str) -> list[int]:
        kind = [int(kinds()[ord(character)]) for character in text]
        return [k for i, k in enumerate(kind) if i == 0 or kind[i - 1] != k]

    hashes, _ = shapes(*texts)
    for one, left in zip(hashes, texts, strict=True):
        for other, right in zip(hashes, texts, strict=True):
            assert (one == other) == (runs(left + "\n") == runs(right + "\n"))
