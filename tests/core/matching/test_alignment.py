"""The closer look: words laid beside words by what they mean where they stand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from soi.core.matching import Candidate, Look, judge
from soi.core.matching.alignment import ALIGNED, LOOKED_AT, Laid, aligned_features
from soi.core.matching.judge import CLOSELY, possible
from soi.core.matching.model import load_model
from soi.core.meaning import Embedder, Understood, load_embedder, understand
from soi.core.text import Language

CLAIM = "Giá nước sạch ở phường Bến Lau tăng 30% từ tháng 7."
SAID_FREELY = "Sang tháng 7 là tiền nước bên Bến Lau lên ba mươi phần trăm đó bà con."
IN_ENGLISH = "From July clean water in Ben Lau ward costs 30% more."
UNRELATED = "Chợ phiên đầu tháng bán nhiều cá khô và mắm."


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    cache = Path(os.environ.get("SOI_CACHE_DIR") or Path.home() / ".cache" / "soi")
    return load_embedder("int8", cache_dir=cache)


def seen(embedder: Embedder, statement: str, claim: str = CLAIM) -> dict[str, float]:
    centre = load_model().centre
    here, there = understand(embedder, [statement, claim])
    features = aligned_features(Laid(here, centre), Laid(there, centre))
    assert features is not None
    return dict(zip(ALIGNED, features, strict=True))


def candidate(claim: str, number: int, cosine: float) -> Candidate:
    return Candidate(str(number), claim, "", "", "vi", 9.0 - number, number, cosine, number)


def test_a_text_meets_every_word_of_itself(embedder: Embedder) -> None:
    found = seen(embedder, CLAIM)
    assert found["claim_cosine"] == pytest.approx(1, abs=1e-4)
    assert found["claim_least_met"] == found["statement_least_met"] == pytest.approx(1, abs=1e-4)
    assert found["claim_missed"] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("statement", [SAID_FREELY, IN_ENGLISH])
def test_what_says_the_claim_freely_meets_more_of_it_than_another_matter(
    embedder: Embedder, statement: str
) -> None:
    near, far = seen(embedder, statement), seen(embedder, UNRELATED)
    assert near["claim_met"] > far["claim_met"] + 0.05
    assert near["claim_missed"] < far["claim_missed"]
    assert near["claim_rarest_met"] > far["claim_rarest_met"]


def test_a_side_without_words_says_nothing(embedder: Embedder) -> None:
    nothing, something = understand(embedder, ["🙏🙏 …", CLAIM])
    centre = load_model().centre
    assert aligned_features(Laid(nothing, centre), Laid(something, centre)) is None
    assert aligned_features(Laid(something, centre), Laid(nothing, centre)) is None


def test_only_the_likeliest_few_are_looked_at_and_only_their_beginning(embedder: Embedder) -> None:
    asked: list[str] = []

    def claims(texts: Sequence[str]) -> list[Understood]:
        asked.extend(texts)
        return understand(embedder, texts)

    many = [candidate(f"{CLAIM} " * (n * 20), n, 0.95 - n / 100) for n in range(1, 9)]
    [statement] = understand(embedder, [CLAIM])
    judge(CLAIM, Language.VI, many, look=Look(statement, claims))
    assert 0 < len(asked) <= CLOSELY
    assert max(map(len, asked)) <= LOOKED_AT


def test_what_is_hardly_possible_is_not_looked_at() -> None:
    assert possible(np.array([0.001, 0.2, 0.004, 0.9, 0.02, 0.3])) == [3, 5, 1]
    assert possible(np.array([0.0049, 0.0])) == []


@pytest.mark.parametrize(
    "statement", ["🙏" * 5_000, "1 " * 5_000, "a", "\ud800\0 ba", "không " * 900]
)
def test_hostile_statements_are_looked_at_too(embedder: Embedder, statement: str) -> None:
    [understood] = understand(embedder, [statement])
    look = Look(understood, lambda texts: understand(embedder, texts))
    for match in judge(statement, Language.OTHER, [candidate(statement, 1, 0.99)], look=look):
        assert 0.0 <= match.probability <= 1.0
        assert np.isfinite(match.score)
