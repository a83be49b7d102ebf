"""A pytest plugin that prints what the tests of each function took together, fixtures included: one JSON object."""

import json
from collections import defaultdict

import pytest

_seconds: defaultdict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid.rpartition("::")[2].partition("[")[0]] += report.duration


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    print(f"\n{json.dumps(_seconds)}")
