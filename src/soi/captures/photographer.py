"""Draw a captured page as a reader would have seen it, in a process that can reach no network.

In, line by line as JSON on standard input: the page, then the answers to what is asked. Out, on
standard output: questions for the pictures and style sheets that the page names, in the end the
picture. The browser resolves no name and makes no connection: whatever it wants is asked of
`soi.captures.screenshots`, which fetches under the same policy as the page itself, or refuses.
Scripts do not run. Nothing else of the page than styles, pictures and fonts is loaded.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
import tempfile
from typing import Any, Final

WIDTH: Final = 1280
HEIGHT: Final = 6000
"""Pixels of a picture; what stands below is cut."""
MILLISECONDS: Final = 30_000
PROCESSOR: Final = 60
"""Seconds of the processor for each process of the browser."""

_LOADED = frozenset({"stylesheet", "image", "font"})
_ARGUMENTS = (
    # Whatever escapes the questions below ends at a name that is not there, or a dead proxy.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--no-first-run",
    "--no-pings",
)


def main() -> None:
    """Draw what stands on standard input."""
    from playwright.sync_api import sync_playwright

    # A browser that goes round in circles is ended by the kernel, each of its processes by itself.
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    page = _heard()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=page["chromium"],
            args=list(_ARGUMENTS),
            # The sandbox wants an ordinary user, as a desk's worker should be.
            chromium_sandbox=os.geteuid() != 0,
            env={"HOME": folder, "PATH": os.environ.get("PATH", "")},
            timeout=MILLISECONDS,
        )
        try:
            _say({"picture": base64.b64encode(_drawn(browser, page)).decode()})
        finally:
            browser.close()


def _drawn(browser: Any, page: dict[str, Any]) -> bytes:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 800},
        java_script_enabled=False,
        service_workers="block",
        accept_downloads=False,
        locale="vi-VN",
    )
    context.set_default_timeout(MILLISECONDS)
    drawn = context.new_page()
    drawn.route("**/*", lambda route: _answer(route, page))
    drawn.goto(page["url"], wait_until="load")
    height = drawn.evaluate("document.documentElement.scrollHeight")
    drawn.set_viewport_size({"width": WIDTH, "height": max(1, min(int(height), HEIGHT))})
    picture: bytes = drawn.screenshot(animations="disabled", caret="hide")
    return picture


def _answer(route: Any, page: dict[str, Any]) -> None:
    """Give the browser the page itself, what the other side gives, or nothing."""
    request = route.request
    if request.is_navigation_request():
        # "No content" leaves what is drawn where it is; a page may send its reader elsewhere.
        content = page.pop("content", None) if request.frame.parent_frame is None else None
        if content is None:
            route.fulfill(status=204)
        else:
            route.fulfill(
                status=200, content_type=page["content_type"], body=base64.b64decode(content)
            )
        return
    if request.resource_type not in _LOADED or request.method != "GET":
        route.abort()
        return
    _say({"wanted": request.url})
    given = _heard()
    if "content" not in given:
        route.abort()
        return
    route.fulfill(
        status=200,
        content_type=given["content_type"],
        body=base64.b64decode(given["content"]),
        # A style sheet or font of another host is drawn as on a site that allows it.
        headers={"access-control-allow-origin": "*"},
    )


def _say(message: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _heard() -> dict[str, Any]:
    heard: dict[str, Any] = json.loads(sys.stdin.readline())
    return heard


if __name__ == "__main__":
    main()
