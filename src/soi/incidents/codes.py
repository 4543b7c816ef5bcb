"""Recovery codes: digits on paper that are a key, for somebody who has lost everything else.

In: what somebody typed. Out: the handle by which the desk finds the key, and the key itself. The
code is digits alone: a Vietnamese keyboard makes other letters of letters, and a phone has a pad
for digits. It has a sum of its own, so that a slip is told from a wrong code before anything is
computed. The desk keeps the public half and a salt, and never the code.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from soi.core.ledger.keys import Signer
from soi.incidents.errors import RecoveryCodeMistyped

HANDLE_DIGITS = 6
SECRET_DIGITS = 20
"""66 bits; `COST` adds some 20 more for whoever has stolen salt and public half."""
_SUM_DIGITS = 2
_DIGITS = HANDLE_DIGITS + SECRET_DIGITS + _SUM_DIGITS
_GROUP = 4
COST = 2**15
"""The `n` of scrypt (RFC 7914) with r = 8 and p = 1: a tenth of a second and 32 MiB."""
_MEMORY = 128 * 1024 * 1024
_NOT_DIGITS = re.compile(r"[\s.\-–—_/·]+")


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """A code that was typed rightly; whether it opens anything is for `signer` to show."""

    handle: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """The code as it is printed: seven groups of four digits."""
        digits = f"{self.handle}{self.secret}"
        digits += _sum_of(digits)
        groups = (digits[i : i + _GROUP] for i in range(0, _DIGITS, _GROUP))
        return " ".join(groups)

    def signer(self, name: str, salt: bytes) -> Signer:
        """The key that this code is, under a name; takes a tenth of a second on purpose."""
        seed = hashlib.scrypt(
            self.secret.encode(), salt=salt, n=COST, r=8, p=1, maxmem=_MEMORY, dklen=32
        )
        return Signer(name, seed)


def new_code() -> RecoveryCode:
    """A code of the system's randomness."""
    return RecoveryCode(_random(HANDLE_DIGITS), _random(SECRET_DIGITS))


def read_code(typed: str) -> RecoveryCode:
    """The code that somebody typed, however it is grouped. Raises `RecoveryCodeMistyped`."""
    digits = _NOT_DIGITS.sub("", typed[:200])
    is_number = digits.isascii() and digits.isdecimal() and len(digits) == _DIGITS
    if not is_number or _sum_of(digits[:-_SUM_DIGITS]) != digits[-_SUM_DIGITS:]:
        raise RecoveryCodeMistyped(f"A recovery code has {_DIGITS} digits that fit one another.")
    return RecoveryCode(digits[:HANDLE_DIGITS], digits[HANDLE_DIGITS:-_SUM_DIGITS])


def _random(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _sum_of(digits: str) -> str:
    """Two digits by ISO 7064 (MOD 97-10): every slip of one digit and every swap is seen."""
    return f"{98 - int(digits) * 100 % 97:02}"
