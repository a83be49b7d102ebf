"""What a field allows, in words, as the model of the request has it."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

__all__ = ["allowed_at", "nearest_name"]

_LONGEST_NAME: Final = 100  # that is compared with others
_NAMES: Final = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
_LARGEST: Final = 2**63 - 1


def allowed_at(model: type[BaseModel], loc: Sequence[int | str]) -> str:
    """Return what the place *loc* of a body may be; of a field that is not there, the nearest that is."""
    annotation: Any = model
    metadata: Sequence[Any] = ()
    for part in loc:
        inner, _ = _bare(annotation, ())
        if isinstance(part, int):
            annotation, metadata = next(iter(get_args(inner)), str), ()
        elif _is_model(inner):
            field = _field(inner, part)
            if field is None:
                return _instead_of(part, inner)
            annotation, metadata = field.annotation, field.metadata
        elif get_origin(inner) is dict:
            annotation, metadata = get_args(inner)[1], ()
    return _described(annotation, metadata)


def nearest_name(name: str, names: Sequence[str]) -> str | None:
    """Return the one of *names* that *name* was probably meant to be; in any case, and without `-` and `_`."""
    plain = {_plain(one): one for one in names}
    near = get_close_matches(_plain(name[:_LONGEST_NAME]), plain, n=1, cutoff=0.7)
    return plain[near[0]] if near else None


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _field(model: type[BaseModel], wanted: str) -> FieldInfo | None:
    return next((one for name, one in model.model_fields.items() if wanted in {one.alias, name}), None)


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _instead_of(name: str, model: type[BaseModel]) -> str:
    names = _names(model)
    near = nearest_name(name, names)
    meant = f"{near}, if that was meant; " if near is not None else ""
    return f"{meant}the fields here are {', '.join(names)}"


def _described(annotation: Any, metadata: Sequence[Any]) -> str:
    inner, constraints = _bare(annotation, metadata)
    origin = get_origin(inner)
    if origin is Literal:
        return _one_of([str(one) for one in get_args(inner)])
    if origin is list:
        return f"a list, each of it {_described(get_args(inner)[0], ())}"
    if origin is dict:
        return f"an object, each member of it {_described(get_args(inner)[1], ())}"
    if not isinstance(inner, type):
        return "anything"
    if issubclass(inner, Enum):
        return _one_of([str(one.value) for one in inner])
    if _is_model(inner):
        needed = [field.alias or name for name, field in inner.model_fields.items() if field.is_required()]
        return f"an object with {', '.join(needed)}" if needed else f"an object of {', '.join(_names(inner))}"
    return _NAMES.get(inner, "anything") + _bounds(constraints)


def _bare(annotation: Any, metadata: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
    """Return the type without `Annotated` and `None`, and the constraints that stood around it."""
    if get_origin(annotation) is Annotated:
        inner, *around = get_args(annotation)
        return _bare(inner, [*metadata, *(one for info in around for one in getattr(info, "metadata", ()))])
    if get_origin(annotation) in {Union, UnionType}:
        inner = next((one for one in get_args(annotation) if one is not NoneType), str)
        return _bare(inner, metadata)
    names = ("min_length", "max_length", "ge", "le", "pattern")
    found = {name: getattr(one, name) for one in metadata for name in names if getattr(one, name, None) is not None}
    return annotation, found


def _bounds(constraints: Mapping[str, Any]) -> str:
    text = ""
    least, most = constraints.get("ge"), constraints.get("le")
    if most is not None and most < _LARGEST:
        text += f" from {least or 0} to {most}"
    elif least is not None and least >= 0:
        text += f", {least} or more"
    shortest, longest = constraints.get("min_length"), constraints.get("max_length")
    if longest is not None:
        text += f" of {shortest} to {longest} characters" if shortest else f" of at most {longest} characters"
    elif shortest is not None:
        text += f" of at least {shortest} character{'s' * (shortest != 1)}"
    if "pattern" in constraints:
        text += f" that matches {constraints['pattern']}"
    return text


def _one_of(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"one of {', '.join(values)}"


def _is_model(annotation: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
