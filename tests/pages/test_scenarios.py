"""Scenarios on the dashboard, in Chromium: played with one click, live, with and without scripts."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox.server import running
from sandbox.settings import Settings
from tests.pages.axe import LIGHT_AND_DARK, needs_axe, violations
from tests.pages.chromium import MSN, Windows, sees
from tests.watching.acme import acme

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIBRARY = Path(__file__).parents[2] / "scenarios"
HOSTILE = "</p><script>window.ran = 1</script>\"'><b onclick=x>{{ 7*7 }}" + "x" * 80
HOME = f"/sandbox/dashboard/{MSN}"
OPENING = """scenario: {title}
about: {title}
steps:
  - merchant.create_payment:
      as: order
      body: {{amount: {{currency: NOK, value: 2000}}, paymentMethod: {{type: WALLET}}, reference: acme-shop-0001,
             customer: {{phoneNumber: "4791234567"}}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scenarios"
    shutil.copytree(LIBRARY / "money", folder / "money")
    shutil.copytree(LIBRARY / "application", folder / "application")
    (folder / "fails.yaml").write_text(
        OPENING.format(title="It fails") + "  - customer.approve: order\n  - expect.payment: {captured: 1}\n"
        "  - merchant.cancel: order\n"
    )
    (folder / "odd.yaml").write_text("scenario: x\nsteps:\n  - merchant.captur: x\n")
    return folder


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    with running(Settings(port=0, scenarios=folder)) as url:
        httpx.post(f"{url}/sandbox/units", json={"msn": MSN}).raise_for_status()
        yield url


def open_at(windows: Windows, url: str, rest: str = "/scenarios", **options: Any) -> "Page":
    return windows.open(f"{url}{HOME}{rest}", **options)


def play(page: "Page", title: str) -> None:
    page.get_by_role("button", name=f"Play {title}", exact=True).click()


def file_url(name: str) -> str:
    return f"/scenarios/file?name={name}"


def states(page: "Page") -> list[str]:
    rows = page.locator("#story-1-steps > .step")
    return [str(name).removeprefix("step ") for name in rows.evaluate_all("all => all.map((one) => one.className)")]


@pytest.mark.parametrize("scripts", [True, False])
def test_one_click_plays_a_scenario_till_it_is_green(windows: Windows, url: str, *, scripts: bool) -> None:
    """From the dashboard's own bar; with its steps, what happened where, and who said what to whom."""
    page = open_at(windows, url, "", java_script_enabled=scripts)
    page.click("#nav-scenarios")
    play(page, "An order is delivered, and captured, in three parcels")
    sees(page, "#verdict", "Passed")
    page.locator("#story-1-sequence svg").wait_for()
    assert set(states(page)) == {"done"}
    page.click("#story-1-unit")
    sees(page, "#payment-acme-shop-0001 .payment-state", "Captured")
    assert MSN not in page.url
    page.goto(f"{url}{HOME}/scenarios")
    sees(page, "#runs .badge", "Passed")
    assert windows.errors == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_failing_scenario_shows_where_and_what_came(windows: Windows, url: str, *, scripts: bool) -> None:
    page = open_at(windows, url, java_script_enabled=scripts)
    play(page, "It fails")
    sees(page, "#verdict", "Failed")
    assert states(page) == ["done", "done", "failed", "next"]
    failed = page.locator(".step.failed")
    sees(page, "#story-1-expected", "captured: 1")
    sees(page, "#story-1-came", "captured: 0")
    assert "- 1" in failed.locator("#story-1-diff").inner_text()
    assert "- expect.payment: {captured: 1}" in failed.inner_text()
    assert "fails.yaml:9: step 3" in failed.inner_text()
    page.click("#again")
    sees(page, "#verdict", "Failed")
    assert page.url.endswith("/scenario-2")


def test_a_play_goes_on_live_while_somebody_has_the_phone_open(windows: Windows, url: str) -> None:
    """Each of the customer's steps waits for the phone that the page leads to; no reload."""
    page = open_at(windows, url, file_url("money/captured-in-parts.yaml"))
    page.check("#human")
    page.click("#play")
    sees(page, "#your-turn .foreign", "Pay: acme-shop-0001")
    page.evaluate("window.sameDocument = true")
    assert states(page)[:3] == ["done", "now", "next"]
    with page.expect_popup() as opened:
        page.click("#to-phone")
    phone = opened.value
    phone.click("#open")
    phone.click("#approve")
    sees(phone, "#outcome", "Paid")
    sees(page, "#verdict", "Passed")
    assert page.evaluate("window.sameDocument") is True
    assert page.locator("#your-turn").count() == 0
    assert page.title().startswith("Passed: ")
    assert windows.errors == []


def test_without_scripts_a_play_that_waits_is_looked_at_again(windows: Windows, url: str) -> None:
    page = open_at(windows, url, file_url("fails.yaml"), java_script_enabled=False)
    page.check("#human")
    page.click("#play")
    href = page.get_attribute("#to-phone", "href")
    assert href is not None
    msn = href.split("/")[4]
    for deed in ("open", "approve"):
        act = f"{url}/sandbox/units/{msn}/customers/4791234567/{deed}"
        httpx.post(act, json={"reference": "acme-shop-0001"}).raise_for_status()
    sees(page, "#verdict", "Failed")
    assert page.locator("meta[http-equiv=refresh]").count() == 0


def test_ones_own_app_is_watched_in_the_sales_unit_that_is_open(windows: Windows, url: str) -> None:
    page = open_at(windows, url, file_url("application/rejected.yaml"))
    with acme(url, MSN) as app:
        page.fill("#app", app)
        page.click("#watch")
        sees(page, "#verdict", "Passed")
    assert f"Your application is the merchant, in sales unit {MSN}." in page.inner_text("#cast")
    page.click("#story-1-unit")
    page.wait_for_url(f"{url}{HOME}")


def test_a_file_with_a_mistake_is_told_and_not_played(windows: Windows, url: str) -> None:
    page = open_at(windows, url)
    mistake = page.locator(".mistake").inner_text()
    assert mistake.startswith("odd.yaml:3:5: step 1: there is no step 'merchant.captur'")
    assert page.get_by_role("button", name="Play Odd").count() == 0
    page.get_by_role("link", name="Odd", exact=True).click()
    sees(page, "#mistake .mistake", mistake)
    assert page.locator("#play").count() == 0


def test_a_search_finds_what_it_is_about(windows: Windows, url: str) -> None:
    page = open_at(windows, url)
    page.fill("#scenarios-search", "three parcels")
    page.press("#scenarios-search", "Enter")
    sees(page, ".file h3", "An order is delivered, and captured, in three parcels")
    page.goto(f"{url}{HOME}/scenarios?find=nothing+like+it")
    page.locator("#none-found").wait_for()


def test_stories_of_a_file_stand_below_each_other_and_what_is_opened_stays_open(windows: Windows, url: str) -> None:
    page = open_at(windows, url, file_url("money/special-amounts.yaml"))
    page.click("#play")
    sees(page, "#verdict", "Passed")
    assert page.locator("details.story").count() == 8
    page.click("#story-2 summary")
    page.locator("#story-2-sequence").wait_for()


def test_what_happened_is_recorded_as_a_scenario_to_keep(windows: Windows, url: str) -> None:
    page = open_at(windows, url)
    play(page, "It fails")
    sees(page, "#verdict", "Failed")
    page.click("#story-1-unit")
    page.click("#record")
    text = page.inner_text("#recording")
    assert text.startswith("scenario: ")
    assert "merchant.create_payment" in text
    with page.expect_download() as loading:
        page.click("#download")
    assert loading.value.suggested_filename.startswith("recorded-")
    assert Path(loading.value.path()).read_text().rstrip() == text.rstrip()
    page.click("#copy")
    sees(page, "#said", "Copied")


def test_whatever_a_file_says_is_text(windows: Windows, url: str, folder: Path) -> None:
    """On the list, on its page, and while it is played; and nothing sticks out."""
    title = HOSTILE.replace("'", "''")
    (folder / "<b>hostile.yaml").write_text(
        OPENING.format(title=f"'{title}'") + "  - expect.payment: {captured: 1}\n"
    )
    (folder / "<i>odd.yaml").write_text(f"scenario: x\nsteps:\n  - '{title}':\n")
    page = open_at(windows, url)
    at = [page.url, page.url + "/file?name=%3Cb%3Ehostile.yaml", page.url + "/file?name=%3Ci%3Eodd.yaml"]
    page.goto(at[1])
    page.click("#play")
    sees(page, "#verdict", "Failed")
    for place in [*at, page.url]:
        page.goto(place)
        for width in (320, 768, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (place, width)
        assert page.evaluate("typeof window.ran") == "undefined", place
        assert page.locator("b, i").count() == 0, place
    assert HOSTILE in page.inner_text("h1")
    assert windows.errors == []


def walk(page: "Page", url: str) -> Iterator[str]:
    """Go through all pages about scenarios."""
    page.goto(f"{url}{HOME}/scenarios")
    for title in ("It fails", "An order is delivered, and captured, in three parcels", "Special amounts"):
        play(page, title)
        page.locator("#verdict.good, #verdict.bad").wait_for()
        yield title
        page.goto(f"{url}{HOME}/scenarios")
    yield "scenarios"
    for name in ("odd.yaml", "application/rejected.yaml", "money/special-amounts.yaml"):
        page.goto(f"{url}{HOME}{file_url(name)}")
        yield name
    page.goto(f"{url}{HOME}{file_url('fails.yaml')}")
    page.check("#human")
    page.click("#play")
    page.locator("#your-turn").wait_for()
    yield "your turn"
    page.goto(f"{url}{HOME}/recording")
    yield "recording"


def test_no_width_scrolls_sideways(windows: Windows, url: str) -> None:
    page = open_at(windows, url)
    for place in walk(page, url):
        for width in (320, 390, 481, 721, 1024, 1440, 1521, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (place, width)


@needs_axe
def test_nothing_serious_is_in_anybodys_way(windows: Windows, url: str) -> None:
    page = open_at(windows, url, viewport={"width": 1440, "height": 900})
    found: list[str] = []
    for place in walk(page, url):
        for scheme, rules in LIGHT_AND_DARK:
            page.emulate_media(color_scheme=scheme)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found += [
                f"{place}, {scheme}: {one['help']}: {one['nodes'][0]['html'][:99]}"
                for one in violations(page, **rules)
            ]
    assert found == []


@pytest.fixture
def closed(all_windows: Windows, folder: Path) -> Iterator[tuple[Windows, str]]:
    with running(Settings(port=0, scenarios=folder, token="let-me-in")) as url, all_windows.of(url) as windows:
        yield windows, url


def test_whoever_has_logged_in_plays_in_a_sandbox_with_a_token(closed: tuple[Windows, str]) -> None:
    windows, url = closed
    page = windows.open(f"{url}/sandbox/dashboard/654321/scenarios")
    page.fill("#token", "let-me-in")
    page.press("#token", "Enter")
    play(page, "An order is delivered, and captured, in three parcels")
    sees(page, "#verdict", "Passed")
    assert windows.errors == []
