"""How gunicorn serves Lookalike; docs/configuration.md describes the variables."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

from django.db import DatabaseError
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from common.errors import LookalikeError
from dedup_project import background, compiled, env, logs, shared_counters

compiled.keep()
# Before anything is counted, and inherited by every process that the server starts.
shared_counters.share()
# Each request computes in its own thread: libraries that start a thread per core for every call
# only get in each other's way. They read this when numpy is first imported, so it is set here.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from intake import examine  # noqa: E402 - loads numpy too
from matching.index import inverted, scan  # noqa: E402 - after the threads are pinned
from matching.verify import kernels  # noqa: E402 - loads numpy too

wsgi_app = "dedup_project.asgi:application"
proc_name = "lookalike"
bind = f"{env.text('BIND', '0.0.0.0')}:{env.integer('PORT', 8000)}"  # noqa: S104 - a server's work

worker_class = "dedup_project.worker.WholeRequestWorker"
workers = env.integer("WORKERS", 1)
# Of each process; most only wait. THREADS says how many requests are worked on.
worker_connections = 4000
backlog = 2048
asgi_loop = "asyncio"
# Threads, index and worker pool would not survive a fork: every process builds its own.
preload_app = False

# This is for a process that hangs, and leaves time to load the index at the start.
timeout = 120
graceful_timeout = 30
keepalive = 20
# The sign of life is written every second; a busy disk must not delay it.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - not a file

# Parameters may come in the address, another address among them.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190

# No query string and no referrer: some clients send their secret in the address.
accesslog = "-"
logger_class = "dedup_project.worker.AccessLogger"
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'
logconfig_dict = logs.from_environment()
control_socket_disable = True


def post_worker_init(server_worker: Worker) -> None:
    """Compile, start the workers and load the index before the first request has to wait.

    The port is open by now, and requests wait in its queue.
    """
    # The workers of the pool then load what is compiled here.
    for warm_up in (scan.warm_up, inverted.warm_up, kernels.warm_up, examine.warm_up):
        warm_up()
        # On a new and busy machine each may take half a minute: this process does not hang.
        server_worker.notify()
    # Imported after the application, which sets Django up.
    readiness = importlib.import_module("lists.readiness")
    try:
        readiness.prepare()
    except LookalikeError as error:
        server_worker.log.warning("Not ready yet: %s", error)
    _say_how_to_set_up(server_worker)


def _say_how_to_set_up(server_worker: Worker) -> None:
    """Print the address to set up at while nobody has an account, with the code that opens it."""
    first_admin = importlib.import_module("accounts.first_admin")
    try:
        token = first_admin.waiting_token()
    except (DatabaseError, OSError) as error:
        server_worker.log.warning("Not ready yet: %s", error)
        return
    if token:
        server_worker.log.warning(
            "Nobody has an account yet. Set Lookalike up at http://127.0.0.1:%s/setup/?token=%s, "
            "or open /setup/ at its public address and enter the code %s",
            env.integer("PORT", 8000),
            token,
            token,
        )


def when_ready(server: Arbiter) -> None:
    """Say where to look once the port is open, and start the work in the background."""
    for listener in server.LISTENERS:
        server.log.info("Lookalike answers at %s (Ctrl-C stops it)", listener)
    if env.boolean("WORK", default=True):
        background.companion.start()


def on_reload(_server: Arbiter) -> None:
    """Run new code in the background too."""
    background.companion.restart()


def on_exit(_server: Arbiter) -> None:
    """End the work in the background with the server."""
    background.companion.stop()
    shared_counters.forget()
