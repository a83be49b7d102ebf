"""The customer's side in HTML: the landing page that `redirectUrl` leads to, and the phone.

Plain pages that forms drive; scripts only spare a reload, and nothing comes from elsewhere. What a page offers is
what the domain allows now.
"""

from sandbox.phone.answers import problem_page
from sandbox.phone.routes import routes

__all__ = ["problem_page", "routes"]
