"""Demo data: an organisation, lists of real photographs, and edited copies to review.

The photographs come with the scikit-image package; the edits are what people do to pictures before
they send them again.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from intake import sources
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission

ORGANISATION = "Lookalike demo"
EMAIL = "demo@lookalike.example"
_JPEG_QUALITY = 85
_CHAT_FONT = ImageFont.load_default(24)

# Photographs in the wheel of scikit-image; those that an installation lacks are left out.
_PACKAGE = "skimage"
_PHOTOGRAPHS = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "moon.png",
    "motorcycle_left.png",
    "page.png",
    "retina.jpg",
    "rocket.jpg",
    "text.png",
)

# What some of them are said to show; invented, as are the checks of it.
_CLAIMS: dict[str, dict[str, str]] = {
    "coffee": {
        "claim": "Coffee after noon keeps you awake all night.",
        "verdict": "Misleading",
        "source": "https://example.org/checks/coffee",
        "date": "2026-03-14",
        "language": "en",
    },
    "hubble_deep_field": {
        "claim": "This picture shows more galaxies than stars.",
        "verdict": "True",
        "source": "https://example.org/checks/galaxies",
        "date": "2026-05-02",
        "language": "en",
    },
    "grass": {"claim": "A park in June, before it was closed.", "language": "en"},
}
_CLAIMS_OF_COPIES: dict[str, dict[str, str]] = {
    "coffee": {"claim": "Coffee before noon keeps you awake all night.", "language": "en"},
    "grass": {"claim": "A park in June, after it was closed.", "language": "en"},
}


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """How to get into the demo."""

    email: str
    password: str
    api_user: str
    api_secret: str
    token: str
    list_id: str


def load(access_file: Path) -> DemoAccess:
    """Return the demo's access, creating its organisation, lists and pictures on first use."""
    if access_file.exists() and Organisation.objects.filter(name=ORGANISATION).exists():
        return DemoAccess(**json.loads(access_file.read_text(encoding="utf-8")))
    access = _create()
    write_private(access_file, json.dumps(asdict(access), indent=2))
    return access


def photographs() -> list[Path]:
    """Return the real photographs that the installed package carries."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "data"
    return [folder / name for name in _PHOTOGRAPHS if (folder / name).exists()]


def _create() -> DemoAccess:
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        organisation = accounts_services.ensure_organisation(name=ORGANISATION)
        user = accounts_services.ensure_member(
            organisation=organisation, email=EMAIL, password=password, role=Role.ADMIN
        )
    actor = accounts_selectors.actor_for_user(user)
    known, incoming = _lists(actor)
    _fill(actor, known, incoming)
    # Last, so that what was cut short leaves no key that nobody was told.
    new = accounts_services.issue_credential(
        organisation_id=organisation.pk, name="Demo", role=Role.MANAGER, created_by_id=user.pk
    )
    return DemoAccess(
        email=user.email,
        password=password,
        api_user=new.credential.api_user,
        api_secret=new.api_secret,
        token=new.token,
        list_id=known.public_id,
    )


def _lists(actor: Actor) -> tuple[List, List]:
    return (
        _list(actor, "Known pictures", "Originals, to recognise whatever comes in."),
        _list(actor, "Incoming", "What people sent, originals and copies in one list."),
    )


def _list(actor: Actor, name: str, description: str) -> List:
    """Return the list of this name: of a load that was cut short, or a new one."""
    begun = lists_selectors.lists_for(actor).filter(name=name).first()
    if begun is not None:
        return begun
    settings = ListSettings(name=name, description=description)
    return lists_services.create_list(by=actor, settings=settings)


def _fill(actor: Actor, known: List, incoming: List) -> None:
    """Add every original, check one edited copy of each, and add further copies to `incoming`."""
    edits = list(_EDITS.items())
    for number, path in enumerate(photographs()):
        claim = _CLAIMS.get(path.stem)
        _add(actor, known, path.name, path.read_bytes(), claim)
        checked, added = edits[number % len(edits)], edits[(number + 3) % len(edits)]
        _check(actor, known, f"{checked[0]}-{path.name}", _edited(path, checked[1]))
        if number % 2 == 0:
            _add(actor, incoming, path.name, path.read_bytes(), claim)
            copy_claim = _CLAIMS_OF_COPIES.get(path.stem)
            _add(actor, incoming, f"{added[0]}-{path.name}", _edited(path, added[1]), copy_claim)


def _add(
    actor: Actor, image_list: List, name: str, image_bytes: bytes, claim: dict[str, str] | None
) -> None:
    raw = sources.from_chunks([image_bytes], name=name, max_bytes=len(image_bytes))
    submissions_services.submit(
        by=actor,
        submission=NewSubmission(
            raw=raw, add_to=image_list, custom_id=Path(name).stem, context=claim
        ),
    )


def _check(actor: Actor, image_list: List, name: str, image_bytes: bytes) -> None:
    raw = sources.from_chunks([image_bytes], name=name, max_bytes=len(image_bytes))
    submissions_services.submit(
        by=actor, submission=NewSubmission(raw=raw, check_lists=[image_list])
    )


def _edited(path: Path, edit: Callable[[Image.Image], Image.Image]) -> bytes:
    with Image.open(path) as opened:
        edited = edit(opened.convert("RGB"))
    buffer = io.BytesIO()
    edited.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return buffer.getvalue()


def _half(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2))


def _brighter(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1.2)


def _turned(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.ROTATE_90)


def _cropped(picture: Image.Image) -> Image.Image:
    x_px, y_px = picture.width // 5, picture.height // 6
    return picture.crop((x_px, y_px, picture.width - x_px // 2, picture.height - y_px // 2))


def _captioned(picture: Image.Image) -> Image.Image:
    bar_px = picture.height // 6
    captioned = ImageOps.expand(picture, (0, bar_px, 0, 0), "white")
    font = ImageFont.load_default(bar_px * 0.5)
    ImageDraw.Draw(captioned).text((bar_px // 4, bar_px // 4), "SEEN THIS?", "black", font)
    return captioned


def _tilted(picture: Image.Image) -> Image.Image:
    return picture.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor="black")


def _sent_in_chat(picture: Image.Image) -> Image.Image:
    """Return a telephone's screen with the picture in a conversation."""
    screen = Image.new("RGB", (540, 960), "#e8e2da")
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 540, 90), "#0a5f54")
    draw.text((80, 28), "Neighbours", "white", ImageFont.load_default(26))
    sent = ImageOps.contain(picture, (380, 460))
    box = (520 - sent.width, 200)
    draw.rounded_rectangle(
        (box[0] - 8, box[1] - 8, 528, box[1] + sent.height + 48), 10, fill="#d8f3c6"
    )
    screen.paste(sent, box)
    draw.text((box[0], box[1] + sent.height + 10), "Is this real?", "black", _CHAT_FONT)
    draw.rounded_rectangle((20, 800, 360, 860), 10, fill="white")
    draw.text((36, 816), "Where did you get it?", "black", _CHAT_FONT)
    return screen


def _watermarked(picture: Image.Image) -> Image.Image:
    marked = picture.copy()
    width_px, height_px = marked.width // 4, marked.height // 12
    box = (marked.width - width_px - 8, marked.height - height_px - 8)
    draw = ImageDraw.Draw(marked)
    draw.rectangle((*box, box[0] + width_px, box[1] + height_px), fill="white")
    draw.text((box[0] + 6, box[1] + height_px // 3), "@reposted", fill="black")
    return marked


_EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half": _half,
    "brighter": _brighter,
    "mirrored": ImageOps.mirror,
    "watermarked": _watermarked,
    "turned": _turned,
    "grey": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
    "cropped": _cropped,
    "captioned": _captioned,
    "chat": _sent_in_chat,
    "tilted": _tilted,
}


def write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def shell_variables(access: DemoAccess, address: str) -> str:
    """Return what a shell reads with `.`, for the examples in the README."""
    variables = {
        "ADDRESS": address,
        "API_USER": access.api_user,
        "API_SECRET": access.api_secret,
        "TOKEN": access.token,
    }
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def lines(access: DemoAccess, address: str) -> Iterable[str]:
    """Yield what a person needs to get in."""
    yield f"Open           {address}"
    yield f"Sign in        {access.email}  /  {access.password}"
    yield f"api_user       {access.api_user}"
    yield f"api_secret     {access.api_secret}"
    yield f"token          {access.token}"
    yield f"demo list      {access.list_id}"
