"""What all pages of the sandbox share: how they look, how they are made of templates, and how they are sent."""

from sandbox.ui.answers import Framing, page_headers, page_response
from sandbox.ui.hosts import OnlyKnownHosts
from sandbox.ui.rendering import Frame, frame_of, rendered
from sandbox.ui.static_files import static_routes, static_url

__all__ = [
    "Frame",
    "Framing",
    "OnlyKnownHosts",
    "frame_of",
    "page_headers",
    "page_response",
    "rendered",
    "static_routes",
    "static_url",
]
