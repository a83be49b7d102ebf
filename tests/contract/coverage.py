"""Write the page that tells which test shows which documented outcome: `python -m tests.contract.coverage [PATH]`.

The markers `shows` are collected by pytest; no test is run.
"""

import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest

from tests.contract.codes import SHORT_CODES
from tests.contract.outcomes import GATEWAY, OUTCOMES, Key, Outcome
from tests.contract.witness import claims_of, operations

__all__ = ["PAGE", "Showing", "Shown", "gaps", "main", "page", "shown"]

_ROOT: Final = Path(__file__).parents[2]
PAGE: Final = _ROOT / "docs" / "coverage.md"

Shown = Mapping[Key, Sequence["Showing"]]


@dataclass(frozen=True, slots=True)
class Showing:
    """A test that shows an outcome, or those of its cases that do."""

    file: str
    name: str
    cases: str = ""  # empty where all do


_HEAD: Final = """\
<!-- Written by `make coverage`; do not edit. -->
# What the sandbox answers, and the test that shows it

Each row is one outcome that Vipps documents for an operation: HTTP status, error code and meaning, where it is told,
and the tests in which the sandbox answers just that. Of {all} outcomes, {shown} are shown by a test; the others say
why not. The page cannot claim too much: a test that is named here fails unless it met the outcome, any answer in the
API tests without a row here fails its test, and so does an error class of the sandbox without one. Where several
sources disagree, or none tells, the row says *judgement*. `make coverage` writes the page from the markers of the
tests (`tests/contract/outcomes.py` has the rows), and a test fails when it is out of date.
"""

_CODES: Final = """\
## Codes

The codes of the ePayment API (four or five digits, the `ErrorCode` in `extraDetails`) and of the Access Token API
(`AADSTS…`) are Vipps's own. Other refusals have none; here they are called by a word or two:

| code | what it means | a sign of it in the body |
|---|---|---|
"""

_COLUMNS: Final = "| status | code | meaning | source | shown by |\n|---|---|---|---|---|\n"


def shown() -> Shown:
    """Return which tests show which outcomes, by having pytest collect the files that use the marker.

    A test that is expected to fail shows nothing.

    Raises:
        RuntimeError: a file cannot be collected.
    """
    files = [path for path in sorted((_ROOT / "tests").rglob("test_*.py")) if "mark.shows(" in path.read_text()]
    found, told = _Found(), io.StringIO()
    # Nothing runs, and what this process has imported could not be rewritten any more.
    options = ["--collect-only", "-qq", "--assert=plain", "-p", "no:cacheprovider", f"--rootdir={_ROOT}"]
    with redirect_stdout(told):
        code = pytest.main([*options, *map(str, files)], [found])
    if code is not pytest.ExitCode.OK:
        raise RuntimeError(told.getvalue())
    return _by_outcome(found.tests)


def gaps(shown: Shown) -> list[str]:
    """Return what the table and the markers do not agree about."""
    rows = {row.key: row for row in OUTCOMES}
    wrong = []
    for key, tests in shown.items():
        row, names = rows.get(key), ", ".join(test.name for test in tests)
        if row is None:
            wrong.append(f"{key} has no row, and a marker on {names}")
        elif row.not_shown is not None:
            wrong.append(f"{key} has a reason why no test shows it, and a marker on {names}")
    unseen = (key for key, row in rows.items() if row.not_shown is None and key not in shown)
    return wrong + [f"{key} is shown by no test" for key in unseen]


def page(shown: Shown) -> str:
    """Return the page as Markdown."""
    count = sum(row.not_shown is None for row in OUTCOMES)
    parts = [_HEAD.format(all=len(OUTCOMES), shown=count)]
    for operation, rows in groupby(OUTCOMES, key=lambda row: row.operation):
        parts.append(f"{_title(operation)}\n\n{_COLUMNS}{''.join(_row(row, shown) for row in rows)}")
    signs = (f"| {one.code} | {one.meaning} | {', '.join(map(_literal, one.words))} |\n" for one in SHORT_CODES)
    parts.append(_CODES + "".join(signs))
    return "\n".join(parts)


@dataclass
class _Found:
    """A plugin that keeps what pytest collected."""

    tests: list[pytest.Function] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.tests = [item for item in session.items if isinstance(item, pytest.Function)]


def _by_outcome(tests: Iterable[pytest.Function]) -> Shown:
    by_outcome: dict[Key, list[Showing]] = {}
    for (file, name), group in groupby(tests, key=_file_and_name):
        cases = {case.name: claims_of(case) for case in group if case.get_closest_marker("xfail") is None}
        for key in sorted(set().union(*cases.values())):
            showing = [case for case, claims in cases.items() if key in claims]
            by_outcome.setdefault(key, []).append(_test(file, name, showing, len(cases)))
    return by_outcome


def _file_and_name(test: pytest.Function) -> tuple[str, str]:
    return test.nodeid.partition("::")[0], test.originalname


def _test(file: str, name: str, showing: Sequence[str], cases: int) -> Showing:
    if len(showing) == cases:
        return Showing(file, name)
    if len(showing) == 1:
        return Showing(file, showing[0])
    return Showing(file, name, f" ({len(showing)} of {cases} cases)")


def _title(operation: str) -> str:
    if operation == GATEWAY:
        return "## Any operation: what the gateway answers"
    served = operations().get(operation)
    return f"## {operation}" + ("" if served is None else f"\n\n`{served.method} {served.path}`")


def _row(row: Outcome, shown: Shown) -> str:
    tests = "<br>".join(map(_link, shown.get(row.key, ())))
    cells = (str(row.status), row.code or "-", row.meaning, row.source, row.not_shown or tests)
    return f"| {' | '.join(cells)} |\n"


def _link(test: Showing) -> str:
    return f"[{_literal(test.name)}](../{test.file}){test.cases}"


def _literal(text: str) -> str:
    in_a_table = text.replace("|", r"\|")
    return f"`{in_a_table}`"


def main(target: Path = PAGE) -> None:
    """Write the page, or exit with what is wrong."""
    found = shown()
    wrong = gaps(found)
    if wrong:
        sys.exit("\n".join(wrong))
    target.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
