"""The manual's pictures are there, and small enough for a repository."""

import re
from pathlib import Path

from PIL import Image

from tests.pages import screenshots
from tests.pages.screenshots import IMAGES


def test_pictures_are_few_and_small() -> None:
    pictures = list(IMAGES.glob("*.png"))
    taken = set(re.findall(r'_(?:take_phone|save)\(.*"([a-z-]+)"\)', Path(screenshots.__file__).read_text()))
    assert {picture.stem for picture in pictures} == taken
    assert sum(picture.stat().st_size for picture in pictures) < 350_000
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.width <= 1500
