"""A partner's webhooks: registered without a serial number, they are for all of the partner's sales units."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.api.webhooks import HttpCourier
from sandbox.settings import AccessMode, DeclaredUnit, Settings
from tests.api.merchant import Merchant, WallClock, order, serving

_UNITS = ("111111", "222222", "333333")
_PARTNER = tuple(
    DeclaredUnit(msn=msn, client_id="partner", client_secret="partner-secret", subscription_key="partner-key")
    for msn in _UNITS
)
_SHOP = DeclaredUnit(msn="222222", client_id="shop", client_secret="shop-secret", subscription_key="shop-key")
_ELSEWHERE = tuple(
    DeclaredUnit(msn=msn, client_id="other", client_secret="other-secret", subscription_key="other-key")
    for msn in ("333333", "654321")
)
_PATH = "/webhooks/v1/webhooks"
_CREATED = "epayments.payment.created.v1"
_HOOK = {"url": "https://partner.example/hook", "events": [_CREATED]}
_NO_MSN: dict[str, str | bytes | None] = {"Merchant-Serial-Number": None}


@pytest.fixture
async def http(wall: WallClock) -> AsyncIterator[httpx.AsyncClient]:
    units = (*_PARTNER, _SHOP, *_ELSEWHERE)
    async with serving(Settings(access=AccessMode.DECLARED, units=units), wall) as client:
        yield client


@pytest.fixture
async def partner(http: httpx.AsyncClient) -> Merchant:
    partner = Merchant(http, "111111", "partner", "partner-secret", "partner-key")
    await partner.log_in()
    return partner


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The headers of what was sent; all is answered with 200."""
    told: list[dict[str, str]] = []

    async def post(_: object, target: object, place: object, headers: Any, *__: object) -> tuple[int, bytes]:
        told.append(dict(headers))
        return 200, b""

    monkeypatch.setattr(HttpCourier, "_post", post)
    return told


def as_unit(partner: Merchant, msn: str) -> Merchant:
    """Return the partner as it calls for one of its sales units."""
    return Merchant(partner.http, msn, "partner", "partner-secret", "partner-key", partner.token)


async def register(partner: Merchant, hook: Any = None) -> dict[str, str]:
    answer = await partner.call("POST", _PATH, hook or _HOOK, headers=_NO_MSN)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


async def listed(partner: Merchant) -> list[str]:
    """Return the ids of what is for all of the sales units."""
    answer = await partner.call("GET", _PATH, headers=_NO_MSN)
    return [one["id"] for one in answer.json()["webhooks"]]


async def held(partner: Merchant) -> dict[str, list[str]]:
    """Return the ids of the webhooks that each sales unit has, the partner's and its own."""
    found = {}
    for msn in _UNITS:
        shown = (await as_unit(partner, msn).control("GET", "/webhooks")).json()["webhooks"]
        found[msn] = [one["id"] for one in shown]
    return found


def everywhere(*ids: str) -> dict[str, list[str]]:
    return {msn: list(ids) for msn in _UNITS}


async def deliveries(partner: Merchant, msn: str) -> list[tuple[str, str, str]]:
    unit = as_unit(partner, msn)
    await unit.control("POST", "/webhooks/release")
    shown = (await unit.control("GET", "/webhooks/deliveries")).json()["deliveries"]
    return [(one["webhook"], one["reference"], one["status"]) for one in shown]


@pytest.mark.shows("registerWebhook", 201)
@pytest.mark.anyio
async def test_one_registration_is_told_of_every_sales_unit(partner: Merchant, sent: list[dict[str, str]]) -> None:
    """With one id and one secret; each delivery is the business of the sales unit whose payment it is."""
    made = await register(partner)
    assert set(made) == {"id", "secret"}
    for msn in _UNITS:
        reference = await as_unit(partner, msn).new_payment()
        assert await deliveries(partner, msn) == [(made["id"], reference, "delivered")]
    assert [one["Webhook-Id"] for one in sent] == [made["id"]] * 3


@pytest.mark.anyio
async def test_all_are_signed_with_the_one_secret(partner: Merchant, sent: list[dict[str, str]]) -> None:
    made = await register(partner)
    for msn in _UNITS:
        await as_unit(partner, msn).new_payment()
        await deliveries(partner, msn)
        (attempt,) = (await as_unit(partner, msn).control("GET", "/webhooks/deliveries")).json()["deliveries"][0][
            "attempts"
        ]
        assert f'"msn":"{msn}"' in attempt["body"]
        asked = {"path": "/hook", "headers": attempt["headers"], "body": attempt["body"], "secret": made["secret"]}
        verdict = (await partner.http.post("/sandbox/webhooks/verify", json=asked)).json()
        assert verdict["holds"] is True, verdict


@pytest.mark.anyio
async def test_a_wrong_secret_is_told_from_the_partners(partner: Merchant, sent: list[dict[str, str]]) -> None:
    """One registration in three journals is one registration."""
    made, unit = await register(partner), as_unit(partner, "222222")
    await unit.new_payment()
    await deliveries(partner, "222222")
    (told,) = (await unit.control("GET", "/webhooks/deliveries")).json()["deliveries"]
    (attempt,) = told["attempts"]
    asked = {"path": "/hook", "headers": attempt["headers"], "body": attempt["body"], "secret": "another"}
    verdict = (await partner.http.post("/sandbox/webhooks/verify", json=asked)).text
    assert f"registration {made['id']} of partner partner (https://partner.example/hook)" in verdict
    assert "registrations have this URL" not in verdict


@pytest.mark.anyio
async def test_units_that_are_not_the_partners_know_nothing_of_it(partner: Merchant) -> None:
    await register(partner)
    assert (await as_unit(partner, "654321").control("GET", "/webhooks")).json()["webhooks"] == []


@pytest.mark.shows("getWebhooks", 200)
@pytest.mark.anyio
async def test_a_partner_lists_its_own_and_a_unit_its_own(partner: Merchant) -> None:
    """Which are two lists: by the header, or without it."""
    made = await register(partner)
    unit = as_unit(partner, "222222")
    own = (await unit.call("POST", _PATH, _HOOK)).json()
    assert await listed(partner) == [made["id"]]
    assert [one["id"] for one in (await unit.call("GET", _PATH)).json()["webhooks"]] == [own["id"]]
    assert (await partner.call("GET", _PATH)).json() == {"webhooks": []}
    assert (await held(partner))["222222"] == [made["id"], own["id"]]
    shown = (await unit.control("GET", "/webhooks")).json()["webhooks"]
    assert [one["partner"] for one in shown] == ["partner", None]


@pytest.mark.shows("deleteWebhook", 204)
@pytest.mark.anyio
async def test_a_deleted_one_is_gone_from_every_unit(partner: Merchant, sent: list[dict[str, str]]) -> None:
    made, kept = await register(partner), await register(partner)
    answer = await partner.call("DELETE", f"{_PATH}/{made['id'].upper()}", headers=_NO_MSN)
    assert answer.status_code == 204
    assert await listed(partner) == [kept["id"]]
    assert await held(partner) == everywhere(kept["id"])
    await as_unit(partner, "333333").new_payment()
    await deliveries(partner, "333333")
    assert [one["Webhook-Id"] for one in sent] == [kept["id"]]


@pytest.mark.shows("deleteWebhook", 404, "no webhook")
@pytest.mark.anyio
async def test_neither_deletes_what_is_the_others(partner: Merchant, http: httpx.AsyncClient) -> None:
    """A unit its own, a partner those that are for all; the explanation says which way it goes."""
    made = await register(partner)
    unit = as_unit(partner, "222222")
    own = (await unit.call("POST", _PATH, _HOOK)).json()
    refused = await unit.call("DELETE", f"{_PATH}/{made['id']}")
    assert (refused.status_code, "MSN 222222 has no webhook" in refused.text) == (404, True)
    why = (await unit.last_request())["explanation"]
    assert why["accepted"].startswith("The same call with the partner's token and no Merchant-Serial-Number")
    assert why["met"] == f"Sales unit 222222 has 1: {own['id']}."
    refused = await partner.call("DELETE", f"{_PATH}/{own['id']}", headers=_NO_MSN)
    assert (refused.status_code, "Partner partner has no webhook" in refused.text) == (404, True)
    why = (await partner.last_request())["explanation"]
    assert why["accepted"].startswith("The same call with Merchant-Serial-Number: 222222")
    assert why["met"] == f"The partner has 1: {made['id']}."
    shop = Merchant(http, "222222", "shop", "shop-secret", "shop-key")
    await shop.log_in()
    assert (await shop.call("DELETE", f"{_PATH}/{made['id']}", headers=_NO_MSN)).status_code == 404
    assert (await held(partner))["222222"] == [made["id"], own["id"]]


@pytest.mark.anyio
async def test_what_is_no_id_is_explained_by_the_partners(partner: Merchant) -> None:
    refused = await partner.call("DELETE", f"{_PATH}/x", headers=_NO_MSN)
    assert refused.status_code == 400
    met = (await partner.last_request())["explanation"]["met"]
    assert met == "The partner has no webhooks for all of its sales units."


@pytest.mark.shows("registerWebhook", 400, "too many")
@pytest.mark.anyio
async def test_a_partner_has_a_limit_of_its_own(partner: Merchant) -> None:
    """25 for each event, beside 25 of each sales unit."""
    for _ in range(25):
        await register(partner)
        assert (await partner.call("POST", _PATH, _HOOK)).status_code == 201
    refused = await partner.call("POST", _PATH, _HOOK, headers=_NO_MSN)
    assert refused.status_code == 400
    assert refused.json()["extraDetails"] == [
        {"name": "events", "reason": f"A partner may have 25 webhooks for {_CREATED}, and has them already."}
    ]
    why = (await partner.last_request())["explanation"]
    assert why["met"] == f"25 webhooks have {_CREATED}, of 1 different URLs."
    refused = await partner.call("POST", _PATH, _HOOK)
    assert (refused.status_code, "A sales unit may have 25" in refused.text) == (400, True)


@pytest.mark.anyio
async def test_what_is_refused_is_in_no_unit(partner: Merchant) -> None:
    refused = await partner.call("POST", _PATH, {"url": "x", "events": [_CREATED]}, headers=_NO_MSN)
    assert refused.status_code == 400
    assert await held(partner) == everywhere()


@pytest.mark.anyio
async def test_two_partners_of_one_unit_have_each_their_own(partner: Merchant, http: httpx.AsyncClient) -> None:
    other = Merchant(http, "654321", "other", "other-secret", "other-key")
    await other.log_in()
    one, two = await register(partner), await register(other)
    assert one["id"] != two["id"]
    assert one["secret"] != two["secret"]
    assert (await listed(partner), await listed(other)) == ([one["id"]], [two["id"]])
    assert (await held(partner))["333333"] == [one["id"], two["id"]]


@pytest.mark.anyio
async def test_another_merchants_key_is_refused(partner: Merchant) -> None:
    partner.subscription_key = "other-key"
    assert (await partner.call("POST", _PATH, _HOOK, headers=_NO_MSN)).status_code == 401


@pytest.mark.anyio
async def test_a_unit_that_asks_for_the_header_is_not_asked(partner: Merchant) -> None:
    """The setting is about calls for one sales unit."""
    await partner.configure(msnRequired=True)
    assert (await partner.call("GET", _PATH, headers=_NO_MSN)).status_code == 200


@pytest.mark.anyio
async def test_the_call_is_in_the_log_of_the_first_unit(partner: Merchant) -> None:
    made = await register(partner)
    assert (await partner.last_request())["operation"] == "registerWebhook"
    for msn in _UNITS:
        fact = (await as_unit(partner, msn).facts())[-1]
        assert (fact["fact"], fact["registrationId"], fact["partner"]) == (
            "WebhookRegistered",
            made["id"],
            "partner",
        )


# --- Through time ---------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("msn", _UNITS)
async def test_a_reset_of_a_unit_keeps_the_partners(partner: Merchant, sent: list[dict[str, str]], msn: str) -> None:
    """They are not the sales unit's to lose; what is its own goes."""
    made, unit = await register(partner), as_unit(partner, msn)
    await unit.call("POST", _PATH, _HOOK)
    assert (await unit.control("POST", "/reset")).status_code == 200
    assert await held(partner) == everywhere(made["id"])
    reference = await unit.new_payment()
    assert await deliveries(partner, msn) == [(made["id"], reference, "delivered")]
    assert len(sent) == 1


@pytest.mark.anyio
async def test_a_registration_after_resets_is_another(partner: Merchant) -> None:
    """Though the numbers that ids are made of begin anew."""
    first, kept = await register(partner), await register(partner)
    await partner.call("DELETE", f"{_PATH}/{first['id']}", headers=_NO_MSN)
    for msn in _UNITS:
        await as_unit(partner, msn).control("POST", "/reset")
    made = await register(partner)
    assert made["id"] != kept["id"]
    assert await held(partner) == everywhere(kept["id"], made["id"])


@pytest.mark.anyio
async def test_a_restored_unit_has_what_was_registered_since(partner: Merchant) -> None:
    unit = as_unit(partner, "222222")
    before = (await unit.control("POST", "/snapshot")).json()
    made = await register(partner)
    assert (await unit.control("POST", "/restore", before)).status_code == 200
    assert await held(partner) == everywhere(made["id"])


@pytest.mark.anyio
async def test_a_snapshot_brings_back_what_was_deleted_since(partner: Merchant) -> None:
    """For all of the partner's sales units, for it is no one's own."""
    made, unit = await register(partner), as_unit(partner, "222222")
    before = (await unit.control("POST", "/snapshot")).json()
    await partner.call("DELETE", f"{_PATH}/{made['id']}", headers=_NO_MSN)
    assert await listed(partner) == []
    assert (await unit.control("POST", "/restore", before)).status_code == 200
    assert await held(partner) == everywhere(made["id"])
    assert await listed(partner) == [made["id"]]


@pytest.mark.anyio
async def test_snapshots_are_taken_to_another_sandbox(partner: Merchant) -> None:
    """Where the partner has the same webhook, with the same secret; nobody else's snapshot is needed."""
    made = await register(partner)
    snapshot = (await partner.control("POST", "/snapshot")).json()
    async with serving(Settings(access=AccessMode.DECLARED, units=_PARTNER)) as elsewhere:
        there = Merchant(elsewhere, "111111", "partner", "partner-secret", "partner-key")
        await there.control("POST", "/restore", snapshot)
        await there.log_in()
        assert await listed(there) == [made["id"]]
        assert await held(there) == everywhere(made["id"])


@pytest.mark.anyio
async def test_the_partners_is_not_removed_for_being_unresponsive(
    partner: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each unit has a clock of its own: nobody can say when two weeks are over for all."""

    async def post(*_: object) -> tuple[int, bytes]:
        return 500, b""

    monkeypatch.setattr(HttpCourier, "_post", post)
    made = await register(partner)
    own = (await partner.call("POST", _PATH, _HOOK)).json()
    await partner.new_payment(order())
    await partner.advance("P20D")
    assert own["id"] not in (await held(partner))["111111"]
    assert await held(partner) == everywhere(made["id"])


@pytest.mark.anyio
async def test_a_unit_holds_its_own_deliveries_only(partner: Merchant, sent: list[dict[str, str]]) -> None:
    made = await register(partner)
    await partner.control("POST", "/webhooks/hold", {"webhook": made["id"]})
    for msn in ("111111", "222222"):
        await as_unit(partner, msn).new_payment()
    await as_unit(partner, "222222").control("POST", "/webhooks/release")
    waiting = [(await as_unit(partner, msn).control("GET", "/webhooks")).json()["waiting"] for msn in _UNITS]
    assert (waiting, len(sent)) == ([1, 0, 0], 1)


@pytest.mark.anyio
async def test_the_dashboard_says_whose_it_is(partner: Merchant) -> None:
    await register(partner)
    shown = (await partner.http.get("/sandbox/dashboard/222222/webhooks")).text
    assert 'for all sales units of the partner <code class="foreign">partner</code>' in shown
