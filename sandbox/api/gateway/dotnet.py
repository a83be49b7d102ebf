"""The words in which Vipps's .NET servers tell what is wrong with a field, from what pydantic tells.

Source: ePayment API guide, "Errors"; answers of the real test environment seen in public.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sandbox.api.gateway.explanations.fields import allowed_at
from sandbox.api.gateway.problems import FieldError

__all__ = ["at_most", "must_match", "pascal_case", "required", "told"]

_MOST_TOLD: Final = 20  # errors of one body
_LONGEST_VALUE: Final = 100  # that an answer repeats


def pascal_case(name: str) -> str:
    return name[:1].upper() + name[1:]


def required(field: str) -> str:
    return f"The {field} field is required."


def must_match(field: str, pattern: str) -> str:
    return f"The field {field} must match the regular expression '{pattern}'."


def at_most(field: str, length: int) -> str:
    return f"The field {field} must be a string with a maximum length of {length}."


def told(model: type[BaseModel], errors: Sequence[ErrorDetails]) -> tuple[FieldError, ...]:
    """Return one entry per field that failed, in camelCase with dots, reasons in the real server's words."""
    return tuple(
        FieldError(_path(details["loc"]), _reason(model, details), details["type"], allowed_at(model, details["loc"]))
        for details in errors[:_MOST_TOLD]
    )


def _path(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "$"


def _reason(model: type[BaseModel], details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    field = pascal_case(next((part for part in reversed(details["loc"]) if isinstance(part, str)), "body"))
    match kind:
        case "missing":
            return required(field)
        case "string_pattern_mismatch":
            return must_match(field, context["pattern"])
        case "string_too_short" | "string_too_long":
            return _length(field, _bounds(model, details["loc"]))
        case "greater_than_equal" | "less_than_equal" | "int_parsing_size":
            bounds = _bounds(model, details["loc"])
            return f"The field {field} must be between {bounds.get('ge', 0)} and {bounds.get('le', 2**63 - 1)}."
        case "enum":
            return f"The value '{str(details['input'])[:_LONGEST_VALUE]}' is not valid for {field}."
        case "extra_forbidden":
            return f"The field {field} is not part of the request."
        case "json_invalid":
            return f"The body is not valid JSON: {context.get('error', details['msg'])}."
        case _:
            return f"The {field} field is not valid. {details['msg']}."


def _length(field: str, bounds: Mapping[str, Any]) -> str:
    if "min_length" not in bounds:
        return at_most(field, bounds["max_length"])
    longest = f" and a maximum length of {bounds['max_length']}" if "max_length" in bounds else ""
    return f"The field {field} must be a string with a minimum length of {bounds['min_length']}{longest}."


def _bounds(model: type[BaseModel], loc: tuple[int | str, ...]) -> dict[str, Any]:
    """Return the constraints that the model sets for the field at *loc*."""
    fields: Mapping[str, Any] = model.model_fields
    metadata: list[Any] = []
    for part in loc:
        field = next((one for name, one in fields.items() if part in {one.alias, name}), None)
        if field is None:
            continue  # an index, or the name of a union's member
        metadata = _constraints(field)
        inner = _model_in(field.annotation)
        fields = inner.model_fields if inner is not None else {}
    names = ("min_length", "max_length", "ge", "le")
    return {name: getattr(one, name) for one in metadata for name in names if getattr(one, name, None) is not None}


def _constraints(field: FieldInfo) -> list[Any]:
    """Return the field's constraints; those of an optional field stand with its type, inside the union."""
    inside = (
        one for member in get_args(field.annotation) if get_origin(member) is Annotated for one in get_args(member)
    )
    return [*field.metadata, *(found for one in inside if isinstance(one, FieldInfo) for found in one.metadata)]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_in(argument))), None)
