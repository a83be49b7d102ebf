"""What the Access Token API answers to credentials that it does not know: the errors of Azure Active Directory.

Source: bodies seen in public issue threads; status codes from Vipps's eCom documentation.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from typing_extensions import TypedDict

from sandbox.api.gateway import Answer, json_answer
from sandbox.api.gateway.access import ClientUnknown, SecretWrong
from sandbox.api.gateway.problems import InvalidInput
from sandbox.domain.errors import Refusal

__all__ = ["DirectoryError", "client_unknown", "headers_missing", "refuse", "reject_input", "secret_wrong"]


class DirectoryError(TypedDict):
    """How Azure Active Directory says no."""

    error: str
    error_description: str
    error_codes: list[int]
    timestamp: str
    trace_id: str
    correlation_id: str
    error_uri: str


def client_unknown(error: ClientUnknown, now: datetime) -> Answer:
    return _problem(
        400,
        "unauthorized_client",
        700016,
        f"Application with identifier '{error}' was not found in the directory 'vipps-sandbox'. "
        "This can happen if the application has not been installed by the administrator of the tenant.",
        now,
    )


def secret_wrong(error: SecretWrong, now: datetime) -> Answer:
    return _problem(
        401, "invalid_client", 7000215, f"Invalid client secret provided for the application '{error}'.", now
    )


def headers_missing(names: Sequence[str], now: datetime) -> Answer:
    text = f"The request must contain the following headers: '{', '.join(names)}'."
    return _problem(400, "invalid_request", 900144, text, now)


def reject_input(path: str, invalid: InvalidInput) -> Answer:
    raise invalid  # there is no input but headers


def refuse(path: str, refusal: Refusal) -> Answer:
    raise refusal  # a token is asked before there is anything to refuse


def _problem(status: int, error: str, code: int, text: str, now: datetime) -> Answer:
    trace, correlation = str(uuid4()), str(uuid4())
    description = (
        f"AADSTS{code}: {text}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {now:%F %TZ}"
    )
    content: DirectoryError = {
        "error": error,
        "error_description": description,
        "error_codes": [code],
        "timestamp": f"{now:%F %TZ}",
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.windows.net/error?code={code}",
    }
    return json_answer(content, status)
