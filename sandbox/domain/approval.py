"""Decide what a customer does about a payment: on the landing page, on the phone, or by force.

The app's screens follow each other: open, consent if anything is to be shared that was not shared lately, confirm.
What is not on the screen now cannot be done. Source: landing page and app guides; ePayment guide "Force approve".
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, NoReturn

from sandbox.domain.commands import (
    ConfigureCustomer,
    CustomerAct,
    CustomerAction,
    EnterNumber,
    ForceApprove,
    ForgetConsent,
    LeaveLandingPage,
    PaymentMethodType,
    ShippingOption,
    UserFlow,
)
from sandbox.domain.creation import is_below_age
from sandbox.domain.customers import ApproveTrouble, is_phone_number
from sandbox.domain.errors import (
    AlreadyApproved,
    ApproveFailed,
    ApproveNotAllowed,
    ApproveNotSupported,
    CardExpiredAtApproval,
    CustomerNotFound,
    CustomerTokenInvalid,
    IdentificationRequired,
    NoCards,
    NotOnScreen,
    ParameterRequired,
    PaymentLimitExceeded,
    PaymentSourceInvalid,
    PersonalQrInvalid,
    PhoneNumberInvalid,
)
from sandbox.domain.facts import (
    CardDeclined,
    ConsentForgotten,
    ConsentGiven,
    CustomerConfigured,
    PaymentAborted,
    PaymentAuthorized,
    PaymentFact,
    PaymentOpened,
    PaymentPostponed,
    PaymentProcessing,
    PushSent,
)
from sandbox.domain.money import Currency
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.profile_sharing import missing_consent
from sandbox.domain.shipping import awaits_offer, chosen
from sandbox.domain.state import UnitState

__all__ = [
    "act",
    "actions_on_screen",
    "authorized",
    "authorized_by_card",
    "configure_customer",
    "enter_number",
    "force_approve",
    "forget_consent",
    "leave_landing_page",
]

# Amounts, in minor units, that Vipps's test app declines. Source: test environment guide, "Special test amounts".
_DECLINED_AMOUNTS: Final[Mapping[int, str]] = {
    151: "insufficient funds",
    182: "refused by the issuer",
    183: "suspected fraud",
    184: "withdrawal limit exceeded",
    186: "the card has expired",
    187: "the card is invalid",
}
_DECLINED_AMOUNTS_NO: Final[Mapping[int, str]] = {
    197: "3-D Secure denied",
    202: "strong customer authentication required",
}
_TRY_AGAIN_OR_REJECT: Final = (CustomerAction.OPEN, CustomerAction.REJECT)
_OUTCOME_UNKNOWN_AMOUNT: Final = 201
_OUTCOME_UNKNOWN_FOR: Final = timedelta(hours=1)


# --- The landing page -----------------------------------------------------------------------------------


def enter_number(state: UnitState, command: EnterNumber, at: datetime) -> list[PaymentFact]:
    """Decide that the request goes to the phone whose number was typed, with a push.

    Raises:
        PhoneNumberInvalid, CustomerNotFound: the page says so in one neutral sentence and stays.
        NotOnScreen: the link is spent, or there never was one.
    """
    payment = state.payment(command.reference)
    if payment.state is not PaymentState.CREATED:
        _refuse_number(command, f"it is {payment.state}.")
    if payment.processing_until is not None:
        _refuse_number(command, "the payment is being processed.")
    if payment.created.command.user_flow is UserFlow.PUSH_MESSAGE:
        _refuse_number(command, "the user flow PUSH_MESSAGE has no landing page.")
    if payment.created.command.payment_method is PaymentMethodType.CARD:
        _refuse_number(command, "a payment by card has a card form instead of a phone.")
    if not is_phone_number(command.phone_number):
        raise PhoneNumberInvalid(command.phone_number)
    too_young = is_below_age(payment.created.command, command.customer_born, at)
    if too_young or not state.persona(command.phone_number).is_customer:
        raise CustomerNotFound(command.phone_number)
    return [PushSent(at=at, reference=payment.reference, phone_number=command.phone_number)]


def leave_landing_page(state: UnitState, command: LeaveLandingPage, at: datetime) -> list[PaymentFact]:
    """Decide Cancel on the landing page, or the browser's Back: it ends a payment that waits, and nothing else."""
    payment = state.payment(command.reference)
    if payment.state is not PaymentState.CREATED or payment.processing_until is not None:
        return []
    because = "browser went back" if command.by_going_back else "landing page cancelled"
    return [PaymentAborted(at=at, reference=payment.reference, because=because)]


# --- The phone ------------------------------------------------------------------------------------------


def actions_on_screen(
    state: UnitState, payment: Payment, phone_number: str, at: datetime
) -> tuple[CustomerAction, ...]:
    """Return what this customer can do about a payment now."""
    if payment.state is not PaymentState.CREATED or payment.processing_until is not None:
        return ()
    if payment.phone_number != phone_number:
        return (CustomerAction.OPEN,) if _may_open(payment, phone_number) else ()
    if state.screens.get(phone_number) != payment.reference:
        return (CustomerAction.OPEN,)
    if missing_consent(state, payment, phone_number, at):
        return (CustomerAction.SHARE, CustomerAction.REFUSE)
    if awaits_offer(state, payment, at):  # what it costs is not known yet
        return (CustomerAction.REJECT,) if payment.shipping_refused is None else _TRY_AGAIN_OR_REJECT
    confirm = (CustomerAction.APPROVE, CustomerAction.DECLINE_CARD, CustomerAction.REJECT)
    return (*confirm, CustomerAction.PAY_LATER) if payment.is_long_living else confirm


def act(state: UnitState, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    """Decide what a customer does on the phone.

    Raises:
        NotOnScreen: the phone does not show that now; tells what it shows.
        CustomerNotFound: nobody has that number.
    """
    payment = state.payment(command.reference)
    too_young = is_below_age(payment.created.command, command.customer_born, at)
    if too_young or not state.persona(command.phone_number).is_customer:
        raise CustomerNotFound(command.phone_number)
    if command.action not in actions_on_screen(state, payment, command.phone_number, at):
        _refuse(state, payment, command, at)
    return _ACTS[command.action](state, payment, command, at)


def force_approve(state: UnitState, command: ForceApprove, at: datetime) -> list[PaymentFact]:
    """Decide an approval without the app; it consents to all that is asked, and knows no special amounts.

    Raises:
        ApproveRefusal: the payment has ended or is approved already, or Vipps would not do it for this customer.
        PersonalQrInvalid, CustomerTokenInvalid, PhoneNumberInvalid: what names the customer is not of its form.
        ParameterRequired: nobody is named, and the request is on nobody's phone.
        CustomerNotFound: nobody has that number.
    """
    payment = state.payment(command.reference)
    if not state.settings.force_approve_allowed:
        raise ApproveNotAllowed(payment.reference, state.msn)
    if payment.state is PaymentState.AUTHORIZED:
        raise AlreadyApproved(payment.reference)
    if payment.state is not PaymentState.CREATED or payment.processing_until is not None:
        why = payment.state if payment.processing_until is None else "the payment is being processed"
        raise ApproveFailed(payment.reference, f"invalid state {why}" if why is payment.state else why)
    if payment.created.command.shipping is not None:
        raise ApproveNotSupported(payment.reference)
    phone_number = _approver(state, payment, command)
    said = state.customers.get(phone_number)
    trouble = (said and said.approve_trouble) or state.settings.approve_trouble
    if trouble is not None:
        raise _APPROVE_TROUBLES[trouble](payment.reference, phone_number)
    consent = missing_consent(state, payment, phone_number, at)
    facts: list[PaymentFact] = []
    if consent:
        facts.append(ConsentGiven(at=at, reference=payment.reference, phone_number=phone_number, scope=consent))
    facts.append(authorized(state, payment, phone_number, at))
    return facts


def authorized(
    state: UnitState, payment: Payment, phone_number: str, at: datetime, shipping: ShippingOption | None = None
) -> PaymentAuthorized:
    """Return the approval itself, whoever or whatever brought it about; what shipping costs is paid with it."""
    cost = 0 if shipping is None else shipping.amount.value
    return PaymentAuthorized(
        at=at,
        reference=payment.reference,
        phone_number=phone_number,
        amount=payment.amount_of(payment.amount.value + cost),
        scope=payment.scope,
        capture_by=at + state.settings.captures_within,
        shipping=shipping,
    )


def authorized_by_card(state: UnitState, payment: Payment, at: datetime) -> PaymentAuthorized:
    """Return the approval of a payment by card, for which no phone was asked and nothing shared."""
    return PaymentAuthorized(
        at=at,
        reference=payment.reference,
        phone_number=None,
        amount=payment.amount,
        scope=(),
        capture_by=at + state.settings.captures_within,
    )


# --- What a tester says about customers -----------------------------------------------------------------


def configure_customer(state: UnitState, command: ConfigureCustomer, at: datetime) -> list[CustomerConfigured]:
    """Decide who has a phone number, and how that customer behaves."""
    return [CustomerConfigured(at=at, customer=command.customer)]


def forget_consent(state: UnitState, command: ForgetConsent, at: datetime) -> list[ConsentForgotten]:
    """Decide that a customer withdraws consent: the next payment asks again, what can be read now stays readable."""
    if command.phone_number not in state.consents:
        return []
    return [ConsentForgotten(at=at, phone_number=command.phone_number)]


_APPROVE_TROUBLES: Final[Mapping[ApproveTrouble, Callable[[str, str], Exception]]] = {
    ApproveTrouble.IDENTIFICATION_REQUIRED: IdentificationRequired,
    ApproveTrouble.INVALID_SOURCE: PaymentSourceInvalid,
    ApproveTrouble.NO_CARDS: NoCards,
    ApproveTrouble.LIMIT_EXCEEDED: PaymentLimitExceeded,
    ApproveTrouble.CARD_EXPIRED: CardExpiredAtApproval,
}


def _may_open(payment: Payment, phone_number: str) -> bool:
    """A link opens the app of whoever follows it; a push reaches one phone only, and a card form none."""
    command = payment.created.command
    by_link = command.user_flow is not UserFlow.PUSH_MESSAGE and command.payment_method is not PaymentMethodType.CARD
    return by_link and payment.phone_number in {None, phone_number}


def _refuse_number(command: EnterNumber, shows: str) -> NoReturn:
    raise NotOnScreen("entering a number", command.reference, command.phone_number, shows)


def _refuse(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> NoReturn:
    on_screen = actions_on_screen(state, payment, command.phone_number, at)
    shows = _why_nothing_shows(payment) or _what_shows(state, payment, command.action, on_screen, at)
    raise NotOnScreen(command.action, payment.reference, command.phone_number, shows)


def _why_nothing_shows(payment: Payment) -> str | None:
    if payment.state is not PaymentState.CREATED:
        return f"the payment is {payment.state}."
    if payment.processing_until is not None:
        return "the payment is being processed."
    if payment.created.command.payment_method is PaymentMethodType.CARD:
        return "a payment by card has a card form instead of a phone."
    return None


def _what_shows(
    state: UnitState,
    payment: Payment,
    action: CustomerAction,
    on_screen: tuple[CustomerAction, ...],
    at: datetime,
) -> str:
    if not on_screen:
        return "the request is on another phone."
    if on_screen == (CustomerAction.OPEN,) and payment.phone_number is None:
        return "the request is on nobody's phone; `open` it first, as who follows its link does."
    if on_screen == (CustomerAction.OPEN,):
        return "the request is in the list; `open` it first."
    if CustomerAction.SHARE in on_screen:
        return "the consent screen; `share` or `refuse` first."
    if payment.shipping_refused is not None and awaits_offer(state, payment, at):
        return f"the shop does not ship to this address: {payment.shipping_refused}"
    if awaits_offer(state, payment, at):
        return "the app asks the shop how it ships to this address, and waits."
    if action is CustomerAction.PAY_LATER:
        return "the payment screen; only a payment with expiresAt can be put off."
    return f"the payment screen, with {', '.join(on_screen)}."


def _approver(state: UnitState, payment: Payment, command: ForceApprove) -> str:
    """Return the phone number of who approves by force."""
    if command.personal_qr_of_nobody is not None:
        raise PersonalQrInvalid(command.personal_qr_of_nobody)
    if command.customer_token_of_nobody is not None:
        raise CustomerTokenInvalid(command.customer_token_of_nobody)
    phone_number = command.phone_number or payment.customer
    if phone_number is None:
        raise ParameterRequired("customer", "Nobody's phone has the request yet.")
    if not is_phone_number(phone_number):
        raise PhoneNumberInvalid(phone_number)
    if not state.persona(phone_number).is_customer:
        raise state.customer_not_found(phone_number)
    return phone_number


_Act = Callable[[UnitState, Payment, CustomerAct, datetime], list[PaymentFact]]


def _open(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    return [PaymentOpened(at=at, reference=payment.reference, phone_number=command.phone_number)]


def _share(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    scope = missing_consent(state, payment, command.phone_number, at)
    return [ConsentGiven(at=at, reference=payment.reference, phone_number=command.phone_number, scope=scope)]


def _refuse_consent(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    return [PaymentAborted(at=at, reference=payment.reference, because="consent refused")]


def _reject(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    return [PaymentAborted(at=at, reference=payment.reference, because="rejected")]


def _pay_later(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    return [PaymentPostponed(at=at, reference=payment.reference, phone_number=command.phone_number)]


def _decline_card(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    return [_declined(payment, command, "the card was declined", at)]


def _approve(state: UnitState, payment: Payment, command: CustomerAct, at: datetime) -> list[PaymentFact]:
    asked = payment.created.command.shipping
    if asked is not None and asked.allowed_countries is not None and command.country not in asked.allowed_countries:
        shows = f"the shop ships to {', '.join(asked.allowed_countries)}, not to {command.country}."
        raise NotOnScreen(command.action, payment.reference, command.phone_number, shows)
    shipping = chosen(payment, command.shipping_option_id)
    value = payment.amount.value
    if state.settings.special_amounts:
        because = _DECLINED_AMOUNTS.get(value)
        if payment.amount.currency is Currency.NOK:
            because = because or _DECLINED_AMOUNTS_NO.get(value)
        if because is not None:
            return [_declined(payment, command, because, at)]
        if value == _OUTCOME_UNKNOWN_AMOUNT:
            until = at + _OUTCOME_UNKNOWN_FOR
            return [
                PaymentProcessing(
                    at=at,
                    reference=payment.reference,
                    phone_number=command.phone_number,
                    until=until,
                    shipping=shipping,
                )
            ]
    return [authorized(state, payment, command.phone_number, at, shipping)]


def _declined(payment: Payment, command: CustomerAct, because: str, at: datetime) -> CardDeclined:
    return CardDeclined(at=at, reference=payment.reference, phone_number=command.phone_number, because=because)


_ACTS: Final[Mapping[CustomerAction, _Act]] = {
    CustomerAction.OPEN: _open,
    CustomerAction.SHARE: _share,
    CustomerAction.REFUSE: _refuse_consent,
    CustomerAction.APPROVE: _approve,
    CustomerAction.REJECT: _reject,
    CustomerAction.PAY_LATER: _pay_later,
    CustomerAction.DECLINE_CARD: _decline_card,
}
