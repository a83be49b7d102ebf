"""What every refusal is."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

__all__ = ["Refusal", "instant_text"]


@dataclass(eq=False, repr=False)
class Refusal(Exception):
    """What was asked is not allowed; nothing happened."""

    sticky: ClassVar[bool] = False  # whether it stays the answer to its Idempotency-Key

    # Written once: having dataclasses generate these for each of so many classes is felt at every start.
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
