"""`POST /accesstoken/get`."""

from typing import Any

import httpx
import jwt
import pytest

from tests.api.merchant import START, Merchant


@pytest.mark.shows("fetchAuthorizationTokenUsingPost", 200)
@pytest.mark.anyio
async def test_every_value_of_a_token_is_a_string(merchant: Merchant) -> None:
    answer = await merchant.ask_for_token()
    body = answer.json()
    token = body.pop("access_token")
    issued = int(START.timestamp())
    assert (answer.status_code, body) == (
        200,
        {
            "token_type": "Bearer",
            "expires_in": "3600",
            "ext_expires_in": "3600",
            "expires_on": str(issued + 3600),
            "not_before": str(issued - 300),
            "resource": "00000002-0000-0000-c000-000000000000",
        },
    )
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert {name: claims[name] for name in ("appid", "iat", "nbf", "exp")} == {
        "appid": "a-client-id",
        "iat": issued,
        "nbf": issued - 300,
        "exp": issued + 3600,
    }


@pytest.mark.anyio
async def test_a_tokens_times_are_told_by_the_units_clock(merchant: Merchant) -> None:
    await merchant.control("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True})
    body = (await merchant.ask_for_token()).json()
    assert (body["expires_on"], body["not_before"]) == ("1893459600", "1893455700")


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/accessToken/get", "/ACCESSTOKEN/GET", "/AccessToken/Get"])
async def test_the_path_counts_in_any_case(merchant: Merchant, path: str) -> None:
    """Postman collections and plugins spell it in several ways."""
    answer = await merchant.call("POST", path, headers={"client_id": "a", "client_secret": "b"})
    assert answer.status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", "?"])
@pytest.mark.parametrize("body", [b"", b"grant_type=client_credentials", b"{", b"\xff"])
async def test_the_body_and_its_type_do_not_matter(merchant: Merchant, content_type: str, body: bytes) -> None:
    headers: dict[str, Any] = {"client_id": "a", "client_secret": "b", "Content-Type": content_type}
    assert (await merchant.call("POST", "/accesstoken/get", body, headers=headers)).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_not_found(merchant: Merchant, method: str) -> None:
    answer = await merchant.call(method, "/accesstoken/get", headers={"client_id": "a", "client_secret": "b"})
    assert (answer.status_code, answer.json()) == (404, {"statusCode": 404, "message": "Resource not found"})


@pytest.mark.shows("fetchAuthorizationTokenUsingPost", 400, "AADSTS900144")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("headers", "missing"),
    [
        ({"client_id": "a"}, "client_secret"),
        ({"client_secret": "b"}, "client_id"),
        ({"client_id": "", "client_secret": "b"}, "client_id"),
        ({}, "client_id, client_secret"),
        ({"client-id": "a", "client-secret": "b"}, "client_id, client_secret"),
    ],
)
async def test_missing_credentials_are_named(merchant: Merchant, headers: dict[str, str], missing: str) -> None:
    """The names really have underscores, which some proxies drop."""
    answer = await merchant.call("POST", "/accesstoken/get", headers=headers)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (400, "invalid_request", [900144])
    assert body["error_description"].startswith(
        f"AADSTS900144: The request must contain the following headers: '{missing}'."
    )


@pytest.mark.anyio
async def test_no_bearer_token_is_needed_to_get_one(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/accesstoken/get",
        headers={"client_id": "a", "client_secret": "b", "Ocp-Apim-Subscription-Key": "c"},
    )
    assert answer.status_code == 200


@pytest.mark.anyio
async def test_credentials_of_odd_bytes_do(merchant: Merchant) -> None:
    headers: dict[str, str | bytes | None] = {"client_id": b"\xff\xfe", "client_secret": "blåbær".encode()}
    answer = await merchant.call("POST", "/accesstoken/get", headers=headers)
    merchant.token = answer.json()["access_token"]
    assert (await merchant.get("a")).status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize("msn", ["abc", 'x"y', "1" * 300, "123"])
async def test_a_serial_number_that_is_none_gets_no_token(merchant: Merchant, msn: str) -> None:
    """The token remembers it, and would make a sales unit of it."""
    merchant.msn = msn
    answer = await merchant.ask_for_token()
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
