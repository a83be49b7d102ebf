"""Health, sales units and their settings."""

import re
import subprocess
import sys
from typing import Any, Final

import httpx
import pytest

from sandbox import __version__
from tests.api.merchant import Merchant, order

_SETTINGS: Final[dict[str, Any]] = {
    "name": "Acme Shop",
    "organisation": "Acme AS",
    "profile": "lenient",
    "market": None,
    "customer": "manual",
    "pushMessageAllowed": True,
    "longLivingAllowed": True,
    "longLivingMaximum": "P60D",
    "ninAllowed": False,
    "cardAllowed": True,
    "cardPassthroughAllowed": False,
    "expressAllowed": True,
    "bankAccountVerified": True,
    "forceApproveAllowed": True,
    "partialCaptureAllowed": True,
    "refundConfigured": True,
    "paymentTimeout": "PT10M",
    "claimTimeout": None,
    "captureWindow": None,
    "refundWindow": "P365D",
    "userinfoWindow": "P7D",
    "specialAmounts": True,
    "rateLimits": None,
    "imageMustExist": True,
    "landingNumberEditable": True,
    "landingFramable": False,
    "appSkin": "later",
    "appInForeground": False,
    "appReturnsTo": "same_browser",
    "stickyRefusals": True,
    "msnRequired": False,
    "customerNotFoundStatus": 404,
    "expressCallbackCase": "camel",
    "userinfoAfterWindow": "refused",
    "userinfoSubscriptionKey": "any",
    "userinfoPhoneNumberVerified": False,
    "subDelay": "PT0S",
    "webhookProfileSub": False,
    "webhookNullKey": False,
    "webhookTargets": [],
    "webhookDelay": "PT0S",
    "webhookAutoRemoval": True,
    "reminders": True,
    "answersAfter": "PT0S",
    "slowTakes": "PT5M",
    "laterIs": "P1D",
    "approveTrouble": None,
    "accessTrouble": None,
    "captureTrouble": None,
}


def _unit(msn: str, **more: Any) -> dict[str, Any]:
    return {
        "msn": msn,
        "purpose": None,
        "settings": _SETTINGS,
        "clock": {"now": "2023-08-25T08:00:00.123Z", "frozen": False, "nextDue": None, "due": []},
        "counts": {"payments": 0, "orders": 0, "facts": 1},
        **more,
    }


_ONLY_THE_PRINTED: Final = {"units": [_unit("654321")]}


def _problem(status: int, title: str, detail: str) -> tuple[int, dict[str, Any]]:
    return status, {"type": "about:blank", "title": title, "status": status, "detail": detail}


def _said(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


@pytest.mark.anyio
async def test_health_needs_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/sandbox/health")
    assert _said(answer) == (200, {"status": "ok", "version": __version__})


def test_a_start_pays_for_health_and_for_nothing_else_of_this_api() -> None:
    """Whoever starts a sandbox waits for its first healthy answer."""
    script = (
        "import asyncio, sys, httpx, sandbox.server as server\n"
        "async def answer():\n"
        "    transport = httpx.ASGITransport(app=server.Sandbox())\n"
        "    async with httpx.AsyncClient(transport=transport, base_url='http://localhost') as http:\n"
        "        return (await http.get('/sandbox/health')).status_code\n"
        "print(asyncio.run(answer()), *sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    status, *modules = done.stdout.split()
    assert status == "200"
    assert {"sandbox.control.routes", "sandbox.control.models", "sandbox.watching"}.isdisjoint(modules)


@pytest.mark.anyio
@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_unit_is_shown(http: httpx.AsyncClient, slash: str) -> None:
    await http.post("/sandbox/units", json={"msn": "123456"})
    assert _said(await http.get(f"/sandbox/units/123456{slash}")) == (200, _unit("123456"))
    assert (await http.get("/sandbox/units")).json() == {"units": [_unit("654321"), _unit("123456")]}


@pytest.mark.anyio
async def test_the_unit_that_is_printed_at_the_start_is_there(http: httpx.AsyncClient) -> None:
    assert (await http.get("/sandbox/units")).json() == _ONLY_THE_PRINTED


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["", "/", "/clock", "/facts", "/payments", "/requests", "/customers/4791234567"])
async def test_reading_makes_no_unit(http: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await http.request(method, f"/sandbox/units/9999001{path}")
    assert answer.status_code == 404
    if method == "GET":
        assert _said(answer) == _problem(
            404, "Not found", "There is no sales unit 9999001 yet: its first call makes it."
        )
    assert (await http.get("/sandbox/units")).json() == _ONLY_THE_PRINTED


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"frozen": True}),
        ("POST", "/clock/advance", {"by": "P1D"}),
        ("PATCH", "/settings", {"name": "Shop"}),
        ("POST", "/customers/4791234567/open", {"reference": "a"}),
    ],
)
async def test_writing_to_a_unit_makes_it(http: httpx.AsyncClient, method: str, path: str, body: Any) -> None:
    await http.request(method, f"/sandbox/units/9999001{path}", json=body)
    assert (await http.get("/sandbox/units/9999001")).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/clock"), ("POST", "/clock/advance"), ("PATCH", "/settings"), ("POST", "/customers/4791234567/open")],
)
async def test_writing_nonsense_makes_no_unit(http: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await http.request(method, f"/sandbox/units/9999001{path}", content=b"{")
    assert answer.status_code == 400
    assert (await http.get("/sandbox/units")).json() == _ONLY_THE_PRINTED


@pytest.mark.anyio
async def test_a_units_counts_grow(merchant: Merchant) -> None:
    await merchant.new_payment()
    await merchant.put_category("a", {"category": "GENERAL", "orderDetailsUrl": "https://example.com"})
    shown = (await merchant.control("GET", "")).json()
    assert (shown["counts"], shown["clock"]["nextDue"]) == (
        {"payments": 1, "orders": 1, "facts": 3},
        "2023-08-25T08:10:00.123Z",
    )


@pytest.mark.anyio
@pytest.mark.parametrize("msn", ["123", "12345678901", "abcdef", "12345a", "%EF%BC%91234", "%00"])
async def test_what_is_no_serial_number_is_no_unit(http: httpx.AsyncClient, msn: str) -> None:
    answer = await http.get(f"/sandbox/units/{msn}")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not found")
    assert (await http.get("/sandbox/units")).json() == _ONLY_THE_PRINTED


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"{}", b'{"settings": {}}', b'{"msn": null}'])
async def test_a_unit_is_made_with_a_free_number(http: httpx.AsyncClient, body: bytes) -> None:
    made = [(await http.post("/sandbox/units", content=body)).json()["msn"] for _ in range(20)]
    assert len(set(made)) == 20
    assert all(re.fullmatch("[0-9]{6}", msn) for msn in made)


@pytest.mark.anyio
async def test_a_unit_is_made_with_a_number_and_settings(http: httpx.AsyncClient) -> None:
    made = await http.post(
        "/sandbox/units", json={"msn": "123456", "settings": {"profile": "strict", "market": "DK"}}
    )
    assert _said(made) == (201, _unit("123456", settings=_SETTINGS | {"profile": "strict", "market": "DK"}))


@pytest.mark.anyio
async def test_a_unit_says_what_it_was_made_for(http: httpx.AsyncClient) -> None:
    """Through a reset as well."""
    made = await http.post("/sandbox/units", json={"msn": "123456", "purpose": "A test"})
    await http.post("/sandbox/units/123456/reset")
    assert _said(made) == (201, _unit("123456", purpose="A test"))
    assert (await http.get("/sandbox/units/123456")).json()["purpose"] == "A test"


@pytest.mark.anyio
async def test_a_unit_is_not_made_twice(http: httpx.AsyncClient) -> None:
    await http.post("/sandbox/units", json={"msn": "123456"})
    answer = await http.post("/sandbox/units", json={"msn": "123456", "settings": {"profile": "strict"}})
    assert _said(answer) == _problem(409, "Already there", "Sales unit 123456 exists already.")
    assert (await http.get("/sandbox/units/123456")).json()["settings"]["profile"] == "lenient"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b"null",
        b'{"msn": 123456}',
        b'{"msn": "12"}',
        b'{"name": "Shop"}',
        b'{"settings": []}',
        b'{"settings": {"colour": "red"}}',
        b'{"msn": "777777", "settings": {"market": "SE"}}',
        b"\xff",
        b"[" * 10_000,
    ],
)
async def test_a_unit_is_not_made_of_nonsense(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/sandbox/units", content=body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (await http.get("/sandbox/units")).json() == _ONLY_THE_PRINTED


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Årø & Sønner"),
        ("profile", "strict"),
        ("market", "FI"),
        ("customer", "approves"),
        ("pushMessageAllowed", False),
        ("longLivingMaximum", "PT24H"),
        ("paymentTimeout", "PT1M30S"),
        ("captureWindow", "P14D"),
        ("captureWindow", "PT0S"),
        ("captureTrouble", "locked"),
    ],
)
async def test_a_setting_is_changed_and_all_others_stay(merchant: Merchant, name: str, value: Any) -> None:
    answer = await merchant.control("PATCH", "/settings", {name: value})
    expected = "P1D" if value == "PT24H" else value
    assert (answer.status_code, answer.json()["settings"]) == (200, _SETTINGS | {name: expected})
    assert (await merchant.facts())[-1]["settings"] == _SETTINGS | {name: expected}


@pytest.mark.anyio
async def test_a_setting_is_taken_back_with_null_where_it_may_be_missing(merchant: Merchant) -> None:
    await merchant.configure(market="NO", captureTrouble="locked")
    answer = await merchant.control("PATCH", "/settings", {"market": None, "captureTrouble": None})
    assert answer.json()["settings"] == _SETTINGS


@pytest.mark.anyio
async def test_a_setting_counts_from_the_next_call_on(merchant: Merchant) -> None:
    await merchant.configure(paymentTimeout="PT1M")
    reference = await merchant.new_payment()
    await merchant.advance("PT1M")
    assert (await merchant.get(reference)).json()["state"] == "EXPIRED"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"name": None}, "name: Input should be a valid string"),
        ({"name": 5}, "name: Input should be a valid string"),
        ({"profile": "LENIENT"}, "profile: Input should be 'lenient' or 'strict'"),
        ({"profile": None}, "profile: Input should be 'lenient' or 'strict'"),
        ({"market": "SE"}, "market: Input should be 'NO', 'DK' or 'FI'"),
        ({"pushMessageAllowed": "yes"}, "pushMessageAllowed: Input should be a valid boolean"),
        ({"pushMessageAllowed": 1}, "pushMessageAllowed: Input should be a valid boolean"),
        ({"paymentTimeout": 600}, "paymentTimeout: Input should be a valid duration"),
        ({"paymentTimeout": None}, "paymentTimeout: Input should be a valid duration"),
        ({"paymentTimeout": "-PT1M"}, "paymentTimeout must be from 0 to 36525 days."),
        ({"captureWindow": "P999999999D"}, "captureWindow must be from 0 to 36525 days."),
    ],
)
async def test_a_setting_of_the_wrong_form_is_named_and_nothing_changed(
    merchant: Merchant, changes: dict[str, Any], detail: str
) -> None:
    before = (await merchant.control("GET", "")).json()
    answer = await merchant.control("PATCH", "/settings", {"organisation": "Other AS", **changes})
    assert _said(answer) == _problem(400, "Not understood", detail)
    assert (await merchant.control("GET", "")).json() == before


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "between"),
    [
        ("colour", "; there"),
        ("", "; there"),
        ("profil", "; did you mean 'profile'? There"),
        ("payment_timeout", "; did you mean 'paymentTimeout'? There"),
    ],
)
async def test_an_unknown_setting_is_refused_with_all_that_there_are(
    merchant: Merchant, name: str, between: str
) -> None:
    answer = await merchant.control("PATCH", "/settings", {"organisation": "Other AS", name: "P1D"})
    assert _said(answer) == _problem(
        400, "Not understood", f"There is no setting {name!r}{between} are {', '.join(_SETTINGS)}."
    )
    assert (await merchant.control("GET", "")).json()["settings"] == _SETTINGS


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "sent", "detail"),
    [
        ("POST", "", {"name": "Shop"}, "There is no 'name'; there is only msn, purpose, settings"),
        (
            "PUT",
            "/123456/clock",
            {"time": "x", "frozen": 7},
            (
                "frozen: Input should be a valid boolean, unable to interpret input; "
                "There is no 'time'; there is only now, frozen"
            ),
        ),
        ("POST", "/123456/clock/advance", {"days": 3}, "There is no 'days'; there is only by, to"),
        ("POST", "/123456/clock/advance", {}, "body: Value error, say either `by` or `to`"),
        (
            "POST",
            "/123456/customers/4791234567/open",
            {"reference": "a", "x": 1},
            "There is no 'x'; there is only reference, shippingOptionId",
        ),
        ("POST", "/123456/customers/4791234567/open", {}, "reference: Field required"),
        ("GET", "/123456/facts?page=2", None, "There is no 'page'; there is only after, limit, wait"),
    ],
)
async def test_what_was_not_understood_is_told_with_what_would_be(
    http: httpx.AsyncClient, method: str, path: str, sent: Any, detail: str
) -> None:
    await http.post("/sandbox/units", json={"msn": "123456"})
    answer = await http.request(method, f"/sandbox/units{path}", json=sent)
    assert _said(answer) == _problem(400, "Not understood", detail)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"name": "a",}', b"\xef\xbb\xbf{}", b'{"name":"\\ud800"}']
)
async def test_settings_are_a_json_object(merchant: Merchant, body: bytes) -> None:
    answer = await merchant.control("PATCH", "/settings", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sandbox", 404),
        ("GET", "/sandbox/", 404),
        ("GET", "/sandbox/nowhere", 404),
        ("GET", "/sandbox/units/123456/nowhere", 404),
        ("PUT", "/sandbox/units/123456", 405),
        ("POST", "/sandbox/health", 405),
        ("GET", "/sandbox/units/123456/settings", 405),
    ],
)
async def test_what_is_not_there_is_told_in_one_shape(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)
    body = answer.json()
    assert (answer.status_code, body["status"], answer.headers["Content-Type"]) == (
        status,
        status,
        "application/problem+json",
    )
    assert path in body["detail"]


@pytest.mark.anyio
async def test_two_units_do_not_meet(merchant: Merchant, strict: Merchant) -> None:
    body = order(userFlow="PUSH_MESSAGE")
    await merchant.new_payment(body)
    await merchant.advance("P1D")
    assert (await strict.control("GET", "/payments")).json() == {"payments": []}
    assert (await strict.control("GET", "/clock")).json()["now"] == "2023-08-25T08:00:00.123Z"
    assert (await strict.customer().phone())["inbox"] == {"pushes": [], "pending": []}


@pytest.mark.anyio
async def test_a_body_of_more_than_a_mebibyte_is_refused(merchant: Merchant) -> None:
    answer = await merchant.control("PATCH", "/settings", b'{"name": "' + b"x" * 2**20 + b'"}')
    assert _said(answer) == _problem(413, "Too large", "A body may have 1048576 bytes.")
    assert (await merchant.control("GET", "")).json()["settings"] == _SETTINGS
