"""Every row of the timeline can be repeated: as curl, and as a step of a scenario."""

import html
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.playback import Stage, load, play
from sandbox.server import running
from sandbox.settings import LogLevel, Settings
from tests.api.merchant import ADA, RECEIPT, Merchant, order
from tests.contract.pictures import PICTURE

LINK = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/order"}
SHOWN = re.compile(r'<pre id="(?P<what>step|steps|curl)-[^"]*"[^>]*>(?P<text>[^<]*)</pre>')


def shown(page: str, what: str) -> str | None:
    return next((html.unescape(one["text"]) for one in SHOWN.finditer(page) if one["what"] == what), None)


async def step_of(merchant: Merchant, rest: str) -> str | None:
    answer = await merchant.http.get(f"/sandbox/dashboard/{merchant.msn}{rest}")
    assert answer.status_code == 200
    return shown(answer.text, "step")


def is_valid(steps: str, folder: Path, *references: str) -> bool:
    """Whether a scenario file takes the steps as they were copied, after those that made what they speak of."""
    path = folder / "pasted.yaml"
    made = "".join(f"  - merchant.create_payment: {{body: {{reference: {reference}}}}}\n" for reference in references)
    path.write_text(f"scenario: Pasted\nsteps:\n  - merchant.register_webhook:\n{made}{steps}")
    return bool(load(path))  # or it raises


async def newest_step(merchant: Merchant) -> str | None:
    return await step_of(merchant, f"/requests/{(await merchant.last_request())['number']}")


@pytest.mark.anyio
async def test_each_kind_of_call_is_told_as_its_step(merchant: Merchant, tmp_path: Path) -> None:
    async def says(step: str) -> None:
        told = await newest_step(merchant)
        assert told is not None
        assert told.startswith(f"  - {step}"), told
        assert is_valid(told, tmp_path, "acme-0001")

    await merchant.ask_for_token()
    await says("merchant.get_token:\n")
    reference = await merchant.approved_payment(order(reference="acme-0001", profile={"scope": "name"}))
    await merchant.get(reference)
    await says(f"merchant.get_payment: {reference}\n")
    sub = (await merchant.get(reference)).json()["profile"]["sub"]
    await merchant.get(reference, "/events")
    await says(f"merchant.get_events: {reference}\n")
    await merchant.userinfo(sub)
    await says(f"expect.userinfo: {{payment: {reference}, body: {{name: Ada Lovelace, ")
    await merchant.userinfo("nobody")
    await says('merchant.call: {method: GET, path: "/vipps-userinfo-api/userinfo/nobody", expect: {status: 4')
    await merchant.capture(reference, 900_000)
    await says(f'merchant.capture: {{payment: {reference}, amount: 900000, expect: {{status: 400, code: "6090"}}}}\n')
    await merchant.capture(reference, 100)
    await says(f"merchant.capture: {{payment: {reference}, amount: 100}}\n")
    await merchant.refund(reference, 100)
    await says(f"merchant.refund: {{payment: {reference}, amount: 100}}\n")
    await merchant.cancel(reference)
    await says(f"merchant.cancel: {reference}\n")
    await merchant.capture("nobody-has-it", 100)
    await says("merchant.call:\n      method: POST\n")
    await merchant.create(order(), key=None)
    await says("merchant.create_payment:\n      body:\n")
    await merchant.call("POST", "/epayment/v1/payments", {"a": "${b}"}, headers={"Idempotency-Key": None})
    whole = ("merchant.call:", "method: POST", 'path: "/epayment/v1/payments"', "headers: {Idempotency-Key: null}")
    await says("\n      ".join(whole))


@pytest.mark.anyio
async def test_each_call_about_orders_and_webhooks_is_told_as_its_step(merchant: Merchant, tmp_path: Path) -> None:
    async def says(step: str) -> None:
        told = await newest_step(merchant)
        assert told is not None
        assert told.startswith(f"  - {step}"), told
        assert is_valid(told, tmp_path)

    reference = "acme-0001"
    await merchant.log_in()
    await merchant.put_category(reference, LINK)
    await says("merchant.put_category:")
    await merchant.call("POST", f"/order-management/v2/recurring/receipts/{reference}", dict(RECEIPT))
    await says("merchant.add_receipt:\n")
    await merchant.get_order(reference, "recurring")
    await says(f"merchant.get_order: {{order: {reference}, payment_type: recurring}}\n")
    await merchant.call("POST", "/order-management/v1/images", {"imageId": "a", "src": PICTURE, "type": "base64"})
    await says("merchant.upload_image: {body:")
    await merchant.call("GET", "/webhooks/v1/webhooks")
    await says("merchant.get_webhooks:\n")
    body = {"url": "http://127.0.0.1:1/hook", "events": ["epayments.payment.created.v1"]}
    made = await merchant.call("POST", "/webhooks/v1/webhooks", body)
    await says("merchant.register_webhook: {events: [CREATED]}\n")
    await merchant.call("DELETE", f"/webhooks/v1/webhooks/{made.json()['id']}")
    await says("merchant.delete_webhook: {webhook: webhook}\n")
    await merchant.call("POST", "/webhooks/v1/webhooks", {"url": "no", "events": []})
    await says("merchant.call:")
    await merchant.call("PUT", "/epayment/v1/payments/å b", b'{"a": ')
    await says('merchant.call:\n      method: PUT\n      path: "/epayment/v1/payments/%C3%A5%20b"\n')


@pytest.mark.anyio
async def test_what_no_player_can_call_has_no_step(merchant: Merchant, http: httpx.AsyncClient) -> None:
    await merchant.call("OPTIONS", "/epayment/v1/payments/a")
    assert await newest_step(merchant) is None
    await http.get("/nowhere?token=a-token-that-is-long")
    stray = shown((await http.get("/sandbox/dashboard/strays/3")).text, "step")
    assert stray == '  - merchant.call: {method: GET, path: "/nowhere?token=…long", expect: {status: 404}}\n'.replace(
        "…", "%E2%80%A6"
    )


@pytest.mark.anyio
async def test_secrets_of_a_body_are_no_part_of_its_step(merchant: Merchant) -> None:
    await merchant.call("POST", "/nowhere", {"client_secret": "a-secret-that-is-long", "a": 1})
    told = await newest_step(merchant)
    assert told is not None
    assert "a-secret" not in told
    assert "long" in told


@pytest.mark.anyio
async def test_what_customers_testers_and_the_clock_did_is_told_as_steps(merchant: Merchant, tmp_path: Path) -> None:
    async def told() -> list[str]:
        number = len(await merchant.facts())
        steps = [await step_of(merchant, f"/facts/{number}") for number in range(1, number + 1)]
        return [step for step in steps if step is not None]

    def later(days: int) -> dict[str, Any]:
        return order(expiresAt=f"2023-09-{days:02}T00:00:00Z", userFlow="PUSH_MESSAGE")

    put_off = await merchant.new_payment(later(15))
    ada = merchant.customer()
    await ada.open(put_off)
    await ada.pay_later(put_off)
    await ada.open(put_off)
    await ada.decline_card(put_off)
    await ada.approve(put_off)
    rejected = await merchant.new_payment(later(15))
    await ada.open(rejected)
    await ada.reject(rejected)
    await merchant.control("PUT", f"/customers/{ADA}", {"persona": "slow", "person": {"givenName": "Augusta"}})
    await merchant.control("POST", "/webhooks/hold")
    await merchant.control("POST", "/webhooks/release", {"order": "newest first", "copies": 3})
    effects: list[dict[str, Any]] = [
        {"answer": 503},
        {"delay": "PT5S"},
        {"drop": "before"},
        {"drop": "after"},
        {"garbage": True},
    ]
    for then in effects:
        await merchant.control("POST", "/faults", {"then": then})
    await merchant.control("POST", "/faults", {"match": {"operation": "getPayment"}, "times": 2, "then": effects[0]})
    await merchant.control("POST", "/faults", {"match": {"operation": "post-image"}, "then": effects[0]})
    untold = [
        {"times": "always", "then": effects[0]},
        {"match": {"operation": "getWebhooks"}, "then": effects[0]},
        {"match": {"customer": ADA}, "then": effects[0]},
        {"then": {"slow": "PT1S"}},
    ]
    for fault in untold:
        assert (await merchant.control("POST", "/faults", fault)).status_code == 201
    await merchant.control("PUT", "/clock", {"now": "2023-09-14T00:00:00Z"})
    steps = await told()
    assert steps == [
        f"  - customer.open: {put_off}\n",
        f"  - customer.pay_later: {put_off}\n",
        f"  - customer.open: {put_off}\n",
        f"  - customer.decline_card: {put_off}\n",
        f"  - customer.approve: {put_off}\n",
        f"  - customer.open: {rejected}\n",
        f"  - customer.reject: {rejected}\n",
        f'  - customer.is: {{phone: "{ADA}", persona: slow, person: {{givenName: Augusta}}}}\n',
        "  - network.hold_webhooks:\n",
        "  - network.release_webhooks: {order: newest first, copies: 3}\n",
        "  - network.answer: {status: 503}\n",
        "  - network.delay: {by: PT5S}\n",
        "  - network.drop: {when: before}\n",
        "  - network.drop: {when: after}\n",
        "  - network.garble:\n",
        "  - network.answer: {call: get_payment, times: 2, status: 503}\n",
        "  - network.answer: {call: upload_image, status: 503}\n",
        '  - time.set: "2023-09-14T00:00:00Z"\n',
    ]
    assert is_valid("".join(steps), tmp_path, put_off, rejected)


@pytest.mark.anyio
async def test_a_payment_that_ran_out_of_time_is_told_by_the_clock(merchant: Merchant, tmp_path: Path) -> None:
    await merchant.new_payment()
    await merchant.advance("PT10M")
    expired = next(n for n, fact in enumerate(await merchant.facts(), 1) if fact["fact"] == "PaymentExpired")
    step = await step_of(merchant, f"/facts/{expired}")
    assert step == '  - time.advance: {to: "2023-08-25T08:10:00.123456Z"}\n'
    assert is_valid(step, tmp_path)


@pytest.mark.anyio
async def test_steps_that_are_forgotten_are_not_offered(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    snapshot = (await merchant.control("POST", "/snapshot")).json()
    await merchant.control("POST", "/restore", snapshot)
    page = (await merchant.http.get(f"/sandbox/dashboard/{merchant.msn}/payments/{reference}")).text
    assert shown(page, "steps") is None
    assert "The call that made this payment is forgotten" in page


# --- On a real server ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield stage


STORY = """
scenario: x
given: {clock: 2023-09-01T08:00:00Z}
steps:
  - merchant.create_payment:
      as: another
      body: {amount: {currency: NOK, value: 500}, paymentMethod: {type: WALLET}, reference: another-0001,
             userFlow: PUSH_MESSAGE, customer: {phoneNumber: "4791234567"}, expiresAt: "2023-09-15T00:00:00Z"}
  - merchant.create_payment:
      as: invoice
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-0001,
             userFlow: PUSH_MESSAGE, customer: {phoneNumber: "4791234567"}, expiresAt: "2023-09-15T00:00:00Z"}
  - customer.pay_later:
  - time.advance: P1D
  - customer.approve: invoice
  - customer.approve: another
  - merchant.capture: {payment: invoice, amount: 1500}
  - merchant.call: {method: PUT, path: "/epayment/v1/payments/å%20b?q={}[]", body: "it's"}
"""


def played(stage: Stage, folder: Path, text: str) -> str:
    path = folder / "story.yaml"
    path.write_text(text)
    result = play(load(path)[0], stage)
    assert result.passed
    return result.msn


def test_the_life_of_a_payment_is_played_again(stage: Stage, tmp_path: Path) -> None:
    """What was copied of one payment tells nothing of the others."""
    msn = played(stage, tmp_path, STORY.replace('"it\'s"}', '"it\'s", expect: {status: 404}}'))
    page = httpx.get(f"{stage.base_url}/sandbox/dashboard/{msn}/payments/acme-0001").text
    steps = shown(page, "steps")
    assert steps is not None
    assert "another" not in steps
    assert [line.split(":")[0] for line in steps.splitlines() if line.startswith("  - ")] == [
        "  - merchant.create_payment",
        "  - customer.pay_later",
        "  - time.advance",
        "  - customer.approve",
        "  - merchant.capture",
        "  - expect.payment",
        "  - expect.events",
    ]
    played(stage, tmp_path, f"scenario: Again\nclock: 2023-09-01T08:00:00Z\nsteps:\n{steps}")


def test_a_call_copied_as_curl_is_answered_as_it_was(stage: Stage, tmp_path: Path) -> None:
    msn = played(stage, tmp_path, STORY.replace('"it\'s"}', '"it\'s", expect: {status: 404}}'))
    asked = httpx.get(f"{stage.base_url}/sandbox/units/{msn}/requests").json()["requests"]
    keys = {"CLIENT_ID": "an-id", "CLIENT_SECRET": "a-secret", "SUBSCRIPTION_KEY": "a-key"}
    headers = {"client_id": "an-id", "client_secret": "a-secret", "Ocp-Apim-Subscription-Key": "a-key"}
    keys["TOKEN"] = httpx.post(f"{stage.base_url}/accesstoken/get", headers=headers).json()["access_token"]
    assert len(asked) > 5
    for call in asked:
        page = httpx.get(f"{stage.base_url}/sandbox/dashboard/{msn}/requests/{call['number']}").text
        curl = shown(page, "curl")
        assert curl is not None
        command = f"{curl} -sS -o /dev/null -w '%{{http_code}}'"
        ran = subprocess.run(["sh", "-c", command], env=os.environ | keys, capture_output=True, text=True, check=True)
        assert ran.stdout == str(call["status"]), (curl, ran)


@pytest.mark.parametrize("fault", ["garble", "drop"])
@pytest.mark.parametrize(
    "call",
    [
        "merchant.register_webhook: {events: [CREATED]}",
        'merchant.add_category: {body: {orderId: a, paymentType: ECOM, type: GENERAL, url: "https://example.com"}}',
    ],
)
def test_calls_whose_answers_were_lost_are_told(stage: Stage, tmp_path: Path, fault: str, call: str) -> None:
    """Only the answer would have said what to call what was made."""
    story = tmp_path / "story.yaml"
    story.write_text(f"scenario: x\nsteps:\n  - merchant.get_token:\n  - network.{fault}:\n  - {call}\n")
    msn = play(load(story)[0], stage).msn
    key = call.partition(":")[0]
    assert f"  - {key}:" in stage.recording(msn)
    lost = httpx.get(f"{stage.base_url}/sandbox/units/{msn}/requests").json()["requests"][-1]
    step = shown(httpx.get(f"{stage.base_url}/sandbox/dashboard/{msn}/requests/{lost['number']}").text, "step")
    assert step is not None
    assert step.startswith(f"  - {key}:")
    assert is_valid(step, tmp_path)
