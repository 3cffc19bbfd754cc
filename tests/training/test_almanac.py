"""The words of dates."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.characters import Characters
from cleaner.lexicon import Lexicon, dates
from cleaner.training.almanac import calendar, month_names


@pytest.fixture(scope="module")
def words() -> Lexicon:
    """The words of dates in some languages."""
    return calendar(["en", "ro", "zh-cn", "fa", "id", "ko", "th", "uk"])


@pytest.mark.parametrize(
    "text",
    [
        "May 7, 2018",
        "7 aprilie 2018, 17:45",
        "2022年5月6日 17:45",
        "۲۳ آذر ۱۴۰۱",
        "2 лютого, 09:30",
        "2022년 5월 6일 오전",
        "3 days ago",
    ],
)
def test_dates_are_made_of_them(words, text):
    assert dates(Characters([text]), words)["share_dates"] == 1


@pytest.mark.parametrize(
    "text", ["12 30 2018", "0:00 / 3:41", "ประกาศเมื่อวานนี้", "Rain in Spain", "共有三个问题", ""]
)
def test_figures_alone_and_other_words_are_not(words, text):
    assert dates(Characters([text]), words)["share_dates"] == 0


def test_a_date_in_a_sentence_is_a_small_share_of_it(words):
    found = dates(Characters(["The bridge was closed on 7 May and has not been opened."]), words)
    assert 0 < found["share_dates"][0] < 0.2
    assert found["calendar"] == pytest.approx(np.log(2))


def test_months_are_neither_short_nor_long():
    assert month_names("th")[0] == "มกราคม"
    assert month_names("no")[4] == "mai"
    assert len(month_names("fi")) == 12
