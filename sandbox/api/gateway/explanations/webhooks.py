"""Why something about webhooks was refused: a row for each refusal."""

from collections.abc import Mapping
from typing import Final

from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.fields import nearest_name
from sandbox.api.gateway.explanations.model import Circumstances, Row
from sandbox.domain import errors

__all__ = ["ROWS"]

_URL_LENGTH: Final = 200  # characters of a URL that are repeated


def _registered(
    refusal: errors.RegistrationIdInvalid | errors.RegistrationUnknown, circumstances: Circumstances
) -> str:
    known = circumstances.state.webhooks.of(refusal.partner)
    holder = f"Sales unit {circumstances.state.msn}" if refusal.partner is None else "The partner"
    if not known:
        return f"{holder} has no webhooks{'' if refusal.partner is None else ' for all of its sales units'}."
    return f"{holder} has {len(known)}: {', '.join(one.id for one in known)}."


def _event_accepted(refusal: errors.WebhookEventUnknown, _: Circumstances) -> str:
    near = nearest_name(refusal.asked, refusal.allowed)
    if near is not None:
        return f"{near}, if that is it."
    return f"One of {', '.join(refusal.allowed)}."


def _limit_met(refusal: errors.TooManyRegistrations, circumstances: Circumstances) -> str:
    having = [one for one in circumstances.state.webhooks.of(refusal.partner) if refusal.event in one.events]
    urls = {one.url for one in having}
    return f"{len(having)} webhooks have {refusal.event}, of {len(urls)} different URLs."


def _id_accepted(refusal: errors.RegistrationUnknown, circumstances: Circumstances) -> str:
    for unit in circumstances.world:
        known = unit.state.webhooks.registrations.get(refusal.asked)
        if known is not None and known.partner is not None:
            return "The same call with the partner's token and no Merchant-Serial-Number: it is for all sales units."
        if known is not None:
            return f"The same call with Merchant-Serial-Number: {unit.msn}, and that sales unit's token."
    return "An id that GET /webhooks/v1/webhooks lists; what is deleted already needs no second call."


ROWS: Final[Mapping[type[Exception], Row]] = {
    errors.WebhookUrlInvalid: Row(
        "Vipps calls webhooks at absolute https URLs that the internet can reach.",
        lambda refusal, _: (
            "A public https URL; the setting webhookTargets tells where its host really listens."
            if refusal.strict
            else "An https URL, or http to localhost, a private address or a name without a dot."
        ),
        pages.WEBHOOKS,
        lambda refusal, _: f"url is {refusal.asked[:_URL_LENGTH]!r}.",
    ),
    errors.WebhookEventsMissing: Row(
        "A webhook is registered for at least one event type.",
        "The names of event types in events, such as epayments.payment.authorized.v1.",
        pages.WEBHOOK_EVENTS,
        "events is empty.",
    ),
    errors.WebhookEventUnknown: Row(
        "Event types are spelt exactly as they are listed: epayments with s, payment without.",
        _event_accepted,
        pages.WEBHOOK_EVENTS,
        lambda refusal, _: f"events has {refusal.asked[:_URL_LENGTH]!r}.",
    ),
    errors.TooManyRegistrations: Row(
        "A sales unit may have 25 webhooks for each event type, and one for user.checked-in.v1; so may a partner, "
        "beside those of its sales units.",
        "The call after one of them was deleted; registering is done once, not for each payment or start.",
        pages.WEBHOOKS,
        _limit_met,
    ),
    errors.RegistrationIdInvalid: Row(
        "A webhook is named by the id, a UUID, that its registration was answered with.",
        "An id that GET /webhooks/v1/webhooks lists.",
        pages.WEBHOOKS,
        _registered,
    ),
    errors.RegistrationUnknown: Row(
        "A sales unit can delete its own webhooks only, and a partner those that are for all of its sales units.",
        _id_accepted,
        pages.WEBHOOKS,
        _registered,
    ),
    errors.DeliveryUnknown: Row(
        "The sandbox's own API names a delivery by the id that the delivery log shows.",
        "An id from the delivery log of this sales unit.",
        pages.SANDBOX_WEBHOOKS,
        lambda refusal, here: f"{len(here.state.webhooks.deliveries)} deliveries are known.",
    ),
}
