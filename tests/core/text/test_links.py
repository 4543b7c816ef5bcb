"""Links as they stand in messages, and what only looks like one."""

import pytest

from soi.core.text import split


def hosts(message: str) -> list[str]:
    return [link.host for link in split(message).links]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://songxanh.example/a?b=1#c", "https://songxanh.example/a?b=1#c"),
        ("hxxp://xau[.]example/x", "http://xau.example/x"),
        ("hxxps[:]//xau(.)example", "https://xau.example"),
        ("xau[.]example", "https://xau.example"),
        ("xau[dot]example", "https://xau.example"),
        ("xau (dot) example", "https://xau.example"),
        ("songxanh dot com", "https://songxanh.com"),
        ("https://bank.example@evil.test/x", "https://evil.test/x"),
        ("https://bank.example:pw@evil.test", "https://evil.test"),
        ("https://evil.test\\@bank.example", "https://evil.test\\@bank.example"),
        ("http://evil.test:8080/x", "http://evil.test:8080/x"),
        ("https://%65vil.test/", "https://evil.test/"),
        ("HTTPS://Songxanh.Example", "https://songxanh.example"),
        ("bit.ly/abc", "https://bit.ly/abc"),
        ("ｓｏｎｇｘａｎｈ．ｅｘａｍｐｌｅ", "https://songxanh.example"),
        ("song\u200bxanh.exa\u00admple", "https://songxanh.example"),
        ("http://192.0.2.7/x", "http://192.0.2.7/x"),
        ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"),
        ("http://3221225991/", "http://3221225991/"),
    ],
)
def test_a_link_is_read_as_a_browser_would(written: str, url: str) -> None:
    (link,) = split(f"Xem {written} nhé").links
    assert (link.text, link.url) == (written, url)


def test_an_idn_host_has_both_forms() -> None:
    (link,) = split("vào https://sôngxanh.example ngay").links
    assert (link.host, link.ascii_host) == ("sôngxanh.example", "xn--sngxanh-t0a.example")


def test_a_punycode_host_is_shown_in_unicode() -> None:
    (link,) = split("vào xn--sngxanh-t0a.example ngay").links
    assert (link.host, link.ascii_host) == ("sôngxanh.example", "xn--sngxanh-t0a.example")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("(https://a.example/x)", "https://a.example/x"),
        ("xem https://a.example/x_(y).", "https://a.example/x_(y)"),
        ("“a.example/x”, nha", "a.example/x"),
        ("a.example!!!", "a.example"),
        ("[tin](https://a.example/x)", "https://a.example/x"),
        ("nè...songxanh.example", "songxanh.example"),
    ],
)
def test_punctuation_around_a_link_is_not_part_of_it(message: str, text: str) -> None:
    assert [link.text for link in split(message).links] == [text]


@pytest.mark.parametrize(
    "message",
    [
        "Tôi đi.Nhưng không về",
        "xong rồi.Co ai biết",
        "hay lắm.mai đi tiếp",
        "e.g. this, i.e. that, at 5 a.m.",
        "giá 1.5tr, 2.000.000đ, 3.14, v.v.",
        "TP.HCM, TP.HN, Th.S An, GS.TS Bình, BS.CK1",
        "ngày 1.12.2026",
        "đội U.23 Việt Nam",
        "tệp bao-cao.docx, main.py, config.sh",
        "là gì.la",
        "viết bằng node js. Tốt",
    ],
)
def test_words_with_dots_are_no_links(message: str) -> None:
    assert hosts(message) == []


@pytest.mark.parametrize(
    "name", ["songxanh.com", "songxanh.vn", "dichvu.songxanh.com.vn", "thu.test", "may.localhost"]
)
def test_a_bare_name_under_a_public_or_reserved_ending_is_a_link(name: str) -> None:
    assert hosts(f"vào {name} để nhận") == [name]


def test_links_in_a_list_without_spaces_are_all_read() -> None:
    message = "https://a.example/x,https://b.example;c.example|http://d.example"
    assert hosts(message) == ["a.example", "b.example", "c.example", "d.example"]


def test_an_address_is_no_link() -> None:
    parts = split("gửi về ho.tro@songxanh.example nhé")
    assert parts.links == ()
    assert [email.address for email in parts.emails] == ["ho.tro@songxanh.example"]


@pytest.mark.parametrize(
    "written",
    ["Ho.Tro@SongXanh.example", "ho.tro[at]songxanh[.]example", "ho.tro (at) songxanh.example"],
)
def test_an_address_is_refanged_and_in_lower_case(written: str) -> None:
    (email,) = split(f"viết cho {written} nhé").emails
    assert (email.text, email.address) == (written, "ho.tro@songxanh.example")


def test_the_part_before_the_at_sign_of_a_link_is_no_address() -> None:
    parts = split("https://bank.example@evil.test/x")
    assert parts.emails == ()
    assert hosts("https://bank.example@evil.test/x") == ["evil.test"]
