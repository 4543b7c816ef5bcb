"""Read the square code in the picture of a share card.

In: the bytes of a picture, as it was saved, sent on, or photographed from a screen. Out: the code.
Only the code is read: words that are drawn in a picture can be anything. Pillow and zxing-cpp are
needed for this alone, so they are asked for here.
"""

from __future__ import annotations

import io
import warnings

from soi.core.ledger.cardcode import CardCode, read_card_code
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.published import LARGEST_FILE

MOST_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


def is_picture(content: bytes) -> bool:
    """True for what begins as a PNG, a JPEG or a WebP does."""
    return content.startswith(_BEGINNINGS)


def read_picture(content: bytes) -> CardCode:
    """The code of the share card in a picture.

    Raises `LedgerError` (`log_picture_unreadable`) for a picture that can't be read, is larger than
    `MOST_PIXELS`, or holds no code of a card or two different ones.
    """
    import zxingcpp  # a program that verifies a log need not have it
    from PIL import Image  # the same

    if len(content) > LARGEST_FILE:
        raise _unreadable(f"it has more than {LARGEST_FILE} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise _unreadable(f"it has more than {MOST_PIXELS} pixels")
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _unreadable("it is damaged") from error
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    )
    codes = set()
    for each in found:
        try:
            codes.add(read_card_code(each.text))
        except LedgerError:
            continue  # another code that happens to be in the picture
    if len(codes) != 1:
        raise _unreadable("several cards are in it" if codes else "no code of a card is in it")
    return codes.pop()


def _unreadable(why: str) -> LedgerError:
    return LedgerError(Code.PICTURE_UNREADABLE, f"the picture can't be read: {why}")
