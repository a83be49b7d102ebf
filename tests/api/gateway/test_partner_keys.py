"""Declared access for a partner: one client for several sales units, each call naming one of them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.settings import AccessMode, DeclaredUnit, Settings
from tests.api.merchant import Merchant, WallClock, order, serving, told

_FIRST, _SECOND = (
    DeclaredUnit(msn=msn, client_id="partner", client_secret="partner-secret", subscription_key="partner-key")
    for msn in ("111111", "222222")
)
# The second shop has keys of its own beside.
_SHOP = DeclaredUnit(msn="222222", client_id="shop", client_secret="shop-secret", subscription_key="shop-key")
_OTHER = DeclaredUnit(msn="654321", client_id="other", client_secret="other-secret", subscription_key="other-key")
_NO_MSN: dict[str, str | bytes | None] = {"Merchant-Serial-Number": None}


@pytest.fixture
async def http(wall: WallClock) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(access=AccessMode.DECLARED, units=(_FIRST, _SECOND, _SHOP, _OTHER))
    async with serving(settings, wall) as client:
        yield client


@pytest.fixture
async def partner(http: httpx.AsyncClient) -> Merchant:
    """A partner whose token was asked for without a serial number."""
    partner = Merchant(http, "111111", "partner", "partner-secret", "partner-key")
    partner.token = await _token(partner)
    return partner


async def _token(partner: Merchant, **headers: str) -> str:
    credentials = {
        "client_id": partner.client_id,
        "client_secret": partner.client_secret,
        "Ocp-Apim-Subscription-Key": partner.subscription_key,
    }
    answer = await partner.http.post("/accesstoken/get", headers=credentials | headers)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def _forbidden(detail: str) -> tuple[int, dict[str, Any]]:
    kind = {"type": "https://httpstatuses.io/403", "title": "Forbidden", "status": 403}
    return 403, {**kind, "detail": detail, "traceId": "…"}


@pytest.mark.anyio
async def test_one_token_and_one_key_are_for_all_of_a_partners_sales_units(partner: Merchant) -> None:
    for msn in ("111111", "222222"):
        partner.msn = msn
        assert (await partner.create(order(reference="acme-shop-1"))).status_code == 201
        assert len((await partner.control("GET", "/payments")).json()["payments"]) == 1


@pytest.mark.shows("gateway", 403, "partner")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/epayment/v1/payments/acme-shop-1"),
        ("GET", "/order-management/v2/ecom/acme-shop-1"),
        ("GET", "/vipps-userinfo-api/userinfo/c06c4afe-d9e1-4c5d-939a-177d752a0944"),
    ],
)
async def test_a_partner_names_a_sales_unit(partner: Merchant, method: str, path: str) -> None:
    answer = await partner.call(method, path, headers=_NO_MSN)
    assert (answer.status_code, told(answer)) == _forbidden(
        "Invalid MSN: This MSN is not valid for the provided supermerchant ID."
    )


@pytest.mark.anyio
async def test_a_token_is_the_partners_though_it_was_asked_for_with_a_serial_number(partner: Merchant) -> None:
    """It is bound to the credentials, not to a sales unit."""
    partner.token = await _token(partner, **{"Merchant-Serial-Number": "111111"})
    answer = await partner.call("GET", "/epayment/v1/payments/a", headers=_NO_MSN)
    assert answer.status_code == 403
    partner.msn = "222222"
    assert (await partner.get("a")).status_code == 404


@pytest.mark.shows("gateway", 403, "partner")
@pytest.mark.anyio
async def test_a_sales_unit_that_is_not_the_partners_is_refused(partner: Merchant) -> None:
    for msn in ("654321", "999999"):
        partner.msn = msn
        answer = await partner.get("acme-shop-1")
        assert (answer.status_code, told(answer)) == _forbidden(
            f"Invalid MSN: {msn}. This MSN is not valid for the provided supermerchant ID."
        )
        asked = await partner.ask_for_token()
        assert asked.status_code == 403
    assert (await partner.http.get("/sandbox/units/999999")).status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("msn", "log", "met"),
    [
        (None, "/sandbox/requests", "The call names no sales unit; the partner's are 111111 and 222222."),
        (
            "654321",
            "/sandbox/units/654321/requests",
            "The call names sales unit 654321; the partner's are 111111 and 222222.",
        ),
    ],
)
async def test_a_partner_is_told_which_sales_units_there_are(
    partner: Merchant, msn: str | None, log: str, met: str
) -> None:
    await partner.call("GET", "/epayment/v1/payments/a", headers={"Merchant-Serial-Number": msn})
    why = (await partner.http.get(log)).json()["requests"][-1]["explanation"]
    assert (why["met"], why["accepted"]) == (met, "The header Merchant-Serial-Number: 111111 or 222222.")


@pytest.mark.anyio
async def test_a_sales_unit_of_a_partner_still_has_its_own_keys(http: httpx.AsyncClient, partner: Merchant) -> None:
    """Which mean it where no serial number is sent, and see what the partner did."""
    partner.msn = "222222"
    reference = await partner.new_payment()
    shop = Merchant(http, "222222", "shop", "shop-secret", "shop-key")
    await shop.log_in()
    answer = await shop.call("GET", f"/epayment/v1/payments/{reference}", headers=_NO_MSN)
    assert answer.status_code == 200
    shop.msn = "111111"
    refused = await shop.get(reference)
    assert (refused.status_code, "Check your API keys" in refused.text) == (403, True)


@pytest.mark.anyio
async def test_another_merchants_key_is_refused_to_a_partner(partner: Merchant) -> None:
    partner.subscription_key = "other-key"
    assert (await partner.get("a")).status_code == 401


@pytest.mark.anyio
async def test_a_partners_token_ages_by_the_clock_of_the_sales_unit_that_it_is_used_on(
    partner: Merchant, wall: WallClock
) -> None:
    wall.wait(timedelta(seconds=1))
    await partner.advance("PT1H")
    assert (await partner.get("a")).status_code == 401
    partner.msn = "222222"
    assert (await partner.get("a")).status_code == 404
    wall.wait(timedelta(hours=1))
    assert (await partner.get("a")).status_code == 401
