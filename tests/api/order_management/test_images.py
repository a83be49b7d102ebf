"""`POST /order-management/v1/images`: pictures that categories refer to."""

import struct
import zlib
from base64 import b64encode
from typing import Any

import pytest

from tests.api.merchant import Merchant, told

_IMAGES = "/order-management/v1/images"


def _png(width: int, height: int, padding: int = 0) -> bytes:
    """Return the beginning of a PNG, as much as tells its size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + bytes(padding)
    )


def _jpeg(width: int, height: int) -> bytes:
    """Return the beginning of a JPEG: a comment, padding, a table, then the frame that tells the size."""
    table = b"\xff\xc4" + struct.pack(">H", 4) + b"\x00\x00"
    frame = b"\xff\xc2" + struct.pack(">HBHH", 11, 8, height, width)
    return b"\xff\xd8\xff\xfe" + struct.pack(">H", 5) + b"abc\xff" + table + frame


def _image(content: bytes, image_id: str = "socks-orange-123") -> dict[str, Any]:
    return {"imageId": image_id, "src": b64encode(content).decode(), "type": "base64"}


def _refused(name: str, reason: str) -> dict[str, Any]:
    return {
        "type": "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.1",
        "title": "One or more validation errors occurred.",
        "detail": "BadRequest",
        "instance": "…",
        "invalidParams": [{"name": name, "reason": reason}],
    }


@pytest.mark.shows("post-image", 200)
@pytest.mark.anyio
@pytest.mark.parametrize("content", [_png(167, 167), _jpeg(640, 480)])
@pytest.mark.parametrize("path", [_IMAGES, f"{_IMAGES}/", "/v1/images", "/v1/images/"])
async def test_an_image_is_kept_for_categories_to_refer_to(merchant: Merchant, content: bytes, path: str) -> None:
    uploaded = await merchant.call("POST", path, _image(content))
    assert (uploaded.status_code, uploaded.json()) == (200, {"imageId": "socks-orange-123"})
    category = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/", "imageId": "socks-orange-123"}
    assert (await merchant.put_category("acme-shop-1", category)).status_code == 200
    assert (await merchant.get_order("acme-shop-1")).json() == {"category": category}


@pytest.mark.shows("put-category-v2", 404, "no image")
@pytest.mark.anyio
async def test_an_image_must_be_there_before_a_category_refers_to_it(strict: Merchant) -> None:
    category = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/", "imageId": "none"}
    answer = await strict.put_category("acme-shop-1", category)
    reason = "There is no image none; it must be uploaded before a category refers to it."
    assert (answer.status_code, told(answer)) == (
        404,
        {
            "type": "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.4",
            "title": "Not Found",
            "detail": reason,
            "instance": "…",
            "invalidParams": [{"name": "ImageId", "reason": reason}],
        },
    )
    assert (await strict.get_order("acme-shop-1")).status_code == 404


@pytest.mark.shows("post-image", 409, "image taken")
@pytest.mark.anyio
async def test_an_image_cannot_be_replaced_even_by_itself(merchant: Merchant) -> None:
    await merchant.call("POST", _IMAGES, _image(_png(167, 167)))
    again = await merchant.call("POST", _IMAGES, _image(_png(167, 167)))
    assert again.status_code == 409
    assert "duplicate" in again.json()["detail"].lower()


@pytest.mark.anyio
async def test_images_of_two_sales_units_never_meet(merchant: Merchant, strict: Merchant) -> None:
    for one in (merchant, strict):
        assert (await one.call("POST", _IMAGES, _image(_png(167, 167)))).status_code == 200


@pytest.mark.shows("post-image", 400, "image")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_png(500, 166), "The height of the image is 166 pixels; at least 167 are asked."),
        (_jpeg(500, 166), "The height of the image is 166 pixels; at least 167 are asked."),
        (_png(500, 500)[:20], "The image is neither PNG nor JPEG."),
        (_jpeg(500, 500)[:-3], "The image is neither PNG nor JPEG."),
        (b"\xff\xd8" + b"\xff" * 100, "The image is neither PNG nor JPEG."),
        (b"GIF89a" + bytes(100), "The image is neither PNG nor JPEG."),
        (b"", "The image is neither PNG nor JPEG."),
        (_png(500, 500, 2**21), "The size of the image is 2097185 bytes; 2097152 are allowed."),
    ],
)
async def test_what_is_no_fit_picture_is_refused(strict: Merchant, content: bytes, reason: str) -> None:
    answer = await strict.call("POST", _IMAGES, _image(content))
    assert (answer.status_code, told(answer)) == (400, _refused("Src", reason))


@pytest.mark.shows("post-image", 400, "image")
@pytest.mark.anyio
@pytest.mark.parametrize("src", ["data:image/png;base64,AAAA", "https://example.com/a.png", "AAA", "ø", "A A="])
async def test_an_image_comes_as_base64_and_nothing_else(merchant: Merchant, src: str) -> None:
    answer = await merchant.call("POST", _IMAGES, {"imageId": "a", "src": src, "type": "base64"})
    reason = "The field Src must be the picture's bytes in base64, without a data: prefix."
    assert (answer.status_code, told(answer)) == (400, _refused("Src", reason))


@pytest.mark.shows("post-image", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "change", [{"type": "url"}, {"imageId": "a/b"}, {"imageId": ""}, {"imageId": "x" * 129}, {"src": None}]
)
async def test_an_image_of_the_wrong_form_is_refused(merchant: Merchant, change: dict[str, Any]) -> None:
    assert (await merchant.call("POST", _IMAGES, _image(_png(167, 167)) | change)).status_code == 400


@pytest.mark.anyio
async def test_an_image_body_may_be_larger_than_others_and_has_an_end_too(merchant: Merchant) -> None:
    assert (await merchant.call("POST", _IMAGES, b" " * (4 * 2**20 + 1))).status_code == 413
    assert (await merchant.call("PUT", "/v2/ecom/categories/a", b" " * (2**20 + 1))).status_code == 413
