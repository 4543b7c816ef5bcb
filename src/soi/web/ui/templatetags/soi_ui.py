"""Say an answer in a page: signs, words and marked text for the templates.

In: the values of `soi.answer.types` and texts that strangers wrote. Out: words in the reader's
language and escaped HTML. Nothing here decides anything, and nothing here makes a link of what
a message holds: only a check's own address can become one, and only over http or https.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol
from urllib.parse import urlsplit

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, pgettext, pgettext_lazy

from soi.answer import wording
from soi.answer.types import (
    CheckCard,
    Finding,
    Name,
    NameFinding,
    NameState,
    StatementFinding,
    StatementState,
)
from soi.answer.wording import PLATFORM_NAMES
from soi.core.formats import Verdict
from soi.core.ledger.leaves import LeafKind
from soi.core.ledger.words import KINDS
from soi.core.lookalike import Lookalike
from soi.core.text import BankAccount, Email, Handle, Link, Phone, Span

register = template.Library()

SHOWN_PATH: Final = 80
"""Characters of a link's path that are shown; scam links hide their host before long ones."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown: a sign and a word, with a tone that a style may colour.

    `tone` is one of the classes of `soi.css`: true, partly, false, act, unproven.
    """

    sign: str
    tone: str
    word: str = ""


VERDICT_SIGNS: Final = {
    Verdict.TRUE: Sign("✓", "true"),
    Verdict.MOSTLY_TRUE: Sign("≈", "true"),
    Verdict.MISSING_CONTEXT: Sign("◐", "partly"),
    Verdict.FALSE: Sign("✕", "false"),
    Verdict.UNPROVEN: Sign("?", "unproven"),
}
OWN_WORDS: Final = Sign("“”", "unproven")
"""A verdict on no known scale: the publisher's words, without a tone to guess."""
STATE_SIGNS: Final[Mapping[StatementState | NameState, Sign]] = {
    StatementState.CHECKED: OWN_WORDS,
    StatementState.OPPOSITE: Sign("⇄", "partly"),
    StatementState.NEAR: Sign("?", "unproven"),
    StatementState.DENIAL: Sign("↩", "act"),
    StatementState.NOT_CHECKED: Sign("?", "unproven"),
    StatementState.NOT_CHECKABLE: Sign("–", "unproven"),
    NameState.OFFICIAL: Sign("✓", "true"),
    NameState.OFFICIAL_UNTIL: Sign("◐", "partly"),
    NameState.COMPROMISED: Sign("✕", "false"),
    NameState.KNOWN_SCAM: Sign("✕", "false"),
    NameState.LOOKALIKE: Sign("≠", "false"),
    NameState.HIDDEN_TARGET: Sign("◐", "partly"),
    NameState.UNKNOWN: Sign("?", "unproven"),
}
KIND_WORDS: Final = {
    "domain": pgettext_lazy("holding", "Websites"),
    "subdomain": pgettext_lazy("holding", "Sites on other domains"),
    "account": pgettext_lazy("holding", "Accounts"),
    "phone": pgettext_lazy("holding", "Phone numbers"),
    "sms_sender": pgettext_lazy("holding", "Senders of text messages"),
    "email": pgettext_lazy("holding", "E-mail addresses"),
    "email_domain": pgettext_lazy("holding", "Domains of e-mail"),
    "bank_account": pgettext_lazy("holding", "Bank accounts"),
    "app": pgettext_lazy("holding", "Apps"),
    "address": pgettext_lazy("holding", "Addresses of offices"),
}
# Names of companies are the same in every language.


def _verdict_sign(verdict: Verdict | None, publisher_words: str) -> Sign:
    if verdict is None:
        return replace(OWN_WORDS, word=publisher_words or wording.verdict_word(None))
    return replace(VERDICT_SIGNS[verdict], word=wording.verdict_word(verdict))


@register.filter
def sign(shown: Finding | CheckCard | Verdict) -> Sign:
    """The sign of a finding, of a check or of a verdict.

    A finding shows a check's verdict only when it is that very claim (`CHECKED`).
    """
    match shown:
        case StatementFinding(state=StatementState.CHECKED, check=CheckCard() as check):
            return _verdict_sign(check.verdict, check.verdict_words)
        case StatementFinding() | NameFinding():
            return replace(STATE_SIGNS[shown.state], word=wording.state_word(shown))
        case CheckCard():
            return _verdict_sign(shown.verdict, shown.verdict_words)
        case _:
            return _verdict_sign(shown, "")


@register.filter
def component(finding: Finding) -> str:
    """The template that renders this finding."""
    kind = "name" if isinstance(finding, NameFinding) else "statement"
    return f"ui/components/finding_{kind}.html"


register.simple_tag(wording.headline)
register.simple_tag(wording.explanation)
register.simple_tag(wording.certainty)
register.simple_tag(wording.reasons)
register.simple_tag(wording.advice)
register.simple_tag(wording.was_truncated)
register.simple_tag(wording.looked_up_in)


@register.simple_tag
def verdicts() -> list[tuple[str, Sign]]:
    """Every verdict of the scale with its sign, from true to unproven."""
    return [(verdict.value, sign(verdict)) for verdict in VERDICT_SIGNS]


def _pieces(text: str, spans: Iterable[Span]) -> list[tuple[str, bool]]:
    """`text` cut into pieces, each with whether it is marked; overlapping spans become one."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for span in sorted(spans, key=lambda span: span.start):
        start, end = max(span.start, done), min(span.end, len(text))
        if start >= end:
            continue
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]


def _render(text: str, spans: Iterable[Span], marked_with: str) -> SafeString:
    """Escaped `text` with its spans in the given element, isolated from the text around it.

    The isolation (`bdi`) keeps right-to-left letters and override characters in a hostile text
    from turning round what stands beside it.
    """
    opening, closing = SafeString(f"<{marked_with}>"), SafeString(f"</{marked_with}>")
    pieces = _pieces(text, spans)
    inner = format_html_join(
        "", "{}{}{}", ((opening, cut, closing) if on else ("", cut, "") for cut, on in pieces)
    )
    return format_html("<bdi>{}</bdi>", inner)


@register.simple_tag
def marked(text: str, spans: Iterable[Span | None] = ()) -> SafeString:
    """A text that a stranger wrote, escaped and isolated, with `spans` of it in `<mark>`."""
    return _render(text, (span for span in spans if span is not None), "mark")


@register.simple_tag
def statement_quote(finding: StatementFinding) -> SafeString:
    """What the message says, with what the reasons point at marked."""
    return marked(finding.statement.text, [reason.statement_span for reason in finding.reasons])


@register.simple_tag
def check_quote(finding: StatementFinding) -> SafeString:
    """What the check is about, with what the reasons point at marked; "" without a check."""
    if finding.check is None:
        return SafeString("")
    return marked(finding.check.claim, [reason.check_span for reason in finding.reasons])


def _after_host(url: str) -> str:
    """Path and query of a link, cut where they stop helping to tell one page from another."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return path if len(path) <= SHOWN_PATH else f"{path[:SHOWN_PATH]}…"


def name_text(name: Name) -> str:
    """A name as a person compares it: the host and path of a link, the digits of an account."""
    match name:
        case Link():
            return name.host + _after_host(name.url)
        case Email():
            return name.address
        case Handle():
            return f"@{name.name}"
        case Phone():
            return name.text
        case BankAccount():
            return name.number


def _imitation(text: str, lookalike: Lookalike | None) -> SafeString:
    """`text` with the part that imitates in `<b>`, where the judged name stands in it."""
    at = text.find(lookalike.name) if lookalike is not None else -1
    if lookalike is None or at < 0:
        return _render(text, (), "b")
    span = Span(at + lookalike.span.start, at + lookalike.span.end)
    return _render(text, [span], "b")


@register.simple_tag
def marked_host(name: Name, lookalike: Lookalike | None = None) -> SafeString:
    """A link, address or handle with the imitated part in `<b>`; never a link."""
    return _imitation(name_text(name), lookalike)


@register.simple_tag
def spelled_host(name: Name, lookalike: Lookalike | None = None) -> SafeString:
    """The host as machines spell it (punycode), when that differs from what one sees; else ""."""
    if isinstance(name, Link) and name.ascii_host != name.host:
        return _imitation(name.ascii_host, lookalike)
    return SafeString("")


@register.filter
def attribution(check: CheckCard) -> str:
    """That a check is another publisher's, and where it was brought from; "" for the desk's own."""
    return wording.attribution(check)


@register.filter
def web_address(url: str) -> str:
    """`url` when it leads to a web page, else "": an imported feed may hold any scheme."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


@register.filter
def day(date: dt.date | None) -> SafeString:
    """A date as the reader's language writes it, readable by machines too; "" for none."""
    if date is None:
        return SafeString("")
    if isinstance(date, dt.datetime):
        date = timezone.localdate(date)  # the day that it was where the desk is
    shown = format_date(date, pgettext("date format", "j M Y"))
    return format_html('<time datetime="{}">{}</time>', date.isoformat()[:10], shown)


@register.simple_tag(takes_context=True)
def again(context: template.Context, name: str) -> SafeString:
    """What the page's block `name` holds, a second time: a block can stand in a template once."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    return block.nodelist.render(context) if block is not None else SafeString("")


@register.filter
def moment(at: dt.datetime | None) -> SafeString:
    """A time as the reader's language writes it, in the desk's time zone; "" for none."""
    if at is None:
        return SafeString("")
    shown = format_date(timezone.localtime(at), pgettext("date and time format", "j M Y, H:i"))
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), shown)


@register.filter
def iso_moment(at: str) -> SafeString:
    """The same for a time that is written as ISO 8601; what is none is shown as it is."""
    try:
        return moment(dt.datetime.fromisoformat(at))
    except ValueError:
        return format_html("{}", at)


@register.filter
def leaf_kind(kind: LeafKind) -> str:
    """What a leaf of the public log says was done."""
    vietnamese, english = KINDS[kind]
    return english if get_language() == "en" else vietnamese


@register.filter
def seconds_moment(seconds: int) -> SafeString:
    """The same as `moment` for seconds since 1970, as witnesses write them."""
    try:
        return moment(dt.datetime.fromtimestamp(seconds, dt.UTC))
    except (ValueError, OverflowError, OSError):
        return format_html("{}", seconds)


@register.filter
def language_name(code: str) -> str:
    """The name of a language in the reader's language; the code itself when it is not known."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


class Dated(Protocol):
    """A holding, however it is carried: what its standing today follows from."""

    valid_from: dt.date | None
    valid_to: dt.date | None
    compromised_from: dt.date | None


@register.filter
def standing(holding: Dated) -> str:
    """How a holding stands today: doubted, compromised, ended, coming or in_force."""
    today = timezone.localdate()
    if getattr(holding, "doubted_from", None):
        return "doubted"
    if holding.compromised_from and holding.compromised_from <= today:
        return "compromised"
    if holding.valid_to and holding.valid_to < today:
        return "ended"
    if holding.valid_from and holding.valid_from > today:
        return "coming"
    return "in_force"


class Named(Protocol):
    """An organisation with a name of its own and, perhaps, one in English."""

    name: str
    name_en: str


@register.filter
def local_name(organisation: Named) -> str:
    """The name of an organisation in the reader's language."""
    return (get_language() == "en" and organisation.name_en) or organisation.name


register.filter(wording.organisation_name)


@register.filter
def kind_word(kind: str) -> str | Promise:
    """The heading under which holdings of one kind stand."""
    return KIND_WORDS.get(str(kind), str(kind))


@register.filter
def platform_name(platform: str) -> str:
    """The platform as it writes itself; "" for a holding that is on none."""
    return PLATFORM_NAMES.get(str(platform), "")
