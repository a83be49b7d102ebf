"""What has to be said on the customer's pages: one field a phrase, so that no language can lack one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sandbox.domain.commands import CategoryType
from sandbox.domain.receipts import QuantityUnit

__all__ = ["Outcome", "Words"]


class Outcome(NamedTuple):
    """How a payment ended: a heading, and a sentence."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. What stands in braces is put in by `str.format`."""

    language: str  # as HTML names it
    own_name: str
    simulated: str
    weekdays: tuple[str, ...]  # from Monday on
    months: tuple[str, ...]
    long_date: str

    # The landing page.
    pay: str
    amount_to: str
    phone_number: str
    remember_me: str
    next: str
    cancel: str
    number_unusable: str
    time_left: str
    complete_in: str
    sent_to: str
    goes_on: str
    or_simulate: str
    open_phone: str
    browser_back: str
    open_app: str
    open_app_here: str
    pay_by_qr: str
    scan_heading: str
    scan_text: str
    scan_alt: str
    only_this_machine: str
    by_phone_number: str
    back_to: str
    would_open: str
    choose_language: str

    # The card form.
    pay_by_card: str
    card_number: str
    card_expiry: str
    card_code: str
    card_invalid: str
    test_cards: str
    bank_asks: str
    bank_question: str
    confirm: str
    deny: str

    # How it ended.
    paid: Outcome
    cancelled: Outcome
    time_is_up: Outcome
    withdrawn: Outcome
    released: Outcome

    # The lock screen and the list.
    push: str
    reminder: str
    no_notifications: str
    open_the_app: str
    payments: str
    waiting: str
    nothing_waiting: str
    activity: str
    nothing_paid: str
    mark_new: str
    mark_open: str
    mark_postponed: str
    mark_processing: str
    whose_phone: str
    desk_note: str
    theme: str

    # A request.
    payment_request: str
    open: str
    pay_to: str
    not_now: str
    reject: str
    pay_later: str
    reject_payment: str
    close: str
    due: str
    summary: str
    order_id: str
    see_details: str
    show_details: str
    edit: str
    one_tap: str
    costs_nothing: str
    declined: str
    all_requests: str
    in_progress: str
    in_progress_text: str
    refresh: str
    declines: Mapping[str, str]  # by the domain's reason; what is not here is said in English

    # Shipping.
    delivery: str
    send_to: str
    choose_delivery: str
    asking_shop: str
    not_shipped: str
    try_again: str

    # Consent.
    give_access: str
    share_information: str
    information_you_share: str
    lead_give: str
    lead_share: str
    responsible: str
    change_in_profile: str
    read_terms: str
    no_terms: str
    scopes: Mapping[str, str]

    # Details.
    details: str
    issue_date: str
    due_date: str
    shipping: str
    tips: str
    discount: str
    total: str
    with_vat: str
    original_price: str
    receipt_number: str
    categories: Mapping[CategoryType, str]
    units: Mapping[QuantityUnit, str]
    paid_by_other_means: Mapping[str, str]
    merchants_page: str
    frame_may_be_empty: str
    open_in_browser: str
    phones_browser: str
    no_session: str

    # Cards.
    choose_card: str
    chosen: str
    daily_card: str
    travel_card: str
    blocked_card: str
    always_declined: str

    # After it.
    status_reserved: str
    status_paid: str
    status_refunded: str
    status_partly_refunded: str
    status_released: str
    paid_with: str
    date: str
    paid_by: str
    fee: str
    transaction_id: str
    transactions: str
    transaction_kinds: Mapping[str, str]  # by the domain's fact
    payment_information: str
