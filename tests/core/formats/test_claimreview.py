"""A stranger's ClaimReview is read in every shape in which it is published, and no other."""

import datetime as dt
import json
import re

import pytest
from hypothesis import given

from soi.core.formats import (
    CheckRecord,
    Code,
    Refusal,
    Verdict,
    claimreview_of,
    read_claimreview,
)
from tests.core.formats.strategies import TODAY, json_values, records, reviews_like

MARKUP = re.compile(r"<[A-Za-z/!?]")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def review(**changes: object) -> dict[str, object]:
    """A plain, good ClaimReview; a change to None takes the property away."""
    plain: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": "https://factcheck.example.org/2026/lemon",
        "claimReviewed": "Nước chanh nóng chữa khỏi ung thư",
        "author": {"@type": "Organization", "name": "Bàn A", "url": "https://www.example.org/"},
        "reviewRating": {"@type": "Rating", "alternateName": "Sai sự thật"},
        "datePublished": "2026-05-26",
        "inLanguage": "vi-VN",
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def read(obj: object) -> list[CheckRecord | Refusal]:
    return list(read_claimreview(obj, position=7, today=TODAY))


def the_record(obj: object) -> CheckRecord:
    (found,) = read(obj)
    assert isinstance(found, CheckRecord), found
    return found


def the_code(obj: object) -> str:
    (found,) = read(obj)
    assert isinstance(found, Refusal), found
    assert found.position == 7
    assert found.why
    return found.code


def test_a_plain_review_is_read_whole() -> None:
    record = the_record(review(itemReviewed={"@type": "Claim", "datePublished": "2026-05-20"}))
    assert record.url == "https://factcheck.example.org/2026/lemon"
    assert record.publisher_name == "Bàn A"
    assert record.publisher_site == "example.org"
    assert record.claim == "Nước chanh nóng chữa khỏi ung thư"
    assert record.verdict is Verdict.FALSE
    assert record.verdict_words == "Sai sự thật"
    assert record.language == "vi"
    assert record.claimed_on == dt.date(2026, 5, 20)
    assert record.published_on == dt.date(2026, 5, 26)
    assert record.position == 7


@pytest.mark.parametrize(
    "wrap",
    [
        lambda r: [r],
        lambda r: {"@graph": [{"@type": "WebPage"}, r]},
        lambda r: {"@type": "DataFeedItem", "item": [r]},
        lambda r: {"@type": "DataFeedItem", "item": r},
        lambda r: {**r, "@type": ["ClaimReview", "Review"]},
        lambda r: {**r, "@type": "http://schema.org/ClaimReview"},
        lambda r: {**r, "@context": "http://schema.org"},
        lambda r: {k: v for k, v in r.items() if k != "@context"},
        lambda r: {"@type": "ClaimReview", "properties": r},
        lambda r: {"type": ["https://schema.org/ClaimReview"], "properties": r | {"@type": 0}},
        lambda r: {k if k[0] == "@" else f"https://schema.org/{k}": v for k, v in r.items()},
        lambda r: {k: v if k[0] == "@" else [v] for k, v in r.items()},
        lambda r: {k: {"@value": v} if k in ("name", "claimReviewed") else v for k, v in r.items()},
    ],
)  # fmt: skip
def test_the_same_review_is_read_in_every_wrapping(wrap: object) -> None:
    found = [item for item in read(wrap(review())) if isinstance(item, CheckRecord)]  # type: ignore[operator]
    assert the_record(review()) in found


def test_several_reviews_in_one_item_are_all_read() -> None:
    other = review(claimReviewed="Muối chữa cảm")
    claims = [item.claim for item in read({"item": [review(), other]})]  # type: ignore[union-attr]
    assert claims == ["Nước chanh nóng chữa khỏi ung thư", "Muối chữa cảm"]


@pytest.mark.parametrize(
    ("rating", "words", "verdict"),
    [
        ("False", "False", Verdict.FALSE),
        ({"alternateName": ["Falso", "x"]}, "Falso", Verdict.FALSE),
        ({"alternateName": {"@value": "Vrai", "@language": "fr"}}, "Vrai", Verdict.TRUE),
        ([{"alternateName": "Misleading"}], "Misleading", Verdict.MISSING_CONTEXT),
        ({"properties": {"alternateName": ["True"]}}, "True", Verdict.TRUE),
        ({"name": "Mostly true"}, "Mostly true", Verdict.MOSTLY_TRUE),
        ({"ratingValue": "False"}, "False", Verdict.FALSE),
        ({"alternateName": "Xyzzy", "ratingValue": -1}, "Xyzzy", None),
        ({"alternateName": "Xyzzy", "ratingValue": "1"}, "Xyzzy", Verdict.FALSE),
        ({"ratingValue": 3, "bestRating": "3", "worstRating": 1}, "", Verdict.TRUE),
        ({"alternateName": "Satire", "ratingValue": 1}, "Satire", None),
    ],
)
def test_a_rating_is_read_in_every_shape(
    rating: object, words: str, verdict: Verdict | None
) -> None:
    record = the_record(review(reviewRating=rating))
    assert (record.verdict_words, record.verdict) == (words, verdict)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": None}, Code.URL_MISSING),
        ({"url": 5}, Code.URL_MISSING),
        ({"url": "javascript:alert(1)"}, Code.URL_SCHEME),
        ({"url": "data:text/html,x"}, Code.URL_SCHEME),
        ({"url": "//example.org/x"}, Code.URL_SCHEME),
        ({"url": "https://127.0.0.1/x"}, Code.URL_MALFORMED),
        ({"url": "https://localhost/x"}, Code.URL_MALFORMED),
        ({"url": "https://com.vn/x"}, Code.URL_MALFORMED),
        ({"url": "https://example.org\\@evil.com/"}, Code.URL_MALFORMED),
        ({"url": "https://example.org@evil.com/"}, Code.URL_MALFORMED),
        ({"url": "https://example.org:port/"}, Code.URL_MALFORMED),
        ({"url": "https://[::1/x"}, Code.URL_MALFORMED),
        ({"url": 'https://example.org/"onclick="x'}, Code.URL_MALFORMED),
        ({"url": "https://example.org/<script>"}, Code.URL_MALFORMED),
        ({"url": "https://example.org/" + "a" * 2_000}, Code.URL_TOO_LONG),
        ({"url": "https://evil.com/x"}, Code.URL_ELSEWHERE),
        ({"url": "https://example.org.evil.com/x"}, Code.URL_ELSEWHERE),
        ({"author": {"url": "javascript:alert(1)"}}, Code.URL_SCHEME),
        ({"claimReviewed": None}, Code.CLAIM_MISSING),
        ({"claimReviewed": "<p> </p>"}, Code.CLAIM_MISSING),
        ({"claimReviewed": "a" * 2_001}, Code.CLAIM_TOO_LONG),
        ({"claimReviewed": "<b>" * 100_000}, Code.CLAIM_TOO_LONG),
        ({"reviewRating": None}, Code.VERDICT_MISSING),
        ({"reviewRating": {"ratingValue": -1}}, Code.VERDICT_MISSING),
        ({"reviewRating": "a" * 501}, Code.VERDICT_TOO_LONG),
    ],
)
def test_what_may_not_be_stored_is_refused_with_its_reason(
    changes: dict[str, object], code: Code
) -> None:
    assert the_code(review(**changes)) == code


def test_two_blogs_on_one_platform_are_two_publishers() -> None:
    author = {"@type": "Organization", "url": "https://one.blogspot.com/"}
    assert the_code(review(url="https://two.blogspot.com/x", author=author)) == Code.URL_ELSEWHERE


def test_the_publisher_is_the_host_when_nobody_is_named() -> None:
    for author in (None, {"name": ""}, {"url": "n/a"}, "", []):
        record = the_record(review(author=author))
        assert record.publisher_site == "factcheck.example.org"
        assert record.publisher_name == "factcheck.example.org"


def test_a_publisher_behind_a_reference_is_found() -> None:
    desk = {"@id": "#desk", "@type": "Organization", "name": "Bàn B", "url": "www.example.org"}
    found = read({"@graph": [desk, review(author={"@id": "#desk"})]})
    assert [item.publisher_name for item in found if isinstance(item, CheckRecord)] == ["Bàn B"]


def test_no_person_is_kept() -> None:
    person = {"@type": "Person", "name": "Nguyễn Văn Kín", "url": "https://facebook.com/kin"}
    claim = {"@type": "Claim", "author": person, "datePublished": "2026-01-01"}
    record = the_record(review(author=person, itemReviewed=claim))
    assert "Kín" not in repr(record)
    assert record.publisher_site == "factcheck.example.org"


@pytest.mark.parametrize(
    ("hostile", "text"),
    [
        ("<script>alert(1)</script>ok", "ok"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;ok", "ok"),
        ("&amp;lt;b&amp;gt;ok", "ok"),
        ("ok<<b>script>no", "ok"),
        ("<p>Một</p><p>Hai</p>", "Một Hai"),
        ("<b>Tin</b>, giả", "Tin, giả"),
        ("ok<!-- <b>no</b>", "ok"),
        ("ok <img src=x onerror=alert(1)", "ok < img src=x onerror=alert(1)"),
        ("5 < 6 &amp; 7 > 3", "5 < 6 & 7 > 3"),
        ("a\x00b\u202ec\ud800d", "abcd"),
        ("<sc\u200bript>no</script>ok", "ok"),
        ("AT&amp;T \u2028 x", "AT&T x"),
    ],
)
def test_markup_and_controls_are_taken_out_of_every_text(hostile: str, text: str) -> None:
    desk = {"@type": "Organization", "name": hostile, "url": "https://example.org"}
    record = the_record(
        review(
            claimReviewed=hostile, name=hostile, description=hostile, author=desk,
            reviewRating={"alternateName": hostile},
        )
    )  # fmt: skip
    assert {record.claim, record.title, record.summary} == {text}
    assert {record.publisher_name, record.verdict_words} == {text}


def test_long_titles_and_summaries_are_cut_not_refused() -> None:
    record = the_record(review(name="a" * 9_000, description="b " * 900_000))
    assert (len(record.title), record.title[-1]) == (500, "…")
    assert len(record.summary) == 9_999 + 1


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<a b='", "&amp;", "<![CDATA[", "<svg>", "<?"])
def test_a_million_characters_of_broken_markup_are_read_or_refused(piece: str) -> None:
    hostile = piece * (1_000_000 // len(piece)) + ">"
    assert the_code(review(claimReviewed=hostile)) == Code.CLAIM_TOO_LONG
    assert not MARKUP.search(the_record(review(description=hostile)).summary)


def test_deep_or_vast_json_is_refused() -> None:
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]
    assert the_code({"item": deep}) == Code.TOO_DEEP
    assert the_code({"item": [0] * 100_000}) == Code.TOO_MANY_VALUES


def test_an_active_licence_is_dropped_and_a_named_one_kept() -> None:
    assert the_record(review(sdLicense="javascript:alert(1)")).licence == ""
    assert the_record(review(sdLicense="CC BY 4.0")).licence == "CC BY 4.0"
    licence = {"@type": "CreativeWork", "url": "https://x.org/l?a=1&copy=2"}
    assert the_record(review(sdLicense=licence)).licence == "https://x.org/l?a=1&copy=2"


def test_the_key_is_the_records_own_id_only_when_it_is_of_this_page() -> None:
    url = "https://factcheck.example.org/2026/lemon"
    assert the_record(review(**{"@id": f"{url}#one"})).key == f"{url}#one"
    derived = the_record(review()).key
    for foreign in (
        "#claimreview",
        "https://factcheck.example.org/#r",
        "https://evil.com/2026/lemon#r",
    ):
        assert the_record(review(**{"@id": foreign})).key == derived
    assert the_record(review(claimReviewed="Khác")).key != derived


def test_a_host_in_vietnamese_letters_is_kept_as_ascii() -> None:
    record = the_record(review(url="https://Kiểmchứng.VN/tin-giả", author=None))
    assert record.url == "https://xn--kimchng-2u4c7m.vn/tin-gi%E1%BA%A3"
    assert record.publisher_site == "xn--kimchng-2u4c7m.vn"


def test_what_is_no_claimreview_is_refused() -> None:
    for obj in ({}, [], None, 5, "x", {"@type": "Article"}):
        assert the_code(obj) == Code.NOT_CLAIMREVIEW


@given(json_values | reviews_like)
def test_no_json_raises_or_yields_markup(obj: object) -> None:
    for found in read(obj):
        if isinstance(found, CheckRecord):
            kept = (found.claim, found.title, found.summary, found.verdict_words)
            every = (*kept, found.publisher_name, found.licence, found.key, found.url)
            assert not any(MARKUP.search(text) or UNSEEN.search(text) for text in every)
            assert found.url.startswith(("https://", "http://"))
            assert read(claimreview_of(found)) == [found]
        else:
            assert found.code in set(Code)
            assert not UNSEEN.search(found.excerpt)
            assert len(found.excerpt) <= 200


@given(records)
def test_what_is_written_is_read_back_equal(record: CheckRecord) -> None:
    obj = json.loads(json.dumps(claimreview_of(record)))
    assert read(obj) == [record]


def test_what_google_requires_is_written() -> None:
    obj = claimreview_of(the_record(review()))
    assert {"@context", "@type", "claimReviewed", "reviewRating", "url"} <= obj.keys()
    assert obj["author"] == {
        "@type": "Organization", "name": "Bàn A", "url": "https://example.org",
    }  # fmt: skip
    rating = obj["reviewRating"]
    assert isinstance(rating, dict)
    assert rating["alternateName"] == "Sai sự thật"
    assert (rating["worstRating"], rating["ratingValue"], rating["bestRating"]) == (1, 1, 5)
    assert "" not in obj.values()
