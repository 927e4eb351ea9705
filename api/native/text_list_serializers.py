"""What our own API reads about text lists."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import OneOf, optional_text
from text_lists.kinds import ALL_LANGUAGES, ENTRY_LANGUAGES, ListKind, MatchKind
from text_lists.lengths import MAX_CATEGORY_LENGTH, MAX_NOTE_LENGTH, MAX_TEXT_LENGTH
from text_lists.putting import MAX_ENTRIES


@extend_schema_field({"type": "string"})
class WrittenText(serializers.Field[Any, Any, Any, Any]):
    """Text as somebody wrote it; whether it can be kept is the service's to say."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; refuse what is none."""
        if not isinstance(data, str):
            raise serializers.ValidationError("Not a valid string.")
        return data

    def to_representation(self, value: Any) -> Any:
        """Return the text."""
        return value


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": MAX_TEXT_LENGTH})
class EntryText(WrittenText):
    """The text of an entry."""


@extend_schema_field({"type": "string", "maxLength": MAX_CATEGORY_LENGTH})
class EntryCategory(WrittenText):
    """The category of an entry; `other` when it is empty."""


@extend_schema_field({"type": "string", "maxLength": MAX_NOTE_LENGTH})
class EntryNote(WrittenText):
    """A note about an entry."""


class TextListChange(serializers.Serializer[Any]):
    """What can be set of a text list; what is left out stays as it is."""

    name = WrittenText(required=False)
    kind = OneOf(required=False, choices=ListKind.values)


class NewTextList(TextListChange):
    """A text list to create."""

    name = WrittenText()
    kind = OneOf(
        choices=ListKind.values,
        help_text="`disallow`: its texts are found. `allow`: nothing is found inside its texts.",
    )


class TextEntryChange(serializers.Serializer[Any]):
    """What can be set of an entry; what is left out stays as it is."""

    text = EntryText(required=False)
    language = OneOf(required=False, choices=ENTRY_LANGUAGES)
    match = OneOf(required=False, choices=MatchKind.values)
    category = EntryCategory(required=False)
    note = EntryNote(required=False)


class EntryFacts(serializers.Serializer[Any]):
    """What is said of one new entry, or of several alike."""

    language = OneOf(
        required=False,
        default=ALL_LANGUAGES,
        choices=ENTRY_LANGUAGES,
        help_text="Of the texts in which it is found.",
    )
    match = OneOf(
        required=False,
        default=MatchKind.STANDARD.value,
        choices=MatchKind.values,
        help_text="`exact`: as written but for case. `standard`: varied and disguised too.",
    )
    category = EntryCategory(required=False, default="")
    note = EntryNote(required=False, default="")


class NewTextEntry(EntryFacts):
    """An entry to add."""

    text = EntryText()


class ManyTexts(EntryFacts):
    """Several texts to add, which all have one language, match, category and note."""

    texts = serializers.ListField(min_length=1, max_length=MAX_ENTRIES, child=EntryText())


class TextEntryFilter(serializers.Serializer[Any]):
    """Which entries to return."""

    language = OneOf(required=False, allow_blank=True, default="", choices=ENTRY_LANGUAGES)
    category = optional_text(MAX_CATEGORY_LENGTH)
    text = optional_text(MAX_TEXT_LENGTH, "A part of the text, in any case.")
