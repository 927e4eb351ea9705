"""Files to import, drawn here, and imports of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from PIL import Image, ImageDraw

from accounts.actors import Actor
from imports import services, staging
from imports.models import Import, Source
from lists.models import List
from tests.conftest import encoded


def drawing(number: int) -> bytes:
    """Return a small picture that is like no other number's."""
    picture = Image.new("RGB", (64, 48), (number * 37 % 256, number * 91 % 256, 90))
    draw = ImageDraw.Draw(picture)
    for step in range(6):
        x, y = (number * 13 + step * 29) % 60, (number * 7 + step * 17) % 44
        draw.rectangle((x, y, x + 9, y + 7), fill=(step * 40, number * 53 % 256, 255 - step * 30))
    return encoded(picture, "PNG")


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            archive.writestr(name, file)
    return content.getvalue()


def sent(by: Actor, image_list: List, source: Source, name: str, content: bytes) -> Import:
    """Send a file for an import, part by part."""
    run = services.begin(
        by=by, image_list=image_list, source=source, name=name, byte_size=len(content)
    )
    for offset in range(0, len(content), staging.PART_BYTES):
        part = content[offset : offset + staging.PART_BYTES]
        run = services.receive(by=by, run=run, offset=offset, content=part)
    return run


def facts(run: Import) -> tuple[str, int | None, int, int, int]:
    """Return the state of an import, how many rows it has, and what became of them."""
    run.refresh_from_db()
    return run.state, run.total, run.added, run.known, run.refused


def reasons(run: Import) -> list[tuple[int, str]]:
    """Return the rows that were refused, and why."""
    rows = run.rows.filter(fate="refused").order_by("position")
    return list(rows.values_list("position", "code"))
