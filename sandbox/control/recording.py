"""What happened in a sales unit, as a scenario that plays the same again.

Merchants' calls come from the request log, what customers did and when from the journal. Told is what a person would
tell: no polling, no tokens, no keys that are used once; and at the end how each payment stands.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from sandbox.api.gateway import Exchange
from sandbox.api.wording import amount_text
from sandbox.domain import facts, identity
from sandbox.domain.card_form import DECLINED_CARDS
from sandbox.domain.commands import PaymentMethodType
from sandbox.domain.event_log import events_of
from sandbox.domain.facts import Fact
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit

__all__ = ["RecordingIncomplete", "recording"]

_DURATION: Final = TypeAdapter(timedelta)
_SECOND: Final = timedelta(seconds=1)
_PAUSE: Final = timedelta(minutes=1)  # between two steps that is worth telling
_LINE: Final = 110  # characters
_EVENTS_OF_AT_MOST: Final = 20  # payments whose event logs are told
_SUMS: Final = ("authorized", "captured", "cancelled", "refunded")
_PASSING: Final = frozenset({401, 423, 429})  # trouble of the way, which does not come again
_DECLINED_FOR: Final = {because: number for number, because in DECLINED_CARDS.items()}
_NOT_OF_PLAYERS: Final = frozenset({"webhook_targets"})


class RecordingIncomplete(Exception):
    """The request log does not have all calls any more; the text says what is missing."""


def recording(unit: SalesUnit, exchanges: Iterable[Exchange]) -> str:
    """Return a scenario file.

    Raises:
        RecordingIncomplete: a call that made a payment is forgotten.
    """
    unit.up_to_date()
    recorder = _Recorder(unit, list(exchanges))
    recorder.record()
    return recorder.text()


@dataclass(frozen=True, slots=True)
class _Said:
    """A step: its key, and its fields in order."""

    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    bare: Any = None  # instead of fields


class _Reference(str):
    """A reference to something that was named, which a player is to look up."""

    __slots__ = ()


class _Recorder:
    def __init__(self, unit: SalesUnit, exchanges: Sequence[Exchange]) -> None:
        self._unit = unit
        self._state = unit.state
        self._exchanges = exchanges
        self._steps: list[_Said] = []
        self._names: dict[str, str] = {}  # reference → name
        self._webhooks: dict[str, str] = {}  # registration → name
        self._links: dict[str, str] = {}  # category → name
        self._begins: datetime | None = None
        self._plays_at: datetime | None = None  # what the clock shows at least when this is played
        self._moved: set[int] = set()  # numbers of the facts that a move of the clock brought about
        self._clock_was: facts.ClockSet | facts.UnitRestored | None = None
        self._is_frozen = False
        told = (exchange for exchange in exchanges if not _is_passing(exchange))
        keys = [key for exchange in told if (key := _header(exchange, "idempotency-key")) is not None]
        self._repeated = {key for key in keys if keys.count(key) > 1}

    # --- The timeline -----------------------------------------------------------------------------------

    def record(self) -> None:
        journal = list(self._unit.journal.read(0))
        calls = sorted(self._exchanges, key=lambda exchange: (exchange.facts.start, exchange.number))
        brought = {number: exchange for exchange in calls for number in exchange.facts}
        self._make_sure_of(journal, brought)
        self._moved = self._moved_by_the_clock(journal)
        upcoming = iter([*calls, None])
        call = next(upcoming)
        for number, fact in enumerate(journal, start=1):
            while call is not None and call.facts.start <= number:
                self._call(call)
                call = next(upcoming)
            self._fact(number, fact, brought.get(number))
        while call is not None:
            self._call(call)
            call = next(upcoming)
        self._expect_endings()

    def _make_sure_of(self, journal: Sequence[Fact], brought: Mapping[int, Exchange]) -> None:
        for number, fact in enumerate(journal, start=1):
            if isinstance(fact, facts.PaymentCreated) and number not in brought:
                raise RecordingIncomplete(
                    f"The request log has forgotten the call that made payment {fact.reference}; it keeps the newest "
                    "calls only. Record sooner, or in a sales unit of its own."
                )

    def _pass_time(self, at: datetime) -> None:
        """Have the clock show *at* at least."""
        if self._plays_at is None:
            self._begins = self._plays_at = at.replace(microsecond=0)
        elif at > self._plays_at:
            self._advance(-(-(at - self._plays_at) // _SECOND))

    def _advance(self, seconds: int) -> None:
        by = _SECOND * seconds
        self._say("time.advance", bare=_DURATION.dump_python(by, mode="json"))
        if self._plays_at is not None:
            self._plays_at += by

    def _after_a_pause(self, at: datetime) -> None:
        """Tell a pause before something that somebody does, if it is long enough to matter."""
        if self._plays_at is None or at - self._plays_at >= _PAUSE:
            self._pass_time(at)

    def _say(self, key: str, fields: Mapping[str, Any] | None = None, *, bare: Any = None) -> None:
        self._steps.append(_Said(key, {} if fields is None else fields, bare))

    # --- Merchants --------------------------------------------------------------------------------------

    def _call(self, exchange: Exchange) -> None:
        step = _CALLS.get(exchange.operation or "")
        if step is None or _is_passing(exchange):
            return
        if exchange.operation == "createPayment" and _header(exchange, "idempotency-key") is None:
            return  # no player leaves it out
        said = step(self, exchange)
        if said is None:
            return
        key, fields = said
        self._after_a_pause(exchange.at)
        fields = {name: value for name, value in fields.items() if value is not None}
        idempotency_key = _header(exchange, "idempotency-key")
        if idempotency_key in self._repeated and "order" not in fields:
            fields["idempotency_key"] = idempotency_key
        if exchange.status >= 400:
            fields["expect"] = _refusal(exchange)
        self._say(key, fields)

    def _create(self, exchange: Exchange) -> tuple[str, dict[str, Any]]:
        body = _sent(exchange)
        reference = str(body.get("reference", "")) if isinstance(body, dict) else ""
        name = None
        if exchange.status < 400 and reference not in self._names:
            name = self._names[reference] = self._new_name(reference)
        return "merchant.create_payment", {"as": name, "body": body}

    def _new_name(self, reference: str) -> str:
        payment = self._state.payments[reference]
        pushed = payment.created.command.user_flow.value == "PUSH_MESSAGE"
        kind = "invoice" if pushed or payment.is_long_living else "order"
        number = sum(name.partition("-")[0] == kind for name in self._names.values()) + 1
        return kind if number == 1 else f"{kind}-{number}"

    def _modify(self, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
        operation = exchange.path.rstrip("/").rpartition("/")[2]
        reference = exchange.path.rstrip("/").split("/")[-2]
        if reference not in self._names:
            return None
        fields: dict[str, Any] = {"payment": self._names[reference]}
        body = _sent(exchange)
        amount = body.get("modificationAmount") if isinstance(body, dict) else None
        if operation == "cancel":
            only = isinstance(body, dict) and body.get("cancelTransactionOnly") is True
            return "merchant.cancel", fields | ({"cancel_transaction_only": True} if only else {})
        currency = self._state.payments[reference].amount.currency.value
        value = amount.get("value") if isinstance(amount, dict) else None
        plain = isinstance(amount, dict) and amount.get("currency") == currency and type(value) is int
        return f"merchant.{operation}", fields | ({"amount": value} if plain else {"body": body})

    def _force(self, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
        reference = exchange.path.rstrip("/").split("/")[-2]
        if reference not in self._names:
            return None
        phone = self._state.payments[reference].customer
        return "merchant.force_approve", {"payment": self._names[reference], "phone": phone}

    def _category(self, exchange: Exchange) -> tuple[str, dict[str, Any]]:
        return "merchant.put_category", _about_order(exchange)

    def _receipt(self, exchange: Exchange) -> tuple[str, dict[str, Any]]:
        return "merchant.add_receipt", _about_order(exchange)

    def _image(self, exchange: Exchange) -> tuple[str, dict[str, Any]]:
        return "merchant.upload_image", {"body": _sent(exchange)}

    def _link(self, exchange: Exchange) -> tuple[str, dict[str, Any]]:
        name = None
        if exchange.status < 400:
            name = f"link-{len(self._links) + 1}"
            self._links[json.loads(exchange.response_body)["categoryId"]] = name
        return "merchant.add_category", {"as": name, "body": _sent(exchange)}

    def _unlink(self, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
        name = self._links.get(exchange.path.rstrip("/").rpartition("/")[2])
        return (
            None
            if name is None
            else ("merchant.delete_category", {"category": _Reference(f"${{{name}.categoryId}}")})
        )

    def _deregister(self, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
        name = self._webhooks.get(exchange.path.rstrip("/").rpartition("/")[2])
        return None if name is None else ("merchant.delete_webhook", {"webhook": name})

    def _userinfo(self, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
        sub = exchange.path.rstrip("/").rpartition("/")[2]
        whose = [
            self._names[reference]
            for reference, payment in self._state.payments.items()
            if reference in self._names and payment.scope and payment.phone_number is not None
            if identity.sub(self._unit.msn, payment.phone_number) == sub
        ]
        if not whose or exchange.status >= 400:
            return None
        shared = json.loads(exchange.response_body)
        told = {name: value for name, value in shared.items() if name not in {"sub", "sid"}}
        return "expect.userinfo", {"payment": whose[-1], "body": told}

    def _register(self, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
        if exchange.status >= 400:
            return None
        body = _sent(exchange)
        events = [
            str(event).removeprefix("epayments.payment.").removesuffix(".v1").upper() for event in body["events"]
        ]
        known = [event for event in events if event in _EVENT_NAMES]
        if not known:
            return None
        name = "webhook" if not self._webhooks else f"webhook-{len(self._webhooks) + 1}"
        self._webhooks[json.loads(exchange.response_body)["id"]] = name
        every = len(known) == len(_EVENT_NAMES)
        return "merchant.register_webhook", {"as": name, "events": None if every else known}

    # --- Customers and time -----------------------------------------------------------------------------

    def _fact(self, number: int, fact: Fact, cause: Exchange | None) -> None:
        match fact:
            case facts.ClockSet() | facts.UnitRestored():
                self._clock(fact)
            case facts.CustomerConfigured():
                self._somebody(fact)
            case facts.ConsentForgotten(phone_number=phone_number):
                self._after_a_pause(fact.at)
                self._say("customer.withdraw_consent", bare=phone_number)
            case facts.PaymentExpired() | facts.PaymentCancelled() if cause is None:
                self._by_itself(number, fact)
            case facts.PaymentFact() if fact.reference in self._names and not _is_of_call(fact, cause):
                self._customer(number, fact)
            case _:
                pass

    def _by_itself(self, number: int, fact: Fact) -> None:
        """Have enough time pass for something that time brings about, unless a move of the clock does."""
        at_once = self._plays_at is not None and fact.at - self._plays_at < _SECOND
        if number not in self._moved and not at_once:
            self._pass_time(fact.at)

    def _clock(self, fact: facts.ClockSet | facts.UnitRestored) -> None:
        shown = self._shown_before(fact)
        self._clock_was = fact
        if self._plays_at is None or not self._steps:
            if abs(fact.at - shown) >= _SECOND:
                self._begins = self._plays_at = fact.at
        elif fact.at - shown <= -_SECOND:
            self._plays_at = fact.at
            self._say("time.set", bare=_instant(fact.at))
        elif fact.at - shown >= _SECOND:
            is_behind = shown - self._plays_at >= _SECOND
            self._advance(
                -(-(fact.at - self._plays_at) // _SECOND) if is_behind else round((fact.at - shown) / _SECOND)
            )
        if fact.frozen is not self._is_frozen:
            self._is_frozen = fact.frozen
            self._say("time.freeze" if fact.frozen else "time.resume")

    def _shown_before(self, fact: facts.ClockSet | facts.UnitRestored) -> datetime:
        """Return what the clock showed when it was moved."""
        was = self._clock_was
        if was is None:
            return fact.real
        return was.at if was.frozen else was.at + (fact.real - was.real)

    def _moved_by_the_clock(self, journal: Sequence[Fact]) -> set[int]:
        """Return the numbers of the facts that happened while the clock was moved, on the way."""
        moved: set[int] = set()
        for number, fact in enumerate(journal, start=1):
            if isinstance(fact, facts.ClockSet):
                shown = self._shown_before(fact)
                self._clock_was = fact
                before = number - 1
                while before and shown < journal[before - 1].at <= fact.at:
                    moved.add(before)
                    before -= 1
        self._clock_was = None
        return moved

    def _customer(self, number: int, fact: facts.PaymentFact) -> None:
        payment = self._state.payments[fact.reference]
        phone = getattr(fact, "phone_number", None) or payment.customer
        if phone is None or payment.created.command.payment_method is PaymentMethodType.CARD:
            self._card_form(fact)
            return
        if self._state.persona(phone).answers:
            self._by_itself(number, fact)
            return
        action = _action(fact, payment)
        if action is None:
            if isinstance(fact, facts.PaymentAuthorized):  # a payment that was processed for a while
                self._by_itself(number, fact)
            return
        self._after_a_pause(fact.at)
        said: dict[str, Any] = {"payment": self._names[fact.reference]}
        if phone != payment.created.command.phone_number:
            said["phone"] = phone
        if isinstance(fact, facts.PaymentAuthorized) and fact.shipping is not None:
            said["shipping"] = fact.shipping.id
        opened = self._steps and self._steps[-1].key == "customer.open" and self._steps[-1].fields == said
        if opened and action in _OPENS_FIRST:
            self._steps.pop()
        self._say(f"customer.{action}", said)

    def _card_form(self, fact: facts.PaymentFact) -> None:
        """Tell what was done on the card form."""
        entered: dict[str, Any] = {}
        match fact:
            case facts.CardDeclined(because=because) if because in _DECLINED_FOR:
                key, entered = "customer.enter_card", {"number": _DECLINED_FOR[because]}
            case facts.CardEntered():
                key = "customer.enter_card"
            case facts.CardDeclined(because="3-D Secure failed"):
                key = "customer.deny_card"
            case facts.PaymentAuthorized():
                key = "customer.confirm_card"
            case _:
                return
        self._after_a_pause(fact.at)
        self._say(key, {"payment": self._names[fact.reference], **entered})

    def _somebody(self, fact: facts.CustomerConfigured) -> None:
        customer = fact.customer
        changes = to_jsonable_python(asdict(customer.person))
        person = {to_camel(name): value for name, value in changes.items() if value is not None}
        persona = None if customer.persona is None else str(customer.persona)
        said = {"phone": customer.phone_number, "persona": persona, "person": person or None}
        self._say("customer.is", {name: value for name, value in said.items() if value is not None})

    # --- How it ended -----------------------------------------------------------------------------------

    def _expect_endings(self) -> None:
        for reference, name in self._names.items():
            payment = self._state.payments[reference]
            sums: dict[str, Any] = {what: getattr(payment, what) for what in _SUMS if getattr(payment, what)}
            self._say("expect.payment", {"payment": name, "state": payment.state.value, **sums})
            if len(self._names) <= _EVENTS_OF_AT_MOST:
                events = [event.name.value for event in events_of(payment, self._unit.msn)]
                self._say("expect.events", {"payment": name, "events": events})

    def _title(self) -> str:
        payments = [self._state.payments[reference] for reference in self._names]
        if not payments:
            return "Nothing is paid"
        if len(payments) == 1:
            (payment,) = payments
            kind = "An invoice" if next(iter(self._names.values())).startswith("invoice") else "An order"
            return f"{kind} of {amount_text(payment.amount)} is {_and(_became(payment))}"
        counts: dict[str, int] = {}
        for payment in payments:
            became = _became(payment)[-1]
            counts[became] = counts.get(became, 0) + 1
        return f"{len(payments)} payments, of which {_and([f'{count} {became}' for became, count in counts.items()])}"

    def text(self) -> str:
        """Return the file."""
        lines = [
            f"scenario: {_yaml(self._title())}",
            f"about: Recorded from sales unit {self._unit.msn}.",
        ]
        given: dict[str, Any] = {}
        if self._begins is not None and self._steps:
            given["clock"] = _instant(self._begins)
        if changed := _changed_settings(self._state.settings):
            given["unit"] = changed
        if given:
            lines.append(f"given: {_yaml(given)}")
        lines.append("steps:" if self._steps else "steps: [time.resume: ]")
        for said in self._steps:
            lines += _lines(said)
        return "\n".join(lines) + "\n"


_Told = Callable[["_Recorder", Exchange], tuple[str, dict[str, Any]] | None]
_EVENT_NAMES: Final = frozenset(
    {"CREATED", "AUTHORIZED", "CAPTURED", "CANCELLED", "REFUNDED", "ABORTED", "EXPIRED", "TERMINATED"}
)
_REASONS: Final = {
    "consent refused": "refuse",
    "landing page cancelled": "leave_landing_page",
    "browser went back": "leave_landing_page",
}
_OPENS_FIRST: Final = frozenset({"share", "refuse", "approve", "reject", "pay_later", "decline_card"})


def _is_passing(exchange: Exchange) -> bool:
    return exchange.status in _PASSING or exchange.status >= 500


def _about_order(exchange: Exchange) -> dict[str, Any]:
    kind, order = exchange.path.replace("/categories/", "/").replace("/receipts/", "/").split("/")[-2:]
    fields = {"order": order, "body": _sent(exchange)}
    return fields if kind == "ecom" else fields | {"payment_type": kind}


_CALLS: Final[Mapping[str, _Told]] = {
    "createPayment": _Recorder._create,  # noqa: SLF001 - a table of its methods
    "capturePayment": _Recorder._modify,  # noqa: SLF001
    "refundPayment": _Recorder._modify,  # noqa: SLF001
    "cancelPayment": _Recorder._modify,  # noqa: SLF001
    "forceApprove": _Recorder._force,  # noqa: SLF001
    "getUserinfo": _Recorder._userinfo,  # noqa: SLF001
    "registerWebhook": _Recorder._register,  # noqa: SLF001
    "deleteWebhook": _Recorder._deregister,  # noqa: SLF001
    "put-category-v2": _Recorder._category,  # noqa: SLF001
    "post-receipt-v2": _Recorder._receipt,  # noqa: SLF001
    "post-image": _Recorder._image,  # noqa: SLF001
    "post-category-v3": _Recorder._link,  # noqa: SLF001
    "delete-category-v3": _Recorder._unlink,  # noqa: SLF001
}


def _is_of_call(fact: facts.PaymentFact, cause: Exchange | None) -> bool:
    """Tell whether a call brought a fact about, so that the call tells it."""
    if cause is None:
        return False
    if cause.operation == "forceApprove":
        return True
    return not isinstance(fact, facts.PaymentOpened | facts.ConsentGiven | facts.PaymentPostponed)


def _action(fact: facts.PaymentFact, payment: Payment) -> str | None:
    """Return what a customer did to bring a fact about; None if nobody did anything."""
    match fact:
        case facts.PaymentOpened():
            return "open"
        case facts.ConsentGiven():
            return "share"
        case facts.PaymentPostponed():
            return "pay_later"
        case facts.PaymentAborted(because=because):
            return _REASONS.get(because, "reject")
        case facts.CardDeclined(because=because):
            return "decline_card" if because == "the card was declined" else "approve"
        case facts.PushSent():
            return "enter_number"
        case facts.PaymentProcessing():
            return "approve"
        case facts.PaymentAuthorized():
            processed = any(isinstance(other, facts.PaymentProcessing) for other in payment.facts)
            return None if processed else "approve"
        case _:
            return None


def _became(payment: Payment) -> list[str]:
    became = [] if payment.postponed_at is None else ["put off"]
    match payment.state:
        case PaymentState.CREATED:
            became.append("not answered")
        case PaymentState.AUTHORIZED:
            became.append("paid")
            became += (what for what in ("captured", "refunded") if getattr(payment, what))
            if payment.cancelled:
                became.append("released")
        case PaymentState.ABORTED:
            became.append("rejected")
        case PaymentState.EXPIRED:
            became.append("expired")
        case PaymentState.TERMINATED:
            became.append("called off")
    return became


def _and(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _changed_settings(settings: UnitSettings) -> dict[str, Any]:
    usual = asdict(UnitSettings())
    changed = {
        to_camel(name): value
        for name, value in asdict(settings).items()
        if value != usual[name] and name not in _NOT_OF_PLAYERS
    }
    plain: dict[str, Any] = to_jsonable_python(changed)
    return plain


# --- Calls as they were -----------------------------------------------------------------------------------


def _header(exchange: Exchange, wanted: str) -> str | None:
    return next((value for name, value in exchange.request_headers if name.lower() == wanted), None)


def _sent(exchange: Exchange) -> Any:
    """Return a body as JSON; as text if it is none."""
    try:
        body = json.loads(exchange.request_body)
    except (ValueError, RecursionError):
        return exchange.request_body.decode(errors="replace")
    return body if isinstance(body, dict) else exchange.request_body.decode(errors="replace")


def _refusal(exchange: Exchange) -> dict[str, Any]:
    try:
        details = json.loads(exchange.response_body).get("extraDetails") or []
        code = next((one["reason"] for one in details if one["name"] == "ErrorCode"), None)
    except (ValueError, AttributeError, KeyError, TypeError):
        code = None
    return {"status": exchange.status} | ({} if code is None else {"code": code})


# --- YAML -------------------------------------------------------------------------------------------------


def _lines(said: _Said) -> Iterator[str]:
    if said.bare is not None:
        yield f"  - {said.key}: {_yaml(said.bare)}"
        return
    whole = f"  - {said.key}: {_yaml(said.fields)}" if said.fields else f"  - {said.key}:"
    if list(said.fields) == ["payment"]:
        whole = f"  - {said.key}: {_yaml(said.fields['payment'])}"
    if len(whole) <= _LINE:
        yield whole
        return
    yield f"  - {said.key}:"
    for name, value in said.fields.items():
        line = f"      {name}: {_yaml(value)}"
        if len(line) <= _LINE or not isinstance(value, dict):
            yield line
        else:
            yield f"      {name}:"
            yield from (
                f"        {part}" for part in json.dumps(_kept(value), indent=2, ensure_ascii=True).splitlines()
            )


def _yaml(value: Any) -> str:
    """Return a value on one line: JSON, but for what is plainly text, and for names."""
    match value:
        case dict():
            members = (f"{_yaml(str(name))}: {_yaml(member)}" for name, member in value.items())
            return f"{{{', '.join(members)}}}"
        case list():
            return f"[{', '.join(map(_yaml, value))}]"
        case str() if _is_plain(value):
            return value
        case _:
            return json.dumps(_kept(value), ensure_ascii=True)


def _kept(value: Any) -> Any:
    """Return a value whose `${` is no reference to a player."""
    match value:
        case dict():
            return {_kept(name): _kept(member) for name, member in value.items()}
        case list():
            return [_kept(entry) for entry in value]
        case str() if not isinstance(value, _Reference):
            return value.replace("${", "$${")
        case _:
            return value


def _is_plain(text: str) -> bool:
    """Tell whether YAML reads a text as it stands for nothing but that text."""
    if text.lower() in {"yes", "no", "on", "off", "true", "false", "null", "y", "n"} or text != text.strip():
        return False
    letters = text.replace(" ", "").replace("_", "").replace("-", "").replace(".", "")
    return bool(text) and text[0].isalpha() and letters.isascii() and letters.isalnum()


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
