"""A made-up paper's site: thirty pages whose house notices read like the articles around them.

No model of lines can know that these notices are not the story: they are good prose, they stand
between its paragraphs, and a few words in them change from page to page. Whoever corrects a few
pages can say so. Everything is invented, and drawn the same every time::

    python tests/training/courier.py courier

writes ``courier/pages/`` (thirty pages as a scraper leaves them), ``courier/corrected/`` (five of
them with what a person kept of each, as pairs) and ``courier/others.jsonl`` (the other twenty-five,
labelled, to measure on).
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

from cleaner import Label, Line
from cleaner.training.samples import Sample, write_samples

PAGES, CORRECTED = 30, 5
SITE = "kestrel-courier.example"

WORDS = {
    "place": ("Orrin", "Upper Kestrel", "Lannet", "Saltby", "Hallow Bridge", "Dunmere"),
    "name": ("Marta Holm", "Edwin Sayer", "Ines Varga", "Tomas Brandt", "Ruth Okoye", "Piet Alder"),
    "year": ("1987", "1994", "2001", "2008", "2012", "2016"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    "number": ("twelve", "forty", "sixty", "two hundred", "three hundred", "eight hundred"),
    "thing": ("bridge", "school roof", "mill", "ferry", "library", "water tower", "tram line"),
    "topic": ("farming", "the courts", "schools", "rivers and roads", "music", "the council"),
}

NOTICES = {
    "inside": (
        "This story is free to read because {number} households in {place} pay for the paper, and "
        "whoever would like it to stay free can join them at the counter on Mill Street.",
        "A hundred years ago this week the Courier wrote that the {thing} at {place} was to be "
        "repaired, and our readers can look that page up in the reading room every {day}.",
    ),
    "below": (
        "{name} joined the Courier in {year} after ten years at sea, writes about {topic} for the "
        "paper and keeps bees behind the old station in {place}.",
        "Mistakes happen in every newsroom, and whoever finds one in this story is asked to send "
        "the Courier a postcard, which will be printed on page two on {day}.",
    ),
}
"""Prose that is no article text, where it stands."""

FURNITURE = {
    "above": ("Home", "News", "Sport", "The Kestrel Courier", "Log in"),
    "below": ("Share", "Print", "More from {place}", "Contact", "© The Kestrel Courier"),
}

HEADLINES = (
    "Council of {place} wants the {thing} repaired before the winter",
    "Storm tears slates from the {thing} and floods two cellars in {place}",
    "{name} finds a tin of old letters under the floor of the {thing}",
    "Work on the {thing} in {place} is to start again on {day}",
    "{place} waits for {number} new windows and for somebody to fit them",
)

STORY = (
    "The {thing} at {place} will stay closed until {day} because its beams have rotted.",
    "Engineers measured the {thing} twice and found that it leans by a hand's width.",
    "{name}, who has lived beside it since {year}, said the noise had stopped one night.",
    "The council put aside money for {number} new windows, but none has been ordered.",
    "Nobody could say on {day} who had signed the contract with the builders.",
    "In {place} the shops closed early so that people could carry sandbags to the river.",
    "A farmer lent {number} bales of straw, and the fire brigade brought pumps from {place}.",
    "The water rose to the steps of the church, where it had last stood in {year}.",
    "{name} kept a list of everyone who helped and read it out at the meeting on {day}.",
    "The letters lay in a tin box and had been written to a postmaster in {place}.",
    "They tell of a winter in which {number} people lived in the school because of the snow.",
    "A restorer from {place} is drying the paper sheet by sheet between boards.",
    "The choir will sing them in the {thing} on {day}, with {name} at the organ.",
    "Tickets for the evening are paid for at the door, and {number} seats are left.",
    "Two classes moved into the old station, where the stoves are lit at six.",
    "{name} teaches there until the roof is mended, and keeps the chalk in a coat pocket.",
    "The mayor of {place} promised in {year} that the line would never be given up.",
    "Since then {number} households have signed a petition to have the rails taken out.",
    "On Mill Street a crack runs through the pavement from the baker's to the bank.",
    "A hundred years ago the river ran there, and the cellars still remember it.",
    "Bees have settled in the wall of the {thing}, and the mason will not start before autumn.",
    "{name} moved them to a hive on {day} without being stung and went back to work.",
    "The court in {place} heard {number} witnesses and adjourned for a week.",
    "One of them had sent a postcard to the judge, which was read aloud and set aside.",
    "The reading of the budget took until midnight, and {name} slept through most of it.",
    "Readers of the old maps know that the path to {place} once crossed the mill pond.",
    "The museum wants to print them again and has asked {number} families for their copies.",
    "It rained on every day of the fair, but {number} visitors came from {place} alone.",
    "The prize for the heaviest pumpkin went to {name}, who had last won it in {year}.",
    "Whoever lost an umbrella can look for it in the tent beside the {thing}.",
)
"""Sentences of articles; they share many of the notices' words."""

_BLANK = re.compile(r"\{(\w+)\}")


def page(number: int) -> Sample:
    """A page as scraped, with what each line is."""
    rng = random.Random(number)

    def said(text: str, label: Label) -> tuple[str, Label]:
        return _BLANK.sub(lambda blank: rng.choice(WORDS[blank[1]]), text), label

    story = rng.sample(STORY, k=14)
    body = [said(f"{a} {b}", Label.ARTICLE) for a, b in zip(story[::2], story[1::2], strict=True)]
    for place, notice in zip((2, 5), NOTICES["inside"], strict=True):
        body.insert(place, said(notice, Label.JUNK))
    rows = [
        *(said(text, Label.JUNK) for text in FURNITURE["above"]),
        said(rng.choice(HEADLINES), Label.ARTICLE),
        *body,
        *(said(text, Label.JUNK) for text in (*NOTICES["below"], *FURNITURE["below"])),
    ]
    return Sample(
        id=f"{number:02}.txt",
        lines=tuple(Line(text, n, n > 1) for n, (text, _) in enumerate(rows, start=1)),
        labels=tuple(label for _, label in rows),
        weights=(1.0,) * len(rows),
        site=SITE,
        language="en",
    )


def site() -> tuple[list[Sample], list[Sample]]:
    """The pages that a person corrects, and the others."""
    pages = [page(number) for number in range(1, PAGES + 1)]
    return pages[:CORRECTED], pages[CORRECTED:]


def is_notice(line: Line) -> bool:
    """Whether a line is junk in prose."""
    notices = [text for texts in NOTICES.values() for text in texts]
    return any(
        re.fullmatch(".+".join(map(re.escape, _BLANK.split(text)[::2])), line.text)
        for text in notices
    )


def scraped(sample: Sample, *, wanted: bool = False) -> str:
    """The text of a page: all of it, or what a person wants of it."""
    kept = zip(sample.lines, sample.labels, strict=True)
    return "".join(
        f"{line.text}\n\n" for line, label in kept if not wanted or label is Label.ARTICLE
    )


def write(folder: Path) -> None:
    """Write the site into a folder."""
    some, others = site()
    for name in ("pages", "corrected"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for sample in (*some, *others):
        (folder / "pages" / sample.id).write_text(scraped(sample), "utf-8")
    for sample in some:
        twin = sample.id.replace(".txt", ".clean.txt")
        (folder / "corrected" / sample.id).write_text(scraped(sample), "utf-8")
        (folder / "corrected" / twin).write_text(scraped(sample, wanted=True), "utf-8")
    write_samples(folder / "others.jsonl", others)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
