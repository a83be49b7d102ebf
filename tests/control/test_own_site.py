"""What holds for all that is the sandbox's own: other sites cannot write to it, and our bugs are told in words."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.server import Sandbox
from sandbox.settings import Settings
from sandbox.world import SalesUnit, World

_FOREIGN = ["https://evil.example", "null", "http://sandbox.test.evil.example", "http://sandbox.test:8080", ""]
_OURS = ["http://sandbox.test", "https://SANDBOX.test", "https://pay.test", "HTTPS://pay.test"]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(Settings(public_url="https://pay.test:443"))


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=sandbox, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.mark.anyio
@pytest.mark.parametrize("origin", _FOREIGN)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sandbox/units"),
        ("PUT", "/sandbox/units/654321/clock"),
        ("POST", "/sandbox/units/654321/clock/advance"),
        ("PATCH", "/sandbox/units/654321/settings"),
        ("DELETE", "/sandbox/nowhere"),
    ],
)
async def test_another_sites_page_cannot_write(
    sandbox: Sandbox, http: httpx.AsyncClient, method: str, path: str, origin: str
) -> None:
    """A page that somebody looks at must not reach into the sandbox that runs beside the browser."""
    answer = await http.request(method, path, json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json(), answer.headers["Content-Type"]) == (
        403,
        {
            "type": "about:blank",
            "title": "From another site",
            "status": 403,
            "detail": "This was sent by a page of another site; nothing has happened.",
        },
        "application/problem+json",
    )
    assert [len(unit.journal) for unit in sandbox.world] == [1]


@pytest.mark.anyio
@pytest.mark.parametrize("origin", _OURS)
async def test_our_own_pages_may_write(http: httpx.AsyncClient, origin: str) -> None:
    """Those at public_url too, whatever Host something before the sandbox sends on."""
    answer = await http.post("/sandbox/units", json={}, headers={"Origin": origin})
    assert answer.status_code == 201
    form = await http.post("/phone/4791234567/requests/654321/a/open", headers={"Origin": origin})
    assert form.status_code == 404


@pytest.mark.anyio
async def test_another_sites_page_may_ask_for_what_it_cannot_read(http: httpx.AsyncClient) -> None:
    answer = await http.get("/sandbox/health", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def _break(self: object, *_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.anyio
async def test_a_bug_of_ours_is_a_problem_in_the_own_api(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SalesUnit, "up_to_date", _break)
    answer = await http.get("/sandbox/units/654321")
    assert (answer.status_code, answer.json(), answer.headers["Content-Type"]) == (
        500,
        {
            "type": "about:blank",
            "title": "Something broke",
            "status": 500,
            "detail": "This is a bug of the sandbox; its log has the traceback.",
        },
        "application/problem+json",
    )
    assert answer.headers["Sandbox"].startswith("vipps-sandbox/")


@pytest.mark.anyio
async def test_a_bug_of_ours_that_pydantic_finds_is_no_fault_of_the_callers(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(World, "provision", lambda *_: Settings(port=-1))
    assert (await http.post("/sandbox/units")).status_code == 500


@pytest.mark.anyio
async def test_a_bug_of_ours_is_a_page_on_the_phone(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SalesUnit, "up_to_date", _break)
    answer = await http.get("/phone/4791234567")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert "<h1>Something broke</h1>" in answer.text


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/", "/sandbox/dashboard/654321", "/sandbox/dashboard/654321/clock"])
async def test_a_bug_of_ours_is_a_page_on_the_dashboard(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(SalesUnit, "up_to_date", _break)
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert '<h1 id="problem">Something broke</h1>' in answer.text


@pytest.mark.anyio
async def test_another_sites_page_presses_no_button_of_the_dashboard(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    for form in ("clock", "clock/advance", "settings", "faults", "try"):
        answer = await http.post(f"/sandbox/dashboard/654321/{form}", headers={"Origin": "https://evil.example"})
        assert (answer.status_code, "From another site" in answer.text) == (403, True)
    assert [len(unit.journal) for unit in sandbox.world] == [1]
