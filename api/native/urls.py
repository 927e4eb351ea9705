"""The addresses of our own API; each is served with and without the slash at its end."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from api.native import (
    cluster_views,
    group_views,
    import_views,
    match_views,
    rule_views,
    text_list_views,
    verdict_views,
    views,
    webhook_views,
)
from api.views import DialectView

app_name = "native"

_LIST = "lists/<str:list_id>/"
_TEXT_LIST = "text-lists/<str:list_id>/"
_TEXT_ENTRY = f"{_TEXT_LIST}entries/<str:entry_id>/"
_MATCH = "matches/<str:match_id>/"
_GROUP = "groups/<str:name>/"
_GROUP_VERDICT = f"{_GROUP}verdict/"
_IMPORT = "imports/<str:import_id>/"
_RULE = "rules/<str:rule_id>/"
_RUN = "rule-runs/<str:run_id>/"
_WEBHOOK = "webhooks/<str:webhook_id>/"
_VIEWS: dict[str, tuple[str, type[DialectView]]] = {
    "lists": ("lists/", views.Lists),
    "list": (_LIST, views.OneList),
    "list-restore": (f"{_LIST}restore/", views.RestoredList),
    "items": (f"{_LIST}items/", views.Items),
    "item": (f"{_LIST}items/<str:item_id>/", views.OneItem),
    "item-restore": (f"{_LIST}items/<str:item_id>/restore/", views.RestoredItem),
    "items-export": (f"{_LIST}export/", views.ExportedItems),
    "check": (f"{_LIST}check/", views.CheckAgainstList),
    "found-items": ("items/", views.FoundItems),
    "found-item": ("items/<str:name>/", views.ItemKnownAs),
    "cluster": ("items/<str:name>/cluster/", cluster_views.ClusterOfItem),
    "matches": ("matches/", match_views.Matches),
    "many-matches": ("matches/bulk/", match_views.ManyMatches),
    "match": (_MATCH, match_views.OneMatch),
    "confirm": (f"{_MATCH}confirm/", match_views.Confirm),
    "dissociate": (f"{_MATCH}dissociate/", match_views.Dissociate),
    "undo": (f"{_MATCH}undo/", match_views.Undo),
    "groups": ("groups/", group_views.WantedGroups),
    "group": (_GROUP, group_views.OneGroup),
    "group-pin": (f"{_GROUP}pin/", group_views.PinnedReference),
    "group-merge": (f"{_GROUP}merge/", group_views.MergedGroup),
    "group-split": (f"{_GROUP}split/", group_views.SplitGroup),
    "group-history": (f"{_GROUP}history/", group_views.GroupHistory),
    "group-verdict": (_GROUP_VERDICT, group_views.VerdictOfGroup),
    "verdict-publish": (f"{_GROUP_VERDICT}publish/", group_views.PublishedVerdict),
    "verdict-retract": (f"{_GROUP_VERDICT}retract/", group_views.RetractedVerdict),
    "verdict-reuse": (f"{_GROUP_VERDICT}reuse/", group_views.ReusedVerdict),
    "verdict-preview": (f"{_GROUP_VERDICT}preview/", group_views.AudiencePreview),
    "verdict-versions": (f"{_GROUP_VERDICT}versions/", group_views.VerdictVersions),
    "verdicts": ("verdicts/", verdict_views.Verdicts),
    "verdict-settings": ("verdict-settings/", verdict_views.OwnVerdictSettings),
    "submissions": ("submissions/", verdict_views.Submissions),
    "notices": ("notices/", verdict_views.Notices),
    "notice-send": ("notices/<str:notice_id>/send/", verdict_views.SentNotice),
    "text-lists": ("text-lists/", text_list_views.TextLists),
    "text-list": (_TEXT_LIST, text_list_views.OneTextList),
    "text-list-restore": (f"{_TEXT_LIST}restore/", text_list_views.RestoredTextList),
    "text-entries": (f"{_TEXT_LIST}entries/", text_list_views.TextEntries),
    "many-text-entries": (f"{_TEXT_LIST}entries/bulk/", text_list_views.ManyTextEntries),
    "text-entry": (_TEXT_ENTRY, text_list_views.OneTextEntry),
    "text-entry-restore": (f"{_TEXT_ENTRY}restore/", text_list_views.RestoredTextEntry),
    "imports": ("imports/", import_views.Imports),
    "import": (_IMPORT, import_views.OneImport),
    "import-parts": (f"{_IMPORT}parts/", import_views.Parts),
    "import-start": (f"{_IMPORT}start/", import_views.StartedImport),
    "import-pause": (f"{_IMPORT}pause/", import_views.PausedImport),
    "import-resume": (f"{_IMPORT}resume/", import_views.ResumedImport),
    "import-cancel": (f"{_IMPORT}cancel/", import_views.CancelledImport),
    "import-refused": (f"{_IMPORT}refused/", import_views.RefusedRows),
    "rules": ("rules/", rule_views.Rules),
    "rule-preview": ("rules/preview/", rule_views.TriedRule),
    "rule": (_RULE, rule_views.OneRule),
    "rule-mode": (f"{_RULE}mode/", rule_views.ModeOfRule),
    "rule-proposals": (f"{_RULE}proposals/", rule_views.ProposedMatches),
    "rule-accept": (f"{_RULE}accept/", rule_views.AcceptProposals),
    "rule-runs": (f"{_RULE}runs/", rule_views.RuleRuns),
    "rule-run": (_RUN, rule_views.OneRun),
    "rule-run-undo": (f"{_RUN}undo/", rule_views.UndoneRun),
    "events": ("events/", webhook_views.Events),
    "webhooks": ("webhooks/", webhook_views.Webhooks),
    "webhook": (_WEBHOOK, webhook_views.OneWebhook),
    "webhook-trial": (f"{_WEBHOOK}try/", webhook_views.TryWebhook),
    "webhook-replay": (f"{_WEBHOOK}replay/", webhook_views.ReplayWebhook),
    "webhook-deliveries": (f"{_WEBHOOK}deliveries/", webhook_views.Deliveries),
    "usage": ("usage/", views.ReadUsage),
}

urlpatterns: list[URLPattern] = [
    *(path(route, view.as_view(), name=name) for name, (route, view) in _VIEWS.items()),
    *(path(route.removesuffix("/"), view.as_view(schema=None)) for route, view in _VIEWS.values()),
    re_path("", views.UnknownNativeAddress.as_view()),
]
