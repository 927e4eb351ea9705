"""Pages in a language of signs: whatever stays readable was not marked for translation."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import Organisation, PictureCount, User
from accounts.permissions import Role
from accounts.windows import Period
from jobs import sightings
from jobs.models import SeenKind
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from review.clusters import selectors as clusters_selectors
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs, working
from tests.conftest import raw_image
from text_lists import services as text_lists_services
from text_lists.models import TextList
from text_lists.values import NewEntry, TextListSettings
from verdicts import services as verdicts_services
from verdicts import submitting
from verdicts.values import Sent, VerdictContent

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What people gave, code and times; the names of languages and of this product are the same in all.
DATA = {"bdi", "code", "pre", "kbd", "script", "style", "textarea"}
SAID_IN_ATTRIBUTES = ("aria-label", "alt", "placeholder", "title")
SAME_IN_ALL = re.compile(
    r"Lookalike|SHA-256|JPEG|PNG|https?|API|UTC|curl|Python|JavaScript|px|KB|MB|[AB]\b"
    r"|(?:med|ili|mat)_\w+|api_user|api_secret|\w+…|[\w.-]+@[\w.-]+"
    r"|Known fakes|admin\b|Photos|cup|photo\.jpg|Kirk"
)


@pytest.fixture(autouse=True)
def signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say everything between brackets; a text that goes through twice is bracketed twice."""

    def said(*texts: object) -> str:
        return f"⟦{texts[0]}⟧"

    module: Any = translation
    monkeypatch.setattr(module._trans, "gettext", said, raising=False)
    monkeypatch.setattr(module._trans, "ngettext", said, raising=False)
    monkeypatch.setattr(module._trans, "pgettext", lambda _context, text: said(text), raising=False)
    monkeypatch.setattr(
        module._trans, "npgettext", lambda _context, text, *_: said(text), raising=False
    )


class Readable(HTMLParser):
    """Collects the words of a page that are outside the brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in DATA or "lang" in given or given.get("dir") == "ltr":
            self._inside.append(tag)
        for name, value in given.items():
            if value and (name in SAID_IN_ATTRIBUTES or _is_a_text(name, value)):
                self._note(re.sub(r"⟦.*⟧", "", value, flags=re.DOTALL))

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        outside = ""
        for character in data:
            if character == "⟦":
                self._depth += 1
            elif character == "⟧":
                self._depth -= 1
            elif not self._depth:
                outside += character
        # The tag <html lang> is open all the time.
        if len(self._inside) < 2:
            self._note(outside)

    def _note(self, text: str) -> None:
        self.words += re.findall(r"[A-Za-z][a-z]{2,}[^⟦⟧]*", SAME_IN_ALL.sub("", text))


def _is_a_text(name: str, value: str) -> bool:
    """Tell whether a script finds a text for people in an attribute."""
    return name.startswith("data-") and name != "data-copy" and value[0].isupper()


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def pages(
    person: User,
    organisation: Organisation,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    settings: Settings,
) -> list[str]:
    """Something of everything, and the addresses that show it."""
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 60, 9, 1
    month = Period.MONTH.window(timezone.now())
    PictureCount.objects.create(
        organisation=organisation, period=Period.MONTH, starts_at=month.starts_at, used=1
    )
    person.is_superuser = True
    person.save()
    sightings.note(kind=SeenKind.ERROR, name="KeyError in views.py, line 7")
    by = accounts_selectors.actor_for_user(person)
    for photo in (coffee, coffee_copy):
        submission = NewSubmission(raw=raw_image(photo), add_to=image_list, custom_id="cup")
        submissions_services.submit(by=by, submission=submission)
    pair = MatchCandidate.objects.get()
    pairs_services.dissociate(by=by, pair=pair)
    pairs_services.undo(by=by, pair=pair)
    other = lists_services.create_list(by=by, settings=ListSettings(name="Photos"))
    (linked,) = bare_pairs.again([pair], other)
    MatchCandidate.objects.filter(pk=linked.pk).update(state=State.CONFIRMED)
    first = Item.objects.earliest("pk")
    split = f"split/?pair={linked.public_id}"
    cluster = f"/clusters/{first.public_id}/"
    own, match = f"/lists/{image_list.public_id}/", f"/review/pair/{pair.public_id}/"
    item = f"/items/{first.public_id}/"
    return [
        "/", "/demo/",
        "/lists/", own, f"{own}check/", f"{own}api/", f"{own}settings/", "/review/", match,
        "/review/?state=dissociated", "/review/?score_from=much", "/review/?text=cup",
        cluster, f"{cluster}preview/?act=confirm&score=0.1", f"{cluster}{split}",
        f"/review/selection/?act=confirm&match={pair.public_id}", "/review/selection/?act=unsure",
        "/check/", "/find/?q=p", "/activity/", "/activity/?until=2001-01-01",
        "/activity/?since=never&item=med_0", item, "/settings/api/", "/settings/feedback/",
        "/settings/team/", "/settings/password/", "/nowhere/", f"{own}?after=med_nothing",
        "/removed/", "/erased/", f"{item}erase/", f"{own}erase/",
        "/operations/", "/settings/api/events/", *text_pages(by), *verdict_pages(by, first),
    ]  # fmt: skip


def verdict_pages(by: Actor, item: Item) -> list[str]:
    """Publish a verdict and write another draft, and return the addresses that show them."""
    sent = Sent(recipient="cup", external_id="cup", language="en")
    submitting.record_submission(by=by, item=item, sent=sent)
    cluster = clusters_selectors.cluster_of(by, item)
    published, updated = (
        VerdictContent(rating=rating, title="cup", language="en") for rating in ("cup", "Kirk")
    )
    verdict = verdicts_services.write_draft(by=by, cluster=cluster, content=published)
    verdicts_services.publish(by=by, verdict=verdict)
    verdicts_services.write_draft(by=by, cluster=cluster, content=updated)
    working.run_all()
    own = f"/verdicts/{item.public_id}/"
    return [
        f"{own}edit/", f"{own}publish/", f"{own}retract/", f"{own}reuse/",
        f"{own}reuse/?verdict={verdict.public_id}", "/verdicts/", "/verdicts/?state=retracted",
        "/groups/", "/submissions/?recipient=cup", "/submissions/?recipient=nobody",
        "/verdicts/notices/", "/verdicts/notices/?state=sent", "/verdicts/settings/",
    ]  # fmt: skip


def text_pages(by: Actor) -> list[str]:
    """Make text lists, and return the addresses that show them."""
    made, gone = (
        text_lists_services.create_list(by=by, settings=TextListSettings(name="Photos", kind=kind))
        for kind in ("disallow", "allow")
    )
    entries = [NewEntry(text, category="cup", note="cup") for text in ("cup", "Kirk")]
    added = text_lists_services.put_entries(by=by, text_list=made, entries=entries).added
    removal = text_lists_services.remove_entries(
        by=by, text_list=made, entry_ids=[added[0].public_id]
    )
    text_lists_services.remove_list(by=by, text_list=gone)
    own = f"/text-lists/{made.public_id}/"
    undo = urlencode({"removed": removal.removed_at.isoformat()})
    return [
        f"/text-lists/?removed={gone.public_id}", own, f"{own}?{undo}", f"{own}?text=nothing",
        f"{own}many/", f"{own}try/", f"{own}settings/", f"{own}removed/",
    ]  # fmt: skip


def readable(page: bytes) -> list[str]:
    parser = Readable()
    parser.feed(page.decode())
    return parser.words


def test_no_page_says_anything_that_is_not_marked(person: User, pages: list[str]) -> None:
    browser = Client()
    browser.force_login(person)

    found = {address: readable(browser.get(address).content) for address in pages}
    found["sign in"] = readable(Client().get("/login/").content)

    assert {address: words for address, words in found.items() if words} == {}


def test_no_answer_to_a_form_says_anything_that_is_not_marked(
    person: User, pages: list[str], image_list: List, astronaut: bytes
) -> None:
    browser = Client()
    browser.force_login(person)
    own = f"/lists/{image_list.public_id}/"

    def file(content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("photo.jpg", content, "image/jpeg")

    asked: list[tuple[str, dict[str, object]]] = [
        ("/lists/", {}),
        ("/settings/password/", {"old_password": "x", "new_password1": "a", "new_password2": "b"}),
        ("/settings/team/", {"email": "nobody", "role": "none"}),
        ("/settings/team/", {"email": "new@example.org", "role": "analyst"}),
        ("/settings/team/", {"email": "new@example.org", "role": "analyst"}),
        ("/settings/api/", {"name": "Kirk", "role": "admin"}),
        ("/settings/api/callbacks/", {}),
        ("/check/", {"text": "nothing"}),
        ("/check/", {"text": "http://127.0.0.1/"}),
        ("/check/", {"image": file(astronaut)}),
        (f"{own}check/", {"image": file(b"no picture")}),
        (f"{own}check/", {"image": file(b"")}),
        (f"{own}check/", {"image": file(astronaut)}),
        (f"{own}add/", {"images": file(b"no picture")}),
        (f"{own}add/", {"images": file(astronaut)}),
        (f"{own}settings/", {"name": "", "suggestion_threshold": "2"}),
        (f"{own}settings/", {"name": "Photos", "suggestion_threshold": "0.9", "depth": "fast",
                             "duplicate_threshold": "0.5", "snapshot_retention_days": "9"}),
    ]  # fmt: skip
    texts = f"/text-lists/{TextList.objects.get(removed_at=None).public_id}/"
    facts = {"language": "all", "match": "exact", "category": "cup"}
    asked += [
        ("/text-lists/", {}),
        (texts, {"text": "\u202e", **facts}),
        (texts, {"text": "KIRK", **facts}),
        (f"{texts}paste/", {"lines": "cup\nKirk\n\u0301\na\x07\n" + "x" * 201, **facts}),
        (f"{texts}import/", {"table": file(b"cup")}),
        (f"{texts}import/", {"table": file(b"text,language,category\ncup,xx,cup\nKirk,,cup,,\n")}),
        (f"{texts}try/", {"sentence": "Kirk", "language": "en"}),
        (f"{texts}try/", {"sentence": ""}),
        (f"{texts}entries/remove/", {}),
        (f"{texts}settings/", {"name": ""}),
    ]
    editor = f"/verdicts/{Item.objects.earliest('pk').public_id}/edit/"
    asked += [
        (editor, {"number": "0", "rating": "cup", "title": "cup"}),
        (editor, {"number": "1", "rating": "", "title": "", "url": "cup", "preview": "1"}),
        ("/verdicts/settings/", {"grace_s": "-1"}),
        ("/submissions/forget/", {"recipient": "cup"}),
    ]
    found = {}
    for address, typed in asked:
        answer = browser.post(address, typed, follow=True)
        found[f"{address} {typed}"] = readable(answer.content)
    wrong = Client().post("/login/", {"username": "nobody@example.org", "password": "x"})
    found["sign in"] = readable(wrong.content)

    assert {asked: words for asked, words in found.items() if words} == {}
