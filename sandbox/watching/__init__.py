"""Stories that the server watches: started, and asked about, over the sandbox's own API.

The one room of the server that knows the players; they know nothing of it, and reach the sandbox over HTTP as always.
"""

from sandbox.watching.endpoints import endpoints

__all__ = ["endpoints"]
