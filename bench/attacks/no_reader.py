"""Takes what reads text away from a server, and looks what it answers.

    python -m bench.attacks.no_reader [bare emptied while programs packs]

`bare` is an installation without the packages of requirements-text.txt. `emptied` has folders with
nothing in them where two of these packages were, before it starts; with `while` first the models
and then the folders are emptied while it runs. `programs` has no tesseract, `packs` one without
languages. Each is asked on PostgreSQL whatever needs a reader, and some that needs none; prints
status and sentence of each. Exits 1 for a status of 5xx, an answer that is neither success nor
error 31 or 400, a check of images that is refused, or a traceback in the log.

The environment is a copy of the one that this runs in; that one is left alone.
"""

from __future__ import annotations

import json
import shutil
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
from pathlib import Path
from re import search, sub

import requests

from bench.attacks.installation import AttackedServer, installed
from bench.attacks.text_pictures import caption

_EXTRA = ("rapidocr", "onnxruntime", "zxingcpp", "zxing_cpp")
_EMPTIED = ("rapidocr", "zxingcpp")
_MODELS = ("properties", "text", "text-content", "qr-content")
_NOT_INSTALLED = 31
# What a sentence or a page has to name.
_REMEDIES = ("requirements-text.txt", "tesseract-ocr")
_JOBS_END_WITHIN_S = 60.0
_JOBS = "SELECT kind, state, count(*) FROM jobs_job WHERE kind LIKE 'lists.read%' GROUP BY 1, 2"
_CHECKS: Mapping[str, Mapping[str, str]] = {
    "properties": {"models": "properties"},
    "text": {"models": "text"},
    "text-content": {"models": "text-content"},
    "text-content, ru": {"models": "text-content", "opt_lang": "ru"},
    "text-content, en and ko": {"models": "text-content", "opt_lang": "en,ko"},
    "qr-content": {"models": "qr-content"},
    "qr-content, ru": {"models": "qr-content", "opt_lang": "ru"},
    "partial, en and ru": {
        "models": "text-content,properties",
        "opt_lang": "en,ru",
        "partial": "1",
    },
}


@dataclass(slots=True)
class Asked:
    """A running server, a session of its dashboard, and what was wrong so far."""

    server: AttackedServer
    session: requests.Session = field(default_factory=requests.Session)
    wrong: list[str] = field(default_factory=list)

    def post(self, path: str, **request: object) -> requests.Response:
        """Post as a program."""
        return requests.post(
            f"{self.server.url}{path}",
            headers={"Authorization": f"Bearer {self.server.token}"},
            timeout=120,
            **request,  # type: ignore[arg-type]
        )

    def tell(self, name: str, answer: requests.Response, *, needs_reader: bool = True) -> None:
        """Print what came, and note what must not come."""
        said, code = _said(answer)
        print(f"  {name}\t{answer.status_code}\t{said}", flush=True)
        is_told = code == _NOT_INSTALLED and any(each in said for each in _REMEDIES)
        if not answer.ok and not (is_told and needs_reader):
            self.wrong.append(f"{name}: {answer.status_code} {said}")

    def sign_in(self) -> None:
        """Enter the dashboard as a person does."""
        typed = {"username": "a@bench.example", "password": "long enough"}
        self.send_form(f"{self.server.url}/login/", typed).raise_for_status()

    def send_form(
        self, page: str, data: Mapping[str, str], to: str = "", **more: object
    ) -> requests.Response:
        """Send the form of a page of the dashboard."""
        shown = self.session.get(page, timeout=60)
        token = search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.text)
        if token is None:
            raise RuntimeError(f"{page} answers {shown.status_code} without a form")
        data = {**data, "csrfmiddlewaretoken": token[1]}
        return self.session.post(to or page, data=data, timeout=120, **more)  # type: ignore[arg-type]


def ask(asked: Asked) -> None:
    """Ask for all that needs a reader, in each way there is."""
    picture = caption()
    for name, fields in _CHECKS.items():
        answer = asked.post("/1.0/check.json", data=fields, files={"media": ("p.png", picture)})
        asked.tell(name, answer, needs_reader=name != "properties")
    text = {"text": "Write to rick@example.com", "lang": "ru"}
    asked.tell("text/check.json", asked.post("/1.0/text/check.json", data=text), needs_reader=False)
    _ask_for_models(asked)
    _ask_of_list(asked, picture)
    _ask_pages(asked, picture)


def _ask_for_models(asked: Asked) -> None:
    answer = requests.get(
        f"{asked.server.url}/1.0/models.json",
        headers={"Authorization": f"Bearer {asked.server.token}"},
        timeout=60,
    )
    listed = answer.json()["models"]
    statuses = {name: each["status"] for each in listed if (name := each["name"]) in _MODELS}
    languages = {each["name"]: each.get("languages") for each in listed}["text-content"]
    print(f"  models.json\t{answer.status_code}\t{statuses} {languages}", flush=True)


def _ask_of_list(asked: Asked, picture: bytes) -> None:
    """Add to a list whose texts are read, and check against it."""
    made = asked.post("/v1/lists/", json={"name": f"L{time.time()}", "reads_text": True}).json()
    files = {"media": ("p.png", picture)}
    fields: Mapping[str, Mapping[str, str]] = {
        "add to a list": {"add_to_list": made["id"]},
        "a fast check": {"lists": made["id"], "depth": "fast"},
        "a full check": {"lists": made["id"]},
    }
    for name, each in fields.items():
        answer = asked.post("/1.0/check.json", data=each, files=files)
        asked.tell(name, answer, needs_reader=False)


def _ask_pages(asked: Asked, picture: bytes) -> None:
    """Open the page of models, and try a text list on a picture."""
    url = asked.server.url
    models = asked.session.get(f"{url}/settings/models/", timeout=60)
    _tell_page(asked, "page Models", models)
    name = f"T{time.time()}"
    made = asked.post("/v1/text-lists/", json={"name": name, "kind": "disallow"}).json()
    page = f"{url}/text-lists/{made['id']}/try/"
    for language in ("en", "ru"):
        answer = asked.send_form(
            page,
            {"language": language},
            f"{page}picture/",
            files={"image": ("p.png", picture, "image/png")},
        )
        _tell_page(asked, f"try a picture, {language}", answer)
    typed = {"sentence": "A word", "language": "ru"}
    _tell_page(asked, "try a sentence", asked.send_form(page, typed))


def _tell_page(asked: Asked, name: str, answer: requests.Response) -> None:
    words = " ".join(unescape(sub(r"<[^>]+>", " ", answer.text)).split())
    found = [words.find(each) for each in _REMEDIES if each in words]
    said = words[max(0, min(found) - 110) : min(found) + 60] if found else ""
    print(f"  {name}\t{answer.status_code}\t{said}", flush=True)
    is_refused_well = answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and bool(found)
    if not answer.ok and not is_refused_well:
        asked.wrong.append(f"{name}: {answer.status_code} {said}")


def _said(answer: requests.Response) -> tuple[str, int]:
    try:
        read = answer.json()
    except ValueError:
        return f"no JSON: {answer.text[:80]}", 0
    error = read.get("error")
    if error:
        return f"{error.get('type')} {error['code']}: {error['message']}", error["code"]
    rest = {key: value for key, value in read.items() if key not in {"request", "media"}}
    return json.dumps(rest)[:90], 0


@contextmanager
def environment(*, without: Sequence[str] = ()) -> Iterator[Path]:
    """Yield the packages' folder of a copy of this environment, without those of some names."""
    with tempfile.TemporaryDirectory(prefix="lookalike-python-") as name:
        folder = Path(name)
        venv.EnvBuilder(symlinks=True).create(folder)
        packages = next(folder.glob("lib/*/site-packages"))
        for each in Path(sysconfig.get_path("purelib")).iterdir():
            if each.name.partition("-")[0] in without or each.name == "__pycache__":
                continue
            if each.name in _EMPTIED:
                shutil.copytree(each, packages / each.name)
            else:
                (packages / each.name).symlink_to(each)
        yield packages


def empty(packages: Path) -> None:
    """Leave nothing in the folders of the readers."""
    for name in _EMPTIED:
        shutil.rmtree(packages / name)
        (packages / name).mkdir()


def attack(name: str, static: Path) -> list[str]:
    """Ask a server that lacks what the name says; return what was wrong.

    The files of the pages are the same for all, and are collected by the first.
    """
    print(name, flush=True)
    without = _EXTRA if name == "bare" else ()
    with environment(without=without) as packages, tempfile.TemporaryDirectory() as nothing:
        if name == "emptied":
            empty(packages)
        variables = {"programs": {"PATH": nothing}, "packs": {"TESSDATA_PREFIX": nothing}}
        python = str(packages.parents[2] / "bin" / "python")
        more = {"STATIC_ROOT": str(static), **variables.get(name, {})}
        with installed("postgresql", python=python, MODEL_WORKERS="1", **more) as server:  # type: ignore[arg-type]
            if not any(static.iterdir()):
                server.manage("collectstatic", "--no-input", "-v0")
            server.start()
            asked = Asked(server)
            asked.sign_in()
            ask(asked)
            for step in _steps(packages) if name == "while" else ():
                print(f"  -- {step.__doc__}", flush=True)
                step()
                ask(asked)
            _look_back(asked)
            return [f"{name}: {each}" for each in asked.wrong]


def _steps(packages: Path) -> tuple[Callable[[], None], ...]:
    def models() -> None:
        """The models are deleted."""
        for each in (packages / "rapidocr" / "models").glob("*.onnx"):
            each.unlink()

    def folders() -> None:
        """The folders are emptied."""
        empty(packages)

    return models, folders


def _look_back(asked: Asked) -> None:
    """Tell what became of the jobs, and look for tracebacks in the log."""
    server = asked.server
    ends_at_s = time.monotonic() + _JOBS_END_WITHIN_S
    if server.cluster is None:
        raise AssertionError("it runs on PostgreSQL")
    while "waiting" in (jobs := server.cluster.sql(_JOBS)) and time.monotonic() < ends_at_s:
        time.sleep(1)
    log = (server.folder / "server.log").read_text(errors="replace")
    tracebacks = log.count("Traceback")
    jobs = " ; ".join(jobs.splitlines())
    print(f"  jobs\t\t{jobs}\n  tracebacks in the log\t\t{tracebacks}", flush=True)
    if tracebacks:
        asked.wrong.append(f"traceback: {log[log.index('Traceback') :][:2000]}")


def main(arguments: Sequence[str]) -> int:
    """Attack in the ways that are named, or in all."""
    with tempfile.TemporaryDirectory() as static:
        wrong = [
            each
            for name in arguments or ("bare", "emptied", "while", "programs", "packs")
            for each in attack(name, Path(static))
        ]
    for each in wrong:
        print(f"WRONG\t{each}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
