"""Kills the whole server while it tells people of verdicts, to a receiver that fails, and counts.

    python -m bench.attacks.telling sqlite --verdicts 20 --people 25 --kills 6
    python -m bench.attacks.telling postgresql --set-back

The server runs as `make serve` starts it, with its work in the background. Every verdict is
published, updated, retracted and published again, so each of its people gets four notices. Of the
posts a share is answered by 500, 301, 429 or nothing, some are answered late, and the receiver is
down for a while. All processes are killed with -9 again and again as events arrive, and started
again. With `--set-back` the clock is an hour behind from half of the kills on: every moment that is
kept is then an hour later. Minutes that a delivery waits for are let pass at once; leases of the
killed are not. Exits 1 when a notice did not arrive, under its event's id, in the order of its
person, so that none of a verdict comes after its retraction; or when one was told as two events.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import requests

from bench.attacks.installation import AttackedServer, installed
from bench.deliveries import Receiver, told

_FAULTS = 0.05
_SLOW_SHARE = 0.01
_POSTS_WHILE_DOWN = 40
_STEP_S = 0.5
_ANSWERS_WITHIN_S = 60
_TOLD_WITHIN_S = 1800
_FALSE = {"rating": "False", "title": "It shows something else"}
_MISLEADING = {"rating": "Misleading", "title": "It shows a part of it"}
# Run apart, in the installation's environment.
_PREPARE = """
import sys
import bench.notices as notices
from accounts.models import Organisation
from webhooks import services
from webhooks.values import WebhookSettings
scene = notices.prepare(int(sys.argv[1]), int(sys.argv[2]), Organisation.objects.get(name="Bench"))
settings = WebhookSettings(url=sys.argv[3], types=notices.TYPES)
services.create_webhook(by=scene.by, settings=settings)
print(*[item.public_id for item in scene.items])
"""
_WATCH = """
import time
import django
django.setup()
from django.db.utils import OperationalError
from bench.deliveries import let_time_pass
from verdicts.models import Notice
while True:
    time.sleep(1)
    try:
        let_time_pass()
        print(Notice.objects.filter(state="sent").count(), flush=True)
    except OperationalError:
        pass
"""

_SET_BACK = """
import datetime as dt
import django
django.setup()
from django.db.models import DateTimeField, F
from jobs.models import Job
from verdicts.models import Notice, Stirred, VerdictVersion
from webhooks.models import Delivery, Event, Webhook
for model in (Job, Notice, Stirred, VerdictVersion, Delivery, Event, Webhook):
    fields = [each.name for each in model._meta.fields if isinstance(each, DateTimeField)]
    model.objects.update(**{name: F(name) + dt.timedelta(hours=1) for name in fields})
"""


class TellingAttack:
    """A server that tells people, and is killed meanwhile."""

    def __init__(
        self, installation: AttackedServer, receiver: Receiver, asked: argparse.Namespace
    ) -> None:
        self._server, self._receiver, self._asked = installation, receiver, asked
        self._watcher: subprocess.Popen[str] | None = None
        self._killed = 0
        self._sent = 0
        self._total = 4 * asked.verdicts * asked.people

    def run(self, port: int) -> float:
        """Do the rounds, each when all of the one before is planned and sent; return the seconds.

        What was sent is on its way then, and mostly has not arrived.
        """
        names = self._prepare(f"http://127.0.0.1:{port}/hook")
        self._server.start()
        begun_s = time.monotonic()
        self._watch()
        for number, content in enumerate([_FALSE, _MISLEADING, None, _FALSE], start=1):
            for name in names:
                self._change(name, content)
                self._kill_where_due()
            self._until(sent=number * self._total // 4)
        self._until(sent=self._total, arrived=self._total)
        self._stop_watching()
        return time.monotonic() - begun_s

    def events(self) -> int:
        """Return how many notices the feed has: none of them twice."""
        after, found = 0, 0
        while True:
            page: dict[str, Any] = self._call("GET", f"events/?after={after}&limit=500").json()
            found += len([each for each in page["results"] if each["type"].startswith("notice.")])
            if not page["more"]:
                return found
            after = page["after"]

    def _prepare(self, hook: str) -> list[str]:
        told = [str(self._asked.verdicts), str(self._asked.people), hook]
        return self._run(_PREPARE, *told).split()

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [self._server.python, "-c", program, *arguments],
            cwd=self._server.root, env=self._server.environ, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout

    def _watch(self) -> None:
        """Let time pass for what waits, by the server's clock, and learn how much was sent."""
        self._stop_watching()
        self._watcher = subprocess.Popen(
            [self._server.python, "-u", "-c", _WATCH],
            cwd=self._server.root, env=self._server.environ, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.wait()

    def _until(self, *, sent: int, arrived: int = 0) -> None:
        """Wait until so many were sent and have arrived, killing the server where that is due."""
        ends_s = time.monotonic() + _TOLD_WITHIN_S
        while time.monotonic() < ends_s:
            if self._watcher is not None and self._watcher.stdout is not None:
                self._sent = int(self._watcher.stdout.readline() or self._sent)
            self._kill_where_due()
            if self._sent >= sent and self._receiver.count() >= arrived:
                return
        print(f"gave up with {self._sent} sent, {self._receiver.count()} arrived", flush=True)

    def _kill_where_due(self) -> None:
        share = self._receiver.count() / self._total
        if self._killed >= self._asked.kills or share <= (self._killed + 0.5) / self._asked.kills:
            return
        self._server.kill()
        self._killed += 1
        if self._killed == self._asked.kills // 2:
            self._receiver.down_for = _POSTS_WHILE_DOWN
            if self._asked.set_back:
                self._run(_SET_BACK)
        self._watch()
        print(f"killed at {share:.0%}, back in {self._server.start():.1f} s", flush=True)

    def _change(self, name: str, content: dict[str, str] | None) -> None:
        if content is None:
            self._call("POST", f"groups/{name}/verdict/retract/")
            return
        self._call("PUT", f"groups/{name}/verdict/", **content)
        self._call("POST", f"groups/{name}/verdict/publish/")

    def _call(self, method: str, path: str, **body: object) -> requests.Response:
        """Ask until there is an answer; what was done already is refused then, and that is well."""
        headers = {"Authorization": f"Bearer {self._server.token}"}
        ends_s, said = time.monotonic() + _ANSWERS_WITHIN_S, ""
        while time.monotonic() < ends_s:
            with suppress(requests.RequestException):
                answer = requests.request(
                    method, f"{self._server.url}/v1/{path}", json=body or None, headers=headers,
                    timeout=_ANSWERS_WITHIN_S,
                )  # fmt: skip
                if answer.ok or answer.status_code == 409:
                    return answer
                said = answer.text
            time.sleep(_STEP_S)
        raise RuntimeError(f"No answer to {method} {path}: {said}")


def main() -> int:
    """Attack once, print what came of it, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("--verdicts", type=int, default=20)
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--set-back", action="store_true")
    asked = parser.parse_args()
    receiver = Receiver(_FAULTS)
    receiver.slow_share = _SLOW_SHARE
    with receiver.serving() as port:
        hosts = f"127.0.0.1:{port}"
        with installed(asked.database, FETCH_ALLOW_HOSTS=hosts) as installation:
            attack = TellingAttack(installation, receiver, asked)
            took_s = attack.run(port)
            events = attack.events()
    expected = 4 * asked.verdicts * asked.people
    print(f"{events:,} notices in the feed of {expected:,}, told in {took_s:.0f} s")
    return told(receiver, expected) or int(events != expected)


if __name__ == "__main__":
    sys.exit(main())
