"""Boards, cards and puzzles."""

from __future__ import annotations

from bench.evaluation.dice import Colour, Dice, Picture
from bench.evaluation.hard.drawing import INK, WHITE, Canvas

_LINES: Colour = (150, 150, 154)
_SUITS = {"♠": INK, "♥": (200, 20, 40), "♦": (200, 20, 40), "♣": INK}


_FOUR_ROWS = (0.0, 1.33, 2.67, 4.0)
_SIDE_ROWS: dict[int, tuple[float, ...]] = {
    **dict.fromkeys((4, 5), (0.0, 4.0)),
    **dict.fromkeys((6, 7), (0.0, 2.0, 4.0)),
    **dict.fromkeys((8, 9, 10), _FOUR_ROWS),
}
_MIDDLE_ROWS: dict[int, tuple[float, ...]] = {
    **dict.fromkeys((1, 5, 9), (2.0,)),
    2: (0.0, 4.0),
    3: (0.0, 2.0, 4.0),
    7: (1.0,),
    10: (0.7, 3.3),
}


def chess_board(dice: Dice) -> Picture:
    """Draw a position of a game of chess."""
    sheet = Canvas(560, 560, (240, 217, 181))
    squares = [(column, row) for row in range(8) for column in range(8)]
    for column, row in squares:
        if (column + row) % 2:
            sheet.box((70 * column, 70 * row, 70 * column + 69, 70 * row + 69), (181, 136, 99))
    for column, row in dice.source.sample(squares, dice.whole(12, 24)):
        sheet.text(
            (70 * column + 35, 70 * row + 35), dice.pick("♔♕♖♗♘♙♚♛♜♝♞♟"), 58, "symbol", anchor="mm"
        )
    return sheet.picture


def draughts(dice: Dice) -> Picture:
    """Draw a position of a game of draughts."""
    sheet = Canvas(560, 560, (236, 236, 220))
    for row in range(8):
        for column in range(8):
            if (column + row) % 2:
                x, y = 70 * column, 70 * row
                sheet.box((x, y, x + 69, y + 69), (60, 120, 80))
                kind = dice.whole(0, 3)
                if kind < 2:
                    sheet.disc(
                        (x + 35, y + 35),
                        27,
                        ((30, 30, 34), (240, 240, 236))[kind],
                        (120, 120, 120),
                        3,
                    )
    return sheet.picture


def go_board(dice: Dice) -> Picture:
    """Draw stones on a board of thirteen lines."""
    sheet = Canvas(600, 600, (222, 184, 120))
    sheet.grid((36, 36, 564, 564), 12, 12, (60, 40, 20), 2)
    points = [(column, row) for row in range(13) for column in range(13)]
    for turn, (column, row) in enumerate(dice.source.sample(points, dice.whole(30, 70))):
        fill = (20, 20, 20) if turn % 2 else (248, 248, 244)
        sheet.disc((36 + 44 * column, 36 + 44 * row), 20, fill, (40, 40, 40), 1)
    return sheet.picture


def playing_card(dice: Dice) -> Picture:
    """Draw a card of a pack: its value in the corners, the pips in between."""
    value, suit = dice.whole(1, 10), dice.pick(tuple(_SUITS))
    ink: Colour = _SUITS[suit]
    sheet = Canvas(360, 520, WHITE)
    sheet.pill((4, 4, 355, 515), 22, WHITE, (90, 90, 90))
    corner = "A" if value == 1 else str(value)
    for x, y in ((40, 40), (320, 480)):
        sheet.text((x, y - 14), corner, 34, "bold", ink, "mm")
        sheet.text((x, y + 18), suit, 30, "symbol", ink, "mm")
    for column, row in _pips(value):
        sheet.text((110 + 70 * column, 110 + 75 * row), suit, 64, "symbol", ink, "mm")
    return sheet.picture


def _pips(value: int) -> list[tuple[float, float]]:
    """Return where the pips of a value are, in columns 0..2 and rows 0..4."""
    sides = [(column, row) for column in (0.0, 2.0) for row in _SIDE_ROWS.get(value, ())]
    return [*((1.0, row) for row in _MIDDLE_ROWS.get(value, ())), *sides]


def dominoes(dice: Dice) -> Picture:
    """Draw six dominoes on green cloth."""
    sheet = Canvas(600, 420, (24, 96, 60))
    spots = {0: "", 1: "e", 2: "ai", 3: "aei", 4: "acgi", 5: "acegi", 6: "acdfgi"}
    for tile in range(6):
        x, y = 40 + 186 * (tile % 3), 30 + 196 * (tile // 3)
        sheet.pill((x, y, x + 80, y + 160), 10, (250, 248, 240), INK)
        sheet.line(((x + 8, y + 80), (x + 72, y + 80)), INK, 2)
        for half in range(2):
            for spot in spots[dice.whole(0, 6)]:
                place = "abcdefghi".index(spot)
                sheet.disc(
                    (x + 18 + 22 * (place % 3), y + 80 * half + 18 + 22 * (place // 3)), 8, INK
                )
    return sheet.picture


def sudoku(dice: Dice) -> Picture:
    """Draw a sudoku."""
    sheet = Canvas(500, 500, WHITE)
    sheet.grid((25, 25, 475, 475), 9, 9, _LINES)
    sheet.grid((25, 25, 475, 475), 3, 3, INK, 4)
    for cell in dice.source.sample(range(81), 30):
        sheet.text(
            (50 + 50 * (cell % 9), 50 + 50 * (cell // 9)), str(dice.whole(1, 9)), 32, anchor="mm"
        )
    return sheet.picture


def mines(dice: Dice) -> Picture:
    """Draw a game of mines."""
    sheet = Canvas(480, 540, (192, 192, 192))
    sheet.box((20, 14, 130, 54), INK)
    sheet.text((75, 34), f"{dice.whole(0, 99):03}", 32, "mono", (255, 30, 30), "mm")
    for row in range(11):
        for column in range(11):
            x, y, kind = 20 + 40 * column, 70 + 40 * row, dice.whole(0, 9)
            sheet.box(
                (x, y, x + 39, y + 39),
                (192, 192, 192) if kind < 6 else (222, 222, 222),
                (120, 120, 120),
                2,
            )
            if 0 < kind < 4:
                ink = ((0, 0, 220), (0, 130, 0), (210, 0, 0))[kind - 1]
                sheet.text((x + 20, y + 20), str(kind), 26, "bold", ink, "mm")
    return sheet.picture


def word_tiles(dice: Dice) -> Picture:
    """Draw a row game of five letters: six guesses in green, yellow and grey."""
    sheet = Canvas(420, 520, (18, 18, 19))
    sheet.text((210, 14), "FIVES", 34, "bold", WHITE, "ma")
    colours = ((83, 141, 78), (181, 159, 59), (58, 58, 60))
    for row in range(6):
        for column in range(5):
            x, y = 30 + 74 * column, 72 + 74 * row
            sheet.box((x, y, x + 66, y + 66), dice.pick(colours))
            sheet.text((x + 33, y + 33), dice.pick("ABCDEFGHILMNOPRSTU"), 38, "bold", WHITE, "mm")
    return sheet.picture


def block_game(dice: Dice) -> Picture:
    """Draw the well of a game of falling blocks."""
    sheet = Canvas(360, 640, (10, 10, 20))
    colours = ((240, 60, 60), (60, 200, 80), (70, 110, 240), (240, 200, 40), (180, 80, 220))
    for column in range(10):
        for row in range(20 - dice.whole(2, 12), 20):
            if dice.happens(0.82):
                x, y = 20 + 32 * column, 32 * row
                sheet.box((x, y, x + 30, y + 30), dice.pick(colours), (20, 20, 30))
    sheet.text((30, 10), f"SCORE {dice.whole(100, 99999)}", 22, "mono", WHITE)
    return sheet.picture
