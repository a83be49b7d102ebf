"""The operations of the UserInfo API. Source: Userinfo OpenAPI 2.0.3; user information guide."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from typing_extensions import TypedDict

from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.problems import FieldError, InvalidInput, TokenNotForUsers
from sandbox.api.userinfo.problems import CONTENT_TYPE, PROBLEMS, UserinfoError, refuse, reject_input, unauthorized
from sandbox.domain import errors
from sandbox.domain.identity import session_id
from sandbox.domain.profile_sharing import expired_scope, readable_scope
from sandbox.world import SalesUnit, World
from sandbox.world.people import Address, Person

__all__ = ["OPERATIONS", "Claims", "claims_of"]

_PATH: Final = "/vipps-userinfo-api/userinfo/"
_EXPIRED: Final = "[Expired]"

API: Final = Api(
    name="UserInfo",
    refuse=refuse,
    reject_input=reject_input,
    problem=UserinfoError,
    problem_content_type=CONTENT_TYPE,
    problems=PROBLEMS,
    params={"sub": UUID},
)


class UserinfoAddress(TypedDict):
    address_type: str
    country: str
    formatted: str
    postal_code: str
    region: str
    street_address: str


class Claims(TypedDict, total=False):
    """What a customer can share; each word of the scope adds some."""

    name: str
    given_name: str
    family_name: str
    email: str
    email_verified: bool
    address: UserinfoAddress
    other_addresses: list[UserinfoAddress]
    phone_number: str
    phone_number_verified: bool
    birthdate: str
    nin: str


class _Subject(TypedDict):
    sub: str
    sid: str


class Userinfo(_Subject, Claims):
    """Whom it is about, and what was shared."""


def get_userinfo(call: Call) -> Answer:
    """Get what a customer consented to share."""
    sub = call.params["sub"]
    if not _is_uuid(sub):
        raise InvalidInput(FieldError("sub", f"The value '{sub}' is not a UUID."))
    sub, state, now = sub.lower(), call.state, call.unit.now()
    phone_number, scope = readable_scope(state, sub, now)
    who = call.unit.person(phone_number)
    expired: Claims = _expired(claims_of(who, expired_scope(state, sub, now)))
    sid = session_id(call.unit.msn, phone_number)
    answer: Userinfo = {"sub": sub, "sid": sid, **expired, **claims_of(who, scope)}
    if "phone_number" in answer and state.settings.userinfo_phone_number_verified:
        answer["phone_number_verified"] = "phoneNumber" in scope
    return json_answer(answer, content_type=CONTENT_TYPE)


def get_userinfo_of_login(call: Call) -> Answer:
    """Get what a user who logged in shares; nobody logs in here, so this is always refused."""
    call.refusal = TokenNotForUsers()
    return unauthorized(call.refusal.because)


def claims_of(who: Person, scope: tuple[str, ...]) -> Claims:
    """Return what a customer shares by consenting to *scope*, and nothing else."""
    claims: Claims = {}
    for word in scope:
        claims.update(_CLAIMS[word](who))
    return claims


def _expired(claims: Any) -> Any:
    """Return claims whose time is over: each text is *[Expired]*, and nothing is verified."""
    if isinstance(claims, dict):
        return {name: _expired(claim) for name, claim in claims.items()}
    if isinstance(claims, list):
        return [_expired(one) for one in claims]
    return False if isinstance(claims, bool) else _EXPIRED


def _name(who: Person) -> Claims:
    return {"name": who.name, "given_name": who.given_name, "family_name": who.family_name}


def _email(who: Person) -> Claims:
    if not who.email:
        return {"email_verified": False}
    return {"email": who.email, "email_verified": who.email_verified}


def _address(who: Person) -> Claims:
    return {
        "address": _address_view(who.address),
        "other_addresses": [_address_view(other) for other in who.other_addresses],
    }


def _address_view(address: Address) -> UserinfoAddress:
    return {
        "address_type": address.address_type,
        "country": address.country,
        "formatted": address.formatted,
        "postal_code": address.postal_code,
        "region": address.region,
        "street_address": address.street_address,
    }


_CLAIMS: Final[Mapping[str, Callable[[Person], Claims]]] = {
    "name": _name,
    "email": _email,
    "address": _address,
    "phoneNumber": lambda who: {"phone_number": who.phone_number},
    "birthDate": lambda who: {"birthdate": who.birth_date.isoformat()},
    "nin": lambda who: {"nin": who.nin},
}


def _unit_of(world: World, params: Mapping[str, str]) -> SalesUnit | None:
    """Return the sales unit that a `sub` belongs to: it is of one customer in one sales unit."""
    sub = params["sub"].lower()
    return next((unit for unit in world if sub in unit.state.subs), None)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


OPERATIONS: Final = (
    Operation(
        id="getUserinfo",
        api=API,
        method="GET",
        path=_PATH + "{sub}",
        handler=get_userinfo,
        answers={200: Userinfo},
        refuses=(errors.UserInfoRefusal,),
        needs_subscription_key=False,
        finds_unit=_unit_of,
    ),
    Operation(
        id="userinfoAuthorizationCode",
        api=API,
        method="GET",
        path=_PATH,
        handler=get_userinfo_of_login,
        answers={401: UserinfoError},
        needs_subscription_key=False,
    ),
)
