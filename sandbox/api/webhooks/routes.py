"""The operations of the Webhooks API. Source: Webhooks OpenAPI 1; Webhooks guide."""

from typing import Final

from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.operations import Handler
from sandbox.api.gateway.parsing import parse
from sandbox.api.webhooks import models
from sandbox.api.webhooks.problems import refuse, reject_input
from sandbox.domain import webhooks
from sandbox.domain.commands import RemoveWebhook
from sandbox.domain.urls import is_webhook_url

__all__ = ["OPERATIONS"]

_PATH: Final = "/webhooks/v1/webhooks"

API: Final = Api(name="Webhooks", refuse=refuse, reject_input=reject_input)


def register_webhook(call: Call) -> Answer:
    command = parse(models.RegisterRequest, call).to_domain()
    already = sum(known.url == command.url for known in call.state.webhooks.registrations.values())
    made = call.unit.do(webhooks.register, command)[0]
    if not is_webhook_url(command.url, strict=True):
        call.note("url is no https URL that the internet can reach: production answers 400.")
    if already:
        call.note(
            f"This URL is registered {already + 1} times now: it is told of everything as often, each time signed "
            "with another secret."
        )
    return json_answer({"id": made.registration_id, "secret": made.secret}, 201)


def get_webhooks(call: Call) -> Answer:
    known = call.state.webhooks.registrations.values()
    return json_answer({"webhooks": [{"id": one.id, "url": one.url, "events": list(one.events)} for one in known]})


def delete_webhook(call: Call) -> Answer:
    call.unit.do(webhooks.remove, RemoveWebhook(registration_id=call.params["id"].lower()))
    return Answer(204)


def _operation(id_: str, method: str, path: str, handler: Handler) -> Operation:
    return Operation(id=id_, api=API, method=method, path=path, handler=handler)


OPERATIONS: Final = (
    _operation("registerWebhook", "POST", _PATH, register_webhook),
    _operation("getWebhooks", "GET", _PATH, get_webhooks),
    _operation("deleteWebhook", "DELETE", f"{_PATH}/{{id}}", delete_webhook),
)
