"""The page at `/`."""

import httpx
import pytest

from sandbox import __version__
from sandbox.server import Sandbox
from sandbox.settings import HOME, AccessMode, DeclaredUnit, Settings
from sandbox.ui import rendering

_ACME = DeclaredUnit(msn="123456", client_id="acme", client_secret="acme-secret", subscription_key="acme-key")


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
    assert f'<a href="/sandbox/units/{HOME.msn}">' in page.text
    assert "Not affiliated with Vipps MobilePay" in page.text


@pytest.mark.anyio
async def test_home_is_read_and_compiled_once() -> None:
    await home(Sandbox(Settings()))
    made = rendering._environment.cache_info().misses
    await home(Sandbox(Settings()))
    assert rendering._environment.cache_info().misses == made


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
@pytest.mark.parametrize("access", list(AccessMode))
async def test_home_shows_nobody_the_credentials_that_somebody_configured(access: AccessMode) -> None:
    page = (await home(Sandbox(Settings(access=access, units=(_ACME,))))).text
    assert "the declared sales units' own credentials" in page
    for secret in (_ACME.client_id, _ACME.client_secret, _ACME.subscription_key, HOME.client_secret):
        assert secret not in page


@pytest.mark.anyio
@pytest.mark.parametrize(("units", "msn"), [((), HOME.msn), ((_ACME,), _ACME.msn)])
async def test_the_printed_credentials_mean_the_printed_sales_unit(units: tuple[DeclaredUnit, ...], msn: str) -> None:
    """With open access too, where any others do as well; a call need not name the sales unit."""
    settings = Settings(units=units)
    sandbox, printed = Sandbox(settings), settings.credentials[0]
    keys = {
        "client_id": printed.client_id,
        "client_secret": printed.client_secret,
        "Ocp-Apim-Subscription-Key": printed.subscription_key,
    }
    assert [unit.msn for unit in sandbox.world] == [msn]
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test", headers=keys) as http:
        token = (await http.post("/accesstoken/get")).json()["access_token"]
        answer = await http.get("/epayment/v1/payments/a", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["detail"] == f"The reference a does not exist for MSN {msn}"


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
