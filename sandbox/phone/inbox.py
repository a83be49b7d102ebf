"""What a phone shows over all sales units: its lock screen, and the app's list of payments."""

from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest
from itertools import count
from typing import Final

from sandbox.domain import facts
from sandbox.domain.commands import CustomerAction
from sandbox.domain.inbox import PaymentRequest, pending_requests
from sandbox.domain.payments import Payment, PaymentState
from sandbox.phone.formats import day_text, lock_screen_date, shortened, time_text
from sandbox.phone.history import amount_left, status_of
from sandbox.phone.looking import Phone, merchant_of
from sandbox.phone.pages.device import Banner, Line, LockPage, PaymentsPage
from sandbox.phone.pages.parts import Status
from sandbox.phone.places import request_url
from sandbox.world import SalesUnit, World
from sandbox.world.people import local_date, local_time, person

__all__ = ["lock_page", "payments_page"]

_BANNERS_SHOWN: Final = 20
_ACTIVITY_SHOWN: Final = 50
_NAME_IN_PUSH: Final = 40  # characters, for the amount comes after it


def lock_page(world: World, phone: Phone) -> LockPage:
    now = local_time(phone.number, _now(world, phone.number))
    newest = nlargest(_BANNERS_SHOWN, _banners(world, phone), key=lambda each: each[:2])
    return LockPage(
        words=phone.words,
        device=phone.device,
        clock_text=f"{now:%H:%M}",
        date_text=lock_screen_date(phone.words, now.date()),
        banners=tuple(banner for _, _, banner in newest),
    )


def payments_page(world: World, phone: Phone) -> PaymentsPage:
    paid = nlargest(_ACTIVITY_SHOWN, _paid(world, phone.number), key=lambda each: each[0])
    return PaymentsPage(
        words=phone.words,
        device=phone.device,
        name=person(phone.number).name,
        waiting=tuple(
            _waiting_line(phone, unit, waiting)
            for unit in world
            for waiting in pending_requests(unit.up_to_date(), phone.number, unit.now())
        ),
        activity=tuple(_paid_line(phone, unit, payment) for _, unit, payment in paid),
    )


def _now(world: World, number: str) -> datetime:
    """Return the time by the clock of the newest sales unit that ever pushed to the phone; else the real time."""
    return next(
        (unit.now() for unit in reversed(list(world)) if number in unit.up_to_date().pushes), world.real_now()
    )


def _banners(world: World, phone: Phone) -> Iterator[tuple[datetime, int, Banner]]:
    """Give the pushes that nobody has tapped, each with when it came and its place: of two at once the later wins."""
    place = count()
    for unit in world:
        state = unit.up_to_date()
        if state.settings.app_in_foreground:
            continue  # which is why no push appears
        waiting = {request.reference: request for request in pending_requests(state, phone.number, unit.now())}
        newest = {push.reference: push for push in state.pushes.get(phone.number, ())}
        for push in newest.values():
            request = waiting.get(push.reference)
            if request is None or _was_opened_since(state.payments[push.reference], push.at):
                continue
            url, is_form = _tap(phone.number, request)
            banner = Banner(
                id=_line_id(unit.msn, push.reference),
                url=url,
                is_form=is_form,
                app=phone.app,
                text=_push_text(phone, request, push),
                at_text=f"{local_time(phone.number, push.at):%H:%M}",
            )
            yield push.at, next(place), banner


def _paid(world: World, number: str) -> Iterator[tuple[datetime, SalesUnit, Payment]]:
    for unit in world:
        for payment in unit.up_to_date().payments.values():
            if payment.phone_number == number and payment.state is PaymentState.AUTHORIZED:
                yield payment.facts[-1].at, unit, payment


def _waiting_line(phone: Phone, unit: SalesUnit, waiting: PaymentRequest) -> Line:
    url, is_form = _tap(phone.number, waiting)
    due = waiting.due
    return Line(
        id=_line_id(waiting.msn, waiting.reference),
        url=url,
        is_form=is_form,
        merchant=merchant_of(unit),
        amount_text=phone.money(waiting.amount),
        description=waiting.description,
        when_text=None if due is None else phone.words.due.format(date=day_text(local_date(phone.number, due))),
        status=_mark(phone, waiting, unit.state.payments[waiting.reference]),
    )


def _mark(phone: Phone, waiting: PaymentRequest, payment: Payment) -> Status | None:
    words = phone.words
    if waiting.processing:
        return Status(words.mark_processing, "waiting", "clock")
    if waiting.is_open:
        return Status(words.mark_open, "info", "phone")
    if waiting.postponed:
        return Status(words.mark_postponed, "waiting", "clock")
    return Status(words.mark_new, "new", "bell") if not _was_opened_since(payment, payment.created.at) else None


def _was_opened_since(payment: Payment, at: datetime) -> bool:
    return any(isinstance(fact, facts.PaymentOpened) and fact.at >= at for fact in payment.facts)


def _push_text(phone: Phone, request: PaymentRequest, push: facts.PushSent | facts.ReminderSent) -> str:
    merchant, amount = shortened(request.merchant, _NAME_IN_PUSH), phone.money(request.amount)
    if isinstance(push, facts.PushSent):
        return phone.words.push.format(merchant=merchant, amount=amount)
    due = day_text(local_date(phone.number, request.deadline))
    return phone.words.reminder.format(merchant=merchant, amount=amount, date=due)


def _paid_line(phone: Phone, unit: SalesUnit, payment: Payment) -> Line:
    at = payment.authorized_at or payment.created.at
    return Line(
        id=f"payment-{unit.msn}-{payment.reference}",
        url=request_url(phone.number, unit.msn, payment.reference),
        is_form=False,
        merchant=merchant_of(unit),
        amount_text=phone.money(amount_left(payment)),
        description=payment.created.command.payment_description,
        when_text=time_text(phone.number, at),
        status=status_of(payment, phone.words),
    )


def _tap(number: str, waiting: PaymentRequest) -> tuple[str, bool]:
    """Return where a tap on a request leads, and whether it does something: looking alone changes nothing."""
    url = request_url(number, waiting.msn, waiting.reference)
    opens = CustomerAction.OPEN in waiting.actions
    return (f"{url}/{CustomerAction.OPEN}", True) if opens else (url, False)


def _line_id(msn: str, reference: str) -> str:
    return f"request-{msn}-{reference}"
