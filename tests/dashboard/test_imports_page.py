"""The page of imports: begun by a form or in parts, paused, mapped, and refused rows as a table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from accounts.permissions import Role
from imports import services, staging
from imports.models import Import, ImportRow, Source
from lists.models import Item, List
from lists.storage import StorageFull
from tests import hooks, working
from tests.imports.given import drawing, facts, packed, sent
from tests.s3_api import empty_bucket, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]

NAMES = {"a.png": drawing(1), "=b.txt": b"no picture", "c.txt": b"none either"}


@pytest.fixture
def signed_in(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    return client


def form(image_list: List, name: str, content: bytes) -> dict[str, object]:
    return {"list": image_list.public_id, "file": SimpleUploadedFile(name, content)}


def states(client: Client, address: str = "/imports/") -> list[str]:
    return [each["state"] for each in hooks.elements(client.get(address), "import")]


def test_a_form_imports_a_zip_and_refused_rows_are_told_and_downloaded(
    signed_in: Client, image_list: List
) -> None:
    assert states(signed_in) == []
    signed_in.post("/imports/new/", form(image_list, "a.zip", packed(NAMES)))
    assert states(signed_in) == ["running"]
    working.run_all()

    run = Import.objects.get()
    page = signed_in.get(f"/imports/?open={run.public_id}")
    assert hooks.values(page, "state") == ["done"]
    assert [hooks.values(page, each) for each in ("added", "known", "refused-count")] == [
        ["1"], ["0"], ["2"],
    ]  # fmt: skip
    assert hooks.values(page, "refused-row") == ["2", "3"]
    answer = signed_in.get(f"/imports/{run.public_id}/refused.csv")
    table = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    columns, first, _second = csv.reader(io.StringIO(table))
    assert columns == ["name", "row", "code", "reason"]
    assert first[:3] == ["'=b.txt", "2", "unsupported_format"], "No spreadsheet runs a name."
    assert AuditEntry.objects.filter(act="export.downloaded").count() == 1


def test_an_import_that_a_command_began_names_nobody(signed_in: Client, image_list: List) -> None:
    signed_in.post("/imports/new/", form(image_list, "a.zip", packed(NAMES)))
    Import.objects.update(user=None)

    assert not re.search(r"·\s*·", signed_in.get("/imports/").content.decode())


def test_a_table_waits_until_its_columns_are_right(signed_in: Client, image_list: List) -> None:
    content = b"where,who\nhttp://10.0.0.1/a.png,7\n"
    signed_in.post("/imports/new/", form(image_list, "t.csv", content))
    run = Import.objects.get()
    assert states(signed_in, "/imports/?show=needing") == ["ready"]
    page = signed_in.get("/imports/").content.decode()
    assert "http://10.0.0.1/a.png" in page, "The first rows are shown."
    act = f"/imports/{run.public_id}/change/"

    for meanings in (["fact", "fact"], ["url", "url"], ["url"]):
        answer = signed_in.post(act, {"act": "start", "meaning": meanings}, follow=True)
        assert hooks.values(answer, "message") == ["invalid_input"]
    signed_in.post(act, {"act": "start", "meaning": ["url", "custom_id"]})
    working.run_all()

    assert facts(run) == ("done", 1, 0, 0, 1)
    answer = signed_in.get(f"/imports/{run.public_id}/refused.csv")
    table = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    again = sent_by(run, image_list, table)
    assert again.plan["columns"] == ["where", "who", "row", "code", "reason"]
    assert ImportRow.objects.get(job=run).cells == again.plan["sample"][0][:2]


def sent_by(run: Import, image_list: List, content: bytes) -> Import:
    from imports import selectors  # noqa: PLC0415 - beside its only use

    return sent(selectors.actor_of(run), image_list, Source.TABLE, "again.csv", content)


def test_a_script_is_told_which_pictures_a_list_has(
    signed_in: Client, admin: Actor, image_list: List
) -> None:
    sent(admin, image_list, Source.ZIP, "a.zip", packed(NAMES))
    working.run_all()
    (sha256,) = Item.objects.values_list("image__sha256", flat=True)

    asked = {"list": image_list.public_id, "hashes": f"{sha256} {'0' * 64} \x00 %"}
    answer = signed_in.post("/imports/kept/", asked)

    assert answer.json() == {"kept": [sha256]}


def test_no_spreadsheet_runs_the_names_of_columns(
    signed_in: Client, admin: Actor, image_list: List
) -> None:
    run = sent(admin, image_list, Source.TABLE, "t.csv", b"url,=1+1\nftp://a/b.png,x\n")
    services.start(by=admin, run=run)
    working.run_all()

    answer = signed_in.get(f"/imports/{run.public_id}/refused.csv")

    columns = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]  # type: ignore[attr-defined]
    assert columns == "url,'=1+1,row,code,reason"


def test_what_a_command_imports_goes_on_with_the_command_alone(
    signed_in: Client, image_list: List
) -> None:
    run = Import.objects.create(
        image_list=image_list, source="files", name="photos", state="paused", is_local=True
    )

    page = signed_in.get("/imports/")

    assert len(hooks.elements(page, "by-command")) == 1
    assert b'value="resume"' not in page.content
    Import.objects.filter(pk=run.pk).update(is_local=False)
    page = signed_in.get("/imports/")
    assert hooks.elements(page, "by-command") == []
    assert b'value="resume"' in page.content


def test_an_import_is_paused_resumed_and_cancelled(
    signed_in: Client, image_list: List, admin: Actor
) -> None:
    run = sent(admin, image_list, Source.ZIP, "a.zip", packed(NAMES))
    act = f"/imports/{run.public_id}/change/"

    for name, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        answer = signed_in.post(act, {"act": name}, follow=True)
        assert hooks.values(answer, "state") == [state]
        assert hooks.values(answer, "message") == []
    answer = signed_in.post(act, {"act": "pause"}, follow=True)
    assert hooks.values(answer, "message") == ["wrong_state"]
    answer = signed_in.post(act, {"act": "nothing"}, follow=True)
    assert hooks.values(answer, "state") == ["cancelled"]


def test_what_stopped_an_import_is_said(signed_in: Client, image_list: List, admin: Actor) -> None:
    run = sent(admin, image_list, Source.ZIP, "a.zip", packed(NAMES))
    services.stop(run=run, error=StorageFull("There is no room left."))
    answer = signed_in.get("/imports/?show=needing")
    assert hooks.values(answer, "why") == ["storage_full"]
    assert "There is no room left." in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "invalid_input"),
        ("a.zip", b"no zip", "unusable_archive"),
        ("a.zip", b"", "invalid_input"),
        ("a.csv", b"\n", "unusable_table"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(
    signed_in: Client, image_list: List, name: str, content: bytes, code: str
) -> None:
    answer = signed_in.post("/imports/new/", form(image_list, name, content), follow=True)
    assert hooks.values(answer, "message") == [code]
    answer = signed_in.post("/imports/new/", {"list": image_list.public_id}, follow=True)
    assert hooks.values(answer, "message") == ["invalid_input"]


def test_a_script_sends_parts_and_goes_on_with_what_it_began(
    signed_in: Client, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PART_BYTES", 200)
    content = packed({"a.png": drawing(1)})
    begun = {"list": image_list.public_id, "name": "a.zip", "byte_size": len(content)}
    headers = {"X-Fragment": "1"}

    def post(address: str, fields: dict[str, object]) -> dict[str, str]:
        answer = signed_in.post(address, fields, headers=headers)
        assert answer.status_code == 200
        (row,) = hooks.elements(answer, "import")
        return row

    row = post("/imports/new/", begun)
    part = SimpleUploadedFile("part", content[:200])
    row = post(row["parts"], {"offset": 0, "part": part})
    assert (row["state"], row["received"]) == ("receiving", "200")

    again = post("/imports/new/", begun)
    assert (again["import"], again["received"]) == (row["import"], "200")
    skipped = SimpleUploadedFile("part", content[400:600])
    answer = signed_in.post(row["parts"], {"offset": 400, "part": skipped}, headers=headers)
    assert answer.status_code == 409
    assert signed_in.post(row["parts"], {"offset": "x"}, headers=headers).status_code == 400
    while row["state"] == "receiving":
        offset = int(row["received"])
        part = SimpleUploadedFile("part", content[offset : offset + 200])
        row = post(row["parts"], {"offset": offset, "part": part})
    working.run_all()

    assert Item.objects.count() == Import.objects.count() == 1
    assert states(signed_in, "/imports/?show=over") == ["done"]


def test_a_page_of_imports_asks_no_more_for_more_of_them(
    signed_in: Client,
    image_list: List,
    admin: Actor,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for number in range(3):
        sent(admin, image_list, Source.ZIP, f"{number}.zip", packed({"a.png": drawing(1)}))
    signed_in.get("/imports/")
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        assert len(states(signed_in)) == 3


def test_a_bucket_is_imported_where_the_operator_has_opened_one(
    signed_in: Client, image_list: List, settings: Settings, s3_address: str
) -> None:
    assert hooks.values(signed_in.get("/imports/"), "bucket-form") == []
    asked = {"list": image_list.public_id, "source": " s3://archive/photos/ "}
    answer = signed_in.post("/imports/new/", asked, follow=True)
    assert hooks.values(answer, "message") == ["source_not_allowed"]

    settings.IMPORT_BUCKETS = [("", "archive", "photos/"), ("org_1", "others", "")]
    settings.IMPORT_BUCKET_OPTIONS = sign_in("http://127.0.0.1:9")
    page = signed_in.get("/imports/")
    assert len(hooks.values(page, "bucket-form")) == 1
    assert b"others" not in page.content, "It is another organisation's."
    answer = signed_in.post("/imports/new/", asked, follow=True)
    assert hooks.values(answer, "message") == ["source_unavailable"]
    settings.IMPORT_BUCKET_OPTIONS = sign_in(s3_address)
    client = empty_bucket(s3_address, "archive")
    client.put_object(Bucket="archive", Key="photos/a.png", Body=drawing(1))
    assert states_after(signed_in, asked) == ["running"]
    working.run_all()

    assert states(signed_in) == ["done"]
    assert hooks.values(signed_in.get("/imports/"), "added") == ["1"]


def states_after(client: Client, asked: dict[str, str]) -> list[str]:
    """Return the states that the page tells once a form was sent."""
    return [
        each["state"]
        for each in hooks.elements(client.post("/imports/new/", asked, follow=True), "import")
    ]
