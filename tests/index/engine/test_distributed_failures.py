"""A server that is away, slow, full, closed or no server of an index: a stable error each time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from distributed_engines import distributed, require_client
from engine_entries import entry, holds, own_token, unit

from soi.index.engine import Engine, EngineError, Entry

require_client()

from qdrant_client import QdrantClient  # noqa: E402  # after the skip
from qdrant_stand_in import StandIn  # noqa: E402

from soi.index.engine.distributed import channels, connect  # noqa: E402

USES: dict[str, Callable[[Engine], object]] = {
    "search": lambda engine: engine.search([own_token(1)], unit(1), 5),
    "applied": lambda engine: engine.applied(),
    "upsert": lambda engine: engine.upsert([entry(1)], words_seq=9),
    "delete": lambda engine: engine.delete([1], words_seq=9),
    "rebuild": lambda engine: engine.rebuild([entry(1)], words_seq=9, meaning_seq=9),
}


@pytest.fixture(params=USES)
def use(request: pytest.FixtureRequest) -> Callable[[Engine], object]:
    return USES[request.param]


@pytest.fixture
def server(network: tuple[StandIn, QdrantClient]) -> StandIn:
    return network[0]


@pytest.fixture
def engine(network: tuple[StandIn, QdrantClient], tmp_path: Path) -> Engine:
    """An engine with an entry, through a network."""
    engine = distributed(network[1], tmp_path)
    engine.upsert([entry(1)], words_seq=3)
    return engine


def nobody_listens() -> str:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_a_server_that_is_away_is_unreachable(
    tmp_path: Path, use: Callable[[Engine], object]
) -> None:
    with closing(connect(nobody_listens())) as client, pytest.raises(EngineError) as told:
        use(distributed(client, tmp_path))
    assert (told.value.code, told.value.http_status) == ("index_unreachable", 503)


def status(number: int, error: str = "", **headers: str) -> Callable[[], Any]:
    content = json.dumps({"status": {"error": error}, "time": 0.0}).encode()
    return lambda: (number, headers, content)


ANSWERS: dict[str, tuple[Callable[[], Any], str]] = {
    "no key": (status(401), "index_forbidden"),
    "a key that may not": (status(403), "index_forbidden"),
    "starting": (status(503), "index_unreachable"),
    "a proxy without its server": (status(502), "index_unreachable"),
    "too many requests": (status(429, **{"Retry-After": "3"}), "index_unreachable"),
    "too many, no word on when": (status(429), "index_unreachable"),
    "a fault of its own": (status(500, "panicked"), "index_failed"),
    "full": (status(500, "No space left on device: WAL buffer size exceeds"), "disk_full"),
    "a web page": (lambda: (200, {"Content-Type": "text/html"}, b"<html>"), "index_failed"),
    "somebody else's JSON": (lambda: (200, {}, b'{"result": 3}'), "index_failed"),
    "refused without a reason": (status(400, "strict mode"), "index_failed"),
    "moved": (lambda: (302, {"Location": "http://elsewhere.example/"}, b""), "index_failed"),
}


@pytest.mark.parametrize(("answer", "code"), ANSWERS.values(), ids=ANSWERS)
def test_each_failing_answer_has_its_code_and_changes_nothing(
    server: StandIn,
    engine: Engine,
    use: Callable[[Engine], object],
    answer: Callable[[], Any],
    code: str,
) -> None:
    server.fail_with = answer
    with pytest.raises(EngineError) as told:
        use(engine)
    assert told.value.code == code
    server.fail_with = None
    assert holds(engine, 1)
    assert engine.applied().words_seq == 3


def test_a_server_that_is_too_slow_is_unreachable(
    server: StandIn, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "READ_SECONDS", 1)

    def never() -> tuple[int, dict[str, str], bytes]:
        while server.fail_with is never:
            time.sleep(0.01)
        return 503, {}, b""

    server.fail_with = never
    started = time.monotonic()
    with pytest.raises(EngineError) as told:
        engine.search([own_token(1)], unit(1), 5)
    server.fail_with = None
    assert told.value.code == "index_unreachable"
    assert time.monotonic() - started < 3


def test_a_server_that_comes_back_is_used_again(server: StandIn, engine: Engine) -> None:
    server.fail_with = status(503)
    with pytest.raises(EngineError):
        engine.upsert([entry(2)], words_seq=4)
    server.fail_with = None
    engine.upsert([entry(2)], words_seq=4)
    assert holds(engine, 2)


def test_a_server_lost_during_a_rebuild_leaves_the_old_index(
    server: StandIn, engine: Engine
) -> None:
    def away(_: int) -> None:
        server.fail_with = status(503)

    rows = [entry(id_) for id_ in range(3000)]
    with pytest.raises(EngineError) as told:
        engine.rebuild(rows, words_seq=9, meaning_seq=9, progress=away)
    assert told.value.code == "index_unreachable"
    server.fail_with = None
    assert holds(engine, 1)
    assert engine.applied().words_seq == 3
    engine.rebuild([entry(7)], words_seq=9, meaning_seq=9)
    assert len(server.client.get_collections().collections) == 3


def test_the_key_goes_with_every_request(server: StandIn, engine: Engine) -> None:
    for use in USES.values():
        use(engine)
    assert server.keys == {"secret"}


def test_no_request_is_larger_than_a_server_takes(server: StandIn, engine: Engine) -> None:
    tokens = tuple(f"{number}" for number in range(700))
    rows = [Entry(id_, "vi", tokens, unit(id_)) for id_ in range(600)]
    engine.rebuild(rows, words_seq=1, meaning_seq=1)
    assert 1_000_000 < max(size for _, size in server.requests) < 32 * 2**20 / 4
