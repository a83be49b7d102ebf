"""The OpenAPI document as pages to read: what each operation takes and answers, and a command that calls it."""

from sandbox.control.dashboard.reference.routes import REFERENCE, routes

__all__ = ["REFERENCE", "routes"]
