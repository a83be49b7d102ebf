"""What the gateway refuses though keys and token are right, on request."""

import pytest

from tests.api.merchant import Merchant, told


def _forbidden(detail: str) -> dict[str, object]:
    return {
        "type": "https://httpstatuses.io/403",
        "title": "Forbidden",
        "status": 403,
        "detail": detail,
        "traceId": "…",
    }


@pytest.mark.shows("gateway", 401, "no product")
@pytest.mark.anyio
async def test_a_key_may_belong_to_nothing(merchant: Merchant) -> None:
    await merchant.configure(accessTrouble="subscription_not_found")
    answer = await merchant.get("acme-shop-1")
    body = answer.json()
    assert len(body.pop("contextId")) == 36
    assert (answer.status_code, body) == (
        401,
        {"errorCode": "Unauthorized", "errorMessage": "Subscription not found"},
    )


@pytest.mark.shows("gateway", 403, "partner")
@pytest.mark.anyio
async def test_a_sales_unit_may_not_be_connected_to_the_partner(merchant: Merchant) -> None:
    """The number is told back only if it was sent."""
    await merchant.configure(accessTrouble="not_connected")
    text = "This MSN is not valid for the provided supermerchant ID."
    named = await merchant.get("acme-shop-1")
    assert (named.status_code, told(named)) == (403, _forbidden(f"Invalid MSN: {merchant.msn}. {text}"))
    path = "/epayment/v1/payments/acme-shop-1"
    unnamed = await merchant.call("GET", path, headers={"Merchant-Serial-Number": None})
    assert (unnamed.status_code, told(unnamed)) == (403, _forbidden(f"Invalid MSN: {text}"))


@pytest.mark.shows("gateway", 403, "login only")
@pytest.mark.anyio
async def test_a_sales_unit_for_login_only_has_no_epayment(merchant: Merchant) -> None:
    await merchant.configure(accessTrouble="login_only")
    answer = await merchant.get("acme-shop-1")
    assert (answer.status_code, told(answer)) == (403, _forbidden("Merchant Not Allowed for Ecommerce Payment"))
    assert (await merchant.get_order("acme-shop-1")).status_code == 404  # reached, and finds nothing


@pytest.mark.anyio
async def test_trouble_ends_when_it_is_taken_back(merchant: Merchant) -> None:
    await merchant.configure(accessTrouble="not_connected")
    await merchant.configure(accessTrouble=None)
    assert (await merchant.get("acme-shop-1")).status_code == 404
