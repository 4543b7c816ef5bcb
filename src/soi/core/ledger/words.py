"""Say in plain words what a verification has proved and what not, in Vietnamese and English.

In: a `Report` or a `LedgerError`. Out: lines for a person. The sentences stand here and not in the
catalogues of the pages, since whoever verifies a desk need not have the rest of the house.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from soi.core.ledger.codes import SENTENCES
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.leaves import LeafKind
from soi.core.ledger.verify import Finding, Report

Language = Literal["vi", "en"]
_PLACE: dict[Language, int] = {"vi": 0, "en": 1}

FINDINGS: Mapping[Finding, tuple[str, str]] = MappingProxyType(
    {
        Finding.SIGNED: (
            "Mốc của sổ “{origin}”, gồm {size} mục, có chữ ký của khoá bạn đưa ra: {keys}.",
            "The checkpoint of the log “{origin}”, of {size} leaves, is signed by a key that you"
            " named: {keys}.",
        ),
        Finding.WITNESSED: (
            "Người làm chứng cũng đã ký đúng mốc này: {witnesses}.",
            "Witnesses have signed this very checkpoint, too: {witnesses}.",
        ),
        Finding.INCLUDED: (
            "Mục “{kind} {id}”, ghi lúc {at}, nằm trong sổ đó ở vị trí {index} (đếm từ 0).",
            "The leaf “{kind} {id}” of {at} stands in that log in place {index} (counted from 0).",
        ),
        Finding.CONTENT: (
            "Nội dung bạn đưa ra đúng là nội dung đã ghi vào sổ, không sai một chữ.",
            "The content that you gave is exactly what was logged.",
        ),
        Finding.CARD: (
            "Mã trên thẻ chia sẻ đúng là của bản này, với đúng nội dung đã ghi vào sổ.",
            "The code of the share card is of this edition, with the hash that was logged.",
        ),
        Finding.WHOLE: (
            "Cả {size} mục và mọi tệp băm đều khớp với mốc đã ký. {kinds}",
            "All {size} leaves and all tiles fit the signed checkpoint. {kinds}",
        ),
        Finding.GREW: (
            "Từ mốc cũ ({old} mục) đến nay sổ chỉ dài thêm, phần trước không hề bị sửa.",
            "Since the older checkpoint ({old} leaves) the log only grew; nothing before was"
            " changed.",
        ),
        Finding.PAGE: (
            "Trang nêu đúng điều cần kiểm chứng, kết luận, tóm tắt, lời giải thích và trích dẫn"
            " như bản ghi.",
            "The page shows the claim, the verdict, the summary, the explanation and the quoted"
            " passages as its record has them.",
        ),
        Finding.SITE: (
            "Cả {files} bản ghi và trang bài kiểm chứng mà sổ nhắc đến đều có đủ và đúng.",
            "All {files} records and pages of checks that the log names are there and say what was"
            " logged.",
        ),
        Finding.REPLACED: (
            "LƯU Ý: bản này không còn là bản mới nhất. Sổ có bản {last} thay cho nó.",
            "BEWARE: this is no longer the newest edition. The log holds {last} in its place.",
        ),
        Finding.PICTURE_UNSEEN: (
            "Chữ và hình vẽ trong ảnh: chỉ mã vuông được đọc, phần còn lại có thể đã bị sửa. Hãy"
            " so với trang của bản này.",
            "The words drawn in the picture: only its square code was read, the rest may have been"
            " changed. Compare it with the page of this edition.",
        ),
        Finding.PAGE_REST: (
            "Phần còn lại của trang: có thể đã có thêm lời, hình hay đường dẫn khác.",
            "The rest of the page: other words, pictures or links may have been added.",
        ),
        Finding.SITE_REST: (
            "Danh sách, nguồn tin, thẻ chia sẻ và danh bạ của trang web: chưa được so với sổ.",
            "The site's lists, feeds, share cards and directory: they were not held against the"
            " log.",
        ),
        Finding.TRUE: (
            "Điều đã công bố có đúng hay không: sổ cho biết đã công bố gì, không nói điều đó đúng.",
            "That what was published is true: the log shows what was published, not that it is"
            " right.",
        ),
        Finding.TIME: (
            "Giờ ghi có đúng hay không: bàn kiểm chứng tự ghi giờ của từng mục.",
            "That the times of the leaves are right: the desk wrote them itself.",
        ),
        Finding.KEY: (
            "Khoá có đúng là của bàn kiểm chứng hay không: hãy so với bản lấy từ nơi khác.",
            "That the key is the desk's: compare it with a copy that you got another way.",
        ),
        Finding.NEWEST: (
            "Đây có là mốc mới nhất hay không: mục về sau có thể đã đính chính hoặc rút lại.",
            "That this is the newest checkpoint: a later leaf may correct or withdraw this.",
        ),
        Finding.CONTENT_UNSEEN: (
            "Nội dung đã công bố viết gì: sổ chỉ giữ mã băm của nội dung.",
            "What the published text says: the log holds its hash only.",
        ),
        Finding.SAME_FOR_ALL: (
            "Ai cũng được xem cùng một sổ hay không: chưa người làm chứng nào bạn tin ký mốc này.",
            "That everybody is shown the same log: no witness that you named has signed this"
            " checkpoint.",
        ),
        Finding.GREW_UNSEEN: (
            "Sổ có từng bị thay bằng sổ khác hay không: hãy đưa một mốc cũ bạn đã giữ để so.",
            "That the log was never replaced by another: give an older checkpoint that you kept.",
        ),
    }
)
KINDS: Mapping[LeafKind, tuple[str, str]] = MappingProxyType(
    {
        LeafKind.EDITION: ("bản", "edition"),
        LeafKind.CORRECTION: ("đính chính", "correction"),
        LeafKind.WITHDRAWAL: ("rút lại", "withdrawal"),
        LeafKind.CHALLENGE_ANSWER: ("trả lời phản biện", "answer to a challenge"),
        LeafKind.REGISTER_CHANGE: ("thay đổi danh bạ", "change of the register"),
        LeafKind.NOTICE: ("thông báo", "notice"),
    }
)
_PROVED = ("ĐÃ CHỨNG MINH", "PROVED")
_OPEN = ("Điều này KHÔNG chứng minh", "This does NOT prove")
_FAILED = ("KHÔNG CHỨNG MINH ĐƯỢC", "NOT PROVED")
_UNREAD = ("KHÔNG ĐỌC ĐƯỢC", "COULD NOT BE READ")


def told(report: Report, language: Language) -> list[str]:
    """The report as lines: what is proved, then what is not."""
    at, fields = _PLACE[language], _fields(report, language)
    proved = [f"  ✓ {FINDINGS[each][at].format_map(fields).strip()}" for each in report.proved]
    others = [f"  – {FINDINGS[each][at]}" for each in report.not_proved]
    return [_PROVED[at], *proved, _OPEN[at], *others]


def refused(error: LedgerError, language: Language) -> list[str]:
    """Why nothing is proved, with the code and, in English, what exactly was found."""
    at = _PLACE[language]
    head = f"{_FAILED[at]}: {SENTENCES[error.code][at]} [{error.code}]"
    return [head, f"  {shown(error.message)}"]


def unread(error: OSError, language: Language) -> list[str]:
    """What could not be read."""
    why = error.strerror or type(error).__name__
    return [shown(f"{_UNREAD[_PLACE[language]]}: {error.filename or '-'}: {why}")]


def shown(text: str) -> str:
    """Text of strangers without what could drive a terminal or turn its lines round."""
    return "".join(each if each.isprintable() else "�" for each in text)


def _fields(report: Report, language: Language) -> dict[str, object]:
    at, signed, leaf = _PLACE[language], report.signed, report.leaf
    counted = sorted(report.kinds.items())
    return {
        "origin": shown(signed.checkpoint.origin),
        "size": signed.tree.size,
        "keys": ", ".join(shown(str(key)) for key in signed.keys),
        "witnesses": ", ".join(f"{shown(w.key.name)} ({_moment(w.at)})" for w in signed.witnesses),
        "kind": KINDS[leaf.kind][at] if leaf else "",
        "id": leaf.id if leaf else "",
        "at": f"{leaf.at:%Y-%m-%d %H:%M:%S} UTC" if leaf else "",
        "index": report.index,
        "last": report.last,
        "files": report.files,
        "old": report.since.size if report.since else "",
        "kinds": ", ".join(f"{KINDS[LeafKind(kind)][at]}: {count}" for kind, count in counted),
    }


def _moment(seconds: int) -> str:
    try:
        return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return str(seconds)
