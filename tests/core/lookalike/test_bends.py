"""How one name was bent into another."""

import pytest

from soi.core.lookalike.bends import Bend, bend


@pytest.mark.parametrize(
    ("shown", "how"),
    [
        ("hoaamai", Bend.DOUBLED),
        ("hosmai", Bend.NEAR_KEY),
        ("hoasmai", Bend.NEAR_KEY),
        ("hoanai", Bend.ALIKE),
        ("hoamei", Bend.VOWEL),
        ("hoami", Bend.VOWEL),
        ("hoaai", Bend.DROPPED),
        ("haomai", Bend.SWAPPED),
        ("hoaxmai", Bend.OTHER),
        ("hxxmai", Bend.OTHER),
    ],
)
def test_a_bend_is_named(shown: str, how: Bend) -> None:
    assert bend(shown, "hoamai") is how


def test_a_doubled_letter_that_is_dropped_is_told() -> None:
    assert bend("shope", "shoppe") is Bend.UNDOUBLED
