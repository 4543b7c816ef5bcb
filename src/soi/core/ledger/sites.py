"""Verify offline what was published against a whole log, or an exported site against its own.

In: a function that fetches files, and a `Trust` that the reader has from elsewhere. Out: a
`Report`. Every file of the log is verified on the way; then the record of each edition, challenge
answer, notice and organisation that the log names is held against its hash, and each check's page
against its record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256

from soi.core.ledger.canonical import digest, read_json
from soi.core.ledger.cardcode import CardCode
from soi.core.ledger.checkpoints import Trust
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.leaves import Leaf, LeafKind
from soi.core.ledger.published import LARGEST_FILE, Record, read_page
from soi.core.ledger.reader import Fetch
from soi.core.ledger.verify import Finding, Report, verify_log

EDITIONS = frozenset({LeafKind.EDITION, LeafKind.CORRECTION, LeafKind.WITHDRAWAL})
LANGUAGES = ("", "en/")
"""How addresses of pages begin, by language."""
_GONE = digest(None)
_NAMED = 5
_FILES = {
    LeafKind.CHALLENGE_ANSWER: "challenges/{}/record.json",
    LeafKind.NOTICE: "notices/{}/record.json",
}


def verify_published(published: Record | CardCode, fetch: Fetch, trust: Trust) -> Report:
    """Verify that the edition that a record or a card shows stands in a log, all of it verified.

    The report says when the log holds a later edition of the same check. Raises as `verify_log`
    does, and `LedgerError` (`log_not_logged`) if the log holds no such edition with this hash.
    """
    claim = published.id.partition(".")[0]
    found: list[tuple[int, Leaf]] = []
    last = 0

    def look(index: int, leaf: Leaf) -> None:
        nonlocal last
        if leaf.kind in EDITIONS and leaf.id.partition(".")[0] == claim and leaf.sha256 != _GONE:
            last = max(last, _number(leaf))
            if leaf.id == published.id and leaf.sha256 == published.sha256:
                found.append((index, leaf))

    whole = verify_log(fetch, trust, look=look)
    if not found:
        raise LedgerError(
            Code.NOT_LOGGED, f"the log holds no edition {published.id} with this hash"
        )
    index, leaf = found[0]
    is_card = isinstance(published, CardCode)
    proved = [*whole.proved, Finding.INCLUDED, Finding.CARD if is_card else Finding.CONTENT]
    not_proved = [each for each in whole.not_proved if each is not Finding.CONTENT_UNSEEN]
    if last > _number(leaf):
        proved.append(Finding.REPLACED)
    if is_card:
        not_proved.insert(0, Finding.PICTURE_UNSEEN)
    return replace(
        whole, proved=tuple(proved), not_proved=tuple(not_proved), leaf=leaf, index=index,
        last=f"{claim}.{last}",
    )  # fmt: skip


def verify_site(fetch: Fetch, trust: Trust, *, since: bytes | None = None) -> Report:
    """Verify an exported site: its log, each record that the log names, each page of a check.

    Raises as `verify_log` does, and `LedgerError` (`log_site_differs`) with the first files that
    are missing, changed, or say something else than what was logged.
    """
    newest: dict[tuple[LeafKind, str], Leaf] = {}

    def look(index: int, leaf: Leaf) -> None:
        kind = LeafKind.EDITION if leaf.kind in EDITIONS else leaf.kind
        newest[kind, leaf.id] = leaf

    def log(path: str, most: int) -> bytes:
        return fetch(f"log/{path}", most)

    whole = verify_log(log, trust, since=since, look=look)
    faults: list[str] = []
    count = 0
    for name, holds in _expected(newest):
        count += 1
        try:
            holds(fetch(name, LARGEST_FILE + 1))
        except (FileNotFoundError, NotADirectoryError):
            faults.append(f"{name} is missing")
        except LedgerError as error:
            faults.append(f"{name}: {error.message}")
    if faults:
        more = f", and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        raise LedgerError(Code.SITE_DIFFERS, "; ".join(faults[:_NAMED]) + more)
    not_proved = [each for each in whole.not_proved if each is not Finding.CONTENT_UNSEEN]
    return replace(
        whole, proved=(*whole.proved, Finding.SITE), not_proved=(Finding.SITE_REST, *not_proved),
        files=count,
    )  # fmt: skip


Holds = Callable[[bytes], None]


def _expected(newest: dict[tuple[LeafKind, str], Leaf]) -> Iterator[tuple[str, Holds]]:
    """The files that a site has to have, each with what refuses another content."""
    editions: dict[str, dict[int, Leaf]] = {}
    for (kind, name), leaf in newest.items():
        if leaf.sha256 == _GONE:
            continue
        if kind is LeafKind.EDITION and "." in name:
            editions.setdefault(name.partition(".")[0], {})[_number(leaf)] = leaf
        elif kind in _FILES:
            yield _FILES[kind].format(name), _hashed(leaf)
    for claim, by_number in editions.items():
        last = max(by_number)
        for number, leaf in by_number.items():
            yield f"claims/{claim}/{number}/edition.json", _hashed(leaf)
            for language in LANGUAGES:
                if number == last:
                    yield f"{language}claims/{claim}/index.html", _shows(leaf)
                if last > 1:
                    yield f"{language}claims/{claim}/{number}/index.html", _shows(leaf)


def _hashed(leaf: Leaf) -> Holds:
    def holds(content: bytes) -> None:
        # What is published is canonical already; a copy that was only laid out anew is the same.
        if sha256(content).digest() != leaf.sha256 and digest(read_json(content)) != leaf.sha256:
            raise LedgerError(Code.PROOF_WRONG, "it is not what was logged")

    return holds


def _shows(leaf: Leaf) -> Holds:
    def holds(content: bytes) -> None:
        record = read_page(content)
        if (record.id, record.sha256) != (leaf.id, leaf.sha256):
            raise LedgerError(Code.PAGE_DIFFERS, f"it shows {record.id}, not what was logged")

    return holds


def _number(leaf: Leaf) -> int:
    found = re.fullmatch(r"[0-9]+\.([0-9]+)", leaf.id)
    return int(found[1]) if found else 0
