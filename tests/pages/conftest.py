"""A sandbox whose wall clock stands at noon with a shop in it and a browser; and a served one with Chromium."""

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from sandbox.domain.sales_unit import UnitSettings
from sandbox.server import Sandbox, running
from sandbox.settings import Settings
from tests.pages.browser import Browser
from tests.pages.chromium import Merchant, MerchantSite, Windows
from tests.pages.shop import Shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(Settings(), real_now=lambda: NOON)


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.fixture
async def shop(sandbox: Sandbox, client: httpx.AsyncClient) -> Shop:
    return await Shop(sandbox, client, "123456", UnitSettings()).sign_in()


@pytest.fixture
def browser(client: httpx.AsyncClient) -> Browser:
    """A browser in which English was chosen."""
    client.cookies.set("language", "en")
    return Browser(client)


# --- Over real sockets ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")  # no wider: Playwright's event loop and those of other tests do not go together
def chromium() -> Iterator["Chromium"]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("needs Chromium, as the Debian package `chromium` brings it")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def url() -> Iterator[str]:
    with running(Settings(port=0)) as url:
        yield url


@pytest.fixture
def site() -> Iterator[MerchantSite]:
    with MerchantSite.open() as site:
        yield site


@pytest.fixture
def merchant(url: str, site: MerchantSite) -> Iterator[Merchant]:
    with Merchant.at(url, site) as merchant:
        yield merchant


@pytest.fixture(scope="module")
def all_windows(chromium: "Chromium") -> Windows:
    return Windows(chromium)


@pytest.fixture
def windows(all_windows: Windows, url: str) -> Iterator[Windows]:
    with all_windows.of(url) as windows:
        yield windows
