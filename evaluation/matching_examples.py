"""Make the examples that the matching model is trained on, all from data that may be shipped.

In: the folder of data sets. Out: one `Case` a text and view of the corpus: what the index finds for
it and which of the finds stand in which relation. Used are the own messages (CC0), the NTREX part
of the opposites and of the translations (CC BY-SA 4.0), and the pairs beside this module. Research
sets are never read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.matching_bench import Bench, Vectors
from evaluation.matching_data import (
    Check,
    Message,
    Opposites,
    Relations,
    Retrieval,
    check_from,
    find_data,
    message_from,
    read_data,
    rows,
)
from soi.core.matching import Candidate

PAIRS = Path(__file__).parent / "pairs"
TRAINED_ON = ("vi-own", "opposites", "xl-ntrex-vi-en")
"""The data sets of which a part trains the shipped model; reports mark them."""

_TRANSLATIONS = 400
_RELATIONS = {
    "same": "same", "opposite": "opposite", "number": "other_number", "entity": "other_name",
    "denial": "denial", "opinion": "near", "related": "near", "none": "none",
}  # fmt: skip
_VARIANTS = {
    "num": "other_number", "neg": "opposite", "ant": "opposite",
    "nodiac": "same", "teen": "same", "teennd": "same",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One text before one view of the corpus."""

    text: str
    language: str
    group: str
    """Cases of one group go into one fold: they speak of the same check."""
    source: str
    kind: str
    """The relation or variant that the data states, for reports."""
    register: str
    covered: bool
    """False when the check was taken out of the corpus, as if nobody had checked it."""
    relations: dict[str, str]
    """The relation to each candidate that has one; any other candidate is "none"."""
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    text: str
    language: str
    group: str
    source: str
    kind: str
    register: str
    relations: dict[str, str]
    without: tuple[str, ...] = ()
    covered: bool = True


def training_corpus(data: Path) -> tuple[list[Check], list[_Wanted]]:
    """The checks of all shippable sources in one corpus, and the texts to look up in it."""
    folders = find_data(data)
    checks: list[Check] = []
    wanted: list[_Wanted] = []
    for relations in (_own(folders["vi-own"]), *_written()):
        checks += relations.checks
        wanted += list(_messages(relations))
    news = _news(folders["xl-ntrex-vi-en"], folders["opposites"])
    return checks + news[0], wanted + news[1]


def cases(bench: Bench, vectors: Vectors, wanted: Sequence[_Wanted]) -> Iterator[Case]:
    """What the index finds for each text."""
    embedded = vectors.queries([want.text for want in wanted])
    for want, vector in zip(wanted, embedded, strict=True):
        found = bench.candidates(want.text, want.language, vector, want.without)
        yield Case(
            want.text, want.language, want.group, want.source, want.kind, want.register,
            want.covered, want.relations, tuple(found),
        )  # fmt: skip


def _own(folder: Path) -> Relations:
    data = read_data(folder)
    assert isinstance(data, Relations)
    return data


def _written() -> Iterator[Relations]:
    """The pairs written for this model: one check a line, with its messages."""
    for path in sorted(PAIRS.glob("*.jsonl")):
        checks: list[Check] = []
        messages: list[Message] = []
        for number, row in enumerate(rows(path)):
            identity = f"{path.stem}-{number}"
            if row.get("claim"):
                checks.append(check_from(row | {"id": identity}))
            for place, message in enumerate(row["messages"]):
                owner = {"id": f"{identity}-{place}", "check": identity if row.get("claim") else None}
                messages.append(message_from(row | message | owner))
        yield Relations(path.stem, tuple(checks), tuple(messages))


def _messages(data: Relations) -> Iterator[_Wanted]:
    """Each message as it is, and once more as if its check did not exist."""
    for message in data.messages:
        common = (message.text, message.language)
        if message.check is None or message.relation == "none":
            yield _Wanted(
                *common, message.id, data.name, "none", message.register, {}, covered=False
            )
            continue
        about = (message.check, data.name, message.relation, message.register)
        yield _Wanted(*common, *about, {message.check: _RELATIONS[message.relation]})
        yield _Wanted(*common, *about, {}, without=(message.check,), covered=False)


def _news(translations: Path, opposites: Path) -> tuple[list[Check], list[_Wanted]]:
    """NTREX: English sentences as claims with some Vietnamese translations as messages, and the
    originals of the opposites as claims with their variants as messages.

    An original and its translation are the same claim twice, so a message stands in the same
    relation to both.
    """
    data, pairs = read_data(translations), read_data(opposites)
    assert isinstance(data, Retrieval)
    assert isinstance(pairs, Opposites)
    english = {query.text: "xl-" + min(query.relevant) for query in data.queries}
    items = [item for item in pairs.items if item.source == "ntrex"]
    known = {item.original: f"opposite-{number}" for number, item in enumerate(items)}
    # Only sentences whose translation is known: another may be an original unknown to be its twin.
    linked = set(english.values())
    checks = [
        Check("xl-" + c.id, c.claim, "", "", c.language)
        for c in data.corpus
        if "xl-" + c.id in linked
    ]
    checks += [Check(known[item.original], item.original, "", "", item.language) for item in items]
    wanted: list[_Wanted] = []
    for query in data.queries[:_TRANSLATIONS]:
        twins = _twins(query.text, known, english)
        common = (query.text, query.language, twins[-1], data.name, "same", "crosslingual")
        wanted.append(_Wanted(*common, dict.fromkeys(twins, "same")))
        wanted.append(_Wanted(*common, {}, without=twins, covered=False))
    for item in items:
        twins = _twins(item.original, known, english)
        for kind, text in item.variants.items():
            relations = dict.fromkeys(twins, _VARIANTS[kind])
            common = (text, item.language, twins[-1], pairs.name, kind, kind)
            wanted.append(_Wanted(*common, relations))
    return checks, wanted


def _twins(text: str, *tables: dict[str, str]) -> tuple[str, ...]:
    return tuple(table[text] for table in tables if text in table)
