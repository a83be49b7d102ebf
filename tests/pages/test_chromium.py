"""Both invoice flows by clicking alone, in Chromium with JavaScript switched off, over real sockets."""

from sandbox.client import Amount
from tests.pages.chromium import MSN, Merchant, Windows, sees

REFERENCE = "acme-shop-123-order123abc"


def test_flow_a_is_a_matter_of_clicking(windows: Windows, merchant: Merchant) -> None:
    """Landing page, number, consent, payment; then the landing page arrives at the merchant's by itself."""
    site = merchant.site
    path = "/redirect?orderId=1512202&x=%C3%B8%2F+a~b!$()*,;="
    page = windows.open(merchant.create(returnUrl=site.url + path), java_script_enabled=False)
    assert page.input_value("#phone-number") == "+47 912 34 567"
    page.click("#next")
    sees(page, "h1", "Complete in Vipps")

    with page.expect_popup() as opened:
        page.click("#phone")
    phone = opened.value
    phone.click(f"#request-{MSN}-{REFERENCE}")
    sees(phone, "dd", "+47 912 34 567")
    phone.click("#share")
    sees(phone, "#amount", "2 000,00 kr")
    phone.click("#approve")
    sees(phone, "#outcome", "Paid")

    page.wait_for_url(site.url + "/**")
    sees(page, "h1", "Thanks for your order!")
    assert site.asked == [path]
    assert site.referrers == {None}
    assert merchant.state(REFERENCE) == "AUTHORIZED"

    phone.click("#return")
    sees(phone, "h1", "Thanks for your order!")
    assert site.asked == [path, path]
    assert site.referrers == {None}


def test_flow_b_is_a_matter_of_clicking(windows: Windows, merchant: Merchant) -> None:
    """A push; the details with the merchant's invoice in a sheet; not now; and paid in the end."""
    site, category = merchant.site, {"category": "GENERAL", "orderDetailsUrl": f"{merchant.site.url}/orderdetails/1"}
    merchant.vipps.put_category("ecom", "acme-invoice-424243", category)
    reference = merchant.send_invoice()
    request = f"#request-{MSN}-{reference}"

    page = windows.open(merchant.phone(), java_script_enabled=False)
    page.click(request)
    sees(page, "#description", "Invoice 424243")
    page.click("#see-details")
    page.click("#order-details")
    sees(page, "#order-url", f"{site.url}/orderdetails/1")
    sees_in_frame = page.frame_locator("#order-frame").locator("h1")
    sees_in_frame.wait_for()
    assert site.asked == ["/orderdetails/1"]
    assert site.referrers == {None}
    page.click("#close")
    page.click("#close")
    page.click("#pay-later")
    sees(page, f"{request} .badge", "Postponed")
    assert merchant.state(reference) == "CREATED"

    page.click(request)
    page.click("#approve")
    sees(page, "#outcome", "Paid")
    sees(page, "#status", "Reserved")
    assert page.locator("#return").count() == 0
    amount = Amount(value=200_000, currency="NOK")
    assert merchant.vipps.get_payment(reference).aggregate.authorized_amount == amount

    merchant.vipps.capture(reference, amount)
    page.click("#inbox")
    sees(page, f"#payment-{MSN}-{reference} .badge", "Paid")


def test_flow_b_in_its_first_form(windows: Windows, merchant: Merchant) -> None:
    """February 2023: Give access, See details, and Cancel with a choice behind it; all without scripts."""
    merchant.configure(appSkin="seed")
    reference = merchant.send_invoice(profile={"scope": "phoneNumber"})
    page = windows.open(merchant.request(reference), java_script_enabled=False)
    page.click("#open")
    sees(page, "h1", "Give access")
    sees(page, "#share", "Give access")
    page.click("#share")
    page.click("#cancel")
    sees(page, "#pay-later", "I'll pay later")
    sees(page, "#reject", "Reject payment")
    page.click("#pay-later")
    sees(page, f"#request-{MSN}-{reference} .badge", "Postponed")
    page.click(f"#request-{MSN}-{reference}")
    page.click("#cancel")
    page.click("#reject")
    sees(page, "#outcome", "Cancelled")
    assert merchant.state(reference) == "ABORTED"


def test_cancel_arrives_at_return_url(windows: Windows, merchant: Merchant) -> None:
    """Through the form's redirect; what is not ASCII arrives as a browser writes it."""
    site = merchant.site
    created = merchant.create(returnUrl=f"{site.url}/bestilling/blåbærgrøt?å=ø")
    page = windows.open(created, java_script_enabled=False)
    page.click("#cancel")
    sees(page, "h1", "Thanks for your order!")
    assert site.asked == ["/bestilling/bl%C3%A5b%C3%A6rgr%C3%B8t?%C3%A5=%C3%B8"]
    assert merchant.state(REFERENCE) == "ABORTED"


def test_foreign_site_cannot_click(windows: Windows, merchant: Merchant) -> None:
    """A form on another site's page, sent to the phone by a click, is refused."""
    action = f"{merchant.request(merchant.send_invoice())}/open"
    merchant.site.page = f'<form method="post" action="{action}"><button id="lure">Win a prize</button></form>'
    page = windows.open(merchant.site.url, java_script_enabled=False)
    page.click("#lure")
    sees(page, "h1", "From another site")


def test_landing_page_cannot_be_framed(windows: Windows, merchant: Merchant) -> None:
    """As Vipps forbids it, so that what would fail there fails here."""
    merchant.site.page = f'<iframe id="frame" src="{merchant.create()}"></iframe>'
    page = windows.open(merchant.site.url)
    page.frame_locator("#frame").locator("body").wait_for(state="attached")
    assert page.frame_locator("#frame").locator("#next").count() == 0
    assert any("frame-ancestors" in error for error in windows.errors)
