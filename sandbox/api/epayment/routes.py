"""The operations of the ePayment API. Source: ePayment OpenAPI 1.8.1; ePayment guide."""

import json
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from sandbox.api.epayment import models
from sandbox.api.epayment.problems import refuse, reject_input
from sandbox.api.epayment.views import (
    event_view,
    modification_view,
    payment_view,
    shipping_details_of,
    user_details_of,
)
from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.dotnet import at_most, required
from sandbox.api.gateway.operations import Handler
from sandbox.api.gateway.parsing import parse
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.api.links import read_landing_token, redirect_url
from sandbox.domain import approval, commands, creation, modifications
from sandbox.domain.commands import PaymentMethodType, PaymentType
from sandbox.domain.errors import AmountInvalid, ApproveFailed, ParameterRequired
from sandbox.domain.event_log import events_of
from sandbox.domain.facts import PaymentCaptured, PaymentRefunded
from sandbox.domain.orders import shown_category
from sandbox.domain.payments import PaymentState
from sandbox.domain.state import UnitState
from sandbox.domain.urls import UrlKind, url_kind

__all__ = ["OPERATIONS"]

_KEY: Final = "idempotency-key"
_LONGEST_KEY: Final = 50
_ANYBODY: Final = "4791234567"  # approves by a bare token what was created for nobody in particular

_AMOUNT_VALUES: Final = frozenset({"amount.value", "modificationAmount.value"})


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as its pairs."""


M = TypeVar("M", bound=BaseModel)

API: Final = Api(name="ePayment", refuse=refuse, reject_input=reject_input)


def create_payment(call: Call) -> Answer:
    key = _idempotency_key(call)
    body = _parse(models.CreatePaymentRequest, call)
    command = body.to_domain(key, _metadata(call, body), call.unit.birth_date)
    call.unit.do(creation.create, command)
    _note_what_production_refuses(call, command)
    answer = {"reference": command.reference}
    link = redirect_url(call.base_url, call.unit.msn, command)
    if link is not None:
        answer["redirectUrl"] = link
    return json_answer(answer, 201)


def get_payment(call: Call) -> Answer:
    payment = call.state.payment(call.params["reference"])
    link = None
    if payment.state is PaymentState.CREATED:  # afterwards it leads nowhere
        link = redirect_url(call.base_url, call.unit.msn, payment.created.command)
    since = payment.authorized_at
    view = payment_view(
        payment,
        call.unit.msn,
        redirect_url=link,
        shows_sub=since is not None and call.unit.now() - since >= call.unit.state.settings.sub_delay,
        user_details=user_details_of(call.unit, payment),
        shipping_details=shipping_details_of(call.unit, payment),
    )
    return json_answer(view)


def get_payment_event_log(call: Call) -> Answer:
    payment = call.state.payment(call.params["reference"])
    return json_answer([event_view(event) for event in events_of(payment, call.unit.msn)])


def capture_payment(call: Call) -> Answer:
    key = _idempotency_key(call)
    amount = _parse(models.CaptureModificationRequest, call).modification_amount.to_domain()
    command = commands.Capture(idempotency_key=key, reference=call.params["reference"], amount=amount)
    return _modified(call, call.unit.do(modifications.capture, command)[0])


def refund_payment(call: Call) -> Answer:
    key = _idempotency_key(call)
    amount = _parse(models.RefundModificationRequest, call).modification_amount.to_domain()
    command = commands.Refund(idempotency_key=key, reference=call.params["reference"], amount=amount)
    return _modified(call, call.unit.do(modifications.refund, command)[0])


def cancel_payment(call: Call) -> Answer:
    reference, only = call.params["reference"], False
    if call.body.strip() not in {b"", b"false"}:  # PHP's json_encode of nothing, and none at all
        only = parse(models.CancelModificationRequest, call).cancel_transaction_only
    call.unit.do(modifications.cancel, commands.Cancel(reference=reference, cancel_transaction_only=only))
    return json_answer(modification_view(call.state.payment(reference), call.unit.msn))


def force_approve(call: Call) -> Answer:
    body, reference = parse(models.ForceApprove, call), call.params["reference"]
    phone_number = None if body.customer is None else body.customer.to_phone_number()
    if phone_number is None and body.token is None:
        raise ParameterRequired("customer", "Either it or the token of the redirectUrl says who approves.")
    call.state.payment(reference)  # an unknown reference comes before a token that is not its
    if body.token is not None and read_landing_token(body.token) != (call.unit.msn, reference):
        raise ApproveFailed(reference, "the token is not that of the payment's redirectUrl")
    is_nobodys = phone_number is None and call.state.payment(reference).customer is None
    approver = _ANYBODY if is_nobodys else phone_number
    call.unit.do(approval.force_approve, commands.ForceApprove(reference=reference, phone_number=approver))
    if is_nobodys:
        call.note(f"The request was on nobody's phone: {_ANYBODY} approved it.")
    return Answer(200)


def _modified(call: Call, fact: PaymentCaptured | PaymentRefunded) -> Answer:
    # As of this very operation: a repeated key gets the answer that it got before.
    payment = call.unit.state.payment(fact.reference).as_of(fact)
    return json_answer(modification_view(payment, call.unit.msn))


def _metadata(call: Call, body: models.CreatePaymentRequest) -> tuple[tuple[str, str], ...] | None:
    """Return the pairs as they were sent; a JSON object's key may come twice, and only its text still shows it."""
    if body.metadata is None:
        return None
    pairs = tuple(body.metadata.items())
    sent = json.loads(call.body, object_pairs_hook=_Pairs)
    last = next((value for name, value in reversed(sent) if name == "metadata"), None)
    names = [key for key, _ in last] if isinstance(last, _Pairs) else []
    twice = next((key for key in names if names.count(key) > 1), None)
    return pairs if twice is None else (*pairs, (twice, body.metadata.get(twice, "")))


def _parse(model: type[M], call: Call) -> M:
    """Return the body as *model*; an amount that is no whole number has an error code of its own."""
    try:
        return parse(model, call)
    except InvalidInput as invalid:
        for error in invalid.errors:
            if error.name in _AMOUNT_VALUES and error.kind.startswith("int_"):
                raise AmountInvalid(error.name) from invalid
        raise


def _idempotency_key(call: Call) -> str:
    key = call.headers.get(_KEY)
    if not key:
        raise InvalidInput(FieldError("Idempotency-Key", required("Idempotency-Key")))
    if len(key) > _LONGEST_KEY:
        raise InvalidInput(FieldError("Idempotency-Key", at_most("Idempotency-Key", _LONGEST_KEY)))
    return key


def _note_what_production_refuses(call: Call, command: commands.CreatePayment) -> None:
    """Tell what this payment owes to lenience."""
    if creation.lacks_receipt(command):
        call.note(_receipt_note(call.unit.state, command.reference))
    if command.payment_method is PaymentMethodType.CARD:
        call.note("CARD is not available in the real test environment, and in production by agreement only.")
    if command.payment_method is PaymentMethodType.CARD_PASSTHROUGH:
        call.note("The sandbox posts no card to cardCallbackUrl; the customer approves as with WALLET.")
    callback = None if command.shipping is None else command.shipping.callback_url
    for parameter, url in (
        ("returnUrl", command.return_url),
        ("receiptUrl", command.receipt_url),
        ("shipping.dynamicOptions.callbackUrl", callback),
    ):
        if url is not None and url_kind(url) is UrlKind.LOCAL:
            call.note(f"{parameter} is http to a local host: production takes https or an app's own scheme (4090).")


def _receipt_note(state: UnitState, reference: str) -> str:
    has_category = shown_category(state, PaymentType.ECOM, reference) is not None
    instead = "the category does not replace it" if has_category else "nor is there a category"
    return f"expiresAt without receipt ({instead}): today's production answers 400/6130."


_PAYMENT: Final = "/epayment/v1/payments/{reference}"

# Calls a minute: changes of one payment, and reads of it. Source: ePayment guide, "Rate limiting".
_CHANGES, _READS = 5, 120


def _operation(id_: str, method: str, path: str, handler: Handler, rate_limit: int | None) -> Operation:
    return Operation(id=id_, api=API, method=method, path=path, handler=handler, rate_limit=rate_limit)


OPERATIONS: Final = (
    _operation("createPayment", "POST", "/epayment/v1/payments", create_payment, _CHANGES),
    _operation("getPayment", "GET", _PAYMENT, get_payment, _READS),
    _operation("getPaymentEventLog", "GET", f"{_PAYMENT}/events", get_payment_event_log, _READS),
    _operation("cancelPayment", "POST", f"{_PAYMENT}/cancel", cancel_payment, _CHANGES),
    _operation("capturePayment", "POST", f"{_PAYMENT}/capture", capture_payment, _CHANGES),
    _operation("refundPayment", "POST", f"{_PAYMENT}/refund", refund_payment, _CHANGES),
    _operation("forceApprove", "POST", "/epayment/v1/test/payments/{reference}/approve", force_approve, None),
)
