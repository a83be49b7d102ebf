"""How the UserInfo API says no: `UserinfoError`, whose status is a string.

Source: Userinfo OpenAPI 2.0.3, `UserinfoError`. Which status belongs to which case is judgement.
"""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from sandbox.api.gateway import Answer, json_answer
from sandbox.api.gateway.problems import InvalidInput
from sandbox.domain import errors
from sandbox.domain.errors import Refusal

__all__ = ["PROBLEMS", "refuse", "reject_input", "unauthorized"]

_CONTENT_TYPE: Final = "application/json;charset=UTF-8"

PROBLEMS: Final[Mapping[type[Refusal], tuple[int, str]]] = {
    errors.UnknownSub: (404, "User not found"),
    errors.UserInfoWindowOver: (403, "The time to fetch the information is over"),
}


def refuse(path: str, refusal: Refusal) -> Answer:
    status, title = PROBLEMS[type(refusal)]
    return _answer(status, title, str(refusal))


def reject_input(path: str, invalid: InvalidInput) -> Answer:
    detail = " ".join(error.reason for error in invalid.errors)
    return _answer(400, "Your request parameters didn't validate.", detail)


def unauthorized(because: str) -> Answer:
    return _answer(401, "Unauthorized", because)


def _answer(status: int, title: str, detail: str) -> Answer:
    return json_answer(
        {
            "type": f"https://httpstatuses.io/{status}",
            "title": title,
            "status": str(status),
            "detail": detail,
            "instance": str(uuid4()),
            "extraInfo": {},
        },
        status,
        _CONTENT_TYPE,
    )
