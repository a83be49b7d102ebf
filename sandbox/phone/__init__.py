"""The customer's side in HTML: the landing page that `redirectUrl` leads to, and the phone."""

from sandbox.phone.routes import routes

__all__ = ["routes"]
