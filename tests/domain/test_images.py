"""Pictures tell by themselves what they are, and how large."""

import pytest

from sandbox.domain.images import Picture, sniff
from tests.domain.shop import png

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
APP0 = b"\xff\xe0\x00\x10" + b"JFIF".ljust(14, b"\x00")
TABLE = b"\xff\xc4\x00\x06\x00\x00\x02\x03"  # a Huffman table; its marker looks like that of a frame
PADDING = b"\xff\xff"


def frame(marker: int, height: int, width: int) -> bytes:
    return bytes([0xFF, marker, 0, 17, 8]) + height.to_bytes(2) + width.to_bytes(2) + bytes(10)


def test_a_png_tells_its_size_at_once() -> None:
    assert sniff(png(300)) == Picture("image/png", 800, 300)


@pytest.mark.parametrize("marker", [0xC0, 0xC1, 0xC2, 0xCF])
@pytest.mark.parametrize("before", [b"", APP0, APP0 + TABLE, PADDING + APP0, b"\xff\x01" + APP0])
def test_a_jpeg_tells_its_size_in_its_frame(marker: int, before: bytes) -> None:
    """Baseline or progressive, whatever comes before."""
    assert sniff(SOI + before + frame(marker, 400, 640) + EOI) == Picture("image/jpeg", 640, 400)


def test_the_first_frame_counts() -> None:
    assert sniff(SOI + frame(0xC0, 400, 640) + frame(0xC0, 1, 1)) == Picture("image/jpeg", 640, 400)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg/>",
        png()[:23],
        png().replace(b"IHDR", b"IDAT"),
        SOI,
        SOI + APP0,
        SOI + TABLE,
        SOI + frame(0xC0, 400, 640)[:8],
        SOI + b"no marker" + frame(0xC0, 400, 640),
        SOI + b"\xff" * 1000,
        SOI + b"\xff\xe0\xff\xff",
    ],
)
def test_what_does_not_tell_its_size_is_no_picture(content: bytes) -> None:
    assert sniff(content) is None


@pytest.mark.parametrize("length", [0, 1])
def test_a_segment_shorter_than_its_own_length_does_not_stop_the_reading(length: int) -> None:
    assert sniff(SOI + bytes([0xFF, 0xE0, 0, length]) + frame(0xC0, 400, 640)) == Picture("image/jpeg", 640, 400)
