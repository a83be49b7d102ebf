"""How the application is set up, by environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

__all__ = ["Bug", "Settings"]


class Bug(StrEnum):
    """What integrations get wrong most often."""

    NO_CAPTURE = "no-capture"  # the customer has approved, but the money is never taken
    NEW_KEY_ON_RETRY = "new-key-on-retry"  # what is tried again has another Idempotency-Key, and happens twice
    TRUST_RETURN_URL = "trust-return-url"  # whoever comes back to the return URL is believed to have paid


@dataclass(frozen=True, slots=True)
class Settings:
    """Where Vipps is, the keys for it, and where the application itself is reached."""

    vipps_url: str
    client_id: str
    client_secret: str
    subscription_key: str
    msn: str
    own_url: str
    database: str = ":memory:"
    bugs: frozenset[Bug] = frozenset()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings.

        Raises:
            KeyError: one is missing.
            ValueError: there is no such bug.
        """
        return cls(
            vipps_url=environment.get("VIPPS_BASE_URL", "https://apitest.vipps.no"),
            client_id=environment["VIPPS_CLIENT_ID"],
            client_secret=environment["VIPPS_CLIENT_SECRET"],
            subscription_key=environment["VIPPS_SUBSCRIPTION_KEY"],
            msn=environment["VIPPS_MSN"],
            own_url=environment.get("ACME_URL", "http://localhost:3000"),
            database=environment.get("ACME_DATABASE", "acme.sqlite"),
            bugs=frozenset(Bug(name) for name in environment.get("ACME_BUGS", "").split(",") if name),
        )
