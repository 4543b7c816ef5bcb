"""Handles, phone numbers and bank accounts."""

import pytest

from soi.core.text import PhoneKind, Platform, split


def handles(message: str) -> list[tuple[Platform, str]]:
    return [(handle.platform, handle.name) for handle in split(message).handles]


def phones(message: str) -> list[str]:
    return [phone.number for phone in split(message).phones]


def accounts(message: str) -> list[tuple[str, str]]:
    return [(account.number, account.bank) for account in split(message).bank_accounts]


@pytest.mark.parametrize(
    ("link", "platform", "name"),
    [
        ("https://www.facebook.com/Song.Xanh?mibextid=1", Platform.FACEBOOK, "song.xanh"),
        ("fb.com/songxanh", Platform.FACEBOOK, "songxanh"),
        ("m.facebook.com/profile.php?id=100012345678", Platform.FACEBOOK, "100012345678"),
        ("zalo.me/0900000321", Platform.ZALO, "0900000321"),
        ("https://tiktok.com/@song.xanh", Platform.TIKTOK, "song.xanh"),
        ("youtube.com/@SongXanh", Platform.YOUTUBE, "songxanh"),
        ("youtube.com/channel/UCabcDEF_12345", Platform.YOUTUBE, "UCabcDEF_12345"),
        ("t.me/songxanh_tin", Platform.TELEGRAM, "songxanh_tin"),
        ("x.com/songxanh", Platform.X, "songxanh"),
        ("https://twitter.com/SongXanh/status/1", Platform.X, "songxanh"),
        ("instagram.com/song.xanh/", Platform.INSTAGRAM, "song.xanh"),
        ("https://mastodon.example/@songxanh", Platform.MASTODON, "songxanh@mastodon.example"),
        ("https://bsky.app/profile/song.example", Platform.BLUESKY, "song.example"),
    ],
)
def test_a_profile_link_is_a_link_and_a_handle(link: str, platform: Platform, name: str) -> None:
    parts = split(f"Theo dõi {link} nhé")
    assert [found.text for found in parts.links] == [link]
    assert [(h.platform, h.name, h.text) for h in parts.handles] == [(platform, name, link)]


@pytest.mark.parametrize(
    "link",
    ["facebook.com/groups/123456", "facebook.com/watch?v=1", "x.com/search?q=a", "t.me/+AbCdEf"],
)
def test_a_page_that_is_no_profile_gives_no_handle(link: str) -> None:
    assert handles(f"xem {link}") == []


@pytest.mark.parametrize(
    ("message", "platform", "name"),
    [
        ("theo dõi @songxanh trên TikTok", Platform.TIKTOK, "songxanh"),
        ("kênh Telegram @song_xanh đó", Platform.TELEGRAM, "song_xanh"),
        ("follow @songxanh on X", Platform.X, "songxanh"),
        ("@songxanh (Instagram)", Platform.INSTAGRAM, "songxanh"),
        ("zalo: 0900 000 321 nhé", Platform.ZALO, "0900000321"),
        ("Zalo 0900000321", Platform.ZALO, "0900000321"),
        ("fb: song.xanh nhé", Platform.FACEBOOK, "song.xanh"),
        ("hỏi @songxanh nha", Platform.UNKNOWN, "songxanh"),
        ("@an@mastodon.example viết", Platform.MASTODON, "an@mastodon.example"),
        ("@an.bsky.social viết", Platform.BLUESKY, "an.bsky.social"),
        ("an.bsky.social viết", Platform.BLUESKY, "an.bsky.social"),
    ],
)
def test_a_name_in_the_text_is_a_handle(message: str, platform: Platform, name: str) -> None:
    assert handles(message) == [(platform, name)]


@pytest.mark.parametrize(
    "message",
    ["Zalo: anh Ba bán xăng", "facebook bị lỗi rồi", "gửi a@b.example", "5@ 7", "zalo 2026"],
)
def test_words_after_a_platform_are_no_handles(message: str) -> None:
    assert handles(message) == []


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("gọi 0900000321", "+84900000321"),
        ("gọi 0900.000.321 ngay", "+84900000321"),
        ("gọi 090-000-0321 ngay", "+84900000321"),
        ("gọi (090) 000 0321 ngay", "+84900000321"),
        ("gọi 84 900 000 321 ngay", "+84900000321"),
        ("gọi +84 900 000 321 ngay", "+84900000321"),
        ("gọi +84 (0)900 000 321 ngay", "+84900000321"),
        ("gọi O9OOOOO321 ngay", ""),
        ("gọi O900000321 ngay", "+84900000321"),
        ("gọi O9OO 000 321 ngay", "+84900000321"),
        ("LH 1900.1234 (24/7)", "19001234"),
        ("gọi 024 3825 1234", "+842438251234"),
        ("gọi +1 202-555-0143", "+12025550143"),
        ("gọi 1900 1234", "19001234"),
        ("gọi 1800.6601", "18006601"),
        ("tổng đài 1900 123 456", "1900123456"),
    ],
)
def test_a_phone_number_is_read(message: str, number: str) -> None:
    assert phones(message) == ([number] if number else [])


def test_two_numbers_side_by_side_are_two() -> None:
    assert phones("0900000321 0900000322") == ["+84900000321", "+84900000322"]


def test_a_hotline_is_of_its_own_kind() -> None:
    (phone,) = split("hotline 1900 1234").phones
    assert phone.kind is PhoneKind.HOTLINE


@pytest.mark.parametrize(
    "message",
    ["Gọi 113 ngay", "tổng đài 156", "soạn DK gửi 9029", "text STOP to 5656", "call 911 now"],
)
def test_a_short_code_is_read_where_words_call_for_it(message: str) -> None:
    (phone,) = split(message).phones
    assert phone.kind is PhoneKind.SHORT_CODE
    assert phone.number in message


@pytest.mark.parametrize(
    "message",
    [
        "giá 2.000.000đ, 15.000.000 đồng, 900000321 VND",
        "ngày 01.12.2026, 01/12/2026, 2026-12-01, 01-12-2026",
        "từ 1900-1975 và năm 1900 1975",
        "STK 0900000321 Vietcombank",
        "https://a.example/0900000321",
        "số 115 đường Láng",
        "gửi 5000 đồng cho 113 người",
        "gọi 2000 người",
        "113 và 9029",
        "mã đơn 12345678901234",
        "MST: 0301234567",
    ],
)
def test_other_numbers_are_no_phones(message: str) -> None:
    assert phones(message) == []


@pytest.mark.parametrize(
    ("message", "number", "bank"),
    [
        ("STK: 0123456789 Vietcombank", "0123456789", "vietcombank"),
        ("stk 0123 4567 890 VCB, chủ tk AN", "01234567890", "vietcombank"),
        ("chuyển khoản vào MB 0900000321 nhé", "0900000321", "mbbank"),
        ("ck giúp 190123456789", "190123456789", ""),
        ("Số tài khoản 1234.5678.90 tại ngân hàng Sông Xanh", "1234567890", "songxanh"),
        ("ngan hang Quan Doi stk 123456789", "123456789", "mbbank"),
        ("Techcombank 19012345678901", "19012345678901", "techcombank"),
        ("account number 123456789 at SongXanhBank", "123456789", "songxanhbank"),
    ],
)
def test_a_bank_account_is_read_with_its_bank(message: str, number: str, bank: str) -> None:
    assert accounts(message) == [(number, bank)]


def test_a_wallet_number_is_an_account_and_a_phone() -> None:
    assert accounts("Momo 0900000321") == [("0900000321", "momo")]
    assert phones("Momo 0900000321") == ["+84900000321"]


def test_each_account_gets_the_bank_beside_it() -> None:
    message = "VCB 0123456789, BIDV 9876543210"
    assert accounts(message) == [("0123456789", "vietcombank"), ("9876543210", "bidv")]


@pytest.mark.parametrize(
    "message",
    [
        "ck 2.000.000đ cho em",
        "chuyển khoản 5000000 đồng",
        "tài khoản bị khoá, gọi 0900000321",
        "mã đơn 123456789",
        "ck trước ngày 01.12.2026",
    ],
)
def test_other_numbers_are_no_accounts(message: str) -> None:
    assert accounts(message) == []
