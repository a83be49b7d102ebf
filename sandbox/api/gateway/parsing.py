"""From a call's body to a model: strictly by the specification first, and then with what lenience mends.

The models say what the current specification allows, and nothing else does. Only a body that fails them is looked
at again: if the sales unit is lenient, the table below mends what production is known, or likely, to take, and
notes each thing it mended. Evidence: Vipps's own samples and production plugins; see the ePayment contract's
"Leniency of the real server".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, from_json, to_json

from sandbox.api.gateway.dotnet import told
from sandbox.api.gateway.operations import Call
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.domain.sales_unit import Profile

__all__ = ["Wire", "parse"]

M = TypeVar("M", bound=BaseModel)

_ROUNDS: Final = 8  # mending one thing can bring another to light: an unknown field in what was a wrong type
_NOTES_AT_MOST: Final = 10
_LONGEST_NAME: Final = 100  # that a note repeats
_ERRORS_AT_MOST: Final = 1_000  # telling a million takes pydantic many seconds


class Wire(BaseModel):
    """What travels as JSON: camelCase, no field that is not specified, no type but the specified one."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel, defer_build=True)


def parse(model: type[M], call: Call) -> M:
    """Return the call's body as *model*.

    Raises:
        InvalidInput: it does not have the specified form, nor one that lenience takes for it.
    """
    _check_content_type(call)
    try:
        return model.model_validate_json(call.body)
    except ValidationError as error:
        if error.error_count() > _ERRORS_AT_MOST:
            raise InvalidInput(FieldError("$", f"The body has {error.error_count()} errors.")) from error
        errors = error.errors(include_url=False)
        if call.unit.state.settings.profile is Profile.STRICT or errors[0]["type"] == "json_invalid":
            raise InvalidInput(*told(model, errors)) from error
        return _mend(model, call, errors)


def _check_content_type(call: Call) -> None:
    """Production may refuse a body that does not say that it is JSON; curl's `-d`, say, says that it is a form."""
    given = call.headers.get("content-type", "")
    if given.partition(";")[0].strip().lower() == "application/json":
        return
    if call.unit.state.settings.profile is Profile.STRICT:
        raise InvalidInput(FieldError("Content-Type", "The header Content-Type must be application/json."))
    call.note(f"Content-Type is {given[:_LONGEST_NAME]!r}; the specification says application/json.")


def _mend(model: type[M], call: Call, errors: Sequence[ErrorDetails]) -> M:
    content, notes = from_json(call.body), list[str]()
    try:
        for _ in range(_ROUNDS):
            left = [details for details in errors if not _mend_one(content, details, notes)]
            if left:
                raise InvalidInput(*told(model, left))
            try:
                return model.model_validate_json(to_json(content))
            except ValidationError as again:
                errors = again.errors(include_url=False)
        raise InvalidInput(*told(model, errors))
    finally:
        for note in notes[:_NOTES_AT_MOST]:
            call.note(note)


def _mend_one(content: Any, details: ErrorDetails, notes: list[str]) -> bool:
    """Mend what one error is about, in place; return whether that could be done."""
    *way, last = details["loc"] or ("",)
    place = content
    for part in way:
        if isinstance(place, dict | list):
            place = place[part]  # type: ignore[index] # a location that pydantic gave fits what it looked at
    if not isinstance(place, dict) or last not in place:
        return False
    name = ".".join(str(part) for part in details["loc"])[:_LONGEST_NAME]
    if place[last] is None:
        # Production plugins send null for what they leave out, and the specification allows it for some fields.
        del place[last]
        if "metadata" in way:  # there it is no field that is left out, but the merchant's own word
            notes.append(
                f"{name} is null and was left out; the specification says string: production may answer 400."
            )
        return True
    mend = _MENDS.get(details["type"])
    if mend is _enum_in_any_case and f"'{place[last]}'".upper() not in details["ctx"]["expected"].upper():
        return False
    return mend is not None and mend(place, str(last), name, notes)


def _number_to_text(place: dict[str, Any], last: str, name: str, notes: list[str]) -> bool:
    value = place[last]
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    place[last] = str(value)
    notes.append(f"{name} is a number; the specification says string: production may answer 400.")
    return True


def _enum_in_any_case(place: dict[str, Any], last: str, name: str, notes: list[str]) -> bool:
    value = place[last]
    if not isinstance(value, str) or value.upper() == value:
        return False
    place[last] = value.upper()
    notes.append(f"{name} is {value!r}; the specification says {value.upper()!r}: production may answer 400.")
    return True


def _drop_unknown(place: dict[str, Any], last: str, name: str, notes: list[str]) -> bool:
    del place[last]
    notes.append(f"{name} is not in the specification and was ignored: production may answer 400.")
    return True


def _whole_float(place: dict[str, Any], last: str, name: str, notes: list[str]) -> bool:
    value = place[last]
    if not isinstance(value, float) or not value.is_integer():
        return False
    place[last] = int(value)
    notes.append(f"{name} is {value}; the specification says integer: production may answer 400.")
    return True


_MENDS: Final[Mapping[str, Callable[[dict[str, Any], str, str, list[str]], bool]]] = {
    "string_type": _number_to_text,
    "enum": _enum_in_any_case,
    "extra_forbidden": _drop_unknown,
    "int_type": _whole_float,
    "int_from_float": _whole_float,
}
