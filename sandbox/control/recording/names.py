"""What the steps of a scenario call the things that they speak of: payments, registrations of webhooks, links."""

from collections.abc import Collection

from sandbox.domain.payments import Payment

__all__ = ["Names", "OwnNames"]


class Names:
    """The names in a whole story: each thing is given one when it comes into being."""

    def __init__(self) -> None:
        self.payments: dict[str, str] = {}  # reference → name
        self._webhooks: dict[str, str] = {}  # registration → name
        self._links: dict[str, str] = {}  # category → name

    def new_payment(self, payment: Payment) -> str | None:
        """Name a payment; None if it has a name."""
        if payment.reference in self.payments:
            return None
        pushed = payment.created.command.user_flow.value == "PUSH_MESSAGE"
        kind = "invoice" if pushed or payment.is_long_living else "order"
        number = sum(name.partition("-")[0] == kind for name in self.payments.values()) + 1
        name = self.payments[payment.reference] = kind if number == 1 else f"{kind}-{number}"
        return name

    def new_webhook(self, registration_id: str) -> str | None:
        name = "webhook" if not self._webhooks else f"webhook-{len(self._webhooks) + 1}"
        self._webhooks[registration_id] = name
        return name

    def new_link(self, category_id: str) -> str | None:
        name = self._links[category_id] = f"link-{len(self._links) + 1}"
        return name

    def payment(self, reference: str) -> str | None:
        """Return what a payment is called; None if the story does not know it."""
        return self.payments.get(reference)

    def webhook(self, registration_id: str) -> str | None:
        return self._webhooks.get(registration_id)

    def link(self, category_id: str) -> str | None:
        """Return how a link's id is told; None if the story does not know it."""
        name = self._links.get(category_id)
        return None if name is None else f"${{{name}.categoryId}}"


class OwnNames(Names):
    """The names in a step that stands alone: what there was before it is called by its own id.

    Args:
        known: The references of payments; a story takes no others.
    """

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self._known = known

    def new_payment(self, payment: Payment) -> str | None:
        return None

    def new_webhook(self, registration_id: str) -> str | None:
        return None

    def new_link(self, category_id: str) -> str | None:
        return None

    def payment(self, reference: str) -> str | None:
        return reference if reference in self._known else None

    def webhook(self, registration_id: str) -> str | None:
        return "webhook"  # as `merchant.register_webhook` calls it

    def link(self, category_id: str) -> str | None:
        return category_id
