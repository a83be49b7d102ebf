"""How the Order Management API says no: `ErrorResponse`, with `invalidParams` in PascalCase.

Source: Order Management OpenAPI 2.1, `ErrorResponse`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NotRequired

from typing_extensions import TypedDict

from sandbox.api.gateway import Answer, json_answer
from sandbox.api.gateway.dotnet import pascal_case
from sandbox.api.gateway.operations import trace_id
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.domain import errors
from sandbox.domain.errors import Refusal
from sandbox.domain.values import value

__all__ = ["PROBLEMS", "ErrorResponse", "Problem", "refuse", "reject_input"]


@value(kw_only=False)
class Problem:
    status: int
    title: str
    section: str  # of RFC 7231, that `type` points to
    parameter: str | None = None  # that is to blame

    @property
    def summary(self) -> str:
        return self.title


_BAD_REQUEST: Final = Problem(400, "One or more validation errors occurred.", "6.5.1")
_NOT_FOUND: Final = Problem(404, "Not Found", "6.5.4")
_CONFLICT: Final = Problem(409, "Conflict", "6.5.8")

PROBLEMS: Final[Mapping[type[Refusal], Problem]] = {
    errors.OrderUrlInvalid: _BAD_REQUEST,
    errors.ImageInvalid: replace(_BAD_REQUEST, parameter="Src"),
    errors.ImageUnknown: replace(_NOT_FOUND, parameter="ImageId"),
    errors.OrderUnknown: _NOT_FOUND,
    errors.CategoryUnknown: _NOT_FOUND,
    errors.ReceiptTaken: _CONFLICT,
    # Vipps's own production plugin looks for a 409, or for the word "duplicate".
    errors.ImageTaken: replace(_CONFLICT, parameter="ImageId"),
}


class InvalidParam(TypedDict):
    name: str
    reason: str


class ErrorResponse(TypedDict):
    """How the Order Management API says no."""

    type: str
    title: str
    detail: str
    instance: str
    invalidParams: NotRequired[list[InvalidParam]]


def refuse(path: str, refusal: Refusal) -> Answer:
    problem, detail = PROBLEMS[type(refusal)], str(refusal)
    parameter = refusal.parameter if isinstance(refusal, errors.OrderUrlInvalid) else problem.parameter
    if problem.status == _BAD_REQUEST.status:
        return _answer(problem, "BadRequest", [FieldError(parameter or "", detail)])
    return _answer(problem, detail, [FieldError(parameter, detail)] if parameter is not None else [])


def reject_input(path: str, invalid: InvalidInput) -> Answer:
    return _answer(_BAD_REQUEST, "BadRequest", invalid.errors)


def _answer(problem: Problem, detail: str, details: Sequence[FieldError] = ()) -> Answer:
    content: ErrorResponse = {
        "type": f"https://datatracker.ietf.org/doc/html/rfc7231#section-{problem.section}",
        "title": problem.title,
        "detail": detail,
        "instance": trace_id(),
    }
    if details:
        content["invalidParams"] = [
            {"name": ".".join(pascal_case(part) for part in error.name.split(".")), "reason": error.reason}
            for error in details
        ]
    return json_answer(content, problem.status)
