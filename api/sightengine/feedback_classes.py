"""Which classes feedback may name for each model, as in Sightengine's public documentation."""

from __future__ import annotations

from api.sightengine.errors import UnknownClassifier
from common.errors import InvalidInput

SIMILARITY = "similarity"
DUPLICATE = "duplicate"

_NUDITY_2 = (
    "safe sexual_activity sexual_display erotica bikini male_chest cleavage lingerie miniskirt "
    "male_underwear unknown"
)
_TABLE = {
    "nudity": "safe partial raw bikini chest cleavage lingerie unknown",
    "nudity-2.0": _NUDITY_2,
    "nudity-2.1": _NUDITY_2,
    "gore": "safe gore unknown",
    "gore-2.0": "safe gore unknown",
    "type": "photo illustration unknown",
    "face": "none single multiple unknown",
    "wad": "no-weapons weapons no-alcohol alcohol no-drugs drugs unknown",
    "weapon": "no-weapons weapons unknown",
    "recreational_drug": "no-drugs drugs unknown",
    "alcohol": "no-alcohol alcohol unknown",
    "celebrities": "no-celebrity celebrity unknown",
    "text": "no-text text-artificial text-natural unknown",
    "offensive": "not-offensive offensive unknown",
    "scam": "not-scam scam unknown",
    "minor": "no-minor minor unknown",
    "gender": "male female unknown",
    "tobacco": "no-tobacco tobacco unknown",
    "gambling": "no-gambling gambling unknown",
    "money": "no-money money unknown",
    "text-content": "safe unsafe unknown",
    "qr-content": "safe unsafe unknown",
    "genai": "ai not-ai",
    "unknown": "unknown miss safe",
    # Our own: whether a picture is a copy of one in a list.
    SIMILARITY: f"{DUPLICATE} not-duplicate unknown",
}
CLASSES = {model: tuple(classes.split()) for model, classes in _TABLE.items()}


def require_known(model: str, class_name: str) -> None:
    """Raise UnknownClassifier for another model, InvalidInput for a class of none or of others."""
    if model not in CLASSES:
        raise UnknownClassifier(
            f"model names no model that takes feedback. It is one of {', '.join(CLASSES)}.",
            field="model",
        )
    if class_name not in CLASSES[model]:
        raise InvalidInput(
            f"class is no class of the model {model}. It is one of {', '.join(CLASSES[model])}.",
            field="class",
        )
