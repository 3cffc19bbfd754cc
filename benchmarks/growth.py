"""How time grows with the size of what was made to be slow: exits with 1 where it is more than

    python -m benchmarks.growth

n log n. Each input is made at 1, 2, 4 and 8 times a size and cleaned alone; the CPU time of the
largest may be at most 8 times that of the smallest, times the growth of the logarithm, times
`SLACK` for noise. Times below `NOISE` say nothing and pass.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache

TIMES = (1, 2, 4, 8)
SLACK = 1.6
NOISE = 0.05
"""CPU seconds of the largest input."""

PAGE = "<!doctype html>"
"""Without it some inputs are not told to be HTML by their first 50,000 characters."""

WORDS = "The river rose by two metres overnight, the town hall said on Friday. "

INPUTS: dict[str, tuple[int, Callable[[int], str]]] = {
    "text: one long line": (250_000, lambda n: WORDS * (n // len(WORDS))),
    "text: one word": (250_000, lambda n: "a" * n),
    "text: many lines": (4_000, lambda n: (WORDS + "\n") * n),
    "text: many short lines": (10_000, lambda n: "Share\n" * n),
    "text: blank lines": (250_000, lambda n: "a\n" + "\n" * n + "b"),
    "text: digits and points": (250_000, lambda n: "1.2." * (n // 4)),
    "text: no letters": (250_000, lambda n: "\u200b\u00ad" * (n // 2)),
    "text: brackets": (250_000, lambda n: "<" * n),
    "text: almost tags": (60_000, lambda n: "<a <b" * n),
    "text: almost comments": (60_000, lambda n: "<!-- -" * n),
    "text: addresses": (8_000, lambda n: "https://example.org/a?b=c " * n),
    "html: one long line": (250_000, lambda n: "<p>" + WORDS * (n // len(WORDS))),
    "html: many lines": (4_000, lambda n: f"<p>{WORDS}</p>" * n),
    "html: deep nesting": (12_500, lambda n: "<div>" * n + WORDS),
    "html: deep, text at each level": (2_500, lambda n: "<div>x" * n),
    "html: deep inline": (12_500, lambda n: "<b>x" * n),
    "html: deep lists": (5_000, lambda n: "<ul><li>x" * n),
    "html: attributes": (125_000, lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n)) + ">x"),
    "html: one attribute again": (125_000, lambda n: "<p " + "a=1 " * n + ">x"),
    "html: class names": (125_000, lambda n: f"<p class='{'nav-a ' * n}'>{WORDS}"),
    "html: one class name": (250_000, lambda n: f"<p class='{'nav-' * (n // 4)}'>{WORDS}"),
    "html: many class names": (4_000, lambda n: "".join(f"<p class=k{i}>x" for i in range(n))),
    "html: entities": (60_000, lambda n: "<p>" + "&amp;&#x41;" * n),
    "html: entities without end": (60_000, lambda n: "<p>" + "&#" * n + "&a" * n),
    "text: escaped as a whole": (20_000, lambda n: "&lt;p&gt;x&lt;/p&gt;" * n),
    "html: comments": (60_000, lambda n: "<p>x" + "<!-- x -->" * n),
    "html: comment without end": (250_000, lambda n: "<p>x<!--" + "<p>x" * (n // 4)),
    "html: links": (4_000, lambda n: "<p>" + f"<a href=/x>{WORDS}</a>" * n),
    "html: table": (4_000, lambda n: "<table>" + "<tr><td>a<td>b" * n),
    "html: one row": (12_000, lambda n: "<table><tr>" + "<td>a" * n),
    "html: line breaks": (12_000, lambda n: "<p>" + "x<br>" * n),
    "html: preformatted": (12_000, lambda n: "<pre>" + "x\n" * n),
    "html: end tags": (30_000, lambda n: "<p>x" + "</div></b>" * n),
    "html: misnested": (2_500, lambda n: "<b><i>x</b>y</i>" * n),
    "html: JSON-LD": (
        4_000,
        lambda n: "<p>x<script type='application/ld+json'>"
        + '{"articleBody": "' + WORDS * n + '"}</script>',
    ),
    "html: many scripts": (
        4_000,
        lambda n: '<script type="application/ld+json">{"text": "some text"}</script>' * n + "<p>x",
    ),
    "html: deep JSON": (60_000, lambda n: f"<p>x<script type='application/ld+json'>{'[' * n}"),
}  # fmt: skip
"""A smallest size, and what makes the input of a size."""


@cache
def steps() -> dict[str, Callable[[str], object]]:
    """What is timed."""
    from cleaner import Cleaner
    from cleaner.markdown import markdown

    cleaner = Cleaner()
    return {
        "clean": cleaner.clean,
        "markdown": lambda source: markdown(cleaner.clean(source), source, links=True),
    }


def seconds(step: Callable[[str], object], source: str) -> float:
    """CPU seconds of a step; the better of two runs where it is short."""
    spent = []
    for _ in range(2):
        begun = time.process_time()
        step(source)
        spent.append(time.process_time() - begun)
        if spent[0] > 0.5:
            break
    return min(spent)


def rows(names: list[str], *, with_markdown: bool) -> Iterator[tuple[str, list[float], bool]]:
    """The times of each input at each size, and whether they grow as they should."""
    for name in names:
        size, make = INPUTS[name]
        for step, call in steps().items():
            if step == "markdown" and not (with_markdown and name.startswith("html")):
                continue
            start = PAGE if name.startswith("html") else ""
            spent = [seconds(call, start + make(size * times)) for times in TIMES]
            ends = size * TIMES[-1]
            allowed = SLACK * TIMES[-1] * math.log(ends) / math.log(size)
            sound = spent[-1] < NOISE or spent[-1] <= allowed * max(spent[0], NOISE / TIMES[-1])
            yield f"{name}, {step}", spent, sound


def main() -> None:
    """Time what the command line names, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("inputs", nargs="*", metavar="NAME", help="parts of names; default: all")
    parser.add_argument("--markdown", action="store_true", help="time Markdown as well")
    options = parser.parse_args()
    wanted = options.inputs or [""]
    names = [name for name in INPUTS if any(part in name for part in wanted)]
    print("| CPU seconds at n times the size | " + " | ".join(map(str, TIMES)) + " | |")
    print("|---" * (len(TIMES) + 2) + "|")
    failed = False
    for name, spent, sound in rows(names, with_markdown=options.markdown):
        cells = " | ".join(f"{value:.3f}" for value in spent)
        print(f"| {name} | {cells} | {'' if sound else 'more than n log n'} |", flush=True)
        failed |= not sound
    sys.exit(failed)


if __name__ == "__main__":
    main()
