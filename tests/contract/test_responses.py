"""The judge of all answers: that it is there, and that it finds what it should.

It listens in every client of the API tests; here it is tried on answers that are wrong on purpose.
"""

import httpx
import pytest

from tests.contract.specification import DEVIATIONS, FOLDER, objections

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"Vipps's published specifications are missing: {FOLDER}")

AGGREGATE = {
    f"{name}Amount": {"currency": "NOK", "value": 0} for name in ("authorized", "cancelled", "captured", "refunded")
}
PAYMENT = {
    "aggregate": AGGREGATE,
    "amount": {"currency": "NOK", "value": 2000},
    "state": "CREATED",
    "paymentMethod": {"type": "WALLET"},
    "profile": {},
    "pspReference": "37c34d8c-2649-448e-864b-060d5d93e4c4",
    "reference": "acme-shop-0001",
}


def answer(
    method: str, path: str, status: int, body: object, content_type: str = "application/json"
) -> httpx.Response:
    request = httpx.Request(method, f"http://sandbox.test{path}")
    return httpx.Response(status, json=body, headers={"content-type": content_type}, request=request)


def test_a_right_answer_is_not_objected_to() -> None:
    assert objections(answer("GET", "/epayment/v1/payments/acme-shop-0001", 200, PAYMENT)) == []


def test_what_no_specification_describes_is_not_judged() -> None:
    assert objections(answer("GET", "/sandbox/health", 200, "anything")) == []


@pytest.mark.parametrize(
    ("given", "objection"),
    [
        (answer("GET", "/epayment/v1/payments/a", 200, PAYMENT | {"state": "CAPTURED"}), "state: 'CAPTURED' is not"),
        (
            answer("GET", "/epayment/v1/payments/a", 200, {"state": "CREATED"}),
            "body: 'aggregate' is a required property",
        ),
        (answer("GET", "/epayment/v1/payments/a", 418, PAYMENT), "status 418 is not documented"),
        (
            answer("POST", "/epayment/v1/payments", 201, {"reference": "acme-shop-0001"}, "text/html"),
            "content type text/html is not application/json",
        ),
        (
            answer("POST", "/epayment/v1/payments", 400, {"title": "x"}, "application/problem+json"),
            "body: 'type' is a required property",
        ),
        (
            answer("GET", "/order-management/v2/ecom/a", 404, {}, "application/problem+json"),
            "content type application/problem+json is not application/json",
        ),
    ],
)
def test_a_wrong_answer_is_objected_to(given: httpx.Response, objection: str) -> None:
    assert any(told.startswith(objection) for told in objections(given)), objections(given)


def test_every_deviation_says_where_it_comes_from() -> None:
    assert all(one.source for one in DEVIATIONS)
