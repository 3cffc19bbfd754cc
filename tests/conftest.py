"""What many tests share: the shipped cleaner, the written pages, how hypothesis searches.

Examples are drawn the same in every run, so that a change that breaks a property is told apart
from luck. ``pytest --hypothesis-profile=search`` looks at new and many more ones.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from places import CLEAN_SUFFIX, PAGES

from cleaner import Cleaner
from cleaner.features import StopWords
from cleaner.language import Languages
from cleaner.training.groundwork import Groundwork

HOUSE = settings(
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("house", HOUSE)
settings.register_profile("search", HOUSE, derandomize=False, max_examples=2000)
settings.load_profile("house")


@pytest.fixture(scope="session")
def cleaner() -> Cleaner:
    """The cleaner as it comes, with the shipped model."""
    return Cleaner()


@pytest.fixture(scope="session")
def languages(cleaner) -> Languages:
    """The shipped language table."""
    return cleaner.languages


@pytest.fixture(scope="session")
def stop_words(cleaner) -> StopWords:
    """The shipped stop words."""
    return cleaner.stop_words


@pytest.fixture(scope="session")
def base(cleaner) -> Groundwork:
    """What the shipped model lends to others."""
    return Groundwork.of(cleaner)


@pytest.fixture(scope="session")
def clean_texts() -> dict[str, str]:
    """The clean texts of the fixtures that hold any, by name."""
    texts = {
        path.name.removesuffix(CLEAN_SUFFIX): path.read_text("utf-8")
        for path in sorted(PAGES.glob(f"*{CLEAN_SUFFIX}"))
    }
    return {name: text for name, text in texts.items() if text.strip()}
