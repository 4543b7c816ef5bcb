"""A long list that is read page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

Row = TypeVar("Row")


class Rows(Sequence[Row], Generic[Row]):
    """A sequence whose length and slices are asked for only when somebody wants them.

    `count` gives the length and `cut(start, stop)` the rows between two places; both may be costly,
    so the length is asked for once.
    """

    def __init__(self, count: Callable[[], int], cut: Callable[[int, int], list[Row]]) -> None:
        self._count = count
        self._cut = cut
        self._length: int | None = None

    def of_length(self, known: int) -> Rows[Row]:
        """The same rows, where their number is known already: it is not asked for."""
        return Rows(lambda: known, self._cut)

    def __len__(self) -> int:
        if self._length is None:
            self._length = self._count()
        return self._length

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            return self._cut(start, stop)[::step]
        found = self._cut(place, place + 1) if place >= 0 else self[place:][:1]
        if not found:
            raise IndexError(place)
        return found[0]
