"""What one desk exports another imports, record for record."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from soi.claims import actions as claims
from soi.claims.models import Check, Publisher
from soi.claims.queries import all_checks
from soi.core.formats import CheckRecord, Format, Verdict, read_checks
from soi.publishing.exporting import WRITERS, export_checks
from soi.publishing.importing import import_checks
from tests.checks import SITE, check_record

FULL = [
    check_record(
        1,
        claim='=1+1 là một công thức, có "ngoặc", phẩy; và chấm phẩy',
        title="+84 900 000 001",
        summary="@ở đầu ô",
        verdict=Verdict.MISSING_CONTEXT,
        verdict_words="'=Thiếu bối cảnh",
        claimed_on=dt.date(2026, 4, 30),
        published_on=dt.date(2026, 5, 1),
        modified_on=dt.date(2026, 5, 2),
        licence="CC BY 4.0",
    ),
    check_record(2, verdict=None, verdict_words="Châm biếm", language=""),
    check_record(3, url="https://www.soisang.example/check/3?a=1&b=2#k%E1%BA%BFt"),
    check_record(4, key="https://soisang.example/check/4&copy=1#x", language="en"),
]


def _stored(records: list[CheckRecord]) -> None:
    claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")
    claims.store_checks(records, by="an")


def _emptied() -> None:
    Check.objects.all().delete()
    Publisher.objects.all().delete()
    claims.allow_publisher(site=SITE, name=SITE, by="an")


@pytest.mark.django_db
@pytest.mark.parametrize("file_format", WRITERS)
def test_an_empty_desk_that_imports_an_export_holds_the_same(
    file_format: Format, tmp_path: Path
) -> None:
    _stored([*FULL, *map(check_record, range(10, 20))])
    before = [row.record for row in all_checks()]
    path = tmp_path / "export"
    assert export_checks(path, file_format) == 14
    _emptied()
    done = import_checks(path, by="an")
    assert (done.file_format, done.added, done.refused) == (file_format, 14, 0)
    assert [row.record for row in all_checks()] == before


@pytest.mark.django_db
@pytest.mark.parametrize("file_format", WRITERS)
def test_an_empty_desk_exports_a_file_without_records(file_format: Format, tmp_path: Path) -> None:
    path = tmp_path / "export"
    assert export_checks(path, file_format) == 0
    with path.open("rb") as stream:
        assert list(read_checks(stream, file_format)) == []


@pytest.mark.django_db
def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    _stored(FULL)
    path = tmp_path / "export"
    path.write_text("the old one")

    def fails(done: int) -> None:
        if done == 2:
            raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        export_checks(path, Format.CSV, progress=fails)
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


_LINE = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="<>&"),
    min_size=1,
    max_size=30,
)


class EveryRecord(TestCase):
    """Whatever a reader has taken leaves and comes back unchanged."""

    @settings(max_examples=25, deadline=None)
    @given(claim=_LINE, title=_LINE, words=_LINE, file_format=st.sampled_from(list(WRITERS)))
    def test_words_of_any_letters_come_back(
        self, claim: str, title: str, words: str, file_format: Format
    ) -> None:
        first = check_record(1, claim=claim, title=title, verdict_words=words)
        stream = io.BytesIO()
        WRITERS[file_format]([first], stream)
        taken = [
            each
            for each in read_checks(io.BytesIO(stream.getvalue()), file_format)
            if isinstance(each, CheckRecord)
        ]
        _emptied()
        _stored(taken)
        stream = io.BytesIO()
        WRITERS[file_format]([row.record for row in all_checks()], stream)
        again = list(read_checks(io.BytesIO(stream.getvalue()), file_format))
        assert again == taken
