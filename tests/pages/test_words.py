"""The customer's words: each language says all of it itself."""

from dataclasses import fields

import pytest

from sandbox.domain.card_form import DECLINED_CARDS
from sandbox.phone.words import ENGLISH, LANGUAGES, Words
from tests.pages.browser import Browser
from tests.pages.shop import ADA, REFERENCE, Shop

# Vipps's own test app declines these amounts; 1.97 and 2.02 in Norway only.
SPECIAL_AMOUNTS = (151, 182, 183, 184, 186, 187, 197, 202)
FOREIGN = [words for words in LANGUAGES.values() if words is not ENGLISH]


@pytest.mark.anyio
@pytest.mark.parametrize("language", [words.language for words in FOREIGN])
async def test_every_decline_is_told_in_the_customers_language(shop: Shop, browser: Browser, language: str) -> None:
    browser.client.cookies.set("language", language)
    words = LANGUAGES[language]
    for amount in SPECIAL_AMOUNTS:
        reference = f"{REFERENCE}-{amount}"
        await shop.send_invoice(reference=reference, amount={"currency": "NOK", "value": amount})
        for action in ("open", "approve"):
            await browser.post(f"/phone/{ADA}/requests/123456/{reference}/{action}")
        told = {words.declined.format(because=because) for because in words.declines.values()}
        assert browser["declined"].text in told, amount
    assert set(DECLINED_CARDS.values()) <= words.declines.keys()


@pytest.mark.parametrize("words", FOREIGN, ids=lambda words: words.language)
def test_same_things_are_put_into_a_phrase_in_every_language(words: Words) -> None:
    for phrase in fields(Words):
        ours, english = getattr(words, phrase.name), getattr(ENGLISH, phrase.name)
        if isinstance(english, str):
            assert _put_in(ours) == _put_in(english), phrase.name
        elif phrase.name != "declines" and isinstance(english, dict):
            assert ours.keys() == english.keys(), phrase.name


def _put_in(phrase: str) -> set[str]:
    return {part.partition("}")[0] for part in phrase.split("{")[1:]}
