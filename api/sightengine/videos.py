"""A check of a video: what the models find in a frame of it every so often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.permissions import Permission
from api import quotas
from api.authentication import actor_of
from api.errors import NoImage, TwoImages
from api.sightengine import classifiers
from api.sightengine.classifiers import Task
from api.sightengine.errors import NothingToDo
from api.sightengine.questions import Answers, questions
from common.ids import new_id
from intake import sources
from intake.sources import RawImage
from intake.watching import FrameWatched, ToWatch
from lists import model_pool
from lists.fetching import fetched_video
from matching.properties import Properties
from moderation.video import installed
from text_lists import selectors as text_lists_selectors

_UPLOAD, _ADDRESS = "media", "stream_url"


@dataclass(frozen=True, slots=True)
class VideoParameters:
    """The parameters of a check of a video, as `serializers.VideoCheckRequest` reads them."""

    stream_url: str
    models: Sequence[str]
    interval: int
    opt_lang: Sequence[str]
    opt_countries: Sequence[str]
    opt_textlist: Sequence[str]
    include_text: bool
    partial: bool


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A frame, and what was found out about it; `id` is that of its video and a number from 1."""

    id: str
    position_ms: int
    properties: Properties | None
    answers: Answers


@dataclass(frozen=True, slots=True)
class SeenVideo:
    """A video and its frames; `uri` is the address that it came from, or its name."""

    id: str
    uri: str
    frames: Sequence[SeenFrame]

    @property
    def operations(self) -> int:
        """Return the count: each model but properties is one for every frame."""
        return sum(frame.answers.operations for frame in self.frames)


class VideoCheck:
    """What is to be found out about the video of a request."""

    def __init__(self, actor: Actor, asked: VideoParameters) -> None:
        """Understand the parameters; raise for what is unknown, before the video is read."""
        self._actor = actor
        self._asked = asked
        if not asked.models:
            raise NothingToDo("Say what to look for in the video: models.")
        installed.require()
        self._classifiers = classifiers.asked_for(asked.models, asked.opt_lang)
        if not (asked.partial and self._classifiers.names):
            classifiers.require_all(asked.models, asked.opt_lang)
        text_lists = text_lists_selectors.entry_lists(actor, asked.opt_textlist)
        self._questions = questions(self._classifiers, asked, text_lists)

    @property
    def unavailable(self) -> tuple[str, ...] | None:
        """Return the models and languages that are not answered; None unless that was allowed."""
        return self._classifiers.unavailable if self._asked.partial else None

    def run(self, raw: RawImage) -> SeenVideo:
        """Watch the video; nothing of it is kept."""
        wanted = ToWatch(
            self._questions.wanted,
            measures=self._classifiers.asks_for(Task.MEASURE),
            interval_ms=self._asked.interval,
        )
        frames = model_pool.current().watch_whole(
            raw.data, wanted, model_pool.video_limits(), owner=self._actor.organisation_id
        )
        video_id = new_id("med")
        return SeenVideo(
            video_id,
            self._asked.stream_url or raw.name or _UPLOAD,
            [self._seen(frame, video_id) for frame in frames],
        )

    def _seen(self, frame: FrameWatched, video_id: str) -> SeenFrame:
        return SeenFrame(
            f"{video_id}_{frame.number}",
            frame.position_ms,
            frame.properties,
            self._questions.answers([frame.read]),
        )


def video_of(request: Request, *, url: str) -> RawImage:
    """Return the request's video; raise NoImage or TwoImages unless there is exactly one.

    It counts as one picture, as an animation does. Who may not check pictures, or has used up a
    quota, makes us fetch none.
    """
    actor_of(request).require(Permission.CHECK_IMAGES)
    uploads = request.FILES.getlist(_UPLOAD)
    if len(uploads) + bool(url) > 1:
        raise TwoImages("Send one video per request: one file, or one address.", field=_UPLOAD)
    if not uploads and not url:
        raise NoImage(
            f"The request has no video. Send a file as '{_UPLOAD}', or its address as "
            f"'{_ADDRESS}'.",
            field=_UPLOAD,
        )
    quotas.take(request)
    if url:
        return fetched_video(url)
    [upload] = uploads
    return sources.from_chunks(
        upload.chunks(), name=upload.name or "", max_bytes=settings.MAX_VIDEO_BYTES
    )
