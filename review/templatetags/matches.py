"""Matches in templates: kinds, reasons, scores and the buttons that decide them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts import wording as accounts_wording
from lists.models import Item
from review.models import Act
from review.pages import candidates, deltas, evidence, shown_claims
from review.pages.pair_words import LinePart
from review.pairs import wording
from review.queue.counting import MOST_COUNTED

register = template.Library()
register.filter("said", accounts_wording.said)
register.filter("claim_of", shown_claims.claim_of)
register.filter("claim_line", shown_claims.line_of)
register.filter("kind_name", wording.kind_name)
register.filter("kind_of_other", wording.kind_of_other)
register.filter("kind_meaning", wording.kind_meaning)
register.filter("verdict_of", wording.verdict_of)
register.filter("chips_of", evidence.chips_of)
register.filter("looker_name", wording.looker_name)
register.filter("decider_name", wording.decider_name)
register.filter("standing_name", wording.standing_name)
register.filter("standing_before", wording.standing_before)
register.filter("standing_after", wording.standing_after)
register.filter("frame_notes", wording.frame_notes)
register.filter("deltas_to", deltas.deltas)
register.filter("reasons", wording.reasons_of)
register.filter("person_name", wording.person_name)
register.filter("initials", wording.initials)
register.filter("bulk_label", wording.bulk_label)
register.filter("bulk_question", wording.bulk_question)
register.filter("bulk_answer", wording.bulk_answer)
register.filter("follow_sentence", wording.follow_sentence)
register.filter("above_sentence", candidates.above_sentence)
register.filter("would_follow_sentence", candidates.follow_sentence)
register.filter("said_of_candidate", candidates.said_of)

_STYLES = {
    Act.CONFIRM: "is-match",
    Act.CONFIRM_IMAGE: "is-claim",
    Act.DISSOCIATE: "is-rejection",
    Act.UNSURE: "is-quiet",
}
_SIGNS = {Act.CONFIRM: "check", Act.CONFIRM_IMAGE: "differs", Act.DISSOCIATE: "cross"}


@register.filter
def as_query(text: str) -> str:
    """Return what is kept of an address as its end again."""
    return f"?{text}" if text else ""


@register.filter
def with_picture(query: str, public_id: str) -> str:
    """Return the end of an address that leads back to the picture that a pair names."""
    return f"{query}{'&' if query else '?'}picture={public_id}"


@register.filter
def entry(mapping: Mapping[object, object], key: object) -> object:
    """Return what a mapping has under a key, None without any."""
    return mapping.get(key)


@register.filter
def first_item(items_by_image: Mapping[int, Sequence[Item]]) -> Item | None:
    """Return the item that stands for a picture, None for one that is in no list."""
    return next((items[0] for items in items_by_image.values() if items), None)


@register.filter
def marked(parts: Iterable[LinePart]) -> SafeString:
    """Return a text with the words marked that the other one has not."""
    return format_html_join("", "{}", ((_marked(part),) for part in parts))


def _marked(part: LinePart) -> str:
    if not part.differs:
        return part.text
    word = '<mark>{}<span class="visually-hidden"> {}</span></mark>'
    return format_html(word, part.text, _("(differs)"))


@register.filter
def style_of(act: str) -> str:
    """Return how the button of an act looks."""
    return _STYLES.get(Act(act), "")


@register.filter
def sign_of(act: str) -> str:
    """Return the icon of an act, empty for one that has none."""
    return _SIGNS.get(Act(act), "")


@register.filter
def bulk_deed(act: str, count: int) -> str:
    """Return the words of the button that does it with that many pairs."""
    return wording.bulk_deed(act, count).replace("{n}", number_format(count, use_l10n=True))


@register.filter
def age(since: dt.datetime) -> str:
    """Return how long ago something was, in one unit: "now" within a minute."""
    if timezone.now() - since < dt.timedelta(minutes=1):
        return _("now")
    return timesince(since, depth=1)


@register.filter
def both_ends(name: str, most: int) -> str:
    """Return a name in at most that many characters; of a longer one, how it begins and ends.

    Names of files that belong together often differ at their end alone.
    """
    if len(name) <= most:
        return name
    end = most // 2
    return f"{name[: most - end - 1]}…{name[-end:]}"


@register.filter
def capped(count: int) -> str:
    """Return a count as people read it: beyond "999+" nothing is counted."""
    return "999+" if count >= MOST_COUNTED else number_format(count, use_l10n=True)


@register.filter
def percent(share: float) -> str:
    """Return a share from 0 to 1 as a percentage, with one decimal place."""
    number = number_format(f"{100 * share:.1f}", use_l10n=True)
    return _("%(number)s%%") % {"number": number}


@register.filter
def score_text(score: float) -> str:
    """Return a score or a threshold in two places; 1 is kept for identical pictures."""
    if score >= 1:
        return "1"
    # Django's own way to two places cuts off the rest.
    return number_format(f"{min(score, 0.99):.2f}", use_l10n=True)


@register.inclusion_tag("parts/_score.html")
def score_bar(score: float, threshold: float) -> dict[str, Any]:
    """Show a score from 0 to 1 with a tick where duplicates begin."""
    return {
        "score": score_text(score),
        "threshold": score_text(threshold),
        "score_percent": f"{score * 100:.1f}",
        "threshold_percent": f"{threshold * 100:.1f}",
        "is_duplicate": score > threshold,
    }
