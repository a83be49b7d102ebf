"""Links of ours that a payment is reached by: where `redirectUrl` leads.

A link carries the payment in a signed token, as Vipps's own do; merchants pass it on and never look into it.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from sandbox.domain.commands import CreatePayment, QrFormat, UserFlow

__all__ = ["LANDING_PAGE", "QR_PNG", "QR_SVG", "landing_page_url", "read_landing_token", "redirect_url"]

LANDING_PAGE: Final = "/landing"
QR_SVG: Final = f"{LANDING_PAGE}/qr.svg"
QR_PNG: Final = f"{LANDING_PAGE}/qr.png"
_KEY: Final = "this is the Vipps sandbox: its links lead nowhere else"
# The two halves of HMAC with that key, copied for each link: keying takes longer than signing. Source: RFC 2104.
_PADDED: Final = _KEY.encode().ljust(sha256().block_size, b"\0")
_INNER: Final = sha256(bytes(byte ^ 0x36 for byte in _PADDED))
_OUTER: Final = sha256(bytes(byte ^ 0x5C for byte in _PADDED))
_HEADER: Final = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")


def redirect_url(base_url: str, msn: str, command: CreatePayment) -> str | None:
    """Return what a merchant is told as `redirectUrl`; None for a push, which needs no link.

    Differs: for NATIVE_REDIRECT Vipps answers a link into its app; ours leads to the landing page, for there is no
    app on the machine that tests.
    """
    if command.user_flow is UserFlow.PUSH_MESSAGE:
        return None
    landing = landing_page_url(base_url, msn, command.reference)
    if command.user_flow is not UserFlow.QR or command.qr_format is QrFormat.TARGET_URL:
        return landing
    picture = QR_PNG if command.qr_format is QrFormat.PNG else QR_SVG
    return f"{base_url}{picture}{landing.removeprefix(base_url + LANDING_PAGE)}"


def landing_page_url(base_url: str, msn: str, reference: str) -> str:
    # A JWT put together by hand: the library takes longer for it than all the rest of a create takes together.
    # Neither value can hold a character that JSON would have to escape.
    payload = urlsafe_b64encode(f'{{"msn":"{msn}","ref":"{reference}"}}'.encode()).rstrip(b"=")
    signed = _HEADER + b"." + payload
    inner, outer = _INNER.copy(), _OUTER.copy()
    inner.update(signed)
    outer.update(inner.digest())
    signature = urlsafe_b64encode(outer.digest()).rstrip(b"=")
    return f"{base_url}{LANDING_PAGE}?token={(signed + b'.' + signature).decode()}"


def read_landing_token(token: str) -> tuple[str, str] | None:
    """Return the sales unit and the reference that a token stands for; None if it is not one of ours."""
    import jwt  # noqa: PLC0415 - a start is felt in every CI run

    try:
        claims = jwt.decode(token, _KEY, algorithms=["HS256"])
        return str(claims["msn"]), str(claims["ref"])
    except (jwt.InvalidTokenError, KeyError):
        return None
