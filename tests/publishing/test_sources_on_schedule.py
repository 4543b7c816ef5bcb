"""Checks of other desks come from their addresses on schedule, and only as far as they may."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from webserver import Web, redirect, reply, serving

from soi.captures.errors import FetchFailed
from soi.captures.fetching import Limits
from soi.claims import actions as claims
from soi.claims.errors import PublisherIsOwn
from soi.claims.queries import CheckRow, all_checks, check_count, newest_checks, own_checks
from soi.core.formats import FormatError
from soi.journal.queries import Asked, events
from soi.publishing import importing
from soi.publishing.errors import (
    QuarantinedDecided,
    QuarantinedUnknown,
    SourceBusy,
    SourceInvalid,
    SourceKnown,
    SourceUnknown,
    StillNotAllowed,
)
from soi.publishing.models import ImportSource
from soi.publishing.sources import actions, quarantine, queries, rules, tasks
from soi.publishing.sources import pages as pages_module
from soi.publishing.sources.looking import Look, Reach, look
from tests.checks import SITE, claim_review

pytestmark = pytest.mark.django_db

OTHER = "kiemtin.example"
JSON = "application/json"
LIMITS = Limits(seconds=10.0, size=5_000_000)


def feed_of(*reviews: dict[str, Any]) -> bytes:
    elements = [{"@type": "DataFeedItem", "item": [review]} for review in reviews]
    feed = {"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": elements}
    return json.dumps(feed).encode()


def many(count: int) -> bytes:
    return feed_of(*map(claim_review, range(count)))


@dataclass
class Desk:
    """A source on a server of this machine, and how it is looked at."""

    web: Web
    limits: Limits = LIMITS
    rests: list[int] = field(default_factory=list)

    def says(self, body: bytes | Callable[[socket.socket], None], *headers: str) -> None:
        plain = body if callable(body) else reply(body, *headers, kind=JSON)
        self.web.says[f"{SITE}/feed.json"] = plain

    def add(self, path: str = "/feed.json", *sites: str) -> int:
        return actions.add_source(url=self.web.url(path, SITE), sites=sites, by="an")

    @property
    def reach(self) -> Reach:
        return Reach(self.web.policy, self.limits, lambda: self.rests.append(1))

    def look(self, source: int) -> Look:
        return look(source, by="worker", reach=self.reach)


@pytest.fixture
def desk() -> Iterator[Desk]:
    claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")
    with serving() as web:
        yield Desk(web)


def codes(source: int, state: str = "waiting") -> list[str]:
    return sorted(item.code for item in queries.quarantine(source, state)[:100])


def checks_by_key() -> dict[str, CheckRow]:
    return {row.url.rpartition("/")[2]: row for row in all_checks()}


def verbs(subject: str) -> list[str]:
    return [event.verb for event in events(Asked(subject=subject))[:50]]


class TestLooking:
    def test_brings_what_stands_there_with_where_and_when_it_came_from(self, desk: Desk) -> None:
        desk.says(many(3))
        source = desk.add()
        done = desk.look(source)
        assert (done.added, done.refused, done.is_new) == (3, 0, True)
        for check in all_checks():
            assert check.origin == desk.web.url("/feed.json", SITE)
            assert check.brought_at
            assert abs(timezone.now() - check.brought_at) < dt.timedelta(minutes=1)
            assert not check.is_own
        row = queries.source(source)
        assert (row.records, row.failures, row.failure, row.waiting) == (3, 0, "", 0)
        assert dt.timedelta(hours=21) < row.due_at - timezone.now() < dt.timedelta(hours=27)

    def test_asks_only_whether_it_has_changed_the_next_time(self, desk: Desk) -> None:
        desk.says(many(2), 'ETag: "v1"', "Last-Modified: Mon, 30 Nov 2026 08:00:00 GMT")
        source = desk.add()
        desk.look(source)
        desk.says(lambda c: c.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
        done = desk.look(source)
        assert b'If-None-Match: "v1"' in desk.web.requests[-1]
        assert (done.is_new, check_count()) == (False, 2)
        assert queries.source(source).failures == 0

    def test_a_version_that_can_not_be_sent_back_is_not_asked_with(self, desk: Desk) -> None:
        desk.says(many(1), 'ETag: "\xe9vil"'.encode("latin-1").decode("latin-1"))
        source = desk.add()
        desk.look(source)
        desk.look(source)
        assert b"If-None-Match" not in desk.web.requests[-1]

    def test_a_file_of_json_lines_may_be_packed_twice(self, desk: Desk) -> None:
        lines = b"\n".join(json.dumps(claim_review(n)).encode() for n in range(4))
        packed = gzip.compress(gzip.compress(lines))
        desk.web.says[f"{SITE}/checks.jsonl.gz"] = reply(
            packed, "Content-Encoding: gzip", kind="application/gzip"
        )
        assert desk.look(desk.add("/checks.jsonl.gz")).added == 4

    def test_one_at_a_time(self, desk: Desk) -> None:
        desk.says(many(1))
        source = desk.add()
        actions.begin(source)
        with pytest.raises(SourceBusy):
            desk.look(source)
        with time_machine.travel(timezone.now() + actions.LEASE + dt.timedelta(seconds=1)):
            assert desk.look(source).added == 1  # whoever had it was killed

    def test_a_download_that_broke_off_goes_on_with_the_bytes_that_are_missing(
        self, desk: Desk
    ) -> None:
        whole = many(40)
        half = len(whole) // 2
        head = f'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: {len(whole)}\r\n\r\n'
        desk.says(lambda c: c.sendall(head.encode() + whole[:half]))
        source = desk.add()
        with pytest.raises(FetchFailed, match="cut off"):
            desk.look(source)
        rest = whole[half:]
        part = (
            f'HTTP/1.1 206 Partial Content\r\nETag: "v1"\r\nContent-Length: {len(rest)}\r\n'
            f"Content-Range: bytes {half}-{len(whole) - 1}/{len(whole)}\r\n\r\n"
        )
        desk.says(lambda c: c.sendall(part.encode() + rest))
        assert desk.look(source).added == 40
        asked = desk.web.requests[-1]
        assert f"Range: bytes={half}-".encode() in asked
        assert b'If-Range: "v1"' in asked

    def test_a_server_that_continues_elsewhere_is_not_believed(self, desk: Desk) -> None:
        whole = many(40)
        head = f'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: {len(whole)}\r\n\r\n'
        desk.says(lambda c: c.sendall(head.encode() + whole[:100]))
        source = desk.add()
        with pytest.raises(FetchFailed):
            desk.look(source)
        other = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\n\r\nxxxxx"
        desk.says(lambda c: c.sendall(other))
        with pytest.raises(FetchFailed, match="begins anew"):
            desk.look(source)
        desk.says(whole)
        assert desk.look(source).added == 40
        assert b"Range:" not in desk.web.requests[-1]

    def test_a_file_that_was_cut_in_the_middle_goes_on_when_it_is_whole(self, desk: Desk) -> None:
        desk.says(many(6)[:-200])
        source = desk.add()
        with pytest.raises(FormatError):
            desk.look(source)
        assert check_count() == 5  # what is whole was taken
        assert queries.source(source).failure == "feed_truncated"
        desk.says(many(6))
        assert desk.look(source).added == 1

    def test_a_look_that_was_killed_goes_on_at_the_record_where_it_stopped(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importing, "BATCH", 4)
        desk.says(many(10))
        source = desk.add()
        real, calls = claims.store_checks, iter(range(100))

        def killed_at_the_third(*records: Any, **about: Any) -> Any:
            if next(calls) == 2:
                raise SystemExit
            return real(*records, **about)

        monkeypatch.setattr(importing.claims, "store_checks", killed_at_the_third)
        with pytest.raises(SystemExit):
            desk.look(source)
        assert check_count() == 8
        assert queries.source(source).is_busy
        with time_machine.travel(timezone.now() + actions.LEASE + dt.timedelta(seconds=1)):
            assert queries.due_sources() == [source]
            done = desk.look(source)
        assert (done.added, check_count()) == (10, 10)  # counted over both, none twice
        assert len(queries.runs_of(source)) == 1


class TestWhatFails:
    def test_waits_longer_each_time_and_never_in_step_with_others(self) -> None:
        waits = [rules.pause(24, failures=n, chance=0.5) for n in range(1, 15)]
        assert waits[:3] == [dt.timedelta(minutes=m) for m in (5, 10, 20)]
        assert waits == sorted(waits)
        assert waits[-1] == rules.LONGEST_PAUSE
        spread = [rules.pause(24, failures=3, chance=c / 10) for c in range(10)]
        assert len(set(spread)) == 10

    def test_is_said_and_tried_again(self, desk: Desk) -> None:
        source = desk.add()
        for number in (1, 2):
            with pytest.raises(FetchFailed):
                desk.look(source)
            row = queries.source(source)
            assert (row.failures, row.failure) == (number, "fetch_not_found")
            assert row.due_at > timezone.now()
        desk.says(many(1))
        desk.look(source)
        assert (queries.source(source).failures, queries.source(source).failure) == (0, "")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "empty_file"),
            ("{}".encode("utf-16"), "not_utf8"),
            (b"<!DOCTYPE urlset [<!ENTITY a 'b'>]><urlset/>", "broken_xml"),
            (b"PK\x03\x04 a workbook", "not_utf8"),
            (b"hello", "unknown_format"),
            (b'{"dataFeedElement": [' + b"[" * 100_000, "feed_truncated"),
        ],
    )
    def test_a_file_that_is_none_is_kept_as_a_fault_with_its_first_bytes(
        self, desk: Desk, body: bytes, code: str
    ) -> None:
        desk.says(body)
        source = desk.add()
        with pytest.raises(FormatError):
            desk.look(source)
        assert queries.source(source).failure == code
        (item,) = queries.quarantine(source)[:5]
        assert (item.code, item.can_be_let_in) == (code, False)
        assert body.startswith(b"\xff") or not body or item.excerpt

    def test_a_bomb_fills_nothing(self, desk: Desk, settings: Any) -> None:
        desk.says(gzip.compress(b" " * 60_000_000), "Content-Encoding: gzip")
        source = desk.add()
        with pytest.raises(FetchFailed) as failed:
            desk.look(source)
        assert failed.value.code == "fetch_too_large"
        assert not [
            path for path in Path(settings.SOI_IMPORTS_DIR).iterdir() if path.stat().st_size
        ]

    def test_a_redirect_to_somebody_else_is_not_followed_to_its_content(self, desk: Desk) -> None:
        desk.web.says[f"{OTHER}/feed.json"] = reply(many(2), kind=JSON)
        desk.web.says[f"{SITE}/feed.json"] = redirect(desk.web.url("/feed.json", OTHER))
        source = desk.add()
        with pytest.raises(FetchFailed) as failed:
            desk.look(source)
        assert (failed.value.code, check_count()) == ("fetch_redirected_elsewhere", 0)

    def test_a_redirect_within_the_site_is_followed(self, desk: Desk) -> None:
        desk.web.says[f"data.{SITE}/feed.json"] = reply(many(2), kind=JSON)
        desk.web.says[f"{SITE}/feed.json"] = redirect(desk.web.url("/feed.json", f"data.{SITE}"))
        assert desk.look(desk.add()).added == 2

    def test_an_address_inside_the_network_is_never_asked(self, desk: Desk) -> None:
        source = desk.add()
        with pytest.raises(FetchFailed) as failed:
            look(source, by="worker")  # with the policy that is shipped
        assert failed.value.code.startswith("fetch_")
        assert not desk.web.connections


class TestWhoMayComeIn:
    def test_a_source_brings_its_own_publisher_only_though_another_is_allowed(
        self, desk: Desk
    ) -> None:
        claims.allow_publisher(site=OTHER, name="Kiểm Tin", by="an")
        author = {"@type": "Organization", "name": "Kiểm Tin", "url": f"https://{OTHER}"}
        posed = claim_review(1, url=f"https://{OTHER}/1", author=author)
        stranger = claim_review(2, url="https://lạ.example/2", author={"name": "Lạ"})
        desk.says(feed_of(claim_review(0), posed, stranger))
        source = desk.add()
        assert desk.look(source).added == 1
        assert codes(source) == ["publisher_not_allowed", "publisher_not_named"]

    def test_an_aggregator_never_overwrites_what_the_publisher_itself_gave(
        self, desk: Desk
    ) -> None:
        desk.says(many(1))
        desk.look(desk.add())
        twisted = claim_review(0, reviewRating={"@type": "Rating", "alternateName": "Đúng"})
        desk.web.says[f"{OTHER}/all.json"] = reply(feed_of(twisted), kind=JSON)
        claims.allow_publisher(site=OTHER, name="Kiểm Tin", by="an")
        other = actions.add_source(
            url=desk.web.url("/all.json", OTHER), sites=[OTHER, SITE], by="an"
        )
        desk.look(other)
        (check,) = all_checks()
        assert (check.verdict_words, check.origin) == ("Sai", desk.web.url("/feed.json", SITE))

    def test_the_future_waits_outside_and_a_slow_clock_does_not(self, desk: Desk) -> None:
        today = timezone.now().astimezone(dt.UTC).date()
        reviews = [
            claim_review(n, datePublished=(today + dt.timedelta(days=ahead)).isoformat())
            for n, ahead in enumerate((1, 400, -1))
        ]
        desk.says(feed_of(*reviews))
        source = desk.add()
        assert desk.look(source).added == 2
        (item,) = queries.quarantine(source)[:5]
        assert item.code == "date_ahead"
        quarantine.let_in(source, item.id, by="an")
        assert checks_by_key()["1"].published_on is None

    def test_two_with_one_id_the_first_is_taken_and_stays(self, desk: Desk) -> None:
        one = claim_review(1, **{"@id": f"https://{SITE}/check/1#a"})
        two = one | {"reviewRating": {"@type": "Rating", "alternateName": "Đúng"}}
        desk.says(feed_of(one, two, one))
        source = desk.add()
        assert (desk.look(source).refused, codes(source)) == (1, ["duplicate_id"])
        desk.says(feed_of(one, two))
        assert desk.look(source).updated == 0
        assert [check.verdict_words for check in all_checks()] == ["Sai"]
        assert codes(source) == ["duplicate_id"]

    def test_markup_in_fields_is_no_markup_any_more(self, desk: Desk) -> None:
        hostile = claim_review(
            1, claimReviewed="<script>alert(1)</script>Cầu <b>đã sập</b> &lt;img src=x&gt;"
        )
        desk.says(feed_of(hostile))
        desk.look(desk.add())
        (check,) = all_checks()
        assert "<" not in check.claim
        assert "đã sập" in check.claim

    def test_an_item_that_is_huge_ends_the_reading_and_keeps_the_others(self, desk: Desk) -> None:
        desk.limits = Limits(seconds=20.0, size=20_000_000)
        desk.says(feed_of(claim_review(0), claim_review(1, claimReviewed="x" * 5_000_000)))
        source = desk.add()
        with pytest.raises(FormatError):
            desk.look(source)
        assert check_count() == 1
        assert queries.source(source).failure == "record_too_large"


class TestAFeedThatShrinks:
    @pytest.mark.parametrize("left", [0, 3])
    def test_drops_nothing_and_says_so(self, desk: Desk, left: int) -> None:
        desk.says(many(12))
        source = desk.add()
        desk.look(source)
        desk.says(many(left))
        assert desk.look(source).has_shrunk
        assert check_count() == 12
        row = queries.source(source)
        assert (row.records, row.records_before) == (left, 12)
        assert queries.kept_though_gone(source) == 12 - left
        desk.look(source)
        assert verbs("source").count("source.shrunk") == 1
        desk.says(many(12))
        assert not desk.look(source).has_shrunk
        assert queries.source(source).records_before is None


class TestTheQuarantine:
    @pytest.fixture
    def held(self, desk: Desk) -> tuple[Desk, int, int]:
        author = {"@type": "Organization", "name": "Kiểm Tin", "url": f"https://{OTHER}"}
        desk.says(feed_of(claim_review(1, url=f"https://{OTHER}/1", author=author)))
        source = desk.add()
        desk.look(source)
        (item,) = queries.quarantine(source)[:5]
        return desk, source, item.id

    def test_keeps_each_fault_once(self, held: tuple[Desk, int, int]) -> None:
        desk, source, _ = held
        desk.look(source)
        assert queries.source(source).waiting == 1

    def test_lets_in_once_the_publisher_is_allowed(self, held: tuple[Desk, int, int]) -> None:
        desk, source, item = held
        with pytest.raises(StillNotAllowed):
            quarantine.let_in(source, item, by="an")
        claims.allow_publisher(site=OTHER, name="Kiểm Tin", by="an")
        quarantine.let_in(source, item, by="an")
        (check,) = all_checks()
        assert (check.publisher_site, check.origin) == (OTHER, desk.web.url("/feed.json", SITE))
        assert verbs("quarantine") == ["quarantine.let_in"]
        with pytest.raises(QuarantinedDecided):
            quarantine.dismiss(source, item, by="an")
        desk.look(source)
        assert (codes(source), codes(source, "let_in")) == (
            ["publisher_not_named"],
            ["publisher_not_allowed"],
        )

    def test_asks_no_more_about_what_was_dismissed(self, held: tuple[Desk, int, int]) -> None:
        desk, source, item = held
        quarantine.dismiss(source, item, by="an")
        desk.look(source)
        assert (codes(source), verbs("quarantine")) == ([], ["quarantine.dismissed"])

    def test_knows_its_own_items_only(self, held: tuple[Desk, int, int]) -> None:
        desk, _, item = held
        other = desk.add("/other.json")
        with pytest.raises(QuarantinedUnknown):
            quarantine.let_in(other, item, by="an")

    def test_has_room_for_so_many_and_counts_the_others(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(quarantine, "ROOM", 5)
        desk.says(feed_of(*(claim_review(n, url=f"https://x{n}.example/") for n in range(12))))
        source = desk.add()
        desk.look(source)
        row = queries.source(source)
        assert (row.waiting, row.left_out) == (5, 7)


def sitemap(*pages: tuple[str, str]) -> bytes:
    entries = "".join(f"<url><loc>{url}</loc><lastmod>{at}</lastmod></url>" for url, at in pages)
    return (
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    )


class TestPages:
    def page(self, desk: Desk, number: int, *, charset: str = "utf-8", **changes: Any) -> str:
        review = claim_review(number, **changes)
        script = json.dumps(review, ensure_ascii=False)
        html = f'<html><script type="application/ld+json">{script}</script></html>'
        desk.web.says[f"{SITE}/check/{number}"] = reply(
            html.encode(charset, "xmlcharrefreplace"), kind=f"text/html; charset={charset}"
        )
        return desk.web.url(f"/check/{number}", SITE)

    def add_map(self, desk: Desk, *pages: tuple[str, str]) -> None:
        desk.web.says[f"{SITE}/sitemap.xml"] = reply(sitemap(*pages), kind="application/xml")

    def test_a_sitemap_leads_to_pages_and_only_changed_ones_are_read_again(
        self, desk: Desk
    ) -> None:
        urls = [self.page(desk, n) for n in range(3)]
        self.add_map(desk, *((url, "2026-05-01") for url in urls))
        source = desk.add("/sitemap.xml")
        assert desk.look(source).added == 3
        assert len(desk.rests) == 2
        self.page(desk, 1, reviewRating={"@type": "Rating", "alternateName": "Đúng"})
        self.add_map(desk, (urls[0], "2026-05-01"), (urls[1], "2026-06-02"))
        desk.web.requests.clear()
        assert desk.look(source).updated == 1
        assert desk.web.paths == ["/sitemap.xml", "/check/1"]
        assert check_count() == 3

    def test_a_page_is_read_again_after_a_week_though_nothing_is_said(self, desk: Desk) -> None:
        self.add_map(desk, (self.page(desk, 1), ""))
        source = desk.add("/sitemap.xml")
        desk.look(source)
        self.page(desk, 1, reviewRating={"@type": "Rating", "alternateName": "Đúng"})
        assert desk.look(source).updated == 0
        with time_machine.travel(timezone.now() + rules.READ_AGAIN + dt.timedelta(hours=1)):
            assert desk.look(source).updated == 1

    def test_pages_of_others_are_not_asked_for(self, desk: Desk) -> None:
        self.add_map(
            desk,
            (desk.web.url("/secret", OTHER), ""),
            ("file:///etc/passwd", ""),
            (self.page(desk, 1), ""),
        )
        source = desk.add("/sitemap.xml")
        assert desk.look(source).added == 1
        assert desk.web.paths == ["/sitemap.xml", "/check/1"]
        assert codes(source) == ["url_elsewhere", "url_scheme"]

    def test_a_list_of_lists_and_a_feed_lead_there_too(self, desk: Desk) -> None:
        one, two = self.page(desk, 1), self.page(desk, 2)
        self.add_map(desk, (one, ""))
        inner = desk.web.url("/sitemap.xml", SITE)
        desk.web.says[f"{SITE}/index.xml"] = reply(
            f"<sitemapindex><sitemap><loc>{inner}</loc></sitemap></sitemapindex>", kind="text/xml"
        )
        assert desk.look(desk.add("/index.xml")).added == 1
        desk.web.says[f"{SITE}/rss"] = reply(
            f"<rss><channel><link>{two}x</link><item><link>{two}</link></item></channel></rss>"
        )
        assert desk.look(desk.add("/rss")).added == 1
        desk.web.says[f"{SITE}/atom"] = reply(
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="edit" href="/no"/>'
            f'<link href="{self.page(desk, 3)}"/></entry></feed>'
        )
        assert desk.look(desk.add("/atom")).added == 1

    def test_many_pages_are_read_over_several_looks(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages_module, "AT_ONCE", 2)
        self.add_map(desk, *((self.page(desk, n), "") for n in range(3)))
        source = desk.add("/sitemap.xml")
        assert desk.look(source).has_more
        assert queries.source(source).due_at <= timezone.now()
        assert not desk.look(source).has_more
        assert check_count() == 3

    def test_a_page_that_does_not_come_is_said_and_left_alone_in_the_end(self, desk: Desk) -> None:
        self.add_map(desk, (desk.web.url("/gone", SITE), ""))
        source = desk.add("/sitemap.xml")
        for _ in range(pages_module.GIVEN_UP + 2):
            desk.look(source)
        assert desk.web.paths.count("/gone") == pages_module.GIVEN_UP
        assert codes(source) == ["fetch_not_found"]

    def test_a_page_by_itself_in_another_charset(self, desk: Desk) -> None:
        self.page(desk, 1, charset="windows-1258", claimReviewed="Cầu cũ")
        assert desk.look(desk.add("/check/1")).added == 1
        assert [check.claim for check in all_checks()] == ["Cầu cũ"]


class TestSettingUp:
    def test_only_allowed_publishers_and_real_addresses(self, desk: Desk) -> None:
        for url, sites in (
            ("ftp://soisang.example/", ()),
            (f"https://{OTHER}/", ()),
            (f"https://{SITE}/", (OTHER,)),
        ):
            with pytest.raises(SourceInvalid):
                actions.add_source(url=url, sites=sites, by="an")
        with pytest.raises(SourceInvalid):
            actions.add_source(url=f"https://{SITE}/", every_hours=0, by="an")
        assert not queries.sources()

    def test_the_desk_never_imports_itself(self, desk: Desk, settings: Any) -> None:
        settings.SOI_BASE_URL = f"https://{SITE}"
        with pytest.raises(PublisherIsOwn):
            desk.add()

    def test_once(self, desk: Desk) -> None:
        desk.add()
        with pytest.raises(SourceKnown):
            desk.add()

    def test_pause_resume_and_remove_are_in_the_journal(self, desk: Desk) -> None:
        desk.says(many(1))
        source = desk.add()
        desk.look(source)
        actions.pause_source(source, by="an")
        ImportSource.objects.update(due_at=timezone.now())
        assert tasks.do_due(desk.reach) == 0
        actions.resume_source(source, by="an")
        assert tasks.do_due(desk.reach) == 1
        actions.remove_source(source, by="an")
        assert verbs("source") == [
            "source.removed", "source.resumed", "source.paused", "source.added"
        ]  # fmt: skip
        assert check_count() == 1
        with pytest.raises(SourceUnknown):
            actions.pause_source(source, by="an")

    def test_a_publisher_that_is_disallowed_brings_nothing_more(self, desk: Desk) -> None:
        desk.says(many(1))
        source = desk.add()
        claims.disallow_publisher(site=SITE, by="an")
        assert desk.look(source).added == 0
        assert codes(source) == ["publisher_not_allowed"]

    def test_what_is_brought_is_never_the_desks_own(self, desk: Desk) -> None:
        desk.says(many(3))
        desk.look(desk.add())
        assert not list(own_checks())
        assert len(newest_checks(is_own=True)) == 0
        assert len(newest_checks(is_own=False)) == 3

    def test_the_worker_sees_to_what_is_due_and_one_failure_hinders_no_other(
        self, desk: Desk
    ) -> None:
        desk.says(many(1))
        desk.add("/nowhere.json")
        desk.add()
        assert tasks.do_due(desk.reach) == 2
        assert check_count() == 1
        assert tasks.do_due(desk.reach) == 0
