"""Read a little ahead of whoever works on what is read, and say when nothing comes.

In: anything that comes when it comes. Out: the same, and None whenever it keeps one waiting. Never
more than `ROOM` items are read that nobody has taken: a slow worker makes the source wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

ROOM = 2
"""Items that may be read ahead."""
_LOOK = 0.2
"""Seconds after which a reader that waits for room looks whether anybody still takes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _End(Generic[T]):
    """The last thing that a reader hands on: what it ended with, None when all was read."""

    error: BaseException | None


def ahead(items: Iterable[T], *, patience: float) -> Iterator[T | None]:
    """Yield `items`, read by a thread of their own, and None after each `patience` seconds without.

    What reading raises is raised here, after what was read before it.
    """
    queue: Queue[T | _End[T]] = Queue(ROOM)
    is_over = threading.Event()
    reader = threading.Thread(target=_read, args=(items, queue, is_over), daemon=True)
    reader.start()
    try:
        while True:
            try:
                item = queue.get(timeout=patience)
            except Empty:
                yield None
                continue
            if isinstance(item, _End):
                if item.error:
                    raise item.error
                return
            yield item
    finally:
        is_over.set()


def _read(items: Iterable[T], queue: Queue[T | _End[T]], is_over: threading.Event) -> None:
    try:
        for item in items:
            if not _put(item, queue, is_over):
                return
    except BaseException as error:  # raised again where it is waited for
        _put(_End(error), queue, is_over)
    else:
        _put(_End(None), queue, is_over)


def _put(item: T | _End[T], queue: Queue[T | _End[T]], is_over: threading.Event) -> bool:
    """Hand an item on as soon as there is room; False when nobody takes any more."""
    while not is_over.is_set():
        try:
            queue.put(item, timeout=_LOOK)
        except Full:
            continue
        return True
    return False
