"""Reads of rules: those of an organisation, their versions, what they propose and what they did."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from accounts.actors import Actor, Surface
from accounts.permissions import Permission, Role
from common.errors import Forbidden, NotFound
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.models import List
from lists.pages import Page, newest_page
from review.automation import criteria as criteria_of_rules
from review.automation.criteria import Criteria, criteria_of
from review.automation.watching import TakenBack, taken_back
from review.models import (
    Decision,
    MatchCandidate,
    Rule,
    RuleMode,
    RuleProposal,
    RuleRun,
    RuleVersion,
)
from review.pairs import selectors as pairs_selectors
from review.pairs.tallies import WAITING
from review.queue.counting import MOST_COUNTED

AT_WORK = (RuleMode.ASKS, RuleMode.ALONE)
MODES: tuple[str, ...] = tuple(RuleMode.values)
MAX_PROPOSED = 100
# Times as many are looked at, since other rules may contradict about some.
_LOOKED_AT = 5


class RuleNotFound(NotFound):
    """No such rule, or none of its runs, within the actor's reach."""

    code = "rule_not_found"


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule with its version of now, how many pairs it proposes, and what came of what it did.

    `proposed` is counted up to `MOST_COUNTED`; `decided` is all that it ever decided.

    A rule that is to stop stands as stopped before it has found that out itself.
    """

    rule: Rule
    version: RuleVersion
    proposed: int
    decided: int
    taken_back: TakenBack

    @property
    def is_stopped(self) -> bool:
        """Tell whether the rule stopped by itself, or will before it decides anything more."""
        is_over = self.rule.mode == RuleMode.ALONE and self.taken_back.is_too_much
        return self.rule.stopped_at is not None or is_over


def rules_for(actor: Actor) -> QuerySet[Rule]:
    """Return the organisation's rules; raise Forbidden where only some lists may be reached."""
    actor.require(Permission.VIEW)
    if actor.is_restricted:
        raise Forbidden(Sentence("Rules are about all lists, and this key may only reach some."))
    return Rule.objects.filter(organisation_id=actor.organisation_id, removed_at=None)


def rule_for(actor: Actor, public_id: str) -> Rule:
    """Return one rule; raise RuleNotFound for an id that is unknown or somebody else's."""
    sought = lists_selectors.searchable(public_id)
    rule = rules_for(actor).filter(public_id=sought).first()
    if rule is None:
        raise RuleNotFound(Sentence("There is no such rule."))
    return rule


def run_for(actor: Actor, public_id: str) -> RuleRun:
    """Return what a rule did in one go, also of a rule that was removed since."""
    rules_for(actor)
    runs = RuleRun.objects.filter(
        version__rule__organisation=actor.organisation_id,
        public_id=lists_selectors.searchable(public_id),
    )
    run = runs.select_related("version__rule", "user", "credential").first()
    if run is None:
        raise RuleNotFound(Sentence("There is no such run."))
    return run


def version_of(rule: Rule) -> RuleVersion:
    """Return the version of a rule that counts."""
    version = rule.versions.order_by("-number").first()
    if version is None:
        raise LookupError(rule.public_id)
    version.rule = rule
    return version


def version_numbered(rule: Rule, number: int) -> RuleVersion:
    """Return a version of a rule; raise RuleNotFound for a number that there never was."""
    version = rule.versions.filter(number=number).first()
    if version is None:
        raise RuleNotFound(Sentence("There is no such version of the rule."), field="version")
    version.rule = rule
    return version


def mode_named(name: str) -> RuleMode:
    """Return the mode of that name, one of `MODES`."""
    return RuleMode(name)


def lists_named_by(version: RuleVersion) -> list[str] | None:
    """Return the public ids of the lists that a version looks at; None for all of them."""
    if version.list_ids is None:
        return None
    lists = List.objects.filter(pk__in=version.list_ids, removed_at=None).order_by("pk")
    return list(lists.values_list("public_id", flat=True))


def shown_rules(actor: Actor) -> list[ShownRule]:
    """Return the organisation's rules, the oldest first."""
    return [shown_rule(rule) for rule in rules_for(actor).order_by("pk")]


def shown_rule(rule: Rule) -> ShownRule:
    """Return a rule with what there is to say of it."""
    version = version_of(rule)
    runs = RuleRun.objects.filter(version__rule=rule)
    return ShownRule(
        rule=rule,
        version=version,
        proposed=_proposals(version)[:MOST_COUNTED].count() if rule.is_asking else 0,
        decided=runs.aggregate(decided=Sum("decided_count"))["decided"] or 0,
        taken_back=taken_back(version),
    )


def versions_at_work(organisation_id: int) -> list[RuleVersion]:
    """Return the versions by which pairs are decided or proposed now, the oldest rule first."""
    newer = RuleVersion.objects.filter(rule=OuterRef("rule"), number__gt=OuterRef("number"))
    at_work = RuleVersion.objects.filter(
        ~Exists(newer),
        rule__organisation=organisation_id,
        rule__removed_at=None,
        rule__mode__in=AT_WORK,
    )
    return list(at_work.select_related("rule").order_by("rule"))


def others_at_work(organisation_id: int, rule: Rule | None) -> list[Criteria]:
    """Return what the other rules look for that are at work now."""
    own = rule.pk if rule else None
    versions = versions_at_work(organisation_id)
    return [criteria_of(each) for each in versions if each.rule_id != own]


def free(
    pairs: QuerySet[MatchCandidate], *, for_user: int | None = None
) -> QuerySet[MatchCandidate]:
    """Return those of the pairs that a rule may decide at all.

    They wait, nobody ever decided them or asked for a second look, they are nobody's task, on
    nobody's screen but this person's, and nobody took them out of what a rule proposed. What was
    drawn for an audit is for people to look at.
    """
    decided = Decision.objects.filter(candidate=OuterRef("pk"), act__in=pairs_selectors.UNDOABLE)
    taken_out = RuleProposal.objects.filter(pair=OuterRef("pk"), taken_out_at__isnull=False)
    unleased = Q(claimed_until=None) | Q(claimed_until__lte=timezone.now())
    if for_user is not None:
        unleased |= Q(claimed_by=for_user)
    return pairs.filter(
        WAITING,
        unleased,
        ~Exists(decided),
        ~Exists(taken_out),
        is_unsure=False,
        is_sample=False,
        assigned_to=None,
        image_list__removed_at=None,
    )


def proposed_pairs(
    version: RuleVersion, *, for_user: int | None, among: Collection[int] | None = None
) -> list[MatchCandidate]:
    """Return the pairs that a version proposes, the oldest first, `MAX_PROPOSED` at most.

    Each is looked at again: what no longer fits, or another rule would decide otherwise by now, is
    not proposed.
    """
    criteria = criteria_of(version)
    open_pairs = MatchCandidate.objects.filter(pk__in=_proposals(version).values("pair"))
    if among is not None:
        open_pairs = open_pairs.filter(pk__in=among)
    # What fits no longer must not stand before what does.
    possible = criteria_of_rules.narrowed(criteria, free(open_pairs, for_user=for_user))
    ids = list(possible.order_by("pk").values_list("pk", flat=True)[: _LOOKED_AT * MAX_PROPOSED])
    fitting = criteria_of_rules.fitting(
        criteria, MatchCandidate.objects.filter(pk__in=ids).order_by("pk")
    )
    others = others_at_work(version.rule.organisation_id, version.rule)
    disputed = criteria_of_rules.disputed_ids(criteria, [pair.pk for pair in fitting], others)
    return [pair for pair in fitting if pair.pk not in disputed][:MAX_PROPOSED]


def waiting_proposals(organisation_id: int) -> int:
    """Return how many pairs the rules of an organisation propose, counted up to `MOST_COUNTED`."""
    asking = Q(version__rule__mode=RuleMode.ASKS, version__rule__organisation=organisation_id)
    return RuleProposal.objects.filter(asking, _STILL_WAITS)[:MOST_COUNTED].count()


def runs_page(rule: Rule, *, after: int | None, size: int) -> Page[RuleRun]:
    """Return what a rule did, newest first."""
    runs = RuleRun.objects.filter(version__rule=rule, decided_count__gt=0)
    related = runs.select_related("version__rule", "user", "credential")
    return newest_page(related.order_by("-pk"), after=after, size=size)


def decisions_of(run: RuleRun) -> QuerySet[Decision]:
    """Return what was decided in a run, the latest first."""
    return run.decisions.select_related(
        "candidate__image_list",
        "candidate__image_low",
        "candidate__image_high",
        "undone_by__user",
        "undone_by__credential",
    ).order_by("-pk")


def actor_of_run(run: RuleRun, *, organisation_id: int) -> Actor:
    """Return the rule itself as who acts."""
    return Actor(organisation_id, Role.ANALYST, Surface.SYSTEM, rule_run_id=run.pk)


_STILL_WAITS = Q(taken_out_at=None, pair__state="suggested", pair__blocked_by=None)


def _proposals(version: RuleVersion) -> QuerySet[RuleProposal]:
    return RuleProposal.objects.filter(_STILL_WAITS, version=version)
