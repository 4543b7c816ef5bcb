"""Which words of a check are indexed, which are embedded, and in which form a message is.

In: a check's claim, title and summary, or a statement. Out: one text for the words channel and one
for the meaning channel. All were chosen by measurement (see `evaluation/README.md`). Nothing here
tokenises or embeds.
"""

from __future__ import annotations

from typing import Final

from soi.core.diacritics import restore

_SUMMARY_IN_WORDS: Final = 3_000
"""Characters of the summary that the words channel reads. Titles alone find .22 of what the first
3,000 characters of the body find (.58), measured with BM25 over 86,000 checks."""

_SUMMARY_IN_MEANING: Final = 400
"""Characters of the summary that are embedded. With them MAP@5 by meaning on own messages is .768,
without .738; longer texts cost time and blur the vector."""


def words_text(claim: str, title: str, summary: str) -> str:
    """What the words channel indexes: the claim, the title and the beginning of the summary."""
    return _joined(claim, title, summary[:_SUMMARY_IN_WORDS])


def meaning_text(claim: str, title: str, summary: str) -> str:
    """What is embedded: the claim, the title and the first sentences of the summary."""
    return _joined(claim, title, summary[:_SUMMARY_IN_MEANING])


def asked_text(text: str) -> str:
    """What is embedded of a statement or message: Vietnamese typed without its marks has them put
    back, since the embedder knows it only with them."""
    return restore(text)


def _joined(*parts: str) -> str:
    kept: list[str] = []
    for part in parts:
        stripped = part.strip()
        if stripped and stripped not in kept:
            kept.append(stripped)
    return "\n".join(kept)
