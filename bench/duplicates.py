"""Shows how rightly and how fast `manage.py find_duplicates` finds the copies in a folder.

    python -m bench.duplicates PHOTOS [--originals 60] [--others 120] [--depths fast full]
    python -m bench.duplicates --drawn 100000

PHOTOS holds pictures, all of other things. Of the first `--originals` a folder gets the file and
one copy by each edit; `--others` more come as they are. Printed are, by depth, seconds, memory, how
many copies are in the cluster of their original by edit, and how many clusters hold two originals.
With `--drawn` a list of that many drawn fingerprints is looked at, a twentieth of them near another
one.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageOps

from bench.edits import Edit, bordered, encoded, jpeg, resized
from tests import made_once
from tests.real_server import product

_LONGEST_SIDE_PX = 1600
_NEAR_EVERY = 20
# Run apart, since the settings are those of its folder.
_FILL = """
import secrets, sys
import django
django.setup()
from django.db import transaction
from lists.models import Image, ImageFingerprint, Item, List
from matching.hashers.registry import PDQ, PHASH

image_list = List.objects.get(public_id=sys.argv[1])
count, every, at_once = int(sys.argv[2]), int(sys.argv[3]), 5000
for begin in range(0, count, at_once):
    with transaction.atomic():
        images = Image.objects.bulk_create(
            Image(organisation_id=image_list.organisation_id, sha256=secrets.token_hex(32),
                  format="jpeg", width=640, height=480, byte_size=secrets.randbelow(10**6) + 1)
            for _ in range(min(at_once, count - begin))
        )
        Item.objects.bulk_create(Item(image_list=image_list, image=image) for image in images)
        codes = [(secrets.token_bytes(32), secrets.token_bytes(8)) for _ in images]
        for number in range(every, len(codes), every):
            pdq, phash = codes[number - 1]
            codes[number] = bytes([pdq[0] ^ 7]) + pdq[1:], phash
        ImageFingerprint.objects.bulk_create(
            ImageFingerprint(image=image, algorithm=hasher.algorithm, version=hasher.version,
                             bits=bits, quality=100)
            for image, pair in zip(images, codes) for hasher, bits in zip((PDQ, PHASH), pair)
        )
"""


def cropped(image: Image.Image) -> bytes:
    """Return a JPEG of the middle, 70 % of both sides."""
    width, height = image.size
    return jpeg(
        image.crop((width * 15 // 100, height * 15 // 100, width * 85 // 100, height * 85 // 100))
    )


def captioned(image: Image.Image) -> bytes:
    """Return a JPEG with a band of a sixth of the height with words at the lower edge."""
    width, height = image.size
    image = image.copy()
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((0, height * 5 // 6, width, height), fill="black")
    drawing.text(
        (width // 20, height * 7 // 8), "Seen yesterday", fill="white", font_size=height // 14
    )
    return jpeg(image)


EDITS: dict[str, Edit] = {
    "re-encoded": jpeg,
    "half size": lambda image: resized(image, 0.5),
    "as PNG": lambda image: encoded(image, "PNG"),
    "mirrored": lambda image: jpeg(ImageOps.mirror(image)),
    "turned": lambda image: jpeg(image.transpose(Image.Transpose.ROTATE_90)),
    "border": lambda image: bordered(image, "white"),
    "caption": captioned,
    "crop": cropped,
}


def main() -> int:
    """Look, and print; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, nargs="?")
    parser.add_argument("--originals", type=int, default=60)
    parser.add_argument("--others", type=int, default=120)
    parser.add_argument("--depths", nargs="+", default=["fast", "full"])
    parser.add_argument("--report", type=Path)
    parser.add_argument("--drawn", type=int)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lookalike-duplicates-") as name:
        if asked.drawn:
            _look_at_drawn(Path(name), asked.drawn)
        else:
            _look_at_photos(Path(name), asked)
    return 0


def _look_at_photos(folder: Path, asked: argparse.Namespace) -> None:
    pictures = folder / "pictures"
    pictures.mkdir()
    files = sorted(path for path in asked.photos.iterdir() if path.is_file())
    files = files[: asked.originals + asked.others]
    count = sum(
        _write(pictures, number, path, with_copies=number < asked.originals)
        for number, path in enumerate(files)
    )
    environment = _environment(folder)
    print(f"{count} pictures: {len(files)} of other things, {asked.originals} with copies")
    for depth in asked.depths:
        report = ["--report", str(asked.report)] if asked.report else []
        told, cost = _run(environment, str(pictures), "--depth", depth, *report)
        print(f"{depth}: {cost}")
        _judge(told, asked.originals)


def _write(folder: Path, number: int, path: Path, *, with_copies: bool) -> int:
    """Write a picture and its copies; return how many."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((_LONGEST_SIDE_PX, _LONGEST_SIDE_PX))
    original = encoded(image, "JPEG", quality=92)
    (folder / f"{number:05} original.jpg").write_bytes(original)
    if not with_copies:
        return 1
    (folder / f"{number:05} same file.jpg").write_bytes(original)
    shown = Image.open(folder / f"{number:05} original.jpg").convert("RGB")
    for edit, apply in EDITS.items():
        ending = "png" if edit == "as PNG" else "jpg"
        (folder / f"{number:05} {edit}.{ending}").write_bytes(apply(shown))
    return 2 + len(EDITS)


def _judge(told: dict[str, Any], originals: int) -> None:
    """Print how many copies are with their original, and what is together and should not be."""
    found: Counter[str] = Counter()
    roles: Counter[str] = Counter()
    mixed = 0
    for cluster in told["clusters"]:
        members = [each["name"].split(" ", 1) for each in cluster["pictures"]]
        mixed += len({number for number, _ in members}) > 1
        with_original = {number for number, edit in members if edit.startswith("original")}
        roles.update(each["role"] for each in cluster["pictures"])
        found.update(edit.partition(".")[0] for number, edit in members if number in with_original)
    for edit in ("same file", *EDITS):
        print(f"  {edit:<12} {found[edit]} of {originals}")
    print(f"  {len(told['clusters'])} clusters, {mixed} with pictures of two things, {dict(roles)}")


def _look_at_drawn(folder: Path, count: int) -> None:
    with product(folder) as server:
        image_list = server.new_list("Drawn")
    environment = _environment(folder)
    subprocess.run(
        [sys.executable, "-c", _FILL, image_list, str(count), str(_NEAR_EVERY)],
        env=environment,
        check=True,
    )
    told, cost = _run(environment, "--list", image_list)
    clusters = f"{len(told['clusters'])} clusters of {told['clustered']} pictures"
    print(f"{count:,} fingerprints: {cost}; {clusters}")


def _environment(folder: Path) -> dict[str, str]:
    return {**made_once.environ(folder), "DECODE_WORKERS": "2"}


def _run(environment: dict[str, str], *arguments: str) -> tuple[dict[str, Any], str]:
    """Run the command; return what it told, and its time and the most memory of one process."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "manage.py", "find_duplicates", *arguments, "--json", file.name],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        taken_s, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        told = json.loads(Path(file.name).read_text())
    processor_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak_mb = after.ru_maxrss / 1024
    return told, f"{taken_s:.1f} s, {processor_s:.1f} s of processors, {peak_mb:.0f} MB"


if __name__ == "__main__":
    raise SystemExit(main())
