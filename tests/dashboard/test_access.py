"""Who may open and do what on the pages: everybody else is sent away in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from accounts import invitations
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.apps import PublicIdConverter
from accounts.models import (
    ApiCredential,
    Invitation,
    Membership,
    Organisation,
    User,
    UserSession,
)
from accounts.permissions import Role
from dashboard import urls as dashboard_urls
from imports import services as imports_services
from imports.models import Import, Source
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import BulkChange, Item, List
from review import urls as review_urls
from review.clusters import selectors as clusters_selectors
from review.models import Erasure, MatchCandidate, QueueView, RuleRun
from review.pairs import services as pairs_services
from review.queue import kept_views
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import given_rules, hooks, team
from tests.conftest import PASSWORD, raw_image, undone
from text_lists import services as text_lists_services
from text_lists.models import TextEntry
from text_lists.values import NewEntry, TextListSettings
from verdicts import services as verdicts_services
from verdicts import urls as verdicts_urls
from verdicts.models import Notice, Submission, Verdict
from verdicts.values import VerdictContent
from webhooks.models import Webhook

OPEN_TO_ALL = {
    "code",
    "first-admin",
    "invitation",
    "language",
    "new-password",
    "openid",
    "openid-callback",
    "password-lost",
    "set-up",
    "sign-in",
    "sign-out",
    "theme",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as a template over the ids of what it is about."""

    name: str
    method: str
    address: str
    needs: Role = Role.VIEWER
    own: bool = True  # about an object that only its organisation knows
    unknown: int = 404  # the status where there is no such object

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


REQUESTS = [
    Request("home", "get", "/", own=False),
    Request("demo", "get", "/demo/", Role.MANAGER, own=False),
    Request("demo-load", "post", "/demo/load/", Role.MANAGER, own=False),
    Request("demo-remove", "post", "/demo/remove/", Role.MANAGER, own=False),
    Request("lists", "get", "/lists/", own=False),
    Request("lists", "post", "/lists/", Role.MANAGER, own=False),
    Request("list", "get", "/lists/{list}/"),
    Request("list-settings", "get", "/lists/{list}/settings/", Role.MANAGER),
    Request("list-settings", "post", "/lists/{list}/settings/", Role.MANAGER),
    Request("list-thresholds", "post", "/lists/{list}/thresholds/", Role.MANAGER),
    Request("list-api", "get", "/lists/{list}/api/"),
    Request("list-remove", "post", "/lists/{list}/remove/", Role.MANAGER),
    Request("pictures-add", "post", "/lists/{list}/add/", Role.MANAGER),
    Request("picture-check", "get", "/lists/{list}/check/", Role.ANALYST),
    Request("picture-check", "post", "/lists/{list}/check/", Role.ANALYST),
    Request("list-export", "get", "/lists/{list}/export/"),
    Request("list-export", "post", "/lists/{list}/export/"),
    Request("items-change", "post", "/lists/{list}/items/change/", Role.MANAGER),
    Request("change-undo", "post", "/lists/{list}/changes/{change}/undo/", Role.MANAGER),
    Request("item-edit", "get", "/items/{item}/edit/", Role.MANAGER),
    Request("item-edit", "post", "/items/{item}/edit/", Role.MANAGER),
    Request("pictures-restore", "post", "/lists/{list}/items/restore/", Role.MANAGER),
    Request("item", "get", "/items/{item}/"),
    Request("removed", "get", "/removed/", Role.MANAGER, own=False),
    Request("removed-lists", "get", "/removed/lists/", Role.MANAGER, own=False),
    Request("removed-list-restore", "post", "/removed/lists/{list}/restore/", Role.MANAGER),
    Request("removed-item-restore", "post", "/removed/items/{item}/restore/", Role.MANAGER),
    Request("list-erase", "get", "/lists/{list}/erase/", Role.MANAGER),
    Request("list-erase", "post", "/lists/{list}/erase/", Role.MANAGER),
    Request("item-erase", "get", "/items/{item}/erase/", Role.MANAGER),
    Request("item-erase", "post", "/items/{item}/erase/", Role.MANAGER),
    Request("erasures", "get", "/erased/", Role.MANAGER, own=False),
    Request("erasure-receipt", "get", "/erased/{erasure}/receipt.json", Role.MANAGER),
    Request("text-lists", "get", "/text-lists/", own=False),
    Request("text-lists", "post", "/text-lists/", Role.MANAGER, own=False),
    Request("text-list", "get", "/text-lists/{texts}/"),
    Request("text-list", "post", "/text-lists/{texts}/", Role.MANAGER),
    Request("text-list-settings", "get", "/text-lists/{texts}/settings/", Role.MANAGER),
    Request("text-list-settings", "post", "/text-lists/{texts}/settings/", Role.MANAGER),
    Request("text-list-keys", "post", "/text-lists/{texts}/keys/", Role.ADMIN),
    Request("text-list-remove", "post", "/text-lists/{texts}/remove/", Role.MANAGER),
    Request("text-list-restore", "post", "/text-lists/{texts}/restore/", Role.MANAGER),
    Request("text-list-many", "get", "/text-lists/{texts}/many/", Role.MANAGER),
    Request("text-list-paste", "post", "/text-lists/{texts}/paste/", Role.MANAGER),
    Request("text-list-import", "post", "/text-lists/{texts}/import/", Role.MANAGER),
    Request("text-list-try", "get", "/text-lists/{texts}/try/"),
    Request("text-list-try", "post", "/text-lists/{texts}/try/"),
    Request("text-list-picture", "post", "/text-lists/{texts}/try/picture/", Role.ANALYST),
    Request("text-list-export", "get", "/text-lists/{texts}/export/"),
    Request("text-list-removed", "get", "/text-lists/{texts}/removed/", Role.MANAGER),
    Request("entries-remove", "post", "/text-lists/{texts}/entries/remove/", Role.MANAGER),
    Request("entries-restore", "post", "/text-lists/{texts}/entries/restore/", Role.MANAGER),
    Request("entry-change", "post", "/text-lists/{texts}/entries/{entry}/", Role.MANAGER),
    Request("entry-restore", "post", "/text-lists/{texts}/entries/{entry}/restore/", Role.MANAGER),
    Request("find", "get", "/find/", own=False),
    Request("find", "post", "/find/", Role.ANALYST, own=False),
    Request("check", "get", "/check/", Role.ANALYST, own=False),
    Request("check", "post", "/check/", Role.ANALYST, own=False),
    Request("search", "get", "/search/", Role.ANALYST, own=False),
    Request("search", "post", "/search/", Role.ANALYST, own=False),
    Request("imports", "get", "/imports/", Role.MANAGER, own=False),
    Request("import-new", "post", "/imports/new/", Role.MANAGER, own=False),
    Request("imports-kept", "post", "/imports/kept/", Role.MANAGER, own=False),
    Request("import-part", "post", "/imports/{import}/parts/", Role.MANAGER),
    Request("import-change", "post", "/imports/{import}/change/", Role.MANAGER),
    Request("import-refused", "get", "/imports/{import}/refused.csv", Role.MANAGER),
    Request("activity", "get", "/activity/", own=False),
    Request("activity-export", "get", "/activity/export/", own=False),
    Request("statistics", "get", "/stats/", Role.ANALYST, own=False),
    Request("statistics-export", "get", "/stats/export/?figure=decisions", Role.ANALYST, own=False),
    Request("activity-undo", "post", "/activity/{match}/undo/", Role.ANALYST),
    Request("api-credentials", "get", "/settings/api/", Role.ADMIN, own=False),
    Request("api-credentials", "post", "/settings/api/", Role.ADMIN, own=False),
    Request("api-revoke", "post", "/settings/api/{key}/revoke/", Role.ADMIN),
    Request("callback-secret", "post", "/settings/api/callbacks/", Role.ADMIN, own=False),
    Request("events", "get", "/settings/api/events/", Role.ADMIN, own=False),
    Request("webhooks", "get", "/settings/api/webhooks/", Role.ADMIN, own=False),
    Request("webhooks", "post", "/settings/api/webhooks/", Role.ADMIN, own=False),
    Request("webhook", "get", "/settings/api/webhooks/{webhook}/", Role.ADMIN),
    Request("webhook", "post", "/settings/api/webhooks/{webhook}/", Role.ADMIN),
    Request("webhook-trial", "post", "/settings/api/webhooks/{webhook}/try/", Role.ADMIN),
    Request("webhook-replay", "post", "/settings/api/webhooks/{webhook}/replay/", Role.ADMIN),
    Request("webhook-remove", "post", "/settings/api/webhooks/{webhook}/remove/", Role.ADMIN),
    Request("feedback", "get", "/settings/feedback/", Role.MANAGER, own=False),
    Request("models", "get", "/settings/models/", Role.MANAGER, own=False),
    Request("audit", "get", "/settings/audit/", Role.ADMIN, own=False),
    Request("audit-export", "get", "/settings/audit/export/", Role.ADMIN, own=False),
    Request("team", "get", "/settings/team/", Role.ADMIN, own=False),
    Request("team", "post", "/settings/team/", Role.ADMIN, own=False),
    Request("team-again", "post", "/settings/team/invitations/{invitation}/again/", Role.ADMIN),
    Request(
        "team-withdraw", "post", "/settings/team/invitations/{invitation}/withdraw/", Role.ADMIN
    ),
    Request("team-role", "post", "/settings/team/{member}/role/", Role.ADMIN),
    Request("team-password", "post", "/settings/team/{member}/password/", Role.ADMIN),
    Request("team-rules", "post", "/settings/team/rules/", Role.ADMIN, own=False),
    Request("team-code", "post", "/settings/team/{member}/code/", Role.ADMIN),
    Request("team-sessions", "post", "/settings/team/{member}/sessions/end/", Role.ADMIN),
    Request("sessions", "get", "/settings/sessions/", own=False),
    Request("sessions-end-others", "post", "/settings/sessions/end-others/", own=False),
    Request("session-end", "post", "/settings/sessions/{session}/end/"),
    Request("team-remove", "post", "/settings/team/{member}/remove/", Role.ADMIN),
    Request("second-factor", "get", "/settings/second-factor/", own=False),
    Request("second-factor", "post", "/settings/second-factor/", own=False),
    Request("codes-renew", "post", "/settings/second-factor/codes/", own=False),
    Request("codes-save", "post", "/settings/second-factor/save/", own=False),
    Request("second-factor-off", "post", "/settings/second-factor/off/", own=False),
    Request("password", "get", "/settings/password/", own=False),
    Request("password", "post", "/settings/password/", own=False),
    Request("queue", "get", "/review/", own=False),
    Request("start", "get", "/review/start/", own=False),
    Request("undo", "post", "/review/undo/", Role.ANALYST, own=False),
    Request("pictures", "get", "/review/pictures/", own=False),
    Request("picture-undo", "post", "/review/pictures/undo/", Role.ANALYST, own=False),
    Request("picture", "get", "/review/picture/{match}/"),
    Request("picture-mark", "post", "/review/picture/{match}/mark/", Role.ANALYST),
    # What is gone has no place: the queue begins anew.
    Request("picture-next", "get", "/review/picture/{match}/next/", unknown=302),
    Request("pair", "get", "/review/pair/{match}/"),
    Request("next", "get", "/review/pair/{match}/next/", unknown=302),
    Request("decide", "post", "/review/pair/{match}/decide/", Role.ANALYST),
    Request("counts", "get", "/review/counts/", own=False),
    Request("selection", "post", "/review/selection/", Role.ANALYST, own=False),
    Request("selection-apply", "post", "/review/selection/apply/", Role.ANALYST, own=False),
    Request("selection-undo", "post", "/review/selection/undo/", Role.ANALYST, own=False),
    Request("view-save", "post", "/review/views/", own=False),
    Request("view-remove", "post", "/review/views/{view}/remove/", Role.MANAGER),
    Request("explain", "post", "/review/pair/{match}/explain/", Role.ANALYST),
    Request("renew-claims", "post", "/review/claims/renew/", Role.ANALYST, own=False),
    Request("release-claims", "post", "/review/claims/release/", Role.ANALYST, own=False),
    Request("cluster", "get", "/clusters/{item}/"),
    Request("cluster-preview", "get", "/clusters/{item}/preview/", Role.ANALYST),
    Request("cluster-decide", "post", "/clusters/{item}/decide/", Role.ANALYST),
    Request("cluster-undo", "post", "/clusters/{item}/undo/", Role.ANALYST),
    Request("cluster-reference", "post", "/clusters/{item}/reference/", Role.ANALYST),
    Request("cluster-link", "post", "/clusters/{item}/link/", Role.ANALYST),
    Request("cluster-split", "get", "/clusters/{item}/split/", Role.ANALYST),
    Request("cluster-split", "post", "/clusters/{item}/split/", Role.ANALYST),
    Request("golden", "get", "/review/golden/", Role.MANAGER, own=False),
    Request("golden-mark", "get", "/review/golden/{match}/", Role.MANAGER),
    Request("golden-mark", "post", "/review/golden/{match}/", Role.MANAGER),
    Request("golden-retire", "post", "/review/golden/{match}/retire/", Role.MANAGER),
    Request("rules", "get", "/rules/", own=False),
    Request("rule-new", "get", "/rules/new/", Role.MANAGER, own=False),
    Request("rule-new", "post", "/rules/new/", Role.MANAGER, own=False),
    Request("rule-preview", "get", "/rules/preview/", Role.MANAGER, own=False),
    Request("rule-run", "get", "/rules/runs/{run}/"),
    Request("rule-run-undo", "post", "/rules/runs/{run}/undo/", Role.ANALYST),
    Request("rule", "get", "/rules/{rule}/"),
    Request("rule", "post", "/rules/{rule}/", Role.MANAGER),
    Request("rule-proposals", "get", "/rules/{rule}/proposals/"),
    Request("rule-accept", "post", "/rules/{rule}/accept/", Role.ANALYST),
    Request("rule-mode", "post", "/rules/{rule}/mode/", Role.MANAGER),
    Request("rule-remove", "post", "/rules/{rule}/remove/", Role.MANAGER),
    Request("index", "get", "/verdicts/", own=False),
    Request("notices", "get", "/verdicts/notices/", own=False),
    Request("wanted", "get", "/groups/", own=False),
    Request("submissions", "get", "/submissions/", own=False),
    Request("forget", "post", "/submissions/forget/", Role.MANAGER, own=False),
    Request("send-again", "post", "/verdicts/notices/{notice}/send/", Role.MANAGER),
    Request("settings", "get", "/verdicts/settings/", Role.ADMIN, own=False),
    Request("settings", "post", "/verdicts/settings/", Role.ADMIN, own=False),
    Request("conflict", "get", "/verdicts/conflict/{match}/", Role.ANALYST),
    Request("conflict", "post", "/verdicts/conflict/{match}/", Role.ANALYST),
    Request("edit", "get", "/verdicts/{item}/edit/", Role.ANALYST),
    Request("edit", "post", "/verdicts/{item}/edit/", Role.ANALYST),
    Request("discard", "post", "/verdicts/{item}/discard/", Role.ANALYST),
    Request("publish", "get", "/verdicts/{item}/publish/", Role.ANALYST),
    Request("publish", "post", "/verdicts/{item}/publish/", Role.MANAGER),
    Request("retract", "get", "/verdicts/{item}/retract/", Role.MANAGER),
    Request("retract", "post", "/verdicts/{item}/retract/", Role.MANAGER),
    Request("reuse", "get", "/verdicts/{item}/reuse/", Role.MANAGER),
    Request("reuse", "post", "/verdicts/{item}/reuse/", Role.MANAGER),
]
RANKS = list(Role)
RULE_FORM: dict[str, object] = {
    "name": "Another",
    "act": "confirm",
    "kinds": ["near"],
    "score_from": "0.9",
    "score_to": "1",
    "text": "either",
    "least_size_percent": "0",
}


@dataclass(frozen=True, slots=True)
class World:
    """The objects of the organisation that the requests are about."""

    image_list: List
    item: Item
    match: MatchCandidate
    credential: ApiCredential
    member: Membership
    invitation: Invitation
    view: QueueView
    session: UserSession
    erasure: Erasure
    entry: TextEntry
    webhook: Webhook
    run: RuleRun
    verdict: Verdict  # about another cluster than the item's
    notice: Notice
    change: BulkChange
    imported: Import
    photo: bytes

    def ids(self) -> dict[str, str]:
        return {
            "list": self.image_list.public_id,
            "item": self.item.public_id,
            "match": self.match.public_id,
            "key": self.credential.public_id,
            "member": self.member.public_id,
            "invitation": self.invitation.public_id,
            "view": self.view.public_id,
            "session": self.session.public_id,
            "erasure": self.erasure.public_id,
            "texts": self.entry.text_list.public_id,
            "entry": self.entry.public_id,
            "webhook": self.webhook.public_id,
            "notice": self.notice.public_id,
            "rule": self.run.version.rule.public_id,
            "run": self.run.public_id,
            "change": self.change.public_id,
            "import": self.imported.public_id,
        }

    def form(self, request: Request) -> dict[str, object]:
        picture = SimpleUploadedFile("photo.jpg", self.photo)
        forms: dict[str, dict[str, object]] = {
            "lists": {"name": "Another"},
            "list-settings": {
                "name": "Renamed",
                "suggestion_threshold": "0.3",
                "duplicate_threshold": "0.5",
                "snapshot_retention_days": "90",
            },
            "import-new": {
                "list": self.image_list.public_id,
                "file": SimpleUploadedFile("a.csv", b"url\nhttp://127.0.0.1:9/\n"),
            },
            "imports-kept": {"list": self.image_list.public_id, "hashes": "0"},
            "import-part": {"offset": "0", "part": SimpleUploadedFile("part", b"url\nh:/\n")},
            "import-change": {"act": "cancel"},
            "list-erase": {"reason": "Because"},
            "item-erase": {"reason": "Because"},
            "list-remove": {"name": self.image_list.name},
            "pictures-add": {"images": [picture]},
            "picture-check": {"image": picture},
            "search": {"image": picture},
            "find": {"image": picture},
            "check": {"image": picture},
            "text-lists": {"name": "Another", "kind": "allow"},
            "text-list": {"text": "pot", "language": "all", "match": "exact"},
            "text-list-settings": {"name": "Renamed", "kind": "allow"},
            "text-list-paste": {"lines": "pot", "language": "all", "match": "exact"},
            "text-list-try": {"sentence": "A cup", "language": "en"},
            "text-list-picture": {"image": picture, "language": "en"},
            "text-list-import": {"table": SimpleUploadedFile("a.csv", b"text\npot\n")},
            "entries-remove": {"entry": [self.entry.public_id]},
            "entry-change": {
                f"{self.entry.public_id}-{name}": value
                for name, value in (("text", "pot"), ("language", "de"), ("match", "exact"))
            },
            "settings": {"grace_s": "60"},
            "forget": {"recipient": "nobody"},
            "edit": {"number": "0", "rating": "False", "title": "No cup"},
            "reuse": {"verdict": self.verdict.public_id},
            "webhooks": {"url": self.webhook.url},
            "webhook": {"url": self.webhook.url},
            "activity-undo": {"version": "2"},
            "items-change": {"item": [self.item.public_id], "act": "remove"},
            "item-edit": {"custom_id": "a", "name": "b", "tags": "c", "context": "{}"},
            "pictures-restore": {"item": [self.item.public_id]},
            "api-credentials": {"name": "Bot", "role": "viewer"},
            "team": {"email": "new@example.org", "role": "viewer"},
            "team-role": {"role": "analyst"},
            "password": {
                "old_password": PASSWORD,
                "new_password1": "another horse battery",
                "new_password2": "another horse battery",
            },
            "codes-save": {"codes": "aaaa-bbbb-cccc-dddd"},
            "decide": {"act": "confirm"},
            "picture-mark": {"mark": f"{self.match.public_id} 1 confirm"},
            "explain": {"note": "same cup"},
            "selection": {"act": "confirm", "pair": [f"{self.match.public_id}:1"]},
            "selection-apply": {
                "act": "confirm",
                "key": "some-key",
                "pair": [f"{self.match.public_id}:1"],
            },
            "selection-undo": {"act": "confirm", "key": "some-key"},
            "view-save": {"name": "Doubts", "unsure": "1"},
            "cluster-decide": {
                "act": "confirm",
                "key": "some-key",
                "pair": [f"{self.match.public_id}:1"],
            },
            "cluster-undo": {"key": "some-key"},
            # Only a decided pair is marked: the form is not understood and shown again.
            "golden-mark": {"truth": ""},
            "rule-new": RULE_FORM,
            "rule": RULE_FORM,
            "rule-accept": {"key": "some-page", "number": "1"},
            "rule-mode": {"mode": "asks", "number": "1"},
            "cluster-reference": {"image": self.item.image.sha256},
            "cluster-link": {"item": self.item.public_id},
            "cluster-split": {"key": "some-key", "pair": [f"{self.match.public_id}:1"]},
        }
        return forms.get(request.name, {})

    def send(self, client: Client, request: Request) -> int:
        address = request.address.format(**self.ids())
        if request.name == "session-end":  # everybody ends their own
            own = UserSession.objects.latest("pk").public_id
            address = request.address.format(session=own)
        if request.method == "get":
            return client.get(address).status_code
        return client.post(address, self.form(request)).status_code


@pytest.fixture
def world(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> World:
    items = [
        submissions_services.submit(
            by=admin, submission=NewSubmission(raw=raw_image(photo), add_to=image_list)
        ).item
        for photo in (coffee, coffee_copy)
    ]
    item = items[-1]
    assert item is not None
    credential = accounts_services.create_credential(
        by=admin, name="Check", role=Role.MANAGER, is_restricted=False
    ).credential
    member = team.add_member(by=admin, email="lena@example.org", role=Role.VIEWER).membership
    invited = invitations.invite(by=admin, email="nia@example.org", role=Role.VIEWER)
    match = MatchCandidate.objects.get()
    view = kept_views.keep(by=admin, name="Everything", query="", is_shared=True)
    Client().force_login(User.objects.get(pk=admin.user_id or 0))
    session = UserSession.objects.get()
    erasure = Erasure.objects.create(
        organisation_row=admin.organisation_id, kind="item", subject="med_gone", reason="Because"
    )
    settings = TextListSettings(name="Names", kind="disallow")
    texts = text_lists_services.create_list(by=admin, settings=settings)
    entry = text_lists_services.add_entry(by=admin, text_list=texts, entry=NewEntry("cup"))
    return World(
        image_list,
        item,
        match,
        credential,
        member,
        invited.invitation,
        view,
        session,
        erasure,
        entry,
        Webhook.objects.create(organisation_id=admin.organisation_id, url="https://127.0.0.1:9/"),
        RuleRun.objects.create(version=given_rules.asking(admin), key="a-page"),
        verdict := published_about(admin, items[0]),
        planned_about(verdict, item),
        BulkChange.objects.create(
            organisation_id=admin.organisation_id,
            image_list=image_list,
            kind="remove",
            state="done",
            surface="browser",
        ),
        imports_services.begin(
            by=admin, image_list=image_list, source=Source.TABLE, name="a.csv", byte_size=8
        ),
        photo=astronaut,
    )


def published_about(by: Actor, item: Item | None) -> Verdict:
    assert item is not None
    verdict = verdicts_services.write_draft(
        by=by,
        cluster=clusters_selectors.cluster_of(by, item),
        content=VerdictContent(rating="False", title="No cup"),
    )
    verdicts_services.publish(by=by, verdict=verdict)
    return verdict


def planned_about(verdict: Verdict, item: Item) -> Notice:
    of_organisation = {"organisation_id": verdict.organisation_id}
    submission = Submission.objects.create(
        **of_organisation, image_list=item.image_list, image=item.image, recipient="ann"
    )
    return Notice.objects.create(
        **of_organisation,
        verdict=verdict,
        number=1,
        submission=submission,
        audience="ann",
        kind="verdict",
        subject=submission.public_id,
        due_at=timezone.now(),
    )


@pytest.fixture
def sign_in(make_user: Callable[..., User]) -> Callable[..., Client]:
    """Return the browser of a person with a role."""

    def browser(role: Role, **where: Organisation) -> Client:
        client = Client()
        client.force_login(make_user(role, **where))
        return client

    return browser


def without_token(page: bytes) -> bytes:
    return re.sub(rb'(name="csrfmiddlewaretoken" value=)"\w+"', rb"\1", page)


def before(admin: Actor, world: World, request: Request) -> None:
    """Do what the request takes back."""
    if request.name in {"pictures-restore", "removed-item-restore"}:
        pairs_services.remove_items(by=admin, items=[world.item])
    if request.name == "removed-list-restore":
        lists_services.remove_list(by=admin, image_list=world.image_list)
    if request.name == "text-list-restore":
        text_lists_services.remove_list(by=admin, text_list=world.entry.text_list)
    if request.name == "entry-restore":
        text_lists_services.remove_entries(
            by=admin, text_list=world.entry.text_list, entry_ids=[world.entry.public_id]
        )
    if request.name == "activity-undo":
        pairs_services.confirm(by=admin, pair=world.match)


def test_every_address_is_in_the_table() -> None:
    addresses: list[URLPattern] = [
        *dashboard_urls.urlpatterns,
        *review_urls.urlpatterns,
        *verdicts_urls.urlpatterns,
    ]
    names = {each.name for each in addresses}

    assert names - OPEN_TO_ALL == {request.name for request in REQUESTS}


def test_only_what_looks_like_an_id_stands_for_an_object_in_an_address() -> None:
    addresses: list[URLPattern] = [
        *dashboard_urls.urlpatterns,
        *review_urls.urlpatterns,
        *verdicts_urls.urlpatterns,
    ]
    converters = [each for address in addresses for each in address.pattern.converters.values()]

    assert converters
    assert {type(each) for each in converters} == {PublicIdConverter}


@pytest.mark.parametrize("text", ["%00", "mat_%00", "%ED%A0%80", "%C3%A9", "a%20b"])
def test_no_other_text_in_an_address_finds_anything(
    sign_in: Callable[..., Client], subtests: pytest.Subtests, text: str
) -> None:
    person = sign_in(Role.ADMIN)
    for request in (each for each in REQUESTS if "{" in each.address):
        with subtests.test(str(request)):
            address = re.sub(r"{\w+}", text, request.address)
            assert getattr(person, request.method)(address).status_code == 404


def test_somebody_unknown_is_asked_to_sign_in(world: World, subtests: pytest.Subtests) -> None:
    for request in REQUESTS:
        with subtests.test(str(request)), undone():
            address = request.address.format(**world.ids())
            answer = getattr(Client(), request.method)(address)

            assert (answer.status_code, answer.url) == (302, f"/login/?next={quote(address)}")


def test_what_belongs_to_others_does_not_exist(
    world: World,
    admin: Actor,
    sign_in: Callable[..., Client],
    stranger_organisation: Organisation,
    subtests: pytest.Subtests,
) -> None:
    stranger = sign_in(Role.ADMIN, of=stranger_organisation)
    unknown = {
        "list": "ili_nothing",
        "item": "med_nothing",
        "match": "mat_nothing",
        "key": "key_nothing",
        "member": "mem_nothing",
        "invitation": "inv_nothing",
        "view": "qvw_nothing",
        "session": "ses_nothing",
        "erasure": "era_nothing",
        "texts": "tli_nothing",
        "entry": "tle_nothing",
        "webhook": "whk_nothing",
        "notice": "ntc_nothing",
        "rule": "rul_nothing",
        "run": "run_nothing",
        "change": "blk_nothing",
        "import": "imp_nothing",
    }

    for request in (each for each in REQUESTS if each.own):
        with subtests.test(str(request)), undone():
            before(admin, world, request)

            foreign = getattr(stranger, request.method)(request.address.format(**world.ids()))
            missing = getattr(stranger, request.method)(request.address.format(**unknown))

            assert foreign.status_code == missing.status_code == request.unknown
            assert without_token(foreign.content) == without_token(missing.content)
            assert foreign.headers.get("Location") == missing.headers.get("Location")


def test_each_role_may_do_what_it_includes_and_no_more(
    world: World, admin: Actor, sign_in: Callable[..., Client], subtests: pytest.Subtests
) -> None:
    for request in REQUESTS:
        with subtests.test(str(request)), undone():
            before(admin, world, request)
            _assert_its_role_is_needed(world, sign_in, request)


def _assert_its_role_is_needed(
    world: World, sign_in: Callable[..., Client], request: Request
) -> None:
    rank = RANKS.index(request.needs)
    state = MatchCandidate.objects.get().state
    if rank > 0:
        assert world.send(sign_in(RANKS[rank - 1]), request) == 403
        assert MatchCandidate.objects.get().state == state
    person = sign_in(RANKS[rank])
    if request.name == "explain":  # one's own decision
        world.send(person, next(each for each in REQUESTS if each.name == "decide"))
    assert world.send(person, request) < 400


def test_no_cache_keeps_a_page_of_somebody_who_is_signed_in(
    world: World, sign_in: Callable[..., Client], subtests: pytest.Subtests
) -> None:
    person = sign_in(Role.ADMIN)
    for request in (each for each in REQUESTS if each.method == "get"):
        with subtests.test(str(request)):
            answer = person.get(request.address.format(**world.ids()))
            assert "no-store" in answer["Cache-Control"]


def test_a_viewer_is_offered_nothing_to_change(
    world: World, admin: Actor, sign_in: Callable[..., Client]
) -> None:
    pairs_services.confirm(by=admin, pair=world.match)
    viewer = sign_in(Role.VIEWER)
    words = (
        "Add images",
        "New list",
        'value="remove"',
        "data-decide",
        "API keys",
        "Team",
        "Audit",
        'href="/check/"',
        "Take it back",
        "Feedback",
        'href="/removed/"',
        'href="/settings/models/"',
    )

    for address in (
        "/lists/",
        "/lists/{list}/",
        "/review/",
        "/review/pair/{match}/",
        "/activity/",
        "/items/{item}/",
    ):
        page = viewer.get(address.format(**world.ids())).content.decode()
        for word in words:
            assert word not in page


def test_an_account_without_organisation_is_told_whom_to_ask(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "secret"))

    answer = client.get("/lists/")

    assert answer.status_code == 403
    assert hooks.values(answer, "code") == ["403"]


def test_an_operator_without_organisation_finds_the_server_and_the_way_out(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "secret"))

    for address in ("/lists/", "/operations/"):
        page = client.get(address).content.decode()
        links = set(re.findall(r'(?:href|action)="(/[^"]*)"', page))
        assert {"/operations/", "/settings/sessions/", "/logout/"} <= links
        assert not {"/lists/", "/review/", "/activity/"} & links


def test_a_restricted_list_grant_is_refused_for_lists_of_others(
    sign_in: Callable[..., Client], stranger: Actor, image_list: List
) -> None:
    foreign = lists_services.create_list(by=stranger, settings=ListSettings(name="Theirs"))

    answer = sign_in(Role.ADMIN).post(
        "/settings/api/", {"name": "Bot", "role": "viewer", "lists": [foreign.public_id]}
    )

    assert hooks.mistakes(answer) == [("lists", "invalid_choice")]
    assert ApiCredential.objects.count() == 0
