"""What hypothesis draws: hostile JSON, and records that a reader could have yielded."""

import datetime as dt

from hypothesis import strategies as st

from soi.core.formats import CheckRecord, Verdict
from soi.core.formats.admission import CLAIM_LIMIT, NAME_LIMIT, derived_key
from soi.core.formats.dates import EARLIEST
from soi.core.formats.plain import plain_line

TODAY = dt.date(2026, 11, 23)

nasty = st.sampled_from(
    [
        "<script>",
        "</script>",
        "&lt;",
        "&amp;",
        "<!--",
        "-->",
        "<b",
        ">",
        "\x00",
        "\u202e",
        "\ud800",
        "javascript:alert(1)",
        "https://a.example.org/x",
        "=1+1",
        "{{7*7}}",
        "]]>",
        "'",
        '"',
        "😀",
    ]
)
texts = st.lists(st.one_of(nasty, st.text(max_size=12)), max_size=8).map("".join)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@type",
                    "@graph",
                    "item",
                    "url",
                    "claimReviewed",
                    "author",
                    "reviewRating",
                    "name",
                    "alternateName",
                    "ratingValue",
                    "itemReviewed",
                    "datePublished",
                    "properties",
                    "@value",
                    "@id",
                    "inLanguage",
                    "identifier",
                    "propertyID",
                    "value",
                    "publisher",
                    "description",
                    "headline",
                    "sdLicense",
                    "bestRating",
                    "worstRating",
                    "dateModified",
                ]
            )
            | texts,
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def _review_like(draw: st.DrawFn) -> dict[str, object]:
    """Nearly right, so that many get as far as a record."""
    fields = {
        "url": st.just("https://check.example.org/a") | texts,
        "claimReviewed": texts,
        "reviewRating": st.fixed_dictionaries({"alternateName": texts | json_values}) | json_values,
        "author": st.just({"url": "https://example.org", "name": "Desk"}) | json_values,
        "name": texts | json_values,
        "description": texts | json_values,
        "sdLicense": texts | json_values,
        "inLanguage": texts | json_values,
        "datePublished": texts | json_values,
        "itemReviewed": json_values,
    }
    return {"@type": "ClaimReview", **draw(st.fixed_dictionaries(fields))}


reviews_like = st.composite(_review_like)()

plain_texts = texts.map(plain_line)
dates = st.none() | st.dates(EARLIEST, TODAY)
pages = st.sampled_from(
    [
        "https://desk.example.org/",
        "http://www.example.org:8080/a?b=1&copy=2#c",
        "https://xn--t-rua.vn/x",
    ]
)
SITES = {
    "https://desk.example.org/": ["desk.example.org", "example.org"],
    "http://www.example.org:8080/a?b=1&copy=2#c": ["example.org", "other.example.org"],
    "https://xn--t-rua.vn/x": ["xn--t-rua.vn"],
}


def _record(draw: st.DrawFn) -> CheckRecord:
    url = draw(pages)
    site = draw(st.sampled_from(SITES[url]))
    claim = draw(plain_texts.filter(bool))[:CLAIM_LIMIT]
    verdict = draw(st.none() | st.sampled_from(Verdict))
    words = (
        st.sampled_from(["False", "Sai sự thật", "=HYPERLINK(1)", "Satire", "'=x"]) | plain_texts
    )
    key = draw(st.none() | st.sampled_from(["a-1", "https://x.org/?a=1&copy=2", "-5", "'", "@k"]))
    return CheckRecord(
        key=key or derived_key(url, claim),
        url=url,
        publisher_name=draw(plain_texts)[:NAME_LIMIT].strip() or site,
        publisher_site=site,
        claim=claim,
        title=draw(plain_texts),
        summary=draw(plain_texts),
        verdict=verdict,
        verdict_words=draw(words if verdict else words.filter(bool)),
        language=draw(st.sampled_from(["vi", "en", "fil", ""])),
        claimed_on=draw(dates),
        published_on=draw(dates),
        modified_on=draw(dates),
        licence=draw(st.sampled_from(["", "CC BY 4.0", "https://x.org/l?a=1&b=2", "+1", "-"])),
    )


records = st.composite(_record)()
