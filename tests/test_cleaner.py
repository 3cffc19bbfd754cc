"""The whole way, from a source to a page."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import CLEAN_SUFFIX, PAGES, ROOT
from sentences import SENTENCES

from cleaner import Cleaner, Label, Page, Settings, SourceError
from cleaner.cleaner import BATCH_LINES, LONGEST, default_model
from cleaner.split import split

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)
"""Any str at all: NUL, lone surrogates, every kind of line end."""

WRITTEN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn")), max_size=60)
LINES = st.one_of(
    st.sampled_from([*SENTENCES.values()]),
    st.sampled_from(["Home", "Share", "", "", "-", "2 May 2024", "By Jane Doe", "Read more..."]),
    WRITTEN,
)
DOCUMENTS = st.lists(LINES, max_size=15).map("\n".join)
"""Texts that look like scraped ones."""


def assert_alike(one: Page, other: Page) -> None:
    """Both pages are the same but for the last digits of probabilities."""
    assert one.text == other.text
    assert (one.language, one.title) == (other.language, other.title)
    assert one.paragraphs == other.paragraphs
    for mine, theirs in zip(one.verdicts, other.verdicts, strict=True):
        assert replace(mine, probability=0) == replace(theirs, probability=0)
        assert mine.probability == pytest.approx(theirs.probability, abs=1e-3)


def numbers(verdicts: Sequence) -> list[int]:
    """The numbers of the lines that were judged."""
    return [verdict.line.number for verdict in verdicts]


@given(ANYTHING)
@settings(max_examples=60)
def test_no_text_is_too_strange(cleaner, text):
    page = cleaner.clean(text)
    assert page.text.encode() is not None, "what comes out can be written to a file"
    assert all(0 <= verdict.probability <= 1 for verdict in page.verdicts)


@given(DOCUMENTS)
def test_every_line_is_kept_or_dropped(cleaner, text):
    page = cleaner.clean(text)
    lines = split(text)
    assert [verdict.line for verdict in page.verdicts] == list(lines)
    raw = text.splitlines()
    assert all(v.line.text in raw[v.line.number - 1] for v in page.verdicts)
    both = sorted(numbers(page.kept) + numbers(page.dropped))
    assert both == [line.number for line in lines]
    assert [n for paragraph in page.paragraphs for n in paragraph.numbers] == numbers(page.kept)


@given(DOCUMENTS)
def test_the_same_source_gives_the_same_page(cleaner, text):
    assert cleaner.clean(text) == cleaner.clean(text)


@given(st.lists(DOCUMENTS, max_size=5))
def test_many_at_once_are_as_one_by_one(cleaner, texts):
    together = list(cleaner.clean_many(texts))
    assert len(together) == len(texts)
    for text, page in zip(texts, together, strict=True):
        assert_alike(page, cleaner.clean(text))


def sources() -> list[bytes]:
    """The written pages, as they lie on disk."""
    paths = sorted(path for path in PAGES.glob("*.txt") if not path.name.endswith(CLEAN_SUFFIX))
    return [path.read_bytes() for path in paths]


def test_real_pages_at_once_are_as_one_by_one(cleaner):
    for source, page in zip(sources(), cleaner.clean_many(sources()), strict=True):
        assert_alike(page, cleaner.clean(source))


def test_more_pages_than_fit_into_a_batch(cleaner):
    """Batches begin and end between documents, in order, however many lines one has."""
    page = "\n".join(["Home", *SENTENCES.values()])
    long = "\n".join([page] * (BATCH_LINES // 55 + 1))
    many = [page, long, "", page, *[SENTENCES["en"]] * 3, long, page]
    found = list(cleaner.clean_many(many))
    assert [len(page.verdicts) for page in found] == [len(split(text)) for text in many]
    assert found[0] == found[3]
    assert_alike(found[-1], found[0])


def test_documents_are_read_only_as_far_as_needed(cleaner):
    read = []

    def endless():
        while True:
            read.append(1)
            yield "\n".join(["It rained all night in the valley."] * 1000)

    next(cleaner.clean_many(endless()))
    assert len(read) * 1000 <= BATCH_LINES + 1000


@given(DOCUMENTS)
def test_bytes_and_text_agree(cleaner, text):
    assert_alike(cleaner.clean(text), cleaner.clean(text.encode()))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_nor_does_the_encoding_matter(cleaner, encoding):
    text = "\n".join([SENTENCES["de"], SENTENCES["fr"], "Große Höhen für ältere Übungen"] * 3)
    assert_alike(cleaner.clean(text), cleaner.clean(text.encode(encoding)))


def test_line_ends_do_not_matter(cleaner):
    lines = ["A title", "", *[SENTENCES["en"]] * 2, "", "Share"]
    pages = [cleaner.clean(end.join(lines)) for end in ("\n", "\r\n", "\r", "\u2028")]
    assert all(page == pages[0] for page in pages)


@pytest.mark.parametrize(
    ("before", "behind", "comment"),
    [
        ("\ufeff", "", "byte order mark"),
        ("", "\n\n\n", "blank lines at the end"),
        ("\x00", "\x00", "NUL"),
        ("", "\n\x00\x00\n", "a line of NUL"),
    ],
)
def test_what_nobody_sees_does_not_matter(cleaner, before, behind, comment):
    text = f"{SENTENCES['en']}\nShare\n{SENTENCES['en']}"
    assert_alike(cleaner.clean(before + text + behind), cleaner.clean(text)), comment


def test_a_lone_surrogate_does_not_come_out(cleaner):
    page = cleaner.clean(SENTENCES["en"] + " \ud83d and " + SENTENCES["en"])
    assert page.text
    assert page.text.encode()


NOTHING = [
    ("", "nothing"),
    (b"", "no bytes"),
    (" \t\u00a0", "white space"),
    ("\n" * 1_000_000, "a million empty lines"),
    (b"\r\n" * 1000, "empty lines of Windows"),
    ("\u200b\n\ufeff\n", "what nobody sees"),
]


@pytest.mark.parametrize(("source", "comment"), NOTHING, ids=[row[1] for row in NOTHING])
def test_from_nothing_comes_nothing(cleaner, source, comment):
    assert cleaner.clean(source) == Page(), comment


def test_a_million_empty_lines_between_two(cleaner):
    page = cleaner.clean(SENTENCES["en"] + "\n" * 1_000_000 + SENTENCES["en"])
    assert numbers(page.verdicts) == [1, 1_000_001]


@pytest.mark.parametrize("source", ["...", "-", "|||\n***\n—", "!!! ???", "😀", "12:45\n1.92 %"])
def test_signs_alone_have_no_language(cleaner, source):
    page = cleaner.clean(source)
    assert page.language is None
    assert len(page.verdicts) == len(source.splitlines())


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_alone_is_an_article_in_its_language(cleaner, language):
    page = cleaner.clean(SENTENCES[language])
    assert page.text == SENTENCES[language]
    assert page.language == language


def test_a_line_of_ten_megabytes(cleaner):
    """It is judged by its beginning and comes out whole."""
    long = "The river rose again. " * 500_000
    page = cleaner.clean(f"{SENTENCES['en']}\n{long}")
    assert [len(verdict.line.text) for verdict in page.verdicts] == [
        len(SENTENCES["en"]),
        len(long) - 1,
    ]
    assert len(page.text) >= len(long)


def test_a_word_of_a_megabyte(cleaner):
    assert len(cleaner.clean("x" * 1_000_000).verdicts) == 1


def test_many_short_lines(cleaner):
    page = cleaner.clean("\n".join(str(i) for i in range(30_000)))
    assert len(page.verdicts) == 30_000


def test_bytes_that_are_no_text(cleaner):
    with pytest.raises(SourceError):
        cleaner.clean(b"%PDF-1.7\n\x00\x01\x02")


def test_a_fixed_language_is_the_pages(cleaner):
    fixed = Cleaner(Settings(language="fr"))
    assert fixed.clean(SENTENCES["fr"]).language == "fr"
    assert fixed.clean(SENTENCES["de"]).language == "fr"
    assert fixed.clean("12:45").language == "fr"
    assert cleaner.clean(SENTENCES["de"]).language == "de"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_nothing_in_the_fixed_language_is_foreign(language):
    """As much Russian as English: whose text it is says the caller."""
    text = "\n".join([*[SENTENCES["ru"]] * 4, *[SENTENCES["en"]] * 4])
    page = Cleaner(Settings(language=language)).clean(text)
    spam = {verdict.line.text for verdict in page.verdicts if verdict.label is Label.SPAM}
    assert SENTENCES[language] not in spam


@pytest.mark.parametrize("language", ["xx", "english", "EN", "", "zh"])
def test_an_unknown_language_is_refused_and_the_known_ones_named(cleaner, language):
    with pytest.raises(ValueError, match=f"unknown language {language!r}.*") as error:
        Cleaner(Settings(language=language))
    named = str(error.value).split(": ")[1].split(", ")
    assert named == list(cleaner.languages.names)


@pytest.mark.parametrize(
    "wrong", [{"favor": "recal"}, {"favor": True}, {"mode": "trimm"}, {"mode": ""}], ids=str
)
def test_settings_that_do_not_exist_are_refused_at_the_door(wrong):
    """Said when the cleaner is made, not in the middle of a million pages, or never."""
    with pytest.raises(ValueError, match=r"favor|mode"):
        Cleaner(Settings(**wrong))


def test_trimming_keeps_everything_in_between(cleaner):
    source = (PAGES / "es-cookie-share.txt").read_text("utf-8")
    trimmed = Cleaner(Settings(mode="trim")).clean(source)
    kept = numbers(trimmed.kept)
    inside = [n for n in numbers(trimmed.verdicts) if kept[0] <= n <= kept[-1]]
    assert kept == inside
    assert kept[0] == numbers(cleaner.clean(source).kept)[0]
    assert kept[-1] == numbers(cleaner.clean(source).kept)[-1]


def test_favors_keep_more_or_less():
    pages = {
        favor: list(Cleaner(Settings(favor=favor)).clean_many(sources()))
        for favor in ("precision", "balance", "recall")
    }
    for few, some, many in zip(*pages.values(), strict=True):
        assert set(numbers(few.kept)) <= set(numbers(some.kept)) <= set(numbers(many.kept))
    counts = [sum(len(page.kept) for page in found) for found in pages.values()]
    assert counts[0] < counts[1] < counts[2]


@given(DOCUMENTS)
def test_the_title_of_a_text_is_a_line_of_it(cleaner, text):
    page = cleaner.clean(text)
    assert page.title is None or page.title in [verdict.line.text for verdict in page.kept]


def test_the_title_of_a_page_may_be_its_own(cleaner):
    """Of HTML that names a title and shows no headline."""
    prose = f"<p>{SENTENCES['en']}</p>" * 3
    page = cleaner.clean(f"<html><head><title>The bridge</title></head><body>{prose}</body></html>")
    assert SENTENCES["en"] in page.text
    assert page.title in ("The bridge", SENTENCES["en"])


def test_the_default_model_is_found():
    assert (default_model() / "model.json").is_file()
    page = Cleaner(model=default_model()).clean(SENTENCES["en"])
    assert page == Cleaner(model=str(default_model())).clean(SENTENCES["en"])


def run(code: str) -> str:
    """What a fresh Python prints that runs this code in an empty environment."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        capture_output=True,
        text=True,
        env={},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_cleaning_imports_nothing_that_only_training_needs():
    """They take 0.1 to 1.4 seconds each, for every call of the command."""
    modules = run(
        textwrap.dedent("""
        from cleaner import Cleaner
        Cleaner().clean("Es regnet seit Tagen, und der Fluss steigt.".encode())
        print(*sorted({name.split(".")[0] for name in sys.modules}))
        print(*[name for name in sys.modules if name.startswith("cleaner.training")])
        """)
    ).split()
    heavy = {"sklearn", "scipy", "trafilatura", "langdetect", "bs4", "tqdm", "resiliparse"}
    assert "numpy" in modules
    assert not heavy & set(modules)
    assert not [name for name in modules if name.startswith("cleaner.training")]


def test_the_name_alone_imports_nothing_heavy():
    modules = run("import cleaner\nprint(*sys.modules)").split()
    assert "cleaner" in modules
    assert "numpy" not in modules


def test_cleaning_prints_nothing_and_opens_no_network():
    printed = run(
        textwrap.dedent("""
        import socket
        def refuse(*arguments):
            raise AssertionError("opened a socket")
        socket.socket = refuse
        from cleaner import Cleaner
        Cleaner().clean("It rained.\\nHome")
        """)
    )
    assert printed == ""


def test_a_name_that_does_not_exist():
    with pytest.raises(ImportError, match="Claner"):
        from cleaner import Claner  # noqa: F401, PLC0415


def test_a_document_of_more_lines_than_are_judged_together(cleaner):
    text = "\n".join(["Share", SENTENCES["en"]] * (LONGEST // 2 + 100))
    page = cleaner.clean(text)
    assert [verdict.line.number for verdict in page.verdicts] == list(range(1, LONGEST + 201))
    assert len(page.kept) + len(page.dropped) == LONGEST + 200
    assert page.language == "en"


def test_a_few_lines_are_an_article_of_the_language_that_most_of_them_are_in(cleaner):
    english = (
        "The council said that the bridge over the river would be closed until the spring.",
        "Workers found cracks in two of the pillars last week, an engineer said on Tuesday.",
        "Buses will take the long way round, and that adds half an hour to the trip.",
        "Nobody in the village remembers the bridge ever having been closed before.",
    )
    chinese = (
        "如果你也在纠结要不要辞职创业,不妨先看完这三个失败的故事再做决定。",
        "年薪百万的程序员为何回乡养猪?",
    )
    page = cleaner.clean("\n".join([*english, "-", *chinese]))
    assert page.language == "en"
    assert [verdict.line.text for verdict in page.kept[:4]] == list(english)
