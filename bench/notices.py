"""Tell many people of verdicts that change, through a receiver and workers that fail, and count.

    python -m bench.notices [--verdicts 100] [--people 25] [--faults 0.05] [--kills 10]

Every verdict is published, updated, retracted and published again, so that each of its people gets
a verdict, a correction, a retraction and a verdict. The faults are those of `bench.deliveries`: the
receiver answers 500, 301, 429 or nothing, is slow at times and down for a while; workers that plan
and send are killed with -9 or stopped in the middle. Uses the database of DATABASE_URL, in an
organisation of its own that is deleted in the end. Exits 1 when a notice did not arrive, arrived
under another id, or came out of the order of its person, such as a verdict after its retraction.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dedup_project.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first

from accounts import services as accounts_services  # noqa: E402
from accounts.actors import Actor, Surface  # noqa: E402
from accounts.models import Organisation  # noqa: E402
from accounts.permissions import Role  # noqa: E402
from bench.deliveries import KINDS, FaultyWorker, Receiver, told  # noqa: E402
from lists import services as lists_services  # noqa: E402
from lists.list_settings import ListSettings  # noqa: E402
from lists.models import Image, Item, List  # noqa: E402
from review.clusters import selectors as clusters_selectors  # noqa: E402
from verdicts import services, submitting  # noqa: E402
from verdicts.kinds import NoticeState  # noqa: E402
from verdicts.models import Notice, Stirred, Submission, Verdict, VerdictVersion  # noqa: E402
from verdicts.values import Sent, VerdictContent  # noqa: E402
from webhooks import services as webhooks_services  # noqa: E402
from webhooks.models import Event  # noqa: E402
from webhooks.values import WebhookSettings  # noqa: E402

_SLOW_SHARE = 0.005
TYPES = ("notice.verdict", "notice.correction", "notice.retraction")
_FALSE = VerdictContent(rating="False", title="It shows something else")
_MISLEADING = VerdictContent(rating="Misleading", title="It shows a part of it")


@dataclass(frozen=True, slots=True)
class Scene:
    """Items without files that people have asked about, and who gives verdicts about them."""

    by: Actor
    items: list[Item]

    def publish(self, content: VerdictContent) -> None:
        """Publish something about every item."""
        for item in self.items:
            cluster = clusters_selectors.cluster_of(self.by, item)
            draft = services.write_draft(by=self.by, cluster=cluster, content=content)
            services.publish(by=self.by, verdict=draft)

    def retract(self) -> None:
        """Take back what is said about every item."""
        for verdict in Verdict.objects.filter(organisation=self.by.organisation_id):
            services.retract(by=self.by, verdict=verdict)

    def rounds(self) -> tuple[Callable[[], None], ...]:
        """Return what is done one after the other; each makes a notice to everybody."""
        return (
            lambda: self.publish(_FALSE),
            lambda: self.publish(_MISLEADING),
            self.retract,
            lambda: self.publish(_FALSE),
        )


def prepare(verdicts: int, people: int, organisation: Organisation | None = None) -> Scene:
    """Make the items, each asked about by as many people; without one in a new organisation."""
    if organisation is None:
        organisation = accounts_services.ensure_organisation(name=f"Notices {os.getpid()}")
    by = Actor(organisation.pk, Role.ADMIN, Surface.SYSTEM)
    services.set_grace(by=by, grace_s=0)
    image_list = lists_services.create_list(by=by, settings=ListSettings(name="Notices"))
    items = [_item(image_list, number) for number in range(verdicts)]
    for item in items:
        for number in range(people):
            sent = Sent(recipient=f"person-{number}", language="en")
            submitting.record_submission(by=by, item=item, sent=sent)
    return Scene(by, items)


def _item(image_list: List, number: int) -> Item:
    image = Image.objects.create(
        organisation_id=image_list.organisation_id,
        sha256=f"{number:064x}",
        format="jpeg",
        width=4,
        height=3,
        byte_size=1,
    )
    return Item.objects.create(image_list=image_list, image=image)


def sent(organisation_id: int) -> int:
    """Return how many notices were recorded as events."""
    return Notice.objects.filter(organisation=organisation_id, state=NoticeState.SENT).count()


def tell(scene: Scene, receiver: Receiver, faulty: FaultyWorker, people: int) -> float:
    """Do the rounds, each when all of the one before is planned; return the seconds it took.

    What was planned is on its way then, and mostly has not arrived.
    """
    of_round = len(scene.items) * people
    total = of_round * len(scene.rounds())
    began_s = time.monotonic()
    for number, act in enumerate(scene.rounds(), start=1):
        act()
        while sent(scene.by.organisation_id) < of_round * number:
            faulty.step(receiver.count() / total)
    while receiver.count() < total:
        faulty.step(receiver.count() / total)
    return time.monotonic() - began_s


def delete(organisation: Organisation) -> None:
    """Delete all that was made."""
    webhooks_services.delete_of_organisation(organisation=organisation)
    for model in (Notice, Submission, Stirred):
        model.objects.filter(organisation=organisation).delete()
    VerdictVersion.objects.filter(verdict__organisation=organisation).delete()
    Verdict.objects.filter(organisation=organisation).delete()
    Item.objects.filter(image_list__organisation=organisation).delete()
    Image.objects.filter(organisation=organisation).delete()
    List.objects.filter(organisation=organisation).delete()
    organisation.delete()


def run(verdicts: int, people: int, faults: float, kills: int) -> int:
    """Tell them; print what came of it, and return the exit status."""
    receiver = Receiver(faults)
    receiver.slow_share = _SLOW_SHARE
    with receiver.serving() as port:
        settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{port}"]
        scene = prepare(verdicts, people)
        webhook = WebhookSettings(url=f"http://127.0.0.1:{port}/hook", types=TYPES)
        webhooks_services.create_webhook(by=scene.by, settings=webhook)
        faulty = FaultyWorker(receiver, port, kills, (*KINDS, "verdicts.settle"))
        took_s = tell(scene, receiver, faulty, people)
        faulty.stop()
    own = Event.objects.filter(organisation=scene.by.organisation_id, type__in=TYPES)
    told_as = Notice.objects.filter(organisation=scene.by.organisation_id)
    ids = set(told_as.filter(state=NoticeState.SENT).values_list("event_id", flat=True))
    kinds = Counter(own.values_list("type", flat=True))
    delete(Organisation.objects.get(pk=scene.by.organisation_id))
    unknown = {each[0] for each in receiver.arrived} - ids
    events = len(ids)
    print(f"{dict(kinds)}, {events:,} notices at {events / took_s:,.0f} a second")
    print(f"{kills} workers killed or stopped, {len(unknown)} events that are no notice's")
    return told(receiver, events) or int(bool(unknown))


def main() -> int:
    """Run it once."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--verdicts", type=int, default=100)
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    logging.disable(logging.INFO)
    return run(options.verdicts, options.people, options.faults, options.kills)


if __name__ == "__main__":
    sys.exit(main())
