"""Refusals to tell about a customer."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.domain.errors.refusal import Refusal, instant_text

__all__ = ["UnknownSub", "UserInfoRefusal", "UserInfoWindowOver"]


@dataclass(eq=False, repr=False)
class UserInfoRefusal(Refusal):
    sub: str


@dataclass(eq=False, repr=False)
class UnknownSub(UserInfoRefusal):
    def __str__(self) -> str:
        return f"No user of this sales unit has the sub {self.sub}."


@dataclass(eq=False, repr=False)
class UserInfoWindowOver(UserInfoRefusal):
    ended: datetime

    def __str__(self) -> str:
        return f"The information about {self.sub} could be fetched until {instant_text(self.ended)}."
