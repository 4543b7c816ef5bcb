"""A timestamping authority for tests (RFC 3161), made with `cryptography` and some DER by hand.

It signs what it is sent, at the time that the test's clock shows; `Authority.answer` takes a
request in DER and gives the reply. What it does wrongly is a switch.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256 = "2.16.840.1.101.3.4.2.1"
SHA256_WITH_RSA = "1.2.840.113549.1.1.11"
SIGNED_DATA = "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"


def der(tag: int, *parts: bytes) -> bytes:
    """One value with its tag and length."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def integer(number: int) -> bytes:
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    encoded = bytes([40 * first + second])
    for arc in rest:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | (arc & 0x7F))
        encoded += bytes(reversed(septets))
    return der(0x06, encoded)


def parts_of(value: bytes) -> list[bytes]:
    """The values inside a value of DER."""
    start, size = _bounds(value)
    content, found = value[start : start + size], []
    while content:
        size = sum(_bounds(content))
        found.append(content[:size])
        content = content[size:]
    return found


def _bounds(value: bytes) -> tuple[int, int]:
    size = value[1]
    if size < 128:
        return 2, size
    length = size & 0x7F
    return 2 + length, int.from_bytes(value[2 : 2 + length], "big")


@dataclass
class Authority:
    """An authority with a root of its own; `root` is what clients trust."""

    now: dt.datetime
    refuses: bool = False
    another_nonce: bool = False
    another_digest: bool = False
    wrong_purpose: bool = False
    signs_wrongly: bool = False
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._root_key, self._key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        root_name, name = (_name(each) for each in ("Gốc thử", "Dấu thời gian thử"))
        basic = x509.BasicConstraints(ca=True, path_length=None)
        self.root = (
            self._about(root_name, root_name, self._root_key)
            .add_extension(basic, critical=True)
            .sign(self._root_key, hashes.SHA256())
        )
        purpose = (
            ExtendedKeyUsageOID.SERVER_AUTH
            if self.wrong_purpose
            else ExtendedKeyUsageOID.TIME_STAMPING
        )
        self.certificate = (
            self._about(name, root_name, self._key)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
            .sign(self._root_key, hashes.SHA256())
        )

    def _about(
        self, name: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - dt.timedelta(days=1))
            .not_valid_after(self.now + dt.timedelta(days=1))
        )

    def write_root(self, path: Path) -> Path:
        path.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        return path

    def answer(self, request: bytes) -> bytes:
        """The reply to a request."""
        self.requests.append(request)
        if self.refuses:
            return sequence(sequence(integer(2)))
        _, imprint, nonce, *_ = parts_of(request)
        if self.another_digest:
            algorithm, _ = parts_of(imprint)
            imprint = sequence(algorithm, der(0x04, bytes(32)))
        info = sequence(
            integer(1),
            oid("1.2.3.4.1"),
            imprint,
            integer(7),
            der(0x18, self.now.strftime("%Y%m%d%H%M%SZ").encode()),
            integer(1) if self.another_nonce else nonce,
        )
        return sequence(sequence(integer(0)), self._signed(info))

    def _signed(self, info: bytes) -> bytes:
        encoded = self.certificate.public_bytes(serialization.Encoding.DER)
        algorithm = sequence(oid(SHA256))
        attributes = [
            sequence(oid(CONTENT_TYPE), der(0x31, oid(TST_INFO))),
            sequence(oid(MESSAGE_DIGEST), der(0x31, der(0x04, hashlib.sha256(info).digest()))),
            sequence(
                oid(SIGNING_CERTIFICATE),
                der(
                    0x31,
                    sequence(sequence(sequence(der(0x04, hashlib.sha256(encoded).digest())))),
                ),
            ),
        ]
        inside = b"".join(sorted(attributes))
        signature = self._key.sign(der(0x31, inside), padding.PKCS1v15(), hashes.SHA256())
        if self.signs_wrongly:
            signature = bytes(len(signature))
        signer = sequence(
            integer(1),
            sequence(
                self.certificate.issuer.public_bytes(), integer(self.certificate.serial_number)
            ),
            algorithm,
            der(0xA0, inside),
            sequence(oid(SHA256_WITH_RSA), der(0x05)),
            der(0x04, signature),
        )
        return sequence(
            oid(SIGNED_DATA),
            der(
                0xA0,
                sequence(
                    integer(3),
                    der(0x31, algorithm),
                    sequence(oid(TST_INFO), der(0xA0, der(0x04, info))),
                    der(0xA0, encoded),
                    der(0x31, signer),
                ),
            ),
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
