"""A sandbox in which applications, and people with a phone, are watched."""

from collections.abc import Iterator

import pytest

from sandbox.playback import Stage
from sandbox.server import running
from sandbox.settings import LogLevel, Settings


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield stage
