"""Where the phone's pages are."""

from typing import Final
from urllib.parse import quote

__all__ = ["PHONE", "inbox_url", "request_url"]

PHONE: Final = "/phone"


def inbox_url(phone_number: str) -> str:
    return f"{PHONE}/{quote(phone_number, safe='')}"


def request_url(phone_number: str, msn: str, reference: str) -> str:
    return f"{inbox_url(phone_number)}/requests/{quote(msn, safe='')}/{quote(reference, safe='')}"
