"""The version of the package."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """The version as it was installed; ``"?"`` for a checkout that never was."""
    try:
        return metadata.version("cleaner")
    except metadata.PackageNotFoundError:
        return "?"
