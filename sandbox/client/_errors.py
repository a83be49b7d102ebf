"""What can go wrong between a merchant and Vipps.

    VippsError
    ├── TransportFailed             no answer came: whether the request was carried out is not known
    ├── AnswerNotUnderstood         a success whose body is not what the API promises
    ├── ApiError                    Vipps refused; status, code, title, detail, trace_id, fields, body
    │   ├── BadRequest              400
    │   ├── Unauthorized            401, and the token server's word on unknown credentials
    │   ├── Forbidden               403
    │   ├── NotFound                404
    │   │   └── NotAVippsUser       code 7010, whatever its status: send the invoice another way
    │   ├── Conflict                409: the key or the reference was used for something else
    │   ├── Unprocessable           422: the sales unit is not set up for it
    │   ├── Locked                  423: another operation on the same payment is running
    │   ├── RateLimited             429
    │   └── ServerTrouble           5xx
    ├── OutcomeNotKnown             the payment had no final state when patience ended; it may yet be paid
    ├── InvoiceNotPaid              the payment ended ABORTED, EXPIRED or TERMINATED
    ├── PhoneNumberNotShared        paid, but Vipps does not (or no longer does) tell the phone number
    ├── RefusedInProduction         a call that exists in the test environment only
    └── IdempotencyKeyRefused       also a ValueError: longer than 50 characters, or not plain text

An error of a single call tells the `idempotency_key` it was sent with, so that the same call can be repeated.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import httpx

from sandbox.client._models import Payment
from sandbox.client._problems import Problem, read_problem

__all__ = [
    "AnswerNotUnderstood",
    "ApiError",
    "BadRequest",
    "Conflict",
    "Forbidden",
    "IdempotencyKeyRefused",
    "InvoiceNotPaid",
    "Locked",
    "NotAVippsUser",
    "NotFound",
    "OutcomeNotKnown",
    "PhoneNumberNotShared",
    "RateLimited",
    "RefusedInProduction",
    "ServerTrouble",
    "TransportFailed",
    "Unauthorized",
    "Unprocessable",
    "VippsError",
    "api_error",
    "asked",
]


class VippsError(Exception):
    pass


class TransportFailed(VippsError):
    """No answer came: a time-out, or a connection refused or dropped."""

    def __init__(self, asked: str, reason: str, idempotency_key: str | None = None) -> None:
        super().__init__(asked, reason, idempotency_key)
        self.asked = asked
        self.reason = reason
        self.idempotency_key = idempotency_key

    def __str__(self) -> str:
        return f"no answer to {self.asked}: {self.reason}"


class AnswerNotUnderstood(VippsError):
    def __init__(self, asked: str, reason: str) -> None:
        super().__init__(asked, reason)
        self.asked = asked
        self.reason = reason

    def __str__(self) -> str:
        return f"the answer to {self.asked} is not what the API promises: {self.reason}"


class ApiError(VippsError):
    """Vipps refused. Decide by `status` and `code`: the texts change."""

    def __init__(self, status: int, problem: Problem, asked: str, idempotency_key: str | None = None) -> None:
        super().__init__(status, problem, asked, idempotency_key)
        self.status = status
        self.code = problem.code
        self.title = problem.title
        self.detail = problem.detail
        self.trace_id = problem.trace_id
        self.fields = problem.fields
        self.body = problem.body
        self.asked = asked
        self.idempotency_key = idempotency_key

    def __str__(self) -> str:
        about = [self.title or _phrase(self.status), self.detail]
        about += [f"{field.name}: {field.reason}" for field in self.fields]
        code = f" (code {self.code})" if self.code else ""
        trace = f" [trace {self.trace_id}]" if self.trace_id else ""
        return f"{self.asked} answered {self.status}{code}: {' - '.join(filter(None, about))}{trace}"


class BadRequest(ApiError):
    pass


class Unauthorized(ApiError):
    pass


class Forbidden(ApiError):
    pass


class NotFound(ApiError):
    pass


class NotAVippsUser(NotFound):
    """Nobody who can be asked to pay has this number: no user, too young or blocked; Vipps never says which."""


class Conflict(ApiError):
    pass


class Unprocessable(ApiError):
    pass


class Locked(ApiError):
    pass


class RateLimited(ApiError):
    pass


class ServerTrouble(ApiError):
    pass


class OutcomeNotKnown(VippsError):
    """Patience ended before the payment did: not a failure, for it may yet be paid; ask again later."""

    def __init__(self, reference: str, latest: Payment | None) -> None:
        super().__init__(reference, latest)
        self.reference = reference
        self.latest = latest

    def __str__(self) -> str:
        seen = f"it was {self.latest.state} when last seen" if self.latest else "it was never seen"
        return f"the outcome of payment {self.reference} is not known: {seen}"


class InvoiceNotPaid(VippsError):
    def __init__(self, payment: Payment) -> None:
        super().__init__(payment)
        self.payment = payment
        self.reference = payment.reference
        self.state = payment.state

    def __str__(self) -> str:
        return f"invoice {self.reference} was not paid: the payment is {self.state}"


class PhoneNumberNotShared(VippsError):
    """The invoice is paid, but the customer's phone number cannot be had from it."""

    def __init__(self, payment: Payment) -> None:
        super().__init__(payment)
        self.payment = payment
        self.reference = payment.reference

    def __str__(self) -> str:
        return f"payment {self.reference} is approved, but tells no phone number"


class RefusedInProduction(VippsError):
    def __init__(self, asked: str, host: str) -> None:
        super().__init__(asked, host)
        self.asked = asked
        self.host = host

    def __str__(self) -> str:
        return f"{self.asked} exists in the test environment only, and {self.host} is production: nothing was sent"


class IdempotencyKeyRefused(VippsError, ValueError):
    def __init__(self, idempotency_key: str) -> None:
        super().__init__(idempotency_key)
        self.idempotency_key = idempotency_key

    def __str__(self) -> str:
        return (
            f"an Idempotency-Key has 1 to 50 printable ASCII characters; {self.idempotency_key!r} "
            f"has {len(self.idempotency_key)}"
        )


BY_STATUS: Final[Mapping[int, type[ApiError]]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: Unprocessable,
    423: Locked,
    429: RateLimited,
}
BY_CODE: Final[Mapping[str | None, type[ApiError]]] = {
    "7010": NotAVippsUser,
    "invalid_client": Unauthorized,
    "unauthorized_client": Unauthorized,
}


def api_error(request: httpx.Request, response: httpx.Response) -> ApiError:
    """Return the error that *response*, no success, amounts to."""
    status = response.status_code
    problem = read_problem(response.content)
    by_status = BY_STATUS.get(status) or (ServerTrouble if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ApiError)
    error = BY_CODE.get(problem.code, by_status)
    return error(status, problem, asked(request), request.headers.get("Idempotency-Key"))


def asked(request: httpx.Request) -> str:
    """Return how an error names *request*; the path only, for the rest may tell secrets."""
    return f"{request.method} {request.url.path}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no known status"
