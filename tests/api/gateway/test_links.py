"""What the links begin with that merchants are given."""

import httpx
import pytest

from sandbox.api.links import landing_page_url
from sandbox.settings import Settings
from tests.api.merchant import Merchant, order, serving


async def _redirect_url(http: httpx.AsyncClient, **headers: str) -> str:
    merchant = Merchant(http, "654001")
    await merchant.log_in()
    created = await merchant.call(
        "POST", "/epayment/v1/payments", order(reference="acme-shop-1"), key="a-key", headers=headers
    )
    url: str = created.json()["redirectUrl"]
    return url


@pytest.mark.anyio
async def test_a_link_begins_with_the_host_that_the_request_came_to(http: httpx.AsyncClient) -> None:
    expected = landing_page_url("http://vipps:8080", "654001", "acme-shop-1")
    assert await _redirect_url(http, Host="vipps:8080") == expected


@pytest.mark.anyio
async def test_a_link_begins_with_the_public_url_where_there_is_one() -> None:
    """A browser may reach the sandbox under another name than the merchant's container does."""
    async with serving(Settings(public_url="https://pay.example.com")) as http:
        expected = landing_page_url("https://pay.example.com", "654001", "acme-shop-1")
        assert await _redirect_url(http, Host="vipps:8080") == expected
