"""The models that Sightengine's clients may ask for by name, and those that run on this server."""

from __future__ import annotations

from collections.abc import Sequence

from api.sightengine.errors import ClassifierNotHere, UnknownClassifier

PROPERTIES = "properties"
HERE = frozenset({PROPERTIES})
# As named in Sightengine's public documentation, with the version suffixes that clients send.
KNOWN = frozenset(
    {
        "age",
        "alcohol",
        "anonymous",
        "celebrities",
        "deepfake",
        "destruction",
        "face",
        "face-age",
        "face-attributes",
        "face-gender",
        "faces",
        "gambling",
        "gender",
        "genai",
        "gore",
        "gore-2.0",
        "license-plate",
        "medical",
        "military",
        "minor",
        "money",
        "nudity",
        "nudity-2.0",
        "nudity-2.1",
        "offensive",
        "offensive-2.0",
        PROPERTIES,
        "qr-content",
        "quality",
        "recreational_drug",
        "scam",
        "self-harm",
        "text",
        "text-content",
        "tobacco",
        "type",
        "violence",
        "wad",
        "weapon",
    }
)


def require_here(names: Sequence[str]) -> None:
    """Raise for the first name of a model that does not run here."""
    for name in names:
        if name not in KNOWN:
            raise UnknownClassifier("models names a model that does not exist.", field="models")
        if name not in HERE:
            raise not_here(f"model {name}", field="models")


def not_here(what: str, *, field: str | None = None) -> ClassifierNotHere:
    """Return the error for what Sightengine has and this server has not: no number is invented."""
    return ClassifierNotHere(
        f"The {what} does not run on this server, which compares images with lists and measures "
        "their properties. Use lists, add_to_list or models=properties.",
        field=field,
    )
