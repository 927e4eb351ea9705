"""Screens: banks, posts, chats, tables, maps, editors."""

from __future__ import annotations

import random

from bench.evaluation.dice import Colour, Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import GREY, INK, WHITE, Canvas, bright, face

_DARK: Colour = (21, 24, 30)
_PALE: Colour = (230, 233, 238)


def bank_transfer(dice: Dice) -> Picture:
    """Draw the receipt of a transfer in a banking app."""
    sheet = Canvas(420, 800, (247, 248, 250))
    sheet.box((0, 0, 420, 90), (90, 30, 140))
    sheet.text((210, 46), "Violet Bank", 28, "bold", WHITE, "mm")
    sheet.pill((20, 116, 400, 700), 18, WHITE, (224, 226, 232))
    sheet.disc((210, 176), 38, (30, 170, 90))
    sheet.line(((192, 178), (206, 192), (230, 160)), WHITE, 7)
    sheet.text((210, 232), "Payment sent", 24, "bold", anchor="ma")
    sheet.text(
        (210, 272), f"$ {dice.whole(10, 9999):,}.{dice.whole(0, 99):02}", 40, "bold", anchor="ma"
    )
    named = (
        ("Recipient", words.person(dice)),
        ("Account", f"•••• {words.digits(dice, 4)}"),
        ("Date", f"{words.date(dice, 2024)}  {words.clock(dice)}"),
        ("Reference", words.digits(dice, 10)),
        ("From", "Current account"),
    )
    sheet.fields((48, 346), named, 66, 22)
    sheet.pill((40, 724, 380, 776), 26, (90, 30, 140))
    sheet.text((210, 750), "Share receipt", 21, "bold", WHITE, "mm")
    return sheet.picture


def wallet_receipt(dice: Dice) -> Picture:
    """Draw the dark receipt of another payment app."""
    sheet = Canvas(420, 780, _DARK)
    sheet.text((210, 40), "PayFast", 26, "bold", (80, 220, 160), "ma")
    sheet.disc((210, 150), 50, bright(dice))
    name = words.person(dice)
    sheet.text((210, 150), name[0], 46, "bold", WHITE, "mm")
    sheet.text((210, 220), f"To {name}", 24, ink=_PALE, anchor="ma")
    sheet.text((210, 266), f"₹ {dice.whole(100, 99999):,}", 54, "bold", WHITE, "ma")
    sheet.text((210, 344), "Completed", 20, ink=(80, 220, 160), anchor="ma")
    sheet.pill((24, 400, 396, 690), 16, (36, 40, 50))
    rows = (
        ("Bank", f"XX{words.digits(dice, 4)}"),
        ("ID", words.digits(dice, 12)),
        ("Time", words.clock(dice)),
        ("Date", words.date(dice, 2024)),
        ("Note", words.word(dice)),
    )
    sheet.rows((48, 424), rows, (0, 110), 50, 22, ink=_PALE)
    return sheet.picture


def text_post(dice: Dice) -> Picture:
    """Draw a post of one account that has text only."""
    sheet = Canvas(600, 340, WHITE)
    sheet.picture.paste(face(Dice(random.Random("account")), (60, 60)), (22, 22))
    sheet.text((98, 24), "Ministry Watch", 24, "bold")
    sheet.text((98, 56), "@ministrywatch", 19, ink=GREY)
    sheet.paragraph((22, 102), words.text(dice, 2), 556, 26)
    sheet.text(
        (22, 300),
        f"{words.clock(dice)} · {words.date(dice, 2023)} · {dice.whole(1, 900)}K Views",
        18,
        ink=GREY,
    )
    return sheet.picture


def dark_post(dice: Dice) -> Picture:
    """Draw a post of one account on a dark page, with counts below."""
    sheet = Canvas(560, 400, (0, 0, 0))
    sheet.disc((52, 52), 30, (230, 120, 30))
    sheet.text((52, 52), "N", 32, "bold", WHITE, "mm")
    sheet.text((98, 24), "News Flash 24", 23, "bold", WHITE)
    sheet.text((98, 54), "@newsflash24 · 2h", 18, ink=GREY)
    sheet.paragraph((98, 92), words.text(dice, 2), 430, 23, ink=_PALE)
    for column in range(4):
        sheet.disc((110 + 112 * column, 364), 8, None, GREY, 2)
        sheet.text((128 + 112 * column, 354), str(dice.whole(3, 980)), 17, ink=GREY)
    return sheet.picture


def chat(dice: Dice) -> Picture:
    """Draw a conversation in one app."""
    sheet = Canvas(420, 820, (236, 229, 220))
    sheet.box((0, 0, 420, 76), (30, 110, 80))
    sheet.disc((46, 38), 24, (190, 200, 196))
    sheet.text((84, 24), "Parents class 4b", 23, "bold", WHITE)
    y = 96.0
    while y < 690:
        mine, text = dice.happens(0.5), words.sentence(dice, 3, 14)
        x = 120 if mine else 16
        height = 27 * (1 + len(text) // 27) + 22
        sheet.pill((x, y, x + 284, y + height), 12, (214, 246, 196) if mine else WHITE)
        sheet.paragraph((x + 12, y + 8), text, 262, 19)
        y += height + 12
    sheet.box((0, 762, 420, 820), (246, 246, 246))
    sheet.text((24, 780), "Message", 20, ink=GREY)
    return sheet.picture


def text_messages(dice: Dice) -> Picture:
    """Draw short messages in blue and grey balloons."""
    sheet = Canvas(420, 760, WHITE)
    sheet.text((210, 20), words.person(dice).split()[0], 24, "bold", anchor="ma")
    sheet.line(((0, 62), (420, 62)), (220, 220, 224))
    y = 84.0
    while y < 650:
        mine, text = dice.happens(0.5), words.sentence(dice, 2, 5)
        width = 11 * len(text) + 30
        left = 404 - width if mine else 16
        sheet.pill((left, y, left + width, y + 44), 22, (20, 130, 250) if mine else (232, 232, 236))
        sheet.text((left + width / 2, y + 22), text, 19, ink=WHITE if mine else INK, anchor="mm")
        y += 58
    sheet.pill((16, 700, 404, 744), 22, None, (200, 200, 206))
    return sheet.picture


def spreadsheet(dice: Dice) -> Picture:
    """Draw a table of numbers in an office program."""
    sheet = Canvas(760, 460, WHITE)
    sheet.box((0, 0, 760, 34), (20, 110, 180))
    sheet.text((14, 7), "Budget.xlsx  -  Table", 17, ink=WHITE)
    sheet.box((0, 34, 760, 60), (236, 238, 240))
    sheet.box((0, 60, 40, 460), (236, 238, 240))
    sheet.grid((40, 34, 760, 460), 8, 16, (208, 210, 214))
    for column in range(8):
        sheet.text((85 + 90 * column, 38), "ABCDEFGH"[column], 15, anchor="ma")
    for row in range(15):
        y = 64 + 26.6 * row
        sheet.text((20, y), str(row + 1), 14, ink=GREY, anchor="ma")
        sheet.text((46, y), words.family_name(dice), 15)
        for column in range(1, 8):
            sheet.text((124 + 90 * column, y), f"{dice.whole(0, 9999)}", 15, anchor="ra")
    return sheet.picture


def result_table(dice: Dice) -> Picture:
    """Draw a table of results on a web page."""
    sheet = Canvas(640, 520, WHITE)
    sheet.text((24, 16), "League table", 30, "bold")
    sheet.box((24, 64, 616, 98), (40, 44, 60))
    columns = (0, 46, 290, 350, 410, 470, 530)
    sheet.rows((34, 70), [("#", "Club", "P", "W", "D", "L", "Pts")], columns, 30, 18, "bold", WHITE)
    for row, club in enumerate(words.towns(dice, 10)):
        y = 104 + 40 * row
        sheet.box((24, y, 616, y + 38), (244, 245, 248) if row % 2 else WHITE)
        numbers = [str(dice.whole(0, 38)) for _ in range(4)]
        points = str(90 - 7 * row - dice.whole(0, 6))
        sheet.rows((34, y + 8), [(str(row + 1), f"FC {club}", *numbers, points)], columns, 30, 19)
    return sheet.picture


def weather_card(dice: Dice) -> Picture:
    """Draw the card of a weather app."""
    sheet = Canvas(420, 640, (70, 140, 210))
    sheet.text((210, 40), words.town(dice), 36, "bold", WHITE, "ma")
    sheet.text((210, 96), f"{dice.whole(-12, 41)}°", 120, "sans", WHITE, "ma")
    _sky(sheet, (210, 300), 44, dice)
    sheet.pill((20, 380, 400, 610), 18, (90, 156, 220))
    for row, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri")):
        y = 394 + 42 * row
        sheet.text((44, y), day, 22, ink=WHITE)
        _sky(sheet, (180, y + 14), 12, dice)
        sheet.text((300, y), f"{dice.whole(-14, 10)}°", 22, ink=_PALE, anchor="ra")
        sheet.text((372, y), f"{dice.whole(11, 42)}°", 22, ink=WHITE, anchor="ra")
    return sheet.picture


def _sky(sheet: Canvas, middle: tuple[float, float], radius: float, dice: Dice) -> None:
    x, y = middle
    kind = dice.whole(0, 2)
    if kind < 2:
        sheet.disc((x, y), radius, (255, 210, 60))
    if kind > 0:
        for offset, share in ((-0.8, 0.6), (0, 0.9), (0.8, 0.6)):
            sheet.disc((x + offset * radius, y + 0.4 * radius), share * radius, (240, 244, 250))


def score_board(dice: Dice) -> Picture:
    """Draw the score of a match as a card."""
    sheet = Canvas(640, 360, (14, 60, 40))
    sheet.text((320, 24), "FULL TIME", 28, "bold", (250, 220, 80), "ma")
    for x, town in zip((150, 490), words.towns(dice, 2), strict=True):
        colour = bright(dice)
        sheet.shape(
            ((x - 52, 84), (x + 52, 84), (x + 52, 160), (x, 206), (x - 52, 160)), colour, WHITE
        )
        sheet.text((x, 136), town[0], 52, "bold", WHITE, "mm")
        sheet.text((x, 222), town, 26, "bold", WHITE, "ma")
    sheet.text((320, 96), f"{dice.whole(0, 6)} : {dice.whole(0, 6)}", 76, "bold", WHITE, "ma")
    goals = [f"{words.family_name(dice)} {dice.whole(1, 90)}'" for _ in range(2)]
    sheet.text(
        (320, 290),
        "  ".join(goals),
        22,
        ink=_PALE,
        anchor="ma",
    )
    return sheet.picture


def news_card(dice: Dice) -> Picture:
    """Draw a breaking-news card of one station, words only."""
    sheet = Canvas(720, 720, (160, 12, 24))
    sheet.box((0, 560, 720, 720), WHITE)
    sheet.text((40, 40), "BREAKING", 64, "bold", WHITE)
    sheet.box((40, 130, 220, 138), WHITE)
    sheet.paragraph((40, 180), words.title(dice, dice.whole(7, 10)), 640, 54, "bold", WHITE, 1.25)
    sheet.text((40, 600), "CHANNEL SEVEN", 40, "bold", (160, 12, 24))
    sheet.text((680, 612), words.date(dice, 2024), 26, ink=INK, anchor="ra")
    return sheet.picture


def quote_card(dice: Dice) -> Picture:
    """Draw a quotation with the drawn portrait of who is said to have said it."""
    sheet = Canvas(720, 480, (30, 34, 44))
    sheet.picture.paste(face(dice, (240, 320)), (30, 80))
    sheet.text((300, 30), "“", 120, "serif", (230, 180, 60))
    y = sheet.paragraph((304, 140), words.text(dice, 2), 380, 27, "serif", _PALE)
    sheet.text((304, y + 16), f"— {words.person(dice)}", 24, "bold", (230, 180, 60))
    return sheet.picture


def code_editor(dice: Dice) -> Picture:
    """Draw a program in a dark editor."""
    sheet = Canvas(760, 520, (30, 30, 34))
    sheet.box((0, 0, 760, 34), (48, 48, 54))
    sheet.text((20, 8), "main.py", 16, ink=_PALE)
    indent = 0
    for row in range(19):
        y = 46 + 24.5 * row
        sheet.text((16, y), f"{row + 1:2}", 16, "mono", (110, 110, 120))
        x = 60 + 30 * indent
        name, other = words.word(dice), words.word(dice)
        kind = dice.whole(0, 3)
        line = (
            f"def {name}({other}):",
            f"for {name} in {other}:",
            f"{name} = {other}({dice.whole(0, 999)})",
            f'print("{name}", {other})',
        )[kind]
        ink = ((220, 160, 250), (120, 190, 250), (230, 230, 230), (220, 200, 130))[kind]
        sheet.text((x, y), line, 17, "mono", ink)
        indent = min(3, indent + 1) if kind < 2 else max(0, indent - dice.whole(0, 1))
    return sheet.picture


def terminal(dice: Dice) -> Picture:
    """Draw a terminal window with listings."""
    sheet = Canvas(720, 480, (0, 0, 0))
    for row in range(18):
        y = 14 + 25.5 * row
        if row % 6 == 0:
            sheet.text((14, y), f"user@host:~$ ls -l {words.word(dice)}", 18, "mono", (80, 240, 90))
            continue
        size = words.digits(dice, dice.whole(3, 7))
        date = f"{dice.pick(words.MONTHS)[:3]} {dice.whole(10, 28)}"
        line = f"-rw-r--r-- 1 user {size:>8} {date} {words.word(dice)}.txt"
        sheet.text((14, y), line, 18, "mono", (200, 200, 200))
    return sheet.picture


def phone_settings(dice: Dice) -> Picture:
    """Draw a page of switches: nothing else differs."""
    sheet = Canvas(420, 800, (242, 242, 247))
    sheet.text((24, 30), "Settings", 36, "bold")
    rows = (
        "Airplane mode",
        "Wi-Fi",
        "Bluetooth",
        "Mobile data",
        "Hotspot",
        "Location",
        "Dark mode",
        "Sounds",
        "Haptics",
        "Focus",
        "Battery saver",
        "Auto update",
    )
    for row, name in enumerate(rows):
        y = 96 + 56 * row
        sheet.box((0, y, 420, y + 55), WHITE)
        sheet.pill(
            (20, y + 13, 48, y + 41),
            6,
            ((240, 150, 20), (20, 120, 240), (90, 90, 220), (50, 190, 90))[row % 4],
        )
        sheet.text((64, y + 15), name, 21)
        on = dice.happens(0.5)
        sheet.pill((340, y + 11, 400, y + 45), 17, (50, 200, 90) if on else (210, 210, 216))
        sheet.disc((383 if on else 357, y + 28), 15, WHITE)
    return sheet.picture


def call_log(dice: Dice) -> Picture:
    """Draw the list of calls of a telephone."""
    sheet = Canvas(420, 800, WHITE)
    sheet.text((24, 28), "Recents", 34, "bold")
    for row, name in enumerate(words.people(dice, 11)):
        y = 92 + 64 * row
        missed = dice.happens(0.3)
        sheet.text((60, y), name, 22, ink=(220, 40, 40) if missed else INK)
        sheet.text((60, y + 28), dice.pick(("mobile", "home", "work")), 16, ink=GREY)
        sheet.text((396, y + 8), words.clock(dice), 19, ink=GREY, anchor="ra")
        sheet.line(((60, y + 54), (420, y + 54)), (226, 226, 230))
    return sheet.picture


def departures(dice: Dice) -> Picture:
    """Draw the departures board of an airport."""
    sheet = Canvas(760, 480, (8, 16, 40))
    sheet.text((24, 14), "Departures", 34, "bold", (255, 220, 40))
    for row in range(9):
        y = 74 + 44 * row
        sheet.box((12, y - 4, 748, y + 36), (18, 30, 64))
        cells = (
            words.clock(dice),
            words.town(dice),
            f"{words.letters(dice, 2)}{dice.whole(100, 999)}",
            f"{dice.pick('ABCD')}{dice.whole(1, 60)}",
            dice.pick(("On time", "Delayed", "Boarding", "Gate open", "Cancelled")),
        )
        sheet.rows((24, y), [cells], (0, 100, 340, 460, 560), 40, 23, "sans", (250, 250, 230))
    return sheet.picture


def search_results(dice: Dice) -> Picture:
    """Draw a page of search results."""
    sheet = Canvas(640, 720, WHITE)
    sheet.pill((24, 20, 616, 64), 22, None, (200, 204, 210))
    sheet.text((48, 30), f"{words.word(dice)} {words.word(dice)}", 20)
    for row in range(5):
        y = 92 + 124 * row
        sheet.text((24, y), f"https://{words.word(dice)}.example", 15, ink=(40, 110, 60))
        sheet.text((24, y + 22), words.title(dice, 4), 23, ink=(30, 40, 180))
        sheet.paragraph((24, y + 54), words.text(dice, 1)[:130], 590, 17, ink=(70, 70, 76))
    return sheet.picture
