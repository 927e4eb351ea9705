"""The simulated Check against a real server: who asks, what is decided, and who is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from lookalike_client import Lookalike, MatchAnswer
from scripts.simulated_check.__main__ import Access, make_sure_of_webhook
from scripts.simulated_check.audience import CORRECTION, RETRACTION, VERDICT, LastTold, ToldPeople
from scripts.simulated_check.receiver import WebhookReceiver, receiving
from scripts.simulated_check.tipline import Question, ask, own_list
from tests import made_once
from tests.made_once import ROOT
from tests.real_server import ProductServer, product

pytestmark = pytest.mark.slow

# Keys of managers, as tests are given them, may make no webhook.
_MAKE_ACCESS = """
import json

import django

django.setup()
from accounts import callback_secrets
from accounts import services
from accounts.actors import Actor, Surface
from accounts.models import Organisation
from accounts.permissions import Role

own = Organisation.objects.get().pk
made = services.issue_credential(organisation_id=own, name="Check", role=Role.ADMIN)
secret = callback_secrets.make_callback_secret(by=Actor(own, Role.ADMIN, Surface.SYSTEM))
print(json.dumps({"token": made.token, "signing_secret": secret}))
"""
_PATIENCE_S = 60
_AN_HOUR_S = 3600


@dataclass
class Loop:
    """A server, a receiver that it posts to, and those who are told."""

    server: ProductServer
    client: Lookalike
    audience: ToldPeople
    list_id: str
    folder: Path

    def ask(self, image: bytes, recipient: str) -> MatchAnswer:
        question = Question(f"cup.{recipient}", recipient, "en", image)
        return ask(self.client, self.list_id, question, self.audience)

    def publish(self, item_id: str | None) -> str:
        assert item_id
        self.client.draft_verdict(item_id, rating="False", title="The cup was full")
        return self.client.publish_verdict(item_id).id

    def told(self, recipient: str, verdict_id: str) -> LastTold | None:
        return self.audience.last.get((recipient, verdict_id))

    def wait(self, is_so: Callable[[], object]) -> None:
        ends_at_s = time.monotonic() + _PATIENCE_S
        while not is_so():
            assert time.monotonic() < ends_at_s, (self.audience, list(self.client.notices()))
            time.sleep(0.05)

    def wait_for(self, recipient: str, state: str) -> None:
        """Wait until the latest notice to somebody is in a state."""
        self.wait(
            lambda: (
                [each.state for each in self.client.notices() if each.recipient == recipient][:1]
                == [state]
            )
        )


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """A server without a grace period that posts to a receiver, and a list to ask about."""
    with running(tmp_path_factory.mktemp("product")) as running_loop:
        yield running_loop


@pytest.fixture
def own_loop(tmp_path: Path) -> Iterator[Loop]:
    """The same for one test alone, in which nobody else asks or is told."""
    with running(tmp_path) as running_loop:
        yield running_loop


@contextmanager
def running(folder: Path) -> Iterator[Loop]:
    audience = ToldPeople(say=lambda line: None)
    with product(folder, FETCH_ALLOW_HOSTS="127.0.0.1") as server:
        made = made_once.run(_MAKE_ACCESS, made_once.environ(folder))
        (folder / "demo-check.json").write_text(made)
        access = Access.kept_in(folder)
        listening = receiving(access.signing_secret, audience.hear)
        with listening as receiver, Lookalike(server.url, access.token) as client:
            make_sure_of_webhook(client, receiver)
            client.set_grace_s(0)
            yield Loop(server, client, audience, own_list(client), folder)


def test_the_whole_loop(own_loop: Loop, coffee: bytes, coffee_copy: bytes) -> None:
    first = own_loop.ask(coffee, "ann")
    assert not first.match
    copy = own_loop.ask(coffee_copy, "bob")
    assert copy.match
    (pair,) = own_loop.client.matches(state="suggested", list_id=own_loop.list_id)
    own_loop.client.confirm(pair.id)

    verdict = own_loop.publish(first.item_id)

    own_loop.wait(lambda: own_loop.told("ann", verdict) and own_loop.told("bob", verdict))
    assert own_loop.audience.counts[VERDICT] == 2
    assert own_loop.told("bob", verdict) == LastTold(VERDICT, 1)

    later = own_loop.ask(coffee_copy, "cem")

    assert later.verdict is not None
    assert later.verdict.id == verdict
    assert own_loop.audience.counts["answered at once"] == 1
    own_loop.wait_for("cem", "answered")

    own_loop.client.dissociate(pair.id)

    own_loop.wait(lambda: own_loop.told("bob", verdict) == LastTold(RETRACTION, 1))
    own_loop.wait(lambda: own_loop.told("cem", verdict) == LastTold(RETRACTION, 1))
    assert own_loop.told("ann", verdict) == LastTold(VERDICT, 1)

    # What is undone within the grace period.
    own_loop.client.set_grace_s(_AN_HOUR_S)
    own_loop.client.confirm(pair.id)
    own_loop.wait_for("bob", "planned")
    own_loop.client.undo(pair.id)
    own_loop.wait_for("bob", "withdrawn")

    counts = own_loop.audience.counts
    assert (counts[VERDICT], counts[CORRECTION], counts[RETRACTION]) == (2, 0, 2)
    assert counts["told twice"] == 0


def test_it_decides_by_itself_and_says_what_came_of_it(loop: Loop) -> None:
    """Three pictures, each as a copy too: one is corrected, one taken back, one parted."""
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "scripts.simulated_check", "--decides", "--questions=12"),
            *(f"--server={loop.server.url}", f"--data={loop.folder}", "--port=0"),
            *("--every-s=0", "--grace-s=0"),
        ],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "client"},
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    summary = dict(re.findall(r"([a-z ]+) (\d+)(?:, |$)", ran.stdout.splitlines()[-1]))
    assert int(summary["submitted"]) == 12
    assert int(summary["told twice"]) == int(summary["not told"]) == 0
    for kind in ("told", "corrected", "retracted"):
        assert int(summary[kind]) > 0, ran.stdout


def test_webhooks_are_made_listed_changed_and_deleted(loop: Loop) -> None:
    made = loop.client.create_webhook("http://127.0.0.1:9/", name="Later", types=["notice.verdict"])

    assert (made.name, made.types, made.enabled) == ("Later", ("notice.verdict",), True)
    changed = loop.client.change_webhook(made.id, enabled=False)
    assert (changed.name, changed.enabled, changed.waiting) == ("Later", False, 0)
    assert changed in list(loop.client.webhooks())
    loop.client.delete_webhook(made.id)
    assert made.id not in [each.id for each in loop.client.webhooks()]


def test_without_a_demo_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make run"):
        Access.kept_in(tmp_path)


def test_a_server_that_may_not_post_there_is_named(loop: Loop) -> None:
    """This one may post to 127.0.0.1 only."""
    hint = r"FETCH_ALLOW_HOSTS=127\.0\.0\.2:1\."
    with pytest.raises(SystemExit, match=hint):
        make_sure_of_webhook(loop.client, WebhookReceiver("127.0.0.2:1"))


def test_a_post_of_somebody_else_is_refused() -> None:
    heard: list[object] = []
    with receiving("whsec_c2VjcmV0", heard.append) as receiver:
        posted = requests.post(receiver.url, json={"type": "notice.verdict"}, timeout=10)

    assert (posted.status_code, heard) == (401, [])


def test_an_event_that_comes_again_is_told_once() -> None:
    audience = ToldPeople(say=lambda line: None)
    event = notice_of("ann", VERDICT, version=1, event_id="evt_1")

    for _ in range(2):
        audience.hear(event)

    assert (audience.counts[VERDICT], audience.counts["sent again"]) == (1, 1)
    assert audience.counts["told twice"] == 0


@pytest.mark.parametrize(
    ("told", "twice"),
    [
        ([(VERDICT, 1), (VERDICT, 1)], 1),
        ([(VERDICT, 1), (CORRECTION, 2)], 0),
        ([(VERDICT, 2), (CORRECTION, 1)], 1),
        ([(VERDICT, 1), (RETRACTION, 1), (VERDICT, 1)], 0),
        ([(VERDICT, 1), (RETRACTION, 1), (RETRACTION, 1)], 1),
        ([(RETRACTION, 1)], 0),
    ],
)
def test_who_is_told_the_same_under_another_id_is_counted(
    told: list[tuple[str, int]], twice: int
) -> None:
    audience = ToldPeople(say=lambda line: None)

    for number, (kind, version) in enumerate(told):
        audience.hear(notice_of("ann", kind, version=version, event_id=f"evt_{number}"))

    assert audience.counts["told twice"] == twice


def notice_of(recipient: str, kind: str, *, version: int, event_id: str) -> dict[str, object]:
    verdict = {"id": "ver_1", "version": version, "rating": "False", "title": "The cup"}
    return {
        "id": event_id,
        "type": f"notice.{kind}",
        "data": {"recipient": recipient, "verdict": verdict},
    }
