"""Telling Vietnamese, English and the rest apart, in all registers."""

import pytest

from soi.core.text import Language, language_of


@pytest.mark.parametrize(
    "text",
    [
        "Uống nước chanh nóng chữa khỏi ung thư",
        "Uong nuoc chanh nong chua khoi ung thu",
        "mn oi k bt co that k z",
        "bn nao bit chi mk vs",
        "Ngân hàng khoá tài khoản từ 1/10",
        "ship hàng free, check inbox nha mọi người",
        "app nay bi hack roi, dung login nua",
        "Bệnh viện",
        "co that khong",
        "VTV đưa tin: https://tin.example/en/the-news-of-the-day",
    ],
)
def test_vietnamese_in_every_register(text: str) -> None:
    assert language_of(text) is Language.VI


@pytest.mark.parametrize(
    "text",
    [
        "Hot lemon water cures cancer, doctors say",
        "The bank will lock all accounts from October",
        "Is this true?",
        "Minh and Lan told me that Hanoi will ban motorbikes",
        "Vaccines contain microchips",
    ],
)
def test_english(text: str) -> None:
    assert language_of(text) is Language.EN


@pytest.mark.parametrize(
    "text",
    [
        "Vaksin ini mengandung magnet dan tidak boleh diberikan kepada anak",
        "Le vaccin contient des puces électroniques, selon une étude",
        "El agua con limón cura el cáncer según los médicos",
        "A água com limão cura o câncer, dizem os médicos",
        "Der Impfstoff enthält Mikrochips und ist gefährlich",
        "Szczepionka zawiera chipy i jest niebezpieczna dla dzieci",
        "Вакцина содержит микрочипы",
        "疫苗含有芯片",
        "วัคซีนมีไมโครชิป",
        "टीके में चिप है",
    ],
)
def test_other_languages(text: str) -> None:
    assert language_of(text) is Language.OTHER


@pytest.mark.parametrize("text", ["", "12 34", "🚨", "https://tin.example/the-news", "\ud800\0"])
def test_a_text_without_words_is_of_no_known_language(text: str) -> None:
    assert language_of(text) is Language.OTHER


def test_vietnamese_in_look_alike_letters_is_vietnamese() -> None:
    assert language_of("Uống nướс сhаnh nóng сhữа khỏi ung thư") is Language.VI


def test_a_megabyte_without_spaces_is_judged() -> None:
    assert language_of("@" * 1_000_000) is Language.OTHER
    assert language_of("ă" * 1_000_000) in Language
