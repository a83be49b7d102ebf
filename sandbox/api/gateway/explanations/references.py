"""Why a reference or an Idempotency-Key was refused: a row for each refusal."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.fields import nearest_name
from sandbox.api.gateway.explanations.model import Circumstances, Row, Text
from sandbox.api.gateway.explanations.states import instant, money, payment_met
from sandbox.domain import errors
from sandbox.domain.commands import Capture, CreatePayment, Refund
from sandbox.domain.facts import PaymentCaptured, PaymentRefunded
from sandbox.domain.payments import Payment
from sandbox.domain.state import KeyedCommand

__all__ = ["ROWS"]

_REFERENCES_LOOKED_AT: Final = 25  # the newest: a merchant polls what was created a moment ago
_LONGEST_REFERENCE: Final = 64
_KEY: Final = "idempotency-key"


def _unknown_met(refusal: errors.UnknownReference, circumstances: Circumstances) -> str:
    wanted = refusal.reference
    other = next((unit.msn for unit in circumstances.world if wanted in unit.state.payments), None)
    if other is not None:
        return f"Sales unit {refusal.msn} has no such payment; sales unit {other} has one."
    near = _near_reference(wanted, circumstances)
    if near is not None:
        return f"Sales unit {refusal.msn} has no such payment; the nearest of its newest references is {near}."
    return f"Sales unit {refusal.msn} has no such payment, of {len(circumstances.state.payments)} in all."


def _unknown_accepted(refusal: errors.UnknownReference, circumstances: Circumstances) -> str:
    other = next((unit.msn for unit in circumstances.world if refusal.reference in unit.state.payments), None)
    if other is not None:
        return f"The same call with Merchant-Serial-Number: {other}, and that sales unit's token."
    near = _near_reference(refusal.reference, circumstances)
    return "The reference of a payment that was created." if near is None else f"The reference {near}, if that is it."


def _near_reference(wanted: str, circumstances: Circumstances) -> str | None:
    if len(wanted) > _LONGEST_REFERENCE:
        return None
    return nearest_name(wanted, list(islice(reversed(circumstances.state.payments), _REFERENCES_LOOKED_AT)))


def _taken_met(refusal: errors.ReferenceTaken, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None:
        return "A payment has that reference."
    key = circumstances.headers.get(_KEY, "")
    again = "with this Idempotency-Key" if payment.created.command.idempotency_key == key else "with another key"
    return f"Created at {instant(payment.created.at)} {again}. It is {payment_met(payment)}."


def _key_met(kind: type[KeyedCommand]) -> Text:
    """Tell when a key came first, and for what."""

    def met(refusal: errors.KeyReused, circumstances: Circumstances) -> str:
        key, state = refusal.idempotency_key, circumstances.state
        scope = "" if kind is CreatePayment else circumstances.params.get("reference", "")
        refused = state.refused_keys.get((kind.__name__, scope, key))
        if refused is not None:
            return f"The key came first at {instant(refused.at)}, and was refused: {refused.refusal}"
        if kind is CreatePayment:
            payment = circumstances.payment(state.create_keys.get(key, ""))
            if payment is None:
                return "The key came before."
            made = f"{payment.reference} over {money(payment.amount)}"
            return f"The key came first at {instant(payment.created.at)}, and created {made}."
        return _modification_with(key, kind, circumstances.payment())

    return met


def _modification_with(key: str, kind: type[KeyedCommand], payment: Payment | None) -> str:
    done = "captured" if kind is Capture else "refunded"
    for fact in () if payment is None else payment.facts:
        if not isinstance(fact, PaymentCaptured | PaymentRefunded):
            continue
        if isinstance(fact.command, kind) and fact.command.idempotency_key == key:
            return f"The key came first at {instant(fact.at)}, and {done} {money(fact.amount)}."
    return "The key came before."


def _key_row(kind: type[KeyedCommand], scope: str) -> Row:
    return Row(
        f"An Idempotency-Key stands for one request, and counts per {scope}: with other content it is refused.",
        "The very body of the first time, to get its answer again; or a new Idempotency-Key, for a new operation.",
        pages.IDEMPOTENCY,
        _key_met(kind),
    )


ROWS: Final[Mapping[type[Exception], Row]] = {
    errors.ReferenceTaken: Row(
        "A reference belongs to one payment of the sales unit for good, also after it has ended.",
        "A new reference; or, to repeat a create that got no answer, its very body with its first Idempotency-Key.",
        pages.CREATE,
        _taken_met,
    ),
    errors.UnknownReference: Row(
        "A payment is found by its reference, and by the sales unit that created it only.",
        _unknown_accepted,
        pages.GET_PAYMENT,
        _unknown_met,
    ),
    errors.CreateKeyReused: _key_row(CreatePayment, "sales unit"),
    errors.CaptureKeyReused: _key_row(Capture, "payment"),
    errors.RefundKeyReused: _key_row(Refund, "payment"),
}
