"""The pictures of the demo and what they are said to show, hard cases among them.

All of it is invented, and each picture has the same bytes at every load.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from PIL import Image, ImageEnhance, ImageOps

from demo import photographs
from demo.drawn import Day, poster, receipt, street, worn

# Decided at load: the first and the second match, the first and the third are kept apart, so what
# the second and the third are to each other is no longer open.
TOLD_APART = ("market-square", "market-square-cropped", "market-square-rebuilt")

_PHOTOGRAPHS = {"coffee": "half", "rocket": "captioned", "astronaut": "chat", "chelsea": "turned"}


@dataclass(frozen=True, slots=True)
class DemoPicture:
    """A picture to add: its name, what makes its bytes, and what it is said to show."""

    name: str
    make: Callable[[], bytes]
    context: Mapping[str, str] = field(default_factory=dict)


def pictures() -> list[DemoPicture]:
    """Return all pictures in the order in which they are added, originals before their copies."""
    return [*_hard_cases(), *_told_apart(), *_copies()]


def _hard_cases() -> Iterator[DemoPicture]:
    # The same template with other words.
    yield _drawn("receipt-groceries", lambda: receipt("CORNER SHOP", _GROCERIES, "13.45"))
    yield _drawn("receipt-luxuries", lambda: receipt("CORNER SHOP", _LUXURIES, "339.50"))
    # The same image with a different claim.
    yield _drawn(
        "harbour-2019", lambda: street(11), claim="Harbour Street after the flood of 2019."
    )
    yield _drawn(
        "harbour-2024",
        lambda: _smaller(street(11)),
        claim="Harbour Street after the flood of 2024.",
    )
    yield _drawn("bus-monday", lambda: poster(street(4), "NO BUS ON MONDAY"))
    yield _drawn("bus-friday", lambda: poster(street(4), "NO BUS ON FRIDAY"))
    # A near miss: one place on two days.
    yield _drawn("mill-lane-spring", lambda: street(3, Day(sky=0, passers_seed=1)))
    yield _drawn("mill-lane-autumn", lambda: street(3, Day(sky=2, passers_seed=2)))
    # Mirrored.
    yield _drawn("school-road", lambda: street(5), claim="School Road, seen from the park.")
    yield _drawn("school-road-mirrored", lambda: ImageOps.mirror(street(5)))
    # A low score.
    yield _drawn("garden-terrace", lambda: street(6))
    yield _drawn("garden-terrace-framed", lambda: worn(street(6)))


def _told_apart() -> Iterator[DemoPicture]:
    first, second, third = TOLD_APART
    yield _drawn(first, lambda: street(8, Day(sky=1, passers_seed=3)))
    yield _drawn(second, lambda: _cropped(street(8, Day(sky=1, passers_seed=3))))
    yield _drawn(third, lambda: street(8, Day(sky=1, passers_seed=9)))


def _copies() -> Iterator[DemoPicture]:
    """Yield easy ones: photographs where they are installed, else drawings."""
    edits = photographs.EDITS
    installed = {path.stem: path for path in photographs.photographs()}
    for number, (stem, edit) in enumerate(_PHOTOGRAPHS.items()):
        path = installed.get(stem)
        if path is None:
            draw = partial(street, 20 + number)
            yield _drawn(f"street-{number + 1}", draw)
            yield _drawn(f"street-{number + 1}-{edit}", partial(_edited, draw, edits[edit]))
            continue
        yield DemoPicture(stem, path.read_bytes)
        yield DemoPicture(f"{stem}-{edit}", partial(photographs.edited, path, edits[edit]))
    yield _drawn("station", lambda: street(31))


_GROCERIES = (("Bread", "2.10"), ("Milk", "1.35"), ("Apples", "3.20"), ("Coffee", "6.80"))
_LUXURIES = (("Whisky", "48.00"), ("Cigars", "120.00"), ("Caviar", "96.50"), ("Wine", "75.00"))


def _drawn(name: str, draw: Callable[[], Image.Image], claim: str = "") -> DemoPicture:
    context = {"claim": claim, "language": "en"} if claim else {}
    return DemoPicture(name, lambda: _jpeg(draw()), context)


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _edited(draw: Callable[[], Image.Image], edit: photographs.Edit) -> Image.Image:
    return edit(draw())


def _smaller(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture.resize((640, 448))).enhance(1.1)


def _cropped(picture: Image.Image) -> Image.Image:
    return picture.crop((90, 60, 760, 550))
