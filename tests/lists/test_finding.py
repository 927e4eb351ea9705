"""Finding items by ids, names, claims, texts and hashes: by index, each in their own lists."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.actors import Actor
from jobs.models import Job
from lists import finding, purging, text_reading, words
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, ImageFingerprint, ImageWord, Item, ItemWord, List
from lists.selectors import REMOVAL_UNDO_PERIOD
from matching.hashers.registry import PDQ, PHASH
from tests import given_texts as given
from tests import working
from tests.plans import SORTING, plans_of

pytestmark = pytest.mark.django_db

Add = Callable[..., Item]
PUNE = "Launched over Pune last night"


@pytest.fixture
def add(admin: Actor, image_list: List) -> Add:
    """Return what puts a picture without a file into a list."""

    def put(custom_id: str = "", name: str = "", *, to: List = image_list, **context: str) -> Item:
        image = Image.objects.create(
            organisation=to.organisation,
            sha256=f"{Image.objects.count():064x}",
            format="jpeg",
            width=4,
            height=3,
            byte_size=1,
            is_stored=True,
        )
        placed = lists_services.place_item(
            by=admin, image_list=to, image=image, custom_id=custom_id, name=name, context=context
        )
        return placed.item

    return put


def named(actor: Actor, text: str, count: int = 9) -> list[Item]:
    return finding.named_items(actor, text, count=count)


def test_an_item_is_found_by_the_beginning_of_its_id_or_of_any_word(admin: Actor, add: Add) -> None:
    item = add(
        "TK-8841", "launch-pune Ünïcödé नमस्ते 東京の朝 صورة.jpg", url="https://example.org/news/1"
    )
    add("TK-77", "other.jpg", url="https://example.com/")
    texts = """TK-8841|tk-88|tk 8841|8841|launch|LAUNCH-Pune.jpg|pune|pun launch|Ünïcödé|unicode|
        नमस्ते|नम|京の朝|朝|صورة|https://example.org/News|\u202epune\u202c\x00|lau%"""

    missed = [text for text in texts.split("|") if named(admin, text) != [item]]

    assert missed == []


def test_what_begins_nothing_finds_nothing(admin: Actor, add: Add) -> None:
    add("TK-8841", "launch-pune.jpg")

    texts = ["une", "841", "%", "_", "", "\x00", "l%h", "pune delhi", "-" * 99, "pune" * 9_999]
    assert [text for text in texts if named(admin, text)] == []


def test_the_same_id_comes_first_then_longer_ones_then_words(admin: Actor, add: Add) -> None:
    word = add("x", "about tk-8")
    longer, same, newer = add("tk-88"), add("TK-8"), add("tk-8")

    assert named(admin, "tk-8") == [newer, same, longer, word]
    assert named(admin, "tk-8", count=2) == [newer, same]


def test_only_live_items_of_own_lists_are_found(
    admin: Actor, stranger: Actor, add: Add, image_list: List
) -> None:
    foreign = lists_services.create_list(by=stranger, settings=ListSettings(name="Theirs"))
    gone = lists_services.create_list(by=admin, settings=ListSettings(name="Gone"))
    theirs = add("pune", to=foreign, claim=PUNE)
    add("pune", to=gone, claim=PUNE)
    lists_services.remove_list(by=admin, image_list=gone)
    removed = add("pune", claim=PUNE)
    lists_services.remove_items(by=admin, items=[removed])

    assert named(admin, "pune") == finding.items_saying(admin, "pune", count=9) == []
    assert named(stranger, "pune") == [theirs]
    lists_services.restore_item(by=admin, item=removed)
    assert named(admin, "pune") == [removed]


def test_a_claim_is_found_as_it_says_now(admin: Actor, add: Add) -> None:
    item = add("a", claim=PUNE)

    def saying(text: str) -> list[Item]:
        return finding.items_saying(admin, text, count=9)

    assert saying("night pune") == [item]
    lists_services.change_context(by=admin, item=item, changes={"claim": "Over Delhi"})
    assert saying("pune") == []
    assert saying("delhi") == [item]


def test_a_text_in_pictures_is_found_once_per_picture(
    admin: Actor, add: Add, image_list: List
) -> None:
    add("other")
    item = add("a")
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    twin = lists_services.place_item(
        by=admin, image_list=other, image=item.image, custom_id="", name=""
    ).item

    text_reading.keep(image_id=item.image_id, readings=[given.reading("last seen", "near Pune")])

    assert finding.items_reading(admin, "pune seen", count=9) == [twin]
    assert finding.items_reading(admin, "delhi", count=9) == []
    text_reading.keep(image_id=item.image_id, readings=None)
    assert finding.items_reading(admin, "pune", count=9) == []


def test_of_words_that_many_have_the_rarest_finds(
    admin: Actor, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MAX_LOOKED_AT", 5)
    wanted = add("", "rare common.jpg")
    for number in range(9):
        add("", f"a common {number}.jpg")

    assert named(admin, "common rare") == [wanted]
    assert len(named(admin, "common")) == 5


def test_hashes_find_what_is_near(admin: Actor, add: Add) -> None:
    def kept(item: Item, pdq: bytes, phash: bytes) -> Item:
        for hasher, bits in ((PDQ, pdq), (PHASH, phash)):
            ImageFingerprint.objects.create(
                image=item.image,
                algorithm=hasher.algorithm,
                version=hasher.version,
                bits=bits,
                quality=100,
            )
        return item

    pdq = b"\x0f\xf0" * 16
    same = kept(add("same"), pdq, b"12345678")
    near = kept(add("near"), b"\x0e\xf0" + pdq[2:], b"abcdefgh")
    kept(add("far"), bytes(32), b"ABCDEFGH")

    def ids(bits: bytes) -> list[tuple[str, int]]:
        found = finding.items_near(admin, bits, count=9)
        return [(each.item.custom_id, each.distance_bits) for each in found]

    assert ids(pdq) == ids(b"12345678") == [("same", 0), ("near", 1)]
    assert ids(b"\xff" * 8) == ids(b"\x55" * 32) == []
    assert finding.items_of_file(admin, same.image.sha256.upper(), count=9) == [same]
    assert finding.items_of_file(admin, "f" * 64, count=9) == []
    assert near not in finding.items_of_file(admin, same.image.sha256, count=9)


def test_purged_and_erased_texts_leave_no_words(admin: Actor, add: Add, image_list: List) -> None:
    item = add("pune", claim=PUNE)
    text_reading.keep(image_id=item.image_id, readings=[given.reading("Pune")])
    lists_services.remove_items(by=admin, items=[item])
    later = timezone.now() + 2 * REMOVAL_UNDO_PERIOD

    purging.purge_removed(now=later)
    assert not ItemWord.objects.exists()
    lists_services.purge_expired_files(now=later)
    assert not ImageWord.objects.exists()


def test_what_came_before_words_were_kept_is_found_afterwards(
    admin: Actor, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_AT_ONCE", 2)
    items = [add("", f"pune {number}", claim=PUNE) for number in range(5)]
    text_reading.keep(image_id=items[0].image_id, readings=[given.reading("Pune")])
    ItemWord.objects.all().delete()
    ImageWord.objects.all().delete()

    words.keep_words_later(organisation_id=admin.organisation_id)
    working.run_all()

    assert named(admin, "pune") == items[::-1] or {*named(admin, "pune")} == {*items}
    assert finding.items_saying(admin, "pune", count=1) == items[-1:]
    assert finding.items_reading(admin, "pune", count=9) == items[:1]


def test_words_are_looked_up_in_the_order_of_their_index(admin: Actor, add: Add) -> None:
    add("pune")
    by_name = plans_of(lambda: named(admin, "pune"))[0]
    by_text = plans_of(lambda: finding.items_reading(admin, "pune", count=9))[0]

    assert "lists_itemword_found" in by_name
    assert "lists_imageword_found" in by_text
    for plan in (by_name, by_text):
        # The index has them in order: nothing is sorted, and so the limit ends the look.
        assert not any(each in plan for each in SORTING)


def test_the_migration_asks_for_the_words_of_what_is_there(admin: Actor, add: Add) -> None:
    add("pune")
    Job.objects.all().delete()

    import_module("lists.migrations.0022_keep_words").ask(apps, connection.schema_editor())

    (job,) = Job.objects.all()
    assert (job.kind, job.owner) == (words.KEEP_WORDS, admin.organisation_id)
    working.run_all()
