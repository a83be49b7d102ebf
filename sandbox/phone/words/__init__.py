"""The words of the customer's pages, in the languages of the markets and in English.

Source: landing page and app guides, with our own translation where only one language was seen.
"""

from collections.abc import Mapping
from typing import Final

from sandbox.phone.words.danish import DANISH
from sandbox.phone.words.english import ENGLISH
from sandbox.phone.words.finnish import FINNISH
from sandbox.phone.words.norwegian import NORWEGIAN
from sandbox.phone.words.words import Outcome, Words

__all__ = ["ENGLISH", "LANGUAGES", "Outcome", "Words", "words_of_phone"]

# By the names that HTML knows them by, in the order that they are offered in.
LANGUAGES: Final[Mapping[str, Words]] = {words.language: words for words in (NORWEGIAN, ENGLISH, DANISH, FINNISH)}
_OF_COUNTRY: Final = {"47": NORWEGIAN, "45": DANISH, "358": FINNISH}


def words_of_phone(phone_number: str) -> Words:
    """Return the language of the country that a phone number is from; English for a country without ours."""
    return next((words for code, words in _OF_COUNTRY.items() if phone_number.startswith(code)), ENGLISH)
