"""Ask for the same thing once while many things are made of it.

In: a function without side effects that is marked `remembered`. Out: the same function. While
`remembering()` lasts it is called once for each set of arguments, and its answer is given again;
outside of it nothing is kept. For work that asks for the same rows over and over, such as pages of
the exported site: its answers are then of one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
_memory: ContextVar[dict[Any, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember what is asked for until the end. One within another has a memory of its own."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def remembered(ask: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """A function whose answer is remembered. What it takes is hashable; nobody changes its answer.

    What it raises is not remembered.
    """

    @wraps(ask)
    def asked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        memory = _memory.get()
        if memory is None:
            return ask(*args, **kwargs)
        key = (ask, args, tuple(sorted(kwargs.items())))
        if key not in memory:
            memory[key] = ask(*args, **kwargs)
        found: Answer = memory[key]
        return found

    return asked
