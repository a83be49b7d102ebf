"""Which URLs a merchant may give: where a browser or the app is sent to."""

import re
from enum import Enum, auto
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

__all__ = ["UrlKind", "is_webhook_url", "url_kind"]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f-\xa0\ud800-\udfff\u2028\u2029]")  # never bare in a URL, nor in a header
# A host, or an address in brackets, and a port; no credentials, no backslash that a browser would read as a slash.
_WEB: Final = re.compile(
    r"https?://(?P<host>\[[0-9a-f:.]+\]|[^/?#@:\[\]\\]+)(:(?P<port>[0-9]{1,5}))?([/?#].*)?", re.IGNORECASE | re.DOTALL
)
_HIGHEST_PORT: Final = 65_535
_NO_APP: Final = frozenset({"http", "https", "javascript", "data", "vbscript", "file", "blob", "about"})
_LOCAL_ENDINGS: Final = (".localhost", ".local", ".internal", ".test")


class UrlKind(Enum):
    WEB = auto()  # https
    LOCAL = auto()  # http to this machine or its network: for development, refused by production
    APP = auto()  # an app's own scheme, such as myapp://


@lru_cache(maxsize=64)  # each is asked about twice: whether it is refused, and what is to be said of it
def url_kind(url: str) -> UrlKind | None:
    """Tell what kind of place *url* is; None if a customer cannot be sent there.

    Source: ePayment guide, `returnUrl`.
    """
    if _UNFIT.search(url):
        return None
    web = _WEB.fullmatch(url)
    if web is None:
        scheme = _SCHEME.match(url)
        return None if scheme is None or scheme[1].lower() in _NO_APP else UrlKind.APP
    if int(web["port"] or 0) > _HIGHEST_PORT:
        return None
    if url[:5].lower() == "https":
        return UrlKind.WEB
    return UrlKind.LOCAL if _is_local(web["host"].strip("[]").lower()) else None


def is_webhook_url(url: str, *, strict: bool) -> bool:
    """Tell whether events can be sent to *url*.

    Strictly that is https to a host which the internet can reach. Source: Webhooks guide.
    """
    kind = url_kind(url)
    if not strict:
        return kind in {UrlKind.WEB, UrlKind.LOCAL}
    web = _WEB.fullmatch(url)
    return kind is UrlKind.WEB and web is not None and not _is_local(web["host"].strip("[]").lower())


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_ENDINGS)
