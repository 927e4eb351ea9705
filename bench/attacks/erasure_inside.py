"""The part of `bench.attacks.erasure` that runs in the installation: fills it, erases and looks."""

from __future__ import annotations

import io
import os
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django
import numpy as np
from PIL import Image as Picture
from PIL import ImageFilter

os.environ["DJANGO_SETTINGS_MODULE"] = "dedup_project.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from accounts import services as accounts_services  # noqa: E402
from accounts.actors import Actor, Surface  # noqa: E402
from accounts.permissions import Role  # noqa: E402
from intake import sources  # noqa: E402
from intake.thumbnails import THUMBNAIL_SIDES_PX  # noqa: E402
from jobs import services as jobs_services  # noqa: E402
from lists import image_pool, storage, text_reading  # noqa: E402
from lists import services as lists_services  # noqa: E402
from lists.index_snapshots import Snapshots  # noqa: E402
from lists.list_settings import ListSettings  # noqa: E402
from lists.live_index import LiveIndex  # noqa: E402
from lists.models import Image, Item  # noqa: E402
from matching.features import codec  # noqa: E402
from moderation.types import Line, Reading  # noqa: E402
from review.life import services  # noqa: E402
from review.models import MatchCandidate  # noqa: E402
from review.pairs import services as pairs_services  # noqa: E402
from review.pairs import texts  # noqa: E402
from review.submissions import services as submissions_services  # noqa: E402
from review.submissions.values import NewSubmission  # noqa: E402

_PICTURES = 20
_SLICE_BYTES = 24
# What may be there afterwards: it stands in the receipts.
_MAY_STAY = "sha256"
_Traces = dict[str, list[bytes]]
_Found = Counter[tuple[str, str]]


def main() -> int:
    """Return 1 if anything of the pictures is left outside of the write-ahead log."""
    installation = _Installation(Path(sys.argv[1]))
    traces = installation.fill()
    before = installation.found(traces)
    installation.erase()
    after = installation.found(traces)
    _print(before, after)
    image_pool.current().close()
    left = {kind for (kind, place), count in after.items() if count and place != "pg_wal"}
    return int(bool(left - {_MAY_STAY}))


class _Installation:
    """A small installation, filled and erased through the services."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        organisation = accounts_services.ensure_organisation(name="Bench")
        user = accounts_services.ensure_member(
            organisation=organisation, email="m@example.org", password="x" * 20, role=Role.ADMIN
        )
        self._by = Actor(organisation.pk, Role.ADMIN, Surface.BROWSER, user.pk)
        self._list = lists_services.create_list(by=self._by, settings=ListSettings(name="Bench"))
        self._items: list[Item] = []

    def fill(self) -> _Traces:
        """Add the pictures, and return what can be looked for."""
        traces: _Traces = {}
        for number in range(_PICTURES):
            item = self._added(number, traces)
            self._items.append(item)
            jobs_services.enqueue(
                kind="lists.deepen_item", payload={"item_id": 0, "of": item.public_id}
            )
        for number, pair in enumerate(MatchCandidate.objects.all()):
            note = f"note-{number:03d}-of-an-analyst"
            traces.setdefault("note", []).append(note.encode())
            pairs_services.confirm(by=self._by, pair=pair, note=note)
        snapshots = Snapshots(self._folder / "index", rows_until_snapshot=1)
        LiveIndex(snapshots).catch_up()
        snapshots.wait()
        self._keep_traces_of_images(traces)
        return traces

    def erase(self) -> None:
        """Erase each item, and have PostgreSQL write its tables anew."""
        for item in self._items:
            services.erase_item(by=self._by, item=item, reason="The bench asks for it")
        if connection.vendor == "postgresql":
            call_command("rewrite_tables")

    def found(self, traces: _Traces) -> _Found:
        """Return how many traces of each kind are in files of each place."""
        roots = [self._folder]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("CHECKPOINT")
            host = Path(unquote(urlsplit(os.environ["DATABASE_URL"]).netloc.rpartition("@")[2]))
            roots.append(host)
        found: _Found = Counter()
        for root in roots:
            for path in root.rglob("*"):
                if path.is_file() and not path.is_socket():
                    self._look(path, _place(path), traces, found)
        return found

    def _look(self, path: Path, place: str, traces: _Traces, found: _Found) -> None:
        try:
            content = path.read_bytes()
        except OSError:
            return
        names = path.name.encode()
        for kind, parts in traces.items():
            found[kind, place] += sum(part in content or part in names for part in parts)

    def _added(self, number: int, traces: _Traces) -> Item:
        texts = {
            kind: f"{kind}-{number:03d}-of-the-picture" for kind in ("name", "own-id", "context")
        }
        original, copy = (_jpeg(number, quality) for quality in (92, 60))
        for kind, text in texts.items():
            traces.setdefault(kind, []).append(text.encode())
        for photo in (original, copy):
            middle = len(photo) // 2
            traces.setdefault("original", []).append(photo[middle : middle + _SLICE_BYTES])
        raws = [
            sources.from_chunks([photo], name=texts["name"], max_bytes=len(photo))
            for photo in (original, copy)
        ]
        item = submissions_services.submit(
            by=self._by,
            submission=NewSubmission(
                raw=raws[0],
                add_to=self._list,
                custom_id=texts["own-id"],
                context={"said": texts["context"]},
            ),
        ).item
        assert item is not None
        submissions_services.submit(
            by=self._by, submission=NewSubmission(raw=raws[1], check_lists=[self._list])
        )
        self._read(number, traces)
        return item

    def _read(self, number: int, traces: _Traces) -> None:
        """Keep a text of the picture and of its copy, and have the two compared."""
        said = f"words{number:03d}ofthepicture"
        traces.setdefault("text", []).append(said.encode())
        quad = ((0.1, 0.4), (0.9, 0.4), (0.9, 0.5), (0.1, 0.5))
        for image in Image.objects.order_by("-pk")[:2]:
            reading = Reading(0, (Line(said, 0.99, quad, 1.0),), (), "bench 1")
            text_reading.keep(image_id=image.pk, readings=[reading])
            for pair in MatchCandidate.objects.filter(query_image=image):
                texts.compare_pair(pair_id=pair.pk)

    def _keep_traces_of_images(self, traces: _Traces) -> None:
        for image in Image.objects.all():
            traces.setdefault("sha256", []).append(image.sha256.encode())
            for row in image.fingerprints.all():
                bits = bytes(row.bits)
                if len(bits) >= _SLICE_BYTES:
                    traces.setdefault("fingerprint", []).append(bits)
            for seen in image.features.all():
                # The snapshot of the index holds each by itself.
                signature = codec.postings_from_bytes(bytes(seen.postings)).signatures[0]
                traces.setdefault("signature", []).append(signature.tobytes())
                for kind, whole in (("features", seen.content), ("postings", seen.postings)):
                    middle = len(whole) // 2
                    part = bytes(whole)[middle : middle + _SLICE_BYTES]
                    traces.setdefault(kind, []).append(part)
            for side_px in THUMBNAIL_SIDES_PX if image.is_stored else ():
                with storage.read_thumbnail(image, side_px) as file:
                    thumbnail = file.read()
                middle = len(thumbnail) // 2
                part = thumbnail[middle : middle + _SLICE_BYTES]
                traces.setdefault("thumbnail", []).append(part)


def _jpeg(number: int, quality: int) -> bytes:
    """Return a picture that resembles no other, as JPEG."""
    noise = np.random.default_rng(number).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    picture = Picture.fromarray(noise).resize((640, 480), Picture.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.filter(ImageFilter.DETAIL).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _place(path: Path) -> str:
    for place in ("media", "index", "pg_wal"):
        if place in path.parts:
            return place
    return "log" if path.suffix == ".log" or path.name == "log" else "database"


def _print(before: _Found, after: _Found) -> None:
    print("kind         place     before > after")
    for kind, place in sorted(key for key in before | after if before[key] or after[key]):
        print(f"{kind:12} {place:9} {before[kind, place]:5} > {after[kind, place]}")


if __name__ == "__main__":
    sys.exit(main())
