"""Text is read in pages, PDFs and plain files; hostile ones cost no more than a bound."""

from __future__ import annotations

import io
import zlib

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from soi.captures import reading
from soi.captures.kinds import kind_of
from soi.captures.reading import main_of, read
from tests.captures import pages

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def pdf(text: str = "", *, password: str = "", title: str = "") -> bytes:
    """A small PDF of one page."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_page_gives_its_main_text_first_and_the_rest_behind_it() -> None:
    read_page = read(pages.article(beside="<aside>Giá nước tăng 5%</aside>").encode(), "text/html")

    assert read_page.title == "Cầu Bến Sậy đóng cửa | Tin"
    assert read_page.publisher == "Báo Sông Xanh"
    assert "cầu Bến Sậy dài 3,5 km" in read_page.main
    assert "Giấy phép số 12/GP-BSX" not in read_page.main
    assert "Giấy phép số 12/GP-BSX" in read_page.text
    assert "Giá nước tăng 5%" in read_page.text
    assert main_of(read_page.text) == read_page.main


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        ('<meta name="application-name" content="Cổng Bến Sậy">', "Cổng Bến Sậy"),
        (
            '<script type="application/ld+json">{"@graph":[{"publisher":{"name":"Báo Cầu"}}]}'
            "</script>",
            "Báo Cầu",
        ),
        ('<script type="application/ld+json">{"publisher": "x"</script>', ""),
        (f'<script type="application/ld+json">{"[" * 100_000}</script>', ""),
        ('<meta property="og:site_name" content="&lt;b&gt;Báo&lt;/b&gt; \u202eX">', "Báo X"),
        ("", ""),
    ],
)
def test_a_publisher_is_what_the_site_calls_itself(head: str, publisher: str) -> None:
    html = pages.bare("T", "<p>Một đoạn văn đủ dài để đọc.</p>", head)
    assert read(html.encode(), "text/html").publisher == publisher


def test_a_title_is_one_plain_line() -> None:
    html = pages.bare("<b>A</b>&#x202e;\n &lt;script&gt;x&lt;/script&gt;" + "a" * 999, "<p>x</p>")
    title = read(html.encode(), "text/html").title
    assert len(title) == 500
    assert "\n" not in title
    assert "<" not in title
    assert "\u202e" not in title


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("<p>Cầu đã đóng cửa từ hôm qua.</p>".encode(), ""),
        ("<p>Cầu đã đóng cửa từ hôm qua.</p>".encode("utf-16"), ""),
        ('<meta charset="utf-8"><p>Cầu đã đóng cửa từ hôm qua.</p>'.encode(), ""),
        ("<p>Cầu đã đóng cửa từ hôm qua.</p>".encode("utf-16-le"), "utf-16-le"),
        (b"<?xml version='1.0' encoding='x'?>" + "<p>Cầu đã đóng cửa từ hôm qua.</p>".encode(), ""),
    ],
)
def test_a_page_is_read_in_its_charset(content: bytes, charset: str) -> None:
    assert read(content, "text/html", charset=charset).main == "Cầu đã đóng cửa từ hôm qua."


def test_a_page_names_its_charset_itself() -> None:
    page = b'<html><head><meta http-equiv=x content="text/html; charset=koi8-r"></head><p>'
    found = read(page + "Мост закрыт со вчерашнего дня.".encode("koi8-r"), "text/html")
    assert found.main == "Мост закрыт со вчерашнего дня."


def test_a_pdf_gives_title_and_text() -> None:
    found = read(pdf("Bridge closed from 3 December.", title="Notice 7"), "application/pdf")
    assert (found.title, found.text) == ("Notice 7", "Bridge closed from 3 December.")


def test_a_pdf_of_pictures_has_no_text_and_is_readable() -> None:
    found = read(pdf(), "application/pdf")
    assert (found.text, found.is_readable) == ("", True)


def test_a_pdf_with_a_password_is_locked_unless_the_password_is_empty() -> None:
    assert read(pdf("Secret.", password="x"), "application/pdf").is_locked


def test_plain_text_is_kept_without_what_is_unseen() -> None:
    assert read("\ufeffCa\u0302\u0300u\x00 mở\u202e.\r\n".encode(), "text/plain").text == "Cầu mở."


def test_a_picture_has_no_text() -> None:
    assert read(PNG, "image/png").text == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        b"<" * 100_000,
        b"<a " + b"x='" * 100_000,
        b"<div>" * 200_000 + b"x",
        b"<table><tr><td>" * 100_000,
        b"<!--" * 100_000,
        b" " * 1_000_000 + b"<p>x</p>" + b"\n" * 1_000_000,
        b"&#x202e;&lt;" * 100_000,
        ("<p>" + "\u0301" * 500_000).encode(),
        b"<script>" + b"</scrip" * 100_000,
        b"<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c SYSTEM 'file:///etc/passwd'>]><p>&a;&c;</p>",
    ],
    ids=range(12),
)
def test_a_hostile_page_is_read_or_given_up(content: bytes) -> None:
    found = read(content, "text/html")
    assert "root:" not in found.text
    assert len(found.text) < 2_000_000


def bomb() -> bytes:
    """A PDF whose one page unpacks into two gigabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"(x) Tj " * 1_000_000) for _ in range(300)) + packer.flush()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
    )
    body = b"".join(b"%d 0 obj%b endobj\n" % (n, each) for n, each in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7", b"%PDF-1.7\n" + b"1 0 obj<<" * 9999, pdf("x")[:-200], bomb()],
    ids=range(4),
)
def test_a_broken_pdf_and_a_bomb_are_unreadable_and_nothing_else(content: bytes) -> None:
    found = read(content, "application/pdf")
    assert not found.is_readable or len(found.text) < 10


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.01)
    assert not read(pages.article().encode(), "text/html").is_readable


@pytest.mark.parametrize(
    ("content", "said", "name", "kind"),
    [
        (pdf(), "text/html", "x.html", "application/pdf"),
        (PNG, "text/html", "trang.html", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(9), "", "", "image/jpeg"),
        (b"GIF89a" + bytes(9), "", "", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "", "", "image/webp"),
        (b"<!DOCTYPE html><p>x", "", "", "text/html"),
        (b"\xef\xbb\xbf\n<!-- x --><HTML><p>", "application/octet-stream", "", "text/html"),
        (b"<!---->" * 100 + b"\n<?xml?><html>", "", "", "text/html"),
        (b"<!---->" * 100 + b"x", "", "", "text/plain"),
        (b"<!DOCTYPE html><p>x", "text/plain", "", "text/plain"),
        (b"khong co the nao", "text/html", "", "text/html"),
        (b"khong co the nao", "", "a.HTM", "text/html"),
        ("Cầu".encode(), "", "a.txt", "text/plain"),
        ("Cầu".encode("utf-16"), "", "", "text/plain"),
        (b'{"a": 1}', "application/json", "", "text/plain"),
        (b"<svg xmlns='x'><script>", "image/svg+xml", "a.svg", "text/plain"),
        (b"PK\x03\x04" + bytes(9), "application/pdf", "a.pdf", None),
        (b"MZ\x90\0", "text/html", "a.html", None),
        (b"\x7fELF\x02\x01\x01\0", "", "a.txt", None),
        (bytes(100), "text/plain", "", None),
        (b"\x00\x00\x01\x00", "image/png", "a.png", None),
    ],
)
def test_the_bytes_say_what_a_file_is(
    content: bytes, said: str, name: str, kind: str | None
) -> None:
    assert kind_of(content, said=said, name=name) == kind
