"""DNS rebinding: a sandbox on loopback answers only by names that a foreign site cannot make its own."""

import httpx
import pytest

from sandbox.server import Sandbox
from sandbox.settings import Settings

pytestmark = pytest.mark.anyio

PAGES = ["/", "/sandbox/units", "/phone/4791234567", "/landing"]


async def status(settings: Settings, host: str, path: str) -> int:
    transport = httpx.ASGITransport(Sandbox(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.get(path, headers={"Host": host})
    return 200 if answer.status_code == 404 else answer.status_code  # the landing page without token


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "[evil.example]"],
)
async def test_a_name_of_the_public_dns_is_refused(path: str, host: str) -> None:
    assert await status(Settings(), host, path) == 403


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8080",
        "LOCALHOST",
        "127.0.0.1:8080",
        "127.1.2.3",
        "[::1]:8080",
        "shop.localhost:8080",
        "localhost.",
        "vipps:8080",
        "host.docker.internal:8080",
        "192.168.1.20:8080",
        "",
    ],
)
async def test_a_name_that_the_public_dns_cannot_answer_for_passes(host: str) -> None:
    assert await status(Settings(), host, "/phone/4791234567") == 200


async def test_the_name_in_public_url_passes() -> None:
    settings = Settings(public_url="https://vipps.example.com:8443")
    assert await status(settings, "vipps.example.com", "/") == 200
    assert await status(settings, "other.example.com", "/") == 403


@pytest.mark.parametrize(
    ("listens_on", "expected"), [("0.0.0.0", 200), ("::", 200), ("::1", 403), ("localhost", 403)]
)
async def test_only_loopback_is_kept_by_name(listens_on: str, expected: int) -> None:
    """Where the network may reach it anyway, so may any name."""
    assert await status(Settings(host=listens_on), "sandbox.example.com", "/") == expected


async def test_a_refusal_on_a_page_is_a_page() -> None:
    transport = httpx.ASGITransport(Sandbox(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as http:
        assert "<h1>Not known by this name</h1>" in (await http.get("/phone/4791234567")).text
        assert (await http.get("/sandbox/units")).json()["title"] == "Not known by this name"


async def test_merchants_may_use_any_name() -> None:
    """A Vipps call carries keys that no foreign page has."""
    transport = httpx.ASGITransport(Sandbox(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://apitest.vipps.no") as http:
        answer = await http.post("/accesstoken/get", headers={"client_id": "a", "client_secret": "b"})
    assert answer.status_code != 403
