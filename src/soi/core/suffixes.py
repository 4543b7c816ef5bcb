"""The Public Suffix List: under which names strangers can register their own.

One copy for the whole process, the one inside `publicsuffixlist`, private section included, so that
two blogs on one platform are two owners. Hosts are lower case, in Unicode or punycode.
"""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes(*, only_icann: bool) -> PublicSuffixList:
    return PublicSuffixList(only_icann=only_icann)


def public_suffix(host: str, *, accept_unknown: bool = True) -> str | None:
    """The longest public suffix of a host, or None.

    An ending that the list does not know counts as a suffix of one label unless `accept_unknown`
    is false (the list's own last rule, `*`).
    """
    found: str | None = _suffixes(only_icann=False).publicsuffix(
        host, accept_unknown=accept_unknown
    )
    return found


def icann_suffix(host: str) -> str | None:
    """The longest suffix that a registry runs: without the list's private section."""
    found: str | None = _suffixes(only_icann=True).publicsuffix(host)
    return found


def registrable(host: str) -> str | None:
    """The part of a host that one owner registered, None for a public suffix itself."""
    found: str | None = _suffixes(only_icann=False).privatesuffix(host)
    return found
