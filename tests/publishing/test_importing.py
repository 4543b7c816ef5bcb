"""Checks of allowed publishers come in from every format; everything else is refused by name."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from soi.claims import actions as claims
from soi.claims.queries import all_checks, check_count
from soi.core.formats import Format, FormatError, Verdict
from soi.journal.queries import event_count_after, last_mark, seq_of
from soi.publishing import importing
from soi.publishing.errors import FileUnreadable, RunUnknown
from soi.publishing.importing import Import, import_checks
from soi.publishing.queries import refusals, refusals_by_code, runs
from tests.checks import SITE, claim_review, datafeed

pytestmark = pytest.mark.django_db

CLAIM = "Cây cầu số 1 ở Sông Xanh đã sập trong đêm qua."


@pytest.fixture(autouse=True)
def publisher() -> None:
    claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")


def _counts(done: Import) -> tuple[int, int, int, int]:
    return done.added, done.updated, done.unchanged, done.refused


def _as_datafeed(path: Path) -> Format:
    datafeed(path, [claim_review(1)])
    return Format.DATAFEED


def _as_claimreview(path: Path) -> Format:
    path.write_text(json.dumps(claim_review(1)))
    return Format.CLAIMREVIEW


def _as_page(path: Path) -> Format:
    markup = json.dumps(claim_review(1)).replace("<", "\\u003c")
    path.write_text(
        "<!doctype html><title>Kiểm chứng</title>"
        f'<script type="application/ld+json">{markup}</script>'
    )
    return Format.PAGE


_ROW = {
    "url": f"https://{SITE}/check/1",
    "claim": CLAIM,
    "verdict_words": "Sai",
    "language": "vi",
    "published_on": "2026-05-01",
}


def _as_csv(path: Path) -> Format:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(_ROW))
        writer.writeheader()
        writer.writerow(_ROW)
    return Format.CSV


def _as_jsonl(path: Path) -> Format:
    path.write_text(json.dumps(_ROW) + "\n")
    return Format.JSONL


@pytest.mark.parametrize("write", [_as_datafeed, _as_claimreview, _as_page, _as_csv, _as_jsonl])
def test_the_same_check_comes_in_from_every_format(write: object, tmp_path: Path) -> None:
    path = tmp_path / "checks"
    wanted = write(path)  # type: ignore[operator]
    done = import_checks(path, by="an")
    assert done.file_format is wanted
    assert _counts(done) == (1, 0, 0, 0)
    assert done.cut_off is None
    (check,) = all_checks()
    assert check.claim == CLAIM
    assert check.verdict is Verdict.FALSE
    assert check.language == "vi"
    assert check.url == f"https://{SITE}/check/1"
    assert check.publisher_site == SITE
    assert str(check.published_on) == "2026-05-01"


def test_publishers_that_nobody_allowed_are_refused_and_reported(tmp_path: Path) -> None:
    stranger = claim_review(
        2,
        url="https://la.example/2",
        author={"@type": "Organization", "name": "Lạ", "url": "https://la.example"},
    )
    done = import_checks(datafeed(tmp_path / "f", [claim_review(1), stranger]), by="an")
    assert _counts(done) == (1, 0, 0, 1)
    (refusal,) = refusals(done.run_id)
    assert (refusal.position, refusal.code) == (1, "publisher_not_allowed")
    assert "la.example" in refusal.why
    assert refusal.excerpt == "https://la.example/2"


def test_a_disallowed_publisher_is_refused_again(tmp_path: Path) -> None:
    claims.disallow_publisher(site=SITE, by="an")
    done = import_checks(datafeed(tmp_path / "f", [claim_review(1)]), by="an")
    assert _counts(done) == (0, 0, 0, 1)


FAULTS = {
    "claim_missing": {"claimReviewed": ""},
    "verdict_missing": {"reviewRating": {}},
    "url_scheme": {"url": "javascript:alert(1)"},
    "url_malformed": {"url": "http://[::1"},
    "url_elsewhere": {"url": "https://khac.example/1"},
    "claim_too_long": {"claimReviewed": "x" * 5000},
}


def test_each_fault_is_refused_with_its_code_and_the_rest_is_taken(tmp_path: Path) -> None:
    reviews = [claim_review(number, **change) for number, change in enumerate(FAULTS.values())]
    path = datafeed(tmp_path / "f", [*reviews, claim_review(99)])
    done = import_checks(path, by="an")
    assert _counts(done) == (1, 0, 0, len(FAULTS))
    assert [refusal.code for refusal in refusals(done.run_id)] == list(FAULTS)
    assert dict(refusals_by_code(done.run_id)) == Counter(FAULTS.keys())


def test_script_in_every_field_reaches_no_stored_value(tmp_path: Path) -> None:
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    hostile = claim_review(
        1,
        claimReviewed=f"Cầu sập {script} đêm qua",
        name=script + "Cầu không sập",
        reviewBody=f"Không {script} sập &lt;script&gt;alert(2)&lt;/script&gt;",
        author={"@type": "Organization", "name": f"Soi {script} Sáng", "url": f"https://{SITE}"},
        reviewRating={"@type": "Rating", "alternateName": f"Sai {script}"},
        inLanguage=script,
        datePublished=script,
        sdLicense=f"javascript:{script}",
    )
    path = datafeed(tmp_path / "f", [hostile, claim_review(2, **{"@id": script})])
    import_checks(path, by="an")
    (check, *_) = all_checks()
    values = [str(value) for value in vars(type(check)) and _values(check)]
    assert check.claim == "Cầu sập đêm qua"
    assert not [value for value in values if "<script" in value.lower() or "onerror" in value]
    assert not [value for value in values if value.startswith("javascript:")]


def _values(check: object) -> list[object]:
    return [getattr(check, name) for name in check.__slots__]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "unseen", ["\0", "\ud800", "\u202e", "\x1b[31m", "\ufeff", "\u2028"], ids=ascii
)
def test_characters_that_no_database_or_screen_should_see_are_taken_out(
    unseen: str, tmp_path: Path
) -> None:
    review = claim_review(1, claimReviewed=f"Cầu {unseen}sập đêm qua", name=f"Cầu{unseen}")
    path = tmp_path / "f"
    path.write_text(json.dumps(review))
    done = import_checks(path, by="an")
    assert done.added + done.refused == 1
    for check in all_checks():
        assert unseen not in check.claim + check.title


def test_importing_again_is_all_unchanged_and_says_nothing(tmp_path: Path) -> None:
    path = datafeed(tmp_path / "f", map(claim_review, range(5)))
    assert _counts(import_checks(path, by="an")) == (5, 0, 0, 0)
    seq = seq_of(last_mark("check"))
    assert _counts(import_checks(path, by="an")) == (0, 0, 5, 0)
    assert event_count_after(seq, subject="check") == 0


def test_importing_a_newer_feed_writes_only_what_changed(tmp_path: Path) -> None:
    import_checks(datafeed(tmp_path / "old", map(claim_review, range(5))), by="an")
    ids = {check.url: check.id for check in all_checks()}
    seq = seq_of(last_mark("check"))
    newer = [claim_review(n, **({"name": "Đã sửa"} if n == 3 else {})) for n in range(6)]
    done = import_checks(datafeed(tmp_path / "new", newer), by="an")
    assert _counts(done) == (1, 1, 4, 0)
    assert event_count_after(seq, subject="check") == 2
    now = {check.url: check.id for check in all_checks()}
    assert {url: now[url] for url in ids} == ids


def test_batches_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    batches: list[int] = []
    path = datafeed(tmp_path / "f", [*map(claim_review, range(5)), claim_review(9, url="")])
    done = import_checks(path, by="an", on_batch=lambda: batches.append(check_count()))
    assert _counts(done) == (5, 0, 0, 1)
    assert batches == [2, 4, 5]


def test_progress_is_told_up_to_the_size_of_the_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = datafeed(tmp_path / "f", map(claim_review, range(3)))
    import_checks(path, by="an", progress=lambda done, size: seen.append((done, size)))
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"  \n\n", "empty_file"),
        (b"%PDF-1.7 not a feed", "unknown_format"),
        ("điều,kết luận\n".encode("utf-16"), "not_utf8"),
        (b'{"@type": "DataFeed", "name": "no elements"}', "not_a_datafeed"),
        (b"url,claim\nhttps://a.example,b\n", "columns"),
        (b"url,claim,verdict,colour\n", "columns"),
        (b'{"@type":"DataFeed","dataFeedElement":[{"item":', "feed_truncated"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_leaves_no_run(
    content: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    with pytest.raises(FormatError) as refused:
        import_checks(path, by="an")
    assert refused.value.code == code
    assert runs() == []


def test_the_error_of_wrong_columns_names_them_and_those_that_are_known(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("url,colour,colour\nhttps://a.example,red,red\n")
    with pytest.raises(FormatError) as refused:
        import_checks(path, by="an")
    message = str(refused.value)
    assert "missing: claim" in message
    assert "repeated: colour" in message
    assert "publisher_site" in message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="nowhere"):
        import_checks(tmp_path / "nowhere", by="an")


def test_refusals_of_a_run_that_never_was_are_an_error_of_their_own() -> None:
    with pytest.raises(RunUnknown):
        list(refusals(10**6))


def test_a_failure_of_ours_stores_nothing_of_its_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    real, calls = claims.store_checks, Counter[str]()

    def fails_at_the_second(*arguments: object, **options: object) -> object:
        calls["store"] += 1
        stored = real(*arguments, **options)  # type: ignore[arg-type]
        if calls["store"] == 2:
            raise OSError("no more")
        return stored

    monkeypatch.setattr(importing.claims, "store_checks", fails_at_the_second)
    path = datafeed(tmp_path / "f", map(claim_review, range(5)))
    with pytest.raises(OSError, match="no more"):
        import_checks(path, by="an")
    assert check_count() == 2
    done = import_checks(path, by="an")
    assert done.continued_from == 2
    assert _counts(done) == (5, 0, 0, 0)


class TestATruncatedFeed:
    """What stood before the cut is stored; the repaired file brings the rest."""

    @pytest.fixture
    def whole(self, tmp_path: Path) -> Path:
        return datafeed(tmp_path / "whole", map(claim_review, range(6)))

    @pytest.fixture
    def cut(self, whole: Path, tmp_path: Path) -> Path:
        lines = whole.read_bytes().splitlines(keepends=True)
        path = tmp_path / "cut"
        path.write_bytes(b"".join(lines[:5]) + lines[5][:40])
        return path

    def test_what_stood_before_it_is_stored_and_the_run_stays_open(self, cut: Path) -> None:
        done = import_checks(cut, by="an")
        assert _counts(done) == (4, 0, 0, 0)
        assert done.cut_off is not None
        assert (done.cut_off.code, done.cut_off.position) == ("feed_truncated", 4)
        assert check_count() == 4
        assert [run.finished_at for run in runs()] == [None]

    def test_the_repaired_file_goes_on(self, cut: Path, whole: Path) -> None:
        import_checks(cut, by="an")
        seq = seq_of(last_mark("check"))
        done = import_checks(whole, by="an")
        assert done.cut_off is None
        assert _counts(done) == (2, 0, 4, 0)
        assert event_count_after(seq, subject="check") == 2

    def test_the_same_file_again_stops_at_the_same_place(self, cut: Path) -> None:
        first = import_checks(cut, by="an")
        again = import_checks(cut, by="an")
        assert again.run_id == first.run_id
        assert again.continued_from == 4
        assert again.cut_off is not None
        assert _counts(again) == _counts(first)

    def test_a_publisher_allowed_since_is_read_from_the_start(self, cut: Path) -> None:
        claims.disallow_publisher(site=SITE, by="an")
        assert _counts(import_checks(cut, by="an")) == (0, 0, 0, 4)
        claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")
        done = import_checks(cut, by="an")
        assert _counts(done) == (4, 0, 0, 0)
        assert list(refusals(done.run_id)) == []
