"""The manual's pictures are there, and small enough for a repository."""

from PIL import Image

from tests.pages.screenshots import IMAGES


def test_pictures_are_few_and_small() -> None:
    pictures = list(IMAGES.glob("*.png"))
    assert {"landing-page.png", "phone-push.png", "phone-payment.png"} <= {picture.name for picture in pictures}
    assert sum(picture.stat().st_size for picture in pictures) < 300_000
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.width <= 1500
