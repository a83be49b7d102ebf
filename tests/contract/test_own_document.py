"""What the sandbox answers is what its own OpenAPI document says, whatever it is sent.

Schemathesis makes calls up from the document, good ones and bad ones, and looks at what comes. Most are given valid
credentials, and half are led to things that are there: else the first check on their way would be all they meet.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from itertools import count
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sandbox.domain.sales_unit import Profile
from sandbox.server import Sandbox
from sandbox.settings import Settings
from tests.api.merchant import ADA, INVOICE, RECEIPT, WallClock, order
from tests.contract.pictures import PICTURE

_SCHEMA: Final = schemathesis.openapi.from_asgi("/sandbox/openapi.json", Sandbox())
_OPERATIONS: Final = {
    operation.definition.raw["operationId"]: operation
    for operation in (found.ok() for found in _SCHEMA.get_all_operations() if isinstance(found, Ok))
}
_CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_CALLS: Final = 40 if "CI" in os.environ else 16  # of each operation in each profile
_MSN: Final = "654321"
_ORDER: Final = "acme-order-0001"
_CATEGORY: Final = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/order"}
_CATEGORY_V3: Final = {
    "orderId": _ORDER,
    "paymentType": "ECOM",
    "type": "GENERAL",
    "url": "https://example.com/order",
}
_WEBHOOK: Final = {"url": "https://example.com/webhook", "events": ["epayments.payment.created.v1"]}
_ENDLESS: Final = frozenset(
    {"streamFacts", "streamScenario"}
)  # a stream ends when its listener goes, and these calls wait for the end
_STORY: Final = {"scenario": "x", "steps": [{"time.freeze": None}]}
_FAULT: Final = {"match": {"operation": "capturePayment"}, "then": {"drop": "after"}}
_NOK_10: Final = {"modificationAmount": {"currency": "NOK", "value": 10}}
_ADA: Final = {"customer": {"phoneNumber": ADA}}


class Stage:
    """A sandbox with a sales unit in which there is something of everything."""

    def __init__(self, profile: Profile) -> None:
        app: Any = Sandbox(Settings(profile=profile), real_now=WallClock())
        app._courier._post = _answered  # whatever URL is made up, nobody outside is called
        self.http = asgi.get_client(app)
        self.headers: dict[str, str] = {}
        self._keys = count(1)
        self.control("PATCH", "/settings", {"rateLimits": False})  # which have tests of their own
        keys = {"Ocp-Apim-Subscription-Key": "any", "Merchant-Serial-Number": _MSN}
        token = self.call("POST", "/accesstoken/get", client_id="any", client_secret="any", **keys)["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", **keys}
        self.webhook = self.new_webhook()
        self.waiting, self.open, self.approved, self.captured, self.ended = (self.new_payment() for _ in range(5))
        for reference in (self.approved, self.captured):
            self.call("POST", f"/epayment/v1/test/payments/{reference}/approve", _ADA)
        self.call(
            "POST",
            f"/epayment/v1/payments/{self.captured}/capture",
            {"modificationAmount": {"currency": "NOK", "value": 1500}},
        )
        self.call("POST", f"/epayment/v1/payments/{self.ended}/cancel")
        self.control("POST", f"/customers/{ADA}/open", {"reference": self.open})
        self.card = self.new_payment(paymentMethod={"type": "CARD"}, userFlow="WEB_REDIRECT", profile=None)
        self.call("PUT", f"/order-management/v2/ecom/categories/{_ORDER}", _CATEGORY)
        self.call("POST", f"/order-management/v2/ecom/receipts/{_ORDER}", RECEIPT)
        self.known: Mapping[str, list[str]] = {  # what the parameters of paths can name
            "reference": [self.waiting, self.open, self.approved, self.captured, self.ended],
            "orderId": [_ORDER, self.waiting],
            "paymentType": ["ecom", "recurring"],
            "categoryId": [self.new_category()],
            "sub": [self.call("GET", f"/epayment/v1/payments/{self.captured}")["profile"]["sub"]],
            "msn": [_MSN],
            "phone": [ADA],
            "id": [self.webhook],
            "scenario": [self.control("POST", "/scenarios", _STORY)["id"]],
            "delivery": [one["id"] for one in self.control("GET", "/webhooks/deliveries")["deliveries"]],
        }

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {**self.headers, "Idempotency-Key": self.new("key"), **headers}
        answer = self.http.request(method, path, json=body, headers=sent)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json() if answer.content else None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return self.call(method, f"/sandbox/units/{_MSN}{path}", body)

    def new(self, kind: str) -> str:
        return f"acme-{kind}-{next(self._keys):06}"

    def new_payment(self, **changes: Any) -> str:
        reference = self.new("payment")
        profile = {"scope": "name address email phoneNumber birthDate"}
        body = order(**{"userFlow": "PUSH_MESSAGE", "reference": reference, "profile": profile, **changes})
        self.call("POST", "/epayment/v1/payments", body)
        return reference

    def new_webhook(self) -> str:
        webhook_id: str = self.call("POST", "/webhooks/v1/webhooks", _WEBHOOK)["id"]
        return webhook_id

    def new_fault(self) -> str:
        fault_id: str = self.control("POST", "/faults", _FAULT)["id"]
        return fault_id

    def new_unit(self) -> str:
        msn: str = self.call("POST", "/sandbox/units")["msn"]
        return msn

    def new_category(self) -> str:
        category_id: str = self.call("POST", "/order-management/v3/categories", _CATEGORY_V3)["categoryId"]
        return category_id


async def _answered(*_: Any) -> tuple[int, bytes]:
    return 200, b""


Way = tuple[dict[str, str], dict[str, Any] | None]  # parameters of the path, and the body

# Calls that go through, again and again.
_WAYS: Final[Mapping[str, Callable[[Stage], Way]]] = {
    "createPayment": lambda stage: ({}, {**INVOICE, "reference": stage.new("invoice")}),
    "cancelPayment": lambda stage: ({"reference": stage.new_payment()}, {"cancelTransactionOnly": False}),
    "capturePayment": lambda stage: ({"reference": stage.approved}, _NOK_10),
    "refundPayment": lambda stage: ({"reference": stage.captured}, _NOK_10),
    "forceApprove": lambda stage: ({"reference": stage.new_payment()}, _ADA),
    "post-image": lambda stage: ({}, {"imageId": stage.new("image"), "src": PICTURE, "type": "base64"}),
    "put-order": lambda stage: ({"orderId": _ORDER}, _CATEGORY),
    "put-category-v2": lambda stage: ({"orderId": _ORDER, "paymentType": "ecom"}, _CATEGORY),
    "post-receipt": lambda stage: ({"orderId": stage.new("order")}, dict(RECEIPT)),
    "post-receipt-v2": lambda stage: ({"orderId": stage.new("order"), "paymentType": "ecom"}, dict(RECEIPT)),
    "post-category-v3": lambda stage: ({}, _CATEGORY_V3),
    "delete-category-v3": lambda stage: ({"categoryId": stage.new_category()}, None),
    "registerWebhook": lambda stage: ({}, _WEBHOOK),
    "deleteWebhook": lambda stage: ({"id": stage.new_webhook()}, None),
    "makeUnit": lambda stage: ({}, {"msn": stage.new("")[-6:]}),
    "removeUnit": lambda stage: ({"msn": stage.new_unit()}, None),
    "changeSettings": lambda stage: ({"msn": _MSN}, {"name": "Acme"}),
    "setClock": lambda stage: ({"msn": _MSN}, {"frozen": True}),
    "advanceClock": lambda stage: ({"msn": _MSN}, {"by": "PT1M"}),
    "setClocks": lambda stage: ({}, {"frozen": True}),
    "advanceClocks": lambda stage: ({}, {"to": "next due"}),
    "configureCustomer": lambda stage: ({"msn": _MSN, "phone": ADA}, {"persona": "approves"}),
    "useCardForm": lambda stage: (
        {"msn": _MSN, "reference": stage.card},
        {"action": "enter", "number": "4111111111111111"},
    ),
    "restore": lambda stage: ({"msn": _MSN}, stage.control("POST", "/snapshot")),
    "holdWebhooks": lambda stage: ({"msn": _MSN}, {"webhook": stage.webhook}),
    "releaseWebhooks": lambda stage: ({"msn": _MSN}, {"order": "newest first"}),
    "redeliver": lambda stage: ({"msn": _MSN}, {"wrongSignature": True}),
    "armFault": lambda stage: ({"msn": _MSN}, _FAULT),
    "removeFault": lambda stage: ({"msn": _MSN, "fault": stage.new_fault()}, None),
    "playScenario": lambda stage: ({"msn": _MSN}, _STORY),
    "actAsCustomer": lambda stage: (
        {"msn": _MSN, "phone": ADA, "action": "open"},
        {"reference": stage.waiting},
    ),
}


class Guidance(Enum):
    """How far a call is led."""

    NONE = auto()
    CREDENTIALS = auto()  # are right
    PLACE = auto()  # exists, too
    WAY = auto()  # goes through, but for one member of the body perhaps


def _by_profile() -> Iterator[tuple[str, Profile]]:
    """Give each operation with each profile; the sandbox's own know of none."""
    for name in sorted(_OPERATIONS.keys() - _ENDLESS):
        own = _OPERATIONS[name].path.startswith("/sandbox/")
        yield from ((name, profile) for profile in ([Profile.LENIENT] if own else Profile))


@pytest.mark.parametrize(("name", "profile"), list(_by_profile()))
def test_answers_are_documented(name: str, profile: Profile) -> None:
    stage, operation = Stage(profile), _OPERATIONS[name]
    seen: set[int] = set()
    numbers = count()

    @settings(
        max_examples=_CALLS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE))
    )
    def call(case: Case[Any]) -> None:
        choice, place = divmod(next(numbers), len(Guidance))  # in turn: what is drawn depends on much
        guidance = list(Guidance)[place]
        if guidance is not Guidance.NONE:
            case.headers.update(stage.headers)
        if guidance in {Guidance.PLACE, Guidance.WAY}:
            for parameter in case.path_parameters:
                known = stage.known.get(parameter, [case.path_parameters[parameter]])
                case.path_parameters[parameter] = known[choice % len(known)]
        if guidance is Guidance.WAY and name in _WAYS:
            params, body = _WAYS[name](stage)
            case.path_parameters.update(params)
            case.headers.update({"Idempotency-Key": stage.new("key")})
            if body is not None:
                generated = case.body if isinstance(case.body, dict) else {}
                case.body = dict(list(generated.items())[: choice % 2]) | body
                case.media_type = "application/json"
        case.query.pop("wait", None)  # there is nothing to wait for
        response = case.call(session=stage.http)
        seen.add(response.status_code)
        case.validate_response(response, checks=_CHECKS)

    call()
    promised = {int(status) for status in operation.definition.raw["responses"] if status < "300"}
    assert promised <= seen, "not one call went through"
