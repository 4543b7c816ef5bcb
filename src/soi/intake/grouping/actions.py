"""All writes of grouping: tips under claims, forms moved by hand and back, suggestions decided."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from soi.checking import triage
from soi.checking.access import ClaimRow, claim_for
from soi.checking.rules import LIMITS
from soi.checking.types import ClaimState, CloseReason
from soi.claims.actions import OWN_KEY
from soi.claims.queries import CheckRow, check_with_id
from soi.claims.rules import site_of
from soi.core.errors import SoiError
from soi.core.meaning import Vector
from soi.core.text import Language
from soi.intake.errors import FormUnknown, MoveUnknown, SuggestionUnknown
from soi.intake.grouping import counting, finding, matching, rules
from soi.intake.grouping.matching import Judged, judged
from soi.intake.grouping.reading import Read, statements
from soi.intake.grouping.telling import tell, tell_of_claims
from soi.intake.grouping.wholes import wholes_of
from soi.intake.models import Form, GroupingHead, Move, Saying, Suggestion, Tip
from soi.intake.types import Decision
from soi.journal.actions import Entry, append
from soi.journal.queries import stretch_after
from soi.people.types import Member, Permission

log = logging.getLogger(__name__)

UNDETERMINED = "und"
"""ISO 639-2 for a text whose language is not known."""

_NEAR_IN_MEANING = 0.88
"""From this cosine on a statement may say the same as one that the index does not hold yet: two
unrelated texts reach .78, forwards of one text .93. The index is brought up to date first."""
_TIPS_AT_ONCE = 50
_FOLLOWED_AT_ONCE = 200


def group_waiting(*, by: str, seconds: float = float("inf")) -> int:
    """Put the tips that wait under claims, oldest first, for about so many seconds.

    Says how many tips were grouped. Only by whoever holds the lock of grouping. A tip whose
    statements can't be dealt with is left to people, and the next ones are not held up. One that
    brings about a fault goes on waiting, and hinders no other.
    """
    until, grouped, last = time.monotonic() + seconds, 0, 0
    grouping = Grouping(by)
    finding.follow()
    while tips := list(
        Tip.objects.filter(is_grouped=False, pk__gt=last).order_by("pk")[:_TIPS_AT_ONCE]
    ):
        for tip in tips:
            grouped += _grouped(grouping, tip)
            if time.monotonic() >= until:
                break
        last = tips[-1].pk
        if time.monotonic() >= until:
            break
    grouping.index()
    return grouped


def _grouped(grouping: Grouping, tip: Tip) -> bool:
    """Whether a tip was grouped. What is amiss with database or index is raised."""
    try:
        grouping.group(tip)
    except (SoiError, DatabaseError, OSError):
        raise
    except Exception as error:
        # No more than the fault's name: what it says may hold words of the message.
        log.error("tip %s could not be grouped: %s", tip.pk, type(error).__name__)
        return False
    return True


def follow_claims(*, by: str) -> None:
    """Follow what happened to claims: tell the senders of their tips, take in new wordings."""
    while _follow_stretch(by):
        pass


class Grouping:
    """One run over waiting tips. Claims that it opened are in the index only after `index`."""

    def __init__(self, by: str) -> None:
        self._by = by
        self._unindexed: list[Vector] = []

    def group(self, tip: Tip) -> None:
        """Put one tip under claims."""
        reads = statements(tip.text)
        known = _placed_forms(reads)
        new = [read for read in reads if read.digest not in known]
        looked_at = judged(new, before_lookup=self._prepare)
        try:
            opened = _group(tip.pk, reads, looked_at, by=self._by)
        except SoiError as error:
            log.error("tip %s stands under no claim: %s", tip.pk, error.code)
            Tip.objects.filter(pk=tip.pk).update(is_grouped=True)
            return
        self._unindexed += opened

    def index(self) -> None:
        """Let the claims that were opened be found."""
        if self._unindexed:
            finding.follow()
            self._unindexed = []

    def _prepare(self, vectors: Sequence[Vector]) -> None:
        """Bring the index up to date if one of the texts may be like one that it lacks."""
        if self._unindexed and len(vectors):
            likeness = np.stack(list(vectors)) @ np.stack(self._unindexed).T
            if float(likeness.max()) >= _NEAR_IN_MEANING:
                self.index()


def _placed_forms(reads: Sequence[Read]) -> dict[str, Form]:
    """What other tips held already and stands under a claim or a check."""
    found = Form.objects.filter(digest__in=[read.digest for read in reads])
    return {form.digest: form for form in found if form.claim_id or form.check_ref}


@transaction.atomic
def _group(
    tip_id: int, reads: Sequence[Read], looked_at: Sequence[Judged], *, by: str
) -> list[Vector]:
    """Store what was found; returns the meanings of the statements that opened a claim."""
    tip = Tip.objects.select_for_update().get(pk=tip_id)
    if tip.is_grouped:
        return []
    by_digest = {each.read.digest: each for each in looked_at}
    forms = _placed_forms(reads)
    for each in looked_at:
        if each.read.digest not in forms and (each.claim or each.check):
            forms[each.read.digest] = _form(each, claim=each.claim, check=each.check)
    opened = _open(tip, reads, by_digest, forms, by=by)
    for each in looked_at:
        if each.read.digest not in forms and each.may_be_fact and rules.is_long(each.read.text):
            forms[each.read.digest] = _form(each, claim=None, check=None)
    Saying.objects.bulk_create(
        Saying(tip=tip, form=forms[read.digest], place=read.place)
        for read in reads
        if read.digest in forms
    )
    seems = None if forms else rules.seems([each.type for each in looked_at])
    tip.is_grouped, tip.seems = True, seems.value if seems else ""
    tip.save(update_fields=["is_grouped", "seems"])
    append([Entry("tip.grouped", "tip", tip.pk)], by=by)
    if any(form.claim_id or form.link for form in forms.values()):
        tell([tip.pk], by=by)
    return opened


def _open(
    tip: Tip,
    reads: Sequence[Read],
    looked_at: dict[str, Judged],
    forms: dict[str, Form],
    *,
    by: str,
) -> list[Vector]:
    """Open the claims that this tip brings, and put their forms among `forms`."""
    among = [read for read in reads if read.digest in forms or looked_at[read.digest].may_be_fact]
    judgeable = [
        rules.Judgeable(
            read.text,
            checkability=looked_at[read.digest].checkability if read.digest in looked_at else 1.0,
            is_fact=read.digest in looked_at and looked_at[read.digest].type is not None,
            is_placed=read.digest in forms,
        )
        for read in among
    ]
    stands_under = {(form.claim_id, form.check_ref) for form in forms.values()}
    vectors = []
    for place in rules.opening(judgeable, len(stands_under)):
        each = looked_at[among[place].digest]
        claim = triage.open_claim(
            wording=_wording(each.read.text),
            language=_language(each.read.language),
            checkability=each.checkability,
            last_at=tip.last_received_at,
            by=by,
        )
        forms[each.read.digest] = _form(each, claim=claim, check=None)
        _suggest(claim, each)
        vectors.append(each.vector)
    return vectors


def _form(each: Judged, *, claim: int | None, check: CheckRow | None) -> Form:
    """The form of a statement, put in its place. A check of the desk's own stands for its claim."""
    if check and (own := _own_claim(check)):
        claim, check = own, None
    defaults = {
        "text": each.read.text,
        "language": _language(each.read.language),
        "checkability": each.checkability,
    }
    place = {
        "claim_id": claim,
        "check_ref": check.id if check else None,
        "link": check.url if check else "",
    }
    form, _ = Form.objects.update_or_create(
        digest=each.read.digest, defaults=place, create_defaults=defaults | place
    )
    return form


def _own_claim(check: CheckRow) -> int | None:
    """The claim of a check that was written here; None for one that came from elsewhere.

    What the desk's own site had published before, and was taken in from a file, is no claim here.
    """
    number = check.key.removeprefix(OWN_KEY)
    is_own = check.publisher_site == site_of(settings.SOI_BASE_URL) and number != check.key
    return int(number) if is_own and number.isdecimal() else None


def _suggest(claim: int, each: Judged) -> None:
    wholes = wholes_of({near.claim for near in each.near if near.claim})
    others: dict[tuple[int | None, int | None], Suggestion] = {}
    for near in each.near:
        other = wholes[near.claim].id if near.claim in wholes else None
        if other or near.check:
            suggestion = Suggestion(
                claim_id=claim,
                other_id=other,
                check_ref=near.check,
                relation=near.relation.value,
                probability=near.probability,
            )
            others.setdefault((other, near.check), suggestion)
    Suggestion.objects.bulk_create(others.values())


def _follow_stretch(by: str) -> bool:
    head, _ = GroupingHead.objects.get_or_create(id=1)
    stretch = stretch_after(head.followed_seq, subject="claim", limit=_FOLLOWED_AT_ONCE)
    if not stretch.events:
        return False
    claims = wholes_of(stretch.subject_ids)
    finding.reword(
        {
            claim_id: (row.wording, row.language)
            for claim_id, row in claims.items()
            if row.id == claim_id
        }
    )
    tell_of_claims(stretch.subject_ids, by=by)
    for claim_id, row in claims.items():
        if row.id == claim_id and row.state is ClaimState.PUBLISHED:
            _suggest_published(row)
    GroupingHead.objects.filter(id=1).update(followed_seq=stretch.last_seq)
    return True


def _suggest_published(check: ClaimRow) -> None:
    """Suggest a published check of this desk to the claims which it may answer and which wait.

    Whoever said of two of them that they are not the same is not asked again.
    """
    near = matching.resembling(check.wording, finding.language_of(check.language))
    wholes = wholes_of(near.keys())
    decided = set(Suggestion.objects.filter(claim=check.id).values_list("other", flat=True))
    Suggestion.objects.bulk_create(
        (
            Suggestion(
                claim_id=whole.id,
                other_id=check.id,
                relation=near[claim].relation.value,
                probability=near[claim].probability,
            )
            for claim, whole in wholes.items()
            if whole.id not in decided and whole.state in (ClaimState.OPEN, ClaimState.WORKING)
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def move_forms(form_ids: Collection[int], *, to: int | None, by: Member) -> int:
    """Put forms under another claim, or under a new one for None; returns the number of the move.

    All of them must stand under one claim, or under parts of it. What others send in these words
    stands there from now on. Raises `FormUnknown`, `ClaimStateRefused`, and like `claim_for`.
    """
    counting.locked()
    wanted = {_id(each) for each in form_ids}
    forms = list(Form.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    sources = wholes_of({form.claim_id for form in forms if form.claim_id})
    wholes = {row.id for row in sources.values()}
    if len(forms) < len(wanted) or not forms or len(wholes) != 1:
        raise FormUnknown("These forms do not stand under one claim.")
    source = wholes.pop()
    claim_for(by, source, to=Permission.TRIAGE)
    target = _target(forms, to, by)
    before = {form.claim_id for form in forms if form.claim_id}
    move = Move.objects.create(
        source_id=source,
        target_id=target,
        forms=[form.pk for form in forms],
        opened=to is None,
        at=timezone.now(),
    )
    _put(forms, target, {*before, source, target}, "claim.forms_moved", by=by)
    return move.pk


@transaction.atomic
def take_back_move(move_id: int, *, by: Member) -> int:
    """Put the forms of a move back that still stand where it put them; returns that claim.

    A claim that was opened for them, and holds nothing else, becomes a part of it. Raises
    `MoveUnknown` also for a move that was taken back, and like `claim_for`.
    """
    counting.locked()
    there = Move.objects.select_for_update().filter(pk=_id(move_id), undone_at__isnull=True)
    move = there.first()
    if move is None:
        raise MoveUnknown(f"There is no move {move_id} to take back.", move=move_id)
    for claim in (move.source_id, move.target_id):
        claim_for(by, claim, to=Permission.TRIAGE)
    move.undone_at = timezone.now()
    move.save(update_fields=["undone_at"])
    forms = list(Form.objects.select_for_update().filter(pk__in=move.forms, claim=move.target_id))
    both = {move.source_id, move.target_id}
    _put(forms, move.source_id, both, "claim.forms_moved_back", by=by)
    is_empty = not Form.objects.filter(claim=move.target_id).exists()
    state = claim_for(by, move.target_id, to=Permission.TRIAGE).state
    if move.opened and is_empty and state in (ClaimState.OPEN, ClaimState.WORKING):
        triage.merge(move.target_id, into=move.source_id, by=by)
    return move.source_id


@transaction.atomic
def open_claim_for(form_id: int, *, by: Member) -> int:
    """Open a claim for a form that stands under none; returns the claim. Raises `FormUnknown`."""
    counting.locked()
    form = Form.objects.select_for_update().filter(pk=_id(form_id), claim__isnull=True).first()
    if form is None:
        raise FormUnknown("There is no such form that waits for a claim.")
    target = _target([form], None, by)
    form.check_ref, form.link = None, ""
    _put([form], target, {target}, "claim.forms_moved", by=by)
    return target


@transaction.atomic
def decide(suggestion_id: int, decision: Decision, *, by: Member) -> int:
    """Say whether a claim is the same as another, or as a published check; returns the claim to go
    on with.

    The same as another claim: it becomes part of it. The same as a check: it is closed as answered.
    Deciding twice the same way changes nothing. Deciding that they are not the same after all makes
    the part a claim of its own again, and opens again what was closed as answered. Raises
    `SuggestionUnknown`, and what `merge` and `close_claim` raise.
    """
    found = Suggestion.objects.select_for_update().filter(pk=_id(suggestion_id)).first()
    if found is None:
        raise SuggestionUnknown(f"There is no suggestion {suggestion_id}.")
    claim_for(by, found.claim_id, to=Permission.TRIAGE)
    if found.decision == decision:
        return found.claim_id
    goes_on = found.claim_id
    if decision is Decision.SAME:
        goes_on = _join(found, by)
    elif found.decision == Decision.SAME:
        _part(found, by)
    found.decision = decision.value
    found.save(update_fields=["decision"])
    append([Entry(f"suggestion.{decision.value}", "claim", found.claim_id)], by=by.actor)
    return goes_on


@transaction.atomic
def separate(claim_id: int, *, by: Member) -> None:
    """Make a part a claim of its own again, and do not suggest it again. Raises like `unmerge`."""
    whole = claim_for(by, claim_id, to=Permission.TRIAGE).merged_into
    triage.unmerge(claim_id, by=by)
    Suggestion.objects.filter(claim=claim_id, other=whole).update(decision=Decision.OTHER.value)


def _join(found: Suggestion, by: Member) -> int:
    if found.other_id is not None:
        whole = wholes_of([found.other_id])[found.other_id].id
        triage.merge(found.claim_id, into=whole, by=by)
        return whole
    check = check_with_id(found.check_ref or 0)
    if check is None:
        raise SuggestionUnknown("The check is not stored any more.")
    triage.close_claim(
        found.claim_id, reason=CloseReason.ALREADY_ANSWERED, answered_by=check.url, by=by
    )
    return found.claim_id


def _part(found: Suggestion, by: Member) -> None:
    """Undo what `_join` did, where nobody has undone it, or done something else, since."""
    row = claim_for(by, found.claim_id, to=Permission.TRIAGE)
    if found.other_id is not None:
        if row.merged_into in (found.other_id, wholes_of([found.other_id])[found.other_id].id):
            triage.unmerge(found.claim_id, by=by)
        return
    check = check_with_id(found.check_ref or 0)
    is_answered = row.state is ClaimState.CLOSED and row.reason is CloseReason.ALREADY_ANSWERED
    if is_answered and check is not None and row.answered_by == check.url:
        triage.reopen(found.claim_id, by=by)


def _target(forms: Sequence[Form], to: int | None, by: Member) -> int:
    """The claim to put forms under; a new one takes the words of the form that most tips hold."""
    if to is not None:
        return wholes_of([claim_for(by, to, to=Permission.TRIAGE).id])[to].id
    holds = Counter(Saying.objects.filter(form__in=forms).values_list("form", flat=True))
    most = max(forms, key=lambda form: (holds[form.pk], -form.pk))
    return triage.open_claim(
        wording=_wording(most.text),
        language=most.language,
        checkability=most.checkability,
        by=by,
    )


def _put(
    forms: Sequence[Form], claim: int, recounted: Collection[int], verb: str, *, by: Member
) -> None:
    """Put forms under a claim. The worker tells the senders: it follows the events of claims."""
    for form in forms:
        form.claim_id = claim
    Form.objects.bulk_update(forms, ["claim", "check_ref", "link"])
    counting.count_again(recounted)
    append([Entry(verb, "claim", each) for each in sorted(recounted)], by=by.actor)


def _wording(text: str) -> str:
    """The text as a claim's wording: one line, cut at a word."""
    line = " ".join(text.split())
    limit = LIMITS["wording"]
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"


def _language(language: Language) -> str:
    return UNDETERMINED if language is Language.OTHER else language.value


def _id(number: int) -> int:
    """The number, 0 (which nothing has) for one that is too large for the database."""
    return number if 0 < number < 2**63 else 0
