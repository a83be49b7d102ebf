"""Refusals around faults: what a fault has a call answered with, and a fault that is not there."""

from sandbox.domain.errors.refusal import Refusal

__all__ = ["FaultUnknown", "InternalError"]


class InternalError(Refusal):
    """Vipps's own server failed; here only because a tester asked for it."""

    def __str__(self) -> str:
        return "An internal error occurred."


class FaultUnknown(Refusal):
    fault_id: str
    msn: str

    def __str__(self) -> str:
        return f"Sales unit {self.msn} has no fault {self.fault_id}."
