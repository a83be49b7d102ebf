"""The dashboard's pages, and what their buttons do.

Pages are whole without scripts: links and forms lead everywhere. Scripts only keep them up to date and open
details in place.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.api.gateway import Credentials, Gateway, RequestLog
from sandbox.checklist import checklist, story_of
from sandbox.control import models
from sandbox.control.dashboard import pages, views
from sandbox.control.dashboard.checklist import groups_of
from sandbox.control.dashboard.faults import EFFECTS, OPERATIONS, armed_by, effect_words, fault_lines
from sandbox.control.dashboard.live import LiveTimeline
from sandbox.control.dashboard.places import DASHBOARD, STRAYS, payment_url, unit_url, with_query
from sandbox.control.dashboard.timeline import Look, Moment, Place, Show, page_of
from sandbox.control.dashboard.tryout import TryOut
from sandbox.control.dashboard.words import instant_words, operation_words, span_words
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.routes import changed_settings
from sandbox.control.streams import Streams, watching
from sandbox.domain import faults
from sandbox.domain.commands import RemoveFault
from sandbox.domain.customers import MAGIC_NUMBERS, is_phone_number
from sandbox.domain.errors import Refusal, UnknownReference
from sandbox.domain.sales_unit import AccessTrouble, CaptureTrouble, Market, Profile, UnitSettings
from sandbox.ui import frame_of, page_response, rendered
from sandbox.world import SalesUnit, World

__all__ = ["TEMPLATES", "Connect", "problem_page", "routes"]

TEMPLATES: Final = Path(__file__).parent / "templates"
_MOMENTS_SHOWN: Final = 60
_MOMENTS_OF_PAYMENT: Final = 300
_UNITS_IN_MENU: Final = 12
_UNITS_SHOWN: Final = 100
_LARGEST_FORM: Final = 16 * 1024
_LONGEST_SEARCH: Final = 200
_STEPS: Final[Mapping[str, timedelta]] = {
    "PT1H": timedelta(hours=1),
    "P1D": timedelta(days=1),
    "P7D": timedelta(days=7),
}
_CALM: Final = 0.6  # seconds between two steps of *Try it*, for whoever watches
_GATHERED: Final = 0.1  # seconds in which news are gathered
_ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """How an app may come in.

    Args:
        shown: The credentials that anybody may see who looks: none that open anything but a sandbox.
        merchants: Everybody's, for *Try it*.
        is_open: Whether any other credentials do as well.
    """

    shown: Credentials | None
    merchants: Sequence[Credentials]
    is_open: bool
    public_url: str | None
    has_door: bool  # whether somebody logged in to be here


def routes(
    world: World, request_log: RequestLog, streams: Streams, gateway: Gateway, connect: Connect
) -> list[Route]:
    """Return the routes; whatever else is asked below them gets a page with words too."""
    own = _Dashboard(world, request_log, streams, gateway, connect)
    unit = f"{DASHBOARD}/{{msn}}"
    reads: dict[str, Endpoint] = {
        "/": own.home,
        DASHBOARD: own.units,
        STRAYS: own.strays,
        f"{STRAYS}/{{number}}": own.stray,
        unit: own.unit,
        f"{unit}/stream": own.stream,
        f"{unit}/payments/{{reference}}": own.payment,
        f"{unit}/requests/{{number}}": own.request,
        f"{unit}/facts/{{number}}": own.fact,
        f"{unit}/people": own.people,
        f"{unit}/clock": own.clock,
        f"{unit}/settings": own.settings,
        f"{unit}/connect": own.connect,
        f"{unit}/checklist": own.checklist,
    }
    forms: dict[str, Endpoint] = {
        f"{unit}/clock": own.set_clock,
        f"{unit}/clock/advance": own.advance,
        f"{unit}/settings": own.configure,
        f"{unit}/faults": own.arm_fault,
        f"{unit}/faults/{{fault_id}}/remove": own.remove_fault,
        f"{unit}/try": own.try_it,
    }
    return [
        *(Route(path, _in_words(endpoint), methods=["GET"]) for path, endpoint in reads.items()),
        *(Route(path, _in_words(endpoint), methods=["POST"]) for path, endpoint in forms.items()),
        Route(f"{DASHBOARD}/{{rest:path}}", _in_words(_nothing_here), methods=list(_ANY_METHOD)),
    ]


class _Dashboard:
    """The endpoints, each a method that takes the request."""

    def __init__(
        self, world: World, request_log: RequestLog, streams: Streams, gateway: Gateway, connect: Connect
    ) -> None:
        self._world = world
        self._log = request_log
        self._streams = streams
        self._gateway = gateway
        self._connect = connect

    # --- Finding ----------------------------------------------------------------------------------------

    def _unit_of(self, request: Request) -> SalesUnit:
        msn = request.path_params["msn"]
        unit = self._world.find(msn)
        if unit is None:
            raise Problem(404, "There is no such sales unit", f"Nobody has used sales unit {msn} here yet.")
        return unit

    def _in_use(self) -> SalesUnit:
        """Return the sales unit that was called last, else the first one."""
        called = (exchange.msn for exchange in self._log.newest() if exchange.msn is not None)
        unit = self._world.find(next(called, ""))
        return next(iter(self._world)) if unit is None else unit

    def _base_url(self, request: Request) -> str:
        return self._connect.public_url or str(request.base_url).rstrip("/")

    def _bar(self, request: Request, unit: SalesUnit, here: str) -> pages.Bar:
        now = unit.now()
        nearby = [each for each in islice(reversed(list(self._world)), _UNITS_IN_MENU) if each is not unit]
        query = f"?{request.url.query}" if request.url.query else ""
        return pages.Bar(
            msn=unit.msn,
            name=unit.state.settings.name,
            url=unit_url(unit.msn),
            here=here,
            back=request.url.path + query,
            units=[_unit_line(unit, is_this=True), *(_unit_line(each) for each in nearby)],
            now_text=instant_words(now),
            now_ms=views.milliseconds(now),
            frozen=unit.frozen,
            strays=self._log.count_of(None),
            may_log_out=self._connect.has_door,
        )

    # --- The sales unit's page --------------------------------------------------------------------------

    async def home(self, request: Request) -> Response:
        return self._unit_page(request, self._in_use())

    async def unit(self, request: Request) -> Response:
        return self._unit_page(request, self._unit_of(request))

    def _unit_page(self, request: Request, unit: SalesUnit) -> Response:
        state = unit.up_to_date()
        look = _look(request)
        before = _place(request, "before")
        phone = request.query_params.get("phone", "")
        selected = None if look.reference is None else state.payments.get(look.reference)
        if look.reference is not None and selected is None:
            raise UnknownReference(look.reference, unit.msn)
        kept = {
            "payment": look.reference,
            "q": look.search,
            "show": None if look.show is Show.ALL else look.show.value,
        }
        chosen = phone if is_phone_number(phone) else None
        if chosen is None and selected is not None:
            chosen = selected.customer
        nothing_yet = len(unit.journal) == 1 and next(self._log.of(unit.msn), None) is None
        page = pages.UnitPage(
            bar=self._bar(request, unit, "timeline"),
            payments=views.payments_column(
                unit,
                state,
                search=_search(request, "find"),
                before=_number(request, "payments_before"),
                selected=look.reference,
                keep=kept,
            ),
            timeline=views.timeline_column(
                unit, self._log, look, page_of(unit, self._log, look, before, _MOMENTS_SHOWN), at_top=before is None
            ),
            phone=views.phone_column(unit, state, chosen, kept),
            strip=None if selected is None else views.strip_of(unit, selected),
            welcome=self._connection(request, unit) if nothing_yet else None,
        )
        return _page(request, "unit.html", page, frames="'self'")

    async def stream(self, request: Request) -> Response:
        unit = self._unit_of(request)
        last = request.headers.get("last-event-id")
        place = _place(request, "after") if last is None else Place.read(last)
        if place is None:
            raise Problem(400, "From where?", "The stream goes on from a place that the page named.")
        live = LiveTimeline(unit, self._log, _look(request), place)

        @contextmanager
        def watch(ring: Callable[[], None]) -> Iterator[None]:
            with watching(unit.watchers, ring), watching(self._log.watchers, live.hears(ring)):
                yield

        return self._streams.response(request, watch, live.news, pause=_GATHERED)

    # --- Details ----------------------------------------------------------------------------------------

    async def payment(self, request: Request) -> Response:
        unit = self._unit_of(request)
        payment = unit.up_to_date().payment(request.path_params["reference"])
        look = Look(reference=payment.reference)
        part = page_of(unit, self._log, look, None, _MOMENTS_OF_PAYMENT)
        page = views.payment_page(self._bar(request, unit, "payment"), unit, payment, part.moments[::-1])
        return _page(request, "payment.html", page)

    async def request(self, request: Request) -> Response:
        unit = self._unit_of(request)
        return self._request_page(request, unit, _own_number(request))

    async def stray(self, request: Request) -> Response:
        return self._request_page(request, None, _own_number(request))

    def _request_page(self, request: Request, unit: SalesUnit | None, number: int) -> Response:
        msn = None if unit is None else unit.msn
        exchange = next((each for each in self._log.newest_of(msn) if each.number == number), None)
        if exchange is None:
            raise Problem(404, "This request is gone", f"Request {number} was never made, or was long ago forgotten.")
        brought: list[Any] = []
        if unit is not None:
            first = exchange.facts.start
            brought = list(enumerate(islice(unit.journal.read(first - 1), len(exchange.facts)), first))
        detail = views.request_detail(msn, exchange, brought, self._base_url(request))
        if "part" in request.query_params:
            return _page(request, "_request.html", detail)
        bar = None if unit is None else self._bar(request, unit, "request")
        return _page(request, "request.html", pages.RequestPage(bar, detail))

    async def fact(self, request: Request) -> Response:
        unit = self._unit_of(request)
        number = _own_number(request)
        fact = next(unit.journal.read(number - 1), None) if 0 < number <= len(unit.journal) else None
        if fact is None:
            raise Problem(404, "That has not happened", f"Sales unit {unit.msn} has {len(unit.journal)} facts.")
        detail = views.fact_detail(unit, number, fact)
        if "part" in request.query_params:
            return _page(request, "_fact.html", detail)
        return _page(request, "fact.html", pages.FactPage(self._bar(request, unit, "fact"), detail))

    # --- The other pages --------------------------------------------------------------------------------

    async def units(self, request: Request) -> Response:
        sought = _search(request, "find").casefold()
        before = _number(request, "before")
        every = list(self._world)
        newest = len(every) if before is None else min(max(before - 1, 0), len(every))
        found = (
            (number, unit)
            for number, unit in zip(range(newest, 0, -1), reversed(every[:newest]), strict=True)
            if sought in unit.msn or sought in unit.state.settings.name.casefold()
        )
        shown = list(islice(found, _UNITS_SHOWN + 1))
        more = len(shown) > _UNITS_SHOWN
        page = pages.UnitsPage(
            units=[_unit_line(unit) for _, unit in shown[:_UNITS_SHOWN]],
            count=len(every),
            search=_search(request, "find"),
            strays=self._log.count_of(None),
            older_url=with_query(DASHBOARD, find=sought, before=str(shown[_UNITS_SHOWN - 1][0])) if more else None,
        )
        return _page(request, "units.html", page)

    async def strays(self, request: Request) -> Response:
        newest = islice(self._log.newest_of(None), _MOMENTS_OF_PAYMENT)
        moments = [views.moment_view(None, Moment(exchange, ())) for exchange in newest]
        return _page(request, "strays.html", pages.StraysPage(moments, DASHBOARD))

    async def people(self, request: Request) -> Response:
        unit = self._unit_of(request)
        state = unit.up_to_date()
        met = islice(reversed(state.pushes), _UNITS_SHOWN)
        numbers = [number for number in dict.fromkeys([*met, *views.EVERYBODY]) if number not in MAGIC_NUMBERS]
        page = pages.PeoplePage(
            bar=self._bar(request, unit, "people"),
            people=views.people_of(unit, state, numbers),
            magic=views.people_of(unit, state, MAGIC_NUMBERS),
            customer=views.persona_choice(state.settings.customer),
        )
        return _page(request, "people.html", page)

    async def clock(self, request: Request) -> Response:
        unit = self._unit_of(request)
        state, now = unit.up_to_date(), unit.now()
        page = pages.ClockPage(
            bar=self._bar(request, unit, "clock"),
            input_value=f"{now:%Y-%m-%dT%H:%M:%S}",
            dues=[views.due_line(unit.msn, due, now) for due in views.next_dues(unit, state)],
        )
        return _page(request, "clock.html", page)

    async def settings(self, request: Request) -> Response:
        unit = self._unit_of(request)
        settings = unit.state.settings
        page = pages.SettingsPage(
            bar=self._bar(request, unit, "settings"),
            faults=fault_lines(unit.state),
            operation=pages.ChoiceField(
                "operation",
                "Which call",
                "The next call like that, by whomever.",
                [("", "Any call", True), *((each, operation_words(each), False) for each in OPERATIONS)],
            ),
            effect=pages.ChoiceField(
                "effect",
                "What goes wrong",
                "In the network, or in the servers in between.",
                [(name, effect_words(effect).capitalize(), False) for name, effect in EFFECTS.items()],
            ),
            choices=_choices(settings),
            switches=[pages.Switch(name, label, getattr(settings, name)) for name, label in _SWITCHES.items()],
            others=[pages.Row(label, _duration_words(getattr(settings, name))) for name, label in _DURATIONS.items()],
        )
        return _page(request, "settings.html", page)

    async def checklist(self, request: Request) -> Response:
        unit = self._unit_of(request)
        story = story_of(unit, self._log)
        page = pages.ChecklistPage(
            bar=self._bar(request, unit, "checklist"),
            at=instant_words(story.now),
            note=story.note,
            groups=groups_of(unit, self._log, checklist(story)),
        )
        return _page(request, "checklist.html", page)

    async def connect(self, request: Request) -> Response:
        unit = self._unit_of(request)
        page = pages.ConnectPage(self._bar(request, unit, "connect"), self._connection(request, unit))
        return _page(request, "connect.html", page)

    def _connection(self, request: Request, unit: SalesUnit) -> pages.Connection:
        shown = self._connect.shown
        base_url = self._base_url(request)
        return pages.Connection(
            base_url=base_url,
            credentials=[] if shown is None else _by_name(replace(shown, msn=unit.msn)),
            is_open=self._connect.is_open,
            curl=_first_call(base_url, unit.msn, shown),
            try_url=None if self._merchant(unit) is None else unit_url(unit.msn, "/try"),
        )

    def _merchant(self, unit: SalesUnit) -> Credentials | None:
        """Return credentials that mean the unit; with open access any do."""
        merchants = self._connect.merchants
        if self._connect.is_open:
            return merchants[0]
        return next((one for one in merchants if one.msn == unit.msn), None)

    # --- Buttons ----------------------------------------------------------------------------------------

    async def try_it(self, request: Request) -> Response:
        unit, form = self._unit_of(request), await _form(request)
        merchant = self._merchant(unit)
        if merchant is None:
            raise Problem(409, "Nobody to play", f"No credentials are declared for sales unit {unit.msn}.")
        pause = _CALM if form.get("pace") == "calm" else 0.0
        reference = await TryOut(self._gateway, unit, merchant, self._base_url(request), pause).play()
        return _see(unit_url(unit.msn) if reference is None else payment_url(unit.msn, reference))

    async def advance(self, request: Request) -> Response:
        unit, form = self._unit_of(request), await _form(request)
        by = form.get("by", "")
        if by == "next":
            due = next(iter(views.next_dues(unit, unit.up_to_date())), None)
            if due is None:
                raise Problem(409, "Nothing is due", "Nothing waits for the clock in this sales unit.")
            await unit.set_clock(max(due.at, unit.now()))
        elif by in _STEPS:
            if unit.now() + _STEPS[by] > models.LATEST:
                raise Problem(400, "Too far", f"The clock goes to {instant_words(models.LATEST)}.")
            await unit.advance(_STEPS[by])
        else:
            raise Problem(400, "How far?", f"The clock goes forward by {', '.join(_STEPS)}, or to what is next.")
        return _see(_back(form, unit_url(unit.msn, "/clock")))

    async def set_clock(self, request: Request) -> Response:
        unit, form = self._unit_of(request), await _form(request)
        to: datetime | None = None
        if form.get("now"):
            try:
                to = datetime.fromisoformat(form["now"])
            except ValueError as error:
                raise Problem(400, "No such time", f"{form['now'][:40]!r} is no date and time.") from error
            to = to.replace(tzinfo=UTC) if to.tzinfo is None else to
        asked = understood(models.SetClock, {"now": to} if to is not None else {})
        frozen = {"stand": True, "run": False}.get(form.get("clock", ""))
        await unit.set_clock(asked.now, frozen=frozen)
        return _see(_back(form, unit_url(unit.msn, "/clock")))

    async def configure(self, request: Request) -> Response:
        unit, form = self._unit_of(request), await _form(request)
        known = {"customer", "profile", "market", "access_trouble", "capture_trouble", *_SWITCHES}
        changes: dict[str, Any] = {
            name: value or None for name, value in form.items() if name in known - _SWITCHES.keys()
        }
        if "switches" in form:  # a box that is not ticked is not sent
            changes |= {name: name in form for name in _SWITCHES}
        if changes:
            unit.configure(
                changed_settings(unit.state.settings, {_camel(name): value for name, value in changes.items()})
            )
        return _see(_back(form, unit_url(unit.msn, "/settings")))

    async def arm_fault(self, request: Request) -> Response:
        unit, form = self._unit_of(request), await _form(request)
        command = armed_by(form)
        if command is None:
            raise Problem(400, "What goes wrong?", "There is no such fault, or no such call.")
        unit.do(faults.arm, command)
        return _see(unit_url(unit.msn, "/settings"))

    async def remove_fault(self, request: Request) -> Response:
        unit = self._unit_of(request)
        unit.do(faults.remove, RemoveFault(fault_id=request.path_params["fault_id"]))
        return _see(unit_url(unit.msn, "/settings"))


# --- Settings in words ----------------------------------------------------------------------------------

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


def _choices(settings: UnitSettings) -> list[pages.ChoiceField]:
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


def _choice(
    name: str, label: str, hint: str, options: Mapping[Any, str], settings: UnitSettings
) -> pages.ChoiceField:
    now = getattr(settings, name)
    return pages.ChoiceField(
        name,
        label,
        hint,
        [("" if value is None else value.value, told, value == now) for value, told in options.items()],
    )


def _duration_words(span: timedelta | None) -> str:
    return "as long as the market has it" if span is None else span_words(span)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


# --- Ways in and out ------------------------------------------------------------------------------------


def _in_words(endpoint: Endpoint) -> Endpoint:
    """Return *endpoint* with a page for all that it refuses."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Problem as problem:
            return problem_page(problem.status, problem.title, str(problem))
        except Refusal as refusal:
            status = 404 if isinstance(refusal, UnknownReference) else 409
            return problem_page(status, "There is no such payment" if status == 404 else "Not now", str(refusal))

    return answer


def problem_page(status: int, heading: str, text: str) -> Response:
    return page_response(rendered(TEMPLATES / "problem.html", pages.ProblemPage(heading, text, "/")), status)


async def _nothing_here(request: Request) -> Response:
    raise Problem(404, "There is no such page", "The dashboard begins at /.")


def _page(request: Request, template: str, page: object, *, frames: str = "'none'") -> Response:
    return page_response(rendered(TEMPLATES / template, page, frame_of(request)), frames=frames)


def _see(url: str) -> Response:
    return RedirectResponse(url, 303)


def _back(form: Mapping[str, str], otherwise: str) -> str:
    """Return where a form says that it was: only ever a page of the dashboard."""
    back = form.get("back", "")
    fits = back.isascii() and back.isprintable() and (back.startswith(f"{DASHBOARD}/") or back.split("?")[0] == "/")
    return back if fits else otherwise


async def _form(request: Request) -> dict[str, str]:
    """Return a form's fields; those of anything else than a plain HTML form are none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM:
            raise Problem(413, "Too much", "That is more than a form of this page can hold.")
    try:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise Problem(400, "Not understood", "That is not what a form of this page sends.") from error


def _look(request: Request) -> Look:
    show = request.query_params.get("show") or Show.ALL
    if show not in list(Show):
        raise Problem(400, "Show what?", f"There are {', '.join(Show)}; not {show[:40]!r}.")
    return Look(Show(show), _search(request, "q"), request.query_params.get("payment") or None)


def _search(request: Request, name: str) -> str:
    return request.query_params.get(name, "")[:_LONGEST_SEARCH].strip()


def _place(request: Request, name: str) -> Place | None:
    text = request.query_params.get(name)
    if not text:
        return None
    place = Place.read(text)
    if place is None:
        raise Problem(400, "From where?", f"{text[:40]!r} is no place in the timeline.")
    return place


def _own_number(request: Request) -> int:
    """Return the number that the path names."""
    return _read_number(request.path_params["number"])


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    return _read_number(text) if text else None


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Problem(404, "There is no such page", f"{text[:40]!r} is no number.")
    return int(text)


def _unit_line(unit: SalesUnit, *, is_this: bool = False) -> pages.UnitLine:
    state = unit.state
    return pages.UnitLine(unit.msn, state.settings.name, unit_url(unit.msn), len(state.payments), is_this)


def _by_name(credentials: Credentials) -> list[tuple[str, str, str]]:
    return [
        ("client-id", "client_id", credentials.client_id),
        ("client-secret", "client_secret", credentials.client_secret),
        ("subscription-key", "Ocp-Apim-Subscription-Key", credentials.subscription_key),
        ("msn", "Merchant-Serial-Number", credentials.msn),
    ]


def _first_call(base_url: str, msn: str, shown: Credentials | None) -> str:
    """Return a command that asks for a token, the first thing that an app does."""
    client_id, secret, key = (
        ("$CLIENT_ID", "$CLIENT_SECRET", "$SUBSCRIPTION_KEY")
        if shown is None
        else (shown.client_id, shown.client_secret, shown.subscription_key)
    )
    return " \\\n  ".join(
        (
            f"curl -X POST {base_url}/accesstoken/get",
            f'-H "client_id: {client_id}"',
            f'-H "client_secret: {secret}"',
            f'-H "Ocp-Apim-Subscription-Key: {key}"',
            f'-H "Merchant-Serial-Number: {msn}"',
        )
    )
