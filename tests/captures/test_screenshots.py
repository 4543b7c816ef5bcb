"""A captured page is drawn from its own bytes, by a browser that reaches nothing by itself."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from webserver import Web, redirect, reply, serving

from soi.captures import actions, queries, screenshots, tasks
from soi.captures.errors import CaptureStateRefused, ScreenshotFailed, ScreenshotUnavailable
from soi.captures.screenshots import picture_of
from soi.journal.queries import last_event
from tests.captures import pages

CHROMIUM = Path("/usr/bin/chromium")
RED, BLUE = (255, 0, 0), (0, 0, 255)


def png(colour: tuple[int, int, int], side: int = 8) -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + bytes(colour) * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def size_of(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def corner_of(picture: bytes) -> tuple[int, ...]:
    """The colour of the first pixel: rows begin with a filter byte that changes nothing there."""
    packed, place = b"", 8
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        if picture[place + 4 : place + 8] == b"IDAT":
            packed += picture[place + 8 : place + 8 + length]
        place += 12 + length
    return tuple(zlib.decompress(packed)[1:4])


def page(body: str, style: str = "") -> bytes:
    head = f"<style>body{{margin:0}}{style}</style>"
    return pages.bare("T", body, head).encode()


@pytest.fixture
def chromium(settings: Any) -> None:
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    settings.SOI_CHROMIUM = str(CHROMIUM)


@pytest.fixture
def draw(chromium: None, web: Web) -> Any:
    def draw(content: bytes, url: str | None = None) -> bytes:
        at = web.url("/tin/bai.html") if url is None else url
        return picture_of(content, url=at, charset="utf-8", policy=web.policy, agent="Soi/thu")

    return draw


@pytest.mark.browser
def test_a_page_is_drawn_with_its_styles_and_pictures_and_without_its_scripts(
    draw: Any, web: Web
) -> None:
    web.says["/s.css"] = reply("p{margin:0;height:3000px}", kind="text/css")
    web.says["/tin/a.png"] = reply(png(RED), kind="image/png")
    body = (
        "<img src='a.png' style='display:block'><p>Chữ.</p>"
        "<script>document.body.style.background='blue';fetch('/js')</script>"
        "<img src='x:' onerror='document.body.innerHTML=1'>"
    )
    picture = draw(page(f"<link rel='stylesheet' href='/s.css'>{body}"))

    assert corner_of(picture) == RED
    assert size_of(picture) == (1280, pytest.approx(3020, abs=40))
    assert sorted(web.paths) == ["/s.css", "/tin/a.png"]
    assert all(b"User-Agent: Soi/thu" in request for request in web.requests)


@pytest.mark.browser
def test_the_browser_reaches_nothing_by_itself(draw: Any, web: Web) -> None:
    with serving() as inside:
        to = f"http://127.0.0.1:{inside.port}/x"
        web.says["/away.png"] = redirect(to)
        draw(
            page(
                f"<link rel='preconnect' href='{to}'><link rel='dns-prefetch' href='{to}'>"
                f"<link rel='prefetch' href='{to}'><link rel='stylesheet' href='{to}'>"
                f"<meta http-equiv='refresh' content='0;url={to}'><iframe src='{to}'></iframe>"
                f"<object data='{to}'></object><embed src='{to}'><img src='{to}'>"
                f"<img src='/away.png'><video src='{to}' autoplay></video><audio src='{to}'>"
                f"<form action='{to}'></form><img src='file:///etc/passwd'>"
                f"<iframe src='file:///etc/passwd'></iframe>",
                f"@import url('{to}');body{{background:url('{to}')}}",
            )
        )
        assert inside.connections == 0
    assert web.paths == ["/away.png"]


@pytest.mark.browser
def test_a_page_that_somebody_brought_makes_no_request(draw: Any, web: Web) -> None:
    web.says["/a.png"] = reply(png(RED), kind="image/png")
    picture = draw(
        page(f"<p>Ảnh:</p><img src='{web.url('/a.png')}'>", "body{background:#00f}"), url=""
    )
    assert corner_of(picture) == BLUE
    assert web.connections == 0


@pytest.mark.browser
def test_an_endless_page_is_cut(draw: Any) -> None:
    picture = draw(page("<div style='height:900000px'>x</div>"))
    assert size_of(picture) == (1280, 6000)


@pytest.mark.browser
@pytest.mark.django_db
def test_the_worker_keeps_a_picture_with_the_capture(
    chromium: None, web: Web, read_here: None
) -> None:
    number = actions.request(web.url(), by="an")
    assert tasks.do_due(web.policy) == 2

    assert queries.capture_with_id(number).has_screenshot
    picture = queries.screenshot_of(number)
    assert size_of(picture)[0] == 1280
    event = last_event("capture", number)
    assert event is not None
    assert (event.verb, event.after) == ("capture.drawn", queries.digests_of(number)["screenshot"])
    assert actions.take_screenshot(number, by="an", policy=web.policy)
    assert queries.screenshot_of(number) == picture


@pytest.fixture
def captured(web: Web, read_here: None, db: None) -> int:
    """The number of a captured page."""
    number = actions.request(web.url(), by="an")
    actions.fetch(number, by="an", policy=web.policy)
    return number


@pytest.fixture
def browser(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A stand-in for the process that draws: a program in Python."""
    settings.SOI_CHROMIUM = str(tmp_path)
    program = tmp_path / "photographer.py"

    def stands_in(text: str) -> None:
        program.write_text(f"import json, sys, time\n{text}", encoding="utf-8")

    monkeypatch.setattr(screenshots, "PROGRAM", (str(program),))
    monkeypatch.setattr(screenshots, "_LEAVING", 0.01)
    return stands_in


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sys.exit(1)",
        "print('no JSON')",
        "print('[]')",
        "print('{}')",
        "print(json.dumps({'picture': 'bm8gUE5H'}))",
        "print(json.dumps({'picture': 7}))",
        "sys.stdin.close(); print(json.dumps({'wanted': 'http://10.0.0.1/'}))",
    ],
)
def test_a_browser_that_breaks_off_gives_no_picture_and_is_not_tried_again(
    browser: Any, web: Web, captured: int, text: str
) -> None:
    browser(text)
    assert not actions.take_screenshot(captured, by="an", policy=web.policy)
    assert queries.without_screenshot() is None
    assert queries.why_no_screenshot(captured) == "screenshot_failed"
    assert not queries.capture_with_id(captured).has_screenshot


def test_a_browser_that_hangs_is_ended(
    browser: Any, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "SECONDS", 0.2)
    browser("sys.stdin.readline()\nsys.stdin.readline()")
    with pytest.raises(ScreenshotFailed):
        picture_of(b"x", url="", charset="", policy=web.policy, agent="")


def test_pieces_of_a_page_are_fetched_once_and_up_to_a_bound(
    browser: Any, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "PIECES", 3)
    web.says |= {f"/{n}.png": reply(png(RED), kind="image/png") for n in range(9)}
    web.says["/x.js"] = reply("1", kind="text/javascript")
    wanted = [web.url(f"/{n}") for n in ("0.png", "0.png", "x.js", "1.png", "2.png", "3.png")]
    browser(
        "sys.stdin.readline()\n"
        "given = []\n"
        f"for url in {wanted!r}:\n"
        "    print(json.dumps({'wanted': url}), flush=True)\n"
        "    given.append(sorted(json.loads(sys.stdin.readline())))\n"
        f"sys.stdin.close()\nopen({str(Path(screenshots.PROGRAM[0]).with_name('given'))!r}, 'w')"
        ".write(json.dumps(given))"
    )
    with pytest.raises(ScreenshotFailed):
        picture_of(b"x", url=web.url(), charset="", policy=web.policy, agent="")

    given = Path(screenshots.PROGRAM[0]).with_name("given").read_text(encoding="utf-8")
    piece = '["content", "content_type"]'
    assert given == f"[{piece}, {piece}, [], {piece}, [], []]"
    assert web.paths == ["/0.png", "/x.js", "/1.png"]


def test_a_machine_without_a_browser_says_so(web: Web, captured: int) -> None:
    assert queries.without_screenshot() is None
    assert queries.why_no_screenshot(captured) == "screenshot_unavailable"
    with pytest.raises(ScreenshotUnavailable):
        actions.take_screenshot(captured, by="an", policy=web.policy)
    assert queries.screenshot_of(captured) == b""


def test_only_pages_are_drawn(web: Web, captured: int) -> None:
    brought = actions.keep_file("a.txt", io.BytesIO(b"Mot doan."), by="an")
    assert queries.why_no_screenshot(brought) == ""
    with pytest.raises(CaptureStateRefused):
        actions.take_screenshot(brought, by="an", policy=web.policy)


def test_a_page_is_drawn_within_the_hour_or_never(
    browser: Any, captured: int, time_machine: Any
) -> None:
    import datetime as dt

    at = queries.capture_with_id(captured).captured_at
    assert at is not None
    time_machine.move_to(at + dt.timedelta(minutes=59))
    assert queries.without_screenshot() == captured
    time_machine.move_to(at + dt.timedelta(minutes=61))
    assert queries.without_screenshot() is None
