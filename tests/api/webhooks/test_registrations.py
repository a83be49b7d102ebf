"""The Webhooks API: registering, listing and deleting, and how it says no."""

import re
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from tests.api.merchant import Merchant, notes

PATH: Final = "/webhooks/v1/webhooks"
URL: Final = "https://shop.example.com/hook?shop=7"
AUTHORIZED: Final = "epayments.payment.authorized.v1"
_TRACE: Final = re.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-01")


async def register(merchant: Merchant, url: Any = URL, events: Any = (AUTHORIZED,), **more: Any) -> httpx.Response:
    body = {"url": url, "events": events, **more}
    return await merchant.call("POST", PATH, {name: value for name, value in body.items() if value is not None})


async def listed(merchant: Merchant) -> list[dict[str, Any]]:
    webhooks: list[dict[str, Any]] = (await merchant.call("GET", PATH)).json()["webhooks"]
    return webhooks


def refused(answer: httpx.Response, *details: tuple[str, str], status: int = 400, instance: str = PATH) -> None:
    """Check a problem as a whole; its `type` is its trace id, as in the specification."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    trace = body["traceId"]
    assert _TRACE.fullmatch(trace)
    assert (answer.status_code, body) == (
        status,
        {
            "type": trace,
            "title": {400: "Bad Request", 404: "Not Found"}[status],
            "status": status,
            "detail": "One or more validation errors occurred.",
            "instance": instance.removeprefix("/webhooks"),
            "traceId": trace,
            "extraDetails": [{"name": name, "reason": reason} for name, reason in details],
        },
    )


@pytest.mark.shows("registerWebhook", 201)
@pytest.mark.shows("getWebhooks", 200)
@pytest.mark.shows("deleteWebhook", 204)
@pytest.mark.anyio
async def test_a_webhook_is_registered_listed_and_deleted(strict: Merchant) -> None:
    """The secret, 64 bytes in base64, is told once and never again."""
    made = await register(strict, events=[AUTHORIZED, "epayments.payment.created.v1"])
    assert (made.status_code, notes(made)) == (201, [])
    assert made.json().keys() == {"id", "secret"}
    assert re.fullmatch("[A-Za-z0-9+/]{86}==", made.json()["secret"])
    id_ = made.json()["id"]
    assert str(UUID(id_)) == id_
    assert await listed(strict) == [
        {"id": id_, "url": URL, "events": [AUTHORIZED, "epayments.payment.created.v1"]},
    ]
    deleted = await strict.call("DELETE", f"{PATH}/{id_.upper()}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert await listed(strict) == []


@pytest.mark.anyio
async def test_an_event_that_is_named_twice_counts_once(merchant: Merchant) -> None:
    assert (await register(merchant, events=[AUTHORIZED] * 2)).status_code == 201
    assert [one["events"] for one in await listed(merchant)] == [[AUTHORIZED]]


@pytest.mark.anyio
async def test_one_url_may_be_registered_again_and_a_note_says_so(merchant: Merchant) -> None:
    first, second = [await register(merchant) for _ in range(2)]
    assert notes(first) == []
    assert "registered 2 times now" in notes(second)[0]
    assert first.json()["secret"] != second.json()["secret"]
    assert len(await listed(merchant)) == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url", ["http://localhost:3000/hook", "http://127.0.0.1/", "http://app:8080/x", "https://app/"]
)
async def test_a_url_that_only_this_network_reaches_is_lenient(merchant: Merchant, url: str) -> None:
    made = await register(merchant, url)
    assert made.status_code == 201
    assert notes(made) == ["url is no https URL that the internet can reach: production answers 400."]


@pytest.mark.shows("registerWebhook", 400, "webhook url")
@pytest.mark.anyio
@pytest.mark.parametrize("url", ["http://localhost:3000/hook", "http://shop.example.com/", "https://127.0.0.1/", "x"])
async def test_strictly_a_url_is_https_and_public(strict: Merchant, url: str) -> None:
    refused(
        await register(strict, url),
        ("url", "The url must be an absolute https URL that is reachable from the internet."),
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url", ["", "x", "/hook", "ftp://shop.example.com/", "http://shop.example.com/", "https://a b/"]
)
async def test_what_is_no_url_is_refused_by_everybody(merchant: Merchant, url: str) -> None:
    refused(
        await register(merchant, url),
        ("url", "The url must be an absolute URL: https, or http to this machine or its network."),
    )


@pytest.mark.shows("registerWebhook", 400, "no events")
@pytest.mark.anyio
async def test_a_webhook_needs_an_event(merchant: Merchant) -> None:
    refused(await register(merchant, events=[]), ("events", "At least one event type is required."))


@pytest.mark.shows("registerWebhook", 400, "bad event")
@pytest.mark.anyio
async def test_an_event_is_spelt_as_listed(merchant: Merchant) -> None:
    answer = await register(merchant, events=["epayment.payment.authorized.v1"])
    refused(answer, ("events", "The event type 'epayment.payment.authorized.v1' is unknown."))


@pytest.mark.shows("registerWebhook", 400, "too many")
@pytest.mark.anyio
@pytest.mark.parametrize(("event", "limit"), [(AUTHORIZED, 25), ("user.checked-in.v1", 1)])
async def test_an_event_has_so_many_webhooks_at_most(merchant: Merchant, event: str, limit: int) -> None:
    for _ in range(limit):
        assert (await register(merchant, events=[event])).status_code == 201
    reason = f"A sales unit may have {limit} webhooks for {event}, and has them already."
    refused(await register(merchant, events=[event]), ("events", reason))
    assert (await register(merchant, events=["epayments.payment.created.v1"])).status_code == 201


@pytest.mark.shows("registerWebhook", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize("changes", [{"url": None}, {"events": None}, {"events": "all"}, {"url": 7}, {"secret": "x"}])
async def test_a_body_has_url_and_events_and_nothing_else(strict: Merchant, changes: dict[str, Any]) -> None:
    answer = await register(strict, **changes)
    body = answer.json()
    assert [detail["name"] for detail in body["extraDetails"]] == list(changes)
    refused(answer, *((detail["name"], detail["reason"]) for detail in body["extraDetails"]))


@pytest.mark.shows("deleteWebhook", 404, "no webhook")
@pytest.mark.anyio
async def test_an_unknown_webhook_cannot_be_deleted(merchant: Merchant) -> None:
    path = f"{PATH}/{uuid4()}"
    reason = f"MSN {merchant.msn} has no webhook {path.rpartition('/')[2]}."
    refused(await merchant.call("DELETE", path), ("id", reason), status=404, instance=path)


@pytest.mark.shows("deleteWebhook", 400, "no webhook")
@pytest.mark.anyio
async def test_strictly_that_is_the_only_documented_error(strict: Merchant) -> None:
    path = f"{PATH}/{uuid4()}"
    reason = f"MSN {strict.msn} has no webhook {path.rpartition('/')[2]}."
    refused(await strict.call("DELETE", path), ("id", reason), instance=path)


@pytest.mark.shows("deleteWebhook", 400, "bad id")
@pytest.mark.anyio
async def test_an_id_is_a_uuid(merchant: Merchant) -> None:
    path = f"{PATH}/my-webhook"
    refused(await merchant.call("DELETE", path), ("id", "The id 'my-webhook' is not a UUID."), instance=path)


@pytest.mark.anyio
async def test_sales_units_do_not_see_each_others_webhooks(merchants: Any) -> None:
    one, other = await merchants(), await merchants()
    id_ = (await register(one)).json()["id"]
    assert await listed(other) == []
    assert (await other.call("DELETE", f"{PATH}/{id_}")).status_code == 404
    explanation = (await other.last_request())["explanation"]
    assert f"Merchant-Serial-Number: {one.msn}" in explanation["accepted"]
    assert len(await listed(one)) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "events", "met", "accepted"),
    [
        ("ftp://x", [AUTHORIZED], "url is 'ftp://x'.", "An https URL, or http to localhost"),
        (URL, [], "events is empty.", "epayments.payment.authorized.v1"),
        (URL, [AUTHORIZED[:-1]], "events has 'epayments.payment.authorized.v'.", f"{AUTHORIZED}, if that is it."),
        (URL, ["nothing like it"], "events has 'nothing like it'.", "One of epayments.payment.created.v1, "),
    ],
)
async def test_a_refusal_is_explained(
    merchant: Merchant, url: str, events: list[str], met: str, accepted: str
) -> None:
    assert (await register(merchant, url, events)).status_code == 400
    explanation = (await merchant.last_request())["explanation"]
    assert explanation["met"] == met
    assert accepted in explanation["accepted"]
