"""How the Webhooks API says no: `ProblemDetails`, whose `type` is the trace id, as in its specification.

Source: Webhooks OpenAPI 1, `ProblemDetails`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic_core import to_json
from typing_extensions import TypedDict

from sandbox.api.gateway import Answer
from sandbox.api.gateway.operations import PROBLEM_JSON, trace_id
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.domain import errors
from sandbox.domain.errors import Refusal
from sandbox.domain.values import value

__all__ = ["PROBLEMS", "Problem", "ProblemDetails", "refuse", "reject_input"]

_PREFIX: Final = "/webhooks"
_TITLES: Final = {400: "Bad Request", 404: "Not Found"}


@value(kw_only=False)
class Problem:
    status: int
    parameter: str  # that is to blame

    @property
    def summary(self) -> str:
        return _TITLES[self.status]


class ExtraDetail(TypedDict):
    name: str
    reason: str


class ProblemDetails(TypedDict):
    """How the Webhooks API says no."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    traceId: str
    extraDetails: list[ExtraDetail]


PROBLEMS: Final[Mapping[type[Refusal], Problem]] = {
    errors.WebhookUrlInvalid: Problem(400, "url"),
    errors.WebhookEventsMissing: Problem(400, "events"),
    errors.WebhookEventUnknown: Problem(400, "events"),
    errors.TooManyRegistrations: Problem(400, "events"),
    errors.RegistrationIdInvalid: Problem(400, "id"),
    errors.RegistrationUnknown: Problem(404, "id"),
}


def refuse(path: str, refusal: Refusal) -> Answer:
    problem = PROBLEMS[type(refusal)]
    status = problem.status
    if isinstance(refusal, errors.RegistrationUnknown) and refusal.strict:
        status = 400  # the only error that is specified
    return _answer(path, status, [FieldError(problem.parameter, str(refusal))])


def reject_input(path: str, invalid: InvalidInput) -> Answer:
    return _answer(path, 400, invalid.errors)


def _answer(path: str, status: int, details: Sequence[FieldError]) -> Answer:
    trace = trace_id()
    content: ProblemDetails = {
        "type": trace,
        "title": _TITLES[status],
        "status": status,
        "detail": "One or more validation errors occurred.",
        "instance": path.removeprefix(_PREFIX),
        "traceId": trace,
        "extraDetails": [{"name": error.name, "reason": error.reason} for error in details],
    }
    return Answer(status, to_json(content), PROBLEM_JSON)
