"""The pytest plugin, as test suites of merchants use it: each test runs such a suite."""

import os
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from sandbox.testing import VippsSandbox
from tests.plugin.conftest import Suite

pytest_plugins = ("pytester",)

ROOT = Path(__file__).parents[2]

SEND = """
    from datetime import UTC, datetime, timedelta

    from sandbox.client import Amount

    PHONE = "4791234567"
    KR_20 = Amount(value=2000, currency="NOK")

    def send(unit, reference="acme-invoice-1"):
        due = datetime.now(UTC) + timedelta(days=14)
        with unit.client() as vipps:
            vipps.send_invoice(reference, KR_20, PHONE, order_details_url="https://example.com/1", expires_at=due)
"""

STORY = """\
scenario: {title}
steps:
  - customer.see_inbox: {{phone: "4791234567", pending: {pending}}}
"""


# --- Fixtures -------------------------------------------------------------------------------------------


def test_each_test_has_a_fresh_sales_unit_in_one_sandbox(pytester: pytest.Pytester, suite_apart: Suite) -> None:
    pytester.makepyfile(
        SEND
        + """
    import httpx
    import pytest

    seen = []

    @pytest.mark.parametrize("number", range(3))
    def test_pay(vipps_sandbox, vipps_unit, number):
        send(vipps_unit)  # each with the same reference
        vipps_unit.customer(PHONE).approve()
        assert [one["state"] for one in vipps_unit.payments()] == ["AUTHORIZED"]
        assert httpx.get(f"{vipps_unit.base_url}/sandbox/health", trust_env=False).status_code == 200
        seen.append((vipps_sandbox, vipps_unit.msn))

    def test_apart(vipps_sandbox):
        assert len({id(sandbox) for sandbox, _ in seen}) == 1
        assert len({msn for _, msn in seen}) == 3
        with vipps_sandbox.unit().client() as vipps:
            assert vipps.access_token().value
    """
    )
    suite_apart().assert_outcomes(passed=4)


def test_an_existing_sandbox_is_used_and_left_as_it_is(
    pytester: pytest.Pytester, suite: Suite, listening: VippsSandbox
) -> None:
    pytester.makepyfile(
        SEND
        + """
    from pathlib import Path

    def test_pay(vipps_sandbox, vipps_unit):
        assert not vipps_sandbox.is_ours
        send(vipps_unit)
        vipps_unit.faults.answer(500).remove()
        Path("msn").write_text(vipps_unit.msn)
    """
    )
    suite(f"--vipps-sandbox-url={listening.base_url}").assert_outcomes(passed=1)
    msn = (pytester.path / "msn").read_text()
    with httpx.Client(base_url=listening.base_url, transport=listening.transport()) as http:
        left = http.get(f"/sandbox/units/{msn}/payments").json()
    assert [payment["reference"] for payment in left["payments"]] == ["acme-invoice-1"]
    pytester.makeini(f"[pytest]\nvipps_sandbox_url = {listening.base_url}")
    suite().assert_outcomes(passed=1)


def test_without_a_sandbox_at_the_url_each_test_says_so_in_one_line(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile("def test_a(vipps_unit): ...\ndef test_b(vipps_sandbox): ...")
    (pytester.path / "story.yaml").write_text(STORY.format(title="nobody is there", pending=0))
    result = suite("--vipps-sandbox-url=http://127.0.0.1:1", ".")
    result.assert_outcomes(errors=2, failed=1)
    result.stdout.fnmatch_lines(["--vipps-sandbox-url: no sandbox answers at http://127.0.0.1:1: *"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_wrong_variable_is_told_without_a_traceback(
    pytester: pytest.Pytester, suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_PROFILE", "lax")
    pytester.makepyfile("def test_a(vipps_unit): ...")
    result = suite()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the sandbox did not start: 1 validation error*", "*'strict'*lax*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_url_that_is_none_is_refused_at_once(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile("def test_a(): ...")
    result = suite("--vipps-sandbox-url=localhost:8080")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --vipps-sandbox-url must begin with http:// or https://, *'localhost:8080'"])


def test_a_fault_that_no_call_met_is_told(pytester: pytest.Pytester, suite: Suite, listening: VippsSandbox) -> None:
    pytester.makepyfile("def test_a(vipps_unit):\n    vipps_unit.faults.answer(500, operation='capturePayment')")
    for args in ((), (f"--vipps-sandbox-url={listening.base_url}",)):
        result = suite("-W", "default:no call met the fault", *args)
        result.assert_outcomes(passed=1, warnings=1)
        result.stdout.fnmatch_lines(
            ["*FaultNeverMet: no call met the fault {'answer': 500} of {'operation': 'capturePayment'}"]
        )


def test_apps_on_asyncio_are_tested(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile(
        """
    import httpx
    import pytest

    from sandbox.client import AsyncVippsClient

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @pytest.mark.anyio
    async def test_pay(vipps_unit):
        async with vipps_unit.async_client() as vipps:
            created = await vipps.create_payment({
                "amount": {"currency": "NOK", "value": 2000}, "paymentMethod": {"type": "WALLET"},
                "reference": "acme-shop-1", "userFlow": "WEB_REDIRECT", "returnUrl": "https://example.com",
            })
            vipps_unit.customer("4791234567").approve()
            assert (await vipps.await_outcome(created.reference)).state == "AUTHORIZED"
    """
    )
    suite("-p", "anyio").assert_outcomes(passed=1)


def test_workers_of_xdist_have_sandboxes_of_their_own_or_share_one(
    pytester: pytest.Pytester, suite_apart: Suite, listening: VippsSandbox
) -> None:
    """What the ini file says of folders to test is no reason for a worker to collect scenarios there."""
    pytest.importorskip("xdist")
    pytester.makepyfile(
        SEND
        + """
    import pytest

    @pytest.mark.parametrize("number", range(6))
    def test_pay(vipps_unit, number):
        send(vipps_unit)
        vipps_unit.customer(PHONE).approve()
        assert [one["state"] for one in vipps_unit.payments()] == ["AUTHORIZED"]
        assert number != 5
    """
    )
    (pytester.path / "story.yaml").write_text(STORY.format(title="not asked for", pending=0))
    pytester.makeini("[pytest]\ntestpaths = .")
    for args, passed in (((), 5), ((".", f"--vipps-sandbox-url={listening.base_url}"), 6)):
        result = suite_apart("-p", "xdist", "-n", "2", *args)
        result.assert_outcomes(passed=passed, failed=1)
        result.stdout.fnmatch_lines(["*- Vipps sales unit * -*", "*Approved: 20,00*"])


# --- The report of a failed test ------------------------------------------------------------------------


def test_a_failed_test_shows_the_units_timeline(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile(
        SEND
        + """
    import pytest

    @pytest.fixture
    def sent(vipps_unit):
        send(vipps_unit)

    @pytest.fixture
    def broken(sent):
        raise ValueError("broken")

    def test_capture(sent, vipps_unit):
        with vipps_unit.client() as vipps:
            vipps.capture("acme-invoice-1", KR_20)

    def test_never_begins(broken): ...

    def test_passes(sent): ...
    """
    )
    result = suite()
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_capture _*",
            "*- Vipps sales unit ?????? -*",
            "*POST /epayment/v1/payments → 201 Created  (Create payment)",
            "*POST /epayment/v1/payments/acme-invoice-1/capture → 400 Bad Request  (Capture)",
            "*code      6080",
            "*accepted  Capture once GET payment says AUTHORIZED.*",
            "customers",
            "*4791234567 Ada Lovelace (manual): 1 waiting: acme-invoice-1",
        ]
    )
    assert result.stdout.str().count("- Vipps sales unit") == 2
    assert "secret-of-" not in result.stdout.str()
    assert "subscription-key-of-" not in result.stdout.str()


def test_a_timeline_that_cannot_be_told_hides_no_failure(pytester: pytest.Pytester, suite: Suite) -> None:
    pytester.makepyfile(
        """
    def test_a(vipps_unit, monkeypatch):
        monkeypatch.setattr(type(vipps_unit), "timeline", lambda unit: 1 / 0)
        assert False, "the test's own"
    """
    )
    result = suite()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the test's own*", "It cannot be told: division by zero"])


# --- Scenario files -------------------------------------------------------------------------------------


@pytest.fixture
def stories(pytester: pytest.Pytester) -> Path:
    """A folder with a scenario that passes, one that fails, and files that are none."""
    folder = pytester.mkdir("scenarios")
    (folder / "good.yaml").write_text(STORY.format(title="Nothing waits", pending=0))
    (folder / "bad.yml").write_text(STORY.format(title="Something waits", pending=1))
    (folder / "_included.yaml").write_text(STORY.format(title="only included", pending=0))
    (folder / "molecule.yaml").write_text("scenario:\n  name: default\nsteps: []\n")
    (folder / "deep.yaml").write_text("job:\n  scenario: none\n  steps: []\n")
    (folder / "steps.yaml").write_text("steps: []\n")
    (folder / "latin.yaml").write_bytes(b"scenario: \xe6\nsteps: []\n")
    pytester.makepyfile("def test_a(): ...")
    return folder


@pytest.mark.usefixtures("stories")
def test_scenarios_are_collected_where_they_are_asked_for(pytester: pytest.Pytester, suite: Suite) -> None:
    result = suite("scenarios/")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ Something waits _*",
            "✗ Something waits (0 of 1 steps, * ms)",
            "*scenarios/bad.yml:3: step 1",
            "*expected  pending requests: 1",
            "*came      pending requests: 0",
            "FAILED scenarios/bad.yml::Something waits*",
        ]
    )
    result.stdout.no_fnmatch_line("*Error*")
    (pytester.path / "linked").symlink_to("scenarios")
    suite("linked/good.yaml").assert_outcomes(passed=1)
    suite("scenarios/good.yaml::Nothing waits").assert_outcomes(passed=1)


@pytest.mark.usefixtures("stories")
@pytest.mark.parametrize(
    ("setting", "args", "passed", "failed"),
    [
        (None, (), 1, 0),
        ("true", (), 2, 1),
        ("false", ("scenarios", "."), 1, 0),
        (None, (".", "--deselect", "scenarios/bad.yml"), 2, 0),
    ],
)
def test_scenarios_are_collected_only_if_asked_for(
    pytester: pytest.Pytester, suite: Suite, setting: str | None, args: tuple[str, ...], passed: int, failed: int
) -> None:
    """Others' YAML files are left alone, and where a run takes what is there, scenarios as well."""
    said = "" if setting is None else f"vipps_scenarios = {setting}\n"
    pytester.makeini(f"[pytest]\ntestpaths = .\n{said}")
    suite(*args).assert_outcomes(passed=passed, failed=failed)


def test_a_scenario_that_is_not_understood_is_an_error_with_its_place(
    pytester: pytest.Pytester, suite: Suite
) -> None:
    path = pytester.path / "story.yaml"
    for story, said in (
        ("steps:\n  - customer.aprove:\n", "3:5: step 1: *customer.approve*"),
        ("settings: {market: Norge}\nsteps:\n  - time.freeze:\n", "2:20: settings: market: Input should be *"),
    ):
        path.write_text(f"scenario: x\n{story}")
        result = suite("story.yaml")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"{path}:{said}"])
        result.stdout.no_fnmatch_line("*Traceback*")


# --- When unused ----------------------------------------------------------------------------------------


def test_nothing_is_imported_for_a_run_that_needs_no_sandbox(
    pytester: pytest.Pytester, suite_apart: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by its entry point, as it is where the sandbox is installed; `-p` does not register it twice."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    installed = pytester.mkdir("vipps_sandbox-0.dist-info")
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: vipps-sandbox-as-installed\nVersion: 0\n")
    written = "".join(f"{name} = {module}\n" for name, module in points.items())
    (installed / "entry_points.txt").write_text(f"[pytest11]\n{written}")
    pytester.makepyfile(
        """
    import sys

    def test_a(pytestconfig):
        assert "sandbox.pytest_plugin" in sys.modules
        heavy = {"starlette", "pydantic", "httpx", "yaml", "uvicorn", "click", "faker", "anyio"}
        assert heavy & sys.modules.keys() == set()
        ours = {name for name in sys.modules if name.partition(".")[0] == "sandbox"}
        assert ours == {"sandbox", "sandbox.pytest_checklist", "sandbox.pytest_plugin"}
    """
    )
    monkeypatch.setenv("PYTHONPATH", str(pytester.path), prepend=os.pathsep)
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    plain = ("-p", "no:anyio", "-p", "no:hypothesispytest", "-p", "no:schemathesis", "-p", "no:faker")
    suite_apart(*plain).assert_outcomes(passed=1)
    found = pytester.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plain, "--help")
    found.stdout.fnmatch_lines(["*--vipps-sandbox-url=URL*", "*vipps_scenarios (bool):*"])
