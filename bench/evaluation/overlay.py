"""Edits that put something on the picture: captions, watermarks, drawings, stickers, bars."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw, ImageFilter

from bench.evaluation import lettering, stickers
from bench.evaluation.dice import Colour, Dice, Edit, Picture

_SIGNAL_COLOURS: tuple[Colour, ...] = ((230, 20, 30), (255, 220, 0), (20, 200, 60), (240, 0, 200))


def _over(picture: Picture, layer: Picture) -> Picture:
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def _layer(picture: Picture) -> Picture:
    return Image.new("RGBA", picture.size)


def meme_captions(picture: Picture, dice: Dice) -> Picture:
    """Set white capitals with a black seam at the top and at the bottom, in up to two lines."""
    result = picture.copy()
    size_px = picture.height * dice.between(0.07, 0.1)
    _outlined(result, dice.pick(lettering.HEADLINES), size_px, 0.02)
    text = dice.pick(lettering.HEADLINES)
    _outlined(result, text, size_px, 0.97 - 2.4 * size_px / picture.height)
    return result


def _outlined(picture: Picture, text: str, size_px: float, top_share: float) -> None:
    room_px = picture.width * 0.94
    rough = lettering.font(round(size_px))
    lines = list(lettering.wrapped(text.upper(), rough, room_px))
    chosen = lettering.fitted(lines, size_px, room_px)
    draw = ImageDraw.Draw(picture)
    y = picture.height * top_share + size_px / 2
    for line in lines[:2]:
        draw.text(
            (picture.width / 2, y),
            line,
            font=chosen,
            fill="white",
            anchor="mm",
            stroke_width=max(1, round(size_px / 11)),
            stroke_fill="black",
        )
        y += size_px * 1.2


def text_box(picture: Picture, dice: Dice) -> Picture:
    """Lay a half transparent box with two sentences over a quarter to a third of the height."""
    layer = _layer(picture)
    draw = ImageDraw.Draw(layer)
    height = picture.height * dice.between(0.24, 0.34)
    top = dice.between(0.05, 0.6) * picture.height
    dark = dice.happens(0.6)
    draw.rectangle(
        (0, top, picture.width, top + height), fill=(0, 0, 0, 150) if dark else (255, 255, 255, 165)
    )
    size_px = max(10, round(height / 6))
    ink = (255, 255, 255, 255) if dark else (10, 10, 10, 255)
    text = f"{dice.pick(lettering.SENTENCES)} {dice.pick(lettering.SENTENCES)}"
    place = picture.width * 0.05, top + height * 0.12
    lettering.paragraph(draw, place, text, size_px=size_px, room_px=picture.width * 0.9, ink=ink)
    return _over(picture, layer)


def diagonal_watermark(picture: Picture, dice: Dice) -> Picture:
    """Write one large line from corner to corner, half transparent."""
    angle = math.degrees(math.atan2(picture.height, picture.width))
    text = dice.pick(("SAMPLE ONLY", "STOCKHARBOUR", "DO NOT COPY", "PREVIEW 0417"))
    length = math.hypot(*picture.size) * 0.85
    size_px = length / max(1.0, lettering.width_px(text, lettering.font(100)) / 100)
    ink = (*dice.pick(((255, 255, 255), (30, 30, 30))), dice.whole(85, 125))
    line = lettering.slanted_text(text, round(size_px), angle, ink)
    layer = _layer(picture)
    layer.paste(line, ((picture.width - line.width) // 2, (picture.height - line.height) // 2))
    return _over(picture, layer)


def tiled_watermark(picture: Picture, dice: Dice) -> Picture:
    """Repeat a small slanted line all over the picture, with a grid of thin lines."""
    layer = _layer(picture)
    draw = ImageDraw.Draw(layer)
    step = max(60, max(picture.size) // 5)
    for at in range(0, sum(picture.size), step):
        draw.line((at, 0, at - picture.height, picture.height), fill=(255, 255, 255, 70), width=1)
    text = dice.pick(("fotolager", "imagestand.example", "(c) Daily Lantern"))
    line = lettering.slanted_text(text, max(11, step // 6), 30, (255, 255, 255, 130))
    for row, y in enumerate(range(-step // 2, picture.height, step)):
        for x in range((row % 2) * -step // 2, picture.width, step):
            layer.alpha_composite(line, (max(0, x), max(0, y)))
    return _over(picture, layer)


def circle_and_arrows(picture: Picture, dice: Dice) -> Picture:
    """Draw a shaky ring by hand, and one to three arrows."""
    result = picture.copy()
    draw = ImageDraw.Draw(result)
    colour = dice.pick(_SIGNAL_COLOURS)
    unit = min(picture.size)
    width = max(3, unit // 70)
    x, y = dice.between(0.3, 0.7) * picture.width, dice.between(0.3, 0.7) * picture.height
    radius = unit * dice.between(0.14, 0.24)
    ring = []
    for turn in range(41):
        angle = 2.15 * math.pi * turn / 40
        shaky = radius * (1 + 0.09 * math.sin(3 * angle) + dice.between(-0.03, 0.03))
        ring.append((x + 1.25 * shaky * math.cos(angle), y + shaky * math.sin(angle)))
    draw.line(ring, fill=colour, width=width, joint="curve")
    for _ in range(dice.whole(1, 3)):
        _arrow(draw, (x, y), radius, dice.between(0, 2 * math.pi), (colour, width))
    return result


def _arrow(
    draw: ImageDraw.ImageDraw,
    centre: tuple[float, float],
    radius: float,
    angle: float,
    pen: tuple[Colour, int],
) -> None:
    colour, width = pen
    x, y = centre
    tip = x + 1.35 * radius * math.cos(angle), y + 1.15 * radius * math.sin(angle)
    end = x + 2.9 * radius * math.cos(angle), y + 2.6 * radius * math.sin(angle)
    draw.line((end, tip), fill=colour, width=2 * width)
    for lean in (-0.5, 0.5):
        barb = (
            tip[0] + radius * 0.45 * math.cos(angle + lean),
            tip[1] + radius * 0.45 * math.sin(angle + lean),
        )
        draw.line((tip, barb), fill=colour, width=2 * width)


def scribbled(picture: Picture, dice: Dice) -> Picture:
    """Write over it with a thick pen: loops, a line struck through, a question mark."""
    result = picture.copy()
    draw = ImageDraw.Draw(result)
    colour = dice.pick(_SIGNAL_COLOURS)
    width = max(4, min(picture.size) // 45)
    start, y = dice.between(0.05, 0.25) * picture.width, dice.between(0.3, 0.7) * picture.height
    loops = [
        (
            start + picture.width * 0.013 * turn + picture.width * 0.05 * math.sin(turn * 0.9),
            y + picture.height * 0.09 * math.cos(turn * 0.9),
        )
        for turn in range(45)
    ]
    draw.line(loops, fill=colour, width=width, joint="curve")
    size_px = round(min(picture.size) * 0.3)
    place = dice.between(0.1, 0.7) * picture.width, dice.between(0.05, 0.5) * picture.height
    draw.text(place, dice.pick("?!X"), font=lettering.font(size_px), fill=colour, stroke_width=4)
    return result


def many_stickers(count: int, share: float) -> Edit:
    """Return the edit that strews so many stickers of this share of the shorter side."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        result = picture.copy()
        for _ in range(count):
            side_px = max(8, round(min(picture.size) * share * dice.between(0.75, 1.25)))
            drawn = stickers.sticker(dice, side_px)
            x = dice.whole(-side_px // 4, picture.width - side_px * 3 // 4)
            y = dice.whole(-side_px // 4, picture.height - side_px * 3 // 4)
            result.paste(drawn, (x, y), drawn)
        return result

    return edit


def many_scripts(picture: Picture, dice: Dice) -> Picture:
    """Write three or four lines over it, each in another script that the machine has fonts for."""
    result = picture.copy()
    draw = ImageDraw.Draw(result)
    colour = dice.pick(("white", "yellow", "salmon", "lightgreen"))
    y, room_px = picture.height * dice.between(0.08, 0.2), picture.width * 0.92
    for script in dice.source.sample(lettering.SCRIPTS, dice.whole(3, 4)):
        text = dice.pick(script.lines)
        size_px = picture.height * dice.between(0.07, 0.1)
        chosen = lettering.script_font(script, round(size_px))
        if chosen is None:
            text = dice.pick(lettering.SENTENCES)
            chosen = lettering.font(round(size_px))
        if (excess := lettering.width_px(text, chosen) / room_px) > 1:
            size_px /= excess
            chosen = lettering.script_font(script, round(size_px)) or lettering.font(round(size_px))
        draw.text(
            (picture.width * 0.04, y),
            text,
            font=chosen,
            fill=colour,
            stroke_width=max(1, round(size_px / 20)),
            stroke_fill="black",
        )
        y += size_px * 1.9
    return result


def redacted(picture: Picture, dice: Dice) -> Picture:
    """Cover three to five stripes with black or white bars."""
    result = picture.copy()
    draw = ImageDraw.Draw(result)
    colour = dice.pick(("black", "black", "white"))
    for _ in range(dice.whole(3, 5)):
        width = dice.between(0.25, 0.5) * picture.width
        height = dice.between(0.05, 0.09) * picture.height
        x = dice.between(0, picture.width - width)
        y = dice.between(0.05, 0.88) * picture.height
        draw.rectangle((x, y, x + width, y + height), fill=colour)
    return result


def hidden_face(picture: Picture, dice: Dice) -> Picture:
    """Pixelate or blur a square where faces often are: in the middle, above."""
    result = picture.copy()
    side_px = round(min(picture.size) * dice.between(0.26, 0.38))
    x = round(dice.between(0.15, 0.85) * (picture.width - side_px))
    y = round(dice.between(0.05, 0.5) * (picture.height - side_px))
    face = result.crop((x, y, x + side_px, y + side_px))
    if dice.happens(0.6):
        small = face.resize((8, 8), Image.Resampling.BOX)
        face = small.resize(face.size, Image.Resampling.NEAREST)
    else:
        face = face.filter(ImageFilter.GaussianBlur(side_px / 7))
    result.paste(face, (x, y))
    return result


def date_stamp(picture: Picture, dice: Dice) -> Picture:
    """Write date and time into a lower corner, in the orange of old cameras."""
    result = picture.copy()
    text = f"{lettering.date(dice)}  {lettering.clock(dice)}"
    size_px = round(picture.height * 0.055)
    anchor, x = dice.pick((("rs", 0.96), ("ls", 0.04)))
    ImageDraw.Draw(result).text(
        (picture.width * x, picture.height * 0.95),
        text,
        font=lettering.fitted([text], size_px, picture.width * 0.6),
        fill=(255, 150, 40),
        anchor=anchor,
        stroke_width=1,
        stroke_fill=(120, 40, 0),
    )
    return result


def play_button(picture: Picture, dice: Dice) -> Picture:
    """Make it look like a video that waits: a large triangle, a bar of progress, the length."""
    layer = _layer(picture)
    draw = ImageDraw.Draw(layer)
    width, height = picture.size
    x, y, radius = width / 2, height / 2, min(width, height) * dice.between(0.11, 0.16)
    draw.rectangle((0, 0, width, height), fill=(0, 0, 0, 50))
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(20, 20, 20, 190))
    arm = radius * 0.5
    draw.polygon(
        ((x - arm * 0.8, y - arm), (x - arm * 0.8, y + arm), (x + arm * 1.1, y)),
        fill=(255, 255, 255, 255),
    )
    bar, played = height * 0.93, dice.between(0.05, 0.8)
    thickness = max(2, height // 110)
    draw.line((width * 0.04, bar, width * 0.82, bar), fill=(255, 255, 255, 120), width=thickness)
    end = width * (0.04 + 0.78 * played)
    draw.line((width * 0.04, bar, end, bar), fill=(230, 30, 30, 255), width=thickness)
    text = f"{dice.whole(0, 9)}:{dice.whole(0, 59):02}"
    size_px = round(height * 0.04)
    draw.text((width * 0.86, bar), text, font=lettering.font(size_px), fill="white", anchor="lm")
    return _over(picture, layer)


def news_ticker(picture: Picture, dice: Dice) -> Picture:
    """Put the lower third of a news broadcast over it, and the station's sign above."""
    result = picture.copy()
    draw = ImageDraw.Draw(result)
    width, height = picture.size
    top = height * 0.76
    colour = dice.pick(((180, 10, 20), (10, 50, 130), (20, 20, 20)))
    draw.rectangle((0, top, width * 0.36, top + height * 0.08), fill=colour)
    draw.rectangle((0, top + height * 0.08, width, top + height * 0.17), fill="white")
    draw.rectangle((0, top + height * 0.17, width, height), fill=(235, 200, 40))
    small, large = round(height * 0.045), round(height * 0.055)
    label = dice.pick(("BREAKING", "LIVE", "JUST IN"))
    draw.text(
        (width * 0.02, top + height * 0.04),
        label,
        font=lettering.font(large),
        fill="white",
        anchor="lm",
    )
    headline = dice.pick(lettering.HEADLINES)
    draw.text(
        (width * 0.02, top + height * 0.125),
        headline,
        fill="black",
        anchor="lm",
        font=lettering.fitted([headline], large, width * 0.95),
    )
    draw.text(
        (width * 0.02, top + height * 0.205),
        f"{lettering.clock(dice)}   weather   traffic",
        font=lettering.font(small),
        fill="black",
        anchor="lm",
    )
    draw.rectangle((width * 0.86, height * 0.03, width * 0.97, height * 0.1), fill=colour)
    draw.text(
        (width * 0.915, height * 0.065), "N8", font=lettering.font(small), fill="white", anchor="mm"
    )
    return result


def rubber_stamp(picture: Picture, dice: Dice) -> Picture:
    """Stamp a large slanted word in a frame on it, as fact-checkers do."""
    layer = _layer(picture)
    text = dice.pick(("FALSE", "FAKE NEWS", "MISLEADING", "APPROVED"))
    size_px = round(picture.width * dice.between(0.5, 0.75) * 1.6 / len(text))
    size_px = min(size_px, round(picture.height * 0.3))
    colour = (*dice.pick(((200, 20, 30), (20, 110, 50))), 225)
    stamp = lettering.slanted_text(text, size_px, 0, colour)
    width = max(4, size_px // 12)
    ImageDraw.Draw(stamp).rectangle(
        (0, 0, stamp.width - 1, stamp.height - 1), outline=colour, width=width
    )
    stamp = stamp.rotate(dice.between(8, 28), Image.Resampling.BICUBIC, expand=True)
    stamp.thumbnail(picture.size)
    layer.paste(stamp, ((picture.width - stamp.width) // 2, (picture.height - stamp.height) // 2))
    return _over(picture, layer)
