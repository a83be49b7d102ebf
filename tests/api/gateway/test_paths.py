"""What is served, and what is not."""

import httpx
import pytest

from sandbox import __version__
from sandbox.server import Sandbox
from tests.api.merchant import Merchant, order

_NOT_FOUND = {"statusCode": 404, "message": "Resource not found"}


@pytest.mark.shows("gateway", 404, "no path")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/epayment/v1/payments"),
        ("DELETE", "/epayment/v1/payments/a"),
        ("PATCH", "/epayment/v1/payments/a"),
        ("OPTIONS", "/epayment/v1/payments"),
        ("POST", "/epayment/v1/payments/a/approve"),
        ("POST", "/epayment/v1/payments/a/adjust"),
        ("GET", "/epayment/v1/payments/"),
        ("GET", "/epayment/v1/payments//events"),
        ("GET", "/EPAYMENT/v1/payments/a"),
        ("GET", "/epayment/v2/payments/a"),
        ("GET", "/epayment/v1/payments/a%2Fb"),
        ("GET", "/recurring/v3/agreements"),
        ("GET", "/%00"),
        ("GET", "/sandbox%00/units"),
        ("GET", "/epayment/v1/../v1/payments/a%0Aevents/x"),
        ("PUT", "/order-management/v2/ecom/categories/"),
        ("POST", "/accesstoken/get/"),
        ("GET", "/" + "x" * 60_000),
    ],
)
async def test_what_vipps_does_not_have_is_not_found(merchant: Merchant, method: str, path: str) -> None:
    answer = await merchant.call(method, path)
    assert (answer.status_code, answer.json()) == (404, _NOT_FOUND)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "reference", ["%00", "%ED%A0%80", "%F0%9F%92%B8", "a%0d%0ab", "%C3%A6", "..%5c", "x" * 60_000, "%25%32%46"]
)
async def test_an_odd_reference_is_an_unknown_one(merchant: Merchant, reference: str) -> None:
    answer = await merchant.call("GET", f"/epayment/v1/payments/{reference}")
    assert (answer.status_code, answer.json()["title"]) == (404, "Reference not found")


@pytest.mark.anyio
async def test_every_answer_says_that_it_comes_from_a_sandbox(merchant: Merchant) -> None:
    answers = [
        await merchant.ask_for_token(),
        await merchant.create(order()),
        await merchant.create({}),
        await merchant.get("unknown"),
        await merchant.call("GET", "/nowhere"),
        await merchant.call("GET", "/epayment/v1/payments/a", headers={"Authorization": None}),
        await merchant.call("GET", "/epayment/v1/payments/a", headers={"Ocp-Apim-Subscription-Key": None}),
        await merchant.call("POST", "/epayment/v1/payments", b"x" * (2**20 + 1)),
    ]
    assert [answer.status_code for answer in answers] == [200, 201, 400, 404, 404, 401, 401, 413]
    assert {answer.headers["Sandbox"] for answer in answers} == {f"vipps-sandbox/{__version__}"}


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["*", "//"])
async def test_a_path_without_segments_is_not_found(path: str) -> None:
    """`OPTIONS *` has no path at all."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    scope = {
        "type": "http",
        "method": "OPTIONS",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "server": ("sandbox.test", 80),
    }
    await Sandbox()(scope, receive, send)
    assert sent[0]["status"] == 404


@pytest.mark.shows("gateway", 500, "bug")
@pytest.mark.anyio
async def test_a_bug_of_ours_is_a_500_and_the_next_call_is_served(
    http: httpx.AsyncClient, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("sandbox.api.epayment.routes.redirect_url", broken)
        answer = await merchant.create(order())
    assert (answer.status_code, answer.json()) == (500, {"statusCode": 500, "message": "Internal server error"})
    assert (await merchant.last_request())["explanation"][
        "summary"
    ] == "This is a bug of the sandbox; its log has the traceback."
    assert (await merchant.create(order())).status_code == 201
