"""What happened in a sales unit, told for the report of a test that failed.

Calls come with the facts that they brought; what came by itself, from customers or the clock, stands between them.
Secrets are masked: of calls by the sandbox, and of facts only words are told.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sandbox.api.gateway.masking import masked_body
from sandbox.control.dashboard.words import operation_words, status_words, tell
from sandbox.control.shapes import CustomerView, DeliveryView, ExchangeView
from sandbox.domain.facts import Fact
from sandbox.journal.codec import FactUnreadable, fact_from
from sandbox.testing._wire import Wire

__all__ = ["timeline"]

_LINES: Final = 200  # of calls and facts; the newest are told
_LONGEST: Final = 300  # characters of a body


def timeline(wire: Wire, path: str) -> str:
    """Return the story of a sales unit, as lines of text.

    Raises:
        Refused: the sandbox does not tell.
    """
    exchanges: list[ExchangeView] = list(wire.pages(f"{path}/requests", "requests"))
    facts = wire.ask("POST", f"{path}/snapshot")["facts"]
    story = list(_story(facts, exchanges))
    left_out = len(story) - _LINES
    lines = [f"… {left_out} lines before"] if left_out > 0 else []
    lines += story[-_LINES:]
    deliveries = list(wire.pages(f"{path}/webhooks/deliveries", "deliveries"))
    if deliveries:
        lines += ["", "webhooks", *map(_delivery_line, deliveries[-_LINES:])]
    payments = wire.pages(f"{path}/payments", "payments")
    phones = dict.fromkeys(payment["phoneNumber"] for payment in payments if payment["phoneNumber"] is not None)
    if phones:
        lines += ["", "customers"]
        lines += [_customer_line(wire.ask("GET", f"{path}/customers/{phone}")) for phone in phones]
    return "\n".join(lines)


def _story(facts: list[dict[str, Any]], exchanges: list[ExchangeView]) -> Iterator[str]:
    told = 0
    for exchange in exchanges:
        while told < min(exchange["factsBefore"], len(facts)):
            yield _fact_line(facts[told])
            told += 1
        yield from _exchange_lines(exchange)
        while told < min(exchange["factsBefore"] + exchange["factsBrought"], len(facts)):
            yield f"  {_fact_line(facts[told])}"
            told += 1
    yield from map(_fact_line, facts[told:])


def _fact_line(written: dict[str, Any]) -> str:
    words, reference = str(written.get("fact")), written.get("reference")
    try:
        fact: Fact = fact_from(written)
    except FactUnreadable:  # of another version
        pass
    else:
        words = tell(fact).words
    return f"{_time(str(written.get('at')))}  · {words}{f'  ({reference})' if reference is not None else ''}"


def _exchange_lines(exchange: ExchangeView) -> Iterator[str]:
    what = operation_words(exchange["operation"])
    status = status_words(exchange["status"])
    yield f"{_time(exchange['at'])}  {exchange['method']} {exchange['path']} → {status}  ({what})"
    if exchange["status"] >= 400:
        code = _code(exchange["responseBody"])
        if code is not None:
            yield f"    code      {code}"
        if exchange["requestBody"]:
            yield f"    sent      {_shortened(exchange['requestBody'])}"
        yield f"    answered  {_shortened(exchange['responseBody'])}"
    why = exchange["explanation"]
    if why is not None:
        yield f"    why       {why['summary']}"
        fields = (f"{field['name']}: {field['reason']}" for field in why["fields"])
        yield from (f"    field     {field}" for field in fields if field.rstrip(".") not in why["summary"])
        if why["accepted"] is not None:
            yield f"    accepted  {why['accepted']}"
    yield from (f"    note      {note}" for note in exchange["notes"])


def _code(body: str) -> str | None:
    """Return Vipps's error code, which stands in `extraDetails`."""
    try:
        details = json.loads(body).get("extraDetails", [])
        return next((str(one["reason"]) for one in details if one["name"] == "ErrorCode"), None)
    except (ValueError, AttributeError, TypeError, KeyError):
        return None


def _delivery_line(delivery: DeliveryView) -> str:
    outcomes = groupby(str(attempt["status"] or attempt["error"]) for attempt in delivery["attempts"])
    counted = ((outcome, len(list(alike))) for outcome, alike in outcomes)
    tries = ", ".join(f"{count} times {what}" if count > 1 else what for what, count in counted) or "not sent"
    return f"  {delivery['event']} of {delivery['reference']}: {delivery['status']} ({tries})"


def _customer_line(customer: CustomerView) -> str:
    screen = customer["screen"]
    waiting = [request["reference"] for request in customer["inbox"]["pending"]]
    shows = f"{len(waiting)} waiting: {', '.join(waiting)}" if waiting else "nothing waits"
    if screen is not None:
        shows = f"{screen['shows']} of {screen['reference']}: {', '.join(screen['actions'])}"
    return f"  {customer['phoneNumber']} {customer['person']['name']} ({customer['persona']}): {shows}"


def _shortened(body: str) -> str:
    text = " ".join(masked_body(body).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _time(at: str) -> str:
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M:%S}"
