"""A picture that Order Management takes."""

from base64 import b64encode
from typing import Final

__all__ = ["PICTURE"]

# The beginning of a PNG, as much as tells its size: 200 pixels square; in base64.
PICTURE: Final = b64encode(
    b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + b"IHDR" + (200).to_bytes(4) + (200).to_bytes(4)
).decode()
