"""Where the phone's pages are, and which links lead on from them."""

from typing import Final
from urllib.parse import quote

from sandbox.domain.urls import UrlKind, url_kind

__all__ = ["PHONE", "inbox_url", "is_web_link", "request_url"]

PHONE: Final = "/phone"
_WEB: Final = frozenset({UrlKind.WEB, UrlKind.LOCAL})


def inbox_url(phone_number: str) -> str:
    return f"{PHONE}/{quote(phone_number, safe='')}"


def request_url(phone_number: str, msn: str, reference: str) -> str:
    return f"{inbox_url(phone_number)}/requests/{quote(msn, safe='')}/{quote(reference, safe='')}"


def is_web_link(url: str) -> bool:
    """Whether a browser can follow *url*; others lead into apps, or nowhere."""
    return url_kind(url) in _WEB
