"""Decide whether a payment can be created.

Source: ePayment OpenAPI 1.8.1, `CreatePaymentRequest`; ePayment guides "Create payment" and "Long-living payments".
"""

from datetime import date, datetime, timedelta
from typing import Final

from sandbox.domain.commands import CreatePayment, PaymentMethodType, UserFlow
from sandbox.domain.customers import is_phone_number, is_younger_than
from sandbox.domain.errors import (
    AmountTooSmall,
    BankAccountNotVerified,
    BlockedSourcesNotApplicable,
    CurrencyNotAllowed,
    CustomerTokenInvalid,
    ExpiryTooLate,
    ExpiryTooSoon,
    ExpressNotAllowed,
    LongLivingNotAllowed,
    MetadataKeyTooLong,
    MetadataKeyTwice,
    MetadataTooMany,
    MetadataValueTooLong,
    MethodInvalid,
    ParameterRequired,
    PaymentCannotBeCreated,
    PersonalQrInvalid,
    PhoneNumberInvalid,
    PushMessageNotAllowed,
    ReceiptRequired,
    ReferenceTaken,
    ScopeIllegal,
    ScopeInvalid,
    UrlInvalid,
)
from sandbox.domain.facts import PaymentCreated, PaymentFact, PushSent
from sandbox.domain.money import MINIMUM_VALUE, Currency
from sandbox.domain.sales_unit import Profile, UnitSettings
from sandbox.domain.shipping import EXPRESS_SCOPES
from sandbox.domain.state import UnitState
from sandbox.domain.urls import UrlKind, url_kind

__all__ = ["SCOPES", "create", "is_below_age", "lacks_receipt"]

SCOPES: Final = ("name", "address", "email", "phoneNumber", "birthDate", "nin")
_NOT_GRANTED: Final = frozenset({"accountNumbers"})  # old agreements only
_SHORTEST_EXPIRY: Final = timedelta(minutes=10)
_METADATA_PAIRS, _METADATA_KEY, _METADATA_VALUE = 5, 100, 500
_URLS: Final = {
    Profile.LENIENT: frozenset({UrlKind.WEB, UrlKind.APP, UrlKind.LOCAL}),
    Profile.STRICT: frozenset({UrlKind.WEB, UrlKind.APP}),
}
_CALLBACKS: Final = {
    Profile.LENIENT: frozenset({UrlKind.WEB, UrlKind.LOCAL}),
    Profile.STRICT: frozenset({UrlKind.WEB}),
}
_WALLET_MARKETS: Final = (Currency.NOK, Currency.DKK, Currency.EUR)


def create(state: UnitState, command: CreatePayment, at: datetime) -> list[PaymentFact]:
    """Decide a creation: the payment, and the push if its user flow sends one at once.

    Raises:
        ReferenceTaken: a payment of this sales unit has that reference, now or at any time before.
        CreateRefusal: the content is not allowed; see its subclasses.
    """
    if command.reference in state.payments:
        raise ReferenceTaken(command.reference)
    if not state.settings.bank_account_verified:
        raise BankAccountNotVerified(state.msn)
    _check_method(state.settings, command)
    _check_express(state, command)
    _check_amount(state.settings, command)
    _check_urls(state.settings, command)
    _check_customer(state, command, at)
    _check_scope(state, command)
    _check_metadata(command)
    facts: list[PaymentFact] = [
        PaymentCreated(
            at=at,
            reference=command.reference,
            command=command,
            deadline=_deadline(state, command, at),
            confirm_within=None if command.expires_at is not None else state.settings.claim_timeout,
        )
    ]
    if command.user_flow is UserFlow.PUSH_MESSAGE and command.phone_number is not None:
        facts.append(PushSent(at=at, reference=command.reference, phone_number=command.phone_number))
    return facts


def lacks_receipt(command: CreatePayment) -> bool:
    """Tell whether this is a long-living payment without the receipt that today's production demands (6130)."""
    return command.expires_at is not None and command.receipt is None


def _check_method(settings: UnitSettings, command: CreatePayment) -> None:
    method = command.payment_method
    passes_through = method is PaymentMethodType.CARD_PASSTHROUGH
    if passes_through and not settings.card_passthrough_allowed:
        raise PaymentCannotBeCreated("CARD_PASSTHROUGH is for payment service providers.")
    if passes_through and command.card_passthrough is None:
        raise ParameterRequired("cardPassthrough", "The payment method CARD_PASSTHROUGH needs it.")
    if command.card_passthrough is not None and not passes_through:
        raise MethodInvalid(f"cardPassthrough goes with CARD_PASSTHROUGH, not with {method}.")
    if method is PaymentMethodType.CARD:
        _check_card(settings, command)
    if command.blocks_commercial_cards and command.amount.currency is Currency.NOK:
        raise BlockedSourcesNotApplicable


def _check_card(settings: UnitSettings, command: CreatePayment) -> None:
    if not settings.card_allowed:
        raise PaymentCannotBeCreated("free-standing card payments are not available to this sales unit.")
    if command.user_flow is not UserFlow.WEB_REDIRECT:
        raise MethodInvalid(f"CARD goes with the user flow WEB_REDIRECT, not with {command.user_flow}.")
    if command.receipt is not None or command.expires_at is not None:
        raise MethodInvalid("receipt and expiresAt go with WALLET, not with CARD.")


def _check_express(state: UnitState, command: CreatePayment) -> None:
    shipping = command.shipping
    if shipping is None:
        return
    if not state.settings.express_allowed:
        raise ExpressNotAllowed(state.msn)
    if command.payment_method is PaymentMethodType.CARD:
        raise MethodInvalid("shipping goes with WALLET, not with CARD.")
    if frozenset(command.scope) != EXPRESS_SCOPES:
        raise PaymentCannotBeCreated("with shipping, profile.scope must be exactly: name address email phoneNumber.")
    if (
        shipping.callback_url is not None
        and url_kind(shipping.callback_url) not in _CALLBACKS[state.settings.profile]
    ):
        raise UrlInvalid("shipping.dynamicOptions.callbackUrl", shipping.callback_url)
    if shipping.callback_url is None and not any(group.options for group in shipping.groups):
        raise PaymentCannotBeCreated("shipping has no options to choose from.")
    kinds = [(group.brand, group.type) for group in shipping.groups]
    if len(set(kinds)) < len(kinds):
        raise PaymentCannotBeCreated("shipping has two groups of one brand and type.")
    currency = command.amount.currency
    currencies = (option.amount.currency for group in shipping.groups for option in group.options)
    foreign = next((other for other in currencies if other is not currency), None)
    if foreign is not None:
        raise CurrencyNotAllowed(foreign, (currency,))


def _check_amount(settings: UnitSettings, command: CreatePayment) -> None:
    currency = command.amount.currency
    if command.payment_method is PaymentMethodType.CARD_PASSTHROUGH:
        allowed: tuple[Currency, ...] = tuple(Currency)
    else:
        allowed = _WALLET_MARKETS if settings.market is None else (settings.market.currency,)
    if currency not in allowed:
        raise CurrencyNotAllowed(currency, allowed)
    minimum = MINIMUM_VALUE[currency]
    if command.amount.value < minimum:
        raise AmountTooSmall(command.amount, minimum)


def _check_urls(settings: UnitSettings, command: CreatePayment) -> None:
    if command.return_url is None and command.user_flow is UserFlow.WEB_REDIRECT:
        raise ParameterRequired("returnUrl", "The user flow WEB_REDIRECT sends the customer back to it.")
    for parameter, url in (("returnUrl", command.return_url), ("receiptUrl", command.receipt_url)):
        if url is not None and url_kind(url) not in _URLS[settings.profile]:
            raise UrlInvalid(parameter, url)


def _check_customer(state: UnitState, command: CreatePayment, at: datetime) -> None:
    phone_number = command.phone_number
    if command.personal_qr_of_nobody is not None:
        raise PersonalQrInvalid(command.personal_qr_of_nobody)
    if command.customer_token_of_nobody is not None:
        raise CustomerTokenInvalid(command.customer_token_of_nobody)
    if phone_number is not None and not is_phone_number(phone_number):
        raise PhoneNumberInvalid(phone_number)
    if command.user_flow is not UserFlow.PUSH_MESSAGE:
        return  # the number only fills the landing page in, where another may be typed
    if not state.settings.push_message_allowed:
        raise PushMessageNotAllowed(state.msn)
    if phone_number is None:
        raise ParameterRequired("customer", "The user flow PUSH_MESSAGE sends the push to it.")
    if not state.persona(phone_number).is_customer or is_below_age(command, command.customer_born, at):
        raise state.customer_not_found(phone_number)


def is_below_age(command: CreatePayment, born: date | None, at: datetime) -> bool:
    """Tell whether somebody is younger than the merchant asks for; nobody is where no age is asked."""
    asked = command.minimum_user_age
    return asked is not None and born is not None and is_younger_than(asked, born, at.date())


def _check_scope(state: UnitState, command: CreatePayment) -> None:
    for word in command.scope:
        if word in _NOT_GRANTED or (word == "nin" and not state.settings.nin_allowed):
            raise ScopeIllegal(word, state.msn)
        if word not in SCOPES:
            raise ScopeInvalid(word, SCOPES)


def _check_metadata(command: CreatePayment) -> None:
    if command.metadata is None:
        return
    if len(command.metadata) > _METADATA_PAIRS:
        raise MetadataTooMany(len(command.metadata), _METADATA_PAIRS)
    keys = [key for key, _ in command.metadata]
    if len(set(keys)) < len(keys):
        raise MetadataKeyTwice(next(key for key in keys if keys.count(key) > 1))
    for key, value in command.metadata:
        if len(key) > _METADATA_KEY:
            raise MetadataKeyTooLong(len(key), _METADATA_KEY)
        if len(value) > _METADATA_VALUE:
            raise MetadataValueTooLong(key, len(value), _METADATA_VALUE)


def _deadline(state: UnitState, command: CreatePayment, at: datetime) -> datetime:
    """Return when an unanswered payment expires.

    Without `expiresAt` the unit's own time-out counts, or that of the first of two steps; with it the payment lives
    more than 10 minutes and less than 60 days, or than the unit's own maximum.
    """
    settings, asked = state.settings, command.expires_at
    if asked is None:
        return at + (settings.payment_timeout if settings.claim_timeout is None else settings.claim_timeout)
    if not settings.long_living_allowed:
        raise LongLivingNotAllowed(state.msn)
    if asked <= at + _SHORTEST_EXPIRY:
        raise ExpiryTooSoon(asked, at + _SHORTEST_EXPIRY)
    if asked >= at + settings.long_living_maximum:
        raise ExpiryTooLate(asked, at + settings.long_living_maximum)
    if lacks_receipt(command) and settings.profile is Profile.STRICT:
        raise ReceiptRequired(command.reference)
    return asked
