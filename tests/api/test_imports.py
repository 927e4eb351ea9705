"""Imports in our own API: begun with a file or in parts, told, paused, and refused rows as CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from imports import archives, services, staging
from imports.models import Import
from lists.models import List
from tests import working
from tests.callers import Caller
from tests.imports.given import drawing, packed
from tests.s3_api import empty_bucket, sign_in

pytestmark = pytest.mark.django_db

_KEYS = {
    "id", "list", "source", "name", "state", "reason", "byte_size", "received_bytes", "part_bytes",
    "columns", "total", "done", "added", "known", "refused", "skipped", "worked_s", "key", "by",
    "created_at", "finished_at",
}  # fmt: skip
ZIP = packed({"a.png": drawing(1), "=b.txt": b"no picture"})


def begun(caller: Caller, image_list: List, name: str, content: bytes, **fields: Any) -> Any:
    """Begin an import with its file."""
    file = SimpleUploadedFile(name, content)
    return caller.client.post(
        "/v1/imports/", {"list": image_list.public_id, "file": file, **fields}
    )


def in_parts(caller: Caller, image_list: List, name: str, byte_size: int, **more: Any) -> Any:
    """Begin an import whose file comes in parts."""
    fields = {"list": image_list.public_id, "name": name, "byte_size": byte_size, **more}
    return caller.post("/v1/imports/", **fields)


def part(caller: Caller, import_id: str, offset: object, content: bytes) -> Any:
    """Send a part of a file."""
    fields = {"offset": offset, "part": SimpleUploadedFile("part", content)}
    return caller.client.post(f"/v1/imports/{import_id}/parts/", fields)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_zip_is_imported_in_one_request(caller: Caller, image_list: List) -> None:
    answer = begun(caller, image_list, "a.zip", ZIP)
    made = answer.json()
    own = f"/v1/imports/{made['id']}/"

    assert answer.status_code == 201
    assert made.keys() == _KEYS
    assert (made["state"], made["source"], made["total"]) == ("running", "zip", 2)
    assert made["by"] == caller.credential.credential.name
    working.run_all()
    told = caller.get(own).json()
    assert told.items() >= {"state": "done", "done": 2, "added": 1, "refused": 1}.items()
    assert told["finished_at"]
    answer = caller.get(f"{own}refused/")
    columns, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert columns == ["name", "row", "code", "reason"]
    assert row[:3] == ["'=b.txt", "2", "unsupported_format"], "No spreadsheet runs a name."
    (listed,) = caller.get("/v1/imports/", state="done", list=image_list.public_id).json()[
        "results"
    ]
    assert listed == told
    assert caller.get("/v1/imports/?state=paused").json()["results"] == []


def test_a_file_comes_in_parts_and_a_broken_one_goes_on(
    caller: Caller, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PART_BYTES", 400)
    assert 400 < len(ZIP) < 800
    made = in_parts(caller, image_list, "a.zip", len(ZIP), key="night-2026-12").json()
    assert (made["state"], made["part_bytes"]) == ("receiving", 400)
    assert part(caller, made["id"], 0, ZIP[:400]).json()["received_bytes"] == 400
    assert part(caller, made["id"], 0, ZIP[:400]).json()["received_bytes"] == 400, "Sent twice."
    for offset, content in ((400, ZIP[:10]), (1_000, ZIP[400:]), (500, ZIP[500:])):
        assert code(part(caller, made["id"], offset, content)) == (409, "wrong_part")
    again = in_parts(caller, image_list, "a.zip", len(ZIP), key="night-2026-12")
    assert (again.status_code, again.json()["id"]) == (200, made["id"])

    last = part(caller, made["id"], 400, ZIP[400:]).json()
    assert (last["state"], last["received_bytes"]) == ("running", len(ZIP))
    working.run_all()
    assert caller.get(f"/v1/imports/{made['id']}/").json()["added"] == 1
    assert code(part(caller, made["id"], len(ZIP), b"x")) == (409, "wrong_state")


def test_a_last_part_whose_worker_was_killed_is_sent_again(
    caller: Caller, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = in_parts(caller, image_list, "a.zip", len(ZIP)).json()
    with monkeypatch.context() as patched:
        patched.setattr(services, "_look", lambda _run: None)
        assert part(caller, made["id"], 0, ZIP).json()["state"] == "receiving"

    assert part(caller, made["id"], len(ZIP), b"").json()["state"] == "running"
    working.run_all()
    assert caller.get(f"/v1/imports/{made['id']}/").json()["added"] == 1, "The file is as sent."


def test_a_key_names_one_import(caller: Caller, image_list: List) -> None:
    answers = [begun(caller, image_list, "a.zip", ZIP, key="abcdefgh") for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    other = begun(caller, image_list, "b.zip", ZIP, key="abcdefgh")
    assert code(other) == (409, "key_reused")
    working.run_all()
    assert begun(caller, image_list, "a.zip", ZIP, key="abcdefgh").json()["state"] == "done"


def test_a_table_waits_until_its_columns_are_said(caller: Caller, image_list: List) -> None:
    made = begun(caller, image_list, "t.csv", b"where,who\nhttp://10.0.0.1/a.png,7\n").json()
    start = f"/v1/imports/{made['id']}/start/"
    assert made["state"] == "ready"
    assert made["columns"] == [
        {"name": "where", "meaning": "fact"}, {"name": "who", "meaning": "fact"},
    ]  # fmt: skip
    for meanings in (None, ["fact", "fact"], ["url", "url"], ["url"], "url", [1], ["nothing"]):
        assert code(caller.post(start, meanings=meanings)) == (400, "invalid_input")

    started = caller.post(start, meanings=["url", "custom_id"]).json()
    assert (started["state"], started["columns"][0]["meaning"]) == ("running", "url")
    assert code(caller.post(start, meanings=["url", ""])) == (409, "wrong_state")


def test_an_import_is_paused_resumed_and_cancelled(caller: Caller, image_list: List) -> None:
    own = f"/v1/imports/{begun(caller, image_list, 'a.zip', ZIP).json()['id']}/"

    for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert caller.post(f"{own}{act}/").json()["state"] == state
    for act in ("pause", "resume", "cancel", "start"):
        assert code(caller.post(f"{own}{act}/")) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 9, "source": "s3://a/b"}, (400, "invalid_input")),
        ({"name": "a.exe", "byte_size": 9}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": -1}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 2**63}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 10**400}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 10**12}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": [9]}, (400, "invalid_input")),
        ({"name": {"a": 1}, "byte_size": 9}, (400, "invalid_input")),
        ({"name": "a\x00.zip", "byte_size": 9}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 9, "key": "short"}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 9, "kind": "bucket"}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 9, "list": 7}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 9, "list": "ili_\ud800"}, (400, "invalid_input")),
        ({"name": "a.zip", "byte_size": 9, "list": "ili_none"}, (404, "list_not_found")),
        ({"source": "s3://a/b"}, (400, "source_not_allowed")),
    ],
    ids=str,
)
def test_what_cannot_be_begun_is_refused(
    caller: Caller, image_list: List, fields: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = caller.post("/v1/imports/", **{"list": image_list.public_id, **fields})

    assert code(answer) == expected
    assert not Import.objects.exists()


def test_a_key_of_a_wrong_length_is_told_the_right_one(caller: Caller, image_list: List) -> None:
    answer = in_parts(caller, image_list, "a.zip", 9, key="short")

    assert {"8", "64"} <= set(answer.json()["error"]["message"].split())


def test_files_that_are_no_archives_are_refused_with_their_reason(
    caller: Caller, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code(begun(caller, image_list, "a.zip", b"no zip")) == (400, "unusable_archive")
    assert code(begun(caller, image_list, "a.zip", b"")) == (400, "invalid_input")
    assert code(begun(caller, image_list, "a.csv", b"\n")) == (400, "unusable_table")
    bomb = packed({"a.png": b"\0" * 20_000_000})
    monkeypatch.setattr(archives, "_FREE_BYTES", 1_000)
    assert code(begun(caller, image_list, "a.zip", bomb)) == (400, "unusable_archive")
    monkeypatch.setattr(archives, "MAX_ENTRIES", 1)
    assert code(begun(caller, image_list, "a.zip", ZIP)) == (400, "unusable_archive")
    assert code(part(caller, "imp_1", 0, b"")) == (404, "import_not_found")
    made = in_parts(caller, image_list, "a.zip", 9).json()
    assert code(part(caller, made["id"], "x", b"x")) == (400, "invalid_input")
    assert code(part(caller, made["id"], 2**63, b"x")) == (400, "invalid_input")
    answer = caller.post(f"/v1/imports/{made['id']}/parts/", offset=0, part="text")
    assert code(answer) == (400, "invalid_input")
    reasons = [
        each["reason"] for each in caller.get("/v1/imports/?state=cancelled").json()["results"]
    ]
    assert {each["code"] for each in reasons} == {"unusable_archive", "unusable_table"}


def test_an_archive_of_zip64_and_one_of_many_entries_are_imported(
    caller: Caller, image_list: List, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(2):
            with archive.open(f"{number}.png", "w", force_zip64=True) as file:
                file.write(drawing(number))
        # More than the two bytes of a plain archive can count.
        for number in range(65_536):
            archive.writestr(f"__MACOSX/{number}", b"")

    made = begun(caller, image_list, "a.zip", content.getvalue()).json()
    assert (made["state"], made["total"]) == ("running", 2)
    working.run_all()

    assert caller.get(f"/v1/imports/{made['id']}/").json()["added"] == 2


def test_a_bucket_is_imported(
    caller: Caller, image_list: List, settings: Settings, s3_address: str
) -> None:
    settings.IMPORT_BUCKETS = [("", "archive", "photos/")]
    settings.IMPORT_BUCKET_OPTIONS = sign_in(s3_address)
    client = empty_bucket(s3_address, "archive")
    client.put_object(Bucket="archive", Key="photos/a.png", Body=drawing(1))
    fields = {"list": image_list.public_id, "source": "s3://archive/photos/", "key": "abcdefgh"}

    answers = [caller.post("/v1/imports/", **fields) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 200]
    made = answers[0].json()
    assert (made["source"], made["name"]) == ("bucket", "s3://archive/photos/")
    assert made["total"] is None
    working.run_all()
    told = caller.get(f"/v1/imports/{made['id']}/").json()
    assert (told["state"], told["total"], told["added"]) == ("done", 1, 1)


def test_who_may_not_add_images_neither_imports_nor_looks(
    caller: Caller, caller_as: Callable[..., Caller], image_list: List
) -> None:
    own = f"/v1/imports/{begun(caller, image_list, 'a.zip', ZIP).json()['id']}/"
    analyst = caller_as(Role.ANALYST)

    assert code(begun(analyst, image_list, "a.zip", ZIP)) == (403, "forbidden")
    for path in ("/v1/imports/", own, f"{own}refused/"):
        assert code(analyst.get(path)) == (403, "forbidden")
    for act in ("start", "pause", "resume", "cancel"):
        assert code(analyst.post(f"{own}{act}/")) == (403, "forbidden")
    assert code(part(analyst, own.split("/")[3], 0, b"")) == (403, "forbidden")


def test_pictures_of_an_import_count_as_sent(
    caller: Caller, image_list: List, organisation: Organisation
) -> None:
    Organisation.objects.update(quota_per_day=2)
    files = {f"{number}.png": drawing(number) for number in range(3)}
    made = begun(caller, image_list, "a.zip", packed({"0.txt": b"none", **files})).json()
    working.run_all()

    told = caller.get(f"/v1/imports/{made['id']}/").json()
    assert (told["state"], told["reason"]["code"]) == ("paused", "quota_exceeded")
    assert image_list.items.count() == 2, "What is refused is not counted."


def test_a_key_of_some_lists_imports_into_those_and_gets_no_other_list_s_image(
    caller: Caller, caller_as: Callable[..., Caller], image_list: List
) -> None:
    begun(caller, image_list, "a.zip", ZIP)
    working.run_all()
    sha256 = image_list.items.get().image.sha256
    bound = caller_as(Role.MANAGER, is_restricted=True)
    own = List.objects.get(public_id=bound.post("/v1/lists/", name="Own").json()["id"])

    made = begun(bound, own, "t.csv", f"sha256\n{sha256}\n".encode()).json()
    bound.post(f"/v1/imports/{made['id']}/start/")
    working.run_all()

    assert bound.get(f"/v1/imports/{made['id']}/").json()["refused"] == 1
    assert not own.items.exists()


def test_an_import_pauses_when_who_began_it_may_not_go_on(
    caller: Caller, admin: Actor, image_list: List
) -> None:
    made = begun(caller, image_list, "a.zip", ZIP).json()
    accounts_services.revoke_credential(by=admin, credential=caller.credential.credential)
    working.run_all()

    run = Import.objects.get(public_id=made["id"])
    assert (run.state, run.reason["code"]) == ("paused", "unauthenticated")
