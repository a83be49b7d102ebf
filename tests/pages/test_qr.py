"""The user flow QR: `redirectUrl` is a picture, and what it says leads to the landing page."""

from io import BytesIO

import httpx
import pytest
import zxingcpp
from PIL import Image

from sandbox.api.links import landing_page_url
from tests.api.merchant import HOST, Merchant, WallClock, order, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def _merchant(http: httpx.AsyncClient) -> Merchant:
    merchant = Merchant(http, "654001")
    await merchant.log_in()
    return merchant


async def _created(merchant: Merchant, qr_format: dict[str, object] | None) -> str:
    body = order(reference="acme-qr-1", userFlow="QR", customer=None, returnUrl=None, qrFormat=qr_format)
    created = await merchant.create(body)
    assert created.status_code == 201, created.text
    link: str = created.json()["redirectUrl"]
    assert (await merchant.get("acme-qr-1")).json()["redirectUrl"] == link
    return link


@pytest.mark.anyio
@pytest.mark.parametrize("size", [None, 100, 333, 2000])
async def test_a_png_is_no_larger_than_asked_and_says_where_the_payment_is(size: int | None) -> None:
    async with serving(real_now=WallClock()) as http:
        merchant = await _merchant(http)
        asked: dict[str, object] = {"format": "IMAGE/PNG"} | ({} if size is None else {"size": size})
        picture = await http.get(await _created(merchant, asked))
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    image = Image.open(BytesIO(picture.content))
    longest = size or 1024
    assert longest / 2 < image.width == image.height <= longest
    (code,) = zxingcpp.read_barcodes(image.convert("L"))
    assert code.text == landing_page_url(HOST, "654001", "acme-qr-1")
    assert (await _landing(code.text)).startswith("<!doctype html>")


async def _landing(url: str) -> str:
    """Return the landing page of a payment like the one that the code was of."""
    async with serving(real_now=WallClock()) as http:
        await _created(await _merchant(http), None)
        return (await http.get(url)).text


@pytest.mark.anyio
@pytest.mark.parametrize("qr_format", [None, {"format": "IMAGE/SVG+XML"}])
async def test_an_svg_is_what_comes_when_nothing_is_asked(qr_format: dict[str, object] | None) -> None:
    async with serving(real_now=WallClock()) as http:
        picture = await http.get(await _created(await _merchant(http), qr_format))
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    assert b"<svg" in picture.content


@pytest.mark.anyio
async def test_the_target_url_is_the_landing_page() -> None:
    async with serving(real_now=WallClock()) as http:
        link = await _created(await _merchant(http), {"format": "TEXT/TARGETURL"})
    assert link == landing_page_url(HOST, "654001", "acme-qr-1")


@pytest.mark.anyio
async def test_a_code_lives_as_long_as_its_payment() -> None:
    async with serving(real_now=WallClock()) as http:
        merchant = await _merchant(http)
        link = await _created(merchant, None)
        await merchant.advance("PT10M")
        picture = await http.get(link)
        assert (picture.status_code, "Its payment has ended" in picture.text) == (410, True)
        assert (await http.get(link.replace("token=", "token=x"))).status_code == 404


@pytest.mark.anyio
async def test_whoever_scans_it_can_pay() -> None:
    async with serving(real_now=WallClock()) as http:
        merchant = await _merchant(http)
        await _created(merchant, None)
        await merchant.customer().open("acme-qr-1")
        await merchant.customer().approve("acme-qr-1")
        assert (await merchant.get("acme-qr-1")).json()["state"] == "AUTHORIZED"


@pytest.mark.anyio
@pytest.mark.parametrize("size", [99, 2001])
async def test_a_size_has_bounds(size: int) -> None:
    async with serving(real_now=WallClock()) as http:
        merchant = await _merchant(http)
        answer = await merchant.create(order(userFlow="QR", qrFormat={"format": "IMAGE/PNG", "size": size}))
    assert answer.json()["extraDetails"] == [
        {"name": "qrFormat.size", "reason": "The field Size must be between 100 and 2000."}
    ]
