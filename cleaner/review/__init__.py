"""Reading and correcting labels in the browser, and reports to look at.

The way of the data::

    files -> documents -> order (what teaches most) -> app <-> browser (static/)
                                                        |
                                                      store -> labelled JSON lines

`server.serve` runs the page, `store.export` writes what was reviewed as training reads it, and
`report.html` makes a page of a run for people who would rather look than read.
"""
