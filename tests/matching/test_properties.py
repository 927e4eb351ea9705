"""Sharpness, contrast, brightness and colours: what they order, and what they do not depend on."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from matching import properties
from matching.properties import Properties
from matching.types import Pixels
from tests.photos import photo

NAMES = ("astronaut", "chelsea", "coffee", "motorcycle_left", "rocket")


def measured(image: Image.Image) -> Properties:
    return properties.measured(Pixels(np.asarray(image.convert("RGB")), "PNG", frames=1))


def drawn(*stripes: tuple[str, int]) -> Image.Image:
    """Return stripes of colours, each so many px high."""
    image = Image.new("RGB", (100, sum(height for _, height in stripes)))
    top = 0
    for colour, height in stripes:
        image.paste(colour, (0, top, 100, top + height))
        top += height
    return image


@pytest.mark.parametrize("name", NAMES)
def test_the_more_blurred_the_less_sharp(name: str) -> None:
    image = photo(name)
    blurs_px = (0.0, 1.0, 2.0, 4.0)

    found = [measured(image.filter(ImageFilter.GaussianBlur(px))).sharpness for px in blurs_px]

    assert found == sorted(found, reverse=True)
    assert found[0] > 0.7
    assert found[-1] < 0.1


@pytest.mark.parametrize("name", NAMES)
def test_faded_has_less_contrast_and_darkened_less_brightness(name: str) -> None:
    image = photo(name)
    plain = measured(image)

    faded = measured(ImageEnhance.Contrast(image).enhance(0.5))
    darkened = measured(ImageEnhance.Brightness(image).enhance(0.5))

    assert faded.contrast == pytest.approx(plain.contrast / 2, abs=0.05)
    assert faded.brightness == pytest.approx(plain.brightness, abs=0.02)
    assert darkened.brightness == pytest.approx(plain.brightness / 2, abs=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_half_the_size_has_nearly_the_same_properties(name: str) -> None:
    image = photo(name)
    plain, halved = measured(image), measured(image.reduce(2))

    assert halved.contrast == pytest.approx(plain.contrast, abs=0.05)
    assert halved.brightness == pytest.approx(plain.brightness, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_picture_has_the_same_properties_every_time(name: str) -> None:
    assert measured(photo(name)) == measured(photo(name))


@pytest.mark.parametrize("name", [*NAMES, "camera", "moon"])
def test_every_measure_is_within_its_range(name: str) -> None:
    found = measured(photo(name))

    for share in (found.sharpness, found.contrast, found.brightness):
        assert 0 <= share <= 1
    assert len({found.dominant, *found.accents, *found.others}) == 1 + len(found.accents) + len(
        found.others
    )


@pytest.mark.parametrize("colour", ["#ff0000", "#123456", "#ffffff", "#000000", "#808080"])
def test_one_colour_is_dominant_and_alone(colour: str) -> None:
    found = measured(Image.new("RGB", (60, 40), colour))

    assert found.dominant.hexadecimal == colour
    assert (found.accents, found.others) == ((), ())
    assert (found.sharpness, found.contrast) == (0, 0)


def test_black_and_white_have_the_whole_contrast_and_half_the_brightness() -> None:
    found = measured(drawn(("black", 50), ("white", 50)))

    assert found.contrast == 1
    assert found.brightness == pytest.approx(0.5)


def test_colours_come_by_what_they_cover_the_vivid_apart_from_the_dull() -> None:
    image = drawn(
        ("#eeeeee", 80), ("#cc0000", 5), ("#0000cc", 15), ("#444444", 20), ("#888888", 10)
    )

    found = measured(image)

    assert found.dominant.hexadecimal == "#eeeeee"
    assert [each.hexadecimal for each in found.accents] == ["#0000cc", "#cc0000"]
    assert [each.hexadecimal for each in found.others] == ["#444444", "#888888"]


def test_a_colour_of_a_few_pixels_is_not_told() -> None:
    image = drawn(("#eeeeee", 100), ("#444444", 60))
    image.paste("#ff0000", (0, 0, 5, 5))

    assert measured(image).accents == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 2)])
def test_odd_sizes_have_properties_too(size: tuple[int, int]) -> None:
    assert measured(Image.new("RGB", size, "#00ff00")).dominant.hexadecimal == "#00ff00"


# The colours of the two published examples: dominant ones left out.
@pytest.mark.parametrize(
    ("accents", "others"),
    [
        (("#a39529", "#777f20"), ("#323014", "#e8decc", "#dac691", "#543e19")),
        (("#904c4a",), ("#d6dae1", "#34261f", "#6a4236", "#efd3b9")),
    ],
)
def test_published_accents_are_vivid_and_published_others_dull(
    accents: tuple[str, ...], others: tuple[str, ...]
) -> None:
    image = drawn(("#777777", 200), *((colour, 20) for colour in (*accents, *others)))

    found = measured(image)

    vivid = {each.hexadecimal for each in found.accents}
    assert vivid == set(accents)
