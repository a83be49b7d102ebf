"""The first thing that the gateway asks for."""

import pytest

from tests.api.merchant import Merchant

_REALM = 'AzureApiManagementKey realm="https://apitest.vipps.no",name="Ocp-Apim-Subscription-Key",type="header"'


@pytest.mark.shows("gateway", 401, "no key")
@pytest.mark.anyio
@pytest.mark.parametrize("key", [None, ""])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/epayment/v1/payments"),
        ("GET", "/epayment/v1/payments/acme-shop-1"),
        ("POST", "/accesstoken/get"),
        ("PUT", "/order-management/v2/ecom/categories/acme-shop-1"),
    ],
)
async def test_a_call_without_subscription_key_is_refused(
    merchant: Merchant, method: str, path: str, key: str | None
) -> None:
    """Even a call that lacks everything else is told about the key first."""
    answer = await merchant.call(method, path, headers={"Ocp-Apim-Subscription-Key": key, "Authorization": None})
    assert (answer.status_code, answer.json(), answer.headers["WWW-Authenticate"]) == (
        401,
        {
            "statusCode": 401,
            "message": "Access denied due to missing subscription key. "
            "Make sure to include subscription key when making requests to an API.",
        },
        _REALM,
    )
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.anyio
async def test_with_open_access_any_subscription_key_is_right(merchant: Merchant) -> None:
    answer = await merchant.call(
        "GET", "/epayment/v1/payments/acme-shop-1", headers={"Ocp-Apim-Subscription-Key": "æ".encode()}
    )
    assert answer.status_code == 404
