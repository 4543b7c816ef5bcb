"""Invented objects that show every component, for the style guide page.

Out: one finding of each state, checks, holdings and the rest of what `public/styleguide.html`
shows. Nothing here reaches a database; every name, number and host is reserved or invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator

from soi.answer.types import (
    Answer,
    CheckCard,
    Coverage,
    Finding,
    HoldingCard,
    Name,
    NameFinding,
    NameState,
    NoteCode,
    ScamCard,
    StatementFinding,
    StatementState,
)
from soi.core.checkable import StatementType
from soi.core.formats import Verdict
from soi.core.lookalike import Lookalike, LookalikeKind, LookalikeReason
from soi.core.matching import Reason, ReasonCode
from soi.core.text import (
    BankAccount,
    Email,
    Handle,
    Language,
    Link,
    Phone,
    PhoneKind,
    Platform,
    Span,
    Statement,
)

MESSAGE: Final = (
    "Ngan hang Song Xanh thong bao: khach hang KHONG cap nhat sinh trac hoc se bi khoa tai khoan, "
    "mat 2.000.000d phi mo lai. Cap nhat tai songxanhbank-vn.top/xacthuc hoac goi 0900 000 000."
)
CLAIM: Final = "Không cập nhật sinh trắc học thì bị khoá tài khoản và mất phí mở lại 1.000.000đ"


@dataclass(frozen=True, slots=True)
class Sample:
    """A message to try."""

    id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation with what the directory shows of it."""

    slug: str
    name: str
    name_en: str
    holdings: int
    is_demo: bool = True


def span_of(text: str, part: str) -> Span:
    """Where `part` stands in `text`; raises `ValueError` when it does not."""
    start = text.index(part)
    return Span(start, start + len(part))


def check(verdict: Verdict | None, claim: str, **changes: Any) -> CheckCard:
    """A check with the given verdict."""
    values: dict[str, Any] = {
        "ref": "1",
        "title": "",
        "summary": "Ngân hàng không khoá tài khoản, cũng không thu phí mở lại. "
        "Chỉ những giao dịch trên 10 triệu cần xác thực khuôn mặt.",
        "verdict_words": "Sai sự thật",
        "publisher_name": "Bàn kiểm chứng Sông Xanh",
        "publisher_site": "kiemchung.example",
        "url": "https://kiemchung.example/sinh-trac-hoc",
        "language": "vi",
        "published_on": dt.date(2026, 11, 2),
        "modified_on": dt.date(2026, 11, 12),
        "licence": "CC BY 4.0",
        "is_demo": True,
    }
    return CheckCard(**{**values, **changes, "verdict": verdict, "claim": claim})


def holding(kind: str, value: str, **changes: Any) -> HoldingCard:
    """A holding of the invented bank."""
    values: dict[str, Any] = {
        "organisation_ref": "ngan-hang-song-xanh",
        "organisation_name": "Ngân hàng Sông Xanh",
        "organisation_name_en": "Green River Bank",
        "platform": "",
        "valid_from": dt.date(2024, 3, 1),
        "valid_to": None,
        "compromised_from": None,
        "verified_on": dt.date(2026, 11, 22),
        "is_demo": True,
    }
    return HoldingCard(**{**values, **changes, "kind": kind, "value": value})


def _statement(text: str, state: StatementState, **known: Any) -> StatementFinding:
    language = Language.EN if text.isascii() and " the " in text else Language.VI
    values: dict[str, Any] = {"check": None, "probability": None, "reasons": ()}
    statement = Statement(Span(0, len(text)), text, language)
    return StatementFinding(statement=statement, state=state, **{**values, **known})


def _link(host: str, path: str = "") -> Link:
    shown = f"{host}{path}"
    ascii_host = host.encode("idna").decode("ascii")
    return Link(Span(0, len(shown)), shown, f"https://{shown}", host, ascii_host)


def _statements() -> list[StatementFinding]:
    said = "khach hang KHONG cap nhat sinh trac hoc se bi khoa tai khoan, mat 2.000.000d phi mo lai"
    plain = "KHONG cap nhat sinh trac hoc se bi khoa tai khoan"
    lemon = "Nước chanh nóng mỗi sáng tốt hơn hoá trị"
    numbers = Reason(
        ReasonCode.NUMBERS_DIFFER,
        "2.000.000d",
        "1.000.000đ",
        span_of(said, "2.000.000d"),
        span_of(CLAIM, "1.000.000đ"),
    )
    words = Reason(ReasonCode.WORDS_AGREE)
    bare = Reason(ReasonCode.NO_DIACRITICS)
    false, claim = Verdict.FALSE, "Không cập nhật sinh trắc học thì bị khoá tài khoản"
    opposite = "Không cập nhật sinh trắc học cũng không bị khoá tài khoản"
    polarity = Reason(
        ReasonCode.POLARITY_DIFFERS,
        "cũng không",
        "thì",
        span_of(opposite, "cũng không"),
        span_of(claim, "thì"),
    )
    return [
        _statement(
            plain,
            StatementState.CHECKED,
            check=check(false, claim),
            probability=0.97,
            reasons=(words, bare),
        ),
        _statement(
            opposite,
            StatementState.OPPOSITE,
            check=check(false, claim),
            probability=0.9,
            reasons=(polarity,),
        ),
        _statement(
            said,
            StatementState.NEAR,
            check=check(false, CLAIM),
            probability=0.6,
            reasons=(numbers, bare),
        ),
        _statement(
            "Tin “uống nước chanh nóng chữa ung thư” là bịa đặt.",
            StatementState.DENIAL,
            check=check(Verdict.FALSE, lemon),
            probability=0.8,
            reasons=(Reason(ReasonCode.DENIES),),
        ),
        _statement("Tuần sau cúp nước toàn thành phố năm ngày.", StatementState.NOT_CHECKED),
        _statement(
            "Theo mình thì phở Sông Xanh ngon nhất.",
            StatementState.NOT_CHECKABLE,
            type=StatementType.OPINION,
        ),
    ]


def _names() -> list[NameFinding]:
    host = "songxanhbank-vn.top"
    imitation = Lookalike(
        name=host,
        brand="ngan-hang-song-xanh",
        kind=LookalikeKind.COMBO,
        probability=0.98,
        span=span_of(host, "songxanhbank"),
        reasons=(LookalikeReason.BRAND_IN_OTHER_DOMAIN, LookalikeReason.OTHER_SUFFIX),
        details={"suffix": "top", "official": "songxanhbank.example"},
    )
    site = holding("domain", "songxanhbank.example")
    listed = ScamCard(
        "Danh sách mẫu",
        "https://lists.example/",
        "CC0-1.0",
        "songxanh-nhanqua.example",
        dt.date(2026, 11, 14),
        dt.date(2026, 11, 23),
        is_demo=True,
    )
    old = Handle(Span(0, 14), "@songxanh.cskh", Platform.FACEBOOK, "songxanh.cskh")
    phone = Phone(Span(0, 12), "0900 000 000", "+84900000000", PhoneKind.NUMBER)
    email = Email(Span(0, 28), "hotro@songxanhbank.example", "hotro@songxanhbank.example", "")
    account = BankAccount(Span(0, 12), "000012345678", "000012345678", "")
    idn = _link("sôngxanhbank.example", "/dang-nhap")
    found: list[tuple[Name, NameState, dict[str, Any]]] = [
        (_link(host, "/xacthuc"), NameState.LOOKALIKE, {"lookalike": imitation, "holding": site}),
        (_link("songxanh-nhanqua.example"), NameState.KNOWN_SCAM, {"scams": (listed,)}),
        (
            old,
            NameState.COMPROMISED,
            {"holding": holding("account", "songxanh.cskh", platform="facebook",
                                compromised_from=dt.date(2026, 11, 20))},
        ),
        (
            Phone(Span(0, 8), "19000000", "19000000", PhoneKind.HOTLINE),
            NameState.OFFICIAL_UNTIL,
            {"holding": holding("phone", "19000000", valid_to=dt.date(2025, 6, 30))},
        ),
        (_link("ngan.example", "/a1b2"), NameState.HIDDEN_TARGET, {}),
        (idn, NameState.UNKNOWN, {"notes": (NoteCode.LOOKS_DIFFERENT,)}),
        (phone, NameState.UNKNOWN, {"notes": (NoteCode.UNKNOWN_IS_NOT_SAFE,)}),
        (account, NameState.UNKNOWN, {"notes": (NoteCode.UNKNOWN_IS_NOT_SAFE,)}),
        (
            email,
            NameState.OFFICIAL,
            {"holding": holding("email", email.address), "notes": (NoteCode.SENDER_SPOOFABLE,)},
        ),
    ]  # fmt: skip
    return [NameFinding(name=name, state=state, **known) for name, state, known in found]


def findings() -> tuple[Finding, ...]:
    """At least one finding of every state, statements first."""
    return (*_statements(), *_names())


def answer() -> Answer:
    """An answer that holds every kind of finding."""
    coverage = Coverage(checks=1284, organisations=312, scam_names=38853, meaning_pending=2)
    return Answer(MESSAGE, findings(), truncated=True, coverage=coverage, seconds=0.06)


def checks() -> list[CheckCard]:
    """A check of every verdict, and one on no known scale."""
    claims = {
        Verdict.TRUE: "Trẻ dưới 6 tuổi được bảo hiểm y tế chi trả tiền giường",
        Verdict.MOSTLY_TRUE: "Giá xăng tăng lần thứ ba trong tháng",
        Verdict.MISSING_CONTEXT: "Bệnh viện Sông Xanh thu tiền giường dịch vụ của trẻ nhỏ",
        Verdict.FALSE: CLAIM,
        Verdict.UNPROVEN: "Nước chanh nóng mỗi sáng tốt cho người bị ung thư",
    }
    known = [check(verdict, claim, verdict_words="") for verdict, claim in claims.items()]
    other = check(
        None,
        "The river turned green in one night",
        verdict_words="Half a story",
        language="en",
        summary="The photograph is real; it was taken at a festival, with dye.",
    )
    return [*known, other]


def holdings() -> list[HoldingCard]:
    """Holdings of several kinds, sorted by kind, in every state in time."""
    return [
        holding("bank_account", "000 0123 4567"),
        holding("domain", "songxanhbank.example"),
        holding("domain", "songxanh-cu.example", valid_to=dt.date(2025, 6, 30)),
        holding("account", "songxanhbank", platform="facebook"),
        holding(
            "account", "songxanh.cskh", platform="zalo", compromised_from=dt.date(2026, 11, 20)
        ),
        holding("phone", "1900 0000", verified_on=None),
    ]


def styleguide() -> dict[str, Any]:
    """Everything that `public/styleguide.html` shows."""
    return {
        "findings": findings(),
        "checks": checks(),
        "holdings": holdings(),
        "organisations": [
            Organisation("ngan-hang-song-xanh", "Ngân hàng Sông Xanh", "Green River Bank", 6),
            Organisation("benh-vien-song-xanh", "Bệnh viện Nhi Sông Xanh", "", 1),
        ],
        "samples": [
            Sample("khoa-tai-khoan", "Tin nhắn doạ khoá tài khoản", MESSAGE),
            Sample("nuoc-chanh", "Nước chanh nóng chữa ung thư", "Nước chanh nóng chữa ung thư."),
            Sample("hotline", "Một số điện thoại", "Gọi 1900 0000 để nhận quà."),
        ],
        "page": Paginator(range(30), 10).page(2),
        "message": "",
        "limit": 50_000,
    }
