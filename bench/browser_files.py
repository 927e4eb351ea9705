"""Show odd files to Chromium and to the decoder of this server; print where they differ.

    python -m bench.browser_files [FOLDER] [--csv FILE]

The files are those of `bench.odd_files` and, with FOLDER, every file in it that Chromium shows.
Sizes must be equal, and the mean difference of the thumbnails at most 3 of 255: both come from the
same code, one from the pixels of Chromium's canvas. Transparent parts lie over the ground that the
product puts under them. What breaks off is compared where Chromium has drawn: of a JPEG it leaves
the last rows of blocks out even where only the end mark is lacking. Exits 1 when a drawn file that
both show differs.
"""

from __future__ import annotations

import argparse
import base64
import csv
import io
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import skimage
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.odd_files import drawn
from common.errors import LookalikeError
from intake.examine import Want
from intake.limits import Limits
from intake.pool import ImagePool
from intake.thumbnails import thumbnails
from matching import colours
from matching.types import Pixels
from scripts import chromium

_SIDE_PX = 256
_MAX_DIFFERENCE = 3.0
_OPAQUE = 255
_BLURRED_PX = 8
# Depths are scaled by what they use, or scanners' and cameras' pictures would be black.
_OTHER_ON_PURPOSE = frozenset({"PNG grey 10 of 16 bit with a hot pixel"})
Box = tuple[int, int, int, int]
# What of a picture that loads must be drawn for it to count as shown.
_MIN_DRAWN_SHARE = 0.01
# Chromium may change the first frame of an animation before it is drawn, hence the long frames of
# `odd_files`. A picture that breaks off fires `load` all the same once its size is known.
_SHOW = """async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes]));
  const image = new Image();
  const loaded = await new Promise((resolve) => {
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = address;
  });
  URL.revokeObjectURL(address);
  const pixels = image.naturalWidth * image.naturalHeight;
  if (!loaded || !pixels || pixels > 50e6) return null;
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1] || null;
}"""


@dataclass(frozen=True, slots=True)
class Row:
    """What Chromium and the server make of one file; sizes as WxH, empty if it is not shown."""

    kind: str
    browser: str
    server: str
    difference: float | None
    note: str

    @property
    def is_shown_by_both(self) -> bool:
        """Tell whether there are two pictures to compare."""
        return bool(self.browser and self.server)

    @property
    def is_alike(self) -> bool:
        """Tell whether both show the same picture."""
        close = self.difference is not None and self.difference <= _MAX_DIFFERENCE
        return self.browser == self.server and (close or self.kind in _OTHER_ON_PURPOSE)


def main() -> int:
    """Compare everything and print the table of exceptions."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()
    odd = [(each.kind, each.data) for each in drawn(_photo())]
    pool = ImagePool(Limits(), workers=1)
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=chromium.path(), args=[*sandbox, "--force-color-profile=srgb"]
        )
        print(f"Chromium {browser.version}")
        page = browser.new_page()
        drawn_rows = [_compared(kind, data, page, pool) for kind, data in odd]
        found_rows = [_compared(name, data, page, pool) for name, data in _files(options.folder)]
    pool.close()
    _report("drawn", drawn_rows)
    _report("of the folder", [row for row in found_rows if row.browser])
    if options.csv:
        with options.csv.open("w", newline="") as out:
            csv.writer(out).writerows(astuple(row) for row in [*drawn_rows, *found_rows])
    return any(row.is_shown_by_both and not row.is_alike for row in drawn_rows)


def _photo() -> Image.Image:
    return Image.fromarray(skimage.data.coffee())  # type: ignore[no-untyped-call]


def _files(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")) if folder else ():
        if path.is_file():
            yield str(path.relative_to(folder or path)), path.read_bytes()


def _compared(kind: str, data: bytes, page: Page, pool: ImagePool) -> Row:
    shown = _in_browser(page, data)
    try:
        seen = pool.examine(data, Want.FILES)
    except LookalikeError as error:
        return Row(kind, _size(shown), "", None, error.code)
    size = f"{seen.sighting.width}x{seen.sighting.height}"
    note = "truncated" if seen.sighting.is_truncated else ""
    if shown is None:
        return Row(kind, "", size, None, note)
    breaks_off = bool(note) or seen.sighting.image_format == "JPEG"
    difference = _difference(shown, seen.thumbnails[_SIDE_PX], only_drawn=breaks_off)
    return Row(kind, _size(shown), size, difference, note)


def _in_browser(page: Page, data: bytes) -> Image.Image | None:
    """Return what Chromium shows, as RGBA; None if that is nothing."""
    drawing = page.evaluate(_SHOW, base64.b64encode(data).decode())
    if drawing is None:
        return None
    picture = Image.open(io.BytesIO(base64.b64decode(drawing))).convert("RGBA")
    share = np.count_nonzero(np.asarray(picture.getchannel("A"))) / (picture.width * picture.height)
    return picture if share >= _MIN_DRAWN_SHARE else None


def _size(picture: Image.Image | None) -> str:
    return "" if picture is None else f"{picture.width}x{picture.height}"


def _difference(shown: Image.Image, thumbnail: bytes, *, only_drawn: bool) -> float:
    is_opaque = shown.getchannel("A").getextrema() == (255, 255)
    flat = (shown if is_opaque else colours.flattened(shown)).convert("RGB")
    theirs = thumbnails(Pixels(np.asarray(flat), "PNG", 1), flat.size)[_SIDE_PX]
    images = [Image.open(io.BytesIO(each)).convert("RGB") for each in (theirs, thumbnail)]
    if images[0].size != images[1].size:
        return 255.0
    if only_drawn:
        drawn_part = (
            shown.getchannel("A").resize(images[0].size).point(lambda alpha: alpha == _OPAQUE)
        )
        box = drawn_part.getbbox() or (0, 0, *images[0].size)
        images = [image.crop(_within(box, image.size)) for image in images]
    first, second = (np.asarray(image).astype(int) for image in images)
    return float(np.abs(first - second).mean())


def _within(box: Box, size: tuple[int, int]) -> Box:
    """Return the box without what WebP blurs where it ends within the picture."""
    left, top, right, bottom = box
    within = (
        left + _BLURRED_PX * (left > 0),
        top + _BLURRED_PX * (top > 0),
        right - _BLURRED_PX * (right < size[0]),
        bottom - _BLURRED_PX * (bottom < size[1]),
    )
    return within if within[0] < within[2] and within[1] < within[3] else box


def _report(name: str, rows: list[Row]) -> None:
    both = [row for row in rows if row.is_shown_by_both]
    alike = sum(row.is_alike for row in both)
    only_browser = [row for row in rows if row.browser and not row.server]
    only_server = [row for row in rows if row.server and not row.browser]
    print(f"\n{name}: {len(rows)} files, shown by both {len(both)}, alike {alike}")
    print(f"shown by Chromium alone: {len(only_browser)}; read by the server alone: ", end="")
    print(
        f"{len(only_server)}; by neither: {sum(not row.browser and not row.server for row in rows)}"
    )
    print("refused:", dict(Counter(row.note for row in only_browser)))
    for row in both:
        if not row.is_alike:
            difference = f"{row.difference:.1f}"
            print(f"  differ   {row.kind}: {row.browser} {row.server} {difference} {row.note}")
    for row in only_browser:
        print(f"  refused  {row.kind}: {row.browser} {row.note}")
    for row in only_server:
        print(f"  extra    {row.kind}: {row.server} {row.note}")


if __name__ == "__main__":
    sys.exit(main())
