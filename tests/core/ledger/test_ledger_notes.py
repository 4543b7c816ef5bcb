"""Keys and signed notes against C2SP signed-note, with vectors of other implementations."""

from __future__ import annotations

import base64

import ledger_naive as naive
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import OTHER, SIGNER, STRANGER, WITNESSES

from soi.core.ledger import Algorithm, LedgerError, Signer, VerifierKey, read_key, read_signer
from soi.core.ledger.notes import LARGEST_NOTE, MOST_SIGNATURES, Signature, read_note, write_note

# The example of golang.org/x/mod/sumdb/note, from which signed-note was drawn up.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann"
    " x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    "\n"
).encode()
# The example of c2sp.org/signed-note.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo"
    " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n"
).encode()
WITNESS_KEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"

TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n")).map(
    lambda text: f"{text}\n"
)


def refused(content: bytes) -> str:
    with pytest.raises(LedgerError) as caught:
        read_note(content)
    return caught.value.code


@pytest.mark.parametrize("line", [GO_KEY, C2SP_KEY, WITNESS_KEY])
def test_keys_of_others_are_read_and_written_the_same(line: str) -> None:
    assert str(read_key(line)) == line
    assert naive.key_parts(line)[1] == read_key(line).id


@pytest.mark.parametrize(("line", "note"), [(GO_KEY, GO_NOTE), (C2SP_KEY, C2SP_NOTE)])
def test_notes_of_others_are_verified(line: str, note: bytes) -> None:
    [(key, _)] = read_note(note).signed_by([read_key(line)])
    assert str(key) == line
    assert bytes(read_note(note)) == note


def test_a_note_is_signed_byte_for_byte_as_others_sign_it() -> None:
    signer = read_signer(GO_SECRET)
    assert str(signer.key) == GO_KEY
    assert signer.secret() == GO_SECRET
    assert bytes(write_note(GO_TEXT, signer)) == GO_NOTE


def test_the_secret_shows_nowhere() -> None:
    signer = Signer.generate("log.example")
    seed = signer.secret().split("+", 4)[-1]
    assert seed not in repr(signer)
    assert seed not in str(vars(signer))
    assert read_signer(signer.secret()).key == signer.key
    with pytest.raises(LedgerError) as caught:
        read_signer(signer.secret().replace("log", "lög"))
    assert seed not in str(caught.value)


@given(TEXTS)
def test_what_is_signed_is_read_back_and_verified_by_both(text: str) -> None:
    note = write_note(text, SIGNER, STRANGER)
    assert read_note(bytes(note)) == note
    keys = [SIGNER.key, STRANGER.key]
    assert [key for key, _ in note.signed_by(keys)] == keys
    assert naive.signers(bytes(note), [str(key) for key in keys]) == [str(key) for key in keys]


@given(st.integers(0))
def test_one_flipped_bit_is_never_signed(bit: int) -> None:
    content = bytearray(bytes(write_note("so.example\n5\n", SIGNER, WITNESSES[0], at=5)))
    content[bit // 8 % len(content)] ^= 1 << (bit % 8)
    keys = [SIGNER.key, WITNESSES[0].key]
    try:
        signed = read_note(bytes(content)).signed_by(keys)
    except LedgerError:
        return
    # The bit was in a name or a key's id: that signature is now a stranger's.
    assert len(signed) == 1


def test_signatures_of_strangers_are_passed_over() -> None:
    note = write_note("a\n", STRANGER, SIGNER)
    assert [key for key, _ in note.signed_by([SIGNER.key])] == [SIGNER.key]
    assert note.signed_by([OTHER.key]) == []
    assert note.signed_by([]) == []


def test_a_key_with_the_same_name_or_the_same_id_is_another_key() -> None:
    note = write_note("a\n", SIGNER)
    renamed = Signature("other.example", SIGNER.key.id, note.signatures[0].value)
    other_id = Signature(SIGNER.key.name, b"\x00" * 4, note.signatures[0].value)
    forged = write_note("a\n").with_signatures([renamed, other_id])
    assert forged.signed_by([SIGNER.key]) == []


def test_a_wrong_signature_of_a_known_key_refuses_the_note() -> None:
    wrong = Signature(SIGNER.key.name, SIGNER.key.id, b"\x00" * 64)
    note = write_note("a\n", STRANGER).with_signatures([wrong])
    with pytest.raises(LedgerError) as caught:
        note.signed_by([STRANGER.key, SIGNER.key])
    assert caught.value.code == "log_signature_wrong"


@pytest.mark.parametrize("length", [0, 1, 63, 65, 72, 10_000])
@pytest.mark.parametrize("signer", [SIGNER, WITNESSES[0]], ids=["log", "witness"])
def test_a_signature_of_another_length_is_wrong(signer: Signer, length: int) -> None:
    if signer is not SIGNER and length == 72:
        length = 71
    assert not signer.key.verifies(b"a\n", b"\x00" * length)


def test_a_key_that_signs_twice_is_refused() -> None:
    [line] = write_note("a\n", SIGNER).signatures
    twice = f"a\n\n{line}{line}".encode()
    with pytest.raises(LedgerError) as caught:
        read_note(twice).signed_by([SIGNER.key])
    assert caught.value.code == "log_note_duplicate"
    with pytest.raises(LedgerError) as caught:
        write_note("a\n", SIGNER, SIGNER)
    assert caught.value.code == "log_note_duplicate"


def test_a_key_of_a_log_and_of_a_witness_never_pass_for_one_another() -> None:
    witness = Signer("w.example", b"\x05" * 32, Algorithm.COSIGNATURE)
    as_log = VerifierKey(witness.key.name, witness.key.public)
    note = write_note("a\n", witness, at=1)
    assert as_log.id != witness.key.id
    assert note.signed_by([as_log]) == []
    assert not as_log.verifies(b"a\n", note.signatures[0].value)


def test_the_message_of_a_cosignature_is_that_of_the_standard() -> None:
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    signed = WITNESSES[0].sign(text, 1679315147)
    plain = Signer("w", b"\x64" * 32)
    assert signed[:8] == (1679315147).to_bytes(8, "big")
    assert signed[8:] == plain.sign(b"cosignature/v1\ntime 1679315147\n" + text)


@pytest.mark.parametrize("at", [-1, 2**63])
def test_a_time_that_no_cosignature_has_is_refused(at: int) -> None:
    with pytest.raises(LedgerError):
        WITNESSES[0].sign(b"a\n", at)
    written = abs(at).to_bytes(8, "big")
    signed = Signer("w", b"\x64" * 32).sign(b"cosignature/v1\ntime %d\na\n" % abs(at))
    assert WITNESSES[0].key.verifies(b"a\n", written + signed) == (abs(at) < 2**63)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "+",
        "a+b+c",
        GO_KEY[:-1],
        GO_KEY + "=",
        GO_KEY + "\n",
        " " + GO_KEY,
        GO_KEY.replace("c74f20a3", "C74F20A3"),
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("Peter", "Petér"),
        GO_KEY.replace("ARpc", "AhPc"),
        GO_KEY.replace("ARpc", "AR-c"),
        GO_KEY.replace("Peter", "Peter\ud800"),
        GO_KEY.replace("Peter", "x" * 300),
        GO_KEY.replace("Peter", "a b"),
        "x" * 10_000_000,
        "+" * 100_000,
    ],
)
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    for read in (read_key, read_signer):
        with pytest.raises(LedgerError) as caught:
            read(line)
        assert caught.value.code == "log_key_invalid"


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00", "x" * 256, "\ud800"]
)
def test_a_name_that_no_key_has_is_refused(name: str) -> None:
    with pytest.raises(LedgerError) as caught:
        Signer.generate(name)
    assert caught.value.code == "log_key_invalid"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(LedgerError):
        Signer("a", b"\x00" * length)
    with pytest.raises(LedgerError):
        VerifierKey("a", b"\x00" * length)


LINE = GO_NOTE.decode().split("\n\n")[1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\n\n",
        GO_TEXT.encode(),
        f"{GO_TEXT}\n".encode(),
        GO_NOTE[:-1],
        GO_NOTE + b"\n",
        GO_NOTE + b"more\n",
        GO_NOTE.replace(b"\n", b"\r\n"),
        GO_NOTE.replace(b"If", b"I\xff"),
        GO_NOTE.replace(b"If", b"I\x00"),
        GO_NOTE.replace(b"If", b"I\t"),
        GO_NOTE.replace("— ".encode(), b"- "),
        GO_NOTE.replace("— ".encode(), "—\u00a0".encode()),
        GO_NOTE.replace(b" x08", b"  x08"),
        GO_NOTE.replace(b" x08", b" x08!"),
        GO_NOTE.replace(b"nAM=", b"nAN="),
        GO_NOTE.replace(b"nAM=", b"nAM"),
        GO_NOTE.replace(b"PeterNeumann ", b"Peter+Neumann "),
        GO_NOTE.replace(b"PeterNeumann ", b" "),
        f"a\n\n— a {base64.b64encode(b'1234').decode()}\n".encode(),
        b"\xef\xbb\xbf\x00",
    ],
)
def test_bytes_that_are_no_note_are_refused(content: bytes) -> None:
    assert refused(content) == "log_note_invalid"


def test_ten_thousand_signatures_are_refused_before_they_are_looked_at() -> None:
    lines = "".join(f"— s{number} AAAAAAAAAAAA\n" for number in range(10_000))
    assert refused(f"a\n\n{lines}".encode()) == "log_note_invalid"
    assert refused(b"a" * (LARGEST_NOTE + 1)) == "log_note_invalid"
    lines = "".join(f"— s{number} AAAAAAAAAAAA\n" for number in range(MOST_SIGNATURES))
    assert len(read_note(f"a\n\n{lines}".encode()).signatures) == MOST_SIGNATURES


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_written_back_the_same(content: bytes) -> None:
    try:
        note = read_note(content)
    except LedgerError as error:
        assert error.code == "log_note_invalid"  # noqa: PT017 - either end is right
    else:
        assert bytes(note) == content


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "nul\x00\n", "cr\r\n"])
def test_a_text_that_no_note_has_is_not_signed(text: str) -> None:
    with pytest.raises(LedgerError):
        write_note(text, SIGNER)
