"""Arrays to a model: two stages for article and junk, one network for spam, one for joins.

Whatever a later stage reads of an earlier one while training comes from folds that did not see the
line's site; otherwise it would learn to trust a memory that new sites do not have.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from cleaner.characters import Bools, Characters, Floats, Ints
from cleaner.context import context, join_facts, spam_facts, surroundings
from cleaner.convolutions import Convolutions
from cleaner.errors import SampleError
from cleaner.features import LONG, TITLE, Columns, sigmoid
from cleaner.lexicon import Stretches, stretches
from cleaner.model import Network
from cleaner.storage import MOST_STEPS
from cleaner.training.convolutions import Lessons, Plan, learn_convolutions
from cleaner.training.corpus import CHUNK, LABELS, Corpus, folds, site_counts
from cleaner.training.excerpts import RENDERING
from cleaner.training.lexicons import FormulaCounts, Written
from cleaner.training.phrasebook import WRITTEN
from cleaner.training.signposts import Signposts
from cleaner.training.trees import grown
from cleaner.trees import Trees
from cleaner.windows import Windows

TITLE_REACH = 3
"""Paragraphs behind which no headline is looked for."""

WRITTEN_TITLE = np.float32(12)
"""What a headline of a written page counts, against one of any other. The first short line that a
public collection keeps is often a kicker or a standfirst: out of fold, the headline was right on
85 % of the written pages with 1, on 90 % with 12; on 71 and 70 % of real ones, by their gold."""

JUNK, ARTICLE, SPAM = range(len(LABELS))


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices of a training run."""

    seed: int = 0
    folds: int = 5
    members: int = 1
    """Networks averaged: with trees beside it, one does."""
    hidden: tuple[int, ...] = (64, 32)
    epochs: int = 4
    rate: float = 1e-3
    """Learning rate of a network's first step."""
    decay: float = 0.1
    """How hard a network's weights are held down."""
    rows: int = 500_000
    """Lines a network is trained on, drawn by weight; more rows of the same sites add nothing."""
    blocks: int = 5
    """Blocks of their convolutions: 5 see the 31 lines before a line and the 31 behind it."""
    lines: int = 10_000_000
    """Lines they are trained on, the same ones many times."""
    dropped: float = 0.2
    """Share of their blocks' inputs that a step does without."""
    passes: int = 30
    """How often, at most, they read what a handful of samples holds."""
    trees: int = 300
    """Decision trees beside each network; none for a handful of samples."""
    tree_rows: int = 300_000
    token_epochs: int = 6
    token_alpha: float = 3e-6
    least_sites: int = 3
    """Sites a token must have been seen on to count: less is memory of a site, not knowledge."""


@dataclass(frozen=True)
class Predictions:
    """What models that never saw a line's site say of it; one entry a line of the corpus."""

    fold: Ints
    own: Columns
    language: Columns
    article: Floats
    """Log-odds of article text, spam aside."""
    spam: Floats
    title: Floats
    """Log-odds of being the headline."""
    join: Floats
    """Log-odds that the line goes on with the line before."""


@dataclass(frozen=True)
class FirstStage:
    """Log-odds of every line out of fold, and the share of its words that have a weight."""

    logit: Floats
    known: Floats
    weights: Mapping[int, Floats]
    """The token weights that were learnt without each fold."""


def learn(
    corpus: Corpus,
    recipe: Recipe,
    page_weight: Floats,
    written: Written,
    fallback: Mapping[str, Network],
) -> tuple[Parts, Predictions]:
    """The parts of a model, and its predictions on its own training lines, out of fold.

    ``page_weight`` says how much each document counts, shape (documents,). What the samples cannot
    teach, because no line of them is spam, or none is torn, is taken from ``fallback``; raises
    ``SampleError`` where that does not have it either.
    """
    fold = fold_of(corpus, recipe.folds)
    spread = np.repeat(page_weight, np.diff(corpus.windows.first)).astype(np.float32)
    weight = corpus.weights * spread
    counts = formula_counts(corpus, written)
    first = first_stage(corpus, fold, weight, recipe)
    networks: dict[str, Network] = {}
    networks["host"], odds = hosts(corpus, first, fold, recipe, fallback.get("host"))
    own, language = corpus.facts(odds)
    teaching = np.where(corpus.labels == SPAM, 0, weight)
    headline, possible = headlines(corpus, own)
    pointing = Signposts.of(corpus, teaching, headline, fold)
    own = {**own, **formula_columns(corpus, counts), **pointing.unseen(corpus.words, fold)}
    around = surroundings(corpus.windows, own)
    facts = {**own, **around, **context(corpus.windows, first.logit, first.known, own)}
    foreign = spam_facts(corpus.windows, language, facts)
    labels = corpus.labels
    windows = corpus.windows
    tasks = {
        "article": Task(facts, labels == ARTICLE, teaching, windows, Design(readers=2)),
        "spam": Task(foreign, labels == SPAM, weight, windows, NARROW),
        "title": Task(facts, headline, possible, windows, RIVALS),
        "join": joins(corpus, own),
    }
    out_of_fold = {}
    for name, task in tasks.items():
        networks[name], out_of_fold[name] = crossed(task, fold, recipe, fallback.get(name))
    networks["reasons"] = stand_in(networks["article"], facts, out_of_fold["article"], recipe.seed)
    everything = np.ones(len(corpus), np.bool_)
    tokens = token_weights(corpus, everything, weight, recipe)
    parts = Parts(tokens, networks, first, counts, pointing)
    return parts, Predictions(fold, own, language, **out_of_fold)


@dataclass(frozen=True)
class Parts:
    """What was learnt."""

    tokens: Floats
    networks: dict[str, Network]
    first: FirstStage
    formulas: FormulaCounts
    signposts: Signposts


@dataclass(frozen=True, slots=True)
class Design:
    """The networks of a task whose rows are the lines of whole documents."""

    width: int = 64
    """Hidden values of a line in a network that reads the lines around."""
    readers: int = 1
    """Such networks, of different first weights, that are averaged."""
    alone: bool = False
    """Whether one that reads a line by itself is averaged with them."""
    contest: bool = False
    """Whether one line of a document is on target at most, so that lines rival each other. Trees
    have no part in that, as they are grown on lines by themselves: the headline is right on 78 % of
    WCXB's pages without them, on 74 % with as much of them as makes lines likeliest."""


NARROW = Design(width=32)
"""For what is rare or plain."""

RIVALS = replace(NARROW, readers=3, contest=True)
"""For what only one line of a document can be."""


@dataclass(frozen=True)
class Task:
    """Something for a network to learn: facts, truth and weight of each row."""

    facts: Columns
    target: Bools
    weight: Floats
    windows: Windows | None = None
    """The documents that the rows are, where a network is to read the lines around as well."""
    design: Design = Design()

    def within(self, rows: Bools) -> Task:
        """The task with its weight on ``rows`` alone."""
        return replace(self, weight=np.where(rows, self.weight, 0))

    def pieces(self, rows: Bools) -> Iterator[tuple[Ints, Windows | None]]:
        """The numbers of some rows, whole documents of them, a piece at a time."""
        if self.windows is None:
            yield np.flatnonzero(rows), None
            return
        documents = np.flatnonzero(rows[self.windows.first[:-1]])
        for begin in range(0, len(documents), CHUNK):
            yield self.windows.taken(documents[begin : begin + CHUNK])


def crossed(
    task: Task, fold: Ints, recipe: Recipe, fallback: Network | None = None
) -> tuple[Network, Floats]:
    """The network learnt on all rows, and for each row the log-odds of one that left its fold out.

    Both are calibrated on the out-of-fold log-odds. ``fallback`` serves where all rows are alike.
    """
    if not has_both(task.target, task.weight):
        if fallback is None:
            message = "the samples hold nothing to learn from: all lines are labelled alike"
            raise SampleError(message)
        return fallback, fallback(task.facts, task.windows)
    numbers = np.unique(fold).tolist()
    outside = [task.within(fold != left_out) for left_out in numbers]
    # Where the rows outside a fold are all alike, the network of all rows stands in.
    able = [has_both(others.target, others.weight) for others in outside]
    everything, *others = networks([task, *compress(outside, able)], recipe)
    without = iter(others)
    opinions = np.zeros((len(fold), 1 if everything.trees is None else 2), np.float32)
    for left_out, can_teach in zip(numbers, able, strict=True):
        learnt = next(without) if can_teach else everything
        for rows, windows in task.pieces(fold == left_out):
            columns = {name: column[rows] for name, column in task.facts.items()}
            opinions[rows] = learnt.opinions(columns, windows)
    slopes, shift = calibration(opinions, task.target, task.weight)
    return everything.scaled(slopes, shift), opinions @ slopes + shift


def has_both(target: Bools, weight: Floats) -> bool:
    """Whether rows that count are of both kinds."""
    counted = target[weight > 0]
    return bool(counted.any() and not counted.all())


def calibration(opinions: Floats, target: Bools, weight: Floats) -> tuple[Floats, np.float32]:
    """Slopes and shift that bring opinions to log-odds that mean what they say (Platt scaling).

    ``opinions`` has shape (rows, opinions), the slopes (opinions,).
    """
    counted = weight > 0
    fitted = LogisticRegression(C=1e3).fit(
        opinions[counted], target[counted], sample_weight=weight[counted]
    )
    return fitted.coef_[0].astype(np.float32), np.float32(fitted.intercept_[0])


def first_stage(corpus: Corpus, fold: Ints, weight: Floats, recipe: Recipe) -> FirstStage:
    """What token weights learnt on the other folds say of every line."""
    weights = {
        left_out: token_weights(corpus, fold != left_out, weight, recipe)
        for left_out in np.unique(fold).tolist()
    }
    return FirstStage(*unseen_logits(corpus.tokens, fold, weights), weights)


def unseen_logits(
    inputs: csr_matrix, fold: Ints, weights: Mapping[int, Floats]
) -> tuple[Floats, Floats]:
    """Log-odds and known share of every line by the weights learnt without its fold."""
    logit, known = np.zeros(len(fold), np.float32), np.zeros(len(fold), np.float32)
    for left_out, learnt in weights.items():
        inside = np.flatnonzero(fold == left_out)
        logit[inside], known[inside] = line_logits(inputs[inside], learnt)
    return logit, known


def hosts(
    corpus: Corpus, first: FirstStage, fold: Ints, recipe: Recipe, fallback: Network | None
) -> tuple[Network, Floats]:
    """What chooses a document's language, and the odds of each for each document, out of fold.

    Learnt from the documents whose language is known and stands among the candidates.
    """
    rivals = corpus.rivals(sigmoid(first.logit))
    names = corpus.languages.names
    true = np.array(
        [names.index(s.language) if s.language in names else -1 for s in corpus.samples]
    )[rivals.document]
    target = rivals.language == true
    akin = corpus.languages.near[rivals.language, true] & ~target
    lines = corpus.windows.first[rivals.document]
    weight = ((true >= 0) & ~akin & (rivals.columns["rivals"] > 1)).astype(np.float32)
    chooser, logit = crossed(Task(rivals.columns, target, weight), fold[lines], recipe, fallback)
    return chooser, rivals.odds(logit, len(corpus.samples), len(names))


def headlines(corpus: Corpus, facts: Columns) -> tuple[Bools, Floats]:
    """Whether a line is the headline, and its weight where it could be.

    Where nobody says which line is, it is the page's first article line, if it is short and stands
    before the first paragraph. Excerpts begin anywhere.
    """
    length = np.expm1(facts["log_effective_length"])
    article = (corpus.labels == ARTICLE) & (corpus.weights > 0)
    windows = corpus.windows
    earlier = windows.before(article.astype(np.float32))
    long = article & (length >= LONG) & (facts["ends_sentence"] > 0)
    headed = windows.total(long.astype(np.float32)) > 0
    possible = (length < TITLE) & (corpus.weights > 0) & headed
    possible &= windows.before(long.astype(np.float32)) < TITLE_REACH
    whole = [sample.rendering != RENDERING for sample in corpus.samples]
    possible &= np.repeat(whole, windows.sizes)
    target = possible & article & (earlier == 0) & ~long
    named = np.array([line.text == s.title for s in corpus.samples for line in s.lines], np.bool_)
    named &= np.repeat(whole, windows.sizes)
    known = windows.total(named.astype(np.float32)) > 0
    kept = named & (corpus.labels == ARTICLE)
    headline = np.where(windows.total(kept.astype(np.float32)) > 0, kept, named)
    target = np.where(known, headline, target)
    # Its copies in menus and lists are neither right nor wrong.
    possible = np.where(known, (length < TITLE) & (headline | ~named), possible)
    written = np.repeat([s.rendering == WRITTEN for s in corpus.samples], windows.sizes)
    counted = np.where(written, WRITTEN_TITLE, np.float32(1))
    return target & possible, np.where(possible, counted, 0)


def joins(corpus: Corpus, facts: Columns) -> Task:
    """The boundary before every line, and whether a paragraph runs across it.

    It is known between article lines of some renderings; between an article line and any other
    none does. The rest weighs nothing.
    """
    article = corpus.labels == ARTICLE
    before = np.concatenate(([False], article[:-1]))
    inside = np.arange(len(corpus)) > corpus.windows.start
    known = inside & article & before & (corpus.joins >= 0)
    border = inside & (article != before) & (corpus.weights > 0)
    border &= np.repeat([bool(sample.joins) for sample in corpus.samples], corpus.windows.sizes)
    return Task(
        join_facts(corpus.windows, facts),
        known & (corpus.joins == 1),
        (known | border).astype(np.float32),
        corpus.windows,
        NARROW,
    )


def formula_counts(corpus: Corpus, written: Written) -> FormulaCounts:
    """How often sites print formulas as article text, those of a corpus and those that are written.

    Spam is no site's word.
    """
    more = stretches(Characters(written.texts))
    size = len(written.texts)
    return FormulaCounts.of(
        Stretches.joined([corpus.stretches, more], [len(corpus), size]),
        np.concatenate((corpus.labels == ARTICLE, np.array(written.article, np.bool_))),
        np.concatenate(((corpus.labels != SPAM) & (corpus.weights > 0), np.ones(size, np.bool_))),
        [*sites(corpus), *written.sites],
    )


def formula_columns(corpus: Corpus, counts: FormulaCounts) -> Columns:
    """What other sites tell of the formulas of every line."""
    found = corpus.stretches
    return found.columns(counts.unseen(found, sites(corpus)), len(corpus))


def sites(corpus: Corpus) -> list[str]:
    """The site of every line."""
    return [sample.site for sample in corpus.samples for _ in sample.lines]


def fold_of(corpus: Corpus, count: int) -> Ints:
    """The fold of every line, all lines of a site in one."""
    names = [sample.site for sample in corpus.samples]
    return np.repeat(folds(names, count), np.diff(corpus.windows.first))


def token_weights(corpus: Corpus, rows: Bools, weight: Floats, recipe: Recipe) -> Floats:
    """First stage: the weight of every token bucket, shape (buckets,), learnt on ``rows``.

    Spam lines are left out: their words would teach languages, not junk.
    """
    usable = (corpus.labels != SPAM) & (weight > 0)
    if has_both(corpus.labels == ARTICLE, np.where(usable & rows, weight, 0)):
        usable &= rows  # else the rows cannot teach by themselves: a handful of pages
    rows = usable
    classifier = SGDClassifier(
        loss="log_loss",
        alpha=recipe.token_alpha,
        max_iter=recipe.token_epochs,
        tol=None,
        average=True,
        fit_intercept=False,
        random_state=recipe.seed,
    )
    inputs = corpus.tokens[rows]
    classifier.fit(scaled(inputs), corpus.labels[rows] == ARTICLE, sample_weight=weight[rows])
    learnt = classifier.coef_[0].astype(np.float32)
    learnt[site_counts(inputs, corpus.site[rows]) < recipe.least_sites] = 0
    return in_steps(learnt)


def in_steps(weights: Floats) -> Floats:
    """The weights in steps of which 127 hold all but the largest thousandth; a model stores bytes.

    What has a weight keeps one, because the share of known tokens is a fact.
    """
    if not weights.any():
        return weights
    step = np.quantile(np.abs(weights[weights != 0]), 0.999) / MOST_STEPS
    steps = np.clip(np.rint(weights / step), -MOST_STEPS, MOST_STEPS)
    steps = np.where((steps == 0) & (weights != 0), np.sign(weights), steps)
    return (steps * step).astype(np.float32)


def scaled(inputs: csr_matrix) -> csr_matrix:
    """Rows divided by the root of their token count, as ``features.token_logits`` does."""
    sizes = np.maximum(np.asarray(inputs.sum(axis=1)).ravel(), 1)
    data = inputs.data / np.repeat(np.sqrt(sizes), np.diff(inputs.indptr)).astype(np.float32)
    return csr_matrix((data, inputs.indices, inputs.indptr), shape=inputs.shape)


def line_logits(inputs: csr_matrix, weights: Floats) -> tuple[Floats, Floats]:
    """As ``features.token_logits``, from a matrix of token counts."""
    logit = (scaled(inputs) @ weights).astype(np.float32)
    known = inputs @ (weights != 0).astype(np.float32)
    return logit, (known / np.maximum(np.asarray(inputs.sum(axis=1)).ravel(), 1)).astype(np.float32)


def networks(tasks: Sequence[Task], recipe: Recipe) -> list[Network]:
    """A network for each task, with trees beside it."""
    # More threads make these small products slower: 0.3 s an epoch on one, 1.5 s and more on two.
    # That the fit stops before it has converged is meant: it generalises better.
    with threadpool_limits(1), warnings.catch_warnings(), ThreadPoolExecutor(2) as pool:
        warnings.simplefilter("ignore", ConvergenceWarning)
        bare = list(pool.map(lambda task: _network(task, recipe), tasks))
    return [
        replace(found, trees=_trees(task, recipe)) for task, found in zip(tasks, bare, strict=True)
    ]


def _network(task: Task, recipe: Recipe) -> Network:
    """The networks of a task, without trees."""
    inputs, target = _drawn(task, recipe.rows, recipe.seed)
    found = Network(tuple(task.facts), *_standard(inputs))
    if task.windows is None or task.design.alone:
        found = _plain(found, found.standardised(inputs.T), target, recipe)
    if task.windows is None:
        return found
    around = range(recipe.seed, recipe.seed + task.design.readers)
    return replace(
        found,
        convolutions=tuple(_convolutions(found, task, task.windows, recipe, n) for n in around),
    )


def _plain(blank: Network, inputs: Floats, target: Bools, recipe: Recipe) -> Network:
    """Small networks that read a line by itself, fitted to the same rows from different starts."""
    members = [_member(inputs, target, recipe, number) for number in range(recipe.members)]
    depth = len(recipe.hidden) + 1
    weights = [np.stack([m.coefs_[i] for m in members]) for i in range(depth)]
    biases = [np.stack([m.intercepts_[i][None] for m in members]) for i in range(depth)]
    return replace(
        blank,
        weights=tuple(array.astype(np.float32) for array in weights),
        biases=tuple(array.astype(np.float32) for array in biases),
    )


def _convolutions(
    blank: Network, task: Task, windows: Windows, recipe: Recipe, seed: int
) -> Convolutions:
    """A network that reads the lines around, over inputs as ``blank`` standardises them."""
    columns = list(task.facts.values())

    def inputs(rows: Ints) -> Floats:
        return blank.standardised(np.stack([column[rows] for column in columns], axis=1).T)

    lines = min(recipe.lines, recipe.passes * len(windows))
    plan = Plan(task.design.width, recipe.blocks, lines, dropped=recipe.dropped, seed=seed)
    lessons = Lessons(inputs, task.target, task.weight, windows, task.design.contest)
    return learn_convolutions(lessons, plan)


def _trees(task: Task, recipe: Recipe) -> Trees | None:
    if not recipe.trees or task.design.contest:
        return None
    return grown(*_drawn(task, recipe.tree_rows, recipe.seed), recipe.trees, recipe.seed)


def _member(inputs: Floats, target: Bools, recipe: Recipe, number: int) -> MLPClassifier:
    member = MLPClassifier(
        hidden_layer_sizes=recipe.hidden,
        batch_size=min(1024, len(inputs)),
        learning_rate_init=recipe.rate,
        alpha=recipe.decay,
        max_iter=recipe.epochs,
        n_iter_no_change=recipe.epochs + 1,
        random_state=recipe.seed + number,
    )
    return member.fit(inputs, target)


def _drawn(task: Task, rows: int, seed: int) -> tuple[Floats, Bools]:
    """Inputs and targets of rows drawn by weight with replacement, so that all count alike."""
    rng = np.random.default_rng(seed)
    size = min(rows, int((task.weight > 0).sum()))
    chance = task.weight.astype(np.float64) / task.weight.sum(dtype=np.float64)
    chosen = np.sort(rng.choice(len(chance), size=size, p=chance))
    inputs = np.stack([column[chosen] for column in task.facts.values()], axis=1)
    return inputs, task.target[chosen]


def _standard(inputs: Floats) -> tuple[Floats, Floats]:
    center = inputs.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = inputs.std(axis=0, dtype=np.float64)
    return center, (1 / np.maximum(spread, 1e-3)).astype(np.float32)


def stand_in(teacher: Network, columns: Columns, logit: Floats, seed: int) -> Network:
    """The linear network nearest to ``teacher``, to read reasons from.

    ``logit`` is what the teacher, or one that did not see the row, says of every row.
    """
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(logit), size=50_000)
    sample = {name: column[rows] for name, column in columns.items()}
    inputs = teacher.standardised(teacher.stacked(sample))
    fitted = Ridge(alpha=100.0).fit(inputs, np.clip(logit[rows], -6, 6))
    return replace(
        teacher,
        weights=(fitted.coef_.astype(np.float32).reshape(1, -1, 1),),
        biases=(np.full((1, 1, 1), fitted.intercept_, np.float32),),
        convolutions=(),
        trees=None,
    )
