"""Organisations, who keeps them, what is theirs, and what was.

No column holds a name, an address or a number of a private person: keepers are people of the desk
by number, custody names people of the desk and posts (charter rule C4).
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from soi.core.formats import HoldingKind, HoldingState
from soi.register.proofs.types import ProofKind, Result
from soi.register.types import PeriodKind, ReuseEnd, TwoFactor


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]


class Organisation(models.Model):
    """Whose holdings are registered."""

    slug = models.SlugField(max_length=100, unique=True)
    """Never changed: addresses, badges and other sites' files name it."""
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    aliases = models.JSONField(default=list)
    """Short names in ASCII, as people type them; the lookalike engine looks for them."""
    is_demo = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)
    """The number of its last `Change`."""

    def __str__(self) -> str:
        return self.name


class Keeper(models.Model):
    """That somebody of the desk keeps an organisation's holdings, from when until when."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="keepers")
    member = models.BigIntegerField()
    """The number of the person in `soi.people`; people are switched off, never deleted."""
    appointed_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "member"),
                condition=Q(dismissed_at=None),
                name="register_keeper_once",
            ),
        )
        indexes = (models.Index(fields=("member",)),)

    def __str__(self) -> str:
        return f"keeper {self.member} of organisation {self.organisation_id}"


class Holding(models.Model):
    """One thing that an organisation owns, or owned."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="holdings"
    )
    kind = models.CharField(
        max_length=20, choices=[(kind.value, kind.value) for kind in HoldingKind]
    )
    platform = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=500)
    """The value as it is looked up: see `soi.register.rules.key_of`."""
    value = models.CharField(max_length=500)
    bank = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    compromised_from = models.DateField(null=True)
    verified_on = models.DateField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    is_demo = models.BooleanField(default=False)
    state = models.CharField(
        max_length=20, choices=_choices(HoldingState), default=HoldingState.ACTIVE.value
    )
    platform_id = models.CharField(max_length=200, blank=True)
    """What the platform calls the account, whatever its name becomes."""
    handed_to = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_vouched = models.BooleanField(default=False)
    """The desk's own people stand for it, with or without proofs."""
    unproved_since = models.DateField(null=True)
    """Since when the rule of proofs is not met, for what rests on proofs alone."""
    lapsed_from = models.DateField(null=True)
    """From when on it is proposed again, because its proofs stayed away."""
    doubted_from = models.DateField(null=True)
    """Since when its name is seen with another identifier: see `Reuse`."""
    proved_by = models.JSONField(default=list)
    """The kinds of proofs that counted when they were last weighed, in order."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "kind", "platform", "key"), name="one_holding_a_key"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in HoldingKind]),
                name="holding_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="holding_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in HoldingState]),
                name="holding_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=HoldingState.COMPROMISED.value)
                | Q(compromised_from__isnull=False),
                name="holding_compromised_since_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=HoldingState.RETIRED.value) | Q(valid_to__isnull=False),
                name="holding_retired_on_a_day",
            ),
        )
        indexes = (
            models.Index(fields=("kind", "key")),
            models.Index(fields=("platform", "platform_id")),
            models.Index(fields=("state", "valid_to")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Period(models.Model):
    """A time of a holding that is over: it was theirs, or it was in other hands."""

    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="periods")
    kind = models.CharField(max_length=20, choices=_choices(PeriodKind))
    since = models.DateField(null=True)
    until = models.DateField()
    """The first day on which it was so no more."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in PeriodKind]),
                name="register_period_kind_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} until {self.until}"


class FormerName(models.Model):
    """A name that an account had before it got another one."""

    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="former_names")
    value = models.CharField(max_length=500)
    key = models.CharField(max_length=500)
    since = models.DateField(null=True)
    until = models.DateField()
    """The last day."""

    class Meta:
        indexes = (models.Index(fields=("key",)),)

    def __str__(self) -> str:
        return f"{self.value} until {self.until}"


class Reuse(models.Model):
    """That an account's name was seen with an identifier that is not the account's."""

    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="reuses")
    platform_id = models.CharField(max_length=200)
    seen_on = models.DateField()
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=20, blank=True, choices=_choices(ReuseEnd))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("holding",), condition=Q(settled_at=None), name="register_one_open_reuse"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_as="")
                | Q(settled_at__isnull=False, settled_as__in=[each.value for each in ReuseEnd]),
                name="register_reuse_is_settled_as_something",
            ),
        )

    def __str__(self) -> str:
        return f"holding {self.holding_id} seen as {self.platform_id}"


class Custody(models.Model):
    """Who holds the keys of a holding. Its organisation's keepers see it, and the desk's people."""

    holding = models.OneToOneField(Holding, on_delete=models.CASCADE, related_name="custody")
    holders = models.JSONField(default=list)
    """`person:5` for somebody of the desk, `role:it` for a post; nothing else has room here."""
    two_factor = models.CharField(
        max_length=20, choices=_choices(TwoFactor), default=TwoFactor.UNKNOWN.value
    )
    confirmed_at = models.DateTimeField()
    """When a keeper last said that it is so."""
    confirmed_by = models.CharField(max_length=100)
    """As the journal names its actors."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(two_factor__in=[each.value for each in TwoFactor]),
                name="register_two_factor_is_known",
            ),
        )
        indexes = (models.Index(fields=("confirmed_at",)),)

    def __str__(self) -> str:
        return f"custody of holding {self.holding_id}"


class Proof(models.Model):
    """One way of proving a holding, and what its tests came to."""

    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=20, choices=_choices(ProofKind))
    where = models.CharField(max_length=2000, blank=True)
    """The host or the page of the official side, "" where none is needed."""
    code = models.CharField(max_length=40)
    """What is to be put where only its owner can; one for all proofs of a holding."""
    asked_at = models.DateTimeField()
    run_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, blank=True, choices=_choices(Result))
    """Of the last test, "" before the first."""
    problem = models.CharField(max_length=40, blank=True)
    held_at = models.DateTimeField(null=True)
    """When it held last."""
    denied_since = models.DateTimeField(null=True)
    """Since when every test that could be made was denied."""
    failures = models.PositiveIntegerField(default=0)
    """How often in a row it did not hold."""
    due_at = models.DateTimeField(null=True)
    """When it is to be run; null for what no machine can see."""
    identifier = models.CharField(max_length=200, blank=True)
    """What the platform called the account at the last test that could see it."""
    capture = models.ForeignKey(
        "captures.Capture", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """The newest copy of what was read when it held."""
    captured_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("holding", "kind", "where"), name="register_proof_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in ProofKind]),
                name="register_proof_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["", *(each.value for each in Result)]),
                name="register_proof_result_is_known",
            ),
        )
        indexes = (models.Index(fields=("due_at",)),)

    def __str__(self) -> str:
        return f"{self.kind} of holding {self.holding_id}"


class Seen(models.Model):
    """That somebody of the desk has seen in person that a holding is its organisation's."""

    proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="seen")
    member = models.BigIntegerField()
    """The number of the person in `soi.people`."""
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("proof", "member"), name="register_seen_once_by_each"),
        )

    def __str__(self) -> str:
        return f"proof {self.proof_id} seen by {self.member}"


class Handover(models.Model):
    """That one organisation gives a holding to another; it is done when the other has taken it."""

    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="handovers")
    to = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    """The last day on which it is the first one's."""
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("holding",),
                condition=Q(answered_at=None),
                name="register_one_open_handover",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, is_accepted=None)
                | Q(answered_at__isnull=False, is_accepted__isnull=False),
                name="register_handover_has_an_answer",
            ),
        )

    def __str__(self) -> str:
        return f"holding {self.holding_id} to organisation {self.to_id}"


class Change(models.Model):
    """One change of what an organisation is or owns, as it can be published (charter rule C5).

    Added in the same transaction as the change and its journal event, never changed. The event
    holds the digests of `before` and `after`; the database can't tell who wrote here, the journal
    and the public log can.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=50)
    """As in the journal."""
    holding = models.ForeignKey(Holding, on_delete=models.SET_NULL, null=True, related_name="+")
    """Null where the organisation itself was changed, and where the demonstration was removed."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "number"), name="register_change_has_a_number"
            ),
        )
        indexes = (models.Index(fields=("-at", "-id")),)

    def __str__(self) -> str:
        return f"change {self.number} of organisation {self.organisation_id}"
