"""The cards in every simulated wallet: fictional ones, one of which is always declined."""

from dataclasses import dataclass
from typing import Final

from sandbox.phone.words import Words

__all__ = ["CARDS", "Card", "card_by_id"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card as the wallet shows it; all that can be known of a real one is its scheme and its last four digits."""

    id: str
    scheme: str
    last_four: str
    declines: bool = False

    def name(self, words: Words) -> str:
        return {"daily": words.daily_card, "travel": words.travel_card, "blocked": words.blocked_card}[self.id]


CARDS: Final = (
    Card("daily", "VISA", "2412"),
    Card("travel", "MC", "5100"),
    Card("blocked", "VISA", "0002", declines=True),
)


def card_by_id(card_id: str | None) -> Card:
    """Return a card; the first for what names none."""
    return next((card for card in CARDS if card.id == card_id), CARDS[0])
