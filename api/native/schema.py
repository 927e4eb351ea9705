"""How our own API appears in the OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from api.native import (
    answers,
    cluster_answers,
    errors,
    examples,
    group_answers,
    import_answers,
    rule_answers,
    text_list_answers,
    verdict_answers,
    webhook_answers,
)
from api.native.import_serializers import (
    ImportFilter,
    NewImport,
    PartOfFile,
    StartRequest,
    UploadedImport,
)
from api.native.paging import PageRequest
from api.native.rule_serializers import (
    Acceptance,
    NewRule,
    PreviewRequest,
    RuleChange,
    RuleModeChange,
)
from api.native.serializers import (
    ChangedItem,
    CheckedImage,
    ConfirmationRequest,
    DecisionRequest,
    ExportFilter,
    ItemFilter,
    ListChange,
    ListedFilter,
    ListFilter,
    ManyDecisions,
    MatchFilter,
    NewItem,
    NewList,
    NewMatch,
    UploadedCheck,
    UploadedItem,
)
from api.native.text_list_serializers import (
    ManyTexts,
    NewTextEntry,
    NewTextList,
    TextEntryChange,
    TextEntryFilter,
    TextListChange,
)
from api.native.verdict_serializers import (
    DraftRequest,
    MergeRequest,
    NoticeFilter,
    PinRequest,
    RecipientName,
    ReuseRequest,
    SettingsChange,
    SplitRequest,
    SubmissionFilter,
    VerdictFilter,
    VersionSeen,
)
from api.native.webhook_serializers import (
    DeliveryFilter,
    EventFilter,
    NewWebhook,
    ReplayRequest,
    WebhookChange,
)

View = TypeVar("View", bound=Callable[..., Any])

_GONE = OpenApiResponse(description="Done.")
_ITEM_BEFORE = OpenApiResponse(answers.ITEM, description="The item was there before.")
_PAIR_BEFORE = OpenApiResponse(answers.MATCH, description="The pair was there before.")
_IMAGE_FAILURES = (413, 415, 424, 503)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    location=OpenApiParameter.HEADER,
    description='The `version` that you saw, as in `"3"`, instead of the one in the body.',
)
_ETAG = OpenApiParameter(
    "ETag",
    str,
    location=OpenApiParameter.HEADER,
    response=[200],
    description="The match's version, for `If-Match`.",
)
_ITEM_NAME = OpenApiParameter(
    "name",
    str,
    location=OpenApiParameter.PATH,
    description="Id of an item, `med_…`, or the SHA-256 of a picture in hexadecimal.",
)


def _described(
    tag: str, operation_id: str, answered: dict[int, Any], *failures: int, **options: Any
) -> Callable[[View], View]:
    """Describe an operation; `failures` are its statuses besides those of every operation."""
    responses = answered | dict.fromkeys((400, 401, 403, 429, *failures), errors.FAILURE)
    return extend_schema(tags=[tag], operation_id=operation_id, responses=responses, **options)


LISTS = _described("Lists", "lists", {200: answers.LISTS}, parameters=[PageRequest])
NEW_LIST = _described("Lists", "list_create", {201: answers.LIST}, request=NewList)
LIST = _described("Lists", "list", {200: answers.LIST}, 404)
LIST_CHANGE = _described("Lists", "list_change", {200: answers.LIST}, 404, request=ListChange)
LIST_REMOVAL = _described("Lists", "list_remove", {204: _GONE}, 404)
LIST_RESTORE = _described("Lists", "list_restore", {200: answers.LIST}, 404, 409, request=None)
ITEMS = _described(
    "Items", "items", {200: answers.ITEMS}, 404, parameters=[ListedFilter, PageRequest]
)
NEW_ITEM = _described(
    "Items",
    "item_add",
    {200: _ITEM_BEFORE, 201: answers.ITEM},
    404,
    *_IMAGE_FAILURES,
    request={"multipart/form-data": UploadedItem, "application/json": NewItem},
)
ITEM = _described("Items", "item", {200: answers.ITEM}, 404)
ITEM_CHANGE = _described("Items", "item_change", {200: answers.ITEM}, 404, 409, request=ChangedItem)
EXPORT = _described(
    "Items",
    "items_export",
    {200: OpenApiResponse(str, description="A table, or JSON lines.")},
    404,
    parameters=[ExportFilter],
)
ITEM_REMOVAL = _described("Items", "item_remove", {204: _GONE}, 404)
ITEM_RESTORE = _described("Items", "item_restore", {200: answers.ITEM}, 404, 409, request=None)
FOUND_ITEMS = _described(
    "Items", "found_items", {200: answers.FOUND_ITEMS}, 404, parameters=[ItemFilter, PageRequest]
)
FOUND_ITEM = _described(
    "Items", "found_item", {200: answers.FOUND_ITEM}, 404, parameters=[_ITEM_NAME, ListFilter]
)
FOUND_ITEM_REMOVAL = _described(
    "Items", "found_item_remove", {204: _GONE}, 404, parameters=[_ITEM_NAME, ListFilter]
)
CLUSTER = _described(
    "Items",
    "item_cluster",
    {200: cluster_answers.CLUSTER},
    404,
    parameters=[_ITEM_NAME, PageRequest],
)
CHECK = _described(
    "Items",
    "check",
    {200: answers.CHECK},
    404,
    *_IMAGE_FAILURES,
    request={"multipart/form-data": UploadedCheck, "application/json": CheckedImage},
    examples=[examples.CHECKED],
)
MATCHES = _described(
    "Matches", "matches", {200: answers.MATCHES}, 404, parameters=[MatchFilter, PageRequest]
)
NEW_MATCH = _described(
    "Matches",
    "match_create",
    {200: _PAIR_BEFORE, 201: answers.MATCH},
    404,
    409,
    503,
    request=NewMatch,
)
DECIDE_MANY = _described(
    "Matches", "matches_decide", {200: answers.DECIDED_MATCHES}, request=ManyDecisions
)
MATCH = _described(
    "Matches",
    "match",
    {200: answers.MATCH_IN_FULL},
    404,
    parameters=[_ETAG],
    examples=[examples.MATCH_IN_FULL],
)
CONFIRM, DISSOCIATE, UNDO = (
    _described(
        "Matches",
        f"match_{act}",
        {200: answers.MATCH},
        404,
        409,
        parameters=[_IF_MATCH],
        request=read,
    )
    for act, read in (
        ("confirm", ConfirmationRequest),
        ("dissociate", DecisionRequest),
        ("undo", DecisionRequest),
    )
)
GROUPS = _described(
    "Groups", "groups", {200: group_answers.WANTED_GROUPS}, parameters=[PageRequest]
)
GROUP = _described("Groups", "group", {200: group_answers.GROUP}, 404, parameters=[_ITEM_NAME])
GROUP_PIN, GROUP_MERGE = (
    _described(
        "Groups",
        f"group_{act}",
        {200: group_answers.GROUP},
        *(404, 409, *more),
        parameters=[_ITEM_NAME],
        request=read,
    )
    for act, read, more in (("pin", PinRequest, ()), ("merge", MergeRequest, (503,)))
)
GROUP_SPLIT = _described(
    "Groups",
    "group_split",
    {200: answers.DECIDED_MATCHES},
    404,
    409,
    parameters=[_ITEM_NAME],
    request=SplitRequest,
)
GROUP_HISTORY = _described(
    "Groups",
    "group_history",
    {200: group_answers.HISTORY},
    404,
    parameters=[_ITEM_NAME, PageRequest],
)
VERDICT = _described(
    "Verdicts", "verdict", {200: verdict_answers.VERDICT}, 404, parameters=[_ITEM_NAME]
)
VERDICT_DISCARD = _described(
    "Verdicts", "verdict_discard", {204: _GONE}, 404, parameters=[_ITEM_NAME]
)
VERDICT_DRAFT, VERDICT_PUBLISH, VERDICT_RETRACT, VERDICT_REUSE = (
    _described(
        "Verdicts",
        f"verdict_{act}",
        {200: verdict_answers.VERDICT},
        404,
        409,
        parameters=[_ITEM_NAME],
        request=read,
        examples=[examples.VERDICT],
    )
    for act, read in (
        ("draft", DraftRequest),
        ("publish", VersionSeen),
        ("retract", VersionSeen),
        ("reuse", ReuseRequest),
    )
)
VERDICT_PREVIEW = _described(
    "Verdicts", "verdict_preview", {200: verdict_answers.PREVIEW}, 404, parameters=[_ITEM_NAME]
)
VERDICT_VERSIONS = _described(
    "Verdicts",
    "verdict_versions",
    {200: verdict_answers.VERSIONS},
    404,
    parameters=[_ITEM_NAME, PageRequest],
)
VERDICTS = _described(
    "Verdicts",
    "verdicts",
    {200: verdict_answers.VERDICTS},
    parameters=[VerdictFilter, PageRequest],
)
VERDICT_SETTINGS = _described("Verdicts", "verdict_settings", {200: verdict_answers.SETTINGS})
VERDICT_SETTINGS_CHANGE = _described(
    "Verdicts",
    "verdict_settings_change",
    {200: verdict_answers.SETTINGS},
    request=SettingsChange,
)
SUBMISSIONS = _described(
    "Verdicts",
    "submissions",
    {200: verdict_answers.SUBMISSIONS},
    parameters=[SubmissionFilter, PageRequest],
)
RECIPIENT_REMOVAL = _described(
    "Verdicts",
    "recipient_forget",
    {200: verdict_answers.FORGOTTEN},
    parameters=[RecipientName],
)
NOTICES = _described(
    "Verdicts",
    "notices",
    {200: verdict_answers.NOTICES},
    404,
    parameters=[NoticeFilter, PageRequest],
)
NOTICE_SEND = _described(
    "Verdicts", "notice_send", {200: verdict_answers.NOTICE}, 404, 409, request=None
)
TEXT_LISTS = _described(
    "Text lists", "text_lists", {200: text_list_answers.TEXT_LISTS}, parameters=[PageRequest]
)
NEW_TEXT_LIST = _described(
    "Text lists",
    "text_list_create",
    {201: text_list_answers.TEXT_LIST},
    409,
    request=NewTextList,
)
TEXT_LIST = _described("Text lists", "text_list", {200: text_list_answers.TEXT_LIST}, 404)
TEXT_LIST_CHANGE = _described(
    "Text lists",
    "text_list_change",
    {200: text_list_answers.TEXT_LIST},
    404,
    request=TextListChange,
)
TEXT_LIST_REMOVAL = _described("Text lists", "text_list_remove", {204: _GONE}, 404)
TEXT_LIST_RESTORE = _described(
    "Text lists",
    "text_list_restore",
    {200: text_list_answers.TEXT_LIST},
    404,
    409,
    request=None,
)
TEXT_ENTRIES = _described(
    "Text lists",
    "text_entries",
    {200: text_list_answers.TEXT_ENTRIES},
    404,
    parameters=[TextEntryFilter, PageRequest],
)
NEW_TEXT_ENTRY = _described(
    "Text lists",
    "text_entry_add",
    {201: text_list_answers.TEXT_ENTRY},
    404,
    409,
    request=NewTextEntry,
)
PUT_TEXTS = _described(
    "Text lists",
    "text_entries_add",
    {200: text_list_answers.PUT_TEXTS},
    404,
    413,
    request=ManyTexts,
)
TEXT_ENTRY = _described("Text lists", "text_entry", {200: text_list_answers.TEXT_ENTRY}, 404)
TEXT_ENTRY_CHANGE = _described(
    "Text lists",
    "text_entry_change",
    {200: text_list_answers.TEXT_ENTRY},
    404,
    409,
    request=TextEntryChange,
)
TEXT_ENTRY_REMOVAL = _described("Text lists", "text_entry_remove", {204: _GONE}, 404)
TEXT_ENTRY_RESTORE = _described(
    "Text lists",
    "text_entry_restore",
    {200: text_list_answers.TEXT_ENTRY},
    404,
    409,
    request=None,
)
IMPORTS = _described(
    "Imports", "imports", {200: import_answers.IMPORTS}, 404, parameters=[ImportFilter, PageRequest]
)
NEW_IMPORT = _described(
    "Imports",
    "import_create",
    {
        200: OpenApiResponse(import_answers.IMPORT, description="It was begun before."),
        201: import_answers.IMPORT,
    },
    *(404, 409, 413, 503),
    request={"multipart/form-data": UploadedImport, "application/json": NewImport},
)
IMPORT = _described("Imports", "import", {200: import_answers.IMPORT}, 404)
PART = _described(
    "Imports",
    "import_part",
    {200: import_answers.IMPORT},
    *(404, 409, 413, 503),
    request={"multipart/form-data": PartOfFile},
)
IMPORT_START = _described(
    "Imports", "import_start", {200: import_answers.IMPORT}, 404, 409, request=StartRequest
)
IMPORT_PAUSE, IMPORT_RESUME, IMPORT_CANCEL = (
    _described("Imports", f"import_{act}", {200: import_answers.IMPORT}, 404, 409, request=None)
    for act in ("pause", "resume", "cancel")
)
REFUSED_ROWS = _described(
    "Imports",
    "import_refused",
    {200: OpenApiResponse(str, description="A table: the columns sent, `row`, `code`, `reason`.")},
    404,
)
RULES = _described("Rules", "rules", {200: rule_answers.RULES}, parameters=[PageRequest])
NEW_RULE = _described("Rules", "rule_create", {201: rule_answers.RULE}, 404, 409, request=NewRule)
RULE = _described("Rules", "rule", {200: rule_answers.RULE}, 404)
RULE_CHANGE = _described(
    "Rules", "rule_change", {200: rule_answers.RULE}, 404, 409, request=RuleChange
)
RULE_REMOVAL = _described("Rules", "rule_remove", {204: _GONE}, 404)
RULE_PREVIEW = _described(
    "Rules", "rule_preview", {200: rule_answers.PREVIEW}, 404, 503, request=PreviewRequest
)
RULE_MODE = _described(
    "Rules", "rule_mode", {200: rule_answers.RULE}, 404, 409, request=RuleModeChange
)
RULE_PROPOSALS = _described("Rules", "rule_proposals", {200: rule_answers.PROPOSALS}, 404)
RULE_ACCEPT = _described(
    "Rules", "rule_accept", {200: rule_answers.ACCEPTED}, 404, 409, request=Acceptance
)
RULE_RUNS = _described(
    "Rules", "rule_runs", {200: rule_answers.RUNS}, 404, parameters=[PageRequest]
)
RULE_RUN = _described("Rules", "rule_run", {200: rule_answers.RUN_IN_FULL}, 404)
RULE_UNDO = _described("Rules", "rule_undo", {200: answers.DECIDED_MATCHES}, 404, 409, request=None)
EVENTS = _described(
    "Events", "events", {200: webhook_answers.EVENTS}, 404, 410, parameters=[EventFilter]
)
WEBHOOKS = _described(
    "Events", "webhooks", {200: webhook_answers.WEBHOOKS}, parameters=[PageRequest]
)
NEW_WEBHOOK = _described(
    "Events", "webhook_create", {201: webhook_answers.WEBHOOK}, 409, request=NewWebhook
)
WEBHOOK = _described("Events", "webhook", {200: webhook_answers.WEBHOOK}, 404)
WEBHOOK_CHANGE = _described(
    "Events", "webhook_change", {200: webhook_answers.WEBHOOK}, 404, request=WebhookChange
)
WEBHOOK_REMOVAL = _described("Events", "webhook_remove", {204: _GONE}, 404)
WEBHOOK_TRIAL = _described(
    "Events", "webhook_try", {200: webhook_answers.TRIED}, 404, 424, request=None
)
WEBHOOK_REPLAY = _described(
    "Events", "webhook_replay", {200: webhook_answers.REPLAYED}, 404, 410, request=ReplayRequest
)
DELIVERIES = _described(
    "Events",
    "webhook_deliveries",
    {200: webhook_answers.DELIVERIES},
    404,
    parameters=[DeliveryFilter, PageRequest],
)
USAGE = _described("Usage", "usage", {200: answers.USAGE})
