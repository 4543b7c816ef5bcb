"""A live stream of certificates is followed: its three forms, its interruptions, its floods."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from factories import declare
from websockets.sync.server import ServerConnection

from soi.cli.program import soi
from soi.core.formats import HoldingKind
from soi.watch import following, scanning
from soi.watch.errors import StreamAddressInvalid
from soi.watch.following import Connected, Lost, follow
from soi.watch.queries import lookalikes, sightings_of, streams, waiting_count
from soi.watch.scanning import Scanned
from tests.desks import Desk, fresh_desk
from tests.watch.live_server import (
    Session,
    breaks_after,
    certificate,
    domains,
    live_server,
    sends,
)
from tests.watch.test_scans_that_are_killed import DECLARE

pytestmark = pytest.mark.django_db
SEEN = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC).timestamp()


@pytest.fixture(autouse=True)
def register() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")


class Follower:
    """Follows until so many connections were lost; waits for nothing and remembers how long."""

    def __init__(self, connections: int) -> None:
        self.left = connections
        self.waits: list[float] = []
        self.news: list[Connected | Lost] = []

    def wait(self, seconds: float) -> bool:
        if seconds:
            self.waits.append(seconds)
        return self.left <= 0

    def tell(self, news: Connected | Lost) -> None:
        self.news.append(news)
        self.left -= isinstance(news, Lost)

    def follow(self, url: str, **options: Any) -> Scanned:
        return follow(url, by="an", wait=self.wait, tell=self.tell, **options)


def _followed(sessions: Sequence[Session]) -> tuple[Scanned, Follower]:
    follower = Follower(len(sessions))
    with live_server(sessions) as server:
        return follower.follow(server.url), follower


class TestTheForms:
    @pytest.mark.parametrize("is_full", [True, False])
    def test_full_and_lite_messages_bring_names_with_the_day_on_which_they_were_seen(
        self, is_full: bool
    ) -> None:
        message = certificate(
            "hoamaibank-login.top", "*.hoamaibank-login.top", seen=SEEN, is_full=is_full
        )
        scanned, _ = _followed([sends(message)])
        assert (scanned.names, scanned.found, scanned.refused) == (1, 1, 0)
        (row,) = lookalikes()[:5]
        (sighting,) = sightings_of(row.id)[:5]
        assert sighting.seen_on == dt.date(2026, 11, 3)
        assert sighting.source.startswith("live:127.0.0.1:")

    def test_messages_of_domains_only_bring_names_seen_today(self) -> None:
        scanned, _ = _followed([sends(domains("thoi-tiet.example", "hoamaibank-otp.top"))])
        assert (scanned.names, scanned.added) == (2, 1)

    def test_a_name_and_its_www_are_one(self) -> None:
        names = ("hoamaibank-login.top", "www.hoamaibank-login.top")
        _followed([sends(certificate(*names, seen=SEEN))])
        assert [row.key for row in lookalikes()[:5]] == ["hoamaibank-login.top"]

    def test_messages_of_two_days_are_seen_on_two_days(self) -> None:
        first = certificate("hoamaibank-login.top", seen=SEEN)
        second = certificate("hoamaibank-login.top", seen=SEEN + 86_400)
        _followed([sends(first, second)])
        (row,) = lookalikes()[:5]
        days = {each.seen_on.day for each in sightings_of(row.id)[:5]}
        assert days == {3, 4}

    def test_heartbeats_certificates_without_names_and_nonsense_do_no_harm(self) -> None:
        scanned, _ = _followed(
            [
                sends(
                    {"message_type": "heartbeat", "timestamp": SEEN},
                    certificate(seen=SEEN),
                    {"message_type": "certificate_update", "data": {"leaf_cert": None}},
                    {"message_type": "dns_entries", "data": None},
                    "nonsense",
                    b"\xff\xfe\x00",
                    "[" * 100_000,
                    json.dumps({"message_type": "dns_entries", "data": ["x" * 5000, 7, {}]}),
                    domains("hoamaibank-login.top"),
                )
            ]
        )
        assert scanned.names == 1
        assert scanned.refused == 3
        assert waiting_count() == 1


class TestTheConnection:
    def test_a_lost_connection_is_made_again_after_ever_longer_waits(self) -> None:
        sessions = [sends() for _ in range(8)]
        _, follower = _followed(sessions)
        assert follower.waits == [1, 2, 4, 8, 16, 32, 60, 60]

    def test_a_connection_that_brought_something_starts_the_waits_anew(self) -> None:
        sessions = [sends(), sends(), sends(domains("a.example")), sends()]
        _, follower = _followed(sessions)
        assert follower.waits == [1, 2, 1, 2]

    def test_what_was_found_before_the_connection_broke_is_kept(self) -> None:
        scanned, follower = _followed(
            [
                breaks_after(domains("hoamaibank-login.top")),
                sends(domains("hoamaibank-otp.top")),
            ]
        )
        assert scanned.names == 2
        assert waiting_count() == 2
        assert [type(news) for news in follower.news] == [Connected, Lost, Connected, Lost]

    def test_a_server_that_is_away_is_tried_again(self) -> None:
        with live_server([]) as server:
            url = server.url
        follower = Follower(3)
        assert follower.follow(url) == Scanned(position=follower.follow(url).position)
        assert all(isinstance(news, Lost) for news in follower.news)
        assert follower.waits[:3] == [1, 2, 4]

    def test_a_message_that_is_too_large_costs_the_connection_and_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(following, "MESSAGE_LIMIT", 10_000)
        scanned, follower = _followed(
            [
                sends(domains("hoamaibank-login.top"), domains("x" * 20_000)),
                sends(domains("hoamaibank-otp.top")),
            ]
        )
        assert waiting_count() == 2
        assert scanned.names == 2
        lost = [news for news in follower.news if isinstance(news, Lost)]
        assert "too big" in lost[0].why

    def test_nothing_is_ever_said_to_the_server(self) -> None:
        heard: list[object] = []

        def session(connection: ServerConnection) -> None:
            sends(domains("hoamaibank-login.top"))(connection)
            connection.protocol.send_close()
            connection.socket.sendall(b"".join(connection.protocol.data_to_send()))
            heard.extend(connection)

        _followed([session])
        assert heard == []
        assert waiting_count() == 1

    def test_the_servers_ping_is_answered(self) -> None:
        answered: list[bool] = []

        def session(connection: ServerConnection) -> None:
            answered.append(connection.ping().wait(timeout=10))

        _followed([session])
        assert answered == [True]

    def test_pings_are_sent_so_that_the_server_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(following, "PING_EVERY", 0.05)
        follower = Follower(1)
        heard: list[bool] = []

        def session(connection: ServerConnection) -> None:
            heard.append(server.is_pinged.wait(timeout=10))

        with live_server([session]) as server:
            follower.follow(server.url)
        assert heard == [True]

    def test_a_silent_stream_still_writes_what_was_found(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(following, "GATHER_FOR", 0.01)
        is_kept = threading.Event()
        keep = scanning.noting.keep

        def kept(found: Any, **options: Any) -> int:
            is_kept.set() if found else None
            return keep(found, **options)

        monkeypatch.setattr(scanning.noting, "keep", kept)
        waited: list[bool] = []

        def session(connection: ServerConnection) -> None:
            sends(domains("hoamaibank-login.top"))(connection)
            waited.append(is_kept.wait(timeout=10))

        _followed([session])
        assert waited == [True]

    def test_a_slow_database_makes_the_server_wait_and_fills_no_memory(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        is_stuck, sent = threading.Event(), []
        keep = scanning.noting.keep

        def slow(found: Any, **options: Any) -> int:
            assert is_stuck.wait(timeout=60), "the server never had to wait"
            return keep(found, **options)

        monkeypatch.setattr(scanning.noting, "keep", slow)
        monkeypatch.setattr(scanning, "WRITE_AFTER", 0.0)
        # What is sent is packed on its way, so it must be of the kind that packs badly.
        noise = [secrets.token_hex(400) for _ in range(500)]
        message = json.dumps(domains("hoamaibank-login.top", *noise))

        def session(connection: ServerConnection) -> None:
            connection.socket.settimeout(0.5)
            try:
                for _ in range(1000):
                    connection.send(message)
                    sent.append(len(message))
            except (OSError, EOFError):
                pass
            finally:
                is_stuck.set()

        follower = Follower(1)
        with live_server([session]) as server:
            follower.follow(server.url)
        assert sum(sent) < 100_000_000, "of 400 MB most was never sent"
        assert waiting_count() == 1

    @pytest.mark.parametrize(
        "url", ["", "http://a.example", "ws://", "wss://[", "a.example", "ws:"]
    )
    def test_an_address_that_is_none_is_refused(self, url: str) -> None:
        with pytest.raises(StreamAddressInvalid):
            Follower(1).follow(url)

    def test_keys_in_the_address_are_kept_nowhere(self) -> None:
        follower = Follower(1)
        with live_server([sends(domains("a.example"))]) as server:
            address = server.url.replace("ws://", "ws://an:khoa@") + "stream?token=khoa"
            follower.follow(address)
        (row,) = streams()
        assert "khoa" not in row.source
        assert row.source.endswith("/stream")


class TestTheCommand:
    def test_it_follows_until_it_is_told_to_stop_and_says_what_it_found(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[Any] = []
        monkeypatch.setattr(signal, "signal", lambda _, handler: told.append(handler))

        def last(connection: ServerConnection) -> None:
            sends(domains("hoamaibank-login.top", "thoi-tiet.example"))(connection)
            connection.close()
            told[0]()

        with live_server([last]) as server:
            ended = CliRunner().invoke(soi, ["watch", "follow", server.url, "--source", "CT"])
        assert ended.exit_code == 0, ended.output
        assert "connected" in ended.stderr
        assert streams()[0].source == "live:CT"
        listed = CliRunner().invoke(soi, ["watch", "streams"])
        assert "live:CT" in listed.output

    def test_an_address_that_is_none_ends_with_2_and_a_sentence(self) -> None:
        ended = CliRunner().invoke(soi, ["watch", "follow", "a.example"])
        assert ended.exit_code == 2
        assert "[stream_address_invalid]" in ended.output


FOLLOW = """
from soi.watch import scanning
from soi.watch.following import follow
scanning.WRITE_AT = 5
found = follow(sys.argv[1], by="an", wait=lambda seconds: bool(seconds), tell=lambda news: None)
print(found.names, flush=True)
"""


def test_a_follower_that_is_killed_leaves_nothing_half_and_goes_on(tmp_path: Path) -> None:
    desk: Desk = fresh_desk(tmp_path / "desk")
    assert desk.run(DECLARE).status == 0
    is_flowing, names = threading.Event(), 300

    def endless(connection: ServerConnection) -> None:
        for number in range(100_000):
            connection.send(json.dumps(domains(f"hoamaibank-login{number % names}.top")))
            if number == 5000:
                is_flowing.set()

    whole = sends(*(domains(f"hoamaibank-login{number}.top") for number in range(names)))
    with live_server([endless, whole]) as server:
        process = desk.start(FOLLOW, server.url)
        assert is_flowing.wait(timeout=60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        [(found, sightings)] = desk.rows(
            "SELECT (SELECT count(*) FROM watch_lookalike), (SELECT count(*) FROM watch_sighting)"
        )
        assert found == sightings
        ended = desk.run(FOLLOW, server.url)
    assert ended.status == 0, ended.err
    assert desk.rows("SELECT count(*) FROM watch_lookalike") == [(names,)]
    assert desk.rows("SELECT count(*) FROM watch_sighting") == [(names,)]
