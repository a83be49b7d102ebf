"""What all pages of the sandbox share: how they look, how they are made and sent, and how their forms are read."""

from sandbox.ui.answers import Framing, page_headers, page_response
from sandbox.ui.forms import FormRefused, form_of
from sandbox.ui.hosts import OnlyKnownHosts
from sandbox.ui.rendering import Frame, frame_of, rendered
from sandbox.ui.static_files import static_routes, static_url

__all__ = [
    "FormRefused",
    "Frame",
    "Framing",
    "OnlyKnownHosts",
    "form_of",
    "frame_of",
    "page_headers",
    "page_response",
    "rendered",
    "static_routes",
    "static_url",
]
