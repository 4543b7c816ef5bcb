"""A desk at work for tests: claims that are written, ready to be approved, published, corrected.

Everything is done by the desk's own actions, so what stands here can stand in a real database. An
writes, Bình approves and publishes, Chi is the second to approve where two are needed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from soi.captures import storage
from soi.captures.models import Capture
from soi.checking import actions, queries
from soi.checking.approving import Published
from soi.checking.types import EditionKind, SourceKind, Stance
from soi.core.formats import Verdict
from soi.people.types import Member, Role
from tests.members import member

WORDING = "Cầu Bến Sậy đã sập trong đêm 28-11."
TEXT = "Sở Giao thông cho biết cầu Bến Sậy vẫn hoạt động bình thường sáng 29-11."
QUOTE = "cầu Bến Sậy vẫn hoạt động bình thường"
WORDS: dict[str, Any] = {
    "title": "Cầu Bến Sậy không sập",
    "summary": "Cầu vẫn hoạt động; ảnh được chụp ở nơi khác.",
    "explanation": "Sở Giao thông **xác nhận** cầu còn nguyên.",
    "verdict": Verdict.FALSE.value,
    "selected_because": "Nhiều người hỏi trong một buổi sáng.",
    "claimed_on": dt.date(2026, 11, 28),
    "topics": ("disaster",),
    "is_checkable": True,
    "is_fair": True,
    "is_masked": True,
    "concerns_owner": False,
}
"""What An writes of a claim, unless told otherwise."""

_numbers = itertools.count(1)


def captured(text: str = TEXT, *, publisher: str = "", title: str = "", host: str = "") -> int:
    """A source that has been fetched, with its text; each is another page."""
    number = next(_numbers)
    page = f"<p>{text}</p><!-- {number} -->".encode()
    address = f"https://{host or f'nguon{number}.example'}/tin/{number}"
    return Capture.objects.create(
        requested_url=address,
        url=address,
        state="captured",
        requested_at=timezone.now(),
        captured_at=timezone.now(),
        sha256=storage.keep(page),
        size=len(page),
        media_type="text/html",
        title=title or f"Tin số {number}",
        publisher=publisher or f"Báo số {number}",
        text_sha256=storage.keep(text.encode()) if text else "",
    ).pk


def waiting() -> int:
    """A source that is asked for and has not been fetched."""
    number = next(_numbers)
    return Capture.objects.create(
        requested_url=f"https://cho{number}.example/", requested_at=timezone.now()
    ).pk


def comes(capture_id: int, text: str = TEXT, *, problem: str = "") -> None:
    """The worker fetches a source that was waited for; a problem is what it looks like."""
    page = f"<p>{text}</p><!-- {capture_id} -->".encode()
    Capture.objects.filter(pk=capture_id).update(
        state="failed" if problem else "captured",
        problem=problem,
        url=f"https://cho{capture_id}.example/",
        captured_at=timezone.now(),
        sha256=storage.keep(page),
        size=len(page),
        media_type="text/html",
        publisher=f"Báo số {capture_id}",
        text_sha256=storage.keep(text.encode()),
    )


@dataclass
class CheckingDesk:
    """An (checker), Bình (editor) and Chi (administrator) with their claims."""

    an: Member = field(default_factory=lambda: member(Role.CHECKER))
    binh: Member = field(default_factory=lambda: member(Role.EDITOR))
    chi: Member = field(default_factory=lambda: member(Role.ADMINISTRATOR))

    def claim(self, wording: str = WORDING, **about: Any) -> int:
        """A claim in the queue."""
        return actions.open_claim(wording=wording, language="vi", by=self.an, **about)

    def write(self, claim_id: int, *, by: Member | None = None, **fields: Any) -> str:
        """Save some fields over what the draft says now; returns the digest."""
        version = queries.draft(claim_id).version
        saved = actions.save_draft(claim_id, version=version, fields=fields, by=by or self.an)
        return saved.digest

    def cite(self, claim_id: int, capture_id: int | None = None, **fields: Any) -> int:
        """Cite a source with all that the gates want of it; returns the evidence's number."""
        about = {
            "stance": Stance.REFUTES.value,
            "kind": SourceKind.PRIMARY.value,
            "interest": "Cơ quan quản lý cầu.",
            "quote": QUOTE,
        }
        return actions.add_evidence(
            claim_id, capture_id=capture_id or captured(), fields=about | fields, by=self.an
        )

    def ready(self, wording: str = WORDING, *, is_demo: bool = False, **fields: Any) -> int:
        """A claim whose check meets every gate but the second person's approval."""
        claim_id = self.claim(wording, is_demo=is_demo)
        self.write(claim_id, **(WORDS | fields))
        self.cite(claim_id)
        self.cite(claim_id, kind=SourceKind.SECONDARY.value, interest="Báo địa phương.")
        return claim_id

    def digest(self, claim_id: int) -> str:
        """What an approval signs now."""
        return queries.draft(claim_id).digest

    def approve(self, claim_id: int, *, by: Member | None = None) -> None:
        """Approve what the draft says now."""
        actions.approve(claim_id, digest=self.digest(claim_id), by=by or self.binh)

    def publish(self, claim_id: int, *, by: Member | None = None) -> Published:
        """Approve and publish what the draft says now, with as many people as it needs."""
        needed = queries.draft(claim_id).approvals_needed
        for who in (self.binh, self.chi)[:needed]:
            self.approve(claim_id, by=who)
        return actions.publish(claim_id, digest=self.digest(claim_id), by=by or self.binh)

    def published(self, wording: str = WORDING, **fields: Any) -> int:
        """A claim whose check is public."""
        claim_id = self.ready(wording, **fields)
        self.publish(claim_id)
        return claim_id

    def correct(
        self,
        claim_id: int,
        kind: EditionKind = EditionKind.UPDATE,
        note: str = "Thêm số liệu của ngày 30-11.",
        **fields: Any,
    ) -> Published:
        """Publish another edition, which changes `fields`."""
        about = {"correction_kind": kind.value, "correction_note": note}
        self.write(claim_id, **(fields or {"summary": f"Cầu vẫn hoạt động. {note}"}), **about)
        return self.publish(claim_id)

    def withdraw(self, claim_id: int, note: str = "Nguồn chính đã rút lại.") -> Published:
        """Withdraw a published check."""
        self.write(claim_id, correction_kind=EditionKind.WITHDRAWAL.value, correction_note=note)
        return self.publish(claim_id)


def sha256(text: str) -> str:
    """In hex, as everybody can compute it."""
    return hashlib.sha256(text.encode()).hexdigest()
