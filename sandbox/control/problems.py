"""How the sandbox's own API says no: problem details (RFC 9457) whose detail is a sentence to act on."""

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.domain import errors
from sandbox.domain.errors import Refusal

__all__ = ["Problem", "problem_response", "render_http_exception", "render_refusal"]

_STATUS = {
    errors.UnknownReference: 404,
    errors.CustomerNotFound: 404,
    errors.RegistrationUnknown: 404,
    errors.DeliveryUnknown: 404,
    errors.FaultUnknown: 404,
    errors.NotOnScreen: 409,
}


class Problem(Exception):
    """Something that the caller can mend."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title


def problem_response(status: int, title: str, detail: str) -> Response:
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(to_json(content), status, media_type="application/problem+json")


async def render_refusal(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        raise refusal
    status = _STATUS.get(type(refusal), 400)
    titles = {404: "Not found", 409: "Not on the screen now"}
    return problem_response(status, titles.get(status, "Refused"), str(refusal))


async def render_http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    path = request.url.path
    details = {
        404: f"There is nothing at {path}; the sandbox's own API is described at /sandbox/openapi.json.",
        405: f"{path} does not take {request.method}.",
    }
    response = problem_response(
        error.status_code, str(error.detail), details.get(error.status_code, str(error.detail))
    )
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response
