"""What was published of a check, as anybody can have saved it: its record, its page, its card.

In: the bytes of a file. Out: a `Record`, with the id and the hash that the public log holds. A page
carries the record of its edition; what a reader sees on it is compared with that record, so that
words which were changed on the page alone are found. Nothing here runs or loads what a page names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

from soi.core.ledger.canonical import digest, read_json
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError

FORM = "soi edition 1"
MARK = "soi-edition"
"""The id of the element of a page that carries the record."""
LARGEST_FILE = 2**24
"""Bytes of a page, a record or a picture."""
VERDICTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "true": ("Đúng", "True"),
        "mostly_true": ("Gần đúng", "Mostly true"),
        "missing_context": ("Thiếu bối cảnh", "Missing context"),
        "false": ("Sai", "False"),
        "unproven": ("Chưa đủ chứng cứ", "Unproven"),
    }
)
"""How pages say each verdict, in every language of the pages."""
WITHDRAWN = ("Đã rút", "Withdrawn")
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|!--)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """An edition as it was published: `id` names it in the log ("17.2"), `sha256` is its hash."""

    id: str
    sha256: bytes
    content: Mapping[str, Any]


def is_page(content: bytes) -> bool:
    """True for what begins as a page of HTML does."""
    return _PAGE.match(content[:1000]) is not None


def is_record(content: bytes) -> bool:
    """True for JSON that says that it is the record of an edition."""
    return b'"soi edition ' in content[:LARGEST_FILE] and content.lstrip()[:1] == b"{"


def read_record(content: bytes) -> Record:
    """The record of an edition, from its JSON.

    Raises `LedgerError`: `log_record_invalid` for another JSON, `log_not_canonical` for what could
    not have been logged.
    """
    if len(content) > LARGEST_FILE:
        raise _invalid(f"more than {LARGEST_FILE} bytes")
    found = read_json(content)
    if not isinstance(found, dict) or found.get("form") != FORM:
        raise _invalid(f"it is not of the form {FORM}")
    numbers = (found.get("claim"), found.get("edition"))
    if not all(type(each) is int and 0 < each < 10**12 for each in numbers):
        raise _invalid("it does not say of which check it is")
    if not all(isinstance(found.get(name), str) for name in ("wording", "summary", "verdict")):
        raise _invalid("it has no claim, summary or verdict")
    return Record(f"{numbers[0]}.{numbers[1]}", digest(found), found)


def read_page(content: bytes) -> Record:
    """The record that a check's page carries, if the page says what it says.

    Compared are the claim, the title, the summary, the verdict, each quoted passage, the words of
    the explanation and the hash. Raises `LedgerError`: `log_record_invalid` for a page without a
    record or with two, `log_page_differs` when a reader of the page is told something else.
    """
    if len(content) > LARGEST_FILE:
        raise _invalid(f"more than {LARGEST_FILE} bytes")
    seen = _Seen()
    try:
        seen.feed(content.decode("utf-8-sig"))
        seen.close()
    except (UnicodeDecodeError, AssertionError) as error:
        raise _invalid("the page can't be read") from error
    if len(seen.records) != 1:
        raise _invalid("the page carries no record of an edition, or several")
    record = read_record(seen.records[0].encode())
    shown = _words("".join(seen.text))
    for name, words in _to_be_seen(record):
        if _words(words) not in shown:
            raise LedgerError(
                Code.PAGE_DIFFERS, f"the page does not show the {name} of edition {record.id}"
            )
    if _words("".join(seen.heading)) != _words(str(record.content["wording"])):
        raise LedgerError(Code.PAGE_DIFFERS, f"the heading is not the claim of edition {record.id}")
    _check_verdict(record, seen)
    return record


def _to_be_seen(record: Record) -> Iterator[tuple[str, str]]:
    content = record.content
    yield "hash", record.sha256.hex()
    yield "claim", str(content["wording"])
    correction = content.get("correction")
    if isinstance(correction, dict):
        yield "correction", str(correction.get("note", ""))
    if is_withdrawal(record):
        return
    for name in ("title", "summary"):
        yield name, str(content.get(name, ""))
    evidence = content.get("evidence")
    for each in evidence if isinstance(evidence, list) else ():
        if isinstance(each, dict):
            yield "quoted passage", str(each.get("quote", ""))
    # Marks and addresses of the explanation's Markdown are no words that a reader sees.
    plain = re.sub(r"\]\([^)\n]*\)", "]", str(content.get("explanation", "")))
    for line in plain.splitlines():
        if not re.search(r"[<>&|\\\[\]]|^\s*(?:\d+[.)]|```|~~~)", line):
            yield "explanation", line


def is_withdrawal(record: Record) -> bool:
    """True for the edition that says that a check no longer stands."""
    correction = record.content.get("correction")
    return isinstance(correction, dict) and correction.get("kind") == "withdrawal"


def _check_verdict(record: Record, seen: _Seen) -> None:
    verdict = str(record.content["verdict"])
    expected = WITHDRAWN if is_withdrawal(record) else VERDICTS.get(verdict, ())
    said = {_words(word) for word in seen.tags}
    others = {_words(word) for words in (*VERDICTS.values(), WITHDRAWN) for word in words}
    wanted = {_words(word) for word in expected}
    if not said & wanted or said & (others - wanted):
        raise LedgerError(
            Code.PAGE_DIFFERS, f"the page shows another verdict than edition {record.id}"
        )


def _words(text: str) -> str:
    """Letters and digits alone: how a text is spaced, marked and wrapped says nothing."""
    return "".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text)))


class _Seen(HTMLParser):
    """What a reader of a page sees, the tags at its head, and the records that it carries."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.tags: list[str] = []
        self.records: list[str] = []
        self.heading: list[str] = []
        self._carries: list[str] | None = None
        self._unseen = ""
        self._is_head = self._is_tag = False
        self._is_heading = False
        self._tag: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Follow what is not shown, and where the head of the check is."""
        found = dict(attrs)
        if tag in ("script", "style", "template", "noscript") and not self._unseen:
            self._unseen = tag
            if tag == "script" and found.get("id") == MARK:
                self._carries = []
        names = (found.get("class") or "").split()
        if tag == "header" and "check-head" in names:
            self._is_head = True
        if tag == "h1":
            self._is_heading = True
        if tag == "span" and self._is_head and "tag" in names:
            self._is_tag = True
        if tag == "bdi" and self._is_tag:
            self._tag = []

    def handle_endtag(self, tag: str) -> None:
        """Keep what has ended."""
        if tag == self._unseen:
            if self._carries is not None:
                self.records.append("".join(self._carries))
            self._unseen, self._carries = "", None
        if tag == "h1":
            self._is_heading = False
        if tag == "header":
            self._is_head = False
        if tag == "bdi" and self._tag is not None:
            self.tags.append("".join(self._tag))
            self._tag, self._is_tag = None, False

    def handle_data(self, data: str) -> None:
        """Text is what is shown, or a record."""
        if self._carries is not None:
            self._carries.append(data)
        if not self._unseen:
            self.text.append(data)
            if self._is_heading:
                self.heading.append(data)
            if self._tag is not None:
                self._tag.append(data)


def _invalid(why: str) -> LedgerError:
    return LedgerError(Code.RECORD_INVALID, f"no record of an edition: {why}")
