"""The pictures in a folder, each decoded by a worker."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from common.errors import InvalidInput, Unavailable
from duplicates.clusters import ComparedPicture
from duplicates.in_turn import in_turn
from duplicates.sources import ExaminedPicture, Unusable
from intake import folders
from intake.errors import PoolClosed
from intake.examine import Examination, Sighting, Want
from intake.pool import ImagePool
from intake.thumbnails import THUMBNAIL_SIDES_PX
from lists import closer_look
from lists.depths import Depth
from matching.types import QueryFingerprints, Rgb

_WANT = {
    Depth.FAST: Want.FINGERPRINTS,
    Depth.FULL: Want.PIXELS | Want.FEATURES | Want.ITEM_FEATURES,
}
# Each takes 3 MB.
_REMEMBERED_COLOURS = 32
# Longer than a worker that hangs is waited for.
_ATTEMPTS, _PAUSE_S = 10, 5.0


class PictureFolder:
    """The files of a folder and the folders in it, the largest first."""

    def __init__(
        self, path: Path, pool: ImagePool, *, depth: Depth, max_bytes: int, threads: int
    ) -> None:
        """List the files; raise UnreadableFolder."""
        self._path, self._pool, self._want = path, pool, _WANT[depth]
        self._max_bytes, self._threads = max_bytes, threads
        self._names = list(_largest_first(path, folders.files_in(path)))
        # Of bytes that came before: nothing, or why they cannot be used.
        self._seen: dict[str, InvalidInput | None] = {}
        self.colours_of = lru_cache(_REMEMBERED_COLOURS)(self._colours_of)

    @property
    def total(self) -> int:
        """Return how many files there are."""
        return len(self._names)

    def outcomes(self) -> Generator[ExaminedPicture | Unusable]:
        """Read and examine each file, several at once."""
        with closing(in_turn(self._outcome, self._names, threads=self._threads)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, ExaminedPicture):
                    # Only now: whoever finds them from now on comes later.
                    self._seen[outcome.sha256] = None
                yield outcome

    def thumbnail_of(self, picture: ComparedPicture) -> bytes | None:
        """Make a small WebP file of the picture; None when its file is not what it was."""
        return self._thumbnail(picture, min(THUMBNAIL_SIDES_PX))

    def are_apart(self, one: ComparedPicture, other: ComparedPicture) -> bool:  # noqa: ARG002 - as of lists
        """Tell that nobody has said anything about files."""
        return False

    def _outcome(self, name: str) -> ExaminedPicture | Unusable:
        try:
            raw = folders.read(self._path / name, max_bytes=self._max_bytes)
            examination = self._examined(raw.data, raw.sha256)
        except InvalidInput as error:
            return Unusable(name, error.code, error.message)
        return ExaminedPicture(name, len(raw.data), raw.sha256, examination)

    def _examined(self, data: bytes, sha256: str) -> Examination | None:
        """Examine a picture; return None, or raise again, for bytes that came before."""
        if sha256 in self._seen:
            if (error := self._seen[sha256]) is not None:
                raise error
            return None
        try:
            examination = self._looked_at(data, self._want)
        except InvalidInput as error:
            self._seen[sha256] = error
            raise
        return examination

    def _colours_of(self, picture: ComparedPicture) -> Rgb | None:
        thumbnail = self._thumbnail(picture, max(THUMBNAIL_SIDES_PX))
        return None if thumbnail is None else closer_look.opened(thumbnail)

    def _thumbnail(self, picture: ComparedPicture, side_px: int) -> bytes | None:
        try:
            raw = folders.read(self._path / picture.name, max_bytes=self._max_bytes)
            if raw.sha256 != picture.sha256:
                return None
            seen = self._looked_at(raw.data, Want.FILES, _sighting(picture))
        except InvalidInput:
            return None
        return seen.thumbnails[side_px]

    def _looked_at(self, data: bytes, want: Want, sighting: Sighting | None = None) -> Examination:
        """Have a worker examine the picture; hours of work do not end because none was free."""
        for left in reversed(range(_ATTEMPTS)):
            try:
                return self._pool.examine(data, want, sighting, owner=want)
            except PoolClosed:
                raise
            except Unavailable:
                if not left:
                    raise
                time.sleep(_PAUSE_S)
        raise AssertionError("the last attempt returns or raises")


def _largest_first(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Yield the names in order of size; of several names of one file, also by links, the first.

    A name that is no link comes before one that is.
    """
    found = list[tuple[int, bool, str, tuple[int, int] | None]]()
    for name in names:
        path = folder / name
        try:
            stat = path.stat()
        except OSError:
            found.append((0, False, name, None))
        else:
            found.append((-stat.st_size, path.is_symlink(), name, (stat.st_dev, stat.st_ino)))
    files = set[tuple[int, int] | None]()
    for _size, _is_link, name, file in sorted(found, key=lambda each: each[:3]):
        if file is None or file not in files:
            files.add(file)
            yield name


def _sighting(picture: ComparedPicture) -> Sighting:
    """Return what spares the worker the fingerprints: only the size is needed of it."""
    return Sighting(
        image_format=picture.image_format,
        width=picture.width,
        height=picture.height,
        frames=picture.frames,
        frames_seen=1,
        query=QueryFingerprints(()),
    )
