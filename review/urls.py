"""The addresses of the review app."""

from __future__ import annotations

from django.urls import path

from review.pages import (
    cluster_views,
    golden_views,
    pair_views,
    picture_views,
    queue_views,
    rule_views,
)

app_name = "review"

_CLUSTER = "clusters/<id:item_id>/"
_RULE = "rules/<id:rule_id>/"

urlpatterns = [
    path("review/", queue_views.queue, name="queue"),
    path("review/counts/", queue_views.counts, name="counts"),
    path("review/selection/", queue_views.preview, name="selection"),
    path("review/selection/apply/", queue_views.apply, name="selection-apply"),
    path("review/selection/undo/", queue_views.take_back, name="selection-undo"),
    path("review/views/", queue_views.save_view, name="view-save"),
    path("review/views/<id:view_id>/remove/", queue_views.remove_view, name="view-remove"),
    path("review/pictures/", picture_views.start, name="pictures"),
    path("review/pictures/undo/", picture_views.undo, name="picture-undo"),
    path("review/picture/<id:match_id>/", picture_views.show, name="picture"),
    path("review/picture/<id:match_id>/mark/", picture_views.mark, name="picture-mark"),
    path("review/picture/<id:match_id>/next/", picture_views.following, name="picture-next"),
    path("review/start/", pair_views.start, name="start"),
    path("review/undo/", pair_views.undo, name="undo"),
    path("review/claims/renew/", pair_views.renew_claims, name="renew-claims"),
    path("review/claims/release/", pair_views.release_claims, name="release-claims"),
    path("review/pair/<id:match_id>/", pair_views.show, name="pair"),
    path("review/pair/<id:match_id>/decide/", pair_views.decide, name="decide"),
    path("review/pair/<id:match_id>/explain/", pair_views.explain, name="explain"),
    path("review/pair/<id:match_id>/next/", pair_views.following, name="next"),
    path("review/golden/", golden_views.index, name="golden"),
    path("review/golden/<id:match_id>/", golden_views.mark, name="golden-mark"),
    path("review/golden/<id:match_id>/retire/", golden_views.retire, name="golden-retire"),
    path("rules/", rule_views.index, name="rules"),
    path("rules/new/", rule_views.new, name="rule-new"),
    path("rules/preview/", rule_views.preview, name="rule-preview"),
    path("rules/runs/<id:run_id>/", rule_views.run, name="rule-run"),
    path("rules/runs/<id:run_id>/undo/", rule_views.undo_run, name="rule-run-undo"),
    path(_RULE, rule_views.edit, name="rule"),
    path(f"{_RULE}proposals/", rule_views.proposals, name="rule-proposals"),
    path(f"{_RULE}accept/", rule_views.accept, name="rule-accept"),
    path(f"{_RULE}mode/", rule_views.set_mode, name="rule-mode"),
    path(f"{_RULE}remove/", rule_views.remove, name="rule-remove"),
    path(_CLUSTER, cluster_views.cluster, name="cluster"),
    path(f"{_CLUSTER}preview/", cluster_views.preview, name="cluster-preview"),
    path(f"{_CLUSTER}decide/", cluster_views.decide, name="cluster-decide"),
    path(f"{_CLUSTER}undo/", cluster_views.undo, name="cluster-undo"),
    path(f"{_CLUSTER}reference/", cluster_views.reference, name="cluster-reference"),
    path(f"{_CLUSTER}link/", cluster_views.link, name="cluster-link"),
    path(f"{_CLUSTER}split/", cluster_views.split, name="cluster-split"),
]
