"""Where the dashboard's pages are."""

from typing import Final
from urllib.parse import quote, urlencode

__all__ = [
    "DASHBOARD",
    "STRAYS",
    "UNIT",
    "delivery_url",
    "fact_url",
    "payment_url",
    "person_url",
    "phone_url",
    "request_url",
    "unit_url",
    "with_query",
]

DASHBOARD: Final = "/sandbox/dashboard"
STRAYS: Final = f"{DASHBOARD}/strays"
UNIT: Final = f"{DASHBOARD}/{{msn}}"  # as routes have it


def unit_url(msn: str, rest: str = "") -> str:
    return f"{DASHBOARD}/{quote(msn, safe='')}{rest}"


def payment_url(msn: str, reference: str) -> str:
    return unit_url(msn, f"/payments/{quote(reference, safe='')}")


def person_url(msn: str, phone_number: str) -> str:
    return unit_url(msn, f"/people/{phone_number}")


def phone_url(phone_number: str) -> str:
    """Return where somebody's phone is: in another room, and no page of the dashboard's."""
    return f"/phone/{phone_number}"


def delivery_url(msn: str, delivery_id: str) -> str:
    return unit_url(msn, f"/webhooks/deliveries/{delivery_id}")


def request_url(msn: str | None, number: int) -> str:
    return f"{STRAYS}/{number}" if msn is None else unit_url(msn, f"/requests/{number}")


def fact_url(msn: str, number: int) -> str:
    return unit_url(msn, f"/facts/{number}")


def with_query(url: str, **members: str | None) -> str:
    """Return *url* with those members that say something."""
    query = urlencode({name: value for name, value in members.items() if value})
    return f"{url}?{query}" if query else url
