"""How a sandbox is set up: by the command line's options, or `SANDBOX_*` environment variables.

Built once, at the edge, and passed down; nothing else reads the environment.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sandbox.api.gateway import Credentials
from sandbox.domain.customers import Persona
from sandbox.domain.sales_unit import Profile, UnitSettings, WebhookTarget

__all__ = ["HOME", "AccessMode", "DeclaredUnit", "LogFormat", "LogLevel", "Settings"]

# What is printed at the start for a merchant's app to use. With open access any other credentials do as well.
HOME: Final = Credentials(
    msn="654321",
    client_id="5a0d50b1-9d3c-4c5e-8f5b-000000654321",
    client_secret="c2FuZGJveC1jbGllbnQtc2VjcmV0LTY1NDMyMQ==",  # noqa: S106 - opens nothing but a sandbox
    subscription_key="5a0d50b19d3c4c5e8f5b000000654321",
)

# What a certificate is for besides `tls_hosts`: this machine, and Vipps's own names.
_TLS_HOSTS: Final = ("localhost", "127.0.0.1", "::1", "apitest.vipps.no", "api.vipps.no")


class AccessMode(StrEnum):
    OPEN = "open"  # any credentials, any sales unit
    DECLARED = "declared"  # only the sales units in `units`, with their credentials


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"  # an object a line


def _folder(value: Any) -> Any:
    """Return a folder; nothing if it was said to be none."""
    return None if value == "" else value


class DeclaredUnit(BaseModel):
    """A sales unit that is let in with declared access."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    msn: str = Field(pattern="^[0-9]{4,10}$")
    client_id: str
    client_secret: str
    subscription_key: str
    secondary_subscription_key: str | None = None

    def to_credentials(self) -> Credentials:
        return Credentials(**self.model_dump())


class Settings(BaseSettings):
    """The settings of one sandbox; each is also an environment variable with the prefix `SANDBOX_`."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_", frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="The address to listen on; loopback unless told otherwise.")
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+$",
        description="What links begin with, if browsers reach the sandbox under another URL than merchants do.",
    )
    access: AccessMode = Field(AccessMode.OPEN, description="Whom to let in: anybody, or declared sales units only.")
    units: tuple[DeclaredUnit, ...] = Field(
        (), description="The sales units of declared access, as JSON; without any, the printed credentials."
    )
    customer: Persona = Field(Persona.MANUAL, description="How customers answer when nobody plays them.")
    profile: Profile = Field(Profile.LENIENT, description="Take what production likely takes, or the specification.")
    token: str | None = Field(
        None,
        min_length=1,
        description="Closes the sandbox's own API, the dashboard and the phone to whoever does not have it.",
    )
    webhook_targets: tuple[WebhookTarget, ...] = Field(
        (), description="Where the hosts of webhooks really listen, as JSON: a list of host, url and verify_tls."
    )
    scenarios: Annotated[Path | None, BeforeValidator(_folder)] = Field(
        None, description="The folder of scenarios that the dashboard offers to play."
    )
    tls: bool = Field(False, description="Serve https, with a certificate of a local authority.")
    tls_hosts: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]+$")], ...] = Field(
        (), description="More names and addresses that the certificate is for, as JSON."
    )
    tls_folder: Path | None = Field(
        None, description="Where the authority is kept for the next start; without it each start has a new one."
    )
    tls_ca_file: Path | None = Field(
        None, description="Where the authority's certificate is written, for clients to trust."
    )
    log_level: LogLevel = Field(LogLevel.INFO, description="How much is logged.")
    log_format: LogFormat = Field(LogFormat.TEXT, description="How the log is written: for people, or as JSON lines.")

    @property
    def names(self) -> tuple[str, ...]:
        """The names and addresses that the sandbox answers for with a certificate; none without TLS."""
        return (*_TLS_HOSTS, *self.tls_hosts) if self.tls else ()

    @property
    def unit_settings(self) -> UnitSettings:
        """What a new sales unit gets."""
        return UnitSettings(customer=self.customer, profile=self.profile, webhook_targets=self.webhook_targets)

    @property
    def credentials(self) -> tuple[Credentials, ...]:
        return tuple(unit.to_credentials() for unit in self.units) or (HOME,)
