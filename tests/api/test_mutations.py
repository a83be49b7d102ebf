"""Bodies that began as valid ones: whatever becomes of them, no 5xx, and a refusal stores nothing."""

import asyncio
import json
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.merchant import INVOICE, Merchant, changed, serving

_CATEGORY: Final = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/1", "imageId": "socks"}
_CAPTURE: Final = {"modificationAmount": {"currency": "NOK", "value": 1}}
_WORDS: Final = st.sampled_from(
    [
        "NOK",
        "nok",
        "WALLET",
        "CARD",
        "PUSH_MESSAGE",
        "QR",
        "4790000404",
        "2023-09-15T00:00:00Z",
        "2023-09-15T00:00:00.1+23:59",
        "myapp://x",
        "http://localhost",
        "https://[",
        "name email nin",
        "\x00",
        "\r\n",
        "å\u2028💸",
        "EAN-13",
        "2.5",
    ]
)
_LEAVES: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.integers(-2, 3000)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
    | _WORDS
)
_NAMES: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.sampled_from(
    ["amount", "reference", "customer", "expiresAt", "Currency", "value", "__proto__", "category"]
)
_JSON: Final = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)
_references = count(1)


@st.composite
def _mutated(draw: st.DrawFn, body: dict[str, Any]) -> Any:
    """Draw *body* with a few places replaced, removed or added to."""
    for _ in range(draw(st.integers(1, 4))):
        places = list(_containers(body))
        place = draw(st.sampled_from(places))
        inner = _at(body, place)
        known = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        name = draw(
            _NAMES if not known and isinstance(inner, dict) else st.sampled_from(known) if known else st.just(0)
        )
        if isinstance(inner, dict) and draw(st.booleans()):
            name = draw(_NAMES)
        if isinstance(inner, list) and not known:
            continue
        body = changed(body, (*place, name), draw(_JSON))
    return body


def _containers(body: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(body, dict | list):
        yield place
        for name in body if isinstance(body, dict) else range(len(body)):
            yield from _containers(body[name], (*place, name))


def _at(body: Any, place: tuple[str | int, ...]) -> Any:
    for part in place:
        body = body[part]
    return body


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="module", params=["lenient", "strict"])
def merchant(runner: asyncio.Runner, request: pytest.FixtureRequest) -> Iterator[Merchant]:
    """One merchant for all examples, with an approved payment."""
    server = serving()
    http = runner.run(server.__aenter__())
    merchant = Merchant(http, "654001")
    runner.run(merchant.log_in())
    runner.run(merchant.approved_payment({**INVOICE, "reference": "acme-approved"}))
    runner.run(merchant.configure(profile=request.param, rateLimits=False))
    yield merchant
    runner.run(server.__aexit__(None, None, None))


async def _check(merchant: Merchant, method: str, path: str, body: Any) -> None:
    before = await _journal(merchant)
    answer = await merchant.call(method, path, json.dumps(body).encode(), key=f"key-{next(_references)}")
    after = await _journal(merchant)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert all(name == "KeyedOperationRefused" for name in after[len(before) :])
        assert answer.json()["title"]
    else:
        assert len(after) > len(before)
    _has_no_line_breaks(answer)


def _has_no_line_breaks(answer: httpx.Response) -> None:
    assert not any(mark in value for _, value in answer.headers.raw for mark in b"\r\n\x00")


async def _journal(merchant: Merchant) -> list[str]:
    """Return the kinds of all facts."""
    app = merchant.http._transport.app  # type: ignore[attr-defined]
    return [type(fact).__name__ for fact in app.world.find(merchant.msn).journal.read()]


_THOROUGHLY = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_THOROUGHLY
@given(body=_mutated(dict(INVOICE)))
def test_a_mutated_create_is_taken_or_refused(runner: asyncio.Runner, merchant: Merchant, body: Any) -> None:
    if isinstance(body, dict) and body.get("reference") == INVOICE["reference"]:
        body = {**body, "reference": f"acme-shop-{next(_references)}"}
    runner.run(_check(merchant, "POST", "/epayment/v1/payments", body))


@_THOROUGHLY
@given(body=_mutated(dict(_CAPTURE)))
def test_a_mutated_capture_is_taken_or_refused(runner: asyncio.Runner, merchant: Merchant, body: Any) -> None:
    runner.run(_check(merchant, "POST", "/epayment/v1/payments/acme-approved/capture", body))


@_THOROUGHLY
@given(body=_mutated(dict(_CATEGORY)))
def test_a_mutated_category_is_taken_or_refused(runner: asyncio.Runner, merchant: Merchant, body: Any) -> None:
    runner.run(_check(merchant, "PUT", "/order-management/v2/ecom/categories/acme-shop-1", body))
