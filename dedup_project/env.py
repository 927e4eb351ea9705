"""Typed readers of the environment: a wrong value stops the start with a sentence that helps.

Every variable NAME may be given as NAME_FILE instead, a path to a file with the value in it (how
containers hand over secrets). An empty value counts as not set.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Collection
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from matching import learned
from matching.networks import manifest
from matching.networks.manifest import BroughtModels
from moderation.vision.offers import OFFERS

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_POSTGRES_SCHEMES = frozenset({"postgres", "postgresql"})
# WAL lets readers go on while one process writes. FULL: what was acknowledged outlives a power cut,
# at 3 ms for each transaction on a plain disk (a decision takes 11 instead of 8 ms). Deleted rows
# are overwritten, so that nothing of them stays in free pages.
_SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
_SQLITE_BUSY_TIMEOUT_S = 20
_POSTGRES_CONNECTION_AGE_S = 60
# What the server does not do in this time is refused, and the client told to try again: a lock that
# somebody holds must not hold all threads. Options in the address win over these.
_POSTGRES_OPTIONS = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    # What a server that was cut off has not acknowledged by then is given up.
    "tcp_user_timeout": "30000",
    # Compiling a statement took 700 ms at each search, wherever the planner had no statistics yet.
    "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=5min -c jit=off",
}
# Later ones win. Commands and background work may take longer, so only web processes add these.
_WEB_OPTIONS = " -c statement_timeout=30s -c idle_in_transaction_session_timeout=1min"

_BUCKET_PREFIX = re.compile(
    r"(?:(?P<organisation>org_\w+)=)?s3://(?P<bucket>[a-z0-9][a-z0-9._-]{1,61}[a-z0-9])"
    r"(?:/(?P<prefix>[^\x00]*))?"
)
# The usual port, and whether a connection begins without TLS.
_SMTP = {"smtp": (587, True), "smtps": (465, False)}


class WrongSetting(Exception):
    """An environment variable is missing or cannot be understood; the program must not start."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable as it is, without the white space around it."""
    value = _read(name)
    if value:
        return value
    if default is None:
        raise WrongSetting(
            f"The environment variable {name} is not set and has no default. "
            f"Set {name}, or {name}_FILE to the path of a file that holds the value."
        )
    return default


def boolean(name: str, default: bool) -> bool:  # noqa: FBT001 - the type of the setting itself
    """Return whether the variable says yes."""
    value = text(name, "").lower()
    if not value:
        return default
    if value not in _TRUE | _FALSE:
        raise WrongSetting(
            f"The environment variable {name} is {value!r}, which is neither yes nor no. "
            f"Use {name}=1 or {name}=0 (also true/false, yes/no, on/off)."
        )
    return value in _TRUE


def integer(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = text(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise WrongSetting(
            f"The environment variable {name} is {value!r}, which is not a whole number. "
            f"Write digits only, for example {name}={default}."
        ) from None


def one_of(name: str, choices: Collection[str], default: str) -> str:
    """Return the variable, which must be one of these words."""
    value = text(name, default).lower()
    if value not in choices:
        raise WrongSetting(
            f"The environment variable {name} is {value!r}. Use one of: {', '.join(choices)}."
        )
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return the parts of a comma separated variable, empty parts left out."""
    return [word for part in text(name, default).split(",") if (word := part.strip())]


def ports(name: str) -> list[int]:
    """Return the ports of a comma separated variable."""
    found = words(name)
    if not all(word.isdecimal() and 0 < int(word) < 65_536 for word in found):
        raise WrongSetting(
            f"The environment variable {name} has a part that is no port. "
            f"Write whole numbers from 1 to 65535, for example {name}=8080,8443."
        )
    return [int(word) for word in found]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the addresses and networks of a comma separated variable."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError as error:
        raise WrongSetting(
            f"The environment variable {name} has a part that is no address: {error}. "
            f"Write addresses or networks, for example {name}=127.0.0.1,10.0.0.0/8."
        ) from None


def pairs(name: str) -> dict[str, str]:
    """Return the parts `key=value` of a comma separated variable, keys of letters and digits."""
    found = [part.partition("=") for part in words(name)]
    if not all(key.isalnum() and value for key, _, value in found):
        # The value may hold secrets, so it is not shown.
        raise WrongSetting(
            f"The environment variable {name} is not a list of pairs. "
            f"Write {name}=key=value, or {name}=key=value,key=value."
        )
    return {key: value for key, _, value in found}


def bucket_prefixes(name: str, *, apart_from: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Return (organisation or nothing, bucket, prefix) of each part of a comma separated variable.

    None of them may reach into the bucket and prefix that it has to be apart from.
    """
    found = [_BUCKET_PREFIX.fullmatch(word) for word in words(name)]
    if not all(found):
        raise WrongSetting(
            f"The environment variable {name} has a part that is no address in a bucket. Write "
            f"{name}=s3://bucket/folder/, or org_…=s3://bucket/folder/ for one organisation alone."
        )
    parts = [each.group("organisation", "bucket", "prefix") for each in found if each]
    own_bucket, own_prefix = apart_from
    own_prefix = own_prefix.strip("/")
    for _organisation, bucket, prefix in parts:
        folder = (prefix or "").strip("/")
        is_apart = bucket != own_bucket or not _is_within(folder, own_prefix)
        if own_bucket and not is_apart:
            raise WrongSetting(
                f"The environment variable {name} opens the files of Lookalike itself to imports: "
                f"s3://{bucket}/{prefix or ''}. Name another bucket or folder."
            )
    return [(who or "", bucket, prefix or "") for who, bucket, prefix in parts]


def _is_within(one: str, other: str) -> bool:
    """Tell whether one of two folders lies within the other one, or is the same."""
    shorter, longer = sorted((one, other), key=len)
    return not shorter or f"{longer}/".startswith(f"{shorter}/")


def brought_models(name: str) -> BroughtModels:
    """Return the networks in the folder that the variable names; none where it names none.

    What is wrong with one is told in its faults: it is left out, and the server runs without it.
    """
    folder = text(name, "")
    if not folder:
        return BroughtModels()
    return manifest.brought(Path(folder).resolve(), {learned.SERVES: learned.OFFER, **OFFERS})


def secret_key(data_dir: Path) -> str:
    """Return SECRET_KEY, else the key kept in `data_dir`, made by the process that starts first."""
    if key := text("SECRET_KEY", ""):
        return key
    path = data_dir / "secret_key"
    if not path.exists():
        _create_secret(path)
    return _file_text(path, "DATA_DIR")


def database(name: str, default_sqlite_path: Path) -> dict[str, Any]:
    """Return Django's entry for the database that the variable names, SQLite by default.

    Understood are postgres://user:password@host:port/name?option=value and sqlite:///path, where
    four slashes begin an absolute path.
    """
    value = text(name, "")
    if not value:
        default_sqlite_path.touch(mode=0o600)
        return _sqlite(default_sqlite_path)
    try:
        url = urlsplit(value)
        if url.scheme in _POSTGRES_SCHEMES and url.path.strip("/"):
            return _postgres(url)
    except ValueError:  # a port that is no number, an unfinished [IPv6] address
        raise _wrong_database(name) from None
    if url.scheme == "sqlite" and not url.netloc and len(url.path) > 1:
        return _sqlite(Path(unquote(url.path.removeprefix("/"))))
    raise _wrong_database(name)


def mail(name: str) -> dict[str, Any]:
    """Return Django's settings of outgoing mail for the server that the variable names.

    Understood are smtp://user:password@host:587 (STARTTLS; without it at ?tls=0),
    smtps://user:password@host:465 and console: (mails are printed). Without it nothing is sent.
    """
    value = text(name, "")
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if value == "console:":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    try:
        return _smtp(urlsplit(value))
    except (KeyError, ValueError):
        # The value may hold a password and is not repeated.
        raise WrongSetting(
            f"The environment variable {name} names no mail server that Lookalike understands. "
            f"Use {name}=smtp://user:password@host:587 or {name}=smtps://user:password@host:465."
        ) from None


def bound_requests(entry: dict[str, Any]) -> None:
    """Let no statement of this process hold a thread for long; `entry` is one of `database`.

    Options in the address win over these too.
    """
    options = entry["OPTIONS"]
    if options.get("options") == _POSTGRES_OPTIONS["options"]:
        options["options"] += _WEB_OPTIONS


def private_folder(path: Path) -> Path:
    """Return a folder that only we may enter, whatever the umask; made unless it is there.

    Where it belongs to somebody else, as a mounted volume may, they decide who enters it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _wrong_folder(path, error.strerror) from error
    with suppress(PermissionError):
        path.chmod(0o700)
    if not os.access(path, os.W_OK | os.X_OK):
        raise _wrong_folder(path, "it is another user's")
    return path


def web_address(name: str) -> str:
    """Return an address with its scheme, empty where none is named."""
    address = text(name, "")
    if address and not address.startswith(("https://", "http://")):
        raise WrongSetting(
            f"The environment variable {name} is '{address}', which is no address of the web. "
            f"Write it whole, for example {name}=https://host.example.org."
        )
    return address


def file(name: str) -> str:
    """Return the path of a file that is there, empty where none is named."""
    path = text(name, "")
    if path and not Path(path).is_file():
        raise WrongSetting(
            f"The environment variable {name} names {path}, which is no file. Write the path of "
            "one that the user who runs Lookalike may read, or leave it out."
        )
    return path


def _wrong_folder(path: Path, cause: str | None) -> WrongSetting:
    return WrongSetting(
        f"The folder {path} of the environment variable DATA_DIR cannot be used: {cause}. Make it, "
        "let the user who runs Lookalike own it (chown), or name another folder."
    )


def _read(name: str) -> str:
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if value and path:
        raise WrongSetting(
            f"Both {name} and {name}_FILE are set, and only one can be right. Remove one of them."
        )
    return _file_text(Path(path), f"{name}_FILE") if path else value


def _file_text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(
            f"The file {path}, named by the environment variable {name}, cannot be read ({error}). "
            "Check that it exists, is text and may be read by the user who runs Lookalike."
        ) from error


def _create_secret(path: Path) -> None:
    """Write a fresh key so that processes starting together all end up with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        # A hard link appears whole and never replaces the key of a process that was faster.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _keep_private(path: Path) -> None:
    """Let only us read a SQLite file and its logs, which are made with the mode of the file."""
    logs = (path.with_name(f"{path.name}-{log}") for log in ("wal", "shm"))
    for each in (path, *logs):
        with suppress(FileNotFoundError, PermissionError):
            each.chmod(0o600)


def _sqlite(path: Path) -> dict[str, Any]:
    _keep_private(path)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # A write lock from the first statement: upgrading a read lock later fails at once with
        # "database is locked" instead of waiting for its turn.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": _SQLITE_BUSY_TIMEOUT_S,
            "init_command": _SQLITE_PRAGMAS,
        },
        # A file, since threads would share one connection to a database in memory.
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
    }


def _postgres(url: SplitResult) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "OPTIONS": {**_POSTGRES_OPTIONS, **dict(parse_qsl(url.query, keep_blank_values=True))},
        "CONN_MAX_AGE": _POSTGRES_CONNECTION_AGE_S,
        "CONN_HEALTH_CHECKS": True,
    }


def _smtp(url: SplitResult) -> dict[str, Any]:
    """Return the settings of a server; raise KeyError or ValueError for what names none."""
    port, begins_plain = _SMTP[url.scheme]
    wants_tls = {"": True, "tls=1": True, "tls=0": False}[url.query]
    if not url.hostname:
        raise ValueError("no host")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or port,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": begins_plain and wants_tls,
        "EMAIL_USE_SSL": not begins_plain,
    }


def _wrong_database(name: str) -> WrongSetting:
    # The value may hold a password and is not repeated.
    return WrongSetting(
        f"The environment variable {name} is not a database address that Lookalike understands. "
        f"Use {name}=postgres://user:password@host:5432/name or {name}=sqlite:////absolute/path, "
        "or leave it out for a SQLite file in DATA_DIR."
    )
