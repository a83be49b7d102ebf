"""Let a call in, or refuse it: the subscription key, the sales unit that it is for, its settings, its rates."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from pydantic_core import from_json

from sandbox.api.gateway.access import Access
from sandbox.api.gateway.dotnet import must_match, required
from sandbox.api.gateway.merchant_headers import MSN, MSN_PATTERN, SUBSCRIPTION_KEY, is_msn
from sandbox.api.gateway.operations import Operation
from sandbox.api.gateway.problems import (
    FieldError,
    GatewayRefusal,
    InvalidInput,
    MerchantNotAllowed,
    MsnNotAllowed,
    MsnNotConnected,
    SubscriptionKeyMissing,
    SubscriptionKeyUnwanted,
    SubscriptionNotFound,
)
from sandbox.api.gateway.rate_limits import RateLimits
from sandbox.api.gateway.tokens import TokenClaims
from sandbox.domain.sales_unit import AccessTrouble, KeyRule
from sandbox.world import Partner, SalesUnit, World

__all__ = ["Entrance"]

_LONGEST_REFERENCE: Final = 64


class Entrance:
    """Lets calls in, or refuses them."""

    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access
        self._rates = RateLimits()

    def check_subscription_key(self, headers: dict[str, str]) -> None:
        key = headers.get(SUBSCRIPTION_KEY)
        if not key:
            raise SubscriptionKeyMissing
        self._access.check_subscription_key(key)

    def sales_unit(
        self, operation: Operation, params: Mapping[str, str], claims: TokenClaims, headers: dict[str, str]
    ) -> SalesUnit:
        """Return the sales unit that the call is for, made now if it is new.

        It is named by the header Merchant-Serial-Number, else by that header of the request for the token, else by
        what the path names, else by the credentials; for a partner, who has several, by the header and nothing else.
        A partner's call for all of its sales units is let in by the first of them.
        """
        partner = self.partner(operation, claims, headers)
        asked = headers.get(MSN) if partner is None else partner.first.msn
        if asked is not None and not is_msn(asked):
            raise InvalidInput(FieldError("Merchant-Serial-Number", must_match("MerchantSerialNumber", MSN_PATTERN)))
        key = headers.get(SUBSCRIPTION_KEY) if operation.needs_subscription_key else None
        is_partner = self._access.is_partner(claims.client_id)
        if not is_partner:
            asked = asked or claims.msn
        if asked is None and not is_partner and operation.finds_unit is not None:
            found = operation.finds_unit(self._world, params)
            with suppress(MsnNotAllowed):  # somebody else's: not to be told from one that is not there
                if found is not None:
                    return self._world.provision(self._access.msn_for(claims.client_id, key, found.msn))
        return self._world.provision(self._access.msn_for(claims.client_id, key, asked))

    def partner(self, operation: Operation, claims: TokenClaims, headers: dict[str, str]) -> Partner | None:
        """Return the partner whose call is for all of its sales units, for it names none."""
        if not operation.for_partners or MSN in headers:
            return None
        return self._world.partner(claims.client_id)

    def sales_unit_likely(self, operation: Operation, headers: dict[str, str]) -> SalesUnit | None:
        """Return the sales unit that a call without a token is likely to be for."""
        if operation.needs_token:
            return None
        with suppress(GatewayRefusal):
            return self._world.find(
                self._access.msn_for(headers.get("client_id", ""), None, headers.get(MSN) or None)
            )
        return None

    def check_settings(
        self, operation: Operation, unit: SalesUnit, claims: TokenClaims, headers: dict[str, str]
    ) -> None:
        """Refuse what the sales unit's settings have refused."""
        if operation.finds_unit is None and self.partner(operation, claims, headers) is None:
            _check_msn(unit, headers)
        if not operation.needs_subscription_key:
            self._check_key_rule(unit, claims, headers)
        _check_trouble(operation, unit, headers.get(MSN))

    def _check_key_rule(self, unit: SalesUnit, claims: TokenClaims, headers: dict[str, str]) -> None:
        """Check the subscription key of a call that needs none unless the sales unit's setting says so."""
        match unit.state.settings.userinfo_subscription_key:
            case KeyRule.REQUIRE:
                self.check_subscription_key(headers)
                self._access.msn_for(claims.client_id, headers[SUBSCRIPTION_KEY], unit.msn)
            case KeyRule.FORBID if SUBSCRIPTION_KEY in headers:
                raise SubscriptionKeyUnwanted

    def count(
        self, operation: Operation, unit: SalesUnit, params: Mapping[str, str], headers: dict[str, str], body: bytes
    ) -> None:
        """Count a call about one payment, and refuse one too many; reads count per subscription key."""
        if operation.rate_limit is None or not unit.state.settings.limits_rates:
            return
        reference = params.get("reference") or _reference_in(body)
        key = headers.get(SUBSCRIPTION_KEY, "") if operation.method == "GET" else ""
        self._rates.count((operation.id, unit.msn, key, reference), operation.rate_limit, self._world.real_now())


def _check_msn(unit: SalesUnit, headers: dict[str, str]) -> None:
    """Refuse a call without serial number, where the sales unit's setting asks for the header."""
    if unit.state.settings.msn_required and MSN not in headers:
        allowed = f"{unit.msn}; or none, if the setting msnRequired of the sales unit is false"
        raise InvalidInput(FieldError("Merchant-Serial-Number", required("Merchant-Serial-Number"), allowed=allowed))


def _check_trouble(operation: Operation, unit: SalesUnit, asked: str | None) -> None:
    """Refuse what the sales unit's settings say that the gateway refuses."""
    match unit.state.settings.access_trouble:
        case AccessTrouble.SUBSCRIPTION_NOT_FOUND:
            raise SubscriptionNotFound
        case AccessTrouble.NOT_CONNECTED:
            raise MsnNotConnected(asked)
        case AccessTrouble.LOGIN_ONLY if operation.api.name == "ePayment":
            raise MerchantNotAllowed


def _reference_in(body: bytes) -> str:
    """Return the reference of a create; all that have none, or misspell it, count as one payment."""
    try:
        content = from_json(body)
    except ValueError:
        return ""
    reference = content.get("reference", "") if isinstance(content, dict) else ""
    return str(reference)[:_LONGEST_REFERENCE]
