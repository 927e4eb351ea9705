"""What operators may write into the environment, and what they read when it is wrong."""

from __future__ import annotations

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dedup_project import env
from dedup_project.env import WrongSetting


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SETTING", "SETTING_FILE", "SECRET_KEY", "SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_text_is_the_value_without_white_space_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "  a value \n")

    assert env.text("SETTING") == "a value"


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", " ")

    assert env.text("SETTING", "default") == "default"
    assert env.integer("SETTING", 7) == 7
    assert env.boolean("SETTING", True) is True


def test_a_missing_setting_without_a_default_stops_the_start() -> None:
    with pytest.raises(WrongSetting, match="Set SETTING, or SETTING_FILE"):
        env.text("SETTING")


def test_a_setting_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv("SETTING_FILE", str(secret))

    assert env.text("SETTING") == "from the file"


def test_a_setting_given_twice_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "one")
    monkeypatch.setenv("SETTING_FILE", "/elsewhere")

    with pytest.raises(WrongSetting, match="Both SETTING and SETTING_FILE"):
        env.text("SETTING")


def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SETTING_FILE", str(tmp_path / "missing"))

    with pytest.raises(WrongSetting, match="missing, named by the environment variable SETTING_F"):
        env.text("SETTING")


@pytest.mark.parametrize("value", ["1", "true", "YES", "On"])
def test_yes_has_several_spellings(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SETTING", value)

    assert env.boolean("SETTING", False) is True


@pytest.mark.parametrize("value", ["0", "false", "No", "OFF"])
def test_no_has_several_spellings(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SETTING", value)

    assert env.boolean("SETTING", True) is False


def test_a_boolean_that_is_neither_yes_nor_no_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SETTING", "maybe")

    with pytest.raises(WrongSetting, match="'maybe', which is neither yes nor no"):
        env.boolean("SETTING", False)


def test_a_whole_number_is_read_with_its_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "-12")

    assert env.integer("SETTING", 3) == -12


def test_a_number_with_a_unit_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "30MB")

    with pytest.raises(WrongSetting, match="'30MB', which is not a whole number"):
        env.integer("SETTING", 30)


def test_words_leave_out_empty_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "a.example, b.example:8080,, ")

    assert env.words("SETTING") == ["a.example", "b.example:8080"]
    assert env.words("OTHER_SETTING") == []
    assert env.words("OTHER_SETTING", "localhost,127.0.0.1") == ["localhost", "127.0.0.1"]


def test_the_secret_key_of_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "from the environment")

    assert env.secret_key(tmp_path) == "from the environment"
    assert list(tmp_path.iterdir()) == []


def test_a_generated_secret_key_is_kept_for_the_next_start(tmp_path: Path) -> None:
    key = env.secret_key(tmp_path / "new" / "folder")

    assert len(key) >= 50
    assert env.secret_key(tmp_path / "new" / "folder") == key
    assert env.secret_key(tmp_path / "another") != key


def test_a_generated_secret_key_is_for_its_owner_only(tmp_path: Path) -> None:
    env.secret_key(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE(os.stat(tmp_path / "secret_key").st_mode) == 0o600


def test_processes_that_start_together_share_one_secret_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Both have seen that there is no key yet.
    monkeypatch.setattr(Path, "exists", lambda _path: False)

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(env.secret_key, [tmp_path] * 8))

    assert len(keys) == 1


def test_the_database_is_sqlite_by_default(tmp_path: Path) -> None:
    entry = env.database("SETTING", tmp_path / "db.sqlite3")

    assert entry["ENGINE"] == "django.db.backends.sqlite3"
    assert entry["NAME"] == str(tmp_path / "db.sqlite3")
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert entry["OPTIONS"]["timeout"] == 20
    assert "journal_mode=WAL" in entry["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in entry["OPTIONS"]["init_command"]


def test_only_we_may_read_what_is_there_already(tmp_path: Path) -> None:
    for name in ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"):
        (tmp_path / name).touch(mode=0o644)
    tmp_path.chmod(0o755)
    env.database("SETTING", tmp_path / "db.sqlite3")
    env.private_folder(tmp_path)

    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_new_database_and_its_logs_are_ours_alone(tmp_path: Path) -> None:
    env.database("SETTING", tmp_path / "db.sqlite3")
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE one (id)")
        modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    database.close()

    assert modes == {0o600}


def test_the_test_database_lies_beside_the_real_one(tmp_path: Path) -> None:
    entry = env.database("SETTING", tmp_path / "db.sqlite3")

    assert entry["TEST"]["NAME"] == str(tmp_path / "test-db.sqlite3")


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:///here.db", "here.db"), ("sqlite:////srv/a%20b.db", "/srv/a b.db")],
)
def test_a_sqlite_address_names_a_file(
    monkeypatch: pytest.MonkeyPatch, url: str, path: str
) -> None:
    monkeypatch.setenv("SETTING", url)

    assert env.database("SETTING", Path("unused"))["NAME"] == path


def test_a_postgres_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "postgres://us%40er:p%2Fw@db.example:5433/look?sslmode=require")

    entry = env.database("SETTING", Path("unused"))

    assert entry["ENGINE"] == "django.db.backends.postgresql"
    assert (entry["USER"], entry["PASSWORD"]) == ("us@er", "p/w")
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.example", "5433", "look")
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert entry["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", "-c lock_timeout=10s -c idle_in_transaction_session_timeout=5min -c jit=off"),
        ("?options=", ""),
    ],
)
def test_nobody_waits_for_a_lock_without_end_unless_the_address_says_so(
    monkeypatch: pytest.MonkeyPatch, query: str, options: str
) -> None:
    monkeypatch.setenv("SETTING", f"postgres://me@db.example/look{query}")

    assert env.database("SETTING", Path("unused"))["OPTIONS"]["options"] == options


def test_a_postgres_address_may_name_a_socket_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "postgresql://me@%2Frun%2FPostgres/look")

    entry = env.database("SETTING", Path("unused"))

    assert (entry["HOST"], entry["PORT"]) == ("/run/Postgres", "")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:s3cret@host/name",
        "postgres://me:s3cret@host:port/name",
        "postgres://me:s3cret@host",
        "postgres://me:s3cret@[::1/name",
        "sqlite://me:s3cret@host/name",
        "sqlite:///",
        "s3cret",
    ],
)
def test_an_address_that_is_not_understood_stops_the_start_and_keeps_the_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SETTING", url)

    with pytest.raises(WrongSetting, match="not a database address") as caught:
        env.database("SETTING", Path("unused"))

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://us%40er:p%2Fw@mail.example", ("mail.example", 587, "us@er", "p/w", True, False)),
        ("smtp://mail.example:25?tls=0", ("mail.example", 25, "", "", False, False)),
        ("smtps://me:pw@mail.example", ("mail.example", 465, "me", "pw", False, True)),
    ],
)
def test_a_mail_address_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch, url: str, expected: tuple[object, ...]
) -> None:
    monkeypatch.setenv("SETTING", url)
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")

    found = env.mail("SETTING")

    assert tuple(found[f"EMAIL_{name}"] for name in names) == expected


@pytest.mark.parametrize(("value", "backend"), [("", "dummy"), ("console:", "console")])
def test_mails_go_nowhere_by_default_and_are_printed_where_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch, value: str, backend: str
) -> None:
    monkeypatch.setenv("SETTING", value)

    assert env.mail("SETTING") == {
        "EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"
    }


@pytest.mark.parametrize(
    "url",
    ["s3cret", "smtp://", "http://me:s3cret@host", "smtp://h:s3cret", "smtp://s3cret@h?tls=maybe"],
)
def test_a_mail_address_that_is_not_understood_stops_the_start_and_keeps_the_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SETTING", url)

    with pytest.raises(WrongSetting, match="names no mail server") as caught:
        env.mail("SETTING")

    assert "s3cret" not in str(caught.value)


def test_ports_are_whole_numbers_that_a_server_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "8080, 65535")
    assert env.ports("SETTING") == [8080, 65535]

    for wrong in ("http", "0", "65536", "-1"):
        monkeypatch.setenv("SETTING", f"80,{wrong}")
        with pytest.raises(WrongSetting, match="no port"):
            env.ports("SETTING")


def test_web_processes_bound_their_statements_unless_the_address_has_options(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def options(address: str) -> object:
        monkeypatch.setenv("SETTING", address)
        entry = env.database("SETTING", Path("unused"))
        env.bound_requests(entry)
        return entry["OPTIONS"].get("options")

    assert "statement_timeout=30s" in str(options("postgres://me@db.example/look"))
    assert options("postgres://me@db.example/look?options=-c%20x=1") == "-c x=1"
    assert options("sqlite:////tmp/look") is None


def test_a_data_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(WrongSetting, match="DATA_DIR"):
        env.private_folder(tmp_path / "file" / "data")


def test_a_data_folder_of_another_user_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(WrongSetting, match="DATA_DIR"):
        env.private_folder(tmp_path)


def test_a_file_that_is_not_there_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SETTING", str(tmp_path / "nothing"))
    with pytest.raises(WrongSetting, match="SETTING"):
        env.file("SETTING")

    monkeypatch.delenv("SETTING")
    assert env.file("SETTING") == ""


def test_an_address_without_a_scheme_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "id.example.org")
    with pytest.raises(WrongSetting, match="SETTING=https://"):
        env.web_address("SETTING")

    monkeypatch.setenv("SETTING", "http://10.0.0.7:8080/realm")
    assert env.web_address("SETTING") == "http://10.0.0.7:8080/realm"
