"""Parquet files; the door of pyarrow."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO

from cleaner.errors import CleanerError, SourceError
from cleaner.extras import needed

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

    Schema = pyarrow.Schema

BATCH = 256
"""Rows read at a time: text columns are wide."""


def rows(stream: BinaryIO, text_key: str) -> Iterator[dict[str, Any]]:
    """The rows of a file, one dictionary each.

    Raises `SourceError` where the file is damaged or has no column ``text_key``.
    """
    arrow = _pyarrow()
    try:
        file = arrow.parquet.ParquetFile(stream)
        if text_key not in file.schema_arrow.names:
            columns = ", ".join(map(repr, file.schema_arrow.names))
            message = f"has no column {text_key!r}; it has {columns} (see --text-key)"
            raise SourceError(message)
        for batch in file.iter_batches(batch_size=BATCH):
            yield from batch.to_pylist()
    except (arrow.ArrowException, OSError) as error:
        message = f"damaged Parquet file ({error})"
        raise SourceError(message) from error


def schema(stream: BinaryIO) -> pyarrow.Schema:
    """The columns of a file and their types. Raises `SourceError` where it is damaged."""
    arrow = _pyarrow()
    try:
        return arrow.parquet.read_schema(stream)
    except (arrow.ArrowException, OSError) as error:
        message = f"damaged Parquet file ({error})"
        raise SourceError(message) from error


def encoded(rows: Sequence[Mapping[str, Any]], known: pyarrow.Schema | None = None) -> bytes:
    """A file of ``rows``; columns in ``known`` keep their types, others get what their values need.

    Raises `CleanerError` where the values of a column are of types that do not go together.
    """
    arrow = _pyarrow()
    types = _types(arrow) | ({x.name: x.type for x in known} if known is not None else {})
    names = dict.fromkeys(name for row in rows for name in row) or dict.fromkeys(types)
    columns = {}
    for name in names:
        try:
            columns[name] = arrow.array([row.get(name) for row in rows], types.get(name))
        except (arrow.ArrowException, OverflowError) as error:
            problem = _unfit(f"column {name!r}", error)
            raise problem from error
    target = io.BytesIO()
    arrow.parquet.write_table(arrow.table(columns), target, compression="zstd")
    return target.getvalue()


def join(parts: Sequence[Callable[[], BinaryIO]], target: BinaryIO) -> None:
    """One file of all rows of ``parts``, in order; columns that some lack are null there.

    ``parts`` open them, one at a time and twice each: there may be more than a process may have
    open. Raises `CleanerError` where the parts' types of a column do not go together.
    """
    arrow = _pyarrow()
    schemas = []
    for part in parts:
        with part() as stream:
            schemas.append(arrow.parquet.read_schema(stream))
    try:
        common = arrow.unify_schemas(schemas, promote_options="permissive")
    except arrow.ArrowException as error:
        problem = _unfit("a column", error)
        raise problem from error
    with arrow.parquet.ParquetWriter(target, common, compression="zstd") as writer:
        for part in parts:
            with part() as stream:
                table = arrow.parquet.ParquetFile(stream).read()
            writer.write_table(_conformed(arrow, table, common))


def _conformed(arrow: ModuleType, table: pyarrow.Table, common: pyarrow.Schema) -> pyarrow.Table:
    """``table`` with the columns of ``common``, in their order and of their types."""
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else arrow.nulls(table.num_rows, field.type)
        for field in common
    ]
    return arrow.table(columns, schema=common)


def _types(arrow: ModuleType) -> dict[str, pyarrow.DataType]:
    """The types of our own columns, which may be null throughout a part."""
    text, number = arrow.string(), arrow.float64()
    line = {"number": arrow.int64(), "text": text, "label": text}
    line |= {"probability": number, "reason": text}
    said = ("title", "author", "date", "site", "language")
    return {
        "title": text,
        "language": text,
        "metadata": arrow.struct([(name, text) for name in said]),
        "lines": arrow.list_(arrow.struct(list(line.items()))),
        "line_labels": arrow.list_(text),
        "line_quality": arrow.list_(number),
    }


def _unfit(what: str, error: Exception) -> CleanerError:
    message = f"{what} has values that do not fit one Parquet type ({error}): write JSON lines"
    return CleanerError(message)


def _pyarrow() -> ModuleType:
    with needed("pyarrow", "to read and write Parquet", "batch"):
        import pyarrow  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415
    return pyarrow
