"""The pages about verdicts: writing, publishing, taking back, reusing, choosing, and the lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from accounts.permissions import Role
from common.errors import InvalidInput
from lists.models import Item, List
from review.models import MatchCandidate, PairText, State
from review.pairs import services as pairs_services
from review.scopes import Scope
from tests import bare_pairs, hooks
from tests.verdicts.told import Told
from verdicts import services
from verdicts.kinds import VerdictState
from verdicts.models import Notice, Submission, Verdict, VerdictDeed
from verdicts.values import VerdictContent
from webhooks.models import Delivery, Webhook

Pairs = dict[str, MatchCandidate]
Ask = Callable[..., Submission]
Publish = Callable[..., Verdict]
Browser = Callable[[Role], Client]

pytestmark = pytest.mark.django_db

WRITTEN = {"rating": "False", "title": "No shark", "summary": "", "url": "", "language": "en"}


@pytest.fixture
def browser_of(make_user: Callable[..., User]) -> Browser:
    """Sign somebody in with a role."""

    def sign_in(role: Role) -> Client:
        client = Client()
        client.force_login(make_user(role))
        return client

    return sign_in


@pytest.fixture
def manager(browser_of: Browser) -> Client:
    """The browser of somebody who may publish."""
    return browser_of(Role.MANAGER)


def item_id(letter: str) -> str:
    return Item.objects.get(custom_id=letter).public_id


def at(letter: str, name: str) -> str:
    return f"/verdicts/{item_id(letter)}/{name}/"


def seen(client: Client, address: str) -> dict[str, str]:
    """Return what the form on a page says that its person has seen."""
    page = client.get(address)
    if "form" in page.context:
        return {name: str(page.context["form"].initial[name]) for name in ("number", "seen")}
    return {name: str(value) for name, value in page.context["seen"].items()}


def write(client: Client, letter: str, **more: str) -> Any:
    form = {**WRITTEN, **seen(client, at(letter, "edit")), **more}
    return client.post(at(letter, "edit"), form)


def publish_page(client: Client, letter: str) -> None:
    address = at(letter, "publish")
    assert client.post(address, seen(client, address)).status_code == 302


def panel(client: Client, letter: str) -> dict[str, str]:
    page = client.get(f"/clusters/{item_id(letter)}/")
    return hooks.elements(page, "verdict")[0]


def test_a_verdict_is_written_previewed_published_and_retracted(
    manager: Client, pairs: Pairs, ask: Ask
) -> None:
    ask("A", "ann", language="en")
    assert panel(manager, "A") == {"verdict": ""}

    answer = write(manager, "A", preview="1")
    assert answer.url == at("A", "publish")
    preview = manager.get(answer.url)
    (audience,) = hooks.elements(preview, "audience")
    assert (audience["audience"], audience["verdicts"]) == ("1", "1")
    assert hooks.values(preview, "language") == ["en"]
    assert hooks.values(preview, "grace") == ["60"]
    publish_page(manager, "A")

    verdict = Verdict.objects.get()
    assert (verdict.state, verdict.number) == (VerdictState.PUBLISHED, 1)
    page = manager.get(f"/clusters/{item_id('A')}/")
    assert hooks.told(page) == ["published"]
    assert 0 < int(hooks.values(page, "seconds-left")[0]) <= 60
    address = at("A", "retract")
    assert manager.get(address).status_code == 200
    manager.post(address, seen(manager, address))
    verdict.refresh_from_db()
    assert verdict.state == VerdictState.RETRACTED
    page = manager.get(f"/clusters/{item_id('A')}/")
    assert hooks.values(page, "act") == ["retract", "publish"]


def test_a_draft_tells_nobody_and_analysts_write_no_more_than_drafts(
    browser_of: Browser, pairs: Pairs, ask: Ask, told: Told
) -> None:
    ask("A", "ann")
    analyst = browser_of(Role.ANALYST)
    write(analyst, "A")

    address = at("A", "publish")
    page = analyst.get(address)
    assert hooks.elements(page, "drafts-only")
    assert not hooks.elements(page, "publish")
    assert analyst.post(address, seen(analyst, address)).status_code == 403
    assert analyst.get(at("A", "retract")).status_code == 403
    assert analyst.get(at("A", "reuse")).status_code == 403
    assert told() == []
    assert Verdict.objects.get().state == VerdictState.DRAFT

    analyst.post(at("A", "discard"))
    assert not Verdict.objects.exists()


def test_viewers_see_the_panel_without_its_buttons(
    browser_of: Browser, pairs: Pairs, publish: Publish
) -> None:
    publish("A")
    viewer = browser_of(Role.VIEWER)
    page = viewer.get(f"/clusters/{item_id('A')}/").content.decode()

    assert at("A", "edit") not in page
    assert viewer.get(at("A", "edit")).status_code == 403


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [
        ({"url": "javascript:alert(1)"}, ("url", "invalid_input")),
        ({"language": "the French one"}, ("language", "invalid_input")),
        ({"rating": "x" * 51}, ("rating", "max_length")),
        ({"title": "", "preview": "1"}, ("title", "verdict_incomplete")),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(
    manager: Client, pairs: Pairs, typed: dict[str, str], mistake: tuple[str, str]
) -> None:
    page = write(manager, "A", **{"summary": "What we know", **typed})

    assert hooks.mistakes(page) == [mistake]
    assert "What we know" in page.content.decode()
    assert not Verdict.objects.exists()


def test_what_a_colleague_published_meanwhile_is_shown_and_nothing_typed_is_lost(
    manager: Client, pairs: Pairs, publish: Publish
) -> None:
    before = seen(manager, at("A", "edit"))
    publish("A")

    page = manager.post(at("A", "edit"), {**WRITTEN, **before, "title": "Mine"})

    assert page.status_code == 409
    assert hooks.elements(page, "other")
    assert page.context["other"].title == "The shark is not in the street"
    assert page.context["form"]["title"].value() == "Mine"
    again = {**WRITTEN, "title": "Mine"}
    again |= {name: page.context["form"][name].value() for name in ("number", "seen")}
    assert manager.post(at("A", "edit"), again).status_code == 302
    assert (Verdict.objects.get().draft or {})["title"] == "Mine"


def test_a_draft_that_a_colleague_changed_is_neither_overwritten_nor_published_unseen(
    manager: Client, browser_of: Browser, pairs: Pairs
) -> None:
    write(manager, "A")
    before = seen(manager, at("A", "edit"))
    previewed = seen(manager, at("A", "publish"))
    write(browser_of(Role.ANALYST), "A", title="Theirs")

    assert manager.post(at("A", "edit"), {**WRITTEN, **before}).status_code == 409
    answer = manager.post(at("A", "publish"), previewed, follow=True)

    assert hooks.told(answer) == ["verdict_changed"]
    verdict = Verdict.objects.get()
    assert (verdict.state, (verdict.draft or {})["title"]) == (VerdictState.DRAFT, "Theirs")


def test_an_update_shows_what_changes(manager: Client, pairs: Pairs, publish: Publish) -> None:
    publish("A")
    write(manager, "A", rating="Satire", title="The shark is not in the street")

    assert hooks.values(manager.get(at("A", "publish")), "change") == ["rating"]


def test_only_a_first_version_can_be_retracted_unnoticed(
    manager: Client, pairs: Pairs, ask: Ask
) -> None:
    ask("A", "ann")
    for is_first in (True, False):
        write(manager, "A", rating="False" if is_first else "Satire")
        assert bool(hooks.values(manager.get(at("A", "publish")), "unnoticed")) is is_first
        publish_page(manager, "A")
        (left,) = hooks.elements(manager.get(f"/clusters/{item_id('A')}/"), "seconds-left")
        assert ("unnoticed" in left) is is_first
    assert not hooks.values(manager.get(at("A", "retract")), "unnoticed")


def test_a_draft_without_a_title_is_sent_back_to_be_finished(manager: Client, pairs: Pairs) -> None:
    write(manager, "A", title="")
    address = at("A", "publish")
    page = manager.post(address, seen(manager, address))

    assert hooks.mistakes(page) == [("title", "verdict_incomplete")]


def test_the_panel_says_which_pictures_are_not_covered_and_who_asks(
    admin: Actor, manager: Client, pairs: Pairs, ask: Ask, publish: Publish
) -> None:
    ask("A", "ann")
    ask("B", "ann")
    ask("B")
    of_c = MatchCandidate.objects.filter(image_high=pairs["BC"].image_high)
    of_c.update(text_state=PairText.DIFFERS)
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    pairs_services.confirm(by=admin, pair=pairs["BC"])
    publish("A")

    page = manager.get(f"/clusters/{item_id('A')}/")

    assert hooks.values(page, "uncovered") == ["1"]
    (demand,) = hooks.elements(page, "submissions")
    assert (demand["submissions"], demand["waiting"]) == ("3", "1")


def test_pages_of_review_say_in_a_line_what_is_published(
    admin: Actor, manager: Client, pairs: Pairs, publish: Publish
) -> None:
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    addresses = [
        f"/review/pair/{pairs['BC'].public_id}/",
        f"/review/picture/{pairs['AB'].public_id}/",
    ]
    assert not any(hooks.elements(manager.get(each), "verdict-line") for each in addresses)

    verdict = publish("A")

    for each in addresses:
        page = manager.get(each)
        assert hooks.elements(page, "verdict-line"), each
        assert hooks.values(page, "verdict") == [verdict.public_id]


def test_a_person_says_that_words_agree_which_were_not_read_for_sure(
    admin: Actor, manager: Client, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    pair = pairs["AB"]
    ask("B", "bob")
    address = f"/review/pair/{pair.public_id}/"

    def texts(state: PairText) -> None:
        MatchCandidate.objects.filter(pk=pair.pk).update(text_state=state)

    texts(PairText.UNSURE)
    assert hooks.values(manager.get(address), "no-verdict") == []  # nothing is published
    publish("A")
    obstacles = {
        PairText.AGREES: [],
        PairText.DIFFERS: ["texts_differ"],
        PairText.UNREAD: ["texts_unknown"],
    }
    for state, obstacle in obstacles.items():
        texts(state)
        assert hooks.values(manager.get(address), "no-verdict") == obstacle

    manager.post(f"{address}decide/", {"act": "confirm", "version": "1"})
    assert told() == []
    page = manager.get(address)
    assert len(hooks.values(page, "words-agree")) == 1
    manager.post(f"{address}decide/", {"act": "confirm", "version": "2", "words_agree": "1"})

    assert told() == [("bob", "verdict", 1)]
    page = manager.get(address)
    assert hooks.values(page, "no-verdict") == []
    assert len(hooks.values(page, "words-agreed")) == len(hooks.values(page, "words-said")) == 1

    # It is undone by itself, and the match stays.
    pairs_services.undo(by=admin, pair=pair)
    pair.refresh_from_db()
    assert (pair.state, pair.words_agree) == (State.CONFIRMED, False)
    assert told()[1:] == [("bob", "retraction", 1)]


def test_nobody_says_of_texts_that_differ_that_they_agree(
    admin: Actor, manager: Client, pairs: Pairs, publish: Publish
) -> None:
    publish("A")
    pair = pairs["AB"]
    MatchCandidate.objects.filter(pk=pair.pk).update(text_state=PairText.ONE_SIDED)

    answer = manager.post(
        f"/review/pair/{pair.public_id}/decide/",
        {"act": "confirm", "version": "1", "words_agree": "1"},
        follow=True,
    )

    assert hooks.told(answer) == ["texts_differ"]
    pair.refresh_from_db()
    assert pair.state == State.SUGGESTED
    with pytest.raises(InvalidInput):
        pairs_services.confirm(by=admin, pair=pair, scope=Scope.IMAGE_ONLY, words_agree=True)


def test_a_split_says_beforehand_who_is_told(
    admin: Actor, manager: Client, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    ask("B", "bob")
    for each in ("AB", "BC"):
        pairs_services.confirm(by=admin, pair=pairs[each])
    publish("A")
    told()

    address = f"/clusters/{item_id('A')}/split/"
    at_bc = manager.get(address, {"pair": pairs["BC"].public_id})
    at_ab = manager.get(address, {"pair": pairs["AB"].public_id})

    assert hooks.values(at_bc, "audience") == ["0"]
    assert hooks.values(at_ab, "audience") == hooks.values(at_ab, "retractions") == ["1"]


def test_a_published_verdict_is_found_by_words_and_used_for_another_cluster(
    manager: Client, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("D", "dan")
    known = publish("A")
    publish("B", VerdictContent(rating="True", title="It rained"))

    page = manager.get(at("D", "reuse"), {"q": "shark FALSE"})
    assert hooks.values(page, "verdict") == [known.public_id]
    assert not hooks.values(manager.get(at("D", "reuse"), {"q": "whale"}), "verdict")
    preview = manager.get(at("D", "reuse"), {"verdict": known.public_id})
    assert hooks.values(preview, "chosen") == [known.public_id]
    assert hooks.values(preview, "audience") == ["1"]
    manager.post(at("D", "reuse"), {"verdict": known.public_id})

    assert told() == [("dan", "verdict", 1)]
    assert manager.get(at("D", "reuse"), {"verdict": "ver_unknown"}).status_code == 404


@pytest.fixture
def two_verdicts(pairs: Pairs, publish: Publish) -> tuple[Verdict, Verdict]:
    """Verdicts about A and about B, which nobody has matched yet."""
    return publish("A"), publish("B", VerdictContent(rating="True", title="It rained"))


def conflict(pairs: Pairs) -> str:
    return f"/verdicts/conflict/{pairs['AB'].public_id}/"


@pytest.mark.parametrize(
    "address", ["/review/pair/{}/decide/", "/review/picture/{}/mark/"], ids=["pair", "picture"]
)
def test_a_match_that_would_bring_two_verdicts_together_leads_to_the_choice(
    manager: Client, pairs: Pairs, two_verdicts: tuple[Verdict, Verdict], address: str
) -> None:
    page = manager.get(f"/review/pair/{pairs['AB'].public_id}/")
    assert len(hooks.values(page, "choice")) == 1
    pair = pairs["AB"]
    form = {"act": "confirm", "mark": f"{pair.public_id} {pair.version} confirm"}

    page = manager.post(address.format(pair.public_id), form, follow=True)

    assert page.redirect_chain[-1][0] == conflict(pairs)
    assert hooks.told(page) == ["two_verdicts"]
    assert set(hooks.values(page, "contender")) == {each.public_id for each in two_verdicts}


def test_a_script_and_the_page_of_a_cluster_are_told_of_the_choice_too(
    manager: Client, pairs: Pairs, two_verdicts: tuple[Verdict, Verdict]
) -> None:
    pair = pairs["AB"]
    told = manager.post(
        f"/review/pair/{pair.public_id}/decide/",
        {"act": "confirm"},
        headers={"X-Fragment": "1"},
    )
    assert told.status_code == 409
    assert hooks.elements(told, "choose")
    decided = manager.post(
        f"/clusters/{item_id('A')}/decide/",
        {"act": "confirm", "key": "some-key", "pair": [f"{pair.public_id}:{pair.version}"]},
    )
    assert hooks.values(decided, "code") == ["two_verdicts"]
    assert conflict(pairs) in decided.content.decode()


@pytest.mark.parametrize("kept", [0, 1])
def test_either_of_two_verdicts_can_be_kept(
    manager: Client, pairs: Pairs, two_verdicts: tuple[Verdict, Verdict], kept: int
) -> None:
    manager.post(conflict(pairs), {"keep": two_verdicts[kept].public_id})

    stays, gone = (Verdict.objects.get(pk=two_verdicts[each].pk) for each in (kept, 1 - kept))
    assert (stays.state, gone.state) == (VerdictState.PUBLISHED, VerdictState.REPLACED)
    assert gone.replaced_by == stays
    pairs["AB"].refresh_from_db()
    assert (pairs["AB"].state, pairs["AB"].scope) == (State.CONFIRMED, Scope.WHOLE)
    assert manager.get(conflict(pairs)).status_code == 302  # there is nothing left to choose


def test_two_claims_about_one_image_keep_their_verdicts(
    browser_of: Browser, pairs: Pairs, two_verdicts: tuple[Verdict, Verdict]
) -> None:
    analyst = browser_of(Role.ANALYST)
    page = analyst.get(conflict(pairs))
    assert hooks.elements(page, "drafts-only")
    assert not hooks.elements(page, "keep")
    keep = {"keep": two_verdicts[0].public_id}
    assert analyst.post(conflict(pairs), keep).status_code == 403

    analyst.post(conflict(pairs), {"version": "1"})

    pairs["AB"].refresh_from_db()
    assert (pairs["AB"].state, pairs["AB"].scope) == (State.CONFIRMED, Scope.IMAGE_ONLY)
    assert {each.state for each in Verdict.objects.all()} == {VerdictState.PUBLISHED}


def test_a_pair_that_was_decided_meanwhile_is_shown_as_it_is(
    admin: Actor, manager: Client, pairs: Pairs, two_verdicts: tuple[Verdict, Verdict]
) -> None:
    pairs_services.dissociate(by=admin, pair=pairs["AB"])

    page = manager.post(conflict(pairs), {"version": "1"}, follow=True)

    assert hooks.told(page) == ["decided_meanwhile"]


def test_verdicts_are_listed_by_state_with_how_many_were_told(
    admin: Actor, manager: Client, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    verdict = publish("A")
    told.now()
    (before,) = hooks.elements(manager.get("/verdicts/"), "told")
    assert (before["told"], before["planned"]) == ("0", "1")
    told()
    write(manager, "B")
    draft = Verdict.objects.exclude(pk=verdict.pk).get()

    rows = {row["verdict"]: row for row in hooks.elements(manager.get("/verdicts/"), "told")}
    assert set(rows) == {verdict.public_id, draft.public_id}
    now = rows[verdict.public_id]
    assert (now["told"], now["planned"]) == ("1", "0")
    narrowed = manager.get("/verdicts/", {"state": "draft"})
    assert hooks.values(narrowed, "verdict") == [draft.public_id]


def test_what_most_ask_about_is_first_and_leaves_when_a_verdict_is_published(
    admin: Actor, manager: Client, pairs: Pairs, ask: Ask, publish: Publish
) -> None:
    ask("C", "cem")
    for _ in range(2):
        ask("A", "ann")
        ask("B", "bob")
    pairs_services.confirm(by=admin, pair=pairs["AB"])

    rows = hooks.elements(manager.get("/groups/"), "group")
    assert [row["submissions"] for row in rows] == ["4", "1"]

    publish("A")
    rows = hooks.elements(manager.get("/groups/"), "group")
    assert [row["group"] for row in rows] == [item_id("C")]


def test_submissions_are_found_by_recipient_and_by_external_id(manager: Client, ask: Ask) -> None:
    first, second = ask("A", "ann"), ask("B", "bob", external_id="tip-7")

    def shown(**asked: str) -> list[str]:
        return hooks.values(manager.get("/submissions/", asked), "submission")

    assert shown() == [second.public_id, first.public_id]
    assert shown(recipient="ann") == [first.public_id]
    assert shown(external_id="tip-7") == [second.public_id]
    assert shown(recipient="bob", external_id="tip-8") == []


def test_managers_forget_a_recipient(browser_of: Browser, manager: Client, ask: Ask) -> None:
    ask("A", "ann")
    ask("A", "bob")
    refused = browser_of(Role.ANALYST).post("/submissions/forget/", {"recipient": "ann"})
    assert refused.status_code == 403

    page = manager.post("/submissions/forget/", {"recipient": "ann"}, follow=True)

    assert hooks.told(page) == ["recipient_forgotten"]
    assert [each.recipient for each in Submission.objects.all()] == ["bob"]
    entry = AuditEntry.objects.get(act="recipient.forgotten")
    assert entry.details == {"submissions": 1}


def test_notices_are_seen_before_and_after_they_are_sent(
    manager: Client, browser_of: Browser, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    verdict = publish("A")
    told.now()
    (row,) = hooks.elements(manager.get("/verdicts/notices/", {"state": "planned"}), "notice")
    assert (row["kind"], row["state"]) == ("verdict", "planned")
    (left,) = hooks.values(manager.get("/verdicts/notices/"), "seconds-left")
    assert 0 < int(left) <= 60

    told()
    page = manager.get("/verdicts/notices/", {"verdict": verdict.public_id})
    assert [row["state"] for row in hooks.elements(page, "notice")] == ["sent"]
    assert Notice.objects.get().event_id in page.content.decode()
    assert manager.get("/verdicts/notices/", {"verdict": "ver_other"}).status_code == 404


def test_each_notice_shows_what_it_says(
    manager: Client, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    publish("A")
    told()
    publish("A", VerdictContent(rating="Satire", title="A shark"))
    told()

    assert hooks.values(manager.get("/verdicts/notices/"), "rating") == ["Satire", "False"]


def test_admins_follow_a_notice_to_the_webhook_that_is_told(
    admin: Actor, browser_of: Browser, manager: Client, ask: Ask, publish: Publish, told: Told
) -> None:
    webhook = Webhook.objects.create(
        organisation_id=admin.organisation_id, url="https://127.0.0.1:9/"
    )
    ask("A", "ann")
    publish("A")
    told()

    address = f"/settings/api/webhooks/{webhook.public_id}/"
    page = browser_of(Role.ADMIN).get("/verdicts/notices/")
    assert hooks.values(page, "delivery") == ["waiting"]
    assert address in page.content.decode()
    assert address not in manager.get("/verdicts/notices/").content.decode()
    # Events of verdicts are about no pair.
    deliveries = browser_of(Role.ADMIN).get(address)
    assert f"/review/pair/{Verdict.objects.get().public_id}/" not in deliveries.content.decode()


def test_managers_send_a_notice_again_under_the_id_of_its_event(
    admin: Actor, browser_of: Browser, manager: Client, ask: Ask, publish: Publish, told: Told
) -> None:
    webhook = Webhook.objects.create(
        organisation_id=admin.organisation_id, url="https://127.0.0.1:9/", failures=3
    )
    Webhook.objects.create(
        organisation_id=admin.organisation_id, url="https://127.0.0.1:8/", is_enabled=False
    )
    ask("A", "ann")
    publish("A")
    told()
    notice = Notice.objects.get()
    given_up = {"state": "failed", "attempted_at": timezone.now(), "attempts": 9}
    Delivery.objects.filter(event__public_id=notice.event_id).update(**given_up)
    address = f"/verdicts/notices/{notice.public_id}/send/"

    assert hooks.values(browser_of(Role.ANALYST).get("/verdicts/notices/"), "send-again") == []
    assert browser_of(Role.ANALYST).post(address).status_code == 403
    assert len(hooks.values(manager.get("/verdicts/notices/"), "send-again")) == 1
    answer = manager.post(address, follow=True)

    assert hooks.told(answer) == ["sent_again"]
    (delivery,) = Delivery.objects.filter(event__type="notice.verdict")
    assert (delivery.webhook, delivery.event.public_id) == (webhook, notice.event_id)
    assert (delivery.state, delivery.attempts) == ("waiting", 0)
    entry = AuditEntry.objects.get(act="notice.sent_again")
    assert (entry.subject_id, entry.subject_label) == (notice.public_id, "")
    assert VerdictDeed.objects.filter(act="send_again", subject=notice.verdict.public_id).exists()

    # What was told later comes after it.
    services.retract(by=admin, verdict=notice.verdict)
    told()
    assert hooks.told(manager.post(address, follow=True)) == ["notice_outdated"]
    Webhook.objects.all().delete()
    latest = Notice.objects.get(kind="retraction")
    answer = manager.post(f"/verdicts/notices/{latest.public_id}/send/", follow=True)
    assert hooks.told(answer) == ["nobody_to_tell"]


def test_admins_set_the_grace_period(
    browser_of: Browser, manager: Client, admin: Actor, pairs: Pairs
) -> None:
    client = browser_of(Role.ADMIN)
    assert manager.get("/verdicts/settings/").status_code == 403

    page = client.post("/verdicts/settings/", {"grace_s": "90000"})
    assert hooks.mistakes(page) == [("grace_s", "invalid_input")]
    client.post("/verdicts/settings/", {"grace_s": "0"})

    write(client, "A")
    assert hooks.values(client.get(at("A", "publish")), "grace") == ["0"]
    entry = AuditEntry.objects.get(act="organisation.changed")
    assert entry.details == {"grace_s": 0}
    assert "organisation.changed" in hooks.values(client.get("/settings/audit/"), "act")


def test_the_audit_shows_what_was_published_and_retracted(
    admin: Actor, browser_of: Browser, pairs: Pairs, publish: Publish
) -> None:
    services.retract(by=admin, verdict=publish("A"))

    acts = hooks.values(browser_of(Role.ADMIN).get("/settings/audit/"), "act")

    assert [act for act in acts if act.startswith("verdict.")] == [
        "verdict.retracted",
        "verdict.published",
    ]


def test_a_page_of_verdicts_asks_as_much_for_many_as_for_few(
    admin: Actor, manager: Client, image_list: List, publish: Publish, ask: Ask
) -> None:
    def counts() -> list[int]:
        found = []
        for address in ("/verdicts/", "/groups/", "/submissions/", "/verdicts/notices/"):
            with CaptureQueriesContext(connection) as asked:
                manager.get(address)
            found.append(len(asked))
        return found

    publish("A")
    ask("A", "ann")
    few = counts()
    bare_pairs.among("EFGHIJ", image_list)
    for letter in "EFGHIJ":
        publish(letter)
        ask(letter, letter)

    assert counts() == few
