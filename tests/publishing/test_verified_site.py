"""`soi verify` on what a desk has exported: true as it is, refused as soon as a word is changed."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.management import call_command
from django.utils import translation
from PIL import Image

from soi.answer.wording import verdict_word
from soi.checking import content
from soi.cli.verify import verify_command
from soi.core.formats import Verdict
from soi.core.ledger.published import FORM, VERDICTS, WITHDRAWN
from soi.publishing import news
from soi.publishing.log import keys
from soi.publishing.site.exporting import export_site
from soi.publishing.site.rendering import Wanted
from tests.checking_desk import CheckingDesk

pytestmark = pytest.mark.django_db
EXPLANATION = """Sở Giao thông **xác nhận** cầu *còn* nguyên, [bản tin](https://nguon.example/a).

- Xe qua lại lúc 5 giờ.
- 100 % mố cầu còn `nguyên`.

## Ảnh chụp ở nơi khác
"""


_made: dict[str, Path] = {}


@pytest.fixture
def site(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any
) -> Path:
    """A copy of a site that is exported once.

    Check `first` with a correction, `second` that was withdrawn, `third` in one edition.
    """
    if not _made:
        settings.SOI_BASE_URL = "https://desk.example"
        settings.STATIC_ROOT = tmp_path / "static"
        monkeypatch.setattr(news, "SUBJECTS", ("checks", "corrections"))
        monkeypatch.setattr(news, "LANGUAGES", ("all",))
        call_command("collectstatic", interactive=False, verbosity=0)
        _made["site"] = _exported(tmp_path_factory.mktemp("exported"))
    folder = tmp_path / "site"
    shutil.copytree(_made["site"], folder, symlinks=True)
    return folder


def _exported(folder: Path) -> Path:
    desk = CheckingDesk()
    first = desk.published(explanation=EXPLANATION)
    desk.correct(first)
    second = desk.published("Giá điện tăng gấp đôi.")
    desk.withdraw(second)
    third = desk.published("Cây cầu khác đã sập.")
    done = export_site(folder, Wanted())
    assert (done.failed, done.broken) == ([], [])
    for name, claim in (("first", first), ("second", second), ("third", third)):
        (folder / name).symlink_to(f"claims/{claim}")
        (folder / f"en-{name}").symlink_to(f"en/claims/{claim}")
    (folder / "key").write_text(str(keys.verifier_keys()[0]))
    return folder


def run(path: Path, *arguments: object, language: str = "en") -> Result:
    key = (_made["site"] / "key").read_text()
    given = [str(path), *map(str, arguments), "--key", key, "--language", language]
    return CliRunner().invoke(verify_command, given)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def proof_of(site: Path, about: str) -> Path:
    for path in (site / "log/proof").iterdir():
        if json.loads(path.read_bytes())["leaf"]["id"] == about:
            return path
    raise LookupError(about)


@pytest.mark.parametrize(
    "file",
    [
        "first/index.html",
        "en-first/index.html",
        "first/2/index.html",
        "second/index.html",
        "en-third/index.html",
        "third/1/edition.json",
        "third/1/wide.png",
        "third/1/square.png",
    ],
)
def test_a_page_its_data_and_its_card_are_proved_by_the_log(site: Path, file: str) -> None:
    result = run(site / file, "--log", site)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("PROVED")
    assert "This does NOT prove" in result.stdout
    assert "BEWARE" not in result.stdout


def test_they_are_proved_by_a_proof_file_alone(site: Path) -> None:
    claim = (site / "third").readlink().name
    proof = proof_of(site, f"{claim}.1")
    for file in ("index.html", "1/edition.json", "1/wide.png"):
        result = run(site / "third" / file, "--proof", proof)
        assert result.exit_code == 0, result.output
    other = run(site / "first/index.html", "--proof", proof)
    assert other.exit_code == 1
    assert "[log_proof_wrong]" in other.stdout
    assert "[log_code_differs]" in run(site / "first/2/wide.png", "--proof", proof).stdout


@pytest.mark.parametrize("file", ["first/1/index.html", "first/1/edition.json", "first/1/wide.png"])
def test_an_edition_that_was_replaced_is_proved_and_warned_of(site: Path, file: str) -> None:
    result = run(site / file, "--log", site / "log")
    assert result.exit_code == 0, result.output
    assert "no longer the newest" in result.stdout
    assert "LƯU Ý" in run(site / file, "--log", site, language="vi").stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<bdi>Sai</bdi>", "<bdi>Đúng</bdi>"),
        ("<bdi>Sai</bdi>", "<bdi>Sai</bdi></span><span class=tag><bdi>Đúng</bdi>"),
        ("đã sập trong đêm 28-11.</bdi></h1>", "chưa sập.</bdi></h1>"),
        ("nguyên</code>.", "vỡ</code>."),
        ("<h3>Ảnh chụp ở nơi khác", "<h3>Ảnh chụp tại chỗ"),
        ("Xe qua lại lúc 5 giờ", "Xe qua lại lúc 9 giờ"),
        ("cầu Bến Sậy vẫn hoạt động bình thường</bdi></blockquote>", "</bdi></blockquote>"),
        ("Thêm số liệu của ngày 30-11.</bdi>", "Không đổi gì.</bdi>"),
    ],
)
def test_a_page_whose_words_were_changed_is_refused(site: Path, old: str, new: str) -> None:
    page = site / "first/index.html"
    text = page.read_text("utf-8")
    start = text.index("</head>")
    assert old in text[start:]
    page.write_text(text[:start] + text[start:].replace(old, new), "utf-8")
    result = run(page, "--log", site)
    assert result.exit_code == 1, result.output
    assert "[log_page_differs]" in result.stdout
    assert "[log_site_differs]" in run(site).stdout


def test_a_record_that_was_changed_with_its_page_is_not_in_the_log(site: Path) -> None:
    page = site / "third/index.html"
    page.write_text(page.read_text("utf-8").replace("Cây cầu khác", "Cây cầu này"), "utf-8")
    result = run(page, "--log", site)
    assert result.exit_code == 1
    assert "[log_page_differs]" in result.stdout, "the hash on the page is another one"
    data = site / "third/1/edition.json"
    change(data, "Cây cầu khác", "Cây cầu này")
    assert "[log_not_logged]" in run(data, "--log", site).stdout


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!doctype html><title>x</title>", "log_record_invalid"),
        (b"<!doctype html>\xff\xfe", "log_record_invalid"),
        (b"<html>" + b"<script id=soi-edition>{}</script>" * 2, "log_record_invalid"),
        (b"<html><script id=soi-edition>{", "log_record_invalid"),
        (b'{"form": "soi edition 1"}', "log_record_invalid"),
        (b'{"form": "soi edition 1", "claim": true, "edition": 1}', "log_record_invalid"),
        (b"<html>" + b"<div>" * 1_000_000, "log_record_invalid"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "log_picture_unreadable"),
        (b"\xff\xd8\xff", "log_picture_unreadable"),
        (b"RIFFxxxxWEBPVP8 ", "log_picture_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2**24), "log_picture_unreadable"),
    ],
)
def test_what_is_no_record_is_refused(
    site: Path, tmp_path: Path, content: bytes, code: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    result = run(file, "--log", site)
    assert result.exit_code == 1, result.output
    assert f"[{code}]" in result.stdout


def test_a_card_is_read_as_it_was_sent_on_and_not_without_its_code(
    site: Path, tmp_path: Path
) -> None:
    card = Image.open(site / "third/1/wide.png").convert("RGB")
    sent = tmp_path / "sent.jpg"
    card.resize((600, 315)).save(sent, quality=40)
    result = run(sent, "--log", site)
    assert result.exit_code == 0, result.output
    assert "only its square code was read" in result.stdout
    without = tmp_path / "without.png"
    card.crop((0, 0, 800, 630)).save(without)
    assert "[log_picture_unreadable]" in run(without, "--log", site).stdout
    two = Image.new("RGB", (1200, 1260))
    two.paste(card, (0, 0))
    two.paste(Image.open(site / "first/1/wide.png").convert("RGB"), (0, 630))
    two.save(tmp_path / "two.png")
    assert "several cards" in run(tmp_path / "two.png", "--log", site).stdout
    huge = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(huge, "PNG")
    (tmp_path / "huge.png").write_bytes(huge.getvalue())
    assert "pixels" in run(tmp_path / "huge.png", "--log", site).stdout


def test_a_whole_site_is_proved(site: Path) -> None:
    result = run(site)
    assert result.exit_code == 0, result.output
    assert "All 19 records and pages of checks" in result.stdout
    assert json.loads(run(site, "--json").stdout)["files"] == 19


def lost(site: Path) -> None:
    (site / "first/1/edition.json").unlink()


def page_lost(site: Path) -> None:
    (site / "en-third/index.html").unlink()


def older_page(site: Path) -> None:
    (site / "first/index.html").write_bytes((site / "first/1/index.html").read_bytes())


def other_data(site: Path) -> None:
    change(site / "second/1/edition.json", "false", "true")


@pytest.mark.parametrize("tamper", [lost, page_lost, older_page, other_data])
def test_a_site_that_was_changed_is_refused(site: Path, tamper: Callable[[Path], None]) -> None:
    tamper(site)
    result = run(site)
    assert result.exit_code == 1
    assert "[log_site_differs]" in result.stdout


def test_a_site_with_a_changed_log_is_refused(site: Path) -> None:
    tile = next((site / "log/tile/0").rglob("5"))
    tile.write_bytes(bytes(160))
    assert "[log_damaged]" in run(site).stdout
    assert "[log_damaged]" in run(site / "third/index.html", "--log", site).stdout


def test_a_wrong_call_ends_with_two(site: Path) -> None:
    page, proof = site / "third/index.html", next((site / "log/proof").iterdir())
    for path, *others in (
        (page,),
        (page, "--log", site, "--proof", proof),
        (page, "--log", site, "--content", proof),
        (proof, "--log", site),
        (site, "--proof", proof),
    ):
        assert run(Path(path), *others).exit_code == 2, (path, *others)
    assert run(page, "--log", site / "nowhere").exit_code == 1
    assert run(page, "--proof", site / "nowhere").exit_code == 3


def test_pages_say_verdicts_as_the_verifier_expects_them() -> None:
    assert content.FORM == FORM
    for at, language in enumerate(("vi", "en")):
        with translation.override(language):
            assert {each.value: verdict_word(each) for each in Verdict} == {
                verdict: said[at] for verdict, said in VERDICTS.items()
            }
            assert translation.gettext("Withdrawn") == WITHDRAWN[at]


@pytest.mark.parametrize("file", ["first/index.html", "third/1/square.png", ""])
def test_neither_django_nor_the_network_is_needed(site: Path, file: str) -> None:
    program = (
        "import sys\n"
        "for name in ('django', 'ninja', 'psycopg', 'ssl', 'sqlite3', 'markdown_it', 'nh3'):\n"
        "    sys.modules[name] = None\n"
        "from soi.cli.verify import verify_command\n"
        "verify_command()\n"
    )
    against = ["--log", str(site)] if file else []
    key = (site / "key").read_text()
    done = subprocess.run(
        [sys.executable, "-c", program, str(site / file), *against, "--key", key],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ĐÃ CHỨNG MINH" in done.stdout
