"""Any bytes and any text, of any shape: a page comes out, or a reason."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import PAGES, ROOT

from cleaner import Cleaner, Settings, SourceError


def benchmark(name: str) -> ModuleType:
    """A module of ``benchmarks/``; under its own name, ``tests/benchmarks`` would be found."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hostile = benchmark("fuzz")
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=150)
TAGS = st.sampled_from(
    [
        *("p", "div", "a", "li", "td", "table", "script", "style", "textarea", "template", "svg"),
        *("title", "pre", "br", "select", "noscript", "frameset", "plaintext", "x-y", "rt", "xmp"),
    ]
)
NAMES = st.sampled_from(["class", "id", "hidden", "style", "href", "role", "itemprop", "lang"])


@st.composite
def elements(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    """An element around something, its end at times forgotten or another's."""
    tag, end = draw(TAGS), draw(st.one_of(st.none(), TAGS))
    attributes = draw(st.dictionaries(NAMES, ANYTHING, max_size=3))
    words = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{words}>{draw(inside)}" + (f"</{end or tag}>" if end != "br" else "")


HTML = st.recursive(
    st.one_of(ANYTHING, st.sampled_from(["It rained.", "Share", "&lt;", "&#0;", "<!--", "]]>"])),
    lambda inside: elements(st.lists(inside, max_size=4).map("".join)),
    max_leaves=12,
)


def promised(cleaner: Cleaner, source: str | bytes) -> None:
    """A sound page, or an error of ours."""
    with contextlib.suppress(SourceError):
        hostile.sound(cleaner.clean(source))


@given(st.binary(max_size=300))
def test_any_bytes(cleaner, source):
    promised(cleaner, source)


@given(ANYTHING)
def test_any_text(cleaner, source):
    hostile.sound(cleaner.clean(source))


@given(HTML)
def test_any_html(cleaner, source):
    hostile.sound(cleaner.clean(source))
    hostile.sound(cleaner.clean(f"<!doctype html><html><body>{source}"))


@given(st.sampled_from(["utf-8", "utf-16", "cp1251", "shift_jis", "utf-7", "cp037"]), HTML)
def test_any_html_in_any_encoding(cleaner, encoding, source):
    written = f'<html><meta charset="{encoding}"><p>{source}'
    promised(cleaner, written.encode(encoding, "replace"))


@pytest.fixture(scope="module")
def trimming() -> Cleaner:
    """A cleaner whose every setting is another."""
    return Cleaner(Settings(language="ar", favor="precision", mode="trim"))


@given(st.one_of(HTML, ANYTHING))
def test_any_settings(trimming, source):
    hostile.sound(trimming.clean(source))


@pytest.mark.slow
def test_mutants_of_the_fixtures(cleaner):
    """A short run of ``benchmarks/fuzz.py``."""
    found = hostile.fuzz(cleaner, hostile.read_sources(PAGES), count=400, seed=7)
    assert found.wrong == {}
    assert found.counts["cleaned"] + found.counts["refused"] == 400


def test_the_same_seed_makes_the_same_documents():
    sources = hostile.read_sources(PAGES)
    one, other = (hostile.documents(sources, seed=3) for _ in range(2))
    assert [next(one) for _ in range(50)] == [next(other) for _ in range(50)]


class Broken(Cleaner):
    """Fails on a word."""

    def clean_many(self, sources, sites=None):
        texts = list(sources)
        if any("bug" in text for text in texts):
            raise KeyError(texts.index("a bug"))
        return super().clean_many(texts, sites)


def test_what_breaks_is_found_among_the_others(monkeypatch):
    made = ["fine", "a bug", "fine too", b"%PDF-1.7\n\x00\x01\x02"]
    monkeypatch.setattr(hostile, "documents", lambda *_: iter(made))
    found = hostile.fuzz(Broken(), [], count=4, seed=0)
    assert found.wrong == {1: "KeyError: 0"}
    assert found.counts["refused"] == 1
