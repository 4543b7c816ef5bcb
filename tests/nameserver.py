"""A DNS server of this machine for tests of proofs, which says what it is told to, lies included.

`naming` starts one for UDP and TCP on one port; `Names.texts` are its TXT records, `Names.says`
replaces the answer to one name by a function, for a server that lies, hangs or drips.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from soi.register.proofs.dns import Server, Servers

Saying = Callable[[dns.message.Message], bytes | None]
"""The bytes that answer a question, None for silence."""


@dataclass
class Names:
    """A server that runs, what it says, and what it was asked."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    says: dict[str, Saying] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    only_tcp: bool = False
    drips: bool = False
    """By TCP it promises an answer, sends half of it, and waits."""
    port: int = 0

    @property
    def server(self) -> Server:
        return Server("127.0.0.1", self.port)

    @property
    def servers(self) -> Servers:
        return Servers((self.server,), all_agree=True)

    def answer(self, question: dns.message.Message, *, by_tcp: bool) -> bytes | None:
        name = str(question.question[0].name).rstrip(".").lower()
        self.asked.append(name)
        if name in self.says:
            return self.says[name](question)
        if self.only_tcp and not by_tcp:
            cut = dns.message.make_response(question)
            cut.flags |= dns.flags.TC
            return cut.to_wire()
        return self._said(question, name).to_wire(max_size=65535)

    def _said(self, question: dns.message.Message, name: str) -> dns.message.Message:
        reply = dns.message.make_response(question)
        while name in self.aliases:
            target = self.aliases[name]
            reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{target}."))
            name = target
        if name in self.texts:
            quoted = ['"' + text.replace('"', '\\"') + '"' for text in self.texts[name]]
            reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *quoted))
        elif not reply.answer:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply


def failing(question: dns.message.Message) -> bytes:
    """SERVFAIL."""
    reply = dns.message.make_response(question)
    reply.set_rcode(dns.rcode.SERVFAIL)
    return reply.to_wire()


def silent(_question: dns.message.Message) -> None:
    """Nothing at all."""
    return


@contextmanager
def naming() -> Iterator[Names]:
    """A server without records, which the test writes into it."""
    names = Names()

    class ByUdp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            with suppress(Exception):
                if (answer := names.answer(dns.message.from_wire(data), by_tcp=False)) is not None:
                    sock.sendto(answer, self.client_address)

    class ByTcp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(Exception):
                length = int.from_bytes(self.request.recv(2), "big")
                question = dns.message.from_wire(self.request.recv(length))
                if (answer := names.answer(question, by_tcp=True)) is not None:
                    whole = len(answer).to_bytes(2, "big") + answer
                    self.request.sendall(whole[: len(whole) // 2] if names.drips else whole)
                    self.request.recv(1)

    class Udp(socketserver.ThreadingUDPServer):
        daemon_threads = True

    class Tcp(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Tcp(("127.0.0.1", 0), ByTcp) as tcp:
        names.port = tcp.server_address[1]
        with Udp(("127.0.0.1", names.port), ByUdp) as udp:
            threads = [
                threading.Thread(target=each.serve_forever, args=(0.01,), daemon=True)
                for each in (tcp, udp)
            ]
            for thread in threads:
                thread.start()
            try:
                yield names
            finally:
                for each in (tcp, udp):
                    each.shutdown()
                for thread in threads:
                    thread.join()
