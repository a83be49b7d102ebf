"""`GET /sandbox/units/{msn}/recording`: what happened, as a scenario that plays green at once."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

from sandbox.cli import main
from sandbox.control.recording.steps import Said, lines_of
from sandbox.playback import Play, Stage, load, play, scenario_files
from sandbox.playback.reports import told
from sandbox.server import Sandbox, running_here
from sandbox.settings import LogLevel, Settings
from sandbox.world.world import wall_clock
from tests.api.merchant import Merchant, WallClock, order

LIBRARY = Path(__file__).parents[2] / "scenarios"
# What a recording leaves out: a story whose point is another than payments, and what only a reader of answers sees.
PLAYED = [path for path in scenario_files([LIBRARY]) if path.stem != "a-hundred-customers"]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A sandbox whose wall clock is slow, so that a busy machine's seconds are not recorded."""
    with running_here(Settings(port=0, log_level=LogLevel.WARNING)) as server, Stage(server.url) as stage:
        begin = wall_clock()
        server.app.world.real_now = lambda: begin + (wall_clock() - begin) / 1000
        yield stage


def played(stage: Stage, path: Path) -> Play:
    result = play(load(path)[0], stage)
    assert result.passed, click.unstyle("\n".join(told(result)))
    return result


def recorded(stage: Stage, msn: str, folder: Path) -> Path:
    path = folder / "recorded.yaml"
    path.write_text(stage.recording(msn))
    return path


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: path.stem)
def test_what_was_recorded_plays_green_and_is_recorded_alike(stage: Stage, path: Path, tmp_path: Path) -> None:
    first = recorded(stage, played(stage, path).msn, tmp_path)
    again = played(stage, first)
    assert without_unit(stage.recording(again.msn)) == without_unit(first.read_text())


def without_unit(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("about: ")]


def test_a_recording_reads_as_if_somebody_had_written_it(stage: Stage, tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(
        """
scenario: x
given: {clock: 2023-09-01T08:00:00Z, unit: {name: Bokhandelen}}
steps:
  - merchant.put_category: {order: acme-0001, body: {category: GENERAL, orderDetailsUrl: "https://example.com"}}
  - merchant.create_payment:
      idempotency_key: twice
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-0001,
             userFlow: PUSH_MESSAGE, customer: {phoneNumber: "4791234567"}, expiresAt: "2023-09-15T00:00:00Z",
             metadata: {a: "$${x}"}}
  - merchant.get_payment: acme-0001
  - customer.pay_later: acme-0001
  - time.advance: P1DT12H
  - merchant.capture: {amount: 2000, expect: {code: "6080"}}
  - customer.approve: acme-0001
  - merchant.capture: {amount: 1000, idempotency_key: one}
  - merchant.capture: {amount: 1000, idempotency_key: one}
  - merchant.cancel:
"""
    )
    text = stage.recording(played(stage, story).msn)
    assert without_unit(text) == [
        'scenario: "An invoice of 20 kr is put off, paid, captured and released"',
        'given: {clock: "2023-09-01T08:00:00Z", unit: {name: Bokhandelen}}',
        "steps:",
        "  - merchant.put_category:",
        "      order: acme-0001",
        '      body: {category: GENERAL, orderDetailsUrl: "https://example.com"}',
        "  - merchant.create_payment:",
        "      as: invoice",
        "      body:",
        "        amount: {currency: NOK, value: 2000}",
        "        paymentMethod: {type: WALLET}",
        "        reference: acme-0001",
        "        userFlow: PUSH_MESSAGE",
        '        customer: {phoneNumber: "4791234567"}',
        '        expiresAt: "2023-09-15T00:00:00Z"',
        '        metadata: {a: "$${x}"}',
        "  - customer.pay_later: invoice",
        "  - time.advance: P1DT12H",
        '  - merchant.capture: {payment: invoice, amount: 2000, expect: {status: 400, code: "6080"}}',
        "  - customer.approve: invoice",
        "  - merchant.capture: {payment: invoice, amount: 1000, idempotency_key: one}",
        "  - merchant.capture: {payment: invoice, amount: 1000, idempotency_key: one}",
        "  - merchant.cancel: invoice",
        (
            "  - expect.payment: {payment: invoice, state: AUTHORIZED, authorized: 2000, captured: 1000, "
            "cancelled: 1000}"
        ),
        "  - expect.events: {payment: invoice, events: [CREATED, AUTHORIZED, CAPTURED, CANCELLED]}",
    ]


def test_what_is_too_long_for_a_line_has_a_line_for_each_member() -> None:
    line = {"name": "Vaffel" * 10, "id": "1", "unitInfo": {"quantity": "1"}, "productUrl": "https://example.com/1"}
    said = Said("merchant.add_receipt", {"order": "acme-0001", "body": {"orderLines": [line, {}], "bottomLine": {}}})
    assert list(lines_of(said)) == [
        "  - merchant.add_receipt:",
        "      order: acme-0001",
        "      body:",
        "        orderLines:",
        f"          - name: {'Vaffel' * 10}",
        '            id: "1"',
        '            unitInfo: {quantity: "1"}',
        '            productUrl: "https://example.com/1"',
        "          - {}",
        "        bottomLine: {}",
    ]


def test_cards_that_were_declined_are_entered_again(stage: Stage, tmp_path: Path) -> None:
    """A card that is declined at once leaves its reason only, and each reason has its number."""
    story = tmp_path / "story.yaml"
    story.write_text(
        """
scenario: x
steps:
  - merchant.create_payment:
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: CARD}, reference: acme-0001,
             customer: {phoneNumber: "4791234567"}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}
  - customer.enter_card: {number: "4000 0000 0000 9995"}
  - customer.enter_card:
  - customer.deny_card:
"""
    )
    path = recorded(stage, played(stage, story).msn, tmp_path)
    assert [line.strip() for line in path.read_text().splitlines() if "- customer." in line] == [
        '- customer.enter_card: {payment: order, number: "4000000000009995"}',
        "- customer.enter_card: order",
        "- customer.deny_card: order",
    ]
    assert played(stage, path).passed


def test_a_call_that_never_arrived_is_not_recorded(stage: Stage, tmp_path: Path) -> None:
    """Else it would take the money when the recording is played, where the network is well."""
    story = tmp_path / "story.yaml"
    story.write_text(
        """
scenario: x
steps:
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, userFlow: PUSH_MESSAGE}
  - customer.approve:
  - network.drop: {call: capture, when: before}
  - merchant.capture: {amount: 2000, expect: {no_answer: true}}
  - network.drop: {call: capture, when: after}
  - merchant.capture: {amount: 500, expect: {no_answer: true}}
"""
    )
    path = recorded(stage, played(stage, story).msn, tmp_path)
    assert path.read_text().count("merchant.capture") == 1
    assert "captured: 500" in path.read_text()
    played(stage, path)


def test_a_unit_in_which_nothing_happened_is_a_story_too(stage: Stage, tmp_path: Path) -> None:
    assert played(stage, recorded(stage, stage.unit().msn, tmp_path)).scenario.title == "Nothing is paid"


def test_the_command_prints_a_recording_or_writes_it(stage: Stage, tmp_path: Path) -> None:
    msn = stage.unit().msn
    printed = CliRunner().invoke(main, ["record", "--unit", msn, "--url", stage.base_url])
    assert (printed.exit_code, printed.output.splitlines()[0]) == (0, "scenario: Nothing is paid")
    path = tmp_path / "story.yaml"
    assert (
        CliRunner().invoke(main, ["record", "--unit", msn, "--url", stage.base_url, "-o", str(path)]).exit_code == 0
    )
    assert path.read_text() == printed.output


@pytest.mark.parametrize(
    ("msn", "complaint"),
    [
        ("999999", "Error: There is no sales unit 999999 yet: its first call makes it.\n"),
        ("../x", "Error: "),
    ],
)
def test_the_command_says_what_is_wrong(stage: Stage, msn: str, complaint: str) -> None:
    result = CliRunner().invoke(main, ["record", "--unit", msn, "--url", stage.base_url])
    assert result.exit_code == 2
    assert result.output.startswith(complaint)


def test_a_recording_is_yaml(stage: Stage) -> None:
    answer = httpx.get(f"{stage.base_url}/sandbox/units/{stage.unit().msn}/recording")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/yaml")


@pytest.mark.anyio
async def test_a_log_that_has_forgotten_a_call_cannot_be_told() -> None:
    """The request log is bounded: what made a payment may be gone, and half a story is none."""
    app = Sandbox(Settings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as http:
        merchant = Merchant(http, "123456")
        await merchant.log_in()
        await merchant.new_payment()
        path = "/sandbox/units/123456/recording"
        assert (await http.get(path)).status_code == 200
        app.request_log._of.clear()
        answer = await http.get(path)
        page = await http.get("/sandbox/dashboard/123456/recording")
    assert (page.status_code, "Not all of it is known any more" in page.text) == (409, True)
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("The request log has forgotten the call that made payment acme-")


# --- Moves of the clock ---------------------------------------------------------------------------------


CREATED = order(userFlow="PUSH_MESSAGE", reference="acme-shop-0001", expiresAt="2023-09-08T08:00:00Z")


async def moves_recorded(http: httpx.AsyncClient) -> list[str]:
    text = (await http.get("/sandbox/units/123456/recording")).text
    return [line.strip() for line in text.splitlines() if "- time." in line]


@pytest.fixture
def slowly() -> WallClock:
    clock = WallClock()
    clock.now = clock.now.replace(microsecond=0)  # a story begins with a whole second
    return clock


@pytest.fixture
async def at_work(slowly: WallClock) -> AsyncIterator[Merchant]:
    """A merchant whose every move takes the seconds that the wall clock is told."""
    app = Sandbox(Settings(), real_now=slowly)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as http:
        merchant = Merchant(http, "123456")
        await merchant.log_in()
        yield merchant


@pytest.mark.anyio
async def test_a_move_is_recorded_as_it_was_asked_for(at_work: Merchant, slowly: WallClock) -> None:
    """Not with the seconds in which nobody did anything before it; nor when it is copied alone."""
    await at_work.new_payment(CREATED)
    for by in ("P2D", "PT36H", "PT1.5S"):
        slowly.wait(timedelta(seconds=7))
        await at_work.advance(by)
    told = ["- time.advance: P2D", "- time.advance: P1DT12H", "- time.advance: PT1.5S"]
    assert await moves_recorded(at_work.http) == told
    number = next(n for n, fact in enumerate(await at_work.facts(), 1) if fact["fact"] == "ClockSet")
    alone = await at_work.http.get(f"/sandbox/dashboard/{at_work.msn}/facts/{number}")
    assert "- time.advance: P2D" in alone.text


@pytest.mark.anyio
async def test_a_move_that_would_bring_less_about_without_those_seconds_has_them(
    at_work: Merchant, slowly: WallClock
) -> None:
    await at_work.new_payment(CREATED)
    slowly.wait(timedelta(seconds=30))
    await at_work.advance("P13DT23H59M50S")
    assert await moves_recorded(at_work.http) == ["- time.advance: P14DT20S"]


@pytest.mark.anyio
async def test_a_pause_that_matters_is_told_before_a_move(at_work: Merchant, slowly: WallClock) -> None:
    await at_work.new_payment(CREATED)
    slowly.wait(timedelta(minutes=3))
    await at_work.advance("P2D")
    assert await moves_recorded(at_work.http) == ["- time.advance: PT3M", "- time.advance: P2D"]


@pytest.mark.anyio
async def test_a_move_to_an_instant_is_recorded_as_far_as_it_went(at_work: Merchant, slowly: WallClock) -> None:
    await at_work.new_payment(CREATED)
    slowly.wait(timedelta(seconds=7))
    await at_work.control("POST", "/clock/advance", {"to": "2023-08-27T08:00:00Z"})
    assert await moves_recorded(at_work.http) == ["- time.advance: P2D"]
