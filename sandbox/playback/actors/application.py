"""The merchant, played by somebody's own application: each step waits until the application makes its call.

Whatever only looks may come at any time, and so may tokens and registrations of webhooks: those are the application's
own business. What changes something must come as the story has it, but steps about two payments come in either order
where nobody else does anything between them. A reference, an order or an Idempotency-Key that the file writes out
stands for whatever the application uses in its place, the same from then on.
"""

import re
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any, Final
from urllib.parse import unquote

import httpx

from sandbox.playback.actors.deeds import ANY, DEEDS, in_runs, is_like, is_meant, is_same_call
from sandbox.playback.actors.holds import Hold
from sandbox.playback.actors.merchant import Merchant, checked, said_of
from sandbox.playback.actors.trigger import Trigger
from sandbox.playback.actors.verdicts import Return, Waited, done_twice, expected_of, never_done, out_of_turn
from sandbox.playback.calls import Call, asked, event_types
from sandbox.playback.language import Step, merchant
from sandbox.playback.language.merchant import MerchantStep
from sandbox.playback.overheard import Heard, Overheard
from sandbox.playback.patterns import differences
from sandbox.playback.stage import StageUnit
from sandbox.playback.story import Actor, Deviation, Story, sums

__all__ = ["Application"]

_BEAT: Final = 1.0  # seconds after which a wait looks whether the trigger has failed
_EXCERPT: Final = 160  # characters of a page
_MASKED_IN_LOG: Final = frozenset({"authorization", "ocp-apim-subscription-key", "client_secret"})


class Application:
    """Waits for the calls of an application, and compares them with what the story has.

    Args:
        merchant: Looks how things are, with calls that are not the application's.
        ahead: The steps of the story, to tell what comes too early.
        patience: How long each step waits, in real time.
    """

    def __init__(
        self,
        unit: StageUnit,
        story: Story,
        merchant: Merchant,
        ahead: Sequence[Step],
        patience: timedelta,
        trigger: Trigger,
    ) -> None:
        self._unit = unit
        self._story = story
        self._merchant = merchant
        self._ahead = deque(in_runs(ahead))
        self._patience = patience
        self._trigger = trigger
        self._overheard = Overheard(unit)
        self._run = 0
        self._unread: deque[Heard] = deque()
        self._done: list[Heard] = []  # what the story has had
        self._instead: list[Heard] = []  # what came meanwhile
        self._looks_count_from = self._overheard.last
        self._keys: dict[str, str] = {}  # of the file → of the application
        self._return_urls: dict[str, str] = {}  # by reference
        self._returned: Return | None = None

    # --- What the story asks of the application ---------------------------------------------------------

    def perform(self, step: MerchantStep, *, was_held: bool = False) -> str:
        """Wait for the call of a step, and check it; return what happened, in a line.

        Args:
            was_held: Whether others may have overtaken the call, which began before them.
        """
        self._run, _ = self._ahead.popleft()
        if isinstance(step, merchant.GetToken):
            return "asks for tokens when it needs them"
        if isinstance(step, merchant.RegisterWebhook):
            return self._registered(step)
        call = self._call(step)
        heard = self._awaited(step, call, was_held=was_held)
        self._done.append(heard)
        self._instead.clear()
        self._returned = None
        self._tell(heard)
        self._check_key(step, heard)
        self._check_sent(call, heard)
        self._name(step, heard)
        self._check_answered(step, heard)
        return heard.line() if not heard.exchange.is_success else f"{heard.line()}: {said_of(heard.exchange.body)}"

    def depart(self, step: MerchantStep, hold: Hold) -> Callable[[], str]:
        """Wait until the application makes the call of a step, and it is held; what is returned waits for its end."""
        call = self._call(step)
        until = monotonic() + self._patience.total_seconds()
        while True:
            left = self._left(until)
            if hold.is_met(max(0, min(left, _BEAT))):
                break
            self._trigger.make_sure_that_it_was_taken()
            if left <= 0:
                self._hear(0)
                while self._unread:
                    self._pass_over(step, self._unread.popleft())
                raise self._never(step, call)
        if isinstance(step, merchant.CreatePayment) and hold.reference is not None:
            self._speak_of_new(step, step.body, hold.reference)
        return lambda: self.perform(step, was_held=True)

    def others_act(self) -> None:
        """Note that somebody else is to do something: what was asked before cannot be about it."""
        self._hear(0)
        self._looks_count_from = self._overheard.last
        self._returned = None

    def customer_returns(self, reference: str) -> str:
        """Have the customer's browser open the return URL of a payment."""
        url = self._return_urls.get(reference)
        if url is None:
            raise Deviation("a return URL to come back to", f"{reference} was created without one")
        try:
            response = httpx.get(url, follow_redirects=True, timeout=self._story.time_left(), trust_env=False)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Deviation(f"the application answers at {url}", f"it does not: {error}") from error
        page = " ".join(re.sub(r"<[^<>]*>", " ", response.text).split())
        self._returned = Return(url, response.status_code, page[:_EXCERPT])
        self._story.tell(Actor.CUSTOMER, Actor.MERCHANT, f"GET {url} → {response.status_code}", detail=page)
        if response.is_error:
            raise Deviation(f"the application takes the customer back at {url}", f"{response.status_code}: {page}")
        return f"{url} answered {response.status_code}: {page[:_EXCERPT]}"

    def make_sure_that_it_did_no_more(self) -> None:
        """Check that the application changed nothing that the story knows nothing of.

        Raises:
            Deviation: it did.
        """
        self._hear(0)
        for heard in self._unread:
            self._pass_over(None, heard)

    def did_besides(self) -> str | None:
        """Return what the application changed that the story has not had; None for nothing."""
        self._hear(0)
        told = [heard.line() for heard in self._unread if heard.changes_something]
        return f"the application did what the story does not have by then: {', '.join(told)}" if told else None

    # --- Waiting ----------------------------------------------------------------------------------------

    def _awaited(self, step: MerchantStep, call: Call, *, was_held: bool) -> Heard:
        overtook: list[Heard] = []
        until = monotonic() + self._patience.total_seconds()
        while True:
            while self._unread:
                heard = self._unread.popleft()
                if heard.lacks_token and step.expect.status != 401:
                    self._instead.append(heard)
                    continue
                if is_meant(call, heard) and (call.method != "GET" or heard.number > self._looks_count_from):
                    self._unread.extendleft(reversed(overtook))
                    return heard
                if was_held or self._is_of_another_payment(step, heard):
                    overtook.append(heard)
                else:
                    self._pass_over(step, heard)
            self._trigger.make_sure_that_it_was_taken()
            left = self._left(until)
            if left <= 0:
                self._instead += overtook
                raise self._never(step, call)
            self._hear(min(left, _BEAT))

    def _is_of_another_payment(self, step: MerchantStep, heard: Heard) -> bool:
        """Tell whether a call is that of a step soon to come, about another payment than the step waited for."""
        if not isinstance(step, merchant.OfPayment):
            return False
        spoken_of = self._story.spoken_of
        try:
            for run, later in self._ahead:
                if run != self._run:
                    break
                if not isinstance(later, merchant.OfPayment) or later.payment is None:
                    continue
                other = asked(later, self._story.reference(later.payment), ANY, None)
                is_its = (other.method, other.path) == (heard.exchange.method, heard.exchange.path)
                if is_its and self._story.spoken_of != spoken_of:
                    return True
        finally:
            self._story.spoken_of = spoken_of
        return False

    def _left(self, until: float) -> float:
        """Return how many seconds a wait may still take, which ends at a reading of the monotonic clock."""
        return min(until - monotonic(), self._story.time_left())

    def _hear(self, wait: float) -> None:
        self._unread += self._overheard.next(wait)

    def _pass_over(self, step: MerchantStep | None, heard: Heard) -> None:
        """Take note of a call that is not the one waited for.

        Raises:
            Deviation: it should not have been made.
        """
        self._instead.append(heard)
        if not heard.changes_something:
            return
        before = next((done for done in reversed(self._done) if is_same_call(done, heard)), None)
        if before is not None and heard.key is not None and heard.key == before.key:
            self._tell(heard)  # tried again, with the key that it had: nothing comes of that
            return
        if before is not None:
            raise done_twice(expected_of(step), before, heard)
        later = next((one for _, one in self._ahead if is_like(one, heard)), None)
        raise out_of_turn(step, later, heard)

    def _never(self, step: MerchantStep, call: Call) -> Deviation:
        waited = Waited(self._patience, self._instead, self._done, self._returned, self._trigger.answered())
        return never_done(step, call, waited)

    # --- What is expected -------------------------------------------------------------------------------

    def _call(self, step: MerchantStep) -> Call:
        """Return the call of a step, with `ANY` in its path where the application decides."""
        own = self._story.own
        reference = self._story.reference(step.payment) if isinstance(step, merchant.OfPayment) else None
        sub = step.sub or ANY if isinstance(step, merchant.GetUserinfo) else None
        if isinstance(step, merchant.DeleteWebhook):
            name = step.webhook
            step = step.model_copy(update={"webhook": self._story.registrations.get(name, name)})
        order = getattr(step, "order", None)
        if order is not None:
            step = step.model_copy(update={"order": own.get(order, ANY)})
        call = asked(step, reference, sub, None)
        match step:
            case merchant.Modification(body=None, amount=amount):
                return replace(call, body={} if amount is None else {"modificationAmount": {"value": amount}})
            case merchant.CreatePayment(body=dict() as body) if isinstance(written := body.get("reference"), str):
                return replace(call, body={**body, "reference": own.get(written, "<any text>")})
            case merchant.UploadImage(body=None):
                return replace(call, body={} if step.image is None else {"imageId": step.image})
            case _:
                return call

    def _check_key(self, step: MerchantStep, heard: Heard) -> None:
        """Check that what has one Idempotency-Key in the file has one with the application, and only that."""
        written = getattr(step, "idempotency_key", None)
        if written is None:
            return
        before = next((done for done in self._done[:-1] if done.key == self._keys.get(written)), None)
        if written in self._keys and before is not None and heard.key != before.key:
            raise done_twice(expected_of(step), before, heard)
        other = next((name for name, key in self._keys.items() if key == heard.key and name != written), None)
        if heard.key is None or other is not None:
            came = "it has none" if heard.key is None else f"it is {heard.key}, which was used for another call"
            raise Deviation("an Idempotency-Key of its own", came)
        self._keys[written] = heard.key

    def _check_sent(self, call: Call, heard: Heard) -> None:
        found = [] if call.body is None else list(differences(call.body, heard.exchange.sent, "body"))
        for name, value in call.headers.items():
            if name.lower() in _MASKED_IN_LOG:
                continue
            came = heard.headers.get(name.lower())
            if value is None and came is not None:
                raise Deviation(f"no header {name}", f"{name}: {came}")
            if value is not None:
                found += differences(value, came, f"headers.{name}")
        if found:
            raise Deviation.of(found, nearest=f"the application sent {heard.line()}")

    def _check_answered(self, step: MerchantStep, heard: Heard) -> None:
        if step.expect.no_answer and heard.is_answered:
            raise Deviation("no answer", heard.line())
        if not heard.is_answered:
            if not step.expect.no_answer:
                raise Deviation("an answer", f"{heard.line()}: the connection broke")
            return
        checked(step.expect, heard.exchange, heard.code, why=lambda _: heard.why)
        if isinstance(step, merchant.Modification) and step.amount is None and step.body is None:
            self._check_all_of_it(step, heard)

    def _check_all_of_it(self, step: merchant.Modification, heard: Heard) -> None:
        answer = heard.exchange.body
        if not isinstance(answer, dict) or "aggregate" not in answer:
            return
        done = dict(sums(answer))
        if isinstance(step, merchant.Capture):
            whole, came = done["authorized"] - done["cancelled"], done["captured"]
        else:
            whole, came = done["captured"], done["refunded"]
        if whole != came:
            raise Deviation(f"the application {DEEDS[step.key][0]} all of it: {whole}", f"{came} by now")

    # --- Names ------------------------------------------------------------------------------------------

    def _name(self, step: MerchantStep, heard: Heard) -> None:
        """Bind the names of a step to what the application sent and was answered."""
        sent = heard.exchange.sent if isinstance(heard.exchange.sent, dict) else {}
        answer = heard.exchange.body
        order = getattr(step, "order", None)
        if order is not None:
            self._calls(order, unquote(heard.exchange.path.partition("?")[0]).rpartition("/")[2])
        if isinstance(step, merchant.CreatePayment):
            reference = str(sent.get("reference", ""))
            if isinstance(sent.get("returnUrl"), str):
                self._return_urls[reference] = sent["returnUrl"]
            self._speak_of_new(step, sent, reference)
            if heard.exchange.is_success:
                self._story.note_created(reference)
            answer = {**sent, **(answer if isinstance(answer, dict) else {})}
        self._story.bind(step.name, answer)

    def _speak_of_new(self, step: merchant.CreatePayment, sent: Any, reference: str) -> None:
        written = step.body.get("reference") if isinstance(step.body, dict) else None
        self._calls(str(written or reference), reference)
        self._story.speak_of_new(reference, sent, name=step.name)

    def _calls(self, written: str, own: str) -> None:
        self._story.own |= {written: own, own: own}

    def _registered(self, step: merchant.RegisterWebhook) -> str:
        """Wait until a webhook is registered for the events of a step; it may have been before the story."""
        wanted = set(event_types(step.events))
        until = monotonic() + self._patience.total_seconds()
        while (found := _covering(self._unit.webhooks(), wanted, self._story.registrations.values())) is None:
            self._trigger.make_sure_that_it_was_taken()
            left = self._left(until)
            if left <= 0:
                raise self._never(step, Call("POST", "/webhooks/v1/webhooks"))
            self._hear(min(left, _BEAT))
        self._story.registrations[step.name] = found["id"]
        self._story.bind(step.name, found)
        return f"{found['url']} is registered"

    def _tell(self, heard: Heard) -> None:
        self._story.tell(
            Actor.MERCHANT,
            Actor.VIPPS,
            heard.line(),
            detail=heard.exchange.detail(),
            refused=not heard.is_answered or not heard.exchange.is_success,
        )


def _covering(
    registered: Sequence[dict[str, Any]], wanted: set[str], taken: Collection[str]
) -> dict[str, Any] | None:
    return next((one for one in registered if one["id"] not in taken and wanted <= set(one["events"])), None)
