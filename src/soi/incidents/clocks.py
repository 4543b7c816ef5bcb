"""What is to be done about an incident, by when; and for which nothing may be prepared.

In: the kind of an incident. Out: its steps with their due times, counted from its opening. Charter
rule C8 is here: a platform is asked to act on fraud alone, and only on what people have confirmed.
Pure: nothing here reads the database or the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from soi.core.formats import HoldingState
from soi.incidents.errors import (
    IncidentInvalid,
    IncidentStateRefused,
    NotConfirmedYet,
    OnlyForFraud,
)
from soi.incidents.types import FRAUD, IncidentKind, IncidentState, StepState, StepWord
from soi.register.rules import CONFIRMED
from soi.register.types import HoldingRow
from soi.watch.types import LookalikeRow, State

_MINUTE, _HOUR, _DAY = (dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1))

CLOCKS: Final[Mapping[IncidentKind, Mapping[StepWord, dt.timedelta]]] = {
    IncidentKind.HIJACK: {
        StepWord.STOP_USING: 15 * _MINUTE,
        StepWord.TELL_KEEPER: 30 * _MINUTE,
        StepWord.TELL_PUBLIC: _HOUR,
        StepWord.TELL_PLATFORM: 2 * _HOUR,
        StepWord.RECOVER: _DAY,
        StepWord.CONFIRM: 3 * _DAY,
    },
    IncidentKind.PHISHING: {
        StepWord.TELL_KEEPER: _HOUR,
        StepWord.TELL_PUBLIC: 4 * _HOUR,
        StepWord.TELL_PLATFORM: 4 * _HOUR,
        StepWord.CONFIRM: 3 * _DAY,
    },
    IncidentKind.IMPERSONATION: {
        StepWord.TELL_KEEPER: 4 * _HOUR,
        StepWord.TELL_PUBLIC: _DAY,
        StepWord.TELL_PLATFORM: _DAY,
        StepWord.CONFIRM: 7 * _DAY,
    },
    IncidentKind.MISUSE: {
        StepWord.STOP_USING: _HOUR,
        StepWord.TELL_KEEPER: 4 * _HOUR,
        StepWord.RECOVER: _DAY,
        StepWord.CONFIRM: 7 * _DAY,
    },
    IncidentKind.ANOMALY: {
        StepWord.STOP_USING: _HOUR,
        StepWord.TELL_KEEPER: _HOUR,
        StepWord.CONFIRM: _DAY,
    },
}
"""By kind, the steps in order and the time that each has. The platform is told of fraud alone."""
_OF_HOLDINGS: Final = frozenset({StepWord.STOP_USING, StepWord.RECOVER})
"""Nobody can stop using, or get back, a name that is somebody else's."""
_KINDS_OF_NAMES: Final = frozenset(IncidentKind) - {IncidentKind.HIJACK}
_KINDS_OF_HOLDINGS: Final = frozenset(
    {IncidentKind.HIJACK, IncidentKind.MISUSE, IncidentKind.ANOMALY}
)


def steps_of(kind: IncidentKind, *, is_of_holding: bool) -> list[tuple[StepWord, dt.timedelta]]:
    """The steps of an incident in order, each with its time from the opening on."""
    return [
        (word, time)
        for word, time in CLOCKS[kind].items()
        if is_of_holding or word not in _OF_HOLDINGS
    ]


def kinds_of(*, is_of_holding: bool) -> list[IncidentKind]:
    """The kinds that an incident of a holding, or of a name, can be of."""
    known = _KINDS_OF_HOLDINGS if is_of_holding else _KINDS_OF_NAMES
    return [kind for kind in IncidentKind if kind in known]


def check_subject(
    kind: IncidentKind, holding: HoldingRow | None, lookalike: LookalikeRow | None
) -> None:
    """Return if an incident can be about this. Raises `IncidentInvalid`."""
    if (holding is None) == (lookalike is None):
        raise IncidentInvalid("It is about one holding or one name.", reason="one_thing")
    if kind not in kinds_of(is_of_holding=holding is not None):
        raise IncidentInvalid(f"No {kind.value} can be of that.", reason="kind_of_another")
    if holding is not None and holding.state is HoldingState.PROPOSED:
        raise IncidentInvalid("It is not confirmed as theirs.", reason="not_confirmed")
    if lookalike is not None and lookalike.state is State.DISMISSED:
        raise IncidentInvalid("Somebody found that it imitates nobody.", reason="name_dismissed")


def check_open(state: IncidentState) -> None:
    """Return if something can still be done about it. Raises `IncidentStateRefused`."""
    if state is not IncidentState.OPEN:
        raise IncidentStateRefused("The incident is closed.", known=state.value)


def check_closed(state: IncidentState) -> None:
    """Return if it can be opened again. Raises `IncidentStateRefused`."""
    if state is not IncidentState.CLOSED:
        raise IncidentStateRefused("The incident is open.", known=state.value)


def check_step(known: StepState, wanted: StepState) -> None:
    """Return if a step may go from one state to the other. Raises `IncidentStateRefused`."""
    if (known is StepState.OPEN) == (wanted is StepState.OPEN):
        raise IncidentStateRefused(
            f"A step that is {known.value} can't become {wanted.value}.",
            known=known.value,
            wanted=wanted.value,
        )


def check_fraud(kind: IncidentKind) -> None:
    """Return if something may be prepared for a platform. Raises `OnlyForFraud` (charter C8).

    Opinion, criticism and parody are no fraud, and neither is what nobody understands yet.
    """
    if kind not in FRAUD:
        raise OnlyForFraud(f"Nothing is prepared about {kind.value}.", kind=kind.value)


def check_confirmed(holding: HoldingRow | None, lookalike: LookalikeRow | None) -> None:
    """Return if people of the desk have confirmed what a report is against.

    A name: that it imitates or is used for fraud. A holding: that it is the organisation's. Raises
    `NotConfirmedYet`: nobody's accusation alone goes to a platform.
    """
    if lookalike is not None and lookalike.state in (State.LOOKALIKE, State.SCAM):
        return
    known = CONFIRMED | {HoldingState.COMPROMISED}
    if lookalike is None and holding is not None and holding.state in known:
        return
    raise NotConfirmedYet("Nobody of the desk has confirmed it.")
