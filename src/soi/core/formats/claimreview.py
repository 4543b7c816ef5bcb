"""Read schema.org ClaimReview as strangers publish it, and write it as Google documents it.

In: parsed JSON-LD of any shape, from an open feed that anybody may write to. Out: a `CheckRecord`
or a `Refusal` for each ClaimReview in it. Who made the claim is never read (charter C4), and
neither is the name of a person who wrote the check: a publisher is an organisation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlsplit

from soi.core.formats import jsonld
from soi.core.formats.admission import Draft, RefusedError, admit, derived_key
from soi.core.formats.codes import Code
from soi.core.formats.dates import read_date
from soi.core.formats.hosts import UnusableUrlError, ascii_host, web_url
from soi.core.formats.jsonld import Document, Object
from soi.core.formats.records import CheckRecord, Refusal, Verdict
from soi.core.formats.verdicts import RATINGS, number_of, verdict_of
from soi.core.suffixes import registrable

CONTEXT = "https://schema.org"
KEY_NAME = "soi-key"
"""The `propertyID` under which a key that is no URL travels."""
VERDICT_NAME = "soi-verdict"
"""The `propertyID` under which the desk's own verdict travels inside the Rating, so that reading
back never depends on the words; "none" says that nothing was judged."""
NO_VERDICT = "none"
WORST, BEST = 1, 5


def read_claimreview(
    obj: object, *, position: int, today: dt.date | None = None
) -> Iterator[CheckRecord | Refusal]:
    """Yield a record or a refusal for every ClaimReview in one parsed JSON-LD value.

    An object without any gives one refusal. `today` bounds plausible dates (default: today, UTC).
    Never raises, whatever JSON holds.
    """
    try:
        document = Document(obj)
    except RefusedError as error:
        yield error.refusal(position)
        return
    day = today or dt.datetime.now(dt.UTC).date()
    found = False
    for review in document.of_type("ClaimReview"):
        found = True
        yield _read_one(document, review, position, day)
    if not found:
        yield Refusal(position, Code.NOT_CLAIMREVIEW, "There is no ClaimReview in this record.")


def _read_one(
    document: Document, review: Object, position: int, today: dt.date
) -> CheckRecord | Refusal:
    try:
        return admit(_draft(document, review, today), position)
    except RefusedError as error:
        return error.refusal(position)


def _draft(document: Document, review: Object, today: dt.date) -> Draft:
    url = jsonld.link(review, "url")
    name, publisher_url = _publisher(document, review, url)
    words, verdict = _verdict(document, review)
    claims = document.objects(review, "itemReviewed")
    claimed_on = jsonld.scalar(claims[0], "datePublished") if claims else None
    return Draft(
        url=url,
        key=_key(review, url),
        publisher_name=name,
        publisher_url=publisher_url,
        claim=jsonld.text(review, "claimReviewed"),
        title=jsonld.text(review, "name", "headline"),
        summary=jsonld.text(review, "description", "reviewBody"),
        verdict=verdict,
        verdict_words=words,
        language=_language(review),
        claimed_on=read_date(claimed_on, today=today),
        published_on=read_date(jsonld.scalar(review, "datePublished"), today=today),
        modified_on=read_date(jsonld.scalar(review, "dateModified"), today=today),
        licence=jsonld.link(review, "sdLicense", "license"),
    )


def _publisher(document: Document, review: Object, url: str) -> tuple[str, str]:
    """Return the name and address of the organisation that publishes the review."""
    for role in ("author", "publisher"):
        for party in document.objects(review, role):
            if "Person" not in jsonld.types_of(party):
                return jsonld.text(party, "name"), _site_url(jsonld.link(party, "url"))
        for name in jsonld.values(review, role):
            if isinstance(name, str) and name.strip():
                return name, ""
    return "", ""


def _site_url(text: str) -> str:
    """Return a publisher's address; "www.example.org" without a scheme is one, "n/a" is none."""
    if not text or "://" in text:
        return text
    host, colon, rest = text.partition("/")[0].partition(":")
    if colon and not rest.isdecimal():
        return text  # javascript: and its kind: left as it is, to be refused
    bare = ascii_host(host)
    return f"https://{text}" if bare and registrable(bare) else ""


def _verdict(document: Document, review: Object) -> tuple[str, Verdict | None]:
    ratings = document.objects(review, "reviewRating")
    if not ratings:
        words = jsonld.text(review, "reviewRating")
        return words, verdict_of(words)
    rating = ratings[0]
    value = jsonld.scalar(rating, "ratingValue")
    words = jsonld.text(rating, "alternateName", "name", "@value")
    if not words and isinstance(value, str) and number_of(value) is None:
        words = value
    declared = _declared(rating, VERDICT_NAME)
    if declared == NO_VERDICT:
        return words, None
    if declared in set(Verdict):
        return words, Verdict(declared)
    worst, best = jsonld.scalar(rating, "worstRating"), jsonld.scalar(rating, "bestRating")
    return words, verdict_of(words, value, worst, best)


def _language(review: Object) -> str:
    for value in jsonld.values(review, "inLanguage"):
        if isinstance(value, dict):
            value = value.get("alternateName", value.get("@value"))
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _key(review: Object, url: str) -> str:
    """Return the review's own identity: what Soi wrote, or an absolute `@id` of this very page.

    Other ids are not believed: content systems give all their reviews "#claimreview" or one id on
    the home page, and then one check would overwrite the other.
    """
    if declared := _declared(review, KEY_NAME):
        return declared
    name = review.get("@id")
    if isinstance(name, str) and url and name != url and _same_page(name, url):
        return name
    return ""


def _same_page(name: str, url: str) -> bool:
    try:
        web_url(name)
        one, other = urlsplit(name), urlsplit(url)
    except (UnusableUrlError, ValueError):
        return False
    return one.path not in ("", "/") and one[:4] == other[:4]


def _declared(node: Object, property_id: str) -> str:
    for value in jsonld.values(node, "identifier"):
        if isinstance(value, dict) and value.get("propertyID") == property_id:
            found = value.get("value")
            return found if isinstance(found, str) else ""
    return ""


def claimreview_of(record: CheckRecord) -> dict[str, object]:
    """Return the JSON-LD of a check: what Google requires and recommends, and nothing empty.

    `read_claimreview` gives the equal record back. The page's text and this must agree; embed it
    with `script_json`.
    """
    obj: dict[str, object] = {
        "@context": CONTEXT,
        "@type": "ClaimReview",
        "url": record.url,
        "claimReviewed": record.claim,
        "author": {
            "@type": "Organization",
            "name": record.publisher_name,
            "url": f"https://{record.publisher_site}",
        },
        "reviewRating": _rating_of(record),
        **_optional_of(record),
    }
    if record.claimed_on:
        obj["itemReviewed"] = {"@type": "Claim", "datePublished": record.claimed_on.isoformat()}
    if record.key != derived_key(record.url, record.claim):
        obj["identifier"] = _property_value(KEY_NAME, record.key)
    return obj


def _optional_of(record: CheckRecord) -> dict[str, object]:
    found = {
        "name": record.title,
        "description": record.summary,
        "inLanguage": record.language,
        "datePublished": record.published_on and record.published_on.isoformat(),
        "dateModified": record.modified_on and record.modified_on.isoformat(),
        "sdLicense": record.licence,
    }
    return {name: value for name, value in found.items() if value}


def _rating_of(record: CheckRecord) -> dict[str, object]:
    rating: dict[str, object] = {"@type": "Rating"}
    if record.verdict_words:
        rating["alternateName"] = record.verdict_words
    if record.verdict and (number := RATINGS.get(record.verdict)):
        rating |= {"ratingValue": number, "bestRating": BEST, "worstRating": WORST}
    rating["identifier"] = _property_value(VERDICT_NAME, record.verdict or NO_VERDICT)
    return rating


def _property_value(name: str, value: str) -> dict[str, object]:
    return {"@type": "PropertyValue", "propertyID": name, "value": str(value)}
