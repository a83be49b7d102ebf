"""Those who look whether all is as the story has it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sandbox.playback.actors.merchant import Merchant, checked, said_of
from sandbox.playback.language import Step, expect, merchant
from sandbox.playback.language.base import Answer
from sandbox.playback.nearest import instead
from sandbox.playback.patterns import Difference, differences, sequence_diff
from sandbox.playback.stage import StageUnit
from sandbox.playback.story import Actor, Deviation, Story, sums

__all__ = ["Expectations"]

_PATIENCE: Final = 0.5  # seconds, with webhooks that should have come: what is due has been sent before


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
            case expect.ExpectWebhooks():
                told = self._webhooks(step)
            case expect.ExpectNoWebhook():
                told = self._from_here_on(step)
            case expect.ExpectScreen():
                told = self._screen(step)
            case expect.ExpectUserinfo():
                told = self._userinfo(step)
            case expect.ExpectEqual():
                told = self._equal(step)
            case expect.ExpectChecklist():
                told = self._checklist(step)
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

    def _from_here_on(self, step: expect.ExpectNoWebhook) -> str:
        """Make sure that what is owed by now has come, and does not break the promise."""
        self._story.listens()
        self._settle()
        return f"no webhook {step.event or 'at all'} from here on"

    def no_webhook(self, step: expect.ExpectNoWebhook, *, since: int) -> str:
        """Check a promise about all webhooks but the first *since*."""
        self._settle()
        reference = None if step.payment is None else self._story.reference(step.payment)
        for one in self._story.listens().webhooks()[since:]:
            if step.event in {None, one.name} and reference in {None, one.reference}:
                raise Deviation(f"no webhook {step.event or 'at all'}", f"{one.name} of {one.reference} came")
        return f"no webhook {step.event or 'at all'}"

    def _webhooks(self, step: expect.ExpectWebhooks) -> str:
        receiver = self._story.listens()
        reference = None if step.payment is None else self._story.reference(step.payment)
        if step.webhook not in {None, *self._story.registrations}:
            known = self._story.registrations
            raise Deviation(f"a registration {step.webhook!r}", f"there is none{instead(str(step.webhook), known)}")
        self._settle()
        receiver.await_taken(len(step.events), min(_PATIENCE, self._story.time_left()))
        came = [
            one
            for one in receiver.webhooks()
            if one.is_taken and reference in {None, one.reference} and step.webhook in {None, one.registration}
        ]
        refused = sum(not one.is_taken for one in receiver.webhooks())
        nearest = f"{refused} more came, and the receiver answered with a failure" if refused else None
        self._compare_events(step.events, [one.body for one in came], "webhooks", nearest)
        return f"webhooks: {' · '.join(one.name for one in came) or 'none'}"

    def _settle(self) -> None:
        """Have all be told that is to be told now."""
        if self._unit is not None:
            self._unit.advance(by=timedelta(0))

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
            self._compare_events(step.events, events, "events")
        return " · ".join(names)

    def _compare_events(
        self, events: Sequence[str | dict[str, Any]], came: Sequence[Any], what: str, nearest: str | None = None
    ) -> None:
        """Compare events, expected by name or by some of what they hold, with all that came."""
        names = _names(came)
        expected = [event if isinstance(event, str) else str(event.get("name", "<any>")) for event in events]
        if len(expected) != len(names) or any(a not in {b, "<any>"} for a, b in zip(expected, names, strict=True)):
            diff = sequence_diff(expected, names)
            shown = [" · ".join(listed) or "none" for listed in (expected, names)]
            raise Deviation(f"{what}: {shown[0]}", f"{what}: {shown[1]}", diff=diff, nearest=nearest)
        members = [event if isinstance(event, dict) else {"name": event} for event in events]
        found = list(differences(members, list(came), what))
        if found:
            raise Deviation.of(found, nearest=nearest)

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

    def _checklist(self, step: expect.ExpectChecklist) -> str:
        if self._unit is None:
            raise TypeError("there is no checklist to look at")
        items = self._unit.checklist()
        wanted = dict.fromkeys(step.shown, "shown") | dict.fromkeys(step.not_seen, "not seen yet")
        if step.broken is not None:
            wanted |= {name: "not broken" for name, item in items.items() if item["verdict"] == "broken"}
            wanted |= dict.fromkeys(step.broken, "broken")
        wrong = {name: verdict for name, verdict in wanted.items() if items[name]["verdict"] != verdict}
        if wrong:
            first, verdict = next(iter(wrong.items()))
            item = items[first]
            diff = [
                line
                for name, expected in wrong.items()
                for line in (f"- {name}: {expected}", f"+ {name}: {items[name]['verdict']}")
            ]
            came = f"{first} is {item['verdict']}: {item['says']}"
            raise Deviation(f"{first} ({item['title']}) is {verdict}", came, diff=diff, nearest=item["howToShow"])
        shown = ", ".join(f"{name} {items[name]['verdict']}" for name in wanted)
        return f"checklist: {shown or 'nothing is broken'}"


def _names(events: Any) -> list[str]:
    return [event["name"] for event in events]


def _without(names: list[str], name: str) -> list[str]:
    return [other for other in names if other != name]
