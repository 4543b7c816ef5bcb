"""Find phone numbers: ordinary ones, hotlines, and short codes where the words call for one.

In: a `Reading` and the places already read as something else. Out: `Phone`s in order: E.164 by
the numbering plans of `phonenumbers` (Vietnam when no country code stands there), bare national
digits for 1800/1900 hotlines, which cannot be dialled from abroad, and for short codes. Amounts
of money, dates and years are not numbers to call. Nothing here knows whose a number is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from soi.core.text.lexicon import word_list
from soi.core.text.parts import Phone, PhoneKind
from soi.core.text.reading import Reading, overlaps

_GAP = r"(?: ?\(0\) ?|\)?[ .\u00b7\u2010-\u2015-]{1,2}|\))"
_CANDIDATE = re.compile(
    rf"(?<![\w+.,/:$€£-])(?:\+ ?|\(\+?)?[\do](?:(?:{_GAP})?[\do]){{6,16}}(?![^\W_]|/\d)"
)
_BEGINNING = re.compile(r"[+(]|[0o](?:[ .-]?[2-9o]|[0o][ .-]?[1-9])|84|1[89]00")
_MOST_CANDIDATES = 2_000
"""Reading one number costs a tenth of a millisecond: a page of digits must not cost seconds."""

_GROUP = re.compile(rf"[\do]+(?=$|{_GAP})")
_MONEY = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_MONEY_AFTER = re.compile(
    r" ?(?:d\b|₫|vnd|dong\b|usd|\$|€|k\b|tr\b|trieu|nghin|ngan\b(?! hang)|ty\b|%|m2|km|kg|nguoi\b)"
)
_DATE = re.compile(
    r"\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?(?:19|20)?\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?:1[5-9]|20)\d\d ?[-–] ?(?:1[5-9]|20)\d\d|\d{1,2}[./-]\d{1,2} ?[-–] ?\d{1,2}[./-]\d{1,2}"
    r"(?:[./-](?:19|20)?\d\d)?"
)
_YEARS_BEFORE = re.compile(r"(?:nam|tu|giai doan|year|from|in) $")
_CODE_BEFORE = re.compile(
    r"\b(?:mst|ma so thue|cccd|cmnd|ma don(?: hang)?|ma van don|ma gd|ma giao dich|ma so|ma kh"
    r"|ma khach hang|so hop dong|so hd|tax code|order|id)[ :.#]*$"
)
_HOTLINE = re.compile(r"1[89]00\d{4}(?:\d\d)?")

_EMERGENCY = word_list("short-codes")
_CALL = (
    r"(?:goi|nhan tin|nhan|soan|tong dai|dau so|duong day nong|hotline|so may|so|call|dial|text|sms"
    r"|gui|dt|alo|bam)"
)
_SHORT = re.compile(
    rf"\b(?P<call>{_CALL})\b(?P<between>[^\d\n.!?]{{0,24}}?)"
    rf"(?<![\w.,/-])(?P<code>[1-9]\d{{2,4}})(?![\w%]|[.,/:-]\d)"
)
_STREET_AFTER = re.compile(r" (?:duong|pho|ngo|hem|nguyen|tran|le|pham|street|st\b|road)")
_SENT_TO = re.compile(r"\b(?:tong dai|dau so|hotline|den|toi|gui|to|call|dial|text|sms|so|soan)\b")
_COUNTED_AFTER = re.compile(
    r" ?(?:(?:d|dong|k|tr|trieu|ty|nghin|ngan|vnd|usd|nguoi|ban|lan|cai|chiec|suat|khach|ho|phong"
    r"|mail|cuoc|gio|phut|thang|nam|people|times|calls|texts|messages|tin|km|kg|m|con|em)\b|₫|%|\$)"
)

FoundPhone = tuple[int, int, Phone]


def find_phones(reading: Reading, taken: list[tuple[int, int]]) -> tuple[list[FoundPhone], bool]:
    """Return the phone numbers of `reading` outside the ranges `taken`, in order, and whether
    candidates beyond the first 2,000 were left unread."""
    budget = iter(range(_MOST_CANDIDATES))
    numbers = list(_numbers(reading, taken, budget))
    taken = sorted(taken + [(start, end) for start, end, _ in numbers])
    found = sorted([*numbers, *_short_codes(reading, taken)], key=lambda item: item[:2])
    return found, next(budget, None) is None


def _numbers(
    reading: Reading, taken: list[tuple[int, int]], budget: Iterator[int]
) -> Iterator[FoundPhone]:
    base, at = reading.base, 0
    while match := _CANDIDATE.search(base, at):
        start = match.start()
        found = None
        is_code = _CODE_BEFORE.search(base, max(0, start - 24), start)
        if not is_code and _BEGINNING.match(match[0]) and not overlaps(start, match.end(), taken):
            if next(budget, None) is None:
                return
            found = _longest_number(base, start, match[0])
        if not found:
            group = _GROUP.search(base, start, match.end())
            at = group.end() if group else match.end()
            continue
        end, number, kind = found
        span, text = reading.place(start, end)
        yield start, end, Phone(span, text, number, kind)
        at = end


def _longest_number(base: str, start: int, candidate: str) -> tuple[int, str, PhoneKind] | None:
    """The longest run of whole digit groups that is a number, tried from the longest."""
    if _DATE.match(candidate):
        return None
    ends = [group.end() for group in _GROUP.finditer(candidate)]
    for length in reversed(ends):
        end = start + length
        if read := _read_number(candidate[:length]):
            amount = _MONEY.fullmatch(candidate[:length]) and read[1] is not PhoneKind.HOTLINE
            if amount or _MONEY_AFTER.match(base, end):
                return None
            if read[1] is PhoneKind.HOTLINE and _YEARS_BEFORE.search(
                base[max(0, start - 12) : start]
            ):
                return None
            return end, *read
    return None


def _read_number(written: str) -> tuple[str, PhoneKind] | None:
    if written.count("o") > 4 or sum(map(str.isdigit, written)) < 5:
        return None  # "O9..." imitates a zero, but a word of o's is no number
    digits = re.sub(r"\D", "", written.replace("o", "0"))
    if _HOTLINE.fullmatch(digits):
        return digits, PhoneKind.HOTLINE
    is_foreign = written.lstrip("(").startswith("+") or digits.startswith("00")
    if is_foreign:
        text = "+" + digits.removeprefix("00")
    elif digits.startswith("84") and 11 <= len(digits) <= 12:
        text = "+" + digits
    elif digits.startswith("0") and 10 <= len(digits) <= 11:
        text = digits
    else:
        return None
    return _e164(text.replace("+840", "+84", 1))


def _e164(text: str) -> tuple[str, PhoneKind] | None:
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    national = str(number.national_number)
    if number.country_code == 84 and _HOTLINE.fullmatch(national):
        return national, PhoneKind.HOTLINE
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), PhoneKind.NUMBER


def _short_codes(reading: Reading, taken: list[tuple[int, int]]) -> Iterator[FoundPhone]:
    for match in _SHORT.finditer(reading.base):
        start, end = match.span("code")
        if overlaps(start, end, taken) or not _is_short_code(reading.base, match):
            continue
        span, text = reading.place(start, end)
        yield start, end, Phone(span, text, match["code"], PhoneKind.SHORT_CODE)


def _is_short_code(base: str, match: re.Match[str]) -> bool:
    code, end = match["code"], match.end("code")
    if _COUNTED_AFTER.match(base, end) or _STREET_AFTER.match(base, end):
        return False
    if code in _EMERGENCY:
        return True
    is_year = re.fullmatch(r"(?:19|20)\d\d", code) is not None
    says = match["call"] + match["between"]
    if len(code) == 3 or (is_year and not re.search(r"tong dai|dau so", says)):
        return False
    return match["call"] in ("tong dai", "dau so", "hotline") or (
        match["call"] != "so" and _SENT_TO.search(says) is not None and len(match["between"]) <= 20
    )
