"""A small OpenID Connect service on loopback, for tests: it signs in whoever the test says."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt


class Provider:
    """The service: who is signed in there now, and what it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.person: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.fails = False
        self.asked: list[str] = []

    def configuration(self) -> dict[str, Any]:
        """What OpenID Connect Discovery 1.0 wants to be said."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, url: str) -> str:
        """What the person's browser does there: the address that it is led back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if self.fails:
            said = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe()
            self.codes[code] = asked
            said = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def token(self, said: dict[str, str]) -> dict[str, Any] | None:
        """A token for a code, once, for who knows the secret and the PKCE verifier (RFC 7636)."""
        asked = self.codes.pop(said.get("code", ""), None)
        proof = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if not asked or said.get("client_secret") != "s3cret":
            return None
        if asked["code_challenge"] != challenge:
            return None
        now = int(time.time())
        about = {"iss": self.address, "aud": "soi", "iat": now, "exp": now + 60, **self.person}
        token = jwt.encode(about, "k" * 32, algorithm="HS256")
        return {"access_token": "t", "token_type": "Bearer", "expires_in": 60, "id_token": token}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if self.path == "/.well-known/openid-configuration":
                self._say(provider.configuration())
            elif self.path == "/userinfo":
                self._say(provider.person)
            else:
                self._say(None)

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            length = int(self.headers.get("Content-Length", "0"))
            said = parse_qs(self.rfile.read(length).decode())
            self._say(provider.token({name: values[0] for name, values in said.items()}))

        def _say(self, content: dict[str, Any] | None) -> None:
            body = json.dumps(content or {"error": "invalid_request"}).encode()
            self.send_response(200 if content else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    return Handler


@contextmanager
def running() -> Iterator[Provider]:
    """A service that runs while the block does."""
    provider = Provider("")
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider)) as server:
        provider.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
