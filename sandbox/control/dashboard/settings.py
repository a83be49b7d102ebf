"""The page of faults and settings: what goes wrong on purpose, and how a sales unit is set up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.answers import answer_with, routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.faults import EFFECTS, OPERATIONS, FaultLine, fault_lines
from sandbox.control.dashboard.pages import Bar, ChoiceField, Row
from sandbox.control.dashboard.parameters import back_of
from sandbox.control.dashboard.places import UNIT, unit_url
from sandbox.control.dashboard.words import effect_words, operation_words, span_words
from sandbox.control.sales_units import changed_settings
from sandbox.domain.sales_unit import AccessTrouble, CaptureTrouble, Market, Profile, UnitSettings
from sandbox.ui import form_of

__all__ = ["routes"]

_SWITCHES: Final[Mapping[str, str]] = {
    "push_message_allowed": "Push messages are allowed (else 5080)",
    "long_living_allowed": "Long-living payments are allowed (else 5050)",
    "partial_capture_allowed": "Partial captures are allowed (else 6140)",
    "refund_configured": "Refunds are configured (else 5100)",
    "nin_allowed": "National identity numbers may be asked for (else 5030)",
    "special_amounts": "Special amounts are declined, as in Vipps's own test app",
    "image_must_exist": "A link's image must have been uploaded",
    "sticky_refusals": "A refusal stays the answer to its Idempotency-Key",
}
_DURATIONS: Final[Mapping[str, str]] = {
    "payment_timeout": "A payment waits without expiresAt for",
    "long_living_maximum": "expiresAt may be ahead at most",
    "capture_window": "A reservation can be captured for",
    "refund_window": "A capture can be refunded for",
    "userinfo_window": "User information can be fetched for",
}
_CHOICES: Final = frozenset({"customer", "profile", "market", "access_trouble", "capture_trouble"})
_PROFILES: Final = {
    Profile.LENIENT: "Lenient: what production likely takes",
    Profile.STRICT: "Strict: what is specified",
}
_MARKETS: Final = {None: "Any", Market.NO: "Norway (NOK)", Market.DK: "Denmark (DKK)", Market.FI: "Finland (EUR)"}
_ACCESS: Final = {
    None: "Nothing: calls come through",
    AccessTrouble.SUBSCRIPTION_NOT_FOUND: "Subscription not found (401)",
    AccessTrouble.NOT_CONNECTED: "Not connected to the partner (403)",
    AccessTrouble.LOGIN_ONLY: "Approved for Login only (403 for ePayment)",
}
_CAPTURES: Final = {
    None: "Nothing: captures work",
    CaptureTrouble.LOCKED: "The payment is locked (6160)",
    CaptureTrouble.FUNDS_UNAVAILABLE: "Funds are unavailable (6260)",
    CaptureTrouble.TRY_AGAIN: "Try again later (6280)",
}


def routes(desk: Desk) -> list[Route]:
    settings = _Settings(desk)
    return routes_of({f"{UNIT}/settings": settings.settings}, {f"{UNIT}/settings": settings.configure})


@dataclass(frozen=True, slots=True)
class Switch:
    name: str
    label: str
    on: bool


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """settings.html"""

    bar: Bar
    faults: Sequence[FaultLine]
    operation: ChoiceField
    effect: ChoiceField
    choices: Sequence[ChoiceField]
    switches: Sequence[Switch]
    others: Sequence[Row]
    stays: bool  # as long as the sandbox


class _Settings:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def settings(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        settings = unit.state.settings
        page = SettingsPage(
            bar=self._desk.bar(request, unit, "settings"),
            stays=self._desk.world.stays(unit.msn),
            faults=fault_lines(unit.state),
            operation=ChoiceField(
                "operation",
                "Which call",
                "The next call like that, by whomever.",
                [("", "Any call", True), *((each, operation_words(each), False) for each in OPERATIONS)],
            ),
            effect=ChoiceField(
                "effect",
                "What goes wrong",
                "In the network, or in the servers in between.",
                [(name, effect_words(effect).capitalize(), False) for name, effect in EFFECTS.items()],
            ),
            choices=_choices(settings),
            switches=[Switch(name, label, getattr(settings, name)) for name, label in _SWITCHES.items()],
            others=[Row(label, _duration_words(getattr(settings, name))) for name, label in _DURATIONS.items()],
        )
        return answer_with(request, "settings.html", page)

    async def configure(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        changes: dict[str, Any] = {name: value or None for name, value in form.items() if name in _CHOICES}
        if "switches" in form:  # a box that is not ticked is not sent
            changes |= {name: name in form for name in _SWITCHES}
        if changes:
            unit.configure(
                changed_settings(unit.state.settings, {to_camel(name): value for name, value in changes.items()})
            )
        return see(back_of(form, unit_url(unit.msn, "/settings")))


def _choices(settings: UnitSettings) -> list[ChoiceField]:
    return [
        _choice(
            "access_trouble", "Trouble at the gateway", "Every call is refused while this lasts.", _ACCESS, settings
        ),
        _choice(
            "capture_trouble", "Trouble with captures", "Every capture fails while this lasts.", _CAPTURES, settings
        ),
        _choice("profile", "How strict", "What lenient lets through is noted on the request.", _PROFILES, settings),
        _choice("market", "Market", "A market takes its own currency only (5040).", _MARKETS, settings),
    ]


def _choice(name: str, label: str, hint: str, options: Mapping[Any, str], settings: UnitSettings) -> ChoiceField:
    now = getattr(settings, name)
    return ChoiceField(
        name,
        label,
        hint,
        [("" if value is None else value.value, told, value == now) for value, told in options.items()],
    )


def _duration_words(span: timedelta | None) -> str:
    return "as long as the market has it" if span is None else span_words(span)
