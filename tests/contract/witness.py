"""Which outcomes a test really met: so that a marker cannot claim what its test does not show.

It listens in every client of the API tests. An answer that is no outcome in the table, or one that the table says is
never met, fails its call.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final

import httpx
import pytest

from sandbox.api.gateway.operations import Operation
from sandbox.api.gateway.recognition import Recognition
from sandbox.server import Sandbox
from tests.contract.codes import code_of
from tests.contract.outcomes import GATEWAY, OUTCOMES, Key

__all__ = ["claims_of", "operations", "watched", "witness"]

_EXPECTED: Final = {row.key for row in OUTCOMES if row.not_shown is None}
_GATEWAY_CODES: Final = {row.code for row in OUTCOMES if row.operation == GATEWAY}
_met: set[Key] = set()


def claims_of(test: pytest.Item) -> set[Key]:
    """Return the outcomes that a test's markers say it shows."""
    return {_claim(*marker.args) for marker in test.iter_markers("shows")}


@contextmanager
def watched(claims: Iterable[Key]) -> Iterator[None]:
    """Fail unless all *claims* are met before the context ends."""
    _met.clear()
    yield
    missing = sorted(set(claims) - _met)
    assert not missing, f"the marker says that this test shows {missing}, but it met {sorted(_met)}"


async def witness(answer: httpx.Response) -> None:
    """Note the outcome that an answer is; a hook for httpx clients."""
    await answer.aread()
    key = _outcome(answer)
    if key is None:
        return
    _met.add(key)
    assert key in _EXPECTED, (
        f"{key} has no row in tests/contract/outcomes.py, or one that says that it is never met\n{answer.text}"
    )


def operations() -> Mapping[str, Operation]:
    """Return the operations that the sandbox serves by their ids; of several paths, each with its first."""
    return {operation.id: operation for operation in reversed(_recognition()._operations)}


def _claim(operation: str, status: int, code: str = "") -> Key:
    return operation, status, code


def _outcome(answer: httpx.Response) -> Key | None:
    """Return None for what is the sandbox's own, and no Vipps operation."""
    code = code_of(answer)
    if code in _GATEWAY_CODES:
        return GATEWAY, answer.status_code, code
    found = _recognition()(answer.request.method, answer.request.url.path)
    return None if found is None else (found[0].id, answer.status_code, code)


@cache
def _recognition() -> Recognition:
    return Sandbox()._gateway._recognise
