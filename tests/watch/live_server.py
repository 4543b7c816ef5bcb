"""A certstream-server-go for tests: a local WebSocket server that plays sessions, one a connection.

Messages are in the form that its README publishes; every name in them is invented.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

Session = Callable[[ServerConnection], None]
"""What the server does with one connection; it is closed afterwards."""


@dataclass
class LiveServer:
    """The server's address, and how many connections came."""

    url: str = ""
    connections: int = 0
    pings: int = 0
    is_pinged: threading.Event = field(default_factory=threading.Event)


def sends(*messages: Any) -> Session:
    """A session that sends messages and closes well."""

    def session(connection: ServerConnection) -> None:
        for message in messages:
            raw = isinstance(message, str | bytes)
            connection.send(message if raw else json.dumps(message))

    return session


def breaks_after(*messages: Any) -> Session:
    """A session that sends messages and then goes away without a word."""

    def session(connection: ServerConnection) -> None:
        sends(*messages)(connection)
        connection.socket.close()

    return session


class _Listening(logging.Handler):
    """Hears of pings in the server's own log."""

    def __init__(self, server: LiveServer) -> None:
        super().__init__()
        self._server = server

    def emit(self, record: logging.LogRecord) -> None:
        if "< PING" in record.getMessage():
            self._server.pings += 1
            self._server.is_pinged.set()


@contextmanager
def live_server(sessions: Sequence[Session]) -> Iterator[LiveServer]:
    """Play `sessions`, one for each connection; whoever comes later is sent away."""
    server = LiveServer()
    log = logging.Logger("live server", level=logging.DEBUG)
    log.addHandler(_Listening(server))

    def play(connection: ServerConnection) -> None:
        number, server.connections = server.connections, server.connections + 1
        if number < len(sessions):
            try:
                sessions[number](connection)
            except ConnectionClosed:
                return

    with serve(play, "127.0.0.1", 0, ping_interval=None, close_timeout=1, logger=log) as running:
        host, port = running.socket.getsockname()[:2]
        server.url = f"ws://{host}:{port}/"
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            running.shutdown()
            thread.join()


def certificate(*names: str, seen: float, is_full: bool = False) -> dict[str, Any]:
    """A message of the lite stream, or of the full one, for a certificate of `names`."""
    leaf: dict[str, Any] = {
        "all_domains": list(names),
        "extensions": {
            "authorityInfoAccess": "URI:http://ca.example/, URI:http://ocsp.example",
            "authorityKeyIdentifier": "keyid:14:2e:b3:17",
            "basicConstraints": "CA:FALSE",
            "keyUsage": "Digital Signature, Key Encipherment",
            "subjectAltName": ", ".join(f"DNS:{name}" for name in names),
            "subjectKeyIdentifier": "keyid:4e:cb:ae:47",
        },
        "fingerprint": "27:58:3D:01:3D:71",
        "sha1": "27:58:3D:01:3D:71",
        "sha256": "AB:CD:EF:01",
        "not_after": 1667028404,
        "not_before": 1659252405,
        "serial_number": "0498BDF812FAF923",
        "signature_algorithm": "sha256, rsa",
        "subject": _party(CN=names[0] if names else None),
        "issuer": _party(C="US", CN="R3", O="Invented CA"),
        "is_ca": False,
    }
    data: dict[str, Any] = {
        "cert_index": 712420366,
        "cert_link": "https://log.example/ct/v1/get-entries?start=712420366&end=712420366",
        "leaf_cert": leaf,
        "seen": seen,
        "source": {
            "name": "Invented log",
            "url": "https://log.example",
            "timestamp": seen,
            "type": "rfc6962",
        },
        "update_type": "PrecertLogEntry",
    }
    if is_full:
        leaf["as_der"] = "MIIE" * 400
        data["chain"] = [leaf | {"all_domains": ["ca.example"], "is_ca": True}]
    return {"data": data, "message_type": "certificate_update"}


def domains(*names: str) -> dict[str, Any]:
    """A message of the stream of domains only."""
    return {"data": list(names), "message_type": "dns_entries"}


def _party(**known: str | None) -> dict[str, str | None]:
    unknown = dict.fromkeys(["C", "CN", "L", "O", "OU", "ST", "aggregated", "email_address"])
    return unknown | known
