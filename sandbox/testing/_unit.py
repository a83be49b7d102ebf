"""A sales unit to test with: everything that happens in it, and all that only a sandbox can do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
from pydantic.alias_generators import to_camel

from sandbox.client import AsyncVippsClient, Credentials, VippsClient
from sandbox.control import judging
from sandbox.control.shapes import ChecklistView, ExchangeView, FactView, FaultView, PaymentView, UnitView
from sandbox.domain.customers import Persona, is_phone_number
from sandbox.playback import LoadedScenario, Play, load
from sandbox.testing._clock import Clock, duration
from sandbox.testing._customer import Customer
from sandbox.testing._faults import Faults
from sandbox.testing._receiver import ReceiverServer
from sandbox.testing._scenarios import play_in
from sandbox.testing._webhooks import Webhooks
from sandbox.testing._wire import Wire

__all__ = ["Doors", "Snapshot", "Unit", "settings_body"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that had happened in a sales unit."""

    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Doors:
    """How a sandbox is reached: what a unit needs of it."""

    wire: Wire
    transport: Callable[[], httpx.BaseTransport]
    async_transport: Callable[[], httpx.AsyncBaseTransport]
    receivers: Callable[[], ReceiverServer]


class Unit:
    """One sales unit of a sandbox.

    Attributes:
        msn: The merchant serial number.
        credentials: Keys that the sandbox takes for this sales unit.
        base_url: What your app calls instead of https://apitest.vipps.no.
        clock: Moves time.
        faults: Makes calls go wrong.
        webhooks: Registers, receives, holds and sends webhooks again.
    """

    def __init__(self, doors: Doors, msn: str) -> None:
        self.msn = msn
        self.base_url = doors.wire.base_url
        self.credentials = Credentials(f"client-of-{msn}", f"secret-of-{msn}", f"subscription-key-of-{msn}", msn)
        self._doors = doors
        self._wire = doors.wire
        self._path = f"/sandbox/units/{msn}"
        self.clock = Clock(self._wire, self._path)
        self.faults = Faults(self._wire, self._path)
        self.webhooks = Webhooks(self._wire, self._path, self.credentials, doors.receivers)

    def __repr__(self) -> str:
        return f"Unit({self.msn!r}, base_url={self.base_url!r})"

    # --- Ways in ----------------------------------------------------------------------------------------

    def transport(self) -> httpx.BaseTransport:
        """Return what carries requests of an `httpx.Client` here; no socket, if it is in this process."""
        return self._doors.transport()

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what `transport` does, for an `httpx.AsyncClient`."""
        return self._doors.async_transport()

    def client(self) -> VippsClient:
        """Return the reference client, as this merchant; to be closed. What it waits, the unit's clock moves."""
        return VippsClient(
            self.credentials,
            self.base_url,
            transport=self.transport(),
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
        )

    def async_client(self) -> AsyncVippsClient:
        """Return what `client` does, to be awaited."""

        async def sleep(seconds: float) -> None:
            await anyio.to_thread.run_sync(partial(self.clock.advance, seconds=seconds))

        return AsyncVippsClient(self.credentials, self.base_url, transport=self.async_transport(), sleep=sleep)

    # --- Customers --------------------------------------------------------------------------------------

    def customer(
        self,
        phone_number: str,
        *,
        persona: Persona | str | None = None,
        person: Mapping[str, Any] | None = None,
    ) -> Customer:
        """Return whoever has a phone number (with country code, without plus).

        Args:
            persona: How this customer answers by itself, such as `approves`; else as the number and the unit have it.
            person: What is different about the person, such as `{"givenName": "Kari", "birthDate": "2015-01-01"}`.

        Raises:
            Refused: there is no such persona or member; the sentence tells which there are.
            ValueError: *phone_number* is none.
        """
        if not is_phone_number(phone_number):
            raise ValueError(f"{phone_number!r} is no phone number: 9 to 15 digits with country code, without plus")
        customer = Customer(self._wire, self._path, phone_number)
        if persona is not None or person is not None:
            customer.be(persona=persona, person=person)
        return customer

    # --- Looking inside ---------------------------------------------------------------------------------

    def payments(self) -> list[PaymentView]:
        """Return all payments, oldest first."""
        return list(self._wire.pages(f"{self._path}/payments", "payments"))

    def payment(self, reference: str) -> PaymentView:
        """Return one payment.

        Raises:
            LookupError: there is none; the text tells which there are.
        """
        payments = self.payments()
        for payment in payments:
            if payment["reference"] == reference:
                return payment
        known = ", ".join(payment["reference"] for payment in payments) or "none"
        raise LookupError(f"there is no payment {reference!r}; there is {known}")

    def requests(self) -> list[ExchangeView]:
        """Return the calls to Vipps's APIs with their answers, oldest first, secrets masked, refusals explained."""
        return list(self._wire.pages(f"{self._path}/requests", "requests"))

    def facts(self) -> list[FactView]:
        """Return all that has happened, oldest first."""
        return list(self._wire.pages(f"{self._path}/facts", "facts"))

    def timeline(self) -> str:
        """Return the story so far as text, as the report of a failed test has it; secrets are masked."""
        from sandbox.testing._timeline import timeline  # noqa: PLC0415 - few tests fail

        return timeline(self._wire, self._path)

    def checklist(self) -> ChecklistView:
        """Return Vipps's go-live checklist, filled in from what your app did here so far."""
        filled_in: ChecklistView = self._wire.ask("GET", f"{self._path}/checklist")
        return filled_in

    # --- The unit itself --------------------------------------------------------------------------------

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change some settings, and return all (in camelCase, as JSON).

        Args:
            changes: By their names in snake_case, such as `push_message_allowed=False`; a timedelta is a duration.

        Raises:
            Refused: there is no such setting or value; the sentence tells which there are.
        """
        if not changes:
            view: UnitView = self._wire.ask("GET", self._path)
            return view["settings"]
        view = self._wire.ask("PATCH", f"{self._path}/settings", settings_body(changes))
        return view["settings"]

    def snapshot(self) -> Snapshot:
        """Return all that has happened, to restore this unit or another from."""
        return Snapshot(self._wire.ask("POST", f"{self._path}/snapshot"))

    def restore(self, snapshot: Snapshot) -> None:
        """Make this unit what it, or another, was at a snapshot; its clock goes on from there."""
        self._wire.ask("POST", f"{self._path}/restore", snapshot.content)

    def reset(self) -> list[FaultView]:
        """Make this unit anew, with its first settings; return the faults that no call ever met."""
        faults: list[FaultView] = self._wire.ask("POST", f"{self._path}/reset")["faultsNeverMet"]
        return faults

    def remove(self) -> list[FaultView]:
        """Have this unit be gone with all that it holds; return the faults that no call ever met.

        For a sandbox that goes on running; one that ends with the tests takes all with it.
        """
        faults: list[FaultView] = self._wire.ask("DELETE", self._path)["faultsNeverMet"]
        return faults

    def play(self, path: str | Path) -> list[Play]:
        """Play the scenarios of a file in this unit, one after the other.

        Raises:
            ScenarioInvalid: the file is not understood.
            ScenarioFailed: one did not go as it should; an AssertionError that reads as the player tells it.
        """
        return [self.play_one(scenario) for scenario in load(Path(path), judging)]

    def play_one(self, scenario: LoadedScenario) -> Play:
        """Play a scenario in this unit; see `play`."""
        return play_in(self._wire, self.transport(), self.msn, scenario)


def settings_body(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as the sandbox's own API takes them."""
    return {
        to_camel(name): duration(value) if isinstance(value, timedelta) else value for name, value in changes.items()
    }
