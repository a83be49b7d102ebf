"""What a form sent."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.phone.answers import Sorry

__all__ = ["form_of"]

_LARGEST: Final = 16 * 1024
_MOST_FIELDS: Final = 20


async def form_of(request: Request) -> dict[str, str]:
    """Return a form's fields; those of anything else than a plain HTML form are none.

    Raises:
        Sorry: it is larger than any form of ours.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise Sorry(413, "Too much", "That is more than a form of this page can hold.")
    try:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise Sorry(400, "Not understood", "That is not what a form of this page sends.") from error
