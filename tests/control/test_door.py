"""The token: what it closes, who comes in, and where a login leads."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.server import Sandbox
from sandbox.settings import HOME, Settings

TOKEN = "an-ångstrøm-token"
UNIT = f"/sandbox/units/{HOME.msn}"
CLOSED = [
    "/",
    "/sandbox/dashboard",
    f"/sandbox/dashboard/{HOME.msn}",
    UNIT,
    f"{UNIT}/facts/stream",
    "/phone/4791234567",
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Sandbox(Settings(token=TOKEN)))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.mark.anyio
@pytest.mark.parametrize("path", [*CLOSED, "/sandbox/requests", "/sandbox/nowhere"])
async def test_nobody_comes_in_without(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "SANDBOX" not in answer.text
    assert "Authorization: Bearer" in answer.json()["detail"]
    for wrong in ("Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x"):
        assert (await http.get(path, headers=[(b"Authorization", wrong.encode())])).status_code == 401


@pytest.mark.anyio
async def test_writing_needs_it_too(http: httpx.AsyncClient) -> None:
    for path in ("/sandbox/units", f"/sandbox/dashboard/{HOME.msn}/try", "/phone/4791234567/requests/654321/a/open"):
        assert (await http.post(path, headers={"Accept": "text/html"})).status_code == 401


@pytest.mark.anyio
async def test_a_program_sends_the_token(http: httpx.AsyncClient) -> None:
    headers = [(b"Authorization", f"bearer {TOKEN}".encode())]
    for path in ("/", UNIT, "/phone/4791234567"):
        assert (await http.get(path, headers=headers)).status_code == 200


@pytest.mark.anyio
async def test_health_the_landing_page_and_vippss_own_apis_stay_open(http: httpx.AsyncClient) -> None:
    assert (await http.get("/sandbox/health")).status_code == 200
    assert (await http.get("/landing?token=x")).status_code == 404
    keys = {"client_id": "a", "client_secret": "b", "Ocp-Apim-Subscription-Key": "c"}
    assert (await http.post("/accesstoken/get", headers=keys)).status_code == 200


@pytest.mark.anyio
async def test_somebody_logs_in_and_out(http: httpx.AsyncClient) -> None:
    page = f"/sandbox/dashboard/{HOME.msn}?show=facts"
    sent = await http.get(page, headers={"Accept": "text/html,*/*"})
    login = sent.headers["Location"]
    assert (sent.status_code, login) == (303, "/sandbox/login?next=%2Fsandbox%2Fdashboard%2F654321%3Fshow%3Dfacts")
    form = await http.get(login)
    assert (form.status_code, f'value="{page}"' in form.text) == (200, True)

    wrong = await http.post("/sandbox/login", data={"token": "guess", "next": page})
    assert (wrong.status_code, "That is not the token." in wrong.text, wrong.cookies) == (403, True, httpx.Cookies())

    right = await http.post("/sandbox/login", data={"token": f" {TOKEN} ", "next": page})
    assert (right.status_code, right.headers["Location"]) == (303, page)
    cookie = right.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # over plain HTTP it would be lost
    assert TOKEN not in cookie
    assert (await http.get(page)).status_code == 200
    assert 'id="log-out"' in (await http.get("/")).text

    assert (await http.post("/sandbox/logout")).headers["Location"] == "/sandbox/login"
    assert (await http.get(page)).status_code == 401


@pytest.mark.anyio
async def test_the_cookie_is_secure_where_the_connection_is() -> None:
    transport = httpx.ASGITransport(app=Sandbox(Settings(token=TOKEN)))
    async with httpx.AsyncClient(transport=transport, base_url="https://sandbox.test") as http:
        assert "Secure" in (await http.post("/sandbox/login", data={"token": TOKEN})).headers["Set-Cookie"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/\r\nX: y", "/å"]
)
async def test_a_login_leads_nowhere_else(http: httpx.AsyncClient, elsewhere: str) -> None:
    answer = await http.post("/sandbox/login", data={"token": TOKEN, "next": elsewhere})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert 'name="next" value="/"' in (await http.get("/sandbox/login", params={"next": elsewhere})).text


@pytest.mark.anyio
async def test_another_site_cannot_log_somebody_in(http: httpx.AsyncClient) -> None:
    answer = await http.post("/sandbox/login", data={"token": TOKEN}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.anyio
async def test_without_a_token_there_is_no_door() -> None:
    transport = httpx.ASGITransport(app=Sandbox(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        assert (await http.get("/")).status_code == 200
        assert (await http.get("/sandbox/login")).status_code == 404
        assert 'id="log-out"' not in (await http.get("/")).text
