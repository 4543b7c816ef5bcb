"""Two invented organisations, and one with a short name, compiled once."""

import pytest

from soi.core.lookalike import Brand, Register, compile_register

SONG_XANH = Brand(
    id="songxanhbank",
    display="Ngân hàng Sông Xanh",
    tokens=("songxanhbank",),
    aliases=("songxanh",),
    hosts=("songxanhbank.example", "songxanh-app.example", "songxanhbank.github.io"),
    handles=("songxanhbank.official",),
)
HOA_MAI = Brand(
    id="hoamai", display="Bưu chính Hoa Mai", tokens=("hoamaipost",), hosts=("hoamaipost.example",)
)
KQV = Brand(id="kqv", display="KQV", tokens=("kqv",), hosts=("kqv.example", "appspot.com"))


@pytest.fixture(scope="session")
def register() -> Register:
    return compile_register([SONG_XANH, HOA_MAI, KQV])
