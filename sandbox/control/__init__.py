"""The sandbox's own API below `/sandbox` (people, time, and what is in a sales unit), and the page at `/`."""

from sandbox.control.home import home_route
from sandbox.control.problems import problem_response
from sandbox.control.routes import routes
from sandbox.control.streams import Streams

__all__ = ["Streams", "home_route", "problem_response", "routes"]
