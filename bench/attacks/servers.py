"""Attacks the product on several servers, one after the other, and measures their plain speed.

    python -m bench.attacks.servers [--only ours --only waitress] [--seconds 5]

Each serves the same SQLite file with four threads in one process. Prints the table of
`bench.attacks.slow_connections`, requests per second of `/healthz` and of a static file by eight
clients, and the memory after each. The documented configurations of nginx and Caddy are tried in
front of ours, without TLS. Programs that are missing are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from bench.attacks.slow_connections import KINDS, Target, compared

_ROOT = Path(__file__).parents[2]
_PYTHON = (sys.executable, "-m")
_DOCS = _ROOT / "docs/how-to"
_CLIENTS = 8
_WSGI = "dedup_project.wsgi:application"
_GTHREAD = (*_PYTHON, "gunicorn", "--worker-class", "gthread", "--threads", "4", _WSGI)
_STATIC = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"
_NGINX = """
daemon off; user root; pid {folder}/nginx.pid; error_log /dev/null; worker_processes 1;
worker_rlimit_nofile 16384;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port}; client_header_timeout 10s; client_body_timeout 15s; send_timeout 15s;
    client_max_body_size 41m;
    location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host $host; }}
  }}
}}
"""


def commands(port: int, folder: Path) -> dict[str, list[Sequence[str]]]:
    """Return what starts each server on the port."""
    behind = str(port + 1)
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, behind=behind))
    bind = ("--bind", f"127.0.0.1:{port}")
    waitress = ("waitress", "--host=127.0.0.1", f"--port={port}", "--threads=4")
    granian = ("granian", "--interface=wsgi", f"--port={port}", "--blocking-threads=4", "--no-ws")
    found: dict[str, list[Sequence[str]]] = {
        "gthread": [(*_GTHREAD, *bind)],
        "gthread behind nginx": [
            (*_GTHREAD, "--bind", f"127.0.0.1:{behind}"),
            ("nginx", "-c", str(config)),
        ],
        "granian": [(*_PYTHON, *granian, _WSGI)],
        "waitress": [
            (*_PYTHON, *waitress, "--connection-limit=4000", "--asyncore-use-poll", _WSGI)
        ],
        "ours": [(*_PYTHON, "gunicorn", *bind)],
    }
    ours = (*_PYTHON, "gunicorn", "--bind", f"127.0.0.1:{behind}")
    (folder / "docs.conf").write_text(docs_nginx(port, folder))
    (folder / "Caddyfile").write_text(docs_caddy(port))
    found["ours behind nginx"] = [ours, ("nginx", "-c", str(folder / "docs.conf"))]
    caddy = ("caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile"))
    found["ours behind caddy"] = [ours, caddy]
    return {
        name: each
        for name, each in found.items()
        if all(_is_here(command[0]) for command in each)
        and (name not in {"granian", "waitress"} or find_spec(name))
    }


def docs_nginx(port: int, folder: Path) -> str:
    """Return the documented configuration on a port of loopback, without TLS."""
    documented = (_DOCS / "nginx.conf").read_text().replace(":8000", f":{port + 1}")
    ours = re.sub(r"listen 443 ssl", f"listen 127.0.0.1:{port}", documented)
    ours = re.sub(r" +ssl_certificate.*\n", "", ours)
    before, _, _ = _NGINX.format(folder=folder, port=port, behind=0).partition("  server {")
    return f"{before}{ours}}}\n"


def docs_caddy(port: int) -> str:
    """Return the documented configuration on a port of loopback, without TLS."""
    documented = (_DOCS / "Caddyfile").read_text().replace(":8000", f":{port + 1}")
    own = f"http://:{port} {{\n\tbind 127.0.0.1\n"
    return documented.replace("lookalike.example.org {\n", own).replace(
        "{\n", "{\n\tadmin off\n", 1
    )


def _is_here(program: str) -> bool:
    return program not in {"nginx", "caddy"} or shutil.which(program) is not None


@contextmanager
def serving(commanded: Sequence[Sequence[str]], environ: Mapping[str, str]) -> Iterator[list[int]]:
    """Serve until the block ends; yield the ids of the processes."""
    started = [
        subprocess.Popen(each, cwd=_ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=-3)
        for each in commanded
    ]
    try:
        yield [each.pid for each in started]
    finally:
        for each in started:
            each.terminate()
        for each in started:
            try:
                each.wait(15)
            except subprocess.TimeoutExpired:
                each.kill()


def made_product(folder: Path) -> tuple[dict[str, str], str]:
    """Return the environment of a product in the folder, and a token for it."""
    environ = {
        **os.environ,
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "dedup_project.settings",
        "DECODE_WORKERS": "1",
        "WORK": "0",
        "TRUSTED_PROXIES": "127.0.0.1",
        # All attackers of one measurement, so that not the bound of an address is measured.
        "CONNECTIONS_PER_ADDRESS": "4000",
    }
    manage = partial(
        subprocess.run, cwd=_ROOT, env=environ, check=True, capture_output=True, text=True
    )
    for command in (["migrate", "-v0"], ["collectstatic", "--no-input", "-v0"]):
        manage([sys.executable, "manage.py", *command])
    options = ["--organisation", "Acme", "--email", "a@acme.example", "--password-stdin", "--json"]
    made = manage(
        [sys.executable, "manage.py", "create_credentials", *options], input="long enough!\n"
    )
    return environ, json.loads(made.stdout)["token"]


async def per_second(port: int, path: str, seconds: float) -> float:
    """Return how many requests a second are answered to clients that keep their connections."""
    ends_at_s = time.monotonic() + seconds

    async def ask() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answers = 0
        while time.monotonic() < ends_at_s:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            answers += 1
        writer.close()
        return answers

    return sum(await asyncio.gather(*(ask() for _ in range(_CLIENTS)))) / seconds


def memory_mb(pids: Sequence[int]) -> int:
    """Return what the processes and their children hold in memory."""
    parents, pages = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            pid = int(folder.name)
            parents[pid] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            pages[pid] = int((folder / "statm").read_text().split()[1])
    family = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(pages.get(pid, 0) for pid in family) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def _wait_until_it_answers(port: int) -> None:
    for _ in range(240):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            client.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            if b" 200 " in client.recv(100):
                return
        time.sleep(0.5)
    raise SystemExit(f"Nothing answers on port {port}.")


def measure(
    name: str, target: Target, pids: Sequence[int], seconds: float, kinds: Sequence[str]
) -> None:
    """Print what is measured of a server that runs."""
    for what, path in (("healthz", "/healthz"), ("static", _STATIC)):
        rate = asyncio.run(per_second(target.port, path, seconds))
        print(f"{name}\t{what}: {rate:.0f} a second", flush=True)

    def say(line: str) -> None:
        print(f"{name}\t{line}\t{memory_mb(pids)} MB", flush=True)

    compared(target, 1000, seconds, say, kinds)


def main(arguments: Sequence[str]) -> int:
    """Measure each server."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.servers")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--port", type=int, default=8300)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ, token = made_product(folder)
        target = Target(f"http://127.0.0.1:{options.port}", token=token, addresses=1000)
        for server, commanded in commands(options.port, folder).items():
            if not options.only or server in options.only:
                with serving(commanded, environ) as pids:
                    _wait_until_it_answers(options.port)
                    measure(server, target, pids, options.seconds, options.kind or KINDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
