"""The words that customers read, in English: the same on the phone's pages and in the sandbox's own API.

Source: landing page and app guides.
"""

from sandbox.domain.money import Amount

__all__ = ["amount_text", "push_text"]


def amount_text(amount: Amount) -> str:
    """Return an amount as the app writes it: `20 kr`, `1500,50 kr`, `12,30 €`."""
    sign = "-" if amount.value < 0 else ""
    whole, part = divmod(abs(amount.value), 100)
    unit = {"EUR": "€"}.get(amount.currency.value, "kr")
    grouped = f"{sign}{whole:,}".replace(",", "\u202f")
    return f"{grouped},{part:02} {unit}" if part else f"{grouped} {unit}"


def push_text(merchant: str, amount: Amount) -> str:
    return f"{merchant} sent you a request for {amount_text(amount)}."
