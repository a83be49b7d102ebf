"""The dashboard: what merchants, customers and the clock do in a sales unit, live, on one screen."""

from sandbox.control.dashboard.routes import Connect, problem_page, routes

__all__ = ["Connect", "problem_page", "routes"]
