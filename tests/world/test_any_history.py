"""Whatever happens to a sales unit, in whatever order, some things are always so.

Merchants, customers and clocks act at random; after each step the whole unit is checked against its journal, and
against what the contract says of money and states.
"""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandbox.domain import approval, faults, modifications
from sandbox.domain.commands import (
    Answers,
    ArmFault,
    Awaited,
    Cancel,
    Capture,
    CreatePayment,
    CustomerAct,
    CustomerAction,
    DropsConnection,
    Effect,
    EnterNumber,
    ForceApprove,
    Garbles,
    Holds,
    LeaveLandingPage,
    Refund,
    RemoveFault,
    Trickles,
    UserFlow,
    Waits,
)
from sandbox.domain.creation import create
from sandbox.domain.customers import Persona
from sandbox.domain.errors import Refusal
from sandbox.domain.event_log import PaymentEvent, events_of
from sandbox.domain.facts import (
    ClockSet,
    Fact,
    FaultArmed,
    FaultFired,
    FaultRemoved,
    KeyedOperationRefused,
    PaymentAuthorized,
    PaymentProcessing,
)
from sandbox.domain.faults import Circumstance
from sandbox.domain.inbox import pending_requests
from sandbox.domain.money import Amount, Currency
from sandbox.domain.orders import attach_category
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.sales_unit import CaptureTrouble, Market, Profile, UnitSettings
from sandbox.domain.state import UnitState, replay
from sandbox.journal import MemoryJournal
from sandbox.journal.codec import fact_from, fact_written
from sandbox.world import SalesUnit, World
from tests.domain.shop import ADA, EMMA, MSN, category_command, create_command, nok
from tests.world.fakes import WallClock

C = TypeVar("C")
K = TypeVar("K", CreatePayment, Capture, Refund)
T = TypeVar("T")

REFERENCES = ["order-0001", "order-0002"]
PHONES = [ADA, EMMA, *(f"47900000{number:02}" for number in (1, 2, 3, 5, 6, 7, 8)), "4790000404"]
# Few instants, so that deadlines, windows and the waits of personas are often met exactly.
WAITS = [timedelta(days=1), *(timedelta(minutes=minutes) for minutes in (5, 10, 0, 1, 60)), timedelta(days=9)]
CUSTOMERS = [Persona.MANUAL, Persona.SLOW, Persona.PAYS_LATER, Persona.CARD_DECLINED_ONCE, Persona.UNKNOWN]
KINDS: list[type[Capture] | type[Refund]] = [Capture, Refund]
OPERATIONS: dict[type[CreatePayment | Capture | Refund], str] = {
    CreatePayment: "createPayment",
    Capture: "capturePayment",
    Refund: "refundPayment",
}
EFFECTS: list[Effect] = [
    DropsConnection(processed=True),
    Answers(status=503),
    DropsConnection(processed=False),
    Garbles(),
    Waits(seconds=1.5),
    Trickles(takes=2),
    Holds(until=Awaited(customer=CustomerAction.APPROVE), is_first=False, patience=5),
]
SCOPES: list[tuple[str, ...]] = [("name",), (), ("name", "email"), ("nin",)]

references = st.sampled_from(REFERENCES)
keys = st.sampled_from(["1", "2", None])
phones = st.sampled_from(PHONES)
waits = st.sampled_from(WAITS)
# The likely ones several times, so that histories get somewhere.
amounts = st.sampled_from([*[nok(2000)] * 4, *map(nok, (99, 100, 151, 201, 201, 1000)), Amount(Currency.DKK, 2000)])
parts = st.sampled_from([*map(nok, (500, 1000, 1500, 2000, 123, 124, 1, 0, 2001)), Amount(Currency.DKK, 500)])
new_faults = st.builds(
    ArmFault,
    operation=st.sampled_from([None, *OPERATIONS.values()]),
    reference=st.sampled_from([None, *REFERENCES]),
    phone_number=st.sampled_from([None, None, ADA]),
    times=st.sampled_from([1, 2, None]),
    effect=st.sampled_from(EFFECTS),
)
changes_of_settings = st.one_of(
    st.builds(dict, customer=st.sampled_from(CUSTOMERS)),
    st.builds(dict, capture_trouble=st.sampled_from([None, *CaptureTrouble])),
    st.builds(dict, sticky_refusals=st.booleans(), special_amounts=st.booleans()),
    st.builds(dict, market=st.sampled_from([None, *Market]), profile=st.sampled_from(Profile)),
    st.builds(dict, partial_capture_allowed=st.booleans(), long_living_allowed=st.booleans()),
    st.builds(dict, capture_window=st.sampled_from(WAITS), refund_window=st.sampled_from(WAITS)),
)


class AnyHistory(RuleBasedStateMachine):
    """One sales unit and all that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.wall = WallClock()
        self.unit = SalesUnit(MSN, UnitSettings(), real_now=self.wall)
        self.known: dict[str, Payment] = {}  # as of the step before
        self.known_events: dict[str, list[PaymentEvent]] = {}

    # --- The merchant -----------------------------------------------------------------------------------

    @initialize(
        flow=st.sampled_from([UserFlow.PUSH_MESSAGE, UserFlow.WEB_REDIRECT]),
        phone=phones,
        amount=amounts,
        then=st.sampled_from(["nothing", "approved", "processing"]),
    )
    def begin(self, flow: UserFlow, phone: str, amount: Amount, then: str) -> None:
        """Have something that the rest can happen to."""
        command = create_command(
            user_flow=flow,
            phone_number=ADA if then == "processing" else phone,
            amount=nok(201) if then == "processing" else amount,
            scope=("name",),
            expires_at=self.unit.now() + timedelta(days=2),
        )
        self.do(create, command)
        match then:
            case "approved":
                self.do(approval.force_approve, ForceApprove(reference=command.reference, phone_number=EMMA))
            case "processing":
                for action in (CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.APPROVE):
                    act = CustomerAct(action=action, reference=command.reference, phone_number=ADA)
                    assert self.do(approval.act, act)

    @rule(
        reference=references,
        key=keys,
        flow=st.sampled_from([UserFlow.PUSH_MESSAGE, *UserFlow]),
        phone=st.sampled_from([*PHONES, None, "12"]),
        amount=amounts,
        scope=st.sampled_from(SCOPES),
        expires_in=st.sampled_from([None, timedelta(days=2), timedelta(minutes=10), timedelta(days=60)]),
    )
    def merchant_creates(
        self,
        reference: str,
        key: str | None,
        flow: UserFlow,
        phone: str | None,
        amount: Amount,
        scope: tuple[str, ...],
        expires_in: timedelta | None,
    ) -> None:
        command = create_command(
            reference=reference,
            idempotency_key=key,
            user_flow=flow,
            phone_number=phone,
            amount=amount,
            scope=scope,
            expires_at=None if expires_in is None else self.unit.now() + expires_in,
        )
        self.call(create, command)

    @precondition(lambda self: self.unit.state.payments)
    @rule(data=st.data())
    def merchant_repeats_a_create(self, data: st.DataObject) -> None:
        command = data.draw(st.sampled_from([payment.created.command for payment in self.payments]))
        assert command.idempotency_key is None or self.do(create, command)

    @rule(kind=st.sampled_from(KINDS), reference=references, key=keys, amount=parts)
    def merchant_captures_or_refunds(
        self, kind: type[Capture | Refund], reference: str, key: str | None, amount: Amount
    ) -> None:
        self.modify(kind, reference, key, amount)

    @precondition(lambda self: any(payment.authorized for payment in self.payments))
    @rule(data=st.data(), key=keys)
    def merchant_goes_to_the_limit(self, data: st.DataObject, key: str | None) -> None:
        """Ask for about as much as is left."""
        payment = data.draw(st.sampled_from([payment for payment in self.payments if payment.authorized]))
        kind = data.draw(st.sampled_from(KINDS))
        left = payment.capturable if kind is Capture else payment.refundable
        asked = data.draw(st.sampled_from([left, left // 2, left + 1]))
        taken = self.modify(kind, payment.reference, key, payment.amount_of(asked))
        assert not (taken and key is None and asked > left)

    @rule(reference=references, only=st.booleans())
    def merchant_cancels(self, reference: str, only: bool) -> None:
        self.do(modifications.cancel, Cancel(reference=reference, cancel_transaction_only=only))

    @rule(reference=references, phone=st.sampled_from([None, *PHONES]))
    def merchant_forces_approval(self, reference: str, phone: str | None) -> None:
        self.do(approval.force_approve, ForceApprove(reference=reference, phone_number=phone))

    @rule(reference=references, url=st.sampled_from(["https://example.com/1", "https://example.com/2", "nowhere"]))
    def merchant_attaches_a_category(self, reference: str, url: str) -> None:
        self.do(attach_category, category_command(order_id=reference, order_details_url=url))

    @rule(changes=changes_of_settings)
    def somebody_changes_settings(self, changes: dict[str, Any]) -> None:
        with self.after_all_that_is_due():
            self.unit.configure(replace(self.unit.state.settings, **changes))

    # --- The tester -------------------------------------------------------------------------------------

    @rule(command=new_faults)
    def tester_arms_a_fault(self, command: ArmFault) -> None:
        assert self.do(faults.arm, command)

    @precondition(lambda self: self.unit.state.faults)
    @rule(data=st.data())
    def tester_removes_a_fault(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from(list(self.unit.state.faults)))
        assert self.do(faults.remove, RemoveFault(fault_id=which))
        assert not self.do(faults.remove, RemoveFault(fault_id=which))

    # --- The customer -----------------------------------------------------------------------------------

    @rule(reference=references, phone=phones)
    def customer_enters_a_number(self, reference: str, phone: str) -> None:
        self.do(approval.enter_number, EnterNumber(reference=reference, phone_number=phone))

    @rule(reference=references)
    def customer_leaves_the_landing_page(self, reference: str) -> None:
        self.do(approval.leave_landing_page, LeaveLandingPage(reference=reference))

    @rule(action=st.sampled_from(CustomerAction), reference=references, phone=phones)
    def customer_acts(self, action: CustomerAction, reference: str, phone: str) -> None:
        self.do(approval.act, CustomerAct(action=action, reference=reference, phone_number=phone))

    @precondition(lambda self: any(self.unit.state.pending.values()))
    @rule(data=st.data())
    def customer_does_what_the_phone_offers(self, data: st.DataObject) -> None:
        state = self.settled()
        offered = [
            (action, request.reference, phone)
            for phone in state.pending
            if state.persona(phone).is_customer
            for request in pending_requests(state, phone, self.unit.now())
            for action in request.actions
        ]
        if offered:
            action, reference, phone = data.draw(st.sampled_from(offered))
            command = CustomerAct(action=action, reference=reference, phone_number=phone)
            assert self.do(approval.act, command)

    # --- Time -------------------------------------------------------------------------------------------

    @rule(time=waits)
    def time_passes(self, time: timedelta) -> None:
        self.wall.passes(time)

    @rule(by=waits)
    def clock_is_advanced(self, by: timedelta) -> None:
        """A unit that was rebuilt from the journal would live the same future."""
        rebuilt = self.rebuilt()
        self.advance_both(rebuilt, by)

    @rule(later=waits)
    def snapshot_is_restored_later(self, later: timedelta) -> None:
        """Written down and read back, it lives the future that it would have had without."""
        settled = self.rebuilt()
        settled.settle()
        facts = [fact_from(json.loads(json.dumps(fact_written(fact)))) for fact in settled.journal.read()]
        assert facts == list(settled.journal.read())
        wall = WallClock()
        wall.now = self.wall.now + later
        restored = World(real_now=wall).restore(MSN, facts, now=settled.now(), frozen=settled.frozen)
        assert (restored.now(), restored.frozen) == (settled.now(), settled.frozen)
        for by in (timedelta(0), timedelta(days=3), timedelta(days=400)):
            assert run(restored.advance(by)) == run(settled.advance(by))
            assert replace(restored.state, clock=settled.state.clock) == settled.state

    @rule(back=waits, frozen=st.sampled_from([None, True, False]))
    def clock_is_set_back(self, back: timedelta, frozen: bool | None) -> None:
        """By nothing at all, it is only stopped or started."""
        with self.after_all_that_is_due():
            run(self.unit.set_clock(self.unit.now() - back, frozen=frozen))

    def teardown(self) -> None:
        self.advance_both(self.rebuilt(), timedelta(days=400))
        assert {payment.state for payment in self.payments} <= set(PaymentState) - {PaymentState.CREATED}

    # --- What is always so ------------------------------------------------------------------------------

    @invariant()
    def state_is_the_fold_of_the_journal(self) -> None:
        assert replay(self.unit.journal.read()) == self.unit.state

    @invariant()
    def time_goes_back_only_when_the_clock_is_set_back(self) -> None:
        for earlier, later in pairwise(self.unit.journal.read()):
            assert earlier.at <= later.at or isinstance(later, ClockSet)

    @invariant()
    def sums_are_sound(self) -> None:
        for payment in self.payments:
            assert min(payment.authorized, payment.captured, payment.cancelled, payment.refunded) >= 0
            assert payment.refunded <= payment.captured
            match payment.state:
                case PaymentState.AUTHORIZED:
                    assert payment.authorized == payment.amount.value
                    assert payment.captured + payment.cancelled <= payment.authorized
                    assert payment.cancelled in {0, payment.authorized - payment.captured}
                case PaymentState.TERMINATED:
                    assert (payment.authorized, payment.captured) == (0, 0)
                    assert payment.cancelled == payment.amount.value
                case _:
                    assert (payment.authorized, payment.captured, payment.cancelled) == (0, 0, 0)

    @invariant()
    def what_has_happened_stays(self) -> None:
        """A payment only grows, its state leaves CREATED once and for all, and no sum ever falls."""
        for reference, before in self.known.items():
            now = self.unit.state.payments[reference]
            assert now.facts[: len(before.facts)] == before.facts
            assert before.state in {PaymentState.CREATED, now.state}
            assert before.captured <= now.captured
            assert before.cancelled <= now.cancelled
            assert before.refunded <= now.refunded
        self.known = dict(self.unit.state.payments)

    @invariant()
    def events_are_told_apart_and_never_change(self) -> None:
        events = {payment.reference: list(events_of(payment, MSN)) for payment in self.payments}
        told = Counter(event.psp_reference for log in events.values() for event in log)
        assert set(told.values()) <= {1}
        for reference, before in self.known_events.items():
            assert events[reference][: len(before)] == before
        for payment in self.payments:
            ends = [event.name for event in events[payment.reference][1:2]]
            assert ends == ([] if payment.state is PaymentState.CREATED else [payment.state.value])
        self.known_events = events

    @invariant()
    def nobody_meets_a_payment_past_its_deadline(self) -> None:
        for payment in self.settled().payments.values():
            if payment.state is PaymentState.CREATED:
                assert self.unit.now() < (payment.processing_until or payment.created.deadline)

    @invariant()
    def phones_show_what_waits_for_their_customers(self) -> None:
        state = self.unit.state
        waiting = {
            (payment.phone_number, payment.reference)
            for payment in self.payments
            if payment.state is PaymentState.CREATED and payment.phone_number is not None
        }
        assert waiting == {(phone, reference) for phone, pending in state.pending.items() for reference in pending}
        assert state.screens.items() <= waiting

    @invariant()
    def nothing_is_shared_without_the_customers_own_consent(self) -> None:
        for payment in self.payments:
            if payment.state is PaymentState.AUTHORIZED and payment.phone_number is not None:
                assert set(payment.scope) <= self.unit.state.consents.get(payment.phone_number, {}).keys()
        for sub, scopes in self.unit.state.shared.items():
            assert scopes.keys() <= self.unit.state.consents[self.unit.state.subs[sub]].keys()

    @invariant()
    def who_approved_is_who_pays(self) -> None:
        for payment in self.payments:
            for fact, following in pairwise(payment.facts):
                if isinstance(fact, PaymentProcessing):
                    assert isinstance(following, PaymentAuthorized)
                    assert following.phone_number == fact.phone_number

    @invariant()
    def faults_happen_as_often_as_they_were_armed_for(self) -> None:
        """And are there, in the order in which they were armed, until they are removed."""
        journal = list(self.unit.journal.read())
        armed = [fact.fault_id for fact in journal if isinstance(fact, FaultArmed)]
        removed = {fact.fault_id for fact in journal if isinstance(fact, FaultRemoved)}
        fired = Counter(fact.fault_id for fact in journal if isinstance(fact, FaultFired))
        assert list(self.unit.state.faults) == [fault for fault in armed if fault not in removed]
        assert len(set(armed)) == len(armed)
        for fault in self.unit.state.faults.values():
            assert fault.fired == fired[fault.id]
            assert fault.armed.times is None or fault.fired <= fault.armed.times

    # --- How it is done ---------------------------------------------------------------------------------

    @property
    def payments(self) -> Sequence[Payment]:
        return list(self.unit.state.payments.values())

    def do(self, decide: Callable[[UnitState, C, datetime], Sequence[Fact]], command: C) -> bool:
        """Carry a command out, and tell whether it was taken; check all that it leaves."""
        settled = self.rebuilt()
        settled.settle()
        refusal: Refusal | None = None
        facts: Sequence[Fact] = ()
        try:
            facts = self.unit.do(decide, command)
        except Refusal as refused:
            refusal = refused
        left = list(self.unit.journal.read(len(settled.journal)))
        if refusal is not None:
            assert len(left) <= 1
            assert all(isinstance(fact, KeyedOperationRefused) and fact.refusal == refusal for fact in left)
            assert replace(self.unit.state, refused_keys=settled.state.refused_keys) == settled.state
        elif left:
            assert left == list(facts)
        else:  # a key came again, or there was nothing to do
            assert all(fact in settled.journal.read() and getattr(fact, "command", None) == command for fact in facts)
            assert self.unit.state == settled.state
        return refusal is None

    def call(
        self,
        decide: Callable[[UnitState, K, datetime], Sequence[Fact]],
        command: K,
    ) -> bool:
        """Have the merchant call, and tell whether it was taken; what is armed for such a call happens to it.

        Who hears no answer calls again with the same key, and gets what the first call got.
        """
        self.unit.settle()
        payment = self.unit.state.payments.get(command.reference)
        phone = payment.customer if payment is not None else getattr(command, "phone_number", None)
        met = Circumstance(operation=OPERATIONS[type(command)], reference=command.reference, phone_number=phone)
        fault = faults.fault_for(self.unit.state, met)
        if fault is None:
            return self.do(decide, command)
        assert self.do(faults.fire, (fault, met))
        match fault.armed.effect:
            case Answers() | DropsConnection(processed=False):
                return False
        taken = self.do(decide, command)
        if command.idempotency_key is not None:
            assert self.do(decide, command) is taken
        return taken

    def modify(self, kind: type[Capture | Refund], reference: str, key: str | None, amount: Amount) -> bool:
        if kind is Capture:
            return self.call(modifications.capture, Capture(idempotency_key=key, reference=reference, amount=amount))
        return self.call(modifications.refund, Refund(idempotency_key=key, reference=reference, amount=amount))

    @contextmanager
    def after_all_that_is_due(self) -> Iterator[None]:
        """Check that what was due by now happens first, whether or not anybody looked."""
        settled = self.rebuilt()
        settled.settle()
        expected = list(settled.journal.read())
        yield
        assert list(self.unit.journal.read())[: len(expected)] == expected

    def settled(self) -> UnitState:
        """Return the state after all that is due, without making it happen."""
        return self.rebuilt().up_to_date()

    def rebuilt(self) -> SalesUnit:
        journal = MemoryJournal()
        journal.append(list(self.unit.journal.read()))
        return SalesUnit(MSN, UnitSettings(), real_now=self.wall, journal=journal)

    def advance_both(self, rebuilt: SalesUnit, by: timedelta) -> None:
        assert run(rebuilt.advance(by)) == run(self.unit.advance(by))
        assert rebuilt.state == self.unit.state


def run(move: Coroutine[Any, Any, T]) -> T:
    """Run what never really waits, without an event loop."""
    try:
        move.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    move.close()
    raise AssertionError("it waits")


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    derandomize=True,  # the same histories on every machine
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
