"""The sandbox as players see it: a client of its own API, for what a merchant cannot do.

A stage makes sales units, plays their customers and moves their clocks; it is no part of what is tested.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import TypeAdapter

from sandbox.client import Credentials, VippsClient
from sandbox.client._session import trusted
from sandbox.playback.refusals import ANYBODY, content_of, trimmed_address
from sandbox.playback.refusals import Refused as StageRefused
from sandbox.playback.venue import OURS, client_of

__all__ = ["Stage", "StageRefused", "StageUnit"]

_DURATION = TypeAdapter(timedelta)
_LONGEST_PURPOSE = 500  # characters that the sandbox takes


class Stage:
    """A running sandbox.

    Args:
        base_url: Where it listens.
        transport: What carries the requests, instead of the network.
        token: What opens the sandbox's own API, if it is closed.

    Raises:
        StageRefused: *base_url* is no http(s) address.
    """

    def __init__(
        self, base_url: str, transport: httpx.BaseTransport | None = None, *, token: str | None = None
    ) -> None:
        self.base_url = trimmed_address(base_url)
        # One for all clients too: to make one takes as long as a short story.
        self.transport = transport or httpx.HTTPTransport(
            verify=trusted(self.base_url), limits=httpx.Limits(max_connections=None)
        )
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=self.base_url, transport=self.transport, timeout=60, headers=headers)

    def is_sandbox(self) -> bool:
        """Tell whether a sandbox is here.

        Raises:
            StageRefused: nobody answers.
        """
        return self._health() is None

    def check(self) -> None:
        """Make sure that a sandbox is here, and that it lets in sales units that nobody declared.

        Raises:
            StageRefused: it is not so.
        """
        status = self._health()
        if status is not None:
            raise StageRefused(
                status,
                f"what answers at {self.base_url} is no sandbox (/sandbox/health gave {status}); if it is Vipps's "
                "test environment, set VIPPS_CLIENT_ID, VIPPS_CLIENT_SECRET, VIPPS_SUBSCRIPTION_KEY and VIPPS_MSN",
            )
        if self._send("POST", "/accesstoken/get", headers=ANYBODY).status_code == 401:
            raise StageRefused(
                401,
                f"the sandbox at {self.base_url} lets in declared sales units only: to play, it needs --access open",
            )

    def unit(self, settings: Mapping[str, Any] | None = None, purpose: str | None = None) -> "StageUnit":
        """Make a sales unit that nobody else has.

        Args:
            settings: Those of the sandbox's own API, in camelCase.
            purpose: What it is made for, as the dashboard shows it.
        """
        made = self.ask(
            "POST",
            "/sandbox/units",
            {"settings": dict(settings or {}), "purpose": purpose and purpose[:_LONGEST_PURPOSE]},
        )
        return StageUnit(self, made["msn"])

    def existing(self, msn: str) -> "StageUnit":
        """Return the sales unit with a serial number, which is made if it is not there.

        Raises:
            StageRefused: there can be no such sales unit.
        """
        try:
            self.ask("GET", f"/sandbox/units/{quote(msn, safe='')}")
        except StageRefused as refused:
            if refused.status != 404:
                raise
            self.ask("POST", "/sandbox/units", {"msn": msn})
        return StageUnit(self, msn)

    def ask(self, method: str, path: str, body: Any = None, *, timeout: float = 60) -> Any:
        """Make one call and return its JSON; it may take *timeout* seconds.

        Raises:
            StageRefused: it was answered with an error, or not at all.
        """
        return content_of(self._send(method, path, json=body, timeout=timeout), self.base_url + path)

    def recording(self, msn: str) -> str:
        """Return what happened in a sales unit, as a scenario file.

        Raises:
            StageRefused: there is no such sales unit, or not all of it is known any more.
        """
        path = f"/sandbox/units/{quote(msn, safe='')}/recording"
        response = self._send("GET", path)
        if response.is_error or not response.headers.get("Content-Type", "").startswith("application/yaml"):
            self.ask("GET", path)
            raise StageRefused(response.status_code, f"no sandbox answers at {self.base_url}{path}")
        return response.text

    def checklist(self, msn: str) -> dict[str, Any]:
        """Return the go-live checklist, filled in from what an app did in a sales unit.

        Raises:
            StageRefused: there is no such sales unit, or no sandbox.
        """
        path = f"/sandbox/units/{quote(msn, safe='')}/checklist"
        filled_in = self.ask("GET", path)
        if not isinstance(filled_in, dict) or "items" not in filled_in:
            raise StageRefused(200, f"no sandbox answers at {self.base_url}{path}")
        return filled_in

    def do(self, method: str, path: str, *, timeout: float) -> None:
        """Make one call that is answered with nothing.

        Raises:
            StageRefused: it was answered with an error, or not at all.
        """
        response = self._send(method, path, timeout=timeout)
        if response.is_error:
            raise StageRefused(response.status_code, response.text)

    def browse(self, path: str, form: Mapping[str, str], *, timeout: float) -> int:
        """Send a form of a page, as a browser does; return the status it is answered with.

        Raises:
            StageRefused: nobody answers.
        """
        return self._send("POST", path, data=dict(form), timeout=timeout).status_code

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **content)
        except (httpx.RequestError, UnicodeError) as error:  # a host name may be no host name
            raise StageRefused(0, f"no sandbox answers at {self.base_url}: {error}") from error

    def _health(self) -> int | None:
        """Return None if a sandbox is well here, or the status that something else answers with."""
        try:
            health = self.ask("GET", "/sandbox/health")
        except StageRefused as refused:
            if refused.status == 0:
                raise
            return refused.status
        return None if isinstance(health, dict) and health.get("status") == "ok" else 200

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class StageUnit:
    """One sales unit on the stage."""

    def __init__(self, stage: Stage, msn: str) -> None:
        self._stage = stage
        self.msn = msn
        self._path = f"/sandbox/units/{msn}"
        self.seconds_left: Callable[[], float] = lambda: 60.0  # that a call may take
        self.marks: Mapping[str, str] = OURS

    @property
    def credentials(self) -> Credentials:
        """Credentials that a sandbox with open access takes for this sales unit."""
        return Credentials(f"client-of-{self.msn}", "any-secret", "any-subscription-key", self.msn)

    def client(self, transport: httpx.BaseTransport, now: Callable[[], datetime]) -> VippsClient:
        return client_of(self.credentials, self._stage.base_url, transport, now)

    def new_key(self) -> str:
        return str(uuid4())

    def settings(self) -> dict[str, Any]:
        """Return the settings of the sales unit, in camelCase."""
        settings: dict[str, Any] = self._object("GET", "")["settings"]
        return settings

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Change some settings of the sales unit."""
        self._object("PATCH", "/settings", dict(settings))

    def requests(self, after: int, *, wait: float = 0) -> list[dict[str, Any]]:
        """Return the calls to Vipps's APIs after a number; if there are none, wait so many seconds for one."""
        listed: list[dict[str, Any]] = self._listed("requests", after, wait)
        return listed

    def facts(self, after: int, *, wait: float = 0) -> list[dict[str, Any]]:
        """Return what has happened after a number; if nothing has, wait so many seconds for it."""
        listed: list[dict[str, Any]] = self._listed("facts", after, wait)
        return listed

    def facts_by_now(self) -> int:
        """Return how much has happened: the number of the newest fact."""
        return int(self._object("GET", "")["counts"]["facts"])

    def webhooks(self) -> list[dict[str, Any]]:
        """Return the webhooks that are registered."""
        registered: list[dict[str, Any]] = self._object("GET", "/webhooks")["webhooks"]
        return registered

    def deliveries(self, after: int) -> list[dict[str, Any]]:
        """Return what webhooks were told or are owed, but for the first *after*."""
        found: list[dict[str, Any]] = []
        while page := self._object("GET", f"/webhooks/deliveries?after={after + len(found)}&limit=1000")[
            "deliveries"
        ]:
            found += page
        return found

    def redeliver(self, delivery: str, *, wrong_signature: bool) -> dict[str, Any]:
        """Send one webhook again, out of turn; returns it once it was answered."""
        path = f"/webhooks/deliveries/{quote(delivery, safe='')}/redeliver"
        return self._object("POST", path, {"wrongSignature": wrong_signature})

    def _listed(self, what: str, after: int, wait: float) -> Any:
        return self._object("GET", f"/{what}?after={after}&limit=1000&wait=PT{max(wait, 0):.3f}S")[what]

    def checklist(self) -> dict[str, dict[str, Any]]:
        """Return the items of the go-live checklist, as filled in by now, by their ids."""
        return {item["id"]: item for item in self._object("GET", "/checklist")["items"]}

    def explanation(self, status: int) -> str | None:
        """Return why the last call of the merchant was refused with *status*, as the request log explains it."""
        number, latest = 0, None
        try:
            while requests := self._object("GET", f"/requests?after={number}&limit=1000")["requests"]:
                latest, number = requests[-1], requests[-1]["number"]
        except StageRefused:  # an explanation is a help, no more
            return None
        if latest is None or latest["status"] != status or latest["explanation"] is None:
            return None
        explained = latest["explanation"]
        return " ".join(filter(None, (explained["summary"], explained["accepted"])))

    def arm(self, match: Mapping[str, Any], then: Mapping[str, Any], times: int) -> None:
        """Have something go wrong with the merchant's next calls that match."""
        self._object("POST", "/faults", {"match": dict(match), "then": dict(then), "times": times})

    def hold(self, operation: str, *, arrives_last: bool, patience: timedelta) -> str:
        """Have the next call of an operation wait until `let_go`: itself or its answer; return what to let go."""
        first = "other" if arrives_last else "held"
        held = {"until": {"removed": True}, "first": first, "patience": _DURATION.dump_python(patience, mode="json")}
        armed = self._object("POST", "/faults", {"match": {"operation": operation}, "then": {"hold": held}})
        return str(armed["id"])

    def let_go(self, hold: str) -> None:
        """Let a call that is held go on, or none be held."""
        self._stage.do("DELETE", f"{self._path}/faults/{hold}", timeout=self.seconds_left())

    def faults(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self._object("GET", "/faults")["faults"]
        return listed

    def disarm(self, *, but: Collection[str] = ()) -> None:
        """Let nothing go wrong any more, *but* some."""
        for fault in self.faults():
            if fault["id"] not in but:
                self._stage.do("DELETE", f"{self._path}/faults/{fault['id']}", timeout=self.seconds_left())

    def hold_webhooks(self) -> None:
        self._object("POST", "/webhooks/hold", {})

    def release_webhooks(self, order: str, copies: int) -> None:
        """Send what was held; returns when all was answered."""
        self._object("POST", "/webhooks/release", {"order": order, "copies": copies})

    def enter_number(self, token: str, phone_number: str) -> bool:
        """Type a number on the landing page; tell whether the page took it."""
        form = {"token": token, "phone_number": phone_number}
        return self._stage.browse("/landing/number", form, timeout=self.seconds_left()) < 400

    def leave_landing_page(self, token: str) -> bool:
        """Cancel on the landing page; tell whether there was such a page."""
        return self._stage.browse("/landing/cancel", {"token": token}, timeout=self.seconds_left()) < 400

    def clock(self) -> dict[str, Any]:
        return self._object("GET", "/clock")

    def set_clock(self, now: datetime | None = None, *, frozen: bool | None = None) -> dict[str, Any]:
        asked = {"now": None if now is None else now.isoformat(), "frozen": frozen}
        return self._object("PUT", "/clock", {name: value for name, value in asked.items() if value is not None})

    def advance(self, *, by: timedelta | None = None, to: datetime | None = None) -> dict[str, Any]:
        """Move the clock forward; the answer's `happened` lists what fell due on the way."""
        if by is not None:
            return self._object("POST", "/clock/advance", {"by": _DURATION.dump_python(by, mode="json")})
        return self._object("POST", "/clock/advance", {"to": None if to is None else to.isoformat()})

    def customer(self, phone_number: str) -> dict[str, Any]:
        """Return the person behind a number, and what the phone shows."""
        return self._object("GET", f"/customers/{phone_number}")

    def forget_consent(self, phone_number: str) -> None:
        """Have a customer be somebody who has shared nothing yet."""
        self._object("DELETE", f"/customers/{quote(phone_number, safe='')}/consent")

    def act(self, phone_number: str, action: str, reference: str, *, shipping: str | None = None) -> dict[str, Any]:
        """Do something on the phone; raises StageRefused if that is not on the screen."""
        asked = {"reference": reference} | ({} if shipping is None else {"shippingOptionId": shipping})
        return self._object("POST", f"/customers/{phone_number}/{action}", asked)

    def use_card(self, reference: str, action: str, number: str | None) -> dict[str, Any]:
        """Do something on the card form; raises StageRefused if that cannot be done now."""
        asked = {"action": action} | ({} if number is None else {"number": number})
        return self._object("POST", f"/payments/{quote(reference, safe='')}/card", asked)

    def configure_customer(self, phone_number: str, persona: str | None, person: Mapping[str, Any]) -> None:
        """Say who somebody is, and how they answer by themselves."""
        self._object(
            "PUT", f"/customers/{quote(phone_number, safe='')}", {"persona": persona, "person": dict(person)}
        )

    def _object(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = self._stage.ask(method, self._path + path, body, timeout=self.seconds_left())
        return answer
