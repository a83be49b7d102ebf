"""The Webhooks API: registrations, and the courier who tells them what happens."""

from sandbox.api.webhooks.courier import HttpCourier
from sandbox.api.webhooks.routes import OPERATIONS

__all__ = ["OPERATIONS", "HttpCourier"]
