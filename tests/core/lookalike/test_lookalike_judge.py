"""What is, and what is not, taken for another's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.lookalike import (
    Brand,
    LookalikeKind,
    LookalikeReason,
    NameKind,
    Register,
    compile_register,
    judge,
    scan,
    score,
    sift,
)

HOST, HANDLE, EMAIL = NameKind.HOST, NameKind.HANDLE, NameKind.EMAIL


def imitated(name: str, kind: NameKind, register: Register) -> str:
    found = judge(name, kind, register)
    assert found is not None, f"{name} was not taken for anything"
    return name[found.span.start : found.span.end]


@pytest.mark.parametrize(
    ("host", "kind", "shown"),
    [
        ("songxanhbank-vn.test", LookalikeKind.COMBO, "songxanhbank"),
        ("xacthuc-songxanhbank.top", LookalikeKind.COMBO, "songxanhbank"),
        ("s0ngxanhbank.example", LookalikeKind.TYPO, "s0ngxanhbank"),
        ("hoarnaipost.com", LookalikeKind.TYPO, "hoarnaipost"),
        ("hoamaipots.vn", LookalikeKind.TYPO, "hoamaipots"),
        ("songxanhbank.example.dangnhap.top", LookalikeKind.SUBDOMAIN, "songxanhbank"),
        ("songxanhbank.test", LookalikeKind.SUFFIX, "songxanhbank"),
        ("song-xanh-bank.top", LookalikeKind.HYPHEN, "song-xanh-bank"),
        ("sôngxanhbank.vn", LookalikeKind.IDN, "sôngxanhbank"),
        ("sоngxanhbank.com", LookalikeKind.IDN, "sоngxanhbank"),  # a Cyrillic о
        ("www.xn--sngxanhbank-2eb.com", LookalikeKind.IDN, "xn--sngxanhbank-2eb"),
        ("ｓongxanhbank。top", LookalikeKind.IDN, "ｓongxanhbank"),
    ],
)
def test_each_way_of_imitating_is_told_with_its_kind_and_place(
    host: str, kind: LookalikeKind, shown: str, register: Register
) -> None:
    found = judge(host, HOST, register)
    assert found is not None
    assert found.kind is kind
    assert host[found.span.start : found.span.end] == shown
    assert found.name == host
    assert found.reasons


@pytest.mark.parametrize(
    "host",
    [
        "songxanhbank.example",
        "SONGXANHBANK.example.",
        "dang-nhap.songxanhbank.example",
        "songxanh-app.example",
        "songxanhbank.github.io",
        "hoamaipost.example",
        "https://songxanhbank.example:443/khuyen-mai?x=songxanh",
    ],
)
def test_an_official_host_is_never_a_lookalike(host: str, register: Register) -> None:
    assert score(host, HOST, register) is None


@pytest.mark.parametrize("host", ["example.com", "hoahong.vn", "docbao.vn", "a.b.c.d", "com.vn"])
def test_a_name_without_a_trace_of_a_brand_is_not_weighed(host: str, register: Register) -> None:
    assert score(host, HOST, register) is None


def test_the_span_lies_in_the_text_as_given_not_in_the_host(register: Register) -> None:
    link = "https://nguoidung@www.songxanhbank-dangnhap.top:8080/a"
    assert imitated(link, HOST, register) == "songxanhbank"


def test_reasons_and_details_say_what_was_seen(register: Register) -> None:
    found = judge("songxanhbank.example.xacthuc-taikhoan.top", HOST, register)
    assert found is not None
    assert LookalikeReason.OFFICIAL_NAME_EMBEDDED in found.reasons
    assert LookalikeReason.LURE_WORD in found.reasons
    assert found.details["lure"] == "xacthuc taikhoan"
    assert found.details["official"] == "songxanhbank.example"


def test_free_hosting_is_a_reason(register: Register) -> None:
    found = judge("songxanhbank-login.vercel.app", HOST, register)
    assert found is not None
    assert LookalikeReason.FREE_HOSTING in found.reasons


def test_a_name_inside_a_content_network_is_there_with_consent(register: Register) -> None:
    assert score("www.songxanhbank.example.edgekey.net", HOST, register) is None
    assert judge("songxanhbank.vercel.app", HOST, register) is not None


def test_a_short_name_inside_a_word_is_chance(register: Register) -> None:
    assert judge("xakqvatra.com", HOST, register) is None


def test_a_short_name_as_a_whole_piece_with_a_lure_is_not(register: Register) -> None:
    assert imitated("cskh-kqv.top", HOST, register) == "kqv"


def test_a_brand_never_reaches_across_dots(register: Register) -> None:
    assert score("song.xanh.bank.com", HOST, register) is None


def test_the_longer_name_wins_over_the_alias_in_it(register: Register) -> None:
    found = judge("songxanhbank-vay.com", HOST, register)
    assert found is not None
    assert found.details["token"] == "songxanhbank"


@pytest.mark.parametrize(
    "handle", ["songxanhbank.cskh", "Sông Xanh Bank Hỗ trợ", "hotro_hoamaipost"]
)
def test_a_handle_with_the_brand_that_is_not_listed_is_a_lookalike(
    handle: str, register: Register
) -> None:
    assert judge(handle, HANDLE, register) is not None


def test_marks_in_a_display_name_are_no_disguise(register: Register) -> None:
    found = judge("Sông Xanh Bank hỗ trợ", HANDLE, register)
    assert found is not None
    assert LookalikeReason.CONFUSABLE_LETTERS not in found.reasons
    assert LookalikeReason.LURE_WORD in found.reasons


@pytest.mark.parametrize(
    "handle", ["@SongXanhBank.official", "songxanhbank.official", "lan.nguyen"]
)
def test_a_listed_or_unrelated_handle_is_not(handle: str, register: Register) -> None:
    assert score(handle, HANDLE, register) is None


def test_an_address_at_a_freemail_host_is_judged_by_its_local_part(register: Register) -> None:
    assert imitated("songxanhbank.hotro@gmail.com", EMAIL, register) == "songxanhbank"


def test_an_address_at_a_false_host_is_judged_by_its_host(register: Register) -> None:
    assert imitated("an@songxanhbank-vn.top", EMAIL, register) == "songxanhbank"


def test_an_official_address_is_never_a_lookalike(register: Register) -> None:
    assert score("hoamaipost@songxanhbank.example", EMAIL, register) is None


def test_a_mail_provider_in_the_register_does_not_vouch_for_its_customers() -> None:
    provider = Brand(id="mail", display="Mail", tokens=("gmail",), hosts=("gmail.com",))
    bank = Brand(id="bank", display="Bank", tokens=("songxanhbank",), hosts=("songxanhbank.vn",))
    both = compile_register([provider, bank])
    found = judge("songxanhbank.hotro@gmail.com", EMAIL, both)
    assert found is not None
    assert found.brand == "bank"


def test_the_score_says_which_features_gave_it(register: Register) -> None:
    scored = score("hoamaipost-vn.top", HOST, register)
    assert scored is not None
    assert scored.features["suffix_cheap"] == 1.0
    assert 0.0 < scored.lookalike.probability < 1.0


def test_scanning_a_stream_gives_what_scoring_one_by_one_gives(register: Register) -> None:
    names = ["example.com", "s0ngxanhbank.top", "song-xanh-bank.top", "sôngxanhbank.vn", "a\nb", ""]
    names += [f"host{i}.example" for i in range(5000)] + ["kqv-cskh.vip"]
    assert list(scan(names, register)) == [score(name, HOST, register) for name in names]


def test_sifting_keeps_every_name_that_has_a_score_and_few_others(register: Register) -> None:
    names = [f"tin-tuc{i}.example" for i in range(9000)]
    names[4000:4000] = ["x" * 300 + "songxanhbank.top", "song-xanhbank.top", "s%6fngxanhbank.top"]
    names[8500:8500] = ["xn--sngxanhbank-2eb.com", "hoamaipots.vn", "a\nsongxanhbank.top", "", "\n"]
    kept = sift(names, register)
    scored = [i for i, name in enumerate(names) if score(name, HOST, register)]
    assert set(scored) <= set(kept)
    assert kept == sorted(set(kept))
    assert len(kept) < 12
    assert len(scored) >= 4


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        ".",
        "....",
        "@@@",
        "://",
        "xn--",
        "xn--\x80",
        "xn--99999999999.com",
        "xn--songxanhbank-.com",
        "a." * 10_000 + "songxanhbank.com",
        "songxanhbank" * 90_000,
        "songxanhbank-" * 90_000,
        "@" * 1_000_000,
        "%" * 1_000_000,
        "https://" + "a@" * 500_000 + "songxanhbank.top",
        "\u202esongxanhbank\u202c.com",
        "\ud800songxanhbank.com",
        "song\x00xanhbank.com",
        "[::1]",
        "192.0.2.1",
        "songxanhbank.com%2f@evil.top",
    ],
)
@pytest.mark.parametrize("kind", list(NameKind))
def test_hostile_names_give_none_or_a_sound_result(
    hostile: str, kind: NameKind, register: Register
) -> None:
    scored = score(hostile, kind, register)
    if scored is not None:
        span = scored.lookalike.span
        assert 0 <= span.start < span.end <= len(hostile)
    assert next(iter(scan([hostile], register))) == score(hostile, HOST, register)


_ALPHABET = st.sampled_from([*"songxahbkpmi0-._@:/% ", "xn--", "ô", "о", "\u200b", "。", "\ud800"])


@given(parts=st.lists(_ALPHABET, max_size=80), kind=st.sampled_from(NameKind))
def test_no_name_makes_the_judge_fail(parts: list[str], kind: NameKind) -> None:
    bank = Brand(id="b", display="B", tokens=("songxanh",), hosts=("songxanh.example",))
    name = "".join(parts)
    scored = score(name, kind, compile_register([bank]))
    if scored is not None:
        assert 0 <= scored.lookalike.span.start < scored.lookalike.span.end <= len(name)
