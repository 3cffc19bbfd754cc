"""Which language a document is in, and what lines say about being foreign to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import DetectorFactory, detect
from rows import rivals, weighed
from sentences import SENTENCES

from cleaner.characters import SCRIPT_NAMES, Characters
from cleaner.cleaner import CERTAIN
from cleaner.language import (
    LEAST_ODDS,
    NEVER,
    Languages,
    evidence,
    langdetect_profiles,
    tongues,
)
from cleaner.windows import Windows

FAR_APART = [
    ("en", "de"),
    ("en", "id"),
    ("en", "zh-cn"),
    ("de", "ru"),
    ("fr", "tr"),
    ("es", "en"),
    ("ru", "en"),
    ("ar", "en"),
    ("ja", "zh-cn"),
    ("zh-cn", "ja"),
    ("pl", "de"),
    ("vi", "it"),
    ("hi", "en"),
    ("ko", "en"),
    ("he", "ru"),
]
SISTERS = [
    ("no", "da"),
    ("da", "sv"),
    ("hr", "sl"),
    ("cs", "sk"),
    ("es", "pt"),
    ("ca", "es"),
    ("ru", "uk"),
    ("bg", "mk"),
    ("zh-cn", "zh-tw"),
    ("hi", "mr"),
    ("nl", "af"),
]


def host_and_guest(host: str, guest: str) -> list[str]:
    """A document of five lines of one language, with a line of the other in their midst."""
    mine = [SENTENCES[host]] * 5
    return [*mine[:3], SENTENCES[guest], *mine[3:]]


def test_every_language_but_one_has_a_sentence(languages):
    assert set(languages.names) - set(SENTENCES) == {"ne"}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_recognised(languages, language):
    found = weighed(languages, [SENTENCES[language]])
    assert languages.names[found.document[0]] == language
    assert languages.names[found.best[0]] == language
    assert found.certain[0] > CERTAIN


@pytest.mark.parametrize("text", ["12:45", "1.92 %", "— — —", "😀😀", "|", "2024-10-31", ""])
def test_a_line_without_letters_says_nothing(languages, text):
    found = weighed(languages, [SENTENCES["en"], text, SENTENCES["en"]])
    assert found.columns["has_grams"].tolist() == [1, 0, 1]
    for name in ("margin", "margin_tempered", "margin_mean", "confidence", "log_grams"):
        assert found.columns[name][1] == 0, name
    assert found.best[1] == found.document[1]


def test_a_document_without_letters_has_no_language(languages):
    found = weighed(languages, ["12:45", "***"])
    assert found.certain.tolist() == [0, 0]


@pytest.mark.parametrize(("host", "guest"), FAR_APART)
def test_a_foreign_line_stands_out(languages, host, guest):
    found = weighed(languages, host_and_guest(host, guest))
    margin, share = found.columns["margin_tempered"], found.columns["own_share"]
    assert {languages.names[i] for i in found.document} == {host}
    assert margin[3] > 0.5
    assert (np.delete(margin, 3) < 0).all()
    assert share[3] < 0.4 < np.delete(share, 3).min()
    assert found.columns["kin"].tolist() == [1, 1, 1, 0, 1, 1]


@pytest.mark.parametrize(("host", "guest"), FAR_APART)
def test_no_language_is_foreign_in_itself(languages, host, guest):
    """Swapping which of the two languages is the document's turns the evidence round."""
    there = weighed(languages, host_and_guest(host, guest))
    here = weighed(languages, host_and_guest(guest, host))
    for name in ("margin", "margin_tempered", "margin_mean"):
        assert there.columns[name][3] > 0 > here.columns[name][0], name
        assert here.columns[name][3] > 0 > there.columns[name][0], name


@pytest.mark.parametrize(("host", "guest"), [*SISTERS, *[pair[::-1] for pair in SISTERS]])
def test_near_languages_excuse_each_other(languages, host, guest):
    found = weighed(languages, host_and_guest(host, guest))
    assert found.columns["margin"][3] <= 0
    assert found.columns["kin"].all()


UNKNOWN = {
    "Georgian": "სოფლის მცხოვრებლებმა თქვეს, რომ ძველ ხიდს ზამთრამდე შეაკეთებენ.",
    "Armenian": "Գյուղի բնակիչներն ասացին, որ հին կամուրջը կնորոգվի մինչև ձմեռ։",
    "Amharic": "የመንደሩ ነዋሪዎች አሮጌው ድልድይ ከክረምት በፊት እንደሚጠገን ተናገሩ።",
    "Khmer": "អ្នកភូមិបាននិយាយថាស្ពានចាស់នឹងត្រូវជួសជុលមុនរដូវរងា",
}
"""Languages in scripts of which the table knows no language."""


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_script_that_the_table_does_not_know_is_strange_in_another_text(languages, name):
    english = [SENTENCES["en"]] * 5
    strange = weighed(languages, [*english[:3], UNKNOWN[name], *english[3:]])
    share = strange.columns["strange_script"]
    assert share[3] > 0.8
    assert np.delete(share, 3).max() < 0.3


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_script_that_the_table_does_not_know_is_at_home_in_its_own_text(languages, name):
    """Of such a text no language can be named: n-grams that share a bucket are no evidence."""
    found = weighed(languages, [UNKNOWN[name]] * 5)
    assert found.columns["strange_script"].max() < 0.01
    assert found.certain.max() < CERTAIN


@pytest.mark.xfail(strict=True, reason="three Latin names outweigh the Chinese around them")
def test_a_line_that_mixes_scripts_follows_its_sentence_not_its_names(languages):
    """A Han character says as much as three letters, so the names here are the smaller part."""
    mixed = "Alpenrose Pay完成B轮融资，估值翻倍的背后是什么？"
    for host in ("zh-cn", "en"):
        found = weighed(languages, [*[SENTENCES[host]] * 5, mixed])
        assert languages.names[found.best[-1]] == "zh-cn"
        assert (found.columns["margin"][-1] > 0) == (host == "en")


@pytest.mark.parametrize("text", ["首頁", "關於我們", "我們", "地圖", "首页", "关于我们", "下一頁"])
def test_short_chinese_lines_are_not_korean(languages, text):
    """langdetect itself calls them all Korean; no Korean is written without Hangul."""
    alone = weighed(languages, [text])
    at_home = weighed(languages, [*[SENTENCES["zh-tw"]] * 3, text])
    assert languages.names[alone.best[0]] != "ko"
    assert at_home.columns["margin"][-1] <= 0


def test_the_mass_of_prose_decides_the_language_not_the_number_of_lines(languages):
    buttons = ["Login", "Share", "Read more", "Subscribe", "Home", "Contact us"] * 2
    found = weighed(languages, [*buttons, *[SENTENCES["pl"]] * 5])
    assert languages.names[found.document[0]] == "pl"


def test_spam_at_the_beginning_does_not_decide_it_either(languages):
    found = weighed(languages, [*[SENTENCES["tr"]] * 2, *[SENTENCES["en"]] * 5])
    assert languages.names[found.document[0]] == "en"
    assert (found.columns["margin_tempered"][:2] > 0.5).all()


def test_the_language_can_be_fixed(languages):
    found = weighed(languages, [SENTENCES["de"]] * 3, [SENTENCES["fr"]], fixed="fr")
    assert {languages.names[i] for i in found.document} == {"fr"}
    assert (found.columns["margin"][:3] > 0).all()
    assert found.columns["margin"][3] <= 0


def test_agreement_with_langdetect(languages, clean_texts):
    """Both name the same language for the clean texts of the fixtures; langdetect on its best."""
    for name, text in clean_texts.items():
        DetectorFactory.seed = 0
        found = weighed(languages, text.split("\n\n"))
        assert languages.names[found.document[0]] == detect(text), name


LINES = st.lists(
    st.one_of(st.sampled_from(list(SENTENCES.values())), st.text(max_size=30)),
    min_size=1,
    max_size=5,
)


@given(LINES, st.lists(LINES, max_size=3), st.lists(LINES, max_size=3))
@settings(max_examples=30)
def test_other_documents_do_not_matter(languages, document, before, behind):
    alone = weighed(languages, document)
    batch = weighed(languages, *before, document, *behind)
    start = sum(map(len, before))
    mine = slice(start, start + len(document))
    assert batch.document[mine].tolist() == alone.document.tolist()
    assert batch.best[mine].tolist() == alone.best.tolist()
    assert batch.certain[mine] == pytest.approx(alone.certain, abs=1e-4)
    assert list(batch.columns) == list(alone.columns)
    for name, column in alone.columns.items():
        assert batch.columns[name][mine] == pytest.approx(column, abs=1e-4), name


def test_other_documents_do_not_matter_however_long(languages):
    """Sums over a batch must keep the digits of a small document behind large ones."""
    large = [[SENTENCES["en"] * 10] * 1000, [SENTENCES["ru"] * 10] * 1000]
    small = [SENTENCES["fr"], SENTENCES["en"][:20], "OK"]
    alone, batch = weighed(languages, small), weighed(languages, *large, small)
    for name, column in alone.columns.items():
        assert batch.columns[name][-3:] == pytest.approx(column, abs=1e-4), name


def test_the_same_lines_give_the_same_evidence(languages):
    one, other = (weighed(languages, host_and_guest("en", "de")) for _ in range(2))
    for name, column in one.columns.items():
        assert column.tobytes() == other.columns[name].tobytes(), name


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=60), min_size=1, max_size=6))
def test_evidence_is_finite_for_any_text(languages, lines):
    found = weighed(languages, lines)
    for name, column in found.columns.items():
        assert column.dtype == np.float32, name
        assert column.shape == (len(lines),), name
        assert np.isfinite(column).all(), name
    assert ((found.certain >= 0) & (found.certain <= 1 + 1e-6)).all()


@given(LINES, st.lists(LINES, max_size=3))
@settings(max_examples=30)
def test_nor_do_they_for_the_languages_a_document_could_be_in(languages, document, others):
    alone, batch = rivals(languages, document), rivals(languages, *others, document)
    mine = batch.document == len(others)
    assert batch.language[mine].tolist() == alone.language.tolist()
    for name, column in alone.columns.items():
        assert batch.columns[name][mine] == pytest.approx(column, abs=1e-4), name


def test_what_speaks_for_the_languages_of_a_document(languages):
    """One row for each language that holds some prose, none for what cannot say."""
    found = rivals(languages, host_and_guest("en", "ru"), ["12:45"], [SENTENCES["fr"]] * 3)
    names = [
        (int(d), languages.names[i]) for d, i in zip(found.document, found.language, strict=True)
    ]
    assert names == [(0, "en"), (0, "ru"), (2, "fr")]
    assert found.columns["rivals"].tolist() == [2, 2, 1]
    prose, lines = found.columns["prose"], found.columns["lines"]
    assert prose[0] > 0.7
    assert prose[1] < 0.3
    assert lines[:2] == pytest.approx([5 / 6, 1 / 6], abs=0.05)
    for name, column in found.columns.items():
        assert np.isfinite(column).all(), name


def test_the_likeliest_language_is_chosen(languages):
    found = rivals(languages, host_and_guest("en", "ru"), ["12:45"], [SENTENCES["fr"]])
    for logit, expected in (([1, 2, 0], "ru"), ([2, 1, 0], "en"), ([-3, -4, -9], "en")):
        odds = found.odds(np.array(logit, np.float32), 3, len(languages.names))
        assert languages.names[odds[0].argmax()] == expected
        assert (odds[1] == NEVER).all(), "a document without letters has no language"
        assert languages.names[odds[2].argmax()] == "fr"


def test_paragraphs_and_quotations_speak_for_a_language(languages):
    """Slogans of equal length against two paragraphs of an article, one of which quotes."""
    slogans = ["Купить диплом недорого с доставкой"] * 6
    article = [
        "The bridge is made of larch. It was built by thirty people in a week, in the rain.",
        "“My walk to school is eleven minutes again,” said Joss Arkle, who is nine. He smiled.",
        "Nobody fell in.",
    ]
    found = rivals(languages, [*slogans, *article])
    rows = dict(zip((languages.names[i] for i in found.language), range(2), strict=True))
    for name in ("in paragraphs", "quoted", "ends", "unevenness", "typical length", "stops"):
        column = found.columns[name]
        assert column[rows["en"]] > column[rows["ru"]], name
        above = found.columns[f"{name} above rivals"]
        assert above[rows["en"]] > 0 > above[rows["ru"]], name


def test_the_odds_of_a_documents_languages_are_evidence_on_its_lines(languages):
    lines = [SENTENCES["en"], SENTENCES["ru"], SENTENCES["fr"], "12:45"]
    characters = Characters(lines)
    tongue = tongues(languages, characters)
    odds = np.full((1, len(languages.names)), NEVER)
    odds[0, languages.names.index("en")] = 1.5
    odds[0, languages.names.index("ru")] = -2.0
    found = evidence(languages, characters, tongue, Windows([4]), odds)
    assert {languages.names[i] for i in found.document} == {"en"}
    assert found.columns["home_odds"].tolist() == [1.5] * 4
    assert found.columns["rival_odds"].tolist() == [-2.0] * 4
    own = found.columns["own_odds"].tolist()
    assert own == [1.5, -2.0, LEAST_ODDS, 1.5], "what cannot say is the document's"


@given(st.permutations(range(12)))
@settings(max_examples=5)
def test_the_order_of_languages_in_the_table_does_not_matter(languages, head):
    order = [*head, *range(len(head), len(languages.names))]
    turned = Languages(
        [languages.names[i] for i in order],
        languages.table[:, order],
        languages.normal,
        languages.alien[:, order],
    )
    lines = [*host_and_guest("en", "de"), "Login", "12:45", *host_and_guest("cs", "ru")]
    one, other = weighed(languages, lines), weighed(turned, lines)
    for name, column in one.columns.items():
        assert other.columns[name] == pytest.approx(column, abs=1e-4), name


def test_latin_letters_are_alien_to_no_language(languages):
    assert not languages.alien[SCRIPT_NAMES.index("latin")].any()
    assert not languages.alien[SCRIPT_NAMES.index("none")].any()


@pytest.mark.parametrize(
    ("language", "home", "alien"),
    [
        ("ru", ["cyrillic"], ["greek", "han", "arabic"]),
        ("ja", ["han", "kana"], ["hangul", "thai"]),
        ("ko", ["hangul"], ["kana", "cyrillic"]),
        ("zh-cn", ["han"], ["kana", "hangul"]),
        ("en", ["latin"], ["han", "cyrillic", "georgian"]),
    ],
)
def test_scripts_at_home(languages, language, home, alien):
    column = languages.alien[:, languages.names.index(language)]
    assert not any(column[SCRIPT_NAMES.index(name)] for name in home)
    assert all(column[SCRIPT_NAMES.index(name)] for name in alien)


def test_the_shipped_table_is_that_of_langdetect(languages):
    fresh = langdetect_profiles()
    assert fresh.names == languages.names
    assert np.array_equal(fresh.table, languages.table)
    assert np.array_equal(fresh.alien, languages.alien)
    assert np.array_equal(fresh.normal, languages.normal)
