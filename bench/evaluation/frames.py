"""Edits that put something around the picture: borders, bars, papers, blurred grounds."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from bench.evaluation import lettering
from bench.evaluation.dice import Colour, Dice, Edit, Picture

_BORDERS: tuple[Colour, ...] = (
    (255, 255, 255),
    (0, 0, 0),
    (20, 90, 60),
    (245, 205, 215),
    (90, 90, 200),
    (255, 180, 0),
)


def caption_above(picture: Picture, dice: Dice) -> Picture:
    """Write a sentence or two on a white or dark bar above, as people quote a picture."""
    paper, ink = dice.pick((("white", "black"), ("white", "black"), ("#15202b", "white")))
    size_px = max(12, round(picture.width * dice.between(0.045, 0.065)))
    text = " ".join(dice.source.sample(lettering.SENTENCES, dice.whole(1, 2)))
    room_px = picture.width * 0.92
    lines = list(lettering.wrapped(text, lettering.font(size_px), room_px))
    height = round(size_px * 1.3 * len(lines) + size_px)
    result = Image.new("RGB", (picture.width, picture.height + height), paper)
    result.paste(picture, (0, height))
    place = picture.width * 0.04, size_px * 0.4
    lettering.paragraph(
        ImageDraw.Draw(result), place, text, size_px=size_px, room_px=room_px, ink=ink
    )
    return result


def caption_below(picture: Picture, dice: Dice) -> Picture:
    """Put a coloured bar with a headline and a source below."""
    height = round(picture.height * dice.between(0.16, 0.26))
    colour = dice.pick(((170, 20, 30), (15, 45, 100), (250, 220, 60), (240, 240, 240)))
    ink = "black" if sum(colour) > 450 else "white"
    result = Image.new("RGB", (picture.width, picture.height + height), colour)
    result.paste(picture, (0, 0))
    draw = ImageDraw.Draw(result)
    headline = dice.pick(lettering.HEADLINES)
    draw.text(
        (picture.width * 0.04, picture.height + height * 0.38),
        headline,
        font=lettering.fitted([headline], height * 0.36, picture.width * 0.92),
        fill=ink,
        anchor="lm",
    )
    source = f"{dice.pick(lettering.NAMES)}, {lettering.date(dice)}"
    draw.text(
        (picture.width * 0.04, picture.height + height * 0.76),
        source,
        font=lettering.fitted([source], height * 0.2, picture.width * 0.92),
        fill=ink,
        anchor="lm",
    )
    return result


def polaroid(picture: Picture, dice: Dice) -> Picture:
    """Frame it as an instant photograph that lies a little askew."""
    margin = round(max(picture.size) * 0.05)
    paper = ImageOps.expand(picture, (margin, margin, margin, margin * 4), (250, 248, 240))
    text = dice.pick(("Summer " + str(dice.whole(1986, 2024)), dice.pick(lettering.NAMES)))
    draw = ImageDraw.Draw(paper)
    draw.text(
        (paper.width / 2, paper.height - margin * 2),
        text,
        font=lettering.fitted([text], margin * 1.6, paper.width * 0.8),
        fill=(60, 60, 80),
        anchor="mm",
    )
    ground = dice.pick(((110, 80, 55), (60, 70, 75), (200, 190, 180)))
    return paper.rotate(
        dice.between(-5, 5), Image.Resampling.BICUBIC, expand=True, fillcolor=ground
    )


def on_blurred_ground(width: int, height: int) -> Edit:
    """Return the edit that fills this aspect ratio with a blurred copy behind the picture."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        scale = 720 / max(width, height)
        size = round(width * scale), round(height * scale)
        ground = ImageOps.fit(picture, size, Image.Resampling.BILINEAR)
        ground = ground.filter(ImageFilter.GaussianBlur(size[0] / 24))
        ground = ImageEnhance.Brightness(ground).enhance(dice.between(0.5, 0.9))
        front = ImageOps.contain(picture, (round(size[0] * 0.96), round(size[1] * 0.9)))
        ground.paste(front, ((size[0] - front.width) // 2, (size[1] - front.height) // 2))
        return ground

    return edit


def bars_to_aspect(width: int, height: int) -> Edit:
    """Return the edit that fills this aspect ratio with black, white or grey bars."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        scale = max(picture.width / width, picture.height / height) * 1.02
        size = round(width * scale), round(height * scale)
        colour = dice.pick(((0, 0, 0), (0, 0, 0), (255, 255, 255), (50, 50, 50)))
        result = Image.new("RGB", size, colour)
        place = (size[0] - picture.width) // 2, (size[1] - picture.height) // 2
        result.paste(picture, place)
        return result

    return edit


def bordered(share: float) -> Edit:
    """Return the edit that adds a border of this share of the longer side, with a line in it."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        width = max(2, round(max(picture.size) * share))
        colour, line = dice.source.sample(_BORDERS, 2)
        lined = ImageOps.expand(picture, max(1, width // 6), line)
        return ImageOps.expand(lined, width, colour)

    return edit


def card(picture: Picture, dice: Dice) -> Picture:
    """Round the corners off and lay it with a shadow on a ground of two colours."""
    margin = round(max(picture.size) * dice.between(0.08, 0.14))
    size = picture.width + 2 * margin, picture.height + 2 * margin
    ground = _gradient(dice).resize(size, Image.Resampling.BICUBIC)
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, picture.width - 1, picture.height - 1), margin // 2, fill=255
    )
    shadow = Image.new("L", size)
    shadow.paste(mask.point(lambda value: value * 0.6), (margin, margin + margin // 4))
    shadow = shadow.filter(ImageFilter.GaussianBlur(margin / 4))
    ground.paste("black", (0, 0), shadow)
    ground.paste(picture, (margin, margin), mask)
    return ground


def _gradient(dice: Dice) -> Picture:
    """Return 2 x 2 pixels of two light colours and what lies between them."""
    first, second = (tuple(dice.whole(90, 255) for _ in range(3)) for _ in range(2))
    between = tuple((one + two) // 2 for one, two in zip(first, second, strict=True))
    ground = Image.new("RGB", (2, 2), first)
    ground.putpixel((1, 0), between)
    ground.putpixel((0, 1), between)
    ground.putpixel((1, 1), second)
    return ground


def film_strip(picture: Picture, dice: Dice) -> Picture:
    """Add a strip of film: black bars with holes above and below."""
    bar = round(picture.height * 0.14)
    result = ImageOps.expand(picture, (0, bar), (15, 15, 18))
    draw = ImageDraw.Draw(result)
    step = max(12, bar)
    offset = dice.whole(0, step // 2)
    for x in range(offset, result.width, step):
        for y in (bar * 0.3, result.height - bar * 0.7):
            draw.rounded_rectangle((x, y, x + step * 0.5, y + bar * 0.4), 4, fill=(230, 230, 225))
    return result
