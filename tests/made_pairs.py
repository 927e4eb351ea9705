"""Pairs of real photographs whose alignment is known, because it is how the query was made."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from django.utils import timezone
from PIL import Image as Picture
from PIL import ImageDraw

from intake.thumbnails import THUMBNAIL_SIDES_PX
from lists import storage
from lists.models import Image, Item, List
from matching.evidence import (
    Alignment,
    BlockMap,
    Evidence,
    Kind,
    Matrix,
    Point,
    Reason,
)
from matching.types import Orientation
from review.models import MatchCandidate
from tests import photos

Size = tuple[int, int]
# 3 x 3; takes (x, y, 1) as a column.
Projection = npt.NDArray[Any]

_COLUMNS, _ROWS = 12, 9
_WALL = (92, 88, 84)


@dataclass(frozen=True, slots=True)
class MadePair:
    """A query that was made from an item; `matrix` takes px of the query to px of the item."""

    kind: Kind
    score: float
    query: Picture.Image
    item: Picture.Image
    matrix: Projection
    evidence: Evidence

    @property
    def alignment(self) -> Alignment:
        """Return the alignment, which this pair must have."""
        assert self.evidence.alignment is not None
        return self.evidence.alignment


@cache
def made_pair(kind: Kind, name: str = "coffee") -> MadePair:
    """Return a pair of that kind, made from a photograph of `tests.photos`."""
    return _MAKERS[kind](photos.photo(name))


def photographed(item: Picture.Image, size: Size = (900, 700)) -> MadePair:
    """Return an item and a picture in which it hangs on a wall, seen from the side."""
    width, height = size
    shares = ((0.14, 0.2), (0.8, 0.06), (0.92, 0.9), (0.2, 0.78))
    corners = [(x * width, y * height) for x, y in shares]
    matrix = cv2.getPerspectiveTransform(
        np.array(corners, np.float32), np.array(_corners(item.size), np.float32)
    )
    query = warped(item, matrix, size)
    reasons = (
        _same_region(41, 48, 100),
        Reason("perspective"),
        Reason("inside_larger", {"percent": 48}),
    )
    return _pair(Kind.CONTAINS, 0.83, query, item, matrix, reasons)


def warped(item: Picture.Image, matrix: Projection, size: Size) -> Picture.Image:
    """Return the query of that size which the matrix lays on the item; a wall where none is."""
    pixels = cv2.warpPerspective(
        np.asarray(item),
        matrix,
        size,
        flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_WALL,
    )
    return Picture.fromarray(pixels)


def moved(matrix: Projection, points: Sequence[Point]) -> list[Point]:
    """Return where a matrix takes points."""
    lifted = np.column_stack([np.array(points, float), np.ones(len(points))]) @ matrix.T
    return [(float(x / w), float(y / w)) for x, y, w in lifted]


def store(made: MadePair, image_list: List) -> MatchCandidate:
    """Put both pictures where the pages find them, and the pair into the queue."""
    item = stored_image(made.item, image_list)
    query = stored_image(made.query, image_list)
    name = f"{made.kind.value}.jpg"
    Item.objects.create(image_list=image_list, image=item, name=name)
    low, high = sorted((item, query), key=lambda image: image.pk)
    return MatchCandidate.objects.create(
        image_list=image_list,
        image_low=low,
        image_high=high,
        query_image=query,
        score=made.score,
        kind=made.kind,
        evidence=made.evidence.as_json(),
    )


def _copy(item: Picture.Image) -> MadePair:
    query = item.resize((item.width // 2, item.height // 2))
    reasons = (_same_region(212, 100, 100), Reason("scaled", {"factor_percent": 50}))
    return _pair(Kind.NEAR, 0.97, query, item, _scaling(2, 2), reasons)


def _same_file(item: Picture.Image) -> MadePair:
    return _without_alignment(Kind.EXACT, item, "identical_file")


def _same_pixels(item: Picture.Image) -> MadePair:
    return _without_alignment(Kind.PIXELS, item, "identical_pixels")


def _captioned(item: Picture.Image) -> MadePair:
    query = item.copy()
    draw = ImageDraw.Draw(query)
    top = round(item.height * 0.78)
    draw.rectangle((0, top, item.width, item.height), fill="white")
    draw.text((20, top + 20), "THIS IS NOT COFFEE", fill="black", font_size=item.height // 10)
    reasons = (
        _same_region(158, 100, 100),
        Reason("blocks_agree", {"agree": 68, "of": 84, "percent": 81}),
        Reason("caption_or_overlay", {"percent": 22}),
    )
    return _pair(Kind.EDITED, 0.78, query, item, np.eye(3), reasons)


def _with_other_text(item: Picture.Image) -> MadePair:
    made = _captioned(item)
    reasons = (Reason("other_text", {"words": 2}), *made.evidence.reasons)
    return replace(made, kind=Kind.OTHER_TEXT, evidence=replace(made.evidence, reasons=reasons))


def _cropped(item: Picture.Image) -> MadePair:
    left, top = round(item.width * 0.3), round(item.height * 0.15)
    box = (left, top, left + item.width // 2, top + round(item.height * 0.7))
    reasons = (_same_region(96, 100, 35), Reason("cropped", {"percent": 35}))
    return _pair(Kind.PART, 0.86, item.crop(box), item, _shifting(left, top), reasons)


def _in_a_screenshot(item: Picture.Image) -> MadePair:
    width = 360
    shrink = item.width / width
    query = Picture.new("RGB", (400, 800), "#e8f0e4")
    query.paste(item.resize((width, round(item.height / shrink))), (20, 140))
    ImageDraw.Draw(query).text((24, 60), "Forwarded many times", fill="#333", font_size=26)
    matrix = _scaling(shrink, shrink) @ _shifting(-20, -140)
    reasons = (_same_region(74, 27, 100), Reason("inside_larger", {"percent": 27}))
    return _pair(Kind.CONTAINS, 0.81, query, item, matrix, reasons)


def _mirrored(item: Picture.Image) -> MadePair:
    query = item.transpose(Picture.Transpose.FLIP_LEFT_RIGHT)
    matrix = np.array([[-1.0, 0, item.width], [0, 1, 0], [0, 0, 1]])
    made = _pair(Kind.MIRRORED, 0.95, query, item, matrix, (Reason("mirrored"),))
    return replace(made, evidence=replace(made.evidence, orientation=Orientation.MIRRORED))


def _same_template(item: Picture.Image) -> MadePair:
    query = item.copy()
    other = photos.photo("chelsea")
    box = (round(item.width * 0.2), round(item.height * 0.1))
    query.paste(other.resize((round(item.width * 0.6), round(item.height * 0.8))), box)
    reasons = (
        _same_region(31, 100, 100),
        Reason("blocks_differ_region", {"percent": 48}),
        Reason("other_content"),
    )
    return _pair(Kind.RELATED, 0.41, query, item, np.eye(3), reasons)


_MAKERS: dict[Kind, Callable[[Picture.Image], MadePair]] = {
    Kind.EXACT: _same_file,
    Kind.PIXELS: _same_pixels,
    Kind.NEAR: _copy,
    Kind.EDITED: _captioned,
    Kind.OTHER_TEXT: _with_other_text,
    Kind.PART: _cropped,
    Kind.CONTAINS: _in_a_screenshot,
    Kind.MIRRORED: _mirrored,
    Kind.RELATED: _same_template,
}


def _pair(
    kind: Kind,
    score: float,
    query: Picture.Image,
    item: Picture.Image,
    matrix: Projection,
    reasons: tuple[Reason, ...],
) -> MadePair:
    region = _region(query.size, item.size, matrix)
    alignment = Alignment(
        matrix=_flat(matrix),
        query_outline=_shares(moved(np.linalg.inv(matrix), region), query.size),
        item_outline=_shares(region, item.size),
    )
    evidence = Evidence(
        algorithm_version=2,
        distances_bits={"pdq": 88, "phash": 20},
        orientation=Orientation.IDENTITY,
        query_quality=100,
        item_quality=100,
        reasons=reasons,
        signals={"agreement": 0.81},
        inliers=int(reasons[0].params.get("inliers", 60)),
        alignment=alignment,
        blocks=_blocks(query, item, matrix),
    )
    return MadePair(kind, score, query, item, matrix, evidence)


def _without_alignment(kind: Kind, item: Picture.Image, code: str) -> MadePair:
    evidence = Evidence(
        algorithm_version=2,
        distances_bits={"pdq": 0, "phash": 0},
        orientation=Orientation.IDENTITY,
        query_quality=100,
        item_quality=100,
        reasons=(Reason(code),),
    )
    return MadePair(kind, 1.0, item.copy(), item, np.eye(3), evidence)


def _same_region(inliers: int, of_query: int, of_item: int) -> Reason:
    percents = {"region_percent_of_query": of_query, "region_percent_of_item": of_item}
    return Reason("same_region", {"inliers": inliers, **percents})


def _region(query: Size, item: Size, matrix: Projection) -> list[Point]:
    """Return the corners, in px of the item, of what both pictures show."""
    seen = np.array(moved(matrix, _corners(query)), np.float32)
    area, corners = cv2.intersectConvexConvex(seen, np.array(_corners(item), np.float32))
    assert area > 0
    return [(float(x), float(y)) for x, y in corners.reshape(-1, 2)]


def _blocks(query: Picture.Image, item: Picture.Image, matrix: Projection) -> BlockMap:
    """Compare the item's cells with the query laid on it, as the eye would."""
    size = (_COLUMNS * 16, _ROWS * 16)
    onto = _scaling(size[0] / item.width, size[1] / item.height) @ matrix
    laid = cv2.warpPerspective(np.asarray(query.convert("L")), onto, size, flags=cv2.INTER_AREA)
    covered = cv2.warpPerspective(np.full(query.size[::-1], 255, np.uint8), onto, size)
    there = np.asarray(item.convert("L").resize(size))
    cells = [
        _cell(laid[y : y + 16, x : x + 16], there[y : y + 16, x : x + 16], covered[y + 8, x + 8])
        for y in range(0, size[1], 16)
        for x in range(0, size[0], 16)
    ]
    return BlockMap(columns=_COLUMNS, rows=_ROWS, cells="".join(cells))


def _cell(ours: npt.NDArray[Any], theirs: npt.NDArray[Any], covered: int) -> str:
    if not covered:
        return "."
    if theirs.std() < 6 and ours.std() < 6:
        return "n"
    likeness = np.corrcoef(ours.ravel() + 1e-3 * np.arange(ours.size), theirs.ravel())[0, 1]
    return "a" if likeness > 0.6 else "e"


def _corners(size: Size) -> list[Point]:
    width, height = size
    return [(0, 0), (width, 0), (width, height), (0, height)]


def _shares(points: Sequence[Point], size: Size) -> tuple[Point, ...]:
    return tuple((x / size[0], y / size[1]) for x, y in points)


def _scaling(across: float, down: float) -> Projection:
    return np.diag([across, down, 1.0])


def _shifting(right: float, down: float) -> Projection:
    return np.array([[1.0, 0, right], [0, 1, down], [0, 0, 1]])


def _flat(matrix: Projection) -> Matrix:
    a, b, c, d, e, f, g, h, i = (float(number) for number in matrix.ravel())
    return a, b, c, d, e, f, g, h, i


def stored_image(picture: Picture.Image, image_list: List) -> Image:
    """Put a picture where the pages find it."""
    original, thumbnails = _files(picture.mode, picture.size, picture.tobytes())
    sha256 = hashlib.sha256(original + str(Image.objects.count()).encode()).hexdigest()
    storage.write_files(
        organisation_id=image_list.organisation_id,
        sha256=sha256,
        original=original,
        thumbnails=thumbnails,
    )
    return Image.objects.create(
        organisation_id=image_list.organisation_id,
        sha256=sha256,
        format="jpeg",
        width=picture.width,
        height=picture.height,
        byte_size=len(original),
        is_stored=True,
        created_at=timezone.now(),
    )


@cache
def _files(mode: str, size: Size, pixels: bytes) -> tuple[bytes, dict[int, bytes]]:
    """Return the original and the thumbnails, made once for all tests."""
    picture = Picture.frombytes(mode, size, pixels)
    thumbnails = {side: _encoded(picture, "WEBP", (side, side)) for side in THUMBNAIL_SIDES_PX}
    return _encoded(picture, "JPEG", size), thumbnails


def _encoded(picture: Picture.Image, image_format: str, within: Size) -> bytes:
    smaller = picture.copy()
    smaller.thumbnail(within)
    file = io.BytesIO()
    smaller.save(file, image_format, quality=85)
    return file.getvalue()
