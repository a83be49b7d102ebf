"""The go-live checklist after a run of a merchant's tests: over all their sales units, by the plugin."""

import json
from contextlib import suppress
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from sandbox.client import Amount, InvoiceNotPaid, OutcomeNotKnown, PhoneNumberNotShared, VippsClient
from sandbox.testing import Unit, VippsSandbox
from tests.plugin.conftest import KR_20, PHONE, Suite

pytest_plugins = ("pytester",)

SHOP = """
    import pytest

    from sandbox.client import Amount, BadRequest

    KR_20 = Amount(value=2000, currency="NOK")
    KR_5 = Amount(value=500, currency="NOK")

    class Shop:
        def __init__(self, unit):
            self.unit = unit
            self.vipps = unit.client()

        def sells(self, reference="acme-shop-1"):
            self.vipps.create_payment({
                "amount": {"currency": "NOK", "value": 2000}, "customer": {"phoneNumber": "4791234567"},
                "paymentMethod": {"type": "WALLET"}, "reference": reference, "userFlow": "PUSH_MESSAGE",
            })

        def is_paid(self, reference="acme-shop-1"):
            self.unit.customer("4791234567").approve()
            return self.vipps.get_payment(reference).state == "AUTHORIZED"

        def ships(self, amount=KR_20, reference="acme-shop-1"):
            self.vipps.capture(reference, amount)

    @pytest.fixture
    def shop(vipps_unit):
        shop = Shop(vipps_unit)
        yield shop
        shop.vipps.close()
"""
GOOD = """
    def test_whole(shop):
        shop.sells()
        assert shop.is_paid()
        shop.ships()

    def test_in_part(shop):
        shop.sells()
        assert shop.is_paid()
        shop.ships(KR_5)
"""
BLIND = """
    def test_blind(shop):
        shop.sells()
        shop.unit.customer("4791234567").approve()
        shop.ships()
"""
EARLY = """
    def test_early(shop):
        shop.sells()
        with pytest.raises(BadRequest):
            shop.ships()
"""


def test_a_good_app_has_one_line(pytester: pytest.Pytester, suite_apart: Suite) -> None:
    """What takes several parts is shown by several tests: a full capture in one, a partial one in another."""
    pytester.makepyfile(SHOP + GOOD)
    result = suite_apart("--vipps-sandbox-checklist-file=told/list.json")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["go-live checklist: 9 shown, 16 not seen yet, 0 broken, 2 to check yourself"])
    assert result.stdout.str().count("checklist") == 1
    told = json.loads((pytester.path / "told" / "list.json").read_text())
    captures = next(item for item in told["items"] if item["id"] == "E5")
    assert told["units"] == 2
    assert captures["verdict"] == "shown"
    assert {evidence["test"].partition("::")[2] for evidence in captures["evidence"]} == {
        "test_whole",
        "test_in_part",
    }


@pytest.mark.parametrize("xdist", [(), ("-p", "xdist", "-n", "2")])
def test_what_is_broken_is_told_with_the_test_and_how_to_mend_it(
    pytester: pytest.Pytester, suite_apart: Suite, xdist: tuple[str, ...]
) -> None:
    pytester.makepyfile(SHOP + GOOD + EARLY)
    result = suite_apart(*xdist)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*= Vipps go-live checklist =*",
            "Go-live checklist of 3 sales units: *, 1 broken, 2 to check yourself",
            "  ✗ Q1  The payment is asked for before goods are given",
            "*The app captured without asking the API*",
            "*- test_*.py::test_early, acme-shop-1,*",
        ]
    )
    result.stdout.no_fnmatch_line("*not seen yet*Played by*")
    strict = suite_apart("--vipps-sandbox-checklist-strict", "--vipps-sandbox-checklist=no", *xdist)
    assert strict.ret == pytest.ExitCode.TESTS_FAILED
    strict.stdout.fnmatch_lines(["go-live checklist: * 1 broken, *", "The run fails for what is broken *"])


def test_a_get_that_a_test_left_out(pytester: pytest.Pytester, suite: Suite) -> None:
    """A test that only captures is not held against an app that asks in another."""
    pytester.makepyfile(SHOP + GOOD + BLIND)
    suite().stdout.fnmatch_lines(["go-live checklist: 9 shown, 16 not seen yet, 0 broken, 2 to check yourself"])
    suite("-k", "blind").stdout.fnmatch_lines(
        [
            "Go-live checklist of 1 sales unit: *, 1 broken, *",
            "  ✗ Q1  The payment is asked for before goods are given",
            "*The app captured without asking the API*",
            "*- test_*.py::test_blind, acme-shop-1,*",
        ]
    )


def test_the_report_of_a_failed_test_tells_what_it_broke(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile(SHOP + BLIND + "        assert False\n\n    def test_other(shop):\n        assert False\n")
    result = suite()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["*- Vipps sales unit * -*", "*- Vipps go-live checklist -*", "*of sales unit *1 broken*", "  ✗ Q1 *"]
    )
    assert result.stdout.str().count("- Vipps go-live checklist -") == 1


def test_refusals_that_are_provoked_on_purpose_are_not_held_against_the_app(
    pytester: pytest.Pytester, suite: Suite
) -> None:
    """All that a test breaks, or the items that its mark names; what it shows counts all the same."""
    pytester.makepyfile(
        SHOP
        + """
    @pytest.mark.vipps_provokes
    def test_too_early(shop):
        shop.sells()
        with pytest.raises(BadRequest):
            shop.ships()

    @pytest.mark.vipps_provokes("Q1", "R1")
    def test_too_early_again(shop):
        shop.sells()
        with pytest.raises(BadRequest):
            shop.ships()

    @pytest.mark.vipps_provokes("R1")
    def test_another_item(shop):
        shop.sells()
        with pytest.raises(BadRequest):
            shop.ships()
    """
    )
    excused = suite("-k", "early", "-v", "--strict-markers")
    excused.stdout.fnmatch_lines(["Go-live checklist of 2 sales units: 4 shown, *, 0 broken, *"])
    excused.stdout.fnmatch_lines(
        ["  · Q1 *", "*It was broken on purpose only.", "  · Q2 *", "*Played by: scenarios/*"]
    )
    excused.stdout.fnmatch_lines(["*To show it: POST /sandbox/units/{msn}/webhooks/hold,*"])
    suite("-k", "another").stdout.fnmatch_lines(["Go-live checklist of 1 sales unit: *, 1 broken, *"])


@pytest.mark.parametrize("name", ["Q99", 1])
def test_a_mark_that_names_no_item_fails_its_test(pytester: pytest.Pytester, suite: Suite, name: object) -> None:
    pytester.makepyfile(f"import pytest\n@pytest.mark.vipps_provokes({name!r})\ndef test_a(vipps_unit): ...")
    result = suite()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"vipps_provokes: the go-live checklist has no item {name!r}; it has E1, E2, *"])


def test_all_of_it_is_told_and_written_if_asked_for(
    pytester: pytest.Pytester, suite: Suite, listening: VippsSandbox
) -> None:
    """By the ini file as well, and with a sandbox that runs elsewhere."""
    pytester.makepyfile(SHOP + BLIND)
    pytester.makeini(
        f"[pytest]\nvipps_sandbox_checklist = full\nvipps_sandbox_checklist_file = list.xml\n"
        f"vipps_sandbox_checklist_strict = true\nvipps_sandbox_url = {listening.base_url}"
    )
    result = suite()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["Go-live checklist of 1 sales unit", "Broken", "Shown", "Not seen yet", "*1 broken*"]
    )
    assert ET.parse(pytester.path / "list.xml").getroot().get("failures") == "1"
    suite("--vipps-sandbox-checklist-file=list.txt", "--vipps-sandbox-checklist=no")
    assert (pytester.path / "list.txt").read_text().startswith("Go-live checklist of 1 sales unit\n\nBroken\n")


def test_a_file_that_cannot_be_written_fails_the_run_in_one_line(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile(SHOP + GOOD)
    (pytester.path / "file").touch()
    result = suite("--vipps-sandbox-checklist-file=file/list.txt")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["go-live checklist: --vipps-sandbox-checklist-file: *", "go-live checklist: 9 shown*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("ini", "args", "says"),
    [
        ("vipps_sandbox_checklist = all", (), "vipps_sandbox_checklist must be one of no, summary, full, not 'all'"),
        ("", ("--vipps-sandbox-checklist-file=.",), "--vipps-sandbox-checklist-file: * is a folder"),
    ],
)
def test_an_option_that_is_not_understood_is_refused_at_once(
    pytester: pytest.Pytester, suite: Suite, ini: str, args: tuple[str, ...], says: str
) -> None:
    pytester.makeini(f"[pytest]\n{ini}")
    result = suite(*args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {says}"])


def test_nothing_is_told_where_nothing_was_tested_or_wanted(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile(SHOP + BLIND + "\n    def test_plain(): ...\n")
    for args in (("-k", "plain", "--vipps-sandbox-checklist=full"), ("--vipps-sandbox-checklist=no",)):
        result = suite(*args)
        assert result.ret == pytest.ExitCode.OK
        result.stdout.no_fnmatch_line("*checklist*")


def test_a_sandbox_without_a_checklist_fails_no_test(pytester: pytest.Pytester, suite_apart: Suite) -> None:
    pytester.makepyfile(
        """
    from sandbox.testing import Refused

    def test_a(vipps_unit, monkeypatch):
        def refuse(unit):
            raise Refused(404, "there is no such thing here")
        type(vipps_unit).checklist = refuse
    """
    )
    result = suite_apart()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["go-live checklist: there is no such thing here"])


def test_a_receiver_of_the_test_is_not_the_apps(unit: Unit) -> None:
    """It may be told to be down, or refuse a wrong signature: neither is the app's doing."""
    receiver = unit.webhooks.receive()
    receiver.status = 500
    with unit.client() as vipps:
        vipps.create_payment(
            {
                "amount": {"currency": "NOK", "value": 2000},
                "customer": {"phoneNumber": "4791234567"},
                "paymentMethod": {"type": "WALLET"},
                "reference": "acme-shop-1",
                "userFlow": "PUSH_MESSAGE",
            }
        )
    receiver.wait_for("CREATED")
    receiver.status = 200
    delivery = unit.webhooks.deliveries()[-1]["id"]
    unit.webhooks.redeliver(delivery)
    unit.webhooks.redeliver(delivery, wrong_signature=True)
    verdicts = {item["id"]: item["verdict"] for item in unit.checklist()["items"]}
    assert {verdicts[item] for item in ("W1", "W2", "W3", "W4")} == {"not seen yet"}


# --- The reference client -------------------------------------------------------------------------------

KR_5 = Amount(value=500, currency="NOK")


def nothing(seconds: float) -> None:
    """Sleep, as a test has an app sleep that need not wait."""


@pytest.mark.parametrize("persona", ["approves", "declines", "slow", "never_answers", "refuses_consent"])
@pytest.mark.parametrize("sleeps", [True, False])
def test_the_reference_client_breaks_nothing(unit: Unit, persona: str, *, sleeps: bool) -> None:
    """Whoever its customer is, whether its sleep moves the clock or does nothing, and though answers are lost."""
    unit.settings(customer=persona)
    client = VippsClient(unit.credentials, unit.base_url, transport=unit.transport(), sleep=nothing)
    with unit.client() if sleeps else client as vipps:
        with suppress(InvoiceNotPaid, OutcomeNotKnown, PhoneNumberNotShared):
            vipps.first_invoice("acme-first-0001", KR_20, "https://example.com/", present=str, phone_number=PHONE)
            vipps.capture("acme-first-0001", KR_20)
        unit.faults.drop("after", operation="createPayment")
        due = unit.clock.now() + timedelta(days=14)
        vipps.send_invoice("acme-next-0001", KR_20, PHONE, order_details_url="https://example.com/1", expires_at=due)
        with suppress(OutcomeNotKnown):
            payment = vipps.await_outcome("acme-next-0001")
            if payment.state == "AUTHORIZED":
                unit.faults.drop("after", operation="capturePayment")
                vipps.capture("acme-next-0001", KR_5)
                vipps.cancel("acme-next-0001")
                vipps.refund("acme-next-0001", KR_5)
        assert broken_in(unit) == {}
        unit.clock.advance(days=200)
        assert broken_in(unit) == {}


def broken_in(unit: Unit) -> dict[str, str]:
    return {item["id"]: item["says"] for item in unit.checklist()["items"] if item["verdict"] == "broken"}
