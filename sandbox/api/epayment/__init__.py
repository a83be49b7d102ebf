"""The ePayment API: create, get, events, capture, cancel, refund, and force approve."""

from sandbox.api.epayment.routes import OPERATIONS

__all__ = ["OPERATIONS"]
