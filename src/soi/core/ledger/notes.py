"""Signed notes: a text and who signed it, as C2SP signed-note writes them.

In: bytes of anybody. Out: a `Note`, and which of the keys that you trust have signed it. The text
of a note means nothing before `signed_by` has named a key. Nothing here knows what a text says.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.keys import Signer, VerifierKey, check_name, read_base64

LARGEST_NOTE = 2**20
"""Bytes. Several hundred signatures fit, also the long ones of other algorithms."""
MOST_SIGNATURES = 256
"""More are refused before any is looked at; signed-note asks for 16 at least."""
_DASH = "— "
_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: the key's name and id, and what the key made of the text."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures in the order in which they stand."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        """The note as it is published."""
        return f"{self.text}\n{''.join(map(str, self.signatures))}".encode()

    def signed_by(self, keys: Iterable[VerifierKey]) -> list[tuple[VerifierKey, Signature]]:
        """The signatures of `keys`, all of them verified, in the order of the note.

        Signatures of other keys are passed over, as the standard says. Raises `LedgerError`:
        `log_signature_wrong` if one of `keys` is named and did not sign this text,
        `log_note_duplicate` if it is named twice.
        """
        known = {(key.name, key.id): key for key in keys}
        found: dict[VerifierKey, Signature] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None:
                continue
            if key in found:
                raise LedgerError(Code.NOTE_DUPLICATE, f"{key.name} has signed twice")
            if not key.verifies(self.text.encode(), signature.value):
                raise LedgerError(
                    Code.SIGNATURE_WRONG, f"the signature of {key.name} does not fit the text"
                )
            found[key] = signature
        return list(found.items())

    def signed_with(self, *signers: Signer, at: int | None = None) -> Note:
        """The same text, signed by these as well; `at` is the time of cosignatures."""
        made = [
            Signature(signer.key.name, signer.key.id, signer.sign(self.text.encode(), at))
            for signer in signers
        ]
        return self.with_signatures(made)

    def with_signatures(self, others: Iterable[Signature]) -> Note:
        """The same text with more signatures. Raises `LedgerError` (`log_note_duplicate`)."""
        together = (*self.signatures, *others)
        if len({(each.name, each.key_id) for each in together}) != len(together):
            raise LedgerError(Code.NOTE_DUPLICATE, "a key has signed twice")
        return replace(self, signatures=together)


def write_note(text: str, *signers: Signer, at: int | None = None) -> Note:
    """`text` signed by each of `signers`. Raises `LedgerError` (`log_note_invalid`)."""
    _check_text(text)
    return Note(text, ()).signed_with(*signers, at=at)


def read_note(content: bytes) -> Note:
    """The note that `content` is; its text is not to be believed yet.

    Raises `LedgerError` (`log_note_invalid`) for what does not follow signed-note, is larger than
    `LARGEST_NOTE` or has more than `MOST_SIGNATURES`.
    """
    if len(content) > LARGEST_NOTE:
        raise _invalid(f"more than {LARGEST_NOTE} bytes")
    try:
        whole = content.decode()
    except UnicodeDecodeError as error:
        raise _invalid("it is not UTF-8") from error
    text, blank, lines = whole.rpartition("\n\n")
    if not blank:
        raise _invalid("no blank line parts its text from its signatures")
    _check_text(f"{text}\n")
    return Note(f"{text}\n", read_signatures(lines))


def read_signatures(lines: str) -> tuple[Signature, ...]:
    """The signatures that stand below a note. Raises `LedgerError` (`log_note_invalid`)."""
    if not lines.endswith("\n"):
        raise _invalid("it does not end with a newline")
    if lines.count("\n") > MOST_SIGNATURES:
        raise _invalid(f"more than {MOST_SIGNATURES} signatures")
    return tuple(_read_signature(line) for line in lines[:-1].split("\n"))


def _read_signature(line: str) -> Signature:
    name, _, written = line.removeprefix(_DASH).partition(" ")
    value = read_base64(written)
    if not line.startswith(_DASH) or value is None or len(value) <= _ID_BYTES:
        raise _invalid("a line below its text is not a signature")
    try:
        check_name(name)
    except LedgerError as error:
        raise _invalid("a signature names a key that can't be") from error
    return Signature(name, value[:_ID_BYTES], value[_ID_BYTES:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(each < " " and each != "\n" for each in text):
        raise _invalid("its text holds control characters or does not end with a newline")


def _invalid(why: str) -> LedgerError:
    return LedgerError(Code.NOTE_INVALID, f"not a signed note: {why}")
