"""Share cards: another reader reads their code, each verdict has a sign, any text is drawn."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from soi.core.ledger import CardCode, LedgerError, read_card_code
from soi.publishing.cards import Card, Face, Mark, Shape, Tone, drawn

CODE = CardCode("https://desk.example", "17.2", bytes(range(32)))


def card(**changes: Any) -> Card:
    usual = {
        "mark": Mark.CROSS,
        "tone": Tone.FALSE,
        "verdict": "Sai",
        "claim": "Cây cầu Bến Sậy đã sập trong đêm qua làm 12 người bị thương.",
        "desk": "Bàn kiểm chứng Sông Xanh",
        "line": "Bản 2 · 30-11-2026 · desk.example",
        "caption": "Quét để đọc bài",
        "code": str(CODE),
    }
    return Card(**{**usual, **changes})


def picture(card: Card, shape: Shape = Shape.WIDE) -> Image.Image:
    return Image.open(io.BytesIO(drawn(card, shape)))


@pytest.mark.parametrize(
    ("shape", "size"), [(Shape.WIDE, (1200, 630)), (Shape.SQUARE, (1080, 1080))]
)
def test_the_code_on_a_card_is_read_again_by_another_reader(
    shape: Shape, size: tuple[int, int]
) -> None:
    made = picture(card(), shape)
    assert (made.format, made.size) == ("PNG", size)
    (found,) = zxingcpp.read_barcodes(made)
    assert read_card_code(found.text) == CODE


def test_the_code_survives_what_chat_programs_do_to_pictures() -> None:
    stream = io.BytesIO()
    picture(card()).convert("RGB").resize((600, 315)).save(stream, "JPEG", quality=40)
    (found,) = zxingcpp.read_barcodes(Image.open(stream))
    assert read_card_code(found.text) == CODE


@pytest.mark.parametrize("mark", list(Mark))
def test_each_verdict_has_a_sign_of_its_own_without_its_colour(mark: Mark) -> None:
    def sign(of: Mark) -> bytes:
        return (
            picture(card(mark=of, tone=Tone.TRUE, verdict="")).crop((60, 130, 150, 225)).tobytes()
        )

    assert [other for other in Mark if sign(other) == sign(mark)] == [mark]


def test_vietnamese_letters_have_glyphs_of_their_own() -> None:
    face = Face(600, 40)
    missing = face.length("\u4e00")
    letters = "ăâđêôơưĂÂĐÊÔƠƯáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ₫"
    for letter in letters:
        width = face.length(letter)
        assert width
        assert width != missing, letter


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 5000,
        "từ " * 2000,
        "\u202eabc\x00\x07\ud800 \ufffe",
        "e\u0302\u0301" * 100,
        "漢字 🌊 حروف",
    ],
)
def test_any_text_is_drawn_or_cut(text: str) -> None:
    for shape in Shape:
        assert picture(card(claim=text, desk=text, line=text, verdict=text[:40]), shape).size
    face = Face(600, 30)
    assert all(face.length(line) <= 500 for line in face.wrapped(text, 500))
    assert face.length(face.cut(text, 500)) <= 500


def test_a_long_claim_loses_its_end_and_says_so() -> None:
    assert Face(600, 30).cut("từ " * 500, 500).endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://desk.example/c/17.2/",
        "https://desk.example/c/17/" + "A" * 43,
        "https://desk.example/c/0.2/" + "A" * 43,
        "ftp://desk.example/c/17.2/" + "A" * 43,
        "https://desk.example/c/17.2/" + "A" * 42 + "B",
        "https://desk.example/c/17.2/" + "A" * 44,
        "https://desk.example/c/17.2/" + "Ạ" * 43,
        "x" * 1_000_000,
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(LedgerError) as refused:
        read_card_code(text)
    assert refused.value.code == "log_code_invalid"


def test_a_desk_may_live_below_a_path() -> None:
    code = CardCode("https://example.org/soi/desk", "1.1", bytes(32))
    assert read_card_code(f" {code}\n") == code
