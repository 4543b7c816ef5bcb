"""How well statements are put together: what a person would have to take apart or to join.

    python -m evaluation.grouping [--statements 400]

In: the pairs beside this module. Out: two tables. The first changes statements as forwards do and
counts where each lands: with its original, as a suggestion, or apart; changed numbers and put-in
negations must land apart. The second is the hard one: messages on each claim of the pairs, half of
them written to be told apart, come one after the other, and what is surely put together is counted
as right or wrong. Nothing here needs a database.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from evaluation.matching_examples import PAIRS
from soi.core.matching import Candidate, Match, asked_text, judge
from soi.core.meaning import Embedder, load_embedder
from soi.core.text import Language, fold, index_tokens, language_of
from soi.core.text.unwrapped import unwrapped
from soi.index.engine import EmbeddedEngine, Entry
from soi.intake.grouping import rules

SEED: Final = 3
CANDIDATES: Final = 12

_BEGINNINGS = ("Nghe nói ", "TIN NÓNG: ", "Bà con chú ý: ", "Mới nghe xong nè: ", "FYI: ")
_ENDS = (", mọi người chia sẻ nhé", " nha mn", ", share cho cả nhà biết!", " pls share")
_DENIALS = (
    "Không có chuyện {} đâu",
    "Tin giả: {}",
    "{} là tin sai, công an đã bác bỏ",
    "It is not true that {}",
)
_SHORT = {"không": "k", "được": "dc", "mọi người": "mn", "rồi": "r"}


class Known:
    """Texts that stand under claims, and what a statement is put beside."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._engine = EmbeddedEngine(folder / "claims")
        self._texts: list[str] = []

    def add(self, texts: Sequence[str]) -> None:
        """Let texts be found; their ids go on from the last."""
        seen = [unwrapped(text).text for text in texts]
        vectors = self._embedder.passages([asked_text(text) for text in seen])
        first = len(self._texts)
        self._texts += seen
        entries = [
            Entry(first + n, "", index_tokens(text, language_of(text)), vector)
            for n, (text, vector) in enumerate(zip(seen, vectors, strict=True))
        ]
        done = len(self._texts)
        self._engine.upsert(entries, words_seq=done, meaning_seq=done)

    def lookup(self, text: str) -> tuple[int | None, set[int]]:
        """The text that it is surely put beside, and those that a person is shown."""
        said = unwrapped(text).text
        language = language_of(said)
        matches = judge(said, language, self._candidates(said, language))
        sure = next((m for m in matches if rules.is_sure(said, m)), None)
        shown = rules.suggested(map(_Near, matches))
        return (int(sure.candidate.id) if sure else None), {each.claim for each in shown}

    def _candidates(self, said: str, language: Language) -> list[Candidate]:
        vector = self._embedder.query(asked_text(said))
        return [
            Candidate(
                str(hit.id),
                self._texts[hit.id],
                "",
                "",
                language_of(self._texts[hit.id]).value,
                hit.words,
                hit.words_rank,
                hit.meaning,
                hit.meaning_rank,
            )
            for hit in self._engine.search(index_tokens(said, language), vector, CANDIDATES)
        ]


class _Near:
    """A match as the rules of grouping see it."""

    check = None

    def __init__(self, match: Match) -> None:
        self.claim = int(match.candidate.id)
        self.relation = match.relation
        self.probability = match.probability


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--statements", type=int, default=400)
    parser.add_argument("--cache", type=Path, default=Path("~/.cache/soi").expanduser())
    chosen = parser.parse_args(arguments)
    embedder = load_embedder("int8", cache_dir=chosen.cache)
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        console.print(forwards(Known(embedder, Path(folder)), chosen.statements))
    with tempfile.TemporaryDirectory() as folder:
        console.print(hard_pairs(Known(embedder, Path(folder)), 3 * chosen.statements))


def forwards(known: Known, count: int) -> Table:
    """Where changed statements land among `count` known ones."""
    rng = random.Random(SEED)  # noqa: S311  # the same in every run, not a secret
    texts = [text for _, _, text in _messages() if 8 <= len(text.split()) <= 30]
    rng.shuffle(texts)
    texts = texts[:count]
    known.add(texts)
    table = Table("changed by", "changed", "together", "suggested", "apart", "with another")
    for name, change in _changes(rng).items():
        landed: Counter[str] = Counter()
        for number, text in enumerate(texts):
            changed = change(text)
            if changed and changed != text:
                sure, shown = known.lookup(changed)
                landed[_place(number, sure, shown)] += 1
        places = ("together", "suggested", "apart", "another")
        table.add_row(name, str(landed.total()), *(str(landed[place]) for place in places))
    return table


def hard_pairs(known: Known, count: int) -> Table:
    """What is surely put together of messages that were written to be told apart."""
    rng = random.Random(SEED)  # noqa: S311  # the same in every run, not a secret
    messages = [each for each in _messages() if len(each[2].split()) >= rules.LEAST_WORDS]
    rng.shuffle(messages)
    owners: list[tuple[int, str]] = []
    counts: Counter[str] = Counter()
    for claim, relation, text in messages[:count]:
        sure, shown = known.lookup(text)
        means = (claim, "same") if relation == "same" else (claim, text)
        if sure is not None:
            counts["right" if owners[sure] == means else "wrong"] += 1
        elif means in owners:
            is_shown = any(owners[each] == means for each in shown)
            counts["suggested" if is_shown else "missed"] += 1
        known.add([text])
        owners.append(means)
    table = Table("messages", "together, right", "together, wrong", "suggested", "missed")
    table.add_row(
        str(len(owners)), *(str(counts[each]) for each in ("right", "wrong", "suggested", "missed"))
    )
    return table


def _place(own: int, sure: int | None, shown: set[int]) -> str:
    if sure is not None:
        return "together" if sure == own else "another"
    return "suggested" if own in shown else "apart"


def _messages() -> Iterator[tuple[int, str, str]]:
    """The number of its claim, the relation to it, and the text of each message of one sentence."""
    number = 0
    for path in sorted(PAIRS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            number += 1
            for message in json.loads(line)["messages"]:
                if message["text"].count(".") < 2:
                    yield number, message["relation"], message["text"]


def _changes(rng: random.Random) -> dict[str, Callable[[str], str | None]]:
    def typo(text: str) -> str | None:
        words = text.split()
        at = rng.randrange(len(words))
        word = words[at]
        if len(word) < 3 or not word.isalpha():
            return None
        cut = rng.randrange(len(word) - 1)
        words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
        return " ".join(words)

    def short(text: str) -> str:
        for word, letters in _SHORT.items():
            text = text.replace(word, letters)
        return text

    def another_number(text: str) -> str | None:
        found = list(re.finditer(r"\d+", text))
        if not found:
            return None
        one = rng.choice(found)
        return f"{text[: one.start()]}{int(one[0]) + rng.choice((1, 3, 10))}{text[one.end() :]}"

    def negated(text: str) -> str:
        words = text.split()
        word = "not" if language_of(text) is Language.EN else "không"
        return " ".join([*words[: len(words) // 2], word, *words[len(words) // 2 :]])

    return {
        "no marks, small letters": fold,
        "a beginning": lambda text: rng.choice(_BEGINNINGS) + text,
        "an end": lambda text: text.rstrip(".!? ") + rng.choice(_ENDS),
        "both, no marks": lambda text: rng.choice(_BEGINNINGS) + fold(text) + rng.choice(_ENDS),
        "chat spelling": short,
        "a slip of the finger": typo,
        "ANOTHER NUMBER": another_number,
        "A NEGATION PUT IN": negated,
        "A DENIAL AROUND": lambda text: rng.choice(_DENIALS).format(text.rstrip(".!? ")),
    }


if __name__ == "__main__":
    main()
