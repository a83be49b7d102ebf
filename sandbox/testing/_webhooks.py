"""A sales unit's webhooks: registered, received, held and sent again."""

from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from sandbox.checklist.story import OF_RECEIVERS, OF_TESTS
from sandbox.client import Credentials
from sandbox.control.shapes import DeliveryView, WebhooksView
from sandbox.domain.event_names import EventName, event_type
from sandbox.testing._receiver import Receiver, ReceiverServer
from sandbox.testing._wire import Wire

__all__ = ["Webhooks"]

_SHOP: Final = "https://shop.example/vipps/webhooks"


class Webhooks:
    """The webhooks of one sales unit.

    Raises (all methods):
        Refused: the sandbox said no; the sentence tells why.
    """

    def __init__(
        self, wire: Wire, path: str, credentials: Credentials, receivers: Callable[[], ReceiverServer]
    ) -> None:
        self._wire = wire
        self._unit_path = path
        self._path = f"{path}/webhooks"
        self._credentials = credentials
        self._receivers = receivers

    def __call__(self) -> WebhooksView:
        """Return what is registered, with how it does, and how much waits to be told."""
        view: WebhooksView = self._wire.ask("GET", self._path)
        return view

    def register(self, url: str, events: Iterable[EventName | str] = tuple(EventName)) -> tuple[str, str]:
        """Register a webhook as the merchant, and return its id and its secret.

        Args:
            events: Names such as `AUTHORIZED`, or whole types such as `epayments.payment.authorized.v1`.
        """
        return self._register(url, events, OF_TESTS)

    def _register(self, url: str, events: Iterable[EventName | str], system_name: str) -> tuple[str, str]:
        types = [event_type(EventName(name)) if name in list(EventName) else str(name) for name in events]
        keys = {
            "Ocp-Apim-Subscription-Key": self._credentials.subscription_key,
            "Merchant-Serial-Number": self._credentials.merchant_serial_number,
            "Vipps-System-Name": system_name,
        }
        who = {"client_id": self._credentials.client_id, "client_secret": self._credentials.client_secret}
        token = self._wire.ask("POST", "/accesstoken/get", headers=keys | who)["access_token"]
        headers = keys | {"Authorization": f"Bearer {token}"}
        made = self._wire.ask("POST", "/webhooks/v1/webhooks", {"url": url, "events": types}, headers)
        return made["id"], made["secret"]

    def receive(self, events: Iterable[EventName | str] = tuple(EventName), *, url: str = _SHOP) -> Receiver:
        """Register a webhook that is received here, and return its receiver.

        The *url* may be that of your shop, which need not listen: what is sent to its host comes here, signed for it.
        Works with a sandbox on this machine.
        """
        host = urlsplit(url).netloc
        server = self._receivers()
        targets = self._wire.ask("GET", self._unit_path)["settings"]["webhookTargets"]
        others = [target for target in targets if target["host"] != host]
        change = {"webhookTargets": [*others, {"host": host, "url": server.url}]}
        self._wire.ask("PATCH", f"{self._unit_path}/settings", change)
        receiver = Receiver(*self._register(url, events, OF_RECEIVERS), url)
        server.add(receiver)
        return receiver

    def deliveries(
        self, *, reference: str | None = None, registration: str | None = None, status: str | None = None
    ) -> list[DeliveryView]:
        """Return what webhooks were told, or are still owed: each try byte for byte."""
        asked = {"reference": reference, "registration": registration, "status": status}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return list(self._wire.pages(f"{self._path}/deliveries?{query}", "deliveries"))

    def hold(self, registration: str | None = None) -> None:
        """Hold what is owed, to one registration or to all, until it is released."""
        self._wire.ask("POST", f"{self._path}/hold", {"webhook": registration})

    def release(self, registration: str | None = None, *, newest_first: bool = False, copies: int = 1) -> None:
        """Send what waits now, held or to be tried again, and return when all was answered."""
        order = "newest first" if newest_first else "oldest first"
        self._wire.ask("POST", f"{self._path}/release", {"webhook": registration, "order": order, "copies": copies})

    def redeliver(self, delivery: str, *, wrong_signature: bool = False) -> DeliveryView:
        """Send one event now, out of turn, and return when it was answered; *delivery* is an id."""
        body = {"wrongSignature": wrong_signature}
        view: DeliveryView = self._wire.ask("POST", f"{self._delivery(delivery)}/redeliver", body)
        return view

    def drop(self, delivery: str) -> DeliveryView:
        """Never send an event that waits; *delivery* is an id."""
        view: DeliveryView = self._wire.ask("POST", f"{self._delivery(delivery)}/drop")
        return view

    def _delivery(self, delivery: str) -> str:
        return f"{self._path}/deliveries/{quote(delivery, safe='')}"
