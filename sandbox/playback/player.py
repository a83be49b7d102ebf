"""Plays a scenario: the reference client is the merchant, the sandbox's own API is customer and time.

Each scenario has a sales unit of its own, so that scenarios never meet.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from pydantic import BaseModel

from sandbox.client import Amount, ApiError, Modification, Payment, TransportFailed, VippsClient, VippsError
from sandbox.playback import model
from sandbox.playback.loading import LoadedScenario, LoadedStep, Passage
from sandbox.playback.model import Answer, Step
from sandbox.playback.stage import Stage, StageRefused, StageUnit

__all__ = ["Failure", "Performance", "Play", "play"]


@dataclass(frozen=True, slots=True)
class Performance:
    """A step that went as the scenario has it."""

    step: LoadedStep
    told: str  # what happened, in a line


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a scenario ended otherwise than it should: at a step, or at what it begins with."""

    at: Passage
    expected: str
    came: str


@dataclass(slots=True)
class Play:
    """How a scenario went; *took* in seconds."""

    scenario: LoadedScenario
    msn: str = ""
    performed: list[Performance] = field(default_factory=list)
    failure: Failure | None = None
    took: float = 0.0

    @property
    def passed(self) -> bool:
        return self.failure is None


class _Unmet(Exception):
    """An expectation that was not met."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(expected, came)
        self.expected = expected
        self.came = came


def play(scenario: LoadedScenario, stage: Stage, *, on_step: Callable[[Performance], None] = lambda _: None) -> Play:
    """Play a scenario to its end, or to its first step that does not go as it should."""
    result, begun = Play(scenario), perf_counter()
    story = scenario.scenario
    at = scenario.keys.get("settings", scenario.keys["scenario"])
    try:
        unit = stage.unit(story.settings)
        result.msn = unit.msn
        if story.clock is not None:
            at = scenario.keys["clock"]
            unit.set_clock(story.clock)
        with VippsClient(unit.credentials, stage.base_url) as vipps:
            cast = _Cast(unit, vipps)
            for step in scenario.steps:
                at = step
                performance = Performance(step, cast.perform(step.step))
                result.performed.append(performance)
                on_step(performance)
    except _Unmet as unmet:
        result.failure = Failure(at, unmet.expected, unmet.came)
    except StageRefused as refused:
        expected = "the sandbox does it" if isinstance(at, LoadedStep) else "the sandbox takes it"
        result.failure = Failure(at, expected, str(refused))
    except VippsError as error:
        result.failure = Failure(at, "an answer", str(error))
    result.took = perf_counter() - begun
    return result


class _Cast:
    """Merchant, customer and time of one scenario, and what they have named."""

    def __init__(self, unit: StageUnit, vipps: VippsClient) -> None:
        self._unit = unit
        self._vipps = vipps
        self._references: dict[str, str] = {}  # name → reference
        self._phones: dict[str, str] = {}  # reference → phone number
        self._spoken_of: str | None = None  # the reference spoken of last

    def perform(self, step: Step) -> str:  # noqa: C901, PLR0912 - one case per kind of step
        match step:
            case model.CreatePayment():
                return self._create_payment(step)
            case model.GetPayment(payment=payment, expect=expect):
                reference = self._reference(payment)
                return self._call(expect, lambda: self._vipps.get_payment(reference))
            case model.PutCategory(order=order, body=body, payment_type=payment_type, expect=expect):
                return self._call(expect, lambda: self._vipps.put_category(payment_type, order, body))
            case model.GetOrder(order=order, payment_type=payment_type, expect=expect):
                return self._call(expect, lambda: self._vipps.get_order(payment_type, order))
            case model.GetUserinfo(payment=payment, expect=expect):
                reference = self._reference(payment)
                return self._call(expect, lambda: self._vipps.get_userinfo(self._sub(reference)))
            case model.Capture() | model.Refund():
                return self._modify(step)
            case model.Cancel(payment=payment, cancel_transaction_only=only, expect=expect):
                reference = self._reference(payment)
                return self._call(expect, lambda: self._vipps.cancel(reference, cancel_transaction_only=only))
            case model.CustomerStep():
                return self._act(step)
            case model.SeeDetails() | model.SeeInbox():
                return self._look(step)
            case model.Advance() | model.SetClock() | model.Freeze() | model.Resume():
                return self._move_time(step)
            case model.ExpectPayment():
                return self._expect_payment(step)
            case model.ExpectEvents():
                return self._expect_events(step)
            case _:
                raise TypeError(f"nobody plays {step.key}")

    # --- The merchant -----------------------------------------------------------------------------------

    def _create_payment(self, step: model.CreatePayment) -> str:
        reference = str(step.body.get("reference", ""))
        if step.name is not None:
            self._references[step.name] = reference
        customer = step.body.get("customer")
        if isinstance(customer, dict) and "phoneNumber" in customer:
            self._phones[reference] = str(customer["phoneNumber"])
        self._spoken_of = reference
        key = step.idempotency_key
        return self._call(step.expect, lambda: self._vipps.create_payment(step.body, idempotency_key=key))

    def _modify(self, step: model.Capture | model.Refund) -> str:
        reference = self._reference(step.payment)
        payment = self._vipps.get_payment(reference)
        capturing = isinstance(step, model.Capture)
        whole = payment.aggregate.capturable if capturing else payment.aggregate.refundable
        amount = whole if step.amount is None else Amount(value=step.amount, currency=payment.amount.currency)
        modify = self._vipps.capture if capturing else self._vipps.refund
        return self._call(step.expect, lambda: modify(reference, amount, idempotency_key=step.idempotency_key))

    def _call(self, expect: Answer, call: Callable[[], object]) -> str:
        """Make one call as the merchant, and compare its answer with what is expected."""
        try:
            answer = call()
        except ApiError as error:
            if expect.status is None and expect.code is None:
                raise _Unmet("success", str(error)) from error
            _compare("status", expect.status, error.status)
            _compare("code", expect.code, error.code)
            _contains(expect.body, error.body, "body")
            return f"refused with {error.status} {error.code or ''}".rstrip()
        except TransportFailed as error:
            raise _Unmet("an answer", str(error)) from error
        if expect.status is not None or expect.code is not None:
            raise _Unmet(f"status {expect.status} code {expect.code}", f"success: {answer}")
        _contains(expect.body, _plain(answer), "body")
        return _in_a_line(answer)

    def _sub(self, reference: str) -> str:
        sub = self._vipps.get_payment(reference).sub
        if sub is None:
            raise _Unmet("a payment with profile.sub", f"{reference} has none")
        return sub

    # --- The customer -----------------------------------------------------------------------------------

    def _act(self, step: model.CustomerStep) -> str:
        reference = self._reference(step.payment)
        phone = self._phone(step.phone, reference)
        if not isinstance(step, model.Open) and not self._is_open(phone, reference):
            self._unit.act(phone, "open", reference)
        self._unit.act(phone, step.action, reference)
        return f"{phone}: {step.action}"

    def _is_open(self, phone: str, reference: str) -> bool:
        screen = self._unit.customer(phone)["screen"]
        return screen is not None and screen["reference"] == reference

    def _look(self, step: model.SeeDetails | model.SeeInbox) -> str:
        if isinstance(step, model.SeeInbox):
            waiting = [request["reference"] for request in self._unit.customer(step.phone)["inbox"]["pending"]]
            _compare("pending requests", step.pending, len(waiting))
            return f"{len(waiting)} waiting: {', '.join(waiting)}"
        reference = self._reference(step.payment)
        phone = self._phone(step.phone, reference)
        for request in self._unit.customer(phone)["inbox"]["pending"]:
            if request["reference"] == reference:
                _contains(step.expect, request, "the request")
                return f"{request['merchant']}: {request['amountText']}, {request['orderDetailsUrl'] or 'no details'}"
        raise _Unmet(f"{reference} on the phone {phone}", "it is not there")

    # --- Time -------------------------------------------------------------------------------------------

    def _move_time(self, step: model.Advance | model.SetClock | model.Freeze | model.Resume) -> str:
        match step:
            case model.Advance(by=by, to=to):
                answer = self._unit.advance(by=by, to=to)
            case model.SetClock(now=now):
                answer = self._unit.set_clock(now)
            case model.Freeze():
                answer = self._unit.set_clock(frozen=True)
            case model.Resume():
                answer = self._unit.set_clock(frozen=False)
        happened = [f"{fact['fact']} {fact['reference']}" for fact in answer["happened"]]
        return f"it is {answer['now']}" + (f"; on the way: {', '.join(happened)}" if happened else "")

    # --- Expectations -----------------------------------------------------------------------------------

    def _expect_payment(self, step: model.ExpectPayment) -> str:
        payment = self._vipps.get_payment(self._reference(step.payment))
        _compare("state", step.state, payment.state.value)
        for name, came in _sums(payment):
            _compare(name, getattr(step, name), came)
        return _in_a_line(payment)

    def _expect_events(self, step: model.ExpectEvents) -> str:
        names = [event.name for event in self._vipps.get_events(self._reference(step.payment))]
        _compare("events", step.events, names)
        return " · ".join(names)

    # --- Names ------------------------------------------------------------------------------------------

    def _reference(self, name: str | None) -> str:
        """Return the reference of a payment by its name, or of the one spoken of last."""
        if name is not None:
            self._spoken_of = self._references.get(name, name)
        if self._spoken_of is None:
            raise _Unmet("a payment to speak of", "none was created yet")
        return self._spoken_of

    def _phone(self, phone: str | None, reference: str) -> str:
        found = phone or self._phones.get(reference)
        if found is None:
            raise _Unmet("a customer", f"{reference} was created without a phone number; say `phone`")
        return found


def _sums(payment: Payment | Modification) -> Iterator[tuple[str, int]]:
    aggregate = payment.aggregate
    yield "authorized", aggregate.authorized_amount.value
    yield "captured", aggregate.captured_amount.value
    yield "cancelled", aggregate.cancelled_amount.value
    yield "refunded", aggregate.refunded_amount.value


def _in_a_line(answer: object) -> str:
    match answer:
        case Payment() | Modification():
            sums = ", ".join(f"{name} {value}" for name, value in _sums(answer) if value)
            return f"{answer.reference} is {answer.state.value}" + (f" ({sums})" if sums else "")
        case BaseModel():
            return answer.model_dump_json(by_alias=True, exclude_unset=True)
        case _:
            return str(answer)


def _plain(answer: object) -> Any:
    return (
        answer.model_dump(mode="json", by_alias=True, exclude_none=True) if isinstance(answer, BaseModel) else answer
    )


def _compare(what: str, expected: object, came: object) -> None:
    """Compare one thing; nothing is expected of None."""
    if expected is not None and expected != came:
        raise _Unmet(f"{what}: {expected}", f"{what}: {came}")


def _contains(expected: Any, came: Any, where: str) -> None:
    """Compare what came with at least what is expected: of an object some members, of all else the whole."""
    if isinstance(expected, dict):
        if not isinstance(came, dict):
            raise _Unmet(f"{where}: an object", f"{where}: {came!r}")
        for name, member in expected.items():
            if name not in came:
                raise _Unmet(f"{where}.{name}: {member!r}", f"{where} has only {', '.join(came) or 'nothing'}")
            _contains(member, came[name], f"{where}.{name}")
    elif expected is not None and expected != came:
        raise _Unmet(f"{where}: {expected!r}", f"{where}: {came!r}")
