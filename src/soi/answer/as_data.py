"""An answer as plain data: the one shape of the API and of `soi check --json`.

Codes are stable; `headline`, `text` and the like are sentences in the active language. The shape is
documented by the OpenAPI document and tested against it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse

from soi.answer import wording
from soi.answer.types import (
    Answer,
    CheckCard,
    Finding,
    HoldingCard,
    Name,
    NoticeCard,
    ScamCard,
    StatementFinding,
)
from soi.core.lookalike import Lookalike
from soi.core.text import BankAccount, Email, Handle, Link, Phone

Data = dict[str, Any]


def answer_data(answer: Answer) -> Data:
    """The whole answer. The message itself is not repeated: spans point into what was sent."""
    return {
        "findings": [finding_data(finding) for finding in answer.findings],
        "truncated": answer.truncated,
        "coverage": {
            "checks": answer.coverage.checks,
            "organisations": answer.coverage.organisations,
            "scam_names": answer.coverage.scam_names,
            "meaning_pending": answer.coverage.meaning_pending,
        },
        "seconds": round(answer.seconds, 4),
    }


def finding_data(finding: Finding) -> Data:
    """One finding: what, why, what to do."""
    part = finding.statement if isinstance(finding, StatementFinding) else finding.name
    common: Data = {
        "kind": part_kind(finding),
        "state": finding.state.value,
        "span": [part.span.start, part.span.end],
        "text": part.text,
        "headline": wording.headline(finding),
        "explanation": wording.explanation(finding),
        "reasons": [
            {
                "code": line.code,
                "label": line.label,
                "text": line.text,
                "message_quote": line.message_quote,
                "check_quote": line.check_quote,
            }
            for line in wording.reasons(finding)
        ],
        "advice": wording.advice(finding),
    }
    if isinstance(finding, StatementFinding):
        return common | {
            "language": finding.statement.language.value,
            "type": finding.type.value if finding.type else None,
            "probability": None if finding.probability is None else round(finding.probability, 4),
            "check": check_data(finding.check) if finding.check else None,
        }
    return common | {
        "name": _name_data(finding.name),
        "holding": _holding_data(finding.holding) if finding.holding else None,
        "scams": [_scam_data(scam) for scam in finding.scams],
        "lookalike": _lookalike_data(finding.lookalike) if finding.lookalike else None,
        "notice": _notice_data(finding.notice) if finding.notice else None,
    }


def part_kind(finding: Finding) -> str:
    """The stable word for what the finding is about."""
    if isinstance(finding, StatementFinding):
        return "statement"
    return _NAME_KINDS[type(finding.name)]


_NAME_KINDS: dict[type[Name], str] = {
    Link: "link",
    Email: "email",
    Handle: "handle",
    Phone: "phone",
    BankAccount: "bank_account",
}


def check_data(check: CheckCard) -> Data:
    """A check with its publisher's words and address, and its page at this desk."""
    return {
        "ref": check.ref,
        "claim": check.claim,
        "title": check.title,
        "summary": check.summary,
        "verdict": check.verdict.value if check.verdict else None,
        "verdict_words": check.verdict_words,
        "publisher_name": check.publisher_name,
        "publisher_site": check.publisher_site,
        "url": check.url,
        "page": settings.SOI_BASE_URL + reverse("public:check", args=[check.ref]),
        "language": check.language,
        "published_on": _day(check.published_on),
        "modified_on": _day(check.modified_on),
        "licence": check.licence,
        "is_demo": check.is_demo,
        "is_own": check.is_own,
        "origin": check.origin,
        "brought_on": _day(check.brought_on),
    }


def _name_data(name: Name) -> Data:
    match name:
        case Link():
            return {"url": name.url, "host": name.host, "ascii_host": name.ascii_host}
        case Email():
            return {"address": name.address, "host": name.host}
        case Handle():
            return {"platform": name.platform.value, "name": name.name}
        case Phone():
            return {"number": name.number, "phone_kind": name.kind.value}
        case BankAccount():
            return {"number": name.number, "bank": name.bank}


def _holding_data(holding: HoldingCard) -> Data:
    return {
        "organisation": holding.organisation_ref,
        "organisation_name": wording.organisation_name(holding),
        "kind": holding.kind,
        "platform": holding.platform,
        "value": holding.value,
        "valid_from": _day(holding.valid_from),
        "valid_to": _day(holding.valid_to),
        "compromised_from": _day(holding.compromised_from),
        "verified_on": _day(holding.verified_on),
        "is_demo": holding.is_demo,
    }


def _scam_data(scam: ScamCard) -> Data:
    return {
        "list_name": scam.list_name,
        "list_url": scam.list_url,
        "licence": scam.licence,
        "value": scam.value,
        "listed_on": _day(scam.listed_on),
        "fetched_on": _day(scam.fetched_on),
        "is_demo": scam.is_demo,
    }


def _lookalike_data(lookalike: Lookalike) -> Data:
    return {
        "brand": lookalike.brand,
        "kind": lookalike.kind.value,
        "probability": round(lookalike.probability, 4),
        "span": [lookalike.span.start, lookalike.span.end],
    }


def _notice_data(notice: NoticeCard) -> Data:
    return {
        "id": notice.id,
        "since": notice.since.isoformat(),
        "published_at": notice.published_at.isoformat(),
        "trust_only": [
            {"kind": each.kind, "platform": each.platform, "value": each.value}
            for each in notice.trusted
        ],
        "words": notice.words,
        "words_en": notice.words_en,
        "page": settings.SOI_BASE_URL + reverse("public:notice", args=[notice.id]),
    }


def _day(date: dt.date | None) -> str | None:
    return date.isoformat() if date else None
