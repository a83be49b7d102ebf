"""Requests that Vipps's published specifications show as examples go through, but for those in a table.

Examples are those of operations and of their bodies' schemas; where there are none, the one that the examples of the
members make together.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import pytest
import yaml

from sandbox.domain.sales_unit import Profile
from tests.api.conftest import anyio_backend, http, merchants, wall
from tests.api.merchant import Merchant, order
from tests.contract.pictures import PICTURE
from tests.contract.specification import FILES, FOLDER, OUT_OF_SCOPE, published_id, resolved

__all__ = ["anyio_backend", "http", "merchants", "wall"]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"Vipps's published specifications are missing: {FOLDER}")

# Examples that no profile takes; each with what the sandbox answers, and why.
REFUSED: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("createPayment", "example with order lines"): (
        "receipt.bottomLine",
        "Its bottomLine is a list; the schema says object (ePayment OpenAPI 1.8.1, `Receipt`).",
    ),
    ("createPayment", "example with card passthrough"): (
        "CARD_PASSTHROUGH is for payment service providers.",
        "The sandbox's merchants are none (ePayment contract, §4).",
    ),
    ("post-image", "Example 1"): (
        "The image is neither PNG nor JPEG.",
        "Its src is a text in base64; the schema says PNG or JPEG (Order Management OpenAPI 2.1, `Image`).",
    ),
}
_AMOUNT: Final = {"currency": "NOK", "value": 50_000}


class Example(NamedTuple):
    operation: str
    name: str
    method: str
    path: str
    body: Any


def _examples() -> Iterator[Example]:
    if not FOLDER.is_dir():
        return
    for file, prefix in FILES.items():
        document = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if not isinstance(operation, dict) or prefix + path in OUT_OF_SCOPE:
                    continue
                for name, body in _bodies(resolved(operation.get("requestBody", {}), document)):
                    yield Example(published_id(method, path, operation), name, method.upper(), prefix + path, body)


def _bodies(request_body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for media in request_body.get("content", {}).values():
        schema = media["schema"]
        given = {**schema.get("x-examples", {}), **media.get("examples", {})}
        for name, example in given.items():
            yield name, example.get("value", example)
        if not given:
            yield "members", _made_of_members(schema)


def _made_of_members(schema: Mapping[str, Any]) -> Any:
    if "example" in schema:
        return schema["example"]
    if "oneOf" in schema:
        return _made_of_members(schema["oneOf"][0])
    members = {name: _made_of_members(member) for name, member in schema.get("properties", {}).items()}
    return {name: member for name, member in members.items() if member is not None} or None


EXAMPLES: Final = list(_examples())


@pytest.mark.anyio
@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.operation}-{example.name}")
async def test_an_example_goes_through(
    example: Example, profile: Profile, merchants: Callable[[], Awaitable[Merchant]]
) -> None:
    merchant = await merchants()
    await merchant.configure(profile=profile, rateLimits=False)
    await merchant.control("PUT", "/clock", {"now": "2024-04-15T12:00:00Z"})  # the examples' own time
    await merchant.log_in()
    path = await _path(merchant, example)
    answer = await merchant.call(example.method, path, example.body, key=merchant.new_key())
    refused = REFUSED.get((example.operation, example.name))
    if refused is None:
        assert answer.status_code in {200, 201}, answer.text
    else:
        assert (answer.status_code >= 400, refused[0] in answer.text) == (True, True), answer.text


def test_there_are_examples_and_each_row_is_one_of_them() -> None:
    assert len(EXAMPLES) > 10
    assert {(example.operation, example.name) for example in EXAMPLES} >= REFUSED.keys()


async def _path(merchant: Merchant, example: Example) -> str:
    """Return the example's path, having made what it needs to be there."""
    if example.operation.startswith(("put-", "post-category")):
        image = {"imageId": example.body["imageId"], "src": PICTURE, "type": "base64"}
        assert (await merchant.call("POST", "/order-management/v1/images", image)).status_code == 200
    reference = ""
    if "{Reference}" in example.path:
        body = order(amount=_AMOUNT)
        approves = example.operation in {"capturePayment", "refundPayment"}
        reference = await (merchant.approved_payment(body) if approves else merchant.new_payment(body))
    if example.operation == "refundPayment":
        assert (await merchant.capture(reference, _AMOUNT["value"])).status_code == 200
    order_id = "acme-order-0001"
    return example.path.format(Reference=reference, paymentType="ecom", orderId=order_id, transactionId=order_id)
