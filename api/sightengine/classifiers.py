"""The models that Sightengine's clients may ask for by name, which this server does not run."""

from __future__ import annotations

from collections.abc import Sequence

from api.sightengine.errors import ClassifierNotHere, UnknownClassifier

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
        "properties",
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


def refuse(names: Sequence[str]) -> None:
    """Raise for the first name: numbers are never invented for what is not measured."""
    for name in names:
        if name not in KNOWN:
            raise UnknownClassifier("models names a model that does not exist.", field="models")
        raise ClassifierNotHere(
            f"The model {name} does not run on this server, which compares images with lists. "
            "Use lists or add_to_list.",
            field="models",
        )
