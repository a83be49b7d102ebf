"""What a plain HTML form sent, read within bounds."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

__all__ = ["FormRefused", "form_of"]

_LARGEST: Final = 16 * 1024  # bytes
_MOST_FIELDS: Final = 50


class FormRefused(Exception):
    """Something was sent that no form of ours sends; each room says so on a page of its own."""

    def __init__(self, status: int, heading: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.heading = heading


async def form_of(request: Request) -> dict[str, str]:
    """Return a form's fields; those of anything else than a plain HTML form are none.

    Raises:
        FormRefused: it is larger than any form of ours, or has more fields.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise FormRefused(413, "Too much", "That is more than a form of this page can hold.")
    try:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise FormRefused(400, "Not understood", "That is not what a form of this page sends.") from error
