"""What is measured of that which happens by itself: webhooks, and moves of the clock."""

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks.load import MSN, Requests, fill
from benchmarks.measures import Row, Scale, a_sandbox, ratio_of
from benchmarks.servers import HOST, RECEIVER, Server, server

__all__ = ["REACTIONS"]

_UNIT: Final = f"/sandbox/units/{MSN}"
_REGISTRATIONS: Final = 3
_LINEAR: Final = 2.0  # how much more a payment may cost among many than among few


def webhooks(scale: Scale) -> Iterator[Row]:
    """What is owed is held, then released all at once; the release answers when all was answered."""
    pairs = []
    with server(RECEIVER) as receiver, a_sandbox() as (sandbox, requests):
        url = f"http://{HOST}:{receiver.port}/webhook"
        _register(sandbox, requests, url, "created")
        for number in range(scale.rounds):
            sandbox.ask("POST", f"{_UNIT}/webhooks/hold", {})
            fill(sandbox, requests.create(sandbox), number * scale.events + 1, (number + 1) * scale.events)
            took = _seconds(sandbox, f"{_UNIT}/webhooks/release", {})
            command = [sys.executable, "-m", "benchmarks.posts", url, str(scale.events)]
            bare = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            pairs.append((scale.events / bare, scale.events / took))
    ratio = ratio_of(pairs)
    yield Row(
        what=f"webhooks delivered, {scale.events:_} events at once",
        reference=f"{median(bare for bare, _ in pairs):.0f}/s",
        sandbox=f"{median(ours for _, ours in pairs):.0f}/s",
        ratio=f"{ratio:.2f}",
        demanded="≥ 0.40",
        met=ratio >= 0.4,
        limit="Python's time for each delivery beside its POST: body, signature, facts and their fold",
    )


def advance(scale: Scale) -> Iterator[Row]:
    """Payments that nobody answers expire on the way; with registrations, each tells all of them."""
    for registrations in (0, _REGISTRATIONS):
        per_payment: dict[int, float] = {}
        for payments in scale.waiting:
            per_payment[payments] = median(
                _advance(payments, registrations) / payments for _ in range(scale.rounds if payments < 1000 else 1)
            )
        told = f", {registrations} registrations" if registrations else ""
        few, most = scale.waiting[-2:]
        for payments in scale.waiting:
            ratio = per_payment[payments] / per_payment[few]
            yield Row(
                what=f"advance over open payments{told}: each of {payments:_}",
                reference=f"{per_payment[few] * 1000:.3f} ms",
                sandbox=f"{per_payment[payments] * 1000:.3f} ms",
                ratio=f"{ratio:.2f}",
                demanded=f"≤ {_LINEAR:.2f}" if payments == most else "",
                met=ratio <= _LINEAR if payments == most else None,
                limit="something is looked for among all payments; a profiler of SalesUnit.advance tells what",
            )


REACTIONS: Final = (webhooks, advance)


def _advance(payments: int, registrations: int) -> float:
    """Return how many seconds a new sandbox takes to have so many payments expire."""
    with server(RECEIVER) as receiver, a_sandbox() as (sandbox, requests):
        for number in range(registrations):
            _register(sandbox, requests, f"http://{HOST}:{receiver.port}/{number}", "expired")
        fill(sandbox, requests.create(sandbox), 1, payments)
        return _seconds(sandbox, f"{_UNIT}/clock/advance", {"by": "P60D"})


def _register(sandbox: Server, requests: Requests, url: str, event: str) -> None:
    content = {"url": url, "events": [f"epayments.payment.{event}.v1"]}
    sandbox.ask("POST", "/webhooks/v1/webhooks", content, requests.headers)


def _seconds(sandbox: Server, path: str, content: object) -> float:
    begun = time.perf_counter()
    sandbox.ask("POST", path, content)
    return time.perf_counter() - begun
