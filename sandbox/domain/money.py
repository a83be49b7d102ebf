"""Money: amounts in minor units, and the bounds that Vipps sets for them.

Source: ePayment OpenAPI 1.8.1, `Amount`; ePayment guide, "Minimum amounts".
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sandbox.domain.values import value

__all__ = ["MAXIMUM_VALUE", "MINIMUM_VALUE", "Amount", "Currency"]


class Currency(StrEnum):
    NOK = "NOK"
    DKK = "DKK"
    EUR = "EUR"
    SEK = "SEK"  # this and the next two: card passthrough only
    USD = "USD"
    GBP = "GBP"


MAXIMUM_VALUE: Final = 65_000_000
MINIMUM_VALUE: Final[Mapping[Currency, int]] = {
    Currency.NOK: 100,
    Currency.DKK: 1,
    Currency.EUR: 1,
    Currency.SEK: 100,
    Currency.USD: 1,
    Currency.GBP: 1,
}


@value(kw_only=False)
class Amount:
    """An amount of money; *value* in minor units (øre, cent)."""

    currency: Currency
    value: int

    def __str__(self) -> str:
        return f"{self.value // 100}.{self.value % 100:02} {self.currency}"

    def of(self, value: int) -> "Amount":
        """Return *value* minor units in this amount's currency."""
        return Amount(self.currency, value)
