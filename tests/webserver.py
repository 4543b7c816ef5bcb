"""A web server of this machine for tests of fetching, which says byte for byte what it is told to.

`serving` starts one; `Web.policy` is the shipped policy but for one thing: every name leads to this
server, and its loopback address is allowed. `Web.url` gives an address on it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from soi.captures.addresses import Address, Policy

Saying = bytes | Callable[[socket.socket], None]
"""A whole reply, or what is done with the connection once the request has come."""

HOST = "tin.bensay.example"


def reply(
    body: bytes | str = b"",
    *headers: str,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
) -> bytes:
    """A plain reply with a Content-Length."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join([*lines, "", ""]).encode() + content


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A reply that leads elsewhere."""
    return reply("", f"Location: {location}", status=status)


@dataclass
class Web:
    """A server that runs, what it says by path, and what it was asked."""

    says: dict[str, Saying]
    requests: list[bytes] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    scheme: str = "http"
    tls: Callable[[], ssl.SSLContext] | None = None

    def url(self, path: str = "/", host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.split()[1].decode() for request in self.requests]

    @property
    def policy(self) -> Policy:
        shipped = Policy()
        return Policy(
            ports={80, 443, 8080, 8443, self.port},
            is_allowed=_is_here,
            resolve=_leads_here,
            tls=self.tls or shipped.tls,
        )


def _is_here(address: Address) -> bool:
    return address == ipaddress.ip_address("127.0.0.1")


def _leads_here(_host: str, _seconds: float) -> Sequence[str]:
    return ["127.0.0.1"]


@contextmanager
def serving(
    says: dict[str, Saying] | None = None, *, certificate: Certificate | None = None
) -> Iterator[Web]:
    """A server with replies by path, or by host and path; others are "404 Not Found".

    With a certificate it is TLS.
    """
    web = Web(says or {})

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            web.connections += 1
            with suppress(OSError):
                connection = self.request
                if certificate:
                    connection = certificate.for_servers().wrap_socket(connection, server_side=True)
                _serve(web, connection)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        web.port = server.server_address[1]
        if certificate:
            web.scheme, web.tls = "https", certificate.for_clients
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()


def _serve(web: Web, connection: socket.socket) -> None:
    request = b""
    while not _is_whole(request):
        more = connection.recv(65536)
        if not more:
            return
        request += more
        if not request.startswith((b"GET "[: len(request)], b"POST "[: len(request)])):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
    web.requests.append(request)
    path = request.split()[1].decode().partition("?")[0]
    host = request.partition(b"\r\nHost: ")[2].partition(b"\r\n")[0].decode().partition(":")[0]
    missing = reply("nothing", status="404 Not Found")
    said = web.says.get(f"{host}{path}", web.says.get(path, missing))
    if isinstance(said, bytes):
        connection.sendall(said)
    else:
        said(connection)
    connection.close()


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return bool(end) and len(body) == int(length[1] if length else 0)


@dataclass
class Certificate:
    """A certificate for `HOST` that signs itself; clients of `for_clients` trust it."""

    pem: Path

    @classmethod
    def made(cls, folder: Path, host: str = HOST) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        now = dt.datetime.now(dt.UTC)
        signed = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = folder / f"{host}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        return cls(path)

    def for_servers(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        return context

    def for_clients(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.pem))
