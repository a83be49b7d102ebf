"""One call or one fact with all that is known of it, and the calls that reached no sales unit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any, Final

from markupsafe import Markup
from pydantic.alias_generators import to_camel
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.gateway import Exchange
from sandbox.api.gateway.explanations import Explanation
from sandbox.api.gateway.masking import masked_body, masked_headers, masked_query
from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.code import as_curl, pretty
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar, Code, Line, MomentView, Row
from sandbox.control.dashboard.parameters import own_number
from sandbox.control.dashboard.places import (
    DASHBOARD,
    STRAYS,
    UNIT,
    delivery_url,
    fact_url,
    payment_url,
    phone_url,
    request_url,
)
from sandbox.control.dashboard.timeline import Moment, Numbered
from sandbox.control.dashboard.views import fact_line, moment_view, status_tone, took_words, why_refused
from sandbox.control.dashboard.words import (
    Told,
    amount_words,
    instant_words,
    operation_words,
    phone_words,
    status_words,
    tell,
)
from sandbox.control.problems import Problem
from sandbox.control.views import fact_view
from sandbox.domain.facts import Fact, WebhookAttempted
from sandbox.world import SalesUnit

__all__ = ["routes"]

_STRAYS_SHOWN: Final = 300
# Of a fact: what its page says in another way, or not at all.
_TOLD_ELSEWHERE: Final = frozenset({"at", "reference", "signed", "answer", "secret"})


def routes(desk: Desk) -> list[Route]:
    details = _Details(desk)
    return routes_of(
        {
            STRAYS: details.strays,
            f"{STRAYS}/{{number}}": details.stray,
            f"{UNIT}/requests/{{number}}": details.request,
            f"{UNIT}/facts/{{number}}": details.fact,
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetail:
    """All about one call (_request.html)."""

    id: str
    title: str
    method: str
    path: str
    status_text: str
    status_tone: str
    took: str
    at: str
    why: str | None
    explained: Sequence[Row]
    notes: Sequence[str]
    headers: Sequence[tuple[str, str]]
    request: Code
    response: Code
    curl: str
    step: str | None  # of a scenario
    brought: Sequence[Line]
    url: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """request.html"""

    bar: Bar | None
    detail: RequestDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDetail:
    """All that a fact carries (_fact.html)."""

    id: str
    told: Told
    name: str
    at: str
    number: int
    url: str
    rows: Sequence[Row]
    payment_url: str | None
    reference: str | None
    codes: Sequence[Code]
    delivery_url: str | None  # where a webhook can be sent again
    step: str | None  # of a scenario


@dataclass(frozen=True, slots=True)
class FactPage:
    """fact.html"""

    bar: Bar
    detail: FactDetail


@dataclass(frozen=True, slots=True)
class StraysPage:
    """strays.html"""

    moments: Sequence[MomentView]
    back: str


class _Details:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def request(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        return self._request_page(request, unit, own_number(request))

    async def stray(self, request: Request) -> Response:
        return self._request_page(request, None, own_number(request))

    def _request_page(self, request: Request, unit: SalesUnit | None, number: int) -> Response:
        msn = None if unit is None else unit.msn
        exchange = next((each for each in self._desk.log.newest_of(msn) if each.number == number), None)
        if exchange is None:
            raise Problem(404, "This request is gone", f"Request {number} was never made, or was long ago forgotten.")
        brought: list[Any] = []
        if unit is not None:
            first = exchange.facts.start
            brought = list(enumerate(islice(unit.journal.read(first - 1), len(exchange.facts)), first))
        detail = request_detail(unit, exchange, brought, self._desk.base_url(request))
        if "part" in request.query_params:
            return answer_with(request, "_request.html", detail)
        bar = None if unit is None else self._desk.bar(request, unit, "request")
        return answer_with(request, "request.html", RequestPage(bar, detail))

    async def fact(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        number = own_number(request)
        fact = next(unit.journal.read(number - 1), None) if 0 < number <= len(unit.journal) else None
        if fact is None:
            raise Problem(404, "That has not happened", f"Sales unit {unit.msn} has {len(unit.journal)} facts.")
        detail = fact_detail(unit, number, fact)
        if "part" in request.query_params:
            return answer_with(request, "_fact.html", detail)
        return answer_with(request, "fact.html", FactPage(self._desk.bar(request, unit, "fact"), detail))

    async def strays(self, request: Request) -> Response:
        newest = islice(self._desk.log.newest_of(None), _STRAYS_SHOWN)
        moments = [moment_view(None, Moment(exchange, ())) for exchange in newest]
        return answer_with(request, "strays.html", StraysPage(moments, DASHBOARD))


def request_detail(
    unit: SalesUnit | None, exchange: Exchange, brought: Iterable[Numbered], base_url: str
) -> RequestDetail:
    from sandbox.control.recording import step_of_call  # noqa: PLC0415 - seldom asked for

    msn = None if unit is None else unit.msn
    asked = masked_body(exchange.request_body.decode(errors="replace"))
    answered = masked_body(exchange.response_body.decode(errors="replace"))
    query = f"?{masked_query(exchange.query)}" if exchange.query else ""
    number = exchange.number
    return RequestDetail(
        id=f"detail-request-{number}",
        title=operation_words(exchange.operation),
        method=exchange.method,
        path=exchange.path + query,
        status_text=status_words(exchange.status),
        status_tone=status_tone(exchange.status),
        took=took_words(exchange.took),
        at=instant_words(exchange.at),
        why=why_refused(exchange),
        explained=list(_explained(exchange.explanation)),
        notes=exchange.notes,
        headers=list(masked_headers(exchange.request_headers).items()),
        request=Code(f"request-body-{number}", "Request", pretty(asked), not asked),
        response=Code(f"response-body-{number}", "Response", pretty(answered), not answered),
        curl=as_curl(exchange, base_url),
        step=step_of_call(exchange, None if unit is None else unit.state),
        brought=[] if msn is None else [fact_line(msn, numbered, None) for numbered in brought],
        url=request_url(msn, number),
    )


def _explained(explanation: Explanation | None) -> Iterator[Row]:
    """Give what else there is to say of a refusal."""
    if explanation is None:
        return
    for name, text in (
        ("Rule", explanation.rule),
        ("It met", explanation.met),
        ("Would be taken", explanation.accepted),
    ):
        if text:
            yield Row(name, text)
    for field in explanation.fields:
        yield Row(field.name, f"{field.reason} {field.accepted}".strip())
    if explanation.documented is not None:
        yield Row("Documented in", explanation.documented.title, explanation.documented.url)


def fact_detail(unit: SalesUnit, number: int, fact: Fact) -> FactDetail:
    from sandbox.control.recording import step_of_fact  # noqa: PLC0415 - seldom asked for

    msn, reference = unit.msn, getattr(fact, "reference", None)
    delivery: str | None = getattr(fact, "delivery_id", None)
    shown = to_json(fact_view(number, fact)).decode()
    codes = [Code(f"fact-body-{number}", "As JSON", pretty(masked_body(shown)), empty=False)]
    if isinstance(fact, WebhookAttempted):
        codes = [*_webhook_codes(number, fact), *codes]
    return FactDetail(
        id=f"detail-fact-{number}",
        told=tell(fact),
        name=type(fact).__name__,
        at=instant_words(fact.at),
        number=number,
        url=fact_url(msn, number),
        rows=list(_fact_rows(unit, fact)),
        payment_url=None if reference is None else payment_url(msn, reference),
        reference=reference,
        codes=codes,
        delivery_url=None if delivery is None or not _may_be_sent(unit, delivery) else delivery_url(msn, delivery),
        step=step_of_fact(fact, unit.state),
    )


def _may_be_sent(unit: SalesUnit, delivery: str) -> bool:
    book = unit.state.webhooks
    return delivery in book.deliveries and book.deliveries[delivery].registration_id in book.registrations


def _webhook_codes(number: int, fact: WebhookAttempted) -> Iterator[Code]:
    """Give what was sent and answered, and the string that the signature is of."""
    headers = "\n".join(f"{name}: {value}" for name, value in masked_headers(fact.headers).items())
    parts = (
        ("signed", "Signed string", Markup.escape(fact.signed)),
        ("sent", "Body", pretty(masked_body(fact.body.decode(errors="replace")))),
        ("headers", "Headers", Markup.escape(headers)),
        ("answer", "Answer", pretty(masked_body(fact.answer))),
    )
    for id_, label, html in parts:
        yield Code(f"webhook-{id_}-{number}", label, html, not html)


def _fact_rows(unit: SalesUnit, fact: Fact) -> Iterator[Row]:
    """Give what a fact says in so many words; the rest is in its JSON."""
    for field in fields(fact):
        value: Any = getattr(fact, field.name)
        name = "try" if field.name == "number" else to_camel(field.name)
        if field.name in _TOLD_ELSEWHERE or value is None:
            continue
        if isinstance(value, datetime):
            yield Row(name, instant_words(value))
        elif field.name == "phone_number":
            yield Row("Phone", f"{unit.person(value).name}, {phone_words(value)}", phone_url(value))
        elif field.name == "amount":
            yield Row("Amount", amount_words(value))
        elif field.name == "took":
            yield Row(name, took_words(value))
        elif isinstance(value, bool):
            yield Row(name, "yes" if value else "no")
        elif isinstance(value, str | int | float):
            yield Row(name, str(value))
