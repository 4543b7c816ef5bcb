"""Ask for proofs, run them, and let a holding be verified or lapse by what they come to.

In: a way of proving, from somebody who may; the worker's looks. Out: proofs with what their tests
came to, evidence as captures, and the steps of a holding that follow from `proofs.rule`: it becomes
verified when the rule is met, and is proposed again when the rule is not met for the days of grace
and the desk does not stand for it. Who is killed while a test runs leaves it due again.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from soi.captures.actions import keep_fetched, keep_file
from soi.captures.addresses import Policy
from soi.captures.fetching import Fetched, Limits, fetch
from soi.core.errors import SoiError
from soi.core.formats import HoldingKind, HoldingState
from soi.core.formats.admission import RefusedError
from soi.core.formats.hosts import UnusableUrlError, web_url
from soi.core.formats.names import host_name
from soi.core.lookalike import NameKind, judge
from soi.journal.actions import Entry, append
from soi.register import history, lifecycle, queries, rules
from soi.register.errors import HoldingInvalid, ProofUnknown
from soi.register.history import Changed
from soi.register.models import Holding, Proof, Seen
from soi.register.proofs import rule
from soi.register.proofs.dns import named_servers, system_servers, texts_of
from soi.register.proofs.running import Reach, run
from soi.register.proofs.types import Finding, Problem, ProofKind, Result, Subject
from soi.register.records import holding_record
from soi.register.types import Standing

log = logging.getLogger(__name__)

CODE_PREFIX = "soi-proof-"
LEASE = dt.timedelta(minutes=10)
"""For so long a test that runs is left to who runs it; none takes as long."""

_LIMITS = Limits(seconds=15.0, size=1_000_000, redirects=3)
_POLICY = Policy(schemes=frozenset({"https"}), ports=frozenset({443}))
"""Over plain HTTP anybody on the way could answer."""
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_CODE_LETTERS = 16
"""80 random bits, in letters that are not taken for one another."""


def public_reach() -> Reach:
    """The public web over HTTPS, and the DNS servers of the settings."""
    servers = named_servers(settings.SOI_DNS_SERVERS)
    servers = servers if servers.servers else system_servers()

    def page(url: str) -> Fetched:
        return fetch(url, _LIMITS, _POLICY)

    return Reach(page, lambda name: texts_of(name, servers))


@transaction.atomic
def ask(slug: str, holding_id: int, kind: ProofKind, *, where: str = "", by: str) -> int:
    """Ask for a proof of a holding; it is run by the worker. Returns its number.

    `where` is the official domain, or for `rel_me` the official page, that the proof leans on. The
    same proof is asked for once. Raises `HoldingUnknown`, and `HoldingInvalid` for a way that does
    not suit the holding, or a `where` that is not official.
    """
    holding = lifecycle.locked(slug, holding_id)
    if kind not in rule.possible(HoldingKind(holding.kind), holding.platform):
        raise HoldingInvalid(f"{kind.value} proves no {holding.kind}.", reason="proof_unsuited")
    where = _where(kind, where)
    if problem := _anchor_problem(holding, kind, where):
        raise HoldingInvalid("That site is not official.", reason=problem.value)
    now = timezone.now()
    found, made = Proof.objects.get_or_create(
        holding=holding,
        kind=kind.value,
        where=where,
        defaults={
            "code": _code_of(holding),
            "asked_at": now,
            "due_at": None if kind is ProofKind.IN_PERSON else now,
        },
    )
    if made:
        append([Entry("proof.asked", "proof", found.pk)], by=by)
    return found.pk


def _where(kind: ProofKind, written: str) -> str:
    """The official side as it is kept: a host, or for `rel_me` the address of a page."""
    if not rule.WEIGHTS[kind].needs_anchor:
        return ""
    try:
        if kind is ProofKind.REL_ME:
            address = written if "://" in written else f"https://{written}"
            return web_url(address).url
        return host_name(written).removeprefix("www.")
    except (RefusedError, UnusableUrlError) as error:
        raise HoldingInvalid("That is no address.", reason=error.code.value) from error


def _anchor_problem(holding: Holding, kind: ProofKind, where: str) -> Problem | None:
    """What is wrong with the site that a proof leans on, None if it is official today."""
    if kind is ProofKind.BLUESKY:
        host = holding.key
    elif not rule.WEIGHTS[kind].needs_anchor:
        return None
    else:
        host = web_url(where).host.removeprefix("www.") if "://" in where else where
    if holding.kind == HoldingKind.DOMAIN and host == holding.key:
        return Problem.ANCHOR_NOT_OFFICIAL
    owners = _official_owners(host)
    is_own = holding.organisation.slug in owners
    if kind is ProofKind.TRUST_MEMBER:
        # An association is somebody else: one's own word about oneself is another proof.
        return None if owners and not is_own else Problem.ANCHOR_NOT_OFFICIAL
    return None if is_own else Problem.ANCHOR_NOT_OFFICIAL


def _official_owners(host: str) -> set[str]:
    """Whose domain a host is, or stands below, today."""
    labels = host.split(".")
    above = [".".join(labels[number:]) for number in range(len(labels) - 1)][-10:]
    found = queries.holdings_with_keys([(HoldingKind.DOMAIN, each) for each in above])
    today = timezone.localdate()
    return {
        row.organisation
        for rows in found.values()
        for row in rows
        if rules.standing(row, today) is Standing.OFFICIAL
    }


def _code_of(holding: Holding) -> str:
    known = Proof.objects.filter(holding=holding).order_by("pk").first()
    if known is not None:
        return known.code
    letters = (secrets.choice(_ALPHABET) for _ in range(_CODE_LETTERS))
    return CODE_PREFIX + "".join(letters)


@transaction.atomic
def withdraw(slug: str, proof_id: int, *, by: str) -> None:
    """Ask for a proof no more; what it counted for is weighed anew. Raises `ProofUnknown`."""
    proof = _proof(slug, proof_id)
    holding_id = proof.holding_id
    proof.delete()
    append([Entry("proof.withdrawn", "proof", proof_id)], by=by)
    _weigh(lifecycle.locked(slug, holding_id), by=by)


@transaction.atomic
def run_again(slug: str, proof_id: int, *, by: str) -> None:
    """Let the worker run a proof at its next look. Raises `ProofUnknown`."""
    proof = _proof(slug, proof_id)
    if proof.kind != ProofKind.IN_PERSON:
        proof.due_at = timezone.now()
        proof.save(update_fields=["due_at"])
        append([Entry("proof.asked_again", "proof", proof.pk)], by=by)


@transaction.atomic
def see_in_person(slug: str, holding_id: int, member_id: int, *, by: str) -> None:
    """Say that somebody of the desk has seen in person that a holding is its organisation's.

    With the second person it holds, for a year. One person counts once, however often they say so.
    """
    proof_id = ask(slug, holding_id, ProofKind.IN_PERSON, by=by)
    proof = Proof.objects.select_for_update().get(pk=proof_id)
    now = timezone.now()
    Seen.objects.update_or_create(proof=proof, member=member_id, defaults={"at": now})
    fresh = now - rule.WEIGHTS[ProofKind.IN_PERSON].lasts
    seen = proof.seen.filter(at__gt=fresh).order_by("-at")[: rule.PEOPLE_NEEDED]
    days = [each.at for each in seen]
    proof.run_at, proof.due_at = now, None
    if len(days) >= rule.PEOPLE_NEEDED:
        # It expires a year after the earlier of the two last looks.
        proof.result, proof.problem, proof.held_at = Result.HOLDS.value, "", min(days)
    else:
        proof.result, proof.problem = Result.DENIED.value, Problem.SECOND_MISSING.value
    proof.save()
    append([Entry("proof.seen", "proof", proof.pk)], by=by)
    _weigh(lifecycle.locked(slug, holding_id), by=by)


def run_proof(proof_id: int, *, by: str, reach: Reach | None = None) -> Finding:
    """Run a proof now; takes as long as the servers and the limits let it.

    Raises `ProofUnknown`, also for what only people can see.
    """
    proof = Proof.objects.select_related("holding__organisation").filter(pk=proof_id).first()
    if proof is None or proof.kind == ProofKind.IN_PERSON:
        raise ProofUnknown(f"There is no proof {proof_id} to run.", proof=proof_id)
    kind = ProofKind(proof.kind)
    if problem := _anchor_problem(proof.holding, kind, proof.where):
        finding = Finding(Result.DENIED, problem.value)
    else:
        finding = run(kind, _subject(proof), reach or public_reach())
    kept = _kept(proof, finding, by=by)
    _store(proof_id, finding, kept, of=proof.holding.key, by=by)
    return finding


def _kept(proof: Proof, finding: Finding, *, by: str) -> int | None:
    """The number of a copy of what was read, where it holds and has no fresh one; else None."""
    fresh = timezone.now() - rule.EVIDENCE_EVERY
    has_fresh = proof.captured_at is not None and proof.captured_at > fresh
    if finding.result is not Result.HOLDS or (has_fresh and proof.result == Result.HOLDS):
        return None
    try:
        if finding.fetched is not None:
            return keep_fetched(finding.fetched, by=by)
        return keep_file("dns.txt", BytesIO(finding.records.encode()), by=by)
    except (SoiError, OSError) as error:
        # The proof holds all the same; without a copy it says so.
        log.warning("evidence of proof %d could not be kept: %s", proof.pk, error)
        return None


def _subject(proof: Proof) -> Subject:
    holding = proof.holding
    return Subject(
        kind=holding.kind,
        platform=holding.platform,
        value=holding.value,
        key=holding.key,
        platform_id=holding.platform_id,
        code=proof.code,
        where=proof.where,
    )


@transaction.atomic
def _store(proof_id: int, finding: Finding, kept: int | None, *, of: str, by: str) -> None:
    """Write down what a test of the name `of` came to, and what follows from it."""
    proof = Proof.objects.select_for_update(of=("self",)).filter(pk=proof_id).first()
    if proof is None:
        return  # withdrawn meanwhile
    holding = lifecycle.locked(proof.holding.organisation.slug, proof.holding_id)
    if holding.key != of:
        return  # renamed meanwhile: the new name is due already
    now, before = timezone.now(), proof.result
    proof.run_at, proof.result, proof.problem = now, finding.result.value, finding.problem
    if finding.result is Result.HOLDS:
        proof.held_at, proof.denied_since, proof.failures = now, None, 0
    else:
        proof.failures += 1
        if finding.result is Result.DENIED:
            proof.denied_since = proof.denied_since or now
    proof.due_at = rule.next_run(
        finding.result,
        failures=proof.failures,
        now=now,
        spread=random.random(),  # noqa: S311  # spreads load
    )
    if kept is not None:
        proof.capture_id, proof.captured_at = kept, now
    seen_before, proof.identifier = proof.identifier, finding.identifier or proof.identifier
    proof.save()
    if before != proof.result:
        verb = {Result.HOLDS: "held", Result.DENIED: "denied", Result.UNTOLD: "untold"}
        append([Entry(f"proof.{verb[finding.result]}", "proof", proof.pk)], by=by)
    _take_identifier(holding, finding, seen_before, by=by)
    _weigh(holding, by=by)


def _take_identifier(holding: Holding, finding: Finding, seen_before: str, *, by: str) -> None:
    """Keep what the platform calls the account; another one, seen twice, is another account."""
    if not finding.identifier:
        return
    if finding.result is Result.HOLDS and not holding.platform_id:
        before = holding_record(holding)
        holding.platform_id = finding.identifier
        holding.save(update_fields=["platform_id"])
        history.write([_changed("holding.changed", holding, before)], by=by)
    elif finding.problem == Problem.OTHER_IDENTIFIER and seen_before == finding.identifier:
        lifecycle.note_platform_id(
            holding.platform, holding.value, finding.identifier, day=timezone.localdate(), by=by
        )
        holding.refresh_from_db()


def run_due(*, by: str, reach: Reach | None = None, most: int = 20) -> int:
    """Run the proofs that are due, the longest waiting first, at most so many; returns how many."""
    done = 0
    while done < most and (proof_id := _take_due()) is not None:
        run_proof(proof_id, by=by, reach=reach)
        done += 1
    return done


@transaction.atomic
def _take_due() -> int | None:
    """The next proof that is due, which is nobody else's for the time of a lease."""
    now = timezone.now()
    due = Proof.objects.filter(due_at__lte=now).exclude(holding__state=HoldingState.RETIRED.value)
    proof = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at").first()
    if proof is None:
        return None
    proof.due_at = now + LEASE
    proof.save(update_fields=["due_at"])
    return proof.pk


def weigh_due(*, by: str) -> int:
    """Weigh anew what time alone has changed: proofs that expired, grace that ended.

    Returns how many holdings that were.
    """
    leaning = Holding.objects.exclude(proved_by=[]) | Holding.objects.filter(
        state__in=[each.value for each in rules.CONFIRMED], is_vouched=False
    )
    changed = 0
    for slug, pk in leaning.values_list("organisation__slug", "pk").order_by("pk"):
        with transaction.atomic():
            changed += _weigh(lifecycle.locked(slug, pk), by=by)
    return changed


def _weigh(holding: Holding, *, by: str) -> bool:
    """Let a holding follow from its proofs as they stand now; says whether anything changed."""
    before, now, today = holding_record(holding), timezone.now(), timezone.localdate()
    counting = sorted(
        {
            each.kind
            for each in Proof.objects.filter(holding=holding)
            if rule.counts(
                ProofKind(each.kind), held_at=each.held_at, denied_since=each.denied_since, now=now
            )
        }
    )
    holding.proved_by = counting
    verb = _follow(holding, today)
    is_changed = before != holding_record(holding)
    holding.save()
    if is_changed:
        history.write([_changed(verb, holding, before)], by=by)
    return is_changed


def standing_of(holding: Holding) -> rule.Standing:
    """What the proofs that counted when they were weighed last come to."""
    return rule.standing([ProofKind(each) for each in holding.proved_by])


def _follow(holding: Holding, today: dt.date) -> str:
    """Bring a holding to where its proofs lead; returns the verb of that."""
    if standing_of(holding).is_met:
        verb = "holding.proved"
        if holding.state == HoldingState.PROPOSED and may_be_verified(holding):
            holding.state, holding.lapsed_from = HoldingState.VERIFIED.value, None
            verb = "holding.verified"
        if holding.state in rules.CONFIRMED:
            holding.verified_on, holding.unproved_since = today, None
        return verb
    if holding.state in rules.CONFIRMED and not holding.is_vouched:
        holding.unproved_since = holding.unproved_since or today
        if today >= holding.unproved_since + dt.timedelta(days=rules.GRACE_DAYS):
            holding.state, holding.lapsed_from = HoldingState.PROPOSED.value, today
            return "holding.lapsed"
    return "holding.proved"


def may_be_verified(holding: Holding) -> bool:
    """Whether proofs alone may verify a holding, or a person of the desk has to look.

    A person has to where nothing official says that it is theirs; where another organisation has it
    already; and where its name could be taken for another organisation's: whoever owns a lookalike
    can prove that they do. A site that was confirmed once needs no person again.
    """
    was_confirmed = holding.lapsed_from is not None and holding.kind in rules.HOSTS
    if not (standing_of(holding).is_linked or was_confirmed):
        return False
    if lifecycle.elsewhere(holding) or holding.doubted_from:
        return False
    kind = {
        HoldingKind.DOMAIN: NameKind.HOST,
        HoldingKind.SUBDOMAIN: NameKind.HOST,
        HoldingKind.EMAIL_DOMAIN: NameKind.HOST,
        HoldingKind.ACCOUNT: NameKind.HANDLE,
        HoldingKind.EMAIL: NameKind.EMAIL,
    }.get(HoldingKind(holding.kind))
    if kind is None:
        return True
    found = judge(holding.value, kind, queries.compiled())
    return found is None or found.brand == holding.organisation.slug


def _proof(slug: str, proof_id: int) -> Proof:
    """Raises `ProofUnknown`."""
    found = None
    if 0 < proof_id < 2**63:
        known = Proof.objects.select_for_update().select_related("holding")
        found = known.filter(pk=proof_id, holding__organisation__slug=slug).first()
    if found is None:
        raise ProofUnknown(f"{slug[:100]} has no proof {proof_id}.", proof=proof_id)
    return found


def _changed(verb: str, holding: Holding, before: dict[str, object] | None) -> Changed:
    return Changed(verb, holding.organisation_id, holding.pk, before, holding_record(holding))
