"""Test an app against the sandbox, from Python: the pytest plugin stands on this, and any other runner can.

    with in_process() as sandbox:
        unit = sandbox.unit()
        with unit.client() as vipps:  # or your own app, with unit.base_url and unit.transport()
            vipps.send_invoice("invoice-2023-0042", Amount(value=2000, currency="NOK"), "4791234567", …)
        unit.customer("4791234567").approve()
        unit.clock.advance(days=14)

All is blocking, and takes less than a millisecond where nothing has to be waited for. In an asynchronous test it can
be called as it is, but where your app has to answer meanwhile on the same event loop, as to webhooks while the clock
is moved: there, `await asyncio.to_thread(unit.clock.advance, days=14)`.
"""

from sandbox.domain.customers import Persona
from sandbox.domain.event_names import EventName
from sandbox.playback.refusals import Refused
from sandbox.testing._clock import Clock
from sandbox.testing._customer import Customer
from sandbox.testing._faults import Fault, Faults, Until
from sandbox.testing._receiver import Received, Receiver
from sandbox.testing._sandbox import VippsSandbox, at, in_process, in_thread
from sandbox.testing._scenarios import ScenarioFailed
from sandbox.testing._transport import AsyncSandboxTransport, SandboxTransport
from sandbox.testing._unit import Snapshot, Unit
from sandbox.testing._webhooks import Webhooks

__all__ = [
    "AsyncSandboxTransport",
    "Clock",
    "Customer",
    "EventName",
    "Fault",
    "Faults",
    "Persona",
    "Received",
    "Receiver",
    "Refused",
    "SandboxTransport",
    "ScenarioFailed",
    "Snapshot",
    "Unit",
    "Until",
    "VippsSandbox",
    "Webhooks",
    "at",
    "in_process",
    "in_thread",
]
