"""What a test's marker `shows` claims, the test must have met; and what takes long begins first."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from tests.contract.witness import claims_of, watched


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    with watched(claims_of(item)):
        return (yield)


# What starts browsers and processes: else one worker is left with a long file when all others are done.
_LONG: Final = frozenset({"pages", "plugin", "docs", "packaging", "benchmarks", "e2e", "contract"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in _LONG)
