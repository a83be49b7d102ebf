"""Why a call was refused, for the merchant's developer who reads the request log.

What an API answers is as short as Vipps's own answer; what is said here is not sent to the caller. It is put
together when the call is refused, for the state it met is soon another. A new refusal needs one row, in the module
of its subject.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sandbox.api.gateway.explanations import (
    access,
    approval,
    creation,
    modifications,
    orders,
    pages,
    references,
    webhooks,
)
from sandbox.api.gateway.explanations.model import (
    Circumstances,
    Documented,
    Explanation,
    FieldExplanation,
    Row,
    Text,
)
from sandbox.api.gateway.explanations.states import instant, payment_met
from sandbox.api.gateway.masking import without_secrets
from sandbox.api.gateway.operations import Operation
from sandbox.api.gateway.problems import FieldError, GatewayRefusal, InvalidInput
from sandbox.domain.errors import RememberedAnswer

__all__ = ["ROWS", "Circumstances", "Documented", "Explanation", "FieldExplanation", "Row", "explain"]

ROWS: Final[Mapping[type[Exception], Row]] = {
    **access.ROWS,
    **creation.ROWS,
    **references.ROWS,
    **modifications.ROWS,
    **approval.ROWS,
    **orders.ROWS,
    **webhooks.ROWS,
}

_LONGEST: Final = 1_000  # characters of one text: it may repeat what the caller sent
_HEADERS: Final = {
    "Idempotency-Key": "a text of 1 to 50 characters: a new one for each operation, the same one to try it again",
    "Merchant-Serial-Number": "the sales unit's serial number, 4 to 10 digits",
    "Content-Type": "application/json",
    "client_id": "the client_id of the sales unit, as a header",
    "client_secret": "the client_secret of the sales unit, as a header",
}


def explain(refusal: Exception, circumstances: Circumstances) -> Explanation:
    """Return why *refusal* came, what it met, and what would have been accepted; never with a secret of the call."""
    if isinstance(refusal, InvalidInput):
        told = _of_input(refusal, circumstances)
    elif isinstance(refusal.__cause__, RememberedAnswer):
        told = _of_memory(refusal, refusal.__cause__, circumstances)
    else:
        told = _of_row(refusal, circumstances)
    return _fit(told, circumstances)


def _of_row(refusal: Exception, circumstances: Circumstances) -> Explanation:
    summary = refusal.because if isinstance(refusal, GatewayRefusal) else str(refusal)
    row = ROWS.get(type(refusal))
    if row is None:
        return Explanation(summary)
    return Explanation(
        summary=row.summary or summary,
        rule=row.rule,
        met=(_stands(refusal, circumstances) or summary)
        if row.met is None
        else _text(row.met, refusal, circumstances),
        accepted=_text(row.accepted, refusal, circumstances),
        documented=row.documented,
    )


def _text(text: Text, refusal: Exception, circumstances: Circumstances) -> str:
    return text if isinstance(text, str) else text(refusal, circumstances)


def _stands(refusal: Exception, circumstances: Circumstances) -> str | None:
    """Return how the payment stands that a refusal is about."""
    payment = circumstances.payment(getattr(refusal, "reference", None))
    return None if payment is None else f"{payment_met(payment)}."


def _of_memory(refusal: Exception, remembered: RememberedAnswer, circumstances: Circumstances) -> Explanation:
    """Explain an answer that is not about the state that the call met."""
    plain = _of_row(refusal, circumstances)
    stands = _stands(refusal, circumstances)
    now = "" if stands is None else f" The payment is now {stands}"
    return plain._replace(
        summary=f"{remembered} It was: {plain.summary}",
        rule=f"An Idempotency-Key keeps its first answer. What that was about: {plain.rule}",
        met=f"The key came first at {instant(remembered.first)}; nothing was looked at anew.{now}",
        accepted="The same request with a new Idempotency-Key, if it is allowed by now; this key keeps its answer.",
        documented=pages.IDEMPOTENCY,
    )


def _of_input(invalid: InvalidInput, circumstances: Circumstances) -> Explanation:
    fields = tuple(FieldExplanation(error.name, error.reason, _accepted(error)) for error in invalid.errors)
    in_headers = all(error.name in _HEADERS for error in invalid.errors)
    return Explanation(
        summary=_together(f"{field.name}: {field.reason}" for field in fields),
        rule="The request must have the form that the specification gives it, before its content is looked at.",
        met=f"What has another form: {', '.join(field.name for field in fields)}. Nothing has happened.",
        accepted=_together(f"{field.name}: {field.accepted}" for field in fields),
        documented=pages.HEADERS if in_headers else _page_of(circumstances.operation),
        fields=fields,
    )


def _page_of(operation: Operation | None) -> Documented:
    if operation is None:
        return pages.GATEWAY_ERRORS
    return pages.OF_OPERATION.get(operation.id) or pages.OF_API.get(operation.api.name, pages.GATEWAY_ERRORS)


def _accepted(error: FieldError) -> str:
    return error.allowed or _HEADERS.get(error.name, "what the specification says")


def _fit(told: Explanation, circumstances: Circumstances) -> Explanation:
    """Return an explanation fit to be shown: what the caller sent may be long, or a secret in the wrong place."""

    def fit(text: str) -> str:
        shown = without_secrets(text, circumstances.headers)
        return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"

    return told._replace(
        summary=fit(told.summary),
        rule=None if told.rule is None else fit(told.rule),
        met=None if told.met is None else fit(told.met),
        accepted=None if told.accepted is None else fit(told.accepted),
        fields=tuple(FieldExplanation(*map(fit, field)) for field in told.fields),
    )


def _together(sentences: Iterable[str]) -> str:
    """Return what is told of several fields as one sentence."""
    return "; ".join(sentences).replace(".; ", "; ")
