"""Counts what it takes to settle the same uploads by picture and by pair, in Chromium.

    python -m bench.review_ways FOLDER [--subjects 15] [--alike 6] [--suggest-from 0.3]
                                [--delay-ms 0] [--bits-per-s 0] [--pace-ms 0]

FOLDER holds photographs, the first of which are the subjects. Some look alike without being the
same: these show another photograph in the frame of one of the others. Each subject is uploaded in
three copies: as it is, in a screenshot of a chat, and cropped, brightened and captioned. Two
organisations get the same uploads; one is settled by picture, the other by pair. Whoever decides
knows what shows the same subject, and matches all above the threshold at once where all of them do.

`--delay-ms`, from a request to its answer, and `--bits-per-s` make the network slow: 150 and
1600000 are a telephone far from a mast. Keys are pressed when all to come is loaded, which measures
what a key takes by itself. With `--pace-ms` one is pressed that long after another, as by somebody
who does not know what is loaded.

Printed are the pairs, the screens and keys of each way, the requests that the next picture waits
for (those that had not come when the key was pressed), the time from a key to what it shows, what
was fetched, and whether both ways end in the same clusters.
DATABASE_URL names a server, on which a database is made and removed; without it, SQLite is used.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright has a loop running
django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import (  # noqa: E402
    setup_databases,
    setup_test_environment,
    teardown_databases,
)
from PIL import Image, ImageDraw, ImageEnhance, ImageOps  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from pytest_django.live_server_helper import LiveServer  # noqa: E402

from accounts import selectors as accounts_selectors  # noqa: E402
from accounts import services as accounts_services  # noqa: E402
from accounts.actors import Actor  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.permissions import Role  # noqa: E402
from intake import sources  # noqa: E402
from lists import services as lists_services  # noqa: E402
from lists.list_settings import ListSettings  # noqa: E402
from lists.models import Item, List  # noqa: E402
from review.models import MatchCandidate  # noqa: E402
from review.pairs import connected  # noqa: E402
from review.submissions import services as submissions_services  # noqa: E402
from review.submissions.values import Submission  # noqa: E402
from scripts import chromium  # noqa: E402

_WIDTH = 640
_COPIES = 3
_MOST_SCREENS = 500
_PATIENCE_MS = 30_000
# The latest key, and of each picture or focus that came after one when it was painted.
_WATCH = """
window.pressed = 0;
window.shown = [];
addEventListener("keydown", () => { window.pressed = performance.now(); }, { capture: true });
addEventListener("DOMContentLoaded", () => {
  const stage = document.querySelector("[data-stage]");
  const note = (what) => {
    const from = window.pressed;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const to = performance.now();
      // What is fetched for later is nothing that is waited for: what is shown is.
      const drawn = new Set([...stage.querySelectorAll("img")].map(({ src }) => src));
      const loaded = performance.getEntriesByType("resource")
        // That nothing is left is known to the server alone.
        .filter(({ responseEnd, name }) => responseEnd >= from && stage.querySelector("img")
          && (drawn.has(name) || new URL(name).searchParams.get("count") === "1"));
      const coming = [...stage.querySelectorAll("img")].filter(({ complete }) => !complete);
      window.shown.push({ what, ms: to - from, requests: loaded.length + coming.length });
    }));
  };
  new MutationObserver(() => note("next")).observe(stage, { childList: true });
  new MutationObserver((all) => {
    if (all.some(({ target }) => target.ariaCurrent === "true")) note("focus");
  }).observe(stage, { subtree: true, attributeFilter: ["aria-current"] });
});
"""
_IS_IDLE = """() => {
  const stage = document.querySelector("[data-stage]");
  const isSent = !Object.keys(localStorage).some((key) => key.includes("outbox"));
  return stage.ariaBusy === "false" && stage.dataset.ahead !== "loading" && isSent;
}"""
_CAN_BE_PRESSED = """() => document.querySelector("[data-stage]").ariaBusy === "false\""""
# Of the pictures and of what names them; scripts and styles are kept from page to page.
_FETCHED = """() => performance.getEntriesByType("resource")
  .filter(({ name, initiatorType }) => initiatorType === "img" || /\\/next\\//.test(name))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)"""
_CARDS = """() => [...document.querySelectorAll("[data-candidate]")].map((each) => ({
  pair: each.dataset.candidate, isOpen: each.dataset.state === "open",
  isAbove: "above" in each.dataset, isFocused: each.ariaCurrent === "true",
}))"""


@dataclass(slots=True)
class Walk:
    """What one way took."""

    screens: int = 0
    keys: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    fetched_bytes: int = 0


@dataclass(frozen=True, slots=True)
class SlowNetwork:
    """How slow the network is, and how long somebody waits from key to key; 0 for not at all."""

    delay_ms: int
    bits_per_s: int
    pace_ms: int

    def put_on(self, page: Page) -> None:
        """Let the network of a page be so."""
        bytes_per_s = self.bits_per_s / 8 or -1
        page.context.new_cdp_session(page).send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": self.delay_ms,
                "downloadThroughput": bytes_per_s,
                "uploadThroughput": bytes_per_s,
            },
        )


@dataclass(frozen=True, slots=True)
class UploadSide:
    """An organisation with the uploads, to be settled in one way."""

    user: User
    image_list: List

    def is_same(self, pair_id: str) -> bool:
        """Tell whether a pair shows one subject."""
        pair = MatchCandidate.objects.get(public_id=pair_id)
        return self._subject(pair.image_low_id) == self._subject(pair.image_high_id)

    def _subject(self, image_id: int) -> str:
        return Item.objects.get(image=image_id, image_list=self.image_list).name.split("-")[0]

    def clusters(self) -> set[frozenset[str]]:
        """Return the names of the uploads of every cluster."""
        names = dict(self.image_list.items.values_list("image_id", "name"))
        found = connected.clusters_of(names).members()
        return {frozenset(names[image_id] for image_id in members) for members in found}


def copies(photo: Image.Image) -> Iterator[bytes]:
    """Yield the files of a photograph's three copies."""
    yield _file(photo)
    chat = Image.new("RGB", (_WIDTH + 80, photo.height + 420), "#e8e2d4")
    draw = ImageDraw.Draw(chat)
    draw.rectangle((0, 0, chat.width, 110), fill="#1f5c4a")
    draw.text((120, 32), "Family group", fill="white", font_size=40)
    draw.text((40, 130), "Forwarded many times", fill="#555555", font_size=30)
    chat.paste(photo, (40, 180))
    draw.text((40, photo.height + 210), "Is this true?", fill="#222222", font_size=40)
    draw.rounded_rectangle((40, photo.height + 300, 500, photo.height + 370), 20, fill="white")
    yield _file(chat)
    edge = [round(0.06 * side) for side in photo.size]
    cut = photo.crop((edge[0], edge[1], photo.width - edge[0], photo.height - edge[1]))
    cut = ImageEnhance.Brightness(cut).enhance(1.2)
    draw = ImageDraw.Draw(cut)
    draw.rectangle((0, cut.height - 70, cut.width, cut.height), fill="black")
    draw.text((20, cut.height - 58), "SEEN LAST NIGHT", fill="white", font_size=40)
    yield _file(cut)


def main() -> None:
    """Upload, settle in both ways, and print what each took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", type=int, default=15)
    parser.add_argument("--alike", type=int, default=6)
    parser.add_argument("--suggest-from", type=float, default=0.3)
    parser.add_argument("--delay-ms", type=int, default=0)
    parser.add_argument("--bits-per-s", type=int, default=0)
    parser.add_argument("--pace-ms", type=int, default=0)
    asked = parser.parse_args()
    line = SlowNetwork(asked.delay_ms, asked.bits_per_s, asked.pace_ms)
    photos = sorted(each for each in asked.folder.rglob("*") if each.suffix in {".jpg", ".png"})
    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    server = LiveServer("localhost")
    try:
        chosen = subjects(photos, asked.subjects, asked.alike)
        sides = {way: _upload(way, chosen, asked.suggest_from) for way in ("picture", "pair")}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium.path(), args=["--no-sandbox"]
            )
            walks = {
                way: _settle(browser, server.url, way, side, line) for way, side in sides.items()
            }
        _print(sides, walks)
    finally:
        server.stop()
        teardown_databases(made, verbosity=0)


def subjects(photos: Sequence[Path], count: int, alike: int) -> dict[str, Image.Image]:
    """Return that many pictures by name, of which some share a frame with one of the others."""
    own = [
        ImageOps.contain(Image.open(each).convert("RGB"), (_WIDTH, _WIDTH))
        for each in photos[: count + alike]
    ]
    frames = own[: count - alike]
    made = {f"photo{number}": frame for number, frame in enumerate(frames)}
    for number in range(alike):
        frame, content = frames[number].copy(), own[count - alike + number]
        width, height = round(0.5 * frame.width), round(0.6 * frame.height)
        at = ((frame.width - width) // 2, (frame.height - height) // 2)
        frame.paste(ImageOps.fit(content, (width, height)), at)
        made[f"alike{number}"] = frame
    return made


def _upload(way: str, photos: Mapping[str, Image.Image], suggest_from: float) -> UploadSide:
    organisation = accounts_services.ensure_organisation(name=way)
    user = accounts_services.ensure_member(
        organisation=organisation, email=f"{way}@example.org", password=way, role=Role.ADMIN
    )
    by = accounts_selectors.actor_for_user(user)
    settings = ListSettings(
        name="Uploads", suggestion_threshold=suggest_from, reads_text=False, auto_confirmed_kinds=()
    )
    image_list = lists_services.create_list(by=by, settings=settings)
    files = {name: list(copies(photo)) for name, photo in photos.items()}
    # Copies come in one after the other, each subject's among those of the others.
    for number in range(_COPIES):
        for subject, of_subject in files.items():
            _submit(by, image_list, of_subject[number], f"{subject}-{number}.jpg")
    return UploadSide(user, image_list)


def _submit(by: Actor, image_list: List, data: bytes, name: str) -> None:
    raw = sources.from_chunks([data], name=name, max_bytes=len(data))
    submissions_services.submit(by=by, submission=Submission(raw=raw, add_to=image_list))


def _settle(browser: Browser, address: str, way: str, side: UploadSide, line: SlowNetwork) -> Walk:
    client = Client()
    client.force_login(side.user)
    context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768})
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    context.add_init_script(_WATCH)
    page = context.new_page()
    line.put_on(page)
    page.goto("/review/pictures/" if way == "picture" else "/review/start/")
    walk, last = Walk(), ""
    while (shown := _shown(page, line)) and walk.keys < _MOST_SCREENS:
        walk.screens += shown != last
        last = shown
        page.keyboard.press(_key(page, way, side, shown))
        walk.keys += 1
    walk.shown = page.evaluate("window.shown")
    walk.fetched_bytes = page.evaluate(_FETCHED)
    context.close()
    return walk


def _shown(page: Page, line: SlowNetwork) -> str:
    page.wait_for_timeout(line.pace_ms)
    can_go_on = _CAN_BE_PRESSED if line.pace_ms else _IS_IDLE
    page.wait_for_function(can_go_on, timeout=_PATIENCE_MS)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator("[data-pair]").get_attribute("data-pair") or ""


def _key(page: Page, way: str, side: UploadSide, shown: str) -> str:
    """Return what somebody presses who sees what shows the same subject."""
    if way == "pair":
        return "f" if side.is_same(shown) else "j"
    cards = page.evaluate(_CARDS)
    above = [each["pair"] for each in cards if each["isOpen"] and each["isAbove"]]
    if len(above) > 1 and all(side.is_same(pair) for pair in above):
        return "Shift+F"
    focused = next(each["pair"] for each in cards if each["isFocused"])
    return "f" if side.is_same(focused) else "j"


def _print(sides: dict[str, UploadSide], walks: dict[str, Walk]) -> None:
    same = sides["picture"].clusters() == sides["pair"].clusters()
    uploads = sides["picture"].image_list.items.count()
    for way, walk in walks.items():
        pairs = MatchCandidate.objects.filter(image_list=sides[way].image_list).count()
        took_ms = sorted(each["ms"] for each in walk.shown)
        p90_ms = took_ms[round(0.9 * (len(took_ms) - 1))]
        waited = sum(each["requests"] for each in walk.shown)
        median_ms = statistics.median(took_ms)
        print(f"by {way}: {uploads} uploads, {pairs} pairs, {walk.screens} screens, ", end="")
        print(f"{walk.keys} keys, {waited} requests waited for, ", end="")
        print(f"key to painted: median {median_ms:.0f} ms, p90 {p90_ms:.0f} ms, ", end="")
        print(f"at most {took_ms[-1]:.0f} ms, ", end="")
        print(f"{walk.fetched_bytes / walk.screens / 1024:.0f} KiB fetched for a screen")
    print(f"clusters: {len(sides['picture'].clusters())}, the same both ways: {same}")


def _file(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88)
    return file.getvalue()


if __name__ == "__main__":
    main()
