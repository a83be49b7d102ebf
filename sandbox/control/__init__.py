"""The sandbox's own API below `/sandbox`: people, time, and what is in a sales unit."""

from sandbox.control.routes import routes

__all__ = ["routes"]
