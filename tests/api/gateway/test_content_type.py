"""A body should say that it is JSON; and what a refusal tells of a body that is wrong in several ways."""

import pytest

from tests.api.merchant import Merchant, notes, order, told


@pytest.mark.anyio
@pytest.mark.parametrize("given", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_a_body_that_says_that_it_is_json_is_taken_without_a_word(strict: Merchant, given: str) -> None:
    created = await strict.call("POST", "/epayment/v1/payments", order(), key="a", headers={"Content-Type": given})
    assert (created.status_code, notes(created)) == (201, [])


@pytest.mark.anyio
@pytest.mark.parametrize("given", ["application/x-www-form-urlencoded", "text/plain", None])
async def test_a_body_that_says_otherwise_is_noted_or_refused(
    merchant: Merchant, strict: Merchant, given: str | None
) -> None:
    headers = {"Content-Type": given}
    created = await merchant.call("POST", "/epayment/v1/payments", order(), key="a", headers=headers)
    assert (created.status_code, notes(created)) == (
        201,
        [f"Content-Type is {given or ''!r}; the specification says application/json."],
    )
    refused = await strict.call("POST", "/epayment/v1/payments", order(), key="a", headers=headers)
    assert (refused.status_code, told(refused)["extraDetails"]) == (
        400,
        [{"name": "Content-Type", "reason": "The header Content-Type must be application/json."}],
    )


@pytest.mark.anyio
async def test_a_refusal_tells_only_what_lenience_could_not_mend(merchant: Merchant) -> None:
    body = order(paymentMethod={"type": "wallet"}, foo=1, amount={"currency": "nok", "value": -1})
    answer = await merchant.create(body)
    assert told(answer)["extraDetails"] == [
        {"name": "amount.value", "reason": "The field Value must be between 0 and 65000000."}
    ]
    assert len(notes(answer)) == 3


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "explanation"),
    [
        ("PUT", "/epayment/v1/payments", "/epayment/v1/payments takes POST, not PUT."),
        ("GET", "/accesstoken/get", "/accesstoken/get takes POST, not GET."),
        (
            "POST",
            "/epayment/v1/payments/acme-shop-1/approve",
            (
                "No operation of this version of the sandbox has the path /epayment/v1/payments/acme-shop-1/approve; "
                "the nearest is /epayment/v1/test/payments/{reference}/approve"
            ),
        ),
        ("GET", "/q", "No operation of this version of the sandbox has the path /q."),
    ],
)
async def test_a_path_that_is_none_is_explained(merchant: Merchant, method: str, path: str, explanation: str) -> None:
    answer = await merchant.call(method, path)
    assert (answer.status_code, answer.json()) == (404, {"statusCode": 404, "message": "Resource not found"})
    logged = (await merchant.http.get("/sandbox/requests")).json()["requests"][-1]
    assert logged["explanation"]["summary"].startswith(explanation)


@pytest.mark.anyio
async def test_a_refusal_by_the_gateway_is_logged_with_the_sales_unit_that_its_header_names(
    merchant: Merchant,
) -> None:
    await merchant.new_payment()
    await merchant.call("GET", "/epayment/v1/payments/a", headers={"Authorization": "Bearer nonsense"})
    assert (await merchant.last_request())["explanation"][
        "summary"
    ] == "The access token is not one that this sandbox issued."


@pytest.mark.anyio
async def test_a_remembered_refusal_says_that_it_is_one(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.capture(reference, 2000, key="k1")
    await merchant.force_approve(reference, {"customer": {"phoneNumber": "4791234567"}})
    again = await merchant.capture(reference, 2000, key="k1")
    assert told(again)["extraDetails"] == [{"name": "ErrorCode", "reason": "6080"}]
    assert (await merchant.last_request())["explanation"]["summary"].startswith(
        "This is what Idempotency-Key k1 was answered first, at 2023-08-25T08:00:00.123456Z. It was: "
    )
