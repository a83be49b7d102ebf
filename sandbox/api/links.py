"""Links of ours that a payment is reached by: where `redirectUrl` leads.

A link carries the payment in a token, as Vipps's own do; merchants pass it on and never look into it.
"""

from typing import Final

__all__ = ["LANDING_PAGE", "landing_page_url", "read_landing_token"]

LANDING_PAGE: Final = "/landing"
_KEY: Final = "this is the Vipps sandbox: its links lead nowhere else"


def landing_page_url(base_url: str, msn: str, reference: str) -> str:
    import jwt  # noqa: PLC0415 - a start is felt in every CI run

    token = jwt.encode({"msn": msn, "ref": reference}, _KEY, algorithm="HS256")
    return f"{base_url}{LANDING_PAGE}?token={token}"


def read_landing_token(token: str) -> tuple[str, str] | None:
    """Return the sales unit and the reference that a token stands for; None if it is not one of ours."""
    import jwt  # noqa: PLC0415 - see above

    try:
        claims = jwt.decode(token, _KEY, algorithms=["HS256"])
        return str(claims["msn"]), str(claims["ref"])
    except (jwt.InvalidTokenError, KeyError):
        return None
