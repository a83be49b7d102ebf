"""Stories that the server plays or watches: started, and told about, by the sandbox's own API and on the dashboard.

The one room of the server that knows the players; they know nothing of it, and reach the sandbox over HTTP as always.
"""

from sandbox.watching.endpoints import endpoints
from sandbox.watching.theatre import House, Theatre

__all__ = ["House", "Theatre", "endpoints"]
