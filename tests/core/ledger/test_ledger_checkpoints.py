"""Checkpoints: who has signed, how many witnesses, and how a key is replaced."""

from __future__ import annotations

from dataclasses import replace

import ledger_naive as naive
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import NAME, OTHER, SIGNER, STRANGER, TRUST, WITNESSES

from soi.core.ledger import (
    Algorithm,
    Checkpoint,
    LedgerError,
    Signer,
    Tree,
    Trust,
    VerifierKey,
    Witnessed,
    read_checkpoint,
    read_key,
    sign_checkpoint,
    sign_handover,
    verify_checkpoint,
    verify_handover,
)
from soi.core.ledger.merkle import EMPTY
from soi.core.ledger.notes import Note, read_note, write_note

TREE = Tree(20852163, bytes(range(32)))
CHECKPOINT = Checkpoint(NAME, TREE)
NOTE = sign_checkpoint(CHECKPOINT, [SIGNER])
KEYS = tuple(witness.key for witness in WITNESSES)

# A checkpoint of a test log of Certificate Transparency as its witnesses cosigned it in public.
# The log's own signatures are of a kind that is not known here and has to be passed over.
PUBLIC_NOTE = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev \
zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon\
5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev \
ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de \
2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0D\
rAWfBw==
— witness.stagemole.eu \
Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/T\
mN9DAg==
""".encode()
PUBLIC_LOG = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
PUBLIC_WITNESSES = (
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
)


def refused(content: bytes, trust: Trust = TRUST) -> str:
    with pytest.raises(LedgerError) as caught:
        verify_checkpoint(content, trust)
    return caught.value.code


def test_the_checkpoint_of_a_public_log_and_its_witnesses_is_verified() -> None:
    trust = Trust((read_key(PUBLIC_LOG),), tuple(map(read_key, PUBLIC_WITNESSES)), 2)
    signed = verify_checkpoint(PUBLIC_NOTE, trust)
    assert signed.tree.size == 1432088532
    assert [each.at for each in signed.witnesses] == [1779573024, 1779573024]
    assert naive.checkpoint(PUBLIC_NOTE, PUBLIC_LOG)[1] == 1432088532
    assert len(naive.signers(PUBLIC_NOTE, list(PUBLIC_WITNESSES))) == 2
    assert refused(PUBLIC_NOTE.replace(b"1432088532", b"1432088533"), trust) == (
        "log_signature_wrong"
    )


def test_the_text_is_that_of_the_standard() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    found = read_checkpoint(text)
    assert (found.origin, found.tree.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text == text


def test_a_checkpoint_is_read_by_another_implementation() -> None:
    assert naive.checkpoint(bytes(NOTE), str(SIGNER.key)) == (NAME, TREE.size, TREE.root)
    assert verify_checkpoint(bytes(NOTE), TRUST).checkpoint == CHECKPOINT


def test_extension_lines_are_kept_and_signed() -> None:
    extended = replace(CHECKPOINT, extensions=("first", "second line"))
    note = sign_checkpoint(extended, [SIGNER])
    assert verify_checkpoint(bytes(note), TRUST).checkpoint == extended
    assert refused(bytes(note).replace(b"second", b"sec0nd")) == "log_signature_wrong"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\n5\n",
        "a\n5\nAAAA\n",
        f"a\n05\n{'A' * 43}=\n",
        f"a\n-5\n{'A' * 43}=\n",
        f"a\n+5\n{'A' * 43}=\n",
        f"a\n٥\n{'A' * 43}=\n",
        f"a\n5_0\n{'A' * 43}=\n",
        f"a\n5 \n{'A' * 43}=\n",
        f"a\n{'9' * 19}\n{'A' * 43}=\n",
        f"a\n{'9' * 100_000}\n{'A' * 43}=\n",
        f"a\n9223372036854775808\n{'A' * 43}=\n",
        f"a\n0\n{'A' * 43}=\n",
        f"a\n5\n{'A' * 43}B\n",
        f"a\n5\n{'A' * 42}B=\n",
        f"a\n5\n{'A' * 43}\n",
        f"a\n5\n{'_' * 43}=\n",
        f"\n5\n{'A' * 43}=\n",
        f"a\n5\n{'A' * 43}=\n\n",
        f"a\n5\n{'A' * 43}=\nb\n\nc\n",
        f"a\n5\n{'A' * 43}=",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(LedgerError) as caught:
        read_checkpoint(text)
    assert caught.value.code == "log_checkpoint_invalid"


@given(st.text(max_size=80))
def test_any_text_is_refused_or_written_back_the_same(text: str) -> None:
    try:
        found = read_checkpoint(text)
    except LedgerError as error:
        assert error.code == "log_checkpoint_invalid"  # noqa: PT017 - either end is right
    else:
        assert found.text == text


def test_a_checkpoint_that_nobody_trusted_signed_is_refused() -> None:
    assert refused(bytes(sign_checkpoint(CHECKPOINT, [STRANGER]))) == "log_signature_missing"
    assert refused(bytes(sign_checkpoint(CHECKPOINT, [OTHER]))) == "log_signature_missing"
    unsigned = CHECKPOINT.text.encode() + b"\n\n"
    assert refused(unsigned) == "log_note_invalid"


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    note = write_note(CHECKPOINT.text, WITNESSES[0], at=1)
    assert refused(bytes(note), Trust((SIGNER.key,), KEYS, 1)) == "log_signature_missing"


def test_a_forged_size_or_root_is_refused() -> None:
    assert refused(bytes(NOTE).replace(b"20852163", b"20852164")) == "log_signature_wrong"
    moved = Note(Checkpoint("other.example", TREE).text, NOTE.signatures)
    assert refused(bytes(moved)) == "log_signature_wrong"


def test_the_checkpoint_of_another_log_is_refused() -> None:
    other = sign_checkpoint(Checkpoint("other.example", TREE), [SIGNER])
    assert refused(bytes(other)) == "log_origin_other"
    trust = Trust((SIGNER.key,), origin="other.example")
    assert verify_checkpoint(bytes(other), trust).checkpoint.origin == "other.example"


@pytest.mark.parametrize("signed", range(5))
@pytest.mark.parametrize("quorum", range(5))
def test_as_many_witnesses_as_asked_for_have_to_sign(signed: int, quorum: int) -> None:
    note = NOTE.signed_with(*WITNESSES[:signed], at=1_800_000_000)
    trust = Trust((SIGNER.key,), KEYS, quorum)
    if signed < quorum:
        assert refused(bytes(note), trust) == "log_witnesses_missing"
    else:
        found = verify_checkpoint(bytes(note), trust).witnesses
        assert found == tuple(Witnessed(key, 1_800_000_000) for key in KEYS[:signed])
        assert naive.signers(bytes(note), list(map(str, KEYS))) == list(map(str, KEYS[:signed]))


def test_a_witness_that_signed_another_tree_is_refused() -> None:
    other = write_note(Checkpoint(NAME, EMPTY).text, WITNESSES[0], at=1)
    note = NOTE.with_signatures(other.signatures)
    assert refused(bytes(note), Trust((SIGNER.key,), KEYS, 0)) == "log_signature_wrong"


def test_a_changed_time_of_a_witness_is_refused() -> None:
    note = NOTE.signed_with(WITNESSES[0], at=1_700_000_000)
    first, second = note.signatures
    later = replace(second, value=(1_800_000_000).to_bytes(8, "big") + second.value[8:])
    forged = replace(note, signatures=(first, later))
    assert refused(bytes(forged), Trust((SIGNER.key,), KEYS, 1)) == "log_signature_wrong"


def test_hundreds_of_witnesses_can_sign() -> None:
    many = [
        Signer(f"w{number}.example", number.to_bytes(32, "big"), Algorithm.COSIGNATURE)
        for number in range(200)
    ]
    note = NOTE.signed_with(*many, at=1)
    trust = Trust((SIGNER.key,), tuple(each.key for each in many), 200)
    assert len(verify_checkpoint(bytes(note), trust).witnesses) == 200


SAME_WITNESS = VerifierKey("other-name.example", KEYS[0].public, Algorithm.COSIGNATURE)
SELF_WITNESS = VerifierKey(NAME, SIGNER.key.public, Algorithm.COSIGNATURE)


@pytest.mark.parametrize(
    ("keys", "witnesses", "quorum"),
    [
        ((), (), 0),
        ((KEYS[0],), (), 0),
        ((SIGNER.key,), (OTHER.key,), 0),
        ((SIGNER.key,), (KEYS[0], KEYS[0]), 2),
        ((SIGNER.key,), (KEYS[0], SAME_WITNESS), 2),
        ((SIGNER.key,), (SELF_WITNESS,), 1),
        ((SIGNER.key,), KEYS, 5),
        ((SIGNER.key,), KEYS, -1),
    ],
)
def test_keys_that_can_not_be_trusted_together_are_refused(
    keys: tuple[VerifierKey, ...], witnesses: tuple[VerifierKey, ...], quorum: int
) -> None:
    with pytest.raises(LedgerError) as caught:
        Trust(keys, witnesses, quorum)
    assert caught.value.code == "log_policy_invalid"


def test_while_a_key_is_replaced_either_key_verifies() -> None:
    both = bytes(sign_checkpoint(CHECKPOINT, [SIGNER, OTHER]))
    assert verify_checkpoint(both, TRUST).keys == (SIGNER.key,)
    assert verify_checkpoint(both, Trust((OTHER.key,))).keys == (OTHER.key,)
    assert verify_checkpoint(both, Trust((SIGNER.key, OTHER.key))).keys == (
        SIGNER.key,
        OTHER.key,
    )


HANDOVER = sign_handover(CHECKPOINT, SIGNER, OTHER)


def test_the_old_key_names_the_new_one() -> None:
    found = verify_handover(bytes(HANDOVER), NAME, (SIGNER.key,))
    assert (found.old, found.new, found.tree) == (SIGNER.key, OTHER.key, TREE)
    assert len(naive.signers(bytes(HANDOVER), [str(SIGNER.key), str(OTHER.key)])) == 2


def test_a_second_signature_below_a_checkpoint_names_no_new_key() -> None:
    both = bytes(sign_checkpoint(CHECKPOINT, [SIGNER, OTHER]))
    with pytest.raises(LedgerError):
        verify_handover(both, NAME, (SIGNER.key,))


def test_a_handover_is_never_taken_for_a_checkpoint() -> None:
    trust = Trust((SIGNER.key,), origin="soi.key-handover/v1")
    assert refused(bytes(HANDOVER), trust) == "log_checkpoint_invalid"


@pytest.mark.parametrize(
    ("content", "origin", "trusted", "code"),
    [
        (bytes(HANDOVER), NAME, (STRANGER.key,), "log_signature_missing"),
        (bytes(HANDOVER), NAME, (OTHER.key,), "log_signature_missing"),
        (bytes(HANDOVER), "other.example", (SIGNER.key,), "log_origin_other"),
        (bytes(HANDOVER).replace(b"20852163", b"2"), NAME, (SIGNER.key,), "log_signature_wrong"),
        (
            bytes(replace(HANDOVER, signatures=HANDOVER.signatures[:1])),
            NAME,
            (SIGNER.key,),
            "log_signature_missing",
        ),
        (
            bytes(replace(HANDOVER, signatures=HANDOVER.signatures[1:])),
            NAME,
            (SIGNER.key,),
            "log_signature_missing",
        ),
        (bytes(NOTE), NAME, (SIGNER.key,), "log_note_invalid"),
        (b"\xff", NAME, (SIGNER.key,), "log_note_invalid"),
    ],
)
def test_a_handover_that_is_not_signed_by_both_is_refused(
    content: bytes, origin: str, trusted: tuple[VerifierKey, ...], code: str
) -> None:
    with pytest.raises(LedgerError) as caught:
        verify_handover(content, origin, trusted)
    assert caught.value.code == code


@pytest.mark.parametrize("new", [SIGNER, WITNESSES[0], Signer("renamed.example", b"\x01" * 32)])
def test_a_key_is_not_handed_over_to_itself_or_to_a_witness(new: Signer) -> None:
    with pytest.raises(LedgerError) as caught:
        sign_handover(CHECKPOINT, SIGNER, new)
    assert caught.value.code == "log_policy_invalid"


def test_a_note_may_be_read_and_written_any_number_of_times() -> None:
    assert bytes(read_note(bytes(HANDOVER))) == bytes(HANDOVER)
