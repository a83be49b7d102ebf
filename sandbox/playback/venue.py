"""Where a story can be played: in a sales unit of a sandbox, or in one of Vipps's own test environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import uuid4

import httpx

from sandbox.client import Credentials, RetryPolicy, VippsClient
from sandbox.client._session import is_production
from sandbox.playback.language import Step, clock, customer, expect, merchant, network
from sandbox.playback.loading import LoadedScenario
from sandbox.playback.refusals import Refused
from sandbox.playback.sources import Passage

__all__ = ["OURS", "RealStage", "RealUnit", "Unit", "client_of", "real_stage", "what_needs_a_sandbox"]

OURS: Final = {"Sandbox-Player": "watch"}  # a header by which a sandbox knows the calls by which a player looks
_ONE_TRY: Final = RetryPolicy(attempts=1)  # a scenario says itself what is repeated


class Unit(Protocol):
    """A sales unit, as the merchant's side of a story sees it."""

    @property
    def msn(self) -> str: ...

    @property
    def credentials(self) -> Credentials: ...

    @property
    def marks(self) -> Mapping[str, str]:
        """Headers of calls by which the player itself looks how things are."""

    def client(self, transport: httpx.BaseTransport, now: Callable[[], datetime]) -> VippsClient:
        """Return a client that goes by the clock of the sales unit."""

    def new_key(self) -> str:
        """Return an idempotency key that nobody has used."""

    def explanation(self, status: int) -> str | None:
        """Return why the last call was refused with *status*, if that is known."""


def client_of(
    credentials: Credentials, base_url: str, transport: httpx.BaseTransport, now: Callable[[], datetime]
) -> VippsClient:
    return VippsClient(
        credentials, base_url, transport=transport, now=now, retry=_ONE_TRY, timeout=timedelta(hours=1)
    )


class RealUnit:
    """A sales unit of Vipps's test environment, where nobody but Vipps moves time or looks at phones."""

    def __init__(self, base_url: str, credentials: Credentials) -> None:
        self._base_url = base_url
        self.credentials = credentials
        self.marks: Mapping[str, str] = {}

    @property
    def msn(self) -> str:
        return self.credentials.merchant_serial_number

    def client(self, transport: httpx.BaseTransport, now: Callable[[], datetime]) -> VippsClient:
        return client_of(self.credentials, self._base_url, transport, now)

    def new_key(self) -> str:
        return str(uuid4())

    def explanation(self, status: int) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class RealStage:
    """Vipps's own test environment: one sales unit for all."""

    unit: RealUnit
    transport: httpx.BaseTransport


def real_stage(base_url: str, credentials: Credentials, transport: httpx.BaseTransport) -> RealStage:
    """Return a sales unit of Vipps's test environment to play in.

    Raises:
        Refused: *base_url* is production, where nothing is ever played.
    """
    if is_production(base_url):
        raise Refused(0, f"{base_url} is production: scenarios are played in a sandbox or a test environment")
    return RealStage(RealUnit(base_url, credentials), transport)


_NEEDS: Final[Mapping[type[Step], str]] = {
    clock.ClockStep: "the clock of a sandbox: nobody else can move time",
    customer.SeeDetails: "the phone of a sandbox to look at",
    customer.SeeInbox: "the phone of a sandbox to look at",
    expect.ExpectScreen: "the phone of a sandbox to look at",
    customer.Refuse: "a customer of a sandbox: force approve can only approve",
    customer.Reject: "a customer of a sandbox: force approve can only approve",
    customer.PayLater: "a customer of a sandbox: force approve can only approve",
    customer.DeclineCard: "a customer of a sandbox: force approve can only approve",
    merchant.RegisterWebhook: "a sandbox to be told by: elsewhere Vipps cannot reach a receiver here",
    expect.ExpectWebhooks: "a sandbox to be told by: elsewhere Vipps cannot reach a receiver here",
    expect.ExpectNoWebhook: "a sandbox to be told by: elsewhere Vipps cannot reach a receiver here",
    expect.ExpectChecklist: "the checklist of a sandbox",
    network.NetworkStep: "the network of a sandbox",
    customer.Is: "a customer of a sandbox: elsewhere people are who they are",
    customer.WithdrawConsent: "a customer of a sandbox: elsewhere people withdraw consent in their app",
    customer.CardForm: "the card form of a sandbox",
    customer.LeaveLandingPage: "the landing page of a sandbox",
}


def what_needs_a_sandbox(scenario: LoadedScenario) -> tuple[Passage, str] | None:
    """Return what of a story cannot be played in the real test environment, and what it needs; None for nothing."""
    if scenario.clock is not None:
        return scenario.passages["clock"], "the clock of a sandbox: nobody else can set it"
    if scenario.settings:
        return scenario.passages["settings"], "a sales unit of a sandbox: elsewhere Vipps decides what it may do"
    for step in scenario.every_step():
        for kind, need in _NEEDS.items():
            if isinstance(step.step, kind):
                return step, need
        if step.meanwhile:
            return step, "the network of a sandbox, to hold a call on its way"
        if isinstance(step.step, customer.Phoning) and step.step.refused:
            return step, "a customer of a sandbox: force approve can only approve"
    return None
