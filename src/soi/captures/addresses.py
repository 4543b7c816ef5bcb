"""Decide to which addresses of the network a fetch may go.

In: a URL as a stranger wrote it. Out: the host, the port, and the IP addresses that the host has at
this moment, each of them one that anybody may reach; the connection is made to one of these and the
name is not asked for again, so that it can't lead elsewhere between the look and the connection
(DNS rebinding). A host with a single address inside is refused whole.

A `Policy` is all of it together. The one that is shipped is `PUBLIC`; tests make their own.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from soi.captures.errors import FetchFailed
from soi.captures.problems import Problem
from soi.core.formats.hosts import UnusableUrlError, web_url

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
_ADDRESSES = 8
"""Addresses of one host that are looked at."""

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' NAT; some clouds' metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the inside of one large cloud, at an address that looks public
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # measurements inside networks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
"""The registry of special addresses (RFC 6890) and what clouds added to it."""
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
"""Global unicast. Everything outside is refused, and with it loopback, link-local, private and
multicast addresses and those that carry an IPv4 address: mapped, compatible, translated (NAT64)."""
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, Teredo among them, which carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """True if the address is one that the whole Internet can reach, and no other network's inside.

    Python's own `is_global` alone will not do: what it says of the ranges that carry an IPv4
    address has changed from version to version.
    """
    if isinstance(address, ipaddress.IPv4Address):
        refused: Sequence[ipaddress.IPv4Network] = _NOT_PUBLIC_4
        return address.is_global and not any(address in network for network in refused)
    if address.scope_id is not None or address not in _PUBLIC_6:
        return False
    return address.is_global and not any(address in network for network in _NOT_PUBLIC_6)


def resolve(host: str, seconds: float) -> Sequence[str]:
    """The addresses of a host as DNS says now, IPv4 first.

    The system's own table of hosts and its list of suffixes are not read: a name from outside must
    not mean something inside. Raises `FetchFailed`: unknown, or not to be found out in `seconds`.
    """
    import dns.exception  # costs 0.1 s that only a fetch need pay
    import dns.name  # as above
    import dns.resolver  # as above

    try:
        name = dns.name.from_text(host).canonicalize()
        found = dns.resolver.Resolver().resolve_name(name, lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.name.LabelTooLong, dns.name.EmptyLabel) as error:
        raise FetchFailed(Problem.HOST_UNKNOWN, f"{host} does not exist.") from error
    except dns.resolver.NoAnswer as error:
        raise FetchFailed(Problem.HOST_UNKNOWN, f"{host} has no address.") from error
    except (dns.exception.DNSException, OSError) as error:
        raise FetchFailed(Problem.HOST_UNRESOLVED, f"{host} could not be looked up.") from error
    return sorted(set(found.addresses()), key=lambda address: ":" in address)


@cache
def trusted_authorities() -> ssl.SSLContext:
    """TLS as the system trusts it: names and chains are verified, TLS 1.2 is the least."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True, slots=True)
class Policy:
    """Where a fetch may go, and whom it believes on the way."""

    schemes: frozenset[str] = frozenset(_PORTS)
    ports: Container[int] = frozenset({80, 443, 8080, 8443})
    is_allowed: Callable[[Address], bool] = is_public
    resolve: Callable[[str, float], Sequence[str]] = resolve
    tls: Callable[[], ssl.SSLContext] = trusted_authorities


PUBLIC = Policy()
"""The public web, and nothing else."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart for one request; all of it is ASCII without white space and controls."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    """Path and query as they stand in the request line."""

    @property
    def authority(self) -> str:
        """What the header `Host` says."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


def target_of(url: str, policy: Policy) -> Target:
    """The URL taken apart. Raises `FetchFailed` for one that the policy does not let through.

    Names only: addresses in figures, however written, and names without a dot are refused.
    """
    try:
        known = web_url(url)
        parts = urlsplit(known.url)
        port = parts.port or _PORTS[parts.scheme]
    except (UnusableUrlError, ValueError) as error:
        raise FetchFailed(Problem.URL_INVALID, "That is no address of the public web.") from error
    if parts.scheme not in policy.schemes:
        raise FetchFailed(Problem.URL_INVALID, f"{parts.scheme} is not allowed here.")
    if port not in policy.ports:
        raise FetchFailed(Problem.PORT_REFUSED, f"Port {port} is not allowed.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(known.url, parts.scheme, known.host, port, path)


def addresses_of(host: str, policy: Policy, seconds: float) -> Sequence[str]:
    """Where the host is, at least one address. Raises `FetchFailed`."""
    found = list(policy.resolve(host, seconds))[:_ADDRESSES]
    if not found:
        raise FetchFailed(Problem.HOST_UNKNOWN, f"{host} has no address.")
    for each in found:
        try:
            is_allowed = policy.is_allowed(ipaddress.ip_address(each))
        except ValueError:
            is_allowed = False
        if not is_allowed:
            raise FetchFailed(Problem.ADDRESS_REFUSED, f"{host} leads inside a network.")
    return found
