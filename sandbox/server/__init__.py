"""All rooms put together: the sandbox as one ASGI app, and as a server."""

from sandbox.server.app import Sandbox
from sandbox.server.listening import Running, running, running_here, serve

__all__ = ["Running", "Sandbox", "running", "running_here", "serve"]
