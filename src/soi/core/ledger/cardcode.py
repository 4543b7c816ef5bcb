"""The code in a share card: which edition it shows, and the hash of what that edition says.

In: the desk's address, an id and a hash. Out: the text in the picture's square code, and the way
back. It is a web address, so that a telephone leads to the edition; the page there compares the
hash, and `soi verify --code` compares it with a proof, without the desk.

    https://desk.example/c/17.2/TdR_H8M3BEjsMLm6qgsx5fKdet1Bl3sIizl5qK46blA
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.leaves import Leaf, LeafKind

LONGEST = 2000
_CODE = re.compile(
    r"(https?://[^\s/?#]+(?:/[^\s?#]+)?)/c/([1-9][0-9]{0,11}\.[1-9][0-9]{0,11})/([\w-]{43})/?",
    re.ASCII,
)
_EDITIONS = frozenset({LeafKind.EDITION, LeafKind.CORRECTION, LeafKind.WITHDRAWAL})


@dataclass(frozen=True, slots=True)
class CardCode:
    """The edition `id` ("17.2": check 17, edition 2) of the desk at `address` has this hash."""

    address: str
    id: str
    sha256: bytes

    def __str__(self) -> str:
        digest = urlsafe_b64encode(self.sha256).decode().rstrip("=")
        return f"{self.address}/c/{self.id}/{digest}"


def read_card_code(text: str) -> CardCode:
    """The code that `text` writes; `LedgerError` (`log_code_invalid`) if it is none."""
    found = _CODE.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None:
        raise LedgerError(Code.CODE_INVALID, "not the code of a share card")
    digest = urlsafe_b64decode(f"{found[3]}=")
    code = CardCode(found[1], found[2], digest)
    if not str(code).endswith(found[3]):
        raise LedgerError(Code.CODE_INVALID, "not the code of a share card")
    return code


def check_card_code(code: CardCode, leaf: Leaf) -> None:
    """Return if `leaf` is of the edition that the card shows, with the same hash.

    Raises `LedgerError` (`log_code_differs`).
    """
    if leaf.kind not in _EDITIONS or leaf.id != code.id or leaf.sha256 != code.sha256:
        raise LedgerError(Code.CODE_DIFFERS, "the card is not of what was logged")
