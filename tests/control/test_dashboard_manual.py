"""What the manual promises about the dashboard is so: each id is on the page that it names, each key in the help."""

import re
from pathlib import Path

import pytest

from tests.api.merchant import ADA, Merchant, order
from tests.contract.own_document import own_document

MANUAL = (Path(__file__).parents[2] / "docs" / "dashboard.md").read_text()
EVERY_EVENT = [f"epayments.payment.{name}.v1" for name in ("created", "authorized")]


def table(head: str) -> list[list[str]]:
    lines = MANUAL[MANUAL.index(f"| {head} |") :].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


@pytest.fixture
async def pages(merchant: Merchant) -> dict[str, str]:
    """The pages of a sales unit in which there is something of everything, by the manual's names for them."""

    async def page(*rests: str) -> str:
        answers = [await merchant.http.get(f"/sandbox/dashboard/{merchant.msn}{rest}") for rest in rests]
        assert {answer.status_code for answer in answers} == {200}
        return "".join(answer.text for answer in answers)

    new = await page("")
    for _ in range(60):
        await merchant.create(order())
    hook = {"url": "http://127.0.0.1:1/hook", "events": EVERY_EVENT}
    for _ in range(2):
        await merchant.call("POST", "/webhooks/v1/webhooks", hook)
    registered = (await merchant.control("GET", "/webhooks")).json()["webhooks"]
    paid = await merchant.approved_payment(order(profile={"scope": "name"}, customer={"phoneNumber": ADA}))
    await merchant.control("POST", "/webhooks/release")
    await merchant.control("POST", "/webhooks/hold", {"webhook": registered[0]["id"]})
    await merchant.control("PUT", f"/customers/{ADA}", {"persona": "slow"})
    await merchant.control("POST", "/faults", {"then": {"answer": 503}, "match": {"operation": "getPayment"}})
    facts = await merchant.facts()
    tried = next(number for number, fact in enumerate(facts, 1) if fact["fact"] == "WebhookAttempted")
    call = (await merchant.last_request())["number"]
    whole = await page("")
    clock = await page("/clock")
    await merchant.control("PUT", "/clock", {"frozen": True})
    return {
        "every page": whole,
        "its navigation": whole,
        "payments": whole,
        "timeline": whole + new + await page("?show=requests"),
        "an open row": await page(f"/requests/{call}", f"/facts/{tried}"),
        "phone": whole,
        "a payment": await page(f"/payments/{paid}"),
        "people": await page("/people"),
        "a person": await page(f"/people/{ADA}"),
        "clock": clock + await page("/clock"),
        "webhooks": await page("/webhooks"),
        "faults and settings": await page("/settings"),
        "reset, restore, remove": await page("/reset", "/restore", "/remove"),
    }


@pytest.mark.anyio
async def test_every_id_in_the_manual_is_on_its_page(pages: dict[str, str]) -> None:
    rows = table("Where")
    assert [where for where, _ in rows] == list(pages)
    missing = [
        (where, id_)
        for where, ids in rows
        for id_ in re.findall(r"`([^`]+)`", ids)
        if not re.search(rf'\bid="{re.sub(r"{[a-z]+}", "[^" + chr(34) + "]+", id_)}"', pages[where])
    ]
    assert missing == []


@pytest.mark.anyio
async def test_every_page_in_the_manual_is_there(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    names = {"{reference}": reference, "{number}": "1", "{phone}": ADA}
    for _, addresses, _ in table("Page"):
        for address in re.findall(r"`([^`]+)`", addresses):
            path = re.sub(r"{[a-z]+}", lambda match: names[match[0]], address)
            number = (await merchant.last_request())["number"]
            path = path.replace("/requests/1", f"/requests/{number}")
            answer = await merchant.http.get(f"/sandbox/dashboard/{merchant.msn}{path}")
            assert answer.status_code == 200, path


@pytest.mark.anyio
async def test_every_key_in_the_manual_is_in_the_help(merchant: Merchant) -> None:
    shown = (await merchant.http.get(f"/sandbox/dashboard/{merchant.msn}")).text.partition('<dialog id="help"')[2]
    promised = {key for keys, _ in table("Key") for key in re.findall(r"`([^`]+)`", keys)}
    assert promised == set(re.findall(r"<kbd>([^<]+)</kbd>", shown))


def test_what_the_manual_says_of_people_is_all_that_can_be_said() -> None:
    """A member that the API gains is to gain a field on the page, too."""
    change = own_document()["components"]["schemas"]["PersonChange"]["properties"]
    assert set(change) - {"emailVerified"} == {
        *("givenName", "familyName", "birthDate", "email"),
        *("streetAddress", "postalCode", "region", "country"),
    }
