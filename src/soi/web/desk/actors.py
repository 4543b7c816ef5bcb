"""Who did it, as people call them: the journal knows numbers only."""

from __future__ import annotations

from collections.abc import Iterable

from soi.people.queries import names_of

_PERSON = "person:"


def named_actors(actors: Iterable[str]) -> dict[str, str]:
    """By actor as the journal has it, the name of a person of the desk, else the same again."""
    written = set(actors)
    numbers = {actor: number for actor in written if (number := _number(actor)) is not None}
    names = names_of(numbers.values())
    return {actor: names.get(numbers.get(actor, 0), actor) for actor in written}


def _number(actor: str) -> int | None:
    number = actor.removeprefix(_PERSON)
    is_person = actor.startswith(_PERSON) and number.isdecimal() and len(number) < 19
    return int(number) if is_person else None
