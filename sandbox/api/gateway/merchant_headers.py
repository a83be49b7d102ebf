"""The headers by which a call says which sales unit it is for, and that its merchant may call."""

import re
from functools import lru_cache
from typing import Annotated, Final

from pydantic import Field

__all__ = ["MSN", "MSN_PATTERN", "SUBSCRIPTION_KEY", "Msn", "is_msn"]

MSN: Final = "merchant-serial-number"
SUBSCRIPTION_KEY: Final = "ocp-apim-subscription-key"
MSN_PATTERN: Final = "^[0-9]{4,10}$"
Msn = Annotated[str, Field(pattern=MSN_PATTERN)]
_IS_MSN: Final = re.compile("[0-9]{4,10}")


@lru_cache(maxsize=512)
def is_msn(text: str) -> bool:
    return _IS_MSN.fullmatch(text) is not None
