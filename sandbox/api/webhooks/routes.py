"""The operations of the Webhooks API. Source: Webhooks OpenAPI 1; Webhooks guide."""

from typing import Final
from uuid import UUID

from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.operations import PROBLEM_JSON
from sandbox.api.gateway.parsing import parse
from sandbox.api.webhooks import models
from sandbox.api.webhooks.problems import PROBLEMS, ProblemDetails, refuse, reject_input
from sandbox.domain import errors, webhooks
from sandbox.domain.commands import RemoveWebhook
from sandbox.domain.urls import is_webhook_url

__all__ = ["OPERATIONS"]

_PATH: Final = "/webhooks/v1/webhooks"

API: Final = Api(
    name="Webhooks",
    refuse=refuse,
    reject_input=reject_input,
    problem=ProblemDetails,
    problem_content_type=PROBLEM_JSON,
    problems=PROBLEMS,
    params={"id": UUID},
)


def register_webhook(call: Call) -> Answer:
    """Register a webhook: be told of events, at a URL."""
    command = parse(models.RegisterRequest, call).to_domain()
    already = sum(known.url == command.url for known in call.state.webhooks.registrations.values())
    made = call.unit.do(webhooks.register, command)[0] if call.partner is None else call.partner.register(command)
    if not is_webhook_url(command.url, strict=True):
        call.note("url is no https URL that the internet can reach: production answers 400.")
    if already:
        call.note(
            f"This URL is registered {already + 1} times now: it is told of everything as often, each time signed "
            "with another secret."
        )
    return json_answer({"id": made.registration_id, "secret": made.secret}, 201)


def get_webhooks(call: Call) -> Answer:
    """List the webhooks that are registered, without their secrets."""
    known = call.state.webhooks.of(None if call.partner is None else call.partner.client_id)
    return json_answer({"webhooks": [{"id": one.id, "url": one.url, "events": list(one.events)} for one in known]})


def delete_webhook(call: Call) -> Answer:
    """Delete a webhook; what it was still owed is not sent any more."""
    registration_id = call.params["id"].lower()
    if call.partner is None:
        call.unit.do(webhooks.remove, RemoveWebhook(registration_id=registration_id))
    else:
        call.partner.remove(registration_id)
    return Answer(204)


OPERATIONS: Final = (
    Operation(
        id="registerWebhook",
        api=API,
        method="POST",
        path=_PATH,
        for_partners=True,
        handler=register_webhook,
        takes=models.RegisterRequest,
        answers={201: models.RegisterResponse},
        refuses=(
            errors.WebhookUrlInvalid,
            errors.WebhookEventsMissing,
            errors.WebhookEventUnknown,
            errors.TooManyRegistrations,
        ),
    ),
    Operation(
        id="getWebhooks",
        api=API,
        method="GET",
        path=_PATH,
        for_partners=True,
        handler=get_webhooks,
        answers={200: models.QueryResponse},
    ),
    Operation(
        id="deleteWebhook",
        api=API,
        method="DELETE",
        path=f"{_PATH}/{{id}}",
        for_partners=True,
        handler=delete_webhook,
        answers={204: None},
        refuses=(errors.RegistrationIdInvalid, errors.RegistrationUnknown),
    ),
)
