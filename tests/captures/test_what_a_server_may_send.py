"""Whatever a server sends, a fetch ends in time, within its size, with bytes or with a reason."""

from __future__ import annotations

import gzip
import itertools
import random
import socket
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from webserver import HOST, Certificate, Web, redirect, reply, serving

from soi.captures.addresses import Policy, trusted_authorities
from soi.captures.bodies import charset_of, media_type_of
from soi.captures.errors import FetchFailed
from soi.captures.fetching import SMALL_TEXTS, Limits, fetch, retrieve
from soi.captures.problems import Problem
from soi.captures.transport import HEAD_LIMIT

SMALL = Limits(seconds=20, size=100_000)


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as started:
        yield started


def refusal(
    web: Web,
    path: str = "/",
    limits: Limits = SMALL,
    *,
    host: str = HOST,
    policy: Policy | None = None,
) -> Problem:
    with pytest.raises(FetchFailed) as failed:
        fetch(web.url(path, host), limits, policy or web.policy)
    return failed.value.problem


def fetched(web: Web, said: bytes, limits: Limits = SMALL) -> bytes:
    web.says["/"] = said
    return fetch(web.url(), limits, web.policy).content


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def test_a_page_comes_with_what_is_known_of_it(web: Web) -> None:
    web.says["/"] = reply("Cầu mở lại.".encode("cp1258", "replace"), kind="Text/HTML;charset=X")

    found = fetch(web.url(), SMALL, web.policy, agent="Soi/thu")

    assert (found.requested_url, found.url, found.status) == (web.url(), web.url(), 200)
    assert (found.media_type, found.charset, found.was_redirected) == ("text/html", "", False)
    [step] = found.steps
    assert step.address == "127.0.0.1"
    assert step.request == web.requests[0]
    assert b"User-Agent: Soi/thu\r\n" in step.request
    assert step.reply == web.says["/"]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("404 Not Found", Problem.NOT_FOUND),
        ("410 Gone", Problem.NOT_FOUND),
        ("401 Unauthorized", Problem.FORBIDDEN),
        ("403 Forbidden", Problem.FORBIDDEN),
        ("451 Unavailable For Legal Reasons", Problem.FORBIDDEN),
        ("429 Too Many Requests", Problem.BUSY),
        ("503 Service Unavailable", Problem.BUSY),
        ("500 Internal Server Error", Problem.SERVER_FAILED),
        ("204 No Content", Problem.STATUS_REFUSED),
        ("206 Partial Content", Problem.STATUS_REFUSED),
        ("304 Not Modified", Problem.STATUS_REFUSED),
        ("302 Found", Problem.STATUS_REFUSED),
        ("999 Request denied", Problem.STATUS_REFUSED),
    ],
)
def test_another_status_than_success_is_never_success(
    web: Web, status: str, problem: Problem
) -> None:
    web.says["/"] = reply("Xin lỗi.", status=status)

    assert refusal(web) == problem
    assert retrieve(web.url(), SMALL, web.policy).status == int(status[:3])


@pytest.mark.parametrize("size", [0, 1, 99_999, 100_000])
def test_a_body_up_to_the_limit_is_taken(web: Web, size: int) -> None:
    body = bytes(size)
    assert fetched(web, reply(body)) == body
    assert fetched(web, reply(gzip.compress(body), "Content-Encoding: gzip")) == body
    assert fetched(web, chunked(body) if body else chunked()) == body
    assert fetched(web, b"HTTP/1.0 200 OK\r\n\r\n" + body) == body


def test_a_body_above_the_limit_is_refused_however_it_is_announced(web: Web) -> None:
    body = bytes(100_001)
    web.says["/"] = reply(body)
    web.says["/gzip"] = reply(gzip.compress(body), "Content-Encoding: gzip")
    web.says["/chunked"] = chunked(body)
    web.says["/unannounced"] = b"HTTP/1.0 200 OK\r\n\r\n" + body
    web.says["/liar"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nx"

    assert {refusal(web, path) for path in web.says} == {Problem.TOO_LARGE}


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_given_up_at_the_limit(web: Web, layers: int) -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)
    web.says["/zlib"] = reply(bomb, "Content-Encoding: deflate")
    packed = gzip.compress(bytes(50_000_000))
    web.says["/"] = reply(packed * layers, "Content-Encoding: gzip")

    assert refusal(web) == refusal(web, "/zlib") == Problem.TOO_LARGE


def test_a_body_of_endless_empty_parts_is_given_up(web: Web) -> None:
    web.says["/"] = reply(gzip.compress(b"") * 1000, "Content-Encoding: gzip")
    assert refusal(web) == Problem.REPLY_BROKEN


def test_a_packed_body_may_have_parts_and_a_tail(web: Web) -> None:
    packed = gzip.compress(b"mot ") + gzip.compress(b"hai") + b"\0\0\0"
    assert fetched(web, reply(packed, "Content-Encoding: gzip")) == b"mot hai"


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "x" * 999])
def test_an_encoding_that_was_not_asked_for_is_refused(web: Web, encoding: str) -> None:
    web.says["/"] = reply(b"\x0b\x02", f"Content-Encoding: {encoding}")
    assert refusal(web) == Problem.ENCODING_REFUSED


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example ESMTP\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 " + b"2" * 9000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123",
        chunked(b"12345", end=b""),
        chunked(b"12345", end=b"5\r\n12"),
        chunked(b"12345", end=b"zz\r\n"),
        chunked(b"12345", end=b"-8\r\n\r\n"),
        reply(gzip.compress(b"cut off" * 99)[:-9], "Content-Encoding: gzip"),
        reply(b"no gzip", "Content-Encoding: gzip"),
    ],
)
def test_a_broken_reply_is_said_to_be_broken(web: Web, said: bytes) -> None:
    web.says["/"] = said
    assert refusal(web) == Problem.REPLY_BROKEN


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * (HEAD_LIMIT + 70_000),
        b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"a" * 60_000 + b"\r\n") * 9,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9000,
    ],
)
def test_a_head_without_end_is_given_up(web: Web, said: bytes) -> None:
    web.says["/"] = said
    assert refusal(web) in {Problem.TOO_LARGE, Problem.REPLY_BROKEN}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_said_is_a_reply_or_a_reason(web: Web, seed: int) -> None:
    """Replies of every kind with bytes changed, added, doubled and left out."""
    chance = random.Random(seed)  # noqa: S311  # the same replies at every run
    whole = (
        reply("<p>Cầu.</p>" * 20),
        reply(gzip.compress(b"abc" * 500), "Content-Encoding: gzip"),
        chunked(b"12345", b"678", end=b"3;name=value\r\nxyz\r\n0\r\nTrailer: x\r\n\r\n"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + reply("Cầu."),
        redirect("/\u1ec1 a?b#c"),
    )
    for _ in range(150):
        web.says["/"] = said = _damaged(chance.choice(whole), chance)
        try:
            found = retrieve(web.url(), SMALL, web.policy)
        except FetchFailed:
            continue
        assert len(found.content) <= SMALL.size
        if not found.was_redirected:
            assert said.startswith(found.steps[-1].reply)


def _damaged(said: bytes, chance: random.Random) -> bytes:
    odd = (b"\r\n", b"\n", b"\r", b"\0", b"\xff", b":", b"-1", b"9" * 25, b" ", b"0x", b"[", b"@")
    damaged = bytearray(said)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(damaged) + 1)
        match chance.randrange(4):
            case 0:
                damaged[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                damaged[place:place] = chance.choice(odd)
            case 2:
                del damaged[place : place + chance.randint(1, 20)]
            case _:
                damaged[place:place] = damaged[max(0, place - 30) : place] * chance.randint(1, 3)
    return bytes(damaged)


def test_hostile_headers_do_no_harm(web: Web) -> None:
    web.says["/"] = (
        b"HTTP/1.1 200 \xff\x00\r\n"
        b"Content-Type: text/html; charset=unicode_escape\r\n"
        b"Content-Type: application/x-evil\r\n"
        b"X-\xf0\x9f: \xff\xfe\x00\r\n"
        b"X-Long: a\r\n b\r\n"
        b"Content-Length: 3, 3\r\n"
        b"\r\n\\u0041"
    )
    found = fetch(web.url(), SMALL, web.policy)

    assert (found.media_type, found.charset) == ("text/html", "")
    assert found.text() == "\\u0041"


@pytest.mark.parametrize(
    ("content_type", "media_type", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ('TEXT/HTML;Charset="utf8"', "text/html", "utf-8"),
        ("text/html; a=b; charset='windows-1258'", "text/html", "cp1258"),
        ("text/plain; charset=latin1", "text/plain", "cp1252"),
        ("text/plain; charset=utf-7", "text/plain", ""),
        ("text/plain; charset=zlib", "text/plain", ""),
        ("text/plain; charset=punycode", "text/plain", ""),
        ("text/plain; charset=../../x", "text/plain", ""),
        ("text/plain; charset=" + "u" * 500, "text/plain", ""),
        ("text", "", ""),
        ("/", "", ""),
        ("<script>/x", "", ""),
        ("", "", ""),
    ],
)
def test_a_type_is_read_in_known_words(content_type: str, media_type: str, charset: str) -> None:
    assert (media_type_of(content_type), charset_of(content_type)) == (media_type, charset)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("Cầu", "text/plain", "Cầu"),
        ("\ufeffCầu", "text/plain; charset=windows-1252", "Cầu"),
        (b"\xff\xfeC\x00\xa7\x1e", "text/plain", "Cầ"),
        (b"caf\xe9", "text/plain", "café"),
        (b"caf\xe9", "text/plain; charset=utf-8", "caf\ufffd"),
        (b"\x00\xff\xfe\x80", "", "\x00ÿþ€"),
    ],
)
def test_text_is_read_whatever_its_bytes_are(
    web: Web, body: bytes | str, kind: str, text: str
) -> None:
    web.says["/"] = reply(body, kind=kind)
    assert fetch(web.url(), SMALL, web.policy).text() == text


def test_a_type_that_is_not_taken_is_refused_before_its_body_comes(web: Web) -> None:
    web.says["/video"] = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + bytes(999_999)
    web.says["/json"] = reply("{}", kind="application/json")
    web.says["/nameless"] = reply("member=x", kind="")

    assert refusal(web, "/video", SMALL_TEXTS) == Problem.TYPE_REFUSED
    assert fetch(web.url("/json"), policy=web.policy).text() == "{}"
    assert fetch(web.url("/nameless"), policy=web.policy).text() == "member=x"


def test_a_server_that_drips_is_stopped_by_the_clock_of_the_whole(web: Web) -> None:
    """Each byte comes at once, and by the clock of the test a second passes at each look at it."""

    def drip(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
        for _ in range(90_000):
            connection.sendall(b".")

    def drip_head(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(90_000):
            connection.sendall(b"A: b\r\n"[:3])

    web.says |= {"/": drip, "/head": drip_head}
    for path in ("/", "/head"):
        limits = replace(SMALL, seconds=8, clock=itertools.count().__next__)
        assert refusal(web, path, limits) == Problem.TOO_SLOW


def test_a_silent_server_is_given_up(web: Web) -> None:
    def wait(connection: socket.socket) -> None:
        connection.recv(1)  # ends when the other side has gone

    def stop_half_way(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 2")
        wait(connection)

    web.says |= {"/": wait, "/half": stop_half_way}

    limits = replace(SMALL, seconds=0.1)
    assert refusal(web, "/", limits) == refusal(web, "/half", limits) == Problem.TOO_SLOW


def test_a_closed_port_is_unreachable(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        web.port = closed.getsockname()[1]
    assert refusal(web) == Problem.UNREACHABLE


def test_the_next_address_is_tried_when_one_takes_no_connection(web: Web) -> None:
    both = replace(
        web.policy,
        resolve=lambda _host, _seconds: ["::1", "127.0.0.1"],
        is_allowed=lambda address: address.is_loopback,
    )
    web.says["/"] = reply("Đây.")
    [step] = fetch(web.url(), SMALL, both).steps
    assert step.address == "127.0.0.1"


def test_tls_is_verified_by_name_and_by_chain(tmp_path: Path) -> None:
    certificate = Certificate.made(tmp_path)
    with serving({"/": reply("Kín.")}, certificate=certificate) as web:
        assert fetch(web.url(), SMALL, web.policy).text() == "Kín."

        strangers = replace(web.policy, tls=trusted_authorities)
        assert refusal(web, host="khac.bensay.example") == Problem.TLS_FAILED
        assert refusal(web, policy=strangers) == Problem.TLS_FAILED


def test_plain_words_on_a_tls_port_are_said(web: Web) -> None:
    web.scheme = "https"
    assert refusal(web) in {Problem.TLS_FAILED, Problem.REPLY_BROKEN}
