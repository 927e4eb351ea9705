"""Our own client for Python against a real server, and the lines about it in the README."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lookalike_client import (
    Conflict,
    FetchFailed,
    Forbidden,
    InvalidInput,
    Lookalike,
    NotFound,
    NoticeAudience,
    RefusedImportRow,
    SubmittedGroup,
    Unauthenticated,
    UnusableImage,
    Url,
    VerdictDraft,
    import_answers,
)
from tests.conftest import photo_path
from tests.made_once import ROOT
from tests.real_server import ProductServer

pytestmark = pytest.mark.slow


@pytest.fixture
def client(server: ProductServer) -> Iterator[Lookalike]:
    """A client with a credential."""
    with Lookalike(server.url, server.token) as made:
        yield made


def test_an_address_without_a_scheme_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="https://"):
        Lookalike("lookalike.example.org", "a.b")


def test_lists_are_created_read_listed_and_deleted(client: Lookalike) -> None:
    made = client.create_list("Claims", description="Of this year", depth="fast")

    assert (made.name, made.description, made.depth) == ("Claims", "Of this year", "fast")
    assert client.get_list(made.id) == made
    listed = next(each for each in client.lists() if each.id == made.id)
    assert listed.item_count == 0
    client.delete_list(made.id)
    with pytest.raises(NotFound) as failure:
        client.get_list(made.id)
    assert failure.value.status == 404
    assert failure.value.request_id


@pytest.mark.parametrize("how", ["bytes", "file", "address"])
def test_images_are_added_and_removed(
    client: Lookalike, list_id: str, coffee: bytes, photo: Path, site: str, how: str
) -> None:
    image = {"bytes": coffee, "file": photo, "address": Url(f"{site}/cup.jpg")}[how]

    item = client.add(list_id, image, custom_id="Tasse ☕")  # type: ignore[arg-type]  # one of them

    assert item.custom_id == "Tasse ☕"
    assert item.sha256 == hashlib.sha256(coffee).hexdigest()
    assert [each.id for each in client.items(list_id)] == [item.id]
    client.remove(list_id, item.id)
    assert list(client.items(list_id)) == []


def test_confirmed_copies_are_a_cluster(
    client: Lookalike, list_id: str, coffee: bytes, coffee_copy: bytes
) -> None:
    first = client.add(list_id, coffee, custom_id="cup")
    second = client.add(list_id, coffee_copy, custom_id="copy")
    (pair,) = client.matches(list_id=list_id)
    assert client.cluster(second.id).size == 1

    client.confirm(pair.id)

    cluster = client.cluster(second.id)
    assert (cluster.size, cluster.is_chosen) == (2, False)
    (member,) = cluster.members
    assert {cluster.reference.sha256, member.sha256} == {first.sha256, second.sha256}
    assert (member.match, member.steps) == (pair.id, 1)


def test_an_add_done_twice_is_one_item(client: Lookalike, list_id: str, coffee: bytes) -> None:
    items = [client.add(list_id, coffee, custom_id="cup") for _ in range(2)]

    assert items[0].id == items[1].id
    assert len(list(client.items(list_id))) == 1


def test_items_of_several_pages_are_listed(
    client: Lookalike, list_id: str, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookalike_client.client._PAGE_SIZE", 2)
    for number in range(5):
        client.add(list_id, coffee, custom_id=str(number), depth="fast")

    assert [each.custom_id for each in client.items(list_id)] == ["4", "3", "2", "1", "0"]


def test_a_copy_is_found_and_decided(
    client: Lookalike, list_id: str, coffee: bytes, coffee_copy: bytes
) -> None:
    original = client.add(list_id, coffee, custom_id="cup")

    found = client.check(list_id, coffee_copy, min_score=0.5, limit=5, depth="full")

    assert found.has_detail
    assert found.depth == "full"
    (match,) = found.matches
    assert (match.item.id, match.item.custom_id) == (original.id, "cup")
    assert match.score > 0.5
    assert match.evidence["reasons"]
    (pair,) = client.matches(state="suggested", list_id=list_id)
    assert (pair.id, pair.list, pair.state) == (match.id, list_id, "suggested")
    confirmed = client.confirm(pair.id, note="The same cup.", version=pair.version)
    assert confirmed.state == "confirmed"
    with pytest.raises(Conflict):
        client.dissociate(pair.id, version=pair.version)
    assert client.undo(pair.id).state == "suggested"
    assert client.dissociate(pair.id).state == "dissociated"
    assert list(client.matches(state="suggested", list_id=list_id)) == []


def test_what_happened_is_read_from_where_one_was(
    client: Lookalike, list_id: str, coffee: bytes, coffee_copy: bytes
) -> None:
    before = client.events()
    while before.more:
        before = client.events(before.after)
    for photo in (coffee, coffee_copy):
        client.add(list_id, photo)
    (match,) = client.matches(list_id=list_id)
    client.confirm(match.id)

    page = client.events(before.after, list_id=list_id)

    assert [each.type for each in page.results] == ["match.suggested", "match.confirmed"]
    assert {each.data["match"] for each in page.results} == {match.id}
    assert (page.after, page.more) == (page.results[-1].position, False)
    assert client.events(page.after, types=["match.closed"]).results == ()
    with pytest.raises(InvalidInput):
        client.events(page.after + 1_000_000)


def test_another_picture_does_not_match(
    client: Lookalike, list_id: str, coffee: bytes, astronaut: bytes
) -> None:
    client.add(list_id, coffee)

    assert client.check(list_id, astronaut).matches == ()


def test_text_lists_are_kept(client: Lookalike) -> None:
    made = client.create_text_list("Names", kind="allow")
    assert client.get_text_list(made.id) == made
    cup = client.add_text(made.id, "Tasse ☕", language="de", category="dishes")
    with pytest.raises(Conflict):
        client.add_text(made.id, "TASSE ☕", language="de")
    added = client.add_texts(made.id, ["pot", "", "Pot", "x" * 201], match="exact", note="n")
    assert (added.added, added.unchanged) == (1, 1)
    assert [(each.index, each.code) for each in added.refused] == [
        (1, "unusable_text"),
        (3, "unusable_text"),
    ]

    assert [each.text for each in client.text_entries(made.id)] == ["pot", "Tasse ☕"]
    assert list(client.text_entries(made.id, language="de", category="dishes", text="tass")) == [
        cup
    ]
    assert client.change_text(made.id, cup.id, text="Becher").text == "Becher"
    client.remove_text(made.id, cup.id)
    assert [each.text for each in client.text_entries(made.id)] == ["pot"]
    assert client.restore_text(made.id, cup.id).text == "Becher"

    changed = client.change_text_list(made.id, name="Signs", kind="disallow")
    assert (changed.name, changed.kind, changed.version) == ("Signs", "disallow", 7)
    listed = next(each for each in client.text_lists() if each.id == made.id)
    assert listed.entry_count == 2
    client.delete_text_list(made.id)
    with pytest.raises(NotFound):
        client.get_text_list(made.id)
    assert client.restore_text_list(made.id).name == "Signs"


def test_texts_are_judged(client: Lookalike) -> None:
    names = client.create_text_list("Rivals")
    entry = client.add_text(names.id, "zorblax", category="brand")

    found = client.check_text("Zorblax, write to rick@example.com", text_lists=[names.id])

    assert [(each.key, each.type, each.match) for each in found.matches] == [
        ("blacklist", "brand", "Zorblax"),
        ("personal", "email", "rick@example.com"),
    ]
    assert (found.matches[0].list, found.matches[0].entry) == (names.id, entry.id)
    assert not found.ignored_text
    assert client.check_text("StupidBaker99", mode="username").matches[0].match == "Stupid"
    with pytest.raises(InvalidInput) as failure:
        client.check_text("Guten Tag", languages=["xx"])
    assert failure.value.code == "15"
    assert failure.value.request_id


def test_a_submission_is_matched_and_kept(
    client: Lookalike, list_id: str, coffee: bytes, coffee_copy: bytes
) -> None:
    first = client.match(coffee, list_id=list_id, external_id="first")
    glance = client.match(coffee_copy, list_id=list_id, store=False, include_matches=True)
    strict = client.match(coffee_copy, list_id=list_id, store=False, threshold=0)

    assert not first.match
    assert first.closest_match is None
    assert first.item_id in [each.id for each in client.items(list_id)]
    assert glance.match
    assert glance.closest_match is not None
    assert glance.closest_match.sha256 == hashlib.sha256(coffee).hexdigest()
    assert glance.item_id is None
    assert [each.external_id for each in glance.matches] == ["first"]
    assert not strict.match


def test_a_verdict_is_written_published_reused_and_taken_back(
    client: Lookalike, list_id: str, coffee: bytes, astronaut: bytes
) -> None:
    first, other = (
        client.match(photo, list_id=list_id).item_id or "" for photo in (coffee, astronaut)
    )
    draft = client.draft_verdict(first, rating="False", title="The cup was full")
    assert (draft.state, draft.version, draft.rating) == ("draft", 0, None)
    assert draft.draft == VerdictDraft("False", "The cup was full", "", "", "")

    published = client.publish_verdict(first, version=0)

    with pytest.raises(Conflict) as changed:
        client.draft_verdict(first, title="Late", version=0)
    assert changed.value.code == "verdict_changed"
    assert client.verdict(first) == published
    assert published in list(client.verdicts(state="published"))
    client.draft_verdict(first, title="Another")
    client.discard_draft(first)
    assert client.verdict(first).draft is None
    assert client.reuse_verdict(other, published.id).rating == "False"
    assert [each.act for each in client.verdict_versions(first)] == ["publish"]
    for name in (first, other):
        assert client.retract_verdict(name).state == "retracted"
    with pytest.raises(NotFound):
        client.verdict(first)


def test_who_asks_is_kept_told_and_forgotten(
    client: Lookalike, list_id: str, coffee: bytes
) -> None:
    asked = client.match(
        coffee, list_id=list_id, external_id="7", recipient="cem", language="hi",
        include_verdict=True, include_group=True,
    )  # fmt: skip
    name = asked.item_id or ""
    assert (asked.verdict, asked.group) == (None, SubmittedGroup(name, 1, 1, 1))
    client.draft_verdict(name, rating="False", title="The cup was full")
    preview = client.preview_verdict(name)
    assert preview.publish == NoticeAudience(1, 1, 0, 0, {"hi": 1})
    assert preview.retract is None
    verdict = client.publish_verdict(name)

    # What may still be taken back is told to nobody.
    assert client.match(coffee, list_id=list_id, include_verdict=True).verdict is None
    assert client.grace_s() == 60
    with pytest.raises(Forbidden):
        client.set_grace_s(0)
    assert list(client.notices(verdict_id=verdict.id, state="sent")) == []

    (kept,) = client.submissions(external_id="7", recipient="cem")
    assert (kept.list, kept.language, kept.callback_url) == (list_id, "hi", None)
    assert client.forget_recipient("cem") == 1
    assert list(client.submissions(recipient="cem")) == []
    client.retract_verdict(name)


def test_groups_are_merged_split_and_looked_back_at(
    client: Lookalike, list_id: str, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> None:
    first = client.match(coffee, list_id=list_id, recipient="ann").item_id or ""
    second = client.match(coffee_copy, list_id=list_id, recipient="ann").item_id or ""
    for name, rating in ((first, "False"), (second, "True")):
        client.draft_verdict(name, rating=rating, title="The cup")
        client.publish_verdict(name)
    ids = {client.verdict(name).id for name in (first, second)}

    with pytest.raises(Conflict) as refused:
        client.merge(first, second)
    assert set(refused.value.verdicts) == ids
    merged = client.merge(first, second, keep=client.verdict(first).id)

    # Their texts may not be read by now, and until then the verdict does not cover the copy.
    assert (merged.size, merged.uncovered in (0, 1)) == (2, True)
    assert merged.verdict == client.verdict(second)
    wanted = next(each for each in client.groups() if each.verdict == merged.verdict)
    assert (wanted.size, wanted.submissions, wanted.recipients) == (2, 2, 1)
    alone = client.match(astronaut, list_id=list_id).item_id or ""
    assert client.pin(alone, client.group(alone).sha256).is_chosen
    assert next(client.history(alone)).type == "reference"
    (pair,) = client.matches(list_id=list_id)
    assert [each.state for each in client.split(first, [pair.id])] == ["dissociated"]
    assert client.group(first).size == 1
    client.retract_verdict(first)
    latest = next(client.history(first))
    assert (latest.type, latest.version and latest.version["act"]) == ("verdict", "retract")


def test_errors_say_what_is_wrong(
    client: Lookalike, server: ProductServer, list_id: str, site: str
) -> None:
    with pytest.raises(UnusableImage) as unusable:
        client.add(list_id, b"no picture")
    with pytest.raises(FetchFailed):
        client.add(list_id, Url(f"{site}/lost.jpg"))
    with pytest.raises(InvalidInput) as refused:
        client.check(list_id, Url("http://127.0.0.1:9/"))
    with pytest.raises(Unauthenticated):
        next(Lookalike(server.url, "wrong.token").lists())

    assert unusable.value.status == 415
    assert refused.value.code == "fetch_refused"
    assert refused.value.field == "url"


# ---------------------------------------------------------------------------- README and package


def test_the_lines_of_the_readme_work(
    server: ProductServer,
    coffee_copy: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = (ROOT / "README.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 1
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "copy.jpg").write_bytes(coffee_copy)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHOTOS", str(photo_path("coffee.png").parent))
    monkeypatch.setenv("ADDRESS", server.url)
    monkeypatch.setenv("TOKEN", server.token)
    names: dict[str, Any] = {}

    exec(blocks[0], names)  # noqa: S102 - the README is ours

    assert re.fullmatch(r"coffee 0\.\d+ near\n", capsys.readouterr().out)


def test_the_package_is_built_from_the_tree_without_a_network(tmp_path: Path) -> None:
    source, built = tmp_path / "client", tmp_path / "built"
    shutil.copytree(ROOT / "client", source, ignore=shutil.ignore_patterns("__pycache__"))

    subprocess.run(
        [
            *(sys.executable, "-c", "import setuptools; setuptools.setup()", "--quiet"),
            *("egg_info", f"--egg-base={tmp_path}", "build", f"--build-lib={built}"),
        ],
        cwd=source,
        check=True,
        capture_output=True,
        timeout=100,
    )

    names = {str(path.relative_to(built)) for path in built.rglob("*") if path.is_file()}
    sources = (ROOT / "client" / "lookalike_client").glob("*.py")
    assert names == {f"lookalike_client/{path.name}" for path in sources} | {
        "lookalike_client/py.typed"
    }
    needed = (tmp_path / "lookalike_client.egg-info" / "requires.txt").read_text()
    assert needed.split() == ["urllib3>=2"]


def test_many_images_are_imported_in_parts_and_steered(
    client: Lookalike, list_id: str, tmp_path: Path, coffee: bytes
) -> None:
    packed = tmp_path / "cups.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("cup.jpg", coffee)
        # More than one part has.
        archive.writestr("noise.bin", os.urandom(9_000_000))

    begun = client.import_file(list_id, packed, key="cups-of-today")

    assert (begun.name, begun.source, begun.state) == ("cups.zip", "zip", "running")
    assert begun.received_bytes == begun.byte_size > begun.part_bytes
    again = client.import_file(list_id, packed, key="cups-of-today")
    assert (again.id, again.total) == (begun.id, 2)
    assert [each.id for each in client.imports(list_id=list_id)] == [begun.id]
    assert client.pause_import(begun.id).state == "paused"
    assert client.resume_import(begun.id).state == "running"
    assert client.cancel_import(begun.id).finished_at is not None
    assert client.get_import(begun.id).state == "cancelled"
    assert client.refused_rows(begun.id) == ()
    with pytest.raises(InvalidInput) as failure:
        client.import_bucket(list_id, "s3://archive/photos/")
    assert failure.value.code == "source_not_allowed"


def test_a_table_waits_until_its_columns_are_said(client: Lookalike, list_id: str) -> None:
    ready = client.import_file(list_id, b"where,who\nhttp://10.0.0.1/a.png,7\n", name="t.csv")

    assert ready.state == "ready"
    assert [each.name for each in ready.columns] == ["where", "who"]
    started = client.start_import(ready.id, ["url", "custom_id"])
    assert [each.meaning for each in started.columns] == ["url", "custom_id"]
    client.cancel_import(ready.id)


def test_refused_rows_are_read_with_the_cells_that_were_sent() -> None:
    table = 'row,who,row,code,reason\r\n7,"a, b",3,fetch_failed,"Gone."\r\n'

    assert import_answers.refused_rows(table) == (
        RefusedImportRow(3, "fetch_failed", "Gone.", {"row": "7", "who": "a, b"}),
    )


def test_a_rule_is_written_tried_and_set_to_work(client: Lookalike) -> None:
    rule = client.create_rule("Near copies", act="confirm", kinds=["near"], score_from=0.9)

    assert (rule.mode, rule.version, rule.lists) == ("off", 1, None)
    assert rule in list(client.rules())
    changed = client.change_rule(rule.id, most_shape_percent=3, version=1)
    assert (changed.version, changed.most_shape_percent) == (2, 3)
    assert client.change_rule(rule.id, most_shape_percent=None).most_shape_percent is None
    with pytest.raises(Conflict):
        client.change_rule(rule.id, name="Other", version=1)
    assert client.preview_rule(rule.id).disputed == 0
    assert client.preview_rule(act="confirm", kinds=["pixels"]).wrong_share.high <= 1
    assert client.set_rule_mode(rule.id, "asks", version=3).mode == "asks"
    proposals = client.rule_proposals(rule.id)
    assert (proposals.version, proposals.matches) == (3, ())
    accepted = client.accept_proposals(rule.id, proposals)
    assert (accepted.run, accepted.decided, accepted.left) == (None, 0, ())
    assert list(client.rule_runs(rule.id)) == []
    with pytest.raises(NotFound):
        client.undo_rule_run("run_none")
    client.delete_rule(rule.id)
    with pytest.raises(NotFound):
        client.get_rule(rule.id)
