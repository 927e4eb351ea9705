"""Edits that show the picture on a screen: chats, posts, a browser, a gallery."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageOps

from bench.evaluation import lettering
from bench.evaluation.dice import Colour, Dice, Edit, Picture

_WIDTH_PX = 540
_LINKS = ("#sunday", "#mycity", "#nofilter", "#storm", "#then_and_now")


@dataclass(frozen=True, slots=True)
class PageColours:
    """The colours of a page."""

    paper: Colour
    panel: Colour
    ink: Colour
    faint: Colour
    accent: Colour


LIGHT = PageColours((255, 255, 255), (240, 242, 245), (15, 20, 25), (101, 119, 134), (29, 120, 220))
DARK = PageColours((16, 18, 22), (34, 38, 44), (235, 238, 240), (128, 138, 148), (70, 150, 240))
BLUE_CHAT = PageColours(
    (206, 221, 236), (255, 255, 255), (10, 10, 10), (120, 140, 160), (84, 140, 190)
)
NIGHT_CHAT = PageColours(
    (14, 22, 33), (24, 37, 51), (245, 245, 245), (110, 130, 150), (43, 82, 120)
)


def fitting(picture: Picture, width: int, height: int) -> Picture:
    """Return the picture scaled so that it is as wide as told, or less if it gets too high."""
    return ImageOps.contain(picture, (width, max(40, height)), Image.Resampling.LANCZOS)


def avatar(page: Picture, place: tuple[int, int], side_px: int, dice: Dice) -> None:
    """Draw a round portrait: a head and shoulders in two colours."""
    colour = tuple(dice.whole(60, 220) for _ in range(3))
    tile = Image.new("RGB", (side_px, side_px), colour)
    draw = ImageDraw.Draw(tile)
    middle, unit = side_px / 2, side_px / 8
    draw.ellipse((middle - 1.6 * unit, unit, middle + 1.6 * unit, 4.4 * unit), fill="white")
    draw.ellipse((middle - 3 * unit, 5 * unit, middle + 3 * unit, 12 * unit), fill="white")
    mask = Image.new("L", tile.size)
    ImageDraw.Draw(mask).ellipse((0, 0, side_px - 1, side_px - 1), fill=255)
    page.paste(tile, place, mask)


def status_bar(draw: ImageDraw.ImageDraw, theme: PageColours, dice: Dice) -> int:
    """Draw time, reception and battery of a telephone; return the height in px."""
    draw.text((22, 18), lettering.clock(dice), font=lettering.font(18), fill=theme.ink, anchor="lm")
    for bar in range(4):
        x = _WIDTH_PX - 112 + bar * 8
        draw.rectangle((x, 24 - 4 * bar, x + 5, 26), fill=theme.ink)
    draw.rounded_rectangle((_WIDTH_PX - 52, 10, _WIDTH_PX - 18, 26), 4, outline=theme.ink, width=2)
    charge = dice.whole(4, 28)
    draw.rectangle((_WIDTH_PX - 49, 13, _WIDTH_PX - 49 + charge, 23), fill=theme.ink)
    return 38


def channel_chat(theme: PageColours) -> Edit:
    """Return the edit that shows it in a chat or channel whose messages are as wide as pictures."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        page = Image.new("RGB", (_WIDTH_PX, dice.pick((960, 1080, 1170))), theme.paper)
        draw = ImageDraw.Draw(page)
        draw.rectangle((0, 0, _WIDTH_PX, 104), fill=theme.panel)
        status_bar(draw, theme, dice)
        draw.line(((22, 71), (34, 59)), fill=theme.accent, width=4)
        draw.line(((22, 71), (34, 83)), fill=theme.accent, width=4)
        avatar(page, (52, 48), 46, dice)
        title = dice.pick(lettering.NAMES)
        draw.text((112, 50), title, font=lettering.font(21), fill=theme.ink)
        members = f"{dice.whole(3, 9800)} members"
        draw.text((112, 77), members, font=lettering.font(15), fill=theme.faint)
        y = 122
        if dice.happens(0.6):
            y = _bubble(draw, (14, y), dice.pick(lettering.SENTENCES), theme)
        y = _picture_message(page, picture, y, theme, dice)
        if y < page.height - 150:
            _bubble(draw, (60, y), dice.pick(lettering.SENTENCES), theme)
        draw.rectangle((0, page.height - 62, _WIDTH_PX, page.height), fill=theme.panel)
        draw.text(
            (70, page.height - 31),
            "Write something",
            font=lettering.font(19),
            fill=theme.faint,
            anchor="lm",
        )
        draw.ellipse((18, page.height - 46, 48, page.height - 16), outline=theme.faint, width=3)
        return page

    return edit


def _bubble(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, theme: PageColours
) -> int:
    lines = list(lettering.wrapped(text, lettering.font(19), 340))
    width = max(lettering.width_px(line, lettering.font(19)) for line in lines) + 34
    x, y = place
    height = 25 * len(lines) + 20
    draw.rounded_rectangle((x, y, x + width, y + height), 16, fill=theme.panel)
    lettering.paragraph(draw, (x + 16, y + 8), text, size_px=19, room_px=341, ink=theme.ink)
    return y + height + 10


def _picture_message(
    page: Picture, picture: Picture, y: int, theme: PageColours, dice: Dice
) -> int:
    """Paste the picture with the sender above and a line below; return where it ends."""
    draw = ImageDraw.Draw(page)
    shown = fitting(picture, dice.whole(360, 440), page.height - y - 190)
    width = max(shown.width, 220)
    caption = dice.pick((*lettering.HEADLINES, "", "", ""))
    bottom = y + 34 + shown.height + (40 if caption else 8)
    draw.rounded_rectangle((10, y, 10 + width + 12, bottom + 22), 14, fill=theme.panel)
    sender = dice.pick(lettering.NAMES)
    draw.text((22, y + 6), sender, font=lettering.font(18), fill=theme.accent)
    page.paste(shown, (16, y + 34))
    if caption:
        size_px = 18
        draw.text(
            (22, y + 42 + shown.height),
            caption,
            fill=theme.ink,
            font=lettering.fitted([caption], size_px, width - 20),
        )
    draw.text(
        (10 + width, bottom + 8),
        f"{dice.whole(2, 990)}  {lettering.clock(dice)}",
        font=lettering.font(14),
        fill=theme.faint,
        anchor="rm",
    )
    return bottom + 34


def short_post(theme: PageColours) -> Edit:
    """Return the edit that shows it in a post of a few words: name, text, picture, counts."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        shown = fitting(picture, _WIDTH_PX - 100, 760)
        page = Image.new("RGB", (_WIDTH_PX, shown.height + 420), theme.paper)
        draw = ImageDraw.Draw(page)
        avatar(page, (18, 20), 52, dice)
        name = dice.pick(lettering.NAMES)
        draw.text((84, 20), name, font=lettering.font(21), fill=theme.ink, stroke_width=1)
        handle = f"@{name.split()[0].lower()}{dice.whole(1, 99)}  {dice.whole(1, 23)}h"
        draw.text((84, 48), handle, font=lettering.font(17), fill=theme.faint)
        text = " ".join(
            (dice.pick(lettering.SENTENCES), dice.pick(lettering.HEADLINES), dice.pick(_LINKS))
        )
        y = lettering.paragraph(
            draw, (84, 80), text, size_px=21, room_px=_WIDTH_PX - 110, ink=theme.ink
        )
        page.paste(shown, (84, round(y) + 12), _rounded(shown, 18))
        _counts(draw, round(y) + shown.height + 42, theme, dice)
        return page.crop((0, 0, _WIDTH_PX, round(y) + shown.height + 76))

    return edit


def _rounded(picture: Picture, radius: int) -> Picture:
    mask = Image.new("L", picture.size)
    corners = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corners, radius, fill=255)
    return mask


def _counts(draw: ImageDraw.ImageDraw, y: int, theme: PageColours, dice: Dice) -> None:
    for column in range(4):
        x = 92 + column * 106
        if column % 2:
            draw.ellipse((x, y - 9, x + 18, y + 9), outline=theme.faint, width=2)
        else:
            draw.rounded_rectangle((x, y - 8, x + 20, y + 8), 5, outline=theme.faint, width=2)
        draw.text(
            (x + 28, y),
            str(dice.whole(3, 9900)),
            font=lettering.font(16),
            fill=theme.faint,
            anchor="lm",
        )


def photo_feed(theme: PageColours) -> Edit:
    """Return the edit that shows it in a feed of photographs: full width, hearts, a caption."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        aspect = dice.pick(((540, 540), (540, 675), None))
        # Feeds cut to their own aspect ratio, but for the one that does not.
        shown = ImageOps.fit(picture, aspect) if aspect else fitting(picture, _WIDTH_PX, 800)
        page = Image.new("RGB", (_WIDTH_PX, shown.height + 270), theme.paper)
        draw = ImageDraw.Draw(page)
        y = status_bar(draw, theme, dice)
        avatar(page, (16, y + 12), 40, dice)
        name = dice.pick(lettering.NAMES).lower().replace(" ", "_")
        draw.text((70, y + 32), name, font=lettering.font(19), fill=theme.ink, anchor="lm")
        for dot in range(3):
            draw.ellipse((500 + 9 * dot, y + 30, 504 + 9 * dot, y + 34), fill=theme.ink)
        y += 66
        page.paste(shown, ((_WIDTH_PX - shown.width) // 2, y))
        y += shown.height + 14
        _feed_icons(draw, y, theme)
        likes = f"{dice.whole(12, 90_000):,} likes"
        draw.text((16, y + 46), likes, font=lettering.font(18), fill=theme.ink, stroke_width=1)
        text = f"{name} {dice.pick(lettering.SENTENCES)} {dice.pick(_LINKS)}"
        lettering.paragraph(draw, (16, y + 74), text, size_px=18, room_px=500, ink=theme.ink)
        return page

    return edit


def _feed_icons(draw: ImageDraw.ImageDraw, y: int, theme: PageColours) -> None:
    draw.polygon(
        ((30, y + 30), (16, y + 12), (22, y + 4), (30, y + 10), (38, y + 4), (44, y + 12)),
        outline=theme.ink,
        width=3,
    )
    draw.ellipse((66, y + 4, 92, y + 30), outline=theme.ink, width=3)
    draw.polygon(((112, y + 6), (140, y + 6), (124, y + 30)), outline=theme.ink, width=3)
    draw.polygon(
        ((500, y + 4), (520, y + 4), (520, y + 32), (510, y + 22), (500, y + 32)),
        outline=theme.ink,
        width=3,
    )


def browser(picture: Picture, dice: Dice) -> Picture:
    """Show it as search results do: a browser on a desktop, the picture beside a dark panel."""
    theme = dice.pick((LIGHT, DARK))
    page = Image.new("RGB", (1120, 720), theme.paper)
    draw = ImageDraw.Draw(page)
    _browser_bar(draw, dice, theme, 1120)
    shown = fitting(picture, dice.whole(520, 700), 560)
    draw.rectangle((0, 78, 760, 720), fill=(20, 20, 22))
    page.paste(shown, ((760 - shown.width) // 2, 78 + (642 - shown.height) // 2))
    y = 110.0
    for _ in range(4):
        y = lettering.paragraph(
            draw, (790, y), dice.pick(lettering.SENTENCES), size_px=19, room_px=300, ink=theme.ink
        )
        draw.rectangle((790, y + 10, 1090, y + 12), fill=theme.panel)
        y += 32
    return page


def _browser_bar(draw: ImageDraw.ImageDraw, dice: Dice, theme: PageColours, width: int) -> None:
    draw.rectangle((0, 0, width, 78), fill=theme.panel)
    for dot, colour in enumerate(((236, 95, 86), (245, 190, 60), (100, 200, 80))):
        draw.ellipse((16 + 24 * dot, 12, 30 + 24 * dot, 26), fill=colour)
    draw.rounded_rectangle((104, 6, 330, 40), 10, fill=theme.paper)
    draw.text(
        (118, 22),
        dice.pick(lettering.HEADLINES)[:22],
        font=lettering.font(15),
        fill=theme.ink,
        anchor="lm",
    )
    draw.rounded_rectangle((90, 44, width - 90, 72), 14, fill=theme.paper)
    place = f"https://www.lantern-daily.example/{dice.whole(1000, 99999)}/photo"
    draw.text((108, 58), place, font=lettering.font(15), fill=theme.faint, anchor="lm")


def news_page(picture: Picture, dice: Dice) -> Picture:
    """Show it in an article: masthead, headline, picture, source line, two columns of text."""
    page = Image.new("RGB", (820, dice.pick((1000, 1120))), (252, 252, 250))
    draw = ImageDraw.Draw(page)
    colour = dice.pick(((150, 10, 20), (10, 60, 110), (30, 30, 30)))
    draw.rectangle((0, 0, 820, 64), fill=colour)
    draw.text(
        (30, 32),
        dice.pick(("DAILY LANTERN", "The Harbour Post", "Newsroom 8")),
        font=lettering.font(32),
        fill="white",
        anchor="lm",
    )
    y = lettering.paragraph(
        draw, (30, 86), dice.pick(lettering.HEADLINES), size_px=40, room_px=760, ink=(20, 20, 20)
    )
    byline = f"By {dice.pick(lettering.NAMES)}   {lettering.date(dice)}"
    draw.text((30, y + 4), byline, font=lettering.font(17), fill=(110, 110, 110))
    shown = fitting(picture, dice.whole(600, 760), page.height - round(y) - 260)
    y += 36
    page.paste(shown, (30, round(y)))
    y += shown.height + 8
    draw.text(
        (30, y),
        f"Photo: {dice.pick(lettering.NAMES)}",
        font=lettering.font(14),
        fill=(110, 110, 110),
    )
    for column in range(2):
        text = " ".join(dice.source.sample(lettering.SENTENCES, 6))
        lettering.paragraph(
            draw, (30 + 390 * column, y + 30), text, size_px=18, room_px=360, ink=(40, 40, 40)
        )
    return page


def gallery(picture: Picture, dice: Dice) -> Picture:
    """Show it as a telephone's gallery does: on black, with buttons and a row of small pictures."""
    page = Image.new("RGB", (_WIDTH_PX, 1150), (0, 0, 0))
    draw = ImageDraw.Draw(page)
    status_bar(draw, DARK, dice)
    draw.text(
        (_WIDTH_PX / 2, 66),
        f"{lettering.date(dice)}  {lettering.clock(dice)}",
        font=lettering.font(18),
        fill="white",
        anchor="mm",
    )
    shown = fitting(picture, _WIDTH_PX, 840)
    page.paste(shown, ((_WIDTH_PX - shown.width) // 2, 100 + (840 - shown.height) // 2))
    for column in range(10):
        page.paste(dice.other((50, 66)), (4 + 54 * column, 962))
    for column in range(5):
        x = 54 + 108 * column
        draw.ellipse((x - 15, 1080, x + 15, 1110), outline="white", width=3)
    return page


def slide(picture: Picture, dice: Dice) -> Picture:
    """Show it on a slide: a title, the picture at one side, points at the other."""
    paper, ink = dice.pick((("white", "black"), ("#18223c", "white"), ("#f5eedc", "navy")))
    page = Image.new("RGB", (1024, 576), paper)
    draw = ImageDraw.Draw(page)
    draw.text(
        (50, 60), dice.pick(lettering.HEADLINES), font=lettering.font(38), fill=ink, anchor="lm"
    )
    draw.line((50, 94, 974, 94), fill=(220, 120, 40), width=4)
    shown = fitting(picture, 500, 400)
    left = dice.happens(0.5)
    page.paste(shown, (50 if left else 974 - shown.width, 124))
    x, y = (shown.width + 90 if left else 50), 140.0
    for _ in range(3):
        draw.ellipse((x, y + 9, x + 9, y + 18), fill=(220, 120, 40))
        text = dice.pick(lettering.SENTENCES)
        y = 20 + lettering.paragraph(
            draw, (x + 24, y), text, size_px=23, room_px=860 - shown.width, ink=ink
        )
    return page
