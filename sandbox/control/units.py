"""Which sales unit a request to the sandbox's own API speaks of."""

from typing import Any, Final

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control.problems import Problem
from sandbox.domain.customers import is_phone_number
from sandbox.world import SalesUnit, World

__all__ = ["UNIT", "Units", "json_response", "phone_number_of"]

UNIT: Final = "/sandbox/units/{msn}"
_MSN_DIGITS: Final = range(4, 11)
_READING: Final = frozenset({"GET", "HEAD"})


class Units:
    """The sales units, as requests name them.

    Args:
        provisions: Whether a sales unit comes into being when it is first written to, as with open access.
    """

    def __init__(self, world: World, *, provisions: bool) -> None:
        self.world = world
        self._provisions = provisions

    def of(self, request: Request) -> SalesUnit:
        """Return the sales unit that is spoken of; to write to a new one makes it, to read changes nothing.

        Raises:
            Problem: there is none.
        """
        msn = request.path_params["msn"]
        if request.method in _READING or not self._provisions or self.world.find(msn) is not None:
            return self.there(request)
        _check(msn)
        return self.world.provision(msn)

    def there(self, request: Request) -> SalesUnit:
        """Return the sales unit that is spoken of, which is there already.

        Raises:
            Problem: there is none.
        """
        msn = request.path_params["msn"]
        unit = self.world.find(msn)
        if unit is not None:
            return unit
        _check(msn)
        if not self._provisions:
            raise Problem(404, "Not found", f"No sales unit {msn} is declared.")
        raise Problem(404, "Not found", f"There is no sales unit {msn} yet: its first call makes it.")


def _check(msn: str) -> None:
    if not (msn.isascii() and msn.isdigit() and len(msn) in _MSN_DIGITS):
        raise Problem(404, "Not found", f"{msn!r} is no merchant serial number: those have 4 to 10 digits.")


def phone_number_of(request: Request) -> str:
    phone_number: str = request.path_params["phone"]
    if not is_phone_number(phone_number):
        raise Problem(
            404, "Not found", f"{phone_number!r} is no phone number: 9 to 15 digits with country code, without plus."
        )
    return phone_number


def json_response(content: Any, status: int = 200) -> Response:
    return Response(to_json(content), status, media_type="application/json")
