"""Why a payment could not be created: a row for each refusal."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.model import Circumstances, Row
from sandbox.api.gateway.explanations.remedies import patch, setting
from sandbox.api.gateway.explanations.states import instant, minor
from sandbox.domain import errors
from sandbox.domain.creation import SCOPES
from sandbox.domain.customers import MAGIC_NUMBERS
from sandbox.domain.money import MAXIMUM_VALUE

__all__ = ["ROWS"]


def _expiry_asked(refusal: Any, circumstances: Circumstances) -> str:
    return f"It is {instant(circumstances.now)} by the sales unit's clock; asked was {instant(refusal.asked)}."


def _customer_met(refusal: errors.CustomerNotFound, circumstances: Circumstances) -> str:
    persona = circumstances.state.persona(refusal.phone_number)
    if not persona.is_customer:
        magic = "a magic number" if refusal.phone_number in MAGIC_NUMBERS else "so by the setting customer"
        return f"{refusal.phone_number} is the persona {persona} ({magic}): no customer."
    return f"{refusal.phone_number} is a customer, and younger than minimumUserAge asks."


ROWS: Final[Mapping[type[Exception], Row]] = {
    errors.AmountInvalid: Row(
        "Amounts are whole numbers of minor units: 49900 for 499.00 kr.",
        lambda refusal, _: (
            f"{refusal.parameter} a whole number from 0 to {MAXIMUM_VALUE}, without quotes or decimals."
        ),
        pages.CREATE,
        lambda refusal, _: f"{refusal.parameter} is a decimal number, a text, or no number.",
    ),
    errors.AmountTooSmall: Row(
        "Each currency has a minimum amount.",
        lambda refusal, _: f"{minor(refusal.asked.of(refusal.minimum))} or more.",
        pages.CREATE,
        lambda refusal, _: f"Asked was {minor(refusal.asked)}.",
    ),
    errors.CurrencyNotAllowed: Row(
        "A sales unit takes the currency of its country.",
        lambda refusal, _: f"currency {' or '.join(refusal.allowed)}.",
        pages.CREATE,
        lambda refusal, here: f"Asked was {refusal.asked}; the setting market is {here.state.settings.market}.",
    ),
    errors.PhoneNumberInvalid: Row(
        "A phone number is 9 to 15 digits with country code, without plus, zeros before it, and blanks.",
        "A number such as 4791234567.",
        pages.CREATE,
        lambda refusal, _: f"Asked was {refusal.asked}.",
    ),
    errors.PersonalQrInvalid: Row(
        "customer.personalQr is all that the customer's QR code says.",
        "https://qr.vipps.no/28/2/01/031/4791234567?v=1, with the number of whom you like.",
        pages.PERSONAL_QR,
        "The text is not that of a personal QR code.",
    ),
    errors.CustomerTokenInvalid: Row(
        "customer.customerToken comes from a check-in, and stands for one customer.",
        "In the sandbox, any text of letters, digits and ._- that ends in the phone number: checked-in-4791234567.",
        pages.CREATE,
        "The token stands for nobody.",
    ),
    errors.BlockedSourcesNotApplicable: Row(
        "Commercial cards can be blocked for wallet payments to Danish and Finnish sales units only.",
        "The payment without paymentMethod.blockedSources; or one in DKK or EUR.",
        pages.CREATE,
        "A payment in NOK with blockedSources.",
    ),
    errors.MetadataKeyTwice: Row(
        "Each key of metadata comes once.", "Each key once.", pages.CREATE, lambda refusal, _: str(refusal)
    ),
    errors.MetadataTooMany: Row(
        "metadata has an upper number of pairs.",
        lambda refusal, _: f"At most {refusal.allowed} pairs.",
        pages.CREATE,
        lambda refusal, _: f"There are {refusal.asked} pairs.",
    ),
    errors.MetadataKeyTooLong: Row(
        "A key of metadata has an upper length.",
        lambda refusal, _: f"Keys of at most {refusal.allowed} characters.",
        pages.CREATE,
        lambda refusal, _: f"A key has {refusal.asked} characters.",
    ),
    errors.MetadataValueTooLong: Row(
        "A value of metadata has an upper length.",
        lambda refusal, _: f"Values of at most {refusal.allowed} characters.",
        pages.CREATE,
        lambda refusal, _: f"The value has {refusal.asked} characters.",
    ),
    errors.UrlInvalid: Row(
        "A URL is https, or has an app's own scheme; the lenient profile takes http to a local host, too.",
        lambda refusal, _: f"{refusal.parameter} such as https://example.com/redirect or myapp://redirect.",
        pages.URLS,
        lambda refusal, here: f"The profile is {here.state.settings.profile}, and the URL is of another form.",
    ),
    errors.ScopeInvalid: Row(
        "profile.scope is words from a list, with blanks between them.",
        lambda refusal, _: f"Any of {', '.join(refusal.allowed)}.",
        pages.PROFILE_SHARING,
        lambda refusal, _: f"{refusal.asked} is none of them; case counts.",
    ),
    errors.ScopeIllegal: Row(
        "Some scopes are granted to a sales unit by agreement only.",
        lambda refusal, here: (
            f"This call, after {patch(here, 'ninAllowed', 'true')}; at Vipps, after an agreement."
            if refusal.asked == "nin"
            else f"Any of {', '.join(word for word in SCOPES if word != 'nin')}; this one is not given any more."
        ),
        pages.PROFILE_SHARING,
        lambda refusal, _: f"Sales unit {refusal.msn} may not ask for {refusal.asked}.",
    ),
    errors.ParameterRequired: Row(
        "What a user flow cannot do without must be there.",
        lambda refusal, _: f"The same request with {refusal.parameter}.",
        pages.CREATE,
        lambda refusal, _: f"There is no {refusal.parameter}.",
    ),
    errors.ExpiryTooSoon: Row(
        "expiresAt lies more than 10 minutes ahead.",
        lambda refusal, _: f"expiresAt after {instant(refusal.earliest)}; or none, for the usual 10 minutes.",
        pages.LONG_LIVING,
        _expiry_asked,
    ),
    errors.ExpiryTooLate: Row(
        "expiresAt lies less than 60 days ahead, or than the sales unit's own maximum.",
        lambda refusal, _: f"expiresAt before {instant(refusal.latest)}.",
        pages.LONG_LIVING,
        _expiry_asked,
    ),
    errors.LongLivingNotAllowed: Row(
        "Long-living payments (expiresAt) are for sales units that may create them.",
        setting("longLivingAllowed", "true"),
        pages.LONG_LIVING,
        "The setting longLivingAllowed is false.",
    ),
    errors.ReceiptRequired: Row(
        "A payment with expiresAt needs a receipt; the lenient profile lets it through with a note.",
        "The same request with receipt, or without expiresAt.",
        pages.LONG_LIVING,
        "expiresAt without receipt, in the strict profile.",
    ),
    errors.PushMessageNotAllowed: Row(
        "The user flow PUSH_MESSAGE is for sales units that may use it.",
        setting("pushMessageAllowed", "true"),
        pages.CREATE,
        "The setting pushMessageAllowed is false.",
    ),
    errors.CustomerNotFound: Row(
        "A push goes to somebody with the app, who may pay businesses and is old enough.",
        "The phone number of a customer, such as 4791234567.",
        pages.MINIMUM_AGE,
        _customer_met,
    ),
    errors.PaymentCannotBeCreated: Row(
        "The sales unit must be set up for what is asked.",
        "A payment with paymentMethod.type WALLET, without shipping and cardPassthrough.",
        pages.CARDS,
        lambda refusal, _: f"What is missing: {refusal.because}",
    ),
    errors.MethodInvalid: Row(
        "Each payment method has what goes with it: CARD only WEB_REDIRECT, without receipt, expiresAt and shipping; "
        "cardPassthrough only CARD_PASSTHROUGH.",
        "The same request with paymentMethod.type WALLET, without cardPassthrough.",
        pages.CARDS,
        lambda refusal, _: f"What does not go together: {refusal.because}",
    ),
    errors.ExpressNotAllowed: Row(
        "Express payments (shipping) are for sales units that may create them.",
        setting("expressAllowed", "true"),
        pages.EXPRESS,
        "The setting expressAllowed is false.",
    ),
    errors.BankAccountNotVerified: Row(
        "A sales unit is paid out to a bank account, which must be verified before it takes payments.",
        setting("bankAccountVerified", "true"),
        pages.ERRORS,
        "The setting bankAccountVerified is false.",
    ),
}
