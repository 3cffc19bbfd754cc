"""What the elements of HTML do to the text inside them: tables of names, and nothing else."""

BLOCKS = frozenset({
    "address", "article", "aside", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup",
    "hr", "label", "legend", "li", "main", "menu", "nav", "noscript", "object", "search", "section",
    "summary", "table", "tbody", "tfoot", "thead", "tr",
})  # fmt: skip
"""Elements that begin a line and end one. ``button`` and ``label`` are inline for a browser, but
their text belongs to no sentence."""

PARAGRAPHS = frozenset({"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "ul"})
"""The same, with a blank line around, as in every browser's style sheet."""

PREFORMATTED = frozenset({"listing", "plaintext", "pre", "xmp"})

IN_WORDS = frozenset({
    "b", "bdi", "bdo", "big", "del", "em", "font", "i", "ins", "mark", "nobr", "rb", "ruby", "s",
    "small", "strike", "strong", "sub", "sup", "tt", "u", "wbr",
})  # fmt: skip
"""Elements that may begin or end inside a word: two of a kind side by side leave no gap."""

SKIPPED = frozenset({
    "annotation", "audio", "canvas", "datalist", "embed", "iframe", "meter", "noembed", "optgroup",
    "option", "progress", "rp", "rt", "select", "style", "svg", "textarea", "video",
})  # fmt: skip

VOID = frozenset({"area", "base", "br", "embed", "frame", "hr", "img", "input", "link", "meta"})
"""Elements without an end."""

ENDING_THEMSELVES = frozenset({"dd", "dt", "li", "p", "td", "th", "tr"})
"""Elements whose end tag may be left out before the next of their kind."""

KNOWN = BLOCKS | PARAGRAPHS | PREFORMATTED | IN_WORDS | SKIPPED | VOID | {
    "a", "abbr", "cite", "code", "dfn", "frameset", "head", "html", "kbd", "map", "noframes",
    "picture", "q", "samp", "script", "source", "span", "td", "template", "th", "time", "title",
    "var",
}  # fmt: skip
