"""A sales unit's clock: set, stopped, set back, and moved forward with all that happens on the way."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.api.merchant import Merchant, WallClock, order


async def _clock(merchant: Merchant) -> tuple[str, bool]:
    clock = (await merchant.control("GET", "/clock")).json()
    return clock["now"], clock["frozen"]


@pytest.mark.anyio
async def test_a_clock_shows_real_time_until_it_is_set(merchant: Merchant, wall: WallClock) -> None:
    assert await _clock(merchant) == ("2023-08-25T08:00:00.123Z", False)
    wall.wait(timedelta(seconds=1))
    assert await _clock(merchant) == ("2023-08-25T08:00:01.123Z", False)


@pytest.mark.anyio
@pytest.mark.parametrize("now", ["2030-01-01T00:00:00Z", "2030-01-01T02:00:00+02:00", "2029-12-31T23:00:00-01:00"])
async def test_a_clock_is_set_and_runs_on(merchant: Merchant, wall: WallClock, now: str) -> None:
    answer = await merchant.control("PUT", "/clock", {"now": now})
    assert (answer.status_code, answer.json()) == (
        200,
        {"now": "2030-01-01T00:00:00.000Z", "frozen": False, "nextDue": None, "due": [], "happened": []},
    )
    wall.wait(timedelta(seconds=1))
    assert await _clock(merchant) == ("2030-01-01T00:00:01.000Z", False)


@pytest.mark.anyio
async def test_a_clock_is_stopped_where_it_is_and_let_go(merchant: Merchant, wall: WallClock) -> None:
    await merchant.control("PUT", "/clock", {"frozen": True})
    wall.wait(timedelta(hours=1))
    assert await _clock(merchant) == ("2023-08-25T08:00:00.123Z", True)
    await merchant.control("PUT", "/clock", {"frozen": False})
    wall.wait(timedelta(seconds=1))
    assert await _clock(merchant) == ("2023-08-25T08:00:01.123Z", False)


@pytest.mark.anyio
async def test_a_stopped_clock_stays_stopped_when_it_is_moved(merchant: Merchant, wall: WallClock) -> None:
    await merchant.control("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True})
    await merchant.advance("PT1H")
    wall.wait(timedelta(hours=1))
    assert await _clock(merchant) == ("2030-01-01T01:00:00.000Z", True)


@pytest.mark.anyio
async def test_nothing_expires_while_the_clock_stands(merchant: Merchant, wall: WallClock) -> None:
    await merchant.control("PUT", "/clock", {"frozen": True})
    await merchant.log_in()
    reference = await merchant.new_payment()
    wall.wait(timedelta(days=3))
    assert (await merchant.get(reference)).json()["state"] == "CREATED"


@pytest.mark.anyio
async def test_setting_the_clock_back_undoes_nothing(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.advance("PT10M")
    answer = await merchant.control("PUT", "/clock", {"now": "2023-08-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["happened"]) == (200, [])
    assert (await merchant.get(reference)).json()["state"] == "EXPIRED"


@pytest.mark.anyio
async def test_what_was_put_off_by_setting_the_clock_back_happens_in_its_time(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.control("PUT", "/clock", {"now": "2023-08-01T00:00:00Z"})
    assert (await merchant.get(reference)).json()["state"] == "CREATED"
    happened = (await merchant.control("PUT", "/clock", {"now": "2023-08-25T08:30:00Z"})).json()["happened"]
    assert happened == [{"at": "2023-08-25T08:10:00.123Z", "fact": "PaymentExpired", "reference": reference}]


@pytest.mark.anyio
async def test_moving_forward_tells_all_that_happened_each_at_its_own_instant(merchant: Merchant) -> None:
    late = await merchant.new_payment(order(expiresAt="2023-09-15T00:00:00Z"))
    soon = await merchant.new_payment()
    later = await merchant.new_payment(
        order(userFlow="PUSH_MESSAGE", customer={"phoneNumber": "4790000003"}, expiresAt="2023-09-15T00:00:00Z")
    )
    answer = await merchant.control("POST", "/clock/advance", {"by": "P30D"})
    assert answer.json() == {
        "now": "2023-09-24T08:00:00.123Z",
        "frozen": False,
        "nextDue": "2024-02-22T08:00:00.123Z",  # when the approved payment can no longer be captured
        "due": [{"at": "2024-02-22T08:00:00.123Z", "what": "capture deadline", "reference": later}],
        "happened": [
            {"at": "2023-08-25T08:00:00.123Z", "fact": "PaymentOpened", "reference": later},
            {"at": "2023-08-25T08:00:00.123Z", "fact": "PaymentPostponed", "reference": later},
            {"at": "2023-08-25T08:10:00.123Z", "fact": "PaymentExpired", "reference": soon},
            {"at": "2023-08-26T08:00:00.123Z", "fact": "PaymentOpened", "reference": later},
            {"at": "2023-08-26T08:00:00.123Z", "fact": "PaymentAuthorized", "reference": later},
            {"at": "2023-09-15T00:00:00.000Z", "fact": "PaymentExpired", "reference": late},
        ],
    }


@pytest.mark.anyio
async def test_a_clock_is_moved_to_an_instant(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.control("POST", "/clock/advance", {"to": "2023-08-25T08:10:00.123456Z"})
    assert answer.json()["happened"] == [
        {"at": "2023-08-25T08:10:00.123Z", "fact": "PaymentExpired", "reference": reference}
    ]
    assert await _clock(merchant) == ("2023-08-25T08:10:00.123Z", False)


@pytest.mark.anyio
async def test_a_clock_is_moved_by_nothing(merchant: Merchant) -> None:
    assert await merchant.advance("PT0S") == []
    assert await _clock(merchant) == ("2023-08-25T08:00:00.123Z", False)


@pytest.mark.anyio
async def test_moving_forward_to_the_past_is_refused(merchant: Merchant) -> None:
    answer = await merchant.control("POST", "/clock/advance", {"to": "2023-08-01T00:00:00Z"})
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "type": "about:blank",
            "title": "Not forward",
            "status": 400,
            "detail": "The clock shows 2023-08-25T08:00:00.123Z; PUT sets it back.",
        },
    )


@pytest.mark.anyio
async def test_two_moves_at_once_both_count(merchant: Merchant) -> None:
    await asyncio.gather(*(merchant.advance("PT1H") for _ in range(10)))
    assert await _clock(merchant) == ("2023-08-25T18:00:00.123Z", False)


@pytest.mark.anyio
@pytest.mark.parametrize("year", ["1970-01-01T00:00:00Z", "3000-01-01T00:00:00Z"])
async def test_a_clock_goes_from_1970_to_3000_and_everything_works_there(merchant: Merchant, year: str) -> None:
    answer = await merchant.control("PUT", "/clock", {"now": year, "frozen": True})
    assert answer.status_code == 200
    await merchant.log_in()
    reference = await merchant.approved_payment(order(profile={"scope": "name"}))
    assert (await merchant.capture(reference, 2000)).status_code == 200
    assert (await merchant.get(reference, "/events")).status_code == 200


@pytest.mark.anyio
async def test_a_clock_is_not_moved_beyond_3000(merchant: Merchant) -> None:
    await merchant.control("PUT", "/clock", {"now": "2999-12-31T23:59:59Z", "frozen": True})
    assert (await merchant.control("POST", "/clock/advance", {"by": "PT1S"})).status_code == 200
    answer = await merchant.control("POST", "/clock/advance", {"by": "PT1S"})
    assert (answer.status_code, answer.json()["detail"]) == (400, "The clock goes to 3000-01-01T00:00:00.000Z.")
    assert await _clock(merchant) == ("3000-01-01T00:00:00.000Z", True)


_NO_MOVES: list[Any] = [
    {},
    {"by": None},
    {"by": "P1D", "to": "2030-01-01T00:00:00Z"},
    {"by": "-P1D"},
    {"by": "P36526D"},
    {"by": "tomorrow"},
    {"by": ""},
    {"by": True},
    {"by": []},
    {"by": {}},
    {"by": 1e308},
    {"to": "2030-01-01T00:00:00"},
    {"to": "2030-01-01"},
    {"to": "3000-01-01T00:00:01Z"},
    {"to": "1969-12-31T23:59:59Z"},
    {"to": "9999-12-31T23:59:59-23:59"},
    {"to": "soon"},
    {"to": []},
    {"by": "P1D", "frozen": True},
    {"By": "P1D"},
    [],
    None,
    b"{",
    b"\xff",
    b'{"by": 1e999}',
    b'{"by": NaN}',
]


@pytest.mark.anyio
@pytest.mark.parametrize("body", _NO_MOVES)
async def test_a_move_that_makes_no_sense_is_refused_and_the_clock_stays(merchant: Merchant, body: Any) -> None:
    answer = await merchant.control("POST", "/clock/advance", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")
    assert await _clock(merchant) == ("2023-08-25T08:00:00.123Z", False)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [
        {"now": "2030-01-01T00:00:00"},
        {"now": "3000-01-01T00:00:01Z"},
        {"now": "0001-01-01T00:00:00+23:59"},
        {"now": "2030-02-30T00:00:00Z"},
        {"now": []},
        {"now": True},
        {"frozen": "perhaps"},
        {"frozen": 7},
        {"now": "2030-01-01T00:00:00Z", "running": True},
        [],
        None,
        b"{",
    ],
)
async def test_a_clock_is_not_set_by_nonsense(merchant: Merchant, body: Any) -> None:
    answer = await merchant.control("PUT", "/clock", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")
    assert await _clock(merchant) == ("2023-08-25T08:00:00.123Z", False)


@pytest.mark.anyio
async def test_a_clock_that_was_set_is_a_fact(http: httpx.AsyncClient, merchant: Merchant) -> None:
    await merchant.control("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True})
    assert (await merchant.facts())[-1] == {
        "number": 2,
        "fact": "ClockSet",
        "at": "2030-01-01T00:00:00Z",
        "real": "2023-08-25T08:00:00.123456Z",
        "frozen": True,
        "by": None,
    }
