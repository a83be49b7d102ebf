"""Why the gateway let a call not through: a row for each of its refusals."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.api.gateway import problems
from sandbox.api.gateway.access import ClientUnknown, SecretWrong
from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.fields import nearest_name
from sandbox.api.gateway.explanations.model import Circumstances, Documented, Row, Text

__all__ = ["ROWS"]

_LOG_IN: Final = "POST /accesstoken/get"
_OWN_KEYS: Final = "both from one merchant: the token's client_id and client_secret, and the subscription key"


def _header_met(name: str) -> Text:
    """Tell that a header is missing, and which of those that came may have been meant for it."""

    def met(refusal: problems.GatewayRefusal, circumstances: Circumstances) -> str:
        if circumstances.headers.get(name.lower()) == "":
            return f"The header {name} is there and empty."
        others = [other for other in circumstances.headers if other != name.lower()]
        near = nearest_name(name, others)
        return f"The call has no header {name}{f', but {near}' if near is not None else ''}."

    return met


def _path_met(refusal: problems.ResourceNotFound, circumstances: Circumstances) -> str:
    if refusal.nearest is None:
        return "Nothing here is near it."
    return f"The nearest is {refusal.nearest}. What differs: {'; '.join(refusal.differs)}."


def _path_accepted(refusal: problems.ResourceNotFound, circumstances: Circumstances) -> str:
    return (
        refusal.nearest or "A path of ePayment, Order Management, UserInfo or Access Token, as their guides have it."
    )


def _rate_met(refusal: problems.RateLimitExceeded, circumstances: Circumstances) -> str:
    return f"More than {refusal.limit} calls of this kind for this payment within the minute."


def _rate_accepted(refusal: problems.RateLimitExceeded, circumstances: Circumstances) -> str:
    seconds = f"{refusal.seconds} second{'s' * (refusal.seconds != 1)}"
    return f"The same call in {seconds}, as Retry-After says; or any, once the setting rateLimits is false."


def _bearer_met(refusal: problems.BearerMisspelt, circumstances: Circumstances) -> str:
    scheme, blank, _ = circumstances.headers.get("authorization", "").partition(" ")
    if blank and scheme.lower() in {"basic", "bearer", "digest", "token"}:  # anything else may be a secret
        return f"The header Authorization begins with {scheme}."
    return "The header Authorization begins with another word, or with the token itself."


def _token_met(refusal: problems.TokenExpired, circumstances: Circumstances) -> str:
    return f"The token is {refusal.age} old by the sales unit's clock, and lives for {refusal.lifetime}."


def _msn_met(refusal: problems.MsnNotAllowed, circumstances: Circumstances) -> str:
    asked = circumstances.headers.get("merchant-serial-number")
    named = "no sales unit" if asked is None else f"sales unit {asked}"
    own = f"are those of {' and '.join(refusal.own)}" if refusal.own else "are of no merchant that is declared here"
    return f"The call, or its token, names {named}; its credentials {own}."


def _msn_accepted(refusal: problems.MsnNotAllowed, circumstances: Circumstances) -> str:
    if not refusal.own:
        return "The credentials of a merchant that is declared here."
    return f"Merchant-Serial-Number: {' or '.join(refusal.own)}; or the credentials of the other sales unit."


_Words = Callable[[Any, Circumstances], str]


def _trouble(because: str) -> tuple[_Words, _Words]:
    """Tell of trouble that the sandbox was asked to make, and how it ends."""

    def met(refusal: problems.GatewayRefusal, circumstances: Circumstances) -> str:
        unit = circumstances.unit
        setting = None if unit is None else unit.state.settings.access_trouble
        return f"The setting accessTrouble is {setting}: {because}."

    def accepted(refusal: problems.GatewayRefusal, circumstances: Circumstances) -> str:
        msn = "{msn}" if circumstances.unit is None else circumstances.unit.msn
        return f'Any call, after PATCH /sandbox/units/{msn}/settings {{"accessTrouble": null}}.'

    return met, accepted


def _partner_met(refusal: problems.MsnNotConnected, circumstances: Circumstances) -> str:
    if not refusal.own:
        return _NOT_CONNECTED_MET(refusal, circumstances)
    asked = circumstances.headers.get("merchant-serial-number")
    named = "no sales unit" if asked is None else f"sales unit {asked}"
    return f"The call names {named}; the partner's are {' and '.join(refusal.own)}."


def _partner_accepted(refusal: problems.MsnNotConnected, circumstances: Circumstances) -> str:
    if not refusal.own:
        return _NOT_CONNECTED_ACCEPTED(refusal, circumstances)
    return f"The header Merchant-Serial-Number: {' or '.join(refusal.own)}."


def _troubled(because: str, rule: str, documented: Documented) -> Row:
    met, accepted = _trouble(because)
    return Row(rule, accepted, documented, met)


_NOT_CONNECTED_MET, _NOT_CONNECTED_ACCEPTED = _trouble("the sales unit is not the partner's whose keys these are")

ROWS: Final[Mapping[type[Exception], Row]] = {
    problems.ResourceNotFound: Row(
        "Method and path must be those of an operation, in the specification's spelling.",
        _path_accepted,
        pages.GATEWAY_ERRORS,
        _path_met,
    ),
    problems.BodyTooLarge: Row(
        "A request body has an upper bound.",
        lambda refusal, _: f"A body of at most {refusal.limit} bytes.",
        pages.GATEWAY_ERRORS,
        "The body is larger.",
    ),
    problems.RateLimitExceeded: Row(
        "A payment may be created and changed five times a minute each, and read 120 times.",
        _rate_accepted,
        pages.RATE_LIMITS,
        _rate_met,
    ),
    problems.SubscriptionKeyMissing: Row(
        "Every call carries the sales unit's subscription key.",
        "The header Ocp-Apim-Subscription-Key, with one of the two subscription keys.",
        pages.API_KEYS,
        _header_met("Ocp-Apim-Subscription-Key"),
    ),
    problems.SubscriptionKeyInvalid: Row(
        "The subscription key must be one of the merchant whose client_id is used.",
        "The primary or the secondary subscription key of the sales unit; test and production have different ones.",
        pages.API_KEYS,
        "The header Ocp-Apim-Subscription-Key has a key that is not declared here, or another merchant's.",
    ),
    problems.TokenMissing: Row(
        "Every call but that for a token carries one.",
        f"Authorization: Bearer, a blank, and the access_token of {_LOG_IN}.",
        pages.ACCESS_TOKEN,
        _header_met("Authorization"),
    ),
    problems.BearerMisspelt: Row(
        "The header Authorization is the word Bearer, a blank, and the token.",
        f"Authorization: Bearer, a blank, and the access_token of {_LOG_IN}.",
        pages.ACCESS_TOKEN,
        _bearer_met,
    ),
    problems.TokenUnknown: Row(
        "A token works where it was issued, and unchanged.",
        f"A token from this sandbox's {_LOG_IN}; those of Vipps, and those cut short, are none.",
        pages.ACCESS_TOKEN,
        "The token's signature is not this sandbox's, or what was sent is no token.",
    ),
    problems.TokenExpired: Row(
        "A token lives for an hour in the test environment, for 24 hours in production.",
        f"A new token: {_LOG_IN}. Moving the clock forward makes tokens older, too.",
        pages.ACCESS_TOKEN,
        _token_met,
    ),
    problems.TokenOfAnother: Row(
        "Token and subscription key must be of the same merchant.",
        f"{_OWN_KEYS.capitalize()}.",
        pages.API_KEYS,
        "The token was issued to one merchant, and the subscription key is another's.",
    ),
    problems.TokenNotForUsers: Row(
        "Without a sub this endpoint belongs to Vipps Login.",
        "GET /vipps-userinfo-api/userinfo/{sub}, with the sub that GET payment shows.",
        pages.USERINFO,
        "A call without sub.",
    ),
    problems.SubscriptionKeyUnwanted: Row(
        "UserInfo takes a token alone; until 2022 it refused calls with a subscription key.",
        "The call without the header Ocp-Apim-Subscription-Key; or with it, if the setting userinfoSubscriptionKey "
        "is any.",
        pages.USERINFO,
        "The setting userinfoSubscriptionKey is forbid.",
    ),
    problems.SubscriptionNotFound: _troubled(
        "the key is known and belongs to nothing",
        "The subscription key must be connected to an active subscription.",
        pages.GATEWAY_ERRORS,
    ),
    problems.MsnNotAllowed: Row(
        "Credentials work for their own sales units only.", _msn_accepted, pages.API_KEYS, _msn_met
    ),
    problems.MsnNotConnected: Row(
        "Partner keys work for sales units that are connected to the partner, and each call names one of them.",
        _partner_accepted,
        pages.GATEWAY_ERRORS,
        _partner_met,
    ),
    problems.MerchantNotAllowed: _troubled(
        "the sales unit is approved for Login only",
        "A sales unit must be approved for ePayment to use it.",
        pages.GATEWAY_ERRORS,
    ),
    # What the Access Token API says no to by itself.
    ClientUnknown: Row(
        "The client_id must be that of a sales unit.",
        "The client_id, client_secret and subscription key of one merchant; test and production have different ones.",
        pages.API_KEYS,
        "The client_id is of no merchant that is declared here.",
        "No merchant has that client_id.",
    ),
    SecretWrong: Row(
        "The client_secret must be the client_id's.",
        "The client_secret that was issued with the client_id; the two are headers, not a body.",
        pages.API_KEYS,
        "The client_id is known, and has another client_secret.",
        "The client_secret does not belong to the client_id.",
    ),
}
