"""What every refusal is."""

from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from typing_extensions import dataclass_transform

from sandbox.domain.values import with_doc

__all__ = ["Refusal", "instant_text"]


@dataclass_transform(eq_default=False)
@dataclass(init=False, eq=False, repr=False)
class Refusal(Exception):
    """What was asked is not allowed; nothing happened.

    Whatever derives from it is a dataclass by that, without a decorator; its fields are what was asked and allowed.
    """

    sticky: ClassVar[bool] = False  # whether it stays the answer to its Idempotency-Key

    def __init_subclass__(cls) -> None:
        with_doc(cls)
        dataclass(init=False, eq=False, repr=False)(cls)

    # Written once: having dataclasses generate these for each of so many classes is felt at every start.
    def __init__(self, *args: Any, **given: Any) -> None:
        """Take the values of its fields.

        Raises:
            TypeError: one is missing, or there is one too many.
        """
        super().__init__(*args)
        names = [one.name for one in fields(self)]
        placed = dict(zip(names, args, strict=False))
        content = {one.name: one.default for one in fields(self)} | placed | given
        too_many = len(args) > len(names) or len(content) > len(names) or not placed.keys().isdisjoint(given)
        if too_many or MISSING in content.values():
            raise TypeError(f"{type(self).__name__} takes {', '.join(names) or 'nothing'}")
        vars(self).update(content)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def __str__(self) -> str:
        raise NotImplementedError


def instant_text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
