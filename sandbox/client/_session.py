"""A merchant's standing with Vipps: where it is, the keys, the access token, and one call made with them.

Does no I/O: a call is a generator of steps (see `_steps`).
Source: Access Token API 2.0.0; ePayment contract, "Headers".
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, SecretStr, TypeAdapter, ValidationError

from sandbox.client._credentials import Credentials, SystemInfo
from sandbox.client._errors import AnswerNotUnderstood, IdempotencyKeyRefused, api_error, asked
from sandbox.client._retry import RetryPolicy, persist
from sandbox.client._steps import Steps

__all__ = [
    "PRODUCTION",
    "TEST_ENVIRONMENT",
    "AccessToken",
    "Session",
    "access_token",
    "call",
    "is_production",
    "segment",
    "trusted",
    "understood",
]

PRODUCTION: Final = "https://api.vipps.no"
TEST_ENVIRONMENT: Final = "https://apitest.vipps.no"
LONGEST_KEY: Final = 50
# A token is renewed this long before it expires, or a tenth of its life if that is less.
RENEWAL_MARGIN: Final = timedelta(seconds=60)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AccessToken:
    value: str = field(repr=False)
    renew_at: datetime
    expires_at: datetime


class _TokenAnswer(BaseModel):
    access_token: SecretStr
    expires_in: int = Field(ge=0, le=10**9)  # seconds, which Vipps sends as a string


@dataclass(slots=True)
class Session:
    """What every call needs. The token is all that changes; two threads may at worst fetch one each.

    Raises:
        ValueError: *base_url* is no http(s) address.
    """

    credentials: Credentials
    base_url: str
    system: SystemInfo
    retry: RetryPolicy
    now: Callable[[], datetime]
    new_key: Callable[[], str]
    token: AccessToken | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        url = httpx.URL(self.base_url)
        if url.scheme not in {"http", "https"} or not url.host:
            raise ValueError(f"base_url is an http(s) address, not {self.base_url!r}")
        self.base_url = self.base_url.rstrip("/")

    @property
    def host(self) -> str:
        return _host_of(self.base_url)

    @property
    def in_production(self) -> bool:
        return is_production(self.base_url)

    def headers(self, *, subscription_key: bool = True) -> dict[str, str]:
        headers = {"Accept": "application/json", "Merchant-Serial-Number": self.credentials.merchant_serial_number}
        if subscription_key:
            headers["Ocp-Apim-Subscription-Key"] = self.credentials.subscription_key
        return headers | dict(self.system.headers())


def is_production(base_url: str) -> bool:
    """Tell whether that is where money is real."""
    host = _host_of(base_url)
    return host == "api.vipps.no" or host.startswith("api.mobilepay.")


def trusted(base_url: str) -> ssl.SSLContext | bool:
    """Return what certificates are checked against: for plain http none are read, which takes longer than a flow."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if base_url.startswith("http://") else True


def _host_of(base_url: str) -> str:
    return httpx.URL(base_url).host.rstrip(".")  # a dot at the end is the same host


def access_token(vipps: Session) -> Steps[AccessToken]:
    """Return an access token: the one in hand, or a new one if that is about to expire."""
    if vipps.token is None or vipps.now() >= vipps.token.renew_at:
        vipps.token = yield from _new_token(vipps)
    return vipps.token


def call(
    vipps: Session,
    method: str,
    path: str,
    *,
    content: bytes | None = None,
    idempotency_key: str | None = None,
    subscription_key: bool = True,
    extra_headers: Mapping[str, str | None] | None = None,
) -> Steps[httpx.Response]:
    """Make one call and return its success, after a new token if the one in hand is refused.

    *path* and *content* go out as they stand; *extra_headers* replace those of the same name, and None takes one
    away.

    Raises:
        ApiError: Vipps refused.
        TransportFailed: No answer came, however often it was tried.
        IdempotencyKeyRefused: Nothing was sent.
    """
    headers = vipps.headers(subscription_key=subscription_key)
    if content is not None:
        headers["Content-Type"] = "application/json"
    if idempotency_key is not None:
        headers["Idempotency-Key"] = _checked(idempotency_key)

    def authorized(token: AccessToken) -> httpx.Request:
        sent = httpx.Headers(headers | {"Authorization": f"Bearer {token.value}"})
        for name, value in (extra_headers or {}).items():
            sent.pop(name, None)
            if value is not None:
                sent[name] = value
        return httpx.Request(method, vipps.base_url + path, headers=sent, content=content)

    token = yield from access_token(vipps)
    request = authorized(token)
    response = yield from persist(request, vipps.retry, vipps.now)
    if response.status_code == httpx.codes.UNAUTHORIZED:
        if vipps.token is token:  # else another call has renewed it meanwhile
            vipps.token = None
        token = yield from access_token(vipps)
        request = authorized(token)
        response = yield from persist(request, vipps.retry, vipps.now)
    if not response.is_success:
        raise api_error(request, response)
    return response


def understood(answer: type[T], response: httpx.Response) -> T:
    """Read a success as *answer*, or raise AnswerNotUnderstood."""
    try:
        return TypeAdapter(answer).validate_json(response.content)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        reason = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in wrong)
        raise AnswerNotUnderstood(asked(response.request), reason) from None


def segment(name: str) -> str:
    """Return *name* as one segment of a path, whatever it holds."""
    return quote(name, safe="")


def _new_token(vipps: Session) -> Steps[AccessToken]:
    keys = {"client_id": vipps.credentials.client_id, "client_secret": vipps.credentials.client_secret}
    request = httpx.Request("POST", f"{vipps.base_url}/accesstoken/get", headers=vipps.headers() | keys)
    asked_at = vipps.now()
    response = yield from persist(request, vipps.retry, vipps.now)
    if not response.is_success:
        raise api_error(request, response)
    answer = understood(_TokenAnswer, response)
    life = timedelta(seconds=answer.expires_in)
    return AccessToken(
        answer.access_token.get_secret_value(),
        renew_at=asked_at + life - min(RENEWAL_MARGIN, life / 10),
        expires_at=asked_at + life,
    )


def _checked(idempotency_key: str) -> str:
    plain = idempotency_key.isascii() and idempotency_key.isprintable() and not idempotency_key.isspace()
    if not 1 <= len(idempotency_key) <= LONGEST_KEY or not plain:
        raise IdempotencyKeyRefused(idempotency_key)
    return idempotency_key
