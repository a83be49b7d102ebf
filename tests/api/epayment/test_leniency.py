"""What production likely takes although it is not specified: let through with a note, or refused if strict."""

from typing import Any

import pytest

from tests.api.merchant import INVOICE, RECEIPT, Merchant, changed, notes, order, payment_view, told

_MAY_ANSWER_400 = "production may answer 400."


def _enum(name: str, value: str) -> str:
    return f"{name} is {value!r}; the specification says {value.upper()!r}: {_MAY_ANSWER_400}"


def _number(name: str) -> str:
    return f"{name} is a number; the specification says string: {_MAY_ANSWER_400}"


def _unknown(name: str) -> str:
    return f"{name} is not in the specification and was ignored: {_MAY_ANSWER_400}"


_LENIENCES: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("customer", "phoneNumber"), 4791234567, _number("customer.phoneNumber")),
    (("reference",), 2486791679658155992, _number("reference")),
    (("metadata", "invoice"), 123, _number("metadata.invoice")),
    (("receipt", "bottomLine", "receiptNumber"), 527013501, _number("receipt.bottomLine.receiptNumber")),
    (("receipt", "orderLines", 0, "id"), 12345, _number("receipt.orderLines.0.id")),
    (("receipt", "orderLines", 0, "unitInfo", "quantity"), 2, _number("receipt.orderLines.0.unitInfo.quantity")),
    (("paymentMethod", "type"), "wallet", _enum("paymentMethod.type", "wallet")),
    (("amount", "currency"), "nok", _enum("amount.currency", "nok")),
    (("userFlow",), "Web_Redirect", _enum("userFlow", "Web_Redirect")),
    (("customerInteraction",), "customer_present", _enum("customerInteraction", "customer_present")),
    (
        ("receipt", "bottomLine", "barcode", "format"),
        "ean-13",
        _enum("receipt.bottomLine.barcode.format", "ean-13"),
    ),
    (("paymentAction",), "RESERVE", _unknown("paymentAction")),
    (("customer", "customerInteraction"), "CUSTOMER_PRESENT", _unknown("customer.customerInteraction")),
    (("receipt", "receiptNumber"), "0527013501", _unknown("receipt.receiptNumber")),
    (("receipt", "orderLines", 0, "colour"), {"deep": [1]}, _unknown("receipt.orderLines.0.colour")),
    (("",), 1, _unknown("")),
    (
        ("amount", "value"),
        2000.0,
        f"amount.value is 2000.0; the specification says integer: {_MAY_ANSWER_400}",
    ),
    (
        ("receipt", "orderLines", 0, "totalAmount"),
        150000.0,
        f"receipt.orderLines.0.totalAmount is 150000.0; the specification says integer: {_MAY_ANSWER_400}",
    ),
    (
        ("returnUrl",),
        "http://localhost:3000/thanks",
        "returnUrl is http to a local host: production takes https or an app's own scheme (4090).",
    ),
    (
        ("receiptUrl",),
        "http://my-shop:3000/receipt",
        "receiptUrl is http to a local host: production takes https or an app's own scheme (4090).",
    ),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("place", "value", "note"), _LENIENCES)
async def test_a_lenience_is_told_by_a_note(
    merchant: Merchant, place: tuple[str | int, ...], value: Any, note: str
) -> None:
    created = await merchant.create(changed(INVOICE, place, value))
    assert (created.status_code, notes(created)) == (201, [note])
    assert (await merchant.last_request())["notes"] == [note]


@pytest.mark.anyio
@pytest.mark.parametrize(("place", "value"), [(("userFlow",), "web"), (("paymentMethod", "type"), "wallets")])
async def test_what_is_no_word_in_any_case_is_not_said_to_be_specified(
    merchant: Merchant, place: tuple[str | int, ...], value: Any
) -> None:
    refused = await merchant.create(changed(INVOICE, place, value))
    assert (refused.status_code, notes(refused)) == (400, [])


@pytest.mark.anyio
@pytest.mark.parametrize(("place", "value"), [(place, value) for place, value, _ in _LENIENCES])
async def test_the_strict_profile_has_no_lenience(strict: Merchant, place: tuple[str | int, ...], value: Any) -> None:
    before = await strict.stored()
    answer = await strict.create(changed(INVOICE, place, value))
    assert (answer.status_code, notes(answer)) == (400, [])
    assert await strict.stored() == before


@pytest.mark.shows("createPayment", 400, "6130")
@pytest.mark.anyio
async def test_a_receipt_is_required_of_a_long_living_payment_by_the_strict_profile(strict: Merchant) -> None:
    answer = await strict.create(order(expiresAt="2023-09-15T00:00:00Z"))
    assert (answer.status_code, told(answer)["extraDetails"]) == (400, [{"name": "ErrorCode", "reason": "6130"}])


@pytest.mark.anyio
async def test_every_lenience_of_a_body_has_its_note(merchant: Merchant) -> None:
    body: Any = INVOICE
    for place, value, _ in _LENIENCES:
        body = changed(body, place, value)
    created = await merchant.create(body)
    assert created.status_code == 201
    assert len(notes(created)) == 12  # ten of the form, and one for each of the two URLs


@pytest.mark.anyio
async def test_what_was_coerced_comes_back_in_the_specified_form(merchant: Merchant) -> None:
    body = order(
        reference=20231231001,
        amount={"currency": "nok", "value": 2000.0},
        paymentMethod={"type": "wallet"},
        metadata={"orderid": 123},
    )
    await merchant.create(body)
    assert (await merchant.get("20231231001")).json() == payment_view(
        merchant, "20231231001", metadata={"orderid": "123"}
    )


_OPTIONAL = [
    ("customer",),
    ("customer", "phoneNumber"),
    ("customerInteraction",),
    ("expiresAt",),
    ("metadata",),
    ("paymentDescription",),
    ("profile",),
    ("profile", "scope"),
    ("receiptUrl",),
    ("receipt", "orderLines", 0, "discount"),
    ("receipt", "orderLines", 0, "unitInfo"),
    ("receipt", "orderLines", 0, "unitInfo", "unitPrice"),
    ("receipt", "bottomLine", "barcode"),
]


@pytest.mark.anyio
@pytest.mark.parametrize("place", _OPTIONAL)
async def test_null_stands_for_an_optional_field_left_out(merchant: Merchant, place: tuple[str | int, ...]) -> None:
    """Production plugins send it, and the specification allows it for many fields: so without a note."""
    created = await merchant.create(changed(INVOICE, place, None))
    assert (created.status_code, notes(created)) == (201, [])


@pytest.mark.anyio
async def test_null_among_the_metadata_is_left_out_and_told(merchant: Merchant) -> None:
    created = await merchant.create(changed(INVOICE, ("metadata", "invoice"), None))
    assert (created.status_code, notes(created)) == (
        201,
        ["metadata.invoice is null and was left out; the specification says string: production may answer 400."],
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    "place", [("amount",), ("amount", "value"), ("reference",), ("userFlow",), ("receipt", "orderLines")]
)
async def test_null_does_not_stand_for_a_required_field(merchant: Merchant, place: tuple[str | int, ...]) -> None:
    answer = await merchant.create(changed(INVOICE, place, None))
    last = str(place[-1])
    assert (answer.status_code, told(answer)["extraDetails"][0]["reason"]) == (
        400,
        f"The {last[0].upper()}{last[1:]} field is required.",
    )


@pytest.mark.anyio
async def test_a_field_name_in_another_case_is_another_field(merchant: Merchant) -> None:
    body = order()
    body["Reference"] = body.pop("reference")
    answer = await merchant.create(body)
    assert (answer.status_code, told(answer)["extraDetails"][0]) == (
        400,
        {"name": "reference", "reason": "The Reference field is required."},
    )


@pytest.mark.shows("createPayment", 400, "4040")
@pytest.mark.anyio
@pytest.mark.parametrize("value", ["2000", 2000.5, 1e308, True, None])
async def test_an_amount_that_is_no_whole_number_is_not_mended(strict: Merchant, value: Any) -> None:
    answer = await strict.create(order(amount={"currency": "NOK", "value": value}))
    assert (answer.status_code, told(answer)["extraDetails"]) == (400, [{"name": "ErrorCode", "reason": "4040"}])


@pytest.mark.anyio
@pytest.mark.parametrize("value", ["2000", 2000.5, True])
async def test_not_even_lenience_mends_a_fraction_or_a_text_as_amount(merchant: Merchant, value: Any) -> None:
    answer = await merchant.create(order(amount={"currency": "NOK", "value": value}))
    assert (answer.status_code, told(answer)["extraDetails"]) == (400, [{"name": "ErrorCode", "reason": "4040"}])


@pytest.mark.anyio
@pytest.mark.parametrize("value", [True, 4791234567.0, [4791234567], {}])
async def test_not_even_lenience_makes_a_text_of_anything_but_a_whole_number(merchant: Merchant, value: Any) -> None:
    answer = await merchant.create(order(customer={"phoneNumber": value}))
    assert (answer.status_code, told(answer)["extraDetails"]) == (
        400,
        [
            {
                "name": "customer.phoneNumber",
                "reason": "The PhoneNumber field is not valid. Input should be a valid string.",
            }
        ],
    )


@pytest.mark.anyio
async def test_a_note_repeats_no_line_break_and_no_long_name(merchant: Merchant) -> None:
    """A note is a header, and what it repeats is the caller's."""
    evil = "a\r\nSet-Cookie: b=c\x00æ"
    created = await merchant.create(order(**{evil: 1}, metadata={"k" * 5_000: 1}))
    assert created.status_code == 400
    created = await merchant.create(order(**{evil: 1, "k" * 5_000: 1}))
    assert notes(created) == [
        _unknown("a??Set-Cookie: b=c?\\xe6"),
        _unknown("k" * 100),
    ]
    assert "Set-Cookie" not in created.headers


@pytest.mark.anyio
async def test_at_most_ten_notes_are_made_of_one_body(merchant: Merchant) -> None:
    created = await merchant.create(order(**{f"field{number}": 1 for number in range(900)}))
    assert (created.status_code, len(notes(created))) == (201, 10)


@pytest.mark.anyio
async def test_a_mended_modification_has_its_note(merchant: Merchant) -> None:
    reference = await merchant.approved_payment(order(receipt=RECEIPT))
    body = {"modificationAmount": {"currency": "nok", "value": 2000.0}, "reason": "shipped"}
    path = f"/epayment/v1/payments/{reference}/capture"
    captured = await merchant.call("POST", path, body, key="a-key")
    assert (captured.status_code, notes(captured)) == (
        200,
        [
            _enum("modificationAmount.currency", "nok"),
            f"modificationAmount.value is 2000.0; the specification says integer: {_MAY_ANSWER_400}",
            _unknown("reason"),
        ],
    )
