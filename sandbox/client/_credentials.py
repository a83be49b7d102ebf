"""Who calls: a sales unit's keys, and the system that uses them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Credentials", "SystemInfo"]

LONGEST_SYSTEM_VALUE: Final = 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """A sales unit's keys, as the portal shows them; the secret ones are left out of the repr."""

    client_id: str
    client_secret: str = field(repr=False)
    subscription_key: str = field(repr=False)
    merchant_serial_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo:
    """The merchant's system, told to Vipps in every call for the sake of support.

    Raises:
        ValueError: A value is longer than 30 characters.
    """

    name: str = "vipps-reference-client"
    version: str = "1"
    plugin_name: str | None = None
    plugin_version: str | None = None

    def __post_init__(self) -> None:
        for name, value in self.headers().items():
            if len(value) > LONGEST_SYSTEM_VALUE:
                raise ValueError(f"{name} may have {LONGEST_SYSTEM_VALUE} characters, {value!r} has {len(value)}")

    def headers(self) -> Mapping[str, str]:
        given = {
            "Vipps-System-Name": self.name,
            "Vipps-System-Version": self.version,
            "Vipps-System-Plugin-Name": self.plugin_name,
            "Vipps-System-Plugin-Version": self.plugin_version,
        }
        return {name: value for name, value in given.items() if value is not None}
