"""How findings are written: a verdict, a sentence, and the first pieces of its evidence."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, TypeVar

from sandbox.checklist.model import Evidence, Finding, Verdict
from sandbox.checklist.story import Call, Story
from sandbox.domain.facts import Fact, PaymentFact, WebhookAttempted
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment

__all__ = [
    "EVIDENCE_AT_MOST",
    "both",
    "broken",
    "by_attempt",
    "by_call",
    "by_fact",
    "first",
    "in_words",
    "not_seen",
    "number_of",
    "shown",
    "shown_or_not",
    "to_check",
]

F = TypeVar("F", bound=Fact)

EVIDENCE_AT_MOST: Final = 5


def shown(says: str, evidence: Iterable[Evidence]) -> Finding:
    return Finding(Verdict.SHOWN, says, tuple(islice(evidence, EVIDENCE_AT_MOST)))


def broken(says: str, evidence: Iterable[Evidence], *, is_omission: bool = False) -> Finding:
    return Finding(Verdict.BROKEN, says, tuple(islice(evidence, EVIDENCE_AT_MOST)), is_omission=is_omission)


def not_seen(says: str, evidence: Iterable[Evidence] = (), missing: Iterable[str] = ()) -> Finding:
    return Finding(Verdict.NOT_SEEN, says, tuple(islice(evidence, EVIDENCE_AT_MOST)), tuple(missing))


def to_check(says: str) -> Finding:
    return Finding(Verdict.TO_CHECK, says)


def shown_or_not(evidence: Sequence[Evidence], says: str, otherwise: str) -> Finding:
    return shown(says, evidence) if evidence else not_seen(otherwise)


def both(one: tuple[str, list[Evidence]], other: tuple[str, list[Evidence]]) -> Finding:
    """Return the finding of what takes two kinds of evidence."""
    missing = [name for name, evidence in (one, other) if not evidence]
    evidence = [*one[1][:1], *other[1][:1]]
    if missing:
        return not_seen(f"Not met: {' and '.join(missing)}.", evidence, missing)
    return shown("Both have been met.", evidence)


def by_call(call: Call, what: str) -> Evidence:
    return Evidence(reference=call.reference, request=call.exchange.number, what=what)


def by_fact(story: Story, fact: PaymentFact, what: str) -> Evidence:
    brought = story.call_of(fact)
    return Evidence(reference=fact.reference, request=None if brought is None else brought.exchange.number, what=what)


def by_attempt(attempt: WebhookAttempted, what: str) -> Evidence:
    return Evidence(reference=attempt.reference, what=f"{attempt.event} to {attempt.sent_to}: {what}")


def number_of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def in_words(amount: Amount) -> str:
    return f"{amount.value // 100}.{amount.value % 100:02} {amount.currency}"


def first(payment: Payment, kind: type[F]) -> F | None:
    return next((fact for fact in payment.facts if isinstance(fact, kind)), None)
