"""The pages of rules: what there is, what one looks for, what it proposes and what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import wording as accounts_wording
from accounts.http import actor_of, page
from accounts.page_forms import accepted, show_refusal
from accounts.permissions import Permission
from common.errors import Conflict, InvalidInput
from lists import selectors as lists_selectors
from lists.pages import row_id
from review.automation import selectors, services, trying
from review.automation.criteria import criteria_of
from review.pages import bulk_pages
from review.pages.bulk_pages import Sheet, SheetPair
from review.pages.keys import KEY_CONTEXT
from review.pages.rule_forms import DEFAULT, MODES, AcceptForm, RuleForm, RuleModeForm, initial_of
from review.pairs import selectors as pairs_selectors
from review.pairs import wording

if TYPE_CHECKING:
    from lists.models import List
    from review.automation.criteria import Criteria
    from review.automation.trying import RulePreview
    from review.models import Rule

_RUNS_PER_PAGE = 20
# Of what a preview found; the wrong ones come first.
_PAIRS_SHOWN = 24
_DECISIONS_SHOWN = 60


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the organisation's rules."""
    context = {"rules": selectors.shown_rules(actor_of(request)), "is_index": True}
    return render(request, "rules/index.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a rule, and see what it would have done."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_RULES)
    form = _form(request)
    if _is_saved(request):
        rule = accepted(
            form,
            lambda: services.create_rule(
                by=actor, name=form.cleaned_data["name"], criteria=form.criteria()
            ),
        )
        if rule is not None:
            messages.success(request, _("Rule saved. It is off."), extra_tags="rule_created")
            return redirect("review:rule", rule.public_id)
    return render(request, "rules/edit.html", {"form": form, **_tried(request, form, None)})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show a rule and change it: a new version where it looks for something else."""
    actor = actor_of(request)
    rule = selectors.rule_for(actor, rule_id)
    form = _form(request, rule)
    if request.method == "POST":
        actor.require(Permission.CHANGE_RULES)
    if _is_saved(request):
        changed = accepted(
            form,
            lambda: services.change_rule(
                by=actor, rule=rule, name=form.cleaned_data["name"], criteria=form.criteria()
            ),
        )
        if changed is not None:
            messages.success(request, _("Rule saved."), extra_tags="rule_changed")
            return redirect("review:rule", rule.public_id)
    after = row_id(request.GET.get("after", ""))
    context = {
        "form": form,
        "shown": selectors.shown_rule(rule),
        "modes": MODES,
        "page": selectors.runs_page(rule, after=after, size=_RUNS_PER_PAGE),
        "after": after,
        **_tried(request, form, rule),
    }
    return render(request, "rules/edit.html", context)


@page
@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    """Show what a rule as it is typed would have done; nothing is written."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_RULES)
    form = RuleForm(request.GET, lists=_lists(request))
    rule_id = request.GET.get("rule", "")
    rule = selectors.rule_for(actor, rule_id) if rule_id else None
    context = _tried(request, form, rule)
    return render(request, "rules/_preview.html", context)


@page
@require_GET
def proposals(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show what a rule proposes, all of it ticked."""
    actor = actor_of(request)
    rule = selectors.rule_for(actor, rule_id)
    version = selectors.version_of(rule)
    pairs = []
    if rule.is_asking:
        pairs = selectors.proposed_pairs(version, for_user=actor.user_id)
    sheet = Sheet(
        version.act,
        [SheetPair(each, is_chosen=True) for each in pairs_selectors.with_sides(pairs)],
    )
    context = {
        "shown": selectors.shown_rule(rule),
        "crumb": rule,
        "sheet": sheet,
        "deeds": wording.bulk_deeds(sheet.act),
        "key": bulk_pages.new_key(),
        **KEY_CONTEXT,
    }
    return render(request, "rules/proposals.html", context)


@page
@require_POST
def accept(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Let a rule decide what was left ticked of what it proposed."""
    actor = actor_of(request)
    rule = selectors.rule_for(actor, rule_id)
    actor.require(Permission.DECIDE_MATCHES)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(bulk_pages.NOT_UNDERSTOOD))
    typed = form.cleaned_data
    version = selectors.version_of(rule)
    if version.number != typed["number"]:
        raise services.RuleChanged(
            _("This rule has changed meanwhile. Look at what it proposes now.")
        )
    chosen = {each.match_id for each in typed["pair"]}
    outcome = services.accept(
        by=actor,
        version=version,
        seen=typed["pair"],
        taken_out=[each.match_id for each in typed["shown"] if each.match_id not in chosen],
        key=typed["key"],
    )
    _say_accepted(request, version.act, outcome)
    if outcome.run is None:
        return redirect("review:rule-proposals", rule.public_id)
    return redirect("review:rule-run", outcome.run.public_id)


@page
@require_POST
def set_mode(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Set a rule to work, or switch it off."""
    actor = actor_of(request)
    rule = selectors.rule_for(actor, rule_id)
    actor.require(Permission.CHANGE_RULES)
    form = RuleModeForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(bulk_pages.NOT_UNDERSTOOD))
    try:
        services.set_mode(
            by=actor,
            rule=rule,
            mode=form.cleaned_data["mode"],
            number=form.cleaned_data["number"],
        )
    except Conflict as error:
        messages.error(request, accounts_wording.said(error), extra_tags=error.code)
    else:
        messages.success(request, _("Rule saved."), extra_tags="rule_mode_set")
    return redirect("review:rule", rule.public_id)


@page
@require_POST
def remove(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Remove a rule; what it decided stays."""
    actor = actor_of(request)
    services.remove_rule(by=actor, rule=selectors.rule_for(actor, rule_id))
    messages.success(request, _("Rule removed."), extra_tags="rule_removed")
    return redirect("review:rules")


@page
@require_GET
def run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Show what a rule decided in one go, and how it stands by now."""
    found = selectors.run_for(actor_of(request), run_id)
    decisions = list(selectors.decisions_of(found)[:_DECISIONS_SHOWN])
    shown = pairs_selectors.with_sides([each.candidate for each in decisions])
    context = {
        "run": found,
        "rule": found.version.rule,
        "crumb": found.version.rule,
        "decided": list(zip(decisions, shown, strict=True)),
    }
    return render(request, "rules/run.html", context)


@page
@require_POST
def undo_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Take back what a rule decided in one go."""
    actor = actor_of(request)
    found = selectors.run_for(actor, run_id)
    outcome = services.undo_run(by=actor, run=found)
    done, left = outcome.done_count, len(outcome.left)
    text = ngettext("%(n)s pair is as it was before.", "%(n)s pairs are as they were before.", done)
    messages.success(request, text % {"n": done}, extra_tags="undone")
    if left:
        _say_left(request, left)
    return redirect("review:rule-run", found.public_id)


def _lists(request: HttpRequest) -> list[List]:
    return list(lists_selectors.lists_for(actor_of(request)).order_by("name"))


def _is_saved(request: HttpRequest) -> bool:
    """Tell a form to save from one to preview, which is how it is asked without a script."""
    return request.method == "POST" and "preview" not in request.POST


def _form(request: HttpRequest, rule: Rule | None = None) -> RuleForm:
    """Return the form as it was sent, or as the rule is."""
    lists = _lists(request)
    if request.method == "POST":
        return RuleForm(request.POST, lists=lists)
    name = rule.name if rule else ""
    return RuleForm(lists=lists, initial=initial_of(name, _written(rule), lists))


def _written(rule: Rule | None) -> Criteria:
    return criteria_of(selectors.version_of(rule)) if rule else DEFAULT


def _tried(request: HttpRequest, form: RuleForm, rule: Rule | None) -> dict[str, Any]:
    """Return what the preview shows: nothing for a form that makes no sense."""
    actor = actor_of(request)
    criteria = _typed(form) if form.is_bound else _written(rule)
    if criteria is None or not actor.may(Permission.CHANGE_RULES):
        return {"preview": None}
    try:
        services.check(by=actor, criteria=criteria)
    except InvalidInput as error:
        # A rule whose lists are gone is shown as it is, to be written anew.
        if form.is_bound:
            show_refusal(form, error)
        return {"preview": None}
    found = trying.preview(actor, criteria, rule=rule)
    return {"preview": found, **_shown_pairs(found)}


def _typed(form: RuleForm) -> Criteria | None:
    form.is_valid()
    # A rule without a name can be tried.
    return None if set(form.errors) - {"name"} else form.criteria()


def _shown_pairs(found: RulePreview) -> dict[str, Any]:
    right = [each for each in found.tried if not each.is_wrong]
    first = [*found.wrong, *right][:_PAIRS_SHOWN]
    sides = pairs_selectors.with_sides([each.pair for each in first])
    waiting = pairs_selectors.with_sides(found.waiting_pairs[:_PAIRS_SHOWN])
    return {
        "tried_pairs": list(zip(first, sides, strict=True)),
        "waiting_pairs": waiting,
        "most_waiting": trying.MOST_WAITING,
    }


def _say_accepted(request: HttpRequest, act: str, outcome: services.Accepted) -> None:
    if outcome.decided:
        text = wording.bulk_answer(act, outcome.decided)
        messages.success(request, text, extra_tags="proposals_accepted")
    if outcome.left:
        _say_left(request, len(outcome.left))


def _say_left(request: HttpRequest, count: int) -> None:
    text = ngettext(
        "%(n)s pair was left as it is: it has changed meanwhile.",
        "%(n)s pairs were left as they are: they have changed meanwhile.",
        count,
    )
    messages.warning(request, text % {"n": count}, extra_tags="pairs_left")
