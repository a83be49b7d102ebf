"""Five changes and 120 reads a minute of one payment, where the sales unit has rate limits."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from sandbox.api.gateway.rate_limits import RateLimits
from tests.api.merchant import START, Merchant, WallClock, order


@pytest.fixture
async def limited(merchant: Merchant) -> Merchant:
    await merchant.configure(rateLimits=True)
    return merchant


@pytest.mark.shows("gateway", 429, "rate limit")
@pytest.mark.anyio
async def test_the_sixth_change_of_a_payment_in_a_minute_is_too_many(limited: Merchant, wall: WallClock) -> None:
    reference = await limited.approved_payment()
    for _ in range(5):
        assert (await limited.capture(reference, 100)).status_code == 200
    wall.wait(timedelta(seconds=17.5))
    refused = await limited.capture(reference, 100)
    assert (refused.status_code, refused.json(), refused.headers["Retry-After"]) == (
        429,
        {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 43 seconds."},
        "43",
    )
    assert (await limited.get(reference)).json()["aggregate"]["capturedAmount"]["value"] == 500
    assert (await limited.refund(reference, 100)).status_code == 200  # each operation has its own count
    wall.wait(timedelta(seconds=42.5))
    assert (await limited.capture(reference, 100)).status_code == 200


@pytest.mark.anyio
async def test_creates_without_a_reference_count_as_one_payment(limited: Merchant) -> None:
    """Misspelling it is how a merchant meets the limit with different payments."""
    statuses = [(await limited.create(order(reference=None, Reference=f"acme-{n}"))).status_code for n in range(6)]
    assert statuses == [400] * 5 + [429]
    assert (await limited.create(order())).status_code == 201


@pytest.mark.shows("gateway", 429, "rate limit")
@pytest.mark.anyio
async def test_reads_have_a_wider_limit(limited: Merchant) -> None:
    reference = await limited.new_payment()
    statuses = [(await limited.get(reference)).status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]


@pytest.mark.anyio
async def test_the_strict_profile_has_rate_limits_and_the_lenient_none(merchant: Merchant) -> None:
    body = order()
    statuses = [(await merchant.create(body, key="a-key")).status_code for _ in range(6)]
    assert statuses == [201] * 6
    await merchant.configure(profile="strict")
    statuses = [(await merchant.create(body, key="a-key")).status_code for _ in range(6)]
    assert statuses == [201] * 5 + [429]


def test_windows_that_are_over_are_forgotten() -> None:
    limits = RateLimits()
    for number in range(30_000):
        limits.count((str(number),), 5, START)
    assert len(limits._windows) == 10_000
    limits.count(("later",), 5, START + timedelta(minutes=1))
    assert len(limits._windows) == 1


@pytest.mark.anyio
async def test_two_sales_units_never_share_a_limit(
    merchants: Callable[[], Awaitable[Merchant]],
) -> None:
    first, second = await merchants(), await merchants()
    for one in (first, second):
        await one.configure(rateLimits=True)
        await one.new_payment(order(reference="acme-shop-1"))
    statuses = [(await first.get("acme-shop-1")).status_code for _ in range(121)]
    assert statuses[-1] == 429
    assert (await second.get("acme-shop-1")).status_code == 200
