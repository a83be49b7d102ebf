"""What merchants send to the Webhooks API. Source: Webhooks OpenAPI 1."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from sandbox.api.gateway.parsing import Wire
from sandbox.domain.commands import RegisterWebhook

__all__ = ["QueryResponse", "RegisterRequest", "RegisterResponse"]


class RegisterRequest(Wire):
    url: Annotated[str, Field(max_length=2500)]
    events: list[str]

    def to_domain(self) -> RegisterWebhook:
        return RegisterWebhook(url=self.url, events=tuple(self.events))


class RegisterResponse(TypedDict):
    """What a registration is known by, and the key that its webhooks are signed with: shown once, never again."""

    id: str
    secret: str


class Webhook(TypedDict):
    id: str
    url: str
    events: list[str]


class QueryResponse(TypedDict):
    webhooks: list[Webhook]
