"""Who is let in, and as which sales unit.

`open` access takes any credentials and makes sales units on first sight; `declared` access knows its merchants and
refuses all others, as the real gateway does.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol

from sandbox.api.gateway.problems import MsnNotAllowed, MsnNotConnected, SubscriptionKeyInvalid, TokenOfAnother
from sandbox.domain.values import value

__all__ = ["Access", "ClientUnknown", "Credentials", "DeclaredAccess", "OpenAccess", "SecretWrong"]


@value
class Credentials:
    """What Vipps gives a merchant for one sales unit; the two subscription keys are interchangeable."""

    msn: str
    client_id: str
    client_secret: str
    subscription_key: str
    secondary_subscription_key: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(msn={self.msn!r}, client_id={self.client_id!r}, …)"

    @property
    def subscription_keys(self) -> frozenset[str]:
        return frozenset({self.subscription_key, self.secondary_subscription_key or self.subscription_key})


class ClientUnknown(Exception):
    """No merchant has that client_id."""


class SecretWrong(Exception):
    """The client_secret does not belong to the client_id."""


class Access(Protocol):
    def check_subscription_key(self, key: str) -> None:
        """Raise SubscriptionKeyInvalid unless somebody has that key."""

    def check_client(self, client_id: str, client_secret: str, subscription_key: str) -> None:
        """Raise ClientUnknown, SecretWrong or SubscriptionKeyInvalid unless the three belong together."""

    def is_partner(self, client_id: str) -> bool:
        """Tell whether these are a partner's credentials: for several sales units, of which each call names one."""

    def msn_for(self, client_id: str, subscription_key: str | None, asked: str | None) -> str:
        """Return the sales unit that a call is for.

        Args:
            asked: The header Merchant-Serial-Number; without it the credentials decide.

        Raises:
            MsnNotAllowed: the sales unit is somebody else's.
            MsnNotConnected: a partner names none, or one that is not the partner's.
            Unauthorized: the token and the subscription key are not of the same merchant.
        """


class OpenAccess:
    """Anybody may be any sales unit.

    Args:
        home: The credentials that are printed at the start; their client_id means their sales unit.
    """

    def __init__(self, home: Credentials) -> None:
        self._home = home

    def check_subscription_key(self, key: str) -> None: ...

    def check_client(self, client_id: str, client_secret: str, subscription_key: str) -> None: ...

    def is_partner(self, client_id: str) -> bool:
        return False

    def msn_for(self, client_id: str, subscription_key: str | None, asked: str | None) -> str:
        if asked is not None:
            return asked
        if client_id == self._home.client_id:
            return self._home.msn
        # Always the same for the same client, and hardly ever anybody else's.
        return str(1_000_000 + int.from_bytes(sha256(client_id.encode()).digest()[:4]) % 9_000_000)


class DeclaredAccess:
    """Only merchants that were configured may come in, and only as their own sales units.

    A client_id that was declared for several sales units is a partner's.
    """

    def __init__(self, credentials: Iterable[Credentials]) -> None:
        self._credentials = tuple(credentials)

    def check_subscription_key(self, key: str) -> None:
        if not any(key in one.subscription_keys for one in self._credentials):
            raise SubscriptionKeyInvalid

    def check_client(self, client_id: str, client_secret: str, subscription_key: str) -> None:
        self.check_subscription_key(subscription_key)
        mine = self._of(client_id)
        if not mine:
            raise ClientUnknown(client_id)
        if not any(one.client_secret == client_secret for one in mine):
            raise SecretWrong(client_id)
        if not any(subscription_key in one.subscription_keys for one in mine):
            raise SubscriptionKeyInvalid

    def is_partner(self, client_id: str) -> bool:
        return len(self._units_of(client_id)) > 1

    @property
    def partners(self) -> dict[str, tuple[str, ...]]:
        """The serial numbers of each partner's sales units, by client_id."""
        clients = dict.fromkeys(one.client_id for one in self._credentials)
        return {client_id: self._units_of(client_id) for client_id in clients if self.is_partner(client_id)}

    def msn_for(self, client_id: str, subscription_key: str | None, asked: str | None) -> str:
        mine = self._of(client_id)
        if subscription_key is not None and not any(subscription_key in one.subscription_keys for one in mine):
            raise TokenOfAnother
        own = self._units_of(client_id)
        if asked is None and len(own) == 1:
            return own[0]
        if asked is not None and asked in own:
            return asked
        raise MsnNotConnected(asked, own) if len(own) > 1 else MsnNotAllowed(asked or "", own)

    def _units_of(self, client_id: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.msn for one in self._of(client_id)))

    def _of(self, client_id: str) -> tuple[Credentials, ...]:
        return tuple(one for one in self._credentials if one.client_id == client_id)
