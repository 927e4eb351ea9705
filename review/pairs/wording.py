"""What a match says to a person: every reason code, kind and difference in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from lists.models import Image
from review.models import Decision, MatchCandidate, State
from review.pairs.selectors import Copies, ShownPair, Side
from review.scopes import Scope

_MISSING = "—"

# What is done with a whole selection: on the button, and above its preview.
_BULK: dict[str, tuple[str | Promise, str | Promise]] = {
    "confirm": (gettext_lazy("Match…"), gettext_lazy("Mark these pairs as a match?")),
    "dissociate": (
        gettext_lazy("Not a match…"),
        gettext_lazy("Mark these pairs as not a match?"),
    ),
    "unsure": (gettext_lazy("Unsure…"), gettext_lazy("Keep these pairs for a second look?")),
    "assign": (gettext_lazy("Assign…"), gettext_lazy("Assign these pairs?")),
}
# A number of each category of plurals, in the languages that there are.
_ONE_OF_EACH = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}
_SHOWN_SHA256_LENGTH = 12
_MINUS = "\N{MINUS SIGN}"

_KINDS: dict[str, str | Promise] = {
    "exact": gettext_lazy("Same file"),
    "pixels": gettext_lazy("Same pixels"),
    "near": gettext_lazy("Near copy"),
    "edited": gettext_lazy("Edited copy"),
    "other_text": gettext_lazy("Other words"),
    "part": gettext_lazy("Crop of B"),
    "contains": gettext_lazy("Contains B"),
    "mirrored": gettext_lazy("Mirrored or turned"),
    "related": gettext_lazy("Same template"),
}

# What a picture is to the one that a page is about, by what that is to it.
_KINDS_OF_OTHER: dict[str, str | Promise] = {
    "part": gettext_lazy("Contains it"),
    "contains": gettext_lazy("Crop"),
}

_PARTS_DIFFER = gettext_lazy(
    "Same picture, parts of it differ: a caption, an overlay or another shot."
)
_HAS_BORDER = gettext_lazy("Same picture with a border.")
# What a kind means, where its name does not say it all: by what was measured, as reason codes name
# it, the first that was. Nothing is said of what was not; "" is what the kind itself says.
_KIND_MEANINGS: dict[str, dict[str, str | Promise]] = {
    "edited": {
        "caption_or_overlay": _PARTS_DIFFER,
        "blocks_differ_region": _PARTS_DIFFER,
        "perspective": gettext_lazy("Same picture, seen at an angle."),
        "perspective_of_b": gettext_lazy("Same picture, seen at an angle."),
        "turned": gettext_lazy("Same picture, tilted."),
        "border_cut": _HAS_BORDER,
        "border_cut_of_b": _HAS_BORDER,
        "inside_larger": _HAS_BORDER,
    },
    "other_text": {"": gettext_lazy("Same picture, different words.")},
    "part": {
        "perspective_of_b": gettext_lazy("B shows A at an angle, and what is around it."),
        "cropped": gettext_lazy("A is a crop of B (%(percent)s%%)."),
        "": gettext_lazy("A is a crop of B."),
    },
    "contains": {
        "perspective": gettext_lazy("A shows B at an angle, and what is around it."),
        "inside_larger": gettext_lazy("A contains B (%(percent)s%% of A)."),
        "": gettext_lazy("A contains B, e.g. a screenshot or collage."),
    },
    "mirrored": {
        "mirrored": gettext_lazy("Same picture, mirrored."),
        "rotated": gettext_lazy("Same picture, turned by %(degrees)s°."),
    },
    "related": {"": gettext_lazy("Same layout, different content.")},
}

# Sentences about a match, by the engine's reason codes; the names in brackets are its parameters.
_REASONS: dict[str, str | Promise] = {
    "identical_file": gettext_lazy("Both files are the same, byte for byte."),
    "identical_pixels": gettext_lazy("Every pixel is the same; only the file differs."),
    "same_structure": gettext_lazy("Same structure: %(distance_bits)s of %(of_bits)s bits differ."),
    "second_hash_agrees": gettext_lazy(
        "A second fingerprint agrees: %(distance_bits)s of %(of_bits)s bits differ."
    ),
    "second_hash_differs": gettext_lazy(
        "A second fingerprint is less sure: %(distance_bits)s of %(of_bits)s bits differ."
    ),
    "other_structure": gettext_lazy(
        "The structure is less alike: %(distance_bits)s of %(of_bits)s bits differ."
    ),
    "too_little_detail": gettext_lazy("There is too little detail to be sure."),
    "mirrored": gettext_lazy("One is the mirror image of the other."),
    "rotated": gettext_lazy("One is turned by %(degrees)s°."),
    "border_cut": gettext_lazy("A has a border, which was left out of the comparison."),
    "border_cut_of_b": gettext_lazy("B has a border, which was left out of the comparison."),
    "frame": gettext_lazy(
        "Frame %(query_frame)s of %(query_frames)s of A matches "
        "frame %(item_frame)s of %(item_frames)s of B."
    ),
    "frame_of_query": gettext_lazy("Frame %(query_frame)s of %(query_frames)s of A matches."),
    "frame_of_item": gettext_lazy("Frame %(item_frame)s of %(item_frames)s of B matches."),
    "resized": gettext_lazy(
        "Resized from %(from_width)s × %(from_height)s to %(to_width)s × %(to_height)s."
    ),
    "same_region": gettext_lazy(
        "%(inliers)s matching points cover %(region_percent_of_query)s%% of A and "
        "%(region_percent_of_item)s%% of B."
    ),
    "exact_alignment": gettext_lazy("Inside the region they lie on each other exactly."),
    "blocks_agree": gettext_lazy("%(agree)s of %(of)s compared blocks match."),
    "all_blocks_agree": gettext_lazy("All %(of)s compared blocks match."),
    "blocks_differ_region": gettext_lazy(
        "The largest part that differs takes up %(percent)s%% of the region."
    ),
    "caption_or_overlay": gettext_lazy(
        "%(percent)s%% differs, as it does under a caption or an overlay."
    ),
    "cropped": gettext_lazy("A is cropped: it shows %(percent)s%% of B."),
    "inside_larger": gettext_lazy("B lies inside A and fills %(percent)s%% of it."),
    "turned": gettext_lazy("A is turned by %(degrees)s°."),
    "scaled": gettext_lazy("A is scaled to %(factor_percent)s%%."),
    "perspective": gettext_lazy("A is seen at an angle, as in a photo of a screen or a print."),
    "perspective_of_b": gettext_lazy(
        "B is seen at an angle, as in a photo of a screen or a print."
    ),
    "inverted": gettext_lazy("One is the negative of the other."),
    "few_features": gettext_lazy("There is little texture, so few points could be compared."),
    "other_content": gettext_lazy("The template or scene is the same, but not what it shows."),
    "other_drawing": gettext_lazy(
        "Something else is written or drawn on the same template. The largest difference is "
        "%(left)s%% from the left and %(top)s%% from the top of B."
    ),
    "other_drawing_of_a": gettext_lazy(
        "Something else is written or drawn on the same template. The largest difference is "
        "%(left)s%% from the left and %(top)s%% from the top of A."
    ),
    "other_tint": gettext_lazy(
        "A colour that takes up %(percent)s%% of it is another one, and the rest is not."
    ),
    "not_looked_at": gettext_lazy(
        "Too many pictures share this template to look at each. This one was not compared closely."
    ),
    "same_drawing": gettext_lazy("Seen closely, all that is drawn in B is in its place in A."),
    "same_drawing_of_a": gettext_lazy("Seen closely, all that is drawn in A is in its place in B."),
    "other_text": gettext_lazy("Words or figures that differ, both pictures counted: %(words)s."),
    "text_added": gettext_lazy("A has text where B has none."),
    "text_removed": gettext_lazy("B has text where A has none."),
    "same_text": gettext_lazy("What is written in both is the same."),
    "same_layout": gettext_lazy("There is little to see, and all of it agrees, colours included."),
}
REASON_CODES = tuple(_REASONS)


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of both pictures, and how they differ in it."""

    label: str
    query: str
    item: str
    # How much more B has than A, where that is a number.
    delta: str = ""

    @property
    def differs(self) -> bool:
        """Tell whether the two values are unlike."""
        return self.query != self.item


def bulk_label(act: str) -> str:
    """Return the words of the button that asks for an act on a selection."""
    return str(_BULK[act][0])


def bulk_deed(act: str, count: int) -> str:
    """Return the words of the button that does it with that many pairs, with {n} for the count."""
    words = {
        "confirm": ngettext("Match {n} pair", "Match {n} pairs", count),
        "dissociate": ngettext("Not a match: {n} pair", "Not a match: {n} pairs", count),
        "unsure": ngettext("Keep {n} pair", "Keep {n} pairs", count),
        "assign": ngettext("Assign {n} pair", "Assign {n} pairs", count),
    }
    return words[act]


def bulk_deeds(act: str) -> dict[str, str]:
    """Return the words of that button for a script, by the categories of plurals in CLDR."""
    return {name: bulk_deed(act, count) for name, count in _ONE_OF_EACH.items()}


def bulk_question(act: str) -> str:
    """Return what is asked before an act on a selection."""
    return str(_BULK[act][1])


def bulk_answer(act: str, count: int) -> str:
    """Return what an act has made of that many pairs."""
    answers = {
        "confirm": ngettext("%(n)s pair matched", "%(n)s pairs matched", count),
        "dissociate": ngettext(
            "%(n)s pair marked as not a match", "%(n)s pairs marked as not a match", count
        ),
        "unsure": ngettext(
            "%(n)s pair kept for a second look", "%(n)s pairs kept for a second look", count
        ),
        "assign": ngettext("%(n)s pair assigned", "%(n)s pairs assigned", count),
    }
    return answers[act] % {"n": number_format(count, use_l10n=True)}


def bulk_consequence(follows: int) -> str:
    """Return in a line what else comes of a selection, and who is told."""
    more = [follow_sentence(follows)] if follows else []
    return " ".join([*more, _("People are told only of published verdicts.")])


def kind_name(kind: str) -> str:
    """Return the name of a kind of match."""
    return str(_KINDS.get(kind, kind))


def kind_of_other(kind: str) -> str:
    """Return what B is to A, where A is what the page is about and has no letter on it."""
    return str(_KINDS_OF_OTHER.get(kind) or kind_name(kind))


def person_name(user: User) -> str:
    """Return what colleagues call a person: the name, else the address without its domain."""
    return user.get_full_name() or user.email.partition("@")[0]


def initials(user: User) -> str:
    """Return two letters that stand for a person where there is no room for the name."""
    words = person_name(user).split() or [""]
    letters = words[0][:1] + words[-1][:1] if len(words) > 1 else words[0][:2]
    return letters.upper()


def looker_name(pair: MatchCandidate, user: User) -> str:
    """Return who else has a pair on the screen just now, empty for nobody."""
    looker, until = pair.claimed_by, pair.claimed_until
    if looker is None or until is None or looker.pk == user.pk or until <= timezone.now():
        return ""
    if not pair.is_on_screen:
        return ""
    return person_name(looker)


def decider_name(decision: Decision) -> str:
    """Return who decided, a person, a program or a rule; empty for the system itself."""
    if decision.rule_run is not None:
        return decision.rule_run.version.rule.name
    if decision.user is not None:
        return person_name(decision.user)
    return decision.credential.name if decision.credential is not None else ""


def standing_name(pair: MatchCandidate) -> str:
    """Return a pair's state, or the scope of a narrower confirmation, in words."""
    return _standing(pair.state, pair.scope)


def standing_before(decision: Decision) -> str:
    """Return a pair's state before a decision, in words."""
    return _standing(decision.from_state, decision.from_scope, is_unsure=decision.from_unsure)


def standing_after(decision: Decision) -> str:
    """Return where a decision left a pair."""
    return _standing(decision.to_state, decision.to_scope, is_unsure=decision.to_unsure)


def _standing(state: str, scope: str, *, is_unsure: bool = False) -> str:
    name = State(state).label if scope == Scope.WHOLE else Scope(scope).label
    if is_unsure:
        return _("%(standing)s, for a second look") % {"standing": name}
    return str(name)


def kind_meaning(kind: str, evidence: Mapping[str, Any]) -> str:
    """Return what a match of a kind means by what was measured, empty if the name says it all."""
    measured = {"": {}, **{reason["code"]: reason["params"] for reason in evidence["reasons"]}}
    for code, text in _KIND_MEANINGS.get(kind, {}).items():
        try:
            return str(text) % _localised(measured[code])
        except KeyError:  # not measured, or by an engine that told less
            continue
    return ""


def verdict_of(kind: str, evidence: Mapping[str, Any]) -> str:
    """Return in one sentence what two pictures are to each other."""
    return kind_meaning(kind, evidence) or kind_name(kind)


def reasons_of(evidence: Mapping[str, Any]) -> list[str]:
    """Return why two pictures match, one sentence each; what has no words here is left out."""
    sentences = [sentence_of(reason["code"], reason["params"]) for reason in evidence["reasons"]]
    return [sentence for sentence in sentences if sentence]


def frame_notes(evidence: Mapping[str, Any]) -> list[str]:
    """Return where a later frame matched than the one that pages show, one sentence a picture."""
    note = (
        _(
            "Shown of %(side)s is the first frame; frame %(number)s matched, "
            "and what is drawn belongs to that one."
        )
        if evidence.get("alignment")
        else _("Shown of %(side)s is the first frame; frame %(number)s matched.")
    )
    return [
        note % {"side": letter, "number": evidence[key] + 1}
        for letter, key in (("A", "query_frame"), ("B", "item_frame"))
        if evidence.get(key)
    ]


def differences_of(shown: ShownPair) -> list[Difference]:
    """Return the properties of both pictures beside each other, also those that are missing."""
    query, item = _properties(shown.query), _properties(shown.item)
    deltas = _deltas(shown.query.image, shown.item.image)
    return [
        Difference(label, query[label], item[label], deltas.get(label, ""))
        for label in query
        if label != _("Frames") or shown.query.image.frames + shown.item.image.frames > 2
    ]


def consequences_of(pair: MatchCandidate, copies: Copies, follows: int = 0) -> list[str]:
    """Return what else confirming a pair brings about, one sentence each.

    First of all two clusters become one; `follows` is how many more pairs follow.
    """
    more = [follow_sentence(follows)] if follows else []
    return [
        *_consequences(pair),
        *more,
        *_joined(copies),
        _("People are told only of published verdicts."),
    ]


def follow_sentence(count: int) -> str:
    """Return how many more pairs follow from one."""
    return ngettext(
        "%(count)s more follows from this.", "%(count)s more follow from this.", count
    ) % {"count": number_format(count, use_l10n=True)}


def _consequences(pair: MatchCandidate) -> Iterator[str]:
    yield _("API answers say “confirmed”.")
    if pair.score <= pair.image_list.duplicate_threshold:
        yield _("Its score stays, so checks by the threshold still answer “no duplicate”.")


def _joined(copies: Copies) -> Iterator[str]:
    for letter, count in (("A", copies.of_query), ("B", copies.of_item)):
        if count:
            yield ngettext(
                "%(letter)s already matches one other image of this list.",
                "%(letter)s already matches %(count)s other images of this list.",
                count,
            ) % {"letter": letter, "count": number_format(count, use_l10n=True)}


def sentence_of(code: str, params: Mapping[str, int | float | str]) -> str:
    """Return what a reason says to a person, empty for one that has no words here."""
    try:
        return str(_REASONS[_variant(code, params)]) % _localised(params)
    except KeyError:
        # Evidence is kept for years: other versions of the engine name other codes and parameters.
        return ""


def _variant(code: str, params: Mapping[str, int | float | str]) -> str:
    """Return which sentence of a code to take: a still picture has no frames to mention."""
    if code == "blocks_agree" and params["agree"] == params["of"]:
        return "all_blocks_agree"
    if code != "frame":
        return code
    if params["item_frames"] == 1:
        return "frame_of_query"
    return "frame_of_item" if params["query_frames"] == 1 else code


def _properties(side: Side) -> dict[str, str]:
    image, item = side.image, side.item
    return {
        _("Size"): f"{image.width} × {image.height}",
        _("Frames"): number_format(image.frames, use_l10n=True),
        _("Format"): image.format.upper(),
        _("File"): filesizeformat(image.byte_size),
        _("Received"): date_format(image.created_at, "DATE_FORMAT"),
        _("In the list"): _MISSING if item is None or item.removed_at else _("yes"),
        _("Custom ID"): (item.custom_id if item else "") or _MISSING,
        _("Name"): (item.name if item else "") or _MISSING,
        _("Media ID"): item.public_id if item else _MISSING,
        _("SHA-256"): image.sha256[:_SHOWN_SHA256_LENGTH] + "…",
    }


def _deltas(query: Image, item: Image) -> dict[str, str]:
    """Return how much more B has than A, by label; nothing for what is the same."""
    width, height = item.width - query.width, item.height - query.height
    size = f"{_signed(width, str)} × {_signed(height, str)}" if width or height else ""
    more_bytes = item.byte_size - query.byte_size
    return {_("Size"): size, _("File"): _signed(more_bytes, filesizeformat) if more_bytes else ""}


def _signed(number: int, written: Callable[[int], str]) -> str:
    if not number:
        return "±0"
    return f"{'+' if number > 0 else _MINUS}{written(abs(number))}"


def _localised(params: Mapping[str, int | float | str]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else number_format(_short(value), use_l10n=True)
        for name, value in params.items()
    }


def _short(value: float) -> float:
    return value if isinstance(value, int) else round(value, 1)
