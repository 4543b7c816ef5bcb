"""What goes wrong is said in two languages, with a code, and never dressed up when it is ours."""

from __future__ import annotations

import errno

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, OperationalError
from django.utils import translation

from soi.answer import errors as of_answers
from soi.answer.complaints import complaint
from soi.api.v1 import errors as of_requests
from soi.core.errors import SoiError
from soi.core.formats import Code, FormatError
from soi.index.engine import errors as of_engines

FORESEEN = [
    kind("what was seen")
    for module in (of_answers, of_requests, of_engines)
    for kind in vars(module).values()
    if isinstance(kind, type)
    and issubclass(kind, SoiError)
    and kind not in (SoiError, of_engines.EngineError, of_engines.EntryRejected)
]
FOREIGN = [
    (RequestDataTooBig("too big"), "message_too_long", 413, 2),
    (OperationalError("database is locked"), "database_locked", 503, 4),
    (OperationalError("canceling statement due to lock timeout"), "database_locked", 503, 4),
    (OperationalError("attempt to write a readonly database"), "database_read_only", 503, 4),
    (OperationalError("no such table: claims_check"), "database_not_migrated", 503, 4),
    (OperationalError("unable to open database file"), "database_not_migrated", 503, 4),
    (OperationalError("database or disk is full"), "disk_full", 507, 4),
    (OperationalError("connection refused"), "database_unavailable", 503, 4),
    (OSError(errno.ENOSPC, "No space left on device"), "disk_full", 507, 4),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk_full", 507, 4),
]


@pytest.mark.parametrize("error", FORESEEN, ids=lambda error: error.code)
def test_a_foreseen_failure_is_said_in_both_languages(error: SoiError) -> None:
    said = {}
    for language in ("vi", "en"):
        with translation.override(language):
            told = complaint(error)
            assert told
            assert told.what != "what was seen"
            assert told.next
            said[language] = told.what

    assert said["vi"] != said["en"]


@pytest.mark.parametrize(("error", "code", "http_status", "exit_status"), FOREIGN)
def test_a_failure_of_disk_or_database_has_its_code(
    error: Exception, code: str, http_status: int, exit_status: int
) -> None:
    told = complaint(error)

    assert told
    assert (told.code, told.http_status, told.exit_status) == (code, http_status, exit_status)


def test_a_file_that_is_not_what_it_should_be_says_what_was_found() -> None:
    told = complaint(FormatError(Code.NOT_UTF8, "byte 7"))

    assert told
    assert (told.code, told.why) == ("not_utf8", "byte 7")


@pytest.mark.parametrize(
    "fault", [RuntimeError("x"), KeyError("x"), DatabaseError("x"), OSError(errno.EIO, "x")]
)
def test_a_fault_of_ours_is_no_complaint(fault: Exception) -> None:
    assert complaint(fault) is None
