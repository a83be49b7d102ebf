"""What a test's marker `shows` claims, the test must have met."""

from collections.abc import Generator

import pytest

from tests.contract.witness import claims_of, watched


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    with watched(claims_of(item)):
        return (yield)
