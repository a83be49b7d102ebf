"""A customer with the phone in hand."""

from collections.abc import Mapping
from typing import Any

from sandbox.control.shapes import CustomerView
from sandbox.domain.customers import Persona
from sandbox.testing._wire import Wire

__all__ = ["Customer"]


class Customer:
    """Whoever has a phone number, in one sales unit.

    What a customer does is about the payment with that *reference*; without one, about the only payment that waits
    for an answer. A request that is not open on the phone is opened first. Each action returns what the phone shows
    then.

    Raises (all actions):
        Refused: that is not on the screen now; the sentence tells what is.
        LookupError: no payment waits, or several do.
    """

    def __init__(self, wire: Wire, unit_path: str, phone_number: str) -> None:
        self.phone_number = phone_number
        self._wire = wire
        self._unit_path = unit_path
        self._path = f"{unit_path}/customers/{phone_number}"

    def __repr__(self) -> str:
        return f"Customer({self.phone_number!r})"

    def screen(self) -> CustomerView:
        """Return who this is, and what the phone shows now: pushes, pending requests, and the one that is open."""
        view: CustomerView = self._wire.ask("GET", self._path)
        return view

    def open(self, reference: str | None = None) -> CustomerView:
        """Open the request."""
        return self._opened(reference)[1]

    def share(self, reference: str | None = None) -> CustomerView:
        """Agree to share what the merchant asks for."""
        return self._act("share", self._opened(reference)[0])

    def refuse(self, reference: str | None = None) -> CustomerView:
        """Refuse to share what the merchant asks for, which ends the payment."""
        return self._act("refuse", self._opened(reference)[0])

    def approve(self, reference: str | None = None, *, shipping_option: str | None = None) -> CustomerView:
        """Pay, after sharing whatever the merchant asks for; *shipping_option* is the id of one that is offered."""
        reference, view = self._opened(reference)
        screen = view["screen"]
        if screen is not None and "share" in screen["actions"]:
            self._act("share", reference)
        more = {} if shipping_option is None else {"shippingOptionId": shipping_option}
        return self._act("approve", reference, more)

    def reject(self, reference: str | None = None) -> CustomerView:
        """Refuse to pay."""
        return self._act("reject", self._opened(reference)[0])

    def pay_later(self, reference: str | None = None) -> CustomerView:
        """Put the payment off, which must have `expiresAt`."""
        return self._act("pay-later", self._opened(reference)[0])

    def decline_card(self, reference: str | None = None) -> CustomerView:
        """Pay with a card that is declined; the request stays on the phone."""
        return self._act("decline-card", self._opened(reference)[0])

    def forget_consent(self) -> CustomerView:
        """Withdraw the consent, as in the app's profile: the next payment asks again."""
        view: CustomerView = self._wire.ask("DELETE", f"{self._path}/consent")
        return view

    def be(self, *, persona: Persona | str | None = None, person: Mapping[str, Any] | None = None) -> CustomerView:
        """Say how this customer answers by itself, and what is different about the person (`{"givenName": "Kari"}`).

        Replaces what was said before.
        """
        asked = {"persona": persona, "person": None if person is None else dict(person)}
        said = {name: value for name, value in asked.items() if value is not None}
        view: CustomerView = self._wire.ask("PUT", self._path, said)
        return view

    def _opened(self, reference: str | None) -> tuple[str, CustomerView]:
        """Return which payment is meant, and the phone with it open."""
        reference = reference or self._only_one_waiting()
        view = self.screen()
        screen = view["screen"]
        if screen is None or screen["reference"] != reference:
            view = self._act("open", reference)
        return reference, view

    def _only_one_waiting(self) -> str:
        own = {None, self.phone_number}
        payments = self._wire.pages(f"{self._unit_path}/payments", "payments")
        waiting = [one["reference"] for one in payments if one["state"] == "CREATED" and one["phoneNumber"] in own]
        if not waiting:
            raise LookupError(f"no payment waits for {self.phone_number}")
        if len(waiting) > 1:
            raise LookupError(f"say which: {', '.join(waiting)} wait for {self.phone_number}")
        reference: str = waiting[0]
        return reference

    def _act(self, action: str, reference: str, more: Mapping[str, str] | None = None) -> CustomerView:
        view: CustomerView = self._wire.ask(
            "POST", f"{self._path}/{action}", {"reference": reference, **(more or {})}
        )
        return view
