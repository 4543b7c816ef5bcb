"""The word channel: a tantivy index of tokens that were made elsewhere.

In: ids with tokens (already folded; any letters). Out: the ids that score best by BM25 (Robertson
and Zaragoza 2009) over the OR of the query's tokens. No text reaches a query parser: every token
becomes one term as it is.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import tantivy

from soi.index.engine.errors import IndexDamaged, engine_errors

MAX_TERMS = 64
"""A query keeps this many of its rarest tokens, enough for the character 4-grams of a statement.

60 tokens cost 2 ms of CPU among 100,000 entries of 80 and 19 ms among a million. The rarest 48 of
them would cost 14 ms and change 6 % of the best fifty, the rarest 32 cost 2 ms and change 67 %.
"""

_TERMS_READ = 2048
"""So many distinct tokens of a query are looked at: a megabyte of text must not cost as much."""

SMALL_HEAP = 15_000_000  # the least that tantivy takes; ample for one batch
BULK_HEAP = 128_000_000

# Tantivy's whitespace tokenizer splits at ASCII white space only, and Rust has no lone surrogates.
_UNSAFE = re.compile("[\t\n\x0c\r \ud800-\udfff]")
_SEGMENT = re.compile(r"[0-9a-f]{32}\.")
_LONGEST_TOKEN = 255  # tantivy silently skips terms of more than 65,530 bytes


class WordsWriter:
    """One batch of changes; nothing shows before the block of `Words.writing` ends."""

    def __init__(self, writer: Any, schema: Any) -> None:
        self._writer = writer
        self._schema = schema

    def add(self, id_: int, language: str, tokens: Iterable[str]) -> None:
        """Add an entry; an older one of the same id must have been deleted."""
        document = tantivy.Document()
        document.add_unsigned("id", id_)
        document.add_text("tokens", _joined(tokens))
        document.add_text("language", language)
        self._writer.add_document(document)

    def delete(self, ids: Sequence[int]) -> None:
        """Remove entries written before; unknown ids are no error."""
        # By query: deleting by term finds nothing on a number field in tantivy-py 0.27.
        query = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        self._writer.delete_documents_by_query(query)


class Words:
    """The tantivy index in one directory. Callers see to it that only one writes at a time."""

    def __init__(self, directory: Path) -> None:
        """Open what `create` made. Raises `ValueError` or `OSError` when tantivy cannot."""
        self._directory = directory
        self._meta = directory / "meta.json"
        self._reload = threading.Lock()
        self._index = tantivy.Index.open(str(directory))
        self._index.config_reader(reload_policy="manual")
        self._schema = self._index.schema
        self._seen = b""
        self._searcher: Any = None
        self._held: dict[str, _Held] = {}

    @classmethod
    def create(cls, directory: Path) -> Words:
        """Make an empty index in a new directory."""
        directory.mkdir()
        tantivy.Index(_schema(), path=str(directory))
        return cls(directory)

    def count(self) -> int:
        """How many entries there are now."""
        return int(self._fresh().num_docs)

    def search(self, tokens: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The best `k` ids with their BM25 scores, best first."""
        searcher = self._fresh()
        terms = _rarest(searcher, tokens)
        if not terms:
            return []
        query = tantivy.Query.boolean_query([(_SHOULD, self._term(term)) for term in terms])
        hits = searcher.search(query, k, count=False).hits
        if not hits:
            return []
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        return [(id_, score) for id_, (score, _) in zip(ids, hits, strict=True)]

    @contextmanager
    def writing(self, heap: int = SMALL_HEAP) -> Iterator[WordsWriter]:
        """Write a batch that is durable when the block ends and forgotten when it raises."""
        with engine_errors():
            self._refuse_if_cut()
            writer = self._index.writer(heap_size=heap, num_threads=1)
        try:
            yield WordsWriter(writer, self._schema)
            with engine_errors():
                writer.commit()
        finally:
            # Without waiting, merges are cut short and small segments pile up.
            with engine_errors():
                writer.wait_merging_threads()

    def _term(self, term: str) -> Any:
        return tantivy.Query.term_query(self._schema, "tokens", term, "freq")

    def _fresh(self) -> Any:
        """A searcher over the last commit, also when another process made it."""
        with self._reload:
            # The content, not the time: two commits may fall into one tick of the clock.
            meta = self._meta.read_bytes()
            self._refuse_if_cut()
            if meta != self._seen:
                self._index.reload()
                self._searcher = self._index.searcher()
                self._hold()
                self._seen = meta
            return self._searcher

    def _hold(self) -> None:
        """Keep open, with its size, each file that the searcher may have mapped."""
        held = {}
        for path in self._directory.iterdir():
            if _SEGMENT.match(path.name):
                # A merge in another process may remove it right now.
                with suppress(FileNotFoundError):
                    held[path.name] = self._held.get(path.name) or _Held(path)
        self._held = held

    def _refuse_if_cut(self) -> None:
        """`IndexDamaged` when a file became shorter: to read the end of its map is death (SIGBUS).

        A file that was removed is no danger: who has it open keeps its content.
        """
        for name, held in self._held.items():
            if held.is_cut():
                raise IndexDamaged(f"{name} in {self._directory} was cut")


class _Held:
    """An open file and the size that it had. Asked by descriptor: by name costs ten times that."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        self._size = os.fstat(self._descriptor).st_size

    def __del__(self) -> None:
        # None was opened when the file was gone already.
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def is_cut(self) -> bool:
        return os.fstat(self._descriptor).st_size < self._size


_SHOULD = tantivy.Occur.Should


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _joined(tokens: Iterable[str]) -> str:
    listed = list(tokens)
    if _UNSAFE.search("".join(listed)) or max(map(len, listed), default=0) > _LONGEST_TOKEN:
        listed = [_safe(token) for token in listed]
    return " ".join(listed)


def _safe(token: str) -> str:
    """The token as one term, cut at 255; what would split it or break UTF-8 becomes U+FFFD."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", token[:_LONGEST_TOKEN])


def _rarest(searcher: Any, tokens: Sequence[str]) -> list[str]:
    """The distinct tokens, the `MAX_TERMS` in the fewest entries when there are more."""
    distinct = islice(dict.fromkeys(tokens), _TERMS_READ)
    terms = list(dict.fromkeys(_safe(token) for token in distinct if token))
    if len(terms) <= MAX_TERMS:
        return terms
    frequency = {term: searcher.doc_freq("tokens", term) for term in terms}
    return sorted((term for term in terms if frequency[term]), key=frequency.__getitem__)[
        :MAX_TERMS
    ]
