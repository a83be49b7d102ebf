"""Faults as they are armed, listed and removed; what they do to calls is shown where the gateway is tested."""

from typing import Any

import pytest

from tests.api.merchant import ADA, Merchant

_RACE: dict[str, Any] = {"until": {"customer": "reject"}, "first": "held", "patience": "PT10S"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "then",
    [
        *({"answer": status} for status in (401, 423, 429, 500, 502, 503)),
        {"delay": "PT1.5S"},
        {"delay": "PT0S"},
        {"drop": "before"},
        {"drop": "after"},
        {"garbage": True},
        {"slow": "PT300S"},
        {"hold": _RACE},
        {"hold": _RACE | {"first": "other"}},
        {"hold": _RACE | {"until": {"operation": "getPayment", "reference": "acme-shop-0001"}}},
        {"hold": _RACE | {"until": {"webhook": "CREATED"}}},
        {"hold": _RACE | {"until": {"removed": True}, "first": "other"}},
    ],
)
async def test_a_fault_is_listed_as_it_was_armed(merchant: Merchant, then: dict[str, Any]) -> None:
    armed = await merchant.control("POST", "/faults", {"then": then})
    fault = {
        "id": "fault-1",
        "match": {"operation": None, "reference": None, "customer": None},
        "times": 1,
        "then": then,
        "fired": 0,
        "spent": False,
    }
    assert (armed.status_code, armed.json()) == (201, fault)
    assert (await merchant.control("GET", "/faults")).json() == {"faults": [fault]}


@pytest.mark.anyio
async def test_a_fault_says_what_it_matches_and_how_often(merchant: Merchant) -> None:
    match = {"operation": "capturePayment", "reference": "acme-shop-0001", "customer": ADA}
    body = {"match": match, "times": "always", "then": {"drop": "after"}}
    armed = (await merchant.control("POST", "/faults", body)).json()
    assert (armed["match"], armed["times"]) == (match, "always")


@pytest.mark.anyio
async def test_patience_is_ten_seconds_unless_told(merchant: Merchant) -> None:
    race = {name: value for name, value in _RACE.items() if name != "patience"}
    armed = (await merchant.control("POST", "/faults", {"then": {"hold": race}})).json()
    assert armed["then"]["hold"]["patience"] == "PT10S"


@pytest.mark.anyio
async def test_a_removed_fault_is_gone_and_its_number_is_not_given_again(merchant: Merchant) -> None:
    await merchant.control("POST", "/faults", {"then": {"garbage": True}})
    removed = await merchant.control("DELETE", "/faults/fault-1")
    assert (removed.status_code, removed.content) == (204, b"")
    again = await merchant.control("DELETE", "/faults/fault-1")
    assert (again.status_code, again.json()["title"]) == (404, "Not found")
    assert "fault-1" in again.json()["detail"]
    assert (await merchant.control("POST", "/faults", {"then": {"garbage": True}})).json()["id"] == "fault-2"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "then: Field required"),
        ({"then": {}}, "say one of `answer`, `delay`, `drop`, `garbage`, `slow` and `hold`"),
        ({"then": {"answer": 500, "delay": "PT1S"}}, "say one of"),
        ({"then": {"answer": None}}, "say one of"),
        ({"then": {"hold": None}}, "say one of"),
        ({"then": {"answer": 200}}, "then.answer: Input should be 401, 423, 429, 500, 502 or 503"),
        ({"then": {"answer": "500"}}, "then.answer: Input should be"),
        ({"then": {"delay": "PT301S"}}, "then.delay: Input should be less than or equal to 5 minutes"),
        ({"then": {"delay": "-PT1S"}}, "then.delay: Input should be greater than or equal to"),
        ({"then": {"slow": "soon"}}, "then.slow: Input should be a valid"),
        ({"then": {"drop": "during"}}, "then.drop: Input should be 'before' or 'after'"),
        ({"then": {"garbage": False}}, "then.garbage: Input should be True"),
        ({"then": {"break": True}}, "break"),
        ({"then": {"garbage": True}, "times": 0}, "times"),
        ({"then": {"garbage": True}, "times": "never"}, "times"),
        ({"then": {"garbage": True}, "match": {"path": "/"}}, "path"),
        (
            {"then": {"garbage": True}, "match": {"operation": "createPaymnt"}},
            "There is no operation 'createPaymnt'; did you mean 'createPayment'? There are cancelPayment, ",
        ),
        ({"then": {"garbage": True}, "match": {"customer": "Ada"}}, "match.customer: String should match"),
        ({"then": {"hold": {"first": "held"}}}, "then.hold.until: Field required"),
        ({"then": {"hold": _RACE | {"until": {}}}}, "say one of `operation`, `customer`, `webhook` and `removed`"),
        ({"then": {"hold": _RACE | {"until": {"customer": "open", "removed": True}}}}, "say one of `operation`"),
        ({"then": {"hold": _RACE | {"until": {"removed": False}}}}, "then.hold.until.removed: Input should be True"),
        ({"then": {"hold": _RACE | {"first": "both"}}}, "then.hold.first: Input should be 'held' or 'other'"),
        (
            {"then": {"hold": _RACE | {"until": {"webhook": "CREATED"}, "first": "other"}}},
            "a webhook cannot come before the call that brings it about",
        ),
        ({"then": {"hold": _RACE | {"until": {"webhook": "PAID"}}}}, "then.hold.until.webhook: Input should be"),
        ([], "body: "),
        (None, "body: "),
        (b"{", "body: "),
        (b"\xff", "body: "),
    ],
)
async def test_what_makes_no_sense_arms_nothing(merchant: Merchant, body: Any, detail: str) -> None:
    answer = await merchant.control("POST", "/faults", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood"), answer.text
    assert detail in answer.json()["detail"]
    assert (await merchant.control("GET", "/faults")).json() == {"faults": []}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            {"then": {"anser": 500}},
            "There is no 'then.anser'; there is only answer, delay, drop, garbage, slow, hold",
        ),
        (
            {"then": {"hold": _RACE | {"until": {"customer": "reject", "colour": "red"}}}},
            "There is no 'then.hold.until.colour'; there is only operation, customer, webhook, removed, reference",
        ),
        ({"then": {"answer": 500}, "time": 1}, "There is no 'time'; there is only match, times, then"),
    ],
)
async def test_a_misspelt_member_is_told_with_those_beside_it(
    merchant: Merchant, body: dict[str, Any], detail: str
) -> None:
    answer = await merchant.control("POST", "/faults", body)
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)
