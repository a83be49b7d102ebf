"""How the UserInfo API says no: `UserinfoError`, whose status is a string.

Source: Userinfo OpenAPI 2.0.3, `UserinfoError`. Which status belongs to which case is judgement.
"""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from typing_extensions import TypedDict

from sandbox.api.gateway import Answer, json_answer
from sandbox.api.gateway.problems import InvalidInput
from sandbox.domain import errors
from sandbox.domain.errors import Refusal
from sandbox.domain.values import value

__all__ = ["CONTENT_TYPE", "PROBLEMS", "UserinfoError", "refuse", "reject_input", "unauthorized"]

CONTENT_TYPE: Final = "application/json;charset=UTF-8"


@value(kw_only=False)
class Problem:
    status: int
    title: str

    @property
    def summary(self) -> str:
        return self.title


PROBLEMS: Final[Mapping[type[Refusal], Problem]] = {
    errors.UnknownSub: Problem(404, "User not found"),
    errors.UserInfoWindowOver: Problem(403, "The time to fetch the information is over"),
}


class UserinfoError(TypedDict):
    """How the UserInfo API says no; *status* is a string."""

    type: str
    title: str
    status: str
    detail: str
    instance: str
    extraInfo: dict[str, str]


def refuse(path: str, refusal: Refusal) -> Answer:
    problem = PROBLEMS[type(refusal)]
    return _answer(problem.status, problem.title, str(refusal))


def reject_input(path: str, invalid: InvalidInput) -> Answer:
    detail = " ".join(error.reason for error in invalid.errors)
    return _answer(400, "Your request parameters didn't validate.", detail)


def unauthorized(because: str) -> Answer:
    return _answer(401, "Unauthorized", because)


def _answer(status: int, title: str, detail: str) -> Answer:
    content: UserinfoError = {
        "type": f"https://httpstatuses.io/{status}",
        "title": title,
        "status": str(status),
        "detail": detail,
        "instance": str(uuid4()),
        "extraInfo": {},
    }
    return json_answer(content, status, CONTENT_TYPE)
