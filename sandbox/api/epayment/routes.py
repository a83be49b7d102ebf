"""The operations of the ePayment API. Source: ePayment OpenAPI 1.8.1; ePayment guide."""

import json
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, Field

from sandbox.api.epayment import models
from sandbox.api.epayment.problems import PROBLEMS, EPaymentProblem, refuse, reject_input
from sandbox.api.epayment.views import (
    CreatePaymentResponse,
    GetPaymentResponse,
    ModificationResponse,
    PaymentEventResponse,
    event_view,
    modification_view,
    payment_view,
    shipping_details_of,
    user_details_of,
)
from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.dotnet import at_most, required
from sandbox.api.gateway.operations import Parameter
from sandbox.api.gateway.parsing import parse
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.api.links import read_landing_token, redirect_url
from sandbox.domain import approval, commands, creation, errors, modifications
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

API: Final = Api(
    name="ePayment",
    refuse=refuse,
    reject_input=reject_input,
    problem=EPaymentProblem,
    problems=PROBLEMS,
    params={"reference": models.Reference},
)


def create_payment(call: Call) -> Answer:
    """Create a payment."""
    key = _idempotency_key(call)
    body = _parse(models.CreatePaymentRequest, call)
    command = body.to_domain(key, _metadata(call, body), call.unit.birth_date)
    call.unit.do(creation.create, command)
    _note_what_production_refuses(call, command)
    answer: CreatePaymentResponse = {"reference": command.reference}
    link = redirect_url(call.base_url, call.unit.msn, command)
    if link is not None:
        answer["redirectUrl"] = link
    return json_answer(answer, 201)


def get_payment(call: Call) -> Answer:
    """Get a payment."""
    unit = call.unit
    payment = unit.state.payment(call.params["reference"])
    link = None
    if payment.state is PaymentState.CREATED:  # afterwards it leads nowhere
        link = redirect_url(call.base_url, unit.msn, payment.created.command)
    since = payment.authorized_at
    if since is None:
        return json_answer(payment_view(payment, unit.msn, redirect_url=link))
    now = unit.now()
    view = payment_view(
        payment,
        unit.msn,
        redirect_url=link,
        shows_sub=now - since >= unit.state.settings.sub_delay,
        user_details=user_details_of(unit, payment, now),
        shipping_details=shipping_details_of(unit, payment),
    )
    return json_answer(view)


def get_payment_event_log(call: Call) -> Answer:
    """Get what has happened to a payment."""
    payment = call.state.payment(call.params["reference"])
    return json_answer([event_view(event) for event in events_of(payment, call.unit.msn)])


def capture_payment(call: Call) -> Answer:
    """Take an approved payment's amount, whole or in part."""
    key = _idempotency_key(call)
    amount = _parse(models.CaptureModificationRequest, call).modification_amount.to_domain()
    command = commands.Capture(idempotency_key=key, reference=call.params["reference"], amount=amount)
    return _modified(call, call.unit.do(modifications.capture, command)[0])


def refund_payment(call: Call) -> Answer:
    """Give what was captured back, whole or in part."""
    key = _idempotency_key(call)
    amount = _parse(models.RefundModificationRequest, call).modification_amount.to_domain()
    command = commands.Refund(idempotency_key=key, reference=call.params["reference"], amount=amount)
    return _modified(call, call.unit.do(modifications.refund, command)[0])


def cancel_payment(call: Call) -> Answer:
    """End a payment that nobody approved yet, or release all that is not captured."""
    reference, only = call.params["reference"], False
    if call.body.strip() not in {b"", b"false"}:  # PHP's json_encode of nothing, and none at all
        only = parse(models.CancelModificationRequest, call).cancel_transaction_only
    call.unit.do(modifications.cancel, commands.Cancel(reference=reference, cancel_transaction_only=only))
    return json_answer(modification_view(call.state.payment(reference), call.unit.msn))


def force_approve(call: Call) -> Answer:
    """Approve a payment as its customer; Vipps has this in its test environment only."""
    body, reference = parse(models.ForceApprove, call), call.params["reference"]
    customer = body.customer or models.Customer()
    if not customer.is_named and body.token is None:
        raise ParameterRequired("customer", "Either it or the token of the redirectUrl says who approves.")
    call.state.payment(reference)  # an unknown reference comes before a token that is not its
    if body.token is not None and read_landing_token(body.token) != (call.unit.msn, reference):
        raise ApproveFailed(reference, "the token is not that of the payment's redirectUrl")
    phone_number = customer.to_phone_number()
    is_nobodys = not customer.is_named and call.state.payment(reference).customer is None
    command = commands.ForceApprove(
        reference=reference,
        phone_number=_ANYBODY if is_nobodys else phone_number,
        personal_qr_of_nobody=customer.personal_qr if phone_number is None else None,
        customer_token_of_nobody=customer.customer_token if phone_number is None else None,
    )
    call.unit.do(approval.force_approve, command)
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


_KEYED: Final = (
    Parameter(
        name="Idempotency-Key",
        place="header",
        shape=Annotated[str, Field(min_length=1, max_length=_LONGEST_KEY)],
        about="The same key and content are answered the same and done once.",
    ),
)
_NO_SUCH: Final = errors.UnknownReference
_AMOUNT_OR_LOCK: Final = (errors.AmountInvalid, errors.ModificationAmountInvalid, errors.PaymentLocked)

OPERATIONS: Final = (
    Operation(
        id="createPayment",
        api=API,
        method="POST",
        path="/epayment/v1/payments",
        handler=create_payment,
        takes=models.CreatePaymentRequest,
        parameters=_KEYED,
        answers={201: CreatePaymentResponse},
        refuses=(errors.CreateRefusal, errors.CreateKeyReused, errors.ReferenceTaken, errors.AmountInvalid),
        rate_limit=_CHANGES,
    ),
    Operation(
        id="getPayment",
        api=API,
        method="GET",
        path=_PAYMENT,
        handler=get_payment,
        answers={200: GetPaymentResponse},
        refuses=(_NO_SUCH,),
        rate_limit=_READS,
    ),
    Operation(
        id="getPaymentEventLog",
        api=API,
        method="GET",
        path=f"{_PAYMENT}/events",
        handler=get_payment_event_log,
        answers={200: list[PaymentEventResponse]},
        refuses=(_NO_SUCH,),
        rate_limit=_READS,
    ),
    Operation(
        id="cancelPayment",
        api=API,
        method="POST",
        path=f"{_PAYMENT}/cancel",
        handler=cancel_payment,
        takes=models.CancelModificationRequest,
        may_lack_body=True,
        answers={200: ModificationResponse},
        refuses=(_NO_SUCH, errors.CancelRefusal),
        rate_limit=_CHANGES,
    ),
    Operation(
        id="capturePayment",
        api=API,
        method="POST",
        path=f"{_PAYMENT}/capture",
        handler=capture_payment,
        takes=models.CaptureModificationRequest,
        parameters=_KEYED,
        answers={200: ModificationResponse},
        refuses=(_NO_SUCH, errors.CaptureRefusal, errors.CaptureKeyReused, *_AMOUNT_OR_LOCK),
        rate_limit=_CHANGES,
    ),
    Operation(
        id="refundPayment",
        api=API,
        method="POST",
        path=f"{_PAYMENT}/refund",
        handler=refund_payment,
        takes=models.RefundModificationRequest,
        parameters=_KEYED,
        answers={200: ModificationResponse},
        refuses=(_NO_SUCH, errors.RefundRefusal, errors.RefundKeyReused, *_AMOUNT_OR_LOCK),
        rate_limit=_CHANGES,
    ),
    Operation(
        id="forceApprove",
        api=API,
        method="POST",
        path="/epayment/v1/test/payments/{reference}/approve",
        handler=force_approve,
        takes=models.ForceApprove,
        answers={200: None},
        refuses=(
            _NO_SUCH,
            errors.ApproveRefusal,
            errors.PersonalQrInvalid,
            errors.CustomerTokenInvalid,
            errors.ParameterRequired,
            errors.PhoneNumberInvalid,
            errors.CustomerNotFound,
        ),
    ),
)
