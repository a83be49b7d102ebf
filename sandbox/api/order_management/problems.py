"""How the Order Management API says no: `ErrorResponse`, with `invalidParams` in PascalCase.

Source: Order Management OpenAPI 2.1, `ErrorResponse`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox.api.gateway import Answer, json_answer
from sandbox.api.gateway.dotnet import pascal_case
from sandbox.api.gateway.operations import trace_id
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.domain import errors
from sandbox.domain.errors import Refusal

__all__ = ["PROBLEMS", "Problem", "refuse", "reject_input"]


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    title: str
    section: str  # of RFC 7231, that `type` points to
    parameter: str | None = None  # that is to blame


PROBLEMS: Final[Mapping[type[Refusal], Problem]] = {
    errors.OrderUrlInvalid: Problem(
        400, "One or more validation errors occurred.", "6.5.1", parameter="OrderDetailsUrl"
    ),
    errors.OrderUnknown: Problem(404, "Not Found", "6.5.4"),
}


def refuse(path: str, refusal: Refusal) -> Answer:
    problem = PROBLEMS[type(refusal)]
    if problem.parameter is None:
        return _answer(problem, str(refusal))
    return _answer(problem, "BadRequest", [FieldError(problem.parameter, str(refusal))])


def reject_input(path: str, invalid: InvalidInput) -> Answer:
    problem = Problem(400, "One or more validation errors occurred.", "6.5.1")
    return _answer(problem, "BadRequest", invalid.errors)


def _answer(problem: Problem, detail: str, details: Sequence[FieldError] = ()) -> Answer:
    content: dict[str, Any] = {
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
