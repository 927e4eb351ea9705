"""Play a tipline that asks Lookalike about pictures, and answers the people who sent them.

    python -m scripts.simulated_check [--decides] [--questions 36] [--every-s 3]

Start `make run` first. It goes on until it is stopped: pictures come in on the dashboard, somebody
confirms pairs and publishes verdicts in the browser, and a line is printed for everybody who is
told. With --decides it plays the analyst too, ends by itself, and exits 1 when somebody was told
twice or was not told.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lookalike_client import InvalidInput, Lookalike, LookalikeError, NoAnswer
from scripts.simulated_check import pictures
from scripts.simulated_check.audience import CORRECTION, RETRACTION, VERDICT, ToldPeople
from scripts.simulated_check.receiver import WebhookReceiver, receiving
from scripts.simulated_check.simulation import Simulation
from scripts.simulated_check.tipline import Tipline

_NAME = "Simulated Check"
_TYPES = ("notice.verdict", "notice.correction", "notice.retraction")
_COUNTED = {
    "submitted": "submitted",
    "answered at once": "answered at once",
    VERDICT: "told",
    CORRECTION: "corrected",
    RETRACTION: "retracted",
    "told twice": "told twice",
}


@dataclass(frozen=True)
class Access:
    """The token of an admin, and the secret that posts are signed with."""

    token: str
    signing_secret: str

    @classmethod
    def kept_in(cls, folder: Path) -> Access:
        """Return what the demo keeps in its data folder; exit without it."""
        try:
            return cls(**json.loads((folder / "demo-check.json").read_text("utf-8")))
        except FileNotFoundError:
            sys.exit(f"There is no demo in {folder}. Start `make run` first.")


def make_sure_of_webhook(client: Lookalike, receiver: WebhookReceiver) -> None:
    """Have the receiver told of notices, of those too that waited for it; exit if it may not be."""
    for webhook in client.webhooks():
        if webhook.url == receiver.url and not webhook.is_callback:
            client.change_webhook(webhook.id, enabled=True)
            return
    try:
        client.create_webhook(receiver.url, name=_NAME, types=_TYPES)
    except InvalidInput as error:
        sys.exit(
            f"The server does not post to {receiver.host}: {error.message} `make run` lets it; "
            f"start any other server with FETCH_ALLOW_HOSTS={receiver.host}."
        )


@contextmanager
def grace_period(client: Lookalike, grace_s: int) -> Iterator[None]:
    """Have people told sooner for a while: nobody who watches waits for a minute."""
    before_s = client.grace_s()
    client.set_grace_s(grace_s)
    try:
        yield
    finally:
        client.set_grace_s(before_s)


def simulate(client: Lookalike, audience: ToldPeople, options: argparse.Namespace) -> int:
    """Run it, and return the exit status."""
    tipline = Tipline(pictures.names(), pictures.copy_of)
    simulation = Simulation(client, audience, tipline, every_s=options.every_s)
    untold = 0
    try:
        if options.decides:
            untold = simulation.decide(options.questions)
        else:
            simulation.watch()
    except KeyboardInterrupt:
        pass
    counts = [f"{named} {audience.counts[count]}" for count, named in _COUNTED.items()]
    audience.say(", ".join([*counts, f"not told {untold}"]))
    return int(audience.counts["told twice"] > 0 or untold > 0)


def run(options: argparse.Namespace) -> int:
    """Listen, have oneself told, and simulate."""
    access = Access.kept_in(options.data)
    audience = ToldPeople(say=lambda line: print(line, flush=True))
    try:
        listening = receiving(access.signing_secret, audience.hear, port=options.port)
        with Lookalike(options.server, access.token) as client, listening as receiver:
            make_sure_of_webhook(client, receiver)
            with grace_period(client, options.grace_s):
                audience.say(f"Asking {options.server}, listening at {receiver.url}.")
                return simulate(client, audience, options)
    except NoAnswer as error:
        sys.exit(f"{options.server} does not answer: {error.message} Start `make run` first.")
    except LookalikeError as error:
        sys.exit(f"{options.server} refuses: {error.message}")
    except OSError as error:
        sys.exit(f"Nothing can listen on port {options.port}: {error.strerror}. Set CHECK_PORT.")


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="simulated_check", description=_NAME)
    server = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    data = Path(os.environ.get("DATA_DIR", "data"))
    parser.add_argument("--server", default=server)
    parser.add_argument("--data", type=Path, default=data, help="the demo's data folder")
    parser.add_argument("--port", type=int, default=int(os.environ.get("CHECK_PORT", "8100")))
    parser.add_argument("--every-s", type=float, default=3.0, help="seconds between pictures")
    parser.add_argument("--grace-s", type=int, default=10, help="seconds until anybody is told")
    parser.add_argument("--decides", action="store_true", help="play the analyst too, and end")
    parser.add_argument("--questions", type=int, default=36, help="how many, with --decides")
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
