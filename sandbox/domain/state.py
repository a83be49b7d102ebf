"""What a sales unit is: the fold of its journal, and nothing else.

`UnitState.apply` is the only way that state changes. It refuses nothing, so replaying a journal from empty
rebuilds an equal state.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sandbox.domain import facts
from sandbox.domain.clock import Clock, ClockSetting
from sandbox.domain.commands import ArmFault, Capture, CreatePayment, PaymentType, Refund
from sandbox.domain.customers import MAGIC_NUMBERS, CustomerSettings, Persona
from sandbox.domain.errors import CustomerNotFound, UnknownReference
from sandbox.domain.facts import Fact, KeyedOperationRefused, PaymentFact
from sandbox.domain.identity import sub
from sandbox.domain.payments import Payment, PaymentState, created
from sandbox.domain.receipts import Receipt
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.values import value
from sandbox.domain.webhook_book import WebhookBook

__all__ = ["ArmedFault", "KeyedCommand", "OperationKey", "OrderKey", "UnitState", "operation_key", "replay"]

KeyedCommand = CreatePayment | Capture | Refund
OperationKey = tuple[str, str, str]
OrderKey = tuple[PaymentType, str]
_BAD_REQUEST: Final = 400


def operation_key(command: KeyedCommand) -> OperationKey:
    """Return where an Idempotency-Key counts: creates share one space, captures and refunds have one per payment."""
    scope = "" if isinstance(command, CreatePayment) else command.reference
    return type(command).__name__, scope, command.idempotency_key or ""


@value(kw_only=False)
class ArmedFault:
    """A fault, and how often it has happened."""

    id: str
    armed: ArmFault
    fired: int = 0

    @property
    def is_spent(self) -> bool:
        return self.armed.times is not None and self.fired >= self.armed.times


@dataclass
class UnitState:
    """A sales unit as it stands."""

    msn: str = ""
    settings: UnitSettings = field(default_factory=UnitSettings)
    clock: Clock = field(default_factory=Clock)
    payments: dict[str, Payment] = field(default_factory=dict)
    categories: dict[OrderKey, tuple[facts.CategoryAttached, ...]] = field(default_factory=dict)  # newest last
    category_keys: dict[str, OrderKey] = field(default_factory=dict)  # of all ids ever given; where each belongs
    categories_given: dict[OrderKey, int] = field(default_factory=dict)  # how many ids an order ever had
    receipts: dict[OrderKey, Receipt] = field(default_factory=dict)
    images: dict[str, facts.ImageUploaded] = field(default_factory=dict)
    create_keys: dict[str, str] = field(default_factory=dict)  # Idempotency-Key → reference
    refused_keys: dict[OperationKey, KeyedOperationRefused] = field(default_factory=dict)
    pushes: dict[str, list[facts.PushSent | facts.ReminderSent]] = field(default_factory=dict)  # by phone number
    reminded: dict[str, datetime] = field(default_factory=dict)  # reference → when its phone was reminded last
    customers: dict[str, CustomerSettings] = field(default_factory=dict)  # that a tester said something about
    pending: dict[str, dict[str, None]] = field(default_factory=dict)  # phone number → open references
    screens: dict[str, str] = field(default_factory=dict)  # phone number → the reference it shows
    consents: dict[str, dict[str, datetime]] = field(default_factory=dict)  # phone number → scope → when
    subs: dict[str, str] = field(default_factory=dict)  # sub → phone number
    shared: dict[str, dict[str, datetime]] = field(default_factory=dict)  # sub → scope → last approval with it
    webhooks: WebhookBook = field(default_factory=WebhookBook)
    faults: dict[str, ArmedFault] = field(default_factory=dict)  # also those that are spent
    faults_armed: int = 0  # that there ever were

    def payment(self, reference: str) -> Payment:
        """Return a payment, or raise UnknownReference."""
        try:
            return self.payments[reference]
        except KeyError:
            raise UnknownReference(reference, self.msn) from None

    def persona(self, phone_number: str) -> Persona:
        """Return how a customer behaves: as said of that one, as a magic number has it, or as all of the unit do."""
        said = self.customers.get(phone_number)
        if said is not None and said.persona is not None:
            return said.persona
        return MAGIC_NUMBERS.get(phone_number, self.settings.customer)

    def customer_not_found(self, phone_number: str) -> CustomerNotFound:
        """Return the refusal of a merchant's call for somebody who is no customer."""
        return CustomerNotFound(phone_number, as_bad_request=self.settings.customer_not_found_status == _BAD_REQUEST)

    def apply(self, fact: Fact) -> None:
        """Take in what happened."""
        if isinstance(fact, PaymentFact) and not isinstance(fact, facts.PaymentCreated):
            self._apply_to_payment(fact)
        change = _CHANGES.get(type(fact))
        if change is not None:
            change(self, fact)
        elif not isinstance(fact, PaymentFact):
            self.webhooks.apply(fact)
        if self.webhooks.registrations and isinstance(fact, PaymentFact):
            self.webhooks.owe(self.payments[fact.reference], fact, self.settings.webhook_delay)

    def _apply_to_payment(self, fact: PaymentFact) -> None:
        before = self.payments[fact.reference]
        after = self.payments[fact.reference] = before.after(fact)
        if after.phone_number != before.phone_number:
            self._take_off(before)
            self._put_on(after)
        if after.state is not PaymentState.CREATED:
            self._take_off(after)

    def _put_on(self, payment: Payment) -> None:
        """Put the request into the list of the phone that has it."""
        if payment.phone_number is not None:
            self.pending.setdefault(payment.phone_number, {})[payment.reference] = None

    def _take_off(self, payment: Payment) -> None:
        if payment.phone_number is not None:
            self.pending[payment.phone_number].pop(payment.reference, None)
            self.leave_screen(payment.phone_number, payment.reference)

    def leave_screen(self, phone_number: str, reference: str) -> None:
        if self.screens.get(phone_number) == reference:
            del self.screens[phone_number]


def replay(journal: Iterable[Fact]) -> UnitState:
    """Rebuild a unit's state from its journal."""
    state = UnitState()
    for fact in journal:
        state.apply(fact)
    return state


def _provisioned(state: UnitState, fact: facts.UnitProvisioned) -> None:
    state.msn, state.settings = fact.msn, fact.settings


def _configured(state: UnitState, fact: facts.UnitConfigured) -> None:
    state.settings = fact.settings


def _clock_set(state: UnitState, fact: facts.ClockSet | facts.UnitRestored) -> None:
    state.clock = state.clock.moved(ClockSetting(fact.real, fact.at, fact.frozen))


def _fault_armed(state: UnitState, fact: facts.FaultArmed) -> None:
    state.faults_armed += 1
    state.faults[fact.fault_id] = ArmedFault(fact.fault_id, fact.command)


def _fault_fired(state: UnitState, fact: facts.FaultFired) -> None:
    known = state.faults[fact.fault_id]
    state.faults[fact.fault_id] = replace(known, fired=known.fired + 1)


def _fault_removed(state: UnitState, fact: facts.FaultRemoved) -> None:
    del state.faults[fact.fault_id]


def _payment_created(state: UnitState, fact: facts.PaymentCreated) -> None:
    state.payments[fact.reference] = created(fact)
    if fact.command.idempotency_key is not None:
        state.create_keys[fact.command.idempotency_key] = fact.reference
    if fact.command.receipt is not None:
        # The first receipt of an order is its only one, whichever way it came.
        state.receipts.setdefault((PaymentType.ECOM, fact.reference), fact.command.receipt)


def _push_sent(state: UnitState, fact: facts.PushSent | facts.ReminderSent) -> None:
    state.pushes.setdefault(fact.phone_number, []).append(fact)
    if isinstance(fact, facts.ReminderSent):
        state.reminded[fact.reference] = fact.at


def _opened(state: UnitState, fact: facts.PaymentOpened) -> None:
    state.screens[fact.phone_number] = fact.reference


def _put_aside(state: UnitState, fact: facts.PaymentPostponed | facts.PaymentProcessing) -> None:
    state.leave_screen(fact.phone_number, fact.reference)


def _consent_given(state: UnitState, fact: facts.ConsentGiven) -> None:
    given = state.consents.setdefault(fact.phone_number, {})
    given.update(dict.fromkeys(fact.scope, fact.at))


def _authorized(state: UnitState, fact: facts.PaymentAuthorized) -> None:
    if fact.scope and fact.phone_number is not None:
        who = sub(state.msn, fact.phone_number)
        state.subs[who] = fact.phone_number
        state.shared.setdefault(who, {}).update(dict.fromkeys(fact.scope, fact.at))


def _customer_configured(state: UnitState, fact: facts.CustomerConfigured) -> None:
    state.customers[fact.customer.phone_number] = fact.customer


def _consent_forgotten(state: UnitState, fact: facts.ConsentForgotten) -> None:
    state.consents.pop(fact.phone_number, None)


def _key_refused(state: UnitState, fact: KeyedOperationRefused) -> None:
    state.refused_keys[fact.key] = fact


def _category_attached(state: UnitState, fact: facts.CategoryAttached) -> None:
    key = fact.command.payment_type, fact.command.order_id
    beside = () if fact.command.replaces else state.categories.get(key, ())
    state.categories[key] = (*beside, fact)
    if fact.category_id not in state.category_keys:
        state.category_keys[fact.category_id] = key
        state.categories_given[key] = state.categories_given.get(key, 0) + 1


def _category_removed(state: UnitState, fact: facts.CategoryRemoved) -> None:
    key = state.category_keys[fact.category_id]
    left = tuple(category for category in state.categories[key] if category.category_id != fact.category_id)
    state.categories[key] = left


def _receipt_attached(state: UnitState, fact: facts.ReceiptAttached) -> None:
    state.receipts[fact.command.payment_type, fact.command.order_id] = fact.command.receipt


def _image_uploaded(state: UnitState, fact: facts.ImageUploaded) -> None:
    state.images[fact.image_id] = fact


_CHANGES: Final[Mapping[type[Fact], Callable[[UnitState, Any], None]]] = {
    facts.UnitProvisioned: _provisioned,
    facts.UnitConfigured: _configured,
    facts.ClockSet: _clock_set,
    facts.UnitRestored: _clock_set,
    facts.FaultArmed: _fault_armed,
    facts.FaultFired: _fault_fired,
    facts.FaultRemoved: _fault_removed,
    facts.PaymentCreated: _payment_created,
    facts.PushSent: _push_sent,
    facts.ReminderSent: _push_sent,
    facts.CustomerConfigured: _customer_configured,
    facts.ConsentForgotten: _consent_forgotten,
    facts.PaymentOpened: _opened,
    facts.PaymentPostponed: _put_aside,
    facts.PaymentProcessing: _put_aside,
    facts.ConsentGiven: _consent_given,
    facts.PaymentAuthorized: _authorized,
    facts.KeyedOperationRefused: _key_refused,
    facts.CategoryAttached: _category_attached,
    facts.CategoryRemoved: _category_removed,
    facts.ReceiptAttached: _receipt_attached,
    facts.ImageUploaded: _image_uploaded,
}
