"""What merchants send to the Order Management API. Source: Order Management OpenAPI 2.1."""

from typing import Annotated

from pydantic import ConfigDict, Field

from sandbox.api.gateway.parsing import Wire
from sandbox.domain.commands import CategoryType

__all__ = ["Category"]

_ID = r"^[0-9A-Za-z-_\.]+$"


class Category(Wire):
    """A link button for an order. Unknown fields are ignored: nothing in the specification forbids them here."""

    model_config = ConfigDict(extra="ignore")

    category: CategoryType
    order_details_url: Annotated[str, Field(min_length=1)]
    image_id: Annotated[str, Field(min_length=1, max_length=128, pattern=_ID)] | None = None
