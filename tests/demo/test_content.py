"""The demonstration desk's content: well formed, wholly invented, and unable to reach anybody."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import itertools
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from soi.core.formats import (
    CheckRecord,
    HoldingRecord,
    Refusal,
    ScamListFormat,
    ScamRecord,
    detect_scamlist,
    read_jsonl,
    read_register_csv,
    read_scamlist,
)
from soi.core.text.split import split

CONTENT = files("soi") / "demo" / "content"  # importing soi.demo would need Django set up
FILES = ("checks.jsonl", "register.csv", "scams.csv", "scams.json", "messages.json")

CHECK_KEYS = [
    "id", "url", "publisher_name", "publisher_site", "claim", "title", "summary", "verdict",
    "verdict_words", "language", "claimed_on", "published_on", "modified_on", "licence",
]  # fmt: skip
REGISTER_COLUMNS = [
    "organisation", "name", "name_en", "kind", "platform", "value", "bank", "aliases",
    "valid_from", "valid_to", "compromised_from", "verified_on", "note",
]  # fmt: skip
# One column a kind, each row filling one, as the reader of lists expects it.
SCAM_KINDS = ["host", "url", "phone", "bank_account", "email"]
VERDICT_WORDS = {
    ("vi", "true"): "Đúng",
    ("vi", "mostly_true"): "Phần lớn đúng",
    ("vi", "missing_context"): "Thiếu bối cảnh",
    ("vi", "false"): "Sai",
    ("vi", "unproven"): "Chưa đủ chứng cứ",
    ("en", "true"): "True",
    ("en", "mostly_true"): "Mostly true",
    ("en", "missing_context"): "Missing context",
    ("en", "false"): "False",
    ("en", "unproven"): "Unproven",
}
FIRST_DAY, LAST_DAY = dt.date(2026, 1, 1), dt.date(2026, 11, 19)

# RFC 2606 keeps these from ever being delegated: a reader who taps a link of the demonstration
# must arrive nowhere.
RESERVED_HOST = re.compile(r"(?:[^\s./@:]+\.)+(?:example|test|invalid)")
# Vietnam reserves no numbers for fiction, so the content keeps to these few blocks of zeros.
RESERVED_PHONE = re.compile(r"09000000\d\d|1[89]00000\d")
RESERVED_BANK_ACCOUNT = re.compile(r"0000(?:1234|9999)\d{4}")

HOST_LIKE = re.compile(r"[^\W_][\w-]*(?:\.[^\W_][\w-]*)*\.[^\W\d_]{2,}")
LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){7,}")
DAY = re.compile(r"\d{1,4}-\d{1,2}-\d{2,4}")
REAL_NAMES = re.compile(
    r"\b(?:vietcombank|vcb|bidv|techcombank|mb|mbbank|vpbank|agribank|momo|vietinbank|sacombank|acb"
    r"|tpbank|vnpay|zalopay|viettel|vinaphone|mobifone|vnpt|evn|shopee|lazada|vneid)\b"
)


def text_of(name: str) -> str:
    return (CONTENT / name).read_text(encoding="utf-8")


def stream_of(name: str) -> io.BytesIO:
    return io.BytesIO((CONTENT / name).read_bytes())


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(name)), strict=True))


CHECKS: list[dict[str, Any]] = [json.loads(line) for line in text_of("checks.jsonl").splitlines()]
HOLDINGS = table("register.csv")
SCAM_ROWS = table("scams.csv")
SCAMS = [
    {"kind": kind, "value": row[kind], "listed_on": row["listed_on"]}
    for row in SCAM_ROWS
    for kind in SCAM_KINDS
    if row[kind]
]
MESSAGES: list[dict[str, str]] = json.loads(text_of("messages.json"))


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def folded(text: str) -> str:
    marked = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def prose() -> Iterator[tuple[str, str]]:
    """Every text that a reader of the demonstration sees, with the name of its place."""
    for check in CHECKS:
        for key in ("publisher_name", "claim", "title", "summary"):
            yield f"{check['id']}.{key}", check[key]
    for holding in HOLDINGS:
        for key in ("name", "name_en", "note"):
            yield f"{holding['organisation']}.{key}", holding[key]
    for message in MESSAGES:
        for key in ("label_vi", "label_en", "text"):
            yield f"{message['id']}.{key}", message[key]


def hosts_in(text: str) -> list[str]:
    return HOST_LIKE.findall(text.replace("[.]", "."))


def long_numbers_in(text: str) -> list[str]:
    found = LONG_NUMBER.findall(DAY.sub("", text))
    return [re.sub(r"\D", "", number) for number in found]


def values(rows: list[dict[str, str]], kind: str) -> set[str]:
    return {row["value"] for row in rows if row["kind"] == kind}


# Shape


def test_every_check_has_exactly_the_keys_of_the_format() -> None:
    assert [check["id"] for check in CHECKS if list(check) != CHECK_KEYS] == []


def test_the_csv_columns_are_exact_and_every_row_is_full() -> None:
    for name, columns in (
        ("register.csv", REGISTER_COLUMNS),
        ("scams.csv", [*SCAM_KINDS, "listed_on"]),
    ):
        header, *rows = csv.reader(io.StringIO(text_of(name)), strict=True)
        assert header == columns
        assert {len(row) for row in rows} == {len(columns)}


def test_every_row_of_the_scam_list_names_one_thing() -> None:
    assert len(SCAMS) == len(SCAM_ROWS)
    assert [sum(map(bool, row.values())) for row in SCAM_ROWS] == [2] * len(SCAM_ROWS)


def test_the_scam_list_says_what_it_is() -> None:
    description = json.loads(text_of("scams.json"))
    assert list(description) == ["name", "url", "licence", "fetched_on"]
    assert all(description.values())
    listed = [day(row["listed_on"]) for row in SCAMS]
    assert all(on and on <= dt.date.fromisoformat(description["fetched_on"]) for on in listed)


def test_every_message_has_its_labels_and_language() -> None:
    for message in MESSAGES:
        assert list(message) == ["id", "label_vi", "label_en", "language", "text"]
        assert message["language"] in {"vi", "en"}
        assert 2 <= len(message["label_en"].split()) <= 5
        assert 2 <= len(message["label_vi"].split()) <= 5


def test_nothing_stands_twice() -> None:
    for values_ in (
        [check["id"] for check in CHECKS],
        [check["url"] for check in CHECKS],
        [check["claim"] for check in CHECKS],
        [message["id"] for message in MESSAGES],
        [(row["kind"], row["value"]) for row in SCAMS],
        [(h["kind"], h["platform"], h["value"].casefold()) for h in HOLDINGS],
    ):
        assert [value for value, times in Counter(values_).items() if times > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_text_is_composed_utf8_without_stray_white_space(name: str) -> None:
    text = text_of(name)
    assert unicodedata.is_normalized("NFC", text)
    assert text.endswith("\n")
    assert not re.search(r"[\t\r\u00a0\u200b\ufeff]| \n", text)


def test_no_text_has_doubled_or_outer_spaces() -> None:
    for place, text in prose():
        assert text == text.strip(), place
        assert "  " not in text, place


# Enough, and of every sort


def test_there_is_enough_to_try_out() -> None:
    languages = Counter(check["language"] for check in CHECKS)
    assert set(languages) == {"vi", "en"}
    assert languages["vi"] >= 40
    assert languages["en"] >= 15
    assert len({holding["organisation"] for holding in HOLDINGS}) >= 12
    assert len(SCAMS) >= 35
    assert len(MESSAGES) >= 13


def test_not_everything_is_false() -> None:
    verdicts = Counter(check["verdict"] for check in CHECKS)
    assert set(verdicts) == {verdict for _, verdict in VERDICT_WORDS}
    assert min(verdicts.values()) >= 2
    assert verdicts["true"] >= 15
    assert verdicts["false"] <= 0.6 * len(CHECKS)


def test_verdict_words_are_the_publishers_language() -> None:
    for check in CHECKS:
        assert check["verdict_words"] == VERDICT_WORDS[check["language"], check["verdict"]]


def test_titles_begin_with_the_verdict_when_they_name_one() -> None:
    for check in CHECKS:
        said, colon, _ = check["title"].partition(":")
        if colon and said in VERDICT_WORDS.values():
            assert said == check["verdict_words"], check["id"]


def test_a_summary_is_two_to_four_sentences() -> None:
    for check in CHECKS:
        sentences = re.findall(r"[.!?][”\")]?(?=\s+[A-ZÀ-ỸĐ“\d]|$)", check["summary"])
        assert 2 <= len(sentences) <= 4, (check["id"], len(sentences))


def test_vietnamese_is_written_with_its_marks_and_english_without() -> None:
    for check in CHECKS:
        body = check["claim"] + check["title"] + check["summary"]
        marked = sum(folded(letter) != letter.casefold() for letter in body) / len(body)
        assert marked > 0.12 if check["language"] == "vi" else marked < 0.01, check["id"]


def test_there_are_pairs_that_only_a_number_place_or_polarity_tells_apart() -> None:
    pairs = [
        (one["id"], other["id"])
        for one, other in itertools.combinations(CHECKS, 2)
        if one["language"] == other["language"]
        and one["verdict"] != other["verdict"]
        and likeness(one["claim"], other["claim"]) > 0.85
    ]
    assert len(pairs) >= 8


# Dates


def test_the_dates_of_a_check_stand_in_order() -> None:
    for check in CHECKS:
        dates = [day(check[key]) for key in ("claimed_on", "published_on", "modified_on")]
        known = [date for date in dates if date]
        assert dates[0] is not None
        assert dates[1] is not None
        assert known == sorted(known), check["id"]
        assert FIRST_DAY <= known[0] <= known[-1] <= LAST_DAY, check["id"]
    assert any(check["modified_on"] for check in CHECKS)


def test_the_dates_of_a_holding_stand_in_order() -> None:
    for holding in HOLDINGS:
        start, end, lost, verified = (
            day(holding[key])
            for key in ("valid_from", "valid_to", "compromised_from", "verified_on")
        )
        assert start is not None
        assert verified is not None
        assert start <= verified <= LAST_DAY
        assert end is None or start <= end
        assert lost is None or start <= lost <= LAST_DAY
        # What is retired or taken over can no longer be proved.
        assert verified <= min(end or LAST_DAY, lost or LAST_DAY)


# The register and the list show what they are there to show


def test_every_organisation_has_five_to_nine_holdings_and_one_description() -> None:
    for slug, rows in itertools.groupby(HOLDINGS, key=lambda holding: holding["organisation"]):
        mine = list(rows)
        assert 5 <= len(mine) <= 9, slug
        assert len({(h["name"], h["name_en"], h["aliases"]) for h in mine}) == 1, slug
        assert re.fullmatch(r"[a-z0-9-]+", slug)
        assert all(re.fullmatch(r"[a-z0-9]{3,}", alias) for alias in mine[0]["aliases"].split("|"))


def test_rows_of_an_organisation_stand_together() -> None:
    runs = [slug for slug, _ in itertools.groupby(h["organisation"] for h in HOLDINGS)]
    assert len(runs) == len(set(runs))


def test_the_register_shows_each_state_in_time() -> None:
    assert any(day(h["valid_to"]) and h["valid_to"] < "2026-11-01" for h in HOLDINGS)
    assert any(h["compromised_from"] and h["kind"] == "account" for h in HOLDINGS)
    kinds = {h["kind"] for h in HOLDINGS}
    assert kinds == {"domain", "account", "phone", "email", "bank_account", "app"}


def test_an_official_domain_resembles_another_organisations() -> None:
    owned = [(h["organisation"], h["value"]) for h in HOLDINGS if h["kind"] == "domain"]
    alike = [
        (one, other)
        for (owner, one), (stranger, other) in itertools.combinations(owned, 2)
        if owner != stranger and likeness(one, other) > 0.95
    ]
    assert alike == [("songxanhbank.example", "songxanhban.example")]


def test_exactly_one_official_host_is_listed_as_a_scam_by_mistake() -> None:
    assert values(HOLDINGS, "domain") & values(SCAMS, "host") == {"capnuocsongxanh.example"}
    for kind in ("phone", "email", "bank_account"):
        assert not values(HOLDINGS, kind) & values(SCAMS, kind)
    assert any("capnuocsongxanh.example" in message["text"] for message in MESSAGES)


def test_the_links_of_the_messages_reach_official_listed_and_unlisted_names() -> None:
    seen = {host for message in MESSAGES for host in hosts_in(message["text"])}
    official, listed = values(HOLDINGS, "domain"), values(SCAMS, "host")
    assert "songxanhbank-vn.test" in seen & listed
    assert seen & official
    imitations = {host for host in seen - official - listed if not host.isascii()}
    assert imitations
    assert not {host.encode("idna").decode() for host in imitations} & listed


def test_the_correction_message_points_at_a_check_of_the_desk() -> None:
    text = next(message["text"] for message in MESSAGES if message["id"] == "correction")
    assert any(check["url"] in text for check in CHECKS)


# Nobody real can be reached or meant


def test_every_host_is_reserved() -> None:
    hosts = [host for _, text in prose() for host in hosts_in(text)]
    urls = [check["url"] for check in CHECKS] + sorted(values(SCAMS, "url"))
    urls.append(json.loads(text_of("scams.json"))["url"])
    hosts += [url.split("/")[2] for url in urls]
    hosts += [check["publisher_site"] for check in CHECKS]
    hosts += values(HOLDINGS, "domain") | values(SCAMS, "host")
    hosts += [mail.split("@")[1] for mail in values(HOLDINGS, "email") | values(SCAMS, "email")]
    assert len(hosts) > 150
    assert [host for host in hosts if not RESERVED_HOST.fullmatch(host)] == []


def test_every_check_stands_on_its_publishers_site() -> None:
    for check in CHECKS:
        assert check["url"].startswith(f"https://{check['publisher_site']}/kiem-chung/")
        assert check["publisher_name"].endswith("(trình diễn)")
        assert check["licence"] == "CC0-1.0"
    assert len({check["publisher_site"] for check in CHECKS}) == 2


def test_app_identifiers_stand_under_a_reserved_name() -> None:
    assert all(app.startswith("example.") for app in values(HOLDINGS, "app"))


def test_every_registered_and_listed_number_is_from_the_reserved_blocks() -> None:
    for rows in (HOLDINGS, SCAMS):
        phones, accounts = values(rows, "phone"), values(rows, "bank_account")
        assert phones
        assert accounts
        assert [number for number in phones if not RESERVED_PHONE.fullmatch(number)] == []
        assert [n for n in accounts if not RESERVED_BANK_ACCOUNT.fullmatch(n)] == []


def test_every_long_number_in_a_text_is_from_the_reserved_blocks() -> None:
    numbers = [(place, number) for place, text in prose() for number in long_numbers_in(text)]
    assert len(numbers) >= 4
    for place, number in numbers:
        reserved = RESERVED_PHONE.fullmatch(number) or RESERVED_BANK_ACCOUNT.fullmatch(number)
        assert reserved, (place, number)


@pytest.mark.parametrize("name", FILES)
def test_no_real_bank_wallet_or_carrier_is_named(name: str) -> None:
    assert REAL_NAMES.findall(folded(text_of(name))) == []


# The project's own readers take it


def test_the_reader_of_checks_refuses_nothing() -> None:
    taken = list(read_jsonl(stream_of("checks.jsonl"), today=LAST_DAY))
    assert [found for found in taken if isinstance(found, Refusal)] == []
    records = [found for found in taken if isinstance(found, CheckRecord)]
    assert [record.key for record in records] == [check["id"] for check in CHECKS]
    assert [record.claim for record in records] == [check["claim"] for check in CHECKS]
    assert [record.verdict for record in records] == [check["verdict"] for check in CHECKS]


def test_the_reader_of_the_register_refuses_nothing() -> None:
    taken = list(read_register_csv(stream_of("register.csv")))
    assert [found for found in taken if isinstance(found, Refusal)] == []
    records = [found for found in taken if isinstance(found, HoldingRecord)]
    assert [(r.organisation, r.kind, r.platform) for r in records] == [
        (h["organisation"], h["kind"], h["platform"]) for h in HOLDINGS
    ]
    assert all(r.valid_to == day(h["valid_to"]) for r, h in zip(records, HOLDINGS, strict=True))


def test_the_reader_of_scam_lists_refuses_nothing() -> None:
    head = (CONTENT / "scams.csv").read_bytes()
    assert detect_scamlist(head) is ScamListFormat.CSV
    taken = list(read_scamlist(stream_of("scams.csv"), ScamListFormat.CSV, today=LAST_DAY))
    assert [found for found in taken if isinstance(found, Refusal)] == []
    records = [found for found in taken if isinstance(found, ScamRecord)]
    assert [(r.kind, r.listed_on) for r in records] == [
        (row["kind"], day(row["listed_on"])) for row in SCAMS
    ]
    hosts = {record.value for record in records if record.kind == "host"}
    assert hosts == values(SCAMS, "host")


def test_an_official_bank_account_is_read_from_a_message_as_the_register_writes_it() -> None:
    names = {"songxanh": "Ngân hàng Sông Xanh", "baclam": "Ngân hàng Bắc Lâm"}
    for holding in HOLDINGS:
        if holding["kind"] == "bank_account":
            message = f"Chuyển vào số tài khoản {holding['value']}, {names[holding['bank']]}."
            accounts = [(part.number, part.bank) for part in split(message).bank_accounts]
            assert accounts == [(holding["value"], holding["bank"])]
