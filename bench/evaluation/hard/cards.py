"""Cards, tickets, labels and codes."""

from __future__ import annotations

import math
import random

import cv2
import numpy as np
from PIL import Image

from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import GREY, INK, WHITE, Canvas, face


def id_card(dice: Dice) -> Picture:
    """Draw an identity card of one state."""
    sheet = Canvas(660, 416, (222, 236, 226))
    for angle in range(0, 360, 6):
        middle = 470 + 60 * math.cos(math.radians(angle)), 230 + 60 * math.sin(math.radians(angle))
        sheet.disc(middle, 120, None, (204, 224, 212), 1)
    sheet.box((0, 0, 660, 58), (20, 90, 70))
    sheet.text((24, 14), "ARVANIA   IDENTITY CARD", 27, "bold", WHITE)
    sheet.picture.paste(face(dice, (190, 240)), (26, 82))
    named = (
        ("Surname", words.family_name(dice).upper()),
        ("Given name", words.person(dice).split()[0].upper()),
        ("Born", words.date(dice, 1945, 2007)),
        ("Card no.", f"{words.letters(dice, 2)}{words.digits(dice, 7)}"),
        ("Expires", words.date(dice, 2027, 2035)),
    )
    sheet.fields((244, 74), named, 56, 24, "bold")
    sheet.text((26, 368), f"IDARV{words.digits(dice, 9)}<<{words.digits(dice, 7)}<<<<", 25, "mono")
    return sheet.picture


def driving_licence(dice: Dice) -> Picture:
    """Draw a driving licence."""
    sheet = Canvas(640, 404, (248, 222, 226))
    for row in range(0, 404, 9):
        sheet.line(((0, row), (640, row + 40 * math.sin(row / 30))), (240, 208, 216))
    sheet.text((30, 16), "DRIVING LICENCE", 32, "bold", (150, 30, 70))
    sheet.box((540, 14, 616, 64), (30, 60, 150))
    sheet.text((578, 39), "NL", 26, "bold", (250, 210, 0), "mm")
    sheet.picture.paste(face(dice, (170, 214)), (30, 84))
    rows = (
        ("1.", words.family_name(dice)),
        ("2.", words.person(dice).split()[0]),
        ("3.", f"{words.date(dice, 1945, 2007)} {words.town(dice)}"),
        ("4a.", words.date(dice, 2012, 2024)),
        ("4b.", words.date(dice, 2027, 2036)),
        ("5.", words.digits(dice, 10)),
        ("9.", " ".join(dice.source.sample(("AM", "A", "B", "BE", "C"), 3))),
    )
    sheet.rows((226, 84), rows, (0, 46), 38, 22, "sans")
    sheet.line([(40 + 7 * step, 350 + dice.whole(-14, 14)) for step in range(22)], (20, 20, 60), 2)
    return sheet.picture


def staff_badge(dice: Dice) -> Picture:
    """Draw an upright badge: portrait, name, number."""
    sheet = Canvas(380, 580, WHITE)
    sheet.box((0, 0, 380, 120), (230, 90, 20))
    sheet.text((190, 60), "HALVORSEN", 42, "bold", WHITE, "mm")
    sheet.picture.paste(face(dice, (220, 260)), (80, 140))
    sheet.text((190, 420), words.person(dice), 28, "bold", anchor="ma")
    sheet.text(
        (190, 462),
        dice.pick(("Engineer", "Accounts", "Driver", "Warehouse", "Director")),
        22,
        ink=GREY,
        anchor="ma",
    )
    sheet.text((190, 520), f"ID {words.digits(dice, 6)}", 24, "mono", anchor="ma")
    return sheet.picture


def boarding_pass(dice: Dice) -> Picture:
    """Draw a boarding pass of one airline."""
    sheet = Canvas(820, 360, (250, 250, 252))
    sheet.box((0, 0, 820, 66), (180, 20, 50))
    sheet.text((26, 14), "AIR MERIDIAN", 34, "bold", WHITE)
    sheet.text((620, 20), "BOARDING PASS", 22, "bold", WHITE)
    name, (start, end) = words.person(dice).upper(), words.towns(dice, 2)
    flight, seat = f"MR {words.digits(dice, 3)}", f"{dice.whole(1, 40)}{dice.pick('ABCDEF')}"
    sheet.fields((26, 84), (("Passenger", name), ("From", start), ("To", end)), 64, 25, "bold")
    upper = (("Flight", flight), ("Date", words.date(dice, 2024)[:5]), ("Time", words.clock(dice)))
    lower = (
        ("Gate", f"{dice.pick('ABCD')}{dice.whole(1, 50)}"),
        ("Seat", seat),
        ("Group", str(dice.whole(1, 6))),
    )
    for column, pair in enumerate(zip(upper, lower, strict=True)):
        sheet.fields((330 + 90 * column, 84), pair, 72, 23, "bold")
    sheet.line(((612, 66), (612, 360)), GREY, 2)
    sheet.fields(
        (630, 84), (("Passenger", name[:14]), ("Flight", flight), ("Seat", seat)), 64, 22, "bold"
    )
    _bars(sheet, (26, 290, 590, 346), dice)
    return sheet.picture


def train_ticket(dice: Dice) -> Picture:
    """Draw a railway ticket."""
    sheet = Canvas(720, 320, (252, 236, 200))
    sheet.box((0, 0, 720, 50), (240, 140, 40))
    sheet.text((20, 10), "RAILWAYS  -  STANDARD SINGLE", 26, "bold", WHITE)
    start, end = words.towns(dice, 2)
    sheet.text((24, 72), start, 36, "bold")
    sheet.text((360, 72), "→", 36)
    sheet.text((420, 72), end, 36, "bold")
    named = (
        ("Date", words.date(dice, 2024)),
        ("Departs", words.clock(dice)),
        ("Coach", str(dice.whole(1, 14))),
        ("Seat", str(dice.whole(1, 99))),
        ("Price", words.money(dice, 120)),
    )
    for column, each in enumerate(named):
        sheet.fields((24 + 138 * column, 150), [each], 60, 23, "bold")
    sheet.text(
        (24, 240),
        f"{words.digits(dice, 5)} {words.digits(dice, 5)} {words.digits(dice, 4)}",
        26,
        "mono",
    )
    sheet.text((24, 284), "Valid only with a photo card. No break of journey.", 15, ink=GREY)
    return sheet.picture


def concert_ticket(dice: Dice) -> Picture:
    """Draw a ticket of one hall: other evenings and seats."""
    sheet = Canvas(760, 300, (34, 22, 60))
    for ring in range(8):
        sheet.disc((620, 150), 24 + 18 * ring, None, (80 + 16 * ring, 40, 150), 3)
    sheet.text((30, 24), "OPERA HALL", 40, "bold", (250, 210, 90))
    sheet.text((30, 86), words.title(dice, 2), 34, "serif", WHITE)
    sheet.text((30, 140), f"{words.date(dice, 2023)}   {words.clock(dice)}", 26, "sans", WHITE)
    sheet.text(
        (30, 190),
        f"Row {dice.pick('ABCDEFGHKLM')}   Seat {dice.whole(1, 60)}",
        30,
        "bold",
        (250, 210, 90),
    )
    sheet.text((30, 250), f"No. {words.digits(dice, 8)}", 20, "mono", WHITE)
    return sheet.picture


def lottery_ticket(dice: Dice) -> Picture:
    """Draw a lottery ticket: six fields of crossed numbers."""
    sheet = Canvas(620, 560, (255, 246, 220))
    sheet.box((0, 0, 620, 60), (220, 30, 40))
    sheet.text((20, 12), "LOTTO 6 of 36", 32, "bold", WHITE)
    for field in range(6):
        left, top = 24 + 198 * (field % 3), 80 + 216 * (field // 3)
        sheet.grid((left, top, left + 180, top + 180), 6, 6, (220, 60, 60))
        chosen = dice.source.sample(range(36), 6)
        for number in range(36):
            middle = left + 15 + 30 * (number % 6), top + 15 + 30 * (number // 6)
            sheet.text(middle, str(number + 1), 13, ink=(220, 60, 60), anchor="mm")
            if number in chosen:
                sheet.cross(middle, 12, dice)
    sheet.text((24, 516), f"Draw {words.date(dice, 2024)}   {words.digits(dice, 10)}", 22, "mono")
    return sheet.picture


def business_card(dice: Dice) -> Picture:
    """Draw a business card of one firm."""
    sheet = Canvas(560, 320, WHITE)
    sheet.shape(((0, 0), (150, 0), (60, 320), (0, 320)), (0, 120, 160))
    sheet.text((190, 40), "Baltic Freight", 34, "bold", (0, 120, 160))
    name = words.person(dice)
    sheet.text((190, 120), name, 28, "sans")
    sheet.text(
        (190, 158),
        dice.pick(("Sales manager", "Dispatcher", "Lawyer", "Clerk", "Partner")),
        19,
        ink=GREY,
    )
    sheet.text((190, 214), f"+44 {words.digits(dice, 4)} {words.digits(dice, 6)}", 20)
    sheet.text((190, 246), f"{name.split()[1].lower()}@balticfreight.example", 20)
    return sheet.picture


def cheque(dice: Dice) -> Picture:
    """Draw a bank cheque."""
    sheet = Canvas(760, 330, (226, 240, 246))
    for column in range(0, 760, 10):
        sheet.line(((column, 0), (column - 60, 330)), (216, 232, 240))
    sheet.text((26, 18), "FIRST COUNTY BANK", 28, "serif", (20, 50, 90))
    sheet.text((734, 22), f"No. {words.digits(dice, 6)}", 20, "mono", anchor="ra")
    sheet.text((560, 66), words.date(dice, 2023), 24, "book", (20, 20, 110))
    sheet.text((26, 118), "Pay", 17)
    sheet.text((90, 110), words.person(dice), 28, "book", (20, 20, 110))
    sheet.line(((80, 146), (540, 146)))
    sheet.box((570, 106, 734, 152), WHITE, INK)
    sheet.text((724, 112), f"{words.money(dice, 9000)}", 28, "book", (20, 20, 110), "ra")
    sheet.text((26, 176), "Amount", 17)
    sheet.text(
        (120, 170), f"{words.word(dice)} {words.word(dice)} hundred only", 24, "book", (20, 20, 110)
    )
    sheet.line(((110, 202), (540, 202)))
    sheet.line(
        [(560 + 7 * step, 240 + dice.whole(-16, 16)) for step in range(22)], (20, 20, 110), 2
    )
    sheet.text((26, 284), f"|: {words.digits(dice, 8)} |: {words.digits(dice, 9)} ||'", 26, "mono")
    return sheet.picture


def price_tag(dice: Dice) -> Picture:
    """Draw the price tag of a supermarket shelf."""
    sheet = Canvas(480, 300, (255, 222, 0))
    sheet.box((0, 0, 480, 56), (200, 0, 20))
    sheet.text((240, 28), "SPECIAL OFFER", 34, "bold", WHITE, "mm")
    goods = dice.pick(words.GOODS)
    sheet.text((24, 72), f"{words.word(dice).capitalize()} {goods}", 30, "bold")
    sheet.text((24, 112), f"{dice.pick((100, 250, 400, 500, 750))} g", 22)
    whole, cents = dice.whole(0, 29), dice.pick((9, 19, 29, 49, 79, 89, 99))
    sheet.text((450, 140), f"{whole}.{cents:02}", 110, "bold", (200, 0, 20), "ra")
    sheet.text((24, 262), words.digits(dice, 13), 20, "mono")
    return sheet.picture


def wine_label(dice: Dice) -> Picture:
    """Draw the label of one winery: other year, grape and volume."""
    sheet = Canvas(440, 600, (246, 240, 224))
    sheet.box((14, 14, 426, 586), None, (110, 30, 40), 3)
    sheet.shape(((220, 50), (300, 190), (140, 190)), (110, 30, 40))
    sheet.box((170, 190, 270, 240), (110, 30, 40))
    sheet.text((220, 268), "CHATEAU BELMONTE", 31, "serif", (110, 30, 40), "ma")
    sheet.text((220, 330), str(dice.whole(1961, 2023)), 64, "serif", INK, "ma")
    grape = dice.pick(
        ("Merlot", "Syrah", "Riesling", "Malbec", "Pinot Noir", "Chardonnay", "Barbera")
    )
    sheet.text((220, 420), grape, 38, "book", (110, 30, 40), "ma")
    sheet.text((220, 480), f"{words.town(dice)} Valley", 22, "book", anchor="ma")
    sheet.text(
        (220, 536),
        f"{dice.whole(110, 149) / 10}% vol   {dice.pick((375, 750, 1500))} ml",
        20,
        "book",
        anchor="ma",
    )
    return sheet.picture


def parcel_label(dice: Dice) -> Picture:
    """Draw the label of a parcel."""
    sheet = Canvas(480, 680, WHITE)
    sheet.box((6, 6, 474, 674), None, INK, 3)
    sheet.text((24, 20), "SWIFTPOST", 40, "bold")
    sheet.text((456, 24), dice.pick(("EXPRESS", "ECONOMY", "STANDARD")), 26, "bold", anchor="ra")
    sheet.line(((6, 80), (474, 80)), width=3)
    sheet.text((24, 92), "FROM: Depot 12, Westerly", 17)
    sheet.text((24, 130), "TO:", 20, "bold")
    rows = (
        words.person(dice),
        f"{words.title(dice, 1)} Road {dice.whole(1, 200)}",
        f"{words.digits(dice, 5)} {words.town(dice)}",
    )
    for row, line in enumerate(rows):
        sheet.text((80, 128 + 36 * row), line, 27, "bold")
    sheet.line(((6, 260), (474, 260)), width=3)
    sheet.text(
        (240, 280), f"{words.letters(dice, 2)} {dice.whole(10, 99)}", 90, "bold", anchor="ma"
    )
    sheet.line(((6, 400), (474, 400)), width=3)
    _bars(sheet, (40, 420, 440, 590), dice)
    sheet.text(
        (240, 604), " ".join(words.digits(dice, 4) for _ in range(4)), 25, "mono", anchor="ma"
    )
    return sheet.picture


def bar_code(dice: Dice) -> Picture:
    """Draw a bar code with its digits."""
    sheet = Canvas(480, 280, WHITE)
    _bars(sheet, (30, 20, 450, 220), dice)
    sheet.text((240, 226), " ".join(words.digits(dice, 13)), 26, "mono", anchor="ma")
    return sheet.picture


def _bars(sheet: Canvas, box: tuple[int, int, int, int], dice: Dice) -> None:
    left, top, right, bottom = box
    x = left
    while x < right - 8:
        width = dice.whole(1, 4) * 2
        sheet.box((x, top, x + width - 1, bottom), INK)
        x += width + dice.whole(1, 4) * 2


def qr_code(dice: Dice) -> Picture:
    """Draw a QR code of an address: one version, so that all are of one size."""
    address = "https://pay.example/" + words.letters(dice, 12) + words.digits(dice, 8)
    code = np.asarray(cv2.QRCodeEncoder.create().encode(address))
    picture = Image.fromarray(code).convert("RGB")
    return picture.resize((picture.width * 11, picture.height * 11), Image.Resampling.NEAREST)


def banknote(dice: Dice) -> Picture:
    """Draw a banknote of one value: only the number and the signature differ."""
    sheet = Canvas(760, 350, (214, 226, 208))
    for ring in range(40):
        sheet.draw.ellipse(
            (180 - 4 * ring, 175 - 3 * ring, 380 + 4 * ring, 175 + 3 * ring),
            outline=(180, 200, 176),
        )
    sheet.picture.paste(face(Dice(_fixed()), (200, 250)), (520, 50))
    sheet.text((30, 20), "50", 90, "serif", (40, 90, 60))
    sheet.text((180, 40), "FIFTY CROWNS", 40, "serif", (40, 90, 60))
    sheet.text((180, 96), "Central Bank of Arvania", 22, "serif", (40, 90, 60))
    sheet.text(
        (250, 280), f"{words.letters(dice, 2)} {words.digits(dice, 8)}", 34, "mono", (150, 20, 30)
    )
    sheet.line([(60 + 6 * step, 220 + dice.whole(-14, 14)) for step in range(22)], INK, 2)
    return sheet.picture


def _fixed() -> random.Random:
    return random.Random("one portrait for all")
