"""Find bank account numbers and the bank named beside each.

In: a `Reading` and the places of links and addresses. Out: `BankAccount`s in order: 6 to 19
digits with a word of account before them ("STK", "tài khoản", "account", "ck") or a bank's name
beside them. A bank outside the lexicon is taken from the capitalised name after "ngân hàng" or
"bank", or the word that ends in "bank". Nothing here knows whose an account is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from soi.core.text.lexicon import rows
from soi.core.text.parts import BankAccount
from soi.core.text.reading import Reading, overlaps, read

_NUMBER = re.compile(r"(?<![\w.,/+$-])\d(?:[ .-]?\d){5,18}(?![^\W_]|[ .-]?\d)")
_ACCOUNT = re.compile(
    r"\b(?:stk|so ?tk|so tai khoan|tai khoan|tk|account(?: number| no\.?)?|acc|acct|a/c|bank acc"
    r"|chuyen khoan|chuyen tien|ck|transfer(?:red)? to|iban)\b"
)
_PHONE = re.compile(
    r"\b(?:goi|lien he|lh|sdt|dt|dien thoai|hotline|zalo|so dien thoai|call|phone|tel|mobile|ib|alo"
    r"|tong dai|whatsapp|viber|so phone|nhan tin|sms)\b"
)
_SMALL_CHANGE = re.compile(
    r" ?(?:d\b|₫|vnd|dong\b|usd|k\b|tr\b|trieu|nghin|ngan\b(?! hang)|ty\b|%)"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_DATE = re.compile(r"\d{1,2}[.-]\d{1,2}[.-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d")
_BEFORE = 60
_AFTER = 45
"""How far the words of context may stand, in characters of the same paragraph."""

_NAME_READ = 200
"""Characters of a bank's name that are read."""

_WORDS_FOR_BANK = re.compile(
    r"(?:ngan hang|nh|bank)\b(?: (?:tmcp|thuong mai co phan|tm cp|so)\b)? *:? *(?=[a-z])"
)
_TOUCHING = 3
_OTHER_NUMBER = re.compile(r"\d[\d .-]{4,}\d|\n\n")

_CAPITAL = r"[A-ZĐÀ-ÖØ-ÝĂĨŨƠƯẠ-Ỹ][\w]*"
_GENERIC = r"(?:TMCP|Thương mại cổ phần|TM CP|số|:)"
_AFTER_BANK = re.compile(
    rf"\b(?:[Nn]gân hàng|NGÂN HÀNG|[Nn]gan hang|NGAN HANG|NH|[Bb]ank|BANK)(?: ?{_GENERIC})? *:? *"
    rf"(?P<name>{_CAPITAL}(?: {_CAPITAL}){{0,3}})"
)
_ENDS_IN_BANK = re.compile(
    rf"(?<!\w)(?P<name>(?:{_CAPITAL} ){{1,3}}[Bb](?:ank|ANK)|[^\W\d_]{{2,24}}[Bb](?:ank|ANK))(?!\w)"
)

WALLETS = frozenset(row[0] for row in rows("banks") if row[2:] == ("wallet",))
"""Codes of the wallets, whose account numbers are phone numbers as well."""

FoundAccount = tuple[int, int, BankAccount]


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, str], re.Pattern[str]]:
    codes = {alias: code for code, names, *_ in rows("banks") for alias in names.split(",")}
    names = "|".join(map(re.escape, sorted(codes, key=len, reverse=True)))
    return codes, re.compile(rf"\b(?:{names})\b")


def find_accounts(reading: Reading, taken: list[tuple[int, int]]) -> list[FoundAccount]:
    """Return the bank accounts of `reading` outside the ranges `taken`, in order."""
    found: list[FoundAccount] = []
    for match in _NUMBER.finditer(reading.base):
        if overlaps(*match.span(), taken) or not _may_be_account(reading.base, match):
            continue
        bank = _account_bank(reading, *match.span())
        if bank is None:
            continue
        span, text = reading.place(*match.span())
        number = re.sub(r"\D", "", match[0])
        found.append((*match.span(), BankAccount(span, text, number, bank)))
    return found


def bank_code(name: str) -> str:
    """Return the code that `find_accounts` gives a bank of this name, "" for one without letters.

    Any alias of the lexicon gives the code of its bank; another name gives its bare letters without
    the words for "bank" before it, so a code gives itself.
    """
    base = read(name[:_NAME_READ]).base
    codes, names = _lexicon()
    if known := names.search(base):
        return codes[known[0]]
    return re.sub(r"[^a-z]", "", _WORDS_FOR_BANK.sub("", base.strip()))


def _may_be_account(base: str, match: re.Match[str]) -> bool:
    if _THOUSANDS.fullmatch(match[0]) or _DATE.fullmatch(match[0]):
        return False
    return not _SMALL_CHANGE.match(base, match.end())


def _account_bank(reading: Reading, start: int, end: int) -> str | None:
    """The bank of the number at `start:end`, "" if unnamed, None if it is no account.

    The nearest word before decides between an account and a phone; without one, a bank's name
    must touch the number. Context reaches to the next number on either side.
    """
    low, high = _context(reading.base, start, end)
    before = reading.base[low:start]
    account = max((word.end() for word in _ACCOUNT.finditer(before)), default=-1)
    phone = max((word.end() for word in _PHONE.finditer(before)), default=-1)
    if phone > account:
        return None
    bank, gap = _nearest_bank(reading, low, start, end, high)
    return bank if account >= 0 or (bank and gap <= _TOUCHING) else None


def _context(base: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - _BEFORE), min(len(base), end + _AFTER)
    low = max((stop.end() for stop in _OTHER_NUMBER.finditer(base, low, start)), default=low)
    following = _OTHER_NUMBER.search(base, end, high)
    return low, following.start() if following else high


def _nearest_bank(reading: Reading, first: int, start: int, end: int, last: int) -> tuple[str, int]:
    """The bank named nearest to the number within the two stretches, and how far it stands."""
    best = ("", _BEFORE + _AFTER)
    for low, high in ((first, start), (end, last)):
        for bank, low_at, high_at in _banks(reading, low, high):
            gap = start - high_at if high_at <= start else low_at - end
            if gap < best[1]:
                best = (bank, gap)
    return best


def _banks(reading: Reading, low: int, high: int) -> list[tuple[str, int, int]]:
    codes, names = _lexicon()
    known = [(codes[m[0]], *m.span()) for m in names.finditer(reading.base, low, high)]
    if known:
        return known
    found: list[tuple[str, int, int]] = []
    for pattern in (_AFTER_BANK, _ENDS_IN_BANK):
        for match in pattern.finditer(reading.plain, low, high):
            start, end = match.span("name")
            letters = re.sub(r"[^a-z]", "", reading.base[start:end])
            if len(letters) > 1:
                found.append((letters, start, end))
        if found:
            break
    return found
