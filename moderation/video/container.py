"""Opening a video: a few containers and codecs, and nothing but the bytes themselves.

FFmpeg follows what a file names: a playlist names files and addresses, whatever the file itself is
called. So it gets no name and no address, a list of containers that name nothing, no protocol, and
a refusal when it asks to open anything else. Nothing but one track of pictures is ever decoded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from common.sentences import Sentence
from matching import containers
from moderation.video.errors import CorruptVideo, UnsupportedVideo, UnusableVideo, VideoTooLarge
from moderation.video.limits import VideoLimits

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

# By the names of FFmpeg's demuxers: MP4, MOV and 3GP; MKV and WebM; MPEG as programme, transport
# and bare stream.
FORMATS = ("mov", "matroska", "avi", "ogg", "flv", "mpeg", "mpegts", "mpegvideo")
# By the names of its decoders.
CODECS = frozenset(
    {
        *("h264", "hevc", "libdav1d", "vp8", "vp9", "theora"),
        *("mpeg1video", "mpeg2video", "mpegvideo", "mpeg4", "h263", "flv", "mjpeg"),
    }
)
# How far the beginning is looked through for what the tracks are.
_PROBED_BYTES = 5_000_000
_PROBED_MICROSECONDS = 5_000_000
_KNOWN_STARTS = (b"\x1a\x45\xdf\xa3", b"OggS", b"FLV\x01", b"\0\0\x01\xba", b"\0\0\x01\xb3")
_KNOWN_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free"})


@dataclass(frozen=True, slots=True)
class OpenedVideo:
    """The track of a video that is looked at, and all its packets in the order of the file."""

    track: VideoStream
    packets: tuple[Packet[VideoStream], ...]


class _Nameless:
    """The bytes as FFmpeg may have them: no name, and no way to write."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


@contextmanager
def opened(data: bytes, limits: VideoLimits) -> Iterator[OpenedVideo]:
    """Open the track of pictures that players show; raise the errors of `moderation.video.errors`.

    Whatever FFmpeg raises becomes one of them.
    """
    if containers.has_known_signature(data):
        raise _still()
    with ExitStack() as stack:
        with _reading(data):
            container = stack.enter_context(_container(data))
            video = _video(container, limits)
        yield video


def ffmpeg_error() -> type[Exception]:
    """Return what all errors of FFmpeg are."""
    error: type[Exception] = import_module("av").FFmpegError
    return error


def warm_up() -> None:
    """Load the decoders."""
    import_module("av")


def too_large(limits: VideoLimits) -> VideoTooLarge:
    """Return the error for frames of more pixels than the limit."""
    return VideoTooLarge(
        Sentence(
            "The frames of the video have more than %(megapixels)g megapixels; send a smaller one.",
            megapixels=limits.max_pixels / 1e6,
        )
    )


def broken(reason: str) -> CorruptVideo:
    """Return the error for a video of a known format; the reason is for the log."""
    return CorruptVideo(
        Sentence("The video is broken, incomplete or encrypted; send it again from its source."),
        reason=reason,
    )


@contextmanager
def _reading(data: bytes) -> Iterator[None]:
    try:
        yield
    except (UnusableVideo, MemoryError):
        raise
    # FFmpeg's own errors come as OSError, ValueError, LookupError and more: in every case it is the
    # file that is wrong, as it is all that is given.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise (broken(reason) if _is_known(data) else _unsupported()) from error


def _container(data: bytes) -> InputContainer:
    options = {
        "format_whitelist": ",".join(FORMATS),
        "protocol_whitelist": "none",
        "codec_whitelist": ",".join(sorted(CODECS)),
        "probesize": str(_PROBED_BYTES),
        "analyzeduration": str(_PROBED_MICROSECONDS),
    }
    # Loaded where it is used alone: the process that asks has no decoder in it.
    opened: InputContainer = import_module("av").open(
        _Nameless(data), mode="r", options=options, io_open=_refuse, metadata_errors="replace"
    )
    return opened


def _refuse(*_: object) -> NoReturn:
    """Open nothing that a file names."""
    raise PermissionError("a video names another file")


def _video(container: InputContainer, limits: VideoLimits) -> OpenedVideo:
    track = _track(container, limits)
    # A packet is a frame, and packets take no more room than their bytes.
    packets = tuple(islice(_packets(container, track), limits.max_frames + 1))
    if len(packets) > limits.max_frames:
        raise _too_many_frames(limits)
    return OpenedVideo(track, packets)


def _track(container: InputContainer, limits: VideoLimits) -> VideoStream:
    if len(container.streams) > limits.max_tracks:
        raise VideoTooLarge(
            Sentence(
                "The video has more than %(max_tracks)s tracks; leave some out.",
                max_tracks=limits.max_tracks,
            )
        )
    tracks = [each for each in container.streams.video if not _is_cover(each)]
    if not tracks:
        raise UnsupportedVideo(
            Sentence("The file has no moving pictures. Send a video."), reason="no track"
        )
    best = container.streams.best("video")
    track = best if best in tracks else tracks[0]
    codec = track.codec_context
    if codec is None:
        raise _unsupported()
    if codec.name not in CODECS:
        raise _unsupported()
    if codec.width * codec.height > limits.max_pixels:
        raise too_large(limits)
    # Workers are several, so each has one thread. What follows in the file may be larger.
    codec.thread_count = 1
    codec.options = {"max_pixels": str(limits.max_pixels)}
    return track


def _is_cover(track: VideoStream) -> bool:
    return bool(track.disposition & track.disposition.attached_pic)


def _packets(container: InputContainer, track: VideoStream) -> Iterator[Packet[Any]]:
    """Yield what there is of the track, up to where the file breaks off."""
    try:
        yield from (packet for packet in container.demux(track) if packet.size)
    except ffmpeg_error():
        return


def _is_known(data: bytes) -> bool:
    is_avi = data[:4] == b"RIFF" and data[8:12] == b"AVI "
    is_transport = data[:1] == data[188:189] == b"\x47"
    return data.startswith(_KNOWN_STARTS) or data[4:8] in _KNOWN_BOXES or is_avi or is_transport


def _unsupported() -> UnsupportedVideo:
    return UnsupportedVideo(
        Sentence(
            "This is no video of a format that is read here. "
            "Send MP4, MOV, WebM, MKV, AVI, OGG, FLV or MPEG."
        )
    )


def _still() -> UnsupportedVideo:
    return UnsupportedVideo(
        Sentence("This is an image, not a video. Send it to the address for images.")
    )


def _too_many_frames(limits: VideoLimits) -> VideoTooLarge:
    return VideoTooLarge(
        Sentence(
            "The video has more than %(max_frames)s frames; send a part of it.",
            max_frames=f"{limits.max_frames:,}",
        )
    )
