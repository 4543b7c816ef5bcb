"""Another verifier, written from the texts of the standards and sharing no code with `soi`.

It is slow and keeps everything in memory: RFC 6962, section 2.1, word for word, and as much of C2SP
signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles and tlog-proof as is needed to disagree.
Everything here raises `AssertionError` for what does not hold.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    """MTH(D[n])."""
    if not d:
        return sha(b"")
    if len(d) == 1:
        return sha(b"\x00" + d[0])
    k = split(len(d))
    return sha(b"\x01" + mth(d[:k]) + mth(d[k:]))


def path(m: int, d: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(d) == 1:
        return []
    k = split(len(d))
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: list[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return subproof(m, d, True)


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def root_from_path(leaf: bytes, m: int, n: int, steps: list[bytes]) -> bytes:
    """The root to which an audit path leads: PATH read backwards."""
    assert 0 <= m < n
    if n == 1:
        assert not steps
        return leaf
    assert steps
    k = split(n)
    if m < k:
        return sha(b"\x01" + root_from_path(leaf, m, k, steps[:-1]) + steps[-1])
    return sha(b"\x01" + steps[-1] + root_from_path(leaf, m - k, n - k, steps[:-1]))


def key_parts(vkey: str) -> tuple[str, bytes, int, bytes]:
    """Name, id, type and public key of a verifier key, its id computed again."""
    name, key_id, rest = vkey.split("+", 2)
    typed = base64.b64decode(rest)
    assert sha(name.encode() + b"\n" + typed)[:4].hex() == key_id
    return name, bytes.fromhex(key_id), typed[0], typed[1:]


def signers(note: bytes, vkeys: list[str]) -> list[str]:
    """Which of the keys have signed the note; a wrong signature is an error."""
    at = note.rindex(b"\n\n") + 1
    text, found = note[:at], []
    for line in note[at + 1 :].decode().splitlines():
        dash, name, written = line.split(" ")
        assert dash == "—"
        blob = base64.b64decode(written)
        for vkey in vkeys:
            key_name, key_id, kind, public = key_parts(vkey)
            if (name, blob[:4]) != (key_name, key_id):
                continue
            message, signature = text, blob[4:]
            if kind == 4:
                (seconds,) = struct.unpack(">Q", blob[4:12])
                message, signature = b"cosignature/v1\ntime %d\n" % seconds + text, blob[12:]
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
            except InvalidSignature:
                raise AssertionError(f"{name} did not sign this") from None
            found.append(vkey)
    return found


def checkpoint(note: bytes, vkey: str) -> tuple[str, int, bytes]:
    """Origin, size and root that the key has signed."""
    assert vkey in signers(note, [vkey])
    origin, size, root, *_ = note.decode().split("\n")
    assert size == str(int(size))
    return origin, int(size), base64.b64decode(root)


def tile_path(level: str, n: int, width: int) -> str:
    digits = f"{n:03}"
    while len(digits) % 3:
        digits = f"0{digits}"
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    shown = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{shown}" + ("" if width == 256 else f".p/{width}")


def whole_log(directory: Path, vkey: str) -> list[bytes]:
    """The entries of a log in a directory, after every tile and the root were computed again."""
    _, size, root = checkpoint((directory / "checkpoint").read_bytes(), vkey)
    entries: list[bytes] = []
    for n in range(-(-size // 256)):
        width = min(256, size - 256 * n)
        content = (directory / tile_path("entries", n, width)).read_bytes()
        for _ in range(width):
            (length,) = struct.unpack(">H", content[:2])
            entries.append(content[2 : 2 + length])
            assert len(entries[-1]) == length
            content = content[2 + length :]
        assert not content
    assert mth(entries) == root
    level, span = 0, 1
    while size // span:
        hashes = [mth(entries[at * span : (at + 1) * span]) for at in range(size // span)]
        for n in range(-(-len(hashes) // 256)):
            row = hashes[256 * n : 256 * (n + 1)]
            assert (directory / tile_path(str(level), n, len(row))).read_bytes() == b"".join(row)
        level, span = level + 1, span * 256
    return entries


def tlog_proof(content: bytes, vkey: str) -> bytes:
    """The entry that a tlog-proof with an `extra` line proves."""
    head, note = content.split(b"\n\n", 1)
    first, extra, index, *hashes = head.decode().split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    entry = base64.b64decode(extra.removeprefix("extra "))
    _, size, root = checkpoint(note, vkey)
    steps = [base64.b64decode(line) for line in hashes]
    m = int(index.removeprefix("index "))
    assert root_from_path(sha(b"\x00" + entry), m, size, steps) == root
    return entry
