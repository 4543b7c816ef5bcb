"""Every string on screen exists in Vietnamese, and what Django loads is what was translated."""

from __future__ import annotations

import re

from babel.messages.catalog import Message

from tests.repo.catalogues import COMPILED, collected, compiled, translated


def _name(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def test_every_string_is_translated_into_vietnamese():
    done = {_name(m) for m in translated() if m.id and m.string and not m.fuzzy}
    missing = {_name(m) for m in collected() if m.id} - done
    assert not missing


def test_no_translation_is_left_of_a_string_that_is_gone():
    kept = {_name(m) for m in translated() if m.id}
    assert not kept - {_name(m) for m in collected() if m.id}


def test_the_compiled_catalogue_is_the_translated_one():
    assert COMPILED.read_bytes() == compiled(translated())


def test_a_translation_keeps_the_places_of_its_string():
    broken = []
    for message in translated():
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = message.id if isinstance(message.id, str) else message.id[0]
        if message.id:
            broken += [(wanted, s) for s in strings if _places(s) != _places(wanted)]
    assert not broken


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", text))
