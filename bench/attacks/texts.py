"""Attacks what concerns text in images, and prints what came of it.

    python -m bench.attacks.texts [inputs entries kills background speed]
    python -m bench.attacks.texts files --folder FOLDER [--part 0/4] [--times 10]

Starts a server on PostgreSQL with one worker for models. `inputs` sends bad parameters and hard
pictures to check.json, `entries` bad texts to a text list, and prints status, error and seconds of
each. `kills` ends the model worker in the middle of a reading, `background` what runs jobs while it
reads, and counts what is lost. `speed` counts fast checks a second without and with text requests
beside them. `files` asks for the text of all files of a folder, or of a part of them, so many
times over, and prints the memory of the processes on the way: what grows in the first round alone
was loaded, what grows in each is lost. Exits 1 when there was a status of 5xx that is no 503, an
answer that is no JSON, or something lost.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from bench.attacks.installation import AttackedServer, family, installed
from bench.attacks.text_pictures import PICTURES, caption, small_lines

_OK, _UNAVAILABLE, _FAULT = 200, 503, 500
_KILLS, _BACKGROUND_KILLS = 20, 3
# Each kill costs the time until a lease ends, and a busy machine reads a picture a minute.
_ITEMS, _ALL_READ_WITHIN_S = 12, 900.0
# A worker whose parent has gone ends after the picture that it reads; one that reads uses some
# hundredths of a second meanwhile.
_GONE_WITHIN_S, _LOOK_S, _LEAST_TICKS = 40.0, 0.3, 3
_RUNNING_JOBS = "SELECT kind FROM jobs_job WHERE state = 'running' AND kind LIKE 'lists.read%'"
_TEXTS = "SELECT count(*) FROM lists_imagetext"
_MEMORY_EVERY = 100
_ROUNDS, _SLICE_S, _CLIENTS = 5, 8.0, 2
_ALL_REGIONS = """
import json, phonenumbers
print(json.dumps(sorted(phonenumbers.SUPPORTED_REGIONS)))
"""
_READ_STATES = """
import json
from collections import Counter
from jobs.models import Job
from lists.models import ImageText
texts = Counter(ImageText.objects.values_list("state", flat=True))
jobs = Counter(f"{kind} {state}" for kind, state in Job.objects.values_list("kind", "state"))
print(json.dumps({"texts": texts, "jobs": jobs}))
"""


@dataclass(slots=True)
class Attack:
    """A server, and what was wrong so far."""

    server: AttackedServer
    wrong: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """Return the credential of one organisation."""
        return {"Authorization": f"Bearer {self.server.token}"}

    def check(self, data: bytes | None = None, **fields: str) -> requests.Response:
        """Ask check.json about the text of a picture."""
        asked = {"models": "text-content", **fields}
        files = {"media": ("picture", caption() if data is None else data)}
        return self.post("/1.0/check.json", data=asked, files=files)

    def post(self, path: str, **request: object) -> requests.Response:
        """Post to the server."""
        return requests.post(
            f"{self.server.url}{path}",
            headers=self.headers,
            timeout=200,
            **request,  # type: ignore[arg-type]
        )

    def told(self, name: str, send: Callable[[], requests.Response]) -> requests.Response:
        """Send, print what is answered, and note what must not be."""
        begun_s = time.monotonic()
        answer = send()
        seconds = time.monotonic() - begun_s
        said = _said(answer)
        print(f"{name}\t{answer.status_code}\t{said}\t{seconds:.1f} s", flush=True)
        self.judge(name, answer)
        return answer

    def judge(self, name: str, answer: requests.Response) -> None:
        """Note an answer that must not be."""
        is_fault = answer.status_code >= _FAULT and answer.status_code != _UNAVAILABLE
        if is_fault or _json(answer) is None:
            self.wrong.append(f"{name}: {answer.status_code} {answer.text[:100]}")

    def require(self, name: str, *, is_so: bool) -> None:
        """Note what is not as it should be."""
        if not is_so:
            self.wrong.append(name)


def attack_inputs(attack: Attack) -> None:
    """Send bad parameters, then hard pictures."""
    regions = json.loads(attack.server.manage("shell", "-v0", "-c", _ALL_REGIONS))
    for name, fields in parameters(",".join(regions)).items():
        attack.told(name, lambda fields=fields: attack.check(**fields))  # type: ignore[misc]
    asked = {"models": "text,text-content", "include_text": "1"}
    for name, draw in PICTURES.items():
        data = draw()
        attack.told(
            f"{name}, {len(data) / 1e6:.1f} MB",
            lambda data=data: attack.check(data, **asked),  # type: ignore[misc]
        )


def parameters(regions: str) -> Mapping[str, Mapping[str, str]]:
    """Return parameters that are refused, but the last ones."""
    eleven = ",".join(f"tli_{number:020}" for number in range(11))
    return {
        "unknown language": {"opt_lang": "xx"},
        "language with NUL": {"opt_lang": "en\0"},
        "unknown country": {"opt_countries": "zz"},
        "unknown text list": {"opt_textlist": "tli_neverexisted"},
        "text list of no form": {"opt_textlist": "' OR 1=1 --"},
        "text list with NUL": {"opt_textlist": "tli_a\0b"},
        "eleven text lists": {"opt_textlist": eleven},
        "unknown model": {"models": "text-contents"},
        "1,000 models": {"models": ",".join(["text-content"] * 1000)},
        "include_text=maybe": {"include_text": "maybe"},
        "all languages": {"opt_lang": "en,zh,da,nl,fi,fr,de,it,ko,no,pl,pt,ru,es,sv,tl,tr"},
        "all countries": {"opt_countries": regions},
    }


def attack_entries(attack: Attack) -> None:
    """Send bad entries to a text list, and bad tables by the API."""
    made = attack.post("/v1/text-lists/", json={"name": "Bench", "kind": "disallow"})
    path = f"/v1/text-lists/{made.json()['id']}/entries/"
    entries: Mapping[str, object] = {
        "10,000 characters": "a" * 10_000,
        "only NUL": "\0",
        "with NUL": "a\0b",
        "only combining marks": "\u0301" * 50,
        "10,000 marks": "a" + "\u0301\u0323" * 5_000,
        "right-to-left override": "a\u202eb",
        "half of a character": "\ud800",
        "nothing": "",
        "blanks": " \u3000\u00a0",
        "a number": 5,
        "a list": ["a"],
    }
    for name, text in entries.items():
        body = json.dumps({"text": text})
        headers = {**attack.headers, "Content-Type": "application/json"}
        attack.told(
            f"entry: {name}",
            lambda body=body, headers=headers: requests.post(  # type: ignore[misc]
                f"{attack.server.url}{path}", data=body, headers=headers, timeout=60
            ),
        )
    many = f"{path}bulk/"
    for count in (10_000, 10_001):
        texts = [f"text {number}" for number in range(count)]
        attack.told(
            f"{count:,} entries at once",
            lambda texts=texts: attack.post(many, json={"texts": texts}),  # type: ignore[misc]
        )
    attack.told("one more", lambda: attack.post(path, json={"text": "one more"}))


def attack_kills(attack: Attack) -> None:
    """Kill the model worker at many moments, and see who notices."""
    long = PICTURES["300 lines of 9 px"]()
    attack.check()
    answers: Counter[str] = Counter()
    following: Counter[str] = Counter()
    for number in range(_KILLS):
        with ThreadPoolExecutor(2) as threads:
            asked = threads.submit(attack.check, long)
            time.sleep(0.2 + 0.15 * number)
            for pid in model_workers(attack.server):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            beside = threads.submit(_measured, attack)
            answer = asked.result()
            attack.judge("killed", answer)
            answers[f"{answer.status_code} {_said(answer)[:60]}"] += 1
            attack.require("a request beside it", is_so=beside.result().ok)
        after = attack.check()
        following[str(after.status_code)] += 1
        attack.require("the next reading", is_so=after.ok)
    print(f"the killed ones\t{dict(answers)}\nthe next ones\t{dict(following)}", flush=True)


def attack_background(attack: Attack) -> None:
    """Kill the background while it provably reads the items of a list, and count what is read."""
    made = attack.post("/v1/lists/", json={"name": "Bench", "reads_text": True}).json()
    for number in range(_ITEMS):
        data = small_lines(40, columns=2, high_px=20, begin=40 * number)
        added = attack.check(data, models="", add_to_list=made["id"])
        attack.judge("an item", added)
        attack.require("an item is added", is_so=added.ok)
    for _ in range(_BACKGROUND_KILLS):
        _kill_while_reading(attack)
    ends_at_s = time.monotonic() + _ALL_READ_WITHIN_S
    found: dict[str, Counter[str]] = {"texts": Counter()}
    while sum(found["texts"].values()) < _ITEMS and time.monotonic() < ends_at_s:
        time.sleep(2)
        found = json.loads(attack.server.manage("shell", "-v0", "-c", _READ_STATES))
    print(f"{_ITEMS} items, background killed {_BACKGROUND_KILLS} times\t{json.dumps(found)}")
    attack.require("each text is read once", is_so=found["texts"] == {"read": _ITEMS})


def _kill_while_reading(attack: Attack) -> None:
    """Kill the background as soon as its model worker computes, and look for what it leaves."""
    ends_at_s = time.monotonic() + _ALL_READ_WITHIN_S
    while not (reading := _computing(attack.server)) and time.monotonic() < ends_at_s:
        pass
    job = attack.server.cluster.sql(_RUNNING_JOBS) if attack.server.cluster else ""
    for pid in background(attack.server):
        os.kill(pid, signal.SIGKILL)
    killed_at_s = time.monotonic()
    while left := [pid for pid in reading if Path(f"/proc/{pid}").exists()]:
        if time.monotonic() > killed_at_s + _GONE_WITHIN_S:
            break
        time.sleep(_LOOK_S)
    texts = attack.server.cluster.sql(_TEXTS) if attack.server.cluster else ""
    print(f"killed while {reading} read for {job}\t{texts} texts, left over: {left}", flush=True)
    attack.require("it was reading when it was killed", is_so=bool(reading and job))
    attack.require("its model worker ends with it", is_so=not left)


def _computing(server: AttackedServer) -> list[int]:
    """Return the model workers of the background that use the processor at this moment."""
    workers = [
        each
        for pid in background(server)
        for each in family(pid)
        if each != pid and _kind(each) == "models"
    ]
    before = {pid: _processor_ticks(pid) for pid in workers}
    time.sleep(_LOOK_S)
    return [pid for pid in workers if _processor_ticks(pid) > before[pid] + _LEAST_TICKS]


def _processor_ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(after_name[11]) + int(after_name[12])
    return 0


def attack_files(attack: Attack, folder: Path, part: str, times: int) -> None:
    """Ask for the text of each file, so many times, and watch the memory."""
    number, parts = map(int, part.split("/"))
    files = sorted(each for each in folder.rglob("*") if each.is_file())[number::parts]
    answers: Counter[str] = Counter()
    attack.check()
    print(f"memory at the start\t{memory(attack.server)}", flush=True)
    for done, path in enumerate(files * times, start=1):
        answer = attack.check(path.read_bytes())
        attack.judge(path.name, answer)
        error = (_json(answer) or {}).get("error", {})
        answers[f"{answer.status_code} {error.get('type', 'success')} {error.get('code', '')}"] += 1
        if done % _MEMORY_EVERY == 0:
            print(f"memory after {done}\t{memory(attack.server)}", flush=True)
    print(f"memory at the end\t{memory(attack.server)}", flush=True)
    for name, count in answers.most_common():
        print(f"{count}\t{name}", flush=True)
    healthy = requests.get(f"{attack.server.url}/healthz", timeout=60).ok
    attack.require("the server is alive", is_so=healthy)


def attack_speed(attack: Attack) -> None:
    """Count fast checks a second without and with a stream of text requests beside them."""
    made = attack.post("/v1/lists/", json={"name": "Speed", "reads_text": False}).json()
    data = _photo()
    text = PICTURES["300 lines of 9 px"]()
    print(f"before the first text\t{memory(attack.server)}", flush=True)
    attack.check(data, models="", add_to_list=made["id"])
    attack.check(text)

    def fast() -> requests.Response:
        return attack.check(data, models="", lists=made["id"], depth="fast")

    pairs = []
    for _ in range(_ROUNDS):
        alone = _per_second(fast)
        with _stream(lambda: attack.check(text)):
            beside = _per_second(fast)
        pairs.append(beside / alone)
        print(f"fast checks a second\t{alone:.1f}\t{beside:.1f}\t{pairs[-1]:.2f}", flush=True)
    print(f"median ratio\t{statistics.median(pairs):.2f}\t{memory(attack.server)}", flush=True)


def memory(server: AttackedServer) -> str:
    """Return what each kind of process holds, in MB."""
    sizes: dict[str, list[int]] = {}
    for pid in server.processes():
        with contextlib.suppress(OSError):
            sizes.setdefault(_kind(pid), []).append(_resident_mb(pid))
    return ", ".join(f"{kind} {sorted(each)}" for kind, each in sorted(sizes.items()))


def model_workers(server: AttackedServer) -> list[int]:
    """Return the processes that have the reader loaded."""
    return [pid for pid in server.processes() if _kind(pid) == "models"]


def background(server: AttackedServer) -> list[int]:
    """Return the process that runs jobs."""
    return [pid for pid in server.processes() if _kind(pid) == "background"]


def _kind(pid: int) -> str:
    with contextlib.suppress(OSError):
        if "onnxruntime" in Path(f"/proc/{pid}/maps").read_text():
            return "models"
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"spawn_main" in command:
            return "decoders"
        return "background" if b"manage.py" in command else "web"
    return "gone"


def _resident_mb(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def _measured(attack: Attack) -> requests.Response:
    return attack.check(_photo(), models="properties")


def _photo() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").rotate(30).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def _per_second(send: Callable[[], requests.Response]) -> float:
    ends_at_s = time.monotonic() + _SLICE_S

    def ask() -> int:
        count = 0
        while time.monotonic() < ends_at_s:
            count += send().ok
        return count

    with ThreadPoolExecutor(_CLIENTS) as threads:
        counts = [threads.submit(ask) for _ in range(_CLIENTS)]
    return sum(each.result() for each in counts) / _SLICE_S


@contextlib.contextmanager
def _stream(send: Callable[[], requests.Response]) -> Iterator[None]:
    is_over = threading.Event()

    def stream() -> None:
        while not is_over.is_set():
            send()

    thread = threading.Thread(target=stream)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _json(answer: requests.Response) -> dict[str, Any] | None:
    with contextlib.suppress(ValueError):
        read = answer.json()
        return read if isinstance(read, dict) else None
    return None


def _said(answer: requests.Response) -> str:
    read = answer.json() if _json(answer) is not None else {}
    if "error" in read:
        error = read["error"]
        return f"{error.get('type', '')} {error.get('code', '')}: {error.get('message', '')[:80]}"
    text = read.get("text")
    if not text:
        return str(read)[:60]
    found = sum(len(each) for each in text.values() if isinstance(each, list))
    return f"ignored_text {text.get('ignored_text')}, {found} rows"


ATTACKS: Mapping[str, Callable[[Attack], None]] = {
    "inputs": attack_inputs,
    "entries": attack_entries,
    "kills": attack_kills,
    "background": attack_background,
    "speed": attack_speed,
}


def main(arguments: Sequence[str]) -> int:
    """Run the attacks that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.texts")
    parser.add_argument("attacks", nargs="*", help=", ".join([*ATTACKS, "files"]))
    parser.add_argument("--folder", type=Path, help="broken and odd files for `files`")
    parser.add_argument("--part", default="0/1", help="which part of them, such as 2/8")
    parser.add_argument("--times", type=int, default=1, help="how often each is sent")
    options = parser.parse_args(arguments)
    with installed("postgresql", MODEL_WORKERS="1") as server:
        attack = Attack(server)
        server.start()
        for name in options.attacks or ATTACKS:
            if name == "files":
                attack_files(attack, options.folder, options.part, options.times)
            else:
                ATTACKS[name](attack)
        for each in attack.wrong:
            print(f"WRONG\t{each}")
    return 1 if attack.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
