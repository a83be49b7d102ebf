"""Why an approval, or what a customer did, was refused: a row for each refusal."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.model import Circumstances, Row
from sandbox.api.gateway.explanations.remedies import patch
from sandbox.api.gateway.explanations.states import minor
from sandbox.domain import errors

__all__ = ["ROWS"]


def _approved_accepted(refusal: errors.AlreadyApproved, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None or not payment.capturable:
        return "Nothing more to approve."
    return f"Nothing more to approve. Capture up to {minor(payment.amount_of(payment.capturable))}."


def _by_hand(refusal: Any, circumstances: Circumstances) -> str:
    """Tell how the customer is made to approve in the app instead."""
    payment = circumstances.payment(refusal.reference)
    who = getattr(refusal, "phone_number", None) or (None if payment is None else payment.customer) or "{phone}"
    screen = f"/sandbox/units/{circumstances.state.msn}/customers/{who}/{{action}}"
    return f'have the customer approve: POST {screen} with {{"reference": "{refusal.reference}"}}'


def _by_hand_accepted(refusal: Any, circumstances: Circumstances) -> str:
    return f"No force: {_by_hand(refusal, circumstances)}, open first."


def _approver_met(refusal: Any, circumstances: Circumstances) -> str:
    said = circumstances.state.customers.get(refusal.phone_number)
    if said is not None and said.approve_trouble is not None:
        return f"{refusal.phone_number} was given that trouble: {said.approve_trouble}."
    return f"The setting approveTrouble is {circumstances.state.settings.approve_trouble}."


def _approver_accepted(refusal: Any, circumstances: Circumstances) -> str:
    said = circumstances.state.customers.get(refusal.phone_number)
    if said is not None and said.approve_trouble is not None:
        return f"Another customer's number; or {_by_hand(refusal, circumstances)}, open first."
    return f"This call, after {patch(circumstances, 'approveTrouble', 'null')}."


def _approver_row(rule: str) -> Row:
    return Row(rule, _approver_accepted, pages.TEST_ENVIRONMENT, _approver_met)


ROWS: Final[Mapping[type[Exception], Row]] = {
    errors.ApproveFailed: Row(
        "Force approve is for a payment that waits for its customer, by its customer or its own link.",
        "A payment that is CREATED, with a customer's phoneNumber or the token of its own redirectUrl.",
        pages.TEST_ENVIRONMENT,
    ),
    errors.AlreadyApproved: Row("A payment is approved once.", _approved_accepted, pages.TEST_ENVIRONMENT),
    errors.ApproveNotAllowed: Row(
        "Force approve is for the test environment.",
        lambda _, here: f"This call, after {patch(here, 'forceApproveAllowed', 'true')}; in production, nothing.",
        pages.TEST_ENVIRONMENT,
        "The setting forceApproveAllowed is false.",
    ),
    errors.ApproveNotSupported: Row(
        "Force approve knows no Express: nobody would have chosen how the goods are shipped.",
        _by_hand_accepted,
        pages.TEST_ENVIRONMENT,
    ),
    errors.IdentificationRequired: _approver_row("Who approves by force has approved a payment in the app before."),
    errors.PaymentSourceInvalid: _approver_row("Who approves by force has a payment source that works."),
    errors.NoCards: _approver_row("Who approves by force has a card."),
    errors.PaymentLimitExceeded: _approver_row("What a customer can pay in a while has an upper limit."),
    errors.CardExpiredAtApproval: _approver_row(
        "Who approves by force has a card that has not expired; for one that has, Vipps's test environment says 500."
    ),
    errors.NotOnScreen: Row(
        "A customer can do what the phone shows, in the order in which it shows it.",
        lambda refusal, here: (
            f"What GET /sandbox/units/{here.state.msn}/customers/{refusal.phone_number} lists as actions."
        ),
        pages.SANDBOX_CUSTOMER,
        lambda refusal, _: f"On the phone: {refusal.shows}",
    ),
}
