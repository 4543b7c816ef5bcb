"""Whole files: feeds, pages, CSV and JSON Lines, read as a stream, whole or broken."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.formats import (
    CheckRecord,
    Code,
    Format,
    FormatError,
    Refusal,
    Verdict,
    claimreview_of,
    detect,
    read_checks,
    read_csv,
    read_datafeed,
    read_jsonl,
    read_page,
    script_json,
    write_csv,
    write_datafeed,
    write_jsonl,
)
from soi.core.formats.datafeed import ELEMENT_LIMIT
from soi.core.formats.escapes import without_half_pairs
from tests.core.formats.strategies import TODAY, json_values, records, reviews_like, texts
from tests.core.formats.test_claimreview import review

Found = CheckRecord | Refusal
FORMATS = [
    (write_datafeed, read_datafeed, Format.DATAFEED),
    (write_csv, read_csv, Format.CSV),
    (write_jsonl, read_jsonl, Format.JSONL),
]


def feed_of(elements: object) -> bytes:
    feed = {"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": elements}
    return json.dumps(feed).encode()


def item(number: int) -> dict[str, object]:
    found = review(claimReviewed=f"Điều số {number}")
    return {"@type": "DataFeedItem", "dateCreated": "x", "item": [found]}


def until_error(found: Iterator[Found]) -> tuple[list[Found], FormatError]:
    taken: list[Found] = []
    with pytest.raises(FormatError) as caught:
        taken.extend(found)  # extend keeps what came before the error
    return taken, caught.value


def feed(data: bytes, start: int = 0) -> Iterator[Found]:
    return read_datafeed(io.BytesIO(data), start=start, today=TODAY)


def test_a_feed_is_read_in_order_with_its_positions() -> None:
    elements = [item(0), None, {"item": None}, {"item": []}, item(4), "x", item(6)]
    found = list(feed(b"\xef\xbb\xbf" + feed_of(elements)))
    assert [one.position for one in found] == list(range(7))
    codes = [one.code if isinstance(one, Refusal) else one.claim for one in found]
    empty = Code.ITEM_MISSING
    assert codes == [
        "Điều số 0",
        empty,
        empty,
        empty,
        "Điều số 4",
        Code.NOT_CLAIMREVIEW,
        "Điều số 6",
    ]


def test_a_feed_goes_on_where_an_import_stopped() -> None:
    data = feed_of([item(number) for number in range(9)])
    whole, rest = list(feed(data)), list(feed(data, start=5))
    assert rest == whole[5:]
    assert rest[0].position == 5


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.9, 0.999])
def test_what_is_whole_before_the_end_of_a_torn_feed_is_yielded(kept: float) -> None:
    data = feed_of([item(number) for number in range(500)])
    torn = data[: int(len(data) * kept)]
    taken, error = until_error(feed(torn))
    assert error.code == Code.FEED_TRUNCATED
    assert error.position == len(taken) == torn.count(b"}]}")


def test_a_feed_broken_in_one_place_is_read_up_to_it() -> None:
    data = feed_of([item(number) for number in range(5)]).replace(b"s\\u1ed1 3", b's\\u1ed1 3"}')
    taken, error = until_error(feed(data))
    assert [one.position for one in taken] == [0, 1, 2]
    assert (error.code, error.position) == (Code.FEED_TRUNCATED, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.EMPTY_FILE),
        (b"[]", Code.NOT_A_DATAFEED),
        (b"{}", Code.NOT_A_DATAFEED),
        (b'"x"', Code.NOT_A_DATAFEED),
        (b'{"dataFeedElement": null}', Code.NOT_A_DATAFEED),
        (b'{"a": {"dataFeedElement": []}}', Code.NOT_A_DATAFEED),
        (feed_of([item(0)]).decode().encode("utf-16"), Code.NOT_UTF8),
        (feed_of([item(0)]).decode().encode("utf-16-le"), Code.NOT_UTF8),
        (b'{"dataFeedElement": ["\xff"]}', Code.NOT_UTF8),
        (b"\x1f\x8b\x08", Code.NOT_UTF8),
        (b"not json", Code.FEED_TRUNCATED),
        (b'{"dataFeedElement": []} {}', Code.FEED_TRUNCATED),
    ],
)
def test_what_is_no_feed_says_what_it_is(data: bytes, code: Code) -> None:
    taken, error = until_error(feed(data))
    assert (taken, error.code) == ([], code)


def test_an_empty_feed_and_a_lone_element_are_feeds() -> None:
    assert list(feed(feed_of([]))) == []
    assert len(list(feed(feed_of(item(0))))) == 1


def test_a_hostile_element_costs_only_itself() -> None:
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    found = list(feed(feed_of([deep, item(1), {"item": [0] * 100_000}, item(3)])))
    codes = [one.code if isinstance(one, Refusal) else "" for one in found]
    assert codes == [Code.TOO_DEEP, "", Code.TOO_MANY_VALUES, ""]


def test_a_feed_nested_a_million_deep_is_refused() -> None:
    _, error = until_error(feed(b'{"dataFeedElement": [' + b"[" * 1_000_000))
    assert error.code == Code.FEED_TRUNCATED


def test_an_endless_element_stops_the_feed() -> None:
    data = b'{"dataFeedElement": ["' + b"a" * (ELEMENT_LIMIT + 200_000)
    _, error = until_error(feed(data))
    assert (error.code, error.position) == (Code.RECORD_TOO_LARGE, 0)


def test_numbers_of_any_size_do_no_harm() -> None:
    big = review(datePublished=None).copy()
    text = json.dumps(big)[:-1] + ', "datePublished": 1e999, "dateModified": ' + "9" * 400 + "}"
    (found,) = feed(b'{"dataFeedElement": [' + text.encode() + b"]}")
    assert isinstance(found, CheckRecord)
    assert (found.published_on, found.modified_on) == (None, None)


@pytest.mark.parametrize(("write", "read", "form"), FORMATS)
@given(found=st.lists(records, max_size=3))
def test_what_is_written_is_read_back_equal(
    write: Callable[..., None],
    read: Callable[..., Iterator[Found]],
    form: Format,
    found: list[CheckRecord],
) -> None:
    stream = io.BytesIO()
    write(found, stream)
    assert list(read(io.BytesIO(stream.getvalue()), today=TODAY)) == found
    if found:
        assert detect(stream.getvalue()) is form


@given(st.lists(json_values | reviews_like, max_size=4))
def test_no_json_makes_a_feed_reader_raise(elements: list[object]) -> None:
    data = json.dumps({"dataFeedElement": elements}).replace("NaN", "0").replace("Infinity", "1")
    for found in feed(data.replace("-1", "1").encode()):
        assert 0 <= found.position < len(elements)


def csv_of(*rows: str, header: str = "url,claim,verdict_words") -> bytes:
    return "\r\n".join([header, *rows]).encode()


def test_a_spreadsheet_file_is_read_with_its_mark_and_semicolons() -> None:
    header = "URL; Claim ;Verdict;verdict_words;published_on;publisher_site"
    row = "https://a.example.org/x;Điều này;mostly true;Gần đúng;26/05/2026;example.org"
    (found,) = read_csv(io.BytesIO(b"\xef\xbb\xbf" + csv_of(row, "", header=header)), today=TODAY)
    assert isinstance(found, CheckRecord)
    assert found.claim == "Điều này"
    assert found.verdict is Verdict.MOSTLY_TRUE
    assert str(found.published_on) == "2026-05-26"
    assert found.publisher_site == "example.org"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("url,verdict", "missing: claim"),
        ("url,claim", "missing: verdict or verdict_words"),
        ("url,claim,claim,verdict", "repeated: claim"),
        ("url,claim,verdict,colour", "unknown: colour"),
        ("url,claim,verdict,", "unknown: (no name)"),
    ],
)
def test_a_wrong_header_is_named_with_the_known_columns(header: str, said: str) -> None:
    _, error = until_error(read_csv(io.BytesIO(csv_of("a,b,c", header=header))))
    assert error.code == Code.COLUMNS
    assert said in error.message
    assert "Known: id, url," in error.message


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("https://a.example.org/,c,Sai,more", Code.ROW_CELLS),
        ("https://a.example.org/,c", Code.ROW_CELLS),
        ("https://a.example.org/,c\x00,Sai", Code.NUL),
        ('https://a.example.org/,"c"d,Sai', Code.ROW_UNREADABLE),
        ("https://a.example.org/," + "c" * 200_000 + ",Sai", Code.ROW_UNREADABLE),
        ("https://a.example.org/," + "c" * 1_200_000 + ",Sai", Code.ROW_TOO_LONG),
        ("ftp://a.example.org/,c,Sai", Code.URL_SCHEME),
        ("https://a.example.org/,,Sai", Code.CLAIM_MISSING),
    ],
)
def test_a_bad_row_costs_only_itself(row: str, code: Code) -> None:
    good = "https://a.example.org/,c,Sai"
    found = list(read_csv(io.BytesIO(csv_of(good, row, good))))
    assert [one.position for one in found] == [0, 1, 2]
    assert [getattr(one, "code", "") for one in found] == ["", code, ""]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("verdict", "perhaps", Code.VERDICT_UNKNOWN),
        ("published_on", "yesterday", Code.DATE_UNREADABLE),
        ("claimed_on", "2999-01-01", Code.DATE_UNREADABLE),
        ("language", "Vietnamese!", Code.LANGUAGE_UNKNOWN),
        ("publisher_site", "evil.com", Code.URL_ELSEWHERE),
        ("id", "<b>", Code.KEY_INVALID),
        ("id", "a" * 501, Code.KEY_TOO_LONG),
    ],
)
def test_what_a_person_mistyped_is_refused_not_dropped(column: str, cell: str, code: Code) -> None:
    row = {"url": "https://a.example.org/", "claim": "c", "verdict_words": "Sai", column: cell}
    (found,) = read_jsonl(io.BytesIO(json.dumps(row).encode()), today=TODAY)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_an_unclosed_quote_does_not_swallow_the_file() -> None:
    good = "https://a.example.org/,c,Sai"
    many = [good] * 10_000
    found = list(read_csv(io.BytesIO(csv_of('https://a.example.org/,"c,Sai', *many))))
    taken = [one for one in found if isinstance(one, CheckRecord)]
    assert len(taken) > 5_000


def test_no_cell_runs_as_a_formula_and_all_are_read_back() -> None:
    stream = io.BytesIO()
    (one,) = read_jsonl(io.BytesIO(json.dumps({
        "url": "https://a.example.org/", "claim": "=HYPERLINK(1)", "verdict_words": "+1",
        "title": "@x", "summary": "'=x", "publisher_name": "-2", "verdict": None,
    }).encode()))  # fmt: skip
    assert isinstance(one, CheckRecord)
    write_csv([one], stream)
    cells = stream.getvalue().decode().splitlines()[1].split(",")
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@")) for cell in cells)
    assert list(read_csv(io.BytesIO(stream.getvalue()))) == [one]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", Code.BROKEN_JSON),
        ("[" * 200_000, Code.BROKEN_JSON),
        ("9" * 5_000, Code.BROKEN_JSON),
        ("[]", Code.FIELD_TYPE),
        ('{"url": 5}', Code.FIELD_TYPE),
        ('{"colour": "red"}', Code.FIELD_UNKNOWN),
        ('{"claim": "a\\u0000b"}', Code.NUL),
        ('"' + "a" * 1_200_000 + '"', Code.ROW_TOO_LONG),
    ],
)
def test_a_bad_line_costs_only_itself(line: str, code: Code) -> None:
    good = json.dumps({"url": "https://a.example.org/", "claim": "c", "verdict": "false"})
    found = list(read_jsonl(io.BytesIO("\n".join([good, "", line, good]).encode())))
    assert [getattr(one, "code", "") for one in found] == ["", code, ""]
    assert [one.position for one in found] == [0, 1, 2]


@pytest.mark.parametrize("read", [read_csv, read_jsonl])
def test_a_table_in_another_encoding_says_so(read: Callable[..., Iterator[Found]]) -> None:
    for data in (csv_of().decode().encode("utf-16"), csv_of() + b"\r\n\xe9,a,b\n"):
        with pytest.raises(FormatError) as caught:
            list(read(io.BytesIO(data)))
        assert caught.value.code == Code.NOT_UTF8


def test_an_empty_csv_has_no_header_and_empty_json_lines_no_records() -> None:
    _, error = until_error(read_csv(io.BytesIO(b"")))
    assert error.code == Code.EMPTY_FILE
    assert list(read_jsonl(io.BytesIO(b""))) == []


@given(texts)
def test_no_text_makes_a_table_reader_raise_anything_else(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for read in (read_csv, read_jsonl):
        for whole in (data, csv_of() + b"\n" + data):
            with contextlib.suppress(FormatError):
                list(read(io.BytesIO(whole)))


def page(script: str, opening: str = '<script type="application/ld+json">') -> list[Found]:
    return list(read_page(f"<html><p>x</p>{opening}{script}</script></html>", today=TODAY))


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<!--{}-->",
        "//<![CDATA[\n{}\n//]]>",
        "/*<![CDATA[*/{}/*]]>*/",
        "<![CDATA[{}]]>",
        "\n<!-- //\n{}\n//-->\n",
    ],
)
def test_a_review_in_a_page_is_found_in_its_wrapper(around: str) -> None:
    (found,) = page(around.replace("{}", json.dumps(review())))
    assert isinstance(found, CheckRecord)


@pytest.mark.parametrize(
    "opening",
    [
        "<SCRIPT TYPE='application/ld+json'>",
        "<script type=application/ld+json>",
        '<script data-x="a>b" type="application/ld+json; charset=utf-8" class=y>',
    ],
)
def test_a_script_is_known_by_its_type_however_written(opening: str) -> None:
    assert len(page(json.dumps(review()), opening)) == 1
    assert page(json.dumps(review()), "<script>") == []


def test_broken_json_in_a_page_is_refused_and_the_rest_is_read() -> None:
    html = "".join(
        f'<script type="application/ld+json">{text}</script>'
        for text in ("{broken", '{"@type": "Article"}', json.dumps(review()), "[" * 100_000)
    )
    found = list(read_page(html, today=TODAY))
    assert [getattr(one, "code", "") for one in found] == [Code.BROKEN_JSON, "", Code.BROKEN_JSON]
    assert [one.position for one in found] == [0, 2, 3]


def test_a_script_in_a_comment_is_not_there() -> None:
    html = f'<!-- <script type="application/ld+json">{json.dumps(review())}</script> -->'
    assert list(read_page(html)) == []


@pytest.mark.parametrize(
    "piece", ["<script ", "<script>", "<!--", '<script a="', "<script a='>", "<"]
)
def test_a_hostile_page_is_read_to_its_end(piece: str) -> None:
    assert list(read_page(piece * (1_000_000 // len(piece)))) == []


@given(records)
def test_json_in_a_page_cannot_leave_its_script(record: CheckRecord) -> None:
    text = script_json(claimreview_of(record) | {"name": record.title + "</script><!--&"})
    assert not set("<>&\u2028\u2029") & set(text)
    (found,) = page(text)
    assert isinstance(found, CheckRecord)
    assert found.claim == record.claim


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (feed_of([]), Format.DATAFEED),
        (b'\xef\xbb\xbf {"dataFeedElement": [', Format.DATAFEED),
        (json.dumps(review()).encode(), Format.CLAIMREVIEW),
        (json.dumps([review()], indent=2).encode(), Format.CLAIMREVIEW),
        (b'{"url": "u", "claim": "c"}\n{"url"', Format.JSONL),
        (b"<!DOCTYPE html><html>", Format.PAGE),
        (b"id;url;claim;verdict\n", Format.CSV),
        (b'"url","claim"\n', Format.CSV),
    ],
)
def test_a_format_is_told_by_its_content(head: bytes, form: Format, tmp_path: Path) -> None:
    assert detect(head) is form
    path = tmp_path / "wrong-name.pdf"
    path.write_bytes(head)
    assert detect(path) is form


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", Code.EMPTY_FILE),
        (b" \n ", Code.EMPTY_FILE),
        (b"Xin chao", Code.UNKNOWN_FORMAT),
        (b"%PDF-1.7\n", Code.UNKNOWN_FORMAT),
        (b'{"a": 1}', Code.UNKNOWN_FORMAT),
        (b"<svg>", Code.UNKNOWN_FORMAT),
        (b"PK\x03\x04", Code.NOT_UTF8),
        (b"\xff\xfea\x00", Code.NOT_UTF8),
        (b"claim,\xe9,x", Code.NOT_UTF8),
        (b"url,claim\xe9,x", Code.NOT_UTF8),
    ],
)
def test_what_is_in_no_format_is_said(head: bytes, code: Code) -> None:
    with pytest.raises(FormatError) as caught:
        detect(head)
    assert caught.value.code == code


@given(st.binary(max_size=60) | texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_bytes_make_detection_or_its_reader_raise_anything_else(data: bytes) -> None:
    for form in Format:
        with contextlib.suppress(FormatError):
            detect(data)
        with contextlib.suppress(FormatError):
            list(read_checks(io.BytesIO(data), form))


def test_every_format_is_read_through_one_door() -> None:
    one = review()
    cases = {
        Format.DATAFEED: feed_of([{"item": one}]),
        Format.CLAIMREVIEW: json.dumps([one, one]).encode(),
        Format.PAGE: f'<script type="application/ld+json">{json.dumps(one)}</script>'.encode(),
    }
    for form, data in cases.items():
        found = list(read_checks(io.BytesIO(data), form, today=TODAY))
        assert [one.position for one in found] == list(range(len(found)))
        assert isinstance(found[0], CheckRecord)
        assert list(read_checks(io.BytesIO(data), form, start=1, today=TODAY)) == found[1:]


@given(st.lists(st.sampled_from(["\\ud83d", "\\ude00", "\\\\", "\\n", "ud83d", "\\u00e9", "x"])))
def test_half_a_surrogate_pair_does_not_end_a_feed(pieces: list[str]) -> None:
    text = "".join(pieces)
    broken = f'"{text}"'.encode()
    whole = b"".join(without_half_pairs([broken]))
    in_bytes = [broken[place : place + 1] for place in range(len(broken))]
    assert b"".join(without_half_pairs(in_bytes)) == whole
    repaired = json.loads(broken).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert json.loads(whole) == repaired
    assert len(list(feed(feed_of([item(0), "HERE", item(2)]).replace(b'"HERE"', broken)))) == 3
