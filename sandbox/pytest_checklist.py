"""The pytest plugin's go-live checklist: what the app under test did in the sales units of all tests.

A list is filled in for each sales unit when its test ends. What it tells anew goes with the test's report: that is
how it comes from a worker of xdist to the controller, which tells the whole at the end.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from sandbox.checklist.merging import Gathered
    from sandbox.testing import Unit

__all__ = ["Checklist", "add_options", "checklist_of"]

_MODE: Final = "vipps_sandbox_checklist"
_FILE: Final = "vipps_sandbox_checklist_file"
_STRICT: Final = "vipps_sandbox_checklist_strict"
_MODES: Final = ("no", "summary", "full")
_PROVOKES: Final = "vipps_provokes"
_TOLD: Final = "vipps_checklist"  # of a test's report


# --- Options --------------------------------------------------------------------------------------------


def add_options(parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    group.addoption(
        "--vipps-sandbox-checklist",
        choices=_MODES,
        help="What to tell of the go-live checklist after the tests: its counts and what is broken (summary, the "
        "default; with -v also how to show the rest), all of it (full), or nothing (no).",
    )
    group.addoption(
        "--vipps-sandbox-checklist-file",
        metavar="PATH",
        help="Write the go-live checklist there: as JSON (*.json), JUnit XML (*.xml) or text.",
    )
    group.addoption(
        "--vipps-sandbox-checklist-strict",
        action="store_true",
        default=None,
        help="Have the run fail if anything on the go-live checklist is broken.",
    )
    parser.addini(_MODE, "The same as --vipps-sandbox-checklist.", default=_MODES[1])
    parser.addini(_FILE, "The same as --vipps-sandbox-checklist-file; relative to the rootdir.", default="")
    parser.addini(_STRICT, "The same as --vipps-sandbox-checklist-strict.", type="bool", default=False)


def checklist_of(config: pytest.Config) -> "Checklist | None":
    """Return what a run keeps of the checklist; None if it is not asked for.

    Raises:
        pytest.UsageError: an option is not understood.
    """
    config.addinivalue_line(
        "markers",
        f"{_PROVOKES}(*items): what the test breaks of the go-live checklist, or of these items, it breaks on "
        "purpose: it is not held against the app.",
    )
    mode = config.getoption(_MODE) or config.getini(_MODE)
    if mode not in _MODES:
        raise pytest.UsageError(f"{_MODE} must be one of {', '.join(_MODES)}, not {mode!r}")
    if asked := config.getoption(_FILE):
        file = config.invocation_params.dir / asked
    else:
        file = config.rootpath / config.getini(_FILE) if config.getini(_FILE) else None
    if file is not None and file.is_dir():
        raise pytest.UsageError(f"--vipps-sandbox-checklist-file: {file} is a folder")
    is_strict = bool(config.getoption(_STRICT) or config.getini(_STRICT))
    if mode == "no" and file is None and not is_strict:
        return None
    return Checklist(mode, file, is_strict=is_strict, is_worker=hasattr(config, "workerinput"))


# --- The list -------------------------------------------------------------------------------------------


class Checklist:
    """What the sales units of a run showed; a plugin of pytest.

    Args:
        mode: What to tell of it: `no`, `summary` or `full`.
        file: Where to write it.
        is_strict: Whether the run fails if anything is broken.
        is_worker: Whether another process tells it.
    """

    def __init__(self, mode: str, file: Path | None, *, is_strict: bool, is_worker: bool) -> None:
        self._mode = mode
        self._file = file
        self._is_strict = is_strict
        self._is_worker = is_worker
        self._sent: Gathered | None = None  # with the reports of tests
        self._gathered: Gathered | None = None  # from those reports
        self._units = 0
        self._trouble: str | None = None
        self._told: dict[pytest.Item, dict[str, Any]] = {}  # until its report is made

    # --- A test -----------------------------------------------------------------------------------------

    @staticmethod
    def check_marks(item: pytest.Item) -> None:
        """Fail a test whose mark names no item of the list."""
        named = [name for mark in item.iter_markers(_PROVOKES) for name in mark.args]
        if named:
            from sandbox.checklist import ENTRIES

            known = [entry.id for entry in ENTRIES]
            unknown = [name for name in named if name not in known]
            if unknown:
                there_is = f"the go-live checklist has no item {unknown[0]!r}; it has {', '.join(known)}"
                pytest.fail(f"{_PROVOKES}: {there_is}", pytrace=False)

    def look_at(self, item: pytest.Item, unit: "Unit") -> None:
        """Keep what the app did in a test, before the sales unit is forgotten."""
        from sandbox.checklist.merging import Gathered
        from sandbox.testing import Refused

        if self._sent is None:
            self._sent = Gathered()
        try:
            items = _filled_in(item, unit)["items"]
        except Refused as refused:
            self._told[item] = {"trouble": str(refused)}
            return
        for line in items:
            for evidence in line["evidence"]:
                evidence["test"] = item.nodeid
            if line["howToShow"] is not None:
                line["howToShow"] = line["howToShow"].replace(f"/units/{unit.msn}/", "/units/{msn}/")
        self._told[item] = {"items": self._sent.take(items)}

    def add_to(self, report: pytest.TestReport, item: pytest.Item) -> None:
        """Send what was kept of a test, if this is its last report."""
        if report.when == "teardown" and item in self._told:
            vars(report)[_TOLD] = self._told.pop(item)

    @staticmethod
    def broken_in(item: pytest.Item, unit: "Unit") -> str | None:
        """Return what a failed test broke, in words."""
        from sandbox.checklist import reports

        filled_in = _filled_in(item, unit)
        return reports.as_summary(filled_in) if reports.broken_in(filled_in) else None

    # --- The run ----------------------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: dict[str, Any] | None = vars(report).get(_TOLD)
        if told is None or self._is_worker:
            return
        from sandbox.checklist.merging import Gathered

        if self._gathered is None:
            self._gathered = Gathered()
        self._units += 1
        self._gathered.take(told.get("items", ()))
        self._trouble = self._trouble or told.get("trouble")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._gathered is None:
            return
        from sandbox.checklist import reports

        filled_in = self._merged(self._gathered)
        is_wanting = self._is_strict and bool(reports.broken_in(filled_in))
        if self._file is not None:
            form = {".json": reports.as_indented_json, ".xml": reports.as_junit}.get(
                self._file.suffix, reports.as_text
            )
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(f"{form(filled_in)}\n", encoding="utf-8")
            except OSError as error:
                self._trouble, is_wanting = f"--vipps-sandbox-checklist-file: {error}", True
        if is_wanting and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._gathered is None:
            return
        if self._trouble is not None:
            terminalreporter.write_line(f"go-live checklist: {self._trouble}", red=True)
        from sandbox.checklist import Verdict, reports

        filled_in = self._merged(self._gathered)
        is_broken = bool(reports.broken_in(filled_in))
        if self._mode == "no":
            if self._is_strict and is_broken:
                terminalreporter.write_line(f"go-live checklist: {reports.counted(filled_in)}", red=True)
        elif self._mode == "full":
            terminalreporter.section("Vipps go-live checklist")
            terminalreporter.write_line(reports.as_text(filled_in))
        elif is_broken or terminalreporter.verbosity > 0:
            verdicts = (Verdict.BROKEN, Verdict.NOT_SEEN) if terminalreporter.verbosity > 0 else (Verdict.BROKEN,)
            terminalreporter.section("Vipps go-live checklist", red=is_broken)
            terminalreporter.write_line(reports.as_summary(filled_in, verdicts))
        else:
            terminalreporter.write_line(f"go-live checklist: {reports.counted(filled_in)}")
        if self._is_strict and is_broken:
            terminalreporter.write_line(
                "The run fails for what is broken (--vipps-sandbox-checklist-strict).", red=True
            )

    def _merged(self, gathered: "Gathered") -> dict[str, Any]:
        return {"units": self._units, "note": self._trouble, "items": gathered.items()}


def _filled_in(item: pytest.Item, unit: "Unit") -> dict[str, Any]:
    """Return the list of a test's sales unit, with what the test provokes marked as such."""
    from sandbox.checklist.merging import excusing

    filled_in: dict[str, Any] = {**unit.checklist()}
    marks = list(item.iter_markers(_PROVOKES))
    all_ids = {line["id"] for line in filled_in["items"]}
    excused = all_ids if any(not mark.args for mark in marks) else {name for mark in marks for name in mark.args}
    return {**filled_in, "items": excusing(filled_in["items"], excused)}
