"""Scenarios where there is no sandbox: in Vipps's own test environment, of which a fake is played here."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from sandbox.cli import main
from sandbox.client import Credentials
from sandbox.playback import Outcome, Play, StageRefused, load, play, real_stage
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

CREDENTIALS = Credentials("id", "secret", "key", "123456")
KEYS = {
    "VIPPS_CLIENT_ID": "id",
    "VIPPS_CLIENT_SECRET": "secret",
    "VIPPS_SUBSCRIPTION_KEY": "key",
    "VIPPS_MSN": "123456",
}
PAYMENT = """
  - merchant.create_payment:
      as: invoice
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: "acme-${unique}",
             customer: {phoneNumber: "4791234567"}, userFlow: PUSH_MESSAGE, profile: {scope: phoneNumber}}
"""
PAID = f"""scenario: paid
steps:{PAYMENT}
  - customer.open:
  - customer.share:
  - customer.approve:
  - expect.payment: {{state: AUTHORIZED}}
  - expect.userinfo: {{body: {{phone_number: "4791234567"}}}}
  - merchant.capture:
  - expect.events: [CREATED, AUTHORIZED, CAPTURED]
  - expect.never: ABORTED
"""


@pytest.fixture(scope="module")
def vipps() -> Iterator[httpx.BaseTransport]:
    """A Vipps that has nothing of a sandbox's own: whoever asks for that is found out."""
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, _Vipps(httpx.URL(url)) as vipps:
        yield vipps


class _Vipps(httpx.BaseTransport):
    def __init__(self, url: httpx.URL) -> None:
        self._url = url
        self._transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith(("/sandbox", "/phone", "/landing")):
            raise AssertionError(f"{request.url.path} is not there")
        request.url = request.url.copy_with(scheme="http", host=self._url.host, port=self._url.port)
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


@pytest.fixture
def played(vipps: httpx.BaseTransport, tmp_path: Path) -> Callable[[str], Play]:
    def played(story: str) -> Play:
        path = tmp_path / "story.yaml"
        path.write_text(story)
        return play(load(path)[0], real_stage("https://apitest.vipps.no", CREDENTIALS, vipps))

    return played


def test_force_approve_plays_the_customer(played: Callable[[str], Play]) -> None:
    result = played(PAID)
    assert result.failure is None
    assert [done.told for done in result.performed][1:4] == ["is part of force approve"] * 2 + ["approved by force"]
    assert result.msn == "123456"


def test_a_library_scenario_plays_there(played: Callable[[str], Play]) -> None:
    library = Path(__file__).parents[2] / "scenarios"
    assert played((library / "variants" / "by-force.yaml").read_text()).passed


@pytest.mark.parametrize(
    ("story", "at", "needs"),
    [
        (f"scenario: x\nsteps:{PAYMENT}  - time.advance: P1D\n", "step 2", "the clock of a sandbox"),
        (
            f"scenario: x\nsteps:{PAYMENT}  - customer.reject:\n",
            "step 2",
            "a customer of a sandbox: force approve can",
        ),
        (f"scenario: x\nsteps:{PAYMENT}  - customer.pay_later:\n", "step 2", "a customer of a sandbox"),
        (
            f"scenario: x\nsteps:{PAYMENT}  - customer.approve: {{refused: true}}\n",
            "step 2",
            "a customer of a sandbox",
        ),
        (f"scenario: x\nsteps:{PAYMENT}  - customer.see_details:\n", "step 2", "the phone of a sandbox"),
        (f"scenario: x\nsteps:{PAYMENT}  - expect.screen: payment\n", "step 2", "the phone of a sandbox"),
        (
            f"scenario: x\nsteps:{PAYMENT}  - customer.leave_landing_page:\n",
            "step 2",
            "the landing page of a sandbox",
        ),
        (
            f"scenario: x\nsteps:{PAYMENT}  - merchant.capture: {{before_it_arrives: [customer.approve: ]}}\n",
            "step 2",
            "the network of a sandbox, to hold a call on its way",
        ),
        (f"scenario: x\nsteps:{PAYMENT}  - expect.checklist: [E1]\n", "step 2", "the checklist of a sandbox"),
        (f"scenario: x\nsteps:{PAYMENT}  - network.drop: capture\n", "step 2", "the network of a sandbox"),
        (f"scenario: x\nsteps:{PAYMENT}  - merchant.register_webhook:\n", "step 2", "a sandbox to be told by"),
        (
            f"scenario: x\nsteps:{PAYMENT}  - customer.withdraw_consent: '4791234567'\n",
            "step 2",
            "a customer of a sandbox: elsewhere",
        ),
        (f"scenario: x\nclock: 2023-09-01T08:00:00Z\nsteps:{PAYMENT}", "clock", "the clock of a sandbox"),
        (f"scenario: x\nsettings: {{name: X}}\nsteps:{PAYMENT}", "settings", "a sales unit of a sandbox"),
    ],
)
def test_what_needs_a_sandbox_is_refused_before_anything_is_played(
    played: Callable[[str], Play], story: str, at: str, needs: str
) -> None:
    result = played(story)
    assert result.outcome is Outcome.REFUSED
    assert result.performed == []
    assert result.failure is not None
    assert result.failure.at.name == at
    assert result.failure.expected.startswith(needs)


@pytest.mark.parametrize("url", ["https://api.vipps.no", "https://api.vipps.no.", "https://api.mobilepay.dk"])
def test_nothing_is_played_in_production(url: str) -> None:
    with pytest.raises(StageRefused, match="is production: scenarios are played in a sandbox or a test environment"):
        real_stage(url, CREDENTIALS, httpx.MockTransport(lambda _: httpx.Response(500)))


@contextmanager
def something_like_vipps() -> Iterator[str]:
    """Serve a Vipps whose every payment is unknown."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(404, {"title": "Not found"})

        def do_POST(self) -> None:
            self._answer(200, {"access_token": "token", "expires_in": "3600"})

        def _answer(self, status: int, content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_command_plays_there_with_credentials_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "scenario: a\nsteps:\n  - merchant.get_order: {order: o, expect: {status: 404}}\n"
    )
    (tmp_path / "b.yaml").write_text("scenario: b\nsteps:\n  - time.freeze:\n")
    with something_like_vipps() as url:
        result = CliRunner().invoke(main, ["play", str(tmp_path), "--url", url], env=KEYS)
        assert result.exit_code == 1
        assert "✓ a (1 of 1 steps" in result.output
        assert "· b (not played: " in result.output
        assert "b.yaml:3: step 1 needs the clock of a sandbox: nobody else can move time)" in result.output
        assert result.output.endswith("1 passed, 0 failed, 1 not played\n")
        (tmp_path / "b.yaml").unlink()
        assert CliRunner().invoke(main, ["play", str(tmp_path), "--url", url], env=KEYS).exit_code == 0


def test_credentials_in_the_environment_do_not_hide_a_sandbox(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("scenario: b\nsteps:\n  - time.freeze:\n")
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url:
        assert CliRunner().invoke(main, ["play", str(tmp_path), "--url", url], env=KEYS).exit_code == 0
