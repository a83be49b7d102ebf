"""Force approve: a customer's yes without the app."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.domain.identity import sub
from tests.api.merchant import ADA, Merchant, notes, order, problem, schema_problem, told

_BY_ADA = {"customer": {"phoneNumber": ADA}}


def _refused(reference: str, code: str, title: str, detail: str, status: int = 400) -> tuple[int, Any]:
    return status, problem(status, code, title, detail, f"/v1/test/payments/{reference}/approve")


async def _token(merchant: Merchant, reference: str) -> str:
    url: str = (await merchant.get(reference)).json()["redirectUrl"]
    return parse_qs(urlsplit(url).query)["token"][0]


@pytest.mark.shows("forceApprove", 200)
@pytest.mark.anyio
async def test_a_payment_is_approved_by_naming_a_customer(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(customer=None))
    approved = await merchant.force_approve(reference, _BY_ADA)
    assert (approved.status_code, approved.content, "Content-Type" in approved.headers) == (200, b"", False)
    assert (await merchant.get(reference)).json()["state"] == "AUTHORIZED"


@pytest.mark.shows("forceApprove", 200)
@pytest.mark.anyio
async def test_a_payment_is_approved_by_the_token_of_its_link(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    token = await _token(merchant, reference)
    assert (await merchant.force_approve(reference, {"token": token})).status_code == 200


@pytest.mark.anyio
async def test_a_payment_is_approved_by_token_and_customer_at_once(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(customer=None))
    body = {"token": await _token(merchant, reference), **_BY_ADA}
    assert (await merchant.force_approve(reference, body)).status_code == 200


@pytest.mark.anyio
async def test_a_push_message_is_approved_as_well(merchant: Merchant) -> None:
    await merchant.approved_payment(order(userFlow="PUSH_MESSAGE"))


@pytest.mark.anyio
async def test_approving_consents_to_all_that_is_asked(merchant: Merchant) -> None:
    await merchant.approved_payment(order(profile={"scope": "name email"}))
    answer = await merchant.userinfo(sub(merchant.msn, ADA))
    assert answer.json()["name"] == "Ada Lovelace"


@pytest.mark.anyio
async def test_special_amounts_are_not_honoured(merchant: Merchant) -> None:
    await merchant.approved_payment(order(amount={"currency": "NOK", "value": 151}))


@pytest.mark.shows("forceApprove", 400, "6230")
@pytest.mark.anyio
async def test_a_payment_is_not_approved_twice(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    answer = await merchant.force_approve(reference, _BY_ADA)
    assert (answer.status_code, told(answer)) == _refused(
        reference, "6230", "Payment is already reserved", f"{reference} is already authorized."
    )


@pytest.mark.shows("forceApprove", 400, "10010")
@pytest.mark.anyio
async def test_a_payment_that_has_ended_is_not_approved(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.cancel(reference)
    answer = await merchant.force_approve(reference, _BY_ADA)
    assert (answer.status_code, told(answer)) == _refused(
        reference,
        "10010",
        "Approve failed",
        "The payment could not be approved. Reason: invalid state TERMINATED.",
    )


@pytest.mark.anyio
async def test_a_payment_that_has_expired_is_not_approved(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.advance("PT10M")
    answer = await merchant.force_approve(reference, _BY_ADA)
    assert told(answer)["detail"] == "The payment could not be approved. Reason: invalid state EXPIRED."


@pytest.mark.anyio
async def test_a_payment_that_is_being_processed_is_not_approved(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(amount={"currency": "NOK", "value": 201}))
    await merchant.customer().open(reference)
    await merchant.customer().approve(reference)
    answer = await merchant.force_approve(reference, _BY_ADA)
    assert told(answer)["detail"] == "The payment could not be approved. Reason: the payment is being processed."


@pytest.mark.shows("forceApprove", 400, "10010")
@pytest.mark.anyio
async def test_another_payments_token_does_not_do(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    token = await _token(merchant, await merchant.new_payment())
    answer = await merchant.force_approve(reference, {"token": token})
    assert (answer.status_code, told(answer)) == _refused(
        reference,
        "10010",
        "Approve failed",
        "The payment could not be approved. Reason: the token is not that of the payment's redirectUrl.",
    )


@pytest.mark.anyio
@pytest.mark.parametrize("token", ["", "garbage", "a.b.c", "æøå\x00", "." * 1000])
async def test_a_token_that_is_none_does_not_do(merchant: Merchant, token: str) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.force_approve(reference, {"token": token})
    assert (answer.status_code, told(answer)["title"]) == (400, "Approve failed")
    assert (await merchant.get(reference)).json()["state"] == "CREATED"


@pytest.mark.shows("forceApprove", 400, "4140")
@pytest.mark.anyio
@pytest.mark.parametrize("body", [{}, {"customer": {}}, {"customer": None}, {"token": None}])
async def test_somebody_must_be_named(merchant: Merchant, body: Any) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.force_approve(reference, body)
    assert (answer.status_code, told(answer)) == _refused(
        reference,
        "4140",
        "Missing required parameter",
        "The parameter customer is required. Either it or the token of the redirectUrl says who approves.",
    )


@pytest.mark.anyio
async def test_a_bare_token_of_a_payment_for_nobody_has_somebody_approve_and_says_who(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(customer=None))
    answer = await merchant.force_approve(reference, {"token": await _token(merchant, reference)})
    assert (answer.status_code, answer.content) == (200, b"")
    assert notes(answer) == ["The request was on nobody's phone: 4791234567 approved it."]
    assert (await merchant.get(reference)).json()["state"] == "AUTHORIZED"


@pytest.mark.shows("forceApprove", 404, "7010")
@pytest.mark.anyio
@pytest.mark.parametrize("phone_number", ["4790000404", "4790000014"])
async def test_nobody_approves_who_is_no_customer(merchant: Merchant, phone_number: str) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.force_approve(reference, {"customer": {"phoneNumber": phone_number}})
    assert (answer.status_code, told(answer)) == _refused(
        reference, "7010", "Customer not found", "The customer was not found, or cannot pay businesses.", 404
    )


@pytest.mark.shows("forceApprove", 400, "4070")
@pytest.mark.anyio
async def test_a_malformed_phone_number_is_refused(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.force_approve(reference, {"customer": {"phoneNumber": "+47"}})
    assert (answer.status_code, told(answer)["title"]) == (400, "Invalid phone number")


@pytest.mark.shows("forceApprove", 400, "4060")
@pytest.mark.anyio
async def test_a_personal_qr_of_nobody_is_refused(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.force_approve(reference, {"customer": {"personalQr": "https://example.com/4791234567"}})
    assert (answer.status_code, told(answer)) == _refused(
        reference, "4060", "Invalid PersonalQr", "The parameter PersonalQr is invalid."
    )


@pytest.mark.shows("forceApprove", 400, "4050")
@pytest.mark.anyio
async def test_a_customer_token_of_nobody_is_refused_though_the_link_has_a_token(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(customer=None))
    body = {"customer": {"customerToken": "nobody"}, "token": await _token(merchant, reference)}
    answer = await merchant.force_approve(reference, body)
    assert (answer.status_code, told(answer)) == _refused(
        reference, "4050", "Invalid CustomerToken", "The parameter CustomerToken is invalid."
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    "customer", [{"personalQr": f"https://qr.vipps.no/28/2/01/031/{ADA}?v=1"}, {"customerToken": f"checked-in-{ADA}"}]
)
async def test_a_customer_is_named_by_qr_or_token_as_well(merchant: Merchant, customer: dict[str, str]) -> None:
    reference = await merchant.new_payment(order(customer=None))
    assert (await merchant.force_approve(reference, {"customer": customer})).status_code == 200
    assert (await merchant.get(reference)).json()["state"] == "AUTHORIZED"


@pytest.mark.shows("forceApprove", 404, "5090")
@pytest.mark.anyio
@pytest.mark.parametrize("body", [_BY_ADA, {"token": "garbage"}])
async def test_an_unknown_reference_is_not_found(merchant: Merchant, body: Any) -> None:
    answer = await merchant.force_approve("acme-unknown", body)
    assert (answer.status_code, told(answer)) == _refused(
        "acme-unknown",
        "5090",
        "Reference not found",
        f"The reference acme-unknown does not exist for MSN {merchant.msn}",
        404,
    )


@pytest.mark.anyio
async def test_a_phone_number_as_number_has_its_note(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    approved = await merchant.force_approve(reference, {"customer": {"phoneNumber": int(ADA)}})
    assert (approved.status_code, len(notes(approved))) == (200, 1)


@pytest.mark.shows("forceApprove", 400, "fields")
@pytest.mark.anyio
async def test_a_body_without_the_form_of_one_is_refused(strict: Merchant) -> None:
    reference = await strict.new_payment()
    answer = await strict.force_approve(reference, {"customer": "Ada"})
    assert (answer.status_code, told(answer)) == (
        400,
        schema_problem(
            f"/v1/test/payments/{reference}/approve",
            {"customer": "The Customer field is not valid. Input should be an object."},
        ),
    )


@pytest.mark.anyio
async def test_there_is_no_force_approve_beside_the_test_path(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.call("POST", f"/epayment/v1/payments/{reference}/approve", _BY_ADA)
    assert (answer.status_code, answer.json()) == (404, {"statusCode": 404, "message": "Resource not found"})


# --- What Vipps asks of the test user, and of the environment -------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        pytest.param(trouble, outcome, id=trouble, marks=pytest.mark.shows("forceApprove", outcome[0], outcome[1]))
        for trouble, outcome in {
            "identification_required": (400, "10030", "Identification required"),
            "invalid_source": (400, "10040", "Invalid payment source"),
            "no_cards": (400, "10050", "No cards"),
            "limit_exceeded": (400, "10070", "Payment limit exceeded"),
            "card_expired": (500, "3010", "Internal error"),
        }.items()
    ],
)
async def test_an_approval_can_meet_trouble_until_it_is_switched_off(
    merchant: Merchant, trouble: str, outcome: tuple[int, str, str]
) -> None:
    reference = await merchant.new_payment()
    await merchant.configure(approveTrouble=trouble)
    answer = await merchant.force_approve(reference, _BY_ADA)
    body = told(answer)
    assert (answer.status_code, body["extraDetails"][0]["reason"], body["title"]) == outcome
    why = (await merchant.last_request())["explanation"]
    assert (why["met"], why["accepted"]) == (
        f"The setting approveTrouble is {trouble}.",
        f'This call, after PATCH /sandbox/units/{merchant.msn}/settings {{"approveTrouble": null}}.',
    )
    await merchant.configure(approveTrouble=None)
    assert (await merchant.force_approve(reference, _BY_ADA)).status_code == 200


@pytest.mark.shows("forceApprove", 400, "10020")
@pytest.mark.anyio
async def test_force_approve_can_be_refused_as_production_does(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.configure(forceApproveAllowed=False)
    answer = await merchant.force_approve(reference, _BY_ADA)
    assert (answer.status_code, told(answer)) == _refused(
        reference,
        "10020",
        "Approve not allowed",
        f"Force approve is not allowed for MSN {merchant.msn}, as it is nowhere in production.",
    )
    assert (await merchant.last_request())["explanation"]["accepted"] == (
        f'This call, after PATCH /sandbox/units/{merchant.msn}/settings {{"forceApproveAllowed": true}}; '
        "in production, nothing."
    )
