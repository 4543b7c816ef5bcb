"""Keep the index in step with the database.

The words channel follows the journal of checks; vectors are made once, kept in the database, and
the meaning channel follows them. Every step can be repeated: what was half done when a process was
killed is done again. One process at a time follows; the others go on reading. An index that can't
be read, that was lost, or that followed another past of the database (one was restored from an
older copy) is rebuilt.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
from django.db import transaction

from soi.claims import queries as claims
from soi.claims.queries import CheckRow
from soi.core.matching import meaning_text, words_text
from soi.core.text import Language, index_tokens, language_of
from soi.index import engines
from soi.index.engine import Entry, IndexBusy, IndexDamaged
from soi.index.engine.durable import replace_file
from soi.index.engine.errors import engine_errors
from soi.index.models import Meaning, MeaningHead
from soi.journal.queries import event_count_after, has_event, last_mark, seq_of, stretch_after

log = logging.getLogger(__name__)

Progress = Callable[[int], None]
Result = TypeVar("Result")

_WORDS_BATCH = 1000
_MEANING_BATCH = 64
"""Small enough that a kill loses a second of embedding at most."""
_FOLLOWED = "followed"
"""The file that names the last event followed, by number and time."""


@contextmanager
def following(*, wait: bool) -> Iterator[None]:
    """Be the one process that follows. Raises `IndexBusy` if another is and `wait` is false."""
    folder = engines.directory()
    with engine_errors():
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "following.lock").open("a")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise IndexBusy("Another process is bringing the index up to date.") from error
        with engines.alone_of_all_machines(wait=wait):
            yield


def follow(*, wait: bool = True, progress: Progress | None = None) -> int:
    """Bring both channels up to date, vectors included; returns how many checks were touched.

    `progress` is called with the number of events whose checks have their vectors.
    """
    with following(wait=wait):
        touched = _mending(_follow_words)
        seen = 0
        while looked := _embed_batch():
            seen += looked
            if progress:
                progress(seen)
        _mending(_follow_meaning)
        return touched


def follow_words(*, wait: bool) -> int:
    """Bring only the words channel up to date: enough for new checks to be found by words."""
    with following(wait=wait):
        return _mending(_follow_words)


def rebuild(*, wait: bool = True, progress: Progress | None = None) -> None:
    """Build the index anew from the database beside the old one and swap it in.

    Vectors are not made here: those that the database keeps are used, the others follow.
    """
    with following(wait=wait):
        _rebuild(progress)


def meaning_backlog() -> int:
    """How many events of checks the embedder has not seen yet: the work that `follow` will find."""
    head = MeaningHead.objects.filter(id=1, embedder=engines.embedder().name).first()
    return event_count_after(head.followed_seq if head else 0, subject="check")


def has_followed_words(mark: str) -> bool:
    """True if the words channel has seen the very event that `mark` names, and none after it."""
    if engines.engine().applied().words_seq != seq_of(mark):
        return False
    return not mark or _followed() == mark


def _mending(step: Callable[[], Result]) -> Result:
    """Do a step on an index that can be believed; one that is found damaged is rebuilt first."""
    try:
        if _is_of_another_past():
            log.warning("the index does not belong to this database and is rebuilt from it")
            _rebuild(None)
        return step()
    except IndexDamaged as error:
        log.warning("the index is damaged and is rebuilt from the database: %s", error)
        _rebuild(None)
        return step()


def _is_of_another_past() -> bool:
    """True if the index has seen what the database does not tell, or was lost with its vectors.

    The numbers alone do not show it: a database that was restored from an older copy soon has as
    many events as the index has seen, but other ones.
    """
    applied = engines.engine().applied()
    head = MeaningHead.objects.filter(id=1).first()
    last_id = head.last_id if head else 0
    if applied.words_seq == 0:
        return last_id > 0
    followed = _followed()
    return (
        applied.words_seq > seq_of(last_mark("check"))
        or applied.meaning_seq > last_id
        or (followed != "" and not has_event(followed))
    )


def _followed() -> str:
    """Names the last event that the words channel has seen, "" when nobody noted it."""
    with engine_errors():
        try:
            return (engines.directory() / _FOLLOWED).read_text("ascii")
        except (FileNotFoundError, UnicodeDecodeError):
            return ""


def _note_followed(mark: str) -> None:
    if mark != _followed():
        with engine_errors():
            replace_file(engines.directory() / _FOLLOWED, mark.encode("ascii"))


def _follow_words() -> int:
    engine, touched = engines.engine(), 0
    seq = engine.applied().words_seq
    while (stretch := stretch_after(seq, subject="check", limit=_WORDS_BATCH)).subject_ids:
        rows = claims.checks_by_id(stretch.subject_ids)
        gone = [check_id for check_id in stretch.subject_ids if check_id not in rows]
        if gone:
            engine.delete(gone)
        engine.upsert([_words_entry(row) for row in rows.values()], words_seq=stretch.last_seq)
        touched += len(stretch.subject_ids)
        seq = stretch.last_seq
    mark = last_mark("check")
    # What was stored in the meantime is followed, and noted, by the next one.
    if seq_of(mark) == seq:
        _note_followed(mark)
    return touched


def _words_entry(row: CheckRow) -> Entry:
    text = words_text(row.claim, row.title, row.summary)
    language = _language(row)
    return Entry(id=row.id, language=language, tokens=index_tokens(text, language))


def _language(row: CheckRow) -> Language:
    """The publisher's word on the language where there is one, else what the claim looks like."""
    if not row.language:
        return language_of(row.claim)
    return Language(row.language) if row.language in set(Language) else Language.OTHER


def _embed_batch() -> int:
    """Make the vectors of the next checks of the journal; returns how many events that covers."""
    embedder = engines.embedder()
    head, _ = MeaningHead.objects.get_or_create(id=1)
    seq = head.followed_seq if head.embedder == embedder.name else 0
    stretch = stretch_after(seq, subject="check", limit=_MEANING_BATCH)
    if not stretch.events:
        return 0
    rows = claims.checks_by_id(stretch.subject_ids)
    texts = {row.id: meaning_text(row.claim, row.title, row.summary) for row in rows.values()}
    kept = set(
        Meaning.objects.filter(check_ref__in=texts, embedder=embedder.name).values_list(
            "check_ref", "text_digest"
        )
    )
    wanted = [(ref, text) for ref, text in texts.items() if (ref, _digest(text)) not in kept]
    vectors = embedder.passages([text for _, text in wanted])
    gone = [check_id for check_id in stretch.subject_ids if check_id not in rows]
    with transaction.atomic():
        head = MeaningHead.objects.select_for_update().get(id=1)
        Meaning.objects.filter(check_ref__in=[*gone, *(ref for ref, _ in wanted)]).delete()
        Meaning.objects.bulk_create(
            Meaning(
                id=number,
                check_ref=ref,
                embedder=embedder.name,
                text_digest=_digest(text),
                vector=vector.astype("<f2").tobytes(),
            )
            for number, ((ref, text), vector) in enumerate(
                zip(wanted, vectors, strict=True), start=head.last_id + 1
            )
        )
        head.last_id += len(wanted)
        head.embedder, head.followed_seq = embedder.name, stretch.last_seq
        head.save()
    return stretch.events


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _follow_meaning() -> None:
    engine, name = engines.engine(), engines.embedder().name
    seq = engine.applied().meaning_seq
    while batch := list(
        Meaning.objects.filter(id__gt=seq, embedder=name).order_by("id")[:_WORDS_BATCH]
    ):
        seq = batch[-1].id
        engine.upsert([_meaning_entry(row) for row in batch], meaning_seq=seq)


def _meaning_entry(row: Meaning) -> Entry:
    return Entry(id=row.check_ref, language="", vector=_vector(row))


def _vector(row: Meaning) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.frombuffer(bytes(row.vector), "<f2").astype(np.float32)


def _rebuild(progress: Progress | None) -> None:
    # The numbers are read first: what changes while rows are read is followed afterwards.
    mark = last_mark("check")
    head = MeaningHead.objects.filter(id=1).first()
    engines.engine().rebuild(
        _entries(),
        words_seq=seq_of(mark),
        meaning_seq=head.last_id if head else 0,
        progress=progress,
    )
    _note_followed(mark)


def _entries() -> Iterator[Entry]:
    """Every check with its tokens, and with its vector where the database has it."""
    name = engines.embedder().name
    batch: list[CheckRow] = []
    for row in claims.all_checks():
        batch.append(row)
        if len(batch) == _WORDS_BATCH:
            yield from _with_vectors(batch, name)
            batch.clear()
    yield from _with_vectors(batch, name)


def _with_vectors(rows: list[CheckRow], embedder: str) -> Iterator[Entry]:
    found = Meaning.objects.filter(check_ref__in=[row.id for row in rows], embedder=embedder)
    vectors = {meaning.check_ref: _vector(meaning) for meaning in found}
    for row in rows:
        words = _words_entry(row)
        yield Entry(row.id, words.language, words.tokens, vectors.get(row.id))
