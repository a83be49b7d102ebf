"""The customer, played on the phone and the landing page of a sandbox."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.playback.actors.merchant import Merchant
from sandbox.playback.language import Step, customer
from sandbox.playback.language.customer import CustomerStep
from sandbox.playback.nearest import did_you_mean
from sandbox.playback.patterns import differences
from sandbox.playback.stage import StageRefused, StageUnit
from sandbox.playback.story import Actor, Deviation, Story

__all__ = ["Customer", "ForcingCustomer"]

_NOT_ON_SCREEN = frozenset({404, 409})


class Customer:
    """Does what the customers of a story do."""

    def __init__(self, unit: StageUnit, story: Story, merchant: Merchant) -> None:
        self._unit = unit
        self._story = story
        self._merchant = merchant

    def perform(self, step: Step) -> str:
        """Do what a step asks; return what happened, in a line."""
        match step:
            case customer.SeeInbox():
                return self._see_inbox(step)
            case customer.SeeDetails():
                return self._see_details(step)
            case customer.EnterNumber() | customer.LeaveLandingPage():
                return self._browse(step)
            case customer.CardForm():
                return self._use_card(step)
            case customer.Is():
                return self._be(step)
            case customer.Phoning():
                return self._act(step)
            case customer.WithdrawConsent(phone=phone):
                self._unit.forget_consent(phone)
                self._story.tell(Actor.CUSTOMER, Actor.VIPPS, "withdraw consent")
                return f"{phone} shares nothing any more"
            case _:
                raise TypeError(f"no customer does {step.key}")

    def _act(self, step: customer.Phoning) -> str:
        reference, phone = self._who(step)
        try:
            if not isinstance(step, customer.Open) and not self._is_open(phone, reference):
                self._unit.act(phone, "open", reference)
            shipping = step.shipping if isinstance(step, customer.Approve) else None
            self._unit.act(phone, step.action, reference, shipping=shipping)
        except StageRefused as refused:
            if step.refused and refused.status in _NOT_ON_SCREEN:
                self._story.tell(Actor.CUSTOMER, None, f"{step.action} is not on the phone")
                return str(refused)
            raise
        if step.refused:
            raise Deviation(f"no {step.action} on the phone {phone}", f"{step.action} was done")
        self._story.tell(Actor.CUSTOMER, Actor.VIPPS, step.action.replace("-", " "))
        return f"{phone}: {step.action}"

    def _use_card(self, step: customer.CardForm) -> str:
        reference = self._story.reference(step.payment)
        number = step.number if isinstance(step, customer.EnterCard) else None
        try:
            form = self._unit.use_card(reference, step.action, number)
        except StageRefused as refused:
            if step.refused and refused.status in _NOT_ON_SCREEN:
                self._story.tell(Actor.CUSTOMER, None, f"{step.action} is not on the card form")
                return str(refused)
            raise
        if step.refused:
            raise Deviation(f"no {step.action} on the card form", f"{step.action} was done")
        self._story.tell(Actor.CUSTOMER, Actor.VIPPS, f"{step.action} card")
        return f"card: {step.action}; " + (f"declined: {form['declined']}" if form["declined"] else form["state"])

    def _be(self, step: customer.Is) -> str:
        self._unit.configure_customer(step.phone, step.persona, step.person)
        told = f"{step.phone} {(step.persona or 'is played').replace('_', ' ')}"
        self._story.note(told, Actor.CUSTOMER)
        return told

    def _is_open(self, phone: str, reference: str) -> bool:
        screen = self._unit.customer(phone)["screen"]
        return screen is not None and screen["reference"] == reference

    def _browse(self, step: CustomerStep) -> str:
        reference = self._story.reference(step.payment)
        url = self._merchant.payment(reference).get("redirectUrl") or ""
        token = "".join(parse_qs(urlsplit(url).query).get("token", [""]))
        if not token:
            raise Deviation("a landing page", f"{reference} has none, or has it no longer")
        if isinstance(step, customer.LeaveLandingPage):
            self._unit.leave_landing_page(token)
            self._story.tell(Actor.CUSTOMER, Actor.VIPPS, "cancel on the landing page")
            return "the landing page is left"
        phone = self._story.phone(step.phone, reference)
        taken = self._unit.enter_number(token, phone)
        if taken is (isinstance(step, customer.EnterNumber) and step.refused):
            expected = "the page takes the number" if not taken else "the page does not take the number"
            raise Deviation(expected, f"it {'does' if taken else 'does not'}")
        self._story.tell(Actor.CUSTOMER, Actor.VIPPS, f"{phone} on the landing page", refused=not taken)
        if taken:
            self._story.tell(Actor.VIPPS, Actor.CUSTOMER, "push")
        return f"{phone} is {'typed' if taken else 'not taken'}"

    def _see_details(self, step: customer.SeeDetails) -> str:
        reference, phone = self._who(step)
        waiting = self._unit.customer(phone)["inbox"]["pending"]
        request = next((request for request in waiting if request["reference"] == reference), None)
        if request is None:
            others = [other["reference"] for other in waiting]
            near = did_you_mean(reference, others) or (f"; there are {', '.join(others)}" if others else "")
            raise Deviation(f"{reference} on the phone {phone}", f"it is not there{near}")
        self._compare(step.expect, request, "the request")
        self._story.tell(Actor.CUSTOMER, None, f"sees {request['amountText']}")
        return f"{request['merchant']}: {request['amountText']}, {request['orderDetailsUrl'] or 'no details'}"

    def _see_inbox(self, step: customer.SeeInbox) -> str:
        inbox = self._unit.customer(step.phone)["inbox"]
        waiting = [request["reference"] for request in inbox["pending"]]
        expected = {"pending requests": step.pending, "pushes": step.pushes}
        came = {"pending requests": len(waiting), "pushes": len(inbox["pushes"])}
        self._compare({name: count for name, count in expected.items() if count is not None}, came, "")
        self._story.tell(Actor.CUSTOMER, None, f"sees {len(waiting)} waiting")
        return f"{len(waiting)} waiting: {', '.join(waiting)}"

    def _who(self, step: CustomerStep) -> tuple[str, str]:
        reference = self._story.reference(step.payment)
        return reference, self._story.phone(step.phone, reference)

    def _compare(self, expected: dict[str, Any], came: dict[str, Any], where: str) -> None:
        found = list(differences(expected, came, where))
        if found:
            raise Deviation.of(found)


class ForcingCustomer:
    """A customer in Vipps's own test environment, who can only be forced to approve."""

    def __init__(self, story: Story, merchant: Merchant) -> None:
        self._story = story
        self._merchant = merchant

    def perform(self, step: Step) -> str:
        """Approve by force; what comes before that on a phone needs not be done."""
        if not isinstance(step, customer.Approve):
            return "is part of force approve"
        reference = self._story.reference(step.payment)
        self._merchant.force_approve(reference, self._story.phone(step.phone, reference))
        return "approved by force"
