"""The merchant, played by the reference client."""

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from threading import Thread
from typing import Any, Final

import httpx

from sandbox.client import ApiError, TransportFailed, VippsClient, VippsError
from sandbox.playback.actors.holds import Hold
from sandbox.playback.calls import Call, asked
from sandbox.playback.exchanges import Exchange, Recording, masked
from sandbox.playback.language import merchant
from sandbox.playback.language.base import Answer
from sandbox.playback.language.merchant import MerchantStep
from sandbox.playback.patterns import Difference, differences
from sandbox.playback.receiver import Receiver
from sandbox.playback.story import Actor, Deviation, Story, sums
from sandbox.playback.venue import Unit

__all__ = ["Merchant", "checked"]

_BEAT: Final = 0.2  # seconds after which a wait for a call to be held looks whether that is over


class NoAnswer(Deviation):
    """The connection broke, or nobody answered in time."""


class Merchant:
    """Makes the merchant's calls, and compares their answers with what is expected."""

    def __init__(self, unit: Unit, story: Story, wire: Recording) -> None:
        self._unit = unit
        self._story = story
        self._wire = wire
        self.client: VippsClient = unit.client(wire, story.now)

    def perform(self, step: MerchantStep) -> str:
        """Make the call of a step; return what happened, in a line."""
        if isinstance(step, merchant.GetToken):
            return self._get_token(step)
        if isinstance(step, merchant.RegisterWebhook | merchant.DeleteWebhook):
            step = self._with_receiver(step)
        call = self._prepared(step)
        return self._concluded(step, call, lambda: self._made(call))

    def depart(self, step: MerchantStep, hold: Hold) -> Callable[[], str]:
        """Make the call of a step, and come back once it is held; what is returned then waits for its answer."""
        call = self._prepared(step)
        answered: Future[tuple[Exchange, str | None]] = Future()

        def send() -> None:
            try:
                answered.set_result(self._sent(call))
            except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
                answered.set_exception(error)

        Thread(target=send, name="underway", daemon=True).start()
        while not hold.is_met(_BEAT):
            if answered.done():
                told = self._concluded(step, call, lambda: self._told(call, answered.result))
                raise Deviation("a call that is held on its way", f"it was over before: {told}")
            self._story.time_left()
        return lambda: self._concluded(step, call, lambda: self._told(call, answered.result))

    def _prepared(self, step: MerchantStep) -> Call:
        """Return the call of a step, whose payment is the one spoken of from now on."""
        reference = self._story.reference(step.payment) if isinstance(step, merchant.OfPayment) else None
        if isinstance(step, merchant.CreatePayment):
            self._speak_of_new(step)
        return asked(step, reference, self._sub(step, reference), self._amount(step, reference))

    def _concluded(self, step: MerchantStep, call: Call, made: Callable[[], tuple[Exchange, str | None]]) -> str:
        """Compare what a call is answered with what is expected; return what happened, in a line."""
        if step.expect.no_answer:
            _expect_no_answer(made)
            self._story.bind(step.name, call.body)
            return "no answer"
        exchange, code = made()
        answer = exchange.body
        if isinstance(step, merchant.CreatePayment):
            answer = self._created(step, exchange)
        checked(step.expect, exchange, code, why=self._why)
        if isinstance(step, merchant.RegisterWebhook) and exchange.is_success:
            self._registered(step, answer)
        self._story.bind(step.name, answer)
        return _in_a_line(exchange, code)

    def ask(self, path: str) -> Any:
        """Return the JSON that a GET is answered with, which must be a success; for whoever looks how things are."""
        exchange, _ = self._made(Call("GET", path, headers=self._unit.marks), tells=False)
        if not exchange.is_success or isinstance(exchange.body, str):
            raise Deviation(f"an answer to GET {path}", f"{exchange.status}: {_short(exchange.body)}")
        return exchange.body

    def look(self, step: MerchantStep, reference: str) -> tuple[Exchange, str | None]:
        """Make the call of a step that somebody else needs, and return how it went."""
        call = asked(step, reference, self._sub(step, reference), None)
        return self._made(replace(call, headers=self._unit.marks), tells=False)

    def force_approve(self, reference: str, phone: str) -> None:
        """Approve a payment as the customer would."""
        exchange, code = self._made(asked(merchant.ForceApprove(phone=phone), reference, None, None))
        checked(Answer(), exchange, code)

    def payment(self, reference: str) -> Any:
        return self.ask(asked(merchant.GetPayment(), reference, None, None).path)

    def events(self, reference: str) -> Any:
        return self.ask(asked(merchant.GetEvents(), reference, None, None).path)

    def _get_token(self, step: merchant.GetToken) -> str:
        keys = self._unit.credentials
        headers = {"client_id": keys.client_id, "client_secret": keys.client_secret, "Authorization": None}
        exchange, code = self._made(Call("POST", "/accesstoken/get", headers=headers))
        checked(step.expect, exchange, code, why=self._why)
        self._story.bind(step.name, exchange.body)
        return (
            f"a token for {_member(exchange.body, 'expires_in')} s" if exchange.is_success else f"{exchange.status}"
        )

    def _with_receiver(self, step: merchant.RegisterWebhook | merchant.DeleteWebhook) -> MerchantStep:
        """Return a step about webhooks with what it leaves to us: where they go, or the id behind a name."""
        if isinstance(step, merchant.DeleteWebhook):
            return step.model_copy(update={"webhook": self._story.registrations.get(step.webhook, step.webhook)})
        if step.url is not None:
            return step
        if self._story.receiver is None:
            self._story.receiver = Receiver()
        return step.model_copy(update={"url": f"{self._story.receiver.url}/webhooks/{step.name}"})

    def _registered(self, step: merchant.RegisterWebhook, answer: Any) -> None:
        self._story.registrations[step.name] = _member(answer, "id")
        if self._story.receiver is not None:
            self._story.receiver.expect_signed_with(step.name, _member(answer, "secret"))

    def _speak_of_new(self, step: merchant.CreatePayment) -> None:
        reference = step.body.get("reference", "") if isinstance(step.body, dict) else ""
        self._story.speak_of_new(str(reference), step.body, name=step.name)

    def _created(self, step: merchant.CreatePayment, exchange: Exchange) -> Any:
        """Note a payment that was created, and return what its name stands for: all that was sent and answered."""
        sent = exchange.sent if isinstance(exchange.sent, dict) else {}
        answered = exchange.body if isinstance(exchange.body, dict) else {}
        if exchange.is_success:
            self._story.note_created(str(answered.get("reference", "")))
            if sent.get("userFlow") == "PUSH_MESSAGE":
                self._story.tell(Actor.VIPPS, Actor.CUSTOMER, "push")
        return {**sent, **answered}

    def _sub(self, step: MerchantStep, reference: str | None) -> str | None:
        if not isinstance(step, merchant.GetUserinfo):
            return None
        if step.sub is not None:
            return step.sub
        sub = self.payment(reference or "").get("profile", {}).get("sub")
        if sub is None:
            raise Deviation("a payment with profile.sub", f"{reference} has none")
        return str(sub)

    def _amount(self, step: MerchantStep, reference: str | None) -> Any:
        """Return what is captured or refunded: what the step says, or all that can be."""
        if not isinstance(step, merchant.Modification) or step.body is not None:
            return None
        payment = self.payment(reference or "")
        done = dict(sums(payment))
        value: Any = step.amount
        if value is None and isinstance(step, merchant.Capture):
            value = max(done["authorized"] - done["captured"] - done["cancelled"], 0)
        elif value is None:
            value = done["captured"] - done["refunded"]
        return {"currency": payment["amount"]["currency"], "value": value}

    def _made(self, call: Call, *, tells: bool = True) -> tuple[Exchange, str | None]:
        """Make a call; return what went over the wire, and Vipps's error code."""
        return self._told(call, lambda: self._sent(call)) if tells else self._sent(call)

    def _told(self, call: Call, made: Callable[[], tuple[Exchange, str | None]]) -> tuple[Exchange, str | None]:
        """Tell of a call once it is made."""
        line = f"{call.method} {call.path}"
        try:
            exchange, code = made()
        except NoAnswer:
            self._story.tell(Actor.MERCHANT, Actor.VIPPS, f"{line}: no answer", refused=True)
            raise
        shown = f"{line} → {exchange.status}{f' {code}' if code else ''}"
        self._story.tell(
            Actor.MERCHANT, Actor.VIPPS, shown, detail=exchange.detail(), refused=not exchange.is_success
        )
        return exchange, code

    def _sent(self, call: Call) -> tuple[Exchange, str | None]:
        """Have a call go over the wire; of the story, only the time is looked at, so that a thread may do this."""
        self._wire.seconds_left = self._story.time_left()
        body = call.body
        content = None if body is None else body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        key = (call.idempotency_key or str(self._unit.new_key())) if call.is_keyed else None
        code = None
        try:
            self.client.call(
                call.method,
                call.path,
                content=None if content is None else content.encode(),
                idempotency_key=key,
                subscription_key=call.subscription_key,
                extra_headers=call.headers,
            )
        except ApiError as error:
            code = error.code
        except TransportFailed as error:
            raise NoAnswer("an answer", str(error)) from error
        except (VippsError, ValueError, httpx.InvalidURL) as error:  # nothing was sent
            raise Deviation("a call that can be sent", str(error)) from error
        exchange = self._wire.take()
        if exchange is None:
            raise Deviation("an answer", "none came")
        return exchange, code

    def _why(self, exchange: Exchange) -> str | None:
        return self._unit.explanation(exchange.status)


def _member(answer: Any, name: str) -> Any:
    """Return what a successful answer has; where the network garbled it, that is not there."""
    if not isinstance(answer, dict) or name not in answer:
        raise Deviation(
            f"an answer with {name}", "there is none in it" if isinstance(answer, dict) else "it is no JSON"
        )
    return answer[name]


def _expect_no_answer(made: Callable[[], tuple[Exchange, str | None]]) -> None:
    try:
        exchange, _ = made()
    except NoAnswer:
        return
    raise Deviation("no answer", f"{exchange.status}: {_short(exchange.body)}")


def checked(expect: Answer, exchange: Exchange, code: str | None, *, why: Any = None) -> None:
    """Compare an answer with what is expected; *why* is asked to explain a refusal that is not.

    Raises:
        Deviation: they differ.
    """
    explained = None if exchange.is_success or why is None else why(exchange)
    if not expect.of_refusal and not exchange.is_success:
        said = f"{exchange.method} {exchange.path.partition('?')[0]} answered {exchange.status}"
        shown = f"{said}{f' (code {code})' if code else ''}: {_short(exchange.body)}"
        raise Deviation("success", shown, nearest=explained)
    if expect.of_refusal and exchange.is_success:
        refusal = " ".join(
            f"{name} {value}" for name, value in (("status", expect.status), ("code", expect.code)) if value
        )
        raise Deviation(f"a refusal: {refusal}", f"success: {exchange.status} {_short(exchange.body)}")
    found: list[Difference] = []
    if expect.status is not None:
        found += differences(expect.status, exchange.status, "status")
    if expect.code is not None:
        found += differences(expect.code, code, "code")
    if expect.body is not None:
        found += differences(expect.body, exchange.body, "body")
    if expect.exactly is not None:
        found += differences(expect.exactly, exchange.body, "body", exactly=True)
    if expect.headers is not None:
        lowered = {name.lower(): value for name, value in expect.headers.items()}
        found += differences(lowered, exchange.headers, "headers")
    if found:
        raise Deviation.of(found, nearest=explained)


def _in_a_line(exchange: Exchange, code: str | None) -> str:
    if not exchange.is_success:
        return f"refused with {exchange.status} {code or ''}".rstrip()
    return said_of(exchange.body)


def said_of(answer: Any) -> str:
    """Return an answer in a line."""
    if isinstance(answer, dict) and "aggregate" in answer and "state" in answer:
        told = ", ".join(f"{name} {value}" for name, value in sums(answer) if value)
        return f"{answer['reference']} is {answer['state']}" + (f" ({told})" if told else "")
    return _short(masked(answer))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}…"
