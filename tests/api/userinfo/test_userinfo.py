"""`GET /vipps-userinfo-api/userinfo/{sub}`: what a customer consented to share, for 168 hours."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from sandbox.domain.identity import session_id
from tests.api.merchant import ADA, Merchant, WallClock, order

_HOME = {
    "address_type": "home",
    "country": "NO",
    "formatted": "Suburbia 23\n2101 OSLO\nNO",
    "postal_code": "2101",
    "region": "OSLO",
    "street_address": "Suburbia 23",
}
_CLAIMS: dict[str, dict[str, Any]] = {
    "name": {"name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace"},
    "email": {"email": "user@example.com", "email_verified": True},
    "phoneNumber": {"phone_number": "4791234567"},
    "birthDate": {"birthdate": "1968-07-16"},
    "nin": {"nin": "16876834567"},
    "address": {
        "address": _HOME,
        "other_addresses": [
            {
                "address_type": "work",
                "country": "NO",
                "formatted": "Robert Levins gate 5\n0154 OSLO\nNO",
                "postal_code": "0154",
                "region": "OSLO",
                "street_address": "Robert Levins gate 5",
            },
            {
                "address_type": "other",
                "country": "NO",
                "formatted": "Summer House Lane 14\n1452 OSLO\nNO",
                "postal_code": "1452",
                "region": "OSLO",
                "street_address": "Summer House Lane 14",
            },
        ],
    },
}
_UNKNOWN = "c06c4afe-d9e1-4c5d-939a-177d752a0944"


async def _shared(merchant: Merchant, scope: str, phone_number: str = ADA) -> str:
    """Have a customer share *scope*; return the sub."""
    reference = await merchant.new_payment(order(profile={"scope": scope}))
    approved = await merchant.force_approve(reference, {"customer": {"phoneNumber": phone_number}})
    assert approved.status_code == 200
    sub: str = (await merchant.get(reference)).json()["profile"]["sub"]
    return sub


def _refused(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    """Return a refusal without the instance, which no test can know."""
    body = answer.json()
    assert str(UUID(body.pop("instance")))
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    return answer.status_code, body


def _refusal(status: int, title: str, detail: str) -> tuple[int, dict[str, Any]]:
    """Return a refusal as it is expected; its status is a string."""
    return status, {
        "type": f"https://httpstatuses.io/{status}",
        "title": title,
        "status": str(status),
        "detail": detail,
        "extraInfo": {},
    }


@pytest.mark.shows("getUserinfo", 200)
@pytest.mark.anyio
@pytest.mark.parametrize("scope", _CLAIMS)
async def test_a_scope_gives_its_own_claims_and_nothing_else(merchant: Merchant, scope: str) -> None:
    await merchant.configure(ninAllowed=True)
    sub = await _shared(merchant, scope)
    answer = await merchant.userinfo(sub)
    assert (answer.status_code, answer.json()) == (
        200,
        {"sub": sub, "sid": session_id(merchant.msn, ADA), **_CLAIMS[scope]},
    )
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


@pytest.mark.anyio
async def test_several_scopes_give_the_claims_of_all(merchant: Merchant) -> None:
    sub = await _shared(merchant, " phoneNumber  name name ")
    assert (await merchant.userinfo(sub)).json() == {
        "sub": sub,
        "sid": session_id(merchant.msn, ADA),
        **_CLAIMS["phoneNumber"],
        **_CLAIMS["name"],
    }


@pytest.mark.anyio
async def test_a_second_payment_adds_what_it_asks_for(merchant: Merchant) -> None:
    sub = await _shared(merchant, "phoneNumber")
    assert await _shared(merchant, "email") == sub
    claims = (await merchant.userinfo(sub)).json()
    assert (claims["phone_number"], claims["email"], "name" in claims) == ("4791234567", "user@example.com", False)


@pytest.mark.anyio
async def test_a_sub_is_the_same_for_the_same_customer_of_a_sales_unit_and_no_other(
    merchant: Merchant, strict: Merchant
) -> None:
    sub = await _shared(merchant, "name")
    assert await _shared(merchant, "name") == sub
    others = {await _shared(merchant, "name", "4793424725"), await _shared(strict, "name")}
    assert len(others | {sub}) == 3
    assert UUID(sub).version == 4


@pytest.mark.anyio
async def test_the_sub_is_the_same_in_another_sandbox(merchant: Merchant) -> None:
    """Nothing is drawn at random, so tests may name it."""
    assert await _shared(merchant, "name") == "fbd19d67-75e7-4b38-a5ea-f669649d5816"


@pytest.mark.shows("getUserinfo", 404, "no user")
@pytest.mark.anyio
async def test_a_sub_of_another_sales_unit_is_unknown(merchant: Merchant, strict: Merchant) -> None:
    sub = await _shared(merchant, "name")
    assert _refused(await strict.userinfo(sub)) == _refusal(
        404, "User not found", f"No user of this sales unit has the sub {sub}."
    )


@pytest.mark.shows("getUserinfo", 404, "no user")
@pytest.mark.anyio
async def test_an_unknown_sub_is_not_found(merchant: Merchant) -> None:
    assert _refused(await merchant.userinfo(_UNKNOWN)) == _refusal(
        404, "User not found", f"No user of this sales unit has the sub {_UNKNOWN}."
    )


@pytest.mark.anyio
async def test_who_approved_without_being_asked_shares_nothing(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    assert (await merchant.get(reference)).json()["profile"] == {}
    sub = await _shared(merchant, "name")
    assert (await merchant.userinfo(sub)).json().keys() == {"sub", "sid", "name", "given_name", "family_name"}


@pytest.mark.anyio
async def test_who_refused_shares_nothing(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(profile={"scope": "name"}))
    ada = merchant.customer()
    await ada.open(reference)
    await ada.refuse(reference)
    assert (await merchant.get(reference)).json()["profile"] == {}


@pytest.mark.shows("getUserinfo", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize("sub", ["1", "not-a-uuid", "%00", "æ", "{c06c4afe-d9e1-4c5d-939a-177d752a0944}", "x" * 5000])
async def test_a_sub_that_is_no_uuid_is_refused(merchant: Merchant, sub: str) -> None:
    shown = sub.replace("%00", "\x00")
    assert _refused(await merchant.userinfo(sub)) == _refusal(
        400, "Your request parameters didn't validate.", f"The value '{shown}' is not a UUID."
    )


@pytest.mark.anyio
async def test_a_sub_counts_in_upper_case_too(merchant: Merchant) -> None:
    sub = await _shared(merchant, "name")
    assert (await merchant.userinfo(sub.upper())).json()["sub"] == sub


@pytest.mark.shows("getUserinfo", 403, "window over")
@pytest.mark.anyio
async def test_claims_can_be_fetched_for_168_hours_of_the_units_clock(merchant: Merchant) -> None:
    """To the very microsecond."""
    sub = await _shared(merchant, "name")
    await merchant.control("PUT", "/clock", {"now": "2023-09-01T08:00:00.123455Z", "frozen": True})
    await merchant.log_in()
    assert (await merchant.userinfo(sub)).status_code == 200
    await merchant.control("PUT", "/clock", {"now": "2023-09-01T08:00:00.123456Z", "frozen": True})
    assert _refused(await merchant.userinfo(sub)) == _refusal(
        403,
        "The time to fetch the information is over",
        f"The information about {sub} could be fetched until 2023-09-01T08:00:00.123456Z.",
    )


@pytest.mark.anyio
async def test_the_window_also_closes_in_real_time(merchant: Merchant, wall: WallClock) -> None:
    sub = await _shared(merchant, "name")
    wall.wait(timedelta(hours=168))
    await merchant.log_in()
    assert (await merchant.userinfo(sub)).status_code == 403


@pytest.mark.anyio
async def test_each_scope_has_a_window_of_its_own(merchant: Merchant) -> None:
    sub = await _shared(merchant, "name")
    await merchant.advance("P4D")
    await merchant.log_in()
    await _shared(merchant, "email")
    await merchant.advance("P4D")
    await merchant.log_in()
    assert (await merchant.userinfo(sub)).json().keys() == {"sub", "sid", "email", "email_verified"}


@pytest.mark.anyio
async def test_a_new_approval_opens_the_window_anew(merchant: Merchant) -> None:
    sub = await _shared(merchant, "name")
    await merchant.advance("P8D")
    await merchant.log_in()
    assert (await merchant.userinfo(sub)).status_code == 403
    await _shared(merchant, "name")
    assert (await merchant.userinfo(sub)).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("key", [None, "", "a-subscription-key", "any-other"])
async def test_a_subscription_key_is_neither_needed_nor_minded(merchant: Merchant, key: str | None) -> None:
    sub = await _shared(merchant, "name")
    path = f"/vipps-userinfo-api/userinfo/{sub}"
    assert (await merchant.call("GET", path, headers={"Ocp-Apim-Subscription-Key": key})).status_code == 200


@pytest.mark.shows("gateway", 401, "bad token")
@pytest.mark.anyio
@pytest.mark.parametrize("authorization", [None, "Bearer garbage"])
async def test_a_token_is_needed(merchant: Merchant, authorization: str | None) -> None:
    path = f"/vipps-userinfo-api/userinfo/{_UNKNOWN}"
    answer = await merchant.call("GET", path, headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["responseInfo"]["responseCode"]) == (401, 401)


@pytest.mark.shows("userinfoAuthorizationCode", 401, "login token")
@pytest.mark.anyio
async def test_the_path_without_sub_is_for_users_who_logged_in(merchant: Merchant) -> None:
    assert _refused(await merchant.userinfo("")) == _refusal(
        401, "Unauthorized", "This endpoint takes the token of a user who logged in, not a merchant's access token."
    )


@pytest.mark.anyio
async def test_a_bearer_token_is_all_that_it_takes(merchant: Merchant) -> None:
    """Neither subscription key nor serial number, be it for the token: a `sub` belongs to one sales unit."""
    reference = await merchant.approved_payment(order(profile={"scope": "phoneNumber"}))
    sub = (await merchant.get(reference)).json()["profile"]["sub"]
    keys = {"client_id": "any", "client_secret": "any", "Ocp-Apim-Subscription-Key": "any"}
    anonymous = (await merchant.http.post("/accesstoken/get", headers=keys)).json()["access_token"]
    for token in (merchant.token, anonymous):
        bare = {"Authorization": f"Bearer {token}"}
        answer = await merchant.http.get(f"/vipps-userinfo-api/userinfo/{sub}", headers=bare)
        assert (answer.status_code, answer.json()["phone_number"]) == (200, ADA)


@pytest.mark.anyio
async def test_a_token_of_another_sales_unit_does_not_find_the_user(
    merchants: Callable[[], Awaitable[Merchant]],
) -> None:
    merchant, other = await merchants(), await merchants()
    reference = await merchant.approved_payment(order(profile={"scope": "phoneNumber"}))
    sub = (await merchant.get(reference)).json()["profile"]["sub"]
    bare = {"Authorization": f"Bearer {other.token}"}
    assert (await merchant.http.get(f"/vipps-userinfo-api/userinfo/{sub}", headers=bare)).status_code == 404
