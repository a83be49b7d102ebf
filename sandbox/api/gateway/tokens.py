"""Access tokens: JWTs that carry who asked for them and when.

A token's age is told by the clock of the sales unit that it is used on: move that clock an hour on, and the token
is an hour older. They are signed with a key that everybody knows, for here nobody is to be kept out; so they live
through a restart of the sandbox.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sandbox.api.gateway.problems import BearerMisspelt, TokenExpired, TokenMissing, TokenUnknown
from sandbox.domain.sales_unit import Profile
from sandbox.domain.values import value
from sandbox.world import SalesUnit

__all__ = ["RESOURCE", "TOKEN_LIFETIME", "TokenClaims", "check_token", "issue_token", "read_token"]

TOKEN_LIFETIME: Final = timedelta(hours=1)  # of the real test environment; production's live a day
RESOURCE: Final = "00000002-0000-0000-c000-000000000000"
_SKEW: Final = timedelta(minutes=5)  # `not_before` lies that much before the issue
_TENANT: Final = "5a0d50b1-0000-4000-8000-76697070735f"
_KEY: Final = "this is the Vipps sandbox: its tokens open nothing else"
_KNOWN_AT_MOST: Final = 4096


@value(kw_only=False)
class TokenClaims:
    client_id: str
    msn: str | None  # the Merchant-Serial-Number that came with the request for it
    issued_really: datetime  # on the wall clock


_known: dict[str, TokenClaims] = {}  # tokens whose signature was checked already


def issue_token(client_id: str, msn: str | None, now: datetime, really: datetime) -> tuple[str, dict[str, int]]:
    """Return a new token and its times in epoch seconds, as the clock that shows *now* tells them."""
    import jwt  # noqa: PLC0415 - a start is felt in every CI run

    times = {
        "iat": int(now.timestamp()),
        "nbf": int((now - _SKEW).timestamp()),
        "exp": int((now + TOKEN_LIFETIME).timestamp()),
    }
    claims: dict[str, Any] = {
        "aud": RESOURCE,
        "iss": f"https://sts.windows.net/{_TENANT}/",
        **times,
        "appid": client_id,
        "tid": _TENANT,
        "ver": "1.0",
        "sandbox_issued": really.timestamp(),
        "sandbox_msn": msn,
    }
    return jwt.encode(claims, _KEY, algorithm="HS256", headers={"kid": "vipps-sandbox"}), times


def check_token(authorization: str, claims: TokenClaims, unit: SalesUnit) -> None:
    """Check what only the sales unit knows: the token's age, and whether `bearer` counts as `Bearer`.

    Raises:
        Unauthorized: the token is too old on the unit's clock, or its scheme is misspelt and the profile strict.
    """
    if unit.state.settings.profile is Profile.STRICT and not authorization.startswith("Bearer "):
        raise BearerMisspelt("The header Authorization must begin with the word Bearer, in this spelling.")
    age = unit.elapsed_since(claims.issued_really)
    if age >= TOKEN_LIFETIME:
        raise TokenExpired(age, TOKEN_LIFETIME, unit.msn)


def read_token(authorization: str) -> TokenClaims:
    """Return what a bearer token says, however old it is; raise Unauthorized if it is missing or not one of ours."""
    if not authorization:
        raise TokenMissing
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise BearerMisspelt("The header Authorization must begin with the word Bearer and a blank.")
    claims = _known.get(token)
    if claims is None:
        claims = _verify(token)
        if len(_known) >= _KNOWN_AT_MOST:
            _known.clear()
        _known[token] = claims
    return claims


def _verify(token: str) -> TokenClaims:
    import jwt  # noqa: PLC0415 - see issue_token

    try:
        payload = jwt.decode(
            token,
            _KEY,
            algorithms=["HS256"],
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
        )
        return TokenClaims(
            str(payload["appid"]), payload["sandbox_msn"], datetime.fromtimestamp(payload["sandbox_issued"], UTC)
        )
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise TokenUnknown from error
