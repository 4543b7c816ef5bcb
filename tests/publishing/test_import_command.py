"""`soi import checks` and `soi export checks`: what they say, and the status they end with."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from soi.claims.queries import all_checks, check_count
from soi.cli.program import soi
from soi.core.text import Language
from soi.index.queries import Query, candidates, standing
from soi.publishing.queries import runs
from tests.checks import SITE, claim_review, datafeed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    with translation.override("en"):
        yield


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, [str(each) for each in arguments])


def test_a_feed_comes_in_and_is_found_by_words_and_meaning(tmp_path: Path) -> None:
    feed = datafeed(tmp_path / "feed.json", map(claim_review, range(3)))
    ended = _run("import", "checks", feed, "--allow", SITE)
    assert ended.exit_code == 0, ended.output
    assert "feed.json (datafeed): 3 added, 0 updated, 0 unchanged, 0 refused" in ended.output
    assert (standing().checks, standing().with_meaning) == (3, 3)
    (found,) = candidates([Query("cây cầu số 2 bị sập", Language.VI)])
    assert found.candidates


def test_words_only_leaves_meaning_for_later(tmp_path: Path) -> None:
    feed = datafeed(tmp_path / "feed.json", map(claim_review, range(3)))
    assert _run("import", "checks", feed, "--allow", SITE, "--words-only").exit_code == 0
    assert (standing().checks, standing().with_meaning) == (3, 0)


def test_without_an_allowed_publisher_everything_is_refused_with_its_reason(tmp_path: Path) -> None:
    feed = datafeed(tmp_path / "feed.json", map(claim_review, range(3)))
    ended = _run("import", "checks", feed, "--words-only")
    assert ended.exit_code == 0
    assert "0 added, 0 updated, 0 unchanged, 3 refused" in ended.output
    assert "publisher_not_allowed: The publisher is not on the allow list" in ended.output


def test_the_report_lists_every_refusal_and_runs_no_formula(tmp_path: Path) -> None:
    reviews = [claim_review(1, url="=HYPERLINK(1)"), claim_review(2)]
    feed, report = datafeed(tmp_path / "feed.json", reviews), tmp_path / "report.csv"
    ended = _run("import", "checks", feed, "--allow", SITE, "--words-only", "--report", report)
    assert ended.exit_code == 0
    with report.open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["record"], row["code"], row["excerpt"]) == ("0", "url_scheme", "'=HYPERLINK(1)")


def test_a_truncated_feed_ends_with_2_and_says_what_stands(tmp_path: Path) -> None:
    feed = datafeed(tmp_path / "feed.json", map(claim_review, range(3)))
    feed.write_bytes(feed.read_bytes()[:-60])
    ended = _run("import", "checks", feed, "--allow", SITE, "--words-only")
    assert ended.exit_code == 2
    assert "2 added" in ended.output
    assert "[feed_truncated] at record 2; what stood before it is stored." in ended.output
    assert check_count() == 2
    again = _run("import", "checks", feed, "--words-only")
    assert "continued at record 2" in again.output
    assert again.exit_code == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [("url,claim\n", "columns"), ("", "empty_file"), ("no feed at all\n", "unknown_format")],
)
def test_a_file_of_no_use_ends_with_2_and_its_code(content: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    ended = _run("import", "checks", path)
    assert ended.exit_code == 2
    assert f"[{code}]" in ended.output
    assert "Traceback" not in ended.output
    assert runs() == []


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert _run("import", "checks", tmp_path / "nowhere").exit_code == 2


def test_a_large_feed_comes_in_whole_and_every_check_is_found(tmp_path: Path) -> None:
    """Fifty thousand take `python -m benchmarks imports`; here it is a tenth."""
    items = 5_000
    feed = datafeed(tmp_path / "feed.json", map(claim_review, range(items)))
    ended = _run("import", "checks", feed, "--allow", SITE, "--words-only")
    assert f"{items} added, 0 updated, 0 unchanged, 0 refused" in ended.output
    assert check_count() == standing().checks == items
    assert standing().is_current is False  # by meaning it is not found yet
    assert sum(1 for _ in all_checks()) == items
    (found,) = candidates([Query("cây cầu số 4321", Language.VI)])
    assert "số 4321 " in found.candidates[0].claim


def test_an_export_is_imported_by_another_desk(tmp_path: Path) -> None:
    feed = datafeed(tmp_path / "feed.json", map(claim_review, range(3)))
    _run("import", "checks", feed, "--allow", SITE, "--words-only")
    for form in ("datafeed", "csv", "jsonl"):
        path = tmp_path / form
        ended = _run("export", "checks", path, "--format", form)
        assert (ended.exit_code, f"{path}: 3 checks" in ended.output) == (0, True)
        assert "3 unchanged" in _run("import", "checks", path, "--words-only").output


def test_an_export_into_a_folder_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    ended = _run("export", "checks", tmp_path / "nowhere" / "export.json")
    assert ended.exit_code == 2
    assert "[file_unwritable]" in ended.output
