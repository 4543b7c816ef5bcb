"""A stand-in for a Qdrant server: the client's local mode behind the server's HTTP interface.

What our engine sends goes through the client's network side, as JSON, and is read back strictly by
the models of the published interface. That proves that requests can be sent and answers read, that
several processes may share an index, and what failures of a network look like. It proves nothing
about how a real server stores, searches or scores.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import TypeAdapter
from qdrant_client import QdrantClient, models
from qdrant_client.local.local_collection import LocalCollection

# Local mode warns of sizes at which it is only slow.
LocalCollection.LARGE_DATA_THRESHOLD = 1_000_000

Answer = tuple[int, Any]


class StandIn:
    """The routes that our engine uses; `fail_with` makes each answer the one given."""

    def __init__(self) -> None:
        self.client = QdrantClient(":memory:", force_disable_check_same_thread=True)
        self.url = ""
        self.requests: list[tuple[str, int]] = []
        self.keys: set[str | None] = set()
        self.fail_with: Callable[[], tuple[int, dict[str, str], bytes]] | None = None
        self._one_at_a_time = threading.Lock()

    def forget(self) -> None:
        """Be as new."""
        self.fail_with = None
        self.requests.clear()
        self.keys.clear()
        for collection in self.client.get_collections().collections:
            self.client.delete_collection(collection.name)

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        with self._one_at_a_time:
            self.requests.append((f"{method} {path}", len(body)))
            for (verb, pattern), route in ROUTES.items():
                if verb == method and (found := re.fullmatch(pattern, path)):
                    try:
                        content = json.loads(body) if body else None
                        return 200, route(self.client, content, *found.groups())
                    except ValueError as error:
                        missing = str(error).endswith("not found")
                        return (404 if missing else 400), str(error)
            raise AssertionError(f"the stand-in has no {method} {path}")


def _read(kind: Any, content: Any) -> Any:
    return TypeAdapter(kind).validate_python(content)


def _create(client: QdrantClient, content: Any, name: str) -> bool:
    wanted = _read(models.CreateCollection, content)
    return client.create_collection(
        name, vectors_config=wanted.vectors or {}, sparse_vectors_config=wanted.sparse_vectors
    )


def _upsert(client: QdrantClient, content: Any, name: str) -> Any:
    return client.upsert(name, _read(models.PointsList, content).points)


def _delete(client: QdrantClient, content: Any, name: str) -> Any:
    return client.delete(name, _read(models.PointIdsList, content))


def _retrieve(client: QdrantClient, content: Any, name: str) -> Any:
    wanted = _read(models.PointRequest, content)
    return client.retrieve(name, wanted.ids, with_payload=wanted.with_payload or False)


def _count(client: QdrantClient, content: Any, name: str) -> Any:
    wanted = _read(models.CountRequest, content)
    return client.count(name, wanted.filter, exact=wanted.exact)


def _query(client: QdrantClient, content: Any, name: str) -> Any:
    return client.query_batch_points(name, _read(models.QueryRequestBatch, content).searches)


def _change_aliases(client: QdrantClient, content: Any) -> bool:
    return client.update_collection_aliases(_read(models.ChangeAliasesOperation, content).actions)


_NAME = "/collections/([^/]+)"
ROUTES: dict[tuple[str, str], Callable[..., Any]] = {
    ("GET", "/collections"): lambda client, _: client.get_collections(),
    ("GET", "/aliases"): lambda client, _: client.get_aliases(),
    ("POST", "/collections/aliases"): _change_aliases,
    ("GET", _NAME): lambda client, _, name: client.get_collection(name),
    ("PUT", _NAME): _create,
    ("DELETE", _NAME): lambda client, _, name: client.delete_collection(name),
    ("PUT", f"{_NAME}/points"): _upsert,
    ("POST", f"{_NAME}/points"): _retrieve,
    ("POST", f"{_NAME}/points/delete"): _delete,
    ("POST", f"{_NAME}/points/count"): _count,
    ("POST", f"{_NAME}/points/query/batch"): _query,
}


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """A stand-in that listens on a port of this machine until the block ends."""
    standing = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            standing.keys.add(self.headers.get("api-key"))
            if standing.fail_with:
                self._send(*standing.fail_with())
                return
            status, result = standing.answer(self.command, self.path.partition("?")[0], body)
            content = {"result": TypeAdapter(Any).dump_python(result, mode="json"), "time": 0.0}
            content |= {"status": "ok" if status == 200 else {"error": result}}
            self._send(status, {}, json.dumps(content).encode())

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # named by the standard library

        def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    standing.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield standing
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
