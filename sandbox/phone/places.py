"""Where the customer's pages are, and which links lead on from them."""

from typing import Final
from urllib.parse import quote, urlencode

from sandbox.api.links import LANDING_PAGE
from sandbox.domain.urls import UrlKind, url_kind

__all__ = [
    "PHONE",
    "QR_PAGE",
    "WAITING_PAGE",
    "is_web_link",
    "lock_screen_url",
    "payments_url",
    "request_url",
    "url_with",
]

PHONE: Final = "/phone"
WAITING_PAGE: Final = f"{LANDING_PAGE}/waiting"
QR_PAGE: Final = f"{LANDING_PAGE}/qr"
_WEB: Final = frozenset({UrlKind.WEB, UrlKind.LOCAL})


def lock_screen_url(phone_number: str) -> str:
    """Return where a phone is; all its other pages are below."""
    return f"{PHONE}/{quote(phone_number, safe='')}"


def payments_url(phone_number: str) -> str:
    return f"{lock_screen_url(phone_number)}/payments"


def request_url(phone_number: str, msn: str, reference: str) -> str:
    return f"{lock_screen_url(phone_number)}/requests/{quote(msn, safe='')}/{quote(reference, safe='')}"


def url_with(url: str, **query: str) -> str:
    return f"{url}?{urlencode(query)}"


def is_web_link(url: str) -> bool:
    """Whether a browser can follow *url*; others lead into apps, or nowhere."""
    return url_kind(url) in _WEB
