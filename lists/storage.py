"""Where pictures lie: content-addressed names over Django storage, local files or S3."""

from __future__ import annotations

import datetime as dt
import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from common import metrics
from common.errors import Unavailable
from intake.thumbnails import THUMBNAIL_SIDES_PX
from lists.models import Image

# Where local files are written before they take their place.
DRAFTS = "drafts"
# Says whose pictures these are: see lists.installation.
_MARK = "installation"
# Pictures that nothing owned, by the day on which they were found.
_SET_ASIDE = "orphans"
_FULL = {errno.ENOSPC, errno.EDQUOT}

_log = logging.getLogger(__name__)


class StorageFull(Unavailable):
    """There is no room left for pictures; all else goes on."""

    code = "storage_full"
    retry_after_s = 60


class StorageUnavailable(Unavailable):
    """The storage of pictures does not answer."""

    code = "storage_unavailable"


class AtomicFileSystemStorage(FileSystemStorage):
    """Local files that are whole or absent: a process killed while writing leaves no half file.

    The last `STORAGE_RESERVE_BYTES` of the disk are left to others: to the database, above all.
    """

    def _save(self, name: str, content: File[bytes]) -> str:
        self.require_room(content.size)
        target = Path(self.path(name))
        _make_folder(target.parent)
        drafts = Path(self.path(DRAFTS))
        _make_folder(drafts)
        descriptor, partial_name = tempfile.mkstemp(dir=drafts)
        try:
            with os.fdopen(descriptor, "wb") as partial_file:
                for chunk in content.chunks():
                    partial_file.write(chunk)
                partial_file.flush()
                os.fsync(partial_file.fileno())
            Path(partial_name).replace(target)
            _sync_folder(target.parent)
        except BaseException:
            # Where the disk is full, this is the room that others need.
            Path(partial_name).unlink(missing_ok=True)
            raise
        return name

    def require_room(self, size_bytes: int = 0) -> None:
        """Raise StorageFull unless the reserve stays when this much is written."""
        _make_folder(Path(self.location))
        if shutil.disk_usage(self.location).free < settings.STORAGE_RESERVE_BYTES + size_bytes:
            raise _full()


def free_bytes() -> int | None:
    """Return the room on the disk of local files; nobody knows it of a bucket."""
    if not isinstance(default_storage, AtomicFileSystemStorage):
        return None
    folder = Path(default_storage.location)
    existing = next(each for each in (folder, *folder.parents) if each.is_dir())
    return shutil.disk_usage(existing).free


def require_writable() -> None:
    """Raise Unavailable when nothing can be written there; a bucket is only asked."""
    with _answered():
        if isinstance(default_storage, AtomicFileSystemStorage):
            default_storage.require_room()
            drafts = Path(default_storage.path(DRAFTS))
            _make_folder(drafts)
            with tempfile.TemporaryFile(dir=drafts) as file:
                file.write(b"x")
        else:
            default_storage.exists(DRAFTS)


def original_name(organisation_id: int, sha256: str) -> str:
    return f"originals/{organisation_id}/{sha256[:2]}/{sha256}"


def thumbnail_name(organisation_id: int, sha256: str, side_px: int) -> str:
    """Return the storage name of a WebP thumbnail whose longer side is at most `side_px`."""
    return f"thumbnails/{organisation_id}/{sha256[:2]}/{sha256}-{side_px}.webp"


def write_files(
    *, organisation_id: int, sha256: str, original: bytes, thumbnails: dict[int, bytes]
) -> None:
    """Write a picture's files; names are content hashes, so writing them again changes nothing.

    Raise StorageFull or StorageUnavailable; then no file is half there.
    """
    with _answered():
        _write(original_name(organisation_id, sha256), original)
        for side_px, thumbnail in thumbnails.items():
            _write(thumbnail_name(organisation_id, sha256, side_px), thumbnail)


def replace_thumbnails(image: Image, thumbnails: dict[int, bytes]) -> None:
    """Write thumbnails anew; raise StorageFull or StorageUnavailable."""
    with _answered():
        for side_px, thumbnail in thumbnails.items():
            name = thumbnail_name(image.organisation_id, image.sha256, side_px)
            default_storage.delete(name)
            _write(name, thumbnail)


def read_original(image: Image) -> File[bytes]:
    """Open a picture's original bytes; raise FileNotFoundError or StorageUnavailable."""
    return _opened(original_name(image.organisation_id, image.sha256))


def read_thumbnail(image: Image, side_px: int) -> File[bytes]:
    """Open a picture's WebP thumbnail; raise FileNotFoundError or StorageUnavailable."""
    return _opened(thumbnail_name(image.organisation_id, image.sha256, side_px))


def has_thumbnails(image: Image) -> bool:
    """Tell whether every thumbnail lies where it belongs; raise StorageUnavailable."""
    names = (
        thumbnail_name(image.organisation_id, image.sha256, side_px)
        for side_px in THUMBNAIL_SIDES_PX
    )
    with _answered():
        return all(default_storage.exists(name) for name in names)


def delete_files(image: Image) -> None:
    """Delete a picture's original and thumbnails; what is already gone is no error."""
    delete_named(image.organisation_id, image.sha256)


def delete_named(organisation_id: int, sha256: str) -> None:
    """Delete files by content hash, the original last: a sweep finds them by it."""
    with _answered():
        for name in _names(organisation_id, sha256):
            default_storage.delete(name)


def delete_all_of(organisation_id: int) -> None:
    """Delete every file of an organisation, also those that no row owns."""
    with _answered():
        for place in ("", *_days_set_aside()):
            for kind in ("originals", "thumbnails"):
                _delete_folder(f"{place}{kind}/{organisation_id}")


def read_mark() -> str | None:
    """Return the id of the installation whose pictures these are; None where none is kept."""
    try:
        with _opened(_MARK) as file:
            return str(file.read(), "utf-8").strip()
    except FileNotFoundError:
        return None


def write_mark(installation_id: str) -> None:
    """Keep the id of an installation beside the pictures, instead of any other."""
    with _answered():
        default_storage.delete(_MARK)
        _write(_MARK, f"{installation_id}\n".encode())


def set_aside(organisation_id: int, sha256: str, day: dt.date) -> None:
    """Move files by content hash to the day's folder, the original last: a sweep finds them by it.

    What is already gone is no error.
    """
    with _answered():
        for name in _names(organisation_id, sha256):
            if default_storage.exists(name):
                _move(name, f"{_SET_ASIDE}/{day.isoformat()}/{name}")


def delete_set_aside(*, before: dt.date) -> None:
    """Delete what was set aside on earlier days."""
    with _answered():
        for place in _days_set_aside():
            if place < f"{_SET_ASIDE}/{before.isoformat()}/":
                _delete_folder(place.rstrip("/"))


def delete_set_aside_of(organisation_id: int, sha256: str) -> None:
    """Delete a picture's files wherever they were set aside."""
    with _answered():
        for place in _days_set_aside():
            for name in _names(organisation_id, sha256):
                default_storage.delete(f"{place}{name}")


def write_upload(name: str, content: bytes) -> None:
    """Write a part of what somebody sends; raise StorageFull or StorageUnavailable."""
    with _answered():
        default_storage.delete(name)
        _write(name, content)


def read_upload(name: str) -> File[bytes]:
    """Open a part of what somebody has sent; raise FileNotFoundError or StorageUnavailable."""
    return _opened(name)


def delete_uploads(folder: str) -> None:
    """Delete all parts in a folder; what is already gone is no error."""
    with _answered():
        _delete_folder(folder)


def originals_by_folder() -> Iterator[tuple[int, list[str]]]:
    """Yield (organisation row id, SHA-256 of the originals) of each folder."""
    for organisation_id in _folders("originals"):
        for start in _folders(f"originals/{organisation_id}"):
            names = default_storage.listdir(f"originals/{organisation_id}/{start}")[1]
            yield int(organisation_id), names


def is_older_than(moment: dt.datetime, organisation_id: int, sha256: str) -> bool:
    """Tell whether an original was written before the moment."""
    return default_storage.get_modified_time(original_name(organisation_id, sha256)) < moment


def delete_drafts_older_than(moment: dt.datetime) -> None:
    """Delete half-written local files of processes that were killed."""
    if default_storage.exists(DRAFTS):
        for name in default_storage.listdir(DRAFTS)[1]:
            if default_storage.get_modified_time(f"{DRAFTS}/{name}") < moment:
                default_storage.delete(f"{DRAFTS}/{name}")


@contextmanager
def _answered() -> Iterator[None]:
    """Raise our own error for whatever the storage raises when it fails; no file is no failure."""
    try:
        yield
    except (FileNotFoundError, Unavailable):
        raise
    except Exception as error:  # each storage raises other errors
        if isinstance(error, OSError) and error.errno in _FULL:
            raise _full() from error
        metrics.STORAGE_ERRORS.labels("unavailable").inc()
        _log.warning("The storage does not answer: %s", error)
        raise StorageUnavailable("Pictures cannot be stored or read now.") from error


def _full() -> StorageFull:
    metrics.STORAGE_ERRORS.labels("full").inc()
    return StorageFull("There is no room left for pictures. Ask the operator of this server.")


def _make_folder(folder: Path) -> None:
    """Make a folder that nobody else may read, and those above it that are missing, to last."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder outlast a power cut; a file's own sync keeps its bytes alone."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(name: str) -> File[bytes]:
    with _answered():
        file = default_storage.open(name)
        # A bucket's file comes whole, at the first use.
        file.seek(0)
        return file


def _names(organisation_id: int, sha256: str) -> list[str]:
    """Return the names of a picture's files, the original last."""
    thumbnails = [thumbnail_name(organisation_id, sha256, side) for side in THUMBNAIL_SIDES_PX]
    return [*thumbnails, original_name(organisation_id, sha256)]


def _days_set_aside() -> list[str]:
    """Return the folders of what was set aside, each with the slash at its end."""
    return [f"{_SET_ASIDE}/{day}/" for day in _folders(_SET_ASIDE)]


def _move(name: str, new_name: str) -> None:
    if isinstance(default_storage, AtomicFileSystemStorage):
        target = Path(default_storage.path(new_name))
        _make_folder(target.parent)
        Path(default_storage.path(name)).replace(target)
    else:
        with default_storage.open(name) as file:
            _write(new_name, file.read())
        default_storage.delete(name)


def _delete_folder(path: str) -> None:
    """Delete all files in a folder, and the folders where the storage has any."""
    for folder in _folders(path):
        _delete_folder(f"{path}/{folder}")
    try:
        names = default_storage.listdir(path)[1]
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{path}/{name}")
    if isinstance(default_storage, AtomicFileSystemStorage):
        default_storage.delete(path)


def _folders(path: str) -> list[str]:
    """Return the folders in a folder; none where nothing was ever written."""
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:
        return []


def _write(name: str, content: bytes) -> None:
    if default_storage.exists(name):
        return
    saved_name = default_storage.save(name, ContentFile(content))
    # A storage that saw the name taken meanwhile chose another one: the same bytes, once too often.
    if saved_name != name:
        default_storage.delete(saved_name)
