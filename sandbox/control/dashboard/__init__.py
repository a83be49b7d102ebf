"""The dashboard: what merchants, customers and the clock do in a sales unit, live, on one screen."""

from sandbox.control.dashboard.answers import problem_page
from sandbox.control.dashboard.desk import Connect, Desk
from sandbox.control.dashboard.routes import routes

__all__ = ["Connect", "Desk", "problem_page", "routes"]
