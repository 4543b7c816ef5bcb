"""Draw a share card: a picture of one edition that travels where links do not.

In: the words on it and its code. Out: a PNG, wide (1200 by 630) or square (1080 by 1080). The
verdict is a sign and a word, never colour alone; the square code leads to the edition and can be
verified (`soi.core.ledger.cardcode`). Nothing here reads the database.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import cast

import qrcode
from django.contrib.staticfiles import finders
from PIL import Image, ImageColor, ImageDraw, ImageFont
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
_PAPER, _SHEET, _LINE, _LAMP, _GLOW = "#fbfaf7", "#ffffff", "#e3dfd6", "#f2b33d", "#fff1cf"
_INK, _SOFT = "#1c1b19", "#5d5a54"
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
    canvas = Canvas(width, height, (_INK, _SOFT, _TONES[card.tone]))
    tone = _TONES[card.tone]
    canvas.draw.rectangle((0, 0, 18, height), fill=canvas.flat(tone))
    top = _head(canvas, card, width)
    top = _verdict(canvas, card, tone, top + (34 if shape is Shape.WIDE else 60))
    foot = height - _EDGE - _CODE_SIDE
    room = height - 56 - top if shape is Shape.WIDE else foot - 40 - top
    across = width - 3 * _EDGE - _CODE_SIDE if shape is Shape.WIDE else width - 2 * _EDGE
    if shape is Shape.WIDE:
        room -= 60
    _claim(canvas, card.claim, (_EDGE, top), across, room, _LETTERS[shape])
    _foot(canvas, card, (width, height))
    return canvas.png()


class Canvas:
    """The picture while it is drawn: of few colours, each text in one of `inks` on paper.

    A byte a pixel: what stands in it are places in the palette. Between paper and an ink there are
    `_STEPS` steps, for the edges of letters; so nothing has to be reduced to a palette afterwards.
    """

    def __init__(self, width: int, height: int, inks: Sequence[str]) -> None:
        self._flat = (_PAPER, _SHEET, _LINE, _LAMP, _GLOW)
        self._inks = tuple(dict.fromkeys(inks))
        self._picture = Image.new("L", (width, height), 0)
        self.draw = ImageDraw.Draw(self._picture)

    def flat(self, colour: str) -> int:
        """The place of a colour in the palette."""
        if colour in self._flat:
            return self._flat.index(colour)
        return len(self._flat) + _STEPS * (self._inks.index(colour) + 1) - 1

    def letter(self, glyph: Glyph, at: tuple[int, int], colour: str) -> None:
        """Put a letter on paper."""
        places = glyph.in_ink(len(self._flat) + _STEPS * self._inks.index(colour))
        where = (at[0] + glyph.offset[0], at[1] + glyph.offset[1])
        self._picture.paste(places, where, glyph.covered)

    def squares(self, picture: Image.Image, at: tuple[int, int]) -> None:
        """Put a picture of black and white there, in ink on the white of a sheet."""
        dark = self.flat(_INK)
        places = picture.point([dark] + [self.flat(_SHEET)] * 255, "L")
        self._picture.paste(places, at)

    def png(self) -> bytes:
        """The picture as a file."""
        stream = io.BytesIO()
        self._picture.putpalette(_palette(self._flat, self._inks))
        self._picture.save(stream, "PNG", compress_level=_LEVEL)
        return stream.getvalue()


_STEPS = 8
"""Between paper and ink. With 16 the files are a seventh larger, and look the same."""
_LEVEL = 3
"""How hard the file is packed: at 6 it would be a fifth smaller and take three times as long."""
_COVERED = [0] * (256 // _STEPS // 2) + [255] * (256 - 256 // _STEPS // 2)


@cache
def _ramp(first: int) -> list[int]:
    """For each degree of covering the place in the palette; the last of the steps is the ink."""
    return [first + min(_STEPS, max(1, round(each * _STEPS / 255))) - 1 for each in range(256)]


@cache
def _palette(flat: Sequence[str], inks: Sequence[str]) -> bytes:
    paper = ImageColor.getrgb(flat[0])
    colours: list[Sequence[int]] = [ImageColor.getrgb(each) for each in flat]
    for ink in map(ImageColor.getrgb, inks):
        for step in range(1, _STEPS + 1):
            share = step / _STEPS
            colours.append([round(p + share * (i - p)) for p, i in zip(paper, ink, strict=True)])
    return bytes(value for colour in colours for value in colour)


def _head(canvas: Canvas, card: Card, width: int) -> int:
    at, radius = (_EDGE + 16, 74), 12
    for size, colour in ((radius + 8, _GLOW), (radius, _LAMP)):
        box = (at[0] - size, at[1] - size, at[0] + size, at[1] + size)
        canvas.draw.ellipse(box, fill=canvas.flat(colour))
    face = Face(600, 30)
    face.write(canvas, (_EDGE + 52, 55), face.cut(card.desk, width - 2 * _EDGE - 52), _SOFT)
    return 104


def _verdict(canvas: Canvas, card: Card, tone: str, top: int) -> int:
    side, face = 78, Face(700, 62)
    box = (_EDGE, top, _EDGE + side, top + side)
    canvas.draw.ellipse(box, outline=canvas.flat(tone), width=6)
    _sign(canvas, card.mark, box, tone)
    face.write(canvas, (_EDGE + side + 24, top - 3), card.verdict, tone)
    return top + side + 26


def _sign(canvas: Canvas, mark: Mark, box: tuple[int, int, int, int], tone: str) -> None:
    x, y, side = box[0], box[1], box[2] - box[0]
    draw, colour = canvas.draw, canvas.flat(tone)

    def at(across: float, down: float) -> tuple[float, float]:
        return x + across * side, y + down * side

    def stroke(*points: tuple[float, float]) -> None:
        draw.line([at(*point) for point in points], fill=colour, width=8, joint="curve")

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
            draw.pieslice((*at(0.2, 0.2), *at(0.8, 0.8)), 90, 270, fill=colour)
            draw.ellipse((*at(0.2, 0.2), *at(0.8, 0.8)), outline=colour, width=4)
        case Mark.QUESTION:
            face = Face(700, 52)
            face.write(canvas, (x + (side - face.length("?")) / 2, y + 7), "?", tone)


def _claim(
    canvas: Canvas,
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
        face.write(canvas, (at[0], at[1] + number * size * _LINES), line, _INK)


def _foot(canvas: Canvas, card: Card, size: tuple[int, int]) -> None:
    width, height = size
    left, top = width - _EDGE - _CODE_SIDE, height - _EDGE - _CODE_SIDE - 24
    canvas.draw.rounded_rectangle(
        (left - 12, top - 12, left + _CODE_SIDE + 12, top + _CODE_SIDE + 12),
        radius=12, fill=canvas.flat(_SHEET), outline=canvas.flat(_LINE), width=2,
    )  # fmt: skip
    canvas.squares(square(card.code, _CODE_SIDE), (left, top))
    small = Face(400, 20)
    for number, line in enumerate(small.wrapped(card.caption, _CODE_SIDE + 30)[:2]):
        offset = (_CODE_SIDE - small.length(line)) / 2
        small.write(canvas, (left + offset, top + _CODE_SIDE + 16 + 25 * number), line, _SOFT)
    face = Face(400, 25)
    face.write(canvas, (_EDGE, height - 76), face.cut(card.line, left - _EDGE - 40), _SOFT)


@lru_cache(maxsize=8)
def square(code: str, side: int) -> Image.Image:
    """The square code, exactly `side` pixels wide, its quiet zone included."""
    # Readers take every mask. To judge all eight of them would be a third of the card's time.
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=2, box_size=1, mask_pattern=_MASK)
    made.add_data(code, optimize=0)
    made.make(fit=True)
    rows = made.get_matrix()
    small = Image.new("L", (len(rows), len(rows)), 255)
    small.putdata([0 if is_dark else 255 for row in rows for is_dark in row])
    # A whole number of pixels for each module, so that edges stay sharp.
    scale = max(1, side // len(rows))
    large = small.resize((len(rows) * scale, len(rows) * scale), Image.Resampling.NEAREST)
    picture = Image.new("L", (side, side), 255)
    offset = (side - large.width) // 2
    picture.paste(large, (offset, offset))
    return picture


_MASK = 2
"""Of the standard's eight (ISO/IEC 18004): dark and light squares in turn by columns of three."""


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


class Glyph:
    """A letter of one face, drawn once: its width, and how much of each pixel it covers."""

    def __init__(self, font: ImageFont.FreeTypeFont, letter: str) -> None:
        self.width = font.getlength(letter)
        core, self.offset = font.getmask2(letter, "L")
        self.mask: Image.Image | None = None
        self._in_inks: dict[int, Image.Image] = {}
        if all(core.size):
            self.mask = Image.new("L", core.size)
            self.mask.im.paste(core, (0, 0, *core.size))
            self.covered = self.mask.point(_COVERED, "1")

    def in_ink(self, first: int) -> Image.Image:
        """The letter as places in a palette in which the steps of its ink begin at `first`."""
        found = self._in_inks.get(first)
        if found is None and self.mask is not None:
            found = self._in_inks[first] = self.mask.point(_ramp(first))
        return cast(Image.Image, found)


class Face:
    """Be Vietnam Pro of one weight and size, made of the files that the pages use."""

    def __init__(self, weight: int, size: int) -> None:
        self._weight, self._size = weight, size
        self._known = _glyphs(weight, size)

    def _glyph(self, letter: str) -> Glyph:
        found = self._known.get(letter)
        if found is None:
            if len(self._known) > _MOST_GLYPHS:
                self._known.clear()
            font = _font(_subset(ord(letter)), self._weight, self._size)
            found = self._known[letter] = Glyph(font, letter)
        return found

    def length(self, text: str) -> float:
        """How many pixels wide a text is.

        The sum of its letters: the typeface has no table of pairs that this layout would read.
        """
        return sum(self._glyph(letter).width for letter in text)

    def write(self, canvas: Canvas, at: tuple[float, float], text: str, colour: str) -> None:
        """Put one line with its upper left corner at `at`."""
        x, y = at
        for letter in text:
            glyph = self._glyph(letter)
            if glyph.mask is not None:
                canvas.letter(glyph, (round(x), round(y)), colour)
            x += glyph.width

    def wrapped(self, text: str, across: int) -> list[str]:
        """The text in lines that are no wider than `across` pixels."""
        lines: list[str] = []
        line, so_far, space = "", 0.0, self.length(" ")
        for word in _plain(text).split():
            for part in self._parts(word, across):
                width = self.length(part)
                if line and so_far + space + width > across:
                    lines.append(line)
                    line, so_far = part, width
                else:
                    line, so_far = (
                        (f"{line} {part}", so_far + space + width) if line else (part, width)
                    )
        return [*lines, line] if line else lines

    def cut(self, text: str, across: int) -> str:
        """The text, or as much of it as fits with an ellipsis."""
        text = " ".join(_plain(text).split())
        if self.length(text) <= across:
            return text
        end = self._most(text, across - self.length("…"))
        return f"{text[:end].rstrip()}…"

    def _most(self, text: str, across: float) -> int:
        """How many letters of a text fit."""
        so_far = 0.0
        for number, letter in enumerate(text):
            so_far += self.length(letter)
            if so_far > across:
                return number
        return len(text)

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


def _subset(letter: int) -> str:
    for name, ranges in _SUBSETS:
        if any(first <= letter <= last for first, last in ranges):
            return name
    return "latin"


_MOST_GLYPHS = 1000


@lru_cache(maxsize=64)
def _glyphs(weight: int, size: int) -> dict[str, Glyph]:
    """The letters of a face that were drawn so far."""
    return {}


@lru_cache(maxsize=64)
def _font(subset: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    path = finders.find(f"ui/fonts/be-vietnam-pro-{subset}-{weight}-normal.woff2")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
