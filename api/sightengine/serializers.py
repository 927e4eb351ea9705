"""Sightengine's parameters, as this server reads and documents them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import OneOf, optional_text, own_id
from api.sightengine.fields import (
    Categories,
    CommaSeparated,
    Countries,
    Flag,
    FrameInterval,
    Languages,
    Mode,
)
from api.sightengine.pictures import MAX_IMAGES
from lists.depths import Depth
from moderation.text.engine import MAX_CHARACTERS
from review.submissions.values import DEFAULT_LIMIT, MAX_LIMIT

MAX_LISTS = 10
_ID_LENGTH = 64
_URL_LENGTH = 8000
_STREAM_PROTOCOLS = frozenset({"rtmp", "rtmps", "rtsp", "rtsps", "rtp", "srt", "udp", "mms"})
_OF_IMAGES = ("lists", "add_to_list", "custom_id")


def _few_lists(list_ids: list[str]) -> list[str]:
    if len(list_ids) > MAX_LISTS:
        raise serializers.ValidationError(f"Name at most {MAX_LISTS} lists.")
    return list_ids


def _with_text_lists(attrs: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with the text lists of both names under one."""
    named = list(dict.fromkeys([*attrs["opt_textlist"], *attrs["list"]]))
    if len(named) > MAX_LISTS:
        message = f"Name at most {MAX_LISTS} text lists."
        raise serializers.ValidationError({"opt_textlist": message})
    rest = {name: value for name, value in attrs.items() if name != "list"}
    return {**rest, "opt_textlist": named}


class _RequestToModels(serializers.Serializer[Any]):
    """What checks of images and of videos read alike: how texts are judged, and what may lack."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add these behind the others; names mean something else in Python and in serializers."""
        return {
            **super().get_fields(),
            "opt_lang": Languages("Languages of the texts that are judged, comma separated."),
            "opt_countries": Countries(
                "Countries whose telephone numbers are found, comma separated, as ISO 3166 has"
                " them."
            ),
            "opt_textlist": CommaSeparated(
                "Text lists that are looked for too, comma separated, at most 10."
            ),
            "include_text": Flag("1 to be answered the text and the QR codes that were read, too."),
            "list": CommaSeparated("The same as `opt_textlist`."),
            "partial": Flag(
                "1 to be answered what is installed, and told what is not, not error 31."
            ),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take text lists by either name."""
        return _with_text_lists(attrs)


class CheckRequest(_RequestToModels):
    """What check.json reads besides the credentials and the file."""

    url = optional_text(_URL_LENGTH, "Address of the image, instead of the file `media`.")
    add_to_list = optional_text(_ID_LENGTH, "List to add the image to, after the check.")
    custom_id = own_id("Your own id of the image that is added.")
    lists = CommaSeparated("Lists to check against, comma separated, at most 10.")
    models = CommaSeparated(
        "Models to run, comma separated: `properties`, `text`, `text-content`, `qr-content`, "
        "`face`, `nudity`, `type`, `wad`, `face-attributes`, `celebrities`, `scam`, `offensive`; "
        "models.json tells which of them are here."
    )
    min_score = serializers.FloatField(
        required=False, default=None, help_text="Lowest score to return, else the list's own."
    )
    limit = serializers.IntegerField(
        required=False,
        default=DEFAULT_LIMIT,
        min_value=1,
        max_value=MAX_LIMIT,
        help_text="How many matches to return for each list, the best ones.",
    )
    depth = OneOf(
        choices=Depth.values,
        required=False,
        allow_blank=True,
        default="",
        help_text="How to compare, else as each list says.",
    )

    def validate_add_to_list(self, value: str) -> str:
        """Accept one id only."""
        if "," in value:
            raise serializers.ValidationError("Name one list; an image is added to one at a time.")
        return value

    def validate_lists(self, value: list[str]) -> list[str]:
        """Bound the number of searches."""
        return _few_lists(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse an id that would be kept nowhere."""
        attrs = super().validate(attrs)
        if attrs["custom_id"] and not attrs["add_to_list"]:
            raise serializers.ValidationError(
                {"custom_id": "An id is kept with an image that is added: name add_to_list."}
            )
        return attrs


class UploadedCheckRequest(CheckRequest):
    """The same with a file; for the documentation."""

    media = serializers.FileField(required=False, help_text="The image.")
    api_user = optional_text(200)
    api_secret = optional_text(200)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the field whose name is no name in Python."""
        several = serializers.ListField(
            child=serializers.FileField(),
            required=False,
            max_length=MAX_IMAGES,
            help_text=f"Up to {MAX_IMAGES} images instead of one, 24 MB together.",
        )
        return {**super().get_fields(), "media[]": several}


class VideoCheckRequest(_RequestToModels):
    """What video/check-sync.json reads besides the credentials and the file."""

    stream_url = optional_text(_URL_LENGTH, "Address of the video, instead of the file `media`.")
    models = CommaSeparated("Models to run on each frame, comma separated, as of check.json.")
    interval = FrameInterval("Seconds from frame to frame: 0.5, 1, 2, 3, 4 or 5.")

    def validate_stream_url(self, value: str) -> str:
        """Refuse protocols of live streams, which are no addresses of files."""
        if value.partition("://")[0].lower() in _STREAM_PROTOCOLS:
            raise serializers.ValidationError(
                "Streams are not watched here. Give the http or https address of a video file."
            )
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what a video is not compared with."""
        if name := next((name for name in _OF_IMAGES if self.initial_data.get(name)), None):
            raise serializers.ValidationError(
                {name: "Videos are not compared with lists of images: leave it out."}
            )
        return super().validate(attrs)


class UploadedVideoCheckRequest(VideoCheckRequest):
    """The same with a file; for the documentation."""

    media = serializers.FileField(required=False, help_text="The video.")
    api_user = optional_text(200)
    api_secret = optional_text(200)


class TextCheckRequest(serializers.Serializer[Any]):
    """What text/check.json reads besides the credentials."""

    text = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=MAX_CHARACTERS,
        trim_whitespace=False,
        help_text=f"The text to judge, up to {MAX_CHARACTERS:,} characters.",
    )
    mode = Mode(
        "`rules`, which is also called `standard`, or `username` for a name that somebody chose."
    )
    lang = Languages("Languages that the text may be in, comma separated.")
    opt_countries = Countries(
        "Countries whose telephone numbers are found, comma separated, as ISO 3166 has them."
    )
    categories = Categories("Keys to answer, comma separated; else all.")
    opt_textlist = CommaSeparated("Text lists to look for too, comma separated, at most 10.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the field whose name means something else in Python."""
        return {**super().get_fields(), "list": CommaSeparated("The same as `opt_textlist`.")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take text lists by either name."""
        return _with_text_lists(attrs)


class CalledTextCheckRequest(TextCheckRequest):
    """The same with the credentials; for the documentation."""

    api_user = optional_text(200)
    api_secret = optional_text(200)


class FeedbackRequest(serializers.Serializer[Any]):
    """What feedback.json reads besides the credentials and the file."""

    model = serializers.CharField(max_length=64, help_text="The model that was wrong.")
    url = optional_text(_URL_LENGTH, "Address of the image, instead of the file `media`.")
    lists = CommaSeparated("With the model `similarity`: where the duplicate is, comma separated.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the field whose name is a word of Python's own."""
        right = serializers.CharField(max_length=64, help_text="The class that is right.")
        return {**super().get_fields(), "class": right}

    def validate_lists(self, value: list[str]) -> list[str]:
        """Bound the number of searches."""
        return _few_lists(value)


class UploadedFeedbackRequest(FeedbackRequest):
    """The same with a file; for the documentation."""

    media = serializers.FileField(required=False, help_text="The image.")
    api_user = optional_text(200)
    api_secret = optional_text(200)


class RemovalRequest(serializers.Serializer[Any]):
    """What list/remove-item.json reads."""

    list_id = serializers.CharField(max_length=_ID_LENGTH)
    media_id = optional_text(_ID_LENGTH)
    custom_id = own_id()
