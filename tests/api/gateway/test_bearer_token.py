"""Access tokens: whose, and how old on the clock of the sales unit that they are used on."""

import base64
from datetime import timedelta

import httpx
import jwt
import pytest

from tests.api.merchant import START, Merchant, WallClock, notes, told

_SOMETHING_WENT_WRONG = {
    "responseInfo": {"responseCode": 401, "responseMessage": "Something went wrong, please try again later."},
    "result": {"message": "Something went wrong, please try again later."},
}
_DEEP = base64.urlsafe_b64encode(b"[" * 20_000).decode()
_FORGED = jwt.encode(
    {"appid": "me", "sandbox_issued": START.timestamp()}, "another key, of a length that HS256 takes", "HS256"
)


async def _get(merchant: Merchant, authorization: str | bytes | None) -> httpx.Response:
    return await merchant.call("GET", "/epayment/v1/payments/acme-shop-1", headers={"Authorization": authorization})


@pytest.mark.shows("gateway", 401, "bad token")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer garbage",
        "Bearer a.b.c",
        f"Bearer {_FORGED}",
        f"Bearer {_DEEP}.e30.e30",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        b"Bearer \xff\xfe",
    ],
)
async def test_a_call_without_a_token_of_ours_is_refused(
    merchant: Merchant, authorization: str | bytes | None
) -> None:
    answer = await _get(merchant, authorization)
    assert (answer.status_code, answer.json()) == (401, _SOMETHING_WENT_WRONG)


@pytest.mark.anyio
async def test_a_token_without_its_scheme_is_refused(merchant: Merchant) -> None:
    assert (await _get(merchant, merchant.token)).status_code == 401


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_a_misspelt_bearer_is_let_through_with_a_note(merchant: Merchant, scheme: str) -> None:
    answer = await _get(merchant, f"{scheme} {merchant.token}")
    assert answer.status_code == 404
    assert notes(answer) == ["The header Authorization should begin with the word Bearer, in this spelling."]


@pytest.mark.anyio
async def test_a_misspelt_bearer_is_refused_by_the_strict_profile(strict: Merchant) -> None:
    answer = await _get(strict, f"bearer {strict.token}")
    assert (answer.status_code, answer.json()) == (401, _SOMETHING_WENT_WRONG)


@pytest.mark.shows("gateway", 401, "bad token")
@pytest.mark.anyio
async def test_a_token_lives_for_an_hour_of_real_time(merchant: Merchant, wall: WallClock) -> None:
    wall.wait(timedelta(minutes=59, seconds=59))
    assert (await _get(merchant, f"Bearer {merchant.token}")).status_code == 404
    wall.wait(timedelta(seconds=1))
    answer = await _get(merchant, f"Bearer {merchant.token}")
    assert (answer.status_code, answer.json()) == (401, _SOMETHING_WENT_WRONG)


@pytest.mark.anyio
async def test_a_token_ages_with_the_units_clock(merchant: Merchant, wall: WallClock) -> None:
    """Nothing but the clock moves; the request log tells why the call was refused, though the answer does not."""
    wall.wait(timedelta(seconds=1))
    await merchant.advance("PT1H")
    answer = await _get(merchant, f"Bearer {merchant.token}")
    assert (answer.status_code, answer.json()) == (401, _SOMETHING_WENT_WRONG)
    assert (await merchant.last_request())["explanation"]["summary"] == (
        f"The access token has expired: it is 1:00:01 old on the clock of {merchant.msn}."
    )


@pytest.mark.anyio
async def test_a_new_token_works_when_the_old_one_has_expired(merchant: Merchant, wall: WallClock) -> None:
    wall.wait(timedelta(seconds=1))
    await merchant.advance("PT1H")
    await merchant.log_in()
    assert (await _get(merchant, f"Bearer {merchant.token}")).status_code == 404


@pytest.mark.anyio
async def test_a_new_token_does_not_revoke_the_old_one(merchant: Merchant, wall: WallClock) -> None:
    old = merchant.token
    wall.wait(timedelta(minutes=30))
    await merchant.log_in()
    assert merchant.token != old
    assert (await _get(merchant, f"Bearer {old}")).status_code == 404


@pytest.mark.anyio
async def test_setting_the_clock_back_does_not_expire_a_token(merchant: Merchant, wall: WallClock) -> None:
    wall.wait(timedelta(minutes=50))
    await merchant.control("PUT", "/clock", {"now": "2023-08-01T00:00:00Z"})
    wall.wait(timedelta(minutes=20))
    assert (await _get(merchant, f"Bearer {merchant.token}")).status_code == 404


@pytest.mark.anyio
async def test_a_token_held_while_the_clock_is_set_forward_expires(merchant: Merchant, wall: WallClock) -> None:
    wall.wait(timedelta(seconds=1))
    await merchant.control("PUT", "/clock", {"now": "2024-01-01T00:00:00Z", "frozen": True})
    assert (await _get(merchant, f"Bearer {merchant.token}")).status_code == 401


@pytest.mark.anyio
async def test_a_token_fetched_on_a_frozen_clock_does_not_age(merchant: Merchant, wall: WallClock) -> None:
    await merchant.control("PUT", "/clock", {"now": "2024-01-01T00:00:00Z", "frozen": True})
    await merchant.log_in()
    wall.wait(timedelta(days=3))
    assert (await _get(merchant, f"Bearer {merchant.token}")).status_code == 404


@pytest.mark.anyio
async def test_moving_one_units_clock_ages_no_token_on_another(merchant: Merchant, strict: Merchant) -> None:
    await merchant.advance("P1D")
    answer = await _get(strict, f"Bearer {strict.token}")
    assert (answer.status_code, told(answer)["title"]) == (404, "Reference not found")
