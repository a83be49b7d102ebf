"""What UserInfo's sources do not tell, or not in one voice: each setting both ways, and people who lack something."""

from datetime import date
from typing import Any

import pytest

from sandbox.api.epayment.views import user_details_view
from sandbox.api.userinfo.routes import claims_of
from sandbox.domain.customers import PersonChanges
from sandbox.domain.identity import session_id
from sandbox.settings import AccessMode, DeclaredUnit, Settings
from sandbox.world.people import person
from tests.api.merchant import ADA, Merchant, WallClock, order, serving

_ALL = "name email phoneNumber birthDate address"
_HIDDEN_ADDRESS = dict.fromkeys(
    ("address_type", "country", "formatted", "postal_code", "region", "street_address"), "[Expired]"
)
_KEY = {"Ocp-Apim-Subscription-Key": "a-subscription-key"}


async def _shared(merchant: Merchant, scope: str) -> str:
    reference = await merchant.approved_payment(order(profile={"scope": scope}))
    sub: str = (await merchant.get(reference)).json()["profile"]["sub"]
    return sub


async def _claims(merchant: Merchant, sub: str) -> dict[str, Any]:
    answer = await merchant.userinfo(sub)
    assert answer.status_code == 200, answer.text
    claims: dict[str, Any] = answer.json()
    return claims


# --- After 168 hours ------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_is_over_can_be_shown_as_expired(merchant: Merchant) -> None:
    """As `userDetails` of GET payment show it; nothing that is over tells anything, and nothing is left out."""
    await merchant.configure(userinfoAfterWindow="expired", userinfoPhoneNumberVerified=True)
    sub = await _shared(merchant, _ALL)
    before = await _claims(merchant, sub)
    await merchant.advance("PT168H")
    await merchant.log_in()
    after = await _claims(merchant, sub)
    assert after == {
        "sub": sub,
        "sid": session_id(merchant.msn, ADA),
        "name": "[Expired]",
        "given_name": "[Expired]",
        "family_name": "[Expired]",
        "email": "[Expired]",
        "email_verified": False,
        "phone_number": "[Expired]",
        "phone_number_verified": False,
        "birthdate": "[Expired]",
        "address": _HIDDEN_ADDRESS,
        "other_addresses": [_HIDDEN_ADDRESS] * 2,
    }
    assert after.keys() == before.keys()


@pytest.mark.anyio
async def test_only_what_is_over_is_shown_as_expired(merchant: Merchant) -> None:
    await merchant.configure(userinfoAfterWindow="expired")
    sub = await _shared(merchant, "name")
    await merchant.advance("P4D")
    await merchant.log_in()
    await _shared(merchant, "email")
    await merchant.advance("P4D")
    await merchant.log_in()
    claims = await _claims(merchant, sub)
    assert (claims["name"], claims["email"]) == ("[Expired]", "user@example.com")


@pytest.mark.anyio
async def test_who_never_shared_is_unknown_whatever_is_expired(merchant: Merchant) -> None:
    await merchant.configure(userinfoAfterWindow="expired")
    assert (await merchant.userinfo("c06c4afe-d9e1-4c5d-939a-177d752a0944")).status_code == 404


# --- The subscription key -------------------------------------------------------------------------------


@pytest.mark.shows("gateway", 401, "bad token")
@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/vipps-userinfo-api/userinfo/{sub}", "/vipps-userinfo-api/userinfo/"])
async def test_a_subscription_key_can_be_too_much(merchant: Merchant, path: str) -> None:
    """As in 2022: a call with one was answered 401."""
    sub = await _shared(merchant, "name")
    await merchant.configure(userinfoSubscriptionKey="forbid")
    answer = await merchant.call("GET", path.format(sub=sub), headers=_KEY)
    assert (answer.status_code, answer.json()["responseInfo"]["responseCode"]) == (401, 401)
    why = (await merchant.last_request())["explanation"]
    assert why["met"] == "The setting userinfoSubscriptionKey is forbid."
    assert (await merchant.userinfo(sub)).status_code == 200


@pytest.mark.shows("gateway", 401, "no key")
@pytest.mark.anyio
async def test_a_subscription_key_can_be_a_must(merchant: Merchant) -> None:
    """As in the specification of 2023."""
    sub = await _shared(merchant, "name")
    await merchant.configure(userinfoSubscriptionKey="require")
    answer = await merchant.userinfo(sub)
    assert (answer.status_code, "missing subscription key" in answer.json()["message"]) == (401, True)
    path = f"/vipps-userinfo-api/userinfo/{sub}"
    assert (await merchant.call("GET", path, headers=_KEY)).status_code == 200


@pytest.mark.anyio
async def test_a_subscription_key_that_is_a_must_is_the_merchants_own() -> None:
    units = tuple(
        DeclaredUnit(msn=msn, client_id=name, client_secret="secret", subscription_key=f"{name}-key")
        for msn, name in (("123456", "acme"), ("222222", "shop"))
    )
    async with serving(Settings(access=AccessMode.DECLARED, units=units), WallClock()) as http:
        acme = Merchant(http, "123456", "acme", "secret", "acme-key")
        await acme.log_in()
        await acme.configure(userinfoSubscriptionKey="require")
        path = f"/vipps-userinfo-api/userinfo/{await _shared(acme, 'name')}"
        statuses = {
            key: (await acme.call("GET", path, headers={"Ocp-Apim-Subscription-Key": key})).status_code
            for key in ("acme-key", "shop-key", "nobodys-key")
        }
    assert statuses == {"acme-key": 200, "shop-key": 401, "nobodys-key": 401}


# --- phone_number_verified ------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_phone_number_can_be_told_to_be_verified(merchant: Merchant) -> None:
    sub = await _shared(merchant, "phoneNumber")
    assert "phone_number_verified" not in await _claims(merchant, sub)
    await merchant.configure(userinfoPhoneNumberVerified=True)
    assert (await _claims(merchant, sub))["phone_number_verified"] is True


@pytest.mark.anyio
async def test_no_phone_number_is_verified_that_was_not_shared(merchant: Merchant) -> None:
    await merchant.configure(userinfoPhoneNumberVerified=True)
    assert (await _claims(merchant, await _shared(merchant, "name"))).keys() == {
        "sub",
        "sid",
        "name",
        "given_name",
        "family_name",
    }


# --- People who lack something --------------------------------------------------------------------------


def test_who_has_no_email_has_none_that_is_verified() -> None:
    who = person(ADA).changed(PersonChanges(email=""))
    assert claims_of(who, ("email",)) == {"email_verified": False}
    for readable in (True, False):
        assert user_details_view(who, ("email",), readable=readable)["email"] == ""


def test_who_has_no_address_has_one_of_empty_texts() -> None:
    """Source: Login guide."""
    who = person(ADA).changed(PersonChanges(street_address="", birth_date=date(1990, 1, 1)))
    assert claims_of(who, ("address", "birthDate")) == {
        "address": {
            "address_type": "",
            "country": "",
            "formatted": "",
            "postal_code": "",
            "region": "",
            "street_address": "",
        },
        "other_addresses": [],
        "birthdate": "1990-01-01",
    }
    assert user_details_view(who, ("address",), readable=True)["addresses"] == []


def test_who_moves_keeps_all_other_addresses() -> None:
    who = person(ADA).changed(PersonChanges(street_address="Storgata 1"))
    assert (who.address.formatted, len(who.other_addresses)) == ("Storgata 1\n2101 OSLO\nNO", 2)
