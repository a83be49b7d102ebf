"""The page at `/`."""

import httpx
import pytest

from sandbox import __version__
from sandbox.server import Sandbox
from sandbox.settings import HOME, AccessMode, Settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def home(sandbox: Sandbox) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox.test") as http:
        return await http.get("/")


@pytest.mark.anyio
async def test_home_tells_how_to_point_an_app_at_the_sandbox() -> None:
    page = await home(Sandbox(Settings()))
    assert page.status_code == 200
    assert '<dd id="base-url">http://sandbox.test</dd>' in page.text
    for value in (HOME.client_id, HOME.client_secret, HOME.subscription_key, HOME.msn):
        assert f"<dd>{value}</dd>" in page.text
    assert "Any other credentials" in page.text
    assert "None yet" in page.text
    assert "Not affiliated with Vipps MobilePay" in page.text


@pytest.mark.anyio
async def test_home_lists_sales_units_newest_first_with_their_names_escaped() -> None:
    sandbox = Sandbox(Settings())
    sandbox.world.provision("111111")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox.test") as http:
        made = await http.post("/sandbox/units", json={"msn": "222222", "settings": {"name": "<b>Bråte"}})
        assert made.status_code == 201
    page = (await home(sandbox)).text
    assert "&lt;b&gt;Bråte · 222222" in page
    assert page.index("222222") < page.index("111111")


@pytest.mark.anyio
async def test_home_shows_the_public_url_and_whether_others_are_let_in() -> None:
    page = await home(Sandbox(Settings(public_url="https://pay.test", access=AccessMode.DECLARED)))
    assert '<dd id="base-url">https://pay.test</dd>' in page.text
    assert "Any other credentials" not in page.text


@pytest.mark.anyio
async def test_every_answer_of_the_sandboxs_own_says_that_it_comes_from_a_sandbox() -> None:
    transport = httpx.ASGITransport(app=Sandbox(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        paths = ("/", "/sandbox/health", "/sandbox/nothing", "/phone/4791234567", "/landing")
        answers = [await http.get(path) for path in paths]
    assert {answer.headers["Sandbox"] for answer in answers} == {f"vipps-sandbox/{__version__}"}


@pytest.mark.anyio
async def test_a_body_of_the_sandboxs_own_api_has_an_end() -> None:
    transport = httpx.ASGITransport(app=Sandbox(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        answer = await http.put("/sandbox/units/654321/clock", content=b" " * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["detail"]) == (413, "A body may have 1048576 bytes.")
