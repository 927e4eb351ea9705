"""Documents on paper: receipts, letters, forms, ballots, sheets."""

from __future__ import annotations

from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import GREY, INK, face, paper


def receipt(dice: Dice) -> Picture:
    """Draw the till receipt of one grocer."""
    sheet = paper(400, 820, dice)
    sheet.text((200, 30), "GREENLEAF MARKET", 32, "bold", anchor="ma")
    for row, line in enumerate(("14 Harbour Road", "Tel 555 0142", "VAT GB 77 451 902")):
        sheet.text((200, 74 + 24 * row), line, 18, "mono", anchor="ma")
    head = (
        f"{words.date(dice)} {words.clock(dice)}  TILL {dice.whole(1, 9)}  #{words.digits(dice, 4)}"
    )
    sheet.text((24, 164), head, 15, "mono")
    sheet.line(((24, 190), (376, 190)), width=2)
    prices = [dice.whole(45, 1290) for _ in range(11)]
    for row, (goods, price) in enumerate(
        zip(dice.source.sample(words.GOODS, 11), prices, strict=True)
    ):
        sheet.text((24, 204 + 34 * row), f"{goods}", 20, "mono")
        sheet.text((376, 204 + 34 * row), f"{price / 100:.2f}", 20, "mono", anchor="ra")
    sheet.line(((24, 590), (376, 590)), width=2)
    total = sum(prices)
    for row, (name, cents) in enumerate(
        (("TOTAL", total), ("VAT 20%", total // 6), ("CASH", total // 500 * 500 + 1000))
    ):
        sheet.text((24, 604 + 36 * row), name, 26, "mono")
        sheet.text((376, 604 + 36 * row), f"{cents / 100:.2f}", 26, "mono", anchor="ra")
    sheet.text((200, 736), "THANK YOU FOR SHOPPING WITH US", 17, "mono", anchor="ma")
    sheet.text((200, 762), "Keep this receipt for returns", 16, "mono", anchor="ma")
    return sheet.picture


def parking_receipt(dice: Dice) -> Picture:
    """Draw the short receipt of a car park: four values differ."""
    sheet = paper(420, 520, dice, (246, 246, 242))
    sheet.text((210, 26), "CITY PARK  P4", 36, "bold", anchor="ma")
    sheet.text((210, 78), "Central Station Garage", 20, "narrow", anchor="ma")
    sheet.line(((20, 116), (400, 116)), width=3)
    named = (
        ("ENTRY", f"{words.date(dice)} {words.clock(dice)}"),
        ("EXIT", f"{words.date(dice)} {words.clock(dice)}"),
        ("TICKET", words.digits(dice, 9)),
        ("PLATE", f"{words.letters(dice, 2)} {words.digits(dice, 4)}"),
    )
    sheet.rows((24, 140), named, (0, 120), 46, 24, "mono")
    sheet.line(((20, 330), (400, 330)), width=3)
    sheet.text((24, 350), "PAID", 40, "bold")
    sheet.text((396, 350), f"{words.money(dice, 60)} EUR", 40, "bold", anchor="ra")
    sheet.text((210, 430), "Drive safely. No refund on lost tickets.", 17, "narrow", anchor="ma")
    sheet.text((210, 458), "Customer line 0800 4411", 17, "narrow", anchor="ma")
    return sheet.picture


def invoice(dice: Dice) -> Picture:
    """Draw an invoice of one company."""
    sheet = paper(640, 900, dice)
    sheet.box((0, 0, 640, 14), (0, 110, 120))
    sheet.text((40, 40), "Norvik Supplies Ltd.", 34, "bold", (0, 110, 120))
    sheet.text((40, 84), "Unit 9, Quay Lane 3, Northgate", 16, ink=GREY)
    sheet.text((600, 44), "INVOICE", 30, "sans", anchor="ra")
    sheet.text((600, 84), f"No. {dice.whole(2019, 2026)}-{words.digits(dice, 5)}", 17, anchor="ra")
    sheet.text((600, 108), words.date(dice), 17, anchor="ra")
    sheet.text((40, 140), "Bill to", 15, ink=GREY)
    for row, line in enumerate(
        (
            words.person(dice),
            f"{words.title(dice, 1)} Street {dice.whole(1, 140)}",
            words.town(dice),
        )
    ):
        sheet.text((40, 162 + 24 * row), line, 19)
    sheet.box((40, 270, 600, 304), (226, 240, 240))
    sheet.rows(
        (50, 277), [("Description", "Qty", "Price", "Amount")], (0, 280, 360, 460), 30, 16, "bold"
    )
    total = 0.0
    for row in range(8):
        quantity, price = dice.whole(1, 30), dice.whole(150, 9000) / 100
        total += quantity * price
        cells = (words.title(dice, 2), str(quantity), f"{price:.2f}", f"{quantity * price:.2f}")
        sheet.rows((50, 318 + 42 * row), [cells], (0, 280, 360, 460), 42, 17)
        sheet.line(((40, 348 + 42 * row), (600, 348 + 42 * row)), (210, 216, 216))
    sheet.text((600, 690), f"Total due  {total:,.2f}", 26, "bold", anchor="ra")
    sheet.paragraph(
        (40, 770),
        "Payment within 30 days to account 4410 0097 3321. Goods remain our property until"
        " paid in full.",
        560,
        15,
        ink=GREY,
    )
    return sheet.picture


def ministry_letter(dice: Dice) -> Picture:
    """Draw an official letter: head, reference, four paragraphs, a stamp and a signature."""
    sheet = paper(660, 920, dice)
    sheet.disc((80, 76), 40, None, (90, 30, 30), 4)
    sheet.shape(((80, 46), (106, 96), (54, 96)), (90, 30, 30))
    sheet.text((140, 44), "DEPARTMENT OF PUBLIC WORKS", 28, "serif", (90, 30, 30))
    sheet.text((140, 84), "Office of the Secretary", 19, "serif", (90, 30, 30))
    sheet.line(((40, 130), (620, 130)), (90, 30, 30), 3)
    sheet.text((40, 150), f"Ref: DPW/{words.digits(dice, 3)}/{words.letters(dice, 2)}", 17, "book")
    sheet.text(
        (620, 150), f"{dice.whole(1, 28)} {dice.pick(words.MONTHS)} 2025", 17, "book", anchor="ra"
    )
    y = sheet.paragraph((40, 196), f"Dear {words.person(dice)},", 580, 18, "book") + 14
    for _ in range(4):
        y = sheet.paragraph((40, y), words.text(dice, 4), 580, 18, "book") + 16
    sheet.text((40, 790), "Yours faithfully,", 18, "book")
    sheet.text((40, 840), words.person(dice), 20, "book")
    sheet.disc((520, 820), 56, None, (40, 50, 150), 4)
    sheet.text((520, 820), "DPW", 30, "bold", (40, 50, 150), "mm")
    return sheet.picture


def memo(dice: Dice) -> Picture:
    """Draw a short note of one firm: most of the sheet is empty."""
    sheet = paper(640, 860, dice)
    sheet.text((50, 50), "INTERNAL MEMO", 42, "bold")
    sheet.box((50, 112, 590, 118), INK)
    named = (
        ("To:", words.person(dice)),
        ("From:", words.person(dice)),
        ("Date:", words.date(dice)),
        ("Subject:", words.title(dice, 3)),
    )
    sheet.rows((50, 140), named, (0, 120), 36, 22, "serif")
    sheet.line(((50, 296), (590, 296)), GREY, 2)
    sheet.paragraph((50, 320), words.text(dice, 3), 540, 20, "serif")
    sheet.text(
        (320, 820), "Confidential - do not forward outside the company", 14, ink=GREY, anchor="ma"
    )
    return sheet.picture


def _page(dice: Dice, size: int, style: str) -> Picture:
    sheet = paper(560, 800, dice)
    y = 44.0
    while y < 730:
        y = sheet.paragraph((44, y), words.text(dice, dice.whole(2, 5)), 472, size, style) + size
    return sheet.picture


def book_page(dice: Dice) -> Picture:
    """Draw a page of small running text."""
    return _page(dice, 15, "book")


def essay_page(dice: Dice) -> Picture:
    """Draw a page of text in a middle size."""
    return _page(dice, 20, "serif")


def leaflet_page(dice: Dice) -> Picture:
    """Draw a page of few large words."""
    return _page(dice, 34, "sans")


def application_form(dice: Dice) -> Picture:
    """Draw one form, filled in."""
    sheet = paper(640, 860, dice)
    sheet.text((320, 26), "APPLICATION FOR A PERMIT", 30, "bold", anchor="ma")
    sheet.text((320, 68), "Form C-114. Complete in block letters.", 15, ink=GREY, anchor="ma")
    values = (
        ("1. Surname", words.family_name(dice).upper()),
        ("2. First names", words.person(dice).split()[0].upper()),
        ("3. Date of birth", words.date(dice, 1950, 2004)),
        ("4. Place of birth", words.town(dice).upper()),
        ("5. Address", f"{words.word(dice).upper()} ROAD {dice.whole(1, 99)}"),
        ("6. Telephone", f"0{words.digits(dice, 9)}"),
        ("7. Occupation", words.word(dice).upper()),
    )
    for row, (name, value) in enumerate(values):
        y = 110 + 76 * row
        sheet.text((40, y), name, 15)
        sheet.box((40, y + 22, 600, y + 62), None, (60, 60, 60))
        sheet.text((54, y + 28), value, 25, "mono", (24, 40, 130))
    sheet.text((40, 650), "8. Reason", 15)
    for row, reason in enumerate(("Work", "Study", "Family", "Other")):
        sheet.box((40 + 140 * row, 680, 62 + 140 * row, 702), None, INK, 2)
        sheet.text((72 + 140 * row, 680), reason, 18)
    sheet.cross((51 + 140 * dice.whole(0, 3), 691), 10, dice)
    sheet.text((40, 740), "9. Date and signature", 15)
    sheet.line(((40, 816), (600, 816)))
    sheet.text((54, 780), words.date(dice, 2024), 24, "mono", (24, 40, 130))
    return sheet.picture


def certificate(dice: Dice) -> Picture:
    """Draw the certificate of one school."""
    sheet = paper(840, 600, dice, (253, 248, 232))
    for inset, width in ((14, 6), (28, 2), (36, 1)):
        sheet.box((inset, inset, 840 - inset, 600 - inset), None, (20, 80, 60), width)
    sheet.text((420, 80), "CERTIFICATE OF MERIT", 48, "serif", (20, 80, 60), "ma")
    sheet.text((420, 160), "awarded by the Lakeside Academy to", 22, "book", anchor="ma")
    sheet.text((420, 216), words.person(dice), 54, "book", (60, 20, 80), "ma")
    sheet.text((420, 310), f"for {words.title(dice, 2)}", 26, "book", anchor="ma")
    sheet.text((420, 352), f"with {dice.whole(70, 100)} of 100 points", 22, "book", anchor="ma")
    sheet.text((120, 490), words.date(dice), 20, "book")
    sheet.line(((560, 510), (760, 510)), width=2)
    sheet.text((660, 518), "Head of School", 16, "book", anchor="ma")
    sheet.disc((420, 500), 48, (200, 160, 50), (150, 110, 20), 4)
    return sheet.picture


def prescription(dice: Dice) -> Picture:
    """Draw a doctor's prescription."""
    sheet = paper(480, 640, dice, (238, 246, 250))
    sheet.text((240, 24), "Dr. H. Lindqvist, M.D.", 28, "serif", anchor="ma")
    sheet.text((240, 64), "General practice - Mill Lane 8", 17, "serif", anchor="ma")
    sheet.line(((24, 100), (456, 100)), width=2)
    sheet.text((30, 112), "Patient:", 17)
    sheet.text((120, 108), words.person(dice), 24, "book", (20, 30, 120))
    sheet.text((30, 152), "Date:", 17)
    sheet.text((120, 148), words.date(dice, 2023), 24, "book", (20, 30, 120))
    sheet.text((30, 206), "Rx", 60, "serif")
    for row in range(3):
        drug = f"{words.word(dice).capitalize()}ol {dice.whole(1, 80) * 10} mg"
        sheet.text((120, 226 + 92 * row), drug, 25, "book", (20, 30, 120))
        sheet.text(
            (120, 258 + 92 * row),
            f"{dice.whole(1, 3)} x daily, {dice.whole(3, 30)} days",
            20,
            "book",
            (20, 30, 120),
        )
    sheet.line(((240, 590), (456, 590)))
    sheet.text((348, 596), "signature", 14, ink=GREY, anchor="ma")
    return sheet.picture


def menu(dice: Dice) -> Picture:
    """Draw the week's menu of one canteen."""
    sheet = paper(560, 780, dice, (250, 244, 230))
    sheet.text((280, 26), "~ The Copper Kettle ~", 38, "serif", (120, 50, 20), "ma")
    sheet.text((280, 82), "Lunch this week", 22, "serif", anchor="ma")
    for row, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")):
        y = 130 + 124 * row
        sheet.text((40, y), day, 24, "bold", (120, 50, 20))
        for line in range(2):
            first, second = dice.source.sample(words.GOODS, 2)
            dish = f"{words.word(dice).capitalize()} {first.lower()} with {second.lower()}"
            sheet.text((40, y + 36 + 32 * line), dish, 20, "serif")
            sheet.text((520, y + 36 + 32 * line), words.money(dice, 15), 20, "serif", anchor="ra")
    return sheet.picture


def passport_page(dice: Dice) -> Picture:
    """Draw the page of a passport with the portrait."""
    sheet = paper(760, 520, dice, (232, 226, 238))
    for row in range(0, 520, 14):
        sheet.line([(x, row + 6 * ((x // 20) % 3)) for x in range(0, 761, 20)], (216, 206, 228))
    sheet.text((30, 18), "PASSPORT  PASSEPORT", 26, "serif", (80, 30, 90))
    sheet.text(
        (730, 18),
        f"{words.letters(dice, 2)}{words.digits(dice, 7)}",
        28,
        "mono",
        (150, 20, 30),
        "ra",
    )
    sheet.picture.paste(face(dice, (210, 270)), (34, 80))
    surname = words.family_name(dice).upper()
    given = words.person(dice).split()[0].upper()
    named = (
        ("Surname", surname),
        ("Given names", given),
        ("Nationality", "ARVANIAN"),
        ("Date of birth", words.date(dice, 1945, 2006)),
        ("Place of birth", words.town(dice).upper()),
        ("Date of expiry", words.date(dice, 2027, 2036)),
    )
    sheet.fields((280, 70), named, 54, 22, "bold")
    code = f"P<ARV{surname}<<{given}".ljust(36, "<")[:36]
    sheet.text((30, 430), code, 30, "mono")
    sheet.text(
        (30, 468),
        f"{words.letters(dice, 1)}{words.digits(dice, 8)}<{words.digits(dice, 6)}".ljust(36, "<"),
        30,
        "mono",
    )
    return sheet.picture
