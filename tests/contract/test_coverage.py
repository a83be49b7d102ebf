"""The page of outcomes: that it is complete, up to date, and cannot claim what no test shows."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest

from sandbox.api.gateway.access import ClientUnknown, SecretWrong
from sandbox.api.gateway.problems import GatewayRefusal
from sandbox.domain.errors import Refusal
from tests.api.merchant import serving
from tests.contract import coverage
from tests.contract.codes import SHORT_CODES
from tests.contract.coverage import PAGE, Showing, gaps, main
from tests.contract.outcomes import OUTCOMES, OWN, rows_of
from tests.contract.witness import operations, watched, witness

_NO_PATH = ("gateway", 404, "no path")


def leaves(error: type[Exception]) -> set[type[Exception]]:
    below = error.__subclasses__()
    return {leaf for one in below for leaf in leaves(one)} if below else {error}


def test_the_page_is_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "coverage.md"
    command = [sys.executable, "-m", "tests.contract.coverage", str(path)]
    done = subprocess.run(command, cwd=PAGE.parents[1], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert path.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8"), "`make coverage` writes it anew"


def test_every_error_class_has_a_row() -> None:
    classes = leaves(Refusal) - OWN | leaves(GatewayRefusal) | {ClientUnknown, SecretWrong}
    assert {error.__name__ for error in classes if not rows_of(error)} == set()


def test_every_operation_has_a_row() -> None:
    assert operations().keys() - {row.operation for row in OUTCOMES} == set()


def test_an_outcome_has_one_row() -> None:
    assert [key for key, count in Counter(row.key for row in OUTCOMES).items() if count > 1] == []


def test_every_short_code_is_in_a_row() -> None:
    assert {one.code for one in SHORT_CODES} - {row.code for row in OUTCOMES} == set()


@pytest.mark.shows("getPayment", 200)
@pytest.mark.xfail(raises=AssertionError, reason="its marker claims what it does not meet, and has to fail it")
def test_a_marker_cannot_lie() -> None: ...


@pytest.mark.anyio
async def test_a_claim_is_met_by_a_call_of_the_test_itself() -> None:
    async with serving() as http:
        with watched([_NO_PATH]):
            await http.get("/nowhere")
        with pytest.raises(AssertionError, match="but it met"), watched([_NO_PATH]):
            await http.get("/sandbox/units")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(400, "9999", id="without a row"),
        pytest.param(400, "6050", id="said to be never met"),
    ],
)
async def test_an_answer_that_the_table_does_not_expect_is_refused(status: int, code: str) -> None:
    answer = httpx.Response(
        status,
        json={"extraDetails": [{"name": "ErrorCode", "reason": code}]},
        headers={"Content-Type": "application/problem+json"},
        request=httpx.Request("POST", "http://sandbox.test/epayment/v1/payments/acme-shop-1/cancel"),
    )
    with pytest.raises(AssertionError, match=rf"\('cancelPayment', {status}, '{code}'\)"):
        await witness(answer)


def test_what_the_table_and_the_markers_do_not_agree_about_is_told() -> None:
    test = [Showing("tests/test_it.py", "test_it")]
    complete = {row.key: test for row in OUTCOMES if row.not_shown is None}
    assert gaps(complete) == []
    assert gaps(complete | {("getPayment", 418, ""): test}) == [
        "('getPayment', 418, '') has no row, and a marker on test_it"
    ]
    assert gaps(complete | {("cancelPayment", 400, "6050"): test}) == [
        "('cancelPayment', 400, '6050') has a reason why no test shows it, and a marker on test_it"
    ]
    del complete["getPayment", 200, ""]
    assert gaps(complete) == ["('getPayment', 200, '') is shown by no test"]


def test_an_incomplete_page_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "shown", dict)
    with pytest.raises(SystemExit, match="is shown by no test"):
        main(tmp_path / "coverage.md")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
