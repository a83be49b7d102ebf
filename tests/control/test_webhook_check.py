"""The verifier over HTTP: what it takes, and that it knows what the sandbox sent."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from tests.api.merchant import Merchant
from tests.api.webhooks.recipe import headers_for

DATE = "Fri, 25 Aug 2023 08:00:00 GMT"
GOT: Mapping[str, Any] = {
    "path": "/hook",
    "headers": headers_for("a-long-secret", "/hook", DATE, "shop.example", b"{}"),
    "body": "{}",
    "secret": "a-long-secret",
}


async def check(merchant: Merchant, **changes: Any) -> tuple[int, dict[str, Any]]:
    sent = {name: value for name, value in {**GOT, **changes}.items() if value is not None}
    answer = await merchant.http.post("/sandbox/webhooks/verify", json=sent)
    return answer.status_code, answer.json()


@pytest.mark.anyio
async def test_a_signature_that_holds(merchant: Merchant) -> None:
    assert await check(merchant) == (
        200,
        {
            "holds": True,
            "summary": "The signature holds.",
            "findings": [],
            "warnings": [],
            "contentHash": "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
            "signed": f"POST\n/hook\n{DATE};shop.example;RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
            "signature": GOT["headers"]["Authorization"].partition("Signature=")[2],
            "delivery": None,
        },
    )


@pytest.mark.anyio
async def test_a_signature_that_does_not_hold_tells_what_to_change(merchant: Merchant) -> None:
    status, told = await check(merchant, path="/hook/")
    assert status == 200
    assert not told["holds"]
    assert told["findings"] == [
        {
            "ingredient": "path",
            "what": "The path's slash at the end was added: /hook/ was received, /hook signed.",
            "change": (
                "Sign path and query as they were registered: take them from before the rewriting, or from a setting."
            ),
            "received": "/hook/",
            "signed": "/hook",
        }
    ]


@pytest.mark.anyio
async def test_headers_may_be_pairs_and_the_body_base64(merchant: Merchant) -> None:
    pairs = [[name, value] for name, value in GOT["headers"].items()]
    _, told = await check(merchant, headers=pairs, body=None, bodyBase64=base64.b64encode(b"{}").decode())
    assert told["holds"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"path": None}, "path: Field required"),
        ({"secret": ""}, "secret: String should have at least 1 character"),
        ({"bodyBase64": "e30="}, "body: Value error, say either `body` or `bodyBase64`"),
        ({"body": None, "bodyBase64": "?"}, "body: Value error, Only base64 data is allowed"),
        ({"headers": "x"}, "headers.dict[str,str]: Input should be"),
        ({"extra": 1}, "There is no 'extra'; there is only method, path"),
    ],
)
async def test_what_is_not_understood_is_told(merchant: Merchant, changes: dict[str, Any], detail: str) -> None:
    status, told = await check(merchant, **changes)
    assert status == 400
    assert detail in told["detail"]
    assert GOT["secret"] not in str(told)


@pytest.mark.anyio
async def test_a_lone_half_of_a_letter_is_not_understood(merchant: Merchant) -> None:
    answer = await merchant.http.post(
        "/sandbox/webhooks/verify", content=rb'{"path": "/", "headers": {}, "secret": "\ud800"}'
    )
    assert answer.status_code == 400
