"""A reach into DNS and the web of this machine, for tests of proofs.

Every host is the one web server, every name is asked of the one name server. The fetch is the
product's own, with its limits; only the port is another one, and HTTPS is taken for granted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from soi.captures.fetching import Fetched, Limits, fetch
from soi.register.proofs.dns import texts_of
from soi.register.proofs.running import Reach
from tests.nameserver import Names, naming
from tests.webserver import Saying, Web, reply, serving

LIMITS = Limits(seconds=5.0, size=1_000_000, redirects=3)


@dataclass
class World:
    """The two servers, and a reach that leads to nothing else."""

    web: Web
    names: Names
    limits: Limits = LIMITS

    @property
    def reach(self) -> Reach:
        return Reach(self._fetch, lambda name: texts_of(name, self.names.servers))

    def _fetch(self, url: str) -> Fetched:
        scheme, _, rest = url.partition("://")
        assert scheme == "https", f"{url} would be asked for in the open"
        host, slash, path = rest.partition("/")
        here = f"http://{host}:{self.web.port}{slash}{path}"
        found = fetch(here, self.limits, self.web.policy)
        return replace(found, url=found.url.replace("http:", "https:").replace(self._port, ""))

    @property
    def _port(self) -> str:
        return f":{self.web.port}"

    def says(self, host: str, path: str, body: bytes | str | Saying, kind: str = "") -> None:
        """Let a host answer with a body, or with whatever is done with the connection."""
        plain = body if callable(body) else reply(body, kind=kind or "text/html; charset=utf-8")
        self.web.says[f"{host}{path}"] = plain

    def leads(self, host: str, path: str, to: str) -> None:
        """Let an address lead to another one of this world."""
        there = to.replace("https://", "http://", 1)
        scheme, _, rest = there.partition("://")
        other, slash, tail = rest.partition("/")
        location = f"{scheme}://{other}{self._port}{slash}{tail}"
        self.web.says[f"{host}{path}"] = reply("", f"Location: {location}", status="302 Found")


@contextmanager
def world() -> Iterator[World]:
    """Both servers for as long as it lasts."""
    with serving() as web, naming() as names:
        yield World(web, names)
