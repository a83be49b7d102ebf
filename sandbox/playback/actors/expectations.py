"""Those who look whether all is as the story has it."""

from typing import Any

from sandbox.playback.actors.merchant import Merchant, checked, said_of
from sandbox.playback.language import Step, expect, merchant
from sandbox.playback.language.base import Answer
from sandbox.playback.patterns import Difference, differences, sequence_diff
from sandbox.playback.stage import StageUnit
from sandbox.playback.story import Actor, Deviation, Story, sums

__all__ = ["Expectations"]


class Expectations:
    """Checks what must be so.

    Args:
        unit: Whose phones can be looked at; None where there is no sandbox.
    """

    def __init__(self, unit: StageUnit | None, story: Story, merchant: Merchant) -> None:
        self._unit = unit
        self._story = story
        self._merchant = merchant

    def perform(self, step: Step) -> str:
        """Check a step; return what was seen, in a line."""
        match step:
            case expect.ExpectPayment():
                told = self._payment(step)
            case expect.ExpectEvents():
                told = self._events(step)
            case expect.ExpectNever():
                told = self.never(step)
            case expect.ExpectScreen():
                told = self._screen(step)
            case expect.ExpectUserinfo():
                told = self._userinfo(step)
            case expect.ExpectEqual():
                told = self._equal(step)
            case _:
                raise TypeError(f"nobody checks {step.key}")
        self._story.tell(Actor.MERCHANT, None, f"✓ {told}")
        return told

    def never(self, step: expect.ExpectNever) -> str:
        """Check a promise, as things are now."""
        chosen = self._story.references if step.payment is None else [self._story.reference(step.payment)]
        for reference in chosen:
            names = _names(self._merchant.events(reference))
            if step.event in names:
                raise Deviation(
                    f"never {step.event}",
                    f"{reference} has it",
                    diff=sequence_diff(_without(names, step.event), names),
                )
        return f"never {step.event}"

    def _payment(self, step: expect.ExpectPayment) -> str:
        payment = self._merchant.payment(self._story.reference(step.payment))
        found: list[Difference] = []
        if step.state is not None:
            found += differences(step.state, payment["state"], "state")
        for name, came in sums(payment):
            if (expected := getattr(step, name)) is not None:
                found += differences(expected, came, name)
        if step.body is not None:
            found += differences(step.body, payment, "body")
        if found:
            raise Deviation.of(found, nearest=f"the payment: {said_of(payment)}")
        return said_of(payment)

    def _events(self, step: expect.ExpectEvents) -> str:
        events = self._merchant.events(self._story.reference(step.payment))
        names = _names(events)
        for never in step.never:
            if never in names:
                diff = sequence_diff(_without(names, never), names)
                raise Deviation(f"no event {never}", " · ".join(names), diff=diff)
        if step.events is not None:
            expected = [event if isinstance(event, str) else str(event.get("name", "<any>")) for event in step.events]
            if len(expected) != len(names) or any(
                a not in {b, "<any>"} for a, b in zip(expected, names, strict=True)
            ):
                diff = sequence_diff(expected, names)
                raise Deviation(f"events: {' · '.join(expected)}", f"events: {' · '.join(names)}", diff=diff)
            members = [event if isinstance(event, dict) else {"name": event} for event in step.events]
            found = list(differences(members, events, "events"))
            if found:
                raise Deviation.of(found)
        return " · ".join(names)

    def _screen(self, step: expect.ExpectScreen) -> str:
        if self._unit is None:
            raise TypeError("there is no phone to look at")
        reference = None
        phone = step.phone
        if step.payment is not None or phone is None:
            reference = self._story.reference(step.payment)
            phone = self._story.phone(phone, reference)
        shown = self._unit.customer(phone)
        screen: dict[str, Any] = shown["screen"] or {"shows": "list", "actions": []}
        found: list[Difference] = []
        if step.shows is not None:
            found += differences(step.shows, screen["shows"], "screen")
        if step.payment is not None:
            found += differences(reference, screen.get("reference"), "payment on the screen")
        if step.actions is not None:
            found += differences(sorted(step.actions), sorted(screen["actions"]), "actions")
        for name in ("pending", "pushes"):
            if (expected := getattr(step, name)) is not None:
                found += differences(expected, len(shown["inbox"][name]), name)
        if found:
            raise Deviation.of(found, nearest=f"the phone {phone} shows the {screen['shows']} screen")
        actions = ", ".join(screen["actions"])
        return f"{phone} shows the {screen['shows']}{f': {actions}' if actions else ''}"

    def _userinfo(self, step: expect.ExpectUserinfo) -> str:
        reference = self._story.reference(step.payment)
        exchange, code = self._merchant.look(merchant.GetUserinfo(), reference)
        checked(step.refused or Answer(body=step.body), exchange, code)
        return f"user info: {said_of(exchange.body)}" if exchange.is_success else f"refused with {exchange.status}"

    def _equal(self, step: expect.ExpectEqual) -> str:
        if step.unlike is not None:
            if not list(differences(step.unlike, step.this, "it", exactly=True)):
                raise Deviation(f"something else than {step.unlike!r}", f"{step.this!r}")
            return f"{step.this!r} is another"
        found = list(differences(step.to, step.this, "it", exactly=True))
        if found:
            raise Deviation.of(found)
        return f"the same: {step.this!r}"


def _names(events: Any) -> list[str]:
    return [event["name"] for event in events]


def _without(names: list[str], name: str) -> list[str]:
    return [other for other in names if other != name]
