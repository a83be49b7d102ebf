"""A sales unit to test with: its clock, its settings, what happened in it, and its beginning made again."""

import os
import socket
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from sandbox.client import BadRequest, OutcomeNotKnown
from sandbox.playback import ScenarioInvalid, Stage
from sandbox.testing import Refused, ScenarioFailed, Unit, VippsSandbox, at
from tests.plugin.conftest import KR_20, PHONE, Invoice

ROOT = Path(__file__).parents[2]
NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)


def test_units_are_apart(sandbox: VippsSandbox, unit: Unit, invoice: Invoice) -> None:
    invoice()
    other = sandbox.unit()
    assert other.msn != unit.msn
    assert (other.payments(), other.requests()) == ([], [])


def test_secrets_stay_out_of_what_is_printed(sandbox: VippsSandbox, unit: Unit) -> None:
    assert repr(unit) == f"Unit('{unit.msn}', base_url='http://vipps-sandbox.test')"
    assert repr(sandbox) == "VippsSandbox('http://vipps-sandbox.test')"
    assert repr(unit.customer(PHONE)) == "Customer('4791234567')"
    assert unit.credentials.client_secret not in repr(unit.credentials)
    assert PHONE not in repr(unit.snapshot())


# --- Time -----------------------------------------------------------------------------------------------


def test_fourteen_days_pass_at_once(unit: Unit, invoice: Invoice) -> None:
    reference = invoice()
    unit.customer(PHONE).pay_later()
    happened = unit.clock.advance(timedelta(days=7), days=6, hours=23, minutes=59, seconds=60)
    assert [(one["fact"], one["reference"]) for one in happened][-1] == ("PaymentExpired", reference)
    assert unit.payment(reference)["state"] == "EXPIRED"


def test_the_clock_is_set_and_stands_still(unit: Unit) -> None:
    unit.clock.freeze(NOON)
    assert unit.clock.now() == NOON
    unit.clock.advance_to(NOON + timedelta(hours=1))
    assert unit.clock.now() == NOON + timedelta(hours=1)
    unit.clock.set(NOON - timedelta(days=1))
    assert unit.clock.now() == NOON - timedelta(days=1)
    assert unit.snapshot().content["frozen"]
    unit.clock.resume()
    assert not unit.snapshot().content["frozen"]
    unit.clock.freeze()
    assert unit.snapshot().content["frozen"]
    unit.clock.set(NOON, frozen=True)
    assert unit.clock.now() == NOON


def test_the_clock_goes_to_when_something_happens_next(unit: Unit, invoice: Invoice) -> None:
    invoice(phone="4790000003")  # pays a day later
    assert [one["fact"] for one in unit.clock.advance_to_next_due()][-1] == "PaymentAuthorized"


def test_the_clock_is_not_advanced_backwards(unit: Unit) -> None:
    with pytest.raises(Refused, match="greater than or equal to 0"):
        unit.clock.advance(days=-1)
    with pytest.raises(Refused, match="timezone"):
        unit.clock.set(NOON.replace(tzinfo=None))


def test_waiting_of_the_reference_client_takes_no_time(unit: Unit, invoice: Invoice) -> None:
    """It polls for ten minutes, on the unit's clock."""
    reference, before = invoice(), unit.clock.now()
    with unit.client() as vipps, pytest.raises(OutcomeNotKnown):
        vipps.await_outcome(reference)
    assert unit.clock.now() - before >= timedelta(minutes=10)


@pytest.mark.anyio
async def test_waiting_of_the_asynchronous_client_takes_no_time_either(unit: Unit, invoice: Invoice) -> None:
    reference = invoice()
    unit.customer(PHONE).approve()
    async with unit.async_client() as vipps:
        assert (await vipps.await_outcome(reference)).state == "AUTHORIZED"


# --- Looking inside -------------------------------------------------------------------------------------


def test_what_was_asked_and_what_happened_is_listed(unit: Unit, invoice: Invoice) -> None:
    reference = invoice()
    assert [(call["operation"], call["status"]) for call in unit.requests()][-1] == ("createPayment", 201)
    assert [fact["fact"] for fact in unit.facts()][-2:] == ["PaymentCreated", "PushSent"]
    assert unit.payment(reference)["amount"] == {"currency": "NOK", "value": 2000}
    with pytest.raises(LookupError, match="no payment 'acme-invoice-7'; there is acme-invoice-1"):
        unit.payment("acme-invoice-7")


def test_long_lists_come_whole(unit: Unit) -> None:
    for _ in range(1001):
        unit.clock.freeze()
    numbers = [fact["number"] for fact in unit.facts()]
    assert numbers == list(range(1, 1003))


def test_the_timeline_tells_calls_with_what_they_brought_in_order_though_the_clock_stands(
    unit: Unit, invoice: Invoice
) -> None:
    unit.clock.freeze()
    unit.webhooks.receive()
    reference = invoice()
    unit.customer(PHONE).open()
    with unit.client() as vipps, pytest.raises(Exception, match="6080"):
        vipps.capture(reference, KR_20)
    unit.clock.advance(seconds=1)  # returns once the receiver has answered
    told = unit.timeline()
    said = [
        "POST /epayment/v1/payments → 201 Created  (Create payment)",
        "Payment of 20,00",
        "Push to",
        "Opened on",
        f"POST /epayment/v1/payments/{reference}/capture → 400 Bad Request  (Capture)",
        "code      6080",
        'sent      {"modificationAmount":{"currency":"NOK","value":2000}}',
        "accepted  Capture once GET payment says AUTHORIZED.",
        "\nwebhooks\n",
        f"CREATED of {reference}: delivered (200)",
        "\ncustomers\n",
        f"4791234567 Ada Lovelace (manual): payment of {reference}: ",
    ]
    places = [told.find(text) for text in said]
    assert -1 not in places, (told, places)
    assert places == sorted(places)
    for secret in (unit.credentials.client_secret, unit.credentials.subscription_key):
        assert secret not in told


def test_a_timeline_says_once_what_is_wrong_with_a_field(unit: Unit) -> None:
    """The summary has it already, unless there are too many of them for one."""
    with unit.client() as vipps, pytest.raises(BadRequest):
        vipps.create_payment({})
    assert unit.timeline().count("amount: The Amount field is required") == 1


def test_only_the_newest_of_a_long_timeline_is_told(unit: Unit) -> None:
    for _ in range(300):
        unit.clock.freeze()
    assert unit.timeline().splitlines()[0] == "… 101 lines before"


# --- The unit itself ------------------------------------------------------------------------------------


def test_settings_are_changed_in_snake_case(sandbox: VippsSandbox) -> None:
    unit = sandbox.unit(name="Bokhandelen", capture_window=timedelta(days=2))
    changed = unit.settings(push_message_allowed=False)
    assert (changed["name"], changed["captureWindow"], changed["pushMessageAllowed"]) == ("Bokhandelen", "P2D", False)
    assert unit.settings() == changed


def test_an_unknown_setting_is_refused_with_those_there_are(sandbox: VippsSandbox, unit: Unit) -> None:
    with pytest.raises(Refused, match=r"no setting 'nmae'; did you mean 'name'\? There are name,"):
        unit.settings(nmae="x")
    with pytest.raises(Refused, match="no setting 'nmae'"):
        sandbox.unit(nmae="x")


def test_a_unit_is_restored_from_a_snapshot(sandbox: VippsSandbox, unit: Unit, invoice: Invoice) -> None:
    reference = invoice()
    snapshot, other = unit.snapshot(), sandbox.unit()
    unit.customer(PHONE).reject()
    unit.restore(snapshot)
    other.restore(snapshot)
    assert unit.payment(reference)["state"] == other.payment(reference)["state"] == "CREATED"


def test_a_unit_is_made_anew(unit: Unit, invoice: Invoice) -> None:
    invoice()
    unit.faults.answer(500, operation="capturePayment")
    assert [fault["then"] for fault in unit.reset()] == [{"answer": 500}]
    assert (unit.payments(), unit.requests()) == ([], [])


def test_a_unit_is_removed(sandbox: VippsSandbox) -> None:
    gone, left = sandbox.unit(), sandbox.unit()
    gone.faults.answer(500, operation="capturePayment")
    assert [fault["then"] for fault in gone.remove()] == [{"answer": 500}]
    with pytest.raises(Refused, match="There is no sales unit"):
        gone.facts()
    assert left.remove() == []


# --- Scenarios ------------------------------------------------------------------------------------------


def test_a_scenario_is_played_in_the_unit(unit: Unit) -> None:
    (played,) = unit.play(ROOT / "scenarios" / "first-invoice.yaml")
    assert (played.passed, played.msn) == (True, unit.msn)
    assert [payment["state"] for payment in unit.payments()] == ["AUTHORIZED"]


@pytest.mark.parametrize("flow", ["first-invoice.yaml", "next-invoice.yaml"])
def test_the_flows_to_begin_with_are_a_good_example(unit: Unit, flow: str) -> None:
    unit.play(ROOT / "scenarios" / flow)
    verdicts = {item["id"]: item["verdict"] for item in unit.checklist()["items"]}
    assert verdicts["Q1"] == "shown"
    assert "broken" not in verdicts.values()


def test_a_scenario_brings_its_settings(unit: Unit, tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text("scenario: a story\nsettings: {name: Bokhandelen}\nsteps:\n  - time.advance: P1D\n")
    unit.play(str(path))
    assert unit.settings()["name"] == "Bokhandelen"
    path.write_text("scenario: a story\nsettings: {market: Norge}\nsteps:\n  - time.advance: P1D\n")
    with pytest.raises(ScenarioInvalid, match=r"story.yaml:2:20: settings: market: "):
        unit.play(path)


def test_a_scenario_that_fails_is_an_assertion_told_by_the_player(unit: Unit, tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text("scenario: a story\nsteps:\n  - customer.see_inbox: {phone: '4791234567', pending: 1}\n")
    with pytest.raises(ScenarioFailed) as caught:
        unit.play(path)
    assert isinstance(caught.value, AssertionError)
    told = str(caught.value)
    assert "✗ a story" in told
    assert f"{path}:3: step 1" in told
    assert "\x1b" not in told


# --- Elsewhere ------------------------------------------------------------------------------------------


def test_a_sandbox_that_runs_already_is_used(listening: VippsSandbox) -> None:
    with at(f"{listening.base_url}/") as sandbox:
        assert not sandbox.is_ours
        assert sandbox.base_url == listening.base_url
        unit = sandbox.unit()
        with unit.client() as vipps:
            vipps.access_token()
        assert [call["operation"] for call in unit.requests()] == ["fetchAuthorizationTokenUsingPost"]


@pytest.mark.anyio
async def test_a_sandbox_that_runs_already_is_called_asynchronously(listening: VippsSandbox) -> None:
    with at(listening.base_url) as sandbox:
        async with sandbox.unit().async_client() as vipps:
            assert (await vipps.access_token()).value


def test_where_no_sandbox_is_there_is_none(listening: VippsSandbox) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for url, told in (
            (nobody, f"no sandbox answers at {nobody}"),
            ("localhost:8080", "http:// or https:// address"),
            ("http://example.com:port", "http:// or https:// address"),
            (f"{listening.base_url}/elsewhere", "no sandbox|There is nothing|404|not found"),
        ):
            with pytest.raises(Refused, match=told), at(url):
                pass


def test_a_sandbox_for_declared_units_only_cannot_be_tested_against() -> None:
    from sandbox.server import running  # noqa: PLC0415 - only here
    from sandbox.settings import AccessMode, LogLevel, Settings  # noqa: PLC0415 - only here

    settings = Settings(port=0, access=AccessMode.DECLARED, log_level=LogLevel.WARNING)
    with running(settings) as url, pytest.raises(Refused, match="tests need --access open"), at(url):
        pass


def test_only_a_token_that_is_refused_tells_of_declared_units() -> None:
    class OutOfOrder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, b'{"status": "ok"}')

        def do_POST(self) -> None:
            self._answer(503, b'{"detail": "out of order"}')

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), OutOfOrder) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        with pytest.raises(Refused, match=r"^out of order$"), at(f"http://127.0.0.1:{server.server_port}"):
            pass
        server.shutdown()


def test_proxies_of_the_environment_are_not_for_a_sandbox(
    listening: VippsSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "HTTP_PROXY", "http://127.0.0.1:1")
    with at(listening.base_url) as sandbox:
        assert sandbox.unit().payments() == []


def test_certificates_are_not_read_for_plain_http(listening: VippsSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes longer than a test's whole flow; here there are none to be read."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    with at(listening.base_url) as sandbox, Stage(listening.base_url) as stage:
        unit = sandbox.unit()
        with unit.client() as vipps:
            assert vipps.access_token().value
        unit.async_transport()
        assert stage.checklist(unit.msn)["items"]
    with pytest.raises(FileNotFoundError):
        Stage(listening.base_url.replace("http:", "https:"))


def test_links_of_a_sandbox_that_listens_lead_to_it(listening: VippsSandbox) -> None:
    """Through its transport as well as over its socket."""
    unit = listening.unit()
    with unit.client() as vipps:
        created = vipps.create_payment(
            {
                "amount": {"currency": "NOK", "value": 2000},
                "paymentMethod": {"type": "WALLET"},
                "reference": "acme-shop-1",
                "returnUrl": "https://example.com",
                "userFlow": "WEB_REDIRECT",
            }
        )
    assert created.redirect_url is not None
    assert httpx.get(created.redirect_url, trust_env=False).status_code == 200


@pytest.mark.parametrize(("said", "shown"), [({}, "a test"), ({"purpose": "x" * 600}, "x" * 500)])
def test_a_unit_says_what_it_was_made_for(sandbox: VippsSandbox, said: dict[str, str], shown: str) -> None:
    unit = sandbox.unit(**said)
    with httpx.Client(transport=sandbox.transport(), base_url=sandbox.base_url) as http:
        assert http.get(f"/sandbox/units/{unit.msn}").json()["purpose"] == shown
