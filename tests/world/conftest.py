"""A sales unit whose wall clock only the test moves."""

import pytest

from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit
from tests.domain.shop import MSN
from tests.world.fakes import WallClock


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def wall() -> WallClock:
    return WallClock()


@pytest.fixture
def unit(wall: WallClock) -> SalesUnit:
    return SalesUnit(MSN, UnitSettings(), real_now=wall)
