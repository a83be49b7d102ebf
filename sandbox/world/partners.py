"""A partner: whoever has the same keys for several sales units, and webhooks that are for all of them.

Such a webhook is in the journal of each of the sales units, with the same id and secret: what it is owed goes by
that unit's clock, and snapshots have it. All of them have the same ones at any time.
Source: Webhooks OpenAPI 1, `Merchant-Serial-Number`.
"""

from dataclasses import replace

from sandbox.domain import webhooks
from sandbox.domain.commands import RegisterWebhook, RemoveWebhook
from sandbox.domain.facts import WebhookRegistered
from sandbox.domain.values import value
from sandbox.world.sales_unit import SalesUnit

__all__ = ["Partner"]


@value(kw_only=False)
class Partner:
    """A partner and its sales units as they are now; the first, by whose settings a webhook is registered, leads."""

    client_id: str
    units: tuple[SalesUnit, ...]

    @property
    def first(self) -> SalesUnit:
        return self.units[0]

    def register(self, command: RegisterWebhook) -> WebhookRegistered:
        """Register a webhook for all of the sales units.

        Raises:
            WebhookRefusal: as of `sandbox.domain.webhooks.register`; nothing has happened.
        """
        made = self.first.do(webhooks.register, replace(command, partner=self.client_id))[0]
        self.share_webhooks()
        return made

    def remove(self, registration_id: str) -> None:
        """Have a webhook of the partner's end in all of the sales units.

        Raises:
            WebhookRefusal: as of `sandbox.domain.webhooks.remove`; nothing has happened.
        """
        command = RemoveWebhook(registration_id=registration_id, partner=self.client_id)
        for unit in self.units:
            unit.do(webhooks.remove, command)

    def share_webhooks(self) -> None:
        """Give each sales unit those of the partner's webhooks that only others have."""
        known = {one.id: one for unit in self.units for one in unit.state.webhooks.of(self.client_id)}
        for unit in self.units:
            for one in known.values():
                unit.do(webhooks.share, one)
