"""What the landing page shows: a page for each step, and one for each end."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from sandbox.api.links import LANDING_PAGE, QR_SVG
from sandbox.domain.facts import CardDeclined
from sandbox.domain.urls import UrlKind, url_kind
from sandbox.phone.formats import app_name, phone_number_text
from sandbox.phone.history import outcome_of, outcome_status
from sandbox.phone.pages.landing import BankPage, CardFormPage, LandingEndPage, NumberPage, QrPage, WaitingPage
from sandbox.phone.pages.parts import Link
from sandbox.phone.places import QR_PAGE, WAITING_PAGE, is_web_link, lock_screen_url
from sandbox.phone.visiting import Visit

__all__ = ["bank_page", "card_form_page", "end_page", "number_page", "qr_page", "waiting_page"]

_LOOK_AGAIN_AFTER: Final = 2  # seconds
_FOR_ALL_TO_REACH: Final = "--host 0.0.0.0"
_A_CARD: Final = "4111 1111 1111 1111"
_A_DECLINED_CARD: Final = "4000 0000 0000 0002"


def number_page(visit: Visit, typed: str, *, error: str | None = None) -> NumberPage:
    app = app_name(visit.country)
    return NumberPage(
        words=visit.words,
        landing=visit.around(LANDING_PAGE),
        number_url=f"{LANDING_PAGE}/number",
        phone_number_text=typed,
        editable=visit.fixed_number is None,
        remembered=visit.remembered_number is not None,
        open_app_url=f"{LANDING_PAGE}/app",
        open_app_text=visit.words.open_app.format(app=app) if visit.on_a_phone else visit.words.open_app_here,
        on_a_phone=visit.on_a_phone,
        qr_url=visit.url(QR_PAGE),
        error=error,
    )


def card_form_page(visit: Visit, *, error: str | None = None) -> CardFormPage:
    last = visit.payment.facts[-1]
    if error is None and isinstance(last, CardDeclined):
        error = visit.words.declined.format(because=visit.words.declines.get(last.because, last.because))
    return CardFormPage(
        words=visit.words,
        landing=visit.around(LANDING_PAGE),
        card_url=f"{LANDING_PAGE}/card",
        hint=visit.words.test_cards.format(works=_in_one_line(_A_CARD), declined=_in_one_line(_A_DECLINED_CARD)),
        error=error,
    )


def bank_page(visit: Visit) -> BankPage:
    card = (visit.payment.card_number or "")[-4:]
    return BankPage(
        words=visit.words,
        landing=visit.around(LANDING_PAGE),
        question=visit.words.bank_question.format(card=f"•••• {card}"),
        bank_url=f"{LANDING_PAGE}/bank",
    )


def waiting_page(visit: Visit, phone_number: str) -> WaitingPage:
    app = app_name(visit.country)
    return WaitingPage(
        words=visit.words,
        landing=visit.around(WAITING_PAGE),
        heading=visit.words.complete_in.format(app=app),
        sent_to=visit.words.sent_to.format(number=_in_one_line(phone_number_text(phone_number)), app=app),
        phone_url=lock_screen_url(phone_number),
        back_url=f"{LANDING_PAGE}/back",
        look_again_after=_LOOK_AGAIN_AFTER,
    )


def qr_page(visit: Visit, leads_to: str) -> QrPage:
    """Return a page with the code, for a real phone on the same network.

    Args:
        leads_to: The landing page's whole address, as the phone has to ask for it.
    """
    host = urlsplit(leads_to).hostname or ""
    return QrPage(
        words=visit.words,
        landing=visit.around(QR_PAGE),
        picture_url=visit.url(QR_SVG),
        warning=_warning(visit, host) if _is_this_machine(host) else None,
        option=_FOR_ALL_TO_REACH,
        number_url=visit.url(LANDING_PAGE),
        look_again_after=_LOOK_AGAIN_AFTER,
    )


def end_page(visit: Visit) -> LandingEndPage:
    outcome = outcome_of(visit.payment, visit.words)
    if outcome is None:
        raise RuntimeError(f"{visit.payment.reference} has not ended")
    url = visit.return_url
    back_to = visit.words.back_to.format(merchant=visit.merchant_name)
    return LandingEndPage(
        words=visit.words,
        heading=outcome.heading,
        text=outcome.text,
        status=outcome_status(visit.payment, outcome),
        web_link=Link(back_to, url) if url is not None and is_web_link(url) else None,
        app_link=Link(url, url) if url is not None and url_kind(url) is UrlKind.APP else None,
    )


def _warning(visit: Visit, host: str) -> tuple[str, str]:
    """Return what is said before and after the option of the command line."""
    before, _, after = visit.words.only_this_machine.partition("{option}")
    return before.format(host=host), after.format(host=host)


def _in_one_line(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
