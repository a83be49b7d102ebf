"""The dashboard's pages, as they are without scripts, and the stream that keeps them up to date."""

import html
import re
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.api.gateway import Exchange
from sandbox.control.dashboard.code import as_curl, pretty
from sandbox.control.dashboard.diagram import WIDE, Actor, Step, drawn
from sandbox.control.dashboard.places import with_query
from sandbox.control.dashboard.views import took_words
from sandbox.domain import facts
from sandbox.domain.commands import CreatePayment, UserFlow
from sandbox.domain.money import Amount, Currency
from sandbox.server import Sandbox
from sandbox.settings import HOME, AccessMode, DeclaredUnit, Settings
from sandbox.ui import rendering
from tests.api.merchant import ADA, START, Merchant, WallClock, order
from tests.control.following import Told, following

_ACME = DeclaredUnit(msn="123456", client_id="acme", client_secret="acme-secret", subscription_key="acme-key")


@pytest.fixture
def sandbox(http: httpx.AsyncClient) -> Sandbox:
    transport = http._transport
    assert isinstance(transport, httpx.ASGITransport)
    sandbox = transport.app
    assert isinstance(sandbox, Sandbox)
    return sandbox


def serving(sandbox: Sandbox) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox.test")


def own(merchant: Merchant, rest: str = "") -> str:
    return f"/sandbox/dashboard/{merchant.msn}{rest}"


async def page(merchant: Merchant, rest: str = "", status: int = 200) -> str:
    answer = await merchant.http.get(own(merchant, rest))
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


# --- The first visit ------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_first_visit_tells_how_to_point_an_app_at_it() -> None:
    async with serving(Sandbox(Settings())) as http:
        shown = (await http.get("/")).text
    assert '<code id="base-url">http://sandbox.test</code>' in shown
    for value in (HOME.client_id, HOME.client_secret, HOME.subscription_key, HOME.msn):
        assert f">{value}</code>" in shown
    for words in (
        "Any other credentials",
        "Nothing has happened yet",
        "Not affiliated with Vipps MobilePay",
        "Try it",
    ):
        assert words in shown
    assert "curl -X POST http://sandbox.test/accesstoken/get" in shown


@pytest.mark.anyio
async def test_the_public_url_and_who_is_let_in_are_told() -> None:
    settings = Settings(public_url="https://pay.test", access=AccessMode.DECLARED)
    async with serving(Sandbox(settings)) as http:
        shown = (await http.get("/")).text
    assert '<code id="base-url">https://pay.test</code>' in shown
    assert "Any other credentials" not in shown


@pytest.mark.anyio
@pytest.mark.parametrize("access", list(AccessMode))
async def test_nobody_is_shown_the_credentials_that_somebody_configured(access: AccessMode) -> None:
    async with serving(Sandbox(Settings(access=access, units=(_ACME,)))) as http:
        shown = (await http.get("/")).text
    assert "the declared sales units' own credentials" in " ".join(shown.split()).replace("&#39;", "'")
    for secret in (_ACME.client_id, _ACME.client_secret, _ACME.subscription_key, HOME.client_secret):
        assert secret not in shown


@pytest.mark.anyio
@pytest.mark.parametrize(("units", "msn"), [((), HOME.msn), ((_ACME,), _ACME.msn)])
async def test_the_printed_credentials_mean_the_printed_sales_unit(units: tuple[DeclaredUnit, ...], msn: str) -> None:
    """With open access too, where any others do as well; a call need not name the sales unit."""
    settings = Settings(units=units)
    sandbox, printed = Sandbox(settings), settings.credentials[0]
    keys = {
        "client_id": printed.client_id,
        "client_secret": printed.client_secret,
        "Ocp-Apim-Subscription-Key": printed.subscription_key,
    }
    assert [unit.msn for unit in sandbox.world] == [msn]
    async with serving(sandbox) as http:
        http.headers.update(keys)
        token = (await http.post("/accesstoken/get")).json()["access_token"]
        answer = await http.get("/epayment/v1/payments/a", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["detail"] == f"The reference a does not exist for MSN {msn}"


@pytest.mark.anyio
async def test_templates_are_read_and_compiled_once() -> None:
    async with serving(Sandbox(Settings())) as http:
        await http.get("/")
        made = rendering._environment.cache_info().misses
        await http.get("/")
    assert rendering._environment.cache_info().misses == made


@pytest.mark.anyio
async def test_the_first_page_is_of_the_sales_unit_that_was_called_last(merchant: Merchant) -> None:
    await merchant.new_payment()
    assert f"<title>Acme Shop {merchant.msn} " in (await merchant.http.get("/")).text


@pytest.mark.anyio
@pytest.mark.parametrize("access", list(AccessMode))
async def test_try_it_plays_a_first_invoice_through_the_gateway(access: AccessMode) -> None:
    """What it does is in the request log like everything else, and its end is the payment's page."""
    sandbox = Sandbox(Settings(access=access, units=(_ACME,)))
    async with serving(sandbox) as http:
        played = await http.post(f"/sandbox/dashboard/{_ACME.msn}/try")
        assert (played.status_code, played.headers["Location"]) == (
            303,
            f"/sandbox/dashboard/{_ACME.msn}/payments/try-it-0001",
        )
        again = await http.post(f"/sandbox/dashboard/{_ACME.msn}/try")
        assert again.headers["Location"].endswith("/try-it-0002")
    unit = sandbox.world.provision(_ACME.msn)
    assert [type(fact).__name__ for fact in unit.state.payments["try-it-0001"].facts] == [
        "PaymentCreated",
        "PushSent",
        "PaymentOpened",
        "ConsentGiven",
        "PaymentAuthorized",
        "PaymentCaptured",
    ]
    assert [exchange.operation for exchange in sandbox.request_log.of(_ACME.msn)][:5] == [
        "fetchAuthorizationTokenUsingPost",
        "createPayment",
        "getPayment",
        "getUserinfo",
        "capturePayment",
    ]
    assert all(exchange.status < 300 for exchange in sandbox.request_log.of(_ACME.msn))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("settings", "ends"),
    [
        ({"accessTrouble": "not_connected"}, ""),
        ({"captureTrouble": "locked"}, "/payments/try-it-0001"),
        ({"customer": "declines"}, "/payments/try-it-0001"),
        ({"customer": "unknown"}, "/payments/try-it-0001"),
        ({"customer": "approves"}, "/payments/try-it-0001"),
    ],
)
async def test_try_it_ends_where_it_is_refused(merchant: Merchant, settings: dict[str, str], ends: str) -> None:
    await merchant.configure(**settings)
    played = await merchant.http.post(own(merchant, "/try"))
    assert (played.status_code, played.headers["Location"]) == (303, own(merchant, ends))


@pytest.mark.anyio
async def test_try_it_needs_credentials_that_are_declared() -> None:
    sandbox = Sandbox(Settings(access=AccessMode.DECLARED, units=(_ACME,)))
    sandbox.world.provision("999999")
    async with serving(sandbox) as http:
        assert (await http.post("/sandbox/dashboard/999999/try")).status_code == 409
        assert 'id="try-it"' not in (await http.get("/sandbox/dashboard/999999/connect")).text


# --- The sales unit's page ------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_page_shows_payments_the_story_and_a_phone(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    shown = await page(merchant)
    assert f'id="payment-{reference}"' in shown
    assert "20,00\xa0NOK" in shown
    assert 'id="request-2"' in shown
    assert "Payment of 20,00\xa0NOK created" in shown
    assert "Push to +47\xa0912\xa034\xa0567" in shown
    assert f'<iframe id="phone-frame" src="/phone/{ADA}"' in shown
    assert "Nothing has happened yet" not in shown


@pytest.mark.anyio
async def test_a_refusal_is_told_in_words_before_its_code(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 50_000)
    shown = await page(merchant)
    assert shown.index("Capture<span") < shown.index("were asked of")
    detail = await page(merchant, f"/requests/{(await merchant.last_request())['number']}")
    words, code = detail.index("were asked of"), detail.index("400 Bad Request")
    assert words < code
    for part in ("Rule", "It met", "Would be taken", "Documented in"):
        assert f"<dt>{part}</dt>" in detail


@pytest.mark.anyio
async def test_several_reasons_of_a_refusal_are_one_sentence(merchant: Merchant) -> None:
    await merchant.create(order(reference="x", userFlow="WEB"))
    shown = html.unescape(await page(merchant))
    assert "{8,64}$'; userFlow: The value 'WEB' is not valid for UserFlow." in shown


@pytest.mark.anyio
async def test_the_code_of_a_refusal_stands_behind_its_words(merchant: Merchant) -> None:
    await merchant.capture(await merchant.approved_payment(), 900_000)
    shown = await page(merchant, "?show=requests")
    assert re.search(r'left to capture\. <span class="line-code">6090</span></span>', shown)
    await merchant.call("GET", "/nowhere")
    assert (await page(merchant, "?show=requests")).count("line-code") == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?show=requests", "Create payment", "Payment of"),
        ("?show=facts", "Payment of", "Create payment"),
        ("?q=acme-two", "acme-two", "fact-2-payment"),
        ("?payment=acme-two", "strip", "payments/acme-one"),
    ],
)
async def test_filters_searches_and_payments_are_addresses(
    merchant: Merchant, query: str, there: str, gone: str
) -> None:
    """They work without scripts, and can be sent to a colleague."""
    for reference in ("acme-one", "acme-two"):
        await merchant.new_payment(order(reference=reference))
        await merchant.get(reference)
    shown = await page(merchant, query)
    story = shown[shown.index('id="timeline"') : shown.index('id="phone"')]
    assert there in story
    assert gone not in story.replace("payment-acme-one-link", "")


@pytest.mark.anyio
async def test_payments_are_sought_by_reference_state_and_phone(merchant: Merchant) -> None:
    await merchant.new_payment(order(reference="acme-waits", customer={"phoneNumber": "4793424725"}))
    await merchant.approved_payment(order(reference="acme-is-paid"))
    for sought, found in (("WAITS", "acme-waits"), ("authorised", "acme-is-paid"), ("93424725", "acme-waits")):
        shown = await page(merchant, f"?find={sought}")
        other = {"acme-waits": "acme-is-paid", "acme-is-paid": "acme-waits"}[found]
        assert f'id="payment-{found}"' in shown
        assert f'id="payment-{other}"' not in shown
    assert "No payment is like that" in await page(merchant, "?find=nothing")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?show=everything", 400),
        ("?before=x", 400),
        ("?before=99999.99999", 200),
        ("?payments_before=x", 404),
        ("?payments_before=99999", 200),
        ("?payments_before=0", 200),
        ("?payment=unknown", 404),
        ("?phone=<b>", 200),
        ("/payments/unknown", 404),
        ("/requests/99999", 404),
        ("/requests/" + "9" * 5000, 404),
        ("/facts/0", 404),
        ("/facts/99999", 404),
        ("/facts/x", 404),
        ("/nowhere", 404),
        ("/stream", 400),
        ("/stream?after=x", 400),
        ("/stream?after=1.1&show=x", 400),
    ],
)
async def test_bad_input_gets_a_page_with_words(merchant: Merchant, path: str, status: int) -> None:
    shown = await page(merchant, path, status)
    assert ('id="problem"' in shown) is (status != 200)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path", ["/sandbox/dashboard/999999", "/sandbox/dashboard/x/y/z", "/sandbox/dashboard/strays/7"]
)
async def test_what_is_not_there_gets_a_page_with_words(merchant: Merchant, path: str) -> None:
    answer = await merchant.http.get(path)
    assert (answer.status_code, 'id="problem"' in answer.text) == (404, True)
    assert (await merchant.http.delete(path)).status_code in {404, 405}


@pytest.mark.anyio
async def test_what_merchants_write_stays_text(merchant: Merchant) -> None:
    """On every page that could show it."""
    hostile = '<script>alert("1")</script><img src=x onerror=alert(1)>'
    await merchant.configure(name=hostile, organisation=hostile)
    await merchant.new_payment(
        order(
            reference="acme-hostile",
            paymentDescription=hostile,
            metadata={"<b>key": hostile},
            userFlow="PUSH_MESSAGE",
        )
    )
    await merchant.call("POST", f"/epayment/v1/{hostile}", {"a": hostile}, headers={"X-Any": hostile})
    await merchant.call("POST", "/epayment/v1/payments", {"reference": hostile})
    facts_told = len(await merchant.facts())
    paths = ["", "/people", "/clock", "/settings", "/connect", "/payments/acme-hostile", "?payment=acme-hostile"]
    paths += [f"/facts/{number}" for number in range(1, facts_told + 1)]
    paths += [f"/requests/{one['number']}" for one in (await merchant.control("GET", "/requests")).json()["requests"]]
    for path in paths:
        shown = await page(merchant, path)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "<b>key" not in shown
        assert " style=" not in shown
    for path in ("/", "/sandbox/dashboard", "/sandbox/dashboard/strays", f"/sandbox/dashboard?find={hostile}"):
        assert "<script>alert" not in (await merchant.http.get(path)).text


@pytest.mark.anyio
async def test_pages_may_do_nothing_but_be_shown(merchant: Merchant) -> None:
    for path in ("", "/people", "/payments/unknown"):
        headers = (await merchant.http.get(own(merchant, path))).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["Cache-Control"] == "no-store"


# --- Details --------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_payments_page_tells_its_life(merchant: Merchant) -> None:
    body = order(reference="acme-life", userFlow="PUSH_MESSAGE", expiresAt="2023-09-15T00:00:00Z")
    await merchant.new_payment(body)
    await merchant.customer().open("acme-life")
    await merchant.customer().pay_later("acme-life")
    await merchant.capture("acme-life", 2000)
    await merchant.advance("P3D")
    await merchant.log_in()
    await merchant.customer().open("acme-life")
    await merchant.customer().approve("acme-life")
    await merchant.capture("acme-life", 1500)
    await merchant.refund("acme-life", 500)
    shown = await page(merchant, "/payments/acme-life")
    diagram = shown[
        shown.index("<svg class=&#34;") if "<svg class=&#34;" in shown else shown.index('<svg class="diagram wide"') :
    ]
    labels = [
        "Create 20,00\xa0NOK",
        "Push",
        "Opens the request",
        "I&#39;ll pay later",
        "Capture: refused",
        "3 days later",
        "Approves 20,00\xa0NOK",
        "Capture 15,00\xa0NOK",
        "Refund 5,00\xa0NOK",
    ]
    places = [diagram.index(f">{label}<") for label in labels]
    assert places == sorted(places)
    for part, amount in (("Captured", "10,00"), ("Refunded", "5,00"), ("Authorised, to be captured", "5,00")):
        assert f'{part} <strong class="num">{amount}\xa0NOK</strong>' in shown
    log = shown[shown.index('id="events"') : shown.index('id="webhooks"')]
    names = ["CREATED", "AUTHORIZED", "CAPTURED", "REFUNDED"]
    assert [name for name in names if f">{name}<" in log] == names
    assert "Partly refunded" in shown


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("nothing", "Waiting"),
        ("pay_later", "Put off"),
        ("approve", "Authorised"),
        ("reject", "Aborted"),
        ("expire", "Expired"),
        ("terminate", "Terminated"),
        ("release", "Released"),
        ("capture", "Captured"),
        ("capture part", "Partly captured"),
        ("refund", "Refunded"),
    ],
)
async def test_a_state_is_told_by_a_word(merchant: Merchant, does: str, words: str) -> None:
    expires = (START + timedelta(days=5)).isoformat()
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE", expiresAt=expires))
    ada = merchant.customer()
    await ada.open(reference)
    if does in {"pay_later", "reject"}:
        await getattr(ada, does)(reference)
    elif does == "expire":
        await merchant.advance("P6D")
    elif does not in {"nothing", "terminate"}:
        await ada.approve(reference)
    if does in {"terminate", "release"}:
        await merchant.cancel(reference)
    if does in {"capture", "refund"}:
        await merchant.capture(reference, 2000)
    if does == "capture part":
        await merchant.capture(reference, 500)
    if does == "refund":
        await merchant.refund(reference, 2000)
    shown = await page(merchant, f"/payments/{reference}")
    badge = shown[shown.index('class="badge big') : shown.index('id="amount"')]
    assert f"</svg>{words}</span>" in badge


@pytest.mark.anyio
async def test_a_detail_comes_as_a_part_of_a_page_too(merchant: Merchant) -> None:
    await merchant.new_payment()
    for path in ("/requests/2?part=1", "/facts/2?part=1"):
        part = await page(merchant, path)
        assert part.startswith("<article")
        assert "<html" not in part
        assert "On a page of its own" in part
        assert "On a page of its own" not in await page(merchant, path.removesuffix("?part=1"))


@pytest.mark.anyio
async def test_a_note_is_told_with_the_request(merchant: Merchant) -> None:
    await merchant.create(order(returnUrl="http://example.com/x"))
    number = (await merchant.last_request())["number"]
    notes = (await merchant.last_request())["notes"]
    if notes:
        assert "Production may object" in await page(merchant, f"/requests/{number}")


@pytest.mark.anyio
async def test_a_webhook_shows_what_was_signed(merchant: Merchant, sandbox: Sandbox) -> None:
    hook = {"url": "http://127.0.0.1:9/hook", "events": ["epayments.payment.created.v1"]}
    async with serving(sandbox) as http:
        registered = await http.post("/webhooks/v1/webhooks", json=hook, headers=merchant.headers)
    assert registered.status_code == 201  # though nobody is there
    reference = await merchant.new_payment()
    await merchant.advance("PT1S")
    told = await merchant.facts()
    number = next(fact["number"] for fact in told if fact["fact"] == "WebhookAttempted")
    shown = await page(merchant, f"/facts/{number}")
    signed = shown[shown.index("Signed string</p>") :]
    assert ">POST\n/hook\n" in signed[:300]
    assert "Webhook CREATED to 127.0.0.1:9 failed: " in shown
    assert re.search(r"<dt>took</dt><dd[^>]*>(&lt;1|\d+) ms</dd>", shown) is not None
    registration = next(fact["number"] for fact in told if fact["fact"] == "WebhookRegistered")
    assert registered.json()["secret"] not in await page(merchant, f"/facts/{registration}")
    assert "Webhook CREATED" in await page(merchant, "?show=webhooks")
    assert "Webhook CREATED" in await page(merchant, f"/payments/{reference}")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "<1 ms"), (0.0004, "<1 ms"), (0.0025, "2 ms"), (0.25, "250 ms"), (10.475, "10.5 s")]
)
def test_how_long_something_took_is_told_in_a_fitting_unit(seconds: float, words: str) -> None:
    assert took_words(seconds) == words


@pytest.mark.parametrize(("status", "tone"), [(200, ""), (500, "bad")])
def test_an_answer_to_a_webhook_looks_bad_only_if_it_is(status: int, tone: str) -> None:
    step = Step(START, Actor.VIPPS, Actor.MERCHANT, "Webhook CREATED", tone, str(status))
    note = re.search(rf'<text class="([^"]*)"[^>]*>{status}</text>', drawn([step], WIDE, "Its life"))
    assert note is not None
    assert note[1].split() == ["label", "note", *([tone] if tone else [])]


def test_a_call_is_told_as_curl_with_secrets_as_variables() -> None:
    exchange = Exchange(
        number=1,
        at=START,
        msn="123456",
        operation="createPayment",
        method="POST",
        path="/epayment/v1/payments",
        query="a=b&c=d",
        request_headers=(
            ("host", "sandbox.test"),
            ("content-length", "3"),
            ("authorization", "Bearer a-token-that-is-long"),
            ("ocp-apim-subscription-key", "a-key-that-is-long"),
            ("client_secret", "a-secret-that-is-long"),
            ("idempotency-key", "it's mine"),
        ),
        request_body=b'{"a": "it\'s"}',
        status=201,
        response_body=b"",
        notes=(),
        explanation=None,
        took=0.001,
    )
    assert as_curl(exchange, "http://sandbox.test") == (
        "curl -X POST 'http://sandbox.test/epayment/v1/payments?a=b&c=d' \\\n"
        '  -H "authorization: Bearer $TOKEN" \\\n'
        '  -H "ocp-apim-subscription-key: $SUBSCRIPTION_KEY" \\\n'
        '  -H "client_secret: $CLIENT_SECRET" \\\n'
        "  -H 'idempotency-key: it'\"'\"'s mine' \\\n"
        "  -H content-type: \\\n"
        """  --data-raw '{"a": "it'"'"'s"}'"""
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            '{"a": [1, true, "<b>"]}',
            (
                '{\n  <span class="j-name">&#34;a&#34;</span>: [\n    <span class="j-number">1</span>,\n    '
                '<span class="j-word">true</span>,\n    <span class="j-text">&#34;&lt;b&gt;&#34;</span>\n  ]\n}'
            ),
        ),
        ("<b>no JSON</b>", "&lt;b&gt;no JSON&lt;/b&gt;"),
        ("[" * 100_000, None),
        ("x" * 70_000, "x" * 65_536 + "\n… and 4464 characters more"),
    ],
)
def test_a_body_is_set_out_and_stays_text(body: str, shown: str | None) -> None:
    told = pretty(body)
    assert shown is None or told == shown


def test_an_address_has_only_what_says_something() -> None:
    assert with_query("/a", b="", c=None, d="e f") == "/a?d=e+f"
    assert with_query("/a", b=None) == "/a"


# --- Buttons --------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_clock_goes_forward_at_a_button(merchant: Merchant, wall: WallClock) -> None:
    """And the browser comes back to where it was."""
    back = own(merchant, "?show=facts")
    moved = await merchant.http.post(own(merchant, "/clock/advance"), data={"by": "PT1H", "back": back})
    assert (moved.status_code, moved.headers["Location"]) == (303, back)
    assert (await merchant.control("GET", "/clock")).json()["now"] == "2023-08-25T09:00:00.123Z"
    nothing = await merchant.http.post(own(merchant, "/clock/advance"), data={"by": "next"})
    assert (nothing.status_code, "Nothing is due" in nothing.text) == (409, True)
    await merchant.new_payment()
    await merchant.http.post(own(merchant, "/clock/advance"), data={"by": "next"})
    assert (await merchant.control("GET", "/payments")).json()["payments"][0]["state"] == "EXPIRED"
    assert (await merchant.http.post(own(merchant, "/clock/advance"), data={"by": "P100Y"})).status_code == 400


@pytest.mark.anyio
async def test_next_due_passes_over_promises_that_have_become_void(merchant: Merchant) -> None:
    """The payment that was approved expires no more; its deadline of capture is what comes next."""
    await merchant.approved_payment()
    shown = await page(merchant, "/clock")
    assert "What is not captured goes back" in shown
    assert "expires unanswered" not in shown


@pytest.mark.anyio
async def test_the_clock_is_set_stopped_and_started(merchant: Merchant) -> None:
    async def clock(**form: str) -> Any:
        answer = await merchant.http.post(own(merchant, "/clock"), data=form)
        assert answer.status_code == 303, answer.text
        return (await merchant.control("GET", "/clock")).json()

    assert (await clock(clock="stand"))["frozen"] is True
    assert (await clock(now="2024-01-01T10:00:00"))["now"] == "2024-01-01T10:00:00.000Z"
    assert (await clock(clock="run"))["frozen"] is False
    for wrong in ("yesterday", "0001-01-01T00:00:00", "2024-01-01T10:00:00+99:99"):
        answer = await merchant.http.post(own(merchant, "/clock"), data={"now": wrong})
        assert (answer.status_code, 'id="problem"' in answer.text) == (400, True)


@pytest.mark.anyio
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil", "/phone/1", "", "/x\r\ny"])
async def test_a_form_leads_back_to_the_dashboard_only(merchant: Merchant, back: str) -> None:
    moved = await merchant.http.post(own(merchant, "/clock/advance"), data={"by": "PT1H", "back": back})
    assert moved.headers["Location"] == own(merchant, "/clock")


@pytest.mark.anyio
async def test_settings_are_changed_by_a_form(merchant: Merchant) -> None:
    form = {
        "access_trouble": "login_only",
        "market": "DK",
        "switches": "yes",
        "nin_allowed": "yes",
        "name": "ignored",
    }
    saved = await merchant.http.post(own(merchant, "/settings"), data=form)
    assert saved.status_code == 303
    settings = (await merchant.control("GET", "")).json()["settings"]
    assert (settings["accessTrouble"], settings["market"], settings["name"]) == ("login_only", "DK", "Acme Shop")
    assert (settings["ninAllowed"], settings["pushMessageAllowed"]) == (True, False)
    shown = await page(merchant, "/settings")
    assert '<option value="login_only" selected>' in shown
    await merchant.http.post(own(merchant, "/settings"), data={"customer": "approves"})
    settings = (await merchant.control("GET", "")).json()["settings"]
    assert (settings["customer"], settings["ninAllowed"]) == ("approves", True)
    wrong = await merchant.http.post(own(merchant, "/settings"), data={"customer": "nobody"})
    assert (wrong.status_code, 'id="problem"' in wrong.text) == (400, True)


@pytest.mark.anyio
async def test_a_fault_is_armed_and_removed(merchant: Merchant, sandbox: Sandbox) -> None:
    reference = await merchant.new_payment()
    form = {"operation": "getPayment", "effect": "answer-503", "times": "1"}
    assert (await merchant.http.post(own(merchant, "/faults"), data=form)).status_code == 303
    shown = await page(merchant, "/settings")
    assert "For the next look at payment: answers 503 Service Unavailable" in shown
    assert "has not happened" in shown
    async with serving(sandbox) as http:  # where nobody checks that an answer is documented
        faulty = await http.get(f"/epayment/v1/payments/{reference}", headers=merchant.headers)
    assert faulty.status_code == 503
    assert "happened once, spent" in await page(merchant, "/settings")
    await merchant.http.post(own(merchant, "/faults"), data={"operation": "", "effect": "garble", "times": "all"})
    assert "For every call: answers something that is no JSON" in await page(merchant, "/settings")
    assert (await merchant.http.post(own(merchant, "/faults/fault-2/remove"))).status_code == 303
    assert 'id="fault-2"' not in await page(merchant, "/settings")
    told = await page(merchant, "?show=facts")
    assert "fault-1 armed for the next look at payment: answers 503 Service Unavailable" in told
    assert "fault-2 removed" in told
    held = {"match": {"operation": "getPayment"}, "then": {"hold": {"until": {"removed": True}, "first": "held"}}}
    await merchant.control("POST", "/faults", held)
    assert "For the next look at payment: holds the call, processed first" in await page(merchant, "/settings")
    for wrong in ({"effect": "explode"}, {"effect": "garble", "operation": "x"}, {}):
        assert (await merchant.http.post(own(merchant, "/faults"), data=wrong)).status_code == 400


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("rest", "form"),
    [
        ("/faults/fault-1/remove", {}),
        ("/webhooks/hold", {"webhook": "gone"}),
        ("/webhooks/release", {"webhook": "gone"}),
        ("/webhooks/deliveries/gone/drop", {}),
        ("/webhooks/deliveries/gone/redeliver", {}),
    ],
)
async def test_a_button_of_a_page_that_is_out_of_date_says_so(
    merchant: Merchant, rest: str, form: dict[str, str]
) -> None:
    """And leads back into the sales unit, which may be another than an application called last."""
    await merchant.new_payment()
    answer = await merchant.http.post(own(merchant, rest), data=form)
    assert answer.status_code == 404
    assert '<h1 id="problem">That is gone</h1>' in answer.text
    assert f'id="back" class="button" href="{own(merchant)}"' in answer.text


@pytest.mark.anyio
@pytest.mark.parametrize("rest", ["/remove", "/reset", "/clock/advance", "/faults", "/people", "/scenarios"])
async def test_a_button_of_a_sales_unit_that_was_removed_says_so(merchant: Merchant, rest: str) -> None:
    answer = await merchant.http.post("/sandbox/dashboard/777777" + rest, data={})
    assert answer.status_code == 404
    assert "There is no sales unit 777777 here: nobody has used it yet, or it was removed." in answer.text
    assert 'id="back" class="button" href="/"' in answer.text


@pytest.mark.anyio
async def test_people_are_told_with_what_they_do(merchant: Merchant) -> None:
    await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    shown = await page(merchant, "/people")
    ada = shown[shown.index(f'id="person-{ADA}"') :]
    assert "Ada Lovelace" in ada[:400]
    assert "1 waiting" in ada[:700]
    assert f'id="person-{ADA}-phone" href="/phone/{ADA}"' in ada
    assert "Card declined once, then pays" in shown


@pytest.mark.anyio
async def test_sales_units_are_listed_newest_first_and_sought(merchant: Merchant, http: httpx.AsyncClient) -> None:
    await http.post("/sandbox/units", json={"msn": "222222", "settings": {"name": "<b>Bråte"}})
    shown = (await http.get("/sandbox/dashboard")).text
    assert "&lt;b&gt;Bråte" in shown
    assert shown.index("222222") < shown.index(merchant.msn)
    assert merchant.msn not in (await http.get("/sandbox/dashboard?find=bråte")).text


@pytest.mark.anyio
async def test_sales_units_of_plays_stand_apart(
    merchant: Merchant, sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """What each play and each test leaves behind is in nobody's way: not in the menu, nor where `/` leads."""
    await http.post("/sandbox/units", json={"msn": "777777", "purpose": "A <late> refund"})
    async with following(sandbox, own(merchant, "/stream?after=1.1")) as stream:
        await stream.block()  # listening begins with the first line
        for msn in ("888888", "777777"):
            headers = merchant.headers | {"Merchant-Serial-Number": msn}
            await http.get("/epayment/v1/payments/a-reference", headers=headers)
        news = await stream.next("elsewhere")
        await http.get("/nowhere")
        assert [news.content["msn"], (await stream.next("elsewhere")).content["msn"]] == ["888888", None]
    assert "777777" not in await page(merchant)
    assert 'id="unit-777777"' in (await http.get("/sandbox/dashboard/777777")).text
    assert "<title>Acme Shop 888888 " in (await http.get("/")).text
    assert "777777" not in (await http.get("/sandbox/dashboard")).text
    plays = (await http.get("/sandbox/dashboard?show=plays&find=LATE")).text
    assert "A &lt;late&gt; refund</span>" in plays
    assert re.findall('id="unit-([0-9]+)"', plays) == ["777777"]


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/dashboard", "/nothing/at/all", "/sandbox", "/sandbox/"])
async def test_who_goes_where_nothing_is_gets_a_page(http: httpx.AsyncClient, path: str) -> None:
    """A program that calls it gets what Vipps answers, or JSON; a page that somebody opens is no call of an app."""
    called = await http.get(path)
    visited = await http.get(path, headers={"Sec-Fetch-Mode": "navigate"})
    assert (called.status_code, visited.status_code) == (404, 404)
    assert "json" in called.headers["Content-Type"]
    assert "There is no such page" in visited.text
    api = await http.get("/epayment/v1/payments/acme-shop-123", headers={"Sec-Fetch-Mode": "navigate"})
    assert "json" in api.headers["Content-Type"]


@pytest.mark.anyio
async def test_calls_that_reached_no_sales_unit_are_told(merchant: Merchant, http: httpx.AsyncClient) -> None:
    await http.get("/nowhere")
    assert "2 calls reached no sales unit" in await page(merchant)  # the first asked for a token
    shown = (await http.get("/sandbox/dashboard/strays")).text
    assert "GET /nowhere" in shown
    assert (await http.get("/sandbox/dashboard/strays/1")).status_code == 200


# --- The stream -----------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_news_come_as_pieces_of_the_page(merchant: Merchant, sandbox: Sandbox) -> None:
    async with following(sandbox, own(merchant, "/stream?after=1.0")) as stream:
        reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
        moment = await stream.next("moment")
        assert moment.content["id"] == "moment-request-2"
        assert moment.content["html"].startswith("<li")
        assert f"{reference}</a>" in moment.content["html"]
        payment = await stream.next("payment")
        assert (payment.content["id"], payment.content["count"]) == (f"payment-{reference}", 1)
        phone = await stream.next("phone")
        assert phone.content == {
            "number": ADA,
            "text": "+47\xa0912\xa034\xa0567",
            "name": "Ada Lovelace",
            "persona": "",
            "waiting": 1,
        }
        assert phone.place == "3.2"
        await merchant.advance("PT1H")
        clock = await stream.next("clock")
        assert (clock.content["text"], clock.content["frozen"]) == ("25 Aug 2023, 09:00:00", False)


@pytest.mark.anyio
async def test_a_stream_shows_what_the_page_shows(merchant: Merchant, sandbox: Sandbox) -> None:
    """A filter, a search or a payment holds for the news too; the lists beside it show everything."""
    await merchant.new_payment(order(reference="acme-mine"))
    path = own(merchant, "/stream?after=2.2&payment=acme-mine&show=facts")
    async with following(sandbox, path) as stream:
        await merchant.new_payment(order(reference="acme-other"))
        await merchant.customer().open("acme-mine")
        told: list[Told] = []
        while not told or told[-1].kind != "strip":
            told.append(await stream.next())
        assert [one.content["id"] for one in told if one.kind == "moment"] == ["moment-fact-4"]
        assert {one.content["id"] for one in told if one.kind == "payment"} == {
            "payment-acme-mine",
            "payment-acme-other",
        }


@pytest.mark.anyio
async def test_a_stream_goes_on_where_it_was(merchant: Merchant, sandbox: Sandbox) -> None:
    await merchant.new_payment()
    headers = {"last-event-id": "1.1"}
    async with following(sandbox, own(merchant, "/stream?after=0.0"), headers=headers) as stream:
        assert (await stream.next()).content["id"] == "moment-request-2"


@pytest.mark.anyio
async def test_calls_elsewhere_are_told(merchant: Merchant, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    async with following(sandbox, own(merchant, "/stream?after=1.1")) as stream:
        await stream.block()  # listening begins with the first line
        await http.get("/nowhere")
        assert (await stream.next()).content == {"msn": None, "url": None}
        headers = merchant.headers | {"Merchant-Serial-Number": "777777"}
        await http.get("/epayment/v1/payments/a-reference", headers=headers)
        other = await stream.next("elsewhere")
        assert other.content == {"msn": "777777", "url": "/sandbox/dashboard/777777"}


@pytest.mark.anyio
async def test_a_page_that_is_open_learns_of_a_reset(merchant: Merchant, sandbox: Sandbox) -> None:
    await merchant.new_payment()
    async with following(sandbox, own(merchant, "/stream?after=3.2")) as stream:
        await stream.block()  # listening begins with the first line
        await merchant.control("POST", "/reset")
        assert (await stream.next()).kind == "anew"


@pytest.mark.anyio
async def test_of_a_flood_only_the_newest_are_drawn(merchant: Merchant, sandbox: Sandbox) -> None:
    for _ in range(150):
        await merchant.get("nothing-there")
    async with following(sandbox, own(merchant, "/stream?after=1.1")) as stream:
        assert (await stream.next()).kind == "flood"
        moments = [await stream.next("moment") for _ in range(100)]
        assert moments[-1].content["id"] == "moment-request-151"


@pytest.mark.anyio
async def test_ten_thousand_payments_make_no_page_and_no_news_slow(merchant: Merchant, sandbox: Sandbox) -> None:
    """Lists are paged; what is new is found without looking at what was there."""
    unit = sandbox.world.provision(merchant.msn)

    def created(number: int) -> facts.PaymentCreated:
        reference = f"acme-order-{number:05}"
        amount = Amount(Currency.NOK, 100 + number)
        command = CreatePayment(
            idempotency_key=None,
            reference=reference,
            amount=amount,
            user_flow=UserFlow.PUSH_MESSAGE,
            phone_number=ADA,
        )
        return facts.PaymentCreated(
            at=START, reference=reference, command=command, deadline=START + timedelta(days=1)
        )

    unit._record([created(number) for number in range(10_000)])

    async def timed(path: str) -> tuple[str, float]:
        begun = time.perf_counter()
        return await page(merchant, path), time.perf_counter() - begun

    await timed("")
    shown, took = await timed("")
    assert shown.count('class="payment-link"') == 50
    assert len(shown) < 200_000
    assert 'id="payment-acme-order-09999"' in shown
    assert 'payments_before=9951"' in shown
    assert took < 0.5
    older, took = await timed("?payments_before=51")
    assert 'id="payment-acme-order-00049"' in older
    assert 'id="payments-older"' not in older
    assert took < 0.5
    assert (await timed("?find=order-00007"))[1] < 0.5
    assert (await timed("/clock"))[1] < 1.5
    async with following(sandbox, own(merchant, "/stream?after=10001.1")) as stream:
        await stream.block()
        begun = time.perf_counter()
        await merchant.get("acme-order-00001")
        await stream.next("moment")
        assert time.perf_counter() - begun < 0.3


# --- The checklist --------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_checklist_leads_to_what_shows_each_item(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    number = (await merchant.last_request())["number"]
    shown = await page(merchant, "/checklist")
    assert f'<a id="nav-checklist" href="{own(merchant, "/checklist")}" aria-current="page">' in shown
    line = shown.partition('id="item-E1"')[2].partition("</li>\n")[0]
    assert f'<a class="foreign" href="{own(merchant, f"/payments/{reference}")}">{reference}</a>: ' in line
    assert f'<a href="{own(merchant, f"/requests/{number}")}">request {number}</a>' in line
    assert "To show it: Capture one payment at once, and another in parts." in shown
    assert "<code>scenarios/money/captured-in-parts.yaml</code>" in shown
    assert "0 broken" in shown


@pytest.mark.anyio
async def test_the_checklist_says_what_it_cannot_tell(
    merchant: Merchant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'id="note"' not in await page(merchant, "/checklist")
    monkeypatch.setattr(sandbox.request_log, "_most", 1)
    await merchant.new_payment()
    await merchant.new_payment()
    assert "The request log has forgotten" in await page(merchant, "/checklist")


@pytest.mark.anyio
async def test_the_checklist_of_a_unit_that_is_not_there(merchant: Merchant) -> None:
    answer = await merchant.http.get("/sandbox/dashboard/999999/checklist")
    assert answer.status_code == 404


@pytest.mark.anyio
async def test_what_merchants_write_is_text_on_the_checklist(merchant: Merchant) -> None:
    await merchant.configure(name="<script>alert(1)</script>")
    await merchant.call("POST", "/epayment/v1/payments", order(reference="<b>x</b>"), key="k" * 60)
    shown = await page(merchant, "/checklist")
    assert "<script>alert" not in shown
    assert "<b>x</b>" not in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown
