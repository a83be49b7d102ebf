"""The gateway: an ASGI app that every call to a Vipps API passes, and the only place that has refusals rendered.

In this order: the operation, the subscription key, the bearer token, the sales unit; then the operation's own
handler. Whatever comes of it is answered in the shape of the API that was asked, and written to the request log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from pydantic_core import to_json

from sandbox.api.gateway.access import Access
from sandbox.api.gateway.entrance import Entrance
from sandbox.api.gateway.explanations import Circumstances, Explanation, explain
from sandbox.api.gateway.explanations.pages import SANDBOX_FAULTS
from sandbox.api.gateway.merchant_headers import MSN
from sandbox.api.gateway.operations import Answer, Call, Operation, json_answer
from sandbox.api.gateway.problems import BodyTooLarge, GatewayRefusal, InvalidInput
from sandbox.api.gateway.recognition import Recognition
from sandbox.api.gateway.request_log import Exchange, RequestLog
from sandbox.api.gateway.tokens import check_token, read_token
from sandbox.api.gateway.trouble import Patience, circumstance, drop, effect_told, faked, garbled, trickle
from sandbox.api.gateway.wire import MAXIMUM_BODY, Headers, Message, Scope, encoded, header, read_body
from sandbox.domain.commands import Answers, DropsConnection, Garbles, Holds, Trickles, Waits
from sandbox.domain.errors import Refusal
from sandbox.domain.faults import Circumstance, fault_for, fire
from sandbox.domain.state import ArmedFault
from sandbox.world import Partner, SalesUnit, World

__all__ = ["Gateway"]

log = logging.getLogger(__name__)

_NO_ANSWER: Final = Answer(0)  # in the log, where the connection was dropped


@dataclass(slots=True)
class _Reached:
    """How far a call came, for the request log."""

    found: tuple[Operation, Mapping[str, str]] | None
    unit: SalesUnit | None = None
    partner: Partner | None = None  # for all of whose sales units the call is; *unit* is the first
    facts_before: int | None = None  # that the unit had when it was reached
    facts_after: int | None = None  # that it had when the call was processed
    call: Call | None = None
    explanation: Explanation | None = None
    fault: tuple[ArmedFault, Circumstance] | None = None  # that happens to the call

    @property
    def operation(self) -> Operation | None:
        return None if self.found is None else self.found[0]

    @property
    def body_limit(self) -> int:
        return MAXIMUM_BODY if self.found is None else self.found[0].body_limit


class Gateway:
    """Serves Vipps's APIs to merchants.

    Args:
        public_url: What links begin with; without it, the host that the request came to.
    """

    def __init__(
        self,
        world: World,
        operations: Iterable[Operation],
        *,
        access: Access,
        request_log: RequestLog,
        public_url: str | None = None,
    ) -> None:
        self.world = world
        self.access = access
        self.request_log = request_log
        self._recognise = Recognition(operations)
        self._public_url = public_url
        self._entrance = Entrance(world, access)

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        reached = _Reached(self._recognise(scope["method"], scope["path"]))
        body = await read_body(receive, reached.body_limit)
        if body is None:
            return  # the caller is gone
        begun = perf_counter()
        headers = tuple(map(header, scope["headers"]))
        answer: Answer | None = self._answer(scope, headers, body, reached)
        if reached.fault is not None:
            answer = await self._suffer(scope, headers, body, reached)
        self._log(scope, headers, body, answer or _NO_ANSWER, reached, perf_counter() - begun)
        if answer is None:
            drop(scope)
            await receive()  # the server notices that the connection is gone before it misses an answer
            return
        notes = () if reached.call is None else reached.call.notes
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded(answer, notes)})
        if reached.fault is not None and isinstance(reached.fault[0].armed.effect, Trickles):
            await trickle(send, answer.body, reached.fault[0].armed.effect.takes)
        else:
            await send({"type": "http.response.body", "body": answer.body})

    async def _suffer(self, scope: Scope, headers: Headers, body: bytes, reached: _Reached) -> Answer | None:
        """Have a fault happen to a call; return its answer, or None if there is to be none."""
        if reached.fault is None or reached.call is None or reached.call.sales_unit is None:
            raise RuntimeError("only a call that met a fault suffers from it")
        (fault, met), unit, notes = reached.fault, reached.call.sales_unit, reached.call.notes

        def processed() -> Answer:
            answer = self._answer(scope, headers, body, reached)
            if reached.call is not None and reached.call.notes is not notes:
                reached.call.notes.extend(notes)
            return answer

        effect = fault.armed.effect
        notes.append(f"{fault.id} happened to this call: {effect_told(effect)}.")
        match effect:
            case Answers(status=status):
                return self._faked(status, fault, met, scope, reached)
            case DropsConnection():
                if effect.processed:
                    processed()
                return None
            case Holds():
                patience = Patience(unit, self.request_log, effect.until, met.reference, fault_id=fault.id)
                return await self._hold(effect, patience, processed, reached)
            case Waits(seconds=seconds):
                await asyncio.sleep(seconds)
        answer = processed()
        return garbled(answer) if isinstance(effect, Garbles) else answer

    async def _hold(
        self, holds: Holds, patience: Patience, processed: Callable[[], Answer], reached: _Reached
    ) -> Answer:
        with patience.watching():
            answer = processed() if holds.is_first else None
            came = await patience.ends(holds.patience)
        answer = answer or processed()
        if not came and reached.call is not None:
            reached.call.note(f"What it waited for has not come within {holds.patience:g} seconds.")
        return answer

    def _faked(self, status: int, fault: ArmedFault, met: Circumstance, scope: Scope, reached: _Reached) -> Answer:
        if reached.operation is None:
            raise RuntimeError("only a call of a known operation meets a fault")
        reached.explanation = Explanation(
            f"{fault.id} answered {status}; the call was not processed.",
            rule="A fault that was armed for this sales unit happens to the calls that match it.",
            met=f"{fault.id} had happened {fault.fired} times before.",
            accepted="The same call again, or without the fault: DELETE /sandbox/units/"
            f"{'' if reached.unit is None else reached.unit.msn}/faults/{fault.id}",
            documented=SANDBOX_FAULTS,
        )
        answer = faked(status, reached.operation, scope["path"], met)
        return answer if isinstance(answer, Answer) else _render(answer)

    def _meets_fault(self, call: Call, unit: SalesUnit | None, reached: _Reached) -> bool:
        """Tell whether something goes wrong with the call, and count that it does."""
        if reached.fault is not None or unit is None or not unit.state.faults:
            return False  # what suffers from one already is processed
        met = circumstance(unit, call.operation, call.params, call.body)
        fault = fault_for(unit.state, met)
        if fault is None:
            return False
        unit.do(fire, (fault, met))
        reached.fault = fault, met
        call.sales_unit = unit
        return True

    def _answer(self, scope: Scope, headers: Headers, body: bytes, reached: _Reached) -> Answer:
        path: str = scope["path"]
        try:
            return self._answer_or_refuse(scope, path, dict(headers), body, reached)
        except GatewayRefusal as refusal:
            reached.explanation = self._explained(refusal, scope, headers, reached)
            return _render(refusal)
        except Exception:  # a bug of ours: say so, keep serving
            log.exception("request failed", extra={"path": path})
            reached.explanation = Explanation("This is a bug of the sandbox; its log has the traceback.")
            return json_answer({"statusCode": 500, "message": "Internal server error"}, 500)
        finally:
            if reached.unit is not None:
                reached.facts_after = len(reached.unit.journal)  # what a fault then waits for is not of its doing

    def _answer_or_refuse(
        self, scope: Scope, path: str, headers: dict[str, str], body: bytes, reached: _Reached
    ) -> Answer:
        """Let the call pass, and have its API say no if that is the answer."""
        try:
            return self._pass(scope, path, headers, body, reached)
        except (Refusal, InvalidInput) as refusal:
            if reached.operation is None:
                raise
            api = reached.operation.api
            reached.explanation = self._explained(refusal, scope, headers.items(), reached)
            if isinstance(refusal, InvalidInput):
                return api.reject_input(path, refusal)
            return api.refuse(path, refusal)

    def _pass(self, scope: Scope, path: str, headers: dict[str, str], body: bytes, reached: _Reached) -> Answer:
        if len(body) > reached.body_limit:
            raise BodyTooLarge(reached.body_limit)
        if reached.found is None:
            raise self._recognise.nearest(scope["method"], path)
        operation, params = reached.found
        if operation.needs_subscription_key:
            self._entrance.check_subscription_key(headers)
        if operation.needs_token:
            self._let_in(operation, params, headers, body, reached)
        base_url = self._public_url or f"{scope['scheme']}://{headers.get('host', 'localhost')}"
        call = reached.call = Call(
            operation=operation,
            sales_unit=reached.unit,
            params=params,
            headers=headers,
            query=scope["query_string"],
            body=body,
            path=path,
            base_url=base_url,
            partner=reached.partner,
        )
        if operation.needs_token and not headers["authorization"].startswith("Bearer "):
            call.note("The header Authorization should begin with the word Bearer, in this spelling.")
        if self._meets_fault(call, reached.unit or self._entrance.sales_unit_likely(operation, headers), reached):
            return _NO_ANSWER
        answer = operation.handler(call)
        if call.refusal is not None:
            reached.explanation = self._explained(call.refusal, scope, headers.items(), reached)
        return answer

    def _let_in(
        self,
        operation: Operation,
        params: Mapping[str, str],
        headers: dict[str, str],
        body: bytes,
        reached: _Reached,
    ) -> None:
        """Find the sales unit that a call with a token is for, and have it pass all that guards it."""
        authorization = headers.get("authorization", "")
        claims = read_token(authorization)
        reached.partner = self._entrance.partner(operation, claims, headers)
        unit = reached.unit = self._entrance.sales_unit(operation, params, claims, headers)
        unit.settle()  # what was due before is not of this call's doing
        reached.facts_before = len(unit.journal)
        check_token(authorization, claims, unit)
        self._entrance.check_settings(operation, unit, claims, headers)
        if reached.fault is None:  # else a fault had it wait, and it was counted when it came
            self._entrance.count(operation, unit, params, headers, body)

    def _explained(
        self, refusal: Exception, scope: Scope, headers: Iterable[tuple[str, str]], reached: _Reached
    ) -> Explanation:
        """Return why a call is refused, as things stand; the answer does not hang on it."""
        operation, params = reached.found or (None, {})
        circumstances = Circumstances(
            world=self.world,
            unit=reached.unit,
            operation=operation,
            params=params,
            headers=dict(headers),
            method=scope["method"],
            path=scope["path"],
        )
        try:
            return explain(refusal, circumstances)
        except Exception:
            log.exception("explanation failed", extra={"path": scope["path"]})
            return Explanation("This call was refused; why is in the answer.")

    def _log(
        self, scope: Scope, headers: Headers, body: bytes, answer: Answer, reached: _Reached, took: float
    ) -> None:
        unit = reached.unit or self.world.find(dict(headers).get(MSN, ""))
        facts = 0 if unit is None else len(unit.journal)
        if reached.facts_after is not None:
            facts = reached.facts_after
        self.request_log.add(
            Exchange(
                number=self.request_log.next_number(),
                at=self.world.real_now() if unit is None else unit.now(),
                msn=None if unit is None else unit.msn,
                operation=None if reached.operation is None else reached.operation.id,
                method=scope["method"],
                path=scope["path"],
                query=scope["query_string"].decode("latin-1"),
                request_headers=headers,
                request_body=body if len(body) <= MAXIMUM_BODY else b"",
                status=answer.status,
                response_body=answer.body,
                notes=() if reached.call is None else tuple(reached.call.notes),
                explanation=reached.explanation,
                took=took,
                facts=range(facts + 1 if reached.facts_before is None else reached.facts_before + 1, facts + 1),
            )
        )
        if reached.explanation is not None:  # for whoever looks at the terminal before the dashboard
            told = {"status": answer.status, "msn": None if unit is None else unit.msn}
            asked = {"method": scope["method"], "path": scope["path"], "why": reached.explanation.summary}
            log.info("call refused", extra=told | asked)


def _render(refusal: GatewayRefusal) -> Answer:
    return Answer(refusal.status, to_json(refusal.body()), refusal.content_type, tuple(refusal.headers.items()))
