"""The operations of the UserInfo API. Source: Userinfo OpenAPI 2.0.3; user information guide."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.problems import FieldError, InvalidInput, TokenNotForUsers
from sandbox.api.userinfo.problems import refuse, reject_input, unauthorized
from sandbox.domain.identity import session_id
from sandbox.domain.profile_sharing import readable_scope
from sandbox.world import SalesUnit, World
from sandbox.world.people import Address, Person

__all__ = ["OPERATIONS", "claims_of"]

_PATH: Final = "/vipps-userinfo-api/userinfo/"

API: Final = Api(name="UserInfo", refuse=refuse, reject_input=reject_input)


def get_userinfo(call: Call) -> Answer:
    sub = call.params["sub"]
    if not _is_uuid(sub):
        raise InvalidInput(FieldError("sub", f"The value '{sub}' is not a UUID."))
    phone_number, scope = readable_scope(call.state, sub.lower(), call.unit.now())
    answer = {"sub": sub.lower(), "sid": session_id(call.unit.msn, phone_number)}
    return json_answer(
        answer | claims_of(call.unit.person(phone_number), scope), content_type="application/json;charset=UTF-8"
    )


def get_userinfo_of_login(call: Call) -> Answer:
    call.refusal = TokenNotForUsers()
    return unauthorized(call.refusal.because)


def claims_of(who: Person, scope: tuple[str, ...]) -> dict[str, Any]:
    """Return what a customer shares by consenting to *scope*, and nothing else."""
    claims: dict[str, Any] = {}
    for word in scope:
        claims |= _CLAIMS[word](who)
    return claims


def _name(who: Person) -> dict[str, Any]:
    return {"name": who.name, "given_name": who.given_name, "family_name": who.family_name}


def _email(who: Person) -> dict[str, Any]:
    return {"email": who.email, "email_verified": who.email_verified}


def _address(who: Person) -> dict[str, Any]:
    return {
        "address": _address_view(who.address),
        "other_addresses": [_address_view(other) for other in who.other_addresses],
    }


def _address_view(address: Address) -> dict[str, Any]:
    return {
        "address_type": address.address_type,
        "country": address.country,
        "formatted": address.formatted,
        "postal_code": address.postal_code,
        "region": address.region,
        "street_address": address.street_address,
    }


_CLAIMS: Final[Mapping[str, Callable[[Person], dict[str, Any]]]] = {
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
        needs_subscription_key=False,
        finds_unit=_unit_of,
    ),
    Operation(
        id="userinfoAuthorizationCode",
        api=API,
        method="GET",
        path=_PATH,
        handler=get_userinfo_of_login,
        needs_subscription_key=False,
    ),
)
