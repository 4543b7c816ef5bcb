"""Make the examples that the matching model is trained on, all from data that may be shipped.

In: the folder of data sets. Out: one `Case` a look-up: what the index finds for a statement or a
whole message, and which of the finds stand in which relation to the message. Used are the own
messages (CC0), the NTREX part of the opposites and of the translations (CC BY-SA 4.0), and the
pairs beside this module. Research sets are never read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.matching_bench import Bench, Lookup, Vectors, lookups, understandings
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
from soi.core.meaning import Understood

PAIRS = Path(__file__).parent / "pairs"
COUPLES = Path(__file__).parent / "couples.jsonl"
"""How checks of the corpus stand to each other where that is not "none", by their ids: those of
`vi-own`, and file and line of the pairs. Told by reading the couples closest in meaning."""
TRAINED_ON = ("vi-own", "opposites", "xl-ntrex-vi-en")
"""The data sets of which a part trains the shipped model; reports mark them."""

COPIES = "copies"
"""The source of claims and titles that are looked up in their own words."""

_TRANSLATIONS = 400
_RELATIONS = {
    "same": "same", "opposite": "opposite", "number": "other_number", "entity": "other_name",
    "denial": "denial", "opinion": "near", "related": "near", "none": "none",
}  # fmt: skip
_VARIANTS = {
    "orig": "same",
    "num": "other_number", "neg": "opposite", "ant": "opposite",
    "nodiac": "same", "teen": "same", "teennd": "same",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message before one view of the corpus."""

    text: str
    language: str
    group: str
    """Messages of one group go into one fold: they speak of the same check."""
    source: str
    kind: str
    """The relation or variant that the data states, for reports."""
    register: str
    relations: dict[str, str]
    """The relation to each check that has one; any other check is "none"."""
    without: tuple[str, ...] = ()
    """Checks taken out of the corpus, as if nobody had checked them."""
    covered: bool = True


Couples = Mapping[str, Mapping[str, str]]
"""The relation of the claims of two checks, by the one and the other."""


@dataclass(frozen=True, slots=True)
class Case:
    """One look-up of a message and what the index finds for it."""

    wanted: Wanted
    message: int
    lookup: Lookup
    candidates: tuple[Candidate, ...]
    understood: Understood


def training_corpus(data: Path) -> tuple[list[Check], list[Wanted]]:
    """The checks of all shippable sources in one corpus, and the texts to look up in it."""
    folders = find_data(data)
    checks: list[Check] = []
    wanted: list[Wanted] = []
    couples = read_couples()
    for relations in (_own(folders["vi-own"]), *_written()):
        checks += relations.checks
        wanted += list(_messages(relations, couples))
    news = _news(folders["xl-ntrex-vi-en"], folders["opposites"])
    return checks + news[0], wanted + news[1]


def cases(bench: Bench, vectors: Vectors, wanted: Sequence[Wanted]) -> Iterator[Case]:
    """What the index finds for each look-up of each message."""
    asked = [lookups(want.text) for want in wanted]
    understood = understandings(asked, vectors)
    for number, (want, texts, known) in enumerate(zip(wanted, asked, understood, strict=True)):
        for lookup, each in zip(texts, known, strict=True):
            found = bench.candidates(lookup.text, lookup.language, each.vector, want.without)
            yield Case(want, number, lookup, tuple(found), each)


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
                check = identity if row.get("claim") else None
                owner = {"id": f"{identity}-{place}", "check": check}
                messages.append(message_from(row | message | owner))
        yield Relations(path.stem, tuple(checks), tuple(messages))


def read_couples() -> Couples:
    """What `COUPLES` says, in both directions."""
    couples: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(COUPLES):
        one, other = row["checks"]
        couples[one][other] = couples[other][one] = row["relation"]
    return couples


def implied(check: str, relation: str, couples: Couples) -> tuple[dict[str, str], tuple[str, ...]]:
    """The relations of a message to all checks, from that to one; and those that stay unknown.

    What says the same as a claim stands to others as that claim does, and to a claim that says the
    same everything stands alike. How the opposite of a claim, say, stands to its opposite is open.
    """
    relations, unknown = {check: relation}, []
    for other, between in couples.get(check, {}).items():
        if relation == "same":
            relations[other] = between
        elif between == "same":
            relations[other] = relation
        else:
            unknown.append(other)
    return relations, tuple(unknown)


def _messages(data: Relations, couples: Couples) -> Iterator[Wanted]:
    """Each message as it is, and once more as if no check of its claim existed."""
    for message in data.messages:
        common = (message.text, message.language)
        if message.check is None or message.relation == "none":
            yield Wanted(
                *common, message.id, data.name, "none", message.register, {}, covered=False
            )
            continue
        about = (message.check, data.name, message.relation, message.register)
        relations, unknown = implied(message.check, _RELATIONS[message.relation], couples)
        yield Wanted(*common, *about, relations, unknown)
        same = {message.check, *_same_claims(message.check, couples)}
        left = {check: each for check, each in relations.items() if check not in same}
        yield Wanted(*common, *about, left, (*same, *unknown), covered=False)
    for check in data.checks:
        yield from _own_words(check, couples)


def _same_claims(check: str, couples: Couples) -> list[str]:
    return [other for other, relation in couples.get(check, {}).items() if relation == "same"]


def _own_words(check: Check, couples: Couples) -> Iterator[Wanted]:
    """The claim as it stands is the same claim; the title of a false one mostly denies it."""
    common = (check.language, check.id, COPIES)
    yield Wanted(check.claim, *common, "same", "copy", *implied(check.id, "same", couples))
    if check.verdict == "false" and check.title:
        denial = implied(check.id, "denial", couples)
        yield Wanted(check.title, *common, "denial", "title", *denial)


def _news(translations: Path, opposites: Path) -> tuple[list[Check], list[Wanted]]:
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
    wanted: list[Wanted] = []
    for query in data.queries[:_TRANSLATIONS]:
        twins = _twins(query.text, known, english)
        common = (query.text, query.language, twins[-1], data.name, "same", "crosslingual")
        wanted.append(Wanted(*common, dict.fromkeys(twins, "same")))
        wanted.append(Wanted(*common, {}, without=twins, covered=False))
    for item in items:
        twins = _twins(item.original, known, english)
        for kind, text in [("orig", item.original), *item.variants.items()]:
            relations = dict.fromkeys(twins, _VARIANTS[kind])
            common = (text, item.language, twins[-1], pairs.name, kind, kind)
            wanted.append(Wanted(*common, relations))
    return checks, wanted


def _twins(text: str, *tables: dict[str, str]) -> tuple[str, ...]:
    return tuple(table[text] for table in tables if text in table)
