"""What ``cleaner train`` and ``cleaner evaluate`` do."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], None]
"""Where messages for the user go."""
