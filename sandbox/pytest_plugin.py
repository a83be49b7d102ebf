"""The pytest plugin: fixtures, the report of a failed test, and scenario files as tests. Stands on `sandbox.testing`.

It is loaded by every pytest that finds the sandbox installed, and must cost such a run nothing: whatever is more than
pytest itself is imported when a test asks for it.
"""

import os
import re
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from sandbox.pytest_checklist import Checklist, add_options, checklist_of

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

    from sandbox.playback import LoadedScenario
    from sandbox.testing import Unit, VippsSandbox

__all__ = ["FaultNeverMet", "ScenarioFile", "ScenarioItem", "vipps_sandbox", "vipps_unit"]

_URL: Final = "vipps_sandbox_url"
_SCENARIOS: Final = "vipps_scenarios"
# Both keys, on the outermost level: no other tool's files have them.
_IS_SCENARIO: Final = re.compile(r"(?=.*^scenario:[ \t]+\S)(?=.*^steps:)", re.DOTALL | re.MULTILINE)
_LARGEST: Final = 1_000_000  # bytes of a scenario file


class FaultNeverMet(UserWarning):
    """A test armed a fault that no call ever met: what it shows, it does not show."""


class _Session:
    """The sandbox of one test run (of one process, under xdist): started when it is first asked for."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._ends = ExitStack()
        self._sandbox: VippsSandbox | None = None
        self._trouble: str | None = None

    def sandbox(self) -> "VippsSandbox":
        """Return the sandbox; where there is none, the test fails in one line."""
        if self._sandbox is None:
            self._start()
        if self._sandbox is None:
            pytest.fail(self._trouble or "", pytrace=False)
        return self._sandbox

    def _start(self) -> None:
        if self._trouble is not None:  # not asked again for each test
            return
        from sandbox.testing import Refused, at, in_thread

        try:
            self._sandbox = self._ends.enter_context(in_thread() if self._url is None else at(self._url))
        except (Refused, OSError, RuntimeError, ValueError) as error:  # ValueError: a variable SANDBOX_* is wrong
            where = "the sandbox did not start" if self._url is None else "--vipps-sandbox-url"
            self._trouble = f"{where}: {error}"

    def end(self) -> None:
        self._sandbox = None
        self._ends.close()


_SESSION: Final = pytest.StashKey[_Session]()
_CHECKLIST: Final = pytest.StashKey[Checklist | None]()
_UNIT: Final = pytest.StashKey["Unit"]()
_NAMED: Final = pytest.StashKey[list[Path]]()
_WORKER_INPUT: Final = "vipps_sandbox_named"


# --- Options --------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("vipps-sandbox", "Vipps sandbox")
    group.addoption(
        "--vipps-sandbox-url",
        metavar="URL",
        help="Test against the sandbox that runs there, instead of one started for this run.",
    )
    parser.addini(_URL, "The same as --vipps-sandbox-url.", default="")
    parser.addini(
        _SCENARIOS,
        "Collect scenario files (*.yaml with `scenario:` and `steps:`) as tests. true: wherever there are any; "
        "false: never; unset: where files or folders are named on the command line.",
        type="bool",
        default=None,
    )
    add_options(parser, group)


def pytest_configure(config: pytest.Config) -> None:
    url = config.getoption(_URL) or config.getini(_URL) or None
    if url is not None and not url.startswith(("http://", "https://")):
        raise pytest.UsageError(f"--vipps-sandbox-url must begin with http:// or https://, not {url!r}")
    config.stash[_SESSION] = _Session(url)
    config.stash[_NAMED] = _named(config)
    config.stash[_CHECKLIST] = checklist = checklist_of(config)
    if checklist is not None:
        config.pluginmanager.register(checklist, "vipps-sandbox-checklist")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist what was named on the command line: it is given as its own what was looked up."""
    node.workerinput[_WORKER_INPUT] = [str(path) for path in node.config.stash[_NAMED]]


def pytest_unconfigure(config: pytest.Config) -> None:
    session = config.stash.get(_SESSION, None)
    if session is not None:
        session.end()


# --- Fixtures -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def vipps_sandbox(pytestconfig: pytest.Config) -> "VippsSandbox":
    """A Vipps sandbox for this run: in a thread, or the one at --vipps-sandbox-url."""
    return pytestconfig.stash[_SESSION].sandbox()


@pytest.fixture
def vipps_unit(vipps_sandbox: "VippsSandbox", request: pytest.FixtureRequest) -> Iterator["Unit"]:
    """A fresh sales unit of the Vipps sandbox; if the test fails, the report tells what happened in it."""
    checklist = request.config.stash[_CHECKLIST]
    if checklist is not None:
        checklist.check_marks(request.node)
    unit = vipps_sandbox.unit(purpose=request.node.name)
    request.node.stash[_UNIT] = unit
    yield unit
    if checklist is not None:
        checklist.look_at(request.node, unit)
    # What runs elsewhere can be looked at afterwards; what is ours is not to grow with every test.
    never_met = unit.reset() if vipps_sandbox.is_ours else [fault for fault in unit.faults() if not fault["fired"]]
    for fault in never_met:
        match = {name: value for name, value in fault["match"].items() if value is not None}
        warnings.warn(FaultNeverMet(f"no call met the fault {fault['then']} of {match or 'any call'}"), stacklevel=1)


# --- The report of a failed test ------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    unit, checklist = item.stash.get(_UNIT, None), item.config.stash[_CHECKLIST]
    if unit is not None and report.failed and report.when != "teardown":
        try:
            told = unit.timeline()
            broken = None if checklist is None else checklist.broken_in(item, unit)
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the test's own failure is to be seen
            told, broken = f"It cannot be told: {error}", None
        report.sections.append((f"Vipps sales unit {unit.msn}", told))
        if broken is not None:
            report.sections.append(("Vipps go-live checklist", broken))
    if checklist is not None:
        checklist.add_to(report, item)
    return report


# --- Scenario files -------------------------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    if file_path.suffix not in {".yaml", ".yml"} or file_path.name.startswith("_"):
        return None
    if not _is_asked_for(file_path, parent.config) or not _is_scenario(file_path):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


def _is_asked_for(path: Path, config: pytest.Config) -> bool:
    always: bool | None = config.getini(_SCENARIOS)
    if always is not None:
        return always
    return any(path == named or named in path.parents for named in config.stash[_NAMED])


def _named(config: pytest.Config) -> list[Path]:
    """Return the files and folders that are named on the command line."""
    told: list[str] | None = getattr(config, "workerinput", {}).get(_WORKER_INPUT)
    if told is not None:
        return [Path(path) for path in told]
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return []
    paths = [config.invocation_params.dir / arg.partition("::")[0] for arg in config.args]
    return [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - as pytest does: links stay links


def _is_scenario(path: Path) -> bool:
    try:
        if path.stat().st_size > _LARGEST:
            return False
        return _IS_SCENARIO.match(path.read_text(encoding="utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False


class ScenarioFile(pytest.File):
    """A scenario file: a test for each of its scenarios."""

    def collect(self) -> Iterable["ScenarioItem"]:
        from sandbox.control import judging
        from sandbox.playback import ScenarioInvalid, load

        try:
            scenarios = load(self.path, judging)
        except ScenarioInvalid as invalid:
            raise self.CollectError(str(invalid)) from invalid
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.title, scenario=scenario)


class ScenarioItem(pytest.Item):
    """A scenario, played in a sales unit of its own."""

    def __init__(self, name: str, parent: ScenarioFile, scenario: "LoadedScenario") -> None:
        super().__init__(name, parent)
        self._scenario = scenario

    def runtest(self) -> None:
        self.config.stash[_SESSION].sandbox().unit(purpose=self.name).play_one(self._scenario)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> "str | TerminalRepr":
        """Return what the player tells of it, or why the sandbox did not take part."""
        from sandbox.testing import Refused, ScenarioFailed

        match excinfo.value:
            case ScenarioFailed() as failed:
                return failed.coloured if self.config.get_terminal_writer().hasmarkup else str(failed)
            case Refused() as refused:
                return str(refused)
            case _:
                return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name
