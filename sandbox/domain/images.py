"""What kind of picture some bytes are, by their own testimony: PNG or JPEG, and how large.

Source: the PNG specification (IHDR comes first), JPEG's frame headers (ITU T.81, B.2.2).
"""

import struct
from collections.abc import Iterator
from typing import Final

from sandbox.domain.values import value

__all__ = ["Picture", "sniff"]

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # TEM, RST0 to RST7, SOI
_NO_FRAMES: Final = frozenset({0xC4, 0xC8, 0xCC})  # within the range of frame headers, but none


@value(kw_only=False)
class Picture:
    """A picture's media type, and its size in pixels."""

    media_type: str
    width: int
    height: int


def sniff(content: bytes) -> Picture | None:
    """Return what picture *content* is; None if it is neither PNG nor JPEG, or cut off before it tells its size."""
    if content.startswith(_PNG):
        return _png(content)
    if content.startswith(_JPEG):
        return next(_jpeg_frames(content), None)
    return None


def _png(content: bytes) -> Picture | None:
    if len(content) < 24 or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return Picture("image/png", width, height)


def _jpeg_frames(content: bytes) -> Iterator[Picture]:
    place = len(_JPEG)
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:  # padding
            place += 1
        elif marker in _WITHOUT_LENGTH:
            place += 2
        else:
            if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES and place + 9 <= len(content):
                height, width = struct.unpack(">HH", content[place + 5 : place + 9])
                yield Picture("image/jpeg", width, height)
            place += 2 + max(2, int.from_bytes(content[place + 2 : place + 4]))
