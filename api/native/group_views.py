"""The addresses of groups in our own API: what is in one, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from api import quotas
from api.authentication import actor_of
from api.native import answers, group_answers, paging, schema, verdict_answers
from api.native.base import NativeView
from api.native.group_answers import ShownGroup, ShownWanted
from api.native.verdict_answers import Preview
from api.native.verdict_serializers import (
    DraftRequest,
    MergeRequest,
    PinRequest,
    ReuseRequest,
    SplitRequest,
    VersionSeen,
)
from api.parameters import checked, parameters_of
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.pages import Page
from review import bulk
from review.bulk import SeenPair
from review.clusters import selectors as clusters_selectors
from review.clusters import services as clusters_services
from review.clusters.selectors import ImageCluster
from verdicts import history, merging, planning, selectors, services
from verdicts.errors import VerdictNotFound
from verdicts.selectors import GroupVerdict, ShownVerdict
from verdicts.values import VerdictContent

# Of so many pictures, those asked about most, the groups are counted.
COUNTED_PICTURES = 1000


class WantedGroups(NativeView):
    """The groups that many ask about."""

    @schema.GROUPS
    def get(self, request: Request) -> Response:
        """Return the groups that programs asked about, most often first."""
        actor, piece = actor_of(request), paging.asked_piece(request)
        skip = piece.after or 0
        found = selectors.most_wanted(
            actor, images=COUNTED_PICTURES, size=piece.size + 1, skip=skip
        )
        wanted = found[: piece.size]
        items = clusters_selectors.items_by_image(actor, [each.image.pk for each in wanted])
        verdicts = selectors.with_versions([each.verdict for each in wanted if each.verdict])
        shown = {each.verdict.pk: each for each in verdicts}
        rows = [
            ShownWanted(
                each,
                next((item.public_id for item in items.get(each.image.pk, ())), None),
                shown[each.verdict.pk] if each.verdict else None,
            )
            for each in wanted
        ]
        page = Page(rows, next_after=skip + piece.size if len(found) > piece.size else None)
        return Response(group_answers.WANTED_GROUPS(paging.answer(request, page)))


class GroupView(NativeView):
    """A view of the group that a picture is in."""

    def cluster(self, actor: Actor, name: str) -> ImageCluster:
        """Return the pictures that are connected with the named one."""
        item = lists_selectors.items_known_as(actor, name)[0]
        return clusters_selectors.cluster_of(actor, item)

    def verdict(self, cluster: ImageCluster) -> GroupVerdict:
        """Return the group's verdict in force; raise VerdictNotFound when it has none."""
        found = selectors.group_verdict(cluster)
        if found is None:
            raise VerdictNotFound(Sentence("This group has no verdict."))
        return found

    def shown(self, actor: Actor, name: str) -> Response:
        """Answer with the group as it is now."""
        group = selectors.group_of(actor, lists_selectors.items_known_as(actor, name)[0])
        verdict = selectors.group_verdict(group.cluster)
        return Response(group_answers.GROUP(ShownGroup(group, verdict)))

    def changed_verdict(
        self, request: Request, name: str, change: Callable[..., object]
    ) -> Response:
        """Have a service change the group's verdict, unless it changed since; show what it is."""
        actor = actor_of(request)
        asked = checked(VersionSeen, parameters_of(request))
        verdict = self.verdict(self.cluster(actor, name)).verdict
        change(by=actor, verdict=verdict, expected_number=asked["version"])
        return self.shown_verdict(verdict.public_id, actor)

    def shown_verdict(self, verdict_id: str, actor: Actor) -> Response:
        """Answer with a verdict as it is now."""
        (shown,) = selectors.with_versions([selectors.verdict_for(actor, verdict_id)])
        return Response(verdict_answers.VERDICT(shown))


class OneGroup(GroupView):
    """One group."""

    @schema.GROUP
    def get(self, request: Request, name: str) -> Response:
        """Return the group that a picture is in."""
        return self.shown(actor_of(request), name)


class PinnedReference(GroupView):
    """The picture that stands for a group."""

    @schema.GROUP_PIN
    def post(self, request: Request, name: str) -> Response:
        """Choose which of its pictures is a group's reference."""
        actor = actor_of(request)
        asked = checked(PinRequest, parameters_of(request))
        image = clusters_selectors.member_image(self.cluster(actor, name), asked["sha256"].lower())
        clusters_services.choose_reference(by=actor, image=image)
        return self.shown(actor, name)


class MergedGroup(GroupView):
    """Two groups that become one."""

    @schema.GROUP_MERGE
    def post(self, request: Request, name: str) -> Response:
        """Confirm that another picture shows the same, and so that its group does."""
        actor = actor_of(request)
        asked = checked(MergeRequest, parameters_of(request))
        cluster = self.cluster(actor, name)
        quotas.take_place(request)
        merging.merge(by=actor, cluster=cluster, name=asked["item"], keep=asked["keep"])
        return self.shown(actor, name)


class SplitGroup(GroupView):
    """A group that becomes two."""

    @schema.GROUP_SPLIT
    def post(self, request: Request, name: str) -> Response:
        """Dissociate the pairs that link two parts, or some pictures with the others."""
        actor = actor_of(request)
        asked = checked(SplitRequest, parameters_of(request))
        cluster = self.cluster(actor, name)
        if "items" in asked:
            match_ids = clusters_selectors.parting(actor, cluster, asked["items"])
        else:
            match_ids = list(dict.fromkeys(asked["matches"]))
            clusters_selectors.require_inside(actor, cluster, match_ids)
        seen = [SeenPair(match_id) for match_id in match_ids]
        outcome = bulk.split(by=actor, seen=seen, key="")
        return Response(answers.DECIDED_MATCHES(outcome))


class GroupHistory(GroupView):
    """What was done in a group."""

    @schema.GROUP_HISTORY
    def get(self, request: Request, name: str) -> Response:
        """Return decisions, choices of the reference and versions of verdicts, newest first."""
        actor, piece = actor_of(request), paging.asked_piece(request)
        page = history.history_page(
            actor, self.cluster(actor, name), skip=piece.after or 0, size=piece.size
        )
        return Response(group_answers.HISTORY(paging.answer(request, page)))


class VerdictOfGroup(GroupView):
    """What is said about a group."""

    @schema.VERDICT
    def get(self, request: Request, name: str) -> Response:
        """Return the group's verdict: the published one before a draft."""
        found = self.verdict(self.cluster(actor_of(request), name))
        return Response(verdict_answers.VERDICT(ShownVerdict(found.verdict, found.version)))

    @schema.VERDICT_DRAFT
    def put(self, request: Request, name: str) -> Response:
        """Keep what is being written about a group; nobody is told of it."""
        actor = actor_of(request)
        asked = checked(DraftRequest, parameters_of(request))
        number = asked.pop("version")
        verdict = services.write_draft(
            by=actor,
            cluster=self.cluster(actor, name),
            content=VerdictContent(**asked),
            expected_number=number,
        )
        return self.shown_verdict(verdict.public_id, actor)

    @schema.VERDICT_DISCARD
    def delete(self, request: Request, name: str) -> Response:
        """Discard what is being written; what is published stays."""
        actor = actor_of(request)
        verdict = self.verdict(self.cluster(actor, name)).verdict
        services.discard_draft(by=actor, verdict=verdict)
        return Response(status=204)


class PublishedVerdict(GroupView):
    """A draft that is published."""

    @schema.VERDICT_PUBLISH
    def post(self, request: Request, name: str) -> Response:
        """Publish the draft; who asked about what it covers is told after the grace period."""
        return self.changed_verdict(request, name, services.publish)


class RetractedVerdict(GroupView):
    """A verdict that is taken back."""

    @schema.VERDICT_RETRACT
    def post(self, request: Request, name: str) -> Response:
        """Take the verdict back; who was told of it is told that it does not hold."""
        return self.changed_verdict(request, name, services.retract)


class ReusedVerdict(GroupView):
    """A verdict that holds for another group too."""

    @schema.VERDICT_REUSE
    def post(self, request: Request, name: str) -> Response:
        """Publish about this group what is published about another one."""
        actor = actor_of(request)
        cluster = self.cluster(actor, name)
        asked = checked(ReuseRequest, parameters_of(request))
        other = selectors.verdict_for(actor, asked["verdict"])
        version = services.reuse(by=actor, cluster=cluster, verdict=other)
        return self.shown_verdict(version.verdict.public_id, actor)


class AudiencePreview(GroupView):
    """Who would be told."""

    @schema.VERDICT_PREVIEW
    def get(self, request: Request, name: str) -> Response:
        """Return who would be told if the draft were published, or the verdict retracted, now."""
        verdict = self.verdict(self.cluster(actor_of(request), name)).verdict
        preview = Preview(
            planning.audience_if_published(verdict) if verdict.draft is not None else None,
            planning.audience_if_retracted(verdict) if verdict.is_published else None,
        )
        return Response(verdict_answers.PREVIEW(preview))


class VerdictVersions(GroupView):
    """What a verdict said."""

    @schema.VERDICT_VERSIONS
    def get(self, request: Request, name: str) -> Response:
        """Return the versions of the group's verdict, newest first."""
        piece = paging.asked_piece(request)
        verdict = self.verdict(self.cluster(actor_of(request), name)).verdict
        page = selectors.versions_page(verdict, after=piece.after, size=piece.size)
        return Response(verdict_answers.VERSIONS(paging.answer(request, page)))
