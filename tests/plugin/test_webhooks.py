"""Webhooks, as a test receives them, and plays their network."""

import asyncio

import httpx
import pytest

from sandbox.testing import Refused, Unit
from tests.plugin.conftest import PHONE, Invoice


def test_webhooks_are_received_and_verified(unit: Unit, invoice: Invoice) -> None:
    receiver = unit.webhooks.receive()
    reference = invoice()
    unit.customer(PHONE).approve()
    told = receiver.wait_for("AUTHORIZED", reference)
    assert (told.path, told.headers["host"], told.is_signed) == ("/vipps/webhooks", "shop.example", True)
    assert told.event["amount"] == {"currency": "NOK", "value": 2000}
    assert [one.name for one in receiver.received] == ["CREATED", "AUTHORIZED"]


def test_receivers_are_apart_though_on_one_host(unit: Unit, invoice: Invoice) -> None:
    all_of_it = unit.webhooks.receive()
    paid = unit.webhooks.receive(["AUTHORIZED"], url="https://shop.example/paid?x=1")
    elsewhere = unit.webhooks.receive(["epayments.payment.created.v1"], url="https://other.example")
    invoice()
    unit.customer(PHONE).approve()
    assert paid.wait_for("AUTHORIZED").path == "/paid?x=1"
    assert elsewhere.wait_for("CREATED").path == "/"
    all_of_it.wait_for("AUTHORIZED")
    assert [len(one.received) for one in (all_of_it, paid, elsewhere)] == [2, 1, 1]
    assert len(unit.webhooks()["webhooks"]) == 3


def test_what_never_came_is_told_with_what_did(unit: Unit, invoice: Invoice) -> None:
    receiver = unit.webhooks.receive()
    reference = invoice()
    receiver.wait_for("CREATED")
    with pytest.raises(TimeoutError, match=f"CAPTURED of x came within 0 s; CREATED of {reference} came"):
        receiver.wait_for("CAPTURED", "x", seconds=0)
    with pytest.raises(ValueError, match="no webhook is called 'AUTORIZED'; there are CREATED, AUTHORIZED, "):
        receiver.wait_for("AUTORIZED")


def test_a_wrong_signature_is_rejected(unit: Unit, invoice: Invoice) -> None:
    receiver = unit.webhooks.receive()
    reference = invoice()
    receiver.wait_for("CREATED")
    (delivery,) = unit.webhooks.deliveries(reference=reference)
    sent = unit.webhooks.redeliver(delivery["id"], wrong_signature=True)
    assert sent["attempts"][-1]["status"] == 401
    assert [(one.name, one.is_signed) for one in receiver.rejected] == [("CREATED", False)]
    assert len(receiver.received) == 1


def test_what_is_held_is_released_in_another_order(unit: Unit, invoice: Invoice) -> None:
    receiver = unit.webhooks.receive()
    unit.webhooks.hold()
    reference = invoice()
    unit.customer(PHONE).approve()
    assert {one["status"] for one in unit.webhooks.deliveries(reference=reference)} == {"waiting"}
    unit.webhooks.release(newest_first=True, copies=2)
    assert [one.name for one in receiver.received] == ["AUTHORIZED", "AUTHORIZED", "CREATED", "CREATED"]


def test_a_receiver_that_is_down_is_told_again_later(unit: Unit, invoice: Invoice) -> None:
    receiver = unit.webhooks.receive()
    receiver.status = 503
    invoice()
    receiver.wait_for("CREATED")
    unit.clock.advance(seconds=2)
    receiver.status = 200
    unit.clock.advance(hours=1)
    (delivery,) = unit.webhooks.deliveries(registration=receiver.id, status="delivered")
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503, 503, 200]
    assert "delivered (2 times 503, 200)" in unit.timeline()


def test_an_event_is_dropped(unit: Unit, invoice: Invoice) -> None:
    receiver = unit.webhooks.receive()
    unit.webhooks.hold(receiver.id)
    invoice()
    (delivery,) = unit.webhooks.deliveries()
    assert unit.webhooks.drop(delivery["id"])["status"] == "dropped"
    unit.webhooks.release(receiver.id)
    assert receiver.received == []


def test_an_unknown_event_is_refused(unit: Unit) -> None:
    with pytest.raises(Refused) as caught:
        unit.webhooks.register("https://shop.example", ["PAID"])
    assert caught.value.status == 400


def test_what_is_not_for_a_receiver_is_not_found(unit: Unit) -> None:
    unit.webhooks.receive()
    server = unit.settings()["webhookTargets"][0]["url"]
    assert httpx.post(f"{server}/vipps/webhooks", json={}, trust_env=False).status_code == 404


def test_what_is_no_event_is_kept_and_rejected(unit: Unit) -> None:
    receiver = unit.webhooks.receive()
    server = unit.settings()["webhookTargets"][0]["url"]
    headers = {"Webhook-Id": receiver.id, "Authorization": "\xe6"}
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    for body in (b"[]", b"no json", b'{"name": 1}'):
        assert httpx.post(server, content=body, headers=sent, trust_env=False).status_code == 401
    assert [one.name for one in receiver.rejected] == [None, None, None]


@pytest.mark.anyio
async def test_an_app_on_the_tests_own_event_loop_is_told_while_the_clock_moves(unit: Unit, invoice: Invoice) -> None:
    """The clock is moved beside it: the app must be able to answer meanwhile."""
    told: list[bytes] = []

    async def app(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(app, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        unit.webhooks.register(f"http://127.0.0.1:{port}/hooks", ["EXPIRED"])
        invoice()
        happened = await asyncio.to_thread(unit.clock.advance, days=14)
        assert "WebhookAttempted" in [one["fact"] for one in happened]
        assert told[0].startswith(b"POST /hooks HTTP/1.1\r\n")
