"""Settings for what Vipps's sources do not tell, or not in one voice: each shown both ways."""

from typing import Any

import pytest

from tests.api.merchant import ADA, Merchant, order, problem, schema_problem, told

_NOBODY = {"phoneNumber": "4790000404"}
_NO_MSN: dict[str, str | bytes | None] = {"Merchant-Serial-Number": None}


# --- The serial number ----------------------------------------------------------------------------------


@pytest.mark.shows("getPayment", 400, "fields")
@pytest.mark.anyio
async def test_the_serial_number_can_be_made_a_must(merchant: Merchant) -> None:
    """Vipps's specification requires the header; its real environment takes a merchant's own keys without it."""
    reference = await merchant.new_payment()
    path = f"/epayment/v1/payments/{reference}"
    assert (await merchant.call("GET", path, headers=_NO_MSN)).status_code == 200
    await merchant.configure(msnRequired=True)
    answer = await merchant.call("GET", path, headers=_NO_MSN)
    assert (answer.status_code, told(answer)) == (
        400,
        schema_problem(
            f"/v1/payments/{reference}",
            {"Merchant-Serial-Number": "The Merchant-Serial-Number field is required."},
        ),
    )
    assert (await merchant.last_request())["explanation"]["accepted"] == (
        f"Merchant-Serial-Number: {merchant.msn}; or none, if the setting msnRequired of the sales unit is false"
    )
    assert (await merchant.get(reference)).status_code == 200


@pytest.mark.anyio
async def test_a_call_without_the_serial_number_that_is_a_must_does_nothing(merchant: Merchant) -> None:
    await merchant.configure(msnRequired=True)
    before = await merchant.stored()
    created = await merchant.call("POST", "/epayment/v1/payments", order(), key="a-key", headers=_NO_MSN)
    assert (created.status_code, await merchant.stored()) == (400, before)


@pytest.mark.anyio
async def test_order_management_asks_for_the_serial_number_in_its_own_words(merchant: Merchant) -> None:
    await merchant.configure(msnRequired=True)
    answer = await merchant.call("GET", "/order-management/v2/ecom/a", headers=_NO_MSN)
    assert (answer.status_code, answer.json()["invalidParams"]) == (
        400,
        [{"name": "Merchant-Serial-Number", "reason": "The Merchant-Serial-Number field is required."}],
    )


@pytest.mark.anyio
async def test_user_information_never_asks_for_the_serial_number(merchant: Merchant) -> None:
    """There the specification has it optional: a `sub` belongs to one sales unit."""
    await merchant.configure(msnRequired=True)
    reference = await merchant.approved_payment(order(profile={"scope": "name"}))
    sub = (await merchant.get(reference)).json()["profile"]["sub"]
    path = f"/vipps-userinfo-api/userinfo/{sub}"
    assert (await merchant.call("GET", path, headers=_NO_MSN)).status_code == 200


# --- 7010 -----------------------------------------------------------------------------------------------


def _not_found(status: int, path: str) -> tuple[int, Any]:
    detail = "The customer was not found, or cannot pay businesses."
    return status, problem(status, "7010", "Customer not found", detail, path)


@pytest.mark.shows("createPayment", 400, "7010")
@pytest.mark.shows("forceApprove", 400, "7010")
@pytest.mark.anyio
async def test_a_customer_who_is_none_can_be_a_bad_request(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    for status in (404, 400):
        await merchant.configure(customerNotFoundStatus=status)
        created = await merchant.create(order(userFlow="PUSH_MESSAGE", customer=_NOBODY))
        assert (created.status_code, told(created)) == _not_found(status, "/v1/payments")
        approved = await merchant.force_approve(reference, {"customer": _NOBODY})
        path = f"/v1/test/payments/{reference}/approve"
        assert (approved.status_code, told(approved)) == _not_found(status, path)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 403, 500, "404", None, 404.5])
async def test_a_customer_who_is_none_is_nothing_else(merchant: Merchant, status: Any) -> None:
    refused = await merchant.control("PATCH", "/settings", {"customerNotFoundStatus": status})
    assert (refused.status_code, refused.json()["title"]) == (400, "Not understood")
    assert refused.json()["detail"].startswith("customerNotFoundStatus: ")


# --- sub ------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_sub_can_come_after_a_delay(merchant: Merchant) -> None:
    """At Vipps it is written some time after the approval; until then `profile` is empty."""
    await merchant.configure(subDelay="PT2S")
    await merchant.control("PUT", "/clock", {"now": "2023-09-01T08:00:00Z", "frozen": True})
    await merchant.log_in()
    reference = await merchant.approved_payment(order(profile={"scope": "phoneNumber"}))
    shown = []
    for wait in ("PT0S", "PT1.999S", "PT0.001S"):
        await merchant.advance(wait)
        payment = (await merchant.get(reference)).json()
        shown.append((payment["state"], "sub" in payment["profile"], payment["userDetails"]["mobileNumber"]))
    assert shown == [("AUTHORIZED", False, ADA), ("AUTHORIZED", False, ADA), ("AUTHORIZED", True, ADA)]
