"""Send a few bytes to a server that the desk's operator has named, and read what it answers.

In: an address, a body, limits. Out: status and body of the reply, whatever the status; or a
`FetchFailed` when none came whole. No redirect is followed: what was sent was meant for one server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from soi import __version__
from soi.captures.addresses import Policy, addresses_of, target_of
from soi.captures.errors import FetchFailed
from soi.captures.problems import Problem
from soi.captures.timestamps import OPERATORS
from soi.captures.transport import Deadline, asking

SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Posted:
    """What a server answered."""

    status: int
    content: bytes


def post(
    url: str, body: bytes, *, limit: int, policy: Policy = OPERATORS, kind: str = "text/plain"
) -> Posted:
    """Send `body` to `url` and read at most `limit` bytes. Raises `FetchFailed`."""
    deadline = Deadline(SECONDS)
    target = target_of(url, policy)
    addresses = addresses_of(target.host, policy, deadline.left())
    headers = (("User-Agent", f"Soi/{__version__}"), ("Content-Type", kind))
    with asking(
        target, addresses, headers=headers, policy=policy, deadline=deadline, body=body
    ) as reply:
        content = b""
        for piece in reply.body(limit):
            content += piece
            if len(content) > limit:
                raise FetchFailed(Problem.TOO_LARGE, "The reply is larger than is taken.")
        return Posted(reply.status, content)
