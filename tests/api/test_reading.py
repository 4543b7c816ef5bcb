"""What another site or newsroom reads of a desk: checks, editions, corrections, names, notices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from checking_desk import WORDING, CheckingDesk
from django.test import Client
from factories import declare, store_check
from zeal import zeal_context

from soi.claims.models import Check
from soi.core.formats import HoldingKind, Verdict

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.SOI_BASE_URL = "https://desk.example"


@pytest.fixture
def desk() -> CheckingDesk:
    return CheckingDesk()


def get(client: Client, path: str, **asked: Any) -> Any:
    response = client.get(f"{API}/{path}", asked)
    assert response.status_code == 200, response.content
    return response.json()


def claims_of(found: Any) -> list[str]:
    return [each["claim"] for each in found["items"]]


def test_checks_come_by_what_is_asked_for(client: Client, desk: CheckingDesk) -> None:
    number = desk.published()
    store_check("Cầu Bến Sậy mở lại ngày mai.", Verdict.TRUE, language="vi")
    store_check("The bridge at Ben Say is closed.", Verdict.FALSE, language="en")

    everything = get(client, "checks")
    assert len(everything["items"]) == 3
    assert everything["next_cursor"] is None
    assert claims_of(get(client, "checks", verdict="true")) == ["Cầu Bến Sậy mở lại ngày mai."]
    assert claims_of(get(client, "checks", language="en")) == ["The bridge at Ben Say is closed."]
    assert claims_of(get(client, "checks", q="mở lại")) == ["Cầu Bến Sậy mở lại ngày mai."]
    assert claims_of(get(client, "checks", topic="disaster")) == [WORDING]
    assert claims_of(get(client, "checks", topic="health")) == []
    assert claims_of(get(client, "checks", by="desk")) == [WORDING]
    assert len(get(client, "checks", publisher="https-is-no-site")["items"]) == 0
    assert claims_of(get(client, "checks", publisher="desk.example")) == [WORDING]
    [own] = get(client, "checks", by="desk")["items"]
    assert own["claim_number"] == number
    assert own["page"] == f"https://desk.example/claims/{number}/"


def test_a_list_is_read_to_its_end_while_checks_come_in(client: Client) -> None:
    for number in range(7):
        store_check(f"Điều số {number}.")
    read: list[str] = []
    cursor = ""
    while cursor is not None:
        page = get(client, "checks", limit=2, cursor=cursor)
        read += claims_of(page)
        cursor = page["next_cursor"]
        store_check(f"Tin mới thứ {len(read)}.")
    assert read == [f"Điều số {number}." for number in range(6, -1, -1)]


def test_a_copy_is_kept_up_to_date_by_what_changed(client: Client) -> None:
    for number in range(5):
        store_check(f"Điều số {number}.")
    first = Check.objects.order_by("pk").first()
    assert first is not None
    since = "2026-01-01T00:00:00+07:00"
    page = get(client, "checks", changed_since=since, limit=3)
    assert claims_of(page) == [f"Điều số {number}." for number in range(3)]
    store_check("Điều số 0.", Verdict.TRUE)  # it changes after it was read
    rest = get(client, "checks", changed_since=since, limit=3, cursor=page["next_cursor"])
    assert claims_of(rest) == ["Điều số 3.", "Điều số 4.", "Điều số 0."]
    last = rest["items"][-1]["changed_at"]
    again = get(client, "checks", changed_since=last)
    assert claims_of(again) == ["Điều số 0."]
    assert again["items"][0]["verdict"] == "true"


def test_a_check_shows_its_editions_also_when_it_is_withdrawn(
    client: Client, desk: CheckingDesk
) -> None:
    number = desk.published()
    desk.correct(number)
    [listed] = get(client, "checks")["items"]
    check = get(client, f"checks/{listed['ref']}")
    assert [each["number"] for each in check["editions"]] == [2, 1]
    newest = check["editions"][0]
    assert newest["correction_note"] == "Thêm số liệu của ngày 30-11."

    whole = get(client, f"editions/{number}/1")
    assert (whole["is_newest"], whole["last_number"]) == (False, 2)
    assert len(whole["sources"]) == 2
    assert (whole["written_by"], whole["approved_by"]) == ("An", ["Bình"])
    record = client.get(whole["record"].removeprefix("https://desk.example")).content
    import hashlib

    assert hashlib.sha256(record).hexdigest() == whole["digest"]

    desk.withdraw(number)
    assert client.get(f"{API}/checks/{listed['ref']}").status_code == 404
    assert [e["kind"] for e in get(client, f"editions/{number}")["editions"]] == [
        "withdrawal",
        "update",
        "first",
    ]


def test_corrections_are_read_by_kind_and_page_by_page(client: Client, desk: CheckingDesk) -> None:
    number = desk.published()
    for count in range(3):
        desk.correct(number, note=f"Thêm số liệu lần {count}.")
    desk.withdraw(number)
    kinds, cursor = [], ""
    while cursor is not None:
        page = get(client, "corrections", limit=2, cursor=cursor)
        kinds += [each["kind"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert kinds == ["withdrawal", "update", "update", "update"]
    assert len(get(client, "corrections", kind="withdrawal")["items"]) == 1
    assert get(client, "corrections", since="2999-01-01T00:00:00Z")["items"] == []
    assert get(client, "corrections", language="en")["items"] == []


def test_what_was_whose_is_said_for_any_day(client: Client) -> None:
    declare(HoldingKind.DOMAIN, "hoamai.example", valid_from=dt.date(2020, 1, 1))
    declare(
        HoldingKind.DOMAIN,
        "hoamai-cu.example",
        valid_from=dt.date(2015, 1, 1),
        valid_to=dt.date(2021, 12, 31),
    )
    [listed] = get(client, "organisations", q="hoa mai")["items"]
    assert (listed["slug"], listed["holdings"]) == ("hoamaibank", 2)

    def owned(**asked: str) -> dict[str, str]:
        found = get(client, "organisations/hoamaibank", **asked)
        return {each["value"]: each["standing"] for each in found["owns"]}

    assert owned(on="2021-06-01") == {"hoamai-cu.example": "official", "hoamai.example": "official"}
    assert owned(on="2018-06-01") == {"hoamai-cu.example": "official", "hoamai.example": "coming"}
    assert owned() == {"hoamai-cu.example": "ended", "hoamai.example": "official"}
    assert owned(standing="official") == {"hoamai.example": "official"}


def test_the_directory_is_read_page_by_page(client: Client) -> None:
    for slug in ("ca", "ab", "bb", "ac"):
        declare(HoldingKind.DOMAIN, f"{slug}.example", organisation=slug, name=slug)
    slugs, cursor = [], ""
    while cursor is not None:
        page = get(client, "organisations", limit=3, cursor=cursor)
        slugs += [each["slug"] for each in page["items"]]
        cursor = page["next_cursor"]
        declare(HoldingKind.DOMAIN, "aa.example", organisation="aa", name="aa")
    assert slugs == ["ab", "ac", "bb", "ca"]


@pytest.mark.parametrize(
    "path",
    ["checks", "corrections", "organisations", "notices", "organisations/hoamaibank"],
)
def test_who_has_it_already_is_told_so(client: Client, desk: CheckingDesk, path: str) -> None:
    declare(HoldingKind.DOMAIN, "hoamai.example")
    number = desk.published()
    first = client.get(f"{API}/{path}")
    assert first["Cache-Control"].startswith("public, ")
    assert not first.cookies
    assert first["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"{API}/{path}", headers={"if-none-match": f'W/"x", {first["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    desk.correct(number)
    declare(HoldingKind.DOMAIN, "hoamai2.example")
    changed = client.get(f"{API}/{path}", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == (304 if path == "notices" else 200)


def test_an_edition_says_when_it_was_published(client: Client, desk: CheckingDesk) -> None:
    number = desk.published()
    response = client.get(f"{API}/editions/{number}/1")
    at = dt.datetime.fromisoformat(response.json()["published_at"])
    said = dt.datetime.strptime(response["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT")  # noqa: DTZ007
    assert said == at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)


def test_it_can_be_asked_for_its_head_and_by_no_other_method(client: Client) -> None:
    assert client.head(f"{API}/checks")["ETag"] == client.get(f"{API}/checks")["ETag"]
    for method in ("post", "put", "patch", "delete", "options"):
        refused = getattr(client, method)(f"{API}/checks")
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
        assert refused.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("checks?cursor=x", 422, "cursor_invalid"),
        ("checks?cursor=bnVsbA==", 422, "cursor_invalid"),
        ("checks?cursor=" + "W" * 500, 422, "cursor_invalid"),
        ("checks?cursor=" + "W" * 501, 422, "request_invalid"),
        ("checks?limit=0", 422, "request_invalid"),
        ("checks?limit=101", 422, "request_invalid"),
        ("checks?limit=many", 422, "request_invalid"),
        ("checks?verdict=wrong", 422, "request_invalid"),
        ("checks?changed_since=2026-01-01", 422, "request_invalid"),
        ("checks?changed_since=2026-01-01T00:00:00", 422, "request_invalid"),
        ("checks?changed_since=9999-12-31T23:59:59-12:00", 422, "request_invalid"),
        ("checks?changed_since=0001-01-01T00:00:00%2B12:00", 422, "request_invalid"),
        ("checks/0", 404, "check_unknown"),
        ("checks/99999999999999999999", 404, "check_unknown"),
        ("checks/x", 404, "address_unknown"),
        ("editions/1", 404, "edition_unknown"),
        ("editions/1/99999999999999999999", 404, "edition_unknown"),
        ("organisations/nobody", 404, "organisation_unknown"),
        ("organisations/hoamaibank?on=2026-02-30", 422, "request_invalid"),
        ("notices/99999999999999999999", 404, "notice_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code(
    client: Client, path: str, status: int, code: str
) -> None:
    response = client.get(f"{API}/{path}")
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response["Cache-Control"] == "no-store"
    if code == "request_invalid":
        name = path.partition("?")[2].partition("=")[0]
        assert response.json()["error"]["why"].startswith(f"{name}: ")


def test_a_cursor_is_of_one_list_and_its_filters(client: Client) -> None:
    for number in range(3):
        store_check(f"Điều số {number}.")
    cursor = get(client, "checks", limit=1)["next_cursor"]
    for path, asked in (("checks", {"verdict": "false"}), ("notices", {}), ("organisations", {})):
        refused = client.get(f"{API}/{path}", {"cursor": cursor, **asked})
        assert refused.json()["error"]["code"] == "cursor_invalid"
    assert len(get(client, "checks", limit=50, cursor=cursor)["items"]) == 2


def test_hostile_text_finds_nothing(client: Client) -> None:
    store_check("Điều số 1.")
    for text in ("\0", "%", "_", "' OR 1=1 --", "\ud7ff" * 150, "\\"):
        found = client.get(f"{API}/checks", {"q": text, "language": text, "publisher": text})
        assert found.status_code == 200
        assert text == "\0" or found.json()["items"] == []


def test_readers_are_counted_apart_from_those_who_ask(client: Client, settings: Any) -> None:
    settings.SOI_READS_PER_MINUTE = 2
    statuses = [client.get(f"{API}/checks").status_code for _ in range(4)]
    assert statuses[:2] == [200, 200]
    # A minute may turn between two calls: then one more is let in.
    assert 429 in statuses
    refused = next(
        r for r in (client.get(f"{API}/notices") for _ in range(3)) if r.status_code > 400
    )
    assert 0 < int(refused["Retry-After"]) <= 60
    assert client.post("/", {"message": "tin"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["checks?limit=100", "checks?limit=100&topic=disaster", "corrections?limit=100",
     "organisations?limit=100", "organisations/hoamaibank", "notices?limit=100"],
)  # fmt: skip
def test_a_full_page_asks_little_of_the_database(
    client: Client, desk: CheckingDesk, path: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        claim = desk.published(f"Điều số {number} đã xảy ra ngày 28-11.")
        desk.correct(claim)
        declare(HoldingKind.DOMAIN, f"hoamai{number}.example")
        declare(HoldingKind.DOMAIN, f"x{number}.example", organisation=f"x{number}", name="x")
    with django_assert_max_num_queries(8), zeal_context():
        assert client.get(f"{API}/{path}").status_code == 200
    [first, *_] = get(client, "checks")["items"]
    for each in (f"checks/{first['ref']}", f"editions/{claim}", f"editions/{claim}/1"):
        with django_assert_max_num_queries(9), zeal_context():
            assert client.get(f"{API}/{each}").status_code == 200
