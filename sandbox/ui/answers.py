"""How pages are sent: never kept, and with what keeps browsers from doing more than showing them."""

from enum import Enum
from typing import Final

from starlette.responses import Response

__all__ = ["Framing", "page_headers", "page_response"]

# No form-action: browsers apply it to the redirects after a form too, and a landing page's end at any returnUrl.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src {frames}; base-uri 'none'; frame-ancestors {ancestors}"
)


class Framing(Enum):
    """Who may show a page in a frame: its `frame-ancestors`, and its `X-Frame-Options`, if that has a word for it."""

    NOBODY = ("'none'", "DENY")
    OWN_PAGES = ("'self'", "SAMEORIGIN")
    ANYBODY = ("*", None)


def page_headers(framing: Framing = Framing.NOBODY, *, frames: str = "'none'") -> dict[str, str]:
    """Return the headers of a page.

    Args:
        framing: Who may show it in a frame.
        frames: What it may itself show in frames, as `frame-src` says it: never anything that a merchant wrote.
    """
    ancestors, options = framing.value
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY.format(frames=frames, ancestors=ancestors),
        # Not no-referrer: browsers then send `Origin: null` with forms, and a page of ours looks like a foreign one.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return headers if options is None else headers | {"X-Frame-Options": options}


def page_response(
    html: bytes, status: int = 200, *, framing: Framing = Framing.NOBODY, frames: str = "'none'"
) -> Response:
    headers = page_headers(framing, frames=frames)
    return Response(html, status, headers=headers, media_type="text/html; charset=utf-8")
