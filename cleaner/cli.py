"""The command: words become calls. The only module that prints, exits or reads the environment.

Results go to standard output; progress, errors and the summary to standard error. The exit status
is 0 when all went well, 1 when some input failed (each is named), 2 for a mistake in the command.
What a verb needs is imported when it runs, so that ``cleaner --help`` answers at once.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.batch.records import Recipe, Style
    from cleaner.batch.task import Task
    from cleaner.page import Page, Settings
    from cleaner.review.documents import Shelf
    from cleaner.training.commands import Outcome

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

ALL_WELL, SOME_FAILED, USAGE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141
STDIO = "-"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of ``cleaner ARGUMENTS``."""
    from cleaner.errors import CleanerError

    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        complain("stopped; the same command goes on from here")
        return INTERRUPTED
    except CleanerError as error:
        complain(str(error))
        return USAGE if isinstance(error, ValueError) else SOME_FAILED


# -- words ---------------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """The words that the command knows."""
    top = argparse.ArgumentParser(
        prog="cleaner",
        description="Turn scraped files into clean article text, line by line.",
        epilog="exit status: 0 all well, 1 some inputs failed (each is named), 2 wrong usage",
    )
    top.add_argument("--version", action=Version, help="print the version and stop")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for add in (_add_clean, _add_sites, _add_explain, _add_train, _add_evaluate, _add_review):
        add(verbs)
    return top


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, **rest: Any) -> None:  # noqa: ANN401
        super().__init__(option_strings, dest, nargs=0, **rest)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and stop."""
        from cleaner.version import version

        print("cleaner", version())
        parser.exit()


def _add_clean(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "clean",
        help="turn scraped files into clean text",
        description="Files and folders of .txt .md .html .htm .xhtml, and records in "
        ".jsonl[.gz|.zst] .parquet .warc[.gz] .wet[.gz]; a run that was stopped goes on.",
    )
    verb.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, pattern, URL or -")
    verb.add_argument(
        "-o", "--output", metavar="OUT", help="folder, or a file for all; else stdout"
    )
    verb.add_argument(
        "--to",
        choices=["text", "markdown", "jsonl", "parquet"],
        help="default: like the input",
    )
    verb.add_argument("--links", action="store_true", help="keep them in Markdown")
    _add_decision(verb)
    verb.add_argument("--site-memory", metavar="FILE", help="what sites repeat (see: sites)")
    verb.add_argument("--workers", type=_count, metavar="N", help="processes; default: all cores")
    verb.add_argument("--dry-run", action="store_true", help="only say what would become what")
    verb.add_argument("-v", "--verbose", action="store_true", help="name each document")
    verb.add_argument("-q", "--quiet", action="store_true", help="errors only")
    records = verb.add_argument_group("records")
    records.add_argument("--text-key", default="text", metavar="NAME", help="column of the text")
    records.add_argument("--id-key", default="id", metavar="NAME", help="column of the id")
    records.add_argument("--markdown", action="store_true", help="write their text as Markdown")
    records.add_argument(
        "--metadata", action="store_true", help="title, author, date, site; slows HTML down"
    )
    detail = records.add_mutually_exclusive_group()
    detail.add_argument(
        "--line-scores",
        dest="detail",
        action="store_const",
        const="scores",
        default="lines",
        help="lines as two parallel lists: line_labels, line_quality",
    )
    detail.add_argument(
        "--no-lines", dest="detail", action="store_const", const="none", help="leave lines out"
    )
    batch = verb.add_argument_group("large runs")
    batch.add_argument(
        "--engine", choices=["local", "ray"], default="local", help="this machine, or a cluster"
    )
    batch.add_argument("--max-size", type=_size, default=20_000_000, metavar="SIZE", help="20MB")
    batch.add_argument(
        "--max-seconds", type=float, default=60, metavar="S", help="per document: 60"
    )
    batch.add_argument("--rank", type=_count, default=0, metavar="I", help="clean share I ...")
    batch.add_argument("--world-size", type=_count, default=1, metavar="N", help="... of N")
    verb.set_defaults(run=clean)


def _add_sites(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "sites",
        help="find out what sites repeat, for clean --site-memory",
        description="Counts on how many pages of its site (host, else folder) each line stands. "
        "PATH may also be a FILE of an earlier pass; what it remembers is added.",
    )
    verb.add_argument("paths", nargs="+", metavar="PATH", help="as for clean, or a site memory")
    verb.add_argument("-o", "--output", required=True, type=Path, metavar="FILE")
    verb.add_argument("--text-key", default="text", metavar="NAME", help="column of the text")
    verb.add_argument("--max-size", type=_size, default=20_000_000, metavar="SIZE", help="20MB")
    verb.set_defaults(run=sites)


def _add_explain(verbs: Verbs) -> None:
    verb = verbs.add_parser("explain", help="show every line with its label and the reason")
    verb.add_argument("paths", nargs="+", metavar="FILE", help="text or HTML, or -")
    verb.add_argument("--html", type=Path, metavar="REPORT", help="draw a page instead of printing")
    _add_decision(verb)
    verb.set_defaults(run=explain)


def _add_decision(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--language", metavar="CODE", help="of the documents; default: detected")
    verb.add_argument(
        "--favor",
        choices=["balance", "precision", "recall"],
        default="balance",
        help="when in doubt",
    )
    verb.add_argument(
        "--mode",
        choices=["filter", "trim"],
        default="filter",
        help="anywhere, or head and tail only",
    )
    verb.add_argument(
        "--most-removed",
        type=_share,
        default=1.0,
        metavar="SHARE",
        help="leave a document as it was that would lose more of its text than this: 0 to 1",
    )
    verb.add_argument("--model", metavar="DIR", help="default: the one that comes along")


def _add_train(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "train",
        help="add labelled samples to what a model learnt",
        description="The new model is tried on pages it did not learn from and on a regression "
        "set, beside the old one, and written only where it is not worse.",
    )
    _add_labelled(verb)
    verb.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="the model")
    start = verb.add_mutually_exclusive_group()
    start.add_argument(
        "--model", type=Path, metavar="DIR", help="start from it; default: the one that comes along"
    )
    start.add_argument("--from-scratch", action="store_true", help="learn from these samples alone")
    verb.add_argument("--force", action="store_true", help="write it even where it is worse")
    verb.add_argument("--seed", type=int, default=0, metavar="N", help="with --from-scratch")
    verb.set_defaults(run=train)


def _add_evaluate(verbs: Verbs) -> None:
    verb = verbs.add_parser("evaluate", help="measure a model on labelled samples")
    _add_labelled(verb)
    which = verb.add_mutually_exclusive_group()
    which.add_argument(
        "--model", type=Path, metavar="DIR", help="default: the one that comes along"
    )
    which.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("OLD", "NEW"),
        help="two models and the lines on which they differ; `default` is the one that comes along",
    )
    verb.set_defaults(run=evaluate)


def _add_labelled(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "labelled",
        nargs="+",
        type=Path,
        metavar="LABELLED",
        help="labelled JSON lines, or a folder of them or of pairs NAME.txt + NAME.clean.txt",
    )


def _add_review(verbs: Verbs) -> None:
    verb = verbs.add_parser("review", help="read and correct labels in the browser")
    verb.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders")
    verb.add_argument("--labels", type=Path, default=Path("labels.sqlite"), metavar="FILE")
    verb.add_argument("--export", type=Path, metavar="FILE", help="write them as JSON lines, stop")
    verb.add_argument("--port", type=_count, default=0, metavar="N", help="default: any free one")
    _add_decision(verb)
    verb.set_defaults(run=review)


def _count(word: str) -> int:
    number = int(word)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{word} is below 0")
    return number


def _share(word: str) -> float:
    share = float(word)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{word} is no share: it is from 0 to 1")
    return share


def _size(word: str) -> int:
    """Bytes of ``20MB``, ``500k`` or ``1000``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", word.strip(), re.IGNORECASE)
    if not found:
        raise argparse.ArgumentTypeError(f"{word!r} is no size: write 500kB, 20MB or 1GB")
    scale = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}[found[2].lower()]
    return int(float(found[1]) * scale)


# -- clean ---------------------------------------------------------------------------------------


def clean(options: argparse.Namespace) -> int:
    """Clean files."""
    from cleaner.batch.run import clean as run
    from cleaner.batch.task import Inputs
    from cleaner.terminal import Watch, summary

    if options.output in {None, STDIO}:
        return _clean_to_stdout(options)
    task = _task(options)
    if options.dry_run:
        return _rehearse(task)
    size = None if options.quiet else Inputs(task).size
    with Watch(sys.stderr, size, names=options.verbose) as watch:
        report = run(task, watch)
    if not options.quiet:
        print(summary(report), file=sys.stderr)
    return SOME_FAILED if report.tally.failures else ALL_WELL


def _task(options: argparse.Namespace) -> Task:
    from cleaner.batch.task import Task

    return Task(
        paths=tuple(options.paths),
        output=options.output.rstrip("/") or "/",
        form=options.to,
        recipe=_recipe(options),
        engine=options.engine,
        workers=options.workers,
        rank=options.rank,
        world_size=options.world_size,
    )


def _recipe(options: argparse.Namespace) -> Recipe:
    from cleaner.batch.records import Limits, Recipe

    return Recipe(
        settings=_settings(options),
        model=options.model,
        site_memory=options.site_memory,
        detail=options.detail,
        metadata=options.metadata,
        style=_style(options),
        text_key=options.text_key,
        id_key=options.id_key,
        limits=Limits(options.max_seconds, options.max_size),
    )


def _style(options: argparse.Namespace) -> Style:
    if options.links:
        return "links"
    return "markdown" if options.markdown else "plain"


def _settings(options: argparse.Namespace) -> Settings:
    from cleaner.page import Settings

    return Settings(options.language, options.favor, options.mode, options.most_removed)


def _clean_to_stdout(options: argparse.Namespace) -> int:
    from cleaner.batch.run import clean_to_stream
    from cleaner.errors import Misuse
    from cleaner.terminal import Watch

    if len(options.paths) > 1:
        message = f"{len(options.paths)} inputs do not go to standard output: say where to with -o"
        raise Misuse(message)
    path = options.paths[0]
    if options.dry_run:
        print(path, "->", "standard output")
        return ALL_WELL
    with Watch(sys.stderr, names=options.verbose) as watch:
        tally = clean_to_stream(path, options.to, _recipe(options), sys.stdout.buffer, watch)
    return SOME_FAILED if tally.failures else ALL_WELL


def _rehearse(task: Task) -> int:
    from cleaner.batch.records import Failure
    from cleaner.batch.task import planned
    from cleaner.terminal import visible

    status = ALL_WELL
    for target in planned(task):
        if isinstance(target, Failure):
            complain(str(target))
            status = SOME_FAILED
        else:
            becomes = task.output if task.is_file else f"{task.output}/{target.name}"
            print(visible(f"{target.source.path} -> {becomes}"))
    return status


# -- other verbs ---------------------------------------------------------------------------------


def sites(options: argparse.Namespace) -> int:
    """Count what sites repeat."""
    from cleaner.batch.records import Limits, Recipe
    from cleaner.batch.survey import survey

    recipe = Recipe(text_key=options.text_key, limits=Limits(bytes=options.max_size))
    found = survey(options.paths, recipe, lambda failure: complain(str(failure)))
    found.memory.save(options.output)
    print(
        f"{options.output}: {found.documents:,} documents counted, {found.copies:,} passed over as "
        f"copies, {found.failures:,} failed; {len(found.memory):,} lines remembered",
        file=sys.stderr,
    )
    return SOME_FAILED if found.failures else ALL_WELL


def explain(options: argparse.Namespace) -> int:
    """Show every line of documents with its label and the reason, or draw a page of them."""
    from cleaner.batch.records import Recipe
    from cleaner.batch.work import cleaner
    from cleaner.errors import SourceError

    loaded = cleaner(Recipe(_settings(options), options.model))
    pages: list[tuple[str, Page]] = []
    for path in options.paths:
        try:
            pages.append((path, loaded.clean(_source(path))))
        except (OSError, SourceError) as error:
            complain(f"{path}: {getattr(error, 'strerror', None) or error}")
    if options.html and pages:
        from cleaner.review.report import html

        options.html.write_text(html(pages, loaded), encoding="utf-8")
    else:
        _print_pages(pages)
    return ALL_WELL if len(pages) == len(options.paths) else SOME_FAILED


def _source(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == STDIO else Path(path).read_bytes()


def _print_pages(pages: Sequence[tuple[str, Page]]) -> None:
    from cleaner.terminal import explained, visible

    for path, page in pages:
        if len(pages) > 1:
            print(f"file       {visible(path)}")
        for line in explained(page, colour=_coloured()):
            print(line)


def _coloured() -> bool:
    """Whether to colour: only where someone looks, and did not ask for none (no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def train(options: argparse.Namespace) -> int:
    """Retrain a model, or fit one from scratch."""
    from cleaner.training import commands

    if options.from_scratch:
        return _told(commands.train_from_scratch(options.labelled, options.output, options.seed))
    choice = commands.Choice(options.model, options.force)
    return _told(commands.train(options.labelled, options.output, choice))


def evaluate(options: argparse.Namespace) -> int:
    """Measure a model, or two side by side."""
    from cleaner.training import commands

    if options.compare:
        return _told(commands.compare(options.labelled, *options.compare))
    return _told(commands.evaluate(options.labelled, options.model))


def _told(outcome: Outcome) -> int:
    from cleaner.terminal import visible

    for note in outcome.notes:
        complain(note)
    for line in outcome.report.split("\n"):
        print(visible(line))
    if outcome.refusal:
        complain(outcome.refusal)
    return SOME_FAILED if outcome.refusal else ALL_WELL


def review(options: argparse.Namespace) -> int:
    """Serve the page for reading and correcting labels, or write what was reviewed."""
    from cleaner.review import store

    if options.export:
        count = store.export(options.labels, options.export)
        print(f"{options.export}: {count} documents")
        return ALL_WELL
    from cleaner.batch.records import Recipe
    from cleaner.batch.work import cleaner
    from cleaner.errors import Misuse
    from cleaner.review.documents import read_files
    from cleaner.review.server import serve

    if not options.paths:
        raise Misuse("nothing to review: name files or folders, or --export FILE")
    loaded = cleaner(Recipe(_settings(options), options.model))
    skipped: list[tuple[str, str]] = []

    def ready(address: str, shelf: Shelf) -> None:
        skipped.extend(shelf.skipped)
        for name, reason in shelf.skipped:
            complain(f"{name}: {reason}")
        print(f"{len(shelf.documents)} documents to review; labels go to {options.labels}")
        print(f"open {address} (Ctrl-C ends)", flush=True)

    serve(read_files(options.paths), loaded, ready, labels=options.labels, port=options.port)
    return SOME_FAILED if skipped else ALL_WELL


def complain(message: str) -> None:
    """Say what went wrong, in one line."""
    from cleaner.terminal import visible

    print(f"cleaner: {visible(message)}", file=sys.stderr)
