"""What the sandbox's own API was sent, as the models that say what it takes."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sandbox.api.gateway.explanations.fields import nearest_name
from sandbox.control.problems import Problem

__all__ = ["understood", "unknown"]

M = TypeVar("M", bound=BaseModel)


def understood(model: type[M], sent: bytes | Mapping[str, Any]) -> M:
    """Return what was sent, JSON or members, as a *model*.

    Raises:
        Problem: it is not one; the detail names each member that is wrong, and for an unknown one those there are.
    """
    try:
        return model.model_validate_json(sent) if isinstance(sent, bytes) else model.model_validate(sent)
    except ValidationError as error:
        told = [_told(model, details) for details in error.errors(include_url=False)]
        raise Problem(400, "Not understood", "; ".join(told)) from error


def unknown(kind: str, name: str, known: Sequence[str]) -> Problem:
    """Return the refusal of a *name* that no *kind* of thing has: with the one that was likely meant, and all."""
    near = nearest_name(name, known)
    meant = ";" if near is None else f"; did you mean {near!r}?"
    there = "there" if near is None else "There"
    return Problem(400, "Not understood", f"There is no {kind} {name!r}{meant} {there} are {', '.join(known)}.")


def _told(model: type[BaseModel], details: ErrorDetails) -> str:
    place = ".".join(str(part) for part in details["loc"])
    if details["type"] == "extra_forbidden":
        names = list(_members(_model_at(model, details["loc"][:-1])))
        return f"There is no {place!r}; there is only {', '.join(names)}"
    return f"{place or 'body'}: {details['msg']}"


def _model_at(model: type[BaseModel], way: Sequence[int | str]) -> type[BaseModel]:
    """Return the model of the member that is meant, all the way down; or as far as there are models."""
    for part in way:
        annotation = _members(model).get(str(part))
        inner = (one for one in (annotation, *get_args(annotation)) if isinstance(one, type))
        model = next((one for one in inner if issubclass(one, BaseModel)), model)
    return model


def _members(model: type[BaseModel]) -> dict[str, Any]:
    """Return what each member of a model is, by the name under which it is sent."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
