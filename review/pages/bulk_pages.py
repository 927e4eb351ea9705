"""The two pages of many pairs at once: what is about to be done, and what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.errors import InvalidInput
from review.bulk import BulkOutcome
from review.models import Act, MatchCandidate
from review.pages.bulk_forms import AssignBackForm, BulkForm, SelectionForm, value_of
from review.pages.keys import KEY_CONTEXT
from review.pairs import following, wording
from review.pairs import selectors as pairs_selectors
from review.pairs.selectors import ShownPair, Side
from review.pairs.transitions import NothingToUndo

AnyForm = TypeVar("AnyForm", AssignBackForm, BulkForm, SelectionForm)

NOT_UNDERSTOOD = gettext_lazy("This selection cannot be understood. Load the page again.")
NOTHING_SELECTED = gettext_lazy("Select at least one pair.")


@dataclass(frozen=True, slots=True)
class BulkPlace:
    """The page that many pairs were chosen on: its address, and where its forms go."""

    address: str
    label: str
    apply: str
    undo: str
    # Where a script asks again what follows from what is left of the selection.
    preview: str = ""
    # The page above it, if it has one.
    crumbs: Sequence[tuple[str, str]] = ()
    # What names the queue that the person works through.
    queue_query: str = ""
    queue_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetPair:
    """A pair on a sheet; `against` is a dissociated pair that confirming it would contradict."""

    shown: ShownPair
    is_chosen: bool
    is_inside: bool = False
    against: MatchCandidate | None = None

    @property
    def value(self) -> str:
        """Return the pair as the form sends it."""
        return value_of(self.shown.pair)


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """The pairs on a sheet that one picture came in with."""

    query: Side
    pairs: list[SheetPair]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is about to be done with which pairs; `remarks` and `warnings` say more about it."""

    act: str
    pairs: Sequence[SheetPair]
    remarks: Sequence[str] = ()
    warnings: Sequence[str] = ()
    to: str = ""

    @property
    def chosen_count(self) -> int:
        """Return the number of pairs that are chosen to begin with."""
        return sum(each.is_chosen for each in self.pairs)

    @property
    def groups(self) -> list[SheetGroup]:
        """Return the pairs by the picture that came in, in the order of each one's first."""
        groups: dict[int, SheetGroup] = {}
        for each in self.pairs:
            query = each.shown.query
            groups.setdefault(query.image.pk, SheetGroup(query, [])).pairs.append(each)
        return list(groups.values())


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """What undoes all of it: the act, its key, and the pairs that changed.

    Of an assignment, `to` is whose they are now.
    """

    act: str
    key: str
    values: Sequence[str]
    to: str = ""


def new_key() -> str:
    """Return the key of a sheet: under it everything counts once."""
    return secrets.token_urlsafe(16)


def asked(request: HttpRequest) -> BulkForm:
    """Return the pairs that a form sends with their key; raise InvalidInput for anything else."""
    return _valid(BulkForm(request.POST))


def selected(request: HttpRequest) -> SelectionForm:
    """Return what was selected in the queue; raise InvalidInput for anything else."""
    return _valid(SelectionForm(request.POST))


def given_back(request: HttpRequest) -> AssignBackForm:
    """Return what undoes an assignment; raise InvalidInput for anything else."""
    return _valid(AssignBackForm(request.POST))


def preview_page(request: HttpRequest, place: BulkPlace, sheet: Sheet) -> HttpResponse:
    """Show what is about to be done; nothing is done yet."""
    chosen = [each.shown.pair for each in sheet.pairs if each.is_chosen]
    follows = following.would_follow_together(chosen) if sheet.act == Act.CONFIRM else 0
    context = {
        "place": place,
        "sheet": sheet,
        "follows": follows,
        "consequence": wording.bulk_consequence(follows),
        "deeds": wording.bulk_deeds(sheet.act),
        "key": new_key(),
        **KEY_CONTEXT,
    }
    return render(request, "review/preview.html", context)


def outcome_page(
    request: HttpRequest,
    place: BulkPlace,
    outcome: BulkOutcome,
    *,
    undo: UndoOffer,
    headline: str = "",
) -> HttpResponse:
    """Say what became of the pairs, which were left and why, and offer to undo all of it."""
    context = {"headline": headline, "undo": undo, **_left(place, outcome)}
    return render(request, "review/outcome.html", context)


def undone_page(request: HttpRequest, place: BulkPlace, outcome: BulkOutcome) -> HttpResponse:
    """Go back to the place when all of it is undone; else list what was left.

    An outcome without pairs is that of a key under which the person has done nothing.
    """
    if outcome.left:
        return render(request, "review/outcome.html", _left(place, outcome))
    if not outcome.pairs:
        messages.info(request, _("There is nothing to undo here."), extra_tags=NothingToUndo.code)
        return redirect(place.address)
    count = len(outcome.done)
    text = ngettext(
        "%(n)s pair is as it was before.", "%(n)s pairs are as they were before.", count
    )
    messages.success(request, text % {"n": count}, extra_tags="undone")
    return redirect(place.address)


def _left(place: BulkPlace, outcome: BulkOutcome) -> dict[str, object]:
    left = [each.pair for each in outcome.left if each.pair]
    shown_left = {each.pair.pk: each for each in pairs_selectors.with_sides(left)}
    return {"place": place, "outcome": outcome, "shown_left": shown_left, **KEY_CONTEXT}


def _valid(form: AnyForm) -> AnyForm:
    if not form.is_valid():
        raise InvalidInput(str(NOT_UNDERSTOOD))
    return form
