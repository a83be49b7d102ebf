"""Refusals to tell about a customer."""

from datetime import datetime

from sandbox.domain.errors.refusal import Refusal, instant_text

__all__ = ["UnknownSub", "UserInfoRefusal", "UserInfoWindowOver"]


class UserInfoRefusal(Refusal):
    sub: str


class UnknownSub(UserInfoRefusal):
    def __str__(self) -> str:
        return f"No user of this sales unit has the sub {self.sub}."


class UserInfoWindowOver(UserInfoRefusal):
    ended: datetime

    def __str__(self) -> str:
        return f"The information about {self.sub} could be fetched until {instant_text(self.ended)}."
