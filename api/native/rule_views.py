"""The addresses of rules in our own API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from api import quotas
from api.authentication import actor_of
from api.native import answers, paging, rule_answers, schema
from api.native.base import NativeView
from api.native.rule_serializers import (
    Acceptance,
    NewRule,
    PreviewRequest,
    RuleChange,
    RuleModeChange,
)
from api.parameters import body_of, checked
from common.errors import InvalidInput
from lists import selectors as lists_selectors
from lists.pages import newest_page
from review.automation import selectors, services, trying
from review.automation.criteria import criteria_of, said
from review.bulk import SeenPair

if TYPE_CHECKING:
    from accounts.actors import Actor
    from review.automation.criteria import Criteria
    from review.models import Rule


class Rules(NativeView):
    """All rules."""

    @schema.RULES
    def get(self, request: Request) -> Response:
        """Return the rules, newest first."""
        piece = paging.asked_piece(request)
        rules = selectors.rules_for(actor_of(request))
        page = newest_page(rules, after=piece.after, size=piece.size)
        shown = [selectors.shown_rule(rule) for rule in page.rows]
        return Response(rule_answers.RULES(paging.answer(request, page.showing(shown))))

    @schema.NEW_RULE
    def post(self, request: Request) -> Response:
        """Write a rule, which is off."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_RULES)
        asked = checked(NewRule, body_of(request))
        name = asked.pop("name")
        rule = services.create_rule(by=actor, name=name, criteria=_criteria(actor, asked))
        return _answer(rule, status=201)


class OneRule(NativeView):
    """One rule."""

    @schema.RULE
    def get(self, request: Request, rule_id: str) -> Response:
        """Return a rule."""
        return _answer(selectors.rule_for(actor_of(request), rule_id))

    @schema.RULE_CHANGE
    def patch(self, request: Request, rule_id: str) -> Response:
        """Change a rule: a new version where it looks for something else."""
        actor = actor_of(request)
        rule = selectors.rule_for(actor, rule_id)
        actor.require(Permission.CHANGE_RULES)
        asked = checked(RuleChange, body_of(request))
        version = selectors.version_of(rule)
        name, number = asked.pop("name", rule.name), asked.pop("version", version.number)
        criteria = _criteria(actor, asked, criteria_of(version))
        changed = services.change_rule(
            by=actor, rule=rule, name=name, criteria=criteria, number=number
        )
        return _answer(changed)

    @schema.RULE_REMOVAL
    def delete(self, request: Request, rule_id: str) -> Response:
        """Remove a rule; what it decided stays."""
        actor = actor_of(request)
        services.remove_rule(by=actor, rule=selectors.rule_for(actor, rule_id))
        return Response(status=204)


class TriedRule(NativeView):
    """A rule that is tried on what people decided."""

    @schema.RULE_PREVIEW
    def post(self, request: Request) -> Response:
        """Tell what a rule would have decided, and what it would; nothing is written."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_RULES)
        selectors.rules_for(actor)
        asked = checked(PreviewRequest, body_of(request))
        rule_id = asked.pop("rule")
        rule = selectors.rule_for(actor, rule_id) if rule_id else None
        if rule is None and not {"act", "kinds"} <= asked.keys():
            raise InvalidInput("Say the act and the kinds, or name a rule.", field="act")
        written = criteria_of(selectors.version_of(rule)) if rule else None
        criteria = _criteria(actor, asked, written)
        services.check(by=actor, criteria=criteria)
        quotas.take_place(request)
        return Response(rule_answers.PREVIEW(trying.preview(actor, criteria, rule=rule)))


class ModeOfRule(NativeView):
    """What a rule does with the matches that it finds."""

    @schema.RULE_MODE
    def post(self, request: Request, rule_id: str) -> Response:
        """Set a version to work, or switch the rule off."""
        actor = actor_of(request)
        rule = selectors.rule_for(actor, rule_id)
        asked = checked(RuleModeChange, body_of(request))
        mode = selectors.mode_named(asked["mode"])
        return _answer(services.set_mode(by=actor, rule=rule, mode=mode, number=asked["version"]))


class ProposedMatches(NativeView):
    """What a rule would decide."""

    @schema.RULE_PROPOSALS
    def get(self, request: Request, rule_id: str) -> Response:
        """Return the matches that a rule proposes."""
        actor = actor_of(request)
        rule = selectors.rule_for(actor, rule_id)
        version = selectors.version_of(rule)
        pairs = selectors.proposed_pairs(version, for_user=actor.user_id) if rule.is_asking else []
        matches = answers.shown_pairs(pairs, request)
        return Response(rule_answers.PROPOSALS(rule_answers.Proposals(version.number, matches)))


class AcceptProposals(NativeView):
    """Proposals that a rule may decide."""

    @schema.RULE_ACCEPT
    def post(self, request: Request, rule_id: str) -> Response:
        """Let a rule decide what it proposed, each match as it was seen or not at all."""
        actor = actor_of(request)
        rule = selectors.rule_for(actor, rule_id)
        actor.require(Permission.DECIDE_MATCHES)
        asked = checked(Acceptance, body_of(request))
        taken_out = set(asked["taken_out"])
        seen = {
            each["id"]: SeenPair(each["id"], each["version"])
            for each in asked["matches"]
            if each["id"] not in taken_out
        }
        accepted = services.accept(
            by=actor,
            version=selectors.version_numbered(rule, asked["version"]),
            seen=list(seen.values()),
            taken_out=taken_out,
            key=asked["key"],
        )
        return Response(rule_answers.ACCEPTED(accepted))


class RuleRuns(NativeView):
    """What a rule decided."""

    @schema.RULE_RUNS
    def get(self, request: Request, rule_id: str) -> Response:
        """Return what a rule decided, run by run, newest first."""
        piece = paging.asked_piece(request)
        rule = selectors.rule_for(actor_of(request), rule_id)
        page = selectors.runs_page(rule, after=piece.after, size=piece.size)
        return Response(rule_answers.RUNS(paging.answer(request, page)))


class OneRun(NativeView):
    """What a rule decided in one go."""

    @schema.RULE_RUN
    def get(self, request: Request, run_id: str) -> Response:
        """Return a run with its decisions, also that of a rule that was removed since."""
        return Response(rule_answers.RUN_IN_FULL(selectors.run_for(actor_of(request), run_id)))


class UndoneRun(NativeView):
    """What a rule decided in one go, taken back."""

    @schema.RULE_UNDO
    def post(self, request: Request, run_id: str) -> Response:
        """Take a run back, but for matches that were decided again since."""
        actor = actor_of(request)
        outcome = services.undo_run(by=actor, run=selectors.run_for(actor, run_id))
        return Response(answers.DECIDED_MATCHES(outcome))


def _criteria(actor: Actor, asked: dict[str, Any], written: Criteria | None = None) -> Criteria:
    """Return what a request says, of a rule that is written already what differs."""
    if "lists" in asked:
        ids = asked.pop("lists")
        named = lists_selectors.lists_named(actor, ids) if ids is not None else None
        asked["list_ids"] = None if named is None else sorted({each.pk for each in named})
    return said(asked, written)


def _answer(rule: Rule, *, status: int = 200) -> Response:
    return Response(rule_answers.RULE(selectors.shown_rule(rule)), status=status)
