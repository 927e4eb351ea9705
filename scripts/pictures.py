"""Takes the pictures of pages that the documents show, from a demo that runs.

`make run`, and beside it `python -m scripts.pictures`, with the same PORT and DATA_DIR. It adds a
list with two pairs to the demo, decides a pair, and writes docs/images/.
"""

from __future__ import annotations

import io
import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFont
from playwright.sync_api import APIRequestContext, FilePayload, Page, sync_playwright
from skimage import data

from bench.evaluation.dice import Dice
from bench.evaluation.hard import sheets
from scripts import chromium

PLACE = Path(__file__).parents[1] / "docs" / "images"
SHOWN_WIDTH_PX = 1024
COLOURS = 255
FONT = ImageFont.load_default(34)


def main() -> int:
    """Take them all."""
    demo = json.loads((Path(os.environ.get("DATA_DIR", "data")) / "demo.json").read_text("utf-8"))
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path())
        page = browser.new_page(
            base_url=address,
            viewport={"width": 1366, "height": 768},
            reduced_motion="reduce",
            color_scheme="light",
        )
        api = playwright.request.new_context(
            base_url=address, extra_http_headers={"Authorization": f"Bearer {demo['token']}"}
        )
        sign_in(page, demo)
        for name in pictures(page, api, demo["list_id"]):
            take(page, name)
    return 0


def sign_in(page: Page, demo: dict[str, str]) -> None:
    """Sign the browser in as the demo's person."""
    page.goto("/login/")
    page.locator("[name=username]").fill(demo["email"])
    page.locator("[name=password]").fill(demo["password"])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/")


def pictures(page: Page, api: APIRequestContext, known_list: str) -> Iterator[str]:
    """Bring page after page on the screen, and yield what the picture of each is called."""
    open_pair(page, f"list={known_list}&order=score&kind=edited")
    yield "review"
    open_pair(page, f"list={add_list(api, 'Ballots', ballots())}&kind=related")
    page.keyboard.press("m")
    yield "other-drawing"
    page.keyboard.press("m")
    open_pair(page, f"list={add_list(api, 'Known fakes', posters())}")
    page.keyboard.press("4")
    yield "difference"
    # The view is kept for the pages that follow.
    page.keyboard.press("1")

    open_pair(page, f"list={known_list}&order=score&kind=near")
    page.locator("form:has([name=act][value=confirm]) button").click()
    page.goto(f"/lists/{known_list}/")
    page.locator("[data-copies] >> nth=0").click()
    yield "cluster"
    media_id = page.url.split("/clusters/")[1].strip("/")
    preview_verdict(page, media_id)
    yield "verdict"
    check(page, media_id)
    yield "check"

    page.goto(f"/review/?list={known_list}&order=score")
    for row in (2, 4):
        page.locator(".pair-box input").nth(row).check()
    yield "queue"
    page.emulate_media(color_scheme="dark")
    page.context.add_cookies(
        [{"name": "django_language", "value": "hi", "url": page.url.split("/review")[0]}]
    )
    page.goto(f"/review/?list={known_list}&order=score")
    yield "queue-hi-dark"


def check(page: Page, media_id: str) -> None:
    """Check the picture of an item."""
    page.goto("/check/")
    page.locator("[data-check] [name=text]").fill(media_id)
    page.locator("[data-check] [name=text]").press("Enter")
    page.locator("[data-threshold-shown]").first.wait_for()


def preview_verdict(page: Page, media_id: str) -> None:
    """Write a verdict about the cluster of an item, and show who would be told."""
    page.goto(f"/verdicts/{media_id}/edit/")
    typed = {
        "rating": "Misleading",
        "title": "The picture is older than the event",
        "summary": "It was taken three years before.",
        "url": "https://example.org/checks/older",
        "language": "en",
    }
    for name, text in typed.items():
        page.locator(f"form.panel [name={name}]").fill(text)
    page.locator("[name=preview]").click()
    page.locator("[data-publish]").wait_for()


def open_pair(page: Page, query: str) -> None:
    """Open the first pair of a queue in view 1."""
    page.goto(f"/review/?{query}")
    page.locator("[data-queued] .queue-link").first.click()
    page.wait_for_load_state("networkidle")


def add_list(api: APIRequestContext, name: str, images: dict[str, Image.Image]) -> str:
    """Make a list of these images, and return its id."""
    list_id = str(api.post("/v1/lists/", data={"name": name}).json()["id"])
    for custom_id, image in images.items():
        file = FilePayload(name=f"{custom_id}.jpg", mimeType="image/jpeg", buffer=jpeg(image))
        answer = api.post(
            f"/v1/lists/{list_id}/items/", multipart={"image": file, "custom_id": custom_id}
        )
        if not answer.ok:
            sys.exit(f"{custom_id} is not added: {answer.text()}")
    return list_id


def ballots() -> dict[str, Image.Image]:
    """Draw ballots of one district with other crosses."""
    dices = (Dice(random.Random(seed)) for seed in range(1, 7))  # noqa: S311 - no secret
    return {f"ballot-{number}": sheets.ballot(dice) for number, dice in enumerate(dices, 1)}


def posters() -> dict[str, Image.Image]:
    """Draw a photograph with a caption, and a brighter crop of it with another last word."""
    photo = Image.fromarray(data.coffee())  # type: ignore[no-untyped-call]
    size = photo.size
    after, before = (
        captioned(photo, f"DOCTORS: NO COFFEE {word}") for word in ("AFTER 6", "BEFORE 9")
    )
    crop = before.crop((16, 12, size[0] - 16, size[1] - 4))
    return {"claim": after, "other-claim": ImageEnhance.Brightness(crop).enhance(1.3)}


def captioned(photo: Image.Image, words: str) -> Image.Image:
    """Return a photograph with words at its foot."""
    made = photo.copy()
    draw = ImageDraw.Draw(made)
    draw.text((24, made.height - 60), words, "white", FONT, stroke_width=2, stroke_fill="black")
    return made


def jpeg(image: Image.Image) -> bytes:
    """Return an image as the bytes of a file."""
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def take(page: Page, name: str) -> None:
    """Write what is on the screen, small and with few colours."""
    page.wait_for_load_state("networkidle")
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    height_px = round(shown.height * SHOWN_WIDTH_PX / shown.width)
    small = shown.resize((SHOWN_WIDTH_PX, height_px), Image.Resampling.LANCZOS)
    small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1).save(
        PLACE / f"{name}.png", optimize=True
    )
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
