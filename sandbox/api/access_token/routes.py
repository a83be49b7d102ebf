"""`POST /accesstoken/get`. Source: Access Token OpenAPI 2.0.0; Access Token guide."""

from typing import Final

from sandbox.api.access_token.models import AccessToken
from sandbox.api.access_token.problems import (
    DirectoryError,
    client_unknown,
    headers_missing,
    refuse,
    reject_input,
    secret_wrong,
)
from sandbox.api.gateway import Access, Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.access import ClientUnknown, SecretWrong
from sandbox.api.gateway.dotnet import must_match
from sandbox.api.gateway.merchant_headers import MSN, MSN_PATTERN, SUBSCRIPTION_KEY, Msn, is_msn
from sandbox.api.gateway.operations import Parameter
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.api.gateway.tokens import RESOURCE, TOKEN_LIFETIME, issue_token
from sandbox.world import World

__all__ = ["operations"]

API: Final = Api(name="Access Token", refuse=refuse, reject_input=reject_input)

_HEADERS: Final = (
    Parameter(name="client_id", place="header", about="The sales unit's; with open access anything will do."),
    Parameter(name="client_secret", place="header", about="The sales unit's; with open access anything will do."),
    Parameter(
        name="Merchant-Serial-Number",
        place="header",
        shape=Msn,
        required=False,
        about="The sales unit that the token is for, where later calls name none.",
    ),
)


def operations(access: Access, world: World) -> list[Operation]:
    """Return the API's operations: merchants are told from one another by *access*."""

    def fetch_authorization_token(call: Call) -> Answer:
        """Get an access token, for an hour."""
        client_id, client_secret = (call.headers.get(name, "") for name in ("client_id", "client_secret"))
        # Not a unit's clock: a client that is not known has no unit.
        missing = [name for name in ("client_id", "client_secret") if not call.headers.get(name)]
        if missing:
            call.refusal = InvalidInput(*(FieldError(name, f"The header {name} is missing.") for name in missing))
            return headers_missing(missing, world.real_now())
        asked = call.headers.get(MSN) or None
        if asked is not None and not is_msn(asked):
            reason = must_match("MerchantSerialNumber", MSN_PATTERN)
            call.refusal = InvalidInput(FieldError("Merchant-Serial-Number", reason))
            return headers_missing(["Merchant-Serial-Number"], world.real_now())
        try:
            access.check_client(client_id, client_secret, call.headers[SUBSCRIPTION_KEY])
        except ClientUnknown as unknown:
            call.refusal = unknown
            return client_unknown(unknown, world.real_now())
        except SecretWrong as wrong:
            call.refusal = wrong
            return secret_wrong(wrong, world.real_now())
        names_none = asked is None and access.is_partner(client_id)
        unit = None if names_none else world.find(access.msn_for(client_id, None, asked))
        now = world.real_now() if unit is None else unit.now()
        token, times = issue_token(client_id, asked, now, world.real_now())
        lifetime = str(int(TOKEN_LIFETIME.total_seconds()))
        answer = AccessToken(
            expires_in=lifetime,
            ext_expires_in=lifetime,
            expires_on=str(times["exp"]),
            not_before=str(times["nbf"]),
            resource=RESOURCE,
            access_token=token,
        )
        return json_answer(answer.model_dump())

    return [
        Operation(
            id="fetchAuthorizationTokenUsingPost",
            api=API,
            method="POST",
            path="/accesstoken/get",
            handler=fetch_authorization_token,
            parameters=_HEADERS,
            answers={200: AccessToken, 400: DirectoryError, 401: DirectoryError},
            needs_token=False,
            any_case=True,
        )
    ]
