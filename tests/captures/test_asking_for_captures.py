"""A source is asked for by its address; until it is fetched the capture waits."""

from __future__ import annotations

import pytest

from soi.captures import actions, queries
from soi.captures.errors import AddressInvalid, CaptureUnknown
from soi.captures.types import CaptureState
from soi.journal.queries import last_mark

pytestmark = pytest.mark.django_db

ADDRESS = "https://tin.bensay.example/cau-dong-cua?so=7"


def test_a_source_that_was_asked_for_waits_and_stands_in_the_journal() -> None:
    capture = queries.capture_with_id(actions.request(ADDRESS, by="test"))

    assert (capture.state, capture.requested_url) == (CaptureState.WAITING, ADDRESS)
    assert (capture.url, capture.sha256, capture.captured_at) == ("", "", None)
    assert queries.text_of(capture.id) == ""
    assert last_mark("capture")


def test_asking_again_is_another_capture() -> None:
    first, second = (actions.request(ADDRESS, by="test") for _ in range(2))

    found = queries.captures_with_ids([first, second, second + 1, 0, -1, 2**63])
    assert sorted(found) == [first, second]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tin.bensay.example",
        "ftp://tin.bensay.example/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://user:pass@tin.bensay.example/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://localhost/",
        "http://tin.bensay.example\\@evil.example/",
        "http://tin.bensay.example/\r\nHost: evil.example",
        "http://tin.bensay.example/\x00",
        "http://" + "a" * 2000 + ".example/",
    ],
)
def test_what_is_no_address_of_the_public_web_is_refused(address: str) -> None:
    with pytest.raises(AddressInvalid):
        actions.request(address, by="test")
    assert not last_mark("capture")


@pytest.mark.parametrize("number", [0, -1, 77, 2**63])
def test_a_number_that_nobody_gave_is_unknown(number: int) -> None:
    with pytest.raises(CaptureUnknown):
        queries.capture_with_id(number)
    with pytest.raises(CaptureUnknown):
        queries.text_of(number)
