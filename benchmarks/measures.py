"""What is measured, and what is demanded of it.

Each function starts servers of its own, fills them, and gives rows of the table.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.load import MSN, Requests, Throughput, fill, wrk
from benchmarks.servers import BARE, SANDBOX, Server, seconds_to_first_answer, server

__all__ = ["FULL", "MEASURES", "QUICK", "Row", "Scale", "a_sandbox", "ratio_of"]

_ROOT: Final = Path(__file__).parent.parent
_MB: Final = 1_000_000
_FEW: Final = 100  # stored payments


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is done for one run; *seconds* are those of one measurement with wrk."""

    rounds: int
    seconds: int
    starts: int
    stored: int  # payments, when creates are measured
    stored_most: int  # payments, when gets are measured
    logged: int  # requests, when memory is measured
    events: int  # that webhooks are told of at once
    waiting: tuple[int, ...]  # payments, when the clock is moved over them
    tests: int  # of a merchant's suite, when the pytest plugin is measured


FULL: Final = Scale(
    rounds=7,
    seconds=3,
    starts=11,
    stored=100_000,
    stored_most=200_000,
    logged=100_000,
    events=2_000,
    waiting=(1, 100, 10_000),
    tests=200,
)
QUICK: Final = Scale(
    rounds=1,
    seconds=1,
    starts=1,
    stored=500,
    stored_most=1_000,
    logged=500,
    events=50,
    waiting=(1, 10, 50),
    tests=3,
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table; *limit* tells what holds the sandbox back, should it miss what is demanded."""

    what: str
    reference: str = ""
    sandbox: str
    ratio: str = ""
    demanded: str = ""
    met: bool | None = None  # None: nothing is demanded
    limit: str = ""


def cold_start(scale: Scale) -> Iterator[Row]:
    for command in (BARE, SANDBOX):
        seconds_to_first_answer(command)  # compiles what is not compiled yet
    pairs = [(seconds_to_first_answer(BARE), seconds_to_first_answer(SANDBOX)) for _ in range(scale.starts)]
    ratio = ratio_of(pairs)
    yield Row(
        what="process start to first healthy answer",
        reference=f"{median(bare for bare, _ in pairs) * 1000:.0f} ms",
        sandbox=f"{median(ours for _, ours in pairs) * 1000:.0f} ms",
        ratio=f"{ratio:.2f}",
        demanded="≤ 1.60",
        met=ratio <= 1.6,
        limit="imports, and in them the building of classes; `python -X importtime -m sandbox serve` tells more",
    )


def memory(scale: Scale) -> Iterator[Row]:
    """The log holds the same requests before the payments are stored as afterwards: what is left is theirs."""
    with a_sandbox() as (sandbox, requests):
        fill(sandbox, requests.create(sandbox), 1, _FEW)
        at_start = sandbox.memory
        _store_nothing(sandbox, requests, scale.logged)
        with_log = sandbox.memory
        fill(sandbox, requests.create(sandbox), _FEW + 1, _FEW + scale.logged)
        _store_nothing(sandbox, requests, scale.logged)
        with_payments = sandbox.memory
    log = (with_log - at_start) / _MB
    yield Row(
        what=f"memory after {scale.logged:_} requests, above the start",
        sandbox=f"{log:.0f} MB",
        demanded="≤ 150 MB",
        met=log <= 150,
        limit="the request log's bounds: its number of exchanges, and the weight that it gives each of them",
    )
    yield Row(what="memory per stored payment", sandbox=f"{(with_payments - with_log) / scale.logged:.0f} bytes")


def create(scale: Scale) -> Iterator[Row]:
    with server(BARE) as bare, a_sandbox() as (sandbox, requests):
        for one in (bare, sandbox):
            fill(one, requests.create(one), 1, scale.stored)
        rounds = [
            [wrk(one, requests.create(one), scale.seconds, after=number * 1_000_000) for one in (bare, sandbox)]
            for number in range(1, scale.rounds + 1)
        ]
    yield _throughput(f"create, from {scale.stored:_} stored payments on", rounds, 0.60)
    p99 = median(ours.p99 for _, ours in rounds)
    yield Row(
        what=f"p99 of create, from {scale.stored:_} stored payments on",
        reference=f"{median(bare.p99 for bare, _ in rounds):.1f} ms",
        sandbox=f"{p99:.1f} ms",
        demanded="< 15 ms",
        met=p99 < 15,
        limit="32 requests at once are answered one after another; what else runs here slows the reference, too",
    )


def get(scale: Scale) -> Iterator[Row]:
    many = scale.stored_most
    with (
        server(BARE) as bare,
        server(BARE) as bare_few,
        a_sandbox() as (ours, mine),
        a_sandbox() as (ours_few, mine_few),
    ):
        asked = [(bare, mine, many), (ours, mine, many), (bare_few, mine, _FEW), (ours_few, mine_few, _FEW)]
        for one, requests, stored in asked:
            fill(one, requests.create(one), 1, stored)
        rounds = [
            [wrk(one, requests.get(one), scale.seconds, last=stored) for one, requests, stored in asked]
            for _ in range(scale.rounds)
        ]
    yield _throughput(f"get, of {many:_} stored payments", [of_many for *of_many, _, _ in rounds], 0.75)
    bare_slowed = ratio_of([(of_few.per_second, of_many.per_second) for of_many, _, of_few, _ in rounds])
    slowed = ratio_of([(of_few.per_second, of_many.per_second) for _, of_many, _, of_few in rounds])
    ratio = slowed / bare_slowed
    yield Row(
        what=f"get of {many:_} stored payments, against {_FEW}",
        reference=f"{bare_slowed:.2f}",
        sandbox=f"{slowed:.2f}",
        ratio=f"{ratio:.2f}",
        # Of so many payments the processor's caches hold few: a dict slows down for that, too, and nothing else may.
        demanded="≥ 0.95",
        met=ratio >= 0.95,
        limit="more of a payment is looked at than before, or something is looked for among all of them",
    )


def plugin(scale: Scale) -> Iterator[Row]:
    """The start of the sandbox is shared by all tests of a run, as in a merchant's suite."""
    rounds = [_seconds_per_test(scale.tests) for _ in range(scale.rounds)]
    ours = median(flow_a - nothing for nothing, flow_a in rounds)
    yield Row(
        what=f"flow A in a fresh sales unit, of {scale.tests} tests each",
        reference=f"{median(nothing for nothing, _ in rounds) * 1000:.2f} ms",
        sandbox=f"{median(flow_a for _, flow_a in rounds) * 1000:.2f} ms",
        demanded="< 10 ms more",
        met=ours < 0.010,
        limit="a dozen calls, half of them by the merchant's client, each handed to the sandbox's thread and back",
    )


MEASURES: Final = (cold_start, memory, create, get, plugin)


def _seconds_per_test(tests: int) -> tuple[float, float]:
    """Return how long a test takes that does nothing, and one that runs flow A, of one run of pytest."""
    options = ("-q", "-p", "sandbox.pytest_plugin", "-p", "benchmarks.timed", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-c", os.devnull, "--rootdir", str(_ROOT), "benchmarks/flow_a.py"],
        cwd=_ROOT,
        env=os.environ | {"FLOW_A_TESTS": str(tests)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the suite failed:\n{done.stdout}{done.stderr}")
    seconds = next(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return seconds["test_nothing"] / tests, seconds["test_flow_a"] / tests


def _throughput(what: str, rounds: Sequence[Sequence[Throughput]], demanded: float) -> Row:
    ratio = ratio_of([(bare.per_second, ours.per_second) for bare, ours in rounds])
    return Row(
        what=what,
        reference=f"{median(bare.per_second for bare, _ in rounds):.0f}/s",
        sandbox=f"{median(ours.per_second for _, ours in rounds):.0f}/s",
        ratio=f"{ratio:.2f}",
        demanded=f"≥ {demanded:.2f}",
        met=ratio >= demanded,
        limit="Python's time per request in the gateway, the domain and the log; a profiler tells where",
    )


def ratio_of(pairs: Sequence[tuple[float, float]]) -> float:
    return median(ours / reference for reference, ours in pairs)


@contextmanager
def a_sandbox() -> Iterator[tuple[Server, Requests]]:
    """Run a sandbox whose payments do not expire while they are measured; give it with the requests for it."""
    with server(SANDBOX) as sandbox:
        sandbox.ask("PATCH", f"/sandbox/units/{MSN}/settings", {"paymentTimeout": "P1D"})
        yield sandbox, Requests.with_token_of(sandbox)


def _store_nothing(sandbox: Server, requests: Requests, times: int) -> None:
    """Get payments, and create them once more with the keys that they have already."""
    for _ in range(times // (2 * _FEW)):
        fill(sandbox, requests.get(sandbox), 1, _FEW)
        fill(sandbox, requests.create(sandbox), 1, _FEW)
