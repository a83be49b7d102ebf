"""The page that `play --html` writes, in a browser: in nobody's way, in both themes, on a phone and on a desk."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.playback import Stage, load, play_all
from sandbox.playback.written_reports import as_html
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"
STORY = """
scenario: An invoice that is said to be paid though nobody has approved it, and nobody is going to
about: It goes otherwise.
given: {clock: 2023-09-01T08:00:00Z}
steps:
  - merchant.create_payment:
      as: invoice
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, userFlow: PUSH_MESSAGE,
             customer: {phoneNumber: "4791234567"}, reference: acme-invoice-of-an-unusually-long-name-0001}
  - merchant.capture: {amount: 2000, before_its_answer: [customer.open: ], expect: {code: "6080"}}
"""
FAILS = "  - expect.payment: {state: AUTHORIZED, captured: 2000}\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    for name, text in (("good", STORY), ("bad", STORY + FAILS)):
        (folder / f"{name}.yaml").write_text(text)
    stories = [load(folder / f"{name}.yaml")[0] for name in ("good", "bad")]
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        (folder / "report.html").write_text(as_html(play_all(stories, stage)))
    return folder / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_report_is_in_nobodys_way(chromium: "Chromium", report: Path, width: int, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core: npm install --prefix tests/node")
    options = {"viewport": {"width": width, "height": 900}, "bypass_csp": True}
    context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light", **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((details) => details.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then((results) => results.violations)")
    context.close()
    assert [(one["help"], one["nodes"][0]["html"][:120]) for one in found] == []
