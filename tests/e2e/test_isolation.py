"""Two hundred sales units used at once, on one server, never see each other."""

import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import httpx
import pytest

from sandbox.playback import Stage
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

UNITS = 200
ADA = "4791234567"
REFERENCE = "acme-shop-0001"  # the same for all
PATH = "/epayment/v1/payments"
EVENTS = [f"epayments.payment.{name}.v1" for name in ("created", "authorized", "captured")]


class Inbox:
    """What a receiver was sent, by path."""

    def __init__(self) -> None:
        self.received: dict[str, list[bytes]] = {}
        self._lock = Lock()

    def take(self, path: str, body: bytes) -> None:
        with self._lock:
            self.received.setdefault(path, []).append(body)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def receiver(inbox: Inbox) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            inbox.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield stage


def live(stage: Stage, receiver: str, number: int) -> dict[str, Any]:
    """Use a sales unit as a test of its own would, all in an order that depends on its number; tell what it met."""
    unit = stage.unit({"name": f"Shop {number}"})
    keys = {"client_id": "any", "client_secret": "any", "Ocp-Apim-Subscription-Key": "any"}
    own = f"/sandbox/units/{unit.msn}"
    value = 1000 + number
    no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # quicker than one which reads all certificates of the machine
    with httpx.Client(base_url=stage.base_url, headers=keys, timeout=60, verify=no_tls) as http:
        token = http.post("/accesstoken/get").json()["access_token"]
        http.headers.update({"Authorization": f"Bearer {token}", "Merchant-Serial-Number": unit.msn})
        http.post("/webhooks/v1/webhooks", json={"url": f"{receiver}/{number}", "events": EVENTS})
        http.put(f"{own}/customers/{ADA}", json={"person": {"givenName": f"Ada {number}"}})
        if number % 2:
            http.post(f"{own}/faults", json={"match": {"operation": "getPayment"}, "then": {"answer": 502}})
        body = {
            "amount": {"currency": "NOK", "value": value},
            "paymentMethod": {"type": "WALLET"},
            "customer": {"phoneNumber": ADA},
            "reference": REFERENCE,
            "userFlow": "PUSH_MESSAGE",
            "profile": {"scope": "name"},
        }
        created = http.post(PATH, json=body, headers={"Idempotency-Key": "1"})
        for action in ("open", "share", "approve"):
            unit.act(ADA, action, REFERENCE)
        first_get = http.get(f"{PATH}/{REFERENCE}").status_code
        amount = {"modificationAmount": {"currency": "NOK", "value": value}}
        captured = http.post(f"{PATH}/{REFERENCE}/capture", json=amount, headers={"Idempotency-Key": "1"})
        payment = http.get(f"{PATH}/{REFERENCE}").json()
        sub = payment["profile"]["sub"]
        user = http.get(f"/vipps-userinfo-api/userinfo/{sub}").json()
        unit.advance(by=timedelta(days=number))
        return {
            "msn": unit.msn,
            "statuses": (created.status_code, first_get, captured.status_code),
            "captured": payment["aggregate"]["capturedAmount"]["value"],
            "sub": sub,
            "name": user["given_name"],
            "screen": unit.customer(ADA)["inbox"]["pushes"][0]["text"],
            "faults": len(http.get(f"{own}/faults").json()["faults"]),
            "payments": len(http.get(f"{own}/payments").json()["payments"]),
            "days": http.get(f"{own}/clock").json()["now"][:10],
            "requests": {call["path"] for call in http.get(f"{own}/requests").json()["requests"]},
        }


def test_two_hundred_units_never_see_each_other(stage: Stage, receiver: str, inbox: Inbox) -> None:
    with ThreadPoolExecutor(16) as threads:
        lives = list(threads.map(lambda number: live(stage, receiver, number), range(UNITS)))
    assert len({life["msn"] for life in lives}) == len({life["sub"] for life in lives}) == UNITS
    assert len({life["days"] for life in lives}) == UNITS
    for number, life in enumerate(lives):
        assert life["statuses"] == (201, 502 if number % 2 else 200, 200)
        assert life["captured"] == 1000 + number
        assert life["name"] == f"Ada {number}"
        assert life["screen"].startswith(f"Shop {number} sent you a request")
        assert (life["faults"], life["payments"]) == (number % 2, 1)
        assert all(f'"msn":"{life["msn"]}"'.encode() in body for body in inbox.received[f"/{number}"])
        assert [name for body in inbox.received[f"/{number}"] for name in _named(body)] == [
            "CREATED",
            "AUTHORIZED",
            "CAPTURED",
        ]


def _named(body: bytes) -> list[str]:
    return [name for name in ("CREATED", "AUTHORIZED", "CAPTURED") if f'"name":"{name}"'.encode() in body]
