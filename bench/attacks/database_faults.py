"""Takes PostgreSQL away in every way while clients work, and looks who was told what.

    python -m bench.attacks.database_faults

Killed (-9) and started again; restarted; paused for 20 s; a table locked for a minute; all
connections held by others. A line for each: how many answers were which, how many were 5xx without
Retry-After (none should be), how long after the fault the first good answer came, and what was
acknowledged and is not there (nothing should be); then what /healthz answered during the fault.
With `--storage` the pictures lie in a bucket instead, whose server hangs, fails and hangs up.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial

import boto3
import psycopg2
import psycopg2.extensions
from moto.server import ThreadedMotoServer

from bench.attacks.installation import AttackedServer, PostgresCluster, installed
from bench.attacks.proxy import Proxy
from bench.attacks.traffic import Traffic

_PAUSED_S = 20.0
_LOCKED_S = 60.0
_TAKEN_S = 10.0
_QUIET_S = 3.0
_PATIENCE_S = 30.0
# Few, so that all of them can be taken.
_CONNECTIONS = 20
_OPTIONS = f"-c max_connections={_CONNECTIONS} -c superuser_reserved_connections=0"
_TAKER = "taker"
# How long /healthz may take before somebody restarts the server.
_ALIVE_S = 10.0


def killed(cluster: PostgresCluster, _: Traffic) -> None:
    """Kill all processes at once, and start again."""
    cluster.kill()
    time.sleep(1)
    cluster.start()


def restarted(cluster: PostgresCluster, _: Traffic) -> None:
    """Restart as an operator does."""
    cluster.stop("fast")
    cluster.start()


def paused(cluster: PostgresCluster, _: Traffic) -> None:
    """Let it answer nothing for a while."""
    cluster.send(signal.SIGSTOP)
    time.sleep(_PAUSED_S)
    cluster.send(signal.SIGCONT)


def locked(cluster: PostgresCluster, _: Traffic) -> None:
    """Hold a lock that every addition needs."""
    cluster.sql(f"BEGIN; LOCK TABLE lists_image; SELECT pg_sleep({_LOCKED_S}); COMMIT")


def used_up(cluster: PostgresCluster, traffic: Traffic) -> None:
    """Hold every connection that there may be; meanwhile all requests must be told to come back."""
    with ExitStack() as held:
        taken: list[psycopg2.extensions.connection] = []
        while len(taken) < _CONNECTIONS:
            with suppress(psycopg2.OperationalError):
                connection = psycopg2.connect(cluster.url(), application_name=_TAKER)
                connection.autocommit = True
                taken.append(held.enter_context(closing(connection)))
                continue
            time.sleep(0.05)
            with taken[0].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE backend_type = 'client backend' AND application_name <> %s",
                    [_TAKER],
                )
        # What was under way has ended.
        time.sleep(1)
        before = traffic.now_known().statuses
        time.sleep(_TAKEN_S)
        meanwhile = traffic.now_known().statuses - before
    print(f"with all {len(taken)} connections taken: {dict(meanwhile)}")
    assert set(meanwhile) == {"503"}, "somebody was not told to come back"


FAULTS: dict[str, Callable[[PostgresCluster, Traffic], None]] = {
    "killed": killed,
    "restarted": restarted,
    "paused 20 s": paused,
    "locked 60 s": locked,
    "connections used up": used_up,
}


def measured(traffic: Traffic, name: str, fault: Callable[[], None]) -> bool:
    """Let the fault happen under load, print a line, and tell whether all was well."""
    traffic.known.statuses = Counter()
    traffic.start()
    time.sleep(_QUIET_S)
    with traffic.watched() as health:
        fault()
    ended_s = time.monotonic()
    while traffic.known.last_good_s < ended_s and _waits(ended_s):
        time.sleep(0.05)
    back_s = time.monotonic() - ended_s
    time.sleep(_QUIET_S)
    traffic.stop()
    statuses, lost = dict(traffic.known.statuses), traffic.lost()
    bad = statuses.pop("without Retry-After", 0) + statuses.get("500", 0)
    slowest_s = max(took_s for _, took_s in health)
    print(name, statuses, f"{bad} bad", f"back in {back_s:.1f} s", f"{len(lost)} lost", sep="\t")
    print(f"  /healthz: {dict(Counter(each for each, _ in health))}, slowest {slowest_s:.1f} s")
    print(*lost, sep="\n", end="")
    return not bad and not lost and back_s < 5 and slowest_s < _ALIVE_S


def _waits(since_s: float) -> bool:
    return time.monotonic() < since_s + _PATIENCE_S


def attack_database() -> bool:
    """Try each fault of the database on one server."""
    with installed("postgresql", postgres_options=_OPTIONS, WORKERS="1") as installation:
        cluster = installation.cluster
        assert cluster is not None
        installation.start()
        traffic = Traffic(installation.url, installation.token)
        good = [
            measured(traffic, name, partial(fault, cluster, traffic))
            for name, fault in FAULTS.items()
        ]
        installation.manage("verify")
    return all(good)


@contextmanager
def in_bucket() -> Iterator[tuple[AttackedServer, Proxy]]:
    """Yield an installation whose bucket is behind a proxy."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket="lookalike")
    proxy = Proxy((host, port))
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    with installed(
        "sqlite",
        STORAGE_BUCKET="lookalike",
        STORAGE_ENDPOINT_URL=f"http://127.0.0.1:{proxy.server_address[1]}",
        STORAGE_REGION="us-east-1",
        STORAGE_ACCESS_KEY="test",
        STORAGE_SECRET_KEY="test",
    ) as installation:
        yield installation, proxy
    proxy.shutdown()
    server.stop()


def attack_storage() -> bool:
    """Try each fault of the bucket on one server."""
    with in_bucket() as (installation, proxy):
        installation.start()
        traffic = Traffic(installation.url, installation.token)

        def faulty(mode: str) -> None:
            proxy.mode = mode
            time.sleep(_PAUSED_S)
            proxy.mode = "passes"

        good = [
            measured(traffic, f"bucket {mode} 20 s", partial(faulty, mode))
            for mode in ("hangs", "fails", "cuts")
        ]
        installation.manage("verify")
    return all(good)


def main(arguments: Sequence[str]) -> int:
    """Attack one or the other."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.database_faults")
    parser.add_argument("--storage", action="store_true")
    options = parser.parse_args(arguments)
    return 0 if (attack_storage() if options.storage else attack_database()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
