"""The sandbox's own API below `/sandbox` (people, time, and what is in a sales unit), and the dashboard."""

from sandbox.control.problems import problem_response
from sandbox.control.routes import routes
from sandbox.control.streams import Streams

__all__ = ["Streams", "problem_response", "routes"]
