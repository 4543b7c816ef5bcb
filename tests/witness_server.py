"""A witness on this machine that follows C2SP tlog-witness, and shares no code with `soi`.

It believes nothing: the log's signature is verified with its key, and the consistency proof by the
algorithm of RFC 6962-bis, section 2.1.4.2, in its own words. A log that was rolled back gets 409.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def is_consistent(
    first: int, second: int, first_hash: bytes, second_hash: bytes, path: list[bytes]
) -> bool:
    if first == second:
        return not path and first_hash == second_hash
    if first == 0:
        return not path
    if not path:
        return False
    if first & (first - 1) == 0:
        path = [first_hash, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\x01" + c + fr), sha(b"\x01" + c + sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha(b"\x01" + sr + c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (fr, sr) == (first_hash, second_hash)


@dataclass
class WitnessServer:
    """What it has signed last, what it answers instead if told so, and what it was asked."""

    log_key: str
    name: str = "witness.example/w"
    secret: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    size: int = 0
    root: bytes = b""
    url: str = ""
    clock: Callable[[], float] = time.time
    instead: tuple[int, bytes] | None = None
    asked: list[bytes] = field(default_factory=list)

    @property
    def _public(self) -> bytes:
        return self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def _key_id(self) -> bytes:
        return sha(self.name.encode() + b"\n\x04" + self._public)[:4]

    @property
    def key(self) -> str:
        """Its verifier key."""
        material = base64.b64encode(b"\x04" + self._public).decode()
        return f"{self.name}+{self._key_id.hex()}+{material}"

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        self.asked.append(body)
        if self.instead:
            return self.instead
        head, _, note = body.partition(b"\n\n")
        old_line, *proof = head.decode().split("\n")
        text, _, signatures = note.partition(b"\n\n")
        text += b"\n"
        origin, size_line, root_line = text.decode().split("\n")[:3]
        if origin != self.log_key.rsplit("+", 2)[0]:
            return 404, b""
        if not self._is_signed(text, signatures):
            return 403, b""
        old, size, root = int(old_line[4:]), int(size_line), base64.b64decode(root_line)
        if old > size:
            return 400, b""
        if old != self.size:
            return 409, b"%d\n" % self.size
        if old == size and root != self.root:
            return 409, b""
        steps = [base64.b64decode(line) for line in proof]
        if not is_consistent(old, size, self.root, root, steps):
            return 422, b""
        self.size, self.root = size, root
        at = int(self.clock())
        signed = self.secret.sign(f"cosignature/v1\ntime {at}\n".encode() + text)
        blob = base64.b64encode(self._key_id + struct.pack(">Q", at) + signed)
        return 200, "— ".encode() + self.name.encode() + b" " + blob + b"\n"

    def _is_signed(self, text: bytes, signatures: bytes) -> bool:
        name, key_id, material = self.log_key.rsplit("+", 2)
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(material)[1:])
        for line in signatures.decode().splitlines():
            _, signer, blob = line.split(" ")
            raw = base64.b64decode(blob)
            if signer == name and raw[:4].hex() == key_id:
                try:
                    public.verify(raw[4:], text)
                except InvalidSignature:
                    return False
                return True
        return False


@contextmanager
def witnessing(log_key: str, **changes: object) -> Iterator[WitnessServer]:
    """A witness that runs, for as long as it lasts."""
    witness = WitnessServer(log_key, **changes)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_known = self.path == "/add-checkpoint"
            status, content = witness.add_checkpoint(body) if is_known else (404, b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    witness.url = f"http://witness.example:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield witness
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
