"""Declared access: only merchants that were configured come in, and only as themselves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from sandbox.settings import AccessMode, DeclaredUnit, Settings
from tests.api.merchant import Merchant, serving, told

_ACME = DeclaredUnit(
    msn="123456",
    client_id="acme",
    client_secret="acme-secret",
    subscription_key="acme-key",
    secondary_subscription_key="acme-second-key",
)
_SHOP = DeclaredUnit(msn="222222", client_id="shop", client_secret="shop-secret", subscription_key="shop-key")
_INVALID_KEY = {
    "statusCode": 401,
    "message": "Access denied due to invalid subscription key. "
    "Make sure to provide a valid key for an active subscription.",
}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(Settings(access=AccessMode.DECLARED, units=(_ACME, _SHOP))) as client:
        yield client


@pytest.fixture
async def acme(http: httpx.AsyncClient) -> Merchant:
    merchant = Merchant(http, "123456", "acme", "acme-secret", "acme-key")
    await merchant.log_in()
    return merchant


async def _status(merchant: Merchant) -> tuple[int, Any]:
    answer = await merchant.get("acme-shop-1")
    return answer.status_code, told(answer)


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["acme-key", "acme-second-key"])
async def test_both_subscription_keys_do(acme: Merchant, key: str) -> None:
    acme.subscription_key = key
    assert (await acme.ask_for_token()).status_code == 200
    assert (await _status(acme))[0] == 404


@pytest.mark.shows("gateway", 401, "bad key")
@pytest.mark.anyio
async def test_an_unknown_subscription_key_is_refused(acme: Merchant) -> None:
    acme.subscription_key = "nobodys-key"
    assert await _status(acme) == (401, _INVALID_KEY)


@pytest.mark.shows("gateway", 401, "bad token")
@pytest.mark.anyio
async def test_another_merchants_subscription_key_is_refused(acme: Merchant) -> None:
    acme.subscription_key = "shop-key"
    status, body = await _status(acme)
    assert (status, body["responseInfo"]["responseCode"]) == (401, 401)


@pytest.mark.shows("gateway", 403, "msn")
@pytest.mark.anyio
async def test_another_merchants_sales_unit_is_refused(acme: Merchant) -> None:
    acme.msn = "222222"
    assert await _status(acme) == (
        403,
        {
            "type": "https://httpstatuses.io/403",
            "title": "Forbidden",
            "status": 403,
            "detail": "Invalid MSN: 222222. Check your API keys on portal.vipps.no and see the eCom FAQ for tips.",
            "traceId": "…",
        },
    )


async def _explained(http: httpx.AsyncClient, path: str) -> tuple[str, str]:
    """Return what the last call met, and what would have been accepted."""
    why = (await http.get(f"{path}/requests?limit=1000")).json()["requests"][-1]["explanation"]
    return why["met"], why["accepted"]


@pytest.mark.anyio
async def test_another_merchants_sales_unit_is_explained_by_ones_own(http: httpx.AsyncClient, acme: Merchant) -> None:
    acme.msn = "222222"
    await acme.get("acme-shop-1")
    assert await _explained(http, "/sandbox/units/222222") == (
        "The call, or its token, names sales unit 222222; its credentials are those of 123456.",
        "Merchant-Serial-Number: 123456; or the credentials of the other sales unit.",
    )


@pytest.mark.anyio
async def test_keys_that_do_not_belong_together_are_explained(http: httpx.AsyncClient, acme: Merchant) -> None:
    acme.subscription_key = "shop-key"
    await acme.get("acme-shop-1")
    assert await _explained(http, "/sandbox/units/123456") == (
        "The token was issued to one merchant, and the subscription key is another's.",
        "Both from one merchant: the token's client_id and client_secret, and the subscription key.",
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "wrong", "met"),
    [
        ("client_id", "nobody", "The client_id is of no merchant that is declared here."),
        ("client_secret", "shop-secret", "The client_id is known, and has another client_secret."),
        (
            "subscription_key",
            "nobodys-key",
            "The header Ocp-Apim-Subscription-Key has a key that is not declared here, or another merchant's.",
        ),
    ],
)
async def test_credentials_that_are_refused_are_explained(
    http: httpx.AsyncClient, acme: Merchant, name: str, wrong: str, met: str
) -> None:
    setattr(acme, name, wrong)
    await acme.ask_for_token()
    assert (await _explained(http, "/sandbox/units/123456"))[0] == met


@pytest.mark.shows("gateway", 403, "msn")
@pytest.mark.anyio
async def test_a_sales_unit_that_nobody_declared_is_refused_and_not_made(
    http: httpx.AsyncClient, acme: Merchant
) -> None:
    acme.msn = "999999"
    assert (await _status(acme))[0] == 403
    assert (await http.get("/sandbox/units/999999")).status_code == 404
    assert [unit["msn"] for unit in (await http.get("/sandbox/units")).json()["units"]] == ["123456", "222222"]


@pytest.mark.anyio
async def test_without_serial_number_the_credentials_mean_their_sales_unit(acme: Merchant) -> None:
    answer = await acme.call("GET", "/epayment/v1/payments/a", headers={"Merchant-Serial-Number": None})
    assert told(answer)["detail"] == "The reference a does not exist for MSN 123456"


@pytest.mark.anyio
async def test_user_information_needs_no_subscription_key_here_either(acme: Merchant) -> None:
    assert (await acme.userinfo("c06c4afe-d9e1-4c5d-939a-177d752a0944")).status_code == 404


def _aad(error: str, code: int, text: str) -> dict[str, Any]:
    return {
        "error": error,
        "error_description": f"AADSTS{code}: {text}",
        "error_codes": [code],
        "error_uri": f"https://login.windows.net/error?code={code}",
    }


def _known_part(answer: httpx.Response) -> dict[str, Any]:
    """Return an error of Azure Active Directory without what is different each time, having looked at its form."""
    body = answer.json()
    description, trace, correlation, time = body["error_description"].split("\r\n")
    assert trace == f"Trace ID: {body.pop('trace_id')}"
    assert correlation == f"Correlation ID: {body.pop('correlation_id')}"
    assert time == f"Timestamp: {body.pop('timestamp')}"
    return {**body, "error_description": description}


@pytest.mark.shows("fetchAuthorizationTokenUsingPost", 400, "AADSTS700016")
@pytest.mark.anyio
async def test_a_token_for_an_unknown_client_is_refused(acme: Merchant) -> None:
    answer = await replace(acme, client_id="nobody").ask_for_token()
    assert (answer.status_code, _known_part(answer)) == (
        400,
        _aad(
            "unauthorized_client",
            700016,
            "Application with identifier 'nobody' was not found in the directory 'vipps-sandbox'. "
            "This can happen if the application has not been installed by the administrator of the tenant.",
        ),
    )


@pytest.mark.shows("fetchAuthorizationTokenUsingPost", 401, "AADSTS7000215")
@pytest.mark.anyio
async def test_a_token_for_a_wrong_secret_is_refused(acme: Merchant) -> None:
    answer = await replace(acme, client_secret="shop-secret").ask_for_token()
    assert (answer.status_code, _known_part(answer)) == (
        401,
        _aad("invalid_client", 7000215, "Invalid client secret provided for the application 'acme'."),
    )


@pytest.mark.shows("gateway", 401, "bad key")
@pytest.mark.anyio
@pytest.mark.parametrize("key", ["nobodys-key", "shop-key"])
async def test_a_token_with_a_key_that_is_not_the_clients_is_refused(acme: Merchant, key: str) -> None:
    answer = await replace(acme, subscription_key=key).ask_for_token()
    assert (answer.status_code, answer.json()) == (401, _INVALID_KEY)


@pytest.mark.anyio
async def test_the_printed_credentials_are_declared_where_no_others_are() -> None:
    async with serving(Settings(access=AccessMode.DECLARED)) as http:
        units = (await http.get("/sandbox/units")).json()["units"]
    assert [unit["msn"] for unit in units] == ["654321"]
