"""What merchants send to the Webhooks API. Source: Webhooks OpenAPI 1."""

from typing import Annotated

from pydantic import Field

from sandbox.api.gateway.parsing import Wire
from sandbox.domain.commands import RegisterWebhook

__all__ = ["RegisterRequest"]


class RegisterRequest(Wire):
    url: Annotated[str, Field(max_length=2500)]
    events: list[str]

    def to_domain(self) -> RegisterWebhook:
        return RegisterWebhook(url=self.url, events=tuple(self.events))
