"""Ask DNS for TXT records, as one who knows that it lies and hangs.

In: a name and the servers to ask. Out: the texts that stand there, () where surely nothing does; or
a `DnsFailed` that says why it can't be told. Every question has a time of its own and all of them
one together; an answer that is for another question, cut off or larger than is taken is none. Where
the desk names several servers, all of them must say the same: one that was led astray is found out.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soi.register.proofs.types import Problem

if TYPE_CHECKING:
    from dns.message import QueryMessage

SECONDS = 8.0
"""For all questions about one name together."""
PATIENCE = 3.0
"""For one question to one server."""
RECORDS = 50
TEXT_LIMIT = 2_000
"""Records, and characters of one, that are read."""
SYSTEM_SERVERS = 2
"""So many of the system's own servers are asked, one after another, until one answers."""
_EDNS_SIZE = 1232
"""Bytes of an answer by UDP that no router takes apart (DNS flag day 2020)."""


class DnsFailed(Exception):
    """It can't be told what stands in DNS."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Server:
    """One server that answers questions of names."""

    address: str
    port: int = 53


@dataclass(frozen=True, slots=True)
class Servers:
    """Whom to ask: `all_agree` for servers that the desk named, else the first that answers."""

    servers: tuple[Server, ...]
    all_agree: bool


def named_servers(written: Sequence[str]) -> Servers:
    """The servers of the setting: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[...]:5353`.

    Raises `ValueError` for what is none. None written are the system's own.
    """
    return Servers(tuple(map(_server, written)), all_agree=bool(written))


def system_servers() -> Servers:
    """The servers that this machine asks."""
    import dns.exception  # costs 0.1 s that only a proof need pay
    import dns.resolver  # as above

    try:
        system = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError):
        return Servers((), all_agree=False)
    found = [Server(str(each), system.port) for each in system.nameservers]
    return Servers(tuple(found[:SYSTEM_SERVERS]), all_agree=False)


def _server(written: str) -> Server:
    address, port = written, "53"
    if written.startswith("["):
        address, _, rest = written[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif written.count(":") == 1:
        address, _, port = written.partition(":")
    return Server(str(ipaddress.ip_address(address)), int(port))


def texts_of(
    name: str, servers: Servers, *, clock: Callable[[], float] = time.monotonic
) -> tuple[str, ...]:
    """The TXT records of a name, in no order that means anything; () when there are none.

    Raises `DnsFailed`: no server answers in time, or they do not agree, or the name can't be asked.
    """
    ends = clock() + SECONDS
    answers: list[tuple[str, ...]] = []
    failure: DnsFailed | None = None
    for server in servers.servers:
        try:
            answers.append(_asked(name, server, min(PATIENCE, ends - clock())))
        except DnsFailed as error:
            failure = error
            if servers.all_agree:
                raise
            continue
        if not servers.all_agree:
            break
    if not answers:
        raise failure or DnsFailed(Problem.DNS_UNREACHABLE, "There is no server to ask.")
    if any(set(each) != set(answers[0]) for each in answers):
        raise DnsFailed(Problem.DNS_DISAGREES, f"The servers disagree on {name}.")
    return answers[0]


def _asked(name: str, server: Server, seconds: float) -> tuple[str, ...]:
    import dns.exception  # as above
    import dns.message  # as above
    import dns.query  # as above
    import dns.rdatatype  # as above

    if seconds <= 0:
        raise DnsFailed(Problem.DNS_UNREACHABLE, "The servers took too long.")
    try:
        question = dns.message.make_query(name, dns.rdatatype.TXT, payload=_EDNS_SIZE, use_edns=0)
        answer, _ = dns.query.udp_with_fallback(
            question, server.address, timeout=seconds, port=server.port, ignore_unexpected=True
        )
        if not isinstance(answer, dns.message.QueryMessage):
            raise DnsFailed(Problem.DNS_MALFORMED, "The answer is for no question.")
        return _texts(answer)
    except dns.exception.Timeout as error:
        raise DnsFailed(Problem.DNS_UNREACHABLE, "The server did not answer in time.") from error
    except (dns.exception.DNSException, EOFError, ValueError) as error:
        raise DnsFailed(Problem.DNS_MALFORMED, "The answer can't be read.") from error
    except OSError as error:
        raise DnsFailed(Problem.DNS_UNREACHABLE, "The server can't be reached.") from error


def _texts(answer: QueryMessage) -> tuple[str, ...]:
    import dns.flags  # as above
    import dns.rcode  # as above

    if answer.flags & dns.flags.TC:
        raise DnsFailed(Problem.DNS_MALFORMED, "The answer is cut off.")
    code = answer.rcode()
    if code == dns.rcode.NXDOMAIN:
        return ()
    if code != dns.rcode.NOERROR:
        raise DnsFailed(Problem.DNS_UNREACHABLE, f"The server says {dns.rcode.to_text(code)}.")
    # Follows aliases within the answer; a ring of them is refused there.
    found = answer.resolve_chaining().answer
    if found is None:
        return ()
    records = [b"".join(record.strings) for record in list(found)[:RECORDS]]
    return tuple(each[:TEXT_LIMIT].decode("utf-8", "replace") for each in records)
