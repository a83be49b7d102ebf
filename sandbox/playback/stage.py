"""The sandbox as players see it: a client of its own API, for what a merchant cannot do.

A stage makes sales units, plays their customers and moves their clocks; it is no part of what is tested.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import TypeAdapter

from sandbox.client import Credentials

__all__ = ["Stage", "StageRefused", "StageUnit"]

_DURATION = TypeAdapter(timedelta)


class StageRefused(Exception):
    """The sandbox's own API said no; *detail* is its sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class Stage:
    """A running sandbox.

    Args:
        base_url: Where it listens.
        transport: What carries the requests, instead of the network.
    """

    def __init__(self, base_url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.Client(base_url=self.base_url, transport=transport, timeout=60)

    def unit(self, settings: Mapping[str, Any] | None = None) -> "StageUnit":
        """Make a sales unit that nobody else has; *settings* are those of the sandbox's own API, in camelCase."""
        made = self.ask("POST", "/sandbox/units", {"settings": dict(settings or {})})
        return StageUnit(self, made["msn"])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Make one call and return its JSON.

        Raises:
            StageRefused: it was answered with an error, or not at all.
        """
        try:
            response = self._http.request(method, path, json=body)
        except httpx.RequestError as error:
            raise StageRefused(0, f"no sandbox answers at {self.base_url}: {error}") from error
        try:
            content = response.json()
        except ValueError:
            raise StageRefused(response.status_code, f"no sandbox answers at {self.base_url}{path}") from None
        if response.is_error:
            detail = content.get("detail") if isinstance(content, dict) else None
            raise StageRefused(response.status_code, detail or response.text)
        return content

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class StageUnit:
    """One sales unit on the stage."""

    def __init__(self, stage: Stage, msn: str) -> None:
        self._stage = stage
        self.msn = msn
        self._path = f"/sandbox/units/{msn}"

    @property
    def credentials(self) -> Credentials:
        """Credentials that a sandbox with open access takes for this sales unit."""
        return Credentials(f"client-of-{self.msn}", "any-secret", "any-subscription-key", self.msn)

    def clock(self) -> dict[str, Any]:
        return self._object("GET", "/clock")

    def set_clock(self, now: datetime | None = None, *, frozen: bool | None = None) -> dict[str, Any]:
        asked = {"now": None if now is None else now.isoformat(), "frozen": frozen}
        return self._object("PUT", "/clock", {name: value for name, value in asked.items() if value is not None})

    def advance(self, *, by: timedelta | None = None, to: datetime | None = None) -> dict[str, Any]:
        """Move the clock forward; the answer's `happened` lists what fell due on the way."""
        if by is not None:
            return self._object("POST", "/clock/advance", {"by": _DURATION.dump_python(by, mode="json")})
        return self._object("POST", "/clock/advance", {"to": None if to is None else to.isoformat()})

    def customer(self, phone_number: str) -> dict[str, Any]:
        """Return the person behind a number, and what the phone shows."""
        return self._object("GET", f"/customers/{phone_number}")

    def act(self, phone_number: str, action: str, reference: str) -> dict[str, Any]:
        """Do something on the phone; raises StageRefused if that is not on the screen."""
        return self._object("POST", f"/customers/{phone_number}/{action}", {"reference": reference})

    def _object(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = self._stage.ask(method, self._path + path, body)
        return answer
