"""The report says what happened, opens by itself, and does nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.cleaner import Cleaner
from cleaner.page import Label, Line, Page, Verdict
from cleaner.review.report import LONGEST, MOST_COLUMNS, MOST_OPEN, html

from .conftest import RAIN, SNOW, made


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


class Reader(HTMLParser):
    """What a browser would see."""

    VOID = frozenset({"meta", "input"})

    def __init__(self, report):
        super().__init__()
        self.open = []
        self.elements = []
        self.texts = []
        self.feed(report)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)

    def all(self, tag, name=None):
        return [a for t, a in self.elements if t == tag and name in (None, a.get("class"))]


def test_every_line_is_there_with_its_label_and_reason(cleaner):
    seen = Reader(html([(RAIN.id, RAIN.page)], cleaner))
    assert [a["data-label"] for a in seen.all("li") if "data-label" in a] == [
        verdict.label for verdict in RAIN.page.verdicts
    ]
    for verdict in RAIN.page.verdicts:
        assert verdict.line.text in seen.text
        assert verdict.reason in seen.text
    assert RAIN.id in seen.text


def test_the_run_is_summed_up(cleaner):
    text = Reader(html([(x.id, x.page) for x in (RAIN, SNOW)], cleaner)).text
    assert "2 documents. Of 8 lines, 4 are article, 3 junk and 1 spam" in text
    assert "Languages of the articles: en 2." in text


def test_reasons_are_counted_and_have_their_commonest_line(cleaner):
    lines = ["Share", "Print", "Print", "Rain"]
    labels = [Label.JUNK, Label.JUNK, Label.JUNK, Label.SPAM]
    verdicts = tuple(
        Verdict(Line(text, number), label, 0.1, f"because {label}")
        for number, (text, label) in enumerate(zip(lines, labels, strict=True), start=1)
    )
    report = html([("a", Page(verdicts))], cleaner)
    rows = re.findall(r"<tr data-label=.*?</tr>", report, re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(?:<bdi>)?([^<]*)", row) for row in rows]
    assert cells == [
        ["junk", "because junk", "3", "", "Print"],
        ["spam", "because spam", "1", "", "Rain"],
    ]


def test_a_run_that_removed_nothing_and_one_of_nothing(cleaner):
    assert "Nothing was removed." in html([("a", made("a", ("x", "article", 0.9)).page)], cleaner)
    assert "0 documents." in html([], cleaner)
    assert "No text" in html([("empty.txt", Page())], cleaner)


def test_the_charts_follow_the_lines(cleaner):
    lines = [("word " * (n % 9 + 1), "junk" if n % 2 else "article", 0.5) for n in range(100)]
    report = html([("a", made("a", *lines).page)], cleaner)
    chart = re.search(r'<svg class="lengths" viewBox="0 0 100 1".*?</svg>', report)[0]
    assert [bar.group(1) for bar in re.finditer(r'<rect class="(\w+)"', chart)] == [
        label for _, label, _ in lines
    ]
    heights = [float(x) for x in re.findall(r' height="([\d.e-]+)"', chart)]
    assert heights.index(max(heights)) == 8
    assert max(heights) == 1


def test_a_long_document_shares_columns(cleaner):
    lines = [("word", "junk" if n % 2 else "article", 0.5) for n in range(10_000)]
    report = html([("a", made("a", *lines).page)], cleaner)
    assert f'<svg class="lengths" viewBox="0 0 {MOST_COLUMNS} 1"' in report
    chart = re.search(r'<svg class="lengths".*?</svg>', report)[0]
    assert chart.count("<rect") == 2 * MOST_COLUMNS, "each has its share of both labels"
    assert "lines 1 to 55" in chart


def test_languages_are_drawn_along_the_page(cleaner):
    english = [
        "The council said that the bridge over the river would be closed until the spring.",
        "Engineers found cracks in two of its piers when the water was low in October.",
        "Until it opens again, buses to the upper town will go by way of the old mill.",
        "Shopkeepers on the far bank, who fear for their Christmas, asked for a ferry.",
    ]
    chinese = "如果你也在纠结要不要辞职创业,不妨先看完这三个失败的故事再做决定。"
    page = cleaner.clean("\n".join([*english, "-", chinese, chinese]))
    report = html([("a", page)], cleaner)
    strip = re.search(r'<svg class="tongues" viewBox="0 0 7 1".*?</svg>', report)[0]
    assert re.findall(r'class="(\S+)" x="(\d)".*?width="(\d)".*?<title>([^<]+)<', strip) == [
        ("own", "0", "4", "en"),
        ("other-1", "5", "2", "zh-cn"),
    ]
    assert "en 4 lines" in Reader(report).text


@pytest.mark.parametrize(("count", "opened"), [(MOST_OPEN, MOST_OPEN), (MOST_OPEN + 1, 0)])
def test_few_documents_are_unfolded(cleaner, count, opened):
    report = html([(str(n), RAIN.page) for n in range(count)], cleaner)
    assert report.count("<details open>") == opened


def test_a_line_without_end_is_cut(cleaner):
    report = html([("a", made("a", ("x" * 3 * LONGEST, "article", 0.5)).page)], cleaner)
    assert f"… {2 * LONGEST:,} more characters" in report
    assert len(report) < 5 * LONGEST


# -- harmless ------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "</li></ol></details><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload='alert(1)'>",
    "</title></style><script>alert(1)</script>",
    "<!-- ",
    "&lt;script&gt; &#x3c;script>",
    "]]><![CDATA[",
]


OURS = {tag for tag, _ in Reader(html([(RAIN.id, RAIN.page)], Cleaner())).elements}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(cleaner, text):
    hostile = made(text, (text, "article", 0.5), (text, "junk", 0.1), language="en")
    report = html([(text, hostile.page)], cleaner)
    seen = Reader(report)
    assert {tag for tag, _ in seen.elements} <= OURS
    assert len(seen.all("details")) == 1
    assert len([a for a in seen.all("li") if "data-label" in a]) == 2
    assert seen.text.count(text) >= 5, "title, id, example and two lines"


def test_it_has_no_code_and_asks_for_nothing(cleaner):
    report = html([(RAIN.id, RAIN.page)], cleaner)
    for tag, attributes in Reader(report).elements:
        assert tag not in {"script", "link", "img", "iframe", "a", "form"}
        assert not {"src", "href", "style"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in report
    assert "@import" not in report


def test_its_policy_allows_its_own_style_only(cleaner):
    report = html([(RAIN.id, RAIN.page)], cleaner)
    style = re.search(r"<style>(.*?)</style>", report, re.DOTALL)[1]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in report


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text(min_size=1), st.sampled_from(list(Label))), min_size=1))
def test_any_text_gives_a_sound_page(lines):
    verdicts = tuple(
        Verdict(Line(text, number), label, 0.5, "reason")
        for number, (text, label) in enumerate(lines, start=1)
    )
    report = html([("a", Page(verdicts, language="en"))], Cleaner())
    report.encode()
    assert len([a for a in Reader(report).all("li") if "data-label" in a]) == len(lines)


# -- in a browser --------------------------------------------------------------------------------


@pytest.fixture
def opened(chromium, cleaner, tmp_path):
    """Open a report from its file; no error may be logged and nothing else asked for."""
    pages, trouble = [], []

    def start(*documents):
        path = tmp_path / "report.html"
        path.write_text(html([(x.id, x.page) for x in documents], cleaner), encoding="utf-8")
        page = chromium.new_page()
        page.on("console", lambda said: trouble.append(said.text))
        page.on("request", lambda request: trouble.append(request.url))
        page.goto(path.as_uri())
        trouble.remove(path.as_uri())
        pages.append(page)
        return page

    yield start
    assert trouble == []
    for page in pages:
        page.close()


def test_it_opens_without_a_network(opened):
    page = opened(RAIN)
    assert page.locator("ol li").count() == 6
    assert page.inner_text("h1") == "What was cleaned"
    assert page.locator(".lengths").bounding_box()["height"] > 50
    colour = page.eval_on_selector("rect.spam", "node => getComputedStyle(node).fill")
    assert colour != "rgb(0, 0, 0)", "its style is applied"


def test_lines_can_be_filtered_without_code(opened):
    page = opened(RAIN)
    page.check("#only-removed")
    assert page.locator("ol li:visible").count() == 3
    page.check("#only-kept")
    assert page.locator("ol li:visible").count() == 3
    page.check("fieldset label:first-of-type input")
    assert page.locator("ol li:visible").count() == 6


def test_hostile_text_in_a_browser(opened):
    document = made(HOSTILE[1], *((text, "junk", 0.1) for text in HOSTILE))
    page = opened(document)
    assert page.locator("li .text").all_inner_texts() == HOSTILE
    assert page.locator("script").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_it_fits(opened, scheme, width):
    page = opened(RAIN, made("long/" * 60, ("x" * 3000, "spam", 0.1)))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper))) > 384) == (scheme == "light")
