"""Send events to a receiver that fails in every way, by workers that are killed, and count.

    python -m bench.deliveries [--events 10000] [--subjects 2000] [--faults 0.05] [--kills 10]

Uses the database of DATABASE_URL, in an organisation of its own that is deleted in the end. The
receiver answers 500, 301, 429 or nothing to a share of the posts, and is down for a while; workers
are killed with -9 or stopped in the middle. The minutes that a delivery, a lease or a hold would
wait for are let pass at once, again and again. Prints events a second, how many arrived more than
once, and exits 1 when an event is missing, came before an earlier one of its subject, or under
another id.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dedup_project.settings")

_LIST = "ili_bench"
_RECORDED_AT_ONCE = 50
_POSTS_WHILE_DOWN = 20
_STEP_S = 0.5
# What a receiver answers that fails: None closes the connection.
_FAULTS = (500, 301, 429, None)
_SLOW_S = 0.2
_OURS = r"^(webhooks|verdicts)\."
KINDS = ("webhooks.publish", "webhooks.send")


def subject_of(data: Mapping[str, Any]) -> str:
    """Return what events are about that arrive in their order: a match, or somebody's verdict."""
    if "match" in data:
        return str(data["match"])
    return f"{data['recipient']} about {data['verdict']['id']}"


class Receiver:
    """What arrived, in its order; and how posts are answered."""

    def __init__(self, faults: float) -> None:
        self._faults = faults
        self._random = random.Random(7)
        self._lock = threading.Lock()
        self.down_for = 0  # posts
        self.slow_share = 0.0
        self.answers: Counter[str] = Counter()
        self.arrived: list[tuple[str, str, int, str]] = []  # message id, subject, position, event

    def count(self) -> int:
        """Return how many events have arrived."""
        return len({each[0] for each in list(self.arrived)})

    def answer(self, message_id: str, body: bytes) -> int | None:
        """Return the status for a post, late for some; None closes the connection without one."""
        if self._random.random() < self.slow_share:
            self.answers["slow"] += 1
            time.sleep(_SLOW_S)
        with self._lock:
            if self.down_for:
                self.down_for -= 1
                self.answers["down"] += 1
                return None
            if self._random.random() < self._faults:
                status = self._random.choice(_FAULTS)
                self.answers[str(status)] += 1
                return status
            event = json.loads(body)
            self.answers["204"] += 1
            place = subject_of(event["data"]), event["position"]
            self.arrived.append((message_id, *place, event["id"]))
            return 204

    @contextmanager
    def serving(self) -> Iterator[int]:
        """Serve on a port of this machine, which is returned."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answer(self.headers["webhook-id"], body)
                if status is not None:
                    self.send_response(status)
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def worker(port: int, kinds: Iterable[str] = KINDS) -> subprocess.Popen[bytes]:
    """Start a process that does work of these kinds: publishes and sends."""
    command = [sys.executable, "manage.py", "work"]
    for kind in kinds:
        command += ["--kind", kind]
    environment = {**os.environ, "FETCH_ALLOW_HOSTS": f"127.0.0.1:{port}"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def let_time_pass() -> None:
    """Let everything be due that waits for a later moment, and end what killed workers held."""
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by now

    from jobs.models import Job, JobState  # noqa: PLC0415
    from webhooks.kinds import DeliveryState  # noqa: PLC0415
    from webhooks.models import Delivery, Webhook  # noqa: PLC0415

    now = timezone.now()
    Delivery.objects.filter(state=DeliveryState.WAITING, due_at__gt=now).update(due_at=now)
    Webhook.objects.filter(resumes_at__gt=now).update(resumes_at=None)
    ours = Job.objects.filter(kind__regex=_OURS)
    ours.filter(state=JobState.WAITING, run_after__gt=now).update(run_after=now)


def free_what_was_held() -> None:
    """Let the leases and holds of a killed worker be over."""
    from django.utils import timezone  # noqa: PLC0415

    from jobs.models import Job, JobState  # noqa: PLC0415
    from webhooks.models import Webhook  # noqa: PLC0415

    now = timezone.now()
    Webhook.objects.exclude(token="").update(held_until=now)
    running = Job.objects.filter(kind__regex=_OURS, state=JobState.RUNNING)
    running.update(lease_until=now)


def record(organisation_id: int, events: int, subjects: int) -> float:
    """Record the events, fifty in a transaction; return the seconds it took."""
    from webhooks import recording  # noqa: PLC0415
    from webhooks.kinds import EventType  # noqa: PLC0415
    from webhooks.values import NewEvent  # noqa: PLC0415

    names = [f"mat_{number % subjects}" for number in range(events)]
    began_s = time.monotonic()
    for start in range(0, events, _RECORDED_AT_ONCE):
        recording.record(
            organisation_id=organisation_id,
            events=[
                NewEvent(EventType.MATCH_UPDATED, name, _LIST, {"match": name})
                for name in names[start : start + _RECORDED_AT_ONCE]
            ],
        )
    return time.monotonic() - began_s


class FaultyWorker:
    """A worker that is ended again and again as events arrive: killed, then told to stop, in turn.

    Half way through, the receiver is down for a while.
    """

    def __init__(self, receiver: Receiver, port: int, kills: int, kinds: Iterable[str]) -> None:
        self._receiver, self._port, self._kills, self._kinds = receiver, port, kills, kinds
        self._process = worker(port, kinds)
        self._ended = 0

    def step(self, share: float) -> None:
        """Let time pass; end the worker and start another where that is due by the share done."""
        time.sleep(_STEP_S)
        let_time_pass()
        if self._ended >= self._kills or share <= (self._ended + 0.5) / self._kills:
            return
        self._process.send_signal(signal.SIGTERM if self._ended % 2 else signal.SIGKILL)
        self._process.wait()
        free_what_was_held()
        self._ended += 1
        if self._ended == self._kills // 2:
            self._receiver.down_for = _POSTS_WHILE_DOWN
        self._process = worker(self._port, self._kinds)

    def stop(self) -> None:
        """End it for good."""
        self._process.terminate()
        self._process.wait()


def send(receiver: Receiver, port: int, events: int, kills: int) -> float:
    """Have everything sent by workers that are ended; return the seconds it took."""
    from webhooks.kinds import DeliveryState  # noqa: PLC0415
    from webhooks.models import Delivery  # noqa: PLC0415

    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, event__image_list=_LIST)
    began_s = time.monotonic()
    faulty = FaultyWorker(receiver, port, kills, KINDS)
    while receiver.count() < events or waiting.exists():
        faulty.step(receiver.count() / events)
    faulty.stop()
    return time.monotonic() - began_s


def run(events: int, subjects: int, faults: float, kills: int) -> int:
    """Send the events; print what came of it, and return the exit status."""
    from django.conf import settings  # noqa: PLC0415

    from accounts import services as accounts_services  # noqa: PLC0415
    from accounts.actors import Actor, Surface  # noqa: PLC0415
    from accounts.permissions import Role  # noqa: PLC0415
    from webhooks import services  # noqa: PLC0415
    from webhooks.values import WebhookSettings  # noqa: PLC0415

    organisation = accounts_services.ensure_organisation(name=f"Deliveries {os.getpid()}")
    by = Actor(organisation.pk, Role.ADMIN, Surface.SYSTEM)
    receiver = Receiver(faults)
    with receiver.serving() as port:
        settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{port}"]
        address = f"http://127.0.0.1:{port}/hook"
        services.create_webhook(by=by, settings=WebhookSettings(url=address))
        recorded_s = record(organisation.pk, events, subjects)
        sent_s = send(receiver, port, events, kills)
    services.delete_of_organisation(organisation=organisation)
    organisation.delete()
    print(f"recorded {events:,} events at {events / recorded_s:,.0f} a second")
    print(f"sent at {events / sent_s:,.0f} a second, {kills} workers killed or stopped")
    return told(receiver, events)


def told(receiver: Receiver, events: int) -> int:
    """Print what arrived; return 1 when something is missing or in the wrong order."""
    first: set[str] = set()
    of_subject: dict[str, list[int]] = defaultdict(list)
    for message_id, subject, position, event_id in receiver.arrived:
        if message_id != event_id:
            print(f"{event_id} came as {message_id}")
            return 1
        first.add(message_id)
        # What comes again comes before anything later, too.
        of_subject[subject].append(position)
    disordered = sum(positions != sorted(positions) for positions in of_subject.values())
    repeated = len(receiver.arrived) - len(first)
    print(f"answers: {dict(receiver.answers)}")
    print(f"missing {events - len(first)}, repeated {repeated}, out of order {disordered}")
    return int(len(first) != events or disordered > 0)


def main() -> int:
    """Run it once."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--subjects", type=int, default=2_000)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    django.setup()
    logging.disable(logging.INFO)
    return run(options.events, options.subjects, options.faults, options.kills)


if __name__ == "__main__":
    sys.exit(main())
