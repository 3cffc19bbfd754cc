"""The page in a real browser: keys and mouse, light and dark, two tabs, hostile text."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import Error, expect

from cleaner.page import Label
from cleaner.review.store import Standing
from cleaner.training.samples import read_samples

from .conftest import RAIN, SNOW, TIDE, made, shelf_of

OWNED = "window.owned = true"


class Tab:
    """A page of the review, and what a person does on it."""

    def __init__(self, page, served):
        self.page = page
        self.served = served
        self.errors = []
        self.asked = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(served.url)
        page.wait_for_selector(".line.here")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def rows(self):
        return self.page.locator(".line:visible")

    def labels(self):
        return self.page.eval_on_selector_all(".line", "rows => rows.map(r => r.dataset.label)")

    def here(self):
        return int(self.page.inner_text(".line.here .number"))

    def selected(self):
        numbers = self.page.locator("[aria-selected=true] .number").all_inner_texts()
        return [int(number) for number in numbers]

    def title(self):
        return self.page.inner_text("#title")

    def open(self, document):
        self.page.click(f"#documents li[data-key='{document.key}']")
        self.page.wait_for_url(f"**/#*/{document.key}")
        self.page.wait_for_selector(".line.here")

    def expect(self, selector):
        """Wait for something to become true of an element."""
        return expect(self.page.locator(selector))

    def saved(self):
        self.expect("#saved").to_have_text("Saved")

    def stands(self, document):
        self.saved()
        return dict(self.served.store.standing(document.key).labels)

    def preview(self):
        return self.page.locator("#preview p").all_inner_texts()

    def wait_for_preview(self, *texts):
        self.expect("#preview p").to_have_text(texts)


@pytest.fixture
def tabs(chromium, serve):
    """Open tabs on a shelf; none may log an error or ask for anything beyond the server."""
    opened = []

    def start(shelf, *, count=1):
        served = serve(shelf)
        for _ in range(count):
            page = chromium.new_page()
            page.emulate_media(color_scheme="light")
            opened.append(Tab(page, served))
        return opened

    yield start
    for tab in opened:
        assert tab.errors == []
        own = f"http://127.0.0.1:{tab.served.port}/"
        assert all(url.startswith((own, "blob:" + own)) for url in tab.asked), tab.asked
        tab.page.close()


@pytest.fixture
def tab(tabs):
    (tab,) = tabs(shelf_of(RAIN, SNOW, TIDE, skipped=(("a.pdf", "looks like a PDF"),)))
    return tab


# -- keys ----------------------------------------------------------------------------------------


def test_it_opens_on_the_first_uncertain_line_of_what_teaches_most(tab):
    assert tab.title() == "Rain is expected"
    assert tab.here() == 4
    assert tab.labels() == ["junk", "article", "article", "article", "junk", "spam"]
    assert tab.page.inner_text("#progress-text") == "0 of 3 reviewed"
    assert tab.page.inner_text("#uncertain-count") == "2"


def test_labels_are_saved_at_once_and_the_cursor_moves_on(tab):
    tab.press("2")
    assert tab.here() == 5
    assert tab.stands(RAIN) == {4: Label.JUNK}
    tab.press("3", "1")
    assert tab.stands(RAIN) == {4: Label.JUNK, 5: Label.SPAM, 6: Label.ARTICLE}
    tab.wait_for_preview(
        "Rain is expected", "Forecasters expect rain in the north.", "立即注册领取彩金"
    )


def test_the_same_label_says_that_the_model_is_right(tab):
    tab.press("1")
    assert tab.stands(RAIN) == {4: Label.ARTICLE}
    assert tab.page.inner_text("#uncertain-count") == "1"


def test_moving(tab):
    tab.press("k", "k")
    assert tab.here() == 2
    tab.press("j", "ArrowDown", "ArrowUp")
    assert tab.here() == 3
    tab.press("End")
    assert tab.here() == 6
    tab.press("j")
    assert tab.here() == 6, "the end is the end"
    tab.press("Home", "n")
    assert tab.here() == 4
    tab.press("n")
    assert tab.here() == 5
    tab.press("Shift+N")
    assert tab.here() == 4


@pytest.mark.parametrize("keys", [["Shift+J", "Shift+J"], ["Shift+ArrowDown", "Shift+ArrowDown"]])
def test_a_range_by_keys(tab, keys):
    tab.press("Home", "j", *keys)
    assert tab.selected() == [2, 3, 4]
    tab.press("2")
    assert tab.stands(RAIN) == {2: Label.JUNK, 3: Label.JUNK, 4: Label.JUNK}
    assert tab.here() == 5
    assert tab.selected() == [5]
    tab.wait_for_preview("Nothing is kept of this document.")


def test_undo_takes_back_whole_steps(tab):
    tab.press("Home", "Shift+J", "Shift+J", "3", "2")
    assert tab.stands(RAIN) == dict.fromkeys((1, 2, 3), Label.SPAM) | {4: Label.JUNK}
    tab.press("u")
    assert tab.stands(RAIN) == dict.fromkeys((1, 2, 3), Label.SPAM)
    assert tab.here() == 4
    tab.press("Control+z")
    assert tab.stands(RAIN) == {}
    assert tab.selected() == [1, 2, 3]
    assert tab.labels() == ["junk", "article", "article", "article", "junk", "spam"]
    tab.press("u")
    assert tab.stands(RAIN) == {}
    assert tab.page.is_disabled("#undo")


def test_zero_gives_a_line_back_to_the_model(tab):
    tab.press("2", "k", "0")
    assert tab.stands(RAIN) == {}
    assert tab.labels()[3] == "article"


def test_the_reason_on_demand(tab):
    assert tab.page.locator(".reason").count() == 0
    tab.press("r")
    assert tab.page.inner_text(".line.here .reason") == "Article: because of 'Two month'."
    tab.press("j")
    assert tab.page.inner_text(".line.here .reason") == "Junk: because of 'Read more'."
    tab.press("1", "k")
    assert tab.page.inner_text(".reason") == (
        "You say article. The model says junk: because of 'Read more'."
    )
    tab.press("r")
    assert tab.page.locator(".reason").count() == 0


def test_only_uncertain_lines(tab):
    tab.press("f")
    assert [row.split("\n")[0] for row in tab.rows().all_inner_texts()] == ["4", "5"]
    assert tab.page.inner_text("#notice") == "2 of 6 lines shown"
    tab.press("2")
    assert tab.here() == 5
    assert tab.rows().count() == 2, "a line stays until the filter is used again"
    tab.press("f")
    assert tab.rows().count() == 6


def test_a_range_leaves_hidden_lines_alone(tab):
    tab.press("/")
    tab.page.keyboard.type("re")
    tab.press("Enter")
    assert tab.rows().count() == 2
    tab.press("Home", "Shift+End", "3")
    assert tab.stands(RAIN) == {3: Label.SPAM, 5: Label.SPAM}


def test_search(tab):
    tab.press("/")
    tab.page.keyboard.type("RAIN")
    assert tab.rows().count() == 2
    assert tab.page.evaluate("CSS.highlights.get('found').size") == 2
    tab.press("Enter", "j")
    assert tab.here() == 3
    tab.press("Escape")
    assert tab.rows().count() == 6
    tab.press("/")
    tab.page.keyboard.type("no such line 123")
    assert tab.page.inner_text("#notice") == "No such line here"
    tab.press("Escape")
    assert tab.served.store.revision == 0, "what is typed there labels nothing"
    assert tab.rows().count() == 6


def test_help(tab):
    tab.press("?")
    assert tab.page.is_visible("#help")
    tab.press("2", "j")
    assert tab.here() == 4, "keys rest while help is open"
    tab.press("Escape")
    assert not tab.page.is_visible("#help")
    tab.press("j")
    assert tab.here() == 5


def test_done_goes_to_the_next_and_counts(tab):
    tab.press("2", "Enter")
    tab.expect("#title").not_to_have_text("Rain is expected")
    assert tab.served.store.standing(RAIN.key) == Standing({4: Label.JUNK}, done=True)
    assert tab.page.inner_text("#progress-text") == "1 of 3 reviewed"
    second = tab.title()
    tab.press("Enter")
    tab.expect("#title").not_to_have_text(second)
    tab.press("Enter")
    tab.expect("#toast").to_contain_text("All documents are reviewed")
    assert tab.page.inner_text("#progress-text") == "3 of 3 reviewed"
    tab.expect("#done span").to_have_text("Reopen")
    tab.press("Enter")
    tab.expect("#progress-text").to_contain_text("2 of")


def test_keys_that_come_before_the_next_document_label_nothing(tab):
    tab.page.route(
        "**/api/documents", lambda route: (tab.page.wait_for_timeout(300), route.continue_())
    )
    tab.press("Enter", "2", "2", "Enter")
    tab.expect("#title").not_to_have_text("Rain is expected")
    standings = tab.served.store.standings()
    assert standings == {RAIN.key: Standing({}, done=True)}


def test_documents_by_key_and_after_a_reload(tab):
    tab.press("l")
    tab.expect("#title").not_to_have_text("Rain is expected")
    title = tab.title()
    tab.press("1")
    tab.saved()
    tab.page.reload()
    tab.page.wait_for_selector(".line.here")
    assert tab.title() == title
    assert tab.page.locator(".line.chosen").count() == 1
    tab.press("h")
    tab.expect("#title").not_to_have_text(title)


def test_what_could_not_be_read_is_named(tab):
    tab.page.click("#skipped summary")
    assert tab.page.inner_text("#skipped li") == "a.pdf: looks like a PDF"


# -- mouse ---------------------------------------------------------------------------------------


def test_everything_by_mouse(tab, tmp_path):
    page = tab.page
    rows = page.locator(".line")
    rows.nth(1).click()
    rows.nth(3).click(modifiers=["Shift"])
    assert tab.selected() == [2, 3, 4]
    page.click(".dock [data-label=junk]")
    assert tab.stands(RAIN) == dict.fromkeys((2, 3, 4), Label.JUNK)
    page.click("#undo")
    assert tab.stands(RAIN) == {}
    page.click("#reason")
    assert page.is_visible(".reason")
    page.click("#uncertain")
    assert tab.rows().count() == 2
    page.click("#uncertain")
    page.click("#preview p >> nth=0")
    assert tab.here() == 2
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] - 3)
    assert tab.here() == 6
    page.click("#help-open")
    page.click("#help button")
    tab.press("k")
    assert tab.here() == 5, "the keys still work after the mouse"
    page.click(".dock [data-label=article]")
    tab.saved()
    page.click("#done")
    tab.expect("#title").not_to_have_text("Rain is expected")
    with page.expect_download() as download:
        page.click("#export")
    path = tmp_path / "labels.jsonl"
    download.value.save_as(path)
    (sample,) = read_samples(path)
    assert download.value.suggested_filename == "labels.jsonl"
    assert sample.id == RAIN.id
    assert sample.labels[4] is Label.ARTICLE
    tab.open(RAIN)
    assert page.inner_text("#done span") == "Reopen"


def test_enter_on_a_button_presses_it_and_nothing_else(tab):
    tab.page.focus("#reason")
    tab.press("Enter")
    assert tab.page.is_visible(".reason")
    assert tab.title() == "Rain is expected"
    assert tab.served.store.revision == 0


# -- two tabs, and a server that goes away -------------------------------------------------------


def test_two_tabs_tell_each_other(tabs):
    one, two = tabs(shelf_of(RAIN, SNOW), count=2)
    one.page.bring_to_front()
    one.press("2")
    assert one.stands(RAIN) == {4: Label.JUNK}
    two.page.bring_to_front()
    two.page.wait_for_selector(".line.chosen")
    assert two.labels()[3] == "junk"
    assert two.page.inner_text("#toast") == "Changed in another tab: line 4."
    two.wait_for_preview("Rain is expected", "Forecasters expect rain in the north.")
    two.press("3")  # on line 4, where the cursor still is
    two.saved()
    one.page.bring_to_front()
    one.expect(".line >> nth=3").to_have_attribute("data-label", "spam")
    assert one.page.inner_text("#toast") == "Changed in another tab: line 4."
    one.press("u")
    assert "they stay" in one.page.inner_text("#toast")
    assert one.stands(RAIN) == {4: Label.SPAM}, "undo leaves what the other tab decided"


def test_two_tabs_on_different_lines_overwrite_nothing(tabs):
    one, two = tabs(shelf_of(RAIN), count=2)
    one.press("2")
    two.press("j", "1")
    one.saved()
    two.saved()
    assert dict(two.served.store.standing(RAIN.key).labels) == {4: Label.JUNK, 5: Label.ARTICLE}
    for tab in (one, two):
        tab.page.bring_to_front()
        tab.expect(".line.chosen").to_have_count(2)


def test_a_document_that_another_tab_finished_is_marked(tabs):
    one, two = tabs(shelf_of(RAIN, SNOW), count=2)
    one.press("Enter")
    two.page.bring_to_front()
    two.expect("#progress-text").to_contain_text("1 of")
    assert two.page.inner_text("#done span") == "Reopen"


def test_what_cannot_be_saved_is_said_and_sent_again(tab):
    path = re.compile(r"/api/documents/\w+$")
    tab.page.route(path, lambda route: route.abort())
    tab.press("2", "1")
    tab.expect("#saved.failed").to_contain_text("Not saved yet:")
    assert tab.served.store.revision == 0
    tab.page.unroute(path)
    assert tab.stands(RAIN) == {4: Label.JUNK, 5: Label.ARTICLE}
    tab.errors.clear()  # the browser's own words about the aborted requests


def test_without_the_token_it_says_what_to_open(chromium, serve):
    served = serve(shelf_of(RAIN))
    page = chromium.new_page()
    page.goto(served.url.split("#")[0])
    expect(page.locator("#title")).to_have_text("Open the address that the command printed")
    page.close()


# -- text of any kind ----------------------------------------------------------------------------

HOSTILE = [
    f"<script>{OWNED}</script>",
    f"<img src=x onerror='{OWNED}'>",
    f"\"><svg onload='{OWNED}'>",
    f"</span></li></ol><script>{OWNED}</script>",
    f"<iframe srcdoc='<script>parent.{OWNED}</script>'>",
    f"javascript:{OWNED}",
    "<style>* { display: none }</style>",
    "&lt;b&gt; &amp;amp; &#0;",
]


def test_hostile_text_is_shown_and_does_nothing(tabs):
    lines = [(text, "article", 0.5) for text in HOSTILE]
    document = made(f"<script>{OWNED}</script>", *lines)
    (tab,) = tabs(shelf_of(document, skipped=((HOSTILE[1], HOSTILE[0]),)))
    tab.press("r")
    assert tab.page.locator(".text").all_inner_texts() == HOSTILE
    tab.wait_for_preview(*HOSTILE)
    assert tab.title() == HOSTILE[0]
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("window.owned") is None
    assert tab.page.locator("script, iframe, main img, main svg").count() == 1, "the page's own"
    tab.press("1", "u", "f", "f")
    tab.saved()


ATTEMPTS = [
    "document.body.innerHTML = '<b>x</b>'",
    "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
    "eval('1')",
    "new Function('1')()",
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_text_can_become_a_program_whatever_a_bug_does(tab, attempt):
    later = "await new Promise(resolve => setTimeout(resolve))"  # past the leave a debugger has
    with pytest.raises(Error, match=r"TrustedHTML|TrustedScript|unsafe-eval|trusted-types"):
        tab.page.evaluate(f"async () => {{ {later}; {attempt} }}")
    tab.errors.clear()  # the browser reports what its policy refused


def test_control_characters_are_written_out(tabs):
    lines = [
        ("bell \x07 escape \x1b[31m", "bell ␇ escape ␛[31m"),
        ("delete \x7f and \x9b", "delete ␡ and U+009B"),
        ("photo\u202egnp.exe", "photoU+202Egnp.exe"),
        ("\u2067never closed", "U+2067never closed"),
        ("tag \U000e0041", "tag U+E0041"),
        ("می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧"),
        ("tab\tinside", "tab\tinside"),
    ]
    document = made("controls", *((text, "article", 0.5) for text, _ in lines))
    (tab,) = tabs(shelf_of(document))
    assert tab.page.locator(".text").all_text_contents() == [shown for _, shown in lines]


def test_writing_runs_its_own_way(tabs):
    lines = [
        "شاهد الناس المطر",
        "雨が降ると予想されている。",
        "Rain is expected.",
        "(2024) גשם צפוי",
    ]
    document = made("scripts", *((text, "article", 0.5) for text in lines), language="ar")
    (tab,) = tabs(shelf_of(document))
    assert tab.page.locator(".text").all_inner_texts() == lines
    directions = tab.page.eval_on_selector_all(
        ".text", "nodes => nodes.map(node => getComputedStyle(node).direction)"
    )
    assert directions == ["rtl", "ltr", "ltr", "rtl"]
    assert tab.page.get_attribute("#lines", "lang") == "ar"
    places = tab.page.eval_on_selector_all(
        ".label", "nodes => nodes.map(node => Math.round(node.getBoundingClientRect().left))"
    )
    assert len(set(places)) == 1, "labels stand in one column, whichever way the text runs"


# -- endless documents ---------------------------------------------------------------------------


def test_ten_thousand_lines(tabs):
    kinds = [("article", 0.97), ("junk", 0.04), ("article", 0.5)]
    document = made("long", *((f"Line number {n}", *kinds[n % 3]) for n in range(10_000)))
    (tab,) = tabs(shelf_of(document))
    assert tab.page.locator(".line").count() == 10_000
    tab.press("End")
    assert tab.here() == 10_000
    assert tab.page.locator(".line.here").is_visible()
    box = tab.page.locator(".line.here").bounding_box()
    assert 0 < box["y"] < 900, "it is on the screen"
    tab.press("2", "Home", "Shift+End", "3")
    assert len(tab.stands(document)) == 10_000
    tab.press("u")
    assert tab.stands(document) == {10_000: Label.JUNK}
    tab.press("f")
    assert tab.rows().count() == 3333
    assert tab.page.inner_text("#notice") == "3,333 of 10,000 lines shown"


def test_a_line_without_end_does_not_hold_up_the_page(tabs):
    document = made("endless", ("x" * 2_000_000, "article", 0.5), ("End", "junk", 0.1))
    (tab,) = tabs(shelf_of(document))
    tab.expect(".line >> nth=0").to_contain_text("1,995,000 more characters")
    tab.press("j")
    assert tab.here() == 2


# -- looks ---------------------------------------------------------------------------------------

CONTRAST = """
selector => {
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const mixed = (colours) => {
    for (const colour of colours) {
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const linear = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const contrast = (node) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement) layers.unshift(getComputedStyle(n).backgroundColor);
    const paper = light(mixed(["white", ...layers]));
    const ink = light(mixed([getComputedStyle(node).color]));
    return (Math.max(paper, ink) + 0.05) / (Math.min(paper, ink) + 0.05);
  };
  return [...document.querySelectorAll(selector)]
    .filter((node) => node.checkVisibility() && node.innerText.trim() && !node.closest(":disabled"))
    .map((node) => [node.innerText.slice(0, 30), contrast(node)]);
}
"""
READ = ".text, .label, .probability, .number, .reason, .dock button, header *, #rail *, #preview p"
RIGHT_ENDS = """
nodes => nodes.filter(n => n.checkVisibility()).map(n => n.getBoundingClientRect().right)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_by_day_and_night(tab, scheme):
    tab.page.emulate_media(color_scheme=scheme)
    tab.press("2", "1", "3", "k", "r")
    tab.saved()
    paper = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper))) > 384) == (scheme == "light")
    read = tab.page.evaluate(CONTRAST, READ)
    assert len(read) > 30
    assert [(text, contrast) for text, contrast in read if contrast < 4.5] == []


@pytest.mark.parametrize("width", [1440, 1100, 700, 400])
def test_nothing_overflows(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 800})
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    dock = tab.page.locator(".dock").bounding_box()
    assert dock["y"] + dock["height"] <= 800
    ends = tab.page.eval_on_selector_all(".dock button", RIGHT_ENDS)
    assert max(ends) <= width
    if width <= 820:
        assert not tab.page.is_visible("#preview")
        tab.page.click("#preview-toggle")
        assert tab.page.is_visible("#preview")
    if width <= 1150:
        assert not tab.page.is_visible("#rail")
        tab.press("d")
        assert tab.page.is_visible("#rail")
