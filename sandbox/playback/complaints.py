"""What pydantic says of a value, in the words of whoever wrote it."""

import re
from collections.abc import Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sandbox.playback.language.base import NAME
from sandbox.playback.nearest import instead
from sandbox.playback.yaml_text import Place

__all__ = ["complaint"]


def complaint(kind: type[BaseModel], error: ValidationError, *, has_fields: bool = True) -> tuple[Place, str, bool]:
    """Return where in the value it is wrong, what is wrong, and whether the key is to blame.

    An unknown field goes first: what seems to be missing is likely that, misspelt.
    """
    details = min(error.errors(include_url=False), key=lambda details: details["type"] != "extra_forbidden")
    loc = tuple(part for part in details["loc"] if not _is_of_type(part))
    unknown = details["type"] == "extra_forbidden"
    said = f"unknown{instead(str(loc[-1]), _fields(kind, loc[:-1]))}" if unknown else _in_words(details)
    place = loc if has_fields else loc[1:]  # a bare value stands for its first
    if details["type"] == "missing":
        place = place[:-1]
    is_key = unknown or details["loc"][-1:] == ("[key]",)
    return place, ": ".join(filter(None, (".".join(map(str, loc)), said))), is_key


def _in_words(details: ErrorDetails) -> str:
    match details["type"]:
        case "string_type":
            return f"{details['msg']} (quote it)" if isinstance(details["input"], int | float) else details["msg"]
        case "literal_error" if isinstance(details["input"], str):
            known = re.findall(r"'([^']*)'", details["ctx"]["expected"])
            return f"there is no {details['input']!r}{instead(details['input'], known)}"
        case "list_type":
            return "say a list, such as [one, another]"
        case "dict_type":
            return "say members, such as {name: value}"
        case "string_pattern_mismatch" if details["ctx"]["pattern"] == NAME:
            return f"{details['input']!r} cannot be used here: a name has no space, dot, plus or brace"
        case "string_pattern_mismatch":
            return f"{details['input']!r} cannot be used here: it must match {details['ctx']['pattern']}"
        case "too_short":
            return "is empty"
        case _:
            return details["msg"].removeprefix("Value error, ")


def _is_of_type(part: str | int) -> bool:
    """Tell whether a part of a place is pydantic's name of a member of a union."""
    return isinstance(part, str) and ("[" in part or part in {"str", "int", "dict", "datetime", "timedelta"})


def _fields(kind: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Return what may stand in a model, or in one of its members that are models themselves."""
    for name in loc:
        member = kind.model_fields[str(name)].annotation if str(name) in kind.model_fields else None
        if isinstance(member, type) and issubclass(member, BaseModel):
            kind = member
    return [field.alias or name for name, field in kind.model_fields.items()]
