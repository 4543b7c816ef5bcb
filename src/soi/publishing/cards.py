"""Draw a share card: a picture of one edition that travels where links do not.

In: the words on it and its code. Out: a PNG, wide (1200 by 630) or square (1080 by 1080). The
verdict is a sign and a word, never colour alone; the square code leads to the edition and can be
verified (`soi.core.ledger.cardcode`). Nothing here reads the database.
"""

from __future__ import annotations

import io
import math
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil

import qrcode
from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M


class Shape(StrEnum):
    """The shapes that a card is drawn in."""

    WIDE = "wide"
    SQUARE = "square"


class Tone(StrEnum):
    """The colours of verdicts, as in the pages' style."""

    TRUE = "true"
    PARTLY = "partly"
    FALSE = "false"
    UNPROVEN = "unproven"


class Mark(StrEnum):
    """The signs of verdicts; drawn, since the typeface has no such letters."""

    TICK = "✓"
    ALMOST = "≈"
    HALF = "◐"
    CROSS = "✕"
    QUESTION = "?"
    STRUCK = "–"


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card."""

    mark: Mark
    tone: Tone
    verdict: str
    """The verdict in a word or two, or that the check was withdrawn."""
    claim: str
    desk: str
    line: str
    """Which edition of which day."""
    caption: str
    """What the square code is for."""
    code: str


SIZES = {Shape.WIDE: (1200, 630), Shape.SQUARE: (1080, 1080)}
_PAPER, _SHEET, _INK, _SOFT, _LINE, _LAMP, _GLOW = (
    "#fbfaf7", "#ffffff", "#1c1b19", "#5d5a54", "#e3dfd6", "#f2b33d", "#fff1cf",
)  # fmt: skip
_TONES = {
    Tone.TRUE: "#1c6638",
    Tone.PARTLY: "#8a5200",
    Tone.FALSE: "#a1301c",
    Tone.UNPROVEN: "#4a5160",
}
_EDGE = 64
_LONGEST = 800
"""Characters of a text that are looked at; fewer fit on a card."""
_CODE_SIDE = 190
_LETTERS = {Shape.WIDE: (50, 44, 38, 34, 30, 27), Shape.SQUARE: (66, 58, 50, 44, 38, 32)}
_LINES = 1.32
"""Height of a line next to the size of its letters."""


@lru_cache(maxsize=64)
def drawn(card: Card, shape: Shape) -> bytes:
    """The card as a PNG. The last few stay in memory: one card is asked for by many."""
    width, height = SIZES[shape]
    picture = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    tone = _TONES[card.tone]
    draw.rectangle((0, 0, 18, height), fill=tone)
    top = _head(draw, card, width)
    top = _verdict(draw, card, tone, top + (34 if shape is Shape.WIDE else 60))
    foot = height - _EDGE - _CODE_SIDE
    room = height - 56 - top if shape is Shape.WIDE else foot - 40 - top
    across = width - 3 * _EDGE - _CODE_SIDE if shape is Shape.WIDE else width - 2 * _EDGE
    if shape is Shape.WIDE:
        room -= 60
    _claim(draw, card.claim, (_EDGE, top), across, room, _LETTERS[shape])
    _foot(draw, picture, card, (width, height))
    stream = io.BytesIO()
    # 64 colours are enough for paper, ink and edges: a third of the bytes, in a third of the time.
    few = picture.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(stream, "PNG")
    return stream.getvalue()


def _head(draw: ImageDraw.ImageDraw, card: Card, width: int) -> int:
    at, radius = (_EDGE + 16, 74), 12
    for size, colour in ((radius + 8, _GLOW), (radius, _LAMP)):
        draw.ellipse((at[0] - size, at[1] - size, at[0] + size, at[1] + size), fill=colour)
    face = Face(600, 30)
    face.write(draw, (_EDGE + 52, 55), face.cut(card.desk, width - 2 * _EDGE - 52), _SOFT)
    return 104


def _verdict(draw: ImageDraw.ImageDraw, card: Card, tone: str, top: int) -> int:
    side, face = 78, Face(700, 62)
    box = (_EDGE, top, _EDGE + side, top + side)
    draw.ellipse(box, outline=tone, width=6)
    _sign(draw, card.mark, box, tone)
    face.write(draw, (_EDGE + side + 24, top - 3), card.verdict, tone)
    return top + side + 26


def _sign(draw: ImageDraw.ImageDraw, mark: Mark, box: tuple[int, int, int, int], tone: str) -> None:
    x, y, side = box[0], box[1], box[2] - box[0]

    def at(across: float, down: float) -> tuple[float, float]:
        return x + across * side, y + down * side

    def stroke(*points: tuple[float, float]) -> None:
        draw.line([at(*point) for point in points], fill=tone, width=8, joint="curve")

    match mark:
        case Mark.TICK:
            stroke((0.28, 0.52), (0.44, 0.68), (0.73, 0.34))
        case Mark.CROSS:
            stroke((0.32, 0.32), (0.68, 0.68))
            stroke((0.68, 0.32), (0.32, 0.68))
        case Mark.STRUCK:
            stroke((0.28, 0.5), (0.72, 0.5))
        case Mark.ALMOST:
            for down in (0.42, 0.6):
                stroke(*((0.26 + 0.48 * t / 12, down - 0.06 * math.sin(t * math.pi / 6))
                         for t in range(13)))  # fmt: skip
        case Mark.HALF:
            draw.pieslice((*at(0.2, 0.2), *at(0.8, 0.8)), 90, 270, fill=tone)
            draw.ellipse((*at(0.2, 0.2), *at(0.8, 0.8)), outline=tone, width=4)
        case Mark.QUESTION:
            face = Face(700, 52)
            face.write(draw, (x + (side - face.length("?")) / 2, y + 7), "?", tone)


def _claim(
    draw: ImageDraw.ImageDraw,
    text: str,
    at: tuple[int, int],
    across: int,
    room: int,
    sizes: Sequence[int],
) -> None:
    """The claim as large as it fits; what does not fit at the smallest size is cut off."""
    for size in sizes:
        face = Face(600, size)
        lines = face.wrapped(text, across)
        most = max(1, int(room // (size * _LINES)))
        if len(lines) <= most:
            break
    else:
        lines = [*lines[: most - 1], face.cut(" ".join(lines[most - 1 :]), across)]
    for number, line in enumerate(lines):
        face.write(draw, (at[0], at[1] + number * size * _LINES), line, _INK)


def _foot(
    draw: ImageDraw.ImageDraw, picture: Image.Image, card: Card, size: tuple[int, int]
) -> None:
    width, height = size
    left, top = width - _EDGE - _CODE_SIDE, height - _EDGE - _CODE_SIDE - 24
    draw.rounded_rectangle(
        (left - 12, top - 12, left + _CODE_SIDE + 12, top + _CODE_SIDE + 12),
        radius=12, fill=_SHEET, outline=_LINE, width=2,
    )  # fmt: skip
    picture.paste(square(card.code, _CODE_SIDE), (left, top))
    small = Face(400, 20)
    for number, line in enumerate(small.wrapped(card.caption, _CODE_SIDE + 30)[:2]):
        offset = (_CODE_SIDE - small.length(line)) / 2
        small.write(draw, (left + offset, top + _CODE_SIDE + 16 + 25 * number), line, _SOFT)
    face = Face(400, 25)
    face.write(draw, (_EDGE, height - 76), face.cut(card.line, left - _EDGE - 40), _SOFT)


def square(code: str, side: int) -> Image.Image:
    """The square code, exactly `side` pixels wide, its quiet zone included."""
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=2, box_size=1)
    made.add_data(code)
    made.make(fit=True)
    rows = made.get_matrix()
    small = Image.new("1", (len(rows), len(rows)), 1)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                small.putpixel((x, y), 0)
    # A whole number of pixels for each module, so that edges stay sharp.
    scale = max(1, side // len(rows))
    large = small.resize((len(rows) * scale, len(rows) * scale), Image.Resampling.NEAREST)
    picture = Image.new("RGB", (side, side), _SHEET)
    offset = (side - large.width) // 2
    picture.paste(large.convert("RGB"), (offset, offset))
    return picture


_SUBSETS: Sequence[tuple[str, tuple[tuple[int, int], ...]]] = (
    ("vietnamese", (
        (0x102, 0x103), (0x110, 0x111), (0x128, 0x129), (0x168, 0x169), (0x1A0, 0x1A1),
        (0x1AF, 0x1B0), (0x300, 0x301), (0x303, 0x304), (0x308, 0x309), (0x323, 0x323),
        (0x329, 0x329), (0x1EA0, 0x1EF9), (0x20AB, 0x20AB),
    )),
    ("latin-ext", (
        (0x100, 0x2BA), (0x2BD, 0x2C5), (0x2C7, 0x2CC), (0x2CE, 0x2D7), (0x2DD, 0x2FF),
        (0x1D00, 0x1DBF), (0x1E00, 0x1E9F), (0x1EF2, 0x1EFF), (0x20A0, 0x20C0), (0x2C60, 0x2C7F),
        (0xA720, 0xA7FF),
    )),
)  # fmt: skip
"""Which file has which letters, as the pages' style says; all others are in `latin`."""


class Face:
    """Be Vietnam Pro of one weight and size, made of the files that the pages use."""

    def __init__(self, weight: int, size: int) -> None:
        self.size = size
        self._fonts = {
            name: _font(name, weight, size) for name in ("latin", "latin-ext", "vietnamese")
        }

    def length(self, text: str) -> float:
        """How many pixels wide a text is."""
        return sum(self._fonts[name].getlength(run) for name, run in _runs(text))

    def write(
        self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str
    ) -> None:
        """Draw one line with its upper left corner at `at`."""
        x, y = at
        for name, run in _runs(text):
            draw.text((x, y), run, font=self._fonts[name], fill=colour)
            x += self._fonts[name].getlength(run)

    def wrapped(self, text: str, across: int) -> list[str]:
        """The text in lines that are no wider than `across` pixels."""
        lines: list[str] = []
        line = ""
        for word in _plain(text).split():
            for part in self._parts(word, across):
                longer = f"{line} {part}".strip()
                if line and self.length(longer) > across:
                    lines.append(line)
                    line = part
                else:
                    line = longer
        return [*lines, line] if line else lines

    def cut(self, text: str, across: int) -> str:
        """The text, or as much of it as fits with an ellipsis."""
        text = " ".join(_plain(text).split())
        if self.length(text) <= across:
            return text
        end = self._most(text, across, "…")
        return f"{text[:end].rstrip()}…"

    def _most(self, text: str, across: int, end: str = "") -> int:
        """How many letters fit before `end`, found in a few measurements."""
        widths = range(len(text) + 1)
        return bisect_right(widths, across, key=lambda n: ceil(self.length(text[:n] + end))) - 1

    def _parts(self, word: str, across: int) -> Iterator[str]:
        """A word that is wider than the line, in pieces."""
        while word and self.length(word) > across:
            end = max(1, self._most(word, across))
            yield word[:end]
            word = word[end:]
        if word:
            yield word


def _plain(text: str) -> str:
    """Composed letters, without what controls the direction or can't be seen."""
    composed = unicodedata.normalize("NFC", text[:_LONGEST])
    return "".join(" " if each.isspace() else each for each in composed
                   if each.isspace() or unicodedata.category(each)[0] != "C")  # fmt: skip


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with the file that has its letters."""
    run, name = "", ""
    for each in text:
        found = _subset(ord(each))
        if run and found != name:
            yield name, run
            run = ""
        run, name = run + each, found
    if run:
        yield name, run


def _subset(letter: int) -> str:
    for name, ranges in _SUBSETS:
        if any(first <= letter <= last for first, last in ranges):
            return name
    return "latin"


@lru_cache(maxsize=64)
def _font(subset: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    path = finders.find(f"ui/fonts/be-vietnam-pro-{subset}-{weight}-normal.woff2")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
