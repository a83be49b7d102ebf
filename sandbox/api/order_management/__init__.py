"""The Order Management API: what the app shows with a payment."""

from sandbox.api.order_management.routes import OPERATIONS

__all__ = ["OPERATIONS"]
