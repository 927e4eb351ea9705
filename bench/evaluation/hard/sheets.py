"""Sheets to fill in and to look up: ballots, surveys, sums, puzzles, timetables, notes."""

from __future__ import annotations

from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import INK, paper

_CANDIDATES = (
    "Adler",
    "Becker",
    "Conti",
    "Duarte",
    "Engel",
    "Fabre",
    "Gallo",
    "Horvat",
    "Ilic",
    "Juhl",
    "Kraus",
    "Lopez",
    "Maier",
    "Nagy",
)


def ticked_survey(dice: Dice) -> Picture:
    """Draw a questionnaire in which nothing but the crosses differs."""
    sheet = paper(640, 780, dice)
    sheet.text((40, 26), "Visitor survey", 34, "bold")
    sheet.rows((300, 84), [("poor", "fair", "good", "best")], (0, 80, 160, 240), 20, 16)
    questions = (
        "Opening hours",
        "Staff",
        "Exhibits",
        "Cafe",
        "Rest rooms",
        "Signs",
        "Shop",
        "Price",
        "Guided tour",
        "Website",
    )
    for row, question in enumerate(questions):
        y = 118 + 58 * row
        sheet.text((40, y), f"{row + 1}. {question}", 21, "serif")
        for column in range(4):
            sheet.box((306 + 80 * column, y, 330 + 80 * column, y + 24), None, INK, 2)
        sheet.cross((318 + 80 * dice.whole(0, 3), y + 12), 11, dice)
        sheet.line(((40, y + 42), (600, y + 42)), (200, 200, 200))
    sheet.text(
        (40, 730), "Thank you. Please drop this sheet into the box at the exit.", 17, "serif"
    )
    return sheet.picture


def ballot(dice: Dice) -> Picture:
    """Draw a ballot of one district with one or two crosses."""
    sheet = paper(560, 860, dice, (244, 240, 214))
    sheet.text((280, 24), "OFFICIAL BALLOT", 36, "bold", anchor="ma")
    sheet.text((280, 72), "District 7 - Council - you have two votes", 18, "serif", anchor="ma")
    for row, name in enumerate(_CANDIDATES):
        y = 112 + 50 * row
        sheet.box((30, y, 530, y + 50), None, INK, 2)
        sheet.text((44, y + 12), str(row + 1), 22, "bold")
        sheet.text((90, y + 10), name, 24, "serif")
        sheet.text(
            (260, y + 16), ("Civic List", "Unity", "Green Forum", "Independent")[row % 4], 16
        )
        sheet.disc((490, y + 25), 17, None, INK)
    for row in dice.source.sample(range(14), dice.whole(1, 2)):
        sheet.cross((490, 137 + 50 * row), 19, dice)
    return sheet.picture


def answer_sheet(dice: Dice) -> Picture:
    """Draw the filled bubbles of an examination."""
    sheet = paper(560, 760, dice)
    sheet.text((40, 24), "ANSWER SHEET", 28, "bold")
    sheet.text((320, 30), f"Candidate {words.digits(dice, 6)}", 22, "mono")
    for number in range(40):
        x, y = 50 + 260 * (number // 20), 84 + 33 * (number % 20)
        sheet.text((x, y), f"{number + 1:2}", 17, "mono")
        chosen = dice.whole(0, 4)
        for bubble in range(5):
            place = x + 56 + 34 * bubble, y + 11
            sheet.disc(place, 11, (40, 40, 48) if bubble == chosen else None, (200, 60, 80), 1)
            if bubble != chosen:
                sheet.text(place, "ABCDE"[bubble], 12, ink=(200, 60, 80), anchor="mm")
    return sheet.picture


def sums_sheet(dice: Dice) -> Picture:
    """Draw a sheet of sums for children."""
    sheet = paper(600, 760, dice)
    sheet.text((40, 24), "Name ______________   Class ____", 22)
    for number in range(18):
        x, y = 60 + 280 * (number % 2), 96 + 70 * (number // 2)
        sign = dice.pick("+-×")
        sheet.text((x, y), f"{dice.whole(11, 99)} {sign} {dice.whole(2, 99)} =", 34, "sans")
        sheet.line(((x + 190, y + 38), (x + 240, y + 38)))
    return sheet.picture


def equations(dice: Dice) -> Picture:
    """Draw a blackboard-like sheet of equations."""
    sheet = paper(640, 500, dice)
    sheet.text((36, 20), "Exercises 4: solve for x", 24, "bold")
    for row in range(7):
        a, b, c = dice.whole(2, 12), dice.whole(2, 60), dice.whole(2, 90)
        text = dice.pick(
            (
                "{a}x² - {b}x + {c} = 0",
                "√({a}x + {b}) = {c}",
                "{a}(x - {b}) = {c}x + 1",
                "(x + {b}) : {a} = {c}",
            )
        )
        sheet.text(
            (50, 74 + 58 * row), f"({'abcdefg'[row]})  " + text.format(a=a, b=b, c=c), 32, "serif"
        )
    return sheet.picture


def crossword(dice: Dice) -> Picture:
    """Draw a half-filled crossword whose grid is always the same."""
    sheet = paper(620, 680, dice)
    sheet.text((40, 16), "Sunday Crossword", 32, "serif")
    black = {(r * 5 + c * 3) % 29 for r in range(3) for c in range(4)}
    for row in range(13):
        for column in range(13):
            x, y = 40 + 41 * column, 80 + 41 * row
            if (row * 13 + column * 7 + row * column) % 29 in black and (row + column) % 3:
                sheet.box((x, y, x + 41, y + 41), INK)
                continue
            sheet.box((x, y, x + 41, y + 41), None, INK)
            if dice.happens(0.5):
                sheet.text(
                    (x + 21, y + 22),
                    dice.pick("ABCDEFGHILMNOPRSTU"),
                    26,
                    "sans",
                    (30, 50, 140),
                    "mm",
                )
    return sheet.picture


def bus_timetable(dice: Dice) -> Picture:
    """Draw the timetable at a bus stop."""
    sheet = paper(560, 780, dice)
    sheet.box((0, 0, 560, 90), (250, 200, 0))
    sheet.text((24, 18), f"{dice.whole(1, 99)}", 48, "bold")
    sheet.text((130, 30), f"to {words.town(dice)}", 30, "bold")
    sheet.rows((24, 104), [("Hour", "Mon-Fri", "Sat")], (0, 90, 350), 24, 18, "bold")
    for row in range(17):
        y = 138 + 37 * row
        if row % 2:
            sheet.box((16, y - 5, 544, y + 30), (240, 238, 226))
        week = " ".join(f"{m:02}" for m in sorted(dice.source.sample(range(60), dice.whole(3, 6))))
        saturday = " ".join(
            f"{m:02}" for m in sorted(dice.source.sample(range(60), dice.whole(1, 4)))
        )
        sheet.rows((24, y), [(f"{row + 5:02}", week, saturday)], (0, 90, 350), 30, 21, "mono")
    return sheet.picture


def month_calendar(dice: Dice) -> Picture:
    """Draw a month of a wall calendar, with two days marked."""
    sheet = paper(640, 560, dice)
    sheet.text(
        (320, 14),
        f"{dice.pick(words.MONTHS)} {dice.whole(2015, 2029)}",
        40,
        "bold",
        (170, 30, 40),
        "ma",
    )
    first, days = dice.whole(0, 6), dice.whole(28, 31)
    for column, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        sheet.text((70 + 84 * column, 78), name, 18, "bold", anchor="ma")
    sheet.grid((28, 106, 616, 544), 7, 6)
    marked = dice.source.sample(range(1, days + 1), 2)
    for day in range(1, days + 1):
        column, row = (first + day - 1) % 7, (first + day - 1) // 7
        x, y = 28 + 84 * column, 106 + 73 * row
        sheet.text((x + 8, y + 6), str(day), 24, "sans", (170, 30, 40) if column == 6 else INK)
        if day in marked:
            sheet.disc((x + 42, y + 40), 24, None, (20, 60, 170), 3)
    return sheet.picture


def sheet_music(dice: Dice) -> Picture:
    """Draw five staves of notes."""
    sheet = paper(640, 760, dice)
    sheet.text((320, 20), words.title(dice, 2), 34, "serif", anchor="ma")
    for staff in range(5):
        top = 110 + 128 * staff
        for line in range(5):
            sheet.line(((40, top + 12 * line), (600, top + 12 * line)), width=1)
        for bar in range(5):
            sheet.line(((40 + 140 * bar, top), (40 + 140 * bar, top + 48)), width=2)
        for note in range(15):
            x, step = 70 + 36 * note, dice.whole(-1, 9)
            y = top + 48 - 6 * step
            hollow = dice.happens(0.25)
            sheet.draw.ellipse(
                (x - 8, y - 6, x + 8, y + 6), fill=None if hollow else INK, outline=INK, width=2
            )
            sheet.line(
                ((x + 7, y), (x + 7, y - 36)) if step < 5 else ((x - 7, y), (x - 7, y + 36)),
                width=2,
            )
    return sheet.picture
